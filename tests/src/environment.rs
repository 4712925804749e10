//! Time and chance of the tests: real ones, moved.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// How long [`eventually`] looks for what must come. Far more than anything takes, since the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long it rests between two looks.
const BETWEEN_LOOKS: Duration = Duration::from_millis(10);

/// The machine's time.
#[must_use]
#[allow(clippy::disallowed_methods, reason = "the one clock of the tests")]
pub fn real_now() -> Timestamp {
    Timestamp::now()
}

/// The machine's entropy.
#[allow(clippy::disallowed_methods, reason = "the one source of chance of the tests")]
pub(crate) fn fill(bytes: &mut [u8]) {
    getrandom::fill(bytes).unwrap();
}

/// Random bytes.
#[must_use]
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    fill(&mut bytes);
    bytes
}

/// With `TEST_LOG=debug` or another filter, shows what the service logs.
pub(crate) fn log_if_asked() {
    if let Ok(filter) = std::env::var("TEST_LOG") {
        // Another test may have been first; then it is set up already.
        let _ = tracing_subscriber::fmt().with_env_filter(filter).try_init();
    }
}

/// A clock that runs like the machine's and is put forward by the test.
#[derive(Clone, Default)]
pub struct Clock(Arc<AtomicI64>);

impl Clock {
    /// The time on this clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        real_now() + SignedDuration::from_secs(self.0.load(Ordering::SeqCst))
    }

    /// How far it is from the machine's, in seconds.
    #[must_use]
    pub fn offset(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }

    /// Puts it to `time` or up to a second later; gives the offset in seconds.
    pub(crate) fn put(&self, time: Timestamp) -> i64 {
        let offset = time.duration_since(real_now());
        let seconds = offset.as_secs() + i64::from(offset.subsec_nanos() > 0);
        self.0.store(seconds, Ordering::SeqCst);
        seconds
    }
}

/// What the client program is given.
#[derive(Clone)]
pub struct TestEnvironment(pub Clock);

impl client::Environment for TestEnvironment {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    fn fill(&self, bytes: &mut [u8]) {
        fill(bytes);
    }
}

/// Looks until there is something, for at most a minute. `what` is said when it never comes.
pub async fn eventually<T, F: Future<Output = Option<T>>>(what: &str, mut look: impl FnMut() -> F) -> T {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(tokio::time::Instant::now() < deadline, "in vain: {what}");
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
}
