//! Who is party to which match: collected while the log is read, judged when it has been read.

use jiff::Timestamp;

use super::facts::{AboutSignal, Facts};
use super::{Broken, Tag};
use crate::verify::message as say;

/// How long after its planned end a signal may stand without a leaf that ends it, in minutes: a day. The end itself
/// acts when it is read; the leaf follows when it is swept.
const GRACE_MINUTES: i64 = 24 * 60;

/// Facts about signals, matches and those who had to do with them. Places are indexes of leaves, matches and
/// organisations are small numbers.
#[derive(Default)]
pub(super) struct Parties {
    signals: Vec<Signal>,
    ended: Vec<Tag>,
    disclosed: Vec<Tag>,
    /// Whether the log says anything about disclosure.
    disclosure: bool,
    members: Vec<Member>,
    notices: Vec<Seen>,
    contents: Vec<Seen>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Signal {
    tag: Tag,
    place: u32,
    organisation: u32,
    /// Its planned end, in minutes since 1970, to be small; 0 when the leaf gives none.
    until: u32,
}

/// A signal in a match. A match that opened without any signal has one member without.
struct Member {
    signal: Option<Tag>,
    match_case: u32,
    place: u32,
    /// Who joined; the leaf that opens a match names no organisation.
    joined: Option<u32>,
}

/// An organisation that had to do with a match.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Seen {
    match_case: u32,
    organisation: u32,
    place: u32,
}

impl Parties {
    pub(super) fn signal(&mut self, tag: Tag, organisation: u32, place: u32, until: Option<Timestamp>) {
        let minutes = until.map_or(0, |until| until.as_second().div_euclid(60));
        self.signals.push(Signal {
            tag,
            place,
            organisation,
            until: u32::try_from(minutes).unwrap_or(0),
        });
    }

    pub(super) fn ended(&mut self, tag: Tag) {
        self.ended.push(tag);
    }

    pub(super) fn disclosed(&mut self, tags: impl Iterator<Item = Tag>) {
        self.disclosure = true;
        self.disclosed.extend(tags);
    }

    pub(super) fn opened(&mut self, match_case: u32, signals: impl Iterator<Item = Tag>, place: u32) {
        let before = self.members.len();
        self.members.extend(signals.map(|tag| Member {
            signal: Some(tag),
            match_case,
            place,
            joined: None,
        }));
        if self.members.len() == before {
            self.members.push(Member {
                signal: None,
                match_case,
                place,
                joined: None,
            });
        }
    }

    pub(super) fn joined(&mut self, match_case: u32, signal: Tag, organisation: u32, place: u32) {
        self.members.push(Member {
            signal: Some(signal),
            match_case,
            place,
            joined: Some(organisation),
        });
    }

    pub(super) fn notice(&mut self, match_case: u32, organisation: u32, place: u32) {
        self.notices.push(Seen {
            match_case,
            organisation,
            place,
        });
    }

    pub(super) fn content(&mut self, match_case: u32, organisation: u32, place: u32) {
        self.contents.push(Seen {
            match_case,
            organisation,
            place,
        });
    }

    /// Adds what breaks a rule to `broken`; gives the number of parties without notice whose match event comes after
    /// the leaf at `export`.
    pub(super) fn judge(&mut self, export: u32, broken: &mut Broken) -> u64 {
        self.signals.sort_unstable();
        let again = self
            .signals
            .windows(2)
            .filter(|pair| pair[0].tag == pair[1].tag)
            .map(|pair| pair[1].place);
        again.for_each(|place| broken.push(place, &say::SIGNAL_TWICE));

        let mut parties = self.resolve(broken);
        parties.sort_unstable();
        self.notices.sort_unstable();
        let mut pending = 0;
        for party in &parties {
            if !has_later(&self.notices, party) {
                if party.place < export {
                    broken.push(party.place, &say::NOTICE_MISSING);
                } else {
                    pending += 1;
                }
            }
        }
        for (seen, message) in [
            (&self.notices, &say::NOTICE_STRANGER),
            (&self.contents, &say::CONTENT_STRANGER),
        ] {
            let strangers = seen.iter().filter(|seen| !has_earlier(&parties, seen));
            strangers.for_each(|stranger| broken.push(stranger.place, message));
        }
        pending
    }

    /// Tells the reports about the signals; after [`Parties::judge`], which sorts them.
    pub(super) fn facts(&mut self, first: u32, to: Option<Timestamp>, facts: &mut Facts) {
        self.ended.sort_unstable();
        self.disclosed.sort_unstable();
        let about = |signal: &Signal| AboutSignal {
            place: signal.place,
            tag: signal.tag,
            organisation: signal.organisation,
            until: signal.until,
        };
        let now = to.map_or(0, |to| to.as_second().div_euclid(60));
        for signal in &self.signals {
            let new = signal.place >= first;
            facts.signals += u64::from(new);
            if new && self.disclosure && self.disclosed.binary_search(&signal.tag).is_err() {
                facts.undisclosed.push(about(signal));
            }
            let over = signal.until > 0 && i64::from(signal.until) + GRACE_MINUTES < now;
            if over && self.ended.binary_search(&signal.tag).is_err() {
                facts.overdue.push(about(signal));
            }
        }
        facts.disclosure = self.disclosure;
        facts.undisclosed.sort_unstable_by_key(|signal| signal.place);
        facts.overdue.sort_unstable_by_key(|signal| signal.place);
    }

    /// Gives each member its organisation, by the signal it stands for.
    fn resolve(&self, broken: &mut Broken) -> Vec<Seen> {
        let mut parties = Vec::with_capacity(self.members.len());
        // The members one leaf names stand together.
        for members in self.members.chunk_by(|a, b| a.place == b.place) {
            let (from, mut unknown) = (parties.len(), false);
            for member in members {
                let organisation = member
                    .signal
                    .and_then(|signal| self.submitted_by(signal, member.place));
                match organisation {
                    Some(organisation) if member.joined.is_none_or(|joined| joined == organisation) => {
                        let (match_case, place) = (member.match_case, member.place);
                        parties.push(Seen {
                            match_case,
                            organisation,
                            place,
                        });
                    }
                    _ => unknown |= member.signal.is_some(),
                }
            }
            let place = members[0].place;
            if unknown {
                broken.push(place, &say::MATCH_SIGNAL_UNKNOWN);
            }
            let named = &parties[from..];
            let two = named
                .iter()
                .any(|party| party.organisation != named[0].organisation);
            if members[0].joined.is_none() && !two {
                broken.push(place, &say::MATCH_WITHOUT_TWO);
            }
        }
        parties
    }

    /// The organisation that submitted this signal before the leaf at `place`.
    fn submitted_by(&self, tag: Tag, place: u32) -> Option<u32> {
        let at = self.signals.partition_point(|signal| signal.tag < tag);
        self.signals
            .get(at)
            .filter(|signal| signal.tag == tag && signal.place < place)
            .map(|s| s.organisation)
    }
}

/// Whether `sorted` has this match and organisation at a later place.
fn has_later(sorted: &[Seen], seen: &Seen) -> bool {
    sorted
        .get(sorted.partition_point(|other| other <= seen))
        .is_some_and(|next| (next.match_case, next.organisation) == (seen.match_case, seen.organisation))
}

/// Whether `sorted` has this match and organisation at an earlier place.
fn has_earlier(sorted: &[Seen], seen: &Seen) -> bool {
    let before = sorted.partition_point(|other| other < seen);
    before
        .checked_sub(1)
        .and_then(|at| sorted.get(at))
        .is_some_and(|last| (last.match_case, last.organisation) == (seen.match_case, seen.organisation))
}
