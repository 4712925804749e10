//! For measuring only, in a build with the feature `bench-without-audit`: what the audit log costs. No other build can
//! do without it.

use std::sync::atomic::{AtomicU8, Ordering};

/// What is written of the audit log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audit {
    /// Everything, as always.
    Whole,
    /// Leaves without receipts.
    WithoutReceipts,
    /// Nothing.
    None,
}

static MODE: AtomicU8 = AtomicU8::new(0);

/// Chooses, for the whole program.
pub fn choose(audit: Audit) {
    let mode = match audit {
        Audit::Whole => 0,
        Audit::WithoutReceipts => 1,
        Audit::None => 2,
    };
    MODE.store(mode, Ordering::Relaxed);
}

pub(crate) fn chosen() -> Audit {
    match MODE.load(Ordering::Relaxed) {
        1 => Audit::WithoutReceipts,
        2 => Audit::None,
        _ => Audit::Whole,
    }
}
