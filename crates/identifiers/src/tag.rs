//! From token to the tag that is stored, on the matcher's side.
//!
//! ```text
//! K_tag[e] = BLAKE3_derive_key("trefpunt 2026 match-tag key v1", K_master || u16 e)
//! tag      = BLAKE3_keyed(K_tag[e], "trefpunt/v1/tag" || 0x00 || u8 suite || u8 kind || u16 e || token)
//! ```
//!
//! Integers are big-endian; a tag is 32 bytes and never shortened. Without `K_tag` a stolen table of tags cannot
//! be compared with tokens, even by someone who holds the network's secret.

use zeroize::Zeroizing;

use crate::{key::MasterKey, kind::Kind, opaque::opaque_bytes, token::Token};

/// How a token was made. The number is part of what is hashed, so tags of different suites never meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Suite {
    /// Level A: the token is `t`, a keyed hash that partners make alone.
    KeyedHash = 1,
    /// Level B: the token is the unblinded element `N` of a verifiable oblivious evaluation by the keyholder.
    Oblivious = 2,
}

impl Suite {
    /// The byte that is hashed, and the number in JSON.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }
}

impl TryFrom<u8> for Suite {
    type Error = UnknownSuite;

    fn try_from(code: u8) -> Result<Self, UnknownSuite> {
        match code {
            1 => Ok(Self::KeyedHash),
            2 => Ok(Self::Oblivious),
            _ => Err(UnknownSuite),
        }
    }
}

impl From<Suite> for u8 {
    fn from(suite: Suite) -> Self {
        suite.code()
    }
}

/// No suite has this number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown suite; known are 1 (keyed hash) and 2 (oblivious)")]
pub struct UnknownSuite;

opaque_bytes! {
    /// The matcher's key of one tag epoch (`K_tag[e]`), without its epoch.
    KeyBytes, 32
}

/// The matcher's key of one tag epoch (`K_tag[e]`). It knows its epoch, so that the two cannot be mixed up.
#[derive(Clone, zeroize::ZeroizeOnDrop)]
pub struct TagKey {
    key: KeyBytes,
    epoch: u16,
}

impl TagKey {
    /// Derives the key of an epoch from the master key.
    #[must_use]
    pub fn derive(master: &MasterKey, tag_epoch: u16) -> Self {
        let mut material = Zeroizing::new([0_u8; 34]);
        material[..32].copy_from_slice(master.as_bytes());
        material[32..].copy_from_slice(&tag_epoch.to_be_bytes());
        let key = Zeroizing::new(blake3::derive_key(
            "trefpunt 2026 match-tag key v1",
            material.as_ref(),
        ));
        Self {
            key: KeyBytes::from_bytes(*key),
            epoch: tag_epoch,
        }
    }

    /// The epoch this key belongs to.
    #[must_use]
    pub const fn epoch(&self) -> u16 {
        self.epoch
    }
}

impl core::fmt::Debug for TagKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("TagKey(..)")
    }
}

opaque_bytes! {
    /// What the matcher stores in place of a token: equal for equal identifiers, and nothing else.
    Tag, 32
}

/// The tag of a token.
#[must_use]
pub fn tag(key: &TagKey, suite: Suite, kind: Kind, token: &Token) -> Tag {
    const LABEL: &[u8] = b"trefpunt/v1/tag\0";
    let mut hasher = Zeroizing::new(blake3::Hasher::new_keyed(key.key.as_bytes()));
    hasher.update(LABEL);
    hasher.update(&[suite.code(), kind.code()]);
    hasher.update(&key.epoch.to_be_bytes());
    hasher.update(token.as_bytes());
    let digest = Zeroizing::new(hasher.finalize());
    Tag::from_bytes(*digest.as_bytes())
}
