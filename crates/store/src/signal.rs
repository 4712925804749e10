//! An organisation's own signals, and the columns of a signal's life, which every statement that reads signals reads alike.

use domain::key::SignalKey;
use domain::signal::{Archive, Life, Signal, SignalState};
use jiff::Timestamp;
use jiff::civil::Date;
use tokio_postgres::Row;

use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Party, RowExt, Tx};

/// The columns that [`SignalLife`] is read from, of a signal that the statement calls `g`.
macro_rules! life_columns {
    () => {
        "g.state, g.submitted_at, g.planned_end, g.expires_at, g.destroy_by, g.destroy_at, g.sleeps_until, g.ended_at,
         g.paused_from, g.archive_from, g.archive_until, g.archive_noticed_at, g.woken_at"
    };
}
pub(crate) use life_columns;

/// What an organisation reads of its own signal, beside its life.
macro_rules! own_columns {
    () => {
        "coalesce(m.subject_id, g.subject_id) AS subject_id, g.id, g.suite, g.blinded_by_client, g.log_tag,
         d.public_id AS delegate_id"
    };
}

statements! {
    Party OWN_SIGNAL = concat!("
        SELECT ", own_columns!(), ", ", life_columns!(), "
          FROM signal g LEFT JOIN moved_signal m ON m.to_subject_id = g.subject_id AND m.id = g.id
                        LEFT JOIN organisation d ON d.id = g.delegate_id
         WHERE g.subject_id = coalesce((SELECT w.to_subject_id FROM moved_signal w
                                         WHERE w.subject_id = $1 /* subject */ AND w.id = $2 /* row */), $1)
           AND g.id = $2 AND g.state <> 'moved'");
    Party OWN_SIGNALS = concat!("
        SELECT ", own_columns!(), ", ", life_columns!(), "
          FROM signal g LEFT JOIN moved_signal m ON m.to_subject_id = g.subject_id AND m.id = g.id
                        LEFT JOIN organisation d ON d.id = g.delegate_id
         WHERE g.organisation_id = current_organisation() AND g.id < $1 /* before */ AND g.state <> 'moved'
         ORDER BY g.id DESC LIMIT $2 /* limit */");
}

/// A signal's life as it is on record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignalLife {
    /// The state that drivers have written down. Where it stands now says [`SignalLife::at`].
    pub written: SignalState,
    /// The day on which it ends by itself.
    pub planned_end: Date,
    /// First day of the month in which it is destroyed at the latest.
    pub destroy_by: Date,
    /// The instants from which its state follows.
    pub facts: Life,
}

impl SignalLife {
    /// Where it stands at this moment; none when nothing of it may be left.
    pub fn at(&self, now: Timestamp) -> Option<Signal> {
        self.facts.at(now)
    }

    pub(crate) fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            written: SignalState::from_slug(row.value("state")?)
                .map_err(|_| StoreError::Column { column: "state" })?,
            planned_end: row.value("planned_end")?,
            destroy_by: row.value("destroy_by")?,
            facts: Life {
                submitted_at: row.value("submitted_at")?,
                expires_at: row.value("expires_at")?,
                destroy_at: row.value("destroy_at")?,
                sleeps_until: row.value("sleeps_until")?,
                woken_at: row.value("woken_at")?,
                ended_at: row.value("ended_at")?,
                paused_from: row.value("paused_from")?,
                archive: Archive {
                    from: row.value("archive_from")?,
                    until: row.value("archive_until")?,
                    noticed_at: row.value("archive_noticed_at")?,
                },
            },
        })
    }
}

/// A signal as its own organisation sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignalRow {
    /// The key its public id is made of: that under which it was given out, also when it moved to another child since.
    pub key: SignalKey,
    /// Its life.
    pub life: SignalLife,
    /// Suite of its token.
    pub suite: u8,
    /// Whether the client blinded it.
    pub blinded_by_client: bool,
    /// The public id of who gave it on behalf of the organisation, if another did.
    pub delegate: Option<[u8; 16]>,
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
        row.as_ref().map(SignalRow::read).transpose()
    }

    /// This organisation's signals before a row, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn own_signals(&self, before: i64, limit: i64) -> Result<Vec<SignalRow>, StoreError> {
        self.rows(&OWN_SIGNALS, &[&before, &limit])
            .await?
            .iter()
            .map(SignalRow::read)
            .collect()
    }
}

impl SignalRow {
    fn read(row: &Row) -> Result<Self, StoreError> {
        let delegate: Option<uuid::Uuid> = row.value("delegate_id")?;
        Ok(Self {
            key: SignalKey {
                subject: row.value("subject_id")?,
                row: row.value("id")?,
            },
            life: SignalLife::read(row)?,
            suite: suite(row)?,
            blinded_by_client: row.value("blinded_by_client")?,
            delegate: delegate.map(uuid::Uuid::into_bytes),
            log_tag: row.tag("log_tag")?,
        })
    }
}

/// The suite of a signal's token.
pub(crate) fn suite(row: &Row) -> Result<u8, StoreError> {
    u8::try_from(row.value::<i16>("suite")?).map_err(|_| StoreError::Column { column: "suite" })
}
