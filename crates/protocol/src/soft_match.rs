//! Soft matches: your signal came with a service key that another organisation's came with too, and you are asked whether
//! it is the same child.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::{Body, Object, deserialize_as_body};
use crate::id::Id;

/// What your organisation is asked. It tells nothing of the other child, nor who gave a signal about it: it may be another
/// child, and then it is none of your concern. Say that it is the same child when your own file is sure of surname, birth
/// date and sex and knows of no other child with the same, a twin above all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SoftMatch {
    /// Its id; every organisation that is asked has another.
    pub id: Id,
    /// Your signal.
    pub signal: Id,
    /// Where it stands.
    pub state: SoftMatchState,
    /// Since when you are asked.
    pub asked_at: Timestamp,
    /// What you answered; null while you have not.
    pub same_child: Option<bool>,
}

/// Where a soft match stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SoftMatchState {
    /// Somebody who is asked has not answered, or all answers are not in yet.
    Asked,
    /// All said that it is one child: a match follows.
    Confirmed,
    /// One said that it is not. It is not asked again.
    Denied,
    /// A signal that it was about has ended.
    Ended,
}

/// Body of `POST /v1/soft-matches/{id}/answers`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SoftMatchAnswerSubmission {
    /// Whether it is the same child. A yes can be taken back while others have yet to answer; a no is final.
    pub same_child: bool,
}

deserialize_as_body!(SoftMatchAnswerSubmission);

impl Body for SoftMatchAnswerSubmission {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let same_child = object.boolean("sameChild")?;
        Some(Self { same_child })
    }
}

/// The answer to an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SoftMatchAnswer {
    /// The soft match.
    pub soft_match: Id,
    /// What you said.
    pub same_child: bool,
    /// When you said so first.
    pub answered_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::FieldErrorCode;

    #[test]
    fn the_answer_is_yes_or_no() {
        let read = |text: &str| SoftMatchAnswerSubmission::parse(text.as_bytes());
        assert!(read(r#"{"sameChild":true}"#).unwrap().same_child);
        assert!(!read(r#"{"sameChild":false}"#).unwrap().same_child);
        for (wrong, code) in [
            ("{}", FieldErrorCode::Required),
            (r#"{"sameChild":null}"#, FieldErrorCode::WrongType),
            (r#"{"sameChild":"true"}"#, FieldErrorCode::WrongType),
            (r#"{"sameChild":1}"#, FieldErrorCode::WrongType),
        ] {
            assert_eq!(read(wrong).unwrap_err().errors[0].code, code, "{wrong}");
        }
        let why = r#"{"sameChild":true,"because":"x"}"#;
        assert_eq!(
            read(why).unwrap_err().errors[0].code,
            FieldErrorCode::UnknownMember
        );
    }
}
