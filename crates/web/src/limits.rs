//! How much the doors take: of one program, and in all.

use std::num::NonZero;
use std::time::Duration;

use protocol::ClientId;
use service_http::bounded_answer::CONTENT_DEADLINE;
use service_http::door::Clock;
use service_http::limits::{Limits, Pace};

/// How much the doors take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitSettings {
    /// Requests that are worked on at a time; one more is told to try again.
    pub requests_in_flight: usize,
    /// How long an answer that carries content of others may take to leave: a minute, but in tests.
    pub content_deadline: Duration,
    /// Requests of one client in a minute, in the long run.
    pub requests_per_minute: NonZero<u32>,
    /// Requests of one client at once, after a pause.
    pub burst: NonZero<u32>,
}

impl LimitSettings {
    /// What [`LimitSettings::requests_in_flight`] is unless the settings say otherwise. Measured: two cores answer some
    /// hundreds of requests in a second, so that the last of so many is answered within one.
    pub const REQUESTS_IN_FLIGHT: u16 = 512;
    /// What [`LimitSettings::requests_per_minute`] is unless the settings say otherwise.
    pub const REQUESTS_PER_MINUTE: u16 = 12_000;
    /// What [`LimitSettings::burst`] is unless the settings say otherwise.
    pub const BURST: u16 = 2_000;

    /// The paces of clients, each by itself, whatever their tokens.
    pub(crate) fn of_clients(&self, clock: Clock) -> Limits<ClientId> {
        Limits::new(Pace::per_minute(self.requests_per_minute, self.burst), clock)
    }
}

impl Default for LimitSettings {
    fn default() -> Self {
        let number = |number: u16| NonZero::new(u32::from(number)).unwrap_or(NonZero::<u32>::MIN);
        Self {
            requests_in_flight: Self::REQUESTS_IN_FLIGHT.into(),
            content_deadline: CONTENT_DEADLINE,
            requests_per_minute: number(Self::REQUESTS_PER_MINUTE),
            burst: number(Self::BURST),
        }
    }
}
