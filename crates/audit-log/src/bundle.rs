//! The export a supervisor takes home: a tar of fixed shape ([`crate::tar`] inside this crate) with the leaves of a
//! period, proof that they continue what the log signed before, the openings of the agreed scope, and files derived from
//! them. The first export begins with leaf 0 and has nothing to continue; each later one begins where an earlier
//! checkpoint ends. The same log, checkpoints, export and openings give the same bytes.
//!
//! The writer needs a seekable output (a file), because a tar header states a size that is known only after the
//! contents, and about 50 bytes of memory per leaf of the period, for the reports.

pub(crate) mod derived;
mod erased;
mod manifest;
mod opening;
pub(crate) mod proofs;
mod scope;

use std::io::{self, Read, Seek, SeekFrom, Write};

pub use erased::{EndedForGood, ended_for_good, erased_events};
pub(crate) use manifest::{MAX_MANIFEST_BYTES, Manifest};
pub(crate) use opening::MAX_LINE_BYTES as MAX_OPENING_LINE_BYTES;
pub use opening::Opening;
pub use scope::{Scope, Selection};

use crate::carry::{Carried, erased};
use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::entry::{Entry, EntryError, MAX_LEAF_BYTES};
use crate::note::{Note, Verifier};
use crate::policy::Policy;
use crate::proof::{
    Nodes, consistency_from, consistency_length, consistency_nodes, inclusion_from, inclusion_nodes,
    verify_inclusion,
};
use crate::section::{Line, Section};
use crate::tar::{self, BLOCK, Member};
use crate::tree::{Frontier, Hash, leaf_hash};
use crate::verify::replay::Replay;
use crate::verify::reports::{self, Reports};
use proofs::{CarryLine, ErasureLine};

/// The files of a bundle, in their order.
pub const FILES: [&str; 16] = [
    "MANIFEST.json",
    "policy",
    "checkpoint",
    "checkpoint.prev",
    "consistency",
    "frontier",
    "entries.jsonl",
    "carry.jsonl",
    "openings.jsonl",
    "erasures.jsonl",
    "events.csv",
    "columns.csv",
    "reports.json",
    "reports.csv",
    "reports.txt",
    "README.txt",
];
/// What `README.txt` says. It belongs to format 2 to the byte: exports are kept for years, and a verifier that expects
/// another text would call them tampered. Another text needs another format number, and this one kept beside it.
pub(crate) const README: &str = include_str!("bundle/README.txt");
/// What `columns.csv` says: the meaning of every column. It too belongs to format 2 to the byte.
pub(crate) const COLUMNS: &str = include_str!("bundle/columns.csv");

/// How much is collected before it is written, in bytes.
const BUFFER: usize = 256 * 1024;

/// Where a period begins: right after what the log signed here.
#[derive(Clone, Debug)]
pub struct Previous<'a> {
    /// The signed checkpoint, as it was published.
    pub checkpoint: &'a str,
    /// The tree it was signed over.
    pub frontier: Frontier,
}

/// Writes one bundle: the leaves of the period in order, what is carried along, the openings in the order of their
/// leaves, then [`Writer::finish`].
#[derive(Debug)]
pub struct Writer<W> {
    out: W,
    written: u64,
    buffer: Vec<u8>,
    /// Which of [`FILES`] is being written, and where its contents began.
    file: usize,
    start: u64,
    /// Where the contents of the files begun so far lie, in the order of [`FILES`].
    members: Vec<Member>,
    manifest: Manifest,
    /// The tree before the period, and what it is now.
    before: Frontier,
    frontier: Frontier,
    /// The nodes of the consistency proof.
    nodes: Nodes,
    /// The leaves that say an opening was erased, and which.
    erasures: Vec<(u64, [u8; 16])>,
    last_carried: Option<u64>,
    last_opening: Option<u64>,
}

/// Places in [`FILES`].
const CONSISTENCY: usize = 4;
const ENTRIES: usize = 6;
const CARRY: usize = 7;
const OPENINGS: usize = 8;

