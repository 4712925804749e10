//! Requests for access and erasure: a guardian or the young person asks the municipality that is responsible for the
//! family's rights to see what is kept about the child, or to have it erased (GDPR articles 15 and 17).
//!
//! Access gives one file with everything that no postponement hides. Erasure reaches what rests on consent: consents are
//! withdrawn, what waits under them is destroyed, and signals given in a consent-first covenant are destroyed. A signal
//! that serves a public task is not erased on request (GDPR article 17(3)(b)): against it one objects, and the
//! objection is weighed by itself.

mod words;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::calendar::{self, LiberationDay};
use crate::consent::SignatoryRole;
use crate::objection::Route;

pub use words::{Answer, RefusalReason, Right, RightsState};

/// Months in which a request is answered (GDPR article 12(3)).
pub const MONTHS: u8 = 1;

/// Months by which that can be extended, once (GDPR article 12(3)).
pub const EXTENSION_MONTHS: u8 = 2;

/// For so many local days after the decision the file can be fetched: long enough to print it at the next visit.
pub const FILE_DAYS: u16 = 30;

/// What was asked, and when what is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// Which right.
    pub right: Right,
    /// When.
    pub at: Timestamp,
    /// In which capacity.
    pub by: SignatoryRole,
    /// How it came in.
    pub route: Route,
    /// The instant from which the answer is late.
    pub due: Timestamp,
    /// When the term was extended.
    pub extended_at: Option<Timestamp>,
}

/// A request with the facts of its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RightsRequest {
    /// To be decided.
    Requested(Asked),
    /// Taken back.
    Withdrawn {
        /// What was asked.
        asked: Asked,
        /// When it was taken back.
        at: Timestamp,
    },
    /// Granted, wholly or partly.
    Given {
        /// What was asked.
        asked: Asked,
        /// When.
        at: Timestamp,
        /// Whether signals stay that serve a public task; never with access.
        partly: bool,
    },
    /// Refused.
    Refused {
        /// What was asked.
        asked: Asked,
        /// When.
        at: Timestamp,
        /// Why.
        reason: RefusalReason,
    },
}

/// Why something cannot be done with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotPossible {
    /// It was decided or taken back.
    #[error("the request is no longer open")]
    NotOpen,
    /// The term was extended before, or is over.
    #[error("the term cannot be extended")]
    NotExtendable,
    /// The reason is none for this right.
    #[error("the reason does not fit the right")]
    ReasonDoesNotFit,
    /// There is no file, or the time to fetch it is over.
    #[error("there is no file")]
    NoFile,
}

/// What the municipality decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Yes. For erasure: whether signals stay that serve a public task.
    Given {
        /// Whether something stays.
        something_stays: bool,
    },
    /// No.
    Refused(RefusalReason),
}

impl Asked {
    /// A request of this moment. The term of a month ends with the day of the next month that has the same number, or
    /// the last day of that month; when that is no working day, with the next working day (Regulation 1182/71,
    /// article 3(2)(c) and (4)).
    pub fn now(right: Right, now: Timestamp, by: SignatoryRole, route: Route, zone: &TimeZone) -> Self {
        Self {
            right,
            at: now,
            by,
            route,
            due: end_after_months(now, MONTHS, zone),
            extended_at: None,
        }
    }

    /// The last day on which an answer is in time.
    pub fn answer_by(&self, zone: &TimeZone) -> Date {
        let day = calendar::local_date(self.due, zone);
        day.yesterday().unwrap_or(day)
    }
}

impl RightsRequest {
    /// What was asked.
    pub fn asked(&self) -> &Asked {
        match self {
            Self::Requested(asked)
            | Self::Withdrawn { asked, .. }
            | Self::Given { asked, .. }
            | Self::Refused { asked, .. } => asked,
        }
    }

    /// The name of its state.
    pub fn state(&self) -> RightsState {
        match self {
            Self::Requested(_) => RightsState::Requested,
            Self::Withdrawn { .. } => RightsState::Withdrawn,
            Self::Given { partly: false, .. } => RightsState::Given,
            Self::Given { partly: true, .. } => RightsState::Partly,
            Self::Refused { .. } => RightsState::Refused,
        }
    }

