//! What a supervisor decides about lines that are held, what lapses because nobody decided, and what is forgotten.

use domain::batch;
use domain::event::Event;
use domain::key::BatchKey;
use jiff::Timestamp;

use super::{BatchRow, batch_columns, batch_row};
use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Matcher, RowExt, Tx};

statements! {
    Matcher BATCH_OF_ALERT = concat!("
        SELECT ", batch_columns!(), ", o.public_id
          FROM batch b JOIN organisation o ON o.id = b.organisation_id
         WHERE b.alert_id = $1 /* alert */ FOR UPDATE OF b");
    Matcher RELEASE_BATCH = "
        UPDATE batch SET state = 'queued', held = 0, released_at = $2 /* now */, until = $3 /* until */
         WHERE id = $1 /* batch */ AND state = 'held'";
    Matcher REFUSE_LINES = "
        UPDATE batch_line SET sealed = NULL, outcome = 'done', status = $2 /* status */, problem = $3 /* problem */
         WHERE batch_id = $1 /* batch */ AND outcome IS NULL";
    Matcher REFUSE_BATCH = concat!("
        UPDATE batch b SET state = 'ended', ended_at = $2 /* now */, until = $3 /* until */, held = 0,
                           refused = b.refused + $4 /* lines */
         WHERE b.id = $1 /* batch */ AND b.state = 'held'
        RETURNING ", batch_columns!());
    Matcher LAPSED_BATCH = concat!("
        SELECT ", batch_columns!(), ", o.public_id
          FROM batch b JOIN organisation o ON o.id = b.organisation_id
         WHERE b.state IN ('queued', 'working', 'held') AND b.until <= $1 /* now */
         ORDER BY b.until LIMIT 1 FOR UPDATE OF b SKIP LOCKED");
    Matcher LAPSE_LINES = "
        UPDATE batch_line SET sealed = NULL, outcome = 'lapsed' WHERE batch_id = $1 /* batch */ AND outcome IS NULL";
    Matcher LAPSE_BATCH = concat!("
        UPDATE batch b SET state = 'ended', ended_at = b.until, until = $2 /* until */, held = 0,
                           lapsed = b.lapsed + $3 /* lines */
         WHERE b.id = $1 /* batch */
        RETURNING ", batch_columns!());
    // Its lines go with it.
    Matcher FORGET_BATCH = "
        DELETE FROM batch WHERE id = (
            SELECT id FROM batch WHERE state IN ('receiving', 'ended') AND until <= $1 /* now */
             ORDER BY until LIMIT 1 FOR UPDATE SKIP LOCKED)";
}

/// A batch that something is decided about.
pub struct TakenBatch {
    /// It.
    pub row: BatchRow,
    /// Its organisation's public id.
    pub organisation_id: [u8; 16],
}

impl Tx<'_, Matcher> {
    /// The batch that an alert is about, locked.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn batch_of_alert(&self, alert: i64) -> Result<Option<TakenBatch>, StoreError> {
        let row = self.optional(&BATCH_OF_ALERT, &[&alert]).await?;
        row.as_ref().map(taken).transpose()
    }

    /// What is held is worked off after all, whatever the hour.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn release_batch(&self, key: BatchKey, event: &Event) -> Result<Timestamp, StoreError> {
        let until = batch::later(self.now());
        self.change_exactly(&RELEASE_BATCH, 1, &[&key.0, &self.now(), &until])
            .await?;
        self.record_one(event).await?;
        Ok(until)
    }

    /// What is held is destroyed; its lines are answered as signals over the number an hour are.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn refuse_batch(
        &self,
        key: BatchKey,
        (status, problem): (u16, &'static str),
        events: impl Fn(&BatchRow) -> [Event; 2],
    ) -> Result<BatchRow, StoreError> {
        let lines = self
            .change(&REFUSE_LINES, &[&key.0, &status.cast_signed(), &problem])
            .await?;
        let lines = i32::try_from(lines).unwrap_or(i32::MAX);
        let until = batch::later(self.now());
        let row = self
            .one(&REFUSE_BATCH, &[&key.0, &self.now(), &until, &lines])
            .await?;
        let batch = batch_row(&row)?;
        self.record(&events(&batch)).await?;
        Ok(batch)
    }

    /// A batch whose lines waited too long, locked.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn lapsed_batch(&self) -> Result<Option<TakenBatch>, StoreError> {
        let row = self.optional(&LAPSED_BATCH, &[&self.now()]).await?;
        row.as_ref().map(taken).transpose()
    }

    /// Destroys what waited too long.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn lapse_batch(
        &self,
        batch: &BatchRow,
        event: impl Fn(&BatchRow) -> Event,
    ) -> Result<(), StoreError> {
        let lines = self.change(&LAPSE_LINES, &[&batch.key.0]).await?;
        let lines = i32::try_from(lines).unwrap_or(i32::MAX);
        let until = batch::later(batch.batch.until);
        let row = self.one(&LAPSE_BATCH, &[&batch.key.0, &until, &lines]).await?;
        self.record_one(&event(&batch_row(&row)?)).await.map(drop)
    }

    /// Forgets one batch of which nothing can be read any more, with its lines; gives how many.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_batch(&self) -> Result<u64, StoreError> {
        self.change(&FORGET_BATCH, &[&self.now()]).await
    }
}

fn taken(row: &tokio_postgres::Row) -> Result<TakenBatch, StoreError> {
    Ok(TakenBatch {
        row: batch_row(row)?,
        organisation_id: row.tag("public_id")?.to_be_bytes(),
    })
}
