//! What parties of a match seal for each other, messages and attachments: how it is sent, fetched and acknowledged.
//! What is in it the service cannot read.

mod attachment;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::{Body, FieldError, FieldErrorCode, Object, Refused, deserialize_as_body};
use crate::id::{Id, OrganisationId};
use crate::problem::ProblemType;
pub use crate::sealed_message::ContentKind;
use crate::sealed_message::{Envelope, GateKind, Route};
use crate::text::{self, Base64Url};

pub use attachment::{
    Attachment, AttachmentSubmission, MAX_ATTACHMENT_BYTES, MAX_PART_BYTES, MAX_PARTS, MAX_SEALED_BYTES,
    PART, part_bytes, parts,
};

/// The largest content of a message, in bytes, so that the whole body stays within 16 KiB.
pub const MAX_CONTENT_BYTES: usize = 8 * 1024;

/// The largest ciphertext of a message, in bytes: the content and one 16-byte tag.
pub const MAX_CIPHERTEXT_BYTES: usize = MAX_CONTENT_BYTES + 16;

/// The longest envelope, in bytes.
pub const MAX_ENVELOPE_BYTES: usize = 1024;

/// Body of `POST /v1/matches/{id}/messages`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MessageSubmission {
    /// Chosen at random by the sender; part of the key of the message.
    pub message_id: Id,
    /// To whom it is sealed.
    pub recipient: OrganisationId,
    /// Hash of the consent record it is sealed under.
    pub consent_hash: Base64Url<32>,
    /// The sealing key of the sender that it is sealed with; one of its own that is not retired.
    pub sender_key: Base64Url<32>,
    /// The sealing key of the recipient that it is sealed to; one that is not retired.
    pub recipient_key: Base64Url<32>,
    /// The sender's encapsulated key (HPKE).
    pub enc: Base64Url<32>,
    /// What everyone may see, as canonical JSON; bound to the ciphertext.
    #[schema(max_length = 1024)]
    pub envelope: String,
    /// The sealed content.
    pub ciphertext: Ciphertext,
}

deserialize_as_body!(MessageSubmission);

impl Body for MessageSubmission {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let message_id = object.value("messageId");
        let recipient = object.value("recipient");
        let consent_hash = object.value("consentHash");
        let sender_key = object.value("senderKey");
        let recipient_key = object.value("recipientKey");
        let enc = object.value("enc");
        let envelope = envelope_text(object);
        let ciphertext = object.value("ciphertext");
        Some(Self {
            message_id: message_id?,
            recipient: recipient?,
            consent_hash: consent_hash?,
            sender_key: sender_key?,
            recipient_key: recipient_key?,
            enc: enc?,
            envelope: envelope?,
            ciphertext: ciphertext?,
        })
    }
}

/// The member `envelope`. Its meaning is read by `sealed_message`; printable ASCII is all a canonical envelope has.
fn envelope_text(object: &mut Object<'_>) -> Option<String> {
    object.text("envelope", |text| {
        let plain = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        if plain && (1..=MAX_ENVELOPE_BYTES).contains(&text.len()) {
            Ok(text.to_owned())
        } else {
            Err(FieldErrorCode::InvalidFormat)
        }
    })
}

impl MessageSubmission {
    /// Reads the envelope, which must say what the request says: this match, this sender, the message, recipient and
    /// consent of the other members; and the gate that the network has.
    ///
    /// # Errors
    /// [`Refused`] with `invalid-request` at `/envelope`.
    pub fn envelope(
        &self,
        match_id: Id,
        sender: OrganisationId,
        gate: GateKind,
    ) -> Result<Envelope, Refused> {
        let route = Route {
            match_id,
            message_id: self.message_id,
            sender,
            recipient: self.recipient,
            consent_hash: self.consent_hash,
        };
        fitting(&self.envelope, &route, gate, ContentKind::Message)
    }
}