impl<W: Read + Write + Seek> Writer<W> {
    /// Begins the first bundle of a log, from leaf 0, on `out`, which must be empty. `checkpoint` is the signed note of
    /// the log whose public key is `log`; `export` is the tag (`x_...`) of the `audit.exported` leaf whose opening
    /// states the same `scope`.
    ///
    /// # Errors
    /// [`BundleError`] when the checkpoint is not one of this log, the export no tag, or writing fails.
    pub fn new(
        out: W,
        log: &Verifier,
        checkpoint: &str,
        export: &str,
        scope: Scope,
    ) -> Result<Self, BundleError> {
        Self::begin_with(out, log, checkpoint, None, export, scope)
    }

    /// As [`Writer::new`], for the leaves that came after `previous`, which has at least one leaf.
    ///
    /// # Errors
    /// As [`Writer::new`]; [`BundleError::Previous`] when `previous` is not of this log, empty, later than
    /// `checkpoint`, or its checkpoint and its tree differ.
    pub fn since(
        out: W,
        log: &Verifier,
        checkpoint: &str,
        previous: Previous<'_>,
        export: &str,
        scope: Scope,
    ) -> Result<Self, BundleError> {
        Self::begin_with(out, log, checkpoint, Some(previous), export, scope)
    }

    fn begin_with(
        out: W,
        log: &Verifier,
        checkpoint: &str,
        previous: Option<Previous<'_>>,
        export: &str,
        scope: Scope,
    ) -> Result<Self, BundleError> {
        let policy = Policy::text_for(log);
        let trusted = Policy::parse(policy.as_bytes()).map_err(|_| BundleError::Checkpoint(UNUSABLE_KEY))?;
        let opened = Checkpoint::open_without_quorum(checkpoint.as_bytes(), &trusted)
            .map_err(BundleError::Checkpoint)?;
        let (note, before) = match previous {
            None => ("", Frontier::new()),
            Some(Previous { checkpoint, frontier }) => {
                // Its key may be one the log has since changed for another, so its signature is the verifier's to judge.
                let note = Note::parse(checkpoint.as_bytes()).map_err(|_| BundleError::Previous)?;
                let earlier = Checkpoint::parse(note.text()).map_err(|_| BundleError::Previous)?;
                let fits = earlier.origin == opened.origin
                    && (earlier.size, earlier.root) == (frontier.size(), frontier.root())
                    && (1..=opened.size).contains(&earlier.size);
                if !fits {
                    return Err(BundleError::Previous);
                }
                (checkpoint, frontier)
            }
        };
        let (first, size) = (before.size(), opened.size);
        let manifest = Manifest::new(opened, first, export, scope).ok_or(BundleError::Export)?;
        let head = manifest.to_bytes();
        if head.len() > MAX_MANIFEST_BYTES {
            return Err(BundleError::TooLarge);
        }
        let wanted = if first == 0 {
            Vec::new()
        } else {
            consistency_nodes(first, size).map_err(|_| BundleError::Previous)?
        };
        // Room for the consistency proof, whose hashes are known when the leaves are.
        let room = if first == 0 {
            0
        } else {
            consistency_length(first, size).map_err(|_| BundleError::Previous)?
        };
        let mut writer = Self {
            out,
            written: 0,
            buffer: Vec::with_capacity(BUFFER),
            file: 0,
            start: 0,
            members: Vec::new(),
            manifest,
            nodes: Nodes::after(&before, wanted),
            frontier: before.clone(),
            before,
            erasures: Vec::new(),
            last_carried: None,
            last_opening: None,
        };
        writer.begin()?;
        let frontier = proofs::list(writer.before.roots());
        for contents in [
            &head[..],
            policy.as_bytes(),
            checkpoint.as_bytes(),
            note.as_bytes(),
            &vec![0; proofs::list_bytes(room)],
            frontier.as_bytes(),
        ] {
            writer.push(contents)?;
            writer.next_file()?;
        }
        Ok(writer)
    }

    /// The index of the period's first leaf.
    #[must_use]
    pub fn first(&self) -> u64 {
        self.before.size()
    }

