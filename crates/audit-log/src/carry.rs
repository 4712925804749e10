//! What an export by period carries along of the log before it, so that its events can be judged: the leaves of
//! lifecycles still open at the period's start. One rule decides it from the leaves alone; the writer applies it to the
//! whole log before the period, and a verifier that has the previous export applies it to that.
//!
//! - A *signal* is open until a leaf ends it (`to` is `expired`, `ended`, `archived` or `destroyed`), and a week longer. With
//!   it go all leaves that say where it stands, those about telling the family, its letters, and the consent to the signal
//!   itself.
//! - A *match* is open while it is not closed or one of its consents was asked or given and has not ended, and until
//!   a week after its last leaf. With it go its signals, notices, consents and messages, and that it was escalated.
//! - A *case* (an objection, a request of the family, a soft match, a family match) is open until a leaf ends it, and a week
//!   longer; one that nothing ends, for a year after its last leaf.
//! - The leaf of an opening that the period erases goes along, and the last leaf before the period, for its time.
//!
//! The week is there because notices and endings follow the act they belong to a little later.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;

use crate::case::{self, Step};
use crate::entry::{Entry, EntryError};
use crate::text::parse_hex;

/// How long a lifecycle that ended is still carried, in seconds.
const AFTERMATH: i64 = 7 * 24 * 3600;
/// How long a case is carried that nothing ends: some end with the last signal about a child, which no leaf of theirs says.
const YEAR: i64 = 365 * 24 * 3600;
/// After so many leaves, matches and cases that are over are forgotten.
const SWEEP: u64 = 100_000;

type Tag = [u8; 16];

/// Why a leaf is carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// Its lifecycle is open. Written `open`.
    Open,
    /// The period erases its opening. Written `erased`.
    Erased,
    /// It is the last before the period. Written `last`.
    Last,
}

impl Why {
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Erased => "erased",
            Self::Last => "last",
        }
    }

    pub(crate) fn parse(slug: &str) -> Option<Self> {
        [Self::Open, Self::Erased, Self::Last]
            .into_iter()
            .find(|why| why.slug() == slug)
    }
}

/// A leaf to be carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Carried {
    /// Its place in the log, from 0.
    pub index: u64,
    /// What it is carried for; the first that applies.
    pub why: Why,
}

/// Finds out what is to be carried while the leaves before the period pass by. Memory: 24 bytes per signal, 24 per leaf
/// that says where one stands or that its family was told, 40 per signal that ended, and about 200 per match that is
/// not over.
#[derive(Debug, Default)]
pub struct Carry {
    erased: HashSet<Tag>,
    erased_at: Vec<u64>,
    submitted: Vec<(Tag, u64)>,
    /// The signal, the leaf that ended it, its time.
    ended: Vec<(Tag, u64, i64)>,
    /// The signal, and a leaf that tells what became of it.
    told: Vec<(Tag, u64)>,
    matches: HashMap<Tag, Match>,
    cases: HashMap<case::Name, Case>,
    last: Option<(u64, i64)>,
    count: u64,
}

#[derive(Debug, Default)]
struct Match {
    closed: bool,
    latest: i64,
    leaves: Vec<u64>,
    standing: Vec<Tag>,
    /// Its signals, and when each came in.
    signals: Vec<(Tag, i64)>,
}

/// The leaves of a case, and until when it is carried.
#[derive(Debug, Default)]
struct Case {
    leaves: Vec<u64>,
    until: i64,
}

impl Match {
    fn is_over(&self, now: i64) -> bool {
        self.closed && self.standing.is_empty() && self.latest.saturating_add(AFTERMATH) < now
    }
}

/// The id of the event whose opening this entry says was erased, when it is an `opening.erased`.
#[must_use]
pub fn erased(entry: &Entry) -> Option<[u8; 16]> {
    let id = (entry.event == "opening.erased").then(|| entry.sub.strip_prefix("e_"))??;
    parse_hex(id)
}

impl Carry {
    /// For a period whose leaves `opening.erased` name these events ([`erased`]).
    #[must_use]
    pub fn new(erased: impl IntoIterator<Item = [u8; 16]>) -> Self {
        Self {
            erased: erased.into_iter().collect(),
            ..Self::default()
        }
    }

    /// Takes the next leaf before the period; all of them must come, in order.
    ///
    /// # Errors
    /// [`EntryError`] when the bytes are no leaf.
    pub fn push(&mut self, index: u64, leaf: &[u8]) -> Result<(), EntryError> {
        self.entry(index, &Entry::parse(leaf)?);
        Ok(())
    }

