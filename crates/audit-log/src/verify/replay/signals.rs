//! The lives of signals: where each stands at a place of the log, whether its steps are in order, and whether the family
//! was told of it in time. Collected while the log is read, judged when it has been read.

use jiff::Timestamp;

use super::disclosure::Disclosures;
use super::facts::{AboutSignal, Facts};
use super::{Broken, SKEW, Tag};
use crate::carry::tag;
use crate::entry::Entry;
use crate::verify::message as say;

/// How long after its planned end a signal may stand without a leaf that ends it, in minutes: a day. The end itself
/// acts when it is read; the leaf follows when it is swept.
const GRACE_MINUTES: i64 = 24 * 60;

/// Where a signal stands, as leaves write it without the reason in parentheses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Sleeping,
    Active,
    Paused,
    Ended,
    Expired,
    Archived,
    Destroyed,
}

impl State {
    fn of(text: Option<&str>) -> Option<Self> {
        let text = text?;
        Some(match text.split_once('(').map_or(text, |(word, _)| word) {
            "sleeping" => Self::Sleeping,
            "active" => Self::Active,
            "paused" => Self::Paused,
            "ended" => Self::Ended,
            "expired" => Self::Expired,
            "archived" => Self::Archived,
            "destroyed" => Self::Destroyed,
            _ => return None,
        })
    }

    /// Whether a signal can go from here to there.
    fn leads_to(self, to: Self) -> bool {
        use State as S;
        match to {
            S::Sleeping => false,
            S::Active => matches!(self, S::Sleeping | S::Paused),
            S::Paused => self == S::Active,
            S::Ended | S::Expired => matches!(self, S::Active | S::Paused),
            S::Archived => matches!(self, S::Ended | S::Expired),
            S::Destroyed => self != S::Destroyed,
        }
    }

    /// Whether the signal counts no longer.
    pub(super) fn is_over(self) -> bool {
        matches!(
            self,
            Self::Ended | Self::Expired | Self::Archived | Self::Destroyed
        )
    }
}

/// All signals. Places are indexes of leaves, organisations small numbers.
#[derive(Default)]
pub(super) struct Signals {
    all: Vec<Signal>,
    steps: Vec<Step>,
    archive: Vec<Archive>,
    pub(super) disclosures: Disclosures,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Signal {
    tag: Tag,
    place: u32,
    organisation: u32,
    /// Its planned end, and the day by which the family is to be told of it: in minutes since 1970, to be small; 0 when
    /// the leaf gives none.
    until: u32,
    due: u32,
}

/// A leaf that brought a signal into another state.
#[derive(Clone, Copy)]
struct Step {
    tag: Tag,
    at: i64,
    place: u32,
    from: Option<State>,
    to: State,
}

/// An archived signal was told of, or what was told was opened.
struct Archive {
    tag: Tag,
    place: u32,
    organisation: u32,
    opened: bool,
}

impl Signals {
    /// Takes `signal.submitted`.
    pub(super) fn submitted(&mut self, signal: Tag, organisation: u32, place: u32, entry: &Entry) {
        if State::of(entry.to.as_deref()) == Some(State::Sleeping) {
            self.step(signal, place, entry);
        }
        self.all.push(Signal {
            tag: signal,
            place,
            organisation,
            until: minutes(entry.until),
            due: minutes(entry.due),
        });
    }

    /// Takes another leaf about a signal; one that says no state changes nothing.
    pub(super) fn step(&mut self, signal: Tag, place: u32, entry: &Entry) {
        if let Some(to) = State::of(entry.to.as_deref()) {
            self.steps.push(Step {
                tag: signal,
                at: entry.time.as_second(),
                place,
                from: State::of(entry.from.as_deref()),
                to,
            });
        }
    }

    /// Takes `archive.noticed` or `archive.opened`.
    pub(super) fn archive(&mut self, organisation: u32, place: u32, entry: &Entry) -> Option<()> {
        self.archive.push(Archive {
            tag: tag('s', &entry.sub)?,
            place,
            organisation,
            opened: entry.event == "archive.opened",
        });
        Some(())
    }

    /// Sorts what was collected and adds what breaks a rule to `broken`. Everything below asks after this.
    pub(super) fn judge(&mut self, broken: &mut Broken) {
        self.all.sort_unstable();
        self.steps.sort_unstable_by_key(|step| (step.tag, step.place));
        let again = self
            .all
            .windows(2)
            .filter(|pair| pair[0].tag == pair[1].tag)
            .map(|pair| pair[1].place);
        again.for_each(|place| broken.push(place, &say::SIGNAL_TWICE));

        for steps in self.steps.chunk_by(|a, b| a.tag == b.tag) {
            // Of a signal from before what was carried along its earlier steps are not here.
            let Some(signal) = self.find(steps[0].tag) else {
                continue;
            };
            let mut state = State::Active;
            for step in steps {
                let begins_asleep = step.place == signal.place;
                let follows =
                    step.from == Some(state) && state.leads_to(step.to) && step.place > signal.place;
                if !begins_asleep && !follows {
                    broken.push(step.place, &say::SIGNAL_ORDER);
                }
                state = step.to;
            }
        }
        self.judge_archive(broken);
        self.disclosures.judge(broken);
    }

