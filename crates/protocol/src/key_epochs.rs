//! The keys a token may be made with: the keyholder's epoch list, which it signs, and what the service tells of both
//! kinds of epoch.
//!
//! Partners and the service pin the keyholder's Ed25519 key and learn `pk1` of every epoch from its list. The list only
//! grows: whoever knows one takes none that does not begin with it, so that a keyholder cannot show one history to one
//! and another to the other for long; its hash is also a leaf in the service's log.
//!
//! ```text
//! document  = RFC 8785 JSON {"entries":[{"act","at","epoch","publicKey"?}...],"keyholder","version":"trefpunt/v1/key-epochs"}
//! signature = Ed25519 over "trefpunt/v1/key-epochs" || 0x00 || document
//! hash      = SHA-256(document)
//! ```

mod list;
mod signature;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::text::Base64Url;

pub use list::{EpochAct, EpochState, KeyEpochEntry, KeyEpochs, KeyEpochsError, MAX_DOCUMENT_BYTES};
pub use signature::{KeyholderKey, KeyholderSigner};

/// The keyholder's epoch list as it travels: answer of its `GET /v1/key-epochs`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignedKeyEpochs {
    /// The list, canonical JSON (RFC 8785).
    #[schema(
        example = r#"{"entries":[{"act":"introduced","at":"2026-11-22T09:00:00Z","epoch":1,"publicKey":"..."}],"keyholder":"demo","version":"trefpunt/v1/key-epochs"}"#
    )]
    pub document: String,
    /// Ed25519 signature by the keyholder.
    pub signature: Base64Url<64>,
}

/// Answer of the service's `GET /v1/key-epochs`: which tokens it takes at this moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NetworkKeys {
    /// Epochs of the network's secret; a signal carries one token for each that is live.
    pub net_epochs: Vec<NetEpoch>,
    /// The suites it takes: 1, and 2 when the network has a keyholder.
    pub suites: Vec<u8>,
    /// The live epoch of the keyholder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 1)]
    pub oprf_epoch: Option<u16>,
    /// The keyholder's list as the service accepted it last. A convenience: its signature is checked with a key that
    /// came another way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_epochs: Option<SignedKeyEpochs>,
    /// The lowest suite the network takes from anyone.
    #[schema(example = 1)]
    pub min_suite: u8,
}

/// One epoch of the network's secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NetEpoch {
    /// Which epoch.
    #[schema(example = 1)]
    pub net_epoch: u16,
    /// Shows whether a secret is that of this epoch.
    pub key_check: Base64Url<16>,
    /// Whether it stays.
    pub state: NetEpochState,
    /// Until when tokens of an ending epoch are taken, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// Whether an epoch of the network's secret stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum NetEpochState {
    /// A signal carries a token of it.
    Live,
    /// A signal carries a token of it, until it ends.
    Ending,
}

#[cfg(test)]
mod tests;
