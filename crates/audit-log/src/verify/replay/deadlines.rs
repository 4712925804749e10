//! Whether the parties of a match confirmed contact before its deadline (`due` of the leaf that opened the match or of
//! the last party that joined).

use jiff::Timestamp;

use crate::entry::Entry;

/// A match whose deadline passed without contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Late {
    pub(crate) match_case: u32,
    /// The leaf that set the deadline.
    pub(crate) place: u32,
    /// The deadline, in seconds since 1970.
    pub(crate) due: i64,
    /// What came after it, and when.
    pub(crate) after: Option<(After, i64)>,
}

/// What came after a deadline that passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum After {
    Confirmed,
    Closed,
    /// A further party joined, and a new deadline began.
    Joined,
}

impl After {
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Closed => "closed",
            Self::Joined => "joined",
        }
    }
}

/// The deadlines that run, by match.
#[derive(Default)]
pub(super) struct Deadlines {
    running: Vec<Option<(u32, i64)>>,
    late: Vec<Late>,
}

impl Deadlines {
    /// Takes a leaf about the match of this number.
    pub(super) fn push(&mut self, match_case: u32, place: u32, entry: &Entry) {
        let (after, again) = match (entry.event.as_str(), entry.to.as_deref()) {
            ("match.opened" | "match.joined", _) => (After::Joined, true),
            ("match.contact_confirmed", Some("contact_confirmed")) => (After::Confirmed, false),
            ("match.closed", _) => (After::Closed, false),
            _ => return,
        };
        let at = match_case as usize;
        if self.running.len() <= at {
            self.running.resize(at + 1, None);
        }
        let now = entry.time.as_second();
        if let Some((place, due)) = self.running[at].filter(|(_, due)| *due <= now) {
            self.late.push(Late {
                match_case,
                place,
                due,
                after: Some((after, now)),
            });
        }
        self.running[at] = entry.due.filter(|_| again).map(|due| (place, due.as_second()));
    }

    /// The deadlines that passed without contact after `from` and up to `to`, in the order of the leaves that set them.
    pub(super) fn late(mut self, from: Option<Timestamp>, to: Option<Timestamp>) -> Vec<Late> {
        let to = to.map_or(i64::MIN, Timestamp::as_second);
        let running = (0..).zip(&self.running);
        self.late.extend(running.filter_map(|(match_case, running)| {
            running.map(|(place, due)| Late {
                match_case,
                place,
                due,
                after: None,
            })
        }));
        let from = from.map_or(i64::MIN, Timestamp::as_second);
        self.late.retain(|late| late.due > from && late.due <= to);
        self.late.sort_unstable_by_key(|late| late.place);
        self.late
    }
}
