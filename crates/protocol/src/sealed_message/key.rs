//! X25519 keys to seal with.

use std::fmt;
use std::str::FromStr;

use hpke::kem::X25519HkdfSha256 as Kem;
use hpke::{Deserializable as _, Kem as _, Serializable as _};
use rand_core::CryptoRng;

use crate::text::{Base64Url, Confidential, Invalid};

/// What an organisation opens messages with, and shows its messages to be its own.
///
/// A key file holds 32 bytes in unpadded base64url and at most one line feed.
#[derive(Clone)]
pub struct SealingSecret(Confidential<32>);

impl SealingSecret {
    /// Draws a new secret.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = zeroize::Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut *bytes);
        Self(Confidential::new(*bytes))
    }

    /// Takes the 32 bytes of a secret.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Confidential::new(bytes))
    }

    /// Reads the text of a key file.
    ///
    /// # Errors
    /// [`Invalid`] for anything but the one spelling; the text is not repeated.
    pub fn parse_key_file(text: &str) -> Result<Self, Invalid> {
        let bytes = identifiers::key::parse_key_file(text).map_err(|_| Invalid {
            what: "sealing key file",
        })?;
        Ok(Self(Confidential::new(*bytes)))
    }

    /// The text of a key file.
    pub fn to_key_file(&self) -> zeroize::Zeroizing<String> {
        identifiers::key::to_key_file(self.0.expose())
    }

    /// The public key that belongs to it.
    ///
    /// # Errors
    /// [`Unusable`] only when the library takes no 32 bytes for a secret.
    pub fn public(&self) -> Result<SealingKey, Unusable> {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(&Kem::sk_to_pk(&self.hpke()?).to_bytes());
        Ok(SealingKey(bytes))
    }

    pub(super) fn hpke(&self) -> Result<<Kem as hpke::Kem>::PrivateKey, Unusable> {
        <Kem as hpke::Kem>::PrivateKey::from_bytes(self.0.expose()).map_err(|_| Unusable)
    }
}

impl fmt::Debug for SealingSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[not shown]")
    }
}

/// What others seal messages to an organisation with.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SealingKey([u8; 32]);

impl SealingKey {
    /// Takes the 32 bytes of a public key.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    pub(super) fn hpke(&self) -> Result<<Kem as hpke::Kem>::PublicKey, Unusable> {
        <Kem as hpke::Kem>::PublicKey::from_bytes(&self.0).map_err(|_| Unusable)
    }
}

impl From<Base64Url<32>> for SealingKey {
    fn from(value: Base64Url<32>) -> Self {
        Self(value.0)
    }
}

impl From<SealingKey> for Base64Url<32> {
    fn from(value: SealingKey) -> Self {
        Self(value.0)
    }
}

impl FromStr for SealingKey {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Ok(text.parse::<Base64Url<32>>()?.into())
    }
}

impl fmt::Display for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Base64Url(self.0), f)
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The bytes cannot serve as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the bytes cannot serve as an X25519 key")]
pub struct Unusable;

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7748 section 6.1, Alice.
    #[test]
    fn a_public_key_is_that_of_the_rfc() {
        let secret = [
            0x77, 0x07, 0x6d, 0x0a, 0x73, 0x18, 0xa5, 0x7d, 0x3c, 0x16, 0xc1, 0x72, 0x51, 0xb2, 0x66, 0x45,
            0xdf, 0x4c, 0x2f, 0x87, 0xeb, 0xc0, 0x99, 0x2a, 0xb1, 0x77, 0xfb, 0xa5, 0x1d, 0xb9, 0x2c, 0x2a,
        ];
        let public = [
            0x85, 0x20, 0xf0, 0x09, 0x89, 0x30, 0xa7, 0x54, 0x74, 0x8b, 0x7d, 0xdc, 0xb4, 0x3e, 0xf7, 0x5a,
            0x0d, 0xbf, 0x3a, 0x0d, 0x26, 0x38, 0x1a, 0xf4, 0xeb, 0xa4, 0xa9, 0x8e, 0xaa, 0x9b, 0x4e, 0x6a,
        ];
        assert_eq!(
            SealingSecret::from_bytes(secret).public().unwrap(),
            SealingKey(public)
        );
    }

    #[test]
    fn a_key_file_has_one_spelling() {
        let secret = SealingSecret::from_bytes([7; 32]);
        let file = secret.to_key_file();
        assert_eq!(
            SealingSecret::parse_key_file(&file).unwrap().public(),
            secret.public()
        );
        assert!(SealingSecret::parse_key_file(file.trim_end()).is_ok());
        assert!(SealingSecret::parse_key_file(&format!("{}\n", *file)).is_err());
        assert!(SealingSecret::parse_key_file("").is_err());
        assert_eq!(format!("{secret:?}"), "[not shown]");
    }
}
