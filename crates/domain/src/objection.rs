//! The objection: a guardian or the young person says that one signal should not be there (GDPR article 21).
//!
//! It is a case at the municipality that is responsible for the family's rights. The reporting organisation is asked for
//! its advice, the municipality decides: upheld, the signal is destroyed and not archived; rejected, it stays, and the
//! family is told why and where to go next. Nothing is decided by the passing of time: what is late is flagged.

mod words;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::calendar;
use crate::consent::SignatoryRole;

pub use words::{Advice, ObjectionState, Outcome, Reason, Route};

/// In so many local days after the objection the reporting organisation advises; the last counts whole.
pub const ADVICE_DAYS: u16 = 14;

/// In so many local days after the objection the municipality decides; the last counts whole. GDPR article 12(3) gives a
/// month, and longer to whoever says so and why within that month: the answer to the objection says at once by when it is
/// decided, and that the organisation is heard first.
pub const DECISION_DAYS: u16 = 42;

/// So many local days before its term ends an undecided objection asks for attention.
pub const ATTENTION_DAYS: u16 = 7;

/// In so many days after the decision the family may go on (Algemene wet bestuursrecht, article 6:7; a decision of an
/// administrative body on such a request is one under that act, UAVG article 34).
pub const APPEAL_DAYS: u16 = 42;

/// What was asked, and when what is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made {
    /// When.
    pub at: Timestamp,
    /// In which capacity.
    pub by: SignatoryRole,
    /// How it came in.
    pub route: Route,
    /// The instant from which the reporting organisation's advice is late.
    pub advice_due: Timestamp,
    /// The instant from which the decision is late.
    pub decision_due: Timestamp,
    /// The advice, once given.
    pub advice: Option<(Timestamp, Advice)>,
}

/// An objection with the facts of its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Objection {
    /// To be decided.
    Open(Made),
    /// Before it was decided the signal was destroyed for another reason: nothing is left to decide about.
    Lapsed(Made),
    /// Taken back.
    Withdrawn {
        /// What was asked.
        made: Made,
        /// When it was taken back.
        at: Timestamp,
    },
    /// Decided.
    Decided {
        /// What was asked.
        made: Made,
        /// When it was decided.
        at: Timestamp,
        /// How.
        outcome: Outcome,
        /// Why.
        reasons: Vec<Reason>,
    },
}

/// Why something cannot be done with an objection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotPossible {
    /// It was decided or taken back.
    #[error("the objection is no longer open")]
    NotOpen,
    /// The reporting organisation has advised already.
    #[error("advice was given")]
    Advised,
    /// The reporting organisation is heard first: it has neither advised nor let its term pass.
    #[error("the reporting organisation may still advise")]
    AdvicePending,
}

/// Why reasons are no reasons for a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReasonsRefusal {
    /// A decision says why (Algemene wet bestuursrecht, article 3:46).
    #[error("a decision has at least one reason")]
    None,
    /// One stands there twice.
    #[error("each reason stands there once")]
    Twice,
    /// One is a reason for the opposite.
    #[error("a reason does not fit the outcome")]
    DoesNotFit,
}

/// What asks for the municipality's attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Attention {
    /// The advice is late.
    pub advice_late: bool,
    /// The term to decide ends within a week, or has ended.
    pub decide_soon: bool,
    /// The decision is late.
    pub decision_late: bool,
}

impl Made {
    /// An objection of this moment, with the terms that local days give.
    pub fn now(now: Timestamp, by: SignatoryRole, route: Route, zone: &TimeZone) -> Self {
        Self {
            at: now,
            by,
            route,
            advice_due: end_of_day_after(now, ADVICE_DAYS, zone),
            decision_due: end_of_day_after(now, DECISION_DAYS, zone),
            advice: None,
        }
    }

    /// The last day on which advice is in time.
    pub fn advice_by(&self, zone: &TimeZone) -> Date {
        last_day_before(self.advice_due, zone)
    }

    /// The last day on which a decision is in time.
    pub fn decide_by(&self, zone: &TimeZone) -> Date {
        last_day_before(self.decision_due, zone)
    }

    /// Whether the reporting organisation was heard: it advised, or its term has passed.
    pub fn is_heard(&self, now: Timestamp) -> bool {
        self.advice.is_some() || self.advice_due <= now
    }
}

impl Objection {
    /// What was asked.
    pub fn made(&self) -> &Made {
        match self {
            Self::Open(made) | Self::Lapsed(made) => made,
            Self::Withdrawn { made, .. } | Self::Decided { made, .. } => made,
        }
    }

    /// The name of its state.
    pub fn state(&self) -> ObjectionState {
        match self {
            Self::Open(_) => ObjectionState::Open,
            Self::Lapsed(_) => ObjectionState::Lapsed,
            Self::Withdrawn { .. } => ObjectionState::Withdrawn,
            Self::Decided { outcome, .. } => outcome.state(),
        }
    }

