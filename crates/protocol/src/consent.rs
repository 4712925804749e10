//! Consent: how it is asked, and the signed record of it.

pub mod receipt;
pub mod record;

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::{Body, FieldErrorCode, Object, deserialize_as_body};
use crate::id::{Id, KeyId, OrganisationId};
use crate::signal::ProfessionalReference;
use crate::text::{self, Base64Url};

pub use record::{
    About, Assurance, ConsentSigner, ConsentVerifier, Method, Name, NotCovered, Record, RecordError, Terms,
};

/// Body of `POST /v1/matches/{id}/consent-requests` and `POST /v1/signals/{id}/consent-requests`. Asks no birth date and no
/// name; what it does say is wiped when the request ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConsentRequestSubmission {
    /// How old the child is today.
    pub age_band: AgeBand,
    /// How many guardians (persons with parental authority) the child has.
    #[schema(minimum = 0, maximum = 4, example = 2)]
    pub guardians: u8,
    /// The child's 12th or 16th birthday, when it falls within the life of the request; null otherwise.
    #[schema(example = "2027-03-01")]
    pub next_boundary_on: Option<Date>,
    /// The language of the letter.
    pub language: Language,
    /// Whether one guardian signs and declares that the others agree; only where the covenant allows it. Absent: no.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schema(default = false)]
    pub one_guardian_declares: bool,
}

deserialize_as_body!(ConsentRequestSubmission);

impl Body for ConsentRequestSubmission {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let age_band = object.text("ageBand", |text| match text {
            "under12" => Ok(AgeBand::Under12),
            "from12to15" => Ok(AgeBand::From12To15),
            "from16" => Ok(AgeBand::From16),
            _ => Err(FieldErrorCode::InvalidFormat),
        });
        let guardians: Option<u8> = object.whole("guardians", 0..=4);
        let next_boundary_on = object.optional_text("nextBoundaryOn", |text| {
            text::date(text).map_err(|_| FieldErrorCode::InvalidFormat)
        });
        let language = object.text("language", |text| {
            Language::from_code(text).ok_or(FieldErrorCode::InvalidFormat)
        });
        let guardians = guardians.filter(|count| {
            // Below 16 nobody could sign for a child without a guardian: such a request waits for ever.
            let enough = *count > 0 || matches!(age_band, None | Some(AgeBand::From16));
            if !enough {
                object.fault("guardians", FieldErrorCode::OutOfRange);
            }
            enough
        });
        let one_guardian_declares = object.optional("oneGuardianDeclares", |object| {
            object.boolean("oneGuardianDeclares")
        });
        Some(Self {
            age_band: age_band?,
            guardians: guardians?,
            next_boundary_on: next_boundary_on?,
            language: language?,
            one_guardian_declares: one_guardian_declares?.unwrap_or_default(),
        })
    }
}

/// Age bands that decide who must sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum AgeBand {
    /// Under 12: all guardians.
    #[serde(rename = "under12")]
    Under12,
    /// 12 to 15: all guardians and the young person.
    #[serde(rename = "from12to15")]
    From12To15,
    /// From 16: the young person alone.
    #[serde(rename = "from16")]
    From16,
}

/// Languages of letters and pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Dutch.
    Nl,
    /// English.
    En,
    /// Turkish.
    Tr,
    /// Arabic.
    Ar,
    /// Polish.
    Pl,
    /// Ukrainian.
    Uk,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Nl, Self::En, Self::Tr, Self::Ar, Self::Pl, Self::Uk];

    /// Its code (ISO 639-1).
    pub const fn code(self) -> &'static str {
        match self {
            Self::Nl => "nl",
            Self::En => "en",
            Self::Tr => "tr",
            Self::Ar => "ar",
            Self::Pl => "pl",
            Self::Uk => "uk",
        }
    }

    /// The one with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }
}

/// A consent request, as a party sees it: never who decided what, or when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConsentRequest {
    /// Its id.
    pub id: Id,
    /// Where it stands.
    pub state: ConsentState,
    /// What consent is asked for.
    pub purpose: ConsentPurpose,
    /// When it was asked.
    pub requested_at: Timestamp,
    /// When the last who must sign gave it.
    pub given_at: Option<Timestamp>,
    /// Until when it stands.
    pub valid_until: Option<Timestamp>,
    /// Between which organisations.
    pub parties: Vec<OrganisationId>,
    /// The request that took its place when the child became 12 or 16.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub superseded_by: Option<Id>,
    /// The signed record, once given.
    pub record: Option<SignedRecord>,
    /// One per signatory, only in the answer to the request itself: the codes are shown once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub invitations: Vec<Invitation>,
}