/// The envelope of this text, if it is that of this route behind this gate, for this kind of content.
fn fitting(text: &str, route: &Route, gate: GateKind, kind: ContentKind) -> Result<Envelope, Refused> {
    let fault = |code| Refused {
        problem: ProblemType::InvalidRequest,
        errors: vec![FieldError::new("/envelope", code)],
    };
    let envelope = Envelope::parse(text).map_err(|_| fault(FieldErrorCode::InvalidFormat))?;
    if envelope.route() == *route && envelope.gate == gate && envelope.kind == kind {
        Ok(envelope)
    } else {
        Err(fault(FieldErrorCode::NotAllowed))
    }
}

/// Sealed bytes, as unpadded base64url: at least one tag, at most [`MAX_CIPHERTEXT_BYTES`].
#[derive(Clone, PartialEq, Eq)]
pub struct Ciphertext(Vec<u8>);

impl Ciphertext {
    /// Takes sealed bytes.
    ///
    /// # Errors
    /// [`text::Invalid`] when there are fewer than 16 or too many.
    pub fn new(bytes: Vec<u8>) -> Result<Self, text::Invalid> {
        if (16..=MAX_CIPHERTEXT_BYTES).contains(&bytes.len()) {
            Ok(Self(bytes))
        } else {
            Err(text::Invalid { what: "ciphertext" })
        }
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl std::str::FromStr for Ciphertext {
    type Err = text::Invalid;

    fn from_str(value: &str) -> Result<Self, text::Invalid> {
        Self::new(text::decode_vec(value, MAX_CIPHERTEXT_BYTES, "ciphertext")?)
    }
}

impl std::fmt::Display for Ciphertext {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&text::encode(&self.0))
    }
}

impl std::fmt::Debug for Ciphertext {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[{} bytes]", self.0.len())
    }
}

text::text_value!(
    Ciphertext,
    name: "Ciphertext",
    description: "Sealed bytes in unpadded base64url, 16 to 8208 of them",
    example: "BwcHBwcHBwcHBwcHBwcHBwcHBwc",
    pattern: "^[A-Za-z0-9_-]{22,10944}$"
);

/// The answer to a sent message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessageReceipt {
    /// The message.
    pub message_id: Id,
    /// When the service took it.
    pub sent_at: Timestamp,
}

/// A message or an attachment in the list: everything but the sealed content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessageSummary {
    /// Its id.
    pub message_id: Id,
    /// Which of the two it is.
    pub kind: ContentKind,
    /// Who sent it; null while your organisation may not know who that is.
    pub sender: Option<OrganisationId>,
    /// To whom it is sealed; null while your organisation may not know who that is.
    pub recipient: Option<OrganisationId>,
    /// Where it stands.
    pub state: MessageState,
    /// How many sealed bytes it has, or had.
    #[schema(minimum = 16, maximum = 26_220_800)]
    pub sealed_bytes: u64,
    /// When the service had all of it; null while it arrives, and when it never did.
    pub sent_at: Option<Timestamp>,
    /// When the recipient had first fetched all of it.
    pub fetched_at: Option<Timestamp>,
    /// When the recipient said that it has it in its own file.
    pub acknowledged_at: Option<Timestamp>,
    /// When the consent it was sealed under was withdrawn, if it was.
    pub consent_withdrawn_at: Option<Timestamp>,
    /// What closed the exchange for it for good, if anything did: its content can be read no more.
    pub closed: Option<ContentClosed>,
}

/// What closed the exchange for a message or an attachment, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContentClosed {
    /// What.
    pub because: ContentClosedBecause,
    /// When.
    pub at: Timestamp,
}

/// Why content can be read no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ContentClosedBecause {
    /// The consent it was sealed under was withdrawn.
    ConsentWithdrawn,
    /// The consent it was sealed under reached its end.
    ConsentExpired,
    /// The signal of its sender or its recipient ended.
    SignalEnded,
    /// The match was closed.
    MatchClosed,
}

/// Where a message or an attachment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum MessageState {
    /// Parts of it are still to come. Only its sender sees it.
    Arriving,
    /// Not yet fetched, or not all of it.
    Waiting,
    /// Fetched by the recipient.
    Fetched,
    /// The recipient has it in its own file; its content is destroyed here.
    Acknowledged,
    /// Its content was destroyed before it was fetched, or before all of it had arrived.
    Destroyed,
}

/// The answer to an acknowledgement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContentAcknowledgement {
    /// The message or attachment.
    pub message_id: Id,
    /// When its recipient first said that it has it in its own file.
    pub acknowledged_at: Timestamp,
}

