//! One line of the audit log as the rules know it: names, tags, states and instants.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::consent::{How, Signatory};

/// An organisation as the audit log names it: its public id.
pub type OrganisationTag = [u8; 16];

/// What a tag in the log stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TagKind {
    /// A signal.
    Signal,
    /// A match.
    Match,
    /// Two children that may be one.
    SoftMatch,
    /// Different children of one guardian.
    FamilyMatch,
    /// A request for consent and what came of it.
    Consent,
    /// An objection to a signal (Dutch: bezwaar).
    Objection,
    /// A request for access or erasure.
    RightsRequest,
    /// A notice to one party.
    Notice,
    /// A sealed message (Dutch: document).
    Message,
    /// An export of this log.
    Export,
    /// A covenant.
    Covenant,
    /// An organisation.
    Organisation,
    /// A client: a program with access (its key).
    Client,
    /// A batch of signals (Dutch: aanlevering).
    Batch,
    /// An address to which an organisation is told what waits for it.
    WebhookEndpoint,
    /// A rotation of the service's keys.
    Rotation,
    /// An audit log, by its name.
    Log,
    /// The network: its keys.
    Network,
    /// Another event of this log, by its id.
    Event,
}

impl TagKind {
    /// All of them.
    pub const ALL: [Self; 19] = [
        Self::Signal,
        Self::Match,
        Self::SoftMatch,
        Self::FamilyMatch,
        Self::Consent,
        Self::Objection,
        Self::RightsRequest,
        Self::Notice,
        Self::Message,
        Self::Export,
        Self::Covenant,
        Self::Organisation,
        Self::Client,
        Self::WebhookEndpoint,
        Self::Batch,
        Self::Rotation,
        Self::Log,
        Self::Network,
        Self::Event,
    ];

    /// The letter before the underscore.
    pub const fn letter(self) -> char {
        match self {
            Self::Signal => 's',
            Self::Match => 'm',
            Self::SoftMatch => 'p',
            Self::FamilyMatch => 'f',
            Self::Consent => 'c',
            Self::Objection => 'b',
            Self::RightsRequest => 'q',
            Self::Notice => 'n',
            Self::Message => 'd',
            Self::Export => 'x',
            Self::Covenant => 'v',
            Self::Organisation => 'o',
            Self::Client => 'k',
            Self::WebhookEndpoint => 'h',
            Self::Batch => 'a',
            Self::Rotation => 'r',
            Self::Log => 'l',
            Self::Network => 'w',
            Self::Event => 'e',
        }
    }
}

/// The name of one record in the log: drawn at random when the record is made, derived from nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogTag {
    /// What it names.
    pub kind: TagKind,
    /// The random number.
    pub value: u128,
}

impl LogTag {
    /// A tag of this kind with this random number.
    pub const fn new(kind: TagKind, value: u128) -> Self {
        Self { kind, value }
    }
}

/// `<letter>_<32 hexadecimal digits>`.
impl fmt::Display for LogTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{:032x}", self.kind.letter(), self.value)
    }
}

/// A text that is no tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a tag of the audit log: a letter, `_` and 32 lower-case hexadecimal digits")]
pub struct UnusableTag;

impl FromStr for LogTag {
    type Err = UnusableTag;

    fn from_str(text: &str) -> Result<Self, UnusableTag> {
        let (letter, digits) = text.split_once('_').ok_or(UnusableTag)?;
        let kind = TagKind::ALL
            .into_iter()
            .find(|kind| letter.len() == 1 && letter.starts_with(kind.letter()));
        let lower = digits.len() == 32 && digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        match (kind, u128::from_str_radix(digits, 16)) {
            (Some(kind), Ok(value)) if lower => Ok(Self { kind, value }),
            _ => Err(UnusableTag),
        }
    }
}

/// What goes into the log for one event.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The name in the catalogue, `<thing>.<what happened>`.
    pub name: &'static str,
    /// The organisation that acted or is addressed; none when the service or the family acted.
    pub organisation: Option<OrganisationTag>,
    /// What it happened to.
    pub subject: LogTag,
    /// What it hangs together with, so that a verifier can replay lifecycles without any opening.
    pub related: Vec<LogTag>,
    /// The state before.
    pub from: Option<&'static str>,
    /// The state after.
    pub to: Option<&'static str>,
    /// When something is due because of this.
    pub due: Option<Timestamp>,
    /// When this ends by itself.
    pub until: Option<Timestamp>,
    /// What can be erased later. Only a salted commitment to it stands in the log.
    pub opening: Option<Value>,
}

