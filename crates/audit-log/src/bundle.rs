//! The export a supervisor takes home: a tar of fixed shape ([`crate::tar`] inside this crate) with the whole log from
//! its first leaf, the openings of the agreed scope, and files derived from them. The same log, checkpoint, export and
//! openings give the same bytes. The writer needs little memory whatever the size of the log; it needs a seekable
//! output (a file), because a tar header states a size that is known only after the contents.

pub(crate) mod derived;
mod manifest;
mod opening;
mod scope;

use std::io::{self, Read, Seek, SeekFrom, Write};

pub(crate) use manifest::{MAX_MANIFEST_BYTES, Manifest};
pub(crate) use opening::MAX_LINE_BYTES as MAX_OPENING_LINE_BYTES;
pub use opening::Opening;
pub use scope::{Scope, Selection};

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::entry::{Entry, EntryError, MAX_LEAF_BYTES};
use crate::note::Verifier;
use crate::policy::Policy;
use crate::section::{Line, Section};
use crate::tar::{self, BLOCK, Member};
use crate::tree::{Frontier, leaf_hash};

/// The files of a bundle, in their order.
pub const FILES: [&str; 8] = [
    "MANIFEST.json",
    "policy",
    "checkpoint",
    "entries.jsonl",
    "openings.jsonl",
    "erasures.jsonl",
    "events.csv",
    "README.txt",
];
/// What `README.txt` says. It belongs to format 1 to the byte: exports are kept for years, and a verifier that expects
/// another text would call them tampered. Another text needs another format number, and this one kept beside it.
pub(crate) const README: &str = include_str!("bundle/README.txt");

/// How much is collected before it is written, in bytes.
const BUFFER: usize = 256 * 1024;

/// Writes one bundle: all leaves in order, then the openings in the order of their leaves, then [`Writer::finish`].
#[derive(Debug)]
pub struct Writer<W> {
    out: W,
    written: u64,
    buffer: Vec<u8>,
    /// Which of [`FILES`] is being written, and where its contents began.
    file: usize,
    start: u64,
    manifest: Manifest,
    frontier: Frontier,
    entries: Option<Member>,
    last_opening: Option<u64>,
}

impl<W: Read + Write + Seek> Writer<W> {
    /// Begins a bundle on `out`, which must be empty. `checkpoint` is the signed note of the log whose public key is
    /// `log`; `export` is the tag (`x_...`) of the `audit.exported` leaf whose opening states the same `scope`.
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
        let policy = Policy::text_for(log);
        let trusted = Policy::parse(policy.as_bytes()).map_err(|_| BundleError::Checkpoint(UNUSABLE_KEY))?;
        let opened = Checkpoint::open(checkpoint.as_bytes(), &trusted).map_err(BundleError::Checkpoint)?;
        let manifest = Manifest::new(opened, export, scope).ok_or(BundleError::Export)?;
        let head = manifest.to_bytes();
        if head.len() > MAX_MANIFEST_BYTES {
            return Err(BundleError::TooLarge);
        }
        let mut writer = Self {
            out,
            written: 0,
            buffer: Vec::with_capacity(BUFFER),
            file: 0,
            start: 0,
            manifest,
            frontier: Frontier::new(),
            entries: None,
            last_opening: None,
        };
        writer.begin()?;
        for contents in [&head[..], policy.as_bytes(), checkpoint.as_bytes()] {
            writer.push(contents)?;
            writer.next_file()?;
        }
        Ok(writer)
    }

    /// Appends the next leaf.
    ///
    /// # Errors
    /// [`BundleError::Leaf`] when the bytes are no leaf, [`BundleError::Order`] after the first opening.
    pub fn leaf(&mut self, leaf: &[u8]) -> Result<(), BundleError> {
        if self.entries.is_some() {
            return Err(BundleError::Order);
        }
        Entry::parse(leaf).map_err(|why| BundleError::Leaf {
            index: self.frontier.size(),
            why,
        })?;
        self.frontier.push(leaf_hash(leaf));
        self.push(leaf)?;
        self.push(b"\n")
    }

    /// Appends the opening of a leaf inside the scope; openings come after all leaves, in the leaves' order.
    ///
    /// # Errors
    /// [`BundleError::Order`] when it comes out of order, [`BundleError::Opening`] when its data is not one JSON
    /// object of at most 64 KiB, [`BundleError::Root`] when the leaves do not make up the checkpoint's tree.
    pub fn opening(&mut self, opening: &Opening) -> Result<(), BundleError> {
        self.close_entries()?;
        if self.last_opening.is_some_and(|last| opening.index <= last)
            || opening.index >= self.frontier.size()
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
    /// [`BundleError::Root`] when the leaves do not make up the checkpoint's tree; [`BundleError::Io`].
    pub fn finish(mut self) -> Result<W, BundleError> {
        self.close_entries()?;
        self.next_file()?;
        self.derive(derived::push_erasure)?;
        self.next_file()?;
        self.push(derived::CSV_HEAD.as_bytes())?;
        self.derive(derived::push_row)?;
        self.next_file()?;
        self.push(README.as_bytes())?;
        self.end()?;
        self.push(&[0; 2 * BLOCK])?;
        self.write_out()?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn close_entries(&mut self) -> Result<(), BundleError> {
        if self.entries.is_none() {
            let checkpoint = self.manifest.checkpoint();
            if self.frontier.size() != checkpoint.size || self.frontier.root() != checkpoint.root {
                return Err(BundleError::Root);
            }
            let size = self.position() - self.start;
            self.entries = Some(Member {
                start: self.start,
                size,
            });
            self.next_file()?;
        }
        Ok(())
    }

    /// Reads the leaves back from the output and writes what `push` makes of each.
    fn derive(&mut self, push: impl Fn(u64, &Entry, &mut Vec<u8>)) -> Result<(), BundleError> {
        let mut entries = Section::new(self.entries.ok_or(BundleError::Order)?);
        let mut piece = Vec::new();
        for index in 0..self.frontier.size() {
            let entry = match entries.line(&mut self.out, MAX_LEAF_BYTES)? {
                Line::Text(leaf) => Entry::reread(leaf).map_err(|why| BundleError::Leaf { index, why })?,
                Line::End | Line::Broken => return Err(BundleError::Root),
            };
            push(index, &entry, &mut piece);
            self.push(&piece)?;
            piece.clear();
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
    /// A leaf after an opening, or openings out of order or beyond the log.
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
