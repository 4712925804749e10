//! Disclosure: the record that the family was informed of a signal, or why that is postponed.
//!
//! Whoever gives a signal tells the family (GDPR article 14: within a month; a covenant allows less). Only a reason from a
//! closed list, a second person's approval and a day on which it is looked at again can postpone that, and a postponement
//! does not renew itself: on the day after, the signal is paused and nothing is hidden any more. What is hidden and from
//! when a signal is paused follow from the facts here and from nothing else.

mod words;

use jiff::Timestamp;
use jiff::ToSpan;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use crate::calendar::{self, LiberationDay};

pub use words::{Channel, Decision, DisclosureState, Reason, SpokenLanguage};

/// A postponement is looked at again within this many days.
pub const REVIEW_WITHIN_DAYS: u16 = 30;

/// The organisation is reminded this many working days ahead, and again on the day itself.
pub const REMINDED_WORKING_DAYS_BEFORE: u8 = 3;

/// So many days before a signal would be paused it is looked at for the first time: no reminder is due earlier, whatever
/// holidays lie between.
pub const LOOKED_AT_DAYS_BEFORE: i32 = 10;

/// At this hour of the day a reminder comes.
const REMINDED_AT_HOUR: i8 = 9;

/// From when a signal that was given now is paused, if nothing is recorded: `days` whole local days after this one.
pub fn deadline(submitted_at: Timestamp, days: u16, zone: &TimeZone) -> Timestamp {
    let given_on = calendar::local_date(submitted_at, zone);
    let last = given_on.saturating_add(i32::from(days).days());
    calendar::end_of_day(last, zone)
}

/// What stands on record about telling the family of one signal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    /// When the signal was given.
    pub submitted_at: Timestamp,
    /// The instant from which time is over, unless it was postponed.
    pub deadline: Timestamp,
    /// When it was recorded that the family was told; also by agreeing to the signal itself.
    pub told_at: Option<Timestamp>,
    /// The postponement that was approved last.
    pub postponement: Option<Postponement>,
    /// What waits for a second person, the last proposal that nobody decided.
    pub proposal: Option<Proposal>,
}

/// An approved postponement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Postponement {
    /// When it was approved.
    pub approved_at: Timestamp,
    /// The day on which it is looked at again.
    pub review_on: Date,
}

/// A proposed postponement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Who proposed it: the reference by which the organisation knows the professional.
    pub by: String,
    /// The day on which it would be looked at again.
    pub review_on: Date,
}

/// Where the duty stands at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disclosure {
    /// The family is to be told before this instant.
    Due {
        /// The deadline.
        until: Timestamp,
    },
    /// The same, and a postponement waits for a second person.
    Proposed {
        /// The deadline.
        until: Timestamp,
    },
    /// Postponed before this instant.
    Postponed {
        /// The end of the day of review.
        until: Timestamp,
    },
    /// Time is over.
    Overdue {
        /// Since when.
        since: Timestamp,
    },
    /// The family was told.
    Recorded {
        /// When that was recorded.
        at: Timestamp,
    },
}

impl Disclosure {
    /// Its name.
    pub const fn state(self) -> DisclosureState {
        match self {
            Self::Due { .. } => DisclosureState::Due,
            Self::Proposed { .. } => DisclosureState::Proposed,
            Self::Postponed { .. } => DisclosureState::Postponed,
            Self::Overdue { .. } => DisclosureState::Overdue,
            Self::Recorded { .. } => DisclosureState::Recorded,
        }
    }

    /// Whether a postponement holds.
    pub const fn is_postponed(self) -> bool {
        matches!(self, Self::Postponed { .. })
    }

    /// The instant before which something is to be done; none when time is over or the family was told.
    pub const fn until(self) -> Option<Timestamp> {
        match self {
            Self::Due { until } | Self::Proposed { until } | Self::Postponed { until } => Some(until),
            Self::Overdue { .. } | Self::Recorded { .. } => None,
        }
    }
}