    /// An archived signal is told of once, to one organisation, and only that one opens what it was told.
    fn judge_archive(&mut self, broken: &mut Broken) {
        self.archive
            .sort_unstable_by_key(|archive| (archive.tag, archive.place));
        for told in self.archive.chunk_by(|a, b| a.tag == b.tag) {
            let mut noticed = None;
            for archive in told {
                let known = self.find(archive.tag).is_some();
                let in_order = if archive.opened {
                    noticed.is_none_or(|to| to == archive.organisation) && (noticed.is_some() || !known)
                } else {
                    let archived = self.stands(archive.tag, archive.place).map(|(state, _)| state);
                    noticed.is_none() && archived.is_none_or(|state| state == State::Archived)
                };
                if !in_order {
                    broken.push(archive.place, &say::ARCHIVE_ORDER);
                }
                if !archive.opened {
                    noticed = noticed.or(Some(archive.organisation));
                }
            }
        }
    }

    /// The organisation that submitted this signal before the leaf at `place`.
    pub(super) fn submitted_by(&self, tag: Tag, place: u32) -> Option<u32> {
        let signal = self.find(tag).filter(|signal| signal.place < place)?;
        Some(signal.organisation)
    }

    /// Whether this signal was submitted anywhere in what is known.
    pub(super) fn knows(&self, tag: Tag) -> bool {
        self.find(tag).is_some()
    }

    /// Whether a leaf after this place says that the signal was destroyed.
    pub(super) fn is_destroyed_after(&self, tag: Tag, place: u32) -> bool {
        let after = self
            .steps
            .partition_point(|step| (step.tag, step.place) <= (tag, place));
        self.steps[after..]
            .iter()
            .take_while(|step| step.tag == tag)
            .any(|step| step.to == State::Destroyed)
    }

    fn find(&self, tag: Tag) -> Option<&Signal> {
        let at = self.all.partition_point(|signal| signal.tag < tag);
        self.all.get(at).filter(|signal| signal.tag == tag)
    }

    /// Where the signal stands before the leaf at `place`, and since when; none when it was not submitted.
    pub(super) fn stands(&self, tag: Tag, place: u32) -> Option<(State, i64)> {
        self.find(tag).filter(|signal| signal.place < place)?;
        let before = self
            .steps
            .partition_point(|step| (step.tag, step.place) < (tag, place));
        let last = before.checked_sub(1).and_then(|at| self.steps.get(at));
        Some(
            last.filter(|step| step.tag == tag)
                .map_or((State::Active, i64::MIN), |step| (step.to, step.at)),
        )
    }

    /// Whether content that passed at `place` and `at` passed while the signal was paused or counted no longer. Clocks
    /// differ by little, and whoever read before a pause may stand in the log behind it.
    pub(super) fn keeps_from_content(&self, tag: Tag, place: u32, at: i64) -> bool {
        self.stands(tag, place)
            .is_some_and(|(state, since)| state != State::Active && at > since.saturating_add(SKEW.as_secs()))
    }

    /// When the signal first counted no longer, in seconds.
    fn over_at(&self, signal: &Signal) -> Option<i64> {
        let from = self.steps.partition_point(|step| step.tag < signal.tag);
        self.steps[from..]
            .iter()
            .take_while(|step| step.tag == signal.tag)
            .find(|step| step.to.is_over())
            .map(|step| step.at)
    }

    /// Tells the reports; after [`Signals::judge`].
    pub(super) fn facts(
        &mut self,
        first: u32,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
        facts: &mut Facts,
    ) {
        let now = to.map_or(0, |to| to.as_second().div_euclid(60));
        let mut disclosures = std::mem::take(&mut self.disclosures);
        for signal in &self.all {
            let over_at = self.over_at(signal);
            let past = signal.until > 0 && i64::from(signal.until) + GRACE_MINUTES < now;
            if past && over_at.is_none() {
                facts.overdue.push(AboutSignal {
                    place: signal.place,
                    tag: signal.tag,
                    organisation: signal.organisation,
                    until: signal.until,
                });
            }
            // By its planned end nobody waits for it any more, also when the leaf that says so is still to come.
            let planned = (signal.until > 0).then(|| i64::from(signal.until) * 60);
            let over_at = over_at.into_iter().chain(planned).min();
            let due = (signal.due > 0).then(|| i64::from(signal.due) * 60);
            disclosures.of_signal(signal.tag, signal.place, signal.organisation, due, over_at);
        }
        facts.undisclosed = disclosures.rows(first, from, to);
        facts.overdue.sort_unstable_by_key(|signal| signal.place);
    }
}

/// Minutes since 1970; 0 for none, and for what lies outside of them.
fn minutes(at: Option<Timestamp>) -> u32 {
    let minutes = at.map_or(0, |at| at.as_second().div_euclid(60));
    u32::try_from(minutes).unwrap_or(0)
}
