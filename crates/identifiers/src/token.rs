//! From identifier to token `t`, on the partner's side.
//!
//! ```text
//! ident = "trefpunt/v1/ident" || 0x00 || u16 net_epoch || u8 kind || u16 len(value) || value
//! t     = HMAC-SHA-256(K_net[net_epoch], ident)
//! ```
//!
//! Integers are big-endian. For a BSN `value` is its nine digits and `ident` is 32 bytes.
//!
//! Nobody needs this code to make a token. For BSN 123456782 in epoch 1 under the test key `00 01 .. 1f`:
//!
//! ```sh
//! printf 'trefpunt/v1/ident\0\0\001\001\0\011123456782' |
//!   openssl dgst -sha256 -mac HMAC \
//!     -macopt hexkey:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f -binary |
//!   basenc --base64url | tr -d '='
//! ```
//!
//! prints `BGOvL2aGZOwObkJvai9-M-iJtV7aFvviTAFJeJ3F_H0`, the first token of `vectors.json`. (`\0\001` is the epoch, `\001`
//! the kind, `\0\011` the length 9. Arguments of a command can be read by other users of the machine: this is for
//! checking an implementation, not for a live key.)

use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::Mac;
use zeroize::Zeroizing;

use crate::{
    bsn::Bsn,
    identifier::{Identifier, InvalidIdentifier},
    key::{self, NetworkSecret},
    kind::Kind,
    opaque::opaque_bytes,
};

opaque_bytes! {
    /// What a partner sends in place of an identifier. Still secret: whoever holds the network's secret can try
    /// every BSN against it, so it is never logged and never stored.
    Token, 32
}

/// The token of an identifier.
#[must_use]
pub fn derive(secret: &NetworkSecret, net_epoch: u16, identifier: &Identifier) -> Token {
    of_value(secret, net_epoch, identifier.kind(), identifier.value())
}

/// The token of a child's BSN.
#[must_use]
pub fn of_bsn(secret: &NetworkSecret, net_epoch: u16, bsn: &Bsn) -> Token {
    of_value(secret, net_epoch, Kind::Bsn, bsn.as_digits())
}

/// The token of a raw value whose kind is given by name, as on a command line (`--kind bsn`).
///
/// # Errors
/// An unknown kind, or a value that is not of that kind; never with the value.
pub fn of_raw(
    secret: &NetworkSecret,
    net_epoch: u16,
    kind_name: &str,
    raw: &str,
) -> Result<Token, InvalidIdentifier> {
    let kind: Kind = kind_name.parse()?;
    Ok(derive(secret, net_epoch, &Identifier::parse(kind, raw)?))
}

/// The bytes that are hashed, for a vendor who compares step by step. They contain the identifier itself.
#[must_use]
pub fn ident(net_epoch: u16, identifier: &Identifier) -> Zeroizing<Vec<u8>> {
    ident_of_value(net_epoch, identifier.kind(), identifier.value())
}

impl Token {
    /// Reads a token as it travels: 43 characters of canonical unpadded base64url.
    ///
    /// # Errors
    /// Any other text; the error carries nothing of it.
    pub fn parse(text: &str) -> Result<Self, InvalidToken> {
        key::decode(text)
            .map(|bytes| Self::from_bytes(*bytes))
            .ok_or(InvalidToken)
    }

    /// The token as it travels.
    #[must_use]
    pub fn to_base64url(&self) -> Zeroizing<String> {
        Zeroizing::new(Base64UrlUnpadded::encode_string(self.as_bytes()))
    }
}

/// A text is not a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a token is 32 bytes as 43 characters of unpadded base64url")]
pub struct InvalidToken;

fn of_value(secret: &NetworkSecret, net_epoch: u16, kind: Kind, value: &[u8]) -> Token {
    let mut mac = key::hmac_sha256(secret.as_bytes());
    mac.update(&ident_of_value(net_epoch, kind, value));
    let digest = Zeroizing::new(<[u8; 32]>::from(mac.finalize().into_bytes()));
    Token::from_bytes(*digest)
}

fn ident_of_value(net_epoch: u16, kind: Kind, value: &[u8]) -> Zeroizing<Vec<u8>> {
    const LABEL: &[u8] = b"trefpunt/v1/ident\0";
    // Parsing bounds every value far below 64 KiB; saturating keeps the arithmetic total.
    let length = u16::try_from(value.len()).unwrap_or(u16::MAX);
    let mut bytes = Zeroizing::new(Vec::with_capacity(LABEL.len() + 5 + value.len()));
    bytes.extend_from_slice(LABEL);
    bytes.extend_from_slice(&net_epoch.to_be_bytes());
    bytes.push(kind.code());
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(value);
    bytes
}