    /// Appends the next leaf of the period.
    ///
    /// # Errors
    /// [`BundleError::Leaf`] when the bytes are no leaf, [`BundleError::Order`] after what is carried or an opening.
    pub fn leaf(&mut self, leaf: &[u8]) -> Result<(), BundleError> {
        if self.file != ENTRIES {
            return Err(BundleError::Order);
        }
        let index = self.frontier.size();
        let entry = Entry::parse(leaf).map_err(|why| BundleError::Leaf { index, why })?;
        self.erasures.extend(erased(&entry).map(|id| (index, id)));
        let hash = leaf_hash(leaf);
        self.frontier.push(hash);
        self.nodes.push(hash);
        self.push(leaf)?;
        self.push(b"\n")
    }

    /// Appends a leaf from before the period that [`crate::carry::Carry`] says goes along, with its audit path in the
    /// tree before the period; in order of place, after all leaves of the period.
    ///
    /// # Errors
    /// [`BundleError::Order`] when it comes out of order, [`BundleError::Carry`] when the path does not lead to the
    /// earlier checkpoint's root, [`BundleError::Root`] when the period's leaves do not make up the checkpoint's tree.
    pub fn carry(&mut self, carried: Carried, leaf: &[u8], path: &[Hash]) -> Result<(), BundleError> {
        self.go_to(CARRY)?;
        let index = carried.index;
        if self.last_carried.is_some_and(|last| index <= last) {
            return Err(BundleError::Order);
        }
        self.last_carried = Some(index);
        Entry::parse(leaf).map_err(|why| BundleError::Leaf { index, why })?;
        verify_inclusion(
            &leaf_hash(leaf),
            index,
            self.before.size(),
            path,
            &self.before.root(),
        )
        .map_err(|_| BundleError::Carry { index })?;
        let path = path.to_vec();
        self.push(&CarryLine { carried, path, leaf }.to_line())
    }

    /// Appends the opening of a leaf of the period inside the scope; in the order of the leaves, after what is carried.
    ///
    /// # Errors
    /// [`BundleError::Order`] when it comes out of order, [`BundleError::Opening`] when its data is not one JSON
    /// object of at most 64 KiB, [`BundleError::Root`] when the leaves do not make up the checkpoint's tree.
    pub fn opening(&mut self, opening: &Opening) -> Result<(), BundleError> {
        self.go_to(OPENINGS)?;
        if self.last_opening.is_some_and(|last| opening.index <= last)
            || !(self.first()..self.frontier.size()).contains(&opening.index)
        {
            return Err(BundleError::Order);
        }
        self.last_opening = Some(opening.index);
        let line = opening
            .to_line()
            .map_err(|_| BundleError::Opening { index: opening.index })?;
        self.push(&line)
    }

    /// Derives the remaining files, ends the archive and gives the output back, at its end and flushed.
    ///
    /// # Errors
    /// [`BundleError::Root`] when the leaves do not make up the checkpoint's tree, [`BundleError::Carry`] when the leaf
    /// before the period was not carried along; [`BundleError::Io`].
    pub fn finish(mut self) -> Result<W, BundleError> {
        self.go_to(OPENINGS)?;
        if let Some(index) = self
            .first()
            .checked_sub(1)
            .filter(|last| self.last_carried != Some(*last))
        {
            return Err(BundleError::Carry { index });
        }
        self.next_file()?;
        self.write_erasures()?;
        self.next_file()?;
        let mut replay = self.replay_carried()?;
        let mut export = None;
        self.push(derived::CSV_HEAD.as_bytes())?;
        let (mut row, tag) = (Vec::new(), self.manifest.export().to_owned());
        self.reread(|writer, index, entry, _| {
            row.clear();
            derived::push_row(index, entry, &mut row);
            replay.push(place(index), entry);
            if entry.event == "audit.exported" && entry.sub == tag {
                export.get_or_insert(index);
            }
            writer.push(&row)
        })?;
        self.next_file()?;
        self.push(COLUMNS.as_bytes())?;
        self.next_file()?;
        let facts = replay.finish(export);
        let made = Reports::new(&facts);
        self.push(made.to_json().as_bytes())?;
        self.next_file()?;
        self.push(reports::CSV_HEAD.as_bytes())?;
        self.reread(|writer, index, entry, _| {
            row.clear();
            reports::push_view(index, entry, &mut row);
            writer.push(&row)
        })?;
        made.rows(|row| self.push(row))?;
        self.next_file()?;
        self.push(made.to_text().as_bytes())?;
        self.next_file()?;
        self.push(README.as_bytes())?;
        self.end()?;
        self.push(&[0; 2 * BLOCK])?;
        self.write_out()?;
        self.out.flush()?;
        Ok(self.out)
    }

