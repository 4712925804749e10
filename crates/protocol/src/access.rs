//! How a partner's program gets an access token: OAuth 2 client credentials with a signed assertion
//! (RFC 6749 section 4.4, RFC 7523 section 2.2). Member names are those of the RFCs, in snake case.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::{Body, Object, deserialize_as_body};

/// The only grant this service knows.
pub const GRANT_TYPE: &str = "client_credentials";

/// The only way a client proves who it is (RFC 7523).
pub const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// An assertion's longest life, in seconds: `exp - iat`.
pub const MAX_ASSERTION_SECONDS: i64 = 60;

/// The form of `POST /oauth/token`.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// `client_credentials`.
    #[schema(example = "client_credentials")]
    pub grant_type: String,
    /// Which scopes, separated by spaces; every scope of the client when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "signal exchange")]
    pub scope: Option<String>,
    /// `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`.
    #[schema(example = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")]
    pub client_assertion_type: String,
    /// The signed assertion.
    pub client_assertion: String,
    /// May be left out; must be the assertion's subject when sent (RFC 7521 section 4.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
}

/// Header of an assertion. A header with any other member is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AssertionHeader {
    /// `EdDSA`, `ES256` or `PS256`: that of the key.
    pub alg: String,
    /// Absent or `JWT`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub typ: Option<String>,
    /// The client's key: its RFC 7638 thumbprint.
    pub kid: String,
}

/// Claims of an assertion. Each is required and has one type; any other claim is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AssertionClaims {
    /// The client id.
    pub iss: String,
    /// The client id again.
    pub sub: String,
    /// The token endpoint, or the issuer.
    pub aud: String,
    /// Random; used once.
    pub jti: String,
    /// Not before this moment, in Unix seconds, if sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nbf: Option<i64>,
    /// When it was signed, in Unix seconds.
    pub iat: i64,
    /// Until when it can be used, in Unix seconds; at most 60 after `iat`.
    pub exp: i64,
}

deserialize_as_body!(AssertionHeader, AssertionClaims);

impl Body for AssertionHeader {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let alg = object.value("alg");
        let typ = object.optional_value("typ");
        let kid = object.value("kid");
        Some(Self {
            alg: alg?,
            typ: typ?,
            kid: kid?,
        })
    }
}

impl Body for AssertionClaims {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        // Beyond the year 9999 nothing is a time any more.
        let times = 0..=253_402_300_799;
        let (iss, sub, aud, jti) = (
            object.value("iss"),
            object.value("sub"),
            object.value("aud"),
            object.value("jti"),
        );
        let nbf = object.optional("nbf", |object| object.whole("nbf", times.clone()));
        let iat = object.whole("iat", times.clone());
        let exp = object.whole("exp", times);
        Some(Self {
            iss: iss?,
            sub: sub?,
            aud: aud?,
            jti: jti?,
            nbf: nbf?,
            iat: iat?,
            exp: exp?,
        })
    }
}

/// The answer with a token.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct TokenResponse {
    /// Send it as `Authorization: Bearer`.
    pub access_token: String,
    /// `Bearer`.
    #[schema(example = "Bearer")]
    pub token_type: String,
    /// Its life, in seconds; at most 600.
    #[schema(example = 600)]
    pub expires_in: u32,
    /// What it allows.
    #[schema(example = "signal exchange")]
    pub scope: String,
}

impl std::fmt::Debug for TokenResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenResponse")
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for TokenRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenRequest")
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

/// What a token allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Give and read signals, matches and notices.
    Signal,
    /// Ask consent, send and read messages.
    Exchange,
    /// Close matches that the organisation leads.
    Lead,
    /// See what the organisation has to do, and reassign signals of who left.
    Coordinate,
    /// See whether parties made contact.
    FollowUp,
    /// Decide on objections and requests of families, move matches, read statistics.
    Municipality,
    /// Take exports of the audit log, read alerts and statistics.
    Supervise,
    /// At the keyholder: have blinded elements evaluated.
    Evaluate,
    /// At the keyholder: rotate its key. Only the service's gateway.
    Rotate,
    /// At the keyholder: get the share without which a message is neither sealed nor opened. Only partners.
    Share,
    /// At the keyholder: tell of consents that ended. Only the service's gateway.
    Tombstone,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 11] = [
        Self::Signal,
        Self::Exchange,
        Self::Lead,
        Self::Coordinate,
        Self::FollowUp,
        Self::Municipality,
        Self::Supervise,
        Self::Evaluate,
        Self::Rotate,
        Self::Share,
        Self::Tombstone,
    ];

    /// Those of the service.
    pub const OF_SERVICE: [Self; 7] = [
        Self::Signal,
        Self::Exchange,
        Self::Lead,
        Self::Coordinate,
        Self::FollowUp,
        Self::Municipality,
        Self::Supervise,
    ];

    /// Those of the keyholder.
    pub const OF_KEYHOLDER: [Self; 4] = [Self::Evaluate, Self::Rotate, Self::Share, Self::Tombstone];

    /// The scope as it is written in a token.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Signal => "signal",
            Self::Exchange => "exchange",
            Self::Lead => "lead",
            Self::Coordinate => "coordinate",
            Self::FollowUp => "follow-up",
            Self::Municipality => "municipality",
            Self::Supervise => "supervise",
            Self::Evaluate => "evaluate",
            Self::Rotate => "rotate",
            Self::Share => "share",
            Self::Tombstone => "tombstone",
        }
    }

    /// Reads scopes separated by single spaces (RFC 6749 section 3.3).
    ///
    /// # Errors
    /// [`crate::Invalid`] when one is not known.
    pub fn parse_list(text: &str) -> Result<std::collections::BTreeSet<Self>, crate::Invalid> {
        let scope = |name| Self::ALL.into_iter().find(|scope| scope.as_str() == name);
        text.split(' ')
            .map(|name| scope(name).ok_or(crate::Invalid { what: "scope" }))
            .collect()
    }
}

