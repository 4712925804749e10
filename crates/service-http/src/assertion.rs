//! Client authentication by a signed assertion (`private_key_jwt`, RFC 7523 section 3 with the limits of OAuth-NL), and the
//! proof that a client holds a key which it is about to register: the same claims under another `typ`.
//!
//! Two steps, because the key to check with is found by what the assertion says: [`Unverified::parse`] tells whose
//! it claims to be, [`Unverified::verify`] whether that is so. Replay of `jti` is refused elsewhere, where state is
//! kept: [`Assertion::jti`] and [`Assertion::expires_at`] are what to keep.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use protocol::ClientId;
use protocol::access::{AssertionClaims, MAX_ASSERTION_SECONDS};
use protocol::client::KEY_PROOF_TYPE;
use protocol::jwk::SigningAlgorithm;

use crate::jws::Parts;
use crate::public_key::PublicKey;

/// How far ahead of ours a client's clock may run, in seconds.
pub const MAX_AHEAD_SECONDS: i64 = 30;
/// How long after `exp` an assertion is still taken, for a clock that runs behind, in seconds.
pub const MAX_LATE_SECONDS: i64 = 10;

/// `typ` values of an assertion: none, the general one, and the one of draft-ietf-oauth-rfc7523bis.
const TYPES: [&str; 2] = ["JWT", "client-authentication+jwt"];

/// Why an assertion was refused: for logs and tests only. Every one of these answers the same `invalid-client`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AssertionError {
    /// Too long, not a compact JWS, a header or claim that is missing, unknown, repeated or of the wrong type.
    #[error("malformed")]
    Malformed,
    /// `typ` names another kind of token.
    #[error("typ")]
    Type,
    /// `iss` and `sub` differ, or are no client id.
    #[error("iss or sub")]
    Client,
    /// `jti` is not 16 to 64 printable characters.
    #[error("jti")]
    TokenId,
    /// The signature does not fit the key, or the header names another algorithm than the key's.
    #[error("signature")]
    Signature,
    /// `aud` is not exactly ours.
    #[error("aud")]
    Audience,
    /// `exp` before `iat`, or more than [`MAX_ASSERTION_SECONDS`] after it.
    #[error("life")]
    Life,
    /// `iat` or `nbf` lies in the future.
    #[error("not yet valid")]
    Early,
    /// Expired more than [`MAX_LATE_SECONDS`] ago.
    #[error("expired")]
    Expired,
}

/// An assertion that was read but not checked. Good for one thing: finding the key it must be checked with.
pub struct Unverified<'a> {
    client: ClientId,
    parts: Parts<'a, AssertionClaims>,
}

/// A checked assertion: this client held its key within the last minute or so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    client: ClientId,
    jti: String,
    expires_at: Timestamp,
}

impl<'a> Unverified<'a> {
    /// Reads an assertion without trusting it.
    ///
    /// # Errors
    /// [`AssertionError`] when its form is wrong, whoever sent it.
    pub fn parse(assertion: &'a str) -> Result<Self, AssertionError> {
        Self::parse_of(assertion, |typ| typ.is_none_or(|typ| TYPES.contains(&typ)))
    }

    /// Reads the proof that comes with a new key, without trusting it. Its `typ` is required, so that neither serves as the
    /// other (RFC 8725 section 3.11).
    ///
    /// # Errors
    /// [`AssertionError`] when its form is wrong.
    pub fn parse_key_proof(proof: &'a str) -> Result<Self, AssertionError> {
        Self::parse_of(proof, |typ| typ == Some(KEY_PROOF_TYPE))
    }

    fn parse_of(token: &'a str, is_type: impl Fn(Option<&str>) -> bool) -> Result<Self, AssertionError> {
        let parts: Parts<'a, AssertionClaims> = Parts::parse(token).map_err(|_| AssertionError::Malformed)?;
        if !is_type(parts.header.typ.as_deref()) {
            return Err(AssertionError::Type);
        }
        if parts.claims.iss != parts.claims.sub {
            return Err(AssertionError::Client);
        }
        let client = parts.claims.sub.parse().map_err(|_| AssertionError::Client)?;
        if !is_token_id(&parts.claims.jti) {
            return Err(AssertionError::TokenId);
        }
        Ok(Self { client, parts })
    }

    /// The client the assertion claims to come from: `iss` and `sub`, which are equal, in the grammar of client ids.
    pub fn client(&self) -> &ClientId {
        &self.client
    }

    /// The key the assertion says it was signed with (`kid`).
    pub fn key_id(&self) -> &str {
        &self.parts.header.kid
    }

    /// The algorithm that the header names; none when it is not one of ours.
    pub fn algorithm(&self) -> Option<SigningAlgorithm> {
        self.parts.algorithm()
    }

    /// Checks signature and claims; `aud` must be exactly one of `audiences`. For an unknown client or key pass
    /// [`PublicKey::nobody`]: it costs the same time.
    ///
    /// # Errors
    /// [`AssertionError`]; the signature is checked before anything else is looked at.
    pub fn verify(
        self,
        key: &PublicKey,
        audiences: &[&str],
        now: Timestamp,
    ) -> Result<Assertion, AssertionError> {
        if !self.parts.is_signed_by(key) {
            return Err(AssertionError::Signature);
        }
        let AssertionClaims {
            aud,
            jti,
            exp,
            iat,
            nbf,
            ..
        } = self.parts.claims;
        if !audiences.contains(&aud.as_str()) {
            return Err(AssertionError::Audience);
        }
        if exp < iat || exp - iat > MAX_ASSERTION_SECONDS {
            return Err(AssertionError::Life);
        }
        let now = now.as_second();
        if iat > now + MAX_AHEAD_SECONDS || nbf.is_some_and(|nbf| nbf > now + MAX_AHEAD_SECONDS) {
            return Err(AssertionError::Early);
        }
        if exp + MAX_LATE_SECONDS < now {
            return Err(AssertionError::Expired);
        }
        let expires_at = Timestamp::from_second(exp).map_err(|_| AssertionError::Malformed)?;
        Ok(Assertion {
            client: self.client,
            jti,
            expires_at,
        })
    }
}

impl fmt::Debug for Unverified<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Unverified").finish_non_exhaustive()
    }
}

impl Assertion {
    /// The client that authenticated.
    pub fn client(&self) -> &ClientId {
        &self.client
    }

    /// The assertion's own id, to be spent once per client.
    pub fn jti(&self) -> &str {
        &self.jti
    }

    /// `exp` as signed.
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// Until when a spent `jti` must be remembered: after this moment [`Unverified::verify`] refuses by age alone.
    pub fn remember_until(&self) -> Timestamp {
        let margin = SignedDuration::from_secs(MAX_LATE_SECONDS + 1);
        self.expires_at.saturating_add(margin).unwrap_or(Timestamp::MAX)
    }
}

/// 16 to 64 printable ASCII characters: room for 96 bits of entropy or more in any usual encoding.
fn is_token_id(text: &str) -> bool {
    (16..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests;
