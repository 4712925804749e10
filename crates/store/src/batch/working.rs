//! Batches are worked off, a set of lines at a time, by the role that stores single signals.
//!
//! The batch's row is locked first and by one process at a time; whoever withdraws, releases or refuses locks it too.

use domain::batch::{self, BatchState};
use domain::event::Event;
use domain::key::{BatchKey, OrganisationKey};
use jiff::Timestamp;
use uuid::Uuid;

use super::{BatchRow, batch_columns, batch_row};
use crate::crypter::Sealed;
use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Matcher, RowExt, Submit, Tx};

statements! {
    // The organisation that waited longest, and of its batches the oldest.
    Matcher NEXT_BATCH = "
        SELECT b.id, b.client_id, p.public_id
          FROM batch b JOIN organisation p ON p.id = b.organisation_id
         WHERE b.state IN ('queued', 'working') AND b.until > $1 /* now */ AND b.client_id <> ALL ($2::text[] /* resting */)
         ORDER BY (SELECT max(o.served_at) FROM batch o WHERE o.organisation_id = b.organisation_id) NULLS FIRST, b.id
         LIMIT 1";
    Submit TAKE_BATCH = concat!("
        SELECT ", batch_columns!(), " FROM batch b
         WHERE b.id = $1 /* batch */ AND b.state IN ('queued', 'working') AND b.until > $2 /* now */
           FOR NO KEY UPDATE SKIP LOCKED");
    Submit WAITING_LINES = "
        SELECT line, held, sealed FROM batch_line
         WHERE batch_id = $1 /* batch */ AND held = $2 /* released */ AND outcome IS NULL
         ORDER BY line LIMIT $3 /* limit */";
    Submit HOLD_LINES = "
        UPDATE batch_line SET held = true WHERE batch_id = $1 /* batch */ AND line = ANY ($2::int[] /* lines */)";
    Submit SET_OUTCOMES = "
        UPDATE batch_line l SET sealed = NULL, outcome = 'done', status = w.status, signal = w.signal,
                                problem = w.problem, errors = w.errors, event_id = w.event_id
          FROM unnest($2::int[] /* lines */, $3::smallint[] /* statuses */, $4::bytea[] /* signals */,
                      $5::text[] /* problems */, $6::text[] /* errors */, $7::uuid[] /* events */)
               AS w (line, status, signal, problem, errors, event_id)
         WHERE l.batch_id = $1 /* batch */ AND l.line = w.line AND l.outcome IS NULL";
    Submit STEP_BATCH = concat!("
        UPDATE batch b SET state = 'working', served_at = clock_timestamp(), held = b.held + $2 /* held */,
                           created = b.created + $3 /* created */, known = b.known + $4 /* known */,
                           refused = b.refused + $5 /* refused */
         WHERE b.id = $1 /* batch */
        RETURNING ", batch_columns!());
    Submit END_BATCH = "
        UPDATE batch SET state = 'ended', ended_at = $2 /* now */, until = $3 /* until */ WHERE id = $1 /* batch */";
    Submit RAISE_HELD_ALERT = "
        INSERT INTO alert (network_id, kind, organisation_id, hour, raised_at)
        VALUES ($1 /* network */, 'batch-held', $2 /* organisation */, $3 /* hour */, $4 /* now */)
        RETURNING id";
    Submit HOLD_BATCH = "
        UPDATE batch SET state = 'held', until = $2 /* until */, alert_id = $3 /* alert */ WHERE id = $1 /* batch */";
    Submit STANDING_DELEGATIONS = "
        SELECT d.principal_id FROM delegation d JOIN organisation o ON o.id = d.principal_id
         WHERE d.delegate_id = $1 /* delegate */ AND o.disabled_at IS NULL";
}

/// Whose turn it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextBatch {
    /// The batch.
    pub key: BatchKey,
    /// Its organisation's public id.
    pub organisation_id: [u8; 16],
    /// The client that sent it.
    pub client: String,
}

/// A line that waits for its turn.
pub struct WaitingLine {
    /// Its number.
    pub line: u32,
    /// Whether it was held, and released.
    pub held: bool,
    /// What it is.
    pub sealed: Sealed,
}

/// What came of a line.
pub struct LineOutcome {
    /// Its number.
    pub line: u32,
    /// The status a signal on its own would have been answered with.
    pub status: u16,
    /// Public id of the signal.
    pub signal: Option<[u8; 16]>,
    /// Type of the problem.
    pub problem: Option<&'static str>,
    /// Which members were at fault, as JSON.
    pub errors: Option<String>,
    /// The event of its signal.
    pub event: Option<u128>,
}

impl Tx<'_, Matcher> {
    /// Whose turn it is; what `resting` clients sent is passed over.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn next_batch(&self, resting: &[String]) -> Result<Option<NextBatch>, StoreError> {
        let row = self.optional(&NEXT_BATCH, &[&self.now(), &resting]).await?;
        row.map(|row| {
            Ok(NextBatch {
                key: BatchKey(row.value("id")?),
                organisation_id: row.tag("public_id")?.to_be_bytes(),
                client: row.value("client_id")?,
            })
        })
        .transpose()
    }
}

