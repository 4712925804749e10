//! What a municipality does at its desk with the letter of somebody whose identity it established: give them another code, take
//! away what they have, write down what they decide.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::{Body, FieldErrorCode, Object, deserialize_as_body};
use crate::consent::{AttestedDecision, AttestedForm, InvitationCode, Language, Signatory};
use crate::id::Id;
use crate::objection::{LONGEST_CODE, code, word};
use crate::signal::ProfessionalReference;

/// Body of `POST /v1/letter-replacements` and `POST /v1/letter-revocations`: whose letter it is. Either by what they still
/// have of it, or by what it is about and for whom it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({ "code": "7KQ4-XM2P-9TRC-HV6D" }))]
pub struct LetterReference {
    /// The code of the letter, used or not, or the return key, in any spelling; null when both are lost.
    pub code: Option<InvitationCode>,
    /// Without a code: the request for consent that the letter is about.
    pub consent_request: Option<Id>,
    /// Without a code: or the signal.
    pub signal: Option<Id>,
    /// Without a code: for whom the letter was.
    pub signatory: Option<Signatory>,
    /// Without a code: which of them, from 1.
    #[schema(minimum = 1, maximum = 4, example = 1)]
    pub number: Option<u8>,
}

/// What a [`LetterReference`] says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NamedLetter {
    /// The letter with this code, or what it was exchanged for.
    Code(InvitationCode),
    /// The letter to one person about one thing.
    About {
        /// What it is about.
        about: LetterAbout,
        /// For whom.
        signatory: Signatory,
        /// Which of them.
        number: u8,
    },
}

/// What a letter is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetterAbout {
    /// A request for consent.
    ConsentRequest(Id),
    /// A signal.
    Signal(Id),
}

deserialize_as_body!(LetterReference);

impl Body for LetterReference {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let code = object.optional_text("code", |text| {
            if text.is_empty() || text.len() > LONGEST_CODE {
                return Err(FieldErrorCode::InvalidFormat);
            }
            Ok(InvitationCode::new(text.to_owned()))
        });
        let consent_request = object.optional_value("consentRequest");
        let signal = object.optional_value("signal");
        let signatory = object.optional_text("signatory", |text| match text {
            "guardian" => Ok(Signatory::Guardian),
            "youngPerson" => Ok(Signatory::YoungPerson),
            _ => Err(FieldErrorCode::InvalidFormat),
        });
        let number = object.optional("number", |object| object.whole("number", 1..=4));
        let read = Self {
            code: code?,
            consent_request: consent_request?,
            signal: signal?,
            signatory: signatory?,
            number: number?,
        };
        match read.missing_or_too_much() {
            None => Some(read),
            Some((field, fault)) => {
                object.fault(field, fault);
                None
            }
        }
    }
}

impl LetterReference {
    /// Which letter is meant.
    pub fn named(&self) -> Option<NamedLetter> {
        let about = match (self.consent_request, self.signal) {
            (Some(id), None) => Some(LetterAbout::ConsentRequest(id)),
            (None, Some(id)) => Some(LetterAbout::Signal(id)),
            _ => None,
        };
        match (&self.code, about, self.signatory, self.number) {
            (Some(code), None, None, None) => Some(NamedLetter::Code(code.clone())),
            (None, Some(about), Some(signatory), Some(number)) => Some(NamedLetter::About {
                about,
                signatory,
                number,
            }),
            _ => None,
        }
    }

    fn missing_or_too_much(&self) -> Option<(&'static str, FieldErrorCode)> {
        use FieldErrorCode::{NotAllowed, Required};
        if self.code.is_some() {
            return [
                ("consentRequest", self.consent_request.is_some()),
                ("signal", self.signal.is_some()),
                ("signatory", self.signatory.is_some()),
                ("number", self.number.is_some()),
            ]
            .into_iter()
            .find_map(|(field, is_there)| is_there.then_some((field, NotAllowed)));
        }
        if self.consent_request.is_some() && self.signal.is_some() {
            return Some(("signal", NotAllowed));
        }
        if self.consent_request.is_none() && self.signal.is_none() {
            return Some(("code", Required));
        }
        [
            ("signatory", self.signatory.is_none()),
            ("number", self.number.is_none()),
        ]
        .into_iter()
        .find_map(|(field, is_missing)| is_missing.then_some((field, Required)))
    }
}

