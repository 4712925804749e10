//! The sequencer: moves leaves from where they wait into the tree. What is ordered is committed before anything is
//! signed, so that no signature ever covers an order that the database could still take back.

use super::{Ordered, StoredCheckpoint};
use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Log, RowExt, Tx};
use audit_log::tree::{Frontier, Hash, leaf_hash};

/// At most so many times as many leaves come under one checkpoint.
const ROUNDS: usize = 50;

/// So many leaves are moved at a time.
const LEAVES_AT_ONCE: usize = 1000;

/// So many entries make a complete tile (C2SP tlog-tiles, height 8).
pub(crate) const TILE_ENTRIES: u64 = 256;

/// The advisory lock of the sequencer: one at a time, however many processes were started. Two numbers, since locks of
/// one number are those of idempotency keys, whose text partners choose.
const SEQUENCER_LOCK: (i32, i32) = (0x7472_6566, 0x7365_7100);

statements! {
    Log LOCK_SEQUENCER = "
        SELECT pg_try_advisory_xact_lock($1 /* class */, $2 /* lock */) AS got";
    Log HEAD = "
        SELECT size, frontier FROM audit.head FOR UPDATE";
    Log HEAD_AS_SEEN = "
        SELECT size, frontier FROM audit.head";
    // In one statement, so that no leaf crosses the wire twice: what is deleted is what is placed.
    Log MOVE_LEAVES = "
        WITH taken AS (
                 DELETE FROM audit.pending p
                  WHERE p.arrival = ANY (ARRAY (SELECT arrival FROM audit.pending ORDER BY arrival LIMIT $1::bigint /* limit */))
                 RETURNING p.arrival, p.event_id, p.leaf),
             placed AS (
                 INSERT INTO audit.leaf (index, event_id, leaf)
                 SELECT $2::bigint /* size of the tree */ - 1 + row_number() OVER (ORDER BY arrival), event_id, leaf FROM taken
                 RETURNING index, leaf)
        SELECT index, leaf FROM placed ORDER BY index";
    Log OLDEST_PENDING = "
        SELECT leaf FROM audit.pending ORDER BY arrival LIMIT 1";
    Log MOVE_HEAD = "
        UPDATE audit.head SET size = $1 /* size */, frontier = $2 /* frontier */";
    Log INSERT_TILES = "
        INSERT INTO audit.tile (level, index, root)
        SELECT $1 /* level */, * FROM unnest($2::bigint[] /* indices */, $3::bytea[] /* roots */)";
    Log INSERT_CHECKPOINT = "
        INSERT INTO audit.checkpoint (origin, size, note, signed_at)
        VALUES ($1 /* origin */, $2 /* size */, $3 /* note */, $4 /* now */)
            ON CONFLICT (origin, size) DO NOTHING";
}

impl Tx<'_, Log> {
    /// Moves what is pending into the tree. None when another sequencer is at it.
    ///
    /// # Errors
    /// [`StoreError::DamagedLog`] when the stored head is not a tree's.
    pub async fn order(&self) -> Result<Option<Ordered>, StoreError> {
        // Its own statement: what follows must be read after the lock is held, not in the same snapshot.
        if !self
            .one(&LOCK_SEQUENCER, &[&SEQUENCER_LOCK.0, &SEQUENCER_LOCK.1])
            .await?
            .value::<bool>("got")?
        {
            return Ok(None);
        }
        let before = head(&self.one(&HEAD, &[]).await?)?;
        let mut after = before.clone();
        // Until nothing is left, so that what one transaction has written comes under one checkpoint; but never for ever.
        for _ in 0..ROUNDS {
            if self.move_leaves(&mut after).await? < LEAVES_AT_ONCE {
                break;
            }
        }
        if after.size() > before.size() {
            self.complete_tiles(before.size(), after.size()).await?;
            self.change_exactly(&MOVE_HEAD, 1, &[&bigint(after.size())?, &after.to_bytes()])
                .await?;
        }
        Ok(Some(Ordered { before, after }))
    }

    /// Moves the oldest pending leaves behind the others; gives how many.
    async fn move_leaves(&self, frontier: &mut Frontier) -> Result<usize, StoreError> {
        let limit = i64::try_from(LEAVES_AT_ONCE).unwrap_or(i64::MAX);
        let placed = self
            .rows(&MOVE_LEAVES, &[&limit, &bigint(frontier.size())?])
            .await?;
        for row in &placed {
            if row.value::<i64>("index")? != bigint(frontier.size())? {
                return Err(StoreError::DamagedLog);
            }
            frontier.push(leaf_hash(row.value("leaf")?));
        }
        Ok(placed.len())
    }

    /// Notes the root of each tile that became complete, level by level.
    async fn complete_tiles(&self, before: u64, after: u64) -> Result<(), StoreError> {
        let (mut from, mut to) = (before / TILE_ENTRIES, after / TILE_ENTRIES);
        let mut level = 1;
        while from < to {
            let mut indices: Vec<i64> = Vec::new();
            let mut roots: Vec<Vec<u8>> = Vec::new();
            for tile in from..to {
                let entries = self.tile_entries(level - 1, tile, TILE_ENTRIES).await?;
                indices.push(bigint(tile)?);
                roots.push(tile_root(&entries)?.to_vec());
            }
            self.change_exactly(&INSERT_TILES, indices.len(), &[&level, &indices, &roots])
                .await?;
            (from, to) = (from / TILE_ENTRIES, to / TILE_ENTRIES);
            level += 1;
        }
        Ok(())
    }

    /// The leaf that has waited longest for its place.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn oldest_pending(&self) -> Result<Option<Vec<u8>>, StoreError> {
        let row = self.optional(&OLDEST_PENDING, &[]).await?;
        row.map(|row| row.value("leaf")).transpose()
    }

    /// How far the tree is built.
    ///
    /// # Errors
    /// [`StoreError::DamagedLog`] when the stored head is not a tree's.
    pub async fn head(&self) -> Result<Frontier, StoreError> {
        head(&self.one(&HEAD_AS_SEEN, &[]).await?)
    }

    /// Publishes a signed checkpoint. One that stands there already stays; false when it is another.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_checkpoint(
        &self,
        origin: &str,
        checkpoint: &StoredCheckpoint,
    ) -> Result<bool, StoreError> {
        let size = bigint(checkpoint.size)?;
        let inserted = self
            .change(
                &INSERT_CHECKPOINT,
                &[&origin, &size, &checkpoint.note, &self.now()],
            )
            .await?;
        if inserted == 1 {
            return Ok(true);
        }
        let there = self.checkpoint_at(origin, checkpoint.size).await?;
        Ok(there.is_some_and(|there| there.note == checkpoint.note))
    }
}

/// The root over the entries of a complete tile.
pub(crate) fn tile_root(entries: &[Hash]) -> Result<Hash, StoreError> {
    if entries.len() as u64 != TILE_ENTRIES {
        return Err(StoreError::DamagedLog);
    }
    let mut tree = Frontier::new();
    entries.iter().for_each(|entry| tree.push(*entry));
    Ok(tree.root())
}

pub(crate) fn bigint(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|_| StoreError::DamagedLog)
}

fn head(row: &tokio_postgres::Row) -> Result<Frontier, StoreError> {
    let size = u64::try_from(row.value::<i64>("size")?).map_err(|_| StoreError::DamagedLog)?;
    let frontier = match size {
        0 => Frontier::new(),
        _ => Frontier::from_bytes(row.value("frontier")?).map_err(|_| StoreError::DamagedLog)?,
    };
    if frontier.size() == size {
        Ok(frontier)
    } else {
        Err(StoreError::DamagedLog)
    }
}
