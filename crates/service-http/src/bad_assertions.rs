//! How many client assertions were refused of late, by the client they claim to come from and the address they come from.
//!
//! A signature cannot be guessed, so what is held back here is a program that keeps trying what cannot succeed. A right
//! assertion is taken whatever came before it: nobody locks another out, not even from behind the same proxy.

use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use protocol::ClientId;

use crate::door::Clock;
use crate::recent::{Recent, household};

/// Refused assertions of one client from one address that are answered as what they are, in each [`WINDOW`].
pub const LIMIT: u32 = 100;

/// The time in which they are counted.
pub const WINDOW: Duration = Duration::from_secs(60);

/// Pairs remembered in each of two generations.
const MAX_PAIRS: usize = 10_000;

/// The client that is claimed, if the assertion says that much, and the network the connection comes from.
type Pair = (Option<ClientId>, Option<IpAddr>);

#[derive(Clone, Copy)]
struct Count {
    since: Duration,
    refused: u32,
}

/// Counts refused assertions.
pub struct BadAssertions {
    clock: Clock,
    counts: Mutex<Recent<Pair, Count>>,
}

impl BadAssertions {
    /// Nothing was refused yet. `clock` is the time since some fixed moment.
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            counts: Mutex::new(Recent::new(MAX_PAIRS)),
        }
    }

    /// Notes that one was refused. When there were too many: the seconds until the next is answered as what it is.
    pub fn note(&self, claimed: Option<&ClientId>, peer: Option<IpAddr>) -> Option<u32> {
        let now = (self.clock)();
        let pair = (claimed.cloned(), peer.map(household));
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut count = counts
            .get(&pair)
            .filter(|count| now.saturating_sub(count.since) < WINDOW)
            .unwrap_or(Count {
                since: now,
                refused: 0,
            });
        count.refused = count.refused.saturating_add(1);
        counts.put(pair, count);
        let left = WINDOW.saturating_sub(now.saturating_sub(count.since));
        (count.refused > LIMIT).then(|| u32::try_from(left.as_secs()).unwrap_or(60).max(1))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    fn counted() -> (BadAssertions, Arc<AtomicU64>) {
        let seconds = Arc::new(AtomicU64::new(1_000));
        let read = Arc::clone(&seconds);
        let clock: Clock = Arc::new(move || Duration::from_secs(read.load(Ordering::Relaxed)));
        (BadAssertions::new(clock), seconds)
    }

    #[test]
    fn who_keeps_trying_is_told_to_wait_and_nobody_else_is() {
        let (bad, seconds) = counted();
        let client = |name: &str| Some(name.parse::<ClientId>().unwrap());
        let peer = |text: &str| Some(text.parse::<IpAddr>().unwrap());
        let (here, there) = (peer("192.0.2.1"), peer("192.0.2.2"));
        for _ in 0..LIMIT {
            assert_eq!(bad.note(client("cl_one").as_ref(), here), None);
        }
        seconds.fetch_add(20, Ordering::Relaxed);
        assert_eq!(bad.note(client("cl_one").as_ref(), here), Some(40));
        assert_eq!(bad.note(client("cl_one").as_ref(), there), None, "from elsewhere");
        assert_eq!(bad.note(client("cl_two").as_ref(), here), None, "another");
        assert_eq!(bad.note(None, here), None, "one without a name");
        seconds.fetch_add(40, Ordering::Relaxed);
        assert_eq!(bad.note(client("cl_one").as_ref(), here), None, "a minute later");
    }

    #[test]
    fn one_line_has_one_count_however_many_addresses_it_has() {
        let (bad, _) = counted();
        for host in 0..LIMIT {
            let address = format!("2001:db8:1:2::{host:x}").parse().ok();
            assert_eq!(bad.note(None, address), None);
        }
        assert_eq!(bad.note(None, "2001:db8:1:2:ffff::1".parse().ok()), Some(60));
        assert_eq!(bad.note(None, "2001:db8:1:3::1".parse().ok()), None);
    }

    #[test]
    fn memory_is_bounded() {
        let (bad, _) = counted();
        for number in 0..3 * MAX_PAIRS {
            let client: ClientId = format!("cl_{number}").parse().unwrap();
            bad.note(Some(&client), None);
        }
        let counts = bad.counts.lock().unwrap();
        assert!(counts.lens().iter().all(|len| *len <= MAX_PAIRS));
    }
}
