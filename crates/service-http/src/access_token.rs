//! Our own access tokens: signed JWTs of ten minutes in the profile of RFC 9068 (`at+jwt`).
//!
//! A valid token says only that this service let this client in at `iat`. Whether the client or its organisation has
//! been disabled since is asked at each request, elsewhere; what is cached here is the arithmetic, not the permission.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, EncodingKey};
use protocol::access::Scope;
use protocol::body::{Body, Object};
use protocol::jwk::SigningAlgorithm;
use protocol::{Base64Url, ClientId, Jwk};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::client_certificate::ClientCertificate;
use crate::jws::Parts;
use crate::public_key::PublicKey;
use crate::token_cache::TokenCache;

/// Life of an access token, in seconds.
pub const LIFE_SECONDS: i64 = 600;

/// PKCS#8 version 1 wrapping of a 32-byte Ed25519 seed (RFC 8410 section 7), which is what the signing library reads.
const PKCS8_PREFIX: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// Why a token was refused: for logs and tests only. Every one of these answers the same `invalid-token`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Too long, not a compact JWS, a header or claim that is missing, unknown, repeated or of the wrong type.
    #[error("malformed")]
    Malformed,
    /// Another `typ` or `kid` than we issue.
    #[error("typ or kid")]
    Kind,
    /// Not signed by us.
    #[error("signature")]
    Signature,
    /// `iss`, `aud`, `sub` or `client_id` is not what we issue.
    #[error("claims")]
    Claims,
    /// `iat` lies in the future or the life is not ours.
    #[error("times")]
    Times,
    /// Past `exp`; there is no leeway, for our clock wrote it.
    #[error("expired")]
    Expired,
    /// Bound to a client certificate that this connection does not have (RFC 8705 section 3).
    #[error("holder")]
    Holder,
}

/// A token could not be made: the library could not sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the access token could not be issued")]
pub struct IssueError;

/// A token as handed to a client.
pub struct Issued {
    /// The compact JWS; a bearer secret.
    pub token: Zeroizing<String>,
    /// `expires_in` of the answer (RFC 6749 section 5.1), in seconds.
    pub expires_in: i64,
}

/// What a verified token says.
#[derive(Debug, PartialEq, Eq)]
pub struct Access {
    client: ClientId,
    scopes: BTreeSet<Scope>,
    expires_at: Timestamp,
    /// Thumbprint of the certificate it is bound to.
    bound_to: Option<String>,
}

impl Access {
    /// The client the token was issued to.
    pub fn client(&self) -> &ClientId {
        &self.client
    }

    /// Whether the token carries `scope`.
    pub fn allows(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }

    /// All scopes of the token.
    pub fn scopes(&self) -> &BTreeSet<Scope> {
        &self.scopes
    }

    /// Whether a connection with this client certificate, or with none, may use it. A token that is bound to none may be
    /// used over any.
    fn is_held_over(&self, certificate: Option<&ClientCertificate>) -> bool {
        self.bound_to.as_ref().is_none_or(|thumbprint| {
            certificate.is_some_and(|certificate| certificate.thumbprint() == *thumbprint)
        })
    }

    /// From this moment on the token is refused.
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }
}

/// The claims of RFC 9068 section 2.2, each required, and the confirmation of RFC 8705 section 3.1; no other read.
#[derive(Serialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: ClientId,
    client_id: ClientId,
    scope: String,
    jti: String,
    iat: i64,
    exp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    cnf: Option<Confirmation>,
}

/// Which client certificate a token is bound to.
#[derive(Serialize)]
struct Confirmation {
    #[serde(rename = "x5t#S256")]
    thumbprint: String,
}

impl Body for Claims {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        /// 9999-12-31T23:59:59Z, in seconds.
        const LAST: u64 = 253_402_300_799;
        let (iss, aud) = (object.value("iss"), object.value("aud"));
        let (sub, client_id) = (object.value("sub"), object.value("client_id"));
        let (scope, jti) = (object.value("scope"), object.value("jti"));
        let (iat, exp) = (object.whole("iat", 0..=LAST), object.whole("exp", 0..=LAST));
        let cnf = object.optional("cnf", |object| {
            object.object("cnf", |object| {
                let thumbprint: Option<Base64Url<32>> = object.value("x5t#S256");
                Some(Confirmation {
                    thumbprint: thumbprint?.to_string(),
                })
            })
        });
        Some(Self {
            iss: iss?,
            aud: aud?,
            sub: sub?,
            client_id: client_id?,
            scope: scope?,
            jti: jti?,
            iat: iat?,
            exp: exp?,
            cnf: cnf?,
        })
    }
}

/// Issues access tokens and checks them. One per service; its key is known to nobody else.
pub struct TokenAuthority {
    issuer: String,
    audience: String,
    key_id: String,
    key: Jwk,
    signing: EncodingKey,
    verifying: PublicKey,
    cache: TokenCache,
}