    /// Ends files until this one is being written. Once the leaves are all there, they are held against the checkpoint
    /// and the consistency proof is put in its place.
    fn go_to(&mut self, file: usize) -> Result<(), BundleError> {
        if self.file > file {
            return Err(BundleError::Order);
        }
        while self.file < file {
            if self.file == ENTRIES {
                self.close_entries()?;
            }
            self.next_file()?;
        }
        Ok(())
    }

    fn close_entries(&mut self) -> Result<(), BundleError> {
        let Checkpoint { size, root, .. } = *self.manifest.checkpoint();
        if self.frontier.size() != size || self.frontier.root() != root {
            return Err(BundleError::Root);
        }
        if self.first() == 0 {
            return Ok(());
        }
        let node = |height, index| self.nodes.get(height, index).ok_or(());
        let proof = consistency_from(self.first(), size, node).map_err(|_| BundleError::Root)?;
        self.write_out()?;
        self.out.seek(SeekFrom::Start(self.members[CONSISTENCY].start))?;
        self.out.write_all(proofs::list(&proof).as_bytes())?;
        Ok(())
    }

    /// The lines of erasures.jsonl. The nodes of their proofs come out of a second walk over the hashes.
    fn write_erasures(&mut self) -> Result<(), BundleError> {
        if self.erasures.is_empty() {
            return Ok(());
        }
        let (size, erasures) = (self.frontier.size(), std::mem::take(&mut self.erasures));
        let mut wanted = Vec::new();
        for (index, _) in &erasures {
            wanted.extend(inclusion_nodes(*index, size).map_err(|_| BundleError::Root)?);
        }
        let mut nodes = Nodes::after(&self.before, wanted);
        self.reread(|_, _, _, leaf| {
            nodes.push(leaf_hash(leaf));
            Ok(())
        })?;
        for (index, id) in erasures {
            let node = |height, index| nodes.get(height, index).ok_or(());
            let path = inclusion_from(index, size, node).map_err(|_| BundleError::Root)?;
            self.push(&ErasureLine { index, id, path }.to_line())?;
        }
        Ok(())
    }

    /// A replay that knows what was carried along.
    fn replay_carried(&mut self) -> Result<Replay, BundleError> {
        let mut replay = Replay::new(place(self.first()));
        let mut carried = Section::new(self.members[CARRY]);
        while let Line::Text(line) = carried.line(&mut self.out, proofs::MAX_LINE_BYTES)? {
            let line = CarryLine::parse(line).ok_or(BundleError::Root)?;
            let Carried { index, why } = line.carried;
            let entry = Entry::reread(line.leaf).map_err(|why| BundleError::Leaf { index, why })?;
            replay.carry(place(index), why, &entry);
        }
        Ok(replay)
    }

    /// Reads the period's leaves back from the output.
    fn reread(
        &mut self,
        mut each: impl FnMut(&mut Self, u64, &Entry, &[u8]) -> Result<(), BundleError>,
    ) -> Result<(), BundleError> {
        let mut entries = Section::new(self.members[ENTRIES]);
        for index in self.first()..self.frontier.size() {
            let Line::Text(leaf) = entries.line(&mut self.out, MAX_LEAF_BYTES)? else {
                return Err(BundleError::Root);
            };
            let entry = Entry::reread(leaf).map_err(|why| BundleError::Leaf { index, why })?;
            each(self, index, &entry, leaf)?;
        }
        Ok(())
    }