/// A message with its sealed content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// Its id.
    pub message_id: Id,
    /// Who sent it.
    pub sender: OrganisationId,
    /// The sealing key of the sender that it is sealed with.
    pub sender_sealing_key: Base64Url<32>,
    /// To whom it is sealed.
    pub recipient: OrganisationId,
    /// The sealing key of the recipient that it is sealed to: its secret opens it, also when it was retired meanwhile.
    pub recipient_sealing_key: Base64Url<32>,
    /// When the service took it.
    pub sent_at: Timestamp,
    /// The consent record it is sealed under.
    pub record: crate::consent::SignedRecord,
    /// The sender's encapsulated key (HPKE).
    pub enc: Base64Url<32>,
    /// The canonical envelope.
    pub envelope: String,
    /// The sealed content.
    pub ciphertext: Ciphertext,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_message_fits_a_body() {
        let submission = MessageSubmission {
            message_id: Id([1; 16]),
            recipient: OrganisationId([2; 16]),
            consent_hash: Base64Url([3; 32]),
            sender_key: Base64Url([8; 32]),
            recipient_key: Base64Url([9; 32]),
            enc: Base64Url([4; 32]),
            // The worst case: every character of the envelope needs an escape.
            envelope: "\"".repeat(MAX_ENVELOPE_BYTES),
            ciphertext: Ciphertext::new(vec![5; MAX_CIPHERTEXT_BYTES]).unwrap(),
        };
        let body = serde_json::to_vec(&submission).unwrap();
        assert!(body.len() <= crate::MAX_BODY_BYTES, "{}", body.len());
        assert_eq!(MessageSubmission::parse(&body).unwrap(), submission);
    }

    #[test]
    fn an_envelope_says_what_the_request_says_and_names_the_gate_of_the_network() {
        let (match_id, sender) = (Id([6; 16]), OrganisationId([7; 16]));
        let route = Route {
            match_id,
            message_id: Id([1; 16]),
            sender,
            recipient: OrganisationId([2; 16]),
            consent_hash: Base64Url([3; 32]),
        };
        let submission = MessageSubmission {
            message_id: route.message_id,
            recipient: route.recipient,
            consent_hash: route.consent_hash,
            enc: Base64Url([4; 32]),
            envelope: Envelope::new(&route, ContentKind::Message, GateKind::None)
                .to_text()
                .unwrap(),
            sender_key: Base64Url([6; 32]),
            recipient_key: Base64Url([7; 32]),
            ciphertext: Ciphertext::new(vec![5; 16]).unwrap(),
        };
        let (none, keyholder) = (GateKind::None, GateKind::Keyholder);
        assert!(submission.envelope(match_id, sender, none).is_ok());
        assert!(submission.envelope(match_id, sender, keyholder).is_err());
        assert!(submission.envelope(Id([8; 16]), sender, none).is_err());
        assert!(
            submission
                .envelope(match_id, OrganisationId([8; 16]), none)
                .is_err()
        );
        let other = MessageSubmission {
            recipient: OrganisationId([8; 16]),
            ..submission.clone()
        };
        assert!(other.envelope(match_id, sender, none).is_err());
        let attachment = Envelope::new(&route, ContentKind::Attachment, GateKind::None);
        let other = MessageSubmission {
            envelope: attachment.to_text().unwrap(),
            ..submission.clone()
        };
        assert!(other.envelope(match_id, sender, none).is_err());
        let other = MessageSubmission {
            envelope: "{}".into(),
            ..submission
        };
        assert_eq!(
            other.envelope(match_id, sender, none).unwrap_err().errors[0].pointer,
            "/envelope"
        );
    }

    #[test]
    fn a_ciphertext_has_a_tag_and_an_end() {
        assert!(Ciphertext::new(vec![0; 15]).is_err());
        assert!(Ciphertext::new(vec![0; MAX_CIPHERTEXT_BYTES + 1]).is_err());
        assert!(
            text::encode(vec![0; MAX_CIPHERTEXT_BYTES + 1])
                .parse::<Ciphertext>()
                .is_err()
        );
    }
}
