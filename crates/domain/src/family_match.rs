//! Family matches: signals about different children that came with the pseudonym of one guardian.
//!
//! A family match says "not the same child". It tells organisations of each other, as far as the covenants let them see who
//! the others are, so that they can talk about the family with the family; no exchange hangs on it, and no consent is asked
//! in it. It ends with the signals.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::actor::Sector;
use crate::covenant::{Reveal, Terms};
use crate::key::OrganisationKey;
use crate::words::words;

/// So many guardians can be named with a signal.
pub const GUARDIANS_OF_A_SIGNAL: usize = 4;

/// So many children are ever told of under one guardian, the oldest signals first. Who has more is no guardian of a
/// family: a guardianship institution, or somebody who tries out an adult.
pub const CHILDREN_OF_A_GUARDIAN: usize = 12;

words! {
    /// Where a family match stands.
    FamilyMatchState, "family match states" {
        /// Different organisations have signals about different children of one guardian.
        Open = "open",
        /// They have not any more.
        Ended = "ended",
    }
}

/// A signal that came with the pseudonym of a guardian.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// The guardian, by the number that stands for the pseudonym.
    pub guardian: i64,
    /// The child.
    pub child: i64,
    /// The signal.
    pub signal: i64,
    /// Who gave it.
    pub organisation: OrganisationKey,
    /// Whether it counts and is neither asleep nor paused. Only such a one opens or joins.
    pub is_active: bool,
}

/// A family match that stands, as the matcher finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its number.
    pub family: i64,
    /// The guardian it hangs on.
    pub guardian: i64,
    /// The signals in it, with their children and organisations, that have not left.
    pub present: Vec<Present>,
}

/// A signal in a family match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Present {
    /// The child.
    pub child: i64,
    /// The signal.
    pub signal: i64,
    /// Who gave it.
    pub organisation: OrganisationKey,
    /// Whether it still counts.
    pub counts: bool,
}

/// What the matcher does about families.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Findings {
    /// Family matches to open: the guardian, and the signals.
    pub open: Vec<(i64, Vec<i64>)>,
    /// Signals that join one: its number, and the signals.
    pub join: Vec<(i64, Vec<i64>)>,
    /// Those that are over.
    pub end: Vec<i64>,
}

/// What follows for these guardians. `members` are all stored signals about the children that they are of, oldest first,
/// with all their guardians, and those that ended among them: an organisation's guardians of one child are counted over
/// all its signals about it. `standing` are the family matches of these guardians and of these children.
pub fn find(guardians: &BTreeSet<i64>, members: &[Member], standing: &[Standing]) -> Findings {
    let mut findings = Findings::default();
    let mut by_guardian: BTreeMap<i64, Vec<Member>> = BTreeMap::new();
    for member in heard(members) {
        if guardians.contains(&member.guardian) {
            by_guardian.entry(member.guardian).or_default().push(member);
        }
    }
    let mut told: Vec<BTreeSet<i64>> = Vec::new();
    for stands in standing {
        let present: Vec<Present> = stands.present.iter().copied().filter(|one| one.counts).collect();
        let known: BTreeSet<i64> = present.iter().map(|one| one.signal).collect();
        if !guardians.contains(&stands.guardian) {
            told.push(known);
            continue;
        }
        let active = by_guardian.remove(&stands.guardian).unwrap_or_default();
        let newcomers: Vec<Member> = bounded(active, present.iter().map(|one| one.child))
            .into_iter()
            .filter(|member| !known.contains(&member.signal))
            .collect();
        let newcomer = |member: &Member| (member.child, member.organisation);
        let parties = present.iter().map(|one| (one.child, one.organisation));
        if !is_family(parties.chain(newcomers.iter().map(newcomer))) {
            findings.end.push(stands.family);
            continue;
        }
        told.push(
            known
                .into_iter()
                .chain(newcomers.iter().map(|member| member.signal))
                .collect(),
        );
        if !newcomers.is_empty() {
            let signals = newcomers.iter().map(|member| member.signal).collect();
            findings.join.push((stands.family, signals));
        }
    }
    // The largest first: of two guardians of the same children one says it all.
    let mut rest: Vec<(i64, Vec<Member>)> = by_guardian
        .into_iter()
        .map(|(guardian, active)| (guardian, bounded(active, std::iter::empty())))
        .collect();
    rest.sort_by_key(|(guardian, active)| (std::cmp::Reverse(active.len()), *guardian));
    for (guardian, active) in rest {
        let signals: BTreeSet<i64> = active.iter().map(|member| member.signal).collect();
        let is_told = told.iter().any(|told| signals.is_subset(told));
        if !is_told && is_family(active.iter().map(|member| (member.child, member.organisation))) {
            findings.open.push((guardian, signals.iter().copied().collect()));
            told.push(signals);
        }
    }
    findings
}

