//! Receipts: for every acknowledged change the log's signed promise that its leaf stands in the log within 60 s. A
//! Merkle tree cannot show that something was left out; whoever holds a receipt can.
//!
//! Signed after the transaction, outside every lock. Only leaves are stored with an answer: the signature follows from
//! leaf and key (Ed25519 is deterministic), so that a replay carries the same bytes as long as the key is the same.

use audit_log::entry::Entry;
use audit_log::receipt::Receipt;
use store::StoreError;

use crate::Casework;
use crate::act::{Answer, Failure};
use crate::sequence_log::PROMISED_WITHIN;

/// At most so many receipts go with an answer, those of the first leaves: each is a field of its head, and clients read
/// about a hundred of those.
const MOST_RECEIPTS: usize = 40;

impl Casework {
    /// Signs the receipts of an answer.
    pub(crate) fn with_receipts<R>(&self, answer: Answer) -> Result<Answer, Failure<R>> {
        let receipts: Result<Vec<String>, StoreError> = answer
            .leaves
            .iter()
            .take(MOST_RECEIPTS)
            .map(|leaf| self.receipt(&leaf.bytes))
            .collect();
        Ok(Answer {
            receipts: receipts?,
            ..answer
        })
    }

    /// The promise that a leaf stands in the log within 60 s of its own time. The leaf is one that this program wrote: its
    /// time is read from it, and it is not parsed whole again for each answer.
    pub(crate) fn receipt(&self, leaf: &[u8]) -> Result<String, StoreError> {
        let promised_by = Entry::time_of(leaf)
            .map_err(StoreError::Leaf)?
            .checked_add(PROMISED_WITHIN)
            .map_err(|_| StoreError::DamagedLog)?;
        let receipt = Receipt::sign_own(&self.keys().log, leaf, promised_by);
        receipt
            .map(|receipt| receipt.to_text())
            .map_err(|_| StoreError::DamagedLog)
    }
}
