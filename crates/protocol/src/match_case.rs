//! A match: one case per child, seen by its parties.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::{Body, FieldErrorCode, Object, deserialize_as_body};
use crate::id::{Id, OrganisationId};
use crate::sealed_message::KeyFingerprint;
use crate::signal::{Contact, ProfessionalReference};
use crate::text::Base64Url;

/// A match, as one of its parties sees it. It names no child.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Match {
    /// Its id; the same for every party.
    pub id: Id,
    /// Where it stands.
    pub state: MatchState,
    /// When it became visible.
    pub opened_at: Timestamp,
    /// Until when the parties have to confirm contact; null when nothing is due any more.
    pub contact_deadline: Option<Timestamp>,
    /// When and how it ended; null while it is open.
    pub closing: Option<Closing>,
    /// Everyone in it, you among them.
    pub parties: Vec<Party>,
    /// Whether messages can pass.
    pub exchange: Exchange,
    /// Where to turn when a child is in danger. Nothing here is needed for that, and no consent.
    pub safeguarding: Safeguarding,
}

/// Where a match stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MatchState {
    /// Parties have yet to confirm contact.
    Open,
    /// Every revealed party with an active signal confirmed contact.
    ContactConfirmed,
    /// Fewer than two signals remain, or the lead closed it.
    Closed,
}

/// A party to a match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Party {
    /// Which organisation; null while the covenant keeps it hidden.
    pub organisation: Option<Organisation>,
    /// Whether this is the caller.
    pub you: bool,
    /// How to reach the professional; null while the covenant keeps it hidden.
    pub contact: Option<Contact>,
    /// Whether this party confirmed contact.
    pub contact_confirmed: bool,
    /// Whether this party coordinates the match. False while the covenant keeps it hidden.
    pub lead: bool,
    /// Whether this party was asked to coordinate and has not answered. False while the covenant keeps it hidden.
    pub lead_proposed: bool,
    /// Whether, at this moment, a consent covers you and this party. False for yourself.
    pub exchange_open: bool,
    /// The X25519 key to seal messages to: the newest of this party that counts. Null when hidden or not registered.
    pub sealing_key: Option<Base64Url<32>>,
    /// What both sides read to each other by telephone to compare that key; null where there is none.
    pub sealing_key_fingerprint: Option<KeyFingerprint>,
}

/// An organisation as others see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Organisation {
    /// Its id.
    pub id: OrganisationId,
    /// Its name.
    #[schema(example = "Basisschool De Wilg")]
    pub name: String,
    /// Its sector.
    pub sector: Sector,
}

/// What an organisation is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Sector {
    /// Youth help.
    YouthHelp,
    /// Youth health care.
    YouthHealthCare,
    /// Health care.
    HealthCare,
    /// Education.
    Education,
    /// Childcare.
    Childcare,
    /// Social support.
    SocialSupport,
    /// Work and income.
    WorkAndIncome,
    /// Police and justice.
    PoliceAndJustice,
}

/// Whether messages can pass between the caller and another party, at this moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Exchange {
    /// True when a consent that stands covers the caller and at least one other party.
    pub open: bool,
    /// Why it is closed; null when open.
    pub closed_because: Option<ClosedBecause>,
    /// When consent was withdrawn, if it was.
    pub withdrawn_at: Option<Timestamp>,
    /// The consent request that matters now: the one that stands, else the latest; null when nobody asked.
    pub consent_request: Option<Id>,
}

/// Why exchange is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ClosedBecause {
    /// Nobody asked, or not everyone who must has given it.
    ConsentMissing,
    /// The family withdrew it.
    ConsentWithdrawn,
    /// Its time is over.
    ConsentExpired,
    /// Consent stands, and the signal of one of both is paused because the family was not told of it.
    SignalPaused,
    /// One of both has no active signal any more.
    SignalEnded,
    /// The lead closed the match.
    MatchClosed,
}