/// Where a consent request stands. More states may be added; treat one you do not know as "not given".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConsentState {
    /// Not everyone who must has decided; whether some have, is not told.
    Requested,
    /// Everyone who must gave it.
    Given,
    /// Withdrawn by one of them.
    Withdrawn,
    /// Its time is over.
    Expired,
    /// A larger one took its place.
    Replaced,
    /// Refused by one of them.
    Refused,
    /// The child became 12 or 16 before everyone had decided; `supersededBy` asks by the rule of that age.
    SupersededByAge,
}

/// What consent is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ConsentPurpose {
    /// Exchange between named parties of one match.
    Exchange,
    /// One signal, in a covenant that asks first.
    Signal,
}

/// The consent record and the portal's signature under it. Check it before relying on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignedRecord {
    /// The record as canonical JSON (RFC 8785), byte for byte as it was signed.
    pub document: String,
    /// SHA-256 of the document.
    pub hash: Base64Url<32>,
    /// Ed25519 signature of the document.
    pub signature: Base64Url<64>,
    /// Which key signed.
    pub key_id: KeyId,
}

/// What a signatory gets in a letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Invitation {
    /// For whom.
    pub signatory: Signatory,
    /// Which of them, from 1.
    #[schema(minimum = 1, example = 1)]
    pub number: u8,
    /// Opens only what it was issued for.
    pub code: InvitationCode,
    /// From when it can be used, when that is later than now: the young person must sign too from the 12th birthday on, if
    /// not everyone has decided by then. Send the letter on that day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Timestamp>,
    /// Until when it can be used.
    pub valid_until: Timestamp,
}

/// Who signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Signatory {
    /// A person with parental authority, or legal representative.
    Guardian,
    /// The young person, from 12.
    YoungPerson,
}

/// The code of a letter. Whoever has it can decide: `Debug` shows nothing.
#[derive(
    Clone, PartialEq, Eq, Serialize, Deserialize, zeroize::Zeroize, zeroize::ZeroizeOnDrop, ToSchema,
)]
#[serde(transparent)]
#[schema(example = "7KQ4-XM2P-9TRC-HV6D")]
pub struct InvitationCode(String);

impl InvitationCode {
    /// Takes a code as it is printed in the letter.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// Shows the code to the code that prints it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for InvitationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[not shown]")
    }
}

/// Body of `POST .../consent-requests/{request_id}/attestations`: what a signatory said or wrote to a professional, who
/// records it. Only where the covenants of all parties allow it. The record says that it was attested; the signatory sees it
/// in the portal and can take it back there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AttestationSubmission {
    /// Who decided.
    pub signatory: Signatory,
    /// Which of them, from 1, as in the invitations.
    #[schema(minimum = 1, maximum = 4, example = 1)]
    pub number: u8,
    /// In which form.
    pub form: AttestedForm,
    /// On which day; not before the request, not in the future.
    #[schema(example = "2027-03-15")]
    pub on: Date,
    /// What was decided.
    pub decision: AttestedDecision,
    /// The professional who was told.
    pub by: ProfessionalReference,
}

deserialize_as_body!(AttestationSubmission);

impl Body for AttestationSubmission {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let signatory = object.text("signatory", |text| match text {
            "guardian" => Ok(Signatory::Guardian),
            "youngPerson" => Ok(Signatory::YoungPerson),
            _ => Err(FieldErrorCode::InvalidFormat),
        });
        let number = object.whole("number", 1..=4);
        let form = object.text("form", |text| match text {
            "oral" => Ok(AttestedForm::Oral),
            "written" => Ok(AttestedForm::Written),
            _ => Err(FieldErrorCode::InvalidFormat),
        });
        let on = object.text("on", |text| {
            text::date(text).map_err(|_| FieldErrorCode::InvalidFormat)
        });
        let decision = object.text("decision", |text| match text {
            "agreed" => Ok(AttestedDecision::Agreed),
            "refused" => Ok(AttestedDecision::Refused),
            "withdrawn" => Ok(AttestedDecision::Withdrawn),
            _ => Err(FieldErrorCode::InvalidFormat),
        });
        let by = object.human("by");
        Some(Self {
            signatory: signatory?,
            number: number?,
            form: form?,
            on: on?,
            decision: decision?,
            by: by?,
        })
    }
}

