//! A batch: many signals of one organisation in one request, worked off line by line afterwards.
//!
//! A line is a signal like any other once it is worked off. Until then it is nothing: it counts for nobody, and what waits
//! too long is destroyed unworked. Where a batch stands follows from what is written and the time (`at`).

use jiff::{SignedDuration, Timestamp};

use crate::words::words;

/// The most lines of a batch.
pub const MOST_LINES: u32 = 100_000;

/// The most batches of an organisation that are not ended, those still arriving included: queues are bounded.
pub const MOST_OPEN: usize = 10;

/// How long lines may wait, held or not, and how long outcomes are kept: a week, so that a supervisor has working days to
/// decide, and a partner's nightly job several nights to fetch what came of it.
pub const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How long what arrived of a batch waits for the rest: as long as idempotency keys are kept.
pub const ARRIVING: SignedDuration = SignedDuration::from_hours(25);

words! {
    /// Where a batch stands.
    BatchState, "states of batches" {
        /// Not all of it has arrived; nothing is done with it.
        Receiving = "receiving",
        /// It arrived, or was released, and waits for its turn.
        Queued = "queued",
        /// Its first lines are worked off.
        Working = "working",
        /// What is left of it is over the number of signals an hour; a supervisor decides.
        Held = "held",
        /// Nothing more comes of it; its outcomes can be read.
        Ended = "ended",
    }
}

words! {
    /// Where a line of it stands.
    LineState, "states of lines" {
        /// It waits for its turn.
        Waiting = "waiting",
        /// It is over the number of signals an hour.
        Held = "held",
        /// It was answered as a signal on its own would have been.
        Done = "done",
        /// Its organisation took the batch back before it was worked off.
        Withdrawn = "withdrawn",
        /// It waited too long, and is destroyed.
        Lapsed = "lapsed",
    }
}

words! {
    /// What a supervisor decides about lines that are held.
    HeldDecision, "decisions on held lines" {
        /// They are worked off, whatever the hour.
        Released = "released",
        /// They are destroyed.
        Refused = "refused",
    }
}

/// What came of how many lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// New signals.
    pub created: u32,
    /// Signals that the organisation had already.
    pub known: u32,
    /// Refused, each as a signal on its own would have been.
    pub refused: u32,
    /// Taken back.
    pub withdrawn: u32,
    /// Too old.
    pub lapsed: u32,
}

impl Tally {
    /// How many lines something came of.
    pub fn processed(&self) -> u32 {
        self.created + self.known + self.refused + self.withdrawn + self.lapsed
    }
}

/// A batch as it is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Batch {
    /// Where it was written to stand.
    pub written: BatchState,
    /// When that is over: what arrived is forgotten, lines lapse, outcomes are forgotten.
    pub until: Timestamp,
}

impl Batch {
    /// Where it stands at this time; none when nothing of it is left. Whether a driver has run makes no difference.
    pub fn at(self, now: Timestamp) -> Option<BatchState> {
        let over = self.until <= now;
        match self.written {
            BatchState::Receiving | BatchState::Ended if over => None,
            // The outcomes of what was done are kept as long as those of any other.
            BatchState::Queued | BatchState::Working | BatchState::Held if over => {
                (now < later(self.until)).then_some(BatchState::Ended)
            }
            written => Some(written),
        }
    }

    /// Until when its outcomes can be read.
    pub fn readable_until(self, now: Timestamp) -> Timestamp {
        let lapsed = self.until <= now && !matches!(self.written, BatchState::Ended);
        if lapsed { later(self.until) } else { self.until }
    }
}

/// Until when what stands from this time on is kept.
pub fn later(from: Timestamp) -> Timestamp {
    from.saturating_add(KEPT).unwrap_or(Timestamp::MAX)
}

/// Until when the rest of a batch may arrive of which something arrived at this time.
pub fn arrives_until(last: Timestamp) -> Timestamp {
    last.saturating_add(ARRIVING).unwrap_or(Timestamp::MAX)
}

/// Whether one signal more may be taken in this hour of the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// There is room.
    Free,
    /// There may be none: others that are weighed together with it take what is left, if they turn out to be new.
    Uncertain,
    /// There is none.
    None,
}

/// Whether there is room for one signal more where `given` stand on record and `weighed` are stored together with it, some of
/// which may be known already and do not count.
pub const fn room(given: u32, weighed: u32, limit: u32) -> Room {
    if given >= limit {
        Room::None
    } else if given.saturating_add(weighed) >= limit {
        Room::Uncertain
    } else {
        Room::Free
    }
}

