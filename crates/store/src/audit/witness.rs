//! Signatures of witnesses under checkpoints.

use super::StoredCheckpoint;
use super::sequence::bigint;
use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Log, Parameters, RowExt, Tx};

statements! {
    Log INSERT_COSIGNATURE = "
        INSERT INTO audit.cosignature (origin, size, witness, line, signed_at)
        VALUES ($1 /* origin */, $2 /* size */, $3 /* witness */, $4 /* line */, $5 /* now */)
            ON CONFLICT (origin, size, witness) DO NOTHING";
    Log COSIGNATURES = "
        SELECT line FROM audit.cosignature
         WHERE origin = $1 /* origin */ AND size = $2 /* size */ ORDER BY witness";
    Log COSIGNED = "
        SELECT max(size) AS size FROM audit.cosignature
         WHERE origin = $1 /* origin */ AND witness = $2 /* witness */";
}

impl Tx<'_, Log> {
    /// Keeps a witness's signature line, with its line feed, under a checkpoint.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_cosignature(
        &self,
        origin: &str,
        size: u64,
        witness: &str,
        line: &str,
    ) -> Result<(), StoreError> {
        let size = bigint(size)?;
        let parameters: Parameters<'_> = &[&origin, &size, &witness, &line, &self.now()];
        self.change(&INSERT_COSIGNATURE, parameters).await.map(drop)
    }

    /// The size of the newest checkpoint a witness signed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn cosigned_by(&self, origin: &str, witness: &str) -> Result<Option<u64>, StoreError> {
        let size: Option<i64> = self.one(&COSIGNED, &[&origin, &witness]).await?.value("size")?;
        size.map(|size| u64::try_from(size).map_err(|_| StoreError::DamagedLog))
            .transpose()
    }

    /// A checkpoint with the signatures of witnesses under those of the log.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn with_cosignatures(
        &self,
        origin: &str,
        checkpoint: StoredCheckpoint,
    ) -> Result<StoredCheckpoint, StoreError> {
        let rows = self
            .rows(&COSIGNATURES, &[&origin, &bigint(checkpoint.size)?])
            .await?;
        let mut note = checkpoint.note;
        for row in &rows {
            note.push_str(row.value("line")?);
        }
        Ok(StoredCheckpoint { note, ..checkpoint })
    }
}
