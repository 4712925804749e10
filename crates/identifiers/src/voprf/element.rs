//! Elements as they cross the boundary: decoded strictly, so that inside every element is a right one.

use base64ct::{Base64UrlUnpadded, Encoding};
use curve25519_dalek::{
    ristretto::{CompressedRistretto, RistrettoPoint},
    traits::IsIdentity,
};

use super::VoprfError;
use crate::{key, token::Token};

/// Declares a group element with a role, so that a question cannot be mistaken for an answer.
macro_rules! element {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name {
            pub(super) point: RistrettoPoint,
            pub(super) bytes: CompressedRistretto,
        }

        impl $name {
            /// Decodes 32 bytes.
            ///
            /// # Errors
            /// The identity and every encoding but the canonical one.
            pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, VoprfError> {
                let bytes = CompressedRistretto(*bytes);
                Ok(Self { point: decompress(&bytes)?, bytes })
            }

            /// Decodes an element as it travels: 43 characters of canonical unpadded base64url.
            ///
            /// # Errors
            /// As [`Self::from_bytes`], and any other text.
            pub fn parse(text: &str) -> Result<Self, VoprfError> {
                Self::from_bytes(&*key::decode(text).ok_or(VoprfError::InvalidEncoding)?)
            }

            /// The canonical encoding.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 32] {
                self.bytes.as_bytes()
            }

            /// The element as it travels.
            #[must_use]
            pub fn to_base64url(&self) -> String {
                Base64UrlUnpadded::encode_string(self.as_bytes())
            }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    };
}

element! {
    /// What a partner asks: `a = r * HashToGroup(t)`. Not secret by itself; together with `r` it is the identifier.
    BlindedElement
}

element! {
    /// What the keyholder answers: `b = k1 * a`.
    EvaluatedElement
}

impl BlindedElement {
    pub(super) fn from_point(point: RistrettoPoint) -> Self {
        Self {
            bytes: point.compress(),
            point,
        }
    }
}

impl EvaluatedElement {
    /// From half the element, whose double was already compressed in a batch.
    pub(super) fn from_half(half: RistrettoPoint, bytes: CompressedRistretto) -> Self {
        Self {
            point: half + half,
            bytes,
        }
    }
}

/// Checks that a token of suite 2 is an unblinded element, as the matcher does before it makes a tag of it.
///
/// # Errors
/// The identity and every encoding but the canonical one.
pub fn unblinded_token(bytes: [u8; 32]) -> Result<Token, VoprfError> {
    let mut bytes = CompressedRistretto(bytes);
    let mut point = decompress(&bytes)?;
    let token = Token::from_bytes(bytes.0);
    zeroize::Zeroize::zeroize(&mut point);
    zeroize::Zeroize::zeroize(&mut bytes);
    Ok(token)
}

pub(super) fn decompress(bytes: &CompressedRistretto) -> Result<RistrettoPoint, VoprfError> {
    let point = bytes.decompress().ok_or(VoprfError::NonCanonicalElement)?;
    if point.is_identity() {
        Err(VoprfError::IdentityElement)
    } else {
        Ok(point)
    }
}
