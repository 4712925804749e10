//! Cases: what has a course of its own beside signals, matches and consents. An objection, a request of the family, a soft
//! match, a family match. What a leaf does to one is said here once, for the replay and for what is carried along.

use crate::carry::tag;
use crate::entry::Entry;

/// The name of a case: the letter of its tag and the random part.
pub(crate) type Name = (char, [u8; 16]);

/// What a leaf does to a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// It begins.
    Begin,
    /// It begins, or more of it becomes known.
    BeginOrGoOn,
    /// It goes on.
    GoOn,
    /// It ends in something that can be looked at for a while: `until` of the leaf.
    Give,
    /// It ends.
    End,
    /// Somebody looked at it.
    Look,
    /// Somebody looked at what it ended in.
    LookAtGiven,
}

/// The case of this leaf and what it does to it; `None` when the leaf is about no case. The name is `None` when it names
/// none.
pub(crate) fn step(entry: &Entry) -> Option<(Option<Name>, Step)> {
    let (letter, step) = match entry.event.as_str() {
        "objection.made" => ('b', Step::Begin),
        "objection.advised" => ('b', Step::GoOn),
        "objection.decided" | "objection.withdrawn" => ('b', Step::End),
        "access.requested" | "erasure.requested" => ('q', Step::Begin),
        "rights_request.extended" => ('q', Step::GoOn),
        "access.given" => ('q', Step::Give),
        "access.refused" | "erasure.decided" | "rights_request.withdrawn" => ('q', Step::End),
        "access.viewed" => ('q', Step::LookAtGiven),
        "soft_match.found" => ('p', Step::BeginOrGoOn),
        "soft_match.confirmed" | "soft_match.denied" => ('p', Step::GoOn),
        "soft_match.viewed" => ('p', Step::Look),
        "family_match.found" if entry.from.is_none() => ('f', Step::Begin),
        "family_match.found" => ('f', Step::GoOn),
        "family_match.ended" => ('f', Step::End),
        "family_match.viewed" => ('f', Step::Look),
        _ => return None,
    };
    Some((tag(letter, &entry.sub).map(|tag| (letter, tag)), step))
}