/// The token endpoint's refusal (RFC 6749 section 5.2), inside a problem document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OAuthError {
    /// Code of the RFC.
    pub error: OAuthErrorCode,
    /// In a sentence; never repeats what was sent.
    pub error_description: String,
}

/// Codes of RFC 6749 section 5.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OAuthErrorCode {
    /// A parameter is missing, unknown or sent twice.
    InvalidRequest,
    /// The client could not be authenticated.
    InvalidClient,
    /// Another grant than client credentials.
    UnsupportedGrantType,
    /// A scope that is unknown or not the client's.
    InvalidScope,
}

/// The answer of `GET /.well-known/oauth-authorization-server` (RFC 8414).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuthorizationServerMetadata {
    /// The program's own address.
    pub issuer: String,
    /// Where tokens are fetched.
    pub token_endpoint: String,
    /// The keys that sign access tokens, where the program shows them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<String>,
    /// `client_credentials`.
    pub grant_types_supported: Vec<String>,
    /// `private_key_jwt`.
    pub token_endpoint_auth_methods_supported: Vec<String>,
    /// Algorithms of assertions; a key is used with its own only.
    #[schema(example = json!(["EdDSA", "ES256", "PS256"]))]
    pub token_endpoint_auth_signing_alg_values_supported: Vec<String>,
    /// Its scopes.
    pub scopes_supported: Vec<Scope>,
    /// Required by the RFC; empty, since there is no authorisation endpoint.
    pub response_types_supported: Vec<String>,
    /// What a developer reads (RFC 8414 section 2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_documentation: Option<String>,
    /// Whether a token asked for over a connection with a client certificate is bound to it (RFC 8705 section 3.3).
    #[serde(default)]
    pub tls_client_certificate_bound_access_tokens: bool,
}

impl AuthorizationServerMetadata {
    /// What the service supports. `issuer` is its address without a trailing slash; `bound_tokens` whether it ends TLS
    /// itself and asks clients for certificates.
    pub fn of_service(issuer: &str, bound_tokens: bool) -> Self {
        let one = |value: &str| vec![value.to_owned()];
        // Both names of Ed25519: libraries compare theirs with this list.
        let algorithms = ["EdDSA", "Ed25519", "ES256", "PS256"].map(str::to_owned);
        Self {
            issuer: issuer.to_owned(),
            token_endpoint: format!("{issuer}/oauth/token"),
            jwks_uri: Some(format!("{issuer}/oauth/jwks")),
            grant_types_supported: one(GRANT_TYPE),
            token_endpoint_auth_methods_supported: one("private_key_jwt"),
            token_endpoint_auth_signing_alg_values_supported: algorithms.to_vec(),
            scopes_supported: Scope::OF_SERVICE.to_vec(),
            response_types_supported: Vec::new(),
            service_documentation: Some(format!("{issuer}/reference")),
            tls_client_certificate_bound_access_tokens: bound_tokens,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_of_another_type_are_refused() {
        let good = r#"{"iss":"cl_1","sub":"cl_1","aud":"https://t","jti":"x","iat":1,"exp":60}"#;
        assert!(serde_json::from_str::<AssertionClaims>(good).is_ok());
        for (from, to) in [
            (r#""aud":"https://t""#, r#""aud":["https://t"]"#),
            (r#""iss":"cl_1","#, ""),
            (r#""exp":60"#, r#""exp":60.5"#),
            (r#""exp":60"#, r#""exp":"60""#),
            (r#""exp":60"#, r#""exp":60,"exp":61"#),
            (r#""exp":60"#, r#""exp":60,"b64":false"#),
            (r#""exp":60"#, r#""exp":-60"#),
            (good, r#"["cl_1","cl_1","https://t","x",1,1,60]"#),
        ] {
            assert!(
                serde_json::from_str::<AssertionClaims>(&good.replace(from, to)).is_err(),
                "{to}"
            );
        }
        assert!(serde_json::from_str::<AssertionHeader>(r#"{"alg":"EdDSA","kid":"k","jwk":{}}"#).is_err());
    }

    #[test]
    fn scopes_are_read_strictly() {
        assert_eq!(Scope::parse_list("exchange signal").unwrap().len(), 2);
        for scope in Scope::ALL {
            assert_eq!(serde_json::to_value(scope).unwrap(), scope.as_str());
            assert!(Scope::parse_list(scope.as_str()).unwrap().contains(&scope));
        }
        for bad in ["", " signal", "signal  exchange", "Signal", "follow_up", "all"] {
            assert!(Scope::parse_list(bad).is_err(), "{bad:?}");
        }
    }
}
