//! Exports of the audit log for a supervisor.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::OrganisationId;
use crate::body::{Body, Object, deserialize_as_body};
use crate::id::Id;

/// Body of `POST /v1/audit/exports`. An empty object asks for everything since your last export, with every opening you
/// may have.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AuditExportSubmission {
    /// Where the export begins; `last` when it is not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<ExportFrom>,
    /// Which openings it has; all you may have when it is not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<OpeningScope>,
}

deserialize_as_body!(AuditExportSubmission);

impl Body for AuditExportSubmission {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let from = object.optional_value("from");
        let scope = object.optional("scope", |object| object.object("scope", OpeningScope::read));
        Some(Self {
            from: from?,
            scope: scope?,
        })
    }
}

/// Where an export begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ExportFrom {
    /// Where your organisation's last export ended; with the first entry when there was none.
    Last,
    /// With the first entry of the log.
    Start,
}

impl FromStr for ExportFrom {
    type Err = UnusableName;

    fn from_str(text: &str) -> Result<Self, UnusableName> {
        match text {
            "last" => Ok(Self::Last),
            "start" => Ok(Self::Start),
            _ => Err(UnusableName),
        }
    }
}

/// Which openings an export has: those of entries whose event and organisation are both named. What is not given is all
/// of it. An entry without organisation is inside only when all organisations are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OpeningScope {
    /// Names of events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<EventName>>,
    /// Organisations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisations: Option<Vec<OrganisationId>>,
}

impl OpeningScope {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let events = object.optional("events", |object| object.values("events", 0..=200));
        let organisations =
            object.optional("organisations", |object| object.values("organisations", 0..=1000));
        Some(Self {
            events: events?,
            organisations: organisations?,
        })
    }
}

/// The name of an event of the audit log: two words of lower-case letters, digits and `_`, with a point between.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, example = "consent.given", max_length = 64)]
pub struct EventName(String);

/// A text that cannot be used here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text does not follow the grammar")]
pub struct UnusableName;

impl EventName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for EventName {
    type Err = UnusableName;

    fn from_str(text: &str) -> Result<Self, UnusableName> {
        let word = |word: &str| {
            word.starts_with(|c: char| c.is_ascii_lowercase())
                && word
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        };
        match text.split_once('.') {
            Some((noun, verb)) if text.len() <= 64 && word(noun) && word(verb) => Ok(Self(text.to_owned())),
            _ => Err(UnusableName),
        }
    }
}

impl TryFrom<String> for EventName {
    type Error = UnusableName;

    fn try_from(text: String) -> Result<Self, UnusableName> {
        text.parse()
    }
}

impl From<EventName> for String {
    fn from(name: EventName) -> Self {
        name.0
    }
}

impl fmt::Display for EventName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An export: the log up to a signed checkpoint, from its beginning or from where the export before ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditExport {
    /// Its id.
    pub id: Id,
    /// When it was asked.
    pub requested_at: Timestamp,
    /// The export of your organisation after which it begins; null when it begins with the first entry.
    pub previous: Option<Id>,
    /// The openings it has. The signed entry of this export says the same.
    pub scope: OpeningScope,
    /// The signed checkpoint up to which it reaches (C2SP tlog-checkpoint); null for the moment until one covers the
    /// export's own entry.
    pub checkpoint: Option<String>,
    /// Path of the bundle, a tar file.
    #[schema(example = "/v1/audit/exports/h5Yz0cVbTtqN1rXk2mPvQA/bundle")]
    pub bundle: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::FieldErrorCode;

    fn faults(text: &str) -> Vec<(String, FieldErrorCode)> {
        let refused = AuditExportSubmission::parse(text.as_bytes()).unwrap_err();
        refused
            .errors
            .into_iter()
            .map(|error| (error.pointer, error.code))
            .collect()
    }

    #[test]
    fn an_empty_object_asks_for_what_is_usual() {
        let body = AuditExportSubmission::parse(b"{}").unwrap();
        assert_eq!(body, AuditExportSubmission::default());
        assert_eq!(serde_json::to_string(&body).unwrap(), "{}");
    }

    #[test]
    fn period_and_scope_are_read() {
        let text = br#"{"from":"start","scope":{"events":["consent.given"],"organisations":[]}}"#;
        let body = AuditExportSubmission::parse(text).unwrap();
        assert_eq!(body.from, Some(ExportFrom::Start));
        let scope = body.scope.unwrap();
        assert_eq!(scope.events.unwrap()[0].as_str(), "consent.given");
        assert_eq!(scope.organisations, Some(Vec::new()));
    }

    #[test]
    fn every_fault_is_told() {
        use FieldErrorCode as C;
        let text = r#"{"from":"yesterday","scope":{"events":["given","Consent.given","a.b.c"],"organisations":["org_1"],"x":1}}"#;
        assert_eq!(
            faults(text),
            [
                ("/from".to_owned(), C::InvalidFormat),
                ("/scope/events/0".to_owned(), C::InvalidFormat),
                ("/scope/events/1".to_owned(), C::InvalidFormat),
                ("/scope/events/2".to_owned(), C::InvalidFormat),
                ("/scope/organisations/0".to_owned(), C::InvalidFormat),
                ("/scope".to_owned(), C::UnknownMember),
            ]
        );
        assert_eq!(faults(r#"{"scope":[]}"#), [("/scope".to_owned(), C::WrongType)]);
    }
}
