//! What a supervisor is to know at once.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::{Id, OrganisationId};

/// An alert: one per organisation and hour of the clock, or one for a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Alert {
    /// Its id.
    pub id: Id,
    /// What happened.
    pub kind: AlertKind,
    /// By whom.
    pub organisation: OrganisationId,
    /// That organisation's name.
    #[schema(example = "Verslavingszorg Kade")]
    pub organisation_name: String,
    /// In the hour of the clock that began then.
    pub hour: Timestamp,
    /// When it was raised.
    pub raised_at: Timestamp,
    /// What waits for your decision (`POST /v1/alerts/{id}/decisions`), as long as something does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<HeldLines>,
}

/// Lines of a batch that are held. They have no effect, and nothing of them can be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HeldLines {
    /// How many.
    #[schema(example = 9500)]
    pub lines: u32,
    /// When they are destroyed if nobody decides.
    pub until: Timestamp,
}

/// What can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AlertKind {
    /// An organisation gave more signals in an hour than its covenant allows. What was over was not taken.
    SignalsPerHour,
    /// An organisation sent a batch with more signals than its covenant allows in an hour. What is over is held: it has no effect
    /// unless you release it.
    BatchHeld,
}