    fn next_file(&mut self) -> Result<(), BundleError> {
        self.end()?;
        self.file += 1;
        self.begin()
    }

    /// Leaves room for the header.
    fn begin(&mut self) -> Result<(), BundleError> {
        self.push(&[0; BLOCK])?;
        self.start = self.position();
        Ok(())
    }

    /// Fills the last block and writes the header, now that the size is known.
    fn end(&mut self) -> Result<(), BundleError> {
        let size = self.position() - self.start;
        self.members.push(Member {
            start: self.start,
            size,
        });
        self.push(&[0; BLOCK][..tar::padding(size)])?;
        self.write_out()?;
        let header = tar::header(FILES[self.file], size).ok_or(BundleError::TooLarge)?;
        self.out.seek(SeekFrom::Start(self.start - BLOCK as u64))?;
        self.out.write_all(&header)?;
        Ok(())
    }

    fn position(&self) -> u64 {
        self.written + self.buffer.len() as u64
    }

    fn push(&mut self, bytes: &[u8]) -> Result<(), BundleError> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= BUFFER {
            self.write_out()
        } else {
            Ok(())
        }
    }

    fn write_out(&mut self) -> Result<(), BundleError> {
        // Reading back and writing headers move the output's place, so it is set each time.
        self.out.seek(SeekFrom::Start(self.written))?;
        self.out.write_all(&self.buffer)?;
        self.written += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }
}

/// A place as the replay counts it. A log of more than 2^32 - 1 leaves is refused by every verifier.
fn place(index: u64) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

const UNUSABLE_KEY: CheckpointError =
    CheckpointError::Untrusted("the log's public key cannot stand in a policy");

/// Why a bundle cannot be written.
#[derive(Debug)]
pub enum BundleError {
    /// The output failed.
    Io(io::Error),
    /// The checkpoint is not one of the log given.
    Checkpoint(CheckpointError),
    /// The export is not named by a tag.
    Export,
    /// These bytes are not a leaf.
    Leaf {
        /// The leaf's place in the log, from 0.
        index: u64,
        /// What is wrong.
        why: EntryError,
    },
    /// The data of this leaf's opening is not a JSON object, or too long.
    Opening {
        /// The leaf's place in the log, from 0.
        index: u64,
    },
    /// The period cannot begin there: another log, no leaves, later than the checkpoint, or tree and checkpoint differ.
    Previous,
    /// This earlier leaf's path does not lead to the earlier checkpoint's root, or the last one before the period is
    /// not carried along.
    Carry {
        /// The leaf's place in the log, from 0.
        index: u64,
    },
    /// Leaves, what is carried, or openings in another order than theirs, or an opening from outside the period.
    Order,
    /// The leaves given are not those the checkpoint was signed over.
    Root,
    /// A file of the bundle passes 8 GiB, the most the archive format can say, or the scope 256 KiB.
    TooLarge,
}

impl From<io::Error> for BundleError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl std::fmt::Display for BundleError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Io(_) => f.write_str("the export could not be written"),
            Self::Checkpoint(_) => f.write_str("the checkpoint for the export is not one of this log"),
            Self::Export => f.write_str("the export is not named by a tag `x_` and 32 hexadecimal digits"),
            Self::Leaf { index, why } => write!(f, "leaf {index} cannot be exported: {why}"),
            Self::Opening { index } => {
                write!(
                    f,
                    "the opening of leaf {index} is not a JSON object of at most 64 KiB"
                )
            }
            Self::Previous => f.write_str("the period cannot begin at the earlier checkpoint given"),
            Self::Carry { index } => write!(f, "leaf {index} is not carried along with its proof"),
            Self::Order => f.write_str("leaves or openings were given out of order"),
            Self::Root => f.write_str("the leaves given are not those the checkpoint was signed over"),
            Self::TooLarge => f.write_str("a file of the export would pass 8 GiB, or its scope 256 KiB"),
        }
    }
}

impl std::error::Error for BundleError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            Self::Checkpoint(error) => Some(error),
            _ => None,
        }
    }
}