impl TokenAuthority {
    /// `issuer` is the URL of RFC 8414 metadata, `audience` the URL of the API. `seed` is an Ed25519 private key;
    /// the caller keeps it in its own zeroized place. `cache` verified tokens are remembered.
    pub fn new(issuer: &str, audience: &str, seed: &[u8; 32], cache: usize) -> Self {
        let public = SigningKey::from_bytes(seed).verifying_key();
        let key = Jwk::from(public.to_bytes());
        let mut pkcs8 = Zeroizing::new([0; 48]);
        pkcs8[..16].copy_from_slice(&PKCS8_PREFIX);
        pkcs8[16..].copy_from_slice(seed);
        Self {
            issuer: issuer.to_owned(),
            audience: audience.to_owned(),
            key_id: key.thumbprint().to_string(),
            signing: EncodingKey::from_ed_der(pkcs8.as_slice()),
            verifying: PublicKey::of(&key)
                .unwrap_or_else(|_| PublicKey::nobody(SigningAlgorithm::EdDsa).clone()),
            key,
            cache: TokenCache::new(cache),
        }
    }

    /// Makes a token for `client` with `scopes`, bound to the client certificate of the connection that asks for it, if
    /// there is one. `jti` is 16 random bytes.
    ///
    /// # Errors
    /// [`IssueError`] when the library cannot sign.
    pub fn issue(
        &self,
        client: &ClientId,
        scopes: &BTreeSet<Scope>,
        certificate: Option<&ClientCertificate>,
        jti: [u8; 16],
        now: Timestamp,
    ) -> Result<Issued, IssueError> {
        let iat = now.as_second();
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub: client.clone(),
            client_id: client.clone(),
            scope: scopes
                .iter()
                .map(|scope| scope.as_str())
                .collect::<Vec<_>>()
                .join(" "),
            jti: URL_SAFE_NO_PAD.encode(jti),
            iat,
            exp: iat + LIFE_SECONDS,
            cnf: certificate.map(|certificate| Confirmation {
                thumbprint: certificate.thumbprint(),
            }),
        };
        let header = serde_json::json!({ "alg": "EdDSA", "typ": "at+jwt", "kid": self.key_id });
        let claims = serde_json::to_vec(&claims).map_err(|_| IssueError)?;
        let mut token = Zeroizing::new(String::with_capacity(768));
        token.push_str(&URL_SAFE_NO_PAD.encode(header.to_string()));
        token.push('.');
        token.push_str(&URL_SAFE_NO_PAD.encode(claims));
        let signature = jsonwebtoken::crypto::sign(token.as_bytes(), &self.signing, Algorithm::EdDSA)
            .map_err(|_| IssueError)?;
        token.push('.');
        token.push_str(&signature);
        Ok(Issued {
            token,
            expires_in: LIFE_SECONDS,
        })
    }

    /// Checks a token that came over a connection with this client certificate, or with none; a token checked before costs
    /// one hash.
    ///
    /// # Errors
    /// [`TokenError`] when it is not one of ours, no longer valid, or bound to another certificate.
    pub fn verify(
        &self,
        token: &str,
        certificate: Option<&ClientCertificate>,
        now: Timestamp,
    ) -> Result<Arc<Access>, TokenError> {
        let digest = *blake3::hash(token.as_bytes()).as_bytes();
        let access = match self.cache.get(&digest) {
            Some(access) => access,
            None => {
                let access = Arc::new(self.verify_anew(token, now)?);
                if now < access.expires_at {
                    self.cache.put(digest, Arc::clone(&access));
                }
                access
            }
        };
        if now >= access.expires_at {
            Err(TokenError::Expired)
        } else if access.is_held_over(certificate) {
            Ok(access)
        } else {
            Err(TokenError::Holder)
        }
    }

    /// The key set of RFC 7517 for resource servers and curious partners: the public key only.
    pub fn jwks(&self) -> serde_json::Value {
        let mut key = serde_json::json!(self.key);
        key["kid"] = self.key_id.as_str().into();
        key["use"] = "sig".into();
        key["alg"] = self.key.algorithm().as_str().into();
        serde_json::json!({ "keys": [key] })
    }

    /// `iss` of the tokens.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    fn verify_anew(&self, token: &str, now: Timestamp) -> Result<Access, TokenError> {
        let parts: Parts<'_, Claims> = Parts::parse(token).map_err(|_| TokenError::Malformed)?;
        if parts.header.typ.as_deref() != Some("at+jwt")
            || parts.header.kid != self.key_id
            || parts.header.alg != "EdDSA"
        {
            return Err(TokenError::Kind);
        }
        if !parts.is_signed_by(&self.verifying) {
            return Err(TokenError::Signature);
        }
        let Claims {
            iss,
            aud,
            sub,
            client_id,
            scope,
            iat,
            exp,
            cnf,
            ..
        } = parts.claims;
        if iss != self.issuer || aud != self.audience || sub != client_id {
            return Err(TokenError::Claims);
        }
        // Two nodes' clocks may differ by a few seconds; a token from further ahead is a fault worth refusing.
        let latest = now
            .saturating_add(SignedDuration::from_secs(30))
            .unwrap_or(Timestamp::MAX);
        if exp - iat != LIFE_SECONDS || iat > latest.as_second() {
            return Err(TokenError::Times);
        }
        let expires_at = Timestamp::from_second(exp).map_err(|_| TokenError::Times)?;
        let scopes = Scope::parse_list(&scope).map_err(|_| TokenError::Claims)?;
        Ok(Access {
            client: sub,
            scopes,
            expires_at,
            bound_to: cnf.map(|cnf| cnf.thumbprint),
        })
    }
}

impl fmt::Debug for TokenAuthority {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("TokenAuthority")
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Issued {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Issued")
            .field("expires_in", &self.expires_in)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
