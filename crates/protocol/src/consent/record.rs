//! The consent record: what was agreed, in a form that anyone can check and nobody can change.
//!
//! A record is canonical JSON (RFC 8785) signed with Ed25519 by the portal. It holds no name, number,
//! age or role of a signatory: who they were is the family's, and "all who must" is what it states.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{ConsentKey, ConsentKeys, ConsentPurpose, SignedRecord};
use crate::id::{Id, KeyId, OrganisationId};
use crate::text::{Base64Url, Invalid, text_value};

/// What a given consent says. Its fields can be read; to make one that is signed, fill [`Terms`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    terms: Terms,
    document: String,
}

/// What a consent is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// The network it was given in.
    pub network: Name,
    /// What it is for.
    pub about: About,
    /// The organisations it names: for exchange two or more, for a signal the one that gave it.
    pub parties: BTreeSet<OrganisationId>,
    /// Version of the text that was shown.
    pub text_version: Name,
    /// Language of the text that was shown: `nl`, `en`, ...; where those who agreed read it in several, all of them in the
    /// order of the alphabet: `ar.nl`.
    pub language: Name,
    /// How it was given.
    pub method: Method,
    /// How sure it is that those who decided are those who must.
    pub assurance: Assurance,
    /// The organisation that asked and issued the invitations.
    pub issuer: OrganisationId,
    /// When it was asked.
    pub requested_at: Timestamp,
    /// When the last who must gave it.
    pub given_at: Timestamp,
    /// Until when it stands, unless withdrawn.
    pub valid_until: Timestamp,
}

/// What a consent is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// Exchange between the parties, in this match.
    Exchange(Id),
    /// This signal, in a covenant that asks first.
    Signal(Id),
}

impl About {
    /// The word for it.
    pub const fn purpose(self) -> ConsentPurpose {
        match self {
            Self::Exchange(_) => ConsentPurpose::Exchange,
            Self::Signal(_) => ConsentPurpose::Signal,
        }
    }
}

/// How consent was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// By the signatories themselves in the portal.
    Portal,
    /// By word of mouth, recorded by a professional.
    Oral,
    /// On paper, recorded by a professional.
    Written,
}

/// How sure it is that those who decided are those who must.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assurance {
    /// By a code from a letter: who keeps the letter can use it.
    Letter,
    /// By a code, and an electronic identity.
    Oidc,
    /// By a code, with help of an official who saw a document.
    Assisted,
    /// Stated by a professional.
    Attested,
}

/// A technical name in a record: 1 to 64 characters of `A-Z a-z 0-9 . _ -`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Name {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let good = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        if (1..=64).contains(&text.len()) && text.bytes().all(good) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid {
                what: "name in a consent record",
            })
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_value!(
    Name,
    name: "RecordName",
    description: "A technical name in a consent record",
    example: "2026-11",
    pattern: "^[A-Za-z0-9._-]{1,64}$"
);

/// The document's members. RFC 8785 puts them in order.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Document {
    version: Version,
    network: Name,
    #[serde(rename = "match", default, skip_serializing_if = "Option::is_none")]
    match_id: Option<Id>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signal: Option<Id>,
    parties: Vec<OrganisationId>,
    purpose: ConsentPurpose,
    text_version: Name,
    language: Name,
    method: Method,
    assurance: Assurance,
    issuer: OrganisationId,
    requested_at: Timestamp,
    given_at: Timestamp,
    valid_until: Timestamp,
}

#[derive(Serialize, Deserialize)]
enum Version {
    #[serde(rename = "trefpunt/v1/consent")]
    V1,
}

/// A record is not one, or cannot be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// Not a consent record, or not in its one spelling, or its terms contradict each other.
    #[error("the consent record is malformed")]
    Malformed,
    /// The hash beside it is not its hash.
    #[error("the hash is not that of the consent record")]
    Hash,
    /// Signed with a key that is not one of the portal's.
    #[error("the consent record is signed with an unknown key")]
    UnknownKey,
    /// The signature is not of this document by this key.
    #[error("the signature under the consent record does not hold")]
    Signature,
    /// Given in another network.
    #[error("the consent record belongs to another network")]
    Network,
    /// Two keys have one id, or a key has an id that is not its own.
    #[error("the list of consent keys is malformed")]
    Keys,
}

/// Why a record does not allow a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotCovered {
    /// It was given for another match.
    #[error("the consent was given for another match")]
    Match,
    /// It does not name both organisations.
    #[error("the consent does not name both organisations")]
    Parties,
    /// It does not stand at this moment.
    #[error("the consent does not stand at this moment")]
    Time,
}

