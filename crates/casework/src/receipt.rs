//! Receipts: for every acknowledged change the log's signed promise that its leaf stands in the log within 60 s. A
//! Merkle tree cannot show that something was left out; whoever holds a receipt can.
//!
//! Signed after the transaction, outside every lock, and once for all the submissions of a transaction: a signature takes
//! longer than everything else about a receipt. Only the leaf is stored with an answer, and where it stands under that
//! signature: the rest follows from the key (Ed25519 is deterministic), so that a replay carries the same bytes as long as
//! the key is the same.

use audit_log::entry::Entry;
use audit_log::receipt::{Place, Receipt, lay_out};
use audit_log::tree::{Hash, leaf_hash};
use store::{Chance, StoreError, StoredAnswer, WrittenLeaf};

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
            .map(|leaf| self.receipt(leaf))
            .collect();
        Ok(Answer {
            receipts: receipts?,
            ..answer
        })
    }

    /// The promise that a leaf stands in the log within 60 s of its own time. The leaf is one that this program wrote: its
    /// time is read from it, and it is not parsed whole again for each answer.
    pub(crate) fn receipt(&self, leaf: &WrittenLeaf) -> Result<String, StoreError> {
        self.receipt_of(&leaf.bytes, leaf.place.as_ref())
    }

    /// The same for a leaf that is signed alone.
    pub(crate) fn own_receipt(&self, leaf: &[u8]) -> Result<String, StoreError> {
        self.receipt_of(leaf, None)
    }

    fn receipt_of(&self, leaf: &[u8], place: Option<&Place>) -> Result<String, StoreError> {
        let promised_by = Entry::time_of(leaf)
            .map_err(StoreError::Leaf)?
            .checked_add(PROMISED_WITHIN)
            .map_err(|_| StoreError::DamagedLog)?;
        let receipt = Receipt::sign_own(&self.keys().log, leaf, place, promised_by);
        receipt
            .map(|receipt| receipt.to_text())
            .map_err(|_| StoreError::DamagedLog)
    }
}

/// Lays leaves that are promised at once out under one signature.
pub(crate) fn sign_together<'a>(leaves: impl Iterator<Item = &'a mut WrittenLeaf>, chance: &Chance) {
    let leaves: Vec<&mut WrittenLeaf> = leaves.collect();
    let hashes: Vec<Hash> = leaves.iter().map(|leaf| leaf_hash(&leaf.bytes)).collect();
    for (leaf, place) in leaves.into_iter().zip(lay_out(&hashes, chance.as_ref())) {
        leaf.place = Some(place);
    }
}

/// The leaf of an answer that has one. Where an answer has more of them, each is signed alone: with it is kept one place.
pub(crate) fn only_leaf(answer: &mut StoredAnswer) -> Option<&mut WrittenLeaf> {
    match answer.leaves.as_mut_slice() {
        [leaf] => Some(leaf),
        _ => None,
    }
}