    /// Whether an answer is late. Nothing is decided by that.
    pub fn is_late(&self, now: Timestamp) -> bool {
        matches!(self, Self::Requested(asked) if asked.due <= now)
    }

    /// The municipality needs longer, and says so before the first term is over (GDPR article 12(3)).
    ///
    /// # Errors
    /// [`NotPossible::NotOpen`], [`NotPossible::NotExtendable`].
    pub fn extend(self, now: Timestamp, zone: &TimeZone) -> Result<Self, NotPossible> {
        match self {
            Self::Requested(asked) if asked.extended_at.is_some() || asked.due <= now => {
                Err(NotPossible::NotExtendable)
            }
            Self::Requested(asked) => Ok(Self::Requested(Asked {
                due: end_after_months(asked.at, MONTHS + EXTENSION_MONTHS, zone),
                extended_at: Some(now),
                ..asked
            })),
            _ => Err(NotPossible::NotOpen),
        }
    }

    /// The municipality decides.
    ///
    /// # Errors
    /// [`NotPossible::NotOpen`], [`NotPossible::ReasonDoesNotFit`].
    pub fn decide(self, decision: Decision, now: Timestamp) -> Result<Self, NotPossible> {
        let Self::Requested(asked) = self else {
            return Err(NotPossible::NotOpen);
        };
        match decision {
            Decision::Given { something_stays } => Ok(Self::Given {
                asked,
                at: now,
                partly: asked.right == Right::Erasure && something_stays,
            }),
            Decision::Refused(reason) if reason.fits(asked.right) => Ok(Self::Refused {
                asked,
                at: now,
                reason,
            }),
            Decision::Refused(_) => Err(NotPossible::ReasonDoesNotFit),
        }
    }

    /// Whoever made it takes it back.
    ///
    /// # Errors
    /// [`NotPossible::NotOpen`].
    pub fn withdraw(self, now: Timestamp) -> Result<Self, NotPossible> {
        match self {
            Self::Requested(asked) => Ok(Self::Withdrawn { asked, at: now }),
            _ => Err(NotPossible::NotOpen),
        }
    }

    /// The instant from which the file cannot be fetched any more; none when there is no file.
    pub fn file_until(&self, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::Given { asked, at, .. } if asked.right == Right::Access => {
                let last = calendar::local_date(calendar::add_days(*at, FILE_DAYS, zone), zone);
                Some(calendar::end_of_day(last, zone))
            }
            _ => None,
        }
    }

    /// Whether the file may be made now.
    ///
    /// # Errors
    /// [`NotPossible::NoFile`].
    pub fn gives_file(&self, now: Timestamp, zone: &TimeZone) -> Result<(), NotPossible> {
        match self.file_until(zone) {
            Some(until) if now < until => Ok(()),
            _ => Err(NotPossible::NoFile),
        }
    }
}

/// What a signal rests on, for a request to erase it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The consent of the family (GDPR article 6(1)(a)): erased on request (article 17(1)(b)).
    Consent,
    /// A public task (GDPR article 6(1)(e)): not erased on request (article 17(3)(b)).
    PublicTask,
}

impl Basis {
    /// Whether a signal on this basis is destroyed when erasure is granted.
    pub const fn is_erased(self) -> bool {
        matches!(self, Self::Consent)
    }
}

/// Midnight after the last day of a term in months. The Regulation knows the holidays of all members and institutions;
/// here those of the Netherlands count, 5 May each year, which can only make a term longer.
fn end_after_months(from: Timestamp, months: u8, zone: &TimeZone) -> Timestamp {
    let begun = calendar::local_date(from, zone);
    let last = begun.checked_add(i32::from(months).months()).unwrap_or(Date::MAX);
    let kept = LiberationDay::EveryYear;
    let last = if calendar::is_working_day(last, kept) {
        last
    } else {
        calendar::next_working_day(last, kept)
    };
    calendar::end_of_day(last, zone)
}

#[cfg(test)]
mod tests;
