//! The key with which the portal shows a broker that it is the portal (`private_key_jwt`, OpenID Connect Core section 9).

use std::fmt;

use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::DecodePrivateKey as _;
use jiff::Timestamp;
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey};
use protocol::access::MAX_ASSERTION_SECONDS;
use protocol::text::encode;
use serde_json::json;
use zeroize::Zeroizing;

/// PKCS#8 version 1 around the 32 bytes of an Ed25519 key (RFC 8410 section 7).
const PKCS8_PREFIX: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// A private key of P-256 or Ed25519, with its name.
#[derive(Clone)]
pub struct LoginKey {
    key: EncodingKey,
    algorithm: Algorithm,
    id: String,
    public: String,
}

/// No key that can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a private key of P-256 or Ed25519, PKCS#8 in PEM")]
pub struct UnusableLoginKey;

impl LoginKey {
    /// Reads a key, PKCS#8 in PEM. It is named by its RFC 7638 thumbprint.
    ///
    /// # Errors
    /// [`UnusableLoginKey`].
    pub fn from_pem(pem: &str) -> Result<Self, UnusableLoginKey> {
        let bytes = pem.as_bytes();
        let (key, algorithm) = match EncodingKey::from_ec_pem(bytes) {
            Ok(key) => (key, Algorithm::ES256),
            Err(_) => (ed25519(pem)?, Algorithm::EdDSA),
        };
        // Of another curve there is no public half here, and nothing can be signed.
        let jwk = Jwk::from_encoding_key(&key, algorithm).map_err(|_| UnusableLoginKey)?;
        let id = jwk
            .thumbprint(ThumbprintHash::SHA256)
            .map_err(|_| UnusableLoginKey)?;
        let mut public = serde_json::to_value(&jwk.algorithm).map_err(|_| UnusableLoginKey)?;
        public["kid"] = id.clone().into();
        public["alg"] = json!(algorithm);
        public["use"] = "sig".into();
        let found = Self {
            key,
            algorithm,
            id,
            public: public.to_string(),
        };
        found.sign(b"").map(|_| found).ok_or(UnusableLoginKey)
    }

    /// Its name: the RFC 7638 thumbprint.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its public half as a JSON Web Key, for the broker.
    pub fn public_jwk(&self) -> &str {
        &self.public
    }

    /// What it signs with, as `alg` names it.
    pub(super) fn algorithm(&self) -> &'static str {
        match self.algorithm {
            Algorithm::EdDSA => "EdDSA",
            _ => "ES256",
        }
    }

    /// An assertion for one request (RFC 7523 section 3, and OAuth-NL section 2.3.3: the audience is the token endpoint).
    pub(super) fn assertion(
        &self,
        client_id: &str,
        audience: &str,
        jti: &[u8; 16],
        now: Timestamp,
    ) -> Option<Zeroizing<String>> {
        let iat = now.as_second();
        let header = json!({ "alg": self.algorithm(), "typ": "JWT", "kid": self.id });
        let claims = json!({
            "iss": client_id,
            "sub": client_id,
            "aud": audience,
            "jti": encode(jti),
            "iat": iat,
            "exp": iat + MAX_ASSERTION_SECONDS,
        });
        let signed = format!("{}.{}", encode(header.to_string()), encode(claims.to_string()));
        let signature = self.sign(signed.as_bytes())?;
        Some(Zeroizing::new(format!("{signed}.{signature}")))
    }

    fn sign(&self, message: &[u8]) -> Option<String> {
        jsonwebtoken::crypto::sign(message, &self.key, self.algorithm).ok()
    }
}

/// Some programs write the public half beside the private one, which the library that signs does not read.
fn ed25519(pem: &str) -> Result<EncodingKey, UnusableLoginKey> {
    let key = SigningKey::from_pkcs8_pem(pem).map_err(|_| UnusableLoginKey)?;
    let mut der = Zeroizing::new([0; 48]);
    der[..16].copy_from_slice(&PKCS8_PREFIX);
    der[16..].copy_from_slice(key.as_bytes());
    Ok(EncodingKey::from_ed_der(der.as_slice()))
}

impl fmt::Debug for LoginKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LoginKey({})", self.id)
    }
}
