//! A match as it is at one moment: from the facts on record to what a party may see and do.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Match, MatchState};
use crate::actor::Sector;
use crate::consent::{self, MayNotAsk};
use crate::covenant::{Reveal, Terms};
use crate::exchange::{self, Coverage, Exchange};
use crate::key::OrganisationKey;

/// An organisation in a match, through its signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Party {
    /// Which organisation.
    pub organisation: OrganisationKey,
    /// Its sector; decides whether its name is sensitive.
    pub sector: Sector,
    /// From when every door shows this party to the others, and the match to this party.
    pub visible_at: Timestamp,
    /// The instant from which its signal no longer counts.
    pub signal_ends_at: Timestamp,
    /// When it confirmed contact, if it did.
    pub contact_confirmed_at: Option<Timestamp>,
}

impl Party {
    /// Whether its signal counts at this moment.
    pub fn is_active(&self, now: Timestamp) -> bool {
        now < self.signal_ends_at
    }

    fn is_seen_active(&self, now: Timestamp) -> bool {
        self.visible_at <= now && self.is_active(now)
    }
}

/// The facts of one match.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The settings that hold between the parties' covenants.
    pub terms: &'a Terms<'a>,
    /// The match as it is on record.
    pub match_case: Match,
    /// Everyone who is or was party.
    pub parties: &'a [Party],
    /// Every consent asked in this match, whatever came of it.
    pub consents: &'a [Coverage],
}

/// What one party may see of a match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// The state it is shown.
    pub state: MatchState,
    /// When the match became visible to this party.
    pub visible_at: Timestamp,
    /// Until which day contact is in time; none when nothing is due any more.
    pub contact_deadline: Option<Date>,
    /// The party itself first, then the others by the time at which they became visible.
    pub parties: Vec<SeenParty>,
    /// Whether this party can exchange with anyone at all.
    pub exchange: Exchange,
}

/// One party as another sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeenParty {
    /// Who it is, as far as shown.
    pub who: Who,
    /// Whether exchange between this party and the viewer is open; none for the viewer itself.
    pub exchange: Option<Exchange>,
}

/// Who a party is, as far as the viewer may know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// The viewer itself.
    You {
        /// Whether it confirmed contact.
        contact_confirmed: bool,
    },
    /// Organisation and work contact may be shown.
    Named {
        /// Which organisation.
        organisation: OrganisationKey,
        /// Whether it confirmed contact.
        contact_confirmed: bool,
    },
    /// "Another organisation": no name, no contact, no sector, nothing it did.
    Masked,
}

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