    pub(crate) fn entry(&mut self, index: u64, entry: &Entry) {
        let now = entry.time.as_second();
        if self.erased.contains(&entry.id) {
            self.erased_at.push(index);
        }
        match of_a_signal(entry) {
            Some(signal) => self.signal(signal, index, entry, now),
            None => match case::step(entry) {
                Some((case, step)) => self.of_a_case(case, step, (index, entry), now),
                None => self.of_a_match(index, entry, now),
            },
        }
        self.time(index, entry.time);
        self.count += 1;
        if self.count.is_multiple_of(SWEEP) {
            // A day late, because times may run back a little; what is over takes no further leaf anyway.
            self.matches.retain(|_, case| !case.is_over(now - 24 * 3600));
            self.cases.retain(|_, case| case.until >= now - 24 * 3600);
        }
    }

    /// Takes a leaf of which only place and time matter.
    pub(crate) fn time(&mut self, index: u64, time: Timestamp) {
        self.last = Some((index, time.as_second()));
    }

    fn signal(&mut self, signal: Tag, index: u64, entry: &Entry, now: i64) {
        if entry.event == "signal.submitted" {
            self.submitted.push((signal, index));
            return;
        }
        self.told.push((signal, index));
        if ends_signal(entry) {
            self.ended.push((signal, index, now));
        }
    }

    fn of_a_case(&mut self, name: Option<case::Name>, step: Step, (index, entry): (u64, &Entry), now: i64) {
        let Some(name) = name else { return };
        if matches!(step, Step::Look | Step::LookAtGiven) {
            return;
        }
        let known = self.cases.get(&name).is_some_and(|case| case.until >= now);
        if !known {
            if !matches!(step, Step::Begin | Step::BeginOrGoOn) {
                return;
            }
            self.cases.remove(&name);
        }
        let case = self.cases.entry(name).or_default();
        case.leaves.push(index);
        case.until = match step {
            Step::End => now.saturating_add(AFTERMATH),
            Step::Give => {
                let until = entry.until.map_or(now, Timestamp::as_second);
                until.max(now).saturating_add(AFTERMATH)
            }
            _ => now.saturating_add(YEAR),
        };
    }

    fn of_a_match(&mut self, index: u64, entry: &Entry, now: i64) {
        let about = match entry.event.as_str() {
            "match.viewed" => return,
            event if event.starts_with("match.") => tag('m', &entry.sub),
            "follow_up.escalated" => tag('m', &entry.sub),
            "notice.delivered"
            | "content.begun"
            | "content.sent"
            | "content.acknowledged"
            | "content.destroyed" => related('m', entry).next(),
            event if event.starts_with("consent.") => related('m', entry).next(),
            _ => return,
        };
        let Some(about) = about else { return };
        if entry.event == "match.opened" {
            self.matches.entry(about).or_default();
        } else if self.matches.get(&about).is_none_or(|case| case.is_over(now)) {
            return;
        }
        let Some(case) = self.matches.get_mut(&about) else {
            return;
        };
        case.latest = now;
        case.leaves.push(index);
        case.signals
            .extend(related('s', entry).map(|signal| (signal, now)));
        match entry.event.as_str() {
            "match.closed" => case.closed = true,
            "consent.requested" => case.standing.extend(tag('c', &entry.sub)),
            "consent.refused"
            | "consent.withdrawn"
            | "consent.expired"
            | "consent.superseded_by_age"
            | "consent.replaced" => {
                let consent = tag('c', &entry.sub);
                case.standing.retain(|standing| Some(*standing) != consent);
            }
            _ => {}
        }
    }

    /// What is to be carried, in order of place.
    #[must_use]
    pub fn finish(mut self) -> Vec<Carried> {
        let Some((last, now)) = self.last else {
            return Vec::new();
        };
        self.submitted.sort_unstable();
        // The first end of a signal is the one that counts.
        self.ended.sort_unstable();
        self.ended.dedup_by_key(|(signal, ..)| *signal);
        self.told.sort_unstable();
        let mut carried = BTreeMap::from([(last, Why::Last)]);
        for index in &self.erased_at {
            carried.insert(*index, Why::Erased);
        }
        for (signal, index) in &self.submitted {
            let over = self.ended_at(signal);
            if over.is_none_or(|at| at.saturating_add(AFTERMATH) >= now) {
                self.open_signal(signal, *index, &mut carried);
            }
        }
        for case in self.cases.values().filter(|case| case.until >= now) {
            carried.extend(case.leaves.iter().map(|index| (*index, Why::Open)));
        }
        for case in self.matches.values().filter(|case| !case.is_over(now)) {
            for index in &case.leaves {
                carried.insert(*index, Why::Open);
            }
            for (signal, joined) in &case.signals {
                let over = self.ended_at(signal);
                if over.is_some_and(|at| at.saturating_add(AFTERMATH) < *joined) {
                    continue;
                }
                let at = self.submitted.partition_point(|(tag, _)| tag < signal);
                if let Some((_, index)) = self.submitted.get(at).filter(|(tag, _)| tag == signal) {
                    self.open_signal(signal, *index, &mut carried);
                }
            }
        }
        carried
            .into_iter()
            .map(|(index, why)| Carried { index, why })
            .collect()
    }

