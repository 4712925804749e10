//! What the scrubber reads and where it notes how far it is.

use audit_log::tree::{Frontier, Hash};
use jiff::Timestamp;

use super::StoredCheckpoint;
use super::sequence::bigint;
use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Log, Parameters, RowExt, Tx};

statements! {
    Log SCRUB_STATE = "
        SELECT frontier, passes, passed, fault, fault_at, found FROM audit.scrub FOR UPDATE SKIP LOCKED";
    Log SCRUB_STATE_AS_SEEN = "
        SELECT frontier, passes, passed, fault, fault_at, found FROM audit.scrub";
    Log PUT_SCRUB_STATE = "
        UPDATE audit.scrub SET frontier = $1 /* frontier */, passes = $2 /* passes */, passed = $3 /* passed */,
               fault = $4 /* fault */, fault_at = $5 /* from leaf */, found = $6 /* found */";
    Log CHECKPOINTS_BETWEEN = "
        SELECT size, note FROM audit.checkpoint
         WHERE size > $1 /* after */ AND size <= $2 /* to */ ORDER BY size, origin";
    Log TILE_ROOTS_BETWEEN = "
        SELECT index, root FROM audit.tile
         WHERE level = 1 AND index >= $1 /* from */ AND index < $2 /* to */ ORDER BY index";
    Log LEAVES_BEYOND = "
        SELECT count(*) AS beyond FROM audit.leaf
         WHERE index >= (SELECT h.size FROM audit.head h) OR index < 0";
}

/// How far the scrubber is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScrubState {
    /// The tree, computed again so far.
    pub tree: Frontier,
    /// How often it reached the end.
    pub passes: u64,
    /// When it last did.
    pub passed: Option<Timestamp>,
    /// What differed, from which leaf on, and when that was seen.
    pub fault: Option<(String, u64, Timestamp)>,
}

impl Tx<'_, Log> {
    /// How far the scrubber is, held for this transaction. None while another one holds it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn hold_scrub_state(&self) -> Result<Option<ScrubState>, StoreError> {
        let row = self.optional(&SCRUB_STATE, &[]).await?;
        row.as_ref().map(state).transpose()
    }

    /// How far the scrubber is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn scrub_state(&self) -> Result<ScrubState, StoreError> {
        state(&self.one(&SCRUB_STATE_AS_SEEN, &[]).await?)
    }

    /// Notes how far the scrubber is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn put_scrub_state(&self, state: &ScrubState) -> Result<(), StoreError> {
        let (fault, at, found) = match &state.fault {
            Some((fault, at, found)) => (Some(fault), Some(bigint(*at)?), Some(*found)),
            None => (None, None, None),
        };
        let parameters: Parameters<'_> = &[
            &state.tree.to_bytes(),
            &bigint(state.passes)?,
            &state.passed,
            &fault,
            &at,
            &found,
        ];
        self.change_exactly(&PUT_SCRUB_STATE, 1, parameters).await
    }

    /// Every checkpoint of every origin with a size after `after` and up to `to`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn checkpoints_between(
        &self,
        after: u64,
        to: u64,
    ) -> Result<Vec<StoredCheckpoint>, StoreError> {
        let rows = self
            .rows(&CHECKPOINTS_BETWEEN, &[&bigint(after)?, &bigint(to)?])
            .await?;
        rows.iter().map(super::read::stored_checkpoint).collect()
    }

    /// The stored roots of the tiles of 256 leaves `from..to`, each with its place.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tile_roots(&self, from: u64, to: u64) -> Result<Vec<(u64, Hash)>, StoreError> {
        let rows = self
            .rows(&TILE_ROOTS_BETWEEN, &[&bigint(from)?, &bigint(to)?])
            .await?;
        rows.iter()
            .map(|row| {
                let index = u64::try_from(row.value::<i64>("index")?).map_err(|_| StoreError::DamagedLog)?;
                Ok((index, row.bytes("root")?))
            })
            .collect()
    }

    /// How many leaves stand outside the tree as it is at this moment.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn leaves_beyond(&self) -> Result<i64, StoreError> {
        self.one(&LEAVES_BEYOND, &[]).await?.value("beyond")
    }
}

fn state(row: &tokio_postgres::Row) -> Result<ScrubState, StoreError> {
    let frontier: &[u8] = row.value("frontier")?;
    let tree = match frontier {
        [] => Frontier::new(),
        // What is damaged begins again.
        bytes => Frontier::from_bytes(bytes).unwrap_or_default(),
    };
    let number = |value: i64| u64::try_from(value).map_err(|_| StoreError::DamagedLog);
    let fault: Option<String> = row.value("fault")?;
    let fault_at: Option<i64> = row.value("fault_at")?;
    let found: Option<Timestamp> = row.value("found")?;
    Ok(ScrubState {
        tree,
        passes: number(row.value("passes")?)?,
        passed: row.value("passed")?,
        fault: match (fault, fault_at, found) {
            (Some(fault), Some(at), Some(found)) => Some((fault, number(at)?, found)),
            _ => None,
        },
    })
}
