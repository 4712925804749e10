//! Contact between the parties: who has to make it, and until when. Where a party is masked the others cannot call it,
//! so there the deadline measures that the family was asked.

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Case, Match, MatchState, NotActing, Party};
use crate::key::OrganisationKey;

/// Why contact cannot be confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CannotConfirm {
    /// The match does not exist for this organisation.
    #[error("no such match")]
    NoSuchMatch,
    /// The match is over.
    #[error("the match is closed")]
    Closed,
}

impl From<NotActing> for CannotConfirm {
    fn from(not_acting: NotActing) -> Self {
        match not_acting {
            NotActing::NoSuchMatch => Self::NoSuchMatch,
            NotActing::Closed => Self::Closed,
        }
    }
}

/// The deadline that stands for everyone until somebody who joined is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EarlierDeadline {
    /// Its last day.
    pub last_day: Date,
    /// From when that of the match takes its place.
    pub until: Timestamp,
}

impl Case<'_> {
    /// What the match becomes when this organisation confirms, now, that it made contact. Confirming again changes
    /// nothing.
    ///
    /// # Errors
    /// `NoSuchMatch`, `Closed`.
    pub fn confirm_contact(&self, by: OrganisationKey, now: Timestamp) -> Result<Match, CannotConfirm> {
        self.as_known(now, |case| {
            let by = case.acting(by, now)?.organisation;
            let confirmed: Vec<Party> = case
                .parties
                .iter()
                .map(|party| match party.contact_confirmed_at {
                    None if party.organisation == by => Party {
                        contact_confirmed_at: Some(now),
                        ..*party
                    },
                    _ => *party,
                })
                .collect();
            Ok(Case {
                parties: &confirmed,
                ..case
            }
            .now(now))
        })
    }

    /// The last day on which contact is in time, while it is due: somebody visible with an active signal has neither
    /// confirmed for itself nor been named in a request to the family. Such a request is made only after contact, or
    /// where a masked party makes contact impossible; then it is what the deadline asks for. That the family agreed
    /// since, and the parties now see each other, makes nobody late.
    pub fn contact_due(&self, now: Timestamp) -> Option<Date> {
        self.as_known(now, |case| {
            let open = case.now(now).state() == MatchState::Open;
            let due = open && case.somebody_is_to_act(|party| party.is_active(now));
            due.then(|| case.last_day(now))
        })
    }

    /// The last day on which contact is or was in time, as far as it is shown.
    pub(super) fn last_day(&self, now: Timestamp) -> Date {
        match self.earlier_deadline {
            Some(earlier) if now < earlier.until => earlier.last_day,
            _ => self.match_case.contact_deadline(),
        }
    }

    /// Whether anyone among these has neither confirmed nor been named in a request, in its present membership.
    pub(super) fn somebody_is_to_act(&self, among: impl Fn(&Party) -> bool) -> bool {
        self.parties
            .iter()
            .filter(|party| among(party))
            .any(|party| party.contact_confirmed_at.is_none() && !self.was_asked_about(party))
    }

    /// Every revealed party among these confirmed for itself, and there is one. Paused parties confirm nothing.
    pub(super) fn everyone_confirmed(&self, now: Timestamp, among: impl Fn(&Party) -> bool) -> bool {
        let among: Vec<&Party> = self.parties.iter().filter(|party| among(party)).collect();
        let mut revealed = among
            .iter()
            .filter(|party| !party.does_nothing(now) && self.is_revealed(party, &among, now))
            .peekable();
        revealed.peek().is_some() && revealed.all(|party| party.contact_confirmed_at.is_some())
    }

    fn was_asked_about(&self, party: &Party) -> bool {
        self.consents.iter().any(|coverage| coverage.covers(party))
    }
}