/// How many lines are worked off together, at least and at most; and at first.
///
/// A transaction costs something whatever is in it, so many lines together cost less each; but others wait while it lasts,
/// and one that lasts too long is not committed.
pub const LEAST_SET: u32 = 32;
/// See [`LEAST_SET`].
pub const MOST_SET: u32 = 1_024;
/// See [`LEAST_SET`].
pub const FIRST_SET: u32 = 256;

/// A set that took no longer than this is followed by a larger one.
const QUICK: SignedDuration = SignedDuration::from_millis(150);

/// A set that took longer than this is followed by a smaller one.
const SLOW: SignedDuration = SignedDuration::from_millis(500);

/// How many lines the next set has, after one of `size` of which `worked` were worked off in this time. What came of which
/// line does not hang on it.
pub fn next_set(size: u32, worked: u32, took: SignedDuration) -> u32 {
    let next = if took > SLOW {
        size / 2
    } else if worked < size / 2 {
        // It ended before a line about a child of its own: what lies behind that is read again.
        worked * 2
    } else if worked == size && took <= QUICK {
        size * 2
    } else {
        size
    };
    next.clamp(LEAST_SET, MOST_SET)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sets_grow_while_they_are_quick_and_shrink_when_they_are_not() {
        let millis = SignedDuration::from_millis;
        assert_eq!(next_set(256, 256, millis(150)), 512);
        assert_eq!(next_set(256, 255, millis(1)), 256);
        assert_eq!(next_set(256, 256, millis(151)), 256);
        assert_eq!(next_set(256, 256, millis(501)), 128);
        assert_eq!(next_set(256, 20, millis(1)), 40);
        assert_eq!(next_set(256, 1, millis(1)), LEAST_SET);
        assert_eq!(next_set(MOST_SET, MOST_SET, millis(1)), MOST_SET);
        assert_eq!(next_set(LEAST_SET, 0, millis(9_000)), LEAST_SET);
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn what_waits_too_long_is_over_and_can_be_read_for_a_week() {
        let until = at("2027-03-08T09:00:00Z");
        let just_before = at("2027-03-08T08:59:59.999Z");
        for written in [BatchState::Queued, BatchState::Working, BatchState::Held] {
            let batch = Batch { written, until };
            assert_eq!(batch.at(just_before), Some(written));
            assert_eq!(batch.at(until), Some(BatchState::Ended), "{written}");
            assert_eq!(batch.at(at("2027-03-15T08:59:59Z")), Some(BatchState::Ended));
            assert_eq!(batch.at(at("2027-03-15T09:00:00Z")), None);
            assert_eq!(batch.readable_until(until), at("2027-03-15T09:00:00Z"));
            assert_eq!(batch.readable_until(just_before), until);
        }
        for written in [BatchState::Receiving, BatchState::Ended] {
            let batch = Batch { written, until };
            assert_eq!(batch.at(just_before), Some(written));
            assert_eq!(batch.at(until), None, "{written}");
        }
        let last = Batch {
            written: BatchState::Held,
            until: Timestamp::MAX,
        };
        assert_eq!(last.at(at("2027-03-08T09:00:00Z")), Some(BatchState::Held));
        assert_eq!(last.at(Timestamp::MAX), None);
    }

    proptest! {
        /// Lines that are weighed in sets are stopped exactly where they are one by one, whichever of them are new.
        #[test]
        fn sets_stop_where_one_by_one_stops(
            news in prop::collection::vec(any::<bool>(), 0..60),
            given in 0_u32..20, limit in 1_u32..20, size in 1_usize..20,
        ) {
            // One by one: what is known counts for nothing, and a full hour takes neither.
            let (mut alone, mut on_record) = (Vec::new(), given);
            for new in &news {
                let taken = on_record < limit;
                on_record += u32::from(taken && *new);
                alone.push(taken);
            }
            let (mut outcomes, mut on_record) = (vec![None; news.len()], given);
            while outcomes.contains(&None) {
                let set: Vec<usize> = (0..news.len()).filter(|line| outcomes[*line].is_none()).take(size).collect();
                let (mut weighed, mut new) = (0, 0);
                for line in set {
                    match room(on_record, weighed, limit) {
                        Room::Free => {
                            weighed += 1;
                            new += u32::from(news[line]);
                            outcomes[line] = Some(true);
                        }
                        Room::Uncertain => break,
                        Room::None => outcomes[line] = Some(false),
                    }
                }
                on_record += new;
            }
            prop_assert_eq!(outcomes, alone.into_iter().map(Some).collect::<Vec<_>>());
        }
    }
}