/// A record being written, so that each event above reads as one sentence.
pub(super) struct Line(pub(super) Record);

impl Line {
    pub(super) fn new(name: &'static str, kind: TagKind, value: u128) -> Self {
        Self(Record {
            name,
            organisation: None,
            subject: LogTag::new(kind, value),
            related: Vec::new(),
            from: None,
            to: None,
            due: None,
            until: None,
            opening: None,
        })
    }

    /// About a match or a signal.
    pub(super) fn consent(name: &'static str, consent: u128, about: LogTag) -> Self {
        Self::new(name, TagKind::Consent, consent).with(about.kind, about.value)
    }

    pub(super) fn content(name: &'static str, message: u128, match_case: u128, consent: u128) -> Self {
        Self::new(name, TagKind::Message, message)
            .with(TagKind::Match, match_case)
            .with(TagKind::Consent, consent)
    }

    pub(super) fn by<'a>(mut self, organisation: impl Into<Option<&'a OrganisationTag>>) -> Self {
        self.0.organisation = organisation.into().copied();
        self
    }

    pub(super) fn with(mut self, kind: TagKind, value: u128) -> Self {
        self.0.related.push(LogTag::new(kind, value));
        self
    }

    pub(super) fn signals(mut self, signals: &[u128]) -> Self {
        let signals = signals.iter().map(|signal| LogTag::new(TagKind::Signal, *signal));
        self.0.related.extend(signals);
        self
    }

    pub(super) fn about(mut self, record: LogTag) -> Self {
        self.0.related.push(record);
        self
    }

    pub(super) fn from(mut self, state: &'static str) -> Self {
        self.0.from = Some(state);
        self
    }

    pub(super) fn to(mut self, state: &'static str) -> Self {
        self.0.to = Some(state);
        self
    }

    pub(super) fn due(mut self, at: Timestamp) -> Self {
        self.0.due = Some(at);
        self
    }

    pub(super) fn until(mut self, at: Timestamp) -> Self {
        self.0.until = Some(at);
        self
    }

    pub(super) fn opening(mut self, value: Value) -> Self {
        self.0.opening = Some(value);
        self
    }

    pub(super) fn decision(self, decision: &Decision) -> Self {
        let mut opening = signatory_value(decision.signatory);
        opening["assurance"] = json!(decision.how.assurance.slug());
        opening["method"] = json!(decision.how.method.slug());
        let Some(recorded) = &decision.recorded_by else {
            return self.opening(opening);
        };
        opening["on"] = json!(recorded.on.to_string());
        opening["professionalReference"] = json!(recorded.professional_reference);
        self.by(&recorded.organisation).opening(opening)
    }
}

/// What a signatory decided, as openings tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Who.
    pub signatory: Signatory,
    /// In which way.
    pub how: How,
    /// The professional who recorded it, unless the signatory decided in the portal.
    pub recorded_by: Option<RecordedBy>,
}

/// Who fetched the file that a request for access gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FetchedBy {
    /// The municipality, for whoever asked for it.
    Municipality {
        /// Which.
        organisation: OrganisationTag,
        /// With which of its programs.
        client: String,
    },
    /// Whoever asked for it, in the portal.
    Family(Signatory),
}

/// Who recorded what somebody else said or wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedBy {
    /// Their organisation.
    pub organisation: OrganisationTag,
    /// The reference under which the organisation knows them.
    pub professional_reference: String,
    /// The day on which it was said or written.
    pub on: Date,
}

pub(super) fn signatory_value(signatory: Signatory) -> Value {
    json!({ "signatory": signatory.role.slug(), "number": signatory.number })
}

pub(super) fn client_and_signatory(client: &str, signatory: Signatory) -> Value {
    json!({ "client": client, "signatory": signatory.role.slug(), "number": signatory.number })
}
