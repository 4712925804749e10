//! What came before the period: the checkpoint it continues, the tree under that, and the leaves carried along.

use std::io::{self, Read, Seek};

use super::Files;
use super::message as say;
use super::receipts::Receipts;
use super::replay::Replay;
use super::report::Report;
use crate::bundle::proofs::{CarryLine, MAX_LINE_BYTES, MAX_LIST_BYTES, parse_list};
use crate::carry::{Carried, Why};
use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::entry::Entry;
use crate::note::MAX_NOTE_BYTES;
use crate::policy::Policy;
use crate::proof::{verify_consistency, verify_inclusion};
use crate::section::{Line, Section};
use crate::tar::Member;
use crate::tree::{Frontier, empty_root, leaf_hash};

/// The checkpoint the period continues. The outer `None`: there should be one, and it will not do. The inner: this is
/// a first export.
pub(super) fn before(
    archive: &mut (impl Read + Seek),
    previous: Member,
    now: &Checkpoint,
    policy: &Policy,
    report: &mut Report,
) -> io::Result<Option<Option<Checkpoint>>> {
    if previous.size == 0 {
        return Ok(Some(None));
    }
    let Some(note) = Section::whole(archive, previous, MAX_NOTE_BYTES)? else {
        report.find(&say::PREVIOUS_FORM, None, "");
        return Ok(None);
    };
    match Checkpoint::open_without_quorum(&note, policy) {
        Ok(before) if before.origin != now.origin || before.size == 0 => {
            report.find(&say::PREVIOUS_FORM, None, "");
        }
        Ok(before) if before.size > now.size => {
            report.find(&say::ROLLBACK, Some(now.size), "checkpoint.prev")
        }
        Ok(before) => return Ok(Some(Some(before))),
        Err(CheckpointError::Malformed(why)) => report.find(&say::PREVIOUS_FORM, None, why),
        Err(CheckpointError::Untrusted(why)) => report.find(&say::PREVIOUS_UNTRUSTED, None, why),
    }
    Ok(None)
}

/// A period and what it continues.
pub(super) struct Period {
    pub(super) before: Checkpoint,
    pub(super) frontier: Frontier,
    pub(super) replay: Replay,
    pub(super) carried: Vec<Carried>,
    frontier_matches: bool,
    consistent: bool,
}

impl Period {
    /// Reads `frontier` and `consistency`. `None` when they are not in their form, which is reported.
    pub(super) fn read(
        archive: &mut (impl Read + Seek),
        files: &Files,
        before: Option<Checkpoint>,
        now: &Checkpoint,
        report: &mut Report,
    ) -> io::Result<Option<Self>> {
        let first_export = before.is_none();
        let before = before.unwrap_or_else(|| Checkpoint {
            origin: now.origin.clone(),
            size: 0,
            root: empty_root(),
        });
        let mut list = |member| -> io::Result<_> {
            Ok(Section::whole(archive, member, MAX_LIST_BYTES)?.and_then(|file| parse_list(&file)))
        };
        let frontier = list(files.frontier)?.and_then(|roots| Frontier::from_roots(before.size, roots).ok());
        let Some(frontier) = frontier else {
            report.find(&say::FRONTIER_FORM, None, "");
            return Ok(None);
        };
        let proof = list(files.consistency)?.filter(|proof| !first_export || proof.is_empty());
        let Some(proof) = proof else {
            report.find(&say::CONSISTENCY_FORM, None, "");
            return Ok(None);
        };
        let consistent = first_export
            || verify_consistency((before.size, &before.root), (now.size, &now.root), &proof).is_ok();
        if u32::try_from(now.size).is_err() {
            report.find(&say::LOG_TOO_LARGE, None, "");
            return Ok(None);
        }
        Ok(Some(Self {
            frontier_matches: frontier.root() == before.root,
            consistent,
            replay: Replay::new(u32::try_from(before.size).unwrap_or(u32::MAX)),
            before,
            frontier,
            carried: Vec::new(),
        }))
    }

    /// Reads carry.jsonl; each leaf must stand in the tree under checkpoint.prev, the last one of it among them. False
    /// when something is wrong, which is reported.
    pub(super) fn carry(
        &mut self,
        archive: &mut (impl Read + Seek),
        carry: Member,
        receipts: &mut Receipts,
        report: &mut Report,
    ) -> io::Result<bool> {
        let mut lines = Section::new(carry);
        let mut number = 0_u64;
        loop {
            number += 1;
            let line = match lines.line(archive, MAX_LINE_BYTES)? {
                Line::End => break,
                Line::Broken => None,
                Line::Text(line) => CarryLine::parse(line),
            };
            let read = line.and_then(|line| Some((Entry::parse(line.leaf).ok()?, line)));
            let later = |index| self.carried.last().is_none_or(|last| last.index < index);
            let Some((entry, line)) = read.filter(|(_, line)| later(line.carried.index)) else {
                report.find(&say::CARRY_FORM, None, &format!("carry.jsonl:{number}"));
                return Ok(false);
            };
            let index = line.carried.index;
            let (size, root) = (self.before.size, &self.before.root);
            let hash = leaf_hash(line.leaf);
            if verify_inclusion(&hash, index, size, &line.path, root).is_err() {
                report.find(&say::CARRY_WRONG, Some(index), "");
                return Ok(false);
            }
            receipts.meet(&hash);
            self.replay
                .carry(u32::try_from(index).unwrap_or(u32::MAX), line.carried.why, &entry);
            report.carried();
            self.carried.push(line.carried);
        }
        let last = self.carried.last().map(|last| last.index);
        if last != self.before.size.checked_sub(1) {
            report.find(&say::CARRY_INCOMPLETE, self.before.size.checked_sub(1), "");
            return Ok(false);
        }
        Ok(true)
    }

    /// When the root does not match: whether already the tree it was built on is wrong.
    pub(super) fn report_tampering(&self, report: &mut Report) {
        if !self.frontier_matches {
            report.find(&say::FRONTIER_WRONG, None, "");
        }
    }

    /// When the root matches, a tree before it that is not the one signed then is a log that was rewritten.
    pub(super) fn report_fork(&self, report: &mut Report) {
        if !self.frontier_matches {
            report.find_range(&say::FORK, 0, self.before.size.saturating_sub(1));
        }
    }

    pub(super) fn report_derived(&self, report: &mut Report) {
        if !self.consistent {
            report.find(&say::CONSISTENCY_WRONG, None, "");
        }
    }
}

/// The leaves of carry.jsonl once more; they were all read before.
pub(super) fn carried(
    archive: &mut (impl Read + Seek),
    carry: Member,
    mut each: impl FnMut(Carried, &Entry),
) -> io::Result<()> {
    let mut lines = Section::new(carry);
    while let Line::Text(line) = lines.line(archive, MAX_LINE_BYTES)? {
        let Some(line) = CarryLine::parse(line) else { break };
        let Ok(entry) = Entry::reread(line.leaf) else {
            break;
        };
        each(line.carried, &entry);
    }
    Ok(())
}

/// Whether a leaf is carried for more than its lifecycle's sake.
pub(super) fn is_extra(carried: &Carried) -> bool {
    carried.why == Why::Erased
}
