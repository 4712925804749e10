//! The audit log in the database: leaves written beside the act they record, ordered afterwards.
//!
//! The act's own transaction inserts its leaf into `audit.pending`, without order and so without a lock that every
//! writer would share. One sequencer moves leaves into the tree.

pub(crate) mod export;
#[cfg(test)]
mod guard;
pub(crate) mod leaf;
pub(crate) mod read;
pub(crate) mod scrub;
pub(crate) mod sequence;
pub(crate) mod tree;
pub(crate) mod witness;

use audit_log::tree::Frontier;
use domain::event::OpeningScope;
use jiff::Timestamp;

/// An event that stands in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recorded {
    /// Its id, the same everywhere: answer, inbox, leaf.
    pub event_id: u128,
}

/// The tree before and after the sequencer's step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ordered {
    /// As it was.
    pub before: Frontier,
    /// As it is.
    pub after: Frontier,
}

/// An export that a supervisor asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportRow {
    /// Its row.
    pub row: i64,
    /// When it was asked.
    pub requested_at: Timestamp,
    /// Its own event.
    pub event: Recorded,
    /// Its name in the log.
    pub log_tag: u128,
    /// The export after which it begins; none begins with the first leaf.
    pub previous: Option<i64>,
    /// The event of that export.
    pub previous_event: Option<Recorded>,
    /// The openings it has.
    pub scope: OpeningScope,
}

/// A signed checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCheckpoint {
    /// How many leaves it covers.
    pub size: u64,
    /// The signed note.
    pub note: String,
}

/// One leaf with what stands behind its commitment, if that was not erased.
pub struct LeafRow {
    /// Position in the tree.
    pub index: u64,
    /// The event's id.
    pub event_id: u128,
    /// The leaf's bytes.
    pub leaf: Vec<u8>,
    /// Salt and data of the opening.
    pub opening: Option<([u8; 32], Vec<u8>)>,
}
