//! A letter that opens one signal to one person of the family.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::{Body, FieldErrorCode, Object, deserialize_as_body};
use crate::consent::{InvitationCode, Language, Signatory};
use crate::id::Id;
use crate::objection::{code, word};
use crate::text;

/// Body of `POST /v1/signals/{id}/letters`. Asks no name and no birth date but the one that ends a guardian's letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LetterSubmission {
    /// For whom.
    pub signatory: Signatory,
    /// Which of them, from 1.
    #[schema(minimum = 1, maximum = 4, example = 1)]
    pub number: u8,
    /// For a guardian: the child's 16th birthday. From that day on the letter opens nothing. When it is null, the letter
    /// opens nothing from the first day of that birthday's month on, which follows from the signal's destroy-by month.
    #[schema(example = "2029-06-10")]
    pub sixteen_on: Option<Date>,
}

deserialize_as_body!(LetterSubmission);

impl Body for LetterSubmission {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let signatory = word(
            object,
            "signatory",
            &[
                ("guardian", Signatory::Guardian),
                ("youngPerson", Signatory::YoungPerson),
            ],
        );
        let number = object.whole("number", 1..=4);
        let sixteen_on = object.optional_text("sixteenOn", |text| {
            text::date(text).map_err(|_| FieldErrorCode::InvalidFormat)
        });
        let (signatory, number, sixteen_on) = (signatory?, number?, sixteen_on?);
        if signatory == Signatory::YoungPerson && sixteen_on.is_some() {
            object.fault("sixteenOn", FieldErrorCode::NotAllowed);
            return None;
        }
        Some(Self {
            signatory,
            number,
            sixteen_on,
        })
    }
}

/// A letter that was made. The code is shown this once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Letter {
    /// The signal it opens.
    pub signal: Id,
    /// For whom.
    pub signatory: Signatory,
    /// Which of them, from 1.
    pub number: u8,
    /// Opens that signal and nothing else.
    pub code: InvitationCode,
}

/// Body of `POST /v1/letter-documents`: which letter is to be printed, and in which language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LetterDocumentSubmission {
    /// The code of the letter, in any spelling.
    pub code: InvitationCode,
    /// The language of the letter.
    pub language: Language,
}

deserialize_as_body!(LetterDocumentSubmission);

impl Body for LetterDocumentSubmission {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let code = code(object);
        let language = object.text("language", |text| {
            Language::from_code(text).ok_or(FieldErrorCode::InvalidFormat)
        });
        Some(Self {
            code: code?,
            language: language?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_printed_in_one_of_six_languages() {
        let parse = |language: &str| {
            let body = format!(r#"{{"code":"7KQ4-XM2P-9TRC-HV6D","language":"{language}"}}"#);
            LetterDocumentSubmission::parse(body.as_bytes())
        };
        for language in Language::ALL {
            assert_eq!(parse(language.code()).unwrap().language, language);
        }
        for unknown in ["", "de", "NL", "nl-NL"] {
            assert!(parse(unknown).is_err(), "{unknown}");
        }
    }

    #[test]
    fn only_a_guardians_letter_ends_with_a_birthday() {
        let parse = |text: &str| LetterSubmission::parse(text.as_bytes());
        assert!(parse(r#"{"signatory":"guardian","number":1,"sixteenOn":"2029-06-10"}"#).is_ok());
        assert!(parse(r#"{"signatory":"youngPerson","number":1}"#).is_ok());
        assert!(parse(r#"{"signatory":"youngPerson","number":1,"sixteenOn":"2029-06-10"}"#).is_err());
        assert!(parse(r#"{"signatory":"guardian","number":0}"#).is_err());
        assert!(parse(r#"{"signatory":"guardian","number":1,"name":"A"}"#).is_err());
    }
}
