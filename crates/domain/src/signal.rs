//! The signal: a professional's statement *that* the organisation is involved with a child. No why, no content.
//!
//! [`NewSignal`] says which signals are taken, [`Life`] where one stands at a moment.

mod life;
mod weigh;
mod words;

pub use life::{Archive, DAYS_AFTER_ARCHIVE_NOTICE, Life, SLEEP_DAYS, Signal};
pub use weigh::{NewSignal, Refusal};
pub use words::{DestroyReason, EndReason, EndedBecause, Ending, LeftBecause, SignalState};