/// The end of a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Closing {
    /// When it ended.
    pub closed_at: Timestamp,
    /// What came of it; null when it was over before you were in it.
    pub outcome: Option<Outcome>,
}

/// What came of a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The parties agreed who does what.
    TunedIn,
    /// The parties knew of each other before.
    AlreadyKnown,
    /// They did not reach each other.
    NoContact,
    /// The family did not allow exchange.
    ConsentRefused,
    /// The route for safeguarding was taken. A second person approves it.
    HandedToSafeguarding,
    /// Fewer than two signals were left. Never said by a lead.
    SignalsEnded,
}

/// Where to turn when a child is in danger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Safeguarding {
    /// Name of the advice and reporting centre.
    #[schema(example = "Veilig Thuis")]
    pub name: String,
    /// Its telephone number, as people dial it.
    #[schema(example = "0800-2000")]
    pub phone: String,
    /// When it answers.
    #[schema(example = "24/7")]
    pub available: String,
}

impl Safeguarding {
    /// Veilig Thuis, the Dutch advice and reporting centre on domestic violence and child abuse.
    pub fn veilig_thuis() -> Self {
        Self {
            name: "Veilig Thuis".into(),
            phone: "0800-2000".into(),
            available: "24/7".into(),
        }
    }
}

/// Body of `POST /v1/matches/{id}/contact-confirmations`: an empty object.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactConfirmationSubmission {}

deserialize_as_body!(ContactConfirmationSubmission);

impl Body for ContactConfirmationSubmission {
    fn read(_: &mut Object<'_>) -> Option<Self> {
        Some(Self {})
    }
}

/// The answer to a confirmation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContactConfirmation {
    /// Where the match stands after it.
    pub match_state: MatchState,
    /// When this party confirmed.
    pub confirmed_at: Timestamp,
}

/// Body of `POST /v1/matches/{id}/lead-proposals`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LeadProposalSubmission {
    /// The party that is asked to coordinate; one whose name you are shown.
    pub organisation: OrganisationId,
}

deserialize_as_body!(LeadProposalSubmission);

impl Body for LeadProposalSubmission {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        Some(Self {
            organisation: object.value("organisation")?,
        })
    }
}

/// A proposal that waits for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LeadProposal {
    /// The party that is asked.
    pub organisation: OrganisationId,
    /// Since when.
    pub proposed_at: Timestamp,
}

/// Body of `POST /v1/matches/{id}/lead-answers`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LeadAnswerSubmission {
    /// Your answer to the proposal that waits for it.
    pub answer: LeadAnswer,
}

/// An answer to being asked to coordinate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum LeadAnswer {
    /// You coordinate from now on.
    Accepted,
    /// You do not; whoever was lead stays so.
    Declined,
}

deserialize_as_body!(LeadAnswerSubmission);

impl Body for LeadAnswerSubmission {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let answer = object.text("answer", |text| match text {
            "accepted" => Ok(LeadAnswer::Accepted),
            "declined" => Ok(LeadAnswer::Declined),
            _ => Err(FieldErrorCode::InvalidFormat),
        });
        Some(Self { answer: answer? })
    }
}

/// The answer that was noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LeadAnswered {
    /// What you answered.
    pub answer: LeadAnswer,
    /// When.
    pub answered_at: Timestamp,
}

/// Body of `POST /v1/matches/{id}/closings`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClosingSubmission {
    /// What came of the match; not `signals_ended`.
    pub outcome: Outcome,
    /// With `handed_to_safeguarding`, and only then: the reference of the second person who approved it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<ProfessionalReference>,
}

deserialize_as_body!(ClosingSubmission);

