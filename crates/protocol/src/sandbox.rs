//! A sandbox: a network in which nobody is real, with a clock that is moved, numbers whose families behave as announced, and a
//! key that is no secret.

use std::str::FromStr;

use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::{Body, FieldErrorCode, Object, deserialize_as_body};
use crate::consent::{AttestedDecision, InvitationCode};
use crate::objection::{code, word};
use crate::text::{Base64Url, Invalid};

/// Longest text of a duration.
const LONGEST_DURATION: usize = 32;

/// Answer of `GET /v1/sandbox`: everything about it that is published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Sandbox {
    /// The network's secret, with which tokens are made. In a live network partners keep it; here everybody may have it.
    pub network_key: SandboxKey,
    /// Numbers whose children and families behave in one way, whoever gives a signal about them. Of any other number from
    /// 999900000 to 999999999 nobody gives a signal but you.
    pub children: Vec<SandboxChild>,
}

/// The secret of a sandbox's network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SandboxKey {
    /// Its epoch.
    #[schema(example = 1)]
    pub epoch: u16,
    /// The key: the line that a key file holds.
    pub key: Base64Url<32>,
}

/// A child of the sandbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SandboxChild {
    /// A citizen service number of the range that is given to nobody.
    #[schema(example = "999995005")]
    pub number: String,
    /// What happens after your signal.
    pub behaviour: Behaviour,
    /// The same in a sentence.
    pub description: String,
}

/// What happens after your signal about a child of the sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Behaviour {
    /// Another organisation is involved, and confirms contact.
    AlwaysMatches,
    /// Nobody else is involved.
    NeverMatches,
    /// As `always-matches`; whoever is asked for consent agrees.
    FamilyAgrees,
    /// As `family-agrees`; a day of the sandbox later consent is withdrawn.
    FamilyWithdraws,
    /// As `always-matches`; whoever is asked for consent refuses.
    FamilyRefuses,
    /// The other organisation is of a sensitive sector: shown as another organisation until consent, which the family gives.
    Masked,
    /// Another organisation was involved until a while ago: a notice from the archive, once.
    InArchive,
}

impl Behaviour {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::AlwaysMatches,
        Self::NeverMatches,
        Self::FamilyAgrees,
        Self::FamilyWithdraws,
        Self::FamilyRefuses,
        Self::Masked,
        Self::InArchive,
    ];

    /// The numbers that behave so.
    pub const fn numbers(self) -> [&'static str; 5] {
        match self {
            Self::AlwaysMatches => ["999995005", "999995017", "999995029", "999995030", "999995042"],
            Self::NeverMatches => ["999995108", "999995121", "999995133", "999995145", "999995157"],
            Self::FamilyAgrees => ["999995200", "999995212", "999995224", "999995236", "999995248"],
            Self::FamilyWithdraws => ["999995303", "999995315", "999995327", "999995339", "999995340"],
            Self::FamilyRefuses => ["999995406", "999995418", "999995431", "999995443", "999995455"],
            Self::Masked => ["999995509", "999995510", "999995522", "999995534", "999995546"],
            Self::InArchive => ["999995601", "999995613", "999995625", "999995637", "999995649"],
        }
    }

    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AlwaysMatches => "always-matches",
            Self::NeverMatches => "never-matches",
            Self::FamilyAgrees => "family-agrees",
            Self::FamilyWithdraws => "family-withdraws",
            Self::FamilyRefuses => "family-refuses",
            Self::Masked => "masked",
            Self::InArchive => "in-archive",
        }
    }

    /// What happens, in a sentence.
    pub const fn description(self) -> &'static str {
        match self {
            Self::AlwaysMatches => {
                "Another organisation has a signal too: there is a match, and it confirms contact."
            }
            Self::NeverMatches => "Nobody else has a signal.",
            Self::FamilyAgrees => {
                "There is a match, the other organisation confirms contact, and whoever is asked for consent agrees."
            }
            Self::FamilyWithdraws => {
                "As family-agrees; a day later by the sandbox's clock consent is withdrawn."
            }
            Self::FamilyRefuses => {
                "There is a match, the other organisation confirms contact, and whoever is asked for consent refuses."
            }
            Self::Masked => {
                "There is a match with an organisation of a sensitive sector, which is shown as another organisation until \
                 the family consents, as it does when you ask it."
            }
            Self::InArchive => {
                "Another organisation had a signal until a while ago: your first signal gets one notice from the archive."
            }
        }
    }

    /// Everybody of the sandbox, in the order of the behaviours.
    pub fn children() -> Vec<SandboxChild> {
        let of = |behaviour: Self| {
            behaviour.numbers().map(|number| SandboxChild {
                number: number.to_owned(),
                behaviour,
                description: behaviour.description().to_owned(),
            })
        };
        Self::ALL.into_iter().flat_map(of).collect()
    }
}

impl FromStr for Behaviour {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let found = Self::ALL.into_iter().find(|behaviour| behaviour.as_str() == text);
        found.ok_or(Invalid { what: "behaviour" })
    }
}

