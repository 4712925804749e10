//! The hour in which signals are counted. It is the hour of the clock and not the last sixty minutes, so that an
//! organisation can be told until when to wait, and one number per organisation is enough.

use jiff::{SignedDuration, Timestamp};

use crate::words::words;

words! {
    /// What a supervisor is alerted to.
    AlertKind, "kinds of alerts" {
        /// An organisation gave more signals in an hour than its covenant allows.
        SignalsPerHour = "signals-per-hour",
        /// What of a batch is over that number is held.
        BatchHeld = "batch-held",
    }
}

const SECONDS: i64 = 3600;

/// An hour of the clock, counted in UTC: where local time is off by half an hour it begins at the half hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hour {
    /// Its first instant.
    pub begins_at: Timestamp,
    /// The first instant after it.
    pub ends_at: Timestamp,
}

/// The hour in which this instant lies.
pub fn hour_of(at: Timestamp) -> Hour {
    let into = SignedDuration::from_secs(at.as_second().rem_euclid(SECONDS))
        + SignedDuration::from_nanos(i64::from(at.subsec_nanosecond()));
    let begins_at = at.saturating_sub(into).unwrap_or(Timestamp::MIN);
    let ends_at = begins_at
        .saturating_add(SignedDuration::from_secs(SECONDS))
        .unwrap_or(Timestamp::MAX);
    Hour { begins_at, ends_at }
}

impl Hour {
    /// How many seconds of it are left, rounded up, at least one.
    pub fn seconds_left(self, now: Timestamp) -> u32 {
        let left = self.ends_at.duration_since(now);
        let whole = left.as_secs() + i64::from(left.subsec_nanos() > 0);
        u32::try_from(whole.max(1)).unwrap_or(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn an_hour_begins_on_the_hour_and_ends_with_the_next() {
        for (now, begins, left) in [
            ("2027-12-01T10:00:00Z", "2027-12-01T10:00:00Z", 3600),
            ("2027-12-01T10:00:00.5Z", "2027-12-01T10:00:00Z", 3600),
            ("2027-12-01T10:59:59.999Z", "2027-12-01T10:00:00Z", 1),
            ("2027-12-01T10:17:30Z", "2027-12-01T10:00:00Z", 2550),
            ("1969-12-31T23:59:58.5Z", "1969-12-31T23:00:00Z", 2),
        ] {
            let hour = hour_of(at(now));
            assert_eq!(hour.begins_at, at(begins), "{now}");
            assert_eq!(hour.seconds_left(at(now)), left, "{now}");
        }
    }

    #[test]
    fn the_ends_of_time_have_hours_too() {
        assert!(hour_of(Timestamp::MAX).ends_at >= hour_of(Timestamp::MAX).begins_at);
        assert!(hour_of(Timestamp::MIN).begins_at <= Timestamp::MIN);
    }
}
