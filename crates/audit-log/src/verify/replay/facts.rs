//! What the replay knows when the last leaf has passed, for the reports.

use jiff::Timestamp;

use super::deadlines::Late;
use super::disclosure::Undisclosed;
use super::{Broken, Tag};
use crate::verify::message::{self as say, Message};

/// The outcome of a replay.
#[derive(Default)]
pub(crate) struct Facts {
    pub(super) broken: Broken,
    pub(super) pending: u64,
    /// The time of the last leaf before the period, when there is one.
    pub(crate) from: Option<Timestamp>,
    /// The latest time of a leaf.
    pub(crate) to: Option<Timestamp>,
    pub(crate) organisations: Vec<Box<str>>,
    pub(crate) matches: Vec<Tag>,
    pub(crate) late: Vec<Late>,
    pub(crate) undisclosed: Vec<Undisclosed>,
    pub(crate) overdue: Vec<AboutSignal>,
    pub(crate) consents: Vec<Given>,
    pub(crate) views: u64,
}

/// A signal that a report is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AboutSignal {
    pub(crate) place: u32,
    pub(crate) tag: Tag,
    pub(crate) organisation: u32,
    /// Its planned end, in minutes since 1970; 0 when the log gives none.
    pub(crate) until: u32,
}

/// A consent given by letter in the period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Given {
    pub(crate) place: u32,
    pub(crate) tag: Tag,
    /// Who asked for it, and so issued the letter.
    pub(crate) issuer: u32,
    /// When it was given, in seconds since 1970.
    pub(crate) at: i64,
    /// Minutes between request and first use of a code.
    pub(crate) minutes: i64,
}

impl Facts {
    /// Matches of which a party has yet to be told.
    pub(crate) fn pending(&self) -> u64 {
        self.pending
    }

    /// The rules found broken, in order of place, and how many more there were.
    pub(crate) fn broken(self) -> (Vec<(u32, &'static Message)>, u64) {
        (self.broken.kept, self.broken.more)
    }

    /// The leaves of the period that sent or read content while no valid consent stood, with the rule they break.
    pub(crate) fn exchanges(&self) -> impl Iterator<Item = (u32, &'static Message)> {
        let rules = [
            &say::CONTENT_BEFORE,
            &say::CONTENT_WITHDRAWN,
            &say::CONTENT_ENDED,
            &say::CONTENT_OTHER_MATCH,
        ];
        let kept = self.broken.kept.iter().copied();
        kept.filter(move |(_, message)| rules.contains(message))
    }
}
