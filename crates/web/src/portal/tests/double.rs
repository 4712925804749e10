//! A household with one signatory, as far as the pages need it: what they show and call is written down, what they are
//! answered is set by the test. It knows no rule; the journeys in `tests/` meet the real one.

use std::sync::{Arc, Mutex};

use casework::{
    ChildFile, Choice, ConsentPage, Decided, FamilyFailure, FamilyRights, Fetched, LoginAnswer, LoginBegun,
    LoginFailure, LoginTicket, PageState, PartyName, PortalSecret, ReceiptFacts, ReceiptWords, RecordedFor,
    SessionAssurance, Stage, Visit, VisitAbout, text_version,
};
use domain::actor::Sector;
use domain::consent::Purpose;
use domain::covenant::Covenant;
use domain::invitation::InvitationCode;
use domain::pin::Pin;
use domain::rights_request::Right;
use jiff::Timestamp;
use protocol::consent::Language;
use protocol::id::Id;

use super::child_file::child_file;
use super::privacy::covenant;
use super::rights_file::family_rights;
use crate::portal::family::Family;

pub const CODE: &str = "7KQ4-XM2P-9TRC-HV6D";
pub const PIN: &str = "274951";

/// The return key that a PIN is chosen for.
pub fn return_key() -> InvitationCode {
    InvitationCode::from_random(&[9; 10])
}

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
        asked_by: Some("Basisschool De Regenboog".to_owned()),
        municipality: "gemeente Voorbeeldstad".to_owned(),
        parties: vec![
            PartyName {
                name: Some("Basisschool De Regenboog".to_owned()),
                sector: Some(Sector::Education),
            },
            PartyName {
                name: Some("Kinderopvang Klein Duimpje".to_owned()),
                sector: Some(Sector::Childcare),
            },
        ],
        is_young_person: false,
        requested_at: at("2027-03-12T10:00:00Z"),
        answer_by: at("2027-04-09T09:00:00Z"),
        consent_days: 365,
        time_zone: "Europe/Amsterdam".to_owned(),
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
    child: ChildFile,
    logged_in: bool,
    stage: Stage,
    about: VisitAbout,
    entitled: bool,
    closed: bool,
    too_late: bool,
    acts: Vec<String>,
    read_in: Vec<Language>,
    rights: FamilyRights,
    file: Option<bool>,
    covenants: Vec<Covenant>,
}

impl Household {
    pub fn new() -> Self {
        Self::with(consent_page())
    }

