//! The walk over the leaves: form, hashes, root, and side by side the files derived from them.

use std::io::{self, Read, Seek};

use super::message as say;
use super::openings::Erased;
use super::replay::Replay;
use super::report::Report;
use crate::bundle::{Manifest, derived};
use crate::checkpoint::Checkpoint;
use crate::entry::{Entry, MAX_LEAF_BYTES};
use crate::section::{Line, Section};
use crate::tar::Member;
use crate::tree::{Frontier, Hash, empty_root, leaf_hash};

/// What the walk learned.
pub(super) struct Walked {
    /// How many lines entries.jsonl has, counted to one beyond what was signed.
    count: u64,
    /// Whether count and root are those of the checkpoint.
    pub(super) root_matches: bool,
    /// The first leaf that events.csv or erasures.jsonl tell otherwise.
    pub(super) first_difference: Option<u64>,
    csv_differs: Option<u64>,
    erasures_differ: Option<u64>,
    /// The root when the log had the size of the earlier checkpoint.
    earlier_root: Option<Hash>,
    /// Where the leaf of this export stands.
    pub(super) export: Option<u64>,
    pub(super) erased: Erased,
    pub(super) replay: Replay,
}

/// Reads all leaves. `None` when a line is not a leaf, which is reported.
pub(super) fn walk(
    archive: &mut (impl Read + Seek),
    [entries, erasures, events]: [Member; 3],
    manifest: &Manifest,
    earlier: Option<&Checkpoint>,
    report: &mut Report,
) -> io::Result<Option<Walked>> {
    let checkpoint = manifest.checkpoint();
    if u32::try_from(checkpoint.size).is_err() {
        report.find(&say::LOG_TOO_LARGE, None, "");
        return Ok(None);
    }
    let mut lines = Section::new(entries);
    let (mut csv, mut csv_differs) = (Section::new(events), None);
    let (mut erasures, mut erasures_differ) = (Section::new(erasures), None);
    if !csv.goes_on_with(archive, derived::CSV_HEAD.as_bytes())? {
        csv_differs = Some(0);
    }
    let mut frontier = Frontier::new();
    let mut earlier_root = earlier.filter(|earlier| earlier.size == 0).map(|_| empty_root());
    let mut walked = (None, Erased::default(), Replay::default());
    let mut piece = Vec::new();
    // One line more than was signed is enough to know that there are too many.
    while frontier.size() <= checkpoint.size {
        let index = frontier.size();
        let leaf = match lines.line(archive, MAX_LEAF_BYTES)? {
            Line::End => break,
            Line::Broken => {
                report.find(&say::LINE_FORM, Some(index), "");
                return Ok(None);
            }
            Line::Text(leaf) => leaf,
        };
        let entry = match Entry::parse(leaf) {
            Ok(entry) => entry,
            Err(why) => {
                report.find(&say::LEAF_FORM, Some(index), &why.to_string());
                return Ok(None);
            }
        };
        frontier.push(leaf_hash(leaf));
        if earlier.is_some_and(|earlier| earlier.size == frontier.size()) {
            earlier_root = Some(frontier.root());
        }
        if csv_differs.is_none() {
            piece.clear();
            derived::push_row(index, &entry, &mut piece);
            csv_differs = (!csv.goes_on_with(archive, &piece)?).then_some(index);
        }
        if erasures_differ.is_none() {
            piece.clear();
            derived::push_erasure(index, &entry, &mut piece);
            erasures_differ = (!erasures.goes_on_with(archive, &piece)?).then_some(index);
        }
        if index == checkpoint.size {
            break;
        }
        let place = u32::try_from(index).unwrap_or(u32::MAX);
        let (export, erased, replay) = &mut walked;
        if entry.event == "audit.exported" && entry.sub == manifest.export() {
            export.get_or_insert(index);
        }
        if let Some(id) = derived::erased(&entry) {
            erased.push(id, place);
        }
        report.count(&entry);
        replay.push(place, &entry);
    }
    let count = frontier.size();
    // What goes on after the last leaf differs there.
    csv_differs = csv_differs.or_else(|| (!csv.is_at_end()).then_some(count));
    erasures_differ = erasures_differ.or_else(|| (!erasures.is_at_end()).then_some(count));
    let (export, erased, replay) = walked;
    Ok(Some(Walked {
        count,
        root_matches: count == checkpoint.size && frontier.root() == checkpoint.root,
        first_difference: [csv_differs, erasures_differ].into_iter().flatten().min(),
        csv_differs,
        erasures_differ,
        earlier_root,
        export,
        erased,
        replay,
    }))
}

impl Walked {
    /// Says that the leaves are not the signed ones, and as exactly as can be told which.
    pub(super) fn report_tampering(
        &self,
        index: Option<u64>,
        checkpoint: &Checkpoint,
        earlier: Option<&Checkpoint>,
        report: &mut Report,
    ) {
        let index = index.filter(|index| *index < self.count.min(checkpoint.size));
        if let Some(index) = index {
            report.find(&say::ROOT, Some(index), "");
        }
        if self.count < checkpoint.size {
            report.find(&say::MISSING_ENTRIES, Some(self.count), "");
        } else if self.count > checkpoint.size {
            report.find(&say::EXTRA_ENTRIES, Some(checkpoint.size), "");
        } else if index.is_none() {
            // Only the root differs. An earlier checkpoint over the first leaves halves the question.
            let (mut first, mut last) = (0, checkpoint.size.saturating_sub(1));
            if let (Some(earlier), Some(root)) = (earlier, self.earlier_root) {
                if root == earlier.root {
                    first = earlier.size.min(last);
                } else {
                    last = earlier.size.saturating_sub(1);
                }
            }
            report.find_range(&say::ROOT_RANGE, first, last);
        }
    }

    /// Holds the log, known to be the signed one, against the earlier checkpoint.
    pub(super) fn report_fork(&self, now: &Checkpoint, earlier: Option<&Checkpoint>, report: &mut Report) {
        let Some(earlier) = earlier else { return };
        if earlier.size > now.size {
            report.find(&say::ROLLBACK, Some(now.size), "");
        } else if self.earlier_root != Some(earlier.root) {
            report.find_range(&say::FORK, 0, earlier.size.saturating_sub(1));
        } else {
            report.continued(earlier.size);
        }
    }

    /// Says where the derived files differ from the leaves.
    pub(super) fn report_derived(&self, report: &mut Report) {
        if let Some(index) = self.csv_differs {
            report.find(&say::CSV_DIFFERS, Some(index), "");
        }
        if let Some(index) = self.erasures_differ {
            report.find(&say::ERASURES_DIFFER, Some(index), "");
        }
    }
}
