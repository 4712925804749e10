//! The portal's word about a consent record at one moment: whether it stands. A record itself cannot say that it was
//! withdrawn since.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::{Body, Object, deserialize_as_body};
use crate::consent::Name;
use crate::consent::record::{ConsentSigner, ConsentVerifier, RecordError};
use crate::id::KeyId;
use crate::text::Base64Url;

/// How old a status may be.
pub const MAX_STATUS_AGE: SignedDuration = SignedDuration::from_secs(60);

/// How far the portal's clock may run ahead of the reader's.
pub const MAX_AHEAD: SignedDuration = SignedDuration::from_secs(30);

/// Body of `POST /v1/consent-status`. No token: who knows the hash of a record has seen it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConsentStatusRequest {
    /// SHA-256 of the record.
    pub consent_hash: Base64Url<32>,
}

deserialize_as_body!(ConsentStatusRequest);

impl Body for ConsentStatusRequest {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let consent_hash = object.value("consentHash");
        Some(Self {
            consent_hash: consent_hash?,
        })
    }
}

/// Whether a consent stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// It was given and did not end.
    Stands,
    /// It was withdrawn, or ended otherwise. It does not come back.
    Ended,
}

/// What the portal says of one consent. Its canonical JSON (RFC 8785) is what is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentStatus {
    /// When it was so.
    pub as_of: Timestamp,
    /// SHA-256 of the record.
    pub consent: Base64Url<32>,
    /// The network of the record.
    pub network: Name,
    /// Whether it stands.
    pub state: Standing,
}

/// A status and the portal's signature under it, by a key that signs records as well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignedStatus {
    /// The status as canonical JSON (RFC 8785), byte for byte as it was signed.
    pub document: String,
    /// Ed25519 signature of the document.
    pub signature: Base64Url<64>,
    /// Which key signed.
    pub key_id: KeyId,
}

/// A status is not one, or not the portal's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StatusError {
    /// Not a status, or not in its one spelling.
    #[error("the consent status is malformed")]
    Malformed,
    /// Signed with a key that is not one of the portal's.
    #[error("the consent status is signed with an unknown key")]
    UnknownKey,
    /// The signature is not of this document by this key.
    #[error("the signature under the consent status does not hold")]
    Signature,
    /// Of another network.
    #[error("the consent status belongs to another network")]
    Network,
}

/// Why a status does not say that a consent stands now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotStanding {
    /// It is about another consent.
    #[error("the consent status is about another consent")]
    Consent,
    /// It is older than [`MAX_STATUS_AGE`].
    #[error("the consent status is too old")]
    Old,
    /// It is from later than [`MAX_AHEAD`] from now.
    #[error("the consent status is from the future")]
    Future,
    /// The consent ended.
    #[error("the consent was withdrawn or ended otherwise")]
    Ended,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Document {
    version: Version,
    as_of: Timestamp,
    consent: Base64Url<32>,
    network: Name,
    state: Standing,
}

#[derive(Serialize, Deserialize)]
enum Version {
    #[serde(rename = "trefpunt/v1/consent-status")]
    V1,
}

impl ConsentStatus {
    /// Its one spelling.
    ///
    /// # Errors
    /// [`StatusError::Malformed`] only when the JSON library fails.
    pub fn document(&self) -> Result<String, StatusError> {
        let document = Document {
            version: Version::V1,
            as_of: self.as_of,
            consent: self.consent,
            network: self.network.clone(),
            state: self.state,
        };
        serde_jcs::to_string(&document).map_err(|_| StatusError::Malformed)
    }

    /// Reads a status in its one spelling: what was read, written again, is the same text.
    ///
    /// # Errors
    /// [`StatusError::Malformed`].
    pub fn parse(document: &str) -> Result<Self, StatusError> {
        let read: Document = serde_json::from_str(document).map_err(|_| StatusError::Malformed)?;
        let Version::V1 = read.version;
        let status = Self {
            as_of: read.as_of,
            consent: read.consent,
            network: read.network,
            state: read.state,
        };
        if status.document()? == document {
            Ok(status)
        } else {
            Err(StatusError::Malformed)
        }
    }

    /// Signs it with the portal's key.
    ///
    /// # Errors
    /// [`StatusError::Malformed`] only when the JSON library fails.
    pub fn sign(&self, signer: &ConsentSigner) -> Result<SignedStatus, StatusError> {
        let document = self.document()?;
        let (signature, key_id) = signer.sign_document(&document);
        Ok(SignedStatus {
            document,
            signature,
            key_id,
        })
    }

    /// Checks the signature and reads the status. Whether the consent stands, [`Self::stands`] says then.
    ///
    /// # Errors
    /// [`StatusError`] with the first thing that does not hold.
    pub fn verify(signed: &SignedStatus, portal: &ConsentVerifier) -> Result<Self, StatusError> {
        portal
            .verify_document(&signed.document, &signed.signature, &signed.key_id)
            .map_err(|error| match error {
                RecordError::UnknownKey => StatusError::UnknownKey,
                _ => StatusError::Signature,
            })?;
        let status = Self::parse(&signed.document)?;
        if status.network == *portal.network() {
            Ok(status)
        } else {
            Err(StatusError::Network)
        }
    }

    /// Whether it says that this consent stands now.
    ///
    /// # Errors
    /// [`NotStanding`] with the first reason why not.
    pub fn stands(&self, consent_hash: &Base64Url<32>, now: Timestamp) -> Result<(), NotStanding> {
        if self.consent != *consent_hash {
            return Err(NotStanding::Consent);
        }
        let age = now.duration_since(self.as_of);
        if age > MAX_STATUS_AGE {
            return Err(NotStanding::Old);
        }
        if age < -MAX_AHEAD {
            return Err(NotStanding::Future);
        }
        match self.state {
            Standing::Stands => Ok(()),
            Standing::Ended => Err(NotStanding::Ended),
        }
    }
}
