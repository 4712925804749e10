//! A household with one signatory, as far as the pages need it: what they show and call is written down, what they are
//! answered is set by the test. It knows no rule; the journeys in `tests/` meet the real one.

use std::sync::{Arc, Mutex};

use casework::{
    Choice, ConsentPage, Decided, FamilyFailure, PageState, PartyName, PortalSecret, RecordedFor,
    text_version,
};
use domain::consent::Purpose;
use jiff::Timestamp;
use protocol::consent::Language;
use protocol::id::Id;

use crate::portal::family::Family;

pub const CODE: &str = "7KQ4-XM2P-9TRC-HV6D";

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A request as a guardian meets it.
pub fn consent_page() -> ConsentPage {
    ConsentPage {
        question: Id([9; 16]),
        purpose: Purpose::Exchange,
        declares_for_others: false,
        recorded: None,
        asked_by: "Basisschool De Regenboog".to_owned(),
        municipality: "gemeente Voorbeeldstad".to_owned(),
        parties: vec![
            PartyName {
                name: Some("Basisschool De Regenboog".to_owned()),
                sector: Some("onderwijs"),
            },
            PartyName {
                name: Some("Kinderopvang Klein Duimpje".to_owned()),
                sector: Some("kinderopvang"),
            },
        ],
        is_young_person: false,
        requested_at: at("2027-03-12T10:00:00Z"),
        answer_by: at("2027-04-09T09:00:00Z"),
        consent_days: 365,
        time_zone: "Europe/Amsterdam".to_owned(),
        language: Language::Nl,
        text_version: text_version(Purpose::Exchange, false).to_owned(),
        state: PageState::Open,
        looked: Vec::new(),
    }
}

/// A request about one signal as a guardian meets it.
pub fn signal_page() -> ConsentPage {
    let page = consent_page();
    ConsentPage {
        purpose: Purpose::Signal,
        parties: page.parties[..1].to_vec(),
        text_version: text_version(Purpose::Signal, false).to_owned(),
        ..page
    }
}

/// The same in which the reader declares for the other guardian too.
pub fn declaring(page: ConsentPage) -> ConsentPage {
    ConsentPage {
        declares_for_others: true,
        text_version: text_version(page.purpose, true).to_owned(),
        ..page
    }
}

/// What a professional recorded.
pub fn recorded() -> RecordedFor {
    RecordedFor {
        by: consent_page().parties[0].clone(),
        on: jiff::civil::date(2027, 3, 14),
        written: false,
    }
}

/// Every state a request can be in.
pub fn states() -> [PageState; 7] {
    let on = at("2027-03-14T10:00:00Z");
    [
        PageState::Open,
        PageState::Agreed { at: on },
        PageState::Given {
            at: on,
            until: at("2028-03-12T23:00:00Z"),
        },
        PageState::NotGiven { by_you: true },
        PageState::NotGiven { by_you: false },
        PageState::Withdrawn { at: on },
        PageState::Over,
    ]
}

#[derive(Clone)]
pub struct Household(Arc<Mutex<Scene>>);

struct Scene {
    page: ConsentPage,
    closed: bool,
    too_late: bool,
    acts: Vec<String>,
}

impl Household {
    pub fn new() -> Self {
        Self::with(consent_page())
    }

    pub fn with(page: ConsentPage) -> Self {
        Self(Arc::new(Mutex::new(Scene {
            page,
            closed: false,
            too_late: false,
            acts: Vec::new(),
        })))
    }

    pub fn in_state(state: PageState) -> Self {
        Self::with(ConsentPage {
            state,
            ..consent_page()
        })
    }

    /// Nothing opens.
    pub fn closed() -> Self {
        let household = Self::new();
        household.0.lock().unwrap().closed = true;
        household
    }

    /// Deciding is too late.
    pub fn too_late(state: PageState) -> Self {
        let household = Self::in_state(state);
        household.0.lock().unwrap().too_late = true;
        household
    }

    pub fn show(&self, page: ConsentPage) {
        self.0.lock().unwrap().page = page;
    }

    fn is_about_a_signal(&self) -> bool {
        self.0.lock().unwrap().page.purpose == Purpose::Signal
    }

    /// What was called, but for reading the page.
    pub fn acts(&self) -> Vec<String> {
        self.0.lock().unwrap().acts.clone()
    }

    fn act(&self, act: String, state: Option<PageState>) -> Result<(), FamilyFailure> {
        let mut scene = self.0.lock().unwrap();
        scene.acts.push(act);
        if scene.closed {
            return Err(FamilyFailure::Closed);
        }
        scene.page.state = state.unwrap_or(scene.page.state);
        Ok(())
    }
}

impl Family for Household {
    async fn open_invitation(&self, code: &str) -> Result<PortalSecret, FamilyFailure> {
        self.act("open".to_owned(), None)?;
        if code == CODE {
            Ok(PortalSecret::from_bytes([7; 32]))
        } else {
            Err(FamilyFailure::Closed)
        }
    }

    async fn consent_page(&self, secret: &PortalSecret) -> Result<ConsentPage, FamilyFailure> {
        let scene = self.0.lock().unwrap();
        if scene.closed || secret.expose() != &[7; 32] {
            return Err(FamilyFailure::Closed);
        }
        Ok(scene.page.clone())
    }

    async fn decide(&self, _: &PortalSecret, question: Id, choice: Choice) -> Result<Decided, FamilyFailure> {
        assert_eq!(question, consent_page().question);
        let state = match choice {
            Choice::Give => states()[2],
            Choice::Refuse => PageState::NotGiven { by_you: true },
        };
        let too_late = self.0.lock().unwrap().too_late;
        self.act(format!("decide {choice:?}"), (!too_late).then_some(state))?;
        match choice {
            _ if too_late => Err(FamilyFailure::TooLate),
            Choice::Refuse if self.is_about_a_signal() => Ok(Decided::SignalGone),
            _ => Ok(Decided::Stands),
        }
    }

    async fn withdraw(&self, _: &PortalSecret) -> Result<Decided, FamilyFailure> {
        self.act("withdraw".to_owned(), Some(states()[5]))?;
        match self.is_about_a_signal() {
            true => Ok(Decided::SignalGone),
            false => Ok(Decided::Stands),
        }
    }

    async fn leave(&self, _: &PortalSecret) -> Result<(), FamilyFailure> {
        self.act("leave".to_owned(), None)
    }
}
