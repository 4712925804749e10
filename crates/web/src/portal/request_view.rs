//! What the page about a request says: the facts `casework` allows this reader, with dates written out in their language.

use casework::{ConsentPage, Looked, PageState, PartyName, RecordedFor, text_version};
use domain::calendar::{self, UnknownTimeZone};
use domain::consent::{COOL_DOWN_DAYS, Purpose};
use protocol::id::Id;
use texts::Texts;

use super::words;

/// A request as it is shown to one signatory.
pub(super) struct RequestView {
    /// Which question it is, for the form that answers it.
    pub question: Id,
    /// Whether it is about a signal; else about exchange.
    pub is_signal: bool,
    /// Whether the reader declares that the other guardians agree.
    pub declares_for_others: bool,
    pub recorded: Option<RecordedView>,
    pub asked_by: String,
    pub municipality: String,
    pub parties: Vec<PartyView>,
    pub is_young_person: bool,
    pub requested_on: String,
    /// `tot ...`
    pub answer_by: String,
    /// How long consent lasts.
    pub lasts: String,
    /// For how many days nobody may ask again after a refusal.
    pub asked_again_after: u16,
    pub text_version: String,
    pub state: StateView,
    pub looked: Vec<LookedView>,
}

/// An organisation in a list.
pub(super) struct PartyView {
    /// None for an organisation that is not shown by name.
    pub name: Option<String>,
    /// Key of the words for its field.
    pub sector: Option<&'static str>,
}

/// A professional recorded what the reader decided.
pub(super) struct RecordedView {
    /// None for an organisation that is not shown by name.
    pub by: Option<String>,
    pub on: String,
    /// `written` or `said`.
    pub form: &'static str,
}

/// Somebody looked, on a day.
pub(super) struct LookedView {
    pub on: String,
    /// A name, or "another organisation".
    pub who: String,
    pub message: bool,
    pub times: u32,
}

/// Where it stands.
pub(super) enum StateView {
    Open,
    Agreed { on: String },
    Given { on: String, until: String },
    NotGiven { by_you: bool },
    Withdrawn { on: String },
    Over,
}

/// Why a request cannot be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum CannotShow {
    /// Days mean nothing without it.
    #[error(transparent)]
    Zone(#[from] UnknownTimeZone),
    /// It was asked with a text that this program does not have. Showing another would record a consent to words that
    /// nobody read.
    #[error("the request has a text version that this program does not have")]
    Text,
}

impl RequestView {
    /// # Errors
    /// [`CannotShow`].
    pub(super) fn new(texts: Texts, page: ConsentPage) -> Result<Self, CannotShow> {
        let zone = calendar::time_zone(&page.time_zone)?;
        let state = match page.state {
            PageState::Open if !knows_text_of(&page) => return Err(CannotShow::Text),
            PageState::Open => StateView::Open,
            PageState::Agreed { at } => StateView::Agreed {
                on: texts.day(at, &zone).into_owned(),
            },
            PageState::Given { at, until } => StateView::Given {
                on: texts.day(at, &zone).into_owned(),
                until: texts.until(until, &zone).into_owned(),
            },
            PageState::NotGiven { by_you } => StateView::NotGiven { by_you },
            PageState::Withdrawn { at } => StateView::Withdrawn {
                on: texts.day(at, &zone).into_owned(),
            },
            PageState::Over => StateView::Over,
        };
        Ok(Self {
            question: page.question,
            is_signal: page.purpose == Purpose::Signal,
            declares_for_others: page.declares_for_others,
            recorded: page.recorded.map(|of| recorded(texts, of)),
            requested_on: texts.day(page.requested_at, &zone).into_owned(),
            answer_by: texts.until(page.answer_by, &zone).into_owned(),
            lasts: texts.days(page.consent_days).into_owned(),
            asked_again_after: COOL_DOWN_DAYS,
            asked_by: page
                .asked_by
                .unwrap_or_else(|| texts.say("request-hidden-asker").into_owned()),
            municipality: page.municipality,
            parties: page.parties.into_iter().map(party).collect(),
            is_young_person: page.is_young_person,
            text_version: page.text_version,
            looked: page.looked.into_iter().map(|of| looked(texts, of)).collect(),
            state,
        })
    }

    /// Whether there is something to give a receipt of.
    pub(super) fn has_receipt(&self) -> bool {
        match self.state {
            StateView::Agreed { .. } | StateView::Given { .. } | StateView::Withdrawn { .. } => true,
            StateView::NotGiven { by_you } => by_you,
            StateView::Open | StateView::Over => false,
        }
    }

    /// Whether there is a signed record to give a receipt of.
    pub(super) fn has_signed_receipt(&self) -> bool {
        matches!(self.state, StateView::Given { .. } | StateView::Withdrawn { .. })
    }

    /// Whether some organisation is not shown by name.
    pub(super) fn hides_a_name(&self) -> bool {
        self.parties.iter().any(|party| party.name.is_none())
    }

    /// Whether the reader is asked.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.state, StateView::Open)
    }

    /// Whether consent stands.
    pub(super) fn is_given(&self) -> bool {
        matches!(self.state, StateView::Given { .. })
    }

    /// Whether the reader has given something that can be taken back.
    pub(super) fn can_be_taken_back(&self) -> bool {
        matches!(self.state, StateView::Agreed { .. } | StateView::Given { .. })
    }
}

/// Whether the words of this program are those that the request was made with. The young person reads the same in either
/// version of a purpose: whether a guardian declares for others is no part of their question.
fn knows_text_of(page: &ConsentPage) -> bool {
    [false, true]
        .into_iter()
        .filter(|declares| page.is_young_person || *declares == page.declares_for_others)
        .any(|declares| page.text_version == text_version(page.purpose, declares))
}

fn party(party: PartyName) -> PartyView {
    PartyView {
        name: party.name,
        sector: party.sector.map(words::sector),
    }
}

fn recorded(texts: Texts, recorded: RecordedFor) -> RecordedView {
    RecordedView {
        by: recorded.by.name,
        on: texts.date(recorded.on).into_owned(),
        form: if recorded.written { "written" } else { "said" },
    }
}

fn looked(texts: Texts, looked: Looked) -> LookedView {
    let another = || texts.say("common-another-organisation").into_owned();
    LookedView {
        on: texts.date(looked.day).into_owned(),
        who: looked.who.name.unwrap_or_else(another),
        message: looked.message,
        times: looked.times,
    }
}
