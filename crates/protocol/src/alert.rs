//! What a supervisor is to know at once.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::{Id, OrganisationId};

/// An alert: at most one of a kind per organisation and hour of the clock.
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
}

/// What can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AlertKind {
    /// An organisation gave more signals in an hour than its covenant allows. What was over was not taken.
    SignalsPerHour,
}
