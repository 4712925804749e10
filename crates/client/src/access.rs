//! Access tokens: fetched with a signed assertion (RFC 7523), kept until shortly before they end.

use std::sync::Arc;

use ed25519_dalek::pkcs8::DecodePrivateKey as _;
use ed25519_dalek::{Signer as _, SigningKey};
use jiff::{SignedDuration, Timestamp};
use protocol::access::{
    ASSERTION_TYPE, AssertionClaims, AssertionHeader, GRANT_TYPE, MAX_ASSERTION_SECONDS, OAuthError,
    TokenRequest, TokenResponse,
};
use protocol::text::encode;
use protocol::{ClientId, Jwk};
use zeroize::Zeroizing;

use crate::connection::Connection;
use crate::environment::{Chance, Environment};
use crate::error::Error;
use crate::settings::Settings;

/// Fetches one access token, for a program that makes its calls by other means (`curl`). It opens whatever the client
/// may do, for some minutes: keep it out of logs and of files others can read.
///
/// # Errors
/// [`Error::Settings`], [`Error::NoToken`], [`Error::Unreachable`].
pub async fn access_token(
    settings: Settings,
    environment: impl Environment,
) -> Result<Zeroizing<String>, Error> {
    Connection::new(&settings, Arc::new(environment))?.bearer().await
}

/// A token is renewed when it has less than this left, in seconds: it must outlive the call.
const MARGIN_SECONDS: i64 = 30;

/// What a client proves itself with.
pub(crate) struct Credentials {
    client_id: ClientId,
    audience: String,
    key: SigningKey,
}

impl Credentials {
    pub(crate) fn new(client_id: ClientId, audience: String, private_key_pem: &str) -> Result<Self, Error> {
        let key = SigningKey::from_pkcs8_pem(private_key_pem)
            .map_err(|_| Error::Settings("the private key is not Ed25519 in PKCS#8 PEM"))?;
        Ok(Self {
            client_id,
            audience,
            key,
        })
    }

    /// What its assertions are for.
    pub(crate) fn audience(&self) -> &str {
        &self.audience
    }

    /// The form of a token request, with an assertion that serves once.
    pub(crate) fn request(&self, environment: &dyn Environment) -> Result<TokenRequest, Error> {
        let assertion = signed(&self.key, "JWT", &self.client_id, &self.audience, environment)?;
        Ok(TokenRequest {
            grant_type: GRANT_TYPE.into(),
            scope: None,
            client_assertion_type: ASSERTION_TYPE.into(),
            client_assertion: assertion,
            client_id: None,
        })
    }
}

/// A JWT in which a client says, with this key, that it is itself: an assertion, or the proof of a new key.
pub(crate) fn signed(
    key: &SigningKey,
    typ: &str,
    client_id: &ClientId,
    audience: &str,
    environment: &dyn Environment,
) -> Result<String, Error> {
    let unwritten = |_| Error::Settings("the assertion cannot be written");
    let header = AssertionHeader {
        alg: "EdDSA".into(),
        typ: Some(typ.into()),
        kid: Jwk::from(key.verifying_key().to_bytes()).thumbprint().to_string(),
    };
    let iat = environment.now().as_second();
    let claims = AssertionClaims {
        iss: client_id.to_string(),
        sub: client_id.to_string(),
        aud: audience.to_owned(),
        jti: encode(Chance(environment).bytes::<16>()),
        nbf: None,
        iat,
        exp: iat + MAX_ASSERTION_SECONDS,
    };
    let header = encode(serde_json::to_vec(&header).map_err(unwritten)?);
    let claims = encode(serde_json::to_vec(&claims).map_err(unwritten)?);
    let signed = format!("{header}.{claims}");
    let signature = encode(key.sign(signed.as_bytes()).to_bytes());
    Ok(format!("{signed}.{signature}"))
}

/// A token and its end.
pub(crate) struct Token {
    pub(crate) value: Zeroizing<String>,
    expires_at: Timestamp,
}

impl Token {
    /// Reads the token endpoint's answer. The life counts from before the request was sent.
    pub(crate) fn read(status: u16, body: &[u8], asked_at: Timestamp) -> Result<Self, Error> {
        if status != 200 {
            let code = serde_json::from_slice::<OAuthError>(body)
                .ok()
                .map(|error| error.error);
            return Err(Error::NoToken { status, code });
        }
        let response: TokenResponse = serde_json::from_slice(body).map_err(|_| Error::Answer { status })?;
        let visible = response.access_token.bytes().all(|byte| byte.is_ascii_graphic());
        if !response.token_type.eq_ignore_ascii_case("bearer") || !visible {
            return Err(Error::Answer { status });
        }
        // A day at most, whatever the service says: numbers from outside are clamped.
        let life = SignedDuration::from_secs(i64::from(response.expires_in.min(86_400)));
        let expires_at = asked_at.checked_add(life).map_err(|_| Error::Answer { status })?;
        Ok(Self {
            value: response.access_token.into(),
            expires_at,
        })
    }

    pub(crate) fn serves(&self, now: Timestamp) -> bool {
        now.as_second() + MARGIN_SECONDS < self.expires_at.as_second()
    }
}
