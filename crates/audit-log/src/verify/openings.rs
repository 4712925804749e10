//! Openings against commitments: one for every leaf inside the scope unless an erasure leaf says why not, none outside.

use std::io::{self, Read, Seek};

use super::message as say;
use super::report::Report;
use super::{Files, period};
use crate::bundle::{MAX_OPENING_LINE_BYTES, Manifest, Opening, Scope};
use crate::entry::{Entry, MAX_LEAF_BYTES};
use crate::section::{Line, Section};
use crate::tar::Member;

/// Which events' openings the log says were erased: the event's id, the place of the erasing leaf, and whether the
/// event was met as an earlier leaf with a commitment.
#[derive(Debug, Default)]
pub(super) struct Erased {
    all: Vec<([u8; 16], u32, bool)>,
}

impl Erased {
    pub(super) fn push(&mut self, id: [u8; 16], place: u32) {
        self.all.push((id, place, false));
    }

    /// The events whose openings were erased.
    pub(super) fn ids(&self) -> impl Iterator<Item = [u8; 16]> {
        self.all.iter().map(|(id, ..)| *id)
    }

    /// Whether the opening of this leaf was erased by a later one.
    fn meets(&mut self, entry: &Entry, index: u64) -> bool {
        let from = self.all.partition_point(|(id, ..)| *id < entry.id);
        let mut met = false;
        for (_, place, seen) in self.all[from..].iter_mut().take_while(|(id, ..)| *id == entry.id) {
            if u64::from(*place) > index && entry.commitment.is_some() {
                *seen = true;
                met = true;
            }
        }
        met
    }

    /// Reports the erasures of what was never there.
    pub(super) fn report(&self, report: &mut Report) {
        let mut unknown: Vec<u32> = self
            .all
            .iter()
            .filter(|(.., seen)| !seen)
            .map(|(_, place, _)| *place)
            .collect();
        unknown.sort_unstable();
        for place in unknown {
            report.find(&say::ERASURE_UNKNOWN, Some(place.into()), "");
        }
    }
}

/// Walks leaves and openings side by side and reports what does not fit.
pub(super) fn check(
    archive: &mut (impl Read + Seek),
    files: &Files,
    manifest: &Manifest,
    export: Option<u64>,
    erased: &mut Erased,
    report: &mut Report,
) -> io::Result<()> {
    let Some(export) = export else {
        report.find(&say::EXPORT_MISSING, None, manifest.export());
        return Ok(());
    };
    erased.all.sort_unstable();
    period::carried(archive, files.carry, |line, entry| {
        erased.meets(entry, line.index);
    })?;
    let mut leaves = Leaves::new(manifest.first(), files.entries);
    let mut openings = Openings::new(files.openings);
    let mut next = openings.next(archive)?;
    while let Some((index, entry)) = leaves.next(archive)? {
        let gone = erased.meets(&entry, index);
        let inside = entry.commitment.is_some() && (index == export || manifest.scope().covers(&entry));
        let opening = match next {
            Next::Opening(ref opening) if opening.index == index => Some(opening),
            Next::Opening(_) | Next::End => None,
            Next::Broken => break,
        };
        match opening {
            Some(opening) => {
                report.opening();
                if opening.id != entry.id || entry.commitment.is_some_and(|c| c != opening.commitment()) {
                    report.find(&say::OPENING_WRONG, Some(index), "");
                } else if !inside {
                    report.find(&say::OPENING_OUTSIDE, Some(index), "");
                } else if gone {
                    report.find(&say::ERASED_PRESENT, Some(index), "");
                }
                let stated = || {
                    opening
                        .object()
                        .ok()
                        .and_then(|object| Scope::from_object(&object))
                };
                if index == export && stated().as_ref() != Some(manifest.scope()) {
                    report.find(&say::SCOPE_DIFFERS, Some(index), "");
                }
                next = openings.next(archive)?;
            }
            None if inside && !gone => report.find(&say::OPENING_MISSING, Some(index), ""),
            None if inside => report.erasure(),
            None => {}
        }
    }
    match next {
        Next::End => {}
        Next::Opening(opening) => report.find(&say::OPENING_OUTSIDE, Some(opening.index), ""),
        Next::Broken => report.find(&say::OPENING_FORM, None, &openings.line()),
    }
    Ok(())
}

/// The first leaf whose opening belongs to something else: evidence for where a log was altered when its root does not
/// match and the derived files were altered with it.
pub(super) fn first_mismatch(
    archive: &mut (impl Read + Seek),
    first: u64,
    entries: Member,
    openings: Member,
) -> io::Result<Option<u64>> {
    let mut leaves = Leaves::new(first, entries);
    let mut openings = Openings::new(openings);
    while let Next::Opening(opening) = openings.next(archive)? {
        loop {
            match leaves.next(archive)? {
                None => return Ok(None),
                Some((index, _)) if index < opening.index => {}
                Some((index, entry)) => {
                    if entry.id != opening.id || entry.commitment != Some(opening.commitment()) {
                        return Ok(Some(index));
                    }
                    break;
                }
            }
        }
    }
    Ok(None)
}

/// The leaves once more; they were all read before, so one that cannot be read ends the walk.
struct Leaves {
    lines: Section,
    index: u64,
}

impl Leaves {
    fn new(first: u64, member: Member) -> Self {
        Self {
            lines: Section::new(member),
            index: first,
        }
    }

    fn next(&mut self, archive: &mut (impl Read + Seek)) -> io::Result<Option<(u64, Entry)>> {
        let Line::Text(leaf) = self.lines.line(archive, MAX_LEAF_BYTES)? else {
            return Ok(None);
        };
        let index = self.index;
        self.index += 1;
        Ok(Entry::reread(leaf).ok().map(|entry| (index, entry)))
    }
}

struct Openings {
    lines: Section,
    number: u64,
    last: Option<u64>,
}

enum Next {
    Opening(Opening),
    End,
    Broken,
}

impl Openings {
    fn new(member: Member) -> Self {
        Self {
            lines: Section::new(member),
            number: 0,
            last: None,
        }
    }

    fn next(&mut self, archive: &mut (impl Read + Seek)) -> io::Result<Next> {
        self.number += 1;
        let opening = match self.lines.line(archive, MAX_OPENING_LINE_BYTES)? {
            Line::End => return Ok(Next::End),
            Line::Broken => return Ok(Next::Broken),
            Line::Text(line) => Opening::parse(line),
        };
        Ok(match opening {
            Ok(opening) if self.last.is_none_or(|last| opening.index > last) => {
                self.last = Some(opening.index);
                Next::Opening(opening)
            }
            _ => Next::Broken,
        })
    }

    /// Where in the file the walk is.
    fn line(&self) -> String {
        format!("openings.jsonl:{}", self.number)
    }
}
