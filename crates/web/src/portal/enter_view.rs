//! The pages on the way in: where a code or return key is entered, where a PIN is chosen, and the return key.

use std::borrow::Cow;

use askama::Template;
use domain::invitation::InvitationCode;

use super::frame::Frame;
use super::guest::Guest;
use super::return_key::WrongPin;
use super::session::{FormName, form_token};

/// Where a code or a return key is entered.
#[derive(Template)]
#[template(path = "portal/start.html")]
pub(super) struct StartPage {
    t: Frame,
    /// What opens nothing. What was typed is not repeated.
    wrong: Option<WrongEntry>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum WrongEntry {
    Code,
    Key,
}

/// Where a PIN is chosen.
#[derive(Template)]
#[template(path = "portal/pin.html")]
pub(super) struct PinPage {
    t: Frame,
    wrong: Option<WrongPin>,
    token: String,
    leave_token: String,
}

/// The return key, to be kept.
#[derive(Template)]
#[template(path = "portal/return_key.html")]
pub(super) struct ReturnKeyPage {
    t: Frame,
    key: String,
    municipality: String,
    token: String,
    leave_token: String,
}

impl StartPage {
    pub(super) fn new(t: Frame) -> Self {
        Self { t, wrong: None }
    }

    pub(super) fn with_wrong_code(t: Frame) -> Self {
        Self {
            wrong: Some(WrongEntry::Code),
            ..Self::new(t)
        }
    }

    pub(super) fn with_wrong_key(t: Frame) -> Self {
        Self {
            wrong: Some(WrongEntry::Key),
            ..Self::new(t)
        }
    }

    fn code_hint(&self) -> Cow<'static, str> {
        self.t
            .with("enter-code-hint", &[("example", &"ABCD-1234-EFGH-5678")])
    }

    /// What stands at the field of the code; nothing when that was not it.
    fn code_error(&self) -> String {
        match self.wrong {
            Some(WrongEntry::Code) => self.t.say("enter-code-wrong-help").into_owned(),
            _ => String::new(),
        }
    }

    /// What stands at the field of the return key. What is wrong of the two, nobody is told.
    fn key_error(&self) -> String {
        match self.wrong {
            Some(WrongEntry::Key) => self.t.say("enter-key-wrong-help").into_owned(),
            _ => String::new(),
        }
    }
}

impl PinPage {
    pub(super) fn new(t: Frame, guest: &Guest, wrong: Option<WrongPin>) -> Self {
        Self {
            t,
            wrong,
            token: form_token(&guest.secret, FormName::ChoosePin),
            leave_token: form_token(&guest.secret, FormName::Leave),
        }
    }

    /// What is wrong with the PIN.
    fn pin_error(&self) -> String {
        match self.wrong {
            Some(WrongPin::NotSixDigits) => self.t.say("enter-pin-not-six").into_owned(),
            Some(WrongPin::TooEasy) => self.t.say("enter-pin-too-easy").into_owned(),
            Some(WrongPin::Differs) | None => String::new(),
        }
    }

    /// What is wrong with the second time.
    fn again_error(&self) -> String {
        match self.wrong {
            Some(WrongPin::Differs) => self.t.say("enter-pin-differs").into_owned(),
            Some(WrongPin::NotSixDigits | WrongPin::TooEasy) | None => String::new(),
        }
    }
}

impl ReturnKeyPage {
    pub(super) fn new(t: Frame, guest: &Guest, key: &InvitationCode) -> Self {
        Self {
            t,
            key: key.grouped(),
            municipality: guest.visit.municipality.clone(),
            token: form_token(&guest.secret, FormName::KeepKey),
            leave_token: form_token(&guest.secret, FormName::Leave),
        }
    }

    fn when_lost(&self) -> Cow<'static, str> {
        self.t
            .with("enter-kept-lost", &[("municipality", &self.municipality)])
    }
}
