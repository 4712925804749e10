//! Disclosure: that the family was told of a signal, or why that is postponed.

use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::{Body, Object, deserialize_as_body};
use crate::id::Id;
use crate::signal::{Contact, ProfessionalReference};
use crate::text::Invalid;

/// An enum of words on the wire. A word is a `tt`: as a `literal` it would reach the derive of the API description in a
/// group, and that would name the variant instead.
macro_rules! wire_words {
    (
        $(#[$about:meta])*
        $name:ident, $what:literal {
            $($(#[$doc:meta])* $variant:ident = $word:tt,)+
        }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(Invalid { what: $what }),
                }
            }
        }
    };
}

wire_words! {
    /// How the family was told.
    Channel, "channel" {
        /// Face to face.
        Conversation = "conversation",
        /// By telephone.
        Telephone = "telephone",
        /// With picture and sound.
        VideoCall = "video_call",
        /// By letter.
        Letter = "letter",
        /// By e-mail, or in a portal of the organisation.
        Message = "message",
    }
}

wire_words! {
    /// In which language the family was told (ISO 639).
    SpokenLanguage, "language" {
        /// Arabic.
        Arabic = "ar",
        /// Bulgarian.
        Bulgarian = "bg",
        /// Dutch Sign Language.
        DutchSignLanguage = "dse",
        /// English.
        English = "en",
        /// French.
        French = "fr",
        /// Frisian.
        Frisian = "fy",
        /// German.
        German = "de",
        /// Kurdish.
        Kurdish = "ku",
        /// Dutch.
        Dutch = "nl",
        /// Papiamento.
        Papiamento = "pap",
        /// Persian, Dari among it.
        Persian = "fa",
        /// Polish.
        Polish = "pl",
        /// Portuguese.
        Portuguese = "pt",
        /// Romanian.
        Romanian = "ro",
        /// Russian.
        Russian = "ru",
        /// Somali.
        Somali = "so",
        /// Spanish.
        Spanish = "es",
        /// Tamazight.
        Tamazight = "zgh",
        /// Tigrinya.
        Tigrinya = "ti",
        /// Turkish.
        Turkish = "tr",
        /// Ukrainian.
        Ukrainian = "uk",
        /// Chinese.
        Chinese = "zh",
        /// One that is not in this list.
        Other = "mis",
    }
}

wire_words! {
    /// Why the family is not told yet.
    PostponementReason, "reason" {
        /// Telling would endanger the child.
        ChildUnsafe = "child_unsafe",
        /// Telling would endanger somebody else.
        OthersUnsafe = "others_unsafe",
        /// Telling would defeat an investigation by police, public prosecutor or Veilig Thuis.
        Investigation = "investigation",
        /// No guardian could be reached, although it was tried.
        NobodyReached = "nobody_reached",
    }
}

wire_words! {
    /// What the second person decides.
    PostponementDecision, "decision" {
        /// Telling is postponed until the day proposed.
        Approved = "approved",
        /// It is not.
        Rejected = "rejected",
    }
}

wire_words! {
    /// What became of a postponement.
    PostponementState, "state" {
        /// It waits for a second person.
        Proposed = "proposed",
        /// It holds until the day of review.
        Approved = "approved",
        /// It does not hold.
        Rejected = "rejected",
    }
}

wire_words! {
    /// Where the duty to tell the family of a signal stands. More states may be added.
    DisclosureState, "state" {
        /// The family is to be told, and there is time.
        Due = "due",
        /// A postponement waits for a second person.
        Proposed = "proposed",
        /// Telling is postponed.
        Postponed = "postponed",
        /// Time is over: the signal is paused.
        Overdue = "overdue",
        /// The family was told.
        Recorded = "recorded",
    }
}

/// Body of `POST /v1/signals/{id}/disclosures`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DisclosureSubmission {
    /// The day on which the family was told: not before that of the signal, not in the future.
    #[schema(example = "2027-03-01")]
    pub on: Date,
    /// How.
    pub channel: Channel,
    /// In which language.
    pub language: SpokenLanguage,
    /// Who told them: your own reference to the professional; never a BSN.
    pub by: ProfessionalReference,
}

deserialize_as_body!(DisclosureSubmission);

impl Body for DisclosureSubmission {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let on = object.date("on");
        let channel = object.value("channel");
        let language = object.value("language");
        let by = object.human("by");
        Some(Self {
            on: on?,
            channel: channel?,
            language: language?,
            by: by?,
        })
    }
}

/// That the family was told, as it stands on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Disclosure {
    /// The day on which the family was told.
    pub on: Date,
    /// How.
    pub channel: Channel,
    /// In which language.
    pub language: SpokenLanguage,
    /// Who told them.
    pub by: ProfessionalReference,
    /// When this was recorded.
    pub recorded_at: Timestamp,
}

