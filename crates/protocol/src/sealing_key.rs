//! The sealing keys of the caller's organisation, as it registers and retires them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::{Body, Object};
use crate::sealed_message::{KeyFingerprint, PossessionProof};
use crate::text::Base64Url;

/// The sealing keys of an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SealingKeys {
    /// Those that count, the newest first: others seal to that one. Then the latest that were retired.
    pub items: Vec<RegisteredSealingKey>,
    /// The key of the service towards which the secret of a new key is proven.
    pub proof_key: Base64Url<32>,
}

/// A key to which others seal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RegisteredSealingKey {
    /// The X25519 public key; its own name.
    pub key: Base64Url<32>,
    /// What both sides read to each other by telephone to compare it.
    pub fingerprint: KeyFingerprint,
    /// Since when it counts.
    pub added_at: Timestamp,
    /// Since when it no longer does: nothing new is sealed with it or to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired_at: Option<Timestamp>,
    /// How many messages and attachments wait for the organisation that only its secret opens.
    #[schema(minimum = 0)]
    pub waiting: i64,
}

/// A further sealing key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SealingKeySubmission {
    /// The X25519 public key.
    pub key: Base64Url<32>,
    /// That the organisation has its secret: HPKE in Auth mode from the new key to the `proofKey`, `info` the text
    /// `trefpunt/v1/sealing-key-proof` and the organisation's 16 bytes behind their length (2 bytes); the encapsulated key and the
    /// 16-byte tag of an empty text.
    pub proof: PossessionProof,
}

impl Body for SealingKeySubmission {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let key = object.value("key");
        let proof = object.value("proof");
        Some(Self {
            key: key?,
            proof: proof?,
        })
    }
}

/// Retires a sealing key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SealingKeyRetirementSubmission {
    /// Also when messages wait that are sealed to it. They stay, and only who keeps the secret opens them. Absent: no.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schema(default = false)]
    pub despite_waiting: bool,
}

impl Body for SealingKeyRetirementSubmission {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let despite_waiting = object.optional("despiteWaiting", |object| object.boolean("despiteWaiting"));
        Some(Self {
            despite_waiting: despite_waiting?.unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_key_comes_with_a_proof_and_nothing_else() {
        let (key, proof) = (Base64Url([1; 32]), Base64Url([2; 48]));
        let good = format!(r#"{{"key":"{key}","proof":"{proof}"}}"#);
        let read = SealingKeySubmission::parse(good.as_bytes()).unwrap();
        assert_eq!(read, SealingKeySubmission { key, proof });
        for bad in [
            format!(r#"{{"key":"{key}"}}"#),
            format!(r#"{{"proof":"{proof}"}}"#),
            format!(r#"{{"key":"{proof}","proof":"{key}"}}"#),
            good.replace("\"proof\"", "\"organisation\":\"org_x\",\"proof\""),
        ] {
            assert!(SealingKeySubmission::parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }

    #[test]
    fn who_retires_says_nothing_or_that_they_know_what_waits() {
        let read = |text: &str| SealingKeyRetirementSubmission::parse(text.as_bytes());
        assert!(!read("{}").unwrap().despite_waiting);
        assert!(!read(r#"{"despiteWaiting":false}"#).unwrap().despite_waiting);
        assert!(read(r#"{"despiteWaiting":true}"#).unwrap().despite_waiting);
        for bad in [
            r#"{"despiteWaiting":"true"}"#,
            r#"{"despiteWaiting":1}"#,
            r#"{"waiting":true}"#,
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
        let silent = SealingKeyRetirementSubmission::default();
        assert_eq!(serde_json::to_string(&silent).unwrap(), "{}");
    }
}
