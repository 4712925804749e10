//! Objections: the family says that one signal should not be there; the municipality decides.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::{Body, FieldErrorCode, Object, deserialize_as_body};
use crate::consent::{InvitationCode, Signatory};
use crate::id::{Id, OrganisationId};

/// Longer than any spelling of a code, in bytes.
pub(crate) const LONGEST_CODE: usize = 64;

/// Body of `POST /v1/objections`: at the municipality's desk, with the letter of somebody whose identity was established
/// there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ObjectionSubmission {
    /// The code of the letter, in any spelling.
    pub code: InvitationCode,
    /// Which signal; null when the letter opens only one.
    pub signal: Option<Id>,
}

deserialize_as_body!(ObjectionSubmission);

impl Body for ObjectionSubmission {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let code = code(object);
        let signal = object.optional_value("signal");
        Some(Self {
            code: code?,
            signal: signal?,
        })
    }
}

/// A code as somebody typed it. What cannot be one opens nothing, like one that is wrong: both are answered alike.
pub(crate) fn code(object: &mut Object<'_>) -> Option<InvitationCode> {
    object.text("code", |text| {
        if text.is_empty() || text.len() > LONGEST_CODE {
            return Err(FieldErrorCode::InvalidFormat);
        }
        Ok(InvitationCode::new(text.to_owned()))
    })
}

/// Reads a closed list of words.
pub(crate) fn word<T: Copy>(
    object: &mut Object<'_>,
    name: &'static str,
    words: &'static [(&'static str, T)],
) -> Option<T> {
    object.text(name, |text| {
        let found = words.iter().find(|(word, _)| *word == text);
        found
            .map(|(_, value)| *value)
            .ok_or(FieldErrorCode::InvalidFormat)
    })
}

/// An objection, as the municipality that is responsible sees it. It names no child and nobody of the family.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Objection {
    /// Its id.
    pub id: Id,
    /// Where it stands.
    pub state: ObjectionState,
    /// The organisation that gave the signal; null when it is one that whoever objected may not be told of.
    pub organisation: Option<ReportingOrganisation>,
    /// The municipality that decides.
    #[schema(example = "gemeente Voorbeeldstad")]
    pub municipality: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// In which capacity.
    pub made_by: Signatory,
    /// How it came in.
    pub route: Route,
    /// Until when the organisation advises.
    pub advice_due: Timestamp,
    /// Its advice.
    pub advice: Option<Advice>,
    /// When it advised.
    pub advised_at: Option<Timestamp>,
    /// Until when the municipality decides.
    pub decision_due: Timestamp,
    /// What asks for attention.
    pub attention: Attention,
    /// When it was decided, taken back, or had lapsed when it was read.
    pub decided_at: Option<Timestamp>,
    /// Why it was decided so.
    pub reasons: Vec<ObjectionReason>,
    /// After a rejection: the last day on which the family may go on.
    #[schema(example = "2027-04-23")]
    pub appeal_by: Option<Date>,
}

/// What asks for the municipality's attention. Nothing is decided by the passing of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Attention {
    /// The advice is late; deciding is possible without it.
    pub advice_late: bool,
    /// The term to decide ends within a week, or has ended.
    pub decide_soon: bool,
    /// The decision is late.
    pub decision_late: bool,
}

/// The organisation whose signal it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportingOrganisation {
    /// Its id.
    pub id: OrganisationId,
    /// Its name.
    #[schema(example = "Basisschool Zonnewijzer")]
    pub name: String,
}

/// Where an objection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ObjectionState {
    /// Made; to be decided.
    Open,
    /// The signal is destroyed.
    Upheld,
    /// The signal stays.
    Rejected,
    /// Taken back.
    Withdrawn,
    /// The signal was destroyed for another reason first.
    Lapsed,
}

/// How a request of the family came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// By the family itself.
    Portal,
    /// At the municipality's desk.
    Assisted,
}

/// What the reporting organisation advises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Advice {
    /// The signal should end.
    EndSignal,
    /// The signal should stay.
    KeepSignal,
    /// It leaves the decision to the municipality.
    NoAdvice,
}

/// Why an objection was decided as it was. The full motivation is the municipality's letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ObjectionReason {
    /// Upheld: there was no ground for the signal.
    NoGround,
    /// Upheld: the ground is gone.
    GroundGone,
    /// Upheld: the family was not informed, or too late.
    NotInformed,
    /// Upheld: the family's interests weigh more.
    FamilyInterests,
    /// Rejected: the ground stands.
    GroundStands,
    /// Rejected: the child's interest in being seen weighs more.
    ChildInterests,
    /// Rejected: whoever objected may not do so for this child.
    NotEntitled,
    /// Rejected: it was decided before and nothing has changed.
    Repeated,
}

