//! Who is party to which match: collected while the log is read, judged when it has been read.

use super::signals::{Signals, State};
use super::{Broken, Tag};
use crate::verify::message as say;

/// Facts about matches and those who had to do with them. Places are indexes of leaves, matches and organisations are
/// small numbers.
#[derive(Default)]
pub(super) struct Parties {
    members: Vec<Member>,
    notices: Vec<Seen>,
    contents: Vec<Content>,
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

/// An organisation that became party to a match, and with which signal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Party {
    seen: Seen,
    signal: Tag,
}

/// Content that passed, and when.
#[derive(Clone, Copy)]
struct Content {
    seen: Seen,
    at: i64,
}

impl Parties {
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

    pub(super) fn content(&mut self, match_case: u32, organisation: u32, place: u32, at: i64) {
        let seen = Seen {
            match_case,
            organisation,
            place,
        };
        self.contents.push(Content { seen, at });
    }

    /// Adds what breaks a rule to `broken`; gives the number of parties without notice whose match event comes after
    /// the leaf at `export`. The signals must have been judged.
    pub(super) fn judge(&mut self, signals: &Signals, export: u32, broken: &mut Broken) -> u64 {
        let mut parties = self.resolve(signals, broken);
        parties.sort_unstable();
        self.notices.sort_unstable();
        let mut pending = 0;
        for Party { seen: party, .. } in &parties {
            if !has_later(&self.notices, party) {
                if party.place < export {
                    broken.push(party.place, &say::NOTICE_MISSING);
                } else {
                    pending += 1;
                }
            }
        }
        for notice in &self.notices {
            if as_party(&parties, notice).is_none() {
                broken.push(notice.place, &say::NOTICE_STRANGER);
            }
        }
        for Content { seen, at } in &self.contents {
            match as_party(&parties, seen) {
                None => broken.push(seen.place, &say::CONTENT_STRANGER),
                Some(party) if signals.keeps_from_content(party.signal, seen.place, *at) => {
                    broken.push(seen.place, &say::CONTENT_SIGNAL_INACTIVE);
                }
                Some(_) => {}
            }
        }
        pending
    }

    /// Gives each member its organisation, by the signal it stands for.
    fn resolve(&self, signals: &Signals, broken: &mut Broken) -> Vec<Party> {
        let mut parties = Vec::with_capacity(self.members.len());
        // The members one leaf names stand together.
        for members in self.members.chunk_by(|a, b| a.place == b.place) {
            let (from, mut unknown, mut inactive) = (parties.len(), false, false);
            for member in members {
                let Some(signal) = member.signal else { continue };
                let Member {
                    match_case, place, ..
                } = *member;
                match signals.submitted_by(signal, place) {
                    Some(organisation) if member.joined.is_none_or(|joined| joined == organisation) => {
                        let stands = signals.stands(signal, place);
                        inactive |= stands.is_some_and(|(state, _)| state != State::Active);
                        let seen = Seen {
                            match_case,
                            organisation,
                            place,
                        };
                        parties.push(Party { seen, signal });
                    }
                    _ => unknown = true,
                }
            }
            let place = members[0].place;
            if unknown {
                broken.push(place, &say::MATCH_SIGNAL_UNKNOWN);
            }
            if inactive {
                broken.push(place, &say::MATCH_SIGNAL_INACTIVE);
            }
            let named = &parties[from..];
            let two = named
                .iter()
                .any(|party| party.seen.organisation != named[0].seen.organisation);
            if members[0].joined.is_none() && !two {
                broken.push(place, &say::MATCH_WITHOUT_TWO);
            }
        }
        parties
    }
}

/// Whether `sorted` has this match and organisation at a later place.
fn has_later(sorted: &[Seen], seen: &Seen) -> bool {
    sorted
        .get(sorted.partition_point(|other| other <= seen))
        .is_some_and(|next| (next.match_case, next.organisation) == (seen.match_case, seen.organisation))
}

/// As what this organisation was party to this match at an earlier place, the last time it came in.
fn as_party<'p>(sorted: &'p [Party], seen: &Seen) -> Option<&'p Party> {
    let before = sorted.partition_point(|other| other.seen < *seen);
    before
        .checked_sub(1)
        .and_then(|at| sorted.get(at))
        .filter(|last| (last.seen.match_case, last.seen.organisation) == (seen.match_case, seen.organisation))
}
