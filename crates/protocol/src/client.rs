//! The programs of an organisation and their keys, as its coordinator administers them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::{Body, FieldErrorCode, Object};
use crate::id::ClientId;
use crate::jwk::{Jwk, SigningAlgorithm, Thumbprint};

/// The `typ` of the proof that comes with a new key. No client assertion has it, and no proof has an assertion's.
pub const KEY_PROOF_TYPE: &str = "key-proof+jwt";

/// The programs of the caller's organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Clients {
    /// All of them.
    pub items: Vec<Client>,
}

/// A program with access.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Client {
    /// Its name at the token endpoint.
    pub id: ClientId,
    /// For people in which roles it may act.
    #[schema(example = json!(["professional", "coordinator"]))]
    pub roles: Vec<String>,
    /// Whether it may do anything.
    pub state: ClientState,
    /// Since when not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_at: Option<Timestamp>,
    /// Who disabled it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_by: Option<DisabledBy>,
    /// Its keys: first those that count, then the latest that were retired.
    pub keys: Vec<ClientKey>,
}

/// Whether a program may do anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ClientState {
    /// It may.
    Enabled,
    /// It may do nothing, from the moment on.
    Disabled,
}

/// Who disabled a program. What the operator disabled only the operator enables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DisabledBy {
    /// A coordinator of its organisation.
    Organisation,
    /// Who runs the service.
    Operator,
}

/// A key that a program signs its assertions with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClientKey {
    /// Its name, to be sent as `kid`.
    pub kid: Thumbprint,
    /// The only algorithm it is used with.
    pub alg: SigningAlgorithm,
    /// The public key.
    pub key: Jwk,
    /// Since when it counts.
    pub added_at: Timestamp,
    /// Since when it no longer does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired_at: Option<Timestamp>,
}

/// A further key for a program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeySubmission {
    /// The public key.
    pub key: Jwk,
    /// A JWT signed with the new key: header `typ` `key-proof+jwt`, `alg` and `kid`; claims `iss` and `sub` the client's id, `aud`
    /// the issuer, `jti`, `iat`, and `exp` at most 60 s later.
    #[schema(
        example = "eyJhbGciOiJFZERTQSIsInR5cCI6ImtleS1wcm9vZitqd3QifQ.eyJpc3MiOiJjbCJ9.c2ln",
        max_length = 4096
    )]
    pub proof: String,
}

impl Body for KeySubmission {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let key = object.object("key", Jwk::read);
        let proof = object.text("proof", |text| match text.len() {
            // The longest compact token that is read at all.
            1..=4096 => Ok(text.to_owned()),
            _ => Err(FieldErrorCode::OutOfRange),
        });
        Some(Self {
            key: key?,
            proof: proof?,
        })
    }
}

/// Retires a key, disables or enables a program: there is nothing to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientActSubmission {}

impl Body for ClientActSubmission {
    fn read(_: &mut Object<'_>) -> Option<Self> {
        Some(Self {})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_key_comes_with_a_proof_and_nothing_else() {
        let key = Jwk::Ed25519([1; 32]).canonical();
        let good = format!(r#"{{"key":{key},"proof":"a.b.c"}}"#);
        assert_eq!(KeySubmission::parse(good.as_bytes()).unwrap().key, [1; 32].into());
        for bad in [
            format!(r#"{{"key":{key}}}"#),
            r#"{"proof":"a.b.c"}"#.to_owned(),
            good.replace("a.b.c", ""),
            good.replace("a.b.c", &"a".repeat(4097)),
            good.replace("\"proof\"", "\"organisation\":\"org_x\",\"proof\""),
        ] {
            assert!(KeySubmission::parse(bad.as_bytes()).is_err(), "{bad:.60}");
        }
    }
}