const REASONS: &[(&str, ObjectionReason)] = &[
    ("no_ground", ObjectionReason::NoGround),
    ("ground_gone", ObjectionReason::GroundGone),
    ("not_informed", ObjectionReason::NotInformed),
    ("family_interests", ObjectionReason::FamilyInterests),
    ("ground_stands", ObjectionReason::GroundStands),
    ("child_interests", ObjectionReason::ChildInterests),
    ("not_entitled", ObjectionReason::NotEntitled),
    ("repeated", ObjectionReason::Repeated),
];

impl std::str::FromStr for ObjectionReason {
    type Err = crate::Invalid;

    fn from_str(text: &str) -> Result<Self, crate::Invalid> {
        let found = REASONS.iter().find(|(word, _)| *word == text);
        found
            .map(|(_, reason)| *reason)
            .ok_or(crate::Invalid { what: "reason" })
    }
}

/// Body of `POST /v1/objections/{id}/decisions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ObjectionDecisionSubmission {
    /// How it is decided.
    pub outcome: ObjectionOutcome,
    /// Why: one or more, each fitting the outcome.
    #[schema(min_items = 1, max_items = 4)]
    pub reasons: Vec<ObjectionReason>,
}

deserialize_as_body!(ObjectionDecisionSubmission);

impl Body for ObjectionDecisionSubmission {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let outcome = word(
            object,
            "outcome",
            &[
                ("upheld", ObjectionOutcome::Upheld),
                ("rejected", ObjectionOutcome::Rejected),
            ],
        );
        let reasons = object.values("reasons", 1..=4);
        Some(Self {
            outcome: outcome?,
            reasons: reasons?,
        })
    }
}

/// How an objection is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ObjectionOutcome {
    /// For the family: the signal is destroyed, and nothing of it goes to the archive.
    Upheld,
    /// Against the family.
    Rejected,
}

/// Body of `POST /v1/objections/{id}/advices`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ObjectionAdviceSubmission {
    /// What the organisation advises.
    pub advice: Advice,
}

deserialize_as_body!(ObjectionAdviceSubmission);

impl Body for ObjectionAdviceSubmission {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let advice = word(
            object,
            "advice",
            &[
                ("end_signal", Advice::EndSignal),
                ("keep_signal", Advice::KeepSignal),
                ("no_advice", Advice::NoAdvice),
            ],
        );
        Some(Self { advice: advice? })
    }
}

/// That your advice is asked about an objection to a signal of yours. It says nothing of who objected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObjectionAdvice {
    /// The objection.
    pub objection: Id,
    /// Your signal; null once it is destroyed.
    pub signal: Option<Id>,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// Until when. Later advice is taken as long as nothing was decided.
    pub due: Timestamp,
    /// Whether it is late.
    pub late: bool,
    /// What you advised.
    pub advice: Option<Advice>,
    /// When.
    pub advised_at: Option<Timestamp>,
    /// What became of the objection.
    pub state: ObjectionState,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_a_code_is_read_like_one_that_is_wrong() {
        let parse = |text: &str| ObjectionSubmission::parse(text.as_bytes());
        let sent = parse(r#"{"code":"nonsense"}"#).unwrap();
        assert_eq!(sent.signal, None);
        assert_eq!(sent.code.expose(), "nonsense");
        assert!(parse(r#"{"code":""}"#).is_err());
        assert!(parse(&format!(r#"{{"code":"{}"}}"#, "A".repeat(65))).is_err());
        assert!(parse(r#"{"code":"7KQ4","remark":"x"}"#).is_err());
    }

    #[test]
    fn a_decision_has_words_of_the_list_and_no_text() {
        let parse = |text: &str| ObjectionDecisionSubmission::parse(text.as_bytes());
        assert!(parse(r#"{"outcome":"upheld","reasons":["no_ground","not_informed"]}"#).is_ok());
        for wrong in [
            r#"{"outcome":"upheld","reasons":[]}"#,
            r#"{"outcome":"upheld","reasons":["because"]}"#,
            r#"{"outcome":"perhaps","reasons":["no_ground"]}"#,
            r#"{"outcome":"upheld"}"#,
            r#"{"outcome":"upheld","reasons":["no_ground"],"text":"Vader belde."}"#,
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn each_reason_is_read_as_it_is_written() {
        for (word, reason) in REASONS {
            assert_eq!(serde_json::to_value(reason).unwrap(), *word);
            assert_eq!(word.parse(), Ok(*reason));
        }
    }
}
