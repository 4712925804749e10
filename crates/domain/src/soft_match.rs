//! Soft matches: signals about children without a BSN that came with one service key (surname, birth date, sex).
//!
//! Two children can share such a key, twins above all. So an equal key joins nothing by itself: the organisations are
//! asked whether it is the same child, none of them is told who the other is, and only when all say yes the two are made
//! one. A single no is the end of it for these two children, for good.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::key::OrganisationKey;
use crate::words::words;

/// Under one service key so many children of one organisation are compared with those of others; who has more under the
/// same surname, birth date and sex has made a mistake, or is trying names.
pub const CHILDREN_OF_AN_ORGANISATION: usize = 3;

/// Under one service key so many children are compared at all, the oldest signals first: the questions grow with the
/// square of it.
pub const CHILDREN_OF_A_KEY: usize = 8;

words! {
    /// Where a soft match stands.
    SoftMatchState, "soft match states" {
        /// The organisations are asked.
        Asked = "asked",
        /// All said that it is one child.
        Confirmed = "confirmed",
        /// One said that it is not.
        Denied = "denied",
        /// One of the children has no signal any more that counts.
        Ended = "ended",
    }
}

/// An active signal that came with the service key in question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lookalike {
    /// The child, by its number.
    pub child: i64,
    /// Who gave the signal.
    pub organisation: OrganisationKey,
}

/// Which children under one service key must be asked about: each pair that no organisation tells apart already, and
/// that was not asked about before, whatever came of it. `lookalikes` have the oldest signal first; in `known` the smaller
/// number comes first, as in the answer.
pub fn to_ask(lookalikes: &[Lookalike], known: &BTreeSet<(i64, i64)>) -> Vec<(i64, i64)> {
    let children = compared(lookalikes);
    let mut pairs = Vec::new();
    for (one, of_one) in &children {
        for (other, of_other) in children.range(one + 1..) {
            let pair = (*one, *other);
            if of_one.is_disjoint(of_other) && !known.contains(&pair) {
                pairs.push(pair);
            }
        }
    }
    pairs
}

/// The children that are compared, each with its organisations.
fn compared(lookalikes: &[Lookalike]) -> BTreeMap<i64, BTreeSet<OrganisationKey>> {
    let mut children: BTreeMap<i64, BTreeSet<OrganisationKey>> = BTreeMap::new();
    let mut of_organisation: BTreeMap<OrganisationKey, usize> = BTreeMap::new();
    for lookalike in lookalikes {
        if !children.contains_key(&lookalike.child) {
            let count = of_organisation.entry(lookalike.organisation).or_default();
            if *count == CHILDREN_OF_AN_ORGANISATION || children.len() == CHILDREN_OF_A_KEY {
                continue;
            }
            *count += 1;
        }
        let organisations = children.entry(lookalike.child).or_default();
        organisations.insert(lookalike.organisation);
    }
    children
}

/// An organisation that is asked, with its signal as it is at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// About which of the two children it gave a signal.
    pub child: i64,
    /// Which organisation.
    pub organisation: OrganisationKey,
    /// Whether its signal counts: it has not ended.
    pub counts: bool,
    /// Whether it is paused. Nothing is joined while it is.
    pub is_paused: bool,
    /// What it answered.
    pub same_child: Option<bool>,
}

/// What the answers come to. Whoever said no is heard, also when its signal has ended since; a yes counts with its signal.
pub fn outcome(asked: &[Asked]) -> SoftMatchState {
    if asked.iter().any(|asked| asked.same_child == Some(false)) {
        return SoftMatchState::Denied;
    }
    let counting: Vec<&Asked> = asked.iter().filter(|asked| asked.counts).collect();
    let children: BTreeSet<i64> = counting.iter().map(|asked| asked.child).collect();
    if children.len() < 2 {
        return SoftMatchState::Ended;
    }
    // An organisation that has come to know both tells them apart: to it they are two clients.
    let organisations: BTreeSet<OrganisationKey> = counting.iter().map(|asked| asked.organisation).collect();
    if organisations.len() < counting.len() {
        return SoftMatchState::Denied;
    }
    let ready = |asked: &&Asked| asked.same_child == Some(true) && !asked.is_paused;
    match counting.iter().all(ready) {
        true => SoftMatchState::Confirmed,
        false => SoftMatchState::Asked,
    }
}

/// One organisation's side of a soft match: all that it can see of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    /// From when it is shown.
    pub visible_at: Timestamp,
    /// The instant from which one of the two children has no signal that counts, as far as is known.
    pub ends_at: Timestamp,
    /// What this organisation answered.
    pub same_child: Option<bool>,
    /// What came of it, once that is on record.
    pub closed: Option<Closed>,
}

/// What came of a soft match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed {
    /// Confirmed or denied.
    pub state: SoftMatchState,
    /// From when it is shown to who did not close it itself.
    pub told_at: Timestamp,
}

/// A soft match as its organisation sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeenQuestion {
    /// Where it stands.
    pub state: SoftMatchState,
    /// What the organisation itself answered.
    pub same_child: Option<bool>,
}

/// What an answer changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// It is kept.
    Anew,
    /// It was given before.
    Before,
}

/// Why an answer is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CannotAnswer {
    /// There is no such question for this organisation.
    #[error("no such soft match")]
    NoSuchQuestion,
    /// It is over.
    #[error("the soft match is over")]
    Closed,
}

impl Question {
    /// What its organisation sees at this moment; none while it is not shown yet.
    pub fn seen(&self, now: Timestamp) -> Option<SeenQuestion> {
        if now < self.visible_at {
            return None;
        }
        let told = self.closed.filter(|closed| closed.told_at <= now);
        let state = match told {
            Some(closed) => closed.state,
            None if self.same_child == Some(false) => SoftMatchState::Denied,
            None if self.ends_at <= now => SoftMatchState::Ended,
            None => SoftMatchState::Asked,
        };
        Some(SeenQuestion {
            state,
            same_child: self.same_child,
        })
    }

    /// Takes this organisation's answer. A yes can be taken back for as long as the question stands; a no cannot.
    ///
    /// # Errors
    /// `NoSuchQuestion`, `Closed`.
    pub fn answer(&self, same_child: bool, now: Timestamp) -> Result<Answered, CannotAnswer> {
        let seen = self.seen(now).ok_or(CannotAnswer::NoSuchQuestion)?;
        if self.same_child == Some(same_child) {
            return Ok(Answered::Before);
        }
        // Two that were made one stay one, whether or not everybody was told already.
        let joined = self.closed.map(|closed| closed.state) == Some(SoftMatchState::Confirmed);
        match seen.state {
            SoftMatchState::Asked if !joined => Ok(Answered::Anew),
            _ => Err(CannotAnswer::Closed),
        }
    }
}

#[cfg(test)]
mod tests;