/// What was recorded. It does not say what came of it: read the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Attestation {
    /// The request.
    pub consent_request: Id,
    /// Who decided.
    pub signatory: Signatory,
    /// Which of them.
    pub number: u8,
    /// In which form.
    pub form: AttestedForm,
    /// On which day.
    pub on: Date,
    /// What was decided.
    pub decision: AttestedDecision,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

/// In which form a professional was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum AttestedForm {
    /// By word of mouth.
    Oral,
    /// On paper, which the organisation keeps.
    Written,
}

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum AttestedDecision {
    /// Yes.
    Agreed,
    /// No; also a yes that is taken back before the others decided.
    Refused,
    /// What was given is taken back.
    Withdrawn,
}

/// The answer of `GET /v1/consent-keys`: the portal's keys, old ones too, to check records with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConsentKeys {
    /// The network whose portal they are of; each record names it.
    pub network: Name,
    /// The keys.
    pub keys: Vec<ConsentKey>,
    /// Where the portal says whether a consent stands: ask there with `POST`, without a token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = "uri", example = "https://toestemming.example/v1/consent-status")]
    pub status_url: Option<String>,
}

/// A key that signs consent records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConsentKey {
    /// Its id, made from the key.
    pub key_id: KeyId,
    /// The raw Ed25519 public key.
    pub public_key: Base64Url<32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<ConsentRequestSubmission, crate::Refused> {
        ConsentRequestSubmission::parse(text.as_bytes())
    }

    #[test]
    fn a_request_asks_no_birth_date() {
        let good = r#"{"ageBand":"from12to15","guardians":2,"nextBoundaryOn":null,"language":"nl"}"#;
        let request = parse(good).unwrap();
        assert_eq!(serde_json::to_string(&request).unwrap(), good);
        assert!(parse(&good.replace("\"language\"", "\"birthDate\":\"2012-01-01\",\"language\"")).is_err());
    }

    #[test]
    fn a_letter_has_one_of_six_languages() {
        let written = |code: &str| {
            format!(r#"{{"ageBand":"under12","guardians":1,"nextBoundaryOn":null,"language":"{code}"}}"#)
        };
        for language in Language::ALL {
            let request = parse(&written(language.code())).unwrap();
            assert_eq!(request.language, language);
            assert_eq!(serde_json::to_string(&request).unwrap(), written(language.code()));
        }
        for unknown in ["de", "NL", "nl-NL", ""] {
            assert!(parse(&written(unknown)).is_err(), "{unknown}");
        }
    }

    #[test]
    fn somebody_must_be_able_to_sign() {
        let body = |band: &str, guardians: u8| {
            parse(&format!(
                r#"{{"ageBand":"{band}","guardians":{guardians},"language":"nl"}}"#
            ))
        };
        assert!(body("under12", 0).is_err());
        assert!(body("from12to15", 0).is_err());
        assert!(body("from16", 0).is_ok());
        assert!(body("under12", 5).is_err());
    }

    #[test]
    fn one_guardian_declares_only_when_it_is_said() {
        let said = r#"{"ageBand":"under12","guardians":2,"nextBoundaryOn":null,"language":"nl","oneGuardianDeclares":true}"#;
        let request = parse(said).unwrap();
        assert!(request.one_guardian_declares);
        assert_eq!(serde_json::to_string(&request).unwrap(), said);
        let unsaid = parse(&said.replace(",\"oneGuardianDeclares\":true", "")).unwrap();
        assert!(!unsaid.one_guardian_declares);
        assert!(parse(&said.replace("true", "1")).is_err());
    }

    #[test]
    fn what_was_said_is_recorded_whole() {
        let good = r#"{"signatory":"youngPerson","number":1,"form":"oral","on":"2027-03-15","decision":"withdrawn","by":"sb-12"}"#;
        let read = AttestationSubmission::parse(good.as_bytes()).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), good);
        for bad in [
            good.replace("oral", "sms"),
            good.replace("\"number\":1", "\"number\":0"),
            good.replace("withdrawn", "given"),
            good.replace("2027-03-15", "2027-02-30"),
            good.replace("\"by\":\"sb-12\"", "\"why\":\"x\""),
        ] {
            assert!(AttestationSubmission::parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_code_prints_nothing() {
        assert_eq!(format!("{:?}", InvitationCode::new("7KQ4".into())), "[not shown]");
    }
}