impl Record {
    /// Puts terms into their one spelling.
    ///
    /// # Errors
    /// [`RecordError::Malformed`] when too few or too many parties are named, or the times are not in order.
    pub fn new(terms: Terms) -> Result<Self, RecordError> {
        let in_order = terms.requested_at <= terms.given_at && terms.given_at < terms.valid_until;
        let named = match terms.about {
            About::Exchange(_) => terms.parties.len() > 1,
            About::Signal(_) => terms.parties.iter().eq([&terms.issuer]),
        };
        if !named || !in_order {
            return Err(RecordError::Malformed);
        }
        let document = serde_jcs::to_string(&Document::of(&terms)).map_err(|_| RecordError::Malformed)?;
        Ok(Self { terms, document })
    }

    /// Reads a record in its one spelling: what was read, written again, is the same text.
    ///
    /// # Errors
    /// [`RecordError::Malformed`].
    pub fn parse(document: &str) -> Result<Self, RecordError> {
        let read: Document = serde_json::from_str(document).map_err(|_| RecordError::Malformed)?;
        let record = Self::new(read.into_terms().ok_or(RecordError::Malformed)?)?;
        if record.document == document {
            Ok(record)
        } else {
            Err(RecordError::Malformed)
        }
    }

    /// What the consent is about.
    pub const fn terms(&self) -> &Terms {
        &self.terms
    }

    /// The record as canonical JSON.
    pub fn document(&self) -> &str {
        &self.document
    }

    /// SHA-256 of the document.
    pub fn hash(&self) -> Base64Url<32> {
        Base64Url(Sha256::digest(self.document.as_bytes()).into())
    }

    /// Whether it allows exchange between two organisations in a match at a moment. That it was not
    /// withdrawn since, only the service or a keyholder can say.
    ///
    /// # Errors
    /// [`NotCovered`] with the first reason why not.
    pub fn covers(&self, match_id: Id, pair: [OrganisationId; 2], now: Timestamp) -> Result<(), NotCovered> {
        let terms = &self.terms;
        if terms.about != About::Exchange(match_id) {
            return Err(NotCovered::Match);
        }
        if pair[0] == pair[1] || !pair.iter().all(|party| terms.parties.contains(party)) {
            return Err(NotCovered::Parties);
        }
        if now >= terms.valid_until {
            return Err(NotCovered::Time);
        }
        Ok(())
    }
}

impl Document {
    fn of(terms: &Terms) -> Self {
        // In the order of the text, which every language can sort by.
        let mut parties: Vec<_> = terms.parties.iter().copied().collect();
        parties.sort_by_key(ToString::to_string);
        let (match_id, signal) = match terms.about {
            About::Exchange(id) => (Some(id), None),
            About::Signal(id) => (None, Some(id)),
        };
        Self {
            version: Version::V1,
            network: terms.network.clone(),
            match_id,
            signal,
            parties,
            purpose: terms.about.purpose(),
            text_version: terms.text_version.clone(),
            language: terms.language.clone(),
            method: terms.method,
            assurance: terms.assurance,
            issuer: terms.issuer,
            requested_at: terms.requested_at,
            given_at: terms.given_at,
            valid_until: terms.valid_until,
        }
    }

    /// None when what it is for is not said, or said twice.
    fn into_terms(self) -> Option<Terms> {
        let Version::V1 = self.version;
        let about = match (self.purpose, self.match_id, self.signal) {
            (ConsentPurpose::Exchange, Some(id), None) => About::Exchange(id),
            (ConsentPurpose::Signal, None, Some(id)) => About::Signal(id),
            _ => return None,
        };
        Some(Terms {
            network: self.network,
            about,
            parties: self.parties.into_iter().collect(),
            text_version: self.text_version,
            language: self.language,
            method: self.method,
            assurance: self.assurance,
            issuer: self.issuer,
            requested_at: self.requested_at,
            given_at: self.given_at,
            valid_until: self.valid_until,
        })
    }
}

/// The portal's key: signs consent records, their status ([`crate::gate::ConsentStatus`]), receipts ([`super::receipt`]), and
/// nothing else.
pub struct ConsentSigner {
    key: SigningKey,
    key_id: KeyId,
}

