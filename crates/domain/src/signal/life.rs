//! Where a signal stands at a moment, from the facts on record.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{DestroyReason, LeftBecause, SignalState};
use crate::calendar;

/// Days that a signal may sleep until the family has answered.
pub const SLEEP_DAYS: u16 = 28;

/// Days that an archived signal is kept after its one notice.
pub const DAYS_AFTER_ARCHIVE_NOTICE: u16 = 30;

/// The facts on record. The state is derived from them at each reading, so that nothing depends on a driver that runs in
/// time; drivers write leaves and tidy up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Life {
    /// When it was given.
    pub submitted_at: Timestamp,
    /// The instant from which it no longer counts by itself.
    pub expires_at: Timestamp,
    /// 00:00 local of the first day of the destroy-by month.
    pub destroy_at: Timestamp,
    /// While it sleeps: until when the family can agree to it.
    pub sleeps_until: Option<Timestamp>,
    /// When the family agreed to it, if it slept.
    pub woken_at: Option<Timestamp>,
    /// When its organisation ended it as resolved. Every other end leaves nothing to have a life.
    pub ended_at: Option<Timestamp>,
    /// The instant from which it is paused because the family was not told; none once it was.
    pub paused_from: Option<Timestamp>,
    /// What follows its end.
    pub archive: Archive,
}

/// How long an ended signal is kept. Reckoned when the signal is given, again when it is ended early, and once more when
/// it was told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Archive {
    /// 00:00 local of the day after its end.
    pub from: Timestamp,
    /// The instant from which nothing of it is left.
    pub until: Timestamp,
    /// When its one notice was given, if it was.
    pub noticed_at: Option<Timestamp>,
}

impl Archive {
    /// Of a signal that ends at this instant.
    pub fn after(ended_at: Timestamp, years: u8, zone: &TimeZone) -> Self {
        let last_day = calendar::local_date(ended_at, zone);
        Self {
            from: calendar::start_of_day(calendar::next_day(last_day), zone),
            until: calendar::start_of_day(years_later(last_day, years), zone),
            noticed_at: None,
        }
    }

    /// After its one notice, shown from this instant on.
    #[must_use]
    pub fn noticed(self, noticed_at: Timestamp, zone: &TimeZone) -> Self {
        let over = calendar::add_days(noticed_at, DAYS_AFTER_ARCHIVE_NOTICE, zone);
        Self {
            until: self.until.min(over),
            noticed_at: Some(noticed_at),
            ..self
        }
    }
}

/// The same day so many years later; of 29 February, where there is none, the day before.
fn years_later(day: Date, years: u8) -> Date {
    let year = day.year().saturating_add(i16::from(years));
    Date::new(year, day.month(), day.day())
        .or_else(|_| Date::new(year, day.month(), 28))
        .unwrap_or(Date::MAX)
}

/// A signal at one moment, with the facts of its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Nobody else knows of it.
    Sleeping {
        /// Until when the family can agree.
        until: Timestamp,
    },
    /// It counts.
    Active {
        /// The instant from which it no longer does.
        expires_at: Timestamp,
    },
    /// It opens and joins nothing.
    Paused {
        /// Since when.
        since: Timestamp,
        /// The instant from which it no longer counts at all.
        expires_at: Timestamp,
    },
    /// Its organisation ended it today.
    Ended {
        /// When.
        at: Timestamp,
    },
    /// Its planned end came today.
    Expired {
        /// When.
        at: Timestamp,
    },
    /// Its end is a day ago or more.
    Archived {
        /// When it ended or expired.
        ended_at: Timestamp,
        /// The instant from which nothing of it is left.
        until: Timestamp,
        /// When its one notice was given, if it was.
        noticed_at: Option<Timestamp>,
    },
}

impl Signal {
    /// The name of its state.
    pub const fn state(self) -> SignalState {
        match self {
            Self::Sleeping { .. } => SignalState::Sleeping,
            Self::Active { .. } => SignalState::Active,
            Self::Paused { .. } => SignalState::Paused,
            Self::Ended { .. } => SignalState::Ended,
            Self::Expired { .. } => SignalState::Expired,
            Self::Archived { .. } => SignalState::Archived,
        }
    }
}

impl Life {
    /// The signal at this moment; none when nothing of it may be left.
    pub fn at(&self, now: Timestamp) -> Option<Signal> {
        if self.destroy_due(now).is_some() {
            return None;
        }
        if let Some(until) = self.sleeps_until {
            return Some(Signal::Sleeping { until });
        }
        let ended = self.ended_at.filter(|ended_at| *ended_at <= now);
        let over_at = ended.or((self.expires_at <= now).then_some(self.expires_at));
        Some(match over_at {
            Some(ended_at) if self.archive.from <= now => Signal::Archived {
                ended_at,
                until: self.archive.until,
                noticed_at: self.archive.noticed_at,
            },
            Some(at) if ended.is_some() => Signal::Ended { at },
            Some(at) => Signal::Expired { at },
            None => match self.paused_from.filter(|paused_from| *paused_from <= now) {
                Some(since) => Signal::Paused {
                    since,
                    expires_at: self.expires_at,
                },
                None => Signal::Active {
                    expires_at: self.expires_at,
                },
            },
        })
    }

    /// Why nothing of it may be left at this moment, if so. The age limit goes before everything.
    pub fn destroy_due(&self, now: Timestamp) -> Option<DestroyReason> {
        if self.destroy_at <= now {
            return Some(DestroyReason::AgeLimit);
        }
        if let Some(until) = self.sleeps_until {
            // Whatever ends a signal that sleeps: it was never told of, so there is nothing to keep.
            return if self.ended_at.is_some_and(|ended_at| ended_at <= now) {
                Some(DestroyReason::EndedAsleep)
            } else {
                (until <= now || self.expires_at <= now).then_some(DestroyReason::Unanswered)
            };
        }
        (self.is_over(now) && self.archive.until <= now).then_some(match self.archive.noticed_at {
            Some(_) => DestroyReason::ArchiveNoticed,
            None => DestroyReason::ArchiveOver,
        })
    }

    /// Since when it counts; of one that sleeps, since when it could have.
    pub fn counts_since(&self) -> Timestamp {
        self.woken_at.unwrap_or(self.submitted_at)
    }

    /// Whether it counts no longer, by its planned end or an earlier one.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.counts_until() <= now
    }

    /// The instant from which it no longer counts, as far as is known.
    pub fn counts_until(&self) -> Timestamp {
        let ended_at = self.ended_at.unwrap_or(self.expires_at);
        ended_at.min(self.expires_at).min(self.destroy_at)
    }

    /// Why its organisation left the matches it was in, when it counts no longer.
    pub fn left_because(&self) -> LeftBecause {
        let until = self.counts_until();
        if self.ended_at == Some(until) {
            LeftBecause::Resolved
        } else if self.destroy_at == until && self.expires_at > until {
            LeftBecause::AgeLimit
        } else {
            LeftBecause::Expired
        }
    }

    /// Ended now, before its planned end. One that counts no longer is left as it is.
    #[must_use]
    pub fn ended(self, now: Timestamp, archive_years: u8, zone: &TimeZone) -> Self {
        if self.is_over(now) {
            return self;
        }
        Self {
            ended_at: Some(now),
            archive: Archive::after(now, archive_years, zone),
            ..self
        }
    }

    /// The family agreed to it. Agreeing to a signal is being told of it.
    #[must_use]
    pub fn woken(self, now: Timestamp) -> Self {
        Self {
            sleeps_until: None,
            woken_at: Some(now),
            paused_from: None,
            ..self
        }
    }
}

#[cfg(test)]
mod tests;
