//! Writing the bundle of an export.

use std::io::{self, Read, Seek, Write};
use std::time::Duration;

use audit_log::bundle::{BundleError, Opening, Previous, Scope, Selection, Writer};
use audit_log::carry::{Carried, Carry};
use audit_log::entry::{Entry, EntryError};
use audit_log::tree::{Frontier, Hash, leaf_hash};
use domain::event::{LogTag, OpeningScope, TagKind};
use protocol::id::Id;
use store::{Context, ExportRow, LeafRow, Log, StoreError, Tx, Work};

use super::{FindExport, Reach};
use crate::act::{Failure, NotFound};
use crate::{Caller, Casework};

/// So many leaves are read at a time.
const LEAVES: i64 = 1000;

/// How often, and how long apart, one looks whether a checkpoint covers the export: 10 s in all. Checkpoints are
/// published within 2 s (99th percentile) and promised within 60 s.
const LOOKS: u32 = 100;
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

/// How often a bundle is begun anew because something in it was erased meanwhile.
const TRIES: u32 = 5;

/// Why a bundle cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum BundleFailure {
    /// No such export for the caller.
    #[error(transparent)]
    NotFound(#[from] NotFound),
    /// No checkpoint covers the export yet, or what it holds is being erased.
    #[error("no checkpoint covers the export yet")]
    NotYetCovered,
    /// The output failed, or what is stored does not make up a log.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// A leaf is none.
    #[error("a leaf is damaged")]
    DamagedLeaf(#[from] EntryError),
    /// An opening is not text.
    #[error("an opening is damaged")]
    DamagedOpening,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Casework {
    /// Writes the bundle of an export the caller asked for into an empty output, and gives that back at its end. Waits
    /// until a checkpoint covers the export. Writing is blocking: give local files.
    ///
    /// The same export gives the same bytes, until an opening before it is erased: then it reaches up to the leaf that
    /// says so. What is erased while it is written begins it anew, so that nothing goes out that the log says is gone.
    ///
    /// # Errors
    /// [`BundleFailure`].
    pub async fn write_bundle<W>(
        &self,
        caller: &Caller,
        id: Id,
        output: impl Fn() -> io::Result<W> + Send,
    ) -> Result<W, BundleFailure>
    where
        W: Read + Write + Seek + Send,
    {
        let found = self.look(caller, FindExport { id }).await;
        let export = found.map_err(|failure| match failure {
            Failure::Store(error) => BundleFailure::Store(error),
            _ => BundleFailure::NotFound(NotFound),
        })?;
        for _ in 0..TRIES {
            let reach = self.covering(&export).await?;
            let out = output().map_err(BundleError::Io)?;
            let out = self.write(&export, &reach, out).await?;
            if self.reach(&export).await? == Some(reach) {
                return Ok(out);
            }
        }
        Err(BundleFailure::NotYetCovered)
    }

    async fn covering(&self, export: &ExportRow) -> Result<Reach, BundleFailure> {
        for _ in 0..LOOKS {
            if let Some(reach) = self.reach(export).await? {
                return Ok(reach);
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        Err(BundleFailure::NotYetCovered)
    }

    async fn write<W>(&self, export: &ExportRow, reach: &Reach, out: W) -> Result<W, BundleFailure>
    where
        W: Read + Write + Seek + Send,
    {
        let tag = LogTag::new(TagKind::Export, export.log_tag).to_string();
        let log = self.keys().log.verifier();
        let scope = scope(&export.scope);
        let (first, size) = (
            reach.previous.as_ref().map_or(0, |previous| previous.size),
            reach.checkpoint.size,
        );
        let mut carried = Vec::new();
        let mut writer = match &reach.previous {
            None => Writer::new(out, log, &reach.checkpoint.note, &tag, scope.clone())?,
            Some(previous) => {
                let (frontier, along) = self.before(first, size).await?;
                carried = along;
                let previous = Previous {
                    checkpoint: &previous.note,
                    frontier,
                };
                Writer::since(out, log, &reach.checkpoint.note, previous, &tag, scope.clone())?
            }
        };
        let mut from = first;
        while from < size {
            let rows = self.leaves(from, size).await?;
            for row in &rows {
                writer.leaf(&row.leaf)?;
            }
            from += rows.len() as u64;
        }
        for carried in carried {
            let work = ReadCarried {
                index: carried.index,
                size: first,
            };
            let (leaf, path) = self.store().run(Context::Service, work).await?;
            writer.carry(carried, &leaf, &path)?;
        }
        // A second pass: in the bundle all leaves come before the first opening, and memory stays small.
        let mut from = first;
        while from < size {
            let rows = self.leaves(from, size).await?;
            from += rows.len() as u64;
            for row in rows {
                if let Some(opening) = opening(row, &scope, &tag)? {
                    writer.opening(&opening)?;
                }
            }
        }
        Ok(writer.finish()?)
    }

    /// The tree before a period, and which of its leaves go along.
    async fn before(&self, first: u64, size: u64) -> Result<(Frontier, Vec<Carried>), BundleFailure> {
        let erased = ErasedInPeriod { first, size };
        let erased = self.store().run(Context::Service, erased).await?;
        let mut carry = Carry::new(erased.into_iter().map(u128::to_be_bytes));
        let mut frontier = Frontier::new();
        while frontier.size() < first {
            for row in self.leaves(frontier.size(), first).await? {
                carry.push(row.index, &row.leaf)?;
                frontier.push(leaf_hash(&row.leaf));
            }
        }
        Ok((frontier, carry.finish()))
    }

    async fn leaves(&self, from: u64, to: u64) -> Result<Vec<LeafRow>, BundleFailure> {
        let rows = self
            .store()
            .run(Context::Service, ReadLeaves { from, to })
            .await?;
        if rows.is_empty() {
            Err(StoreError::DamagedLog.into())
        } else {
            Ok(rows)
        }
    }
}

/// The opening of a leaf, when it is inside the scope; the export's own leaf states the scope, so that one always is.
fn opening(row: LeafRow, scope: &Scope, export: &str) -> Result<Option<Opening>, BundleFailure> {
    let Some((salt, data)) = row.opening else {
        return Ok(None);
    };
    let entry = Entry::parse(&row.leaf)?;
    let is_its_own = entry.event == "audit.exported" && entry.sub == export;
    if !scope.covers(&entry) && !is_its_own {
        return Ok(None);
    }
    Ok(Some(Opening {
        index: row.index,
        id: row.event_id.to_be_bytes(),
        salt,
        data: String::from_utf8(data).map_err(|_| BundleFailure::DamagedOpening)?,
    }))
}

fn scope(scope: &OpeningScope) -> Scope {
    let selection = |names: Option<&std::collections::BTreeSet<String>>| {
        names.map_or(Selection::All, |names| Selection::Only(names.clone()))
    };
    Scope {
        events: selection(scope.events.as_ref()),
        organisations: selection(scope.organisations.as_ref()),
    }
}

struct ReadLeaves {
    from: u64,
    to: u64,
}

impl Work for ReadLeaves {
    const NAME: &'static str = "read_leaves";
    type Role = Log;
    type Output = Vec<LeafRow>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Log>) -> Result<Vec<LeafRow>, StoreError> {
        tx.leaves(self.from, self.to, LEAVES).await
    }
}

/// A leaf from before a period, with its audit path in the tree then.
struct ReadCarried {
    index: u64,
    size: u64,
}

impl Work for ReadCarried {
    const NAME: &'static str = "read_carried_leaf";
    type Role = Log;
    type Output = (Vec<u8>, Vec<Hash>);
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Log>) -> Result<Self::Output, StoreError> {
        let leaf = tx.leaf_bytes(self.index, self.index + 1).await?.pop();
        let path = tx.inclusion_proof(self.index, self.size).await?;
        Ok((leaf.ok_or(StoreError::DamagedLog)?, path))
    }
}

struct ErasedInPeriod {
    first: u64,
    size: u64,
}

impl Work for ErasedInPeriod {
    const NAME: &'static str = "erased_in_period";
    type Role = Log;
    type Output = Vec<u128>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Log>) -> Result<Vec<u128>, StoreError> {
        tx.erased_by_leaves(self.first, self.size).await
    }
}
