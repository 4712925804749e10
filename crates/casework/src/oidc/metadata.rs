//! What a broker tells everybody about itself (OpenID Connect Discovery, section 3), as far as it is used.

use protocol::json::Json;
use protocol::webhook::EndpointUrl;

use super::{BrokerFailure, LoginSettings, member, text};

/// Where the broker's doors are.
pub(super) struct Metadata {
    /// Where the browser goes.
    pub(super) authorization_endpoint: EndpointUrl,
    /// Where codes are exchanged.
    pub(super) token_endpoint: EndpointUrl,
    /// Where its keys are.
    pub(super) jwks_uri: EndpointUrl,
}

impl Metadata {
    /// Reads it, when it is the broker of the settings and offers what OpenID NLGov asks for.
    pub(super) fn read(answer: &[u8], settings: &LoginSettings) -> Result<Self, BrokerFailure> {
        let fault = |what| BrokerFailure::Metadata(what);
        let json = Json::parse(answer).map_err(|_| fault("it is not JSON, or names a member twice"))?;
        if text(&json, "issuer") != Some(settings.issuer.as_str()) {
            return Err(fault("`issuer` is another than the settings'"));
        }
        // Without it everybody who asks this broker would know a person by the same name.
        if !lists(&json, "subject_types_supported", &["pairwise"]).unwrap_or(false) {
            return Err(fault("it knows no pairwise `sub`"));
        }
        if !lists(&json, "response_types_supported", &["code"]).unwrap_or(false) {
            return Err(fault("it knows no code flow"));
        }
        if !lists(
            &json,
            "token_endpoint_auth_methods_supported",
            &["private_key_jwt"],
        )
        .unwrap_or(false)
        {
            return Err(fault("it does not take `private_key_jwt`"));
        }
        // What may be left out is held against us only when it is there.
        if !lists(&json, "code_challenge_methods_supported", &["S256"]).unwrap_or(true) {
            return Err(fault("it does not take PKCE with S256"));
        }
        let ours = settings.key.algorithm();
        let algorithms: &[&str] = if ours == "EdDSA" {
            &["EdDSA", "Ed25519"]
        } else {
            &[ours]
        };
        if !lists(
            &json,
            "token_endpoint_auth_signing_alg_values_supported",
            algorithms,
        )
        .unwrap_or(true)
        {
            return Err(fault("it does not take the algorithm of the portal's key"));
        }
        let levels = settings.least.sufficient();
        if !lists(&json, "acr_values_supported", &levels).unwrap_or(true) {
            return Err(fault("it knows no level of assurance that suffices"));
        }
        let address = |name: &str| text(&json, name).and_then(|text| text.parse().ok());
        Ok(Self {
            authorization_endpoint: address("authorization_endpoint")
                .ok_or(fault("`authorization_endpoint` is no https:// address"))?,
            token_endpoint: address("token_endpoint")
                .ok_or(fault("`token_endpoint` is no https:// address"))?,
            jwks_uri: address("jwks_uri").ok_or(fault("`jwks_uri` is no https:// address"))?,
        })
    }
}

/// Whether a list has one of these; none when there is no such list.
fn lists(json: &Json, name: &str, wanted: &[&str]) -> Option<bool> {
    match member(json, name)? {
        Json::List(items) => Some(
            items
                .iter()
                .any(|item| matches!(item, Json::Text(text) if wanted.contains(&text.as_str()))),
        ),
        _ => Some(false),
    }
}
