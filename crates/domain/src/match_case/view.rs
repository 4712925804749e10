//! What one party may see of a match.
//!
//! Who comes and who goes shows at the next full interval of the hour, through every door at once, so that the moment
//! says nothing about who did what; only the exchange closes on the instant. What a lead does shows at once: it says
//! nothing about any signal.

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Case, Match, MatchState, Outcome, Party};
use crate::covenant::Reveal;
use crate::exchange::{self, Closed, Exchange};
use crate::key::OrganisationKey;

/// What one party may see of a match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// The state it is shown.
    pub state: MatchState,
    /// When the match became visible to this party.
    pub visible_at: Timestamp,
    /// When and how it ended; only of a match that is shown closed.
    pub closing: Option<SeenClosing>,
    /// Until which day contact is in time; none when nothing is due any more.
    pub contact_deadline: Option<Date>,
    /// The party itself first, then the others by the time at which they became visible.
    pub parties: Vec<SeenParty>,
    /// Whether this party can exchange with anyone at all.
    pub exchange: Exchange,
}

/// The end of a match as a party sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeenClosing {
    /// When it ended for this party: never before it was shown the match.
    pub at: Timestamp,
    /// What came of it; none for a party that came in when it was over.
    pub outcome: Option<Outcome>,
}

/// One party as another sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeenParty {
    /// Who it is, as far as shown.
    pub who: Who,
    /// What it has to do with the lead.
    pub lead: SeenLead,
    /// Whether exchange between this party and the viewer is open; none for the viewer itself.
    pub exchange: Option<Exchange>,
}

/// What a party has to do with the lead, as another sees it. Of a masked party nothing is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeenLead {
    /// Nothing.
    No,
    /// It was asked to coordinate and has not answered.
    Proposed,
    /// It coordinates.
    Lead,
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

