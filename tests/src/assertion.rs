//! Client assertions as an attacker would make them: every part can be bent before it is signed.

use std::sync::Arc;

use ed25519_dalek::SigningKey;
use protocol::access::{ASSERTION_TYPE, GRANT_TYPE};
use protocol::text::encode;
use serde_json::{Value, json};

use crate::environment::random;
use crate::{Answer, Clock, Http, KeyOfClient};

/// An assertion (RFC 7523) before it is signed.
pub struct Assertion {
    /// The header.
    pub header: Value,
    /// The claims.
    pub claims: Value,
    key: Arc<KeyOfClient>,
}

impl Assertion {
    /// One that is right.
    #[must_use]
    pub fn new(client_id: &str, audience: &str, key: &SigningKey, clock: &Clock) -> Self {
        let key = Arc::new(KeyOfClient::Ed25519(key.clone()));
        Self::with_key(client_id, audience, &key, clock)
    }

    /// One that is right, signed with any kind of key.
    #[must_use]
    pub fn with_key(client_id: &str, audience: &str, key: &Arc<KeyOfClient>, clock: &Clock) -> Self {
        let now = clock.now().as_second();
        let public = key.public();
        Self {
            header: json!({"alg": public.algorithm(), "typ": "JWT", "kid": public.thumbprint()}),
            claims: json!({
                "iss": client_id, "sub": client_id, "aud": audience, "jti": encode(random::<16>()),
                "iat": now, "exp": now + 50,
            }),
            key: Arc::clone(key),
        }
    }

    /// The proof that a client holds a key that it is about to register.
    #[must_use]
    pub fn proof(client_id: &str, issuer: &str, key: &Arc<KeyOfClient>, clock: &Clock) -> Self {
        let mut proof = Self::with_key(client_id, issuer, key, clock);
        proof.header["typ"] = json!("key-proof+jwt");
        proof
    }

    /// Signed as it stands.
    #[must_use]
    pub fn sign(&self) -> String {
        self.sign_texts(&self.header.to_string(), &self.claims.to_string())
    }

    /// Signed over other texts than its own.
    #[must_use]
    pub fn sign_texts(&self, header: &str, claims: &str) -> String {
        let signed = format!("{}.{}", encode(header), encode(claims));
        format!("{signed}.{}", self.key.sign(&signed))
    }
}

/// Asks for a token with this assertion and further fields.
pub async fn ask_token(http: &Http, assertion: &str, further: &[(&str, &str)]) -> Answer {
    let mut form = vec![
        ("grant_type", GRANT_TYPE),
        ("client_assertion_type", ASSERTION_TYPE),
        ("client_assertion", assertion),
    ];
    form.extend_from_slice(further);
    http.post_form("/oauth/token", &[], &form).await
}
