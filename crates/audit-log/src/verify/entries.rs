//! The walk over the leaves: form, hashes, root, and side by side the files derived from them line by line.

use std::io::{self, Read, Seek};

use super::message as say;
use super::openings::Erased;
use super::period::Period;
use super::receipts::Receipts;
use super::report::Report;
use super::{Files, reports};
use crate::bundle::proofs::{ErasureLine, MAX_LINE_BYTES};
use crate::bundle::{Manifest, derived};
use crate::carry::erased;
use crate::checkpoint::Checkpoint;
use crate::entry::{Entry, MAX_LEAF_BYTES};
use crate::proof::verify_inclusion;
use crate::section::{Line, Section};
use crate::tree::{Hash, leaf_hash};

/// What the walk learned.
pub(super) struct Walked {
    /// How many leaves the log has with those of entries.jsonl, counted to one beyond what was signed.
    count: u64,
    first: u64,
    /// Whether count and root are those of the checkpoint.
    pub(super) root_matches: bool,
    /// The first leaf that events.csv or erasures.jsonl tell otherwise.
    pub(super) first_difference: Option<u64>,
    csv_differs: Option<u64>,
    erasures_differ: Option<u64>,
    /// reports.csv, where the rows of its first report end, and whether those differ.
    pub(super) views: (Section, bool),
    /// The root when the log had the size of the earlier checkpoint.
    earlier_root: Option<Hash>,
    /// Where the leaf of this export stands.
    pub(super) export: Option<u64>,
    pub(super) erased: Erased,
}

/// Reads all leaves of the period. `None` when a line is not a leaf, which is reported.
pub(super) fn walk(
    archive: &mut (impl Read + Seek),
    files: &Files,
    manifest: &Manifest,
    earlier: Option<&Checkpoint>,
    period: &mut Period,
    receipts: &mut Receipts,
    report: &mut Report,
) -> io::Result<Option<Walked>> {
    let checkpoint = manifest.checkpoint();
    let mut lines = Section::new(files.entries);
    let (mut csv, mut csv_differs) = (Section::new(files.events), None);
    let (mut erasures, mut erasures_differ) = (Section::new(files.erasures), None);
    let mut views = Section::new(files.reports_csv);
    let first = period.before.size;
    if !csv.goes_on_with(archive, derived::CSV_HEAD.as_bytes())? {
        csv_differs = Some(first);
    }
    let mut views_differ = !views.goes_on_with(archive, reports::CSV_HEAD.as_bytes())?;
    let (mut export, mut gone) = (None, Erased::default());
    let frontier = &mut period.frontier;
    // What the earlier checkpoint must say when it stands at the very start, whatever the frontier says.
    let mut earlier_root = earlier
        .filter(|earlier| earlier.size == first)
        .map(|_| period.before.root);
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
        let hash = leaf_hash(leaf);
        frontier.push(hash);
        if earlier.is_some_and(|earlier| earlier.size == frontier.size()) {
            earlier_root = Some(frontier.root());
        }
        if csv_differs.is_none() {
            piece.clear();
            derived::push_row(index, &entry, &mut piece);
            csv_differs = (!csv.goes_on_with(archive, &piece)?).then_some(index);
        }
        let erased = erased(&entry);
        if let (Some(id), None) = (erased, erasures_differ) {
            let line = match erasures.line(archive, MAX_LINE_BYTES)? {
                Line::Text(line) => ErasureLine::parse(line),
                Line::End | Line::Broken => None,
            };
            let proven = |line: &ErasureLine| {
                (line.index, line.id) == (index, id)
                    && verify_inclusion(&hash, index, checkpoint.size, &line.path, &checkpoint.root).is_ok()
            };
            erasures_differ = (!line.as_ref().is_some_and(proven)).then_some(index);
        }
        if !views_differ {
            piece.clear();
            reports::push_view(index, &entry, &mut piece);
            views_differ = !views.goes_on_with(archive, &piece)?;
        }
        if index == checkpoint.size {
            break;
        }
        let place = u32::try_from(index).unwrap_or(u32::MAX);
        if entry.event == "audit.exported" && entry.sub == manifest.export() {
            export.get_or_insert(index);
        }
        if let Some(id) = erased {
            gone.push(id, place);
        }
        receipts.meet(&hash);
        report.count(&entry);
        period.replay.push(place, &entry);
    }
    let count = frontier.size();
    // What goes on after the last leaf differs there.
    csv_differs = csv_differs.or_else(|| (!csv.is_at_end()).then_some(count));
    erasures_differ = erasures_differ.or_else(|| (!erasures.is_at_end()).then_some(count));
    let root_matches = count == checkpoint.size && frontier.root() == checkpoint.root;
    Ok(Some(Walked {
        count,
        first,
        root_matches,
        first_difference: first_difference(csv_differs, erasures_differ, root_matches),
        csv_differs,
        erasures_differ,
        views: (views, views_differ),
        earlier_root,
        export,
        erased: gone,
    }))
}

/// The leaf that a derived file tells otherwise. The proofs of erasures fail everywhere when the root is another, so
/// then only events.csv is evidence.
fn first_difference(csv: Option<u64>, erasures: Option<u64>, root_matches: bool) -> Option<u64> {
    match (csv, erasures) {
        (Some(csv), Some(erasures)) if root_matches => Some(csv.min(erasures)),
        (None, Some(erasures)) if root_matches => Some(erasures),
        (csv, _) => csv,
    }
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
            let (mut first, mut last) = (self.first, checkpoint.size.saturating_sub(1));
            if let (Some(earlier), Some(root)) = (earlier, self.earlier_root) {
                if root == earlier.root {
                    first = earlier.size.clamp(first, last);
                } else {
                    last = earlier.size.saturating_sub(1);
                }
            }
            report.find_range(&say::ROOT_RANGE, first, last);
        }
    }

    /// Holds the log, known to be the signed one, against the earlier checkpoint.
    pub(super) fn report_fork(
        &self,
        now: &Checkpoint,
        first: u64,
        earlier: Option<&Checkpoint>,
        report: &mut Report,
    ) {
        let Some(earlier) = earlier else { return };
        if earlier.size > now.size {
            report.find(&say::ROLLBACK, Some(now.size), "");
        } else if self.earlier_root != Some(earlier.root) {
            // What was the same at the period's start was rewritten after it; else it was rewritten before.
            debug_assert!(earlier.size >= first);
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
