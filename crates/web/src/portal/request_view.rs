//! What the page about a request says: the facts `casework` allows this reader, in words and written-out dates.

use casework::{ConsentPage, Looked, PageState, PartyName, TEXT_VERSION};
use domain::calendar::{self, UnknownTimeZone};
use domain::consent::COOL_DOWN_DAYS;

use super::dates;

/// A request as it is shown to one signatory.
pub(super) struct RequestView {
    pub asked_by: String,
    pub municipality: String,
    pub parties: Vec<PartyName>,
    pub is_young_person: bool,
    pub requested_on: String,
    /// `tot ...`
    pub answer_by: String,
    /// How long consent lasts.
    pub lasts: String,
    /// How long nobody may ask again after a refusal.
    pub asked_again_after: String,
    pub text_version: String,
    pub state: StateView,
    pub looked: Vec<LookedView>,
}

/// Somebody looked, on a day.
pub(super) struct LookedView {
    pub on: String,
    /// None for an organisation that is not shown by name.
    pub name: Option<String>,
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
    pub(super) fn new(page: ConsentPage) -> Result<Self, CannotShow> {
        let zone = calendar::time_zone(&page.time_zone)?;
        let state = match page.state {
            PageState::Open if page.text_version != TEXT_VERSION => return Err(CannotShow::Text),
            PageState::Open => StateView::Open,
            PageState::Agreed { at } => StateView::Agreed {
                on: dates::day(at, &zone),
            },
            PageState::Given { at, until } => StateView::Given {
                on: dates::day(at, &zone),
                until: dates::until(until, &zone),
            },
            PageState::NotGiven { by_you } => StateView::NotGiven { by_you },
            PageState::Withdrawn { at } => StateView::Withdrawn {
                on: dates::day(at, &zone),
            },
            PageState::Over => StateView::Over,
        };
        Ok(Self {
            requested_on: dates::day(page.requested_at, &zone),
            answer_by: dates::until(page.answer_by, &zone),
            lasts: dates::days(page.consent_days),
            asked_again_after: dates::days(COOL_DOWN_DAYS),
            asked_by: page.asked_by,
            municipality: page.municipality,
            parties: page.parties,
            is_young_person: page.is_young_person,
            text_version: page.text_version,
            looked: page.looked.into_iter().map(looked).collect(),
            state,
        })
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

fn looked(looked: Looked) -> LookedView {
    LookedView {
        on: dates::date(looked.day),
        name: looked.who.name,
        message: looked.message,
        times: looked.times,
    }
}
