//! The pace one caller may keep: a bucket that holds so many requests and gains one every so often.
//!
//! What it tells a caller depends on that caller's own history alone: not on what others do, nor on what is asked.

use std::fmt;
use std::num::NonZero;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use protocol::problem::ProblemType;

use crate::door::Clock;
use crate::problems::Refusal;
use crate::recent::Recent;

/// Callers remembered in each of two generations. Who is forgotten has a full bucket again, so that many callers cost the
/// service its memory of few, and nobody a request.
const REMEMBERED: usize = 20_000;

/// A bucket of `burst` requests that gains one every so often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    burst: NonZero<u32>,
    every: Duration,
}

impl Pace {
    /// So many requests a minute in the long run, and so many at once after a pause.
    pub fn per_minute(requests: NonZero<u32>, burst: NonZero<u32>) -> Self {
        Self::one_in(Duration::from_secs(60) / requests.get(), burst)
    }

    /// One request each time so much has passed, and so many at once after a pause.
    pub const fn one_in(every: Duration, burst: NonZero<u32>) -> Self {
        Self { burst, every }
    }

    /// So many at once after a pause.
    pub const fn burst(self) -> u32 {
        self.burst.get()
    }

    /// Takes one from a bucket that is full at `full_at`; the moment at which it is full after that. What a bucket lacks
    /// now follows from how far away that is, so there is nothing else to a bucket.
    ///
    /// # Errors
    /// How long until there is one.
    pub fn take(self, full_at: Duration, now: Duration) -> Result<Duration, Duration> {
        let after = full_at.max(now) + self.every;
        let fullest = now + self.every * self.burst.get();
        match after.checked_sub(fullest) {
            None | Some(Duration::ZERO) => Ok(after),
            Some(wait) => Err(wait),
        }
    }

    /// Gives one back to a bucket that is full at `full_at`; the moment at which it is full after that.
    #[must_use]
    pub fn give_back(self, full_at: Duration) -> Duration {
        full_at.saturating_sub(self.every)
    }

    /// How many are gone from a bucket that is full at `full_at`, begun ones included.
    pub fn taken(self, full_at: Duration, now: Duration) -> u32 {
        let missing = full_at.saturating_sub(now).as_nanos();
        u32::try_from(missing.div_ceil(self.every.as_nanos().max(1))).unwrap_or(u32::MAX)
    }
}

/// Keeps callers at their pace, each by itself.
pub struct Limits<K> {
    pace: Pace,
    clock: Clock,
    /// For each caller the moment at which its bucket is full.
    buckets: Mutex<Recent<K, Duration>>,
}

impl<K: Ord> Limits<K> {
    /// This pace for everyone, on this clock.
    pub fn new(pace: Pace, clock: Clock) -> Self {
        Self {
            pace,
            clock,
            buckets: Mutex::new(Recent::new(REMEMBERED)),
        }
    }

    /// Counts a request. One that is refused counts for nothing.
    ///
    /// # Errors
    /// `rate-limited` with how long to wait.
    pub fn take(&self, caller: K) -> Result<(), Refusal> {
        let now = (self.clock)();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let full_at = buckets.get(&caller).unwrap_or_default();
        match self.pace.take(full_at, now) {
            Ok(after) => {
                buckets.put(caller, after);
                Ok(())
            }
            Err(wait) => {
                let seconds = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX);
                Err(Refusal::new(ProblemType::RateLimited).with_retry_after(seconds.saturating_add(1)))
            }
        }
    }
}

impl<K> fmt::Debug for Limits<K> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Limits")
            .field("pace", &self.pace)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
