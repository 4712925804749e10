//! What a family sees of what is kept about a child: one document, with plain Dutch words beside each code.
//!
//! What a postponement hides is not in it and not counted. Nothing in it says that something is left out.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::Id;
use crate::text::YearMonth;

/// A code with the words a family reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Said {
    /// The code.
    #[schema(example = "active")]
    pub code: String,
    /// The words.
    #[schema(example = "telt mee")]
    pub words: String,
}

impl Said {
    /// A code with its words.
    pub fn new(code: impl Into<String>, words: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            words: words.into(),
        }
    }
}

/// An organisation, as whoever reads may know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FiledOrganisation {
    /// Its name, or "een andere instantie".
    #[schema(example = "Basisschool Zonnewijzer")]
    pub name: String,
    /// Its sector; null when it is not named, and of a municipality.
    pub sector: Option<Said>,
    /// Whether it is named. Else whoever reads may not know which it is.
    pub named: bool,
}

/// Everything that is kept about a child, or what one letter opens of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FamilyFile {
    /// When it was made: what happens later is not in it.
    pub made_at: Timestamp,
    /// What it holds: everything, or what one letter opens.
    pub scope: Said,
    /// The municipality that answers for the family's rights.
    #[schema(example = "gemeente Voorbeeldstad")]
    pub municipality: String,
    /// IANA name of the time zone in which its days are meant.
    #[schema(example = "Europe/Amsterdam")]
    pub time_zone: String,
    /// What this is, where it comes from, who receives it, how long it is kept and which rights there are (GDPR article
    /// 15(1)).
    pub about: Vec<String>,
    /// Who gave a signal.
    pub signals: Vec<FiledSignal>,
    /// Who was in touch about the child.
    pub matches: Vec<FiledMatch>,
    /// What was asked, and what became of it.
    pub consents: Vec<FiledConsent>,
    /// Objections to signals.
    pub objections: Vec<FiledObjection>,
    /// Requests for access and erasure.
    pub requests: Vec<FiledRequest>,
    /// What whoever reads did here, oldest first. What others of the family did is not in it.
    pub history: Vec<FiledAct>,
}

/// A signal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FiledSignal {
    /// Its id, to name it in an objection.
    pub id: Id,
    /// Who gave it.
    pub organisation: FiledOrganisation,
    /// Who gave it on that organisation's behalf.
    pub given_by: Option<FiledOrganisation>,
    /// Where it stands.
    pub state: Said,
    /// When it was given.
    pub given_at: Timestamp,
    /// The day on which it ends by itself.
    pub planned_end: Date,
    /// When its organisation ended it.
    pub ended_at: Option<Timestamp>,
    /// The month from which nothing of it may be kept: that of the child's birthday at the age limit.
    pub destroy_by: YearMonth,
    /// In the archive: until when.
    pub archived_until: Option<Timestamp>,
    /// In the archive: when a new party was told of it.
    pub archive_noticed_at: Option<Timestamp>,
    /// How the family was informed; null when that has not been recorded.
    pub informed: Option<FiledDisclosure>,
}

/// That the family was informed of a signal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FiledDisclosure {
    /// On which day.
    pub on: Date,
    /// In which way.
    pub channel: Said,
    /// In which language.
    pub language: Said,
    /// When that was recorded.
    pub recorded_at: Timestamp,
}

/// A match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FiledMatch {
    /// Its id.
    pub id: Id,
    /// Where it stands.
    pub state: Said,
    /// Since when its parties see it.
    pub opened_at: Timestamp,
    /// The last day for the parties to make contact.
    pub contact_deadline: Date,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// With which outcome, where it closed by itself. What a lead said of it is not told here.
    pub outcome: Option<Said>,
    /// Who is in it.
    pub parties: Vec<FiledParty>,
    /// Which messages passed. What they say only the parties can read.
    pub messages: Vec<FiledMessage>,
    /// Who looked, by day.
    pub viewings: Vec<FiledViewing>,
}

/// A party to a match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FiledParty {
    /// Who.
    pub organisation: FiledOrganisation,
    /// Since when.
    pub since: Timestamp,
    /// When it said that it was in contact with the others.
    pub contact_confirmed_at: Option<Timestamp>,
    /// When it left.
    pub left_at: Option<Timestamp>,
}

/// A message between two parties.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FiledMessage {
    /// From whom.
    pub from: FiledOrganisation,
    /// To whom.
    pub to: FiledOrganisation,
    /// When.
    pub sent_at: Timestamp,
    /// When it was first read.
    pub read_at: Option<Timestamp>,
    /// When its content was destroyed, because consent or an involvement ended.
    pub destroyed_at: Option<Timestamp>,
}

/// That an organisation looked, on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FiledViewing {
    /// Who.
    pub organisation: FiledOrganisation,
    /// On which day.
    pub on: Date,
    /// At what.
    pub what: Said,
    /// How often on that day.
    pub times: u32,
    /// When last on that day.
    pub last_at: Timestamp,
}

/// A request for consent and what became of it. Nobody reads here what another signatory decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FiledConsent {
    /// Its id.
    pub id: Id,
    /// What for.
    pub purpose: Said,
    /// Where it stands.
    pub state: Said,
    /// Who asked.
    pub asked_by: FiledOrganisation,
    /// When.
    pub asked_at: Timestamp,
    /// Until when it could be answered.
    pub answer_by: Timestamp,
    /// Between whom.
    pub parties: Vec<FiledOrganisation>,
    /// Language of the text: in which whoever reads decided, else that of the letter.
    pub language: String,
    /// Version of the text.
    pub text_version: String,
    /// When consent was given.
    pub given_at: Option<Timestamp>,
    /// Until when it stands.
    pub valid_until: Option<Timestamp>,
    /// When it was withdrawn.
    pub withdrawn_at: Option<Timestamp>,
    /// What whoever reads decided; null when it was not they who were asked.
    pub your_answer: Option<Said>,
}

/// An objection to a signal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FiledObjection {
    /// Its id.
    pub id: Id,
    /// To which signal; null once that is destroyed.
    pub signal: Option<Id>,
    /// Where it stands.
    pub state: Said,
    /// When it was made.
    pub made_at: Timestamp,
    /// How it came in.
    pub route: Said,
    /// What the organisation advised.
    pub advice: Option<Said>,
    /// Until when it is decided.
    pub decision_due: Timestamp,
    /// When it was decided or taken back.
    pub decided_at: Option<Timestamp>,
    /// Why it was decided so.
    pub reasons: Vec<Said>,
    /// After a rejection: how to go on.
    pub way_to_appeal: Option<String>,
}

/// A request for access or erasure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FiledRequest {
    /// Its id.
    pub id: Id,
    /// Which right.
    pub right: Said,
    /// Where it stands.
    pub state: Said,
    /// When it was made.
    pub made_at: Timestamp,
    /// How it came in.
    pub route: Said,
    /// Until when it is answered.
    pub due: Timestamp,
    /// When it was decided or taken back.
    pub decided_at: Option<Timestamp>,
    /// Why it was refused.
    pub reason: Option<Said>,
}

/// Something that whoever reads did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FiledAct {
    /// When.
    pub at: Timestamp,
    /// What.
    pub act: Said,
    /// How it came in.
    pub how: Said,
    /// Version of the text that was shown then; null where there was none.
    pub text_version: Option<String>,
    /// In which language it was read then.
    pub language: Option<String>,
}
