//! The sequencer: moves leaves into the tree and publishes a signed checkpoint.

use std::sync::Arc;

use audit_log::checkpoint::LogSigner;
use audit_log::tree::{Frontier, leaf_hash};
use uuid::Uuid;

use crate::database::{Role, RowExt, Tx, Work};
use crate::error::KeyholderError;
use crate::statement::statements;

/// So many leaves are moved at a time, and at most so many times under one checkpoint.
const LEAVES_AT_ONCE: usize = 1000;
const ROUNDS: usize = 50;

/// The advisory lock of the sequencer: one at a time, however many processes were started.
const SEQUENCER_LOCK: (i32, i32) = (0x6b65_7968, 0x7365_7100);

statements! {
    Service LOCK_SEQUENCER = "
        SELECT pg_try_advisory_xact_lock($1 /* class */, $2 /* lock */) AS got";
    Service HEAD = "
        SELECT size, frontier FROM keyholder.log_head FOR UPDATE";
    Service PENDING = "
        SELECT arrival, event_id, leaf FROM keyholder.log_pending ORDER BY arrival LIMIT $1 /* limit */";
    Service INSERT_LEAVES = "
        INSERT INTO keyholder.log_leaf (index, event_id, leaf)
        SELECT * FROM unnest($1::bigint[] /* indices */, $2::uuid[] /* events */, $3::bytea[] /* leaves */)";
    Service DELETE_PENDING = "
        DELETE FROM keyholder.log_pending WHERE arrival = ANY ($1::bigint[] /* arrivals */)";
    Service MOVE_HEAD = "
        UPDATE keyholder.log_head SET size = $1 /* size */, frontier = $2 /* frontier */";
    Service INSERT_CHECKPOINT = "
        INSERT INTO keyholder.log_checkpoint (size, note, signed_at)
        VALUES ($1 /* size */, $2 /* note */, $3 /* now */)";
}

/// Moves what is pending. Gives how many leaves were moved; none when another sequencer is at it.
pub(crate) struct SequenceLog {
    pub(crate) signer: Arc<LogSigner>,
}

impl Work for SequenceLog {
    const NAME: &'static str = "sequence_log";
    const ROLE: Role = Role::Service;
    type Output = u64;
    type Error = KeyholderError;

    async fn run(&self, tx: &Tx<'_>) -> Result<u64, KeyholderError> {
        // Its own statement: what follows must be read after the lock is held, not in the same snapshot.
        let locked = tx
            .one(&LOCK_SEQUENCER, &[&SEQUENCER_LOCK.0, &SEQUENCER_LOCK.1])
            .await?;
        if !locked.value::<bool>("got")? {
            return Ok(0);
        }
        let head = tx.one(&HEAD, &[]).await?;
        let before = head.count("size")?;
        let mut frontier = match before {
            0 => Frontier::new(),
            _ => Frontier::from_bytes(head.value("frontier")?).map_err(|_| KeyholderError::DamagedLog)?,
        };
        if frontier.size() != before {
            return Err(KeyholderError::DamagedLog);
        }
        for _ in 0..ROUNDS {
            if move_leaves(tx, &mut frontier).await? < LEAVES_AT_ONCE {
                break;
            }
        }
        let moved = frontier.size() - before;
        if moved > 0 {
            let size = index(frontier.size())?;
            tx.change_exactly(&MOVE_HEAD, 1, &[&size, &frontier.to_bytes()])
                .await?;
            let note = self.signer.sign(frontier.size(), frontier.root());
            tx.change_exactly(&INSERT_CHECKPOINT, 1, &[&size, &note, &tx.now()])
                .await?;
        }
        Ok(moved)
    }
}

/// Moves the oldest pending leaves behind the others; gives how many.
async fn move_leaves(tx: &Tx<'_>, frontier: &mut Frontier) -> Result<usize, KeyholderError> {
    let limit = i64::try_from(LEAVES_AT_ONCE).unwrap_or(i64::MAX);
    let pending = tx.rows(&PENDING, &[&limit]).await?;
    let mut arrivals: Vec<i64> = Vec::with_capacity(pending.len());
    let mut indices: Vec<i64> = Vec::with_capacity(pending.len());
    let mut events: Vec<Uuid> = Vec::with_capacity(pending.len());
    let mut leaves: Vec<&[u8]> = Vec::with_capacity(pending.len());
    for row in &pending {
        let leaf: &[u8] = row.value("leaf")?;
        arrivals.push(row.value("arrival")?);
        indices.push(index(frontier.size())?);
        events.push(row.value("event_id")?);
        leaves.push(leaf);
        frontier.push(leaf_hash(leaf));
    }
    if !leaves.is_empty() {
        tx.change_exactly(&INSERT_LEAVES, leaves.len(), &[&indices, &events, &leaves])
            .await?;
        tx.change_exactly(&DELETE_PENDING, arrivals.len(), &[&arrivals])
            .await?;
    }
    Ok(pending.len())
}

fn index(size: u64) -> Result<i64, KeyholderError> {
    i64::try_from(size).map_err(|_| KeyholderError::DamagedLog)
}
