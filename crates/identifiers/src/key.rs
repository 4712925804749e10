//! The secrets of the network and of the matcher, and the files they come from.

use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::opaque::opaque_bytes;

opaque_bytes! {
    /// The network's secret of one epoch (`K_net[e]`): held by partners, never by the matcher or the keyholder.
    NetworkSecret, 32
}

opaque_bytes! {
    /// The matcher's master key (`K_master`), from which it derives its tag keys.
    MasterKey, 32
}

impl NetworkSecret {
    /// Reads the text of a key file.
    ///
    /// # Errors
    /// As [`parse_key_file`].
    pub fn parse_key_file(text: &str) -> Result<Self, InvalidKeyFile> {
        parse_key_file(text).map(|bytes| Self::from_bytes(*bytes))
    }
}

impl MasterKey {
    /// Reads the text of a key file.
    ///
    /// # Errors
    /// As [`parse_key_file`].
    pub fn parse_key_file(text: &str) -> Result<Self, InvalidKeyFile> {
        parse_key_file(text).map(|bytes| Self::from_bytes(*bytes))
    }
}

/// Reads the text of a key file: 32 bytes as unpadded base64url (43 characters), then at most one line feed.
///
/// # Errors
/// Everything else is refused, so that a key has one spelling: padding, the `+/` alphabet, a carriage return, a
/// second line, leading space, a byte order mark, non-canonical last characters.
pub fn parse_key_file(text: &str) -> Result<Zeroizing<[u8; 32]>, InvalidKeyFile> {
    let key = text.strip_suffix('\n').unwrap_or(text);
    decode(key).ok_or(InvalidKeyFile)
}

/// The text of a key file for these bytes.
#[must_use]
pub fn to_key_file(key: &[u8; 32]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(44));
    text.push_str(&Zeroizing::new(Base64UrlUnpadded::encode_string(key)));
    text.push('\n');
    text
}

/// A key file is not 43 characters of base64url and at most a line feed. Says no more: the text is a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a key file holds 32 bytes as 43 characters of unpadded base64url, then at most one line feed, and nothing else"
)]
pub struct InvalidKeyFile;

/// Tells a client that its network secret is the right one, before its tokens silently never match.
///
/// Not a secret: each epoch publishes it. It shows nothing of the 256-bit key it was made with.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyCheck([u8; 16]);

/// The key-check value of a network secret: the first 16 bytes of
/// `HMAC-SHA-256(K_net[e], "trefpunt/v1/key-check" || 0x00 || u16 net_epoch)`.
///
/// The label differs from that of a token in its first 20 bytes, so no key-check value is the token of anybody.
#[must_use]
pub fn key_check(secret: &NetworkSecret, net_epoch: u16) -> KeyCheck {
    let mut mac = hmac_sha256(secret.as_bytes());
    mac.update(b"trefpunt/v1/key-check\0");
    mac.update(&net_epoch.to_be_bytes());
    let digest = Zeroizing::new(<[u8; 32]>::from(mac.finalize().into_bytes()));
    let mut check = [0; 16];
    check.copy_from_slice(&digest[..16]);
    KeyCheck(check)
}

impl KeyCheck {
    /// Takes the bytes as they are.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The 16 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl core::fmt::Display for KeyCheck {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&Base64UrlUnpadded::encode_string(&self.0))
    }
}

impl core::fmt::Debug for KeyCheck {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("KeyCheck(..)")
    }
}

impl core::str::FromStr for KeyCheck {
    type Err = InvalidKeyCheck;

    fn from_str(text: &str) -> Result<Self, InvalidKeyCheck> {
        decode(text).map(|bytes| Self(*bytes)).ok_or(InvalidKeyCheck)
    }
}

/// A key-check value is not 22 characters of canonical unpadded base64url.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key-check value is 16 bytes as 22 characters of unpadded base64url")]
pub struct InvalidKeyCheck;

/// Decodes exactly `N` bytes of canonical unpadded base64url, in time that does not depend on the characters.
pub(crate) fn decode<const N: usize>(text: &str) -> Option<Zeroizing<[u8; N]>> {
    let mut bytes = Zeroizing::new([0; N]);
    let length = Base64UrlUnpadded::decode(text, bytes.as_mut()).ok()?.len();
    (length == N).then_some(bytes)
}

pub(crate) fn hmac_sha256(key: &[u8; 32]) -> Hmac<Sha256> {
    let mut block = hmac::digest::Key::<Hmac<Sha256>>::default();
    block[..32].copy_from_slice(key);
    let mac = Hmac::<Sha256>::new(&block);
    zeroize::Zeroize::zeroize(block.as_mut_slice());
    mac
}