impl ConsentSigner {
    /// Takes the 32-byte seed of an Ed25519 key.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        let key = SigningKey::from_bytes(seed);
        let key_id = KeyId::of(key.verifying_key().as_bytes());
        Self { key, key_id }
    }

    /// What others check its signatures with.
    pub fn key(&self) -> ConsentKey {
        ConsentKey {
            key_id: self.key_id,
            public_key: Base64Url(self.key.verifying_key().to_bytes()),
        }
    }

    /// Signs a record: the bytes of its document, which carry their own version label.
    pub fn sign(&self, record: &Record) -> SignedRecord {
        let (signature, key_id) = self.sign_document(&record.document);
        SignedRecord {
            document: record.document.clone(),
            hash: record.hash(),
            signature,
            key_id,
        }
    }

    /// Signs a document that begins with a version label of its own, so that its signature serves for nothing else.
    pub(crate) fn sign_document(&self, document: &str) -> (Base64Url<64>, KeyId) {
        let signature = self.key.sign(document.as_bytes());
        (Base64Url(signature.to_bytes()), self.key_id)
    }
}

impl ConsentSigner {
    /// Signs the hashes of a receipt. Neither a record nor a status is as short, so that neither can be made of it.
    pub(super) fn sign_hashes(&self, hashes: &[u8; 64]) -> Base64Url<64> {
        Base64Url(self.key.sign(hashes).to_bytes())
    }
}

impl fmt::Debug for ConsentSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConsentSigner")
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

/// The public keys of one network's portal, checked.
#[derive(Debug, Clone)]
pub struct ConsentVerifier {
    network: Name,
    keys: BTreeMap<KeyId, VerifyingKey>,
}

impl ConsentVerifier {
    /// Takes the portal's keys.
    ///
    /// # Errors
    /// [`RecordError::Keys`] when an id is not that of its key, comes twice, or a key is no good point.
    pub fn new(keys: &ConsentKeys) -> Result<Self, RecordError> {
        let mut known = BTreeMap::new();
        for ConsentKey { key_id, public_key } in &keys.keys {
            let key = VerifyingKey::from_bytes(&public_key.0).map_err(|_| RecordError::Keys)?;
            let own_id = *key_id == KeyId::of(&public_key.0);
            if key.is_weak() || !own_id || known.insert(*key_id, key).is_some() {
                return Err(RecordError::Keys);
            }
        }
        Ok(Self {
            network: keys.network.clone(),
            keys: known,
        })
    }

    /// Checks hash and signature and reads the record.
    ///
    /// # Errors
    /// [`RecordError`] with the first thing that does not hold.
    pub fn verify(&self, signed: &SignedRecord) -> Result<Record, RecordError> {
        let key = self.keys.get(&signed.key_id).ok_or(RecordError::UnknownKey)?;
        if signed.hash.0 != <[u8; 32]>::from(Sha256::digest(signed.document.as_bytes())) {
            return Err(RecordError::Hash);
        }
        check(key, &signed.document, &signed.signature)?;
        let record = Record::parse(&signed.document)?;
        if record.terms.network == self.network {
            Ok(record)
        } else {
            Err(RecordError::Network)
        }
    }

    /// The network whose portal is believed.
    pub const fn network(&self) -> &Name {
        &self.network
    }

    /// Checks the signature under another document of the portal.
    pub(crate) fn verify_document(
        &self,
        document: &str,
        signature: &Base64Url<64>,
        key_id: &KeyId,
    ) -> Result<(), RecordError> {
        let key = self.keys.get(key_id).ok_or(RecordError::UnknownKey)?;
        check(key, document, signature)
    }
}

impl ConsentVerifier {
    /// Checks the signature under the hashes of a receipt by the key that it names.
    pub(super) fn verify_hashes(
        &self,
        hashes: &[u8; 64],
        signature: &Base64Url<64>,
        is_named: impl Fn(&[u8; 32]) -> bool,
    ) -> Result<(), RecordError> {
        let key = self.keys.values().find(|key| is_named(key.as_bytes()));
        let key = key.ok_or(RecordError::UnknownKey)?;
        key.verify_strict(hashes, &Signature::from_bytes(&signature.0))
            .map_err(|_| RecordError::Signature)
    }
}

fn check(key: &VerifyingKey, document: &str, signature: &Base64Url<64>) -> Result<(), RecordError> {
    key.verify_strict(document.as_bytes(), &Signature::from_bytes(&signature.0))
        .map_err(|_| RecordError::Signature)
}

#[cfg(test)]
mod tests;
