//! What changes between two versions of a covenant, and which way.

use toml::Value;

use super::setting::{SETTINGS, Setting, Stricter};
use super::{Covenant, read};

/// A setting that is not what it was.
#[derive(Debug)]
pub struct Change {
    /// Which.
    pub setting: &'static Setting,
    /// As it was, in TOML.
    pub from: String,
    /// As it becomes, in TOML.
    pub to: String,
    /// Which way.
    pub direction: Direction,
}

/// Which way a setting changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Less is allowed, or families are better protected.
    Stricter,
    /// More is allowed.
    Milder,
    /// In part the one, in part the other.
    Both,
    /// Neither: another name, place or text.
    Neither,
}

impl Direction {
    /// The word for people.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Stricter => "stricter",
            Self::Milder => "milder",
            Self::Both => "stricter and milder",
            Self::Neither => "neither stricter nor milder",
        }
    }
}

/// What is not the same in these two, in the order of the settings.
pub fn changes(from: &Covenant, to: &Covenant) -> Vec<Change> {
    let (before, after) = (read::table(from), read::table(to));
    SETTINGS
        .iter()
        .filter_map(|setting| {
            let (was, becomes) = (before.get(setting.name), after.get(setting.name));
            (was != becomes).then(|| Change {
                setting,
                from: written(was),
                to: written(becomes),
                direction: direction(setting, from, to),
            })
        })
        .collect()
}

fn direction(setting: &Setting, from: &Covenant, to: &Covenant) -> Direction {
    let listed = |gained: bool, lost: bool| match (gained, lost) {
        (true, true) => Direction::Both,
        (true, false) => Direction::Stricter,
        (false, true) => Direction::Milder,
        (false, false) => Direction::Neither,
    };
    match &setting.stricter {
        Stricter::Higher(_, of) => listed(of(to) > of(from), of(to) < of(from)),
        Stricter::More(_, of) => {
            let (before, after) = (of(from), of(to));
            listed(!after.is_subset(&before), !before.is_subset(&after))
        }
        Stricter::Fewer(_, of) => {
            let (before, after) = (of(from), of(to));
            listed(!before.is_subset(&after), !after.is_subset(&before))
        }
        Stricter::Neither => Direction::Neither,
    }
}

fn written(value: Option<&Value>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}
