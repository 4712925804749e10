//! Whether the family was told of each signal in time, or why not: `due` of the leaf that submitted the signal, moved by
//! each postponement, until a leaf says that the family was told.

use jiff::Timestamp;

use super::{Broken, Tag};
use crate::carry::tag;
use crate::entry::Entry;
use crate::verify::message as say;

/// What a leaf says about telling the family of a signal.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Proposed,
    /// Until when, in seconds since 1970.
    Postponed(i64),
    Rejected,
    Recorded,
}

#[derive(Clone, Copy)]
struct Leaf {
    tag: Tag,
    at: i64,
    place: u32,
    organisation: u32,
    what: What,
}

/// A row of the report `signals-without-disclosure`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Undisclosed {
    /// The leaf that set the deadline, or that postponed.
    pub(crate) place: u32,
    pub(crate) tag: Tag,
    pub(crate) organisation: u32,
    /// The deadline that passed, or when it was postponed: seconds since 1970.
    pub(crate) at: i64,
    pub(crate) why: Why,
}

/// Why a signal stands in the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Why {
    /// The deadline passed. What came after it, and when.
    Late(Option<(After, i64)>),
    /// It was postponed until then.
    Postponed(i64),
}

/// What came after a deadline that passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum After {
    Recorded,
    Postponed,
}

impl After {
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Postponed => "postponed",
        }
    }
}

/// All leaves `disclosure.*`, and the rows they come to.
#[derive(Default)]
pub(super) struct Disclosures {
    leaves: Vec<Leaf>,
    rows: Vec<Undisclosed>,
}

impl Disclosures {
    /// Takes a leaf `disclosure.*`; `None` when it lacks what it must name. One of an unknown verb changes nothing.
    pub(super) fn push(&mut self, organisation: u32, place: u32, entry: &Entry) -> Option<()> {
        let signal = tag('s', &entry.sub)?;
        let what = match entry.event.as_str() {
            "disclosure.postponement_proposed" => What::Proposed,
            "disclosure.postponed" => What::Postponed(entry.until?.as_second()),
            "disclosure.postponement_rejected" => What::Rejected,
            "disclosure.recorded" => What::Recorded,
            _ => return Some(()),
        };
        self.leaves.push(Leaf {
            tag: signal,
            at: entry.time.as_second(),
            place,
            organisation,
            what,
        });
        Some(())
    }

    /// What was proposed is decided once, nothing follows when the family was told, and it is told once.
    pub(super) fn judge(&mut self, broken: &mut Broken) {
        self.leaves.sort_unstable_by_key(|leaf| (leaf.tag, leaf.place));
        for leaves in self.leaves.chunk_by(|a, b| a.tag == b.tag) {
            let (mut proposed, mut told) = (false, false);
            for leaf in leaves {
                let decides = matches!(leaf.what, What::Postponed(_) | What::Rejected);
                if told || (decides && !proposed) || leaf.organisation != leaves[0].organisation {
                    broken.push(leaf.place, &say::DISCLOSURE_ORDER);
                }
                proposed = leaf.what == What::Proposed;
                told |= leaf.what == What::Recorded;
            }
        }
    }

    /// Works out the rows of one signal: its deadline, when it has one, and when it counted no longer. After
    /// [`Disclosures::judge`], which sorts.
    pub(super) fn of_signal(
        &mut self,
        signal: Tag,
        place: u32,
        organisation: u32,
        due: Option<i64>,
        over_at: Option<i64>,
    ) {
        let from = self.leaves.partition_point(|leaf| leaf.tag < signal);
        let leaves = self.leaves[from..].iter().take_while(|leaf| leaf.tag == signal);
        // (the leaf that set it, the deadline)
        let mut running = due.map(|due| (place, due));
        let mut rows = Vec::new();
        let row = |(place, at), why| Undisclosed {
            place,
            tag: signal,
            organisation,
            at,
            why,
        };
        for leaf in leaves {
            let after = match leaf.what {
                What::Recorded => After::Recorded,
                What::Postponed(until) => {
                    rows.push(row((leaf.place, leaf.at), Why::Postponed(until)));
                    After::Postponed
                }
                What::Proposed | What::Rejected => continue,
            };
            if let Some(missed) = running.filter(|(_, due)| *due <= leaf.at) {
                rows.push(row(missed, Why::Late(Some((after, leaf.at)))));
            }
            running = match leaf.what {
                // A postponement never shortens the first time.
                What::Postponed(until) => Some((leaf.place, due.map_or(until, |due| due.max(until)))),
                _ => None,
            };
        }
        rows.extend(running.map(|missed| row(missed, Why::Late(None))));
        rows.retain(|row| matches!(row.why, Why::Postponed(_)) || over_at.is_none_or(|over| row.at < over));
        self.rows.extend(rows);
    }

    /// The rows of the period: deadlines that passed after `from` and up to `to`, and what was postponed from the leaf
    /// `first` on; in the order of the leaves.
    pub(super) fn rows(
        mut self,
        first: u32,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
    ) -> Vec<Undisclosed> {
        let from = from.map_or(i64::MIN, Timestamp::as_second);
        let to = to.map_or(i64::MIN, Timestamp::as_second);
        self.rows.retain(|row| match row.why {
            Why::Late(_) => row.at > from && row.at <= to,
            Why::Postponed(_) => row.place >= first,
        });
        self.rows.sort_unstable_by_key(|row| (row.place, row.at, row.why));
        self.rows
    }
}
