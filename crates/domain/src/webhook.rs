//! Webhooks: an organisation's own address, to which it is told that something waits for it. When a delivery is tried
//! again, when an address rests, and when it is given up.
//!
//! The times between attempts are those of Standard Webhooks, so that a receiver that is down for a night loses nothing
//! and one that is gone is not called for ever. Chance is an argument: whatever failed together is not tried together.

mod address;

use jiff::{SignedDuration, Timestamp};

use crate::words::words;

pub use address::{AddressPolicy, AddressRange, UnusableRange};

words! {
    /// Why nothing is sent to an endpoint.
    DisabledBecause, "reasons why an endpoint is disabled" {
        /// The organisation asked for it.
        Requested = "requested",
        /// The receiver said that it is gone for good (410).
        Gone = "gone",
        /// For five days nothing but failures.
        Failing = "failing",
    }
}

words! {
    /// What became of an attempt.
    AttemptOutcome, "outcomes of attempts" {
        /// The receiver took it: a status of 200 to 299.
        Delivered = "delivered",
        /// The receiver answered with another status.
        Refused = "refused",
        /// The receiver said that it is gone for good (410).
        Gone = "gone",
        /// The receiver pointed elsewhere; that is not followed.
        Redirected = "redirected",
        /// The name led to an address to which nothing is sent.
        BlockedAddress = "blocked-address",
        /// The name could not be looked up.
        UnknownName = "unknown-name",
        /// There was no connection.
        Unreachable = "unreachable",
        /// No connection that is encrypted and with whom it should be.
        Tls = "tls",
        /// It took longer than 15 seconds.
        Timeout = "timeout",
        /// The answer was longer than 4 KiB.
        TooLarge = "too-large",
        /// What was answered is no HTTP, or ended in the middle.
        InvalidAnswer = "invalid-answer",
    }
}

words! {
    /// Where a delivery stands.
    DeliveryState, "states of a delivery" {
        /// It is tried, or tried again, when its time comes.
        Queued = "queued",
        /// The receiver has it.
        Delivered = "delivered",
        /// Every attempt failed.
        Exhausted = "exhausted",
        /// Its endpoint was disabled while it waited.
        Dropped = "dropped",
    }
}

/// Most endpoints of one organisation.
pub const MOST_ENDPOINTS: usize = 10;

/// Most notices that one request sends again.
pub const MOST_REPLAYED: usize = 1_000;

/// For so long both secrets sign after a rotation.
pub const ROTATION_OVERLAP: SignedDuration = SignedDuration::from_hours(24);

/// After so long of nothing but failures an endpoint is disabled.
pub const FAILING_TIME: SignedDuration = SignedDuration::from_hours(5 * 24);

/// A delivery that ended is kept for so long, with its attempts.
pub const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Seconds between attempts (Standard Webhooks): 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h.
const SCHEDULE: [i64; 7] = [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000];

/// A receiver may ask for more time than the schedule gives, up to this much, in seconds.
const MOST_RETRY_AFTER: i64 = 36_000;

/// So many failures in a row are the endpoint's and not the delivery's: it rests.
const FAILURES_BEFORE_REST: u32 = 3;

/// The first rest, in seconds; it doubles up to half an hour.
const FIRST_REST: i64 = 30;
const LONGEST_REST: i64 = 1_800;

/// What comes after a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterFailure {
    /// Another attempt, then.
    Again(Timestamp),
    /// None.
    Exhausted,
}

/// When to try again after the `attempts`th attempt failed now. `chance` spreads what failed together over a tenth of the
/// time; what the receiver asked for in `Retry-After` counts between the schedule and ten hours.
pub fn after_failure(
    attempts: u32,
    retry_after_seconds: Option<u64>,
    chance: u8,
    now: Timestamp,
) -> AfterFailure {
    let Some(seconds) = usize::try_from(attempts)
        .ok()
        .and_then(|attempts| SCHEDULE.get(attempts.saturating_sub(1)))
    else {
        return AfterFailure::Exhausted;
    };
    let asked = retry_after_seconds.map_or(0, |seconds| {
        i64::try_from(seconds).unwrap_or(i64::MAX).min(MOST_RETRY_AFTER)
    });
    AfterFailure::Again(later(now, spread(asked.max(*seconds), chance)))
}

/// Until when an endpoint rests that failed so many times in a row, now for the last time. A few failures can be one
/// delivery's own fault.
pub fn rests_until(failures: u32, chance: u8, now: Timestamp) -> Option<Timestamp> {
    let doublings = failures.checked_sub(FAILURES_BEFORE_REST)?;
    let seconds = FIRST_REST
        .saturating_mul(1 << doublings.min(10))
        .min(LONGEST_REST);
    Some(later(now, spread(seconds, chance)))
}

/// Whether an endpoint is given up that has done nothing but fail since then.
pub fn is_given_up(failing_since: Timestamp, now: Timestamp) -> bool {
    now.duration_since(failing_since) >= FAILING_TIME
}

/// In milliseconds: the time and up to a tenth more.
fn spread(seconds: i64, chance: u8) -> SignedDuration {
    SignedDuration::from_millis(seconds * 1_000 + seconds * 100 * i64::from(chance) / 255)
}

fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.checked_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn attempts_are_those_of_standard_webhooks_and_then_it_ends() {
        let mut now = at(0);
        let mut gaps = Vec::new();
        let mut attempts = 1;
        while let AfterFailure::Again(next) = after_failure(attempts, None, 0, now) {
            gaps.push(next.duration_since(now).as_secs());
            now = next;
            attempts += 1;
        }
        assert_eq!(gaps, SCHEDULE);
        assert_eq!(attempts, 8);
    }

    #[test]
    fn a_receiver_may_ask_for_more_time_but_not_for_less_and_not_for_ever() {
        let next = |asked| after_failure(1, asked, 0, at(0));
        assert_eq!(next(Some(0)), AfterFailure::Again(at(5)));
        assert_eq!(next(Some(60)), AfterFailure::Again(at(60)));
        assert_eq!(next(Some(u64::MAX)), AfterFailure::Again(at(36_000)));
    }

    #[test]
    fn an_endpoint_rests_longer_with_each_failure() {
        let rests: Vec<i64> = (0..12)
            .map(|failures| rests_until(failures, 0, at(0)).map_or(0, Timestamp::as_second))
            .collect();
        assert_eq!(rests, [0, 0, 0, 30, 60, 120, 240, 480, 960, 1_800, 1_800, 1_800]);
    }

    #[test]
    fn five_days_of_failures_are_enough() {
        assert!(!is_given_up(at(0), at(5 * 86_400 - 1)));
        assert!(is_given_up(at(0), at(5 * 86_400)));
    }

    proptest! {
        #[test]
        fn chance_adds_at_most_a_tenth(attempts in 0_u32..=7, asked in proptest::option::of(any::<u64>()), chance: u8) {
            let sure = after_failure(attempts, asked, 0, at(0));
            let spread = after_failure(attempts, asked, chance, at(0));
            let (AfterFailure::Again(sure), AfterFailure::Again(spread)) = (sure, spread) else {
                panic!("it ended before its time");
            };
            prop_assert!(spread >= sure);
            prop_assert!(spread.as_millisecond() * 10 <= sure.as_millisecond() * 11);
        }

        #[test]
        fn nothing_overflows(attempts: u32, failures: u32, chance: u8) {
            after_failure(attempts, Some(u64::MAX), chance, Timestamp::MAX);
            rests_until(failures, chance, Timestamp::MAX);
        }
    }
}
