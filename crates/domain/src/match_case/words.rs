//! The words of a match.

use std::fmt;

use crate::actor::UnknownWord;

/// The name of the state a match is in, as tables, the interface and the audit log write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MatchState {
    /// At least two organisations have an active signal; not everyone who must has confirmed contact.
    Open,
    /// Everyone who must has confirmed contact.
    ContactConfirmed,
    /// Over. A later pair of signals makes a new match, with new consent.
    Closed,
}

impl MatchState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Open, Self::ContactConfirmed, Self::Closed];

    /// The word for tables, the interface and the audit log.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::ContactConfirmed => "contact_confirmed",
            Self::Closed => "closed",
        }
    }

    /// # Errors
    /// `UnknownWord` when no state has this slug.
    pub fn from_slug(slug: &str) -> Result<Self, UnknownWord> {
        Self::ALL
            .into_iter()
            .find(|state| state.slug() == slug)
            .ok_or(UnknownWord { list: "match states" })
    }
}

impl fmt::Display for MatchState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}