/// Why consent cannot be requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CannotRequestConsent {
    /// The match does not exist for this organisation.
    #[error("no such match")]
    NoSuchMatch,
    /// The match is over.
    #[error("the match is closed")]
    Closed,
    /// The parties know each other and have not all confirmed contact: first talk, then ask the family.
    #[error("not every party has confirmed contact")]
    ContactNotConfirmed,
    /// A request waits, or the family said no.
    #[error(transparent)]
    NotNow(#[from] MayNotAsk),
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
            } => Match::Closed {
                opened_at,
                contact_deadline,
                closed_at: closed_at.min(ran_out_at),
            },
            living if ran_out_at <= now => living.close(ran_out_at),
            living if self.everyone_confirmed(now, |party| party.is_active(now)) => living.confirm_contact(),
            living => living,
        }
    }

    /// What this organisation may see; none when for this organisation there is no such match: it never was party, the
    /// match is not yet visible to it, or its signal ended while the match went on without it.
    pub fn view(&self, viewer: OrganisationKey, now: Timestamp) -> Option<View> {
        let viewer = self.seen_by_itself(viewer, now)?;
        let match_case = self.now(now);
        let mut others: Vec<&Party> = self
            .parties
            .iter()
            .filter(|party| party.organisation != viewer.organisation)
            .filter(|party| party.visible_at <= now && takes_part(party, match_case, now))
            .collect();
        others.sort_by_key(|party| (party.visible_at, party.organisation));

        // A newcomer that is not yet visible must not show through the state either.
        let as_seen = match match_case.state() {
            MatchState::Open if self.everyone_confirmed(now, |party| party.is_seen_active(now)) => {
                MatchState::ContactConfirmed
            }
            state => state,
        };
        let you = SeenParty {
            who: Who::You {
                contact_confirmed: viewer.contact_confirmed_at.is_some(),
            },
            exchange: None,
        };
        let parties = std::iter::once(you).chain(others.iter().map(|other| SeenParty {
            who: self.who(viewer, other, now),
            exchange: Some(exchange::between(viewer, other, self.consents, now)),
        }));
        Some(View {
            state: as_seen,
            visible_at: viewer.visible_at,
            contact_deadline: (as_seen == MatchState::Open).then(|| match_case.contact_deadline()),
            parties: parties.collect(),
            exchange: exchange::with_anyone(viewer, others.into_iter(), self.consents, now),
        })
    }

    /// What the match becomes when this organisation confirms, now, that it made contact. Confirming again changes
    /// nothing.
    ///
    /// # Errors
    /// `NoSuchMatch`, `Closed`.
    pub fn confirm_contact(&self, by: OrganisationKey, now: Timestamp) -> Result<Match, CannotConfirm> {
        let by = self.seen_by_itself(by, now).ok_or(CannotConfirm::NoSuchMatch)?;
        let match_case = self.now(now);
        if match_case.state() == MatchState::Closed {
            return Err(CannotConfirm::Closed);
        }
        let confirmed: Vec<Party> = self
            .parties
            .iter()
            .map(|party| match party.contact_confirmed_at {
                None if party.organisation == by.organisation => Party {
                    contact_confirmed_at: Some(now),
                    ..*party
                },
                _ => *party,
            })
            .collect();
        Ok(Case {
            parties: &confirmed,
            ..*self
        }
        .now(now))
    }

    /// The parties a request for consent made now must name: everyone whose signal is active and who is visible.
    ///
    /// Contact comes first, because the family is asked about people who talked to each other. Where a party is masked
    /// the others cannot call it, so then consent may be asked without contact.
    ///
    /// # Errors
    /// `NoSuchMatch`, `Closed`, `ContactNotConfirmed`, or `NotNow` with the reason.
    pub fn request_consent(
        &self,
        by: OrganisationKey,
        now: Timestamp,
    ) -> Result<BTreeSet<OrganisationKey>, CannotRequestConsent> {
        self.seen_by_itself(by, now)
            .ok_or(CannotRequestConsent::NoSuchMatch)?;
        if self.now(now).state() == MatchState::Closed {
            return Err(CannotRequestConsent::Closed);
        }
        let seen: Vec<&Party> = self
            .parties
            .iter()
            .filter(|party| party.is_seen_active(now))
            .collect();
        if seen.len() < 2 {
            return Err(CannotRequestConsent::ContactNotConfirmed);
        }
        let someone_is_masked = seen.iter().any(|party| !self.is_revealed(party, now));
        if !someone_is_masked && !self.everyone_confirmed(now, |party| party.is_seen_active(now)) {
            return Err(CannotRequestConsent::ContactNotConfirmed);
        }
        consent::may_ask(
            self.consents.iter().map(|coverage| coverage.standing),
            self.terms,
            now,
        )?;
        Ok(seen.into_iter().map(|party| party.organisation).collect())
    }

    /// Whether exchange between these two organisations is open at this moment.
    pub fn exchange(&self, one: OrganisationKey, other: OrganisationKey, now: Timestamp) -> Exchange {
        match (self.party(one), self.party(other)) {
            (Some(one), Some(other)) => exchange::between(one, other, self.consents, now),
            _ => Exchange::Closed(exchange::Closed::SignalEnded),
        }
    }

    fn party(&self, organisation: OrganisationKey) -> Option<&Party> {
        self.parties
            .iter()
            .find(|party| party.organisation == organisation)
    }

    fn seen_by_itself(&self, organisation: OrganisationKey, now: Timestamp) -> Option<&Party> {
        self.party(organisation)
            .filter(|party| party.visible_at <= now && takes_part(party, self.now(now), now))
    }

    /// The instant from which fewer than two signals count: when the last but one ends.
    fn ran_out_at(&self) -> Timestamp {
        let mut ends: Vec<Timestamp> = self.parties.iter().map(|party| party.signal_ends_at).collect();
        ends.sort_unstable_by(|one, other| other.cmp(one));
        ends.get(1).copied().unwrap_or(self.match_case.opened_at())
    }

    /// Every revealed party among these confirmed for itself, and there is one.
    fn everyone_confirmed(&self, now: Timestamp, among: impl Fn(&Party) -> bool) -> bool {
        let mut revealed = self
            .parties
            .iter()
            .filter(|party| among(party) && self.is_revealed(party, now))
            .peekable();
        revealed.peek().is_some() && revealed.all(|party| party.contact_confirmed_at.is_some())
    }

    /// Whether any other active party sees who this one is.
    fn is_revealed(&self, party: &Party, now: Timestamp) -> bool {
        self.parties
            .iter()
            .filter(|other| other.organisation != party.organisation && other.is_active(now))
            .any(|other| self.who(other, party, now) != Who::Masked)
    }

    /// Who `other` is to `viewer`. Under `on_consent` everyone, and under either policy an organisation of a sensitive
    /// sector, is masked until consent covers both, and again when that consent no longer stands.
    fn who(&self, viewer: &Party, other: &Party, now: Timestamp) -> Who {
        let needs_consent = self.terms.reveal() == Reveal::OnConsent || self.terms.is_sensitive(other.sector);
        let is_covered =
            || exchange::standing_for(viewer.organisation, other.organisation, self.consents, now).is_some();
        if needs_consent && !is_covered() {
            return Who::Masked;
        }
        Who::Named {
            organisation: other.organisation,
            contact_confirmed: other.contact_confirmed_at.is_some(),
        }
    }
}

/// A party takes part as long as its signal counts; in a closed match, when its signal counted until the end.
fn takes_part(party: &Party, match_case: Match, now: Timestamp) -> bool {
    match match_case.closed_at() {
        Some(closed_at) => party.signal_ends_at >= closed_at,
        None => party.is_active(now),
    }
}