impl Tx<'_, Submit> {
    /// Locks a batch that is to be worked off; none when another process is at it, or it is not to be any more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn take_batch(&self, key: BatchKey) -> Result<Option<BatchRow>, StoreError> {
        let row = self.optional(&TAKE_BATCH, &[&key.0, &self.now()]).await?;
        row.as_ref().map(batch_row).transpose()
    }

    /// Its first lines that wait for their turn.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn waiting_lines(&self, batch: &BatchRow, limit: i64) -> Result<Vec<WaitingLine>, StoreError> {
        // Nothing else was left when it was held.
        let parameters: crate::work::Parameters<'_> = &[&batch.key.0, &batch.released, &limit];
        let rows = self.rows(&WAITING_LINES, parameters).await?;
        let row = |row: &tokio_postgres::Row| {
            Ok(WaitingLine {
                line: row.value::<i32>("line")?.unsigned_abs(),
                held: row.value("held")?,
                sealed: Sealed(row.value("sealed")?),
            })
        };
        rows.iter().map(row).collect()
    }

    /// For which organisations this one may give signals, as the operator registered it; not for those that are disabled.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn principals_of(&self, delegate: OrganisationKey) -> Result<Vec<OrganisationKey>, StoreError> {
        let rows = self.rows(&STANDING_DELEGATIONS, &[&delegate.0]).await?;
        rows.iter()
            .map(|row| Ok(OrganisationKey(row.value("principal_id")?)))
            .collect()
    }

    /// Writes down what came of lines, and which are held; gives the batch as it stands then.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn step_batch(
        &self,
        key: BatchKey,
        outcomes: &[LineOutcome],
        held: &[u32],
    ) -> Result<BatchRow, StoreError> {
        let lines: Vec<i32> = outcomes
            .iter()
            .map(|outcome| outcome.line.cast_signed())
            .collect();
        let statuses: Vec<i16> = outcomes
            .iter()
            .map(|outcome| outcome.status.cast_signed())
            .collect();
        let signals: Vec<Option<&[u8]>> = outcomes
            .iter()
            .map(|outcome| outcome.signal.as_ref().map(<[u8; 16]>::as_slice))
            .collect();
        let problems: Vec<Option<&str>> = outcomes.iter().map(|outcome| outcome.problem).collect();
        let errors: Vec<Option<&str>> = outcomes.iter().map(|outcome| outcome.errors.as_deref()).collect();
        let events: Vec<Option<Uuid>> = outcomes
            .iter()
            .map(|outcome| outcome.event.map(Uuid::from_u128))
            .collect();
        self.change_exactly(
            &SET_OUTCOMES,
            outcomes.len(),
            &[&key.0, &lines, &statuses, &signals, &problems, &errors, &events],
        )
        .await?;
        if !held.is_empty() {
            let held: Vec<i32> = held.iter().map(|line| line.cast_signed()).collect();
            self.change_exactly(&HOLD_LINES, held.len(), &[&key.0, &held])
                .await?;
        }
        let count = |of: fn(u16) -> bool| {
            let count = outcomes.iter().filter(|outcome| of(outcome.status)).count();
            i32::try_from(count).unwrap_or(i32::MAX)
        };
        let (created, known) = (count(|status| status == 201), count(|status| status == 200));
        let refused = count(|status| status >= 400);
        let held = i32::try_from(held.len()).unwrap_or(i32::MAX);
        let row = self
            .one(&STEP_BATCH, &[&key.0, &held, &created, &known, &refused])
            .await?;
        batch_row(&row)
    }

    /// Nothing more comes of a batch.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn end_batch(&self, key: BatchKey, event: &Event) -> Result<(), StoreError> {
        let until = batch::later(self.now());
        self.change_exactly(&END_BATCH, 1, &[&key.0, &self.now(), &until])
            .await?;
        self.record_one(event).await.map(drop)
    }

    /// What is left of a batch is held, and the supervisor alerted; `hour` is that of the clock.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn hold_batch(
        &self,
        batch: &BatchRow,
        hour: Timestamp,
        event: &Event,
    ) -> Result<(), StoreError> {
        debug_assert!(batch.batch.written == BatchState::Working);
        let network = self.store().network().0;
        let row = self
            .one(
                &RAISE_HELD_ALERT,
                &[&network, &batch.organisation.0, &hour, &self.now()],
            )
            .await?;
        let alert: i64 = row.value("id")?;
        let until = batch::later(self.now());
        self.change_exactly(&HOLD_BATCH, 1, &[&batch.key.0, &until, &alert])
            .await?;
        self.record_one(event).await.map(drop)
    }
}
