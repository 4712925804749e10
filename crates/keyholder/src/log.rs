//! The keyholder's own audit log: leaves written beside the act they record, ordered and signed afterwards.
//!
//! It has the form of the service's log (docs/AUDIT-LOG.md) and another origin and key; the same offline verifier reads
//! it. It is kept as long as the keyholder keeps its keys; nothing here erases an opening, because none is personal.

pub(crate) mod export;
pub(crate) mod record;
pub(crate) mod sequence;

pub use export::ExportError;
