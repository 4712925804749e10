//! Webhooks: an organisation's own address, to which the service says that something waits for it (Standard Webhooks), as a
//! thin event (CloudEvents 1.0 in the profile NL GOV 1.1). An event says where to look; what there is, only the API says.

mod signature;
mod url;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::{Body, FieldErrorCode, Object, deserialize_as_body};
use crate::id::Id;
use crate::notice::NoticeKind;

pub use signature::{
    CannotVerify, HEADER_ID, HEADER_SIGNATURE, HEADER_TIMESTAMP, Secret, TOLERANCE_SECONDS, sign, verify,
};
pub use url::{EndpointUrl, Host, MAX_URL_LENGTH};

/// The media type of a delivery.
pub const CLOUD_EVENT: &str = "application/cloudevents+json";

/// What is delivered: a CloudEvent without data. `dataref` is where to look, with an access token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloudEvent {
    /// The version of CloudEvents.
    #[schema(example = "1.0")]
    pub specversion: String,
    /// The event's id; the same in every delivery of it, and the same as `webhook-id`.
    #[schema(example = "msg_h5Yz0cVbTtqN1rXk2mPvQA")]
    pub id: String,
    /// The service that tells it.
    #[schema(example = "https://trefpunt.example")]
    pub source: String,
    /// What happened: `nl.trefpunt.notice.` and the notice's kind, `nl.trefpunt.batch.ended`, or `nl.trefpunt.webhook.test`.
    #[serde(rename = "type")]
    #[schema(example = "nl.trefpunt.notice.match-opened")]
    pub kind: String,
    /// When.
    pub time: Timestamp,
    /// Where to look.
    #[schema(example = "https://trefpunt.example/v1/notices/h5Yz0cVbTtqN1rXk2mPvQA")]
    pub dataref: String,
}

/// What a webhook can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventType {
    /// A notice lies in the inbox.
    Notice(NoticeKind),
    /// A batch of signals was worked off.
    BatchEnded,
    /// The coordinator wanted to see whether deliveries arrive.
    Test,
}

impl EventType {
    /// Its name: the inverse of an address of ours, as CloudEvents asks.
    pub fn name(self) -> String {
        match self {
            // The kinds are written in one way, by serde.
            Self::Notice(kind) => {
                let kind = serde_json::to_value(kind).unwrap_or_default();
                format!("nl.trefpunt.notice.{}", kind.as_str().unwrap_or_default())
            }
            Self::BatchEnded => "nl.trefpunt.batch.ended".to_owned(),
            Self::Test => "nl.trefpunt.webhook.test".to_owned(),
        }
    }
}

/// Body of `POST /v1/webhook-endpoints`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EndpointSubmission {
    /// Where deliveries go: https, a public host name in ASCII, port 443 or one from 1024 on, without user, password or fragment.
    #[schema(example = "https://hooks.school.example/trefpunt", max_length = 2048)]
    pub url: String,
}

deserialize_as_body!(EndpointSubmission);

impl Body for EndpointSubmission {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        // Whether it is an address to which something may be sent is a problem of its own, told by the act.
        let url = object.text("url", |text| Ok(text.to_owned()))?;
        Some(Self { url })
    }
}

/// An address to which an organisation is told what waits for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Endpoint {
    /// Its id.
    pub id: Id,
    /// Where deliveries go.
    #[schema(example = "https://hooks.school.example/trefpunt")]
    pub url: String,
    /// Whether deliveries are made.
    pub state: EndpointState,
    /// Why not; null while they are.
    pub disabled_because: Option<DisabledBecause>,
    /// Since when not; null while they are.
    pub disabled_at: Option<Timestamp>,
    /// When it was added.
    pub created_at: Timestamp,
    /// Since when every attempt failed; null when the last one did not.
    pub failing_since: Option<Timestamp>,
    /// Until when the secret before the present one signs too; null when it does not.
    pub previous_secret_until: Option<Timestamp>,
}

/// Whether deliveries are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EndpointState {
    /// They are.
    Enabled,
    /// Nothing is sent.
    Disabled,
}

/// Why nothing is sent to an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DisabledBecause {
    /// Your organisation asked for it.
    Requested,
    /// The receiver answered 410.
    Gone,
    /// For five days every attempt failed.
    Failing,
}

/// An endpoint with its new secret, which is shown this once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EndpointWithSecret {
    /// The endpoint.
    #[serde(flatten)]
    pub endpoint: Endpoint,
    /// With this the receiver verifies that a delivery comes from the service and is whole. Keep it like a password.
    pub secret: Secret,
}

/// The empty object that acts on an endpoint take.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndpointActSubmission {}

deserialize_as_body!(EndpointActSubmission);

impl Body for EndpointActSubmission {
    fn read(_: &mut Object<'_>) -> Option<Self> {
        Some(Self {})
    }
}

/// A test event that was queued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TestEvent {
    /// Its `webhook-id`.
    #[schema(example = "msg_h5Yz0cVbTtqN1rXk2mPvQA")]
    pub message: String,
}

/// That an endpoint was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Removal {
    /// The endpoint.
    pub endpoint: Id,
    /// When.
    pub removed_at: Timestamp,
}