impl Case<'_> {
    /// What this organisation may see; none when for this organisation there is no such match: it never was party, the
    /// match is not yet visible to it, or its signal ended while the match went on without it.
    pub fn view(&self, viewer: OrganisationKey, now: Timestamp) -> Option<View> {
        self.as_known(now, |case| {
            let viewer = case.party(viewer)?;
            let match_case = case.now(now);
            if case.is_present(viewer, match_case, now) {
                Some(case.view_of(viewer, match_case, now))
            } else if !viewer.counts(now) && viewer.signal_ends_at <= viewer.visible_at {
                // Ended before anyone was shown it: nothing that was detected is without a trace, and no fishing pays.
                Some(case.view_of_nobody(viewer))
            } else {
                None
            }
        })
    }

    /// Whether exchange between these two organisations is open at this moment.
    pub fn exchange(&self, one: OrganisationKey, other: OrganisationKey, now: Timestamp) -> Exchange {
        self.as_known(now, |case| match (case.party(one), case.party(other)) {
            (Some(one), Some(other)) => case.exchange_between(one, other, now),
            _ => Exchange::Closed(Closed::SignalEnded),
        })
    }

    fn view_of(&self, viewer: &Party, match_case: Match, now: Timestamp) -> View {
        let closing = self
            .closing_shown_to(viewer, match_case)
            .filter(|closing| closing.at <= now);
        let is_shown = |party: &Party| match (closing, match_case.closed_at()) {
            (Some(_), Some(closed_at)) => party.signal_ends_at >= closed_at,
            _ => now < self.shown_until(party),
        };
        let mut others: Vec<&Party> = self
            .parties
            .iter()
            .filter(|party| party.organisation != viewer.organisation && is_shown(party))
            .collect();
        others.sort_by_key(|party| (party.visible_at, party.organisation));

        let state = match closing {
            Some(_) => MatchState::Closed,
            None if self.everyone_confirmed(now, is_shown) => MatchState::ContactConfirmed,
            None => MatchState::Open,
        };
        let is_due = state == MatchState::Open
            && self.somebody_is_to_act(|party| is_shown(party) && !party.does_nothing(now));
        let you = SeenParty {
            who: Who::You {
                contact_confirmed: viewer.contact_confirmed_at.is_some(),
            },
            lead: self.seen_lead(viewer, state),
            exchange: None,
        };
        let parties = std::iter::once(you).chain(others.iter().map(|other| {
            let who = self.who(viewer, other, now);
            SeenParty {
                who,
                lead: match who {
                    Who::Masked => SeenLead::No,
                    Who::You { .. } | Who::Named { .. } => self.seen_lead(other, state),
                },
                exchange: Some(self.exchange_between(viewer, other, now)),
            }
        }));
        View {
            state,
            visible_at: viewer.visible_at,
            closing,
            contact_deadline: is_due.then(|| self.last_day(now)),
            parties: parties.collect(),
            exchange: exchange::best(
                others
                    .iter()
                    .map(|other| self.exchange_between(viewer, other, now)),
            ),
        }
    }

    /// The match of a party that was gone before anything was shown: over, and nobody in it.
    fn view_of_nobody(&self, viewer: &Party) -> View {
        View {
            state: MatchState::Closed,
            visible_at: viewer.visible_at,
            closing: Some(SeenClosing {
                at: viewer.visible_at,
                outcome: Some(Outcome::SignalsEnded),
            }),
            contact_deadline: None,
            parties: vec![SeenParty {
                who: Who::You {
                    contact_confirmed: false,
                },
                lead: SeenLead::No,
                exchange: None,
            }],
            exchange: Exchange::Closed(Closed::SignalEnded),
        }
    }

    /// When the end of the match is shown to this party, if it ended.
    fn closing_shown_to(&self, viewer: &Party, match_case: Match) -> Option<SeenClosing> {
        let (closed_at, outcome) = match_case.closing()?;
        let at = match outcome {
            Outcome::SignalsEnded => self.terms.visible_at(closed_at),
            _ => closed_at,
        };
        Some(SeenClosing {
            at: at.max(viewer.visible_at),
            outcome: (outcome == Outcome::SignalsEnded || viewer.visible_at <= closed_at).then_some(outcome),
        })
    }

    /// What a party that is shown has to do with the lead: by the record, as long as the party itself is shown.
    fn seen_lead(&self, party: &Party, state: MatchState) -> SeenLead {
        let is = |organisation, since| party.organisation == organisation && party.member_since <= since;
        match (self.lead, self.proposal) {
            (Some(lead), _) if is(lead.organisation, lead.since) => SeenLead::Lead,
            (_, Some(proposal)) if is(proposal.organisation, proposal.at) && state != MatchState::Closed => {
                SeenLead::Proposed
            }
            _ => SeenLead::No,
        }
    }

    fn exchange_between(&self, one: &Party, other: &Party, now: Timestamp) -> Exchange {
        let exchange = exchange::between(one, other, self.consents, now);
        let closed = self.now(now).state() == MatchState::Closed;
        match exchange {
            Exchange::Closed(Closed::SignalEnded) => exchange,
            _ if closed => Exchange::Closed(Closed::MatchClosed),
            _ => exchange,
        }
    }

    /// Whether any other of these parties sees who this one is.
    pub(super) fn is_revealed(&self, party: &Party, others: &[&Party], now: Timestamp) -> bool {
        others
            .iter()
            .filter(|other| other.organisation != party.organisation)
            .any(|other| self.who(other, party, now) != Who::Masked)
    }

    /// Who `other` is to `viewer`. Under `on_consent` everyone, and under either policy an organisation of a sensitive
    /// sector, is masked until consent covers both, and again when that consent no longer stands.
    pub(super) fn who(&self, viewer: &Party, other: &Party, now: Timestamp) -> Who {
        let needs_consent = self.terms.reveal() == Reveal::OnConsent || self.terms.is_sensitive(other.sector);
        if needs_consent && exchange::standing_for(viewer, other, self.consents, now).is_none() {
            return Who::Masked;
        }
        Who::Named {
            organisation: other.organisation,
            contact_confirmed: other.contact_confirmed_at.is_some(),
        }
    }
}
