//! The gate: the keyholder's share in the key of every message, handed out only while consent stands.
//!
//! ```text
//! g = HKDF-SHA-256(ikm = K_gate, salt = SHA-256(consent record), info = "trefpunt/v1/gate" || [match] || [message], 32 bytes)
//! ```
//!
//! Here are the bodies that cross the keyholder's door, the status that the portal signs beside a record, and [`judge`]: the
//! one judgement of who gets a share. It reads no clock and no table; what it needs to know it is told.

mod judge;
mod status;

use hkdf::Hkdf;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use utoipa::ToSchema;
use zeroize::Zeroizing;

pub use judge::{GateRefusal, Released, judge};
pub use status::{
    ConsentStatus, ConsentStatusRequest, MAX_AHEAD, MAX_STATUS_AGE, NotStanding, SignedStatus, Standing,
    StatusError,
};

use crate::body::{Body, FieldErrorCode, Object, deserialize_as_body};
use crate::consent::SignedRecord;
use crate::id::Id;
use crate::text::{Base64Url, Confidential};

const LABEL: &[u8] = b"trefpunt/v1/gate";

/// The longest document of a record or status that is read, in bytes.
pub const MAX_DOCUMENT_BYTES: usize = 8 * 1024;

/// The most tombstones in one request.
pub const MAX_TOMBSTONES: usize = 100;

/// The share for one message under one consent. Who may have it, [`judge`] says: a keyholder takes it from [`Released`].
pub fn derive_share(
    gate_key: &Confidential<32>,
    consent_hash: &Base64Url<32>,
    match_id: Id,
    message_id: Id,
) -> Confidential<32> {
    let mut info = LABEL.to_vec();
    for id in [match_id, message_id] {
        info.extend_from_slice(&16_u16.to_be_bytes());
        info.extend_from_slice(&id.0);
    }
    let mut share = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(Some(&consent_hash.0), gate_key.expose())
        .expand(&info, &mut *share)
        .expect("HKDF-SHA-256 makes up to 8160 bytes");
    Confidential::new(*share)
}

/// Body of `POST /v1/gate-shares` at the keyholder: for one message of one match, by a party of the record, with the portal's
/// word that it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GateShareRequest {
    /// The match.
    #[serde(rename = "match")]
    pub match_id: Id,
    /// The message or attachment, by the id its sender chose.
    #[serde(rename = "message")]
    pub message_id: Id,
    /// The consent record it is sealed under.
    pub record: SignedRecord,
    /// That it stands, said by the portal at most 60 seconds ago.
    pub status: SignedStatus,
}

deserialize_as_body!(GateShareRequest);

impl Body for GateShareRequest {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let (match_id, message_id) = (object.value("match"), object.value("message"));
        let record = object.object("record", |object| {
            let document = object.text("document", document);
            let (hash, signature, key_id) = (
                object.value("hash"),
                object.value("signature"),
                object.value("keyId"),
            );
            Some(SignedRecord {
                document: document?,
                hash: hash?,
                signature: signature?,
                key_id: key_id?,
            })
        });
        let status = object.object("status", |object| {
            let document = object.text("document", document);
            let (signature, key_id) = (object.value("signature"), object.value("keyId"));
            Some(SignedStatus {
                document: document?,
                signature: signature?,
                key_id: key_id?,
            })
        });
        Some(Self {
            match_id: match_id?,
            message_id: message_id?,
            record: record?,
            status: status?,
        })
    }
}

/// Its meaning is read by [`judge`], once its signature holds.
fn document(text: &str) -> Result<String, FieldErrorCode> {
    if (1..=MAX_DOCUMENT_BYTES).contains(&text.len()) {
        Ok(text.to_owned())
    } else {
        Err(FieldErrorCode::OutOfRange)
    }
}

/// The keyholder's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GateShare {
    /// The share: 32 bytes that open nothing without the keys of sender or recipient.
    #[schema(value_type = Base64Url<32>)]
    pub share: Confidential<32>,
}

/// Body of `POST /v1/gate-tombstones` at the keyholder: consents that ended before their time. No status undoes one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Tombstones {
    /// The consents.
    #[schema(min_items = 1, max_items = 100)]
    pub consents: Vec<Tombstone>,
}

/// One consent that ended before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Tombstone {
    /// SHA-256 of its record.
    pub hash: Base64Url<32>,
    /// When it ended.
    pub ended_at: Timestamp,
    /// Until when its record could have stood: after that it is refused as expired.
    pub until: Timestamp,
}

deserialize_as_body!(Tombstones);

impl Body for Tombstones {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let consents = object.objects("consents", 1..=MAX_TOMBSTONES, |object| {
            let hash = object.value("hash");
            let (ended_at, until) = (object.value("endedAt"), object.value("until"));
            Some(Tombstone {
                hash: hash?,
                ended_at: ended_at?,
                until: until?,
            })
        });
        Some(Self { consents: consents? })
    }
}

#[cfg(test)]
mod tests;
