//! Notices: "there is a match", to a party's inbox. No identity, no content.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::{Body, Object, deserialize_as_body};
use crate::id::Id;

/// A notice in the inbox. It stays there until it is acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    /// Its id.
    pub id: Id,
    /// What it tells.
    pub kind: NoticeKind,
    /// The match it is about.
    #[serde(rename = "match")]
    pub match_id: Id,
    /// When it was put into the inbox.
    pub created_at: Timestamp,
}

/// What a notice tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeKind {
    /// A match opened that you are party to.
    MatchOpened,
    /// A party joined a match that you are party to, or you joined it.
    MatchJoined,
}

/// Body of `POST /v1/notices/{id}/acknowledgements`: an empty object.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcknowledgementSubmission {}

deserialize_as_body!(AcknowledgementSubmission);

impl Body for AcknowledgementSubmission {
    fn read(_: &mut Object<'_>) -> Option<Self> {
        Some(Self {})
    }
}

/// The answer to an acknowledgement; the same however often it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Acknowledgement {
    /// The notice.
    pub notice: Id,
    /// When it was first acknowledged.
    pub acknowledged_at: Timestamp,
}
