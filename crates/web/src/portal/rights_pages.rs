//! The pages on which a family asks something of the municipality: what each template is given.

use askama::Template;
use casework::FamilyRights;
use domain::rights_request::{Right, RightsState};

use super::child_view::Contents;
use super::frame::Frame;
use super::guest::Guest;
use super::rights_view::{CaseView, FileView, SignalView, steps, term};
use super::session::{FormName, form_token};

/// Objecting, and what became of it.
#[derive(Template)]
#[template(path = "portal/objection.html")]
pub(super) struct ObjectionPage {
    t: Frame,
    /// What follows an objection; nothing when there is nothing to object to.
    steps: Vec<String>,
    signals: Vec<SignalView>,
    cases: Vec<CaseView>,
    /// Whether the form was sent without a choice.
    no_choice: bool,
    object_token: String,
    withdraw_token: String,
    young: bool,
    leave_token: String,
}

/// Access and erasure, and what became of them.
#[derive(Template)]
#[template(path = "portal/rights.html")]
pub(super) struct RightsPage {
    t: Frame,
    /// Who answers and when; none when there is nothing to ask about.
    term: Option<String>,
    asks_access: bool,
    asks_erasure: bool,
    cases: Vec<CaseView>,
    ask_token: String,
    withdraw_token: String,
    young: bool,
    leave_token: String,
}

/// The file that access gave, or why there is none.
#[derive(Template)]
#[template(path = "portal/rights_file.html")]
pub(super) struct FilePage {
    t: Frame,
    contents: Option<Contents>,
    /// Whether there is one, and it is not sure enough who reads.
    not_sure: bool,
    login_name: Option<String>,
    young: bool,
    leave_token: String,
}

impl ObjectionPage {
    pub(super) fn new(t: Frame, guest: &Guest, rights: &FamilyRights) -> Self {
        let texts = t.texts();
        let open = rights.signals.iter().filter(|signal| !signal.is_objected_to);
        Self {
            steps: rights
                .municipality
                .as_deref()
                .map_or_else(Vec::new, |municipality| steps(municipality, texts)),
            signals: open.map(|signal| SignalView::new(signal, texts)).collect(),
            cases: rights
                .objections
                .iter()
                .map(|case| CaseView::of_objection(case, rights.now, texts))
                .collect(),
            no_choice: false,
            object_token: form_token(&guest.secret, FormName::Object),
            withdraw_token: form_token(&guest.secret, FormName::WithdrawObjection),
            young: rights.is_young_person,
            leave_token: form_token(&guest.secret, FormName::Leave),
            t,
        }
    }

    /// The same after a form in which nothing was chosen.
    pub(super) fn without_choice(self) -> Self {
        Self {
            no_choice: true,
            ..self
        }
    }

    /// What is said at the choice.
    fn error(&self) -> String {
        match self.no_choice {
            true => self.t.say("rights-objection-choose").into_owned(),
            false => String::new(),
        }
    }
}

impl RightsPage {
    pub(super) fn new(t: Frame, guest: &Guest, rights: &FamilyRights) -> Self {
        let texts = t.texts();
        let asks = |right: Right| {
            rights.requests.iter().any(|case| {
                case.request.asked().right == right && case.request.state() == RightsState::Requested
            })
        };
        Self {
            term: rights
                .municipality
                .as_deref()
                .map(|municipality| term(municipality, texts)),
            asks_access: asks(Right::Access),
            asks_erasure: asks(Right::Erasure),
            cases: rights
                .requests
                .iter()
                .map(|case| CaseView::of_request(case, rights.now, texts))
                .collect(),
            ask_token: form_token(&guest.secret, FormName::AskRight),
            withdraw_token: form_token(&guest.secret, FormName::WithdrawRight),
            young: rights.is_young_person,
            leave_token: form_token(&guest.secret, FormName::Leave),
            t,
        }
    }
}

impl FilePage {
    pub(super) fn with(t: Frame, guest: &Guest, contents: Contents) -> Self {
        Self {
            contents: Some(contents),
            ..Self::none(t, guest)
        }
    }

    pub(super) fn not_sure(t: Frame, guest: &Guest, login_name: Option<String>) -> Self {
        Self {
            not_sure: true,
            login_name,
            ..Self::none(t, guest)
        }
    }

    pub(super) fn none(t: Frame, guest: &Guest) -> Self {
        Self {
            t,
            contents: None,
            not_sure: false,
            login_name: None,
            young: guest.visit.is_young_person,
            leave_token: form_token(&guest.secret, FormName::Leave),
        }
    }

    fn title(&self) -> String {
        match &self.contents {
            Some(contents) => contents.title.clone(),
            None if self.not_sure && self.young => self.t.say("child-whole-title-young").into_owned(),
            None if self.not_sure => self.t.say("child-whole-title-guardian").into_owned(),
            None => self.t.say("rights-file-none-title").into_owned(),
        }
    }
}