    /// What asks for attention at this moment. Late advice is still taken, a late decision is still one: only people
    /// decide.
    pub fn attention(&self, now: Timestamp, zone: &TimeZone) -> Attention {
        let Self::Open(made) = self else {
            return Attention::default();
        };
        let soon = calendar::add_days(now, ATTENTION_DAYS, zone);
        Attention {
            advice_late: made.advice.is_none() && made.advice_due <= now,
            decide_soon: made.decision_due <= soon,
            decision_late: made.decision_due <= now,
        }
    }

    /// The reporting organisation advises, once.
    ///
    /// # Errors
    /// [`NotPossible::NotOpen`], [`NotPossible::Advised`].
    pub fn advise(self, advice: Advice, now: Timestamp) -> Result<Self, NotPossible> {
        match self {
            Self::Open(Made { advice: Some(_), .. }) => Err(NotPossible::Advised),
            Self::Open(made) => Ok(Self::Open(Made {
                advice: Some((now, advice)),
                ..made
            })),
            _ => Err(NotPossible::NotOpen),
        }
    }

    /// The municipality decides, after the reporting organisation was heard.
    ///
    /// # Errors
    /// [`NotPossible::NotOpen`], [`NotPossible::AdvicePending`].
    pub fn decide(self, decision: Decision, now: Timestamp) -> Result<Self, NotPossible> {
        match self {
            Self::Open(made) if !made.is_heard(now) => Err(NotPossible::AdvicePending),
            Self::Open(made) => Ok(decision.of(made, now)),
            _ => Err(NotPossible::NotOpen),
        }
    }

    /// Another objection to the same signal was upheld: there is nothing left to be heard about, and this one is upheld
    /// with it.
    ///
    /// # Errors
    /// [`NotPossible::NotOpen`].
    pub fn uphold_with(self, decision: Decision, now: Timestamp) -> Result<Self, NotPossible> {
        match self {
            Self::Open(made) if decision.outcome == Outcome::Upheld => Ok(decision.of(made, now)),
            _ => Err(NotPossible::NotOpen),
        }
    }

    /// Whoever made it takes it back.
    ///
    /// # Errors
    /// [`NotPossible::NotOpen`].
    pub fn withdraw(self, now: Timestamp) -> Result<Self, NotPossible> {
        match self {
            Self::Open(made) => Ok(Self::Withdrawn { made, at: now }),
            _ => Err(NotPossible::NotOpen),
        }
    }
}

/// An outcome with reasons that fit it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    outcome: Outcome,
    reasons: Vec<Reason>,
}

impl Decision {
    /// Weighs the reasons.
    ///
    /// # Errors
    /// [`ReasonsRefusal`].
    pub fn new(outcome: Outcome, reasons: Vec<Reason>) -> Result<Self, ReasonsRefusal> {
        let twice = |(place, reason): (usize, &Reason)| reasons[..place].contains(reason);
        if reasons.is_empty() {
            Err(ReasonsRefusal::None)
        } else if reasons.iter().any(|reason| reason.outcome() != outcome) {
            Err(ReasonsRefusal::DoesNotFit)
        } else if reasons.iter().enumerate().any(twice) {
            Err(ReasonsRefusal::Twice)
        } else {
            Ok(Self { outcome, reasons })
        }
    }

    /// How.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// Why.
    pub fn reasons(&self) -> &[Reason] {
        &self.reasons
    }

    fn of(self, made: Made, at: Timestamp) -> Objection {
        Objection::Decided {
            made,
            at,
            outcome: self.outcome,
            reasons: self.reasons,
        }
    }
}

/// The last day on which the family may go on after a decision of this moment. The day of the decision itself does not
/// count (Algemene wet bestuursrecht, article 6:8).
pub fn appeal_by(decided_at: Timestamp, zone: &TimeZone) -> Date {
    calendar::local_date(calendar::add_days(decided_at, APPEAL_DAYS, zone), zone)
}

/// How to go on after a rejection, as the family reads it.
pub fn way_to_appeal(municipality: &str, by: Date) -> String {
    format!(
        "Bent u het niet eens met deze beslissing? Dan kunt u tot en met {} bezwaar maken bij {municipality}. Daarna \
         kunt u naar de rechtbank. U kunt ook altijd een klacht indienen bij de Autoriteit Persoonsgegevens.",
        day_in_dutch(by)
    )
}

/// A day as a Dutch reader writes it.
pub fn day_in_dutch(day: Date) -> String {
    format!("{} {}", day.day(), calendar::month_in_dutch(day))
}

/// 24:00 of the local day that is so many days later.
fn end_of_day_after(now: Timestamp, days: u16, zone: &TimeZone) -> Timestamp {
    let last = calendar::local_date(calendar::add_days(now, days, zone), zone);
    calendar::end_of_day(last, zone)
}

fn last_day_before(end: Timestamp, zone: &TimeZone) -> Date {
    let day = calendar::local_date(end, zone);
    day.yesterday().unwrap_or(day)
}

#[cfg(test)]
mod tests;
