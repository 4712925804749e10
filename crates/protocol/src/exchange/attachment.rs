//! An attachment: announced, sent in parts of one size, read in the same parts.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ContentKind, MessageState, envelope_text, fitting};
use crate::body::{Body, FieldError, FieldErrorCode, Object, Refused, deserialize_as_body};
use crate::id::{Id, OrganisationId};
use crate::problem::ProblemType;
pub use crate::sealed_message::MAX_ATTACHMENT_BYTES;
use crate::sealed_message::{self, CHUNK_BYTES, Envelope, GateKind, Route, TAG_BYTES};
use crate::text::Base64Url;

/// The media type of a part.
pub const PART: &str = "application/octet-stream";

/// The size of every part but the last, in bytes: fifteen sealed chunks, less than 1 MiB.
pub const MAX_PART_BYTES: u64 = sealed_message::PART_BYTES as u64;

/// The most sealed bytes of an attachment: those of the largest content.
pub const MAX_SEALED_BYTES: u64 =
    MAX_ATTACHMENT_BYTES.div_ceil(CHUNK_BYTES as u64) * TAG_BYTES as u64 + MAX_ATTACHMENT_BYTES;

/// The most parts.
#[allow(clippy::cast_possible_truncation, reason = "27")]
pub const MAX_PARTS: u32 = MAX_SEALED_BYTES.div_ceil(MAX_PART_BYTES) as u32;

const SEALED_CHUNK_BYTES: u64 = (CHUNK_BYTES + TAG_BYTES) as u64;

/// How many parts this many sealed bytes have.
pub fn parts(sealed_bytes: u64) -> u32 {
    u32::try_from(sealed_bytes.div_ceil(MAX_PART_BYTES)).unwrap_or(u32::MAX)
}

/// How many bytes this part has, numbered from 0; none when there is no such part.
pub fn part_bytes(sealed_bytes: u64, part: u32) -> Option<u64> {
    let before = u64::from(part) * MAX_PART_BYTES;
    sealed_bytes
        .checked_sub(before)
        .filter(|left| *left > 0)
        .map(|left| left.min(MAX_PART_BYTES))
}

/// Body of `POST /v1/matches/{id}/attachments`: that an attachment will come, and of how many bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AttachmentSubmission {
    /// Chosen at random by the sender; part of the key of the attachment. Messages and attachments of a match have
    /// their ids in common.
    pub message_id: Id,
    /// To whom it is sealed.
    pub recipient: OrganisationId,
    /// Hash of the consent record it is sealed under.
    pub consent_hash: Base64Url<32>,
    /// The sender's encapsulated key (HPKE).
    pub enc: Base64Url<32>,
    /// What everyone may see, as canonical JSON; bound to every chunk.
    #[schema(max_length = 1024)]
    pub envelope: String,
    /// The sealing key of the sender that it is sealed with; one of its own that is not retired.
    pub sender_key: Base64Url<32>,
    /// The sealing key of the recipient that it is sealed to; one that is not retired.
    pub recipient_key: Base64Url<32>,
    /// How many sealed bytes come. More than those of 25 MiB is refused with `payload-too-large`.
    #[schema(minimum = 17, maximum = 26_220_800)]
    pub sealed_bytes: u64,
}

deserialize_as_body!(AttachmentSubmission);

impl Body for AttachmentSubmission {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let message_id = object.value("messageId");
        let recipient = object.value("recipient");
        let consent_hash = object.value("consentHash");
        let enc = object.value("enc");
        let envelope = envelope_text(object);
        let (sender_key, recipient_key) = (object.value("senderKey"), object.value("recipientKey"));
        let sealed_bytes = object.whole("sealedBytes", 17..=u64::MAX);
        Some(Self {
            message_id: message_id?,
            recipient: recipient?,
            consent_hash: consent_hash?,
            enc: enc?,
            envelope: envelope?,
            sender_key: sender_key?,
            recipient_key: recipient_key?,
            sealed_bytes: sealed_bytes?,
        })
    }
}

impl AttachmentSubmission {
    /// Reads the envelope, as [`super::MessageSubmission::envelope`].
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
        fitting(&self.envelope, &route, gate, ContentKind::Attachment)
    }

    /// Whether sealing can give so many bytes, and no more than it may: each chunk of it has a tag, and the last one
    /// something beside it.
    ///
    /// # Errors
    /// [`Refused`] with `payload-too-large`, or `invalid-request` at `/sealedBytes`.
    pub fn size(&self) -> Result<(), Refused> {
        if self.sealed_bytes > MAX_SEALED_BYTES {
            return Err(Refused {
                problem: ProblemType::PayloadTooLarge,
                errors: Vec::new(),
            });
        }
        match self.sealed_bytes % SEALED_CHUNK_BYTES {
            last if (1..=TAG_BYTES as u64).contains(&last) => Err(Refused {
                problem: ProblemType::InvalidRequest,
                errors: vec![FieldError::new("/sealedBytes", FieldErrorCode::OutOfRange)],
            }),
            _ => Ok(()),
        }
    }
}

