//! Where a consent stands, and whether a new one may be asked.

use jiff::Timestamp;

use super::{ConsentState, Given, Pending};
use crate::covenant::Terms;

/// After a refusal nobody may ask again for this many days: a family is not worn down until it says yes.
pub const COOL_DOWN_DAYS: u16 = 30;

/// Where a consent stands, as far as parties may know: never who signed, refused or withdrew. The last six are ends;
/// none of them leads anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Asked; someone still must decide. Whether others have is not told.
    Asked {
        /// From this instant it can no longer be given.
        answer_by: Timestamp,
        /// Whether an age boundary is what ends it then: another rule holds about who must sign.
        until_boundary: bool,
    },
    /// Given by all who must.
    Given {
        /// Since when.
        given_at: Timestamp,
        /// The instant from which it no longer stands.
        valid_until: Timestamp,
    },
    /// Somebody said no.
    Refused {
        /// When.
        at: Timestamp,
    },
    /// Not decided by everyone in time; it never was given.
    Unanswered {
        /// Since when.
        at: Timestamp,
    },
    /// The child came to another age before everyone had decided.
    SupersededByAge {
        /// When.
        at: Timestamp,
    },
    /// It was given, and somebody took it back.
    Withdrawn {
        /// When.
        at: Timestamp,
    },
    /// It was given, and its end came.
    Expired {
        /// When.
        at: Timestamp,
    },
    /// It was given, and a later consent took its place.
    Replaced {
        /// When.
        at: Timestamp,
    },
}

impl Standing {
    /// The standing at this moment. Ends act when one looks, also when no housekeeping has run.
    #[must_use]
    pub fn at(self, now: Timestamp) -> Self {
        match self {
            Self::Asked {
                answer_by: at,
                until_boundary,
            } if at <= now => match until_boundary {
                true => Self::SupersededByAge { at },
                false => Self::Unanswered { at },
            },
            Self::Given { valid_until, .. } if valid_until <= now => Self::Expired { at: valid_until },
            unchanged => unchanged,
        }
    }

    /// The name of the state. What was not answered in time is `expired` like what reached its end. Parties are shown
    /// `requested` as long as not everyone has decided.
    pub fn state(self) -> ConsentState {
        match self {
            Self::Asked { .. } => ConsentState::Requested,
            Self::Given { .. } => ConsentState::Given,
            Self::Refused { .. } => ConsentState::Refused,
            Self::SupersededByAge { .. } => ConsentState::SupersededByAge,
            Self::Withdrawn { .. } => ConsentState::Withdrawn,
            Self::Unanswered { .. } | Self::Expired { .. } => ConsentState::Expired,
            Self::Replaced { .. } => ConsentState::Replaced,
        }
    }

    /// Whether consent stands at this moment.
    pub fn stands(self, now: Timestamp) -> bool {
        matches!(self, Self::Given { given_at, valid_until } if given_at <= now && now < valid_until)
    }
}

impl From<&Pending> for Standing {
    fn from(pending: &Pending) -> Self {
        Self::Asked {
            answer_by: pending.answer_by,
            until_boundary: pending.overtaken_at().is_some(),
        }
    }
}

impl From<&Given> for Standing {
    fn from(given: &Given) -> Self {
        Self::Given {
            given_at: given.given_at,
            valid_until: given.valid_until,
        }
    }
}

/// Why consent may not be asked now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MayNotAsk {
    /// An earlier request still waits for an answer.
    #[error("a request is waiting for an answer")]
    Waiting,
    /// Someone refused; the family is left in peace until this instant.
    #[error("the family said no; ask again after {until}")]
    CoolingDown {
        /// From this instant it may be asked again.
        until: Timestamp,
    },
}

/// Whether a new request may be made in a match with these earlier ones.
///
/// # Errors
/// `Waiting` while a request can still be answered, `CoolingDown` for 30 days after a refusal.
pub fn may_ask(
    earlier: impl IntoIterator<Item = Standing>,
    terms: &Terms<'_>,
    now: Timestamp,
) -> Result<(), MayNotAsk> {
    let mut cooling_until = None;
    for standing in earlier {
        match standing.at(now) {
            Standing::Asked { .. } => return Err(MayNotAsk::Waiting),
            Standing::Refused { at } => {
                cooling_until = cooling_until.max(Some(terms.add_days(at, COOL_DOWN_DAYS)))
            }
            _ => {}
        }
    }
    match cooling_until {
        Some(until) if now < until => Err(MayNotAsk::CoolingDown { until }),
        _ => Ok(()),
    }
}
