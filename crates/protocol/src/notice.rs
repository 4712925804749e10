//! Notices: "there is a match", to an organisation's inbox. No identity, no content.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::{Body, Object, deserialize_as_body};
use crate::id::Id;
use crate::signal::Contact;

/// A notice in the inbox. It stays there until it is acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    /// Its id.
    pub id: Id,
    /// What it tells.
    pub kind: NoticeKind,
    /// The match it is about; null when it is about a signal of your own.
    #[serde(rename = "match")]
    pub match_id: Option<Id>,
    /// The signal of your own that it is about; null when it is about a match.
    #[serde(rename = "signal")]
    pub signal_id: Option<Id>,
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
    /// A match that you were party to is over.
    MatchClosed,
    /// A signal of a match that you are or were party to should not have been given, and was destroyed.
    MatchCorrected,
    /// A party was proposed as lead.
    LeadProposed,
    /// The proposed party is lead from now on.
    LeadAccepted,
    /// The proposed party declined.
    LeadDeclined,
    /// Today is the last day on which contact is in time.
    ContactReminder,
    /// Another organisation had a signal about the child of your signal before. You are told once.
    ArchivedSignal,
    /// A signal was destroyed after an objection.
    SignalDestroyed,
    /// The family has yet to be told of your signal.
    DisclosureReminder,
    /// Look again whether the family can be told of your signal.
    PostponementReview,
    /// Your signal may be about the same child as another organisation's: say whether it is.
    SoftMatch,
    /// Your signal is about a child of a family in which another organisation is involved with another child.
    FamilyMatch,
    /// Your advice on an objection is asked.
    ObjectionAdvice,
    /// An objection was decided.
    ObjectionDecided,
}

/// A notice that nobody in your organisation acknowledged within two working days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UnreadNotice {
    /// The notice.
    #[serde(flatten)]
    pub notice: Notice,
    /// Since when it stands in this list.
    pub unread_since: Timestamp,
    /// The professional whom it waits for; null when that was erased.
    pub professional: Option<Contact>,
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
