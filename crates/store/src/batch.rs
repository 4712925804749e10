//! Batches: signals that came in one request and wait for their turn, and what came of them.
//!
//! What waits is sealed whole: tags, contact and dates of a signal that is none yet are for nobody to look through. Taking
//! lines in is in [`arriving`], working them off in [`working`], what a supervisor decides and what lapses in [`deciding`].

pub(crate) mod arriving;
pub(crate) mod deciding;
pub(crate) mod working;

use domain::batch::{self, BatchState, Tally};
use domain::key::{BatchKey, OrganisationKey};
use jiff::Timestamp;
use tokio_postgres::Row;

use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Party, RowExt, Tx};

/// The columns of a batch that its row is read from.
macro_rules! batch_columns {
    () => {
        "b.id, b.organisation_id, b.client_id, b.trace, b.state, b.received_at, b.until, b.lines, b.held, b.created, b.known,
         b.refused, b.withdrawn, b.lapsed, b.released_at, b.ended_at, b.log_tag"
    };
}
pub(crate) use batch_columns;

statements! {
    Party OWN_BATCH = concat!("
        SELECT ", batch_columns!(), " FROM batch b
         WHERE b.id = $1 /* batch */ AND b.organisation_id = current_organisation()");
    Party OWN_BATCHES = concat!("
        SELECT ", batch_columns!(), " FROM batch b
         WHERE b.organisation_id = current_organisation() AND b.id < $1 /* before */
         ORDER BY b.id DESC LIMIT $2 /* limit */");
    Party BATCH_LINES = "
        SELECT l.line, l.held, l.outcome, l.status, l.signal, l.problem, l.errors,
               CASE WHEN l.event_id IS NOT NULL THEN (audit.leaves_of(ARRAY[l.event_id]))[1] END AS leaf
          FROM batch_line l
         WHERE l.batch_id = $1 /* batch */ AND l.organisation_id = current_organisation() AND l.line > $2 /* after */
         ORDER BY l.line LIMIT $3 /* limit */";
}

/// A batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchRow {
    /// Its key.
    pub key: BatchKey,
    /// Who sent it.
    pub organisation: OrganisationKey,
    /// With which program.
    pub client: String,
    /// The trace of the request it came with.
    pub trace: Option<String>,
    /// Where it stands.
    pub batch: batch::Batch,
    /// When all of it had arrived; before that, when it began.
    pub received_at: Timestamp,
    /// How many lines arrived.
    pub lines: u32,
    /// How many of them are held.
    pub held: u32,
    /// Whether a supervisor released what was held.
    pub released: bool,
    /// Since when nothing more comes of it.
    pub ended_at: Option<Timestamp>,
    /// What came of its lines.
    pub tally: Tally,
    /// Its name in the log.
    pub log_tag: u128,
}

impl BatchRow {
    /// How many lines something has yet to come of.
    pub fn unfinished(&self) -> u32 {
        self.lines.saturating_sub(self.tally.processed())
    }
}

/// A line, and what came of it.
pub struct BatchLineRow {
    /// Its number.
    pub line: u32,
    /// Whether it was over the number of signals an hour.
    pub held: bool,
    /// What came of it, as a word.
    pub outcome: Option<String>,
    /// The status a signal on its own would have been answered with.
    pub status: Option<u16>,
    /// Public id of the signal.
    pub signal: Option<[u8; 16]>,
    /// Type of the problem.
    pub problem: Option<String>,
    /// Which members were at fault, as JSON.
    pub errors: Option<String>,
    /// The leaf of its signal.
    pub leaf: Option<Vec<u8>>,
}

impl Tx<'_, Party> {
    /// A batch of this organisation.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn own_batch(&self, key: BatchKey) -> Result<Option<BatchRow>, StoreError> {
        let row = self.optional(&OWN_BATCH, &[&key.0]).await?;
        row.as_ref().map(batch_row).transpose()
    }

    /// The batches of this organisation, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn own_batches(&self, before: i64, limit: i64) -> Result<Vec<BatchRow>, StoreError> {
        let rows = self.rows(&OWN_BATCHES, &[&before, &limit]).await?;
        rows.iter().map(batch_row).collect()
    }

    /// Lines of a batch of this organisation behind this one, in order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn batch_lines(
        &self,
        key: BatchKey,
        after: i64,
        limit: i64,
    ) -> Result<Vec<BatchLineRow>, StoreError> {
        let after = i32::try_from(after).unwrap_or(i32::MAX);
        let rows = self.rows(&BATCH_LINES, &[&key.0, &after, &limit]).await?;
        let row = |row: &Row| {
            let signal: Option<Vec<u8>> = row.value("signal")?;
            let signal = signal.map(<[u8; 16]>::try_from).transpose();
            Ok(BatchLineRow {
                line: row.value::<i32>("line")?.unsigned_abs(),
                held: row.value("held")?,
                outcome: row.value("outcome")?,
                status: row.value::<Option<i16>>("status")?.map(i16::unsigned_abs),
                signal: signal.map_err(|_| StoreError::Column { column: "signal" })?,
                problem: row.value("problem")?,
                errors: row.value("errors")?,
                leaf: row.value("leaf")?,
            })
        };
        rows.iter().map(row).collect()
    }
}

pub(crate) fn batch_row(row: &Row) -> Result<BatchRow, StoreError> {
    let count = |column| -> Result<u32, StoreError> { Ok(row.value::<i32>(column)?.unsigned_abs()) };
    let written = BatchState::from_slug(row.value("state")?);
    Ok(BatchRow {
        key: BatchKey(row.value("id")?),
        organisation: OrganisationKey(row.value("organisation_id")?),
        client: row.value("client_id")?,
        trace: row.value("trace")?,
        batch: batch::Batch {
            written: written.map_err(|_| StoreError::Column { column: "state" })?,
            until: row.value("until")?,
        },
        received_at: row.value("received_at")?,
        lines: count("lines")?,
        held: count("held")?,
        released: row.value::<Option<Timestamp>>("released_at")?.is_some(),
        ended_at: row.value("ended_at")?,
        tally: Tally {
            created: count("created")?,
            known: count("known")?,
            refused: count("refused")?,
            withdrawn: count("withdrawn")?,
            lapsed: count("lapsed")?,
        },
        log_tag: row.tag("log_tag")?,
    })
}
