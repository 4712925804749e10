//! The keyholder's Ed25519 key, which signs epoch lists and nothing else.

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use super::SignedKeyEpochs;
use super::list::{KeyEpochs, KeyEpochsError};
use crate::text::{Base64Url, Invalid, decode, text_value};

/// Goes before the document, so that a signature serves for nothing else.
const LABEL: &[u8] = b"trefpunt/v1/key-epochs\0";

/// What the keyholder signs its epoch list with.
pub struct KeyholderSigner(SigningKey);

impl KeyholderSigner {
    /// Takes the 32-byte seed of an Ed25519 key.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// What others check its signatures with.
    pub fn key(&self) -> KeyholderKey {
        KeyholderKey(self.0.verifying_key())
    }

    /// Signs a list.
    pub fn sign(&self, list: &KeyEpochs) -> SignedKeyEpochs {
        SignedKeyEpochs {
            document: list.document().to_owned(),
            signature: Base64Url(self.0.sign(&message(list.document())).to_bytes()),
        }
    }
}

impl fmt::Debug for KeyholderSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyholderSigner(..)")
    }
}

/// The public half, pinned by partners and by the service: 43 characters of base64url that reach them on another way
/// than from the service.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct KeyholderKey(VerifyingKey);

impl KeyholderKey {
    /// Takes the 32 bytes of a public key.
    ///
    /// # Errors
    /// [`KeyEpochsError::Key`] when they are no point, or one of small order, for which anybody can sign.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, KeyEpochsError> {
        match VerifyingKey::from_bytes(bytes) {
            Ok(key) if !key.is_weak() => Ok(Self(key)),
            _ => Err(KeyEpochsError::Key),
        }
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }
}

impl FromStr for KeyholderKey {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        const WHAT: &str = "public key of a keyholder";
        Self::from_bytes(&decode(text, WHAT)?).map_err(|_| Invalid { what: WHAT })
    }
}

impl fmt::Display for KeyholderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Base64Url(*self.as_bytes()), f)
    }
}

impl fmt::Debug for KeyholderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

text_value!(
    KeyholderKey,
    name: "KeyholderKey",
    description: "The keyholder's raw Ed25519 public key in unpadded base64url",
    example: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    pattern: "^[A-Za-z0-9_-]{43}$"
);

impl KeyEpochs {
    /// Checks the signature with the pinned key and reads the list.
    ///
    /// # Errors
    /// [`KeyEpochsError`] with the first thing that does not hold.
    pub fn verify(signed: &SignedKeyEpochs, key: &KeyholderKey) -> Result<Self, KeyEpochsError> {
        let signature = Signature::from_bytes(&signed.signature.0);
        key.0
            .verify_strict(&message(&signed.document), &signature)
            .map_err(|_| KeyEpochsError::Signature)?;
        Self::parse(&signed.document)
    }
}

fn message(document: &str) -> Vec<u8> {
    [LABEL, document.as_bytes()].concat()
}