/// Why a disclosure cannot be recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CannotRecord {
    /// It stands on record that the family was told.
    #[error("the family was told before")]
    AlreadyRecorded,
    /// The day has yet to come.
    #[error("the day lies in the future")]
    InTheFuture,
    /// The day lies before that of the signal.
    #[error("the day lies before the signal was given")]
    BeforeTheSignal,
}

/// Why a postponement cannot be proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CannotPropose {
    /// There is nothing to postpone: the family was told.
    #[error("the family was told before")]
    AlreadyRecorded,
    /// An earlier proposal waits for a second person.
    #[error("an earlier proposal was not decided")]
    Undecided,
    /// The day of review is today, before today or too far ahead.
    #[error("the day of review is not one of the {REVIEW_WITHIN_DAYS} days after today")]
    ReviewOutOfRange,
}

/// Why a proposal cannot be decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CannotDecide {
    /// No proposal waits.
    #[error("no proposal waits for a second person")]
    NothingProposed,
    /// Whoever proposed it cannot decide it.
    #[error("a second person decides")]
    SamePerson,
}

impl Duty {
    /// Where it stands.
    pub fn at(&self, zone: &TimeZone, now: Timestamp) -> Disclosure {
        if let Some(at) = self.told_at {
            return Disclosure::Recorded { at };
        }
        let over = self.time_is_over_at(zone);
        match self.postponed_until(zone) {
            Some(until) if now < until => Disclosure::Postponed { until },
            _ if over <= now => Disclosure::Overdue { since: over },
            _ if self.waiting(zone, now).is_some() => Disclosure::Proposed { until: over },
            _ => Disclosure::Due { until: over },
        }
    }

    /// From when the signal is paused as long as nothing more is recorded; none once the family was told.
    pub fn paused_from(&self, zone: &TimeZone) -> Option<Timestamp> {
        self.told_at.is_none().then(|| self.time_is_over_at(zone))
    }

    /// Before when the signal, its matches and its parties are hidden from the family.
    ///
    /// A proposal hides at once, because waiting for the second person could be too late; but only within the time that
    /// the organisation has anyway. Nobody alone can hide anything beyond that, however often they propose.
    pub fn hidden_until(&self, zone: &TimeZone) -> Option<Timestamp> {
        if self.told_at.is_some() {
            return None;
        }
        let proposed = self
            .proposal
            .as_ref()
            .map(|proposal| self.deadline.min(calendar::end_of_day(proposal.review_on, zone)));
        self.postponed_until(zone).max(proposed)
    }

    /// Whether it can be recorded, now, that the family was told on this day.
    ///
    /// # Errors
    /// [`CannotRecord`].
    pub fn record(&self, on: Date, zone: &TimeZone, now: Timestamp) -> Result<Self, CannotRecord> {
        if self.told_at.is_some() {
            return Err(CannotRecord::AlreadyRecorded);
        }
        if on > calendar::local_date(now, zone) {
            return Err(CannotRecord::InTheFuture);
        }
        if on < calendar::local_date(self.submitted_at, zone) {
            return Err(CannotRecord::BeforeTheSignal);
        }
        Ok(Self {
            told_at: Some(now),
            proposal: None,
            ..self.clone()
        })
    }

    /// Proposes to tell the family later. What was proposed before and nobody decided by its day of review no longer
    /// waits.
    ///
    /// # Errors
    /// [`CannotPropose`].
    pub fn propose(
        &self,
        proposal: Proposal,
        zone: &TimeZone,
        now: Timestamp,
    ) -> Result<Self, CannotPropose> {
        if self.told_at.is_some() {
            return Err(CannotPropose::AlreadyRecorded);
        }
        if self.waiting(zone, now).is_some() {
            return Err(CannotPropose::Undecided);
        }
        let ahead = calendar::days_between(calendar::local_date(now, zone), proposal.review_on);
        if !(1..=i32::from(REVIEW_WITHIN_DAYS)).contains(&ahead) {
            return Err(CannotPropose::ReviewOutOfRange);
        }
        Ok(Self {
            proposal: Some(proposal),
            ..self.clone()
        })
    }

