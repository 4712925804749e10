//! Time and chance, given by the program.

use std::convert::Infallible;

use jiff::Timestamp;
use rand_core::{TryCryptoRng, TryRng};

/// The clock and the entropy of the machine. A program implements it with two lines; a test with a
/// clock it can move.
pub trait Environment: Send + Sync + 'static {
    /// The time now.
    fn now(&self) -> Timestamp;

    /// Fills `bytes` with entropy fit for keys. Must not return without it.
    fn fill(&self, bytes: &mut [u8]);
}

/// Lets cryptographic code draw from an environment.
pub(crate) struct Chance<'a>(pub &'a dyn Environment);

impl Chance<'_> {
    pub(crate) fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill(&mut bytes);
        bytes
    }
}

impl TryRng for Chance<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes(self.bytes()))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes(self.bytes()))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl TryCryptoRng for Chance<'_> {}
