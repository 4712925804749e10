//! Names by which things are called from outside.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

use crate::text::{Invalid, decode, encode, text_value};

/// The public id of a signal, match, consent request, notice, message or export: 16 bytes,
/// 22 characters of unpadded base64url. Says nothing about what it names.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(pub [u8; 16]);

impl FromStr for Id {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        decode(text, "id").map(Self)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&encode(self.0))
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

text_value!(
    Id,
    name: "Id",
    description: "Opaque id: 16 bytes in unpadded base64url",
    example: "h5Yz0cVbTtqN1rXk2mPvQA",
    pattern: "^[A-Za-z0-9_-]{21}[AQgw]$"
);

/// The public id of an organisation: `org_` and 22 characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrganisationId(pub [u8; 16]);

impl FromStr for OrganisationId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        const WHAT: &str = "organisation id";
        decode(text.strip_prefix("org_").ok_or(Invalid { what: WHAT })?, WHAT).map(Self)
    }
}

impl fmt::Display for OrganisationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "org_{}", encode(self.0))
    }
}

impl fmt::Debug for OrganisationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

text_value!(
    OrganisationId,
    name: "OrganisationId",
    description: "Id of an organisation",
    example: "org_h5Yz0cVbTtqN1rXk2mPvQA",
    pattern: "^org_[A-Za-z0-9_-]{21}[AQgw]$"
);

/// The name of an OAuth client: 4 to 64 characters of `A-Z a-z 0-9 _ -`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientId(String);

impl ClientId {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ClientId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        if !(4..=64).contains(&text.len()) || !text.bytes().all(good) {
            return Err(Invalid { what: "client id" });
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_value!(
    ClientId,
    name: "ClientId",
    description: "Name of an OAuth client",
    example: "cl_h5Yz0cVbTtqN1rXk2mPvQA",
    pattern: "^[A-Za-z0-9_-]{4,64}$"
);

/// What a client sends in `Idempotency-Key`: 8 to 64 visible ASCII characters
/// (draft-ietf-httpapi-idempotency-key-header; surrounding quotes are part of the key).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A key made of bytes the caller drew at random.
    pub fn from_random(bytes: [u8; 16]) -> Self {
        Self(encode(bytes))
    }
}

impl FromStr for IdempotencyKey {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if !(8..=64).contains(&text.len()) || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Invalid {
                what: "Idempotency-Key",
            });
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_value!(
    IdempotencyKey,
    name: "IdempotencyKey",
    description: "Chosen by the caller, new for every act, the same for every attempt at it",
    example: "5f0c9d1e-7d0b-4b7e-9b57-0d1f6a3c2b10",
    pattern: "^[!-~]{8,64}$"
);

/// Which key made a signature: the first 16 bytes of the SHA-256 of the raw Ed25519 public key.
/// A key cannot be given another key's id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 16]);

impl KeyId {
    /// The id of a raw 32-byte Ed25519 public key.
    pub fn of(public_key: &[u8; 32]) -> Self {
        let mut id = [0; 16];
        id.copy_from_slice(&Sha256::digest(public_key)[..16]);
        Self(id)
    }
}

impl FromStr for KeyId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        decode(text, "key id").map(Self)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&encode(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

text_value!(
    KeyId,
    name: "KeyId",
    description: "Id of an Ed25519 key: the first 16 bytes of the SHA-256 of the public key",
    example: "h5Yz0cVbTtqN1rXk2mPvQA",
    pattern: "^[A-Za-z0-9_-]{21}[AQgw]$"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_written_as_they_were_read() {
        let text = "h5Yz0cVbTtqN1rXk2mPvQA";
        assert_eq!(text.parse::<Id>().unwrap().to_string(), text);
        let text = "org_h5Yz0cVbTtqN1rXk2mPvQA";
        assert_eq!(text.parse::<OrganisationId>().unwrap().to_string(), text);
        for other in [
            "",
            "org_",
            "h5Yz0cVbTtqN1rXk2mPvQA",
            "ORG_h5Yz0cVbTtqN1rXk2mPvQA",
            "org_h5Yz0cVbTtqN1rXk2mPvQB",
        ] {
            assert!(other.parse::<OrganisationId>().is_err(), "{other:?}");
        }
    }

    #[test]
    fn a_key_is_visible_ascii() {
        assert!("12345678".parse::<IdempotencyKey>().is_ok());
        for other in ["1234567", "1234 678", "1234567\n", "é2345678", &"x".repeat(65)] {
            assert!(other.parse::<IdempotencyKey>().is_err(), "{other:?}");
        }
    }

    #[test]
    fn a_client_id_is_plain() {
        assert!("cl_demo-1".parse::<ClientId>().is_ok());
        for other in ["abc", "cl demo", "cl/demo", &"x".repeat(65)] {
            assert!(other.parse::<ClientId>().is_err(), "{other:?}");
        }
    }
}
