//! A match as it is at one moment: the facts on record, and what follows from the time.

use jiff::Timestamp;

use super::{EarlierDeadline, Lead, Match, Outcome, Proposal};
use crate::actor::Sector;
use crate::covenant::Terms;
use crate::exchange::Coverage;
use crate::key::OrganisationKey;
use crate::signal::LeftBecause;

/// An organisation in a match, through its signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Party {
    /// Which organisation.
    pub organisation: OrganisationKey,
    /// Its sector; decides whether its name is sensitive.
    pub sector: Sector,
    /// When this membership began. Who left and came back is a new party: neither lead nor covered by what was agreed.
    pub member_since: Timestamp,
    /// From when every door shows this party to the others, and the match to this party.
    pub visible_at: Timestamp,
    /// The instant from which its signal no longer counts: its planned end, or an earlier one.
    pub signal_ends_at: Timestamp,
    /// The instant from which its signal is paused, if it is or will be.
    pub paused_from: Option<Timestamp>,
    /// Until when the family is not shown this party, because telling it is postponed.
    pub hidden_until: Option<Timestamp>,
    /// When and why its signal stopped counting, once that is on record.
    pub left: Option<Left>,
    /// When it confirmed contact, if it did.
    pub contact_confirmed_at: Option<Timestamp>,
}

/// A party's end in a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub because: LeftBecause,
}

impl Party {
    /// Whether its signal counts at this moment: it keeps the match open.
    pub fn counts(&self, now: Timestamp) -> bool {
        now < self.signal_ends_at
    }

    /// Whether its signal is paused at this moment.
    pub fn is_paused(&self, now: Timestamp) -> bool {
        self.counts(now) && self.does_nothing(now)
    }

    /// Whether its signal is paused, or was when it ended: nothing is asked of it.
    pub(super) fn does_nothing(&self, now: Timestamp) -> bool {
        self.paused_from.is_some_and(|paused_from| paused_from <= now)
    }

    /// Whether its signal is active at this moment: it counts and is not paused.
    pub fn is_active(&self, now: Timestamp) -> bool {
        self.counts(now) && !self.is_paused(now)
    }

    /// Whether the family is not shown this party at this moment.
    pub fn is_hidden(&self, now: Timestamp) -> bool {
        self.hidden_until.is_some_and(|hidden_until| now < hidden_until)
    }
}

/// The facts of one match.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The settings that hold between the parties' covenants.
    pub terms: &'a Terms<'a>,
    /// The match as it is on record.
    pub match_case: Match,
    /// The deadline that is shown as long as somebody who joined is not.
    pub earlier_deadline: Option<EarlierDeadline>,
    /// Who coordinates.
    pub lead: Option<Lead>,
    /// Who was asked to coordinate.
    pub proposal: Option<Proposal>,
    /// Everyone who is or was party.
    pub parties: &'a [Party],
    /// Every consent asked in this match, whatever came of it.
    pub consents: &'a [Coverage],
}

/// Why an organisation can do nothing in a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotActing {
    /// The match does not exist for it.
    NoSuchMatch,
    /// The match is over, or over for it.
    Closed,
}

impl<'a> Case<'a> {
    /// A match in which nobody coordinates and nobody is on the way in.
    pub fn of(
        terms: &'a Terms<'a>,
        match_case: Match,
        parties: &'a [Party],
        consents: &'a [Coverage],
    ) -> Self {
        Self {
            terms,
            match_case,
            earlier_deadline: None,
            lead: None,
            proposal: None,
            parties,
            consents,
        }
    }
}

impl Case<'_> {
    /// The match as it is at this moment: closed when fewer than two signals are left, also when no housekeeping has
    /// run; contact confirmed when the last party that had not confirmed has left.
    pub fn now(&self, now: Timestamp) -> Match {
        let ran_out_at = self.ran_out_at();
        match self.match_case {
            // Housekeeping may have written down the closing later than it happened.
            Match::Closed {
                opened_at,
                contact_deadline,
                closed_at,
                outcome: Outcome::SignalsEnded,
            } => Match::Closed {
                opened_at,
                contact_deadline,
                closed_at: closed_at.min(ran_out_at),
                outcome: Outcome::SignalsEnded,
            },
            closed @ Match::Closed { .. } => closed,
            living if ran_out_at <= now => living.close(ran_out_at),
            living if self.everyone_confirmed(now, |party| party.counts(now)) => living.confirm_contact(),
            living => living,
        }
    }

    /// The same case as far as anyone in it may know: without those who came in and are not shown yet. Whatever is shown
    /// or answered is worked out on this, so that a newcomer cannot show through anything.
    pub(super) fn as_known<T>(&self, now: Timestamp, ask: impl FnOnce(Case<'_>) -> T) -> T {
        let visible: Vec<Party> = self
            .parties
            .iter()
            .filter(|party| party.visible_at <= now)
            .copied()
            .collect();
        ask(Case {
            parties: &visible,
            ..*self
        })
    }

    /// The party this organisation is, if it can act. A match is closed to a party that has ended its signal, and to the
    /// last one left among those who are shown, whether or not somebody else is on the way in.
    pub(super) fn acting(&self, by: OrganisationKey, now: Timestamp) -> Result<&Party, NotActing> {
        let party = self.party(by).ok_or(NotActing::NoSuchMatch)?;
        let match_case = self.now(now);
        if match_case.closed_at().is_none() && party.counts(now) {
            return Ok(party);
        }
        match self.is_present(party, match_case, now) {
            true => Err(NotActing::Closed),
            false => Err(NotActing::NoSuchMatch),
        }
    }

    /// Whether the match is there for this party: as long as its signal counts and until its end is shown; in a match
    /// that closed, when it took part until then.
    pub(super) fn is_present(&self, party: &Party, match_case: Match, now: Timestamp) -> bool {
        party.took_part(match_case, now) || now < self.shown_until(party)
    }

    /// Until when the others, and the party itself, are shown it after its signal ended.
    pub(super) fn shown_until(&self, party: &Party) -> Timestamp {
        self.terms.visible_at(party.signal_ends_at)
    }

    pub(super) fn party(&self, organisation: OrganisationKey) -> Option<&Party> {
        self.parties
            .iter()
            .find(|party| party.organisation == organisation)
    }

    /// The instant from which fewer than two signals count: when the last but one ends.
    fn ran_out_at(&self) -> Timestamp {
        let ends = self.parties.iter().map(|party| party.signal_ends_at);
        ran_out_at(ends).unwrap_or(self.match_case.opened_at())
    }
}

/// The instant from which fewer than two signals that end at these count; none when there never were two.
pub fn ran_out_at(ends: impl IntoIterator<Item = Timestamp>) -> Option<Timestamp> {
    let mut ends: Vec<Timestamp> = ends.into_iter().collect();
    ends.sort_unstable_by(|one, other| other.cmp(one));
    ends.get(1).copied()
}

impl Party {
    /// Whether its signal counts; in a closed match, whether it counted until the end.
    pub(super) fn took_part(&self, match_case: Match, now: Timestamp) -> bool {
        match match_case.closed_at() {
            Some(closed_at) => self.signal_ends_at >= closed_at,
            None => self.counts(now),
        }
    }
}
