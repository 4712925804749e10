//! Client assertions as an attacker would make them: every part can be bent before it is signed.

use ed25519_dalek::{Signer as _, SigningKey};
use protocol::Jwk;
use protocol::access::{ASSERTION_TYPE, GRANT_TYPE};
use protocol::text::encode;
use serde_json::{Value, json};

use crate::environment::random;
use crate::{Answer, Clock, Http};

/// An assertion (RFC 7523) before it is signed.
pub struct Assertion {
    /// The header.
    pub header: Value,
    /// The claims.
    pub claims: Value,
    key: SigningKey,
}

impl Assertion {
    /// One that is right.
    #[must_use]
    pub fn new(client_id: &str, audience: &str, key: &SigningKey, clock: &Clock) -> Self {
        let now = clock.now().as_second();
        let kid = Jwk::from(key.verifying_key().to_bytes()).thumbprint().to_string();
        Self {
            header: json!({"alg": "EdDSA", "typ": "JWT", "kid": kid}),
            claims: json!({
                "iss": client_id, "sub": client_id, "aud": audience, "jti": encode(random::<16>()),
                "iat": now, "exp": now + 50,
            }),
            key: key.clone(),
        }
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
        let signature = encode(self.key.sign(signed.as_bytes()).to_bytes());
        format!("{signed}.{signature}")
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
