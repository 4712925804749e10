//! The menu of a session: which pages there are, and which of them this is. It is shown to whoever is in, and to nobody else:
//! who still chooses a PIN, or keeps a key, has one thing to do.

use std::borrow::Cow;

use casework::VisitAbout;
use texts::Texts;

/// The pages, in the order of the menu.
const PAGES: [&str; 5] = [
    "/portal/verzoek",
    "/portal/kind",
    "/portal/geschiedenis",
    "/portal/bezwaar",
    "/portal/rechten",
];

/// One line of the menu.
pub(super) struct Item {
    /// Where it leads.
    pub address: &'static str,
    /// What it is called.
    pub text: Cow<'static, str>,
    /// Whether this is the page, or one below it.
    pub is_here: bool,
}

/// The menu of one page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Menu {
    about: VisitAbout,
    /// Its place in [`PAGES`].
    here: Option<usize>,
}

impl Menu {
    /// For a visitor, on the page at this path.
    pub(super) fn of(about: VisitAbout, path: &str) -> Self {
        let here = PAGES.iter().position(|page| {
            path.strip_prefix(page)
                .is_some_and(|below| below.is_empty() || below.starts_with('/'))
        });
        Self { about, here }
    }

    /// What is in it. Who has the letter of a signal is asked nothing.
    pub(super) fn items(self, texts: Texts) -> Vec<Item> {
        let words = [
            texts.say("common-menu-request"),
            texts.say("common-menu-child"),
            texts.say("common-menu-history"),
            texts.say("common-menu-objection"),
            texts.say("common-menu-rights"),
        ];
        let hidden = match self.about {
            VisitAbout::Request => 0,
            VisitAbout::Signal => 1,
        };
        let pages = PAGES.into_iter().zip(words).enumerate().skip(hidden);
        pages
            .map(|(at, (address, text))| Item {
                address,
                text,
                is_here: self.here == Some(at),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use texts::Language;

    fn shown(about: VisitAbout, path: &str) -> Vec<(&'static str, bool)> {
        let items = Menu::of(about, path).items(Texts::of(Language::Nl));
        items
            .into_iter()
            .map(|item| (item.address, item.is_here))
            .collect()
    }

    #[test]
    fn the_page_one_is_on_is_marked_and_those_below_it() {
        for path in ["/portal/bezwaar", "/portal/bezwaar/intrekken"] {
            let here: Vec<&str> = shown(VisitAbout::Request, path)
                .into_iter()
                .filter_map(|(address, is_here)| is_here.then_some(address))
                .collect();
            assert_eq!(here, ["/portal/bezwaar"]);
        }
        assert!(
            shown(VisitAbout::Request, "/portal/bezwaarlijk")
                .iter()
                .all(|(_, is_here)| !is_here)
        );
    }

    #[test]
    fn only_who_is_asked_has_a_question() {
        assert_eq!(
            shown(VisitAbout::Request, "/portal/verzoek")[0],
            ("/portal/verzoek", true)
        );
        assert_eq!(
            shown(VisitAbout::Signal, "/portal/kind")[0],
            ("/portal/kind", true)
        );
    }
}