/// Different children, and different organisations.
fn is_family(parties: impl Iterator<Item = (i64, OrganisationKey)>) -> bool {
    let (children, organisations): (BTreeSet<i64>, BTreeSet<OrganisationKey>) = parties.unzip();
    children.len() >= 2 && organisations.len() >= 2
}

/// The active ones, but for those that came with a guardian beyond the first four that their organisation named for the
/// child: a later signal may not try out one adult after another.
fn heard(members: &[Member]) -> Vec<Member> {
    let mut guardians: BTreeMap<(OrganisationKey, i64), BTreeSet<i64>> = BTreeMap::new();
    let mut heard = Vec::new();
    for member in members {
        let named = guardians.entry((member.organisation, member.child)).or_default();
        if !named.contains(&member.guardian) && named.len() == GUARDIANS_OF_A_SIGNAL {
            continue;
        }
        named.insert(member.guardian);
        if member.is_active {
            heard.push(*member);
        }
    }
    heard
}

/// Those of the first children only; who is in already stays in.
fn bounded(members: Vec<Member>, present: impl Iterator<Item = i64>) -> Vec<Member> {
    let mut children: BTreeSet<i64> = present.collect();
    let fits = |member: &Member| {
        children.contains(&member.child)
            || children.len() < CHILDREN_OF_A_GUARDIAN && children.insert(member.child)
    };
    members.into_iter().filter(fits).collect()
}

/// An organisation in a family match, through its signal about one of the children.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Party {
    /// Its place among the parties, to tell its rows apart.
    pub place: usize,
    /// Which organisation.
    pub organisation: OrganisationKey,
    /// Its sector; decides whether its name is sensitive.
    pub sector: Sector,
    /// The child its signal is about. Nobody is shown it.
    pub child: i64,
    /// From when every door shows it to the others, and the family match to it.
    pub visible_at: Timestamp,
    /// The instant from which its signal no longer counts.
    pub ends_at: Timestamp,
}

impl Party {
    fn is_there(&self, now: Timestamp) -> bool {
        self.visible_at <= now && now < self.ends_at
    }
}

/// A family match as one of its organisations sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Where it stands.
    pub state: FamilyMatchState,
    /// When it became visible to this organisation.
    pub visible_at: Timestamp,
    /// The organisation's own signals in it, by their places.
    pub own: Vec<usize>,
    /// The organisations with a signal about another child, by their places; none for those that stay "another
    /// organisation".
    pub others: Vec<Option<usize>>,
}

/// What this organisation sees at this moment; none when for it there is no such family match. Who the others are follows
/// the rules of a match before any consent, since in a family match there is none.
pub fn view(terms: &Terms<'_>, parties: &[Party], viewer: OrganisationKey, now: Timestamp) -> Option<View> {
    let is_own = |party: &&Party| party.organisation == viewer && party.visible_at <= now;
    let own: Vec<&Party> = parties.iter().filter(is_own).collect();
    let visible_at = own.iter().map(|party| party.visible_at).min()?;
    let living: Vec<&Party> = own.iter().copied().filter(|party| party.is_there(now)).collect();
    let mut others: Vec<&Party> = parties
        .iter()
        .filter(|party| party.organisation != viewer && party.is_there(now))
        // Who is about the same child is told by the match of that child.
        .filter(|party| living.iter().any(|own| own.child != party.child))
        .collect();
    others.sort_by_key(|party| (party.visible_at, party.place));
    let is_named = |party: &Party| terms.reveal() == Reveal::OnMatch && !terms.is_sensitive(party.sector);
    let state = match living.is_empty() || others.is_empty() {
        true => FamilyMatchState::Ended,
        false => FamilyMatchState::Open,
    };
    Some(View {
        state,
        visible_at,
        own: own.iter().map(|party| party.place).collect(),
        others: match state {
            FamilyMatchState::Open => others
                .iter()
                .map(|party| is_named(party).then_some(party.place))
                .collect(),
            FamilyMatchState::Ended => Vec::new(),
        },
    })
}

#[cfg(test)]
mod tests;
