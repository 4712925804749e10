//! Under which keys tags stand, as the log tells it.

use serde_json::{Value, json};

/// The keys under which tags are made, but for that of the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyEpochsOfTags {
    /// 1 keyed hash, 2 oblivious.
    pub suite: u8,
    /// Epoch of the keyholder's key, with suite 2.
    pub oprf_epoch: Option<u16>,
    /// Epoch of `K_tag`.
    pub tag_epoch: u16,
}

impl KeyEpochsOfTags {
    pub(super) fn value(&self) -> Value {
        let mut value = json!({ "suite": self.suite, "tagEpoch": self.tag_epoch });
        if let Some(epoch) = self.oprf_epoch {
            value["oprfEpoch"] = epoch.into();
        }
        value
    }
}
