//! Follow-up: what a municipal follow-up officer sees of a match in which contact is missing, and notes about it. No child,
//! no professional, no content.

use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::{Body, Object, deserialize_as_body};
use crate::id::Id;
use crate::match_case::Organisation;
use crate::text::Invalid;

/// A match whose deadline passed without contact. It leaves the list by itself, once the parties made contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FollowUpTask {
    /// Its id.
    pub id: Id,
    /// The id under which the parties know the match, to name it on the telephone.
    pub case_reference: Id,
    /// Since when it is in the list.
    pub since: Timestamp,
    /// For how many days the parties have seen the match.
    pub match_age_days: u32,
    /// Who takes part, those with a name first.
    pub parties: Vec<FollowedParty>,
    /// What was noted, the oldest first.
    pub marks: Vec<Marked>,
}

/// A party of such a match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FollowedParty {
    /// Which organisation; null when one of the other parties may not see it either: another organisation.
    pub organisation: Option<Organisation>,
    /// Whether it confirmed contact; null when it has no name here.
    pub contact_confirmed: Option<bool>,
}

/// What an officer did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// Spoke with both parties, or all.
    CalledBoth,
    /// Spoke with one.
    CalledOne,
    /// Called in vain.
    NoAnswer,
    /// The parties will meet.
    MeetingPlanned,
}

impl FromStr for Mark {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text {
            "called_both" => Ok(Self::CalledBoth),
            "called_one" => Ok(Self::CalledOne),
            "no_answer" => Ok(Self::NoAnswer),
            "meeting_planned" => Ok(Self::MeetingPlanned),
            _ => Err(Invalid { what: "mark" }),
        }
    }
}

/// Body of `POST /v1/follow-up-tasks/{id}/marks`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MarkSubmission {
    /// What was done.
    pub mark: Mark,
}

deserialize_as_body!(MarkSubmission);

impl Body for MarkSubmission {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        Some(Self {
            mark: object.value("mark")?,
        })
    }
}

/// A mark as it was noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Marked {
    /// What was done.
    pub mark: Mark,
    /// When it was noted.
    pub at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_one_of_four_words_and_nothing_else_comes_with_it() {
        for mark in ["called_both", "called_one", "no_answer", "meeting_planned"] {
            let body = format!(r#"{{"mark":"{mark}"}}"#);
            let read = MarkSubmission::parse(body.as_bytes()).unwrap();
            assert_eq!(serde_json::to_string(&read).unwrap(), body);
        }
        for wrong in [
            r#"{"mark":"called"}"#,
            r"{}",
            r#"{"mark":"called_one","remark":"moeder gebeld"}"#,
        ] {
            assert!(MarkSubmission::parse(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}