/// An attempt to deliver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// The delivery's `webhook-id`.
    #[schema(example = "msg_h5Yz0cVbTtqN1rXk2mPvQA")]
    pub message: String,
    /// What it tells.
    #[serde(rename = "type")]
    #[schema(example = "nl.trefpunt.notice.match-opened")]
    pub kind: String,
    /// Which attempt at this delivery it was, from 1 on; a replay begins again.
    #[schema(example = 1)]
    pub number: u32,
    /// When it ended.
    pub attempted_at: Timestamp,
    /// What came of it.
    pub outcome: AttemptOutcome,
    /// The receiver's HTTP status, when there was one.
    #[schema(example = 204)]
    pub status: Option<u16>,
    /// How long it took, in milliseconds.
    #[schema(example = 120)]
    pub duration_ms: u32,
    /// Where the delivery stands now.
    pub delivery: DeliveryState,
    /// When the next attempt is due; null when none is.
    pub next_attempt_at: Option<Timestamp>,
}

/// What came of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AttemptOutcome {
    /// The receiver took it: a status of 200 to 299.
    Delivered,
    /// Another status.
    Refused,
    /// The receiver said that it is gone for good (410); the endpoint is disabled.
    Gone,
    /// The receiver pointed elsewhere; that is not followed.
    Redirected,
    /// The host name led to an address to which nothing is sent, such as one of a private network.
    BlockedAddress,
    /// The host name could not be looked up.
    UnknownName,
    /// There was no connection.
    Unreachable,
    /// No connection by TLS 1.2 or 1.3 with a certificate that is valid for the host name.
    Tls,
    /// It took longer than 15 seconds.
    Timeout,
    /// The answer was longer than 4 KiB.
    TooLarge,
    /// What was answered is no HTTP, or ended in the middle.
    InvalidAnswer,
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DeliveryState {
    /// It is tried, or tried again, when its time comes.
    Queued,
    /// The receiver has it.
    Delivered,
    /// Every attempt failed.
    Exhausted,
    /// Its endpoint was disabled while it waited.
    Dropped,
}

/// Body of `POST /v1/webhook-endpoints/{id}/replays`: either one notice, or everything that came into the inbox in a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({ "from": "2027-03-01T08:00:00Z", "to": "2027-03-02T08:00:00Z" }))]
pub struct ReplaySubmission {
    /// Deliver this notice of yours again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice: Option<Id>,
    /// Deliver what came into the inbox from this instant on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// Until before this instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Timestamp>,
}

deserialize_as_body!(ReplaySubmission);

impl Body for ReplaySubmission {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let notice = object.optional_value("notice");
        let from = object.optional_text("from", instant);
        let to = object.optional_text("to", instant);
        let replay = Self {
            notice: notice?,
            from: from?,
            to: to?,
        };
        let (member, fault) = match (replay.notice, replay.from, replay.to) {
            (Some(_), None, None) => return Some(replay),
            (None, Some(from), Some(to)) if from < to => return Some(replay),
            (None, Some(_), Some(_)) => ("to", FieldErrorCode::OutOfRange),
            (None, None, _) => ("from", FieldErrorCode::Required),
            (None, Some(_), None) => ("to", FieldErrorCode::Required),
            (Some(_), ..) => ("notice", FieldErrorCode::NotAllowed),
        };
        object.fault(member, fault);
        None
    }
}

/// RFC 3339 in UTC, to the second or finer.
fn instant(text: &str) -> Result<Timestamp, FieldErrorCode> {
    let utc = text.ends_with('Z') && text.len() <= 30 && text.as_bytes().get(10) == Some(&b'T');
    let instant = text.parse().map_err(|_| FieldErrorCode::InvalidFormat)?;
    // A leap second is read as the one before it: it is no instant that was given out.
    if utc && !text.contains(":60") {
        Ok(instant)
    } else {
        Err(FieldErrorCode::InvalidFormat)
    }
}

/// What will be delivered again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Replay {
    /// How many notices were queued, the oldest of those asked for: at most 1,000, or more when they came at one instant.
    #[schema(example = 12)]
    pub queued: u32,
    /// Whether there may be more; ask again from `continueFrom` on.
    pub more: bool,
    /// From when on the rest came into the inbox; null when there is no more.
    pub continue_from: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_named_after_what_they_tell() {
        assert_eq!(
            EventType::Notice(NoticeKind::MatchOpened).name(),
            "nl.trefpunt.notice.match-opened"
        );
        assert_eq!(EventType::Test.name(), "nl.trefpunt.webhook.test");
    }

    #[test]
    fn a_replay_is_of_one_notice_or_of_a_time() {
        let good = [
            r#"{"notice":"h5Yz0cVbTtqN1rXk2mPvQA"}"#,
            r#"{"from":"2027-03-01T08:00:00Z","to":"2027-03-02T08:00:00.5Z"}"#,
        ];
        for body in good {
            assert!(ReplaySubmission::parse(body.as_bytes()).is_ok(), "{body}");
        }
        for body in [
            "{}",
            r#"{"from":"2027-03-01T08:00:00Z"}"#,
            r#"{"to":"2027-03-01T08:00:00Z"}"#,
            r#"{"from":"2027-03-01T08:00:00Z","to":"2027-03-01T08:00:00Z"}"#,
            r#"{"from":"2027-03-01T08:00:00+01:00","to":"2027-03-02T08:00:00Z"}"#,
            r#"{"from":"2027-03-01 08:00:00Z","to":"2027-03-02T08:00:00Z"}"#,
            r#"{"from":"2027-03-01T08:00:60Z","to":"2027-03-02T08:00:00Z"}"#,
            r#"{"from":"2027-03-01","to":"2027-03-02"}"#,
            r#"{"from":"10000-03-01T08:00:00Z","to":"2027-03-02T08:00:00Z"}"#,
            r#"{"notice":"h5Yz0cVbTtqN1rXk2mPvQA","from":"2027-03-01T08:00:00Z"}"#,
            r#"{"notice":"x"}"#,
        ] {
            assert!(ReplaySubmission::parse(body.as_bytes()).is_err(), "{body}");
        }
    }
}