    /// The leaf that submitted a signal, and all that tell what became of it.
    fn open_signal(&self, signal: &Tag, submitted: u64, carried: &mut BTreeMap<u64, Why>) {
        carried.insert(submitted, Why::Open);
        let from = self.told.partition_point(|(tag, _)| tag < signal);
        let of_it = self.told[from..].iter().take_while(|(tag, _)| tag == signal);
        carried.extend(of_it.map(|(_, index)| (*index, Why::Open)));
    }

    /// When a signal ended; `ended` is sorted by then.
    fn ended_at(&self, signal: &Tag) -> Option<i64> {
        let at = self.ended.partition_point(|(tag, ..)| tag < signal);
        let (tag, _, time) = self.ended.get(at)?;
        (tag == signal).then_some(*time)
    }
}

/// The signal of which this leaf tells what became of it: where it stands, whether its family was told, has a letter,
/// whether it agreed.
fn of_a_signal(entry: &Entry) -> Option<Tag> {
    match entry.event.as_str() {
        "signal.submitted" => tag('s', &entry.sub),
        "disclosure.reminded" => None,
        "letter.issued" => tag('s', &entry.sub),
        event if event.starts_with("signal.") => tag('s', &entry.sub).filter(|_| entry.to.is_some()),
        event if event.starts_with("disclosure.") => tag('s', &entry.sub),
        event if event.starts_with("consent.") && related('m', entry).next().is_none() => {
            related('s', entry).next()
        }
        _ => None,
    }
}

/// Whether this leaf says that its signal counts no longer.
pub(crate) fn ends_signal(entry: &Entry) -> bool {
    let state = entry.to.as_deref().unwrap_or_default();
    let word = state.split_once('(').map_or(state, |(word, _)| word);
    entry.event.starts_with("signal.") && ["expired", "ended", "archived", "destroyed"].contains(&word)
}

/// The random part of a tag with this letter.
pub(crate) fn tag(letter: char, text: &str) -> Option<Tag> {
    parse_hex(text.strip_prefix(letter)?.strip_prefix('_')?)
}

