//! Time and chance, which are arguments: the program gives its own, tests give theirs.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use rand_core::{TryCryptoRng, TryRng};

/// Fills bytes with the operating system's entropy.
pub type Chance = Arc<dyn Fn(&mut [u8]) + Send + Sync>;

/// What the keyholder knows of the machine. Cheap to clone.
#[derive(Clone)]
pub struct Environment {
    /// The real time, for the lives of assertions and tokens.
    pub clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// Time since some fixed moment, for durations; never goes back.
    pub stopwatch: Arc<dyn Fn() -> Duration + Send + Sync>,
    /// Chance.
    pub chance: Chance,
}

impl Environment {
    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    pub(crate) fn elapsed(&self) -> Duration {
        (self.stopwatch)()
    }

    pub(crate) fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.chance)(&mut bytes);
        bytes
    }

    pub(crate) fn random_tag(&self) -> u128 {
        u128::from_be_bytes(self.random())
    }

    /// The entropy as cryptographic code takes it.
    pub(crate) fn rng(&self) -> Rng {
        Rng(Arc::clone(&self.chance))
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Environment(..)")
    }
}

/// The program's entropy as a generator.
pub(crate) struct Rng(Chance);

impl Rng {
    fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.0)(&mut bytes);
        bytes
    }
}

impl TryRng for Rng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes(self.bytes()))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes(self.bytes()))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        (self.0)(bytes);
        Ok(())
    }
}

impl TryCryptoRng for Rng {}
