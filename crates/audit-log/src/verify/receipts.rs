//! Receipts against the log: each leaf that was promised must be there once the time it was promised by has passed.

use std::collections::HashMap;

use jiff::Timestamp;

use super::message as say;
use super::report::Report;
use crate::policy::Policy;
use crate::receipt::{Receipt, ReceiptError};
use crate::tree::Hash;

/// The receipts still looked for, by the hash of their leaf.
#[derive(Default)]
pub(super) struct Receipts {
    waiting: HashMap<Hash, Waiting>,
    found: u64,
}

struct Waiting {
    name: String,
    happened: Timestamp,
    promised_by: Timestamp,
}

/// How far apart the clocks of the leaf and of its place in the log can be, in seconds; as in the replay.
const SKEW: i64 = 5;

impl Receipts {
    /// Reads them; what is wrong with one is reported.
    pub(super) fn read(
        receipts: Vec<(String, String)>,
        policy: &Policy,
        origin: &str,
        report: &mut Report,
    ) -> Self {
        let mut read = Self::default();
        for (name, text) in receipts {
            let receipt = match Receipt::parse(&text) {
                Ok(receipt) => receipt,
                Err(_) => {
                    report.find(&say::RECEIPT_FORM, None, &name);
                    continue;
                }
            };
            match receipt.trusted(policy) {
                Ok(log) if log.name() == origin => {}
                Ok(_) | Err(ReceiptError::Untrusted | ReceiptError::Form | ReceiptError::Leaf(_)) => {
                    report.find(&say::RECEIPT_UNTRUSTED, None, &name);
                    continue;
                }
            }
            let happened =
                crate::entry::Entry::reread(receipt.leaf()).map_or(Timestamp::MIN, |entry| entry.time);
            read.waiting.insert(
                receipt.leaf_hash(),
                Waiting {
                    name,
                    happened,
                    promised_by: receipt.promised_by(),
                },
            );
        }
        read
    }

    /// Sees a leaf of the log.
    pub(super) fn meet(&mut self, leaf: &Hash) {
        if !self.waiting.is_empty() && self.waiting.remove(leaf).is_some() {
            self.found += 1;
        }
    }

    /// Reports what was not met in a period whose last leaf before it is of `from` and whose latest is of `to`.
    pub(super) fn report(self, from: Option<Timestamp>, to: Option<Timestamp>, report: &mut Report) {
        let mut missing: Vec<(String, bool)> = Vec::new();
        let (mut pending, mut earlier) = (0, 0);
        for waiting in self.waiting.into_values() {
            let before = from
                .is_some_and(|from| waiting.happened.as_second() <= from.as_second().saturating_add(SKEW));
            if to.is_none_or(|to| waiting.promised_by >= to) {
                pending += 1;
            } else if from.is_some_and(|from| waiting.promised_by < from) {
                // It was due before the period began: the export it belongs in judges it.
                earlier += 1;
            } else {
                missing.push((waiting.name, before));
            }
        }
        missing.sort_unstable();
        for (name, before) in missing {
            let message = if before {
                &say::RECEIPT_UNDECIDED
            } else {
                &say::RECEIPT_MISSING
            };
            report.find(message, None, &name);
        }
        report.receipts(self.found, pending, earlier);
    }
}