/// An attachment, without its sealed content: that is read part by part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Attachment {
    /// Its id.
    pub message_id: Id,
    /// Always `attachment`.
    pub kind: ContentKind,
    /// Who sends it.
    pub sender: OrganisationId,
    /// The sealing key of the sender that it is sealed with.
    pub sender_sealing_key: Base64Url<32>,
    /// To whom it is sealed.
    pub recipient: OrganisationId,
    /// The sealing key of the recipient that it is sealed to.
    pub recipient_sealing_key: Base64Url<32>,
    /// Where it stands.
    pub state: MessageState,
    /// How many sealed bytes it has.
    #[schema(minimum = 17, maximum = 26_220_800)]
    pub sealed_bytes: u64,
    /// In how many parts it travels: each of 983,280 bytes, the last shorter.
    #[schema(minimum = 1, maximum = 27)]
    pub parts: u32,
    /// The numbers of the parts that have arrived, from 0; told to its sender while it arrives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<Vec<u32>>,
    /// When it is destroyed unless all of it has arrived; told to its sender while it arrives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrive_by: Option<Timestamp>,
    /// When the service had all of it; null while it arrives, and when it never did.
    pub sent_at: Option<Timestamp>,
    /// When the recipient had first fetched all of it.
    pub fetched_at: Option<Timestamp>,
    /// When the recipient said that it has it in its own file.
    pub acknowledged_at: Option<Timestamp>,
    /// The consent record it is sealed under.
    pub record: crate::consent::SignedRecord,
    /// The sender's encapsulated key (HPKE).
    pub enc: Base64Url<32>,
    /// The canonical envelope.
    pub envelope: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn announcing(sealed_bytes: u64) -> AttachmentSubmission {
        AttachmentSubmission {
            message_id: Id([1; 16]),
            recipient: OrganisationId([2; 16]),
            consent_hash: Base64Url([3; 32]),
            enc: Base64Url([4; 32]),
            envelope: "{}".into(),
            sender_key: Base64Url([5; 32]),
            recipient_key: Base64Url([6; 32]),
            sealed_bytes,
        }
    }

    #[test]
    fn a_part_is_fifteen_sealed_chunks_and_the_largest_attachment_has_27() {
        assert_eq!(MAX_PART_BYTES, 983_280);
        assert_eq!(MAX_SEALED_BYTES, 26_220_800);
        assert_eq!(MAX_PARTS, 27);
        let sizes: Vec<u64> = (0..MAX_PARTS)
            .filter_map(|part| part_bytes(MAX_SEALED_BYTES, part))
            .collect();
        assert_eq!(sizes.len(), 27);
        assert!(sizes[..26].iter().all(|size| *size == MAX_PART_BYTES));
        assert_eq!(sizes.iter().sum::<u64>(), MAX_SEALED_BYTES);
        assert_eq!(part_bytes(MAX_SEALED_BYTES, 27), None);
        assert_eq!(part_bytes(MAX_PART_BYTES, 1), None);
        assert_eq!(part_bytes(MAX_PART_BYTES, u32::MAX), None);
        assert_eq!(
            [1, MAX_PART_BYTES, MAX_PART_BYTES + 1, MAX_SEALED_BYTES].map(parts),
            [1, 1, 2, 27]
        );
    }

    #[test]
    fn the_largest_attachment_is_taken_and_a_byte_more_is_not() {
        assert_eq!(announcing(MAX_SEALED_BYTES).size(), Ok(()));
        // Another byte of content is another chunk with a tag.
        for more in [1, 17, u64::MAX - MAX_SEALED_BYTES] {
            let refused = announcing(MAX_SEALED_BYTES + more).size().unwrap_err();
            assert_eq!(refused.problem, ProblemType::PayloadTooLarge);
        }
    }

    #[test]
    fn bytes_that_sealing_cannot_give_are_refused() {
        for impossible in [1, 16].map(|last| 3 * SEALED_CHUNK_BYTES + last) {
            let refused = announcing(impossible).size().unwrap_err();
            assert_eq!(refused.errors[0].pointer, "/sealedBytes");
        }
        for possible in [17, SEALED_CHUNK_BYTES, 3 * SEALED_CHUNK_BYTES + 17] {
            assert_eq!(announcing(possible).size(), Ok(()));
        }
        let mut body = serde_json::to_value(announcing(16)).unwrap();
        let read = |body: &serde_json::Value| AttachmentSubmission::parse(body.to_string().as_bytes());
        assert!(read(&body).is_err());
        body["sealedBytes"] = 17.into();
        assert_eq!(read(&body), Ok(announcing(17)));
    }
}