    pub fn with(page: ConsentPage) -> Self {
        Self(Arc::new(Mutex::new(Scene {
            page,
            child: child_file(),
            logged_in: false,
            stage: Stage::In,
            about: VisitAbout::Request,
            entitled: true,
            closed: false,
            too_late: false,
            acts: Vec::new(),
            read_in: Vec::new(),
            rights: family_rights(),
            file: None,
            covenants: vec![covenant("")],
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

    /// The reader is so far.
    pub fn at(self, stage: Stage) -> Self {
        self.0.lock().unwrap().stage = stage;
        self
    }

    /// The reader has the letter of a signal.
    pub fn with_letter_of_signal(self) -> Self {
        self.0.lock().unwrap().about = VisitAbout::Signal;
        self
    }

    /// The reader may see nothing any more.
    pub fn no_longer_entitled() -> Self {
        let household = Self::new();
        household.0.lock().unwrap().entitled = false;
        household
    }

    /// Deciding is too late.
    pub fn too_late(state: PageState) -> Self {
        let household = Self::in_state(state);
        household.0.lock().unwrap().too_late = true;
        household
    }

    /// What is kept about the child.
    pub fn keeps(self, child: ChildFile) -> Self {
        self.0.lock().unwrap().child = child;
        self
    }

    /// The reader logged in.
    pub fn logged_in(self) -> Self {
        self.0.lock().unwrap().logged_in = true;
        self
    }

    /// What was asked of the municipality.
    pub fn asked(self, rights: FamilyRights) -> Self {
        self.0.lock().unwrap().rights = rights;
        self
    }

    /// Access gave a file; whether it is sure enough who reads.
    pub fn has_file(self, is_sure: bool) -> Self {
        self.0.lock().unwrap().file = Some(is_sure);
        self
    }

    /// What the region agreed.
    pub fn agreed(self, covenants: Vec<Covenant>) -> Self {
        self.0.lock().unwrap().covenants = covenants;
        self
    }

    pub fn show(&self, page: ConsentPage) {
        self.0.lock().unwrap().page = page;
    }

    fn is_about_a_signal(&self) -> bool {
        self.0.lock().unwrap().page.purpose == Purpose::Signal
    }

    /// In which languages was read what was decided.
    pub fn read_in(&self) -> Vec<Language> {
        self.0.lock().unwrap().read_in.clone()
    }

    /// What was called, but for reading the page.
    pub fn acts(&self) -> Vec<String> {
        self.0.lock().unwrap().acts.clone()
    }

    fn may(&self, act: String) -> Result<(), FamilyFailure> {
        self.act(act, None)?;
        match self.0.lock().unwrap().too_late {
            true => Err(FamilyFailure::TooLate),
            false => Ok(()),
        }
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

    async fn choose_pin(&self, _: &PortalSecret, pin: &Pin) -> Result<(), FamilyFailure> {
        let digits = String::from_utf8(pin.digits().to_vec()).unwrap();
        self.act(format!("choose {digits}"), None)?;
        self.0.lock().unwrap().stage = Stage::ShowsKey;
        Ok(())
    }

    async fn return_key(&self, _: &PortalSecret) -> Result<Option<InvitationCode>, FamilyFailure> {
        Ok(Some(return_key()))
    }

    async fn kept_key(&self, _: &PortalSecret) -> Result<(), FamilyFailure> {
        self.act("keep the key".to_owned(), None)?;
        self.0.lock().unwrap().stage = Stage::In;
        Ok(())
    }

    async fn come_back(&self, key: &str, pin: &str) -> Result<PortalSecret, FamilyFailure> {
        self.act("come back".to_owned(), None)?;
        match (key, pin) {
            (CODE, PIN) => Ok(PortalSecret::from_bytes([7; 32])),
            _ => Err(FamilyFailure::Closed),
        }
    }

    async fn visit(&self, secret: &PortalSecret) -> Result<Visit, FamilyFailure> {
        let scene = self.0.lock().unwrap();
        if scene.closed || secret.expose() != &[7; 32] {
            return Err(FamilyFailure::Closed);
        }
        if !scene.entitled {
            return Err(FamilyFailure::NotEntitled);
        }
        Ok(Visit {
            about: scene.about,
            is_young_person: scene.page.is_young_person,
            stage: scene.stage,
            assurance: match scene.logged_in {
                true => SessionAssurance::Oidc,
                false => SessionAssurance::Letter,
            },
            municipality: scene.page.municipality.clone(),
        })
    }

    async fn consent_page(&self, secret: &PortalSecret) -> Result<ConsentPage, FamilyFailure> {
        let scene = self.0.lock().unwrap();
        if scene.closed || secret.expose() != &[7; 32] {
            return Err(FamilyFailure::Closed);
        }
        Ok(scene.page.clone())
    }

    async fn decide(
        &self,
        _: &PortalSecret,
        question: Id,
        choice: Choice,
        language: Language,
    ) -> Result<Decided, FamilyFailure> {
        assert_eq!(question, consent_page().question);
        self.0.lock().unwrap().read_in.push(language);
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

    async fn withdraw(&self, _: &PortalSecret, language: Language) -> Result<Decided, FamilyFailure> {
        self.0.lock().unwrap().read_in.push(language);
        self.act("withdraw".to_owned(), Some(states()[5]))?;
        match self.is_about_a_signal() {
            true => Ok(Decided::SignalGone),
            false => Ok(Decided::Stands),
        }
    }

    fn login_name(&self) -> Option<String> {
        Some("DigiD".to_owned())
    }

    async fn begin_login(&self, _: &PortalSecret, language: &str) -> Result<LoginBegun, LoginFailure> {
        self.act(format!("begin login in {language}"), None)?;
        Ok(LoginBegun {
            ticket: LoginTicket::from_bytes([5; 32]),
            way_there: "https://broker.example/authorize?state=s&nonce=\"n".to_owned(),
        })
    }

    async fn finish_login(&self, ticket: &LoginTicket, answer: &LoginAnswer) -> Result<(), LoginFailure> {
        self.act(
            format!(
                "finish login {} {} {:?}",
                answer.code.as_str(),
                answer.state.as_str(),
                answer.issuer
            ),
            None,
        )?;
        match (ticket.expose(), answer.code.as_str()) {
            ([5, ..], "another") => Err(LoginFailure::SomebodyElse),
            ([5, ..], "later") => Err(LoginFailure::Later),
            ([5, ..], "c") => Ok(()),
            _ => Err(LoginFailure::NotLoggedIn),
        }
    }

    async fn child_file(&self, secret: &PortalSecret) -> Result<ChildFile, FamilyFailure> {
        let scene = self.0.lock().unwrap();
        if scene.closed || secret.expose() != &[7; 32] {
            return Err(FamilyFailure::Closed);
        }
        Ok(scene.child.clone())
    }

    async fn receipt_facts(&self, secret: &PortalSecret) -> Result<ReceiptFacts, FamilyFailure> {
        Ok(ReceiptFacts {
            page: self.consent_page(secret).await?,
            read_at: at("2027-03-15T12:00:00Z"),
            record: None,
            own: None,
        })
    }

    fn sign_receipt(
        &self,
        facts: &ReceiptFacts,
        words: &ReceiptWords,
    ) -> Result<Option<String>, FamilyFailure> {
        let is_signed = matches!(
            facts.page.state,
            PageState::Given { .. } | PageState::Withdrawn { .. }
        );
        Ok(is_signed.then(|| format!("{words:?}")))
    }

    async fn whole_file(&self, secret: &PortalSecret) -> Result<Option<ChildFile>, FamilyFailure> {
        let child = self.child_file(secret).await?;
        let logged_in = self.0.lock().unwrap().logged_in;
        Ok(logged_in.then_some(ChildFile { whole: true, ..child }))
    }

    async fn rights(&self, secret: &PortalSecret) -> Result<FamilyRights, FamilyFailure> {
        let scene = self.0.lock().unwrap();
        if scene.closed || secret.expose() != &[7; 32] {
            return Err(FamilyFailure::Closed);
        }
        Ok(scene.rights.clone())
    }

    async fn object(&self, _: &PortalSecret, signal: Id) -> Result<(), FamilyFailure> {
        self.may(format!("object {signal}"))
    }

    async fn withdraw_objection(&self, _: &PortalSecret, objection: Id) -> Result<(), FamilyFailure> {
        self.may(format!("withdraw objection {objection}"))
    }

    async fn ask(&self, _: &PortalSecret, right: Right) -> Result<(), FamilyFailure> {
        self.may(format!("ask {right:?}"))
    }

    async fn withdraw_request(&self, _: &PortalSecret, request: Id) -> Result<(), FamilyFailure> {
        self.may(format!("withdraw request {request}"))
    }

    async fn fetch_file(&self, secret: &PortalSecret) -> Result<Fetched, FamilyFailure> {
        let child = self.child_file(secret).await?;
        Ok(match self.0.lock().unwrap().file {
            Some(true) => Fetched::File(Box::new(ChildFile { whole: true, ..child })),
            Some(false) => Fetched::NotSureEnough,
            None => Fetched::Nothing,
        })
    }

    async fn covenants_in_force(&self) -> Result<Vec<Covenant>, FamilyFailure> {
        Ok(self.0.lock().unwrap().covenants.clone())
    }

    async fn own_covenants(&self, secret: &PortalSecret) -> Result<Vec<Covenant>, FamilyFailure> {
        self.child_file(secret).await?;
        Ok(vec![covenant("name = \"Uw convenant\"")])
    }

    async fn leave(&self, _: &PortalSecret) -> Result<(), FamilyFailure> {
        self.act("leave".to_owned(), None)
    }
}