impl Body for ClosingSubmission {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let outcome = object.text("outcome", |text| match text {
            "tuned_in" => Ok(Outcome::TunedIn),
            "already_known" => Ok(Outcome::AlreadyKnown),
            "no_contact" => Ok(Outcome::NoContact),
            "consent_refused" => Ok(Outcome::ConsentRefused),
            "handed_to_safeguarding" => Ok(Outcome::HandedToSafeguarding),
            "signals_ended" => Err(FieldErrorCode::NotAllowed),
            _ => Err(FieldErrorCode::InvalidFormat),
        });
        let approved_by: Option<Option<ProfessionalReference>> = object.optional_human("approvedBy");
        match (outcome, &approved_by) {
            (Some(Outcome::HandedToSafeguarding), Some(None)) => {
                object.fault("approvedBy", FieldErrorCode::Required);
            }
            (Some(Outcome::HandedToSafeguarding) | None, _) | (_, Some(None) | None) => {}
            // A reference that nobody needs is not taken.
            (_, Some(Some(_))) => {
                object.fault("approvedBy", FieldErrorCode::NotAllowed);
            }
        }
        Some(Self {
            outcome: outcome?,
            approved_by: approved_by?,
        })
    }
}

/// Body of `POST /v1/matches/{id}/relocations`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RelocationSubmission {
    /// The municipality that answers for the match from now on.
    pub municipality: OrganisationId,
}

deserialize_as_body!(RelocationSubmission);

impl Body for RelocationSubmission {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        Some(Self {
            municipality: object.value("municipality")?,
        })
    }
}

/// Who answers for a match from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Relocation {
    /// The municipality.
    pub municipality: OrganisationId,
    /// Its name.
    #[schema(example = "gemeente Overdam")]
    pub name: String,
    /// Since when.
    pub relocated_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lead_says_what_came_of_it_and_never_that_signals_ended() {
        let read = |json: &str| ClosingSubmission::parse(json.as_bytes());
        assert_eq!(
            read(r#"{"outcome":"handed_to_safeguarding","approvedBy":"p-2"}"#).unwrap(),
            ClosingSubmission {
                outcome: Outcome::HandedToSafeguarding,
                approved_by: Some("p-2".parse().unwrap()),
            }
        );
        assert_eq!(read(r#"{"outcome":"tuned_in"}"#).unwrap().approved_by, None);
        for (json, pointer, code) in [
            (
                r#"{"outcome":"signals_ended"}"#,
                "/outcome",
                FieldErrorCode::NotAllowed,
            ),
            (r#"{"outcome":"done"}"#, "/outcome", FieldErrorCode::InvalidFormat),
            (
                r#"{"outcome":"handed_to_safeguarding"}"#,
                "/approvedBy",
                FieldErrorCode::Required,
            ),
            (
                r#"{"outcome":"tuned_in","approvedBy":"p-2"}"#,
                "/approvedBy",
                FieldErrorCode::NotAllowed,
            ),
            (
                r#"{"outcome":"tuned_in","remark":"x"}"#,
                "",
                FieldErrorCode::UnknownMember,
            ),
            (
                r#"{"outcome":"handed_to_safeguarding","approvedBy":"111222333"}"#,
                "/approvedBy",
                FieldErrorCode::RawIdentifier,
            ),
        ] {
            let refused = read(json).unwrap_err();
            assert_eq!(refused.errors.len(), 1, "{json}");
            assert_eq!(
                (refused.errors[0].pointer.as_str(), refused.errors[0].code),
                (pointer, code),
                "{json}"
            );
        }
    }

    #[test]
    fn an_answer_is_a_word_and_a_party_an_id() {
        let answer = LeadAnswerSubmission::parse(br#"{"answer":"declined"}"#).unwrap();
        assert_eq!(answer.answer, LeadAnswer::Declined);
        assert!(LeadAnswerSubmission::parse(br#"{"answer":"maybe"}"#).is_err());
        assert!(LeadProposalSubmission::parse(br#"{"organisation":"the school"}"#).is_err());
        assert!(RelocationSubmission::parse(br#"{"municipality":null}"#).is_err());
    }
}