/// Body of `POST /v1/signals/{id}/postponements`. The reason is a word of a list: there is no room for content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PostponementSubmission {
    /// Why the family cannot be told now.
    pub reason: PostponementReason,
    /// The day on which it is looked at again: one of the 30 days after today.
    #[schema(example = "2027-06-10")]
    pub review_on: Date,
    /// Who proposes it: your own reference to the professional; never a BSN.
    pub by: ProfessionalReference,
}

deserialize_as_body!(PostponementSubmission);

impl Body for PostponementSubmission {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let reason = object.value("reason");
        let review_on = object.date("reviewOn");
        let by = object.human("by");
        Some(Self {
            reason: reason?,
            review_on: review_on?,
            by: by?,
        })
    }
}

/// Body of `POST /v1/signals/{id}/postponement-decisions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PostponementDecisionSubmission {
    /// What is decided.
    pub decision: PostponementDecision,
    /// Who decides: another person than the one who proposed it.
    pub by: ProfessionalReference,
}

deserialize_as_body!(PostponementDecisionSubmission);

impl Body for PostponementDecisionSubmission {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let decision = object.value("decision");
        let by = object.human("by");
        Some(Self {
            decision: decision?,
            by: by?,
        })
    }
}

/// A postponement of telling the family.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Postponement {
    /// What became of it.
    pub state: PostponementState,
    /// Why the family cannot be told now.
    pub reason: PostponementReason,
    /// The day on which it is looked at again.
    pub review_on: Date,
    /// Who proposed it; null once erased.
    pub proposed_by: Option<ProfessionalReference>,
    /// When.
    pub proposed_at: Timestamp,
    /// Who decided it; null while it waits, and once erased.
    pub decided_by: Option<ProfessionalReference>,
    /// When; null while it waits.
    pub decided_at: Option<Timestamp>,
}

/// Where the duty to tell the family stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DisclosureDuty {
    /// The state.
    pub state: DisclosureState,
    /// Before when something is to be done; null when time is over or the family was told.
    pub until: Option<Timestamp>,
}

/// A signal of your organisation of which the family is still to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DisclosureDue {
    /// The signal.
    pub signal: Id,
    /// When it was given.
    pub submitted_at: Timestamp,
    /// Where it stands.
    pub disclosure: DisclosureDuty,
    /// The professional who gave it; null when erased.
    pub professional: Option<Contact>,
    /// The postponement that was proposed or approved last.
    pub postponement: Option<Postponement>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::Refused;

    fn read<T: Body>(text: &str) -> Result<T, Refused> {
        T::parse(text.as_bytes())
    }

    const DISCLOSURE: &str = r#"{"on":"2027-03-01","channel":"telephone","language":"ti","by":"cc-7"}"#;
    const POSTPONEMENT: &str = r#"{"reason":"child_unsafe","reviewOn":"2027-06-10","by":"sb-12"}"#;
    const DECISION: &str = r#"{"decision":"approved","by":"sb-77"}"#;

    #[test]
    fn bodies_are_read_and_written_the_same() {
        let disclosure: DisclosureSubmission = read(DISCLOSURE).expect("a body");
        assert_eq!(serde_json::to_string(&disclosure).expect("JSON"), DISCLOSURE);
        let postponement: PostponementSubmission = read(POSTPONEMENT).expect("a body");
        assert_eq!(serde_json::to_string(&postponement).expect("JSON"), POSTPONEMENT);
        let decision: PostponementDecisionSubmission = read(DECISION).expect("a body");
        assert_eq!(serde_json::to_string(&decision).expect("JSON"), DECISION);
    }

    #[test]
    fn there_is_no_room_for_content() {
        let words = [
            (DISCLOSURE, "telephone", "we talked about the bruises"),
            (DISCLOSURE, "\"ti\"", "\"Tigrinya\""),
            (DISCLOSURE, "2027-03-01", "1 March"),
            (DISCLOSURE, "cc-7", "123456782"),
            (DISCLOSURE, "\"by\"", "\"remark\":\"x\",\"by\""),
        ];
        for (text, from, to) in words {
            assert!(
                read::<DisclosureSubmission>(&text.replace(from, to)).is_err(),
                "{to}"
            );
        }
        for (from, to) in [
            ("child_unsafe", "father hits"),
            ("child_unsafe", "Child_unsafe"),
            ("\"by\"", "\"remark\":\"x\",\"by\""),
            ("2027-06-10", "2027-06-31"),
        ] {
            assert!(
                read::<PostponementSubmission>(&POSTPONEMENT.replace(from, to)).is_err(),
                "{to}"
            );
        }
        assert!(read::<PostponementDecisionSubmission>(&DECISION.replace("approved", "maybe")).is_err());
    }

    #[test]
    fn every_word_is_its_own() {
        for word in SpokenLanguage::ALL {
            assert_eq!(word.as_str().parse::<SpokenLanguage>().expect("a word"), *word);
            assert_eq!(
                serde_json::to_string(word).expect("JSON"),
                format!("\"{word}\"", word = word.as_str())
            );
        }
    }
}
