//! Requests for access and erasure, and the file that access gives.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::{Body, FieldErrorCode, Object, deserialize_as_body};
use crate::consent::{InvitationCode, Signatory};
use crate::id::Id;
use crate::objection::{Route, code, word};

/// Body of `POST /v1/rights-requests`: at the municipality's desk, with the letter of somebody whose identity was
/// established there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RightsRequestSubmission {
    /// The code of the letter, in any spelling.
    pub code: InvitationCode,
    /// Which right.
    pub right: Right,
}

deserialize_as_body!(RightsRequestSubmission);

impl Body for RightsRequestSubmission {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let code = code(object);
        let right = word(
            object,
            "right",
            &[("access", Right::Access), ("erasure", Right::Erasure)],
        );
        Some(Self {
            code: code?,
            right: right?,
        })
    }
}

/// Body of `POST /v1/letter-files`: what a letter opens, for somebody at the municipality's desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LetterFileSubmission {
    /// The code of the letter, in any spelling.
    pub code: InvitationCode,
}

deserialize_as_body!(LetterFileSubmission);

impl Body for LetterFileSubmission {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let code = code(object);
        Some(Self { code: code? })
    }
}

/// Which right a family uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// To see everything that is kept.
    Access,
    /// To have it erased.
    Erasure,
}

/// A request, as the municipality that is responsible sees it. It names no child and nobody of the family.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RightsRequest {
    /// Its id.
    pub id: Id,
    /// Which right.
    pub right: Right,
    /// Where it stands.
    pub state: RightsState,
    /// The municipality that decides.
    #[schema(example = "gemeente Voorbeeldstad")]
    pub municipality: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// In which capacity.
    pub made_by: Signatory,
    /// How it came in.
    pub route: Route,
    /// Until when the municipality answers.
    pub due: Timestamp,
    /// When that was extended.
    pub extended_at: Option<Timestamp>,
    /// Whether the answer is late.
    pub late: bool,
    /// When it was decided or taken back.
    pub decided_at: Option<Timestamp>,
    /// Why it was refused.
    pub reason: Option<RefusalReason>,
    /// Until when the file can be fetched; null when there is none.
    pub file_until: Option<Timestamp>,
}

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RightsState {
    /// Made; to be decided.
    Requested,
    /// Access: the file can be fetched. Erasure: what was kept on the ground of consent is erased, and nothing else was kept.
    Given,
    /// Erasure: what was kept on the ground of consent is erased; signals that serve a public task stay.
    Partly,
    /// Refused.
    Refused,
    /// Taken back.
    Withdrawn,
}

/// Why a request is refused. The full motivation is the municipality's letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefusalReason {
    /// Whoever asked may not do so for this child, or did not show who they are.
    NotEntitled,
    /// Manifestly unfounded or excessive.
    Unfounded,
    /// It would harm the child or others.
    RightsOfOthers,
    /// Erasure: everything that is kept serves a public task.
    PublicTask,
    /// Erasure: it is needed for a legal claim.
    LegalClaim,
}

/// Body of `POST /v1/rights-requests/{id}/decisions`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RightsDecisionSubmission {
    /// What the municipality says.
    pub answer: RightsAnswer,
    /// Why, when refused; null otherwise.
    pub reason: Option<RefusalReason>,
}

deserialize_as_body!(RightsDecisionSubmission);

impl Body for RightsDecisionSubmission {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let answer = word(
            object,
            "answer",
            &[
                ("given", RightsAnswer::Given),
                ("refused", RightsAnswer::Refused),
                ("extended", RightsAnswer::Extended),
            ],
        );
        let reason = object.optional("reason", |object| {
            word(
                object,
                "reason",
                &[
                    ("not_entitled", RefusalReason::NotEntitled),
                    ("unfounded", RefusalReason::Unfounded),
                    ("rights_of_others", RefusalReason::RightsOfOthers),
                    ("public_task", RefusalReason::PublicTask),
                    ("legal_claim", RefusalReason::LegalClaim),
                ],
            )
        });
        let (answer, reason) = (answer?, reason?);
        match (answer, reason) {
            (RightsAnswer::Refused, None) => object.fault("reason", FieldErrorCode::Required),
            (RightsAnswer::Given | RightsAnswer::Extended, Some(_)) => {
                object.fault("reason", FieldErrorCode::NotAllowed)
            }
            _ => {}
        }
        Some(Self { answer, reason })
    }
}

/// What the municipality says to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RightsAnswer {
    /// Yes.
    Given,
    /// No.
    Refused,
    /// It takes two months longer; once, and said before the first month is over.
    Extended,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_why_and_nothing_else_does() {
        let parse = |text: &str| RightsDecisionSubmission::parse(text.as_bytes());
        assert!(parse(r#"{"answer":"given"}"#).is_ok());
        assert!(parse(r#"{"answer":"extended","reason":null}"#).is_ok());
        assert!(parse(r#"{"answer":"refused","reason":"not_entitled"}"#).is_ok());
        for wrong in [
            r#"{"answer":"refused"}"#,
            r#"{"answer":"given","reason":"unfounded"}"#,
            r#"{"answer":"extended","reason":"unfounded"}"#,
            r#"{"answer":"refused","reason":"because"}"#,
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_request_names_a_right_and_nothing_else() {
        let parse = |text: &str| RightsRequestSubmission::parse(text.as_bytes());
        assert_eq!(
            parse(r#"{"code":"7KQ4","right":"access"}"#).unwrap().right,
            Right::Access
        );
        assert!(parse(r#"{"code":"7KQ4","right":"everything"}"#).is_err());
        assert!(parse(r#"{"code":"7KQ4","right":"access","bsn":"123456782"}"#).is_err());
    }
}