/// Answer of `GET /v1/sandbox/clock`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SandboxClock {
    /// The sandbox's time. It goes on like any clock.
    pub now: Timestamp,
    /// Where it is being moved to at this moment; null once it is there and what fell due was worked off.
    pub moving_to: Option<Timestamp>,
}

/// A length of time as ISO 8601 writes it, such as `P8D` or `PT90M`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(example = "P8D")]
pub struct Duration(String);

impl Duration {
    /// The length in the units it was written in. What was read as one is one.
    pub fn span(&self) -> Span {
        self.0.parse().unwrap_or_default()
    }
}

impl FromStr for Duration {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let letters = |byte: u8| byte.is_ascii_digit() || b"PYMWDTHS".contains(&byte);
        let iso = text.starts_with('P') && text.len() <= LONGEST_DURATION && text.bytes().all(letters);
        match text.parse::<Span>() {
            Ok(_) if iso => Ok(Self(text.to_owned())),
            _ => Err(Invalid { what: "duration" }),
        }
    }
}

/// Body of `POST /v1/sandbox/clock`: one of both members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({"advance": "P6D"}))]
pub struct ClockSubmission {
    /// How much further. Days, months and years are those of your covenant's time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advance: Option<Duration>,
    /// Up to which instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2027-03-09T09:00:00Z")]
    pub to: Option<Timestamp>,
}

deserialize_as_body!(ClockSubmission);

impl Body for ClockSubmission {
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let advance = object.optional_value("advance");
        let to = object.optional_value("to");
        let (advance, to) = (advance?, to?);
        match (&advance, &to) {
            (None, None) => object.fault("advance", FieldErrorCode::Required),
            (Some(_), Some(_)) => object.fault("to", FieldErrorCode::NotAllowed),
            _ => return Some(Self { advance, to }),
        }
        None
    }
}

/// The clock was moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClockMove {
    /// From when.
    pub from: Timestamp,
    /// To when.
    pub to: Timestamp,
}

/// Body of `POST /v1/sandbox/decisions`: you are the family for a moment, with the code of a letter in your hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FamilyDecisionSubmission {
    /// The code of the letter, as the consent request gave it.
    pub code: InvitationCode,
    /// What whoever got that letter decides.
    pub decision: AttestedDecision,
}

deserialize_as_body!(FamilyDecisionSubmission);

impl Body for FamilyDecisionSubmission {
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
        Some(Self {
            code: code?,
            decision: decision?,
        })
    }
}

/// What the family decided, as it could have in the portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FamilyDecision {
    /// What.
    pub decision: AttestedDecision,
    /// When.
    pub decided_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_number_is_possible_is_nobodys_and_behaves_in_one_way() {
        let children = Behaviour::children();
        let numbers: BTreeSet<&str> = children.iter().map(|child| child.number.as_str()).collect();
        assert_eq!(numbers.len(), children.len());
        for number in numbers {
            assert!(number.starts_with("9999"), "{number}");
            assert!(identifiers::Bsn::parse(number).is_ok(), "{number}");
        }
        for behaviour in Behaviour::ALL {
            assert_eq!(behaviour.as_str().parse(), Ok(behaviour));
            let wire = serde_json::to_value(behaviour).unwrap();
            assert_eq!(wire, behaviour.as_str());
        }
    }

    #[test]
    fn the_document_tells_of_the_same_numbers() {
        let mut table =
            String::from("| number | behaviour | what happens after your signal |\n|---|---|---|\n");
        for behaviour in Behaviour::ALL {
            let numbers = behaviour.numbers().join(", ");
            table += &format!(
                "| {numbers} | `{}` | {} |\n",
                behaviour.as_str(),
                behaviour.description()
            );
        }
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/SANDBOX.md");
        let document = std::fs::read_to_string(path).unwrap();
        let (before, rest) = document.split_once("<!-- children -->\n").unwrap();
        let (committed, after) = rest.split_once("<!-- end -->").unwrap();
        if std::env::var_os("TREFPUNT_WRITE_DOCS").is_some() {
            let written = format!("{before}<!-- children -->\n{table}<!-- end -->{after}");
            std::fs::write(path, written).unwrap();
        } else {
            assert_eq!(
                committed, table,
                "TREFPUNT_WRITE_DOCS=1 cargo test -p protocol writes it"
            );
        }
    }

    #[test]
    fn the_clock_is_moved_by_one_of_two_ways() {
        let parse = |text: &str| ClockSubmission::parse(text.as_bytes());
        assert_eq!(
            parse(r#"{"advance":"P8D"}"#)
                .unwrap()
                .advance
                .unwrap()
                .span()
                .get_days(),
            8
        );
        assert!(parse(r#"{"to":"2027-03-09T09:00:00Z"}"#).is_ok());
        for wrong in [
            "{}",
            r#"{"advance":"P1D","to":"2027-03-09T09:00:00Z"}"#,
            r#"{"advance":"-P1D"}"#,
            r#"{"advance":"8 days"}"#,
            r#"{"advance":"P"}"#,
            r#"{"advance":"P1D","by":"me"}"#,
            r#"{"to":"morgen"}"#,
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