    /// A second person decides what was proposed.
    ///
    /// # Errors
    /// [`CannotDecide`].
    pub fn decide(
        &self,
        decision: Decision,
        by: &str,
        zone: &TimeZone,
        now: Timestamp,
    ) -> Result<Self, CannotDecide> {
        let proposal = self.waiting(zone, now).ok_or(CannotDecide::NothingProposed)?;
        if is_same_person(&proposal.by, by) {
            return Err(CannotDecide::SamePerson);
        }
        let postponement = match decision {
            Decision::Approved => Some(Postponement {
                approved_at: now,
                review_on: proposal.review_on,
            }),
            Decision::Rejected => self.postponement,
        };
        Ok(Self {
            postponement,
            proposal: None,
            ..self.clone()
        })
    }

    /// How far the time that runs has come.
    pub fn progress(&self, zone: &TimeZone, kept: LiberationDay) -> Option<Progress> {
        let over = self.paused_from(zone)?;
        let last_day = calendar::local_date(over - 1.nanosecond(), zone);
        let first = calendar::subtract_working_days(last_day, REMINDED_WORKING_DAYS_BEFORE, kept);
        let began = self
            .postponement
            .map_or(self.submitted_at, |postponement| postponement.approved_at);
        Some(Progress {
            began,
            steps: [morning(first, zone), morning(last_day, zone), over],
        })
    }

    /// The proposal a second person can still decide.
    fn waiting(&self, zone: &TimeZone, now: Timestamp) -> Option<&Proposal> {
        self.proposal
            .as_ref()
            .filter(|proposal| self.told_at.is_none() && now < calendar::end_of_day(proposal.review_on, zone))
    }

    fn postponed_until(&self, zone: &TimeZone) -> Option<Timestamp> {
        self.postponement
            .map(|postponement| calendar::end_of_day(postponement.review_on, zone))
    }

    /// A postponement never shortens the time there was without it.
    fn time_is_over_at(&self, zone: &TimeZone) -> Timestamp {
        self.postponed_until(zone)
            .map_or(self.deadline, |until| until.max(self.deadline))
    }
}

/// The moments at which something falls due while nothing is recorded: two reminders, and the end of the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    began: Timestamp,
    steps: [Timestamp; 3],
}

/// What is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The organisation is reminded.
    Remind,
    /// The signal is paused.
    Pause,
}

impl Progress {
    /// Of the three, how many have been reached.
    pub fn reached(&self, now: Timestamp) -> u8 {
        let reached = self.steps.iter().filter(|step| **step <= now).count();
        u8::try_from(reached).unwrap_or(u8::MAX)
    }

    /// What is due now, when `done` of the three were dealt with; of several only the last. A reminder that would have
    /// come before the time began is none.
    pub fn due(&self, done: u8, now: Timestamp) -> Option<Step> {
        let reached = self.reached(now);
        let last = self.steps.get(usize::from(reached.checked_sub(1)?))?;
        match reached {
            _ if reached <= done => None,
            3.. => Some(Step::Pause),
            _ if *last <= self.began => None,
            _ => Some(Step::Remind),
        }
    }

    /// When time is over.
    pub const fn over(&self) -> Timestamp {
        self.steps[2]
    }

    /// When the next falls due, after those that have been reached.
    pub fn next(&self, now: Timestamp) -> Option<Timestamp> {
        self.steps.into_iter().find(|step| now < *step)
    }
}

/// Whether two references name one person. Spelled with other capitals or blanks around it, it is the same reference.
fn is_same_person(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

/// The moment of a day at which reminders come. Where a clock change skips it, the first instant after.
fn morning(day: Date, zone: &TimeZone) -> Timestamp {
    let nine = Time::constant(REMINDED_AT_HOUR, 0, 0, 0);
    zone.to_ambiguous_zoned(day.to_datetime(nine))
        .compatible()
        .map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests;
