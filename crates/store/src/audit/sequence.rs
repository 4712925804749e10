//! The sequencer: moves leaves from where they wait into the tree.

use audit_log::tree::{Frontier, leaf_hash};
use uuid::Uuid;

use super::PublishedHead;
use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Log, RowExt, Tx};

/// At most so many times as many leaves come under one checkpoint.
const ROUNDS: usize = 50;

/// So many leaves are moved at a time.
const LEAVES_AT_ONCE: usize = 1000;

/// The advisory lock of the sequencer: one at a time, however many processes were started. Two numbers, since locks of
/// one number are those of idempotency keys, whose text partners choose.
const SEQUENCER_LOCK: (i32, i32) = (0x7472_6566, 0x7365_7100);

statements! {
    Log LOCK_SEQUENCER = "
        SELECT pg_try_advisory_xact_lock($1 /* class */, $2 /* lock */) AS got";
    Log HEAD = "
        SELECT size, frontier FROM audit.head FOR UPDATE";
    Log PENDING = "
        SELECT arrival, event_id, leaf FROM audit.pending ORDER BY arrival LIMIT $1 /* limit */";
    Log INSERT_LEAVES = "
        INSERT INTO audit.leaf (index, event_id, leaf)
        SELECT * FROM unnest($1::bigint[] /* indices */, $2::uuid[] /* events */, $3::bytea[] /* leaves */)";
    Log DELETE_PENDING = "
        DELETE FROM audit.pending WHERE arrival = ANY ($1::bigint[] /* arrivals */)";
    Log MOVE_HEAD = "
        UPDATE audit.head SET size = $1 /* size */, frontier = $2 /* frontier */";
    Log INSERT_CHECKPOINT = "
        INSERT INTO audit.checkpoint (size, note, signed_at)
        VALUES ($1 /* size */, $2 /* note */, $3 /* now */)";
}

impl Tx<'_, Log> {
    /// Moves what is pending into the tree and publishes a checkpoint, signed by `sign` over (size, root).
    /// Does nothing when another sequencer is at it, or nothing is pending.
    ///
    /// # Errors
    /// [`StoreError::DamagedLog`] when the stored head is not a tree's.
    pub async fn sequence(
        &self,
        sign: impl Fn(u64, [u8; 32]) -> String + Send + Sync,
    ) -> Result<Option<PublishedHead>, StoreError> {
        // Its own statement: what follows must be read after the lock is held, not in the same snapshot.
        if !self
            .one(&LOCK_SEQUENCER, &[&SEQUENCER_LOCK.0, &SEQUENCER_LOCK.1])
            .await?
            .value::<bool>("got")?
        {
            return Ok(None);
        }
        let head = self.one(&HEAD, &[]).await?;
        let size = u64::try_from(head.value::<i64>("size")?).map_err(|_| StoreError::DamagedLog)?;
        let mut frontier = match size {
            0 => Frontier::new(),
            _ => Frontier::from_bytes(head.value("frontier")?).map_err(|_| StoreError::DamagedLog)?,
        };
        if frontier.size() != size {
            return Err(StoreError::DamagedLog);
        }
        // Until nothing is left, so that what one transaction has written comes under one checkpoint; but never for ever.
        let before = frontier.size();
        for _ in 0..ROUNDS {
            if self.move_leaves(&mut frontier).await? < LEAVES_AT_ONCE {
                break;
            }
        }
        if frontier.size() == before {
            return Ok(None);
        }
        let size = i64::try_from(frontier.size()).map_err(|_| StoreError::DamagedLog)?;
        self.change_exactly(&MOVE_HEAD, 1, &[&size, &frontier.to_bytes()])
            .await?;
        let note = sign(frontier.size(), frontier.root());
        self.change_exactly(&INSERT_CHECKPOINT, 1, &[&size, &note, &self.now()])
            .await?;
        let moved = frontier.size() - before;
        Ok(Some(PublishedHead {
            moved,
            size: frontier.size(),
        }))
    }

    /// Moves the oldest pending leaves behind the others; gives how many.
    async fn move_leaves(&self, frontier: &mut Frontier) -> Result<usize, StoreError> {
        let limit = i64::try_from(LEAVES_AT_ONCE).unwrap_or(i64::MAX);
        let pending = self.rows(&PENDING, &[&limit]).await?;
        let mut arrivals: Vec<i64> = Vec::with_capacity(pending.len());
        let mut indices: Vec<i64> = Vec::with_capacity(pending.len());
        let mut events: Vec<Uuid> = Vec::with_capacity(pending.len());
        let mut leaves: Vec<&[u8]> = Vec::with_capacity(pending.len());
        for row in &pending {
            let leaf: &[u8] = row.value("leaf")?;
            arrivals.push(row.value("arrival")?);
            indices.push(i64::try_from(frontier.size()).map_err(|_| StoreError::DamagedLog)?);
            events.push(row.value("event_id")?);
            leaves.push(leaf);
            frontier.push(leaf_hash(leaf));
        }
        self.change_exactly(&INSERT_LEAVES, leaves.len(), &[&indices, &events, &leaves])
            .await?;
        self.change_exactly(&DELETE_PENDING, arrivals.len(), &[&arrivals])
            .await?;
        Ok(pending.len())
    }
}
