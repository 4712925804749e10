//! What families read, in six languages: the words of the portal and of its papers.
//!
//! A text is a message in a file of its language and area (`messages/nl/request.ftl`, [Project Fluent](https://projectfluent.org)),
//! found by its key. Dutch comes first: its comments tell translators where a message stands and in which tone, and a
//! message that another language lacks, which a test refuses, is shown in Dutch.
//!
//! This crate does not know who reads, what is asked, or how a page looks: no message holds markup. It knows none of our
//! other crates, reads no clock and no file.

mod bundle;
mod dates;
mod language;
mod value;

use std::borrow::Cow;

pub use bundle::AREAS;
pub use language::{Direction, Language};
pub use value::Value;

/// The texts in one language. Small: copy it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Texts {
    language: Language,
}

impl Texts {
    /// The texts in this language.
    pub const fn of(language: Language) -> Self {
        Self { language }
    }

    /// Which language it is.
    pub const fn language(self) -> Language {
        self.language
    }

    /// A message without variables.
    pub fn say(self, key: &str) -> Cow<'static, str> {
        bundle::format(self.language, key, &[])
    }

    /// A message with its variables: `texts.with("common-days", &[("count", &2)])`. In Arabic each value stands in
    /// marks (U+2068 and U+2069) that keep a Latin name from turning the words around it.
    pub fn with(self, key: &str, values: &[(&str, &dyn Value)]) -> Cow<'static, str> {
        bundle::format(self.language, key, values)
    }

    /// What stands before and after a message's only variable, so that a page can put a link or an emphasis in its place.
    pub fn around(self, key: &str, variable: &str) -> (String, String) {
        // No message and no value holds this noncharacter of Unicode.
        let mark = '\u{FDD0}';
        let whole = self.with(key, &[(variable, &mark.to_string())]);
        let (before, after) = whole.split_once(mark).unwrap_or((whole.as_ref(), ""));
        let without_marks = |text: &str| text.replace(['\u{2068}', '\u{2069}'], "");
        (without_marks(before), without_marks(after))
    }
}
