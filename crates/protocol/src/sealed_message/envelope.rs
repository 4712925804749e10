//! What everyone may see of a sealed message. Its canonical JSON is bound to every chunk.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::{Body, FieldErrorCode, Object};
use crate::id::{Id, OrganisationId};
use crate::json::Json;
use crate::text::{Base64Url, Invalid};

/// The envelope of a message or an attachment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Envelope {
    version: Version,
    /// What is sealed in it.
    pub kind: ContentKind,
    /// The match it is sent in.
    #[serde(rename = "match")]
    pub match_id: Id,
    /// The message, by the id the sender chose.
    #[serde(rename = "message")]
    pub message_id: Id,
    /// Who seals it.
    pub sender: OrganisationId,
    /// To whom.
    pub recipient: OrganisationId,
    /// SHA-256 of the consent record it is sealed under.
    #[serde(rename = "consent")]
    pub consent_hash: Base64Url<32>,
    /// Whether a keyholder's share is part of its key.
    pub gate: GateKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
enum Version {
    #[serde(rename = "trefpunt/v1/e2e")]
    V1,
}

/// What is sealed under an envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ContentKind {
    /// A short text, whole in one body.
    Message,
    /// A file with its name and type, sent in parts.
    Attachment,
}

/// Whether a keyholder's share is part of a message's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum GateKind {
    /// No: the network has no keyholder, and only the service's own check locks the message.
    None,
    /// Yes: without a consent that stands nobody obtains the share.
    Keyholder,
}

/// Which message an envelope is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// The match it is sent in.
    pub match_id: Id,
    /// The message.
    pub message_id: Id,
    /// Who seals it.
    pub sender: OrganisationId,
    /// To whom.
    pub recipient: OrganisationId,
    /// SHA-256 of the consent record it is sealed under.
    pub consent_hash: Base64Url<32>,
}

impl Envelope {
    /// The envelope of a message or an attachment.
    pub const fn new(route: &Route, kind: ContentKind, gate: GateKind) -> Self {
        let Route {
            match_id,
            message_id,
            sender,
            recipient,
            consent_hash,
        } = *route;
        Self {
            version: Version::V1,
            kind,
            match_id,
            message_id,
            sender,
            recipient,
            consent_hash,
            gate,
        }
    }

    /// The message it is for.
    pub const fn route(&self) -> Route {
        let Self {
            match_id,
            message_id,
            sender,
            recipient,
            consent_hash,
            ..
        } = *self;
        Route {
            match_id,
            message_id,
            sender,
            recipient,
            consent_hash,
        }
    }

    /// Its one spelling: canonical JSON (RFC 8785).
    ///
    /// # Errors
    /// [`Invalid`] only when the JSON library fails.
    pub fn to_text(&self) -> Result<String, Invalid> {
        serde_jcs::to_string(self).map_err(|_| ENVELOPE)
    }

    /// Reads an envelope in its one spelling.
    ///
    /// # Errors
    /// [`Invalid`] for another member, value or spelling.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let json = Json::parse(text.as_bytes()).map_err(|_| ENVELOPE)?;
        let envelope = Self::from_json(&json).map_err(|_| ENVELOPE)?;
        if envelope.to_text()? == text {
            Ok(envelope)
        } else {
            Err(ENVELOPE)
        }
    }
}

const ENVELOPE: Invalid = Invalid {
    what: "envelope in canonical JSON",
};

impl Body for Envelope {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let version = object.text("version", |text| match text {
            "trefpunt/v1/e2e" => Ok(Version::V1),
            _ => Err(FieldErrorCode::InvalidFormat),
        });
        let gate = object.text("gate", |text| match text {
            "none" => Ok(GateKind::None),
            "keyholder" => Ok(GateKind::Keyholder),
            _ => Err(FieldErrorCode::InvalidFormat),
        });
        let kind = object.text("kind", |text| match text {
            "message" => Ok(ContentKind::Message),
            "attachment" => Ok(ContentKind::Attachment),
            _ => Err(FieldErrorCode::InvalidFormat),
        });
        let (match_id, message_id) = (object.value("match"), object.value("message"));
        let (sender, recipient) = (object.value("sender"), object.value("recipient"));
        let consent_hash = object.value("consent");
        Some(Self {
            version: version?,
            kind: kind?,
            match_id: match_id?,
            message_id: message_id?,
            sender: sender?,
            recipient: recipient?,
            consent_hash: consent_hash?,
            gate: gate?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn envelope() -> Envelope {
        let route = Route {
            match_id: Id([1; 16]),
            message_id: Id([2; 16]),
            sender: OrganisationId([3; 16]),
            recipient: OrganisationId([4; 16]),
            consent_hash: Base64Url([5; 32]),
        };
        Envelope::new(&route, ContentKind::Message, GateKind::None)
    }

    #[test]
    fn an_envelope_has_one_spelling() {
        let text = envelope().to_text().unwrap();
        assert_eq!(
            text,
            r#"{"consent":"BQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU","gate":"none","kind":"message","match":"AQEBAQEBAQEBAQEBAQEBAQ","message":"AgICAgICAgICAgICAgICAg","recipient":"org_BAQEBAQEBAQEBAQEBAQEBA","sender":"org_AwMDAwMDAwMDAwMDAwMDAw","version":"trefpunt/v1/e2e"}"#
        );
        assert_eq!(Envelope::parse(&text), Ok(envelope()));
        for other in [
            text.replace(":\"none\"", ": \"none\""),
            text.replace("none", "other"),
            text.replace("\"gate\":\"none\",", ""),
            text.replace("\"kind\":\"message\",", ""),
            text.replace("\"kind\":\"message\"", "\"kind\":\"letter\""),
            text.replace("\"gate\"", "\"note\":\"x\",\"gate\""),
            text.replace("none", "\\u006eone"),
            text.replace("v1", "v2"),
            format!("{text}\n"),
        ] {
            assert!(Envelope::parse(&other).is_err(), "{other}");
        }
    }
}
