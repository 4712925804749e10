//! The machine's clocks and its entropy. Nothing else in the workspace reads them: everything else takes time and chance
//! as arguments, so that tests can give their own.
#![allow(
    clippy::disallowed_methods,
    reason = "the one place that reads clocks and draws entropy"
)]

use std::convert::Infallible;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rand_core::{TryCryptoRng, TryRng};

/// The time now.
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// Time since the program first asked; never goes back.
pub fn stopwatch() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

/// The processor time that this thread has used.
pub fn thread_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(time).unwrap_or_default()
}

/// Fills `bytes` with the operating system's entropy. Without it no key may be made: the program ends at once.
pub fn fill(bytes: &mut [u8]) {
    if getrandom::fill(bytes).is_err() {
        crate::out::error("the operating system gives no entropy; nothing can be done safely");
        std::process::abort();
    }
}

/// Random bytes.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    fill(&mut bytes);
    bytes
}

/// The entropy as libraries take it.
pub fn chance() -> store::Chance {
    Arc::new(fill)
}

/// Clock and entropy of the machine, for the client and for cryptographic code.
#[derive(Debug, Clone, Copy)]
pub struct Machine;

impl client::Environment for Machine {
    fn now(&self) -> Timestamp {
        now()
    }

    fn fill(&self, bytes: &mut [u8]) {
        fill(bytes);
    }
}

impl TryRng for Machine {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes(random()))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes(random()))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        fill(bytes);
        Ok(())
    }
}

impl TryCryptoRng for Machine {}
