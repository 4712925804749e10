//! An organisation's own signals.

use domain::key::SignalKey;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Party, RowExt, Tx};

statements! {
    Party OWN_SIGNAL = "
        SELECT subject_id, id, state, submitted_at, planned_end, expires_at, destroy_by, suite, blinded_by_client,
               log_tag
          FROM signal WHERE subject_id = $1 /* subject */ AND id = $2 /* row */";
    Party OWN_SIGNALS = "
        SELECT subject_id, id, state, submitted_at, planned_end, expires_at, destroy_by, suite, blinded_by_client,
               log_tag
          FROM signal
         WHERE organisation_id = current_organisation() AND id < $1 /* before */
         ORDER BY id DESC LIMIT $2 /* limit */";
}

/// A signal as its own organisation sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignalRow {
    /// Its key.
    pub key: SignalKey,
    /// `active`, `paused`, `sleeping` or `expired` as stored; whoever reads compares `expires_at` with the time too.
    pub state: String,
    /// When it was given.
    pub submitted_at: Timestamp,
    /// The day on which it ends.
    pub planned_end: Date,
    /// When it no longer counts.
    pub expires_at: Timestamp,
    /// First day of the month in which it is destroyed at the latest.
    pub destroy_by: Date,
    /// Suite of its token.
    pub suite: u8,
    /// Whether the client blinded it.
    pub blinded_by_client: bool,
    /// Its name in the log.
    pub log_tag: u128,
}

impl Tx<'_, Party> {
    /// One signal of this organisation.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn own_signal(&self, key: SignalKey) -> Result<Option<SignalRow>, StoreError> {
        let row = self.optional(&OWN_SIGNAL, &[&key.subject, &key.row]).await?;
        row.as_ref().map(signal_row).transpose()
    }

    /// This organisation's signals before a row, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn own_signals(&self, before: i64, limit: i64) -> Result<Vec<SignalRow>, StoreError> {
        self.rows(&OWN_SIGNALS, &[&before, &limit])
            .await?
            .iter()
            .map(signal_row)
            .collect()
    }
}

fn signal_row(row: &tokio_postgres::Row) -> Result<SignalRow, StoreError> {
    Ok(SignalRow {
        key: SignalKey {
            subject: row.value("subject_id")?,
            row: row.value("id")?,
        },
        state: row.value("state")?,
        submitted_at: row.value("submitted_at")?,
        planned_end: row.value("planned_end")?,
        expires_at: row.value("expires_at")?,
        destroy_by: row.value("destroy_by")?,
        suite: u8::try_from(row.value::<i16>("suite")?)
            .map_err(|_| StoreError::Column { column: "suite" })?,
        blinded_by_client: row.value("blinded_by_client")?,
        log_tag: row.tag("log_tag")?,
    })
}
