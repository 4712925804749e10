//! How a server stops without losing what it acknowledged: first it says that it is not ready, so that no new
//! connection is sent to it; then it finishes what it has; then it ends.

use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::rt;
use tokio::sync::watch;

/// How long answers that are under way may take when the server stops, in seconds.
pub const FINISH_SECONDS: u64 = 20;

/// What a server does with requests at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Not yet: it is recovering or migrating.
    Starting,
    /// It takes requests.
    Ready,
    /// It answers what comes, tells health checks to look elsewhere, and closes each connection after its answer.
    Draining,
    /// It takes nothing new.
    Stopping,
}

/// The phase of a server, shared by all that ask. It moves forward only.
#[derive(Debug, Clone)]
pub struct Drain(watch::Sender<Phase>);

impl Drain {
    /// A server that is starting.
    #[allow(
        clippy::new_without_default,
        reason = "a server starts once, in one place that says so"
    )]
    pub fn new() -> Self {
        Self(watch::Sender::new(Phase::Starting))
    }

    /// The phase now.
    pub fn phase(&self) -> Phase {
        *self.0.borrow()
    }

    /// Whether a health check is answered 200.
    pub fn is_ready(&self) -> bool {
        self.phase() == Phase::Ready
    }

    /// Moves on to `phase`; back is not possible.
    pub fn advance(&self, phase: Phase) {
        self.0.send_if_modified(|current| {
            let forward = phase > *current;
            if forward {
                *current = phase;
            }
            forward
        });
    }

    /// Ends once the server has come to `phase`.
    pub async fn reached(&self, phase: Phase) {
        let mut phases = self.0.subscribe();
        // The sender lives in `self`, so waiting can only end by the phase.
        let _ = phases.wait_for(|current| *current >= phase).await;
    }

    /// Stops a server in order. Call it on SIGTERM: readiness falls at once, `notice` later (the interval of the
    /// health checks) new connections are refused, and within [`FINISH_SECONDS`] what is under way ends.
    pub async fn stop(&self, server: &ServerHandle, notice: Duration) {
        self.advance(Phase::Draining);
        rt::time::sleep(notice).await;
        self.advance(Phase::Stopping);
        server.stop(true).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn phases_go_forward_only() {
        let drain = Drain::new();
        assert!(!drain.is_ready());
        drain.advance(Phase::Ready);
        assert!(drain.is_ready());
        drain.advance(Phase::Draining);
        drain.advance(Phase::Ready);
        assert_eq!(drain.phase(), Phase::Draining);
        let waiting = rt::spawn({
            let drain = drain.clone();
            async move { drain.reached(Phase::Stopping).await }
        });
        drain.clone().advance(Phase::Stopping);
        assert!(waiting.await.is_ok());
    }
}
