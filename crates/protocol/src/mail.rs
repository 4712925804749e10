//! Mail that says that there are messages: where an organisation's coordinator is told.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::{Body, Object, deserialize_as_body};
use crate::signal::EmailAddress;

/// Where the coordinator is mailed, and what could not be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MailSettings {
    /// Where the coordinator is mailed when nobody reads a notice, or nothing more is sent to a webhook; null when it is not.
    pub address: Option<EmailAddress>,
    /// When that was set.
    pub set_at: Option<Timestamp>,
    /// Addresses of your organisation that could not be mailed in the last 30 days, newest first, at most 100. They are left alone
    /// for a week: put them right in your signals, or here.
    pub refused: Vec<RefusedMail>,
}

/// An address that could not be mailed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RefusedMail {
    /// The address.
    pub address: EmailAddress,
    /// When its mail server refused for good, or was given up.
    pub refused_at: Timestamp,
}

/// Body of `POST /v1/mail-settings/changes`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MailSettingsChange {
    /// Where to mail the coordinator from now on; left out or null for nowhere.
    pub address: Option<EmailAddress>,
}

deserialize_as_body!(MailSettingsChange);

impl Body for MailSettingsChange {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        object.optional_human("address").map(|address| Self { address })
    }
}
