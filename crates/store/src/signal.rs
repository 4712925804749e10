//! An organisation's own signals.

use domain::key::SignalKey;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Party, RowExt, Tx};

statements! {
    Party OWN_SIGNAL = "
        SELECT coalesce(m.subject_id, g.subject_id) AS subject_id, g.id, g.state, g.submitted_at, g.planned_end,
               g.expires_at, g.destroy_by, g.suite, g.blinded_by_client, g.log_tag
          FROM signal g LEFT JOIN moved_signal m ON m.to_subject_id = g.subject_id AND m.id = g.id
         WHERE g.subject_id = coalesce((SELECT w.to_subject_id FROM moved_signal w
                                         WHERE w.subject_id = $1 /* subject */ AND w.id = $2 /* row */), $1)
           AND g.id = $2 AND g.state <> 'moved'";
    Party OWN_SIGNALS = "
        SELECT coalesce(m.subject_id, g.subject_id) AS subject_id, g.id, g.state, g.submitted_at, g.planned_end,
               g.expires_at, g.destroy_by, g.suite, g.blinded_by_client, g.log_tag
          FROM signal g LEFT JOIN moved_signal m ON m.to_subject_id = g.subject_id AND m.id = g.id
         WHERE g.organisation_id = current_organisation() AND g.id < $1 /* before */ AND g.state <> 'moved'
         ORDER BY g.id DESC LIMIT $2 /* limit */";
}

/// A signal as its own organisation sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignalRow {
    /// The key its public id is made of: that under which it was given out, also when it moved to another child since.
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