/// A letter that took the place of another. The code is shown this once; the old one opens nothing any more, nor does the
/// return key that it was exchanged for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LetterReplacement {
    /// The request for consent that it is about; null when it is about a signal.
    pub consent_request: Option<Id>,
    /// The signal that it is about; null when it is about a request.
    pub signal: Option<Id>,
    /// For whom.
    pub signatory: Signatory,
    /// Which of them, from 1.
    pub number: u8,
    /// The new code.
    pub code: InvitationCode,
    /// Until when it can be exchanged.
    pub valid_until: Timestamp,
}

/// A letter that opens nothing any more, to nobody; nor does the return key that it was exchanged for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LetterRevocation {
    /// The request for consent that it was about; null when it was about a signal.
    pub consent_request: Option<Id>,
    /// The signal that it was about; null when it was about a request.
    pub signal: Option<Id>,
    /// For whom.
    pub signatory: Signatory,
    /// Which of them, from 1.
    pub number: u8,
    /// Since when.
    pub revoked_at: Timestamp,
}

/// Body of `POST /v1/assisted-decisions`: what somebody decided at the municipality's desk, where their identity was
/// established and the text was read to them or by them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AssistedDecisionSubmission {
    /// The code of the letter, used or not, or the return key, in any spelling.
    pub code: InvitationCode,
    /// What was decided.
    pub decision: AttestedDecision,
    /// In which form.
    pub form: AttestedForm,
    /// In which language the text was read.
    pub language: Language,
    /// The official who established the identity.
    pub by: ProfessionalReference,
}

deserialize_as_body!(AssistedDecisionSubmission);

impl Body for AssistedDecisionSubmission {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let code = code(object);
        let decision = word(
            object,
            "decision",
            &[
                ("agreed", AttestedDecision::Agreed),
                ("refused", AttestedDecision::Refused),
                ("withdrawn", AttestedDecision::Withdrawn),
            ],
        );
        let form = word(
            object,
            "form",
            &[("oral", AttestedForm::Oral), ("written", AttestedForm::Written)],
        );
        let language = object.text("language", |text| {
            Language::from_code(text).ok_or(FieldErrorCode::InvalidFormat)
        });
        let by = object.human("by");
        Some(Self {
            code: code?,
            decision: decision?,
            form: form?,
            language: language?,
            by: by?,
        })
    }
}

/// What was written down. It does not say what came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssistedDecision {
    /// What was decided.
    pub decision: AttestedDecision,
    /// In which form.
    pub form: AttestedForm,
    /// When it was written down.
    pub decided_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_named_by_its_code_or_by_what_it_is_about_and_for_whom() {
        let parse = |text: &str| LetterReference::parse(text.as_bytes());
        let id = Id([7; 16]);
        let by_code = parse(r#"{"code":"7kq4 xm2p 9trc hv6d"}"#).unwrap();
        assert!(matches!(by_code.named(), Some(NamedLetter::Code(_))));
        for about in ["consentRequest", "signal"] {
            let named = format!(r#"{{"{about}":"{id}","signatory":"guardian","number":2}}"#);
            let named = parse(&named).unwrap().named();
            assert!(
                matches!(named, Some(NamedLetter::About { number: 2, .. })),
                "{about}"
            );
        }
        for wrong in [
            "{}".to_owned(),
            r#"{"signatory":"guardian","number":1}"#.to_owned(),
            format!(r#"{{"signal":"{id}","number":1}}"#),
            format!(r#"{{"signal":"{id}","signatory":"guardian"}}"#),
            format!(r#"{{"signal":"{id}","consentRequest":"{id}","signatory":"guardian","number":1}}"#),
            format!(r#"{{"code":"7kq4","signal":"{id}"}}"#),
            r#"{"code":""}"#.to_owned(),
        ] {
            assert!(parse(&wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_assisted_decision_says_who_wrote_it_down_and_in_which_language_it_was_read() {
        let parse = |text: &str| AssistedDecisionSubmission::parse(text.as_bytes());
        let whole = r#"{"code":"x","decision":"withdrawn","form":"oral","language":"ar","by":"balie-3"}"#;
        assert_eq!(parse(whole).unwrap().language, Language::Ar);
        for part in [r#","by":"balie-3""#, r#","language":"ar""#, r#","form":"oral""#] {
            assert!(parse(&whole.replace(part, "")).is_err(), "{part}");
        }
    }
}
