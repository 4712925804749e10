//! The export against the one before it: what that one leaves open must be carried along, all of it and nothing else.
//! Without this an export could leave out of carry.jsonl the leaf that withdrew a consent.

use std::io::{self, Read, Seek};

use super::message as say;
use super::openings::Erased;
use super::receipts::Receipts;
use super::report::Report;
use super::{Files, period};
use crate::bundle::FILES;
use crate::bundle::proofs::{MAX_LIST_BYTES, parse_list};
use crate::carry::{Carried, Carry, Why};
use crate::checkpoint::Checkpoint;
use crate::entry::{Entry, MAX_LEAF_BYTES};
use crate::note::{MAX_NOTE_BYTES, Note};
use crate::section::{Line, Section};
use crate::tar;
use crate::tree::{Frontier, leaf_hash};

pub(super) fn check(
    export: &mut (impl Read + Seek),
    carried: &[Carried],
    before: &Checkpoint,
    erased: &Erased,
    receipts: &mut Receipts,
    report: &mut Report,
) -> io::Result<()> {
    let Ok(members) = tar::read(export, &FILES)? else {
        // Its checkpoint could not have been read either.
        return Ok(());
    };
    let files = Files::of(members);
    let first = Section::whole(export, files.previous, MAX_NOTE_BYTES)?.and_then(|note| {
        if note.is_empty() {
            return Some(0);
        }
        Some(Checkpoint::parse(Note::parse(&note).ok()?.text()).ok()?.size)
    });
    let roots = Section::whole(export, files.frontier, MAX_LIST_BYTES)?.and_then(|file| parse_list(&file));
    let frontier = first
        .zip(roots)
        .and_then(|(first, roots)| Frontier::from_roots(first, roots).ok());
    let Some(mut frontier) = frontier else {
        report.find(&say::EARLIER_EXPORT, None, "");
        return Ok(());
    };

    if frontier.size() > before.size && before.size > 0 {
        report.find(&say::EARLIER_LATER, None, "");
        return Ok(());
    }

    let mut carry = Carry::new(erased.ids());
    period::carried(export, files.carry, |line, entry| match line.why {
        Why::Open => carry.entry(line.index, entry),
        Why::Erased | Why::Last => carry.time(line.index, entry.time),
    })?;
    let mut lines = Section::new(files.entries);
    while let Line::Text(leaf) = lines.line(export, MAX_LEAF_BYTES)? {
        let hash = leaf_hash(leaf);
        receipts.meet(&hash);
        if frontier.size() >= before.size {
            // It reaches into this period; what was open at its start follows from what came before that.
            continue;
        }
        if let Ok(entry) = Entry::reread(leaf) {
            carry.entry(frontier.size(), &entry);
        }
        frontier.push(hash);
    }
    if frontier.size() < before.size {
        // The export lies before the period without touching it, or is cut off; the checkpoint was held against it.
        return Ok(());
    }
    if before.size == 0 {
        return Ok(());
    }
    if frontier.root() != before.root {
        report.find(&say::EARLIER_EXPORT, None, "");
        return Ok(());
    }
    // An opening erased in this period may be of a leaf from long before the earlier export.
    let open = |carried: &&Carried| !period::is_extra(carried);
    let expected = carry.finish();
    let (mut expected, mut found) = (expected.iter().filter(open), carried.iter().filter(open));
    loop {
        let (wanted, here) = (expected.next(), found.next());
        if wanted != here {
            let index = [wanted, here]
                .into_iter()
                .flatten()
                .map(|carried| carried.index)
                .min();
            report.find(&say::CARRY_INCOMPLETE, index, "");
            return Ok(());
        }
        if wanted.is_none() {
            return Ok(());
        }
    }
}
