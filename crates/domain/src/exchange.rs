//! The exchange: whether two parties of a match may send each other content at this moment.
//!
//! Closed, unless a given consent that stands now names both and both still have an active signal. There is no other
//! way to open it: no break-glass, no role, no setting. It is derived for each pair of parties each time one looks, so
//! that joining a match covers nobody and withdrawing closes for all at once.

mod content;

use std::collections::BTreeSet;

use jiff::Timestamp;

pub use content::{ARRIVES_WITHIN, ContentState, Course, Ended, MOST_ARRIVING, MOST_KEPT, ended};

use crate::consent::Standing;
use crate::key::{ConsentKey, OrganisationKey};
use crate::match_case::Party;

/// What a consent covers and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// Which consent.
    pub consent: ConsentKey,
    /// Its own list of parties.
    pub parties: BTreeSet<OrganisationKey>,
    /// When it was asked. It speaks of whoever took part then, not of who left and came back.
    pub requested_at: Timestamp,
    /// Where it stands, by the record.
    pub standing: Standing,
}

impl Coverage {
    /// Whether it names this party, in the membership that the family was asked about.
    pub fn covers(&self, party: &Party) -> bool {
        self.parties.contains(&party.organisation) && party.member_since <= self.requested_at
    }

    /// Whether it covers both.
    fn covers_both(&self, one: &Party, other: &Party) -> bool {
        one.organisation != other.organisation && self.covers(one) && self.covers(other)
    }
}

/// Whether two parties may exchange at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exchange {
    /// They may, under this consent.
    Open {
        /// The consent to seal under. With several, the one that was given last.
        consent: ConsentKey,
        /// The instant from which it no longer stands.
        valid_until: Timestamp,
    },
    /// They may not.
    Closed(Closed),
}

/// Why the exchange is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// No consent that names both was ever given: not asked, not answered, or refused. Which of these is not told.
    ConsentMissing,
    /// The last consent that named both was withdrawn.
    ConsentWithdrawn {
        /// When.
        at: Timestamp,
    },
    /// The last consent that named both reached its end.
    ConsentExpired {
        /// When.
        at: Timestamp,
    },
    /// Consent stands, and the signal of one of both is paused. Told only where consent stands, so that nobody learns it of
    /// a masked party.
    Paused,
    /// The lead closed the match; consent or not.
    MatchClosed,
    /// The signal of one of both counts no longer; consent or not.
    SignalEnded,
}

impl Exchange {
    /// Whether it is open.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Open { .. })
    }
}

/// The exchange between two parties of one match that is not closed, given every consent asked in it.
pub fn between(one: &Party, other: &Party, consents: &[Coverage], now: Timestamp) -> Exchange {
    if !one.counts(now) || !other.counts(now) {
        return Exchange::Closed(Closed::SignalEnded);
    }
    match standing_for(one, other, consents, now) {
        Some(_) if one.is_paused(now) || other.is_paused(now) => Exchange::Closed(Closed::Paused),
        Some((consent, valid_until)) => Exchange::Open { consent, valid_until },
        None => Exchange::Closed(why_closed(one, other, consents, now)),
    }
}

/// The exchange of a party that asks about the match as a whole, from that with each of the others: open when it is open
/// with anyone, else the reason that came last.
pub fn best(with_others: impl Iterator<Item = Exchange>) -> Exchange {
    with_others
        .max_by_key(|exchange| match exchange {
            Exchange::Open { valid_until, .. } => (4, *valid_until),
            Exchange::Closed(Closed::MatchClosed | Closed::Paused) => (3, Timestamp::MIN),
            Exchange::Closed(Closed::ConsentWithdrawn { at } | Closed::ConsentExpired { at }) => (2, *at),
            Exchange::Closed(Closed::ConsentMissing) => (1, Timestamp::MIN),
            Exchange::Closed(Closed::SignalEnded) => (0, Timestamp::MIN),
        })
        .unwrap_or(Exchange::Closed(Closed::SignalEnded))
}

/// Whether what is sealed under this consent may be sent at this moment: the exchange between both is open, and under this
/// very consent. What was sealed under another, also one that still stands beside it, is to be sealed again.
pub fn may_send(sealed_under: ConsentKey, exchange: Exchange) -> bool {
    matches!(exchange, Exchange::Open { consent, .. } if consent == sealed_under)
}

/// Whether a message, or a part of an attachment, may be read at this moment: the exchange between sender and receiver is
/// open, both are still those whom the consent it was sealed under names, and that consent, or the last of those that took
/// its place one after the other, stands. What was sealed under a consent that was withdrawn or expired stays closed, also
/// after a new consent; so does what was sealed by or for a party that left, also when it came back.
pub fn is_readable(
    sealed_under: &Coverage,
    last_in_its_place: Standing,
    [sender, recipient]: [&Party; 2],
    exchange: Exchange,
    now: Timestamp,
) -> bool {
    exchange.is_open() && sealed_under.covers_both(sender, recipient) && last_in_its_place.stands(now)
}

/// The consent that stands for both parties, and until when; the one given last.
pub(crate) fn standing_for(
    one: &Party,
    other: &Party,
    consents: &[Coverage],
    now: Timestamp,
) -> Option<(ConsentKey, Timestamp)> {
    consents
        .iter()
        .filter(|coverage| coverage.covers_both(one, other) && coverage.standing.stands(now))
        .filter_map(|coverage| match coverage.standing {
            Standing::Given {
                given_at,
                valid_until,
            } => Some((given_at, coverage.consent, valid_until)),
            _ => None,
        })
        .max()
        .map(|(_, consent, valid_until)| (consent, valid_until))
}

fn why_closed(one: &Party, other: &Party, consents: &[Coverage], now: Timestamp) -> Closed {
    consents
        .iter()
        .filter(|coverage| coverage.covers_both(one, other))
        .filter_map(|coverage| match coverage.standing.at(now) {
            Standing::Withdrawn { at } => Some((at, Closed::ConsentWithdrawn { at })),
            Standing::Expired { at } => Some((at, Closed::ConsentExpired { at })),
            _ => None,
        })
        .max_by_key(|(at, _)| *at)
        .map_or(Closed::ConsentMissing, |(_, why)| why)
}

#[cfg(test)]
pub(crate) mod tests;