/// The related records with this letter.
pub(crate) fn related(letter: char, entry: &Entry) -> impl Iterator<Item = Tag> {
    entry.rel.iter().filter_map(move |text| tag(letter, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(letter: char, number: u32) -> String {
        format!("{letter}_{number:032x}")
    }

    /// An entry at `hour`.
    fn entry(event: &str, sub: String, rel: &[String], to: Option<&str>, hour: i64) -> Entry {
        Entry {
            id: [u8::try_from(hour % 256).unwrap(); 16],
            time: Timestamp::from_second(1_800_000_000 + hour * 3600).unwrap(),
            event: event.to_owned(),
            org: None,
            sub,
            rel: rel.to_vec(),
            from: None,
            to: to.map(str::to_owned),
            due: None,
            until: None,
            commitment: None,
        }
    }

    fn carried(entries: &[Entry]) -> Vec<(u64, &'static str)> {
        let mut carry = Carry::new([[3; 16]]);
        for (index, entry) in (0..).zip(entries) {
            carry.push(index, &entry.to_leaf().unwrap()).unwrap();
        }
        carry
            .finish()
            .into_iter()
            .map(|c| (c.index, c.why.slug()))
            .collect()
    }

    /// Two signals, a match, a consent given; a third signal without a match, and one that expired.
    fn story() -> Vec<Entry> {
        let (m, c) = (name('m', 1), name('c', 1));
        vec![
            entry("signal.submitted", name('s', 1), &[], Some("active"), 0),
            entry("signal.submitted", name('s', 2), &[], Some("active"), 1),
            entry("signal.submitted", name('s', 3), &[], Some("active"), 2),
            entry("signal.submitted", name('s', 4), &[], Some("active"), 3),
            entry("signal.expired", name('s', 4), &[], Some("expired"), 4),
            entry(
                "match.opened",
                m.clone(),
                &[name('s', 1), name('s', 2)],
                Some("open"),
                5,
            ),
            entry("match.viewed", m.clone(), &[], None, 6),
            entry("consent.requested", c.clone(), std::slice::from_ref(&m), None, 7),
            entry("consent.given", c, &[m], None, 8),
        ]
    }

    #[test]
    fn nothing_before_nothing_carried() {
        assert_eq!(Carry::new([]).finish(), []);
    }

    #[test]
    fn open_lifecycles_go_along_and_others_after_a_week_no_more() {
        let mut all = story();
        assert_eq!(
            carried(&all),
            [
                (0, "open"),
                (1, "open"),
                (2, "open"),
                (3, "open"),
                (4, "open"),
                (5, "open"),
                (7, "open"),
                (8, "open")
            ]
        );
        // Much later signal 4 is over, but its opening is being erased; the last leaf goes along for its time.
        all.push(entry("match.viewed", name('m', 1), &[], None, 500));
        assert_eq!(
            carried(&all),
            [
                (0, "open"),
                (1, "open"),
                (2, "open"),
                (3, "erased"),
                (5, "open"),
                (7, "open"),
                (8, "open"),
                (9, "last")
            ]
        );
    }

    #[test]
    fn a_match_stays_as_long_as_a_consent_stands() {
        let (m, c) = (name('m', 1), name('c', 1));
        let mut all = story();
        all.push(entry("signal.expired", name('s', 1), &[], Some("expired"), 10));
        all.push(entry(
            "signal.ended",
            name('s', 2),
            &[],
            Some("ended(resolved)"),
            10,
        ));
        all.push(entry("match.closed", m.clone(), &[], Some("closed"), 11));
        all.push(entry("signal.viewed", name('s', 3), &[], None, 500));
        let open: Vec<u64> = carried(&all)
            .iter()
            .filter(|c| c.1 == "open")
            .map(|c| c.0)
            .collect();
        assert_eq!(open, [0, 1, 2, 5, 7, 8, 9, 10, 11]);
        all.push(entry(
            "consent.expired",
            c,
            std::slice::from_ref(&m),
            Some("expired"),
            501,
        ));
        assert_eq!(carried(&all).len(), 11, "for a week, with its end");
        all.push(entry("signal.viewed", name('s', 3), &[], None, 900));
        assert_eq!(carried(&all), [(2, "open"), (3, "erased"), (14, "last")]);
        // What comes after that revives nothing.
        all.push(entry("notice.delivered", name('n', 1), &[m], None, 901));
        assert_eq!(carried(&all), [(2, "open"), (3, "erased"), (15, "last")]);
    }

    /// From the leaves carried into a period and those of the period comes the same as from the whole log.
    #[test]
    fn carrying_can_be_continued() {
        let mut all = story();
        for hour in [20, 300, 301, 302] {
            all.push(entry(
                "signal.submitted",
                name('s', 90 + u32::try_from(hour).unwrap()),
                &[],
                Some("active"),
                hour,
            ));
        }
        all.push(entry(
            "consent.withdrawn",
            name('c', 1),
            &[name('m', 1)],
            None,
            303,
        ));
        all.push(entry("match.closed", name('m', 1), &[], Some("closed"), 304));
        all.push(entry("signal.expired", name('s', 1), &[], Some("expired"), 305));
        all.push(entry("signal.viewed", name('s', 3), &[], None, 700));
        for first in 1..all.len() {
            let mut before = Carry::new([]);
            (0..)
                .zip(&all[..first])
                .for_each(|(index, entry)| before.entry(index, entry));
            let mut after = Carry::new([]);
            for Carried { index, why } in before.finish() {
                let entry = &all[usize::try_from(index).unwrap()];
                match why {
                    Why::Open => after.entry(index, entry),
                    Why::Erased | Why::Last => after.time(index, entry.time),
                }
            }
            (first as u64..)
                .zip(&all[first..])
                .for_each(|(index, entry)| after.entry(index, entry));
            let mut whole = Carry::new([]);
            (0..)
                .zip(&all)
                .for_each(|(index, entry)| whole.entry(index, entry));
            assert_eq!(after.finish(), whole.finish(), "first {first}");
        }
    }

    #[test]
    fn erasures_name_an_event() {
        let mut erasure = entry("opening.erased", format!("e_{}", "03".repeat(16)), &[], None, 0);
        assert_eq!(erased(&erasure), Some([3; 16]));
        erasure.event = "match.viewed".into();
        assert_eq!(erased(&erasure), None);
    }
}
