//! Receipts: the log's signed promises, kept until the program takes them.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use reqwest::Response;

use crate::{Partner, Supervisor};

/// Header of an answer to an act: the log's signed promise that what was done stands in it within 60 s.
const RECEIPT: &str = "Trefpunt-Receipt";

/// So many are kept; the oldest go first.
const MAX_KEPT: usize = 10_000;

/// A receipt of ours is shorter, in bytes.
const MAX_RECEIPT_BYTES: usize = 6_000;

/// Receipts that nobody has taken yet.
#[derive(Default)]
pub(crate) struct Receipts(Mutex<VecDeque<String>>);

impl Receipts {
    /// Keeps what an answer promises.
    pub(crate) fn keep(&self, response: &Response) {
        let values = response.headers().get_all(RECEIPT).iter();
        self.keep_each(values.filter_map(|value| value.to_str().ok()));
    }

    /// Keeps these.
    pub(crate) fn keep_each<'r>(&self, receipts: impl Iterator<Item = &'r str>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ours = receipts.filter(|receipt| receipt.len() <= MAX_RECEIPT_BYTES);
        kept.extend(ours.map(str::to_owned));
        while kept.len() > MAX_KEPT {
            kept.pop_front();
        }
    }

    fn take(&self) -> Vec<String> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *kept).into()
    }
}

impl Partner {
    /// The receipts of everything that was acknowledged since they were last taken, 10,000 at most: write each to a
    /// file of its own for `verify-audit-log --receipts`. With one a supervisor can tell that the log left something out.
    pub fn take_receipts(&self) -> Vec<String> {
        self.connection.receipts.take()
    }
}

impl Supervisor {
    /// As [`Partner::take_receipts`], for exports.
    pub fn take_receipts(&self) -> Vec<String> {
        self.connection.receipts.take()
    }
}
