//! The pages: what each template is given. Which words stand where is in `templates/portal`, the words are
//! `texts`; nothing here decides anything.

use askama::Template;
use casework::PortalSecret;
use jiff::civil::{Date, date};

use super::frame::Frame;
use super::request_view::{RequestView, StateView};
use super::session::{FormName, form_token};

/// What is asked, and what has become of it.
#[derive(Template)]
#[template(path = "portal/request.html")]
pub(super) struct RequestPage {
    t: Frame,
    view: RequestView,
    decide_token: String,
    leave_token: String,
}

/// The last question before something is taken back.
#[derive(Template)]
#[template(path = "portal/withdraw.html")]
pub(super) struct WithdrawPage {
    t: Frame,
    view: RequestView,
    withdraw_token: String,
    leave_token: String,
}

/// After leaving.
#[derive(Template)]
#[template(path = "portal/left.html")]
pub(super) struct LeftPage {
    pub t: Frame,
}

/// After a no to a signal: nothing of it is left to show.
#[derive(Template)]
#[template(path = "portal/signal_gone.html")]
pub(super) struct SignalGonePage {
    pub t: Frame,
}

/// Help, and whom to call.
#[derive(Template)]
#[template(path = "portal/help.html")]
pub(super) struct HelpPage {
    pub t: Frame,
}

/// How accessible these pages are.
#[derive(Template)]
#[template(path = "portal/accessibility.html")]
pub(super) struct AccessibilityPage {
    pub t: Frame,
}

impl AccessibilityPage {
    /// The day on which what the statement says was last looked at, all of it.
    const STATED_ON: Date = date(2026, 11, 22);
}

/// Something did not work.
#[derive(Template)]
#[template(path = "portal/message.html")]
pub(super) struct MessagePage {
    t: Frame,
    message: Message,
}

/// What is said when something did not work: keys of texts.
pub(super) struct Message {
    pub title: &'static str,
    text: &'static [&'static str],
    /// Where to go on: address and words.
    onward: (&'static str, &'static str),
}

impl RequestPage {
    pub(super) fn new(t: Frame, view: RequestView, secret: &PortalSecret) -> Self {
        Self {
            t,
            view,
            decide_token: form_token(secret, FormName::Decide),
            leave_token: form_token(secret, FormName::Leave),
        }
    }
}

impl WithdrawPage {
    pub(super) fn new(t: Frame, view: RequestView, secret: &PortalSecret) -> Self {
        Self {
            t,
            view,
            withdraw_token: form_token(secret, FormName::Withdraw),
            leave_token: form_token(secret, FormName::Leave),
        }
    }
}

impl MessagePage {
    /// In another language the reader finds the page they would go on to.
    pub(super) fn new(frame: Frame, message: Message) -> Self {
        Self {
            t: frame.answering(message.onward.0),
            message,
        }
    }
}

const TO_START: (&str, &str) = ("/portal", "common-to-start");
const TO_LOGIN: (&str, &str) = ("/portal/inloggen", "login-again");
const TO_REQUEST: (&str, &str) = ("/portal/verzoek", "common-to-request");

impl Message {
    pub(super) const OUTSIDE: Self = Self {
        title: "common-outside-title",
        text: &["common-outside-text"],
        onward: TO_START,
    };
    pub(super) const NOT_ENTITLED: Self = Self {
        title: "common-not-entitled-title",
        text: &[
            "common-not-entitled-text",
            "common-not-entitled-why",
            "common-not-entitled-what",
        ],
        onward: TO_START,
    };
    pub(super) const DECIDED: Self = Self {
        title: "common-decided-title",
        text: &["common-decided-text"],
        onward: TO_REQUEST,
    };
    pub(super) const FOREIGN_FORM: Self = Self {
        title: "common-foreign-form-title",
        text: &[
            "common-nothing-saved",
            "common-foreign-form-why",
            "common-foreign-form-what",
        ],
        onward: TO_REQUEST,
    };
    pub(super) const UNREADABLE_FORM: Self = Self {
        title: "common-unreadable-form-title",
        text: &["common-nothing-saved", "common-unreadable-form-what"],
        onward: TO_START,
    };
    pub(super) const NO_CHOICE: Self = Self {
        title: "common-no-choice-title",
        text: &["common-nothing-saved", "common-no-choice-what"],
        onward: TO_REQUEST,
    };
    pub(super) const TOO_FAST: Self = Self {
        title: "common-too-fast-title",
        text: &["common-too-fast-why", "common-too-fast-what"],
        onward: TO_START,
    };
    pub(super) const NOT_FOUND: Self = Self {
        title: "common-not-found-title",
        text: &["common-not-found-what"],
        onward: TO_START,
    };
    pub(super) const NOT_ALLOWED: Self = Self {
        title: "common-not-allowed-title",
        text: &["common-nothing-saved", "common-not-allowed-what"],
        onward: TO_START,
    };
    pub(super) const NOT_LOGGED_IN: Self = Self {
        title: "login-failed",
        text: &["login-failed-text"],
        onward: TO_LOGIN,
    };
    pub(super) const SOMEBODY_ELSE: Self = Self {
        title: "login-another",
        text: &["login-another-text"],
        onward: TO_REQUEST,
    };
    pub(super) const LOGIN_LATER: Self = Self {
        title: "login-later",
        text: &["login-later-text"],
        onward: TO_LOGIN,
    };
    pub(super) const LATER: Self = Self {
        title: "common-later-title",
        text: &["common-later-why", "common-later-what", "common-later-chosen"],
        onward: TO_REQUEST,
    };
}
