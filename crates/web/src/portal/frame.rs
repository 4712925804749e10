//! What surrounds every page: its language, its address for the links that switch the language, a municipality's theme, and the
//! menu of who is in.

use std::ops::Deref;

use actix_web::http::Method;
use actix_web::{HttpMessage as _, HttpRequest, web};
use casework::VisitAbout;
use texts::{Language, Texts};

use super::menu::{Item, Menu};
use super::{Portal, language};
use crate::asset::Asset;

/// The frame of one page. It speaks: `t.say("common-help")` in a template is the message in the reader's language.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    texts: Texts,
    path: &'static str,
    theme: Option<&'static str>,
    menu: Option<Menu>,
}

/// A page in one language.
pub(super) struct InLanguage {
    /// Which.
    pub language: Language,
    /// Where it is.
    pub address: String,
    /// Whether this is the page.
    pub is_here: bool,
}

impl Frame {
    /// The frame of the page that answers this request.
    pub(super) fn of(request: &HttpRequest) -> Self {
        let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
        Self {
            texts: Texts::of(language::of(request)),
            // What is answered to a form has no address of its own.
            path: if is_read { "" } else { "/portal" },
            theme: request
                .app_data::<web::Data<Portal>>()
                .and_then(|portal| portal.theme().map(Asset::address)),
            // What `Guest` notes: for a frame that is made before it, nobody is in.
            menu: request
                .extensions()
                .get::<VisitAbout>()
                .map(|about| Menu::of(*about, request.path())),
        }
    }

    /// The same for a page that answers a form: `path` is where it can be read.
    pub(super) fn at(self, path: &'static str) -> Self {
        Self { path, ..self }
    }

    /// The same for a page that says why there is none: in another language the reader finds what `onward` leads to, unless
    /// the page they asked for can be asked for again.
    pub(super) fn answering(self, onward: &'static str) -> Self {
        match self.path {
            "" => self,
            _ => self.at(onward),
        }
    }

    /// The address of a municipality's style sheet.
    pub(super) fn theme(&self) -> Option<&'static str> {
        self.theme
    }

    /// The menu; nothing for who is not in.
    pub(super) fn menu(&self) -> Vec<Item> {
        self.menu.map_or_else(Vec::new, |menu| menu.items(self.texts))
    }

    /// The texts that the page is written in.
    pub(super) fn texts(&self) -> Texts {
        self.texts
    }

    /// Where this page is in each language.
    pub(super) fn languages(&self) -> [InLanguage; Language::ALL.len()] {
        Language::ALL.map(|language| InLanguage {
            language,
            address: format!("{}?taal={}", self.path, language.code()),
            is_here: language == self.texts.language(),
        })
    }
}

impl Deref for Frame {
    type Target = Texts;

    fn deref(&self) -> &Texts {
        &self.texts
    }
}
