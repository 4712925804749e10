//! The strict reading of a compact JWS that client assertions and access tokens share.
//!
//! `jsonwebtoken` checks signatures; it is not a policy: it accepts `crit`, several audiences, missing claims and
//! duplicate members. So the three parts are taken apart here and read as strictly as any body from outside, and only
//! the signature goes to the library.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use protocol::Body;
use protocol::access::AssertionHeader;
use protocol::jwk::SigningAlgorithm;

use crate::public_key::PublicKey;

/// Longest compact token read, in bytes. Ours are about 600; one with a 4096-bit PS256 signature about 1,200.
pub const MAX_TOKEN: usize = 4096;

/// A token taken apart, nothing verified.
pub(crate) struct Parts<'a, C> {
    pub header: AssertionHeader,
    pub claims: C,
    /// `header.payload` as sent: the bytes that were signed (RFC 7515 section 5.2).
    signed: &'a str,
    signature: &'a str,
}

/// The token is not three well-formed parts with the header and claims asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotAToken;

impl<'a, C: Body> Parts<'a, C> {
    pub fn parse(token: &'a str) -> Result<Self, NotAToken> {
        if token.len() > MAX_TOKEN {
            return Err(NotAToken);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(NotAToken)?;
        let (header, claims) = signed.split_once('.').ok_or(NotAToken)?;
        if claims.contains('.') {
            return Err(NotAToken);
        }
        // Only `alg`, `typ` and `kid` are read and any other parameter refuses the token: `jwk`, `jku`, `x5u`, `x5c`
        // would let the sender choose the key, `crit`, `zip`, `b64` would change what is signed (RFC 8725 section 3).
        let header: AssertionHeader = read(header)?;
        Ok(Self {
            header,
            claims: read(claims)?,
            signed,
            signature,
        })
    }

    /// Whether `key` made the signature and the header names that key's algorithm, the only one it is used with.
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        // The signature is checked first and always, so that a wrong name costs what a wrong signature costs.
        let signed = key.verifies(self.signed.as_bytes(), self.signature);
        signed && self.algorithm() == Some(key.algorithm())
    }

    /// The algorithm that the header names, when it is one of ours.
    pub fn algorithm(&self) -> Option<SigningAlgorithm> {
        SigningAlgorithm::named(&self.header.alg)
    }
}

fn read<T: Body>(part: &str) -> Result<T, NotAToken> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| NotAToken)?;
    T::parse(&bytes).map_err(|_| NotAToken)
}
