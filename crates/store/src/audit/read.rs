//! What is in the log: checkpoints, leaves and openings.

use uuid::Uuid;

use super::sequence::bigint;
use super::{LeafRow, Recorded, StoredCheckpoint};
use crate::crypter::{Purpose, Sealed};
use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Log, RowExt, Tx};

statements! {
    // Witnesses are asked for the newest checkpoint, so they may have passed over the very first: of those soon after it,
    // the first that as many as possible signed.
    Log CHECKPOINT_COVERING = "
        SELECT c.size, c.note
          FROM (SELECT f.origin, f.size, f.note FROM audit.checkpoint f
                 WHERE f.origin = $1 /* origin */
                   AND f.size > (SELECT l.index FROM audit.leaf l WHERE l.event_id = $2 /* event */)
                 ORDER BY f.size LIMIT 50) AS c
         ORDER BY (SELECT count(*) FROM audit.cosignature w WHERE w.origin = c.origin AND w.size = c.size) DESC, c.size
         LIMIT 1";
    Log LATEST_CHECKPOINT = "
        SELECT size, note FROM audit.checkpoint WHERE origin = $1 /* origin */ ORDER BY size DESC LIMIT 1";
    Log CHECKPOINT_AT = "
        SELECT size, note FROM audit.checkpoint WHERE origin = $1 /* origin */ AND size = $2 /* size */";
    Log OTHER_ORIGIN = "
        SELECT origin FROM audit.checkpoint ORDER BY signed_at DESC, size DESC LIMIT 1";
    Log PUBLICATION_DELAYS = "
        SELECT count(*) AS leaves,
               percentile_cont(ARRAY[0.5, 0.99, 1]) WITHIN GROUP (ORDER BY extract(epoch FROM
                   c.signed_at - (convert_from(l.leaf, 'UTF8')::json ->> 't')::timestamptz)::float8) AS seconds
          FROM audit.leaf l
         CROSS JOIN LATERAL (SELECT k.signed_at FROM audit.checkpoint k
                              WHERE k.size > l.index ORDER BY k.size LIMIT 1) AS c";
    Log LEAVES = "
        SELECT l.index, l.event_id, l.leaf, o.sealed
          FROM audit.leaf l LEFT JOIN audit.opening o USING (event_id)
         WHERE l.index >= $1 /* from */ AND l.index < $2 /* to */
         ORDER BY l.index LIMIT $3 /* limit */";
}

impl Tx<'_, Log> {
    /// The first checkpoint of the log of this name that covers an event, once there is one, with the signatures of
    /// witnesses it has; or one of the 49 after it that more of them signed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn checkpoint_covering(
        &self,
        origin: &str,
        event: Recorded,
    ) -> Result<Option<StoredCheckpoint>, StoreError> {
        let event = Uuid::from_u128(event.event_id);
        match self.optional(&CHECKPOINT_COVERING, &[&origin, &event]).await? {
            Some(row) => {
                let checkpoint = stored_checkpoint(&row)?;
                self.with_cosignatures(origin, checkpoint).await.map(Some)
            }
            None => Ok(None),
        }
    }

    /// The newest checkpoint of the log of this name.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn latest_checkpoint(&self, origin: &str) -> Result<Option<StoredCheckpoint>, StoreError> {
        let row = self.optional(&LATEST_CHECKPOINT, &[&origin]).await?;
        row.as_ref().map(stored_checkpoint).transpose()
    }

    /// The checkpoint of this size.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn checkpoint_at(
        &self,
        origin: &str,
        size: u64,
    ) -> Result<Option<StoredCheckpoint>, StoreError> {
        let row = self.optional(&CHECKPOINT_AT, &[&origin, &bigint(size)?]).await?;
        row.as_ref().map(stored_checkpoint).transpose()
    }

    /// The name of the log whose checkpoint was published last, if there is any.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn latest_origin(&self) -> Result<Option<String>, StoreError> {
        let row = self.optional(&OTHER_ORIGIN, &[]).await?;
        row.map(|row| row.value("origin")).transpose()
    }

    /// How long after the act leaves were published, in seconds: half of them, 99 in 100, the last; and how many they are.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn publication_delays(&self) -> Result<([f64; 3], u64), StoreError> {
        let row = self.one(&PUBLICATION_DELAYS, &[]).await?;
        let seconds: Option<Vec<f64>> = row.value("seconds")?;
        let seconds = seconds.unwrap_or_default();
        let at = |place: usize| seconds.get(place).copied().unwrap_or_default();
        let leaves = u64::try_from(row.value::<i64>("leaves")?).unwrap_or_default();
        Ok(([at(0), at(1), at(2)], leaves))
    }

    /// Leaves `from..to` with their openings, at most `limit` of them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn leaves(&self, from: u64, to: u64, limit: i64) -> Result<Vec<LeafRow>, StoreError> {
        let rows = self
            .rows(&LEAVES, &[&bigint(from)?, &bigint(to)?, &limit])
            .await?;
        rows.iter()
            .map(|row| {
                let event_id = row.tag("event_id")?;
                let sealed: Option<Vec<u8>> = row.value("sealed")?;
                let opening = match sealed {
                    Some(sealed) => Some(self.open_opening(event_id, Sealed(sealed))?),
                    None => None,
                };
                let index = u64::try_from(row.value::<i64>("index")?).map_err(|_| StoreError::DamagedLog)?;
                Ok(LeafRow {
                    index,
                    event_id,
                    leaf: row.value("leaf")?,
                    opening,
                })
            })
            .collect()
    }

    fn open_opening(&self, event_id: u128, sealed: Sealed) -> Result<([u8; 32], Vec<u8>), StoreError> {
        let plaintext = self
            .store()
            .crypter()
            .open(Purpose::Opening, &event_id.to_be_bytes(), &sealed)?;
        let (salt, data) = plaintext
            .split_first_chunk::<32>()
            .ok_or(StoreError::Unsealable)?;
        Ok((*salt, data.to_vec()))
    }
}

pub(super) fn stored_checkpoint(row: &tokio_postgres::Row) -> Result<StoredCheckpoint, StoreError> {
    let size = u64::try_from(row.value::<i64>("size")?).map_err(|_| StoreError::DamagedLog)?;
    Ok(StoredCheckpoint {
        size,
        note: row.value("note")?,
    })
}
