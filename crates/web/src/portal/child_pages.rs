//! The pages about a child: what each template is given.

use askama::Template;
use jiff::tz::TimeZone;
use protocol::family_file::FiledAct;
use texts::{Direction, Texts};

use super::child_view::{Asked, Contents};
use super::child_words as words;
use super::frame::Frame;
use super::guest::Guest;
use super::kept::{Block, Kept};
use super::session::{FormName, form_token};

/// What there is about the child, as far as the letter opens it: first what is asked of the reader.
#[derive(Template)]
#[template(path = "portal/child.html")]
pub(super) struct ChildPage {
    t: Frame,
    asked: Asked,
    contents: Contents,
    young: bool,
    leave_token: String,
}

/// Everything about the child, or how to come to see that.
#[derive(Template)]
#[template(path = "portal/child_whole.html")]
pub(super) struct WholePage {
    t: Frame,
    contents: Option<Contents>,
    /// Heading, whether everything is shown or not.
    title: String,
    municipality: String,
    /// What the reader would log in with; none where nobody can.
    login_name: Option<String>,
    young: bool,
    leave_token: String,
}

/// What the reader did here.
#[derive(Template)]
#[template(path = "portal/history.html")]
pub(super) struct HistoryPage {
    t: Frame,
    acts: Vec<ActView>,
    young: bool,
    leave_token: String,
}

/// The text with which consent was asked, as it was.
#[derive(Template)]
#[template(path = "portal/kept_text.html")]
pub(super) struct TextPage {
    t: Frame,
    version: String,
    /// The name of the language of the text, in that of the page.
    language_name: String,
    text: Kept,
    young: bool,
    leave_token: String,
}

/// What there is about the child, to take home: a page by itself.
#[derive(Template)]
#[template(path = "portal/child_download.html")]
pub(super) struct DownloadPage {
    pub contents: Contents,
    pub t: Texts,
}

/// Something that the reader did.
pub(super) struct ActView {
    /// When: the day and time.
    pub at: String,
    /// What.
    pub what: String,
    /// How, where it was not here.
    pub how: Option<String>,
    /// Version of the text that was shown then.
    pub version: Option<String>,
}

impl ActView {
    pub(super) fn new(act: &FiledAct, t: Texts, zone: &TimeZone) -> Self {
        Self {
            at: t.moment(act.at, zone).into_owned(),
            what: words::act(t, &act.act.code).into_owned(),
            how: words::how(t, &act.how.code).map(|how| how.into_owned()),
            version: act.text_version.clone(),
        }
    }
}

impl ChildPage {
    pub(super) fn new(t: Frame, guest: &Guest, asked: Asked, contents: Contents) -> Self {
        Self {
            t,
            asked,
            contents,
            young: guest.visit.is_young_person,
            leave_token: form_token(&guest.secret, FormName::Leave),
        }
    }
}

impl WholePage {
    pub(super) fn new(
        t: Frame,
        guest: &Guest,
        contents: Option<Contents>,
        login_name: Option<String>,
    ) -> Self {
        let young = guest.visit.is_young_person;
        let title = match young {
            true => t.say("child-whole-title-young"),
            false => t.say("child-whole-title-guardian"),
        };
        Self {
            t,
            title: title.into_owned(),
            contents,
            municipality: guest.visit.municipality.clone(),
            login_name,
            young,
            leave_token: form_token(&guest.secret, FormName::Leave),
        }
    }
}

impl HistoryPage {
    pub(super) fn new(t: Frame, guest: &Guest, acts: Vec<ActView>) -> Self {
        Self {
            t,
            acts,
            young: guest.visit.is_young_person,
            leave_token: form_token(&guest.secret, FormName::Leave),
        }
    }
}

impl TextPage {
    pub(super) fn new(t: Frame, guest: &Guest, version: String, text: Kept) -> Self {
        Self {
            language_name: words::language(t.texts(), text.language.code()).into_owned(),
            t,
            version,
            text,
            young: guest.visit.is_young_person,
            leave_token: form_token(&guest.secret, FormName::Leave),
        }
    }

    fn direction(&self) -> &'static str {
        direction(self.text.language.direction())
    }
}

impl DownloadPage {
    fn direction(&self) -> &'static str {
        direction(self.t.language().direction())
    }
}

fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::LeftToRight => "ltr",
        Direction::RightToLeft => "rtl",
    }
}
