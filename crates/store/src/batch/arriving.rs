//! A batch arrives: lines are laid down some at a time, with the hash of the request up to them, so that a request that broke
//! off is gone on with; and its organisation takes it back.

use domain::batch::{self, BatchState};
use domain::event::Event;
use domain::key::BatchKey;
use jiff::Timestamp;
use uuid::Uuid;

use super::{BatchRow, batch_columns, batch_row};
use crate::crypter::Sealed;
use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Party, RowExt, Tx};

statements! {
    Party FORGET_STALE_BATCH = "
        DELETE FROM batch
         WHERE organisation_id = current_organisation() AND key = $1 /* key */ AND state = 'receiving'
           AND until <= $2 /* now */";
    Party ARRIVING_BATCH = "
        SELECT id, length, lines, bytes, fingerprint, coalesce(lease_until > clock_timestamp(), false) AS leased
          FROM batch
         WHERE organisation_id = current_organisation() AND key = $1 /* key */ AND state = 'receiving'
           FOR UPDATE";
    // Of requests that begin at one time each counts those before it.
    Party LOCK_BEGINNING = "
        SELECT pg_advisory_xact_lock(hashtextextended('batches ' || current_organisation(), 0))";
    Party OPEN_BATCHES = "
        SELECT count(*) AS open FROM batch
         WHERE organisation_id = current_organisation() AND state <> 'ended' AND until > $1 /* now */";
    Party BEGIN_BATCH = "
        INSERT INTO batch (organisation_id, client_id, key, length, trace, state, received_at, until, log_tag)
        VALUES (current_organisation(), $1 /* client */, $2 /* key */, $3 /* length */, $4 /* trace */, 'receiving',
                $5 /* now */, $6 /* until */, $7 /* log tag */)
        RETURNING id";
    // Longer than a client may keep the service waiting for what makes one step.
    Party LEASE_BATCH = "
        UPDATE batch SET lease = $2 /* lease */, lease_until = clock_timestamp() + interval '2 minutes'
         WHERE id = $1 /* batch */ AND state = 'receiving'";
    Party INSERT_BATCH_LINES = "
        INSERT INTO batch_line (batch_id, line, organisation_id, sealed, outcome, status, problem, errors)
        SELECT $1 /* batch */, w.line, current_organisation(), w.sealed,
               CASE WHEN w.sealed IS NULL THEN 'done' END, w.status, w.problem, w.errors
          FROM unnest($2::int[] /* lines */, $3::bytea[] /* sealed */, $4::smallint[] /* statuses */,
                      $5::text[] /* problems */, $6::text[] /* errors */) AS w (line, sealed, status, problem, errors)";
    Party GROW_BATCH = "
        UPDATE batch SET lines = lines + $4 /* lines */, bytes = $5 /* bytes */, fingerprint = $6 /* fingerprint */,
                         refused = refused + $7 /* refused */, until = $8 /* until */,
                         lease_until = clock_timestamp() + interval '2 minutes'
         WHERE id = $1 /* batch */ AND lease = $2 /* lease */ AND lines = $3 /* lines before */ AND state = 'receiving'";
    Party LET_GO_OF_BATCH = "
        UPDATE batch SET lease = NULL, lease_until = NULL WHERE id = $1 /* batch */ AND lease = $2 /* lease */";
    Party COMPLETE_BATCH = concat!("
        UPDATE batch b SET state = 'queued', received_at = $3 /* now */, until = $4 /* until */, lease = NULL,
                           lease_until = NULL, fingerprint = NULL
         WHERE b.id = $1 /* batch */ AND b.lease = $2 /* lease */ AND b.state = 'receiving'
        RETURNING ", batch_columns!());
    Party DISCARD_BATCH = "
        DELETE FROM batch WHERE id = $1 /* batch */ AND lease = $2 /* lease */ AND state = 'receiving'";
    Party BATCH_FOR_UPDATE = concat!("
        SELECT ", batch_columns!(), " FROM batch b
         WHERE b.id = $1 /* batch */ AND b.organisation_id = current_organisation() FOR UPDATE");
    Party WITHDRAW_LINES = "
        UPDATE batch_line SET sealed = NULL, outcome = 'withdrawn'
         WHERE batch_id = $1 /* batch */ AND outcome IS NULL";
    Party WITHDRAW_BATCH = concat!("
        UPDATE batch b SET state = 'ended', ended_at = $2 /* now */, until = $3 /* until */,
                           withdrawn = b.withdrawn + $4 /* lines */, held = 0
         WHERE b.id = $1 /* batch */
        RETURNING ", batch_columns!());
}

/// A batch of which something arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArrivingBatch {
    /// Its key.
    pub key: BatchKey,
    /// Bytes of the whole request, as declared.
    pub length: u64,
    /// How many lines were laid down.
    pub lines: u32,
    /// Bytes of these.
    pub bytes: u64,
    /// Hash of the request up to their end; none before the first.
    pub fingerprint: Option<[u8; 32]>,
    /// Whether a request is being read that goes on with it.
    pub leased: bool,
}

/// A batch that begins.
pub struct NewBatch<'a> {
    /// The program that sends it.
    pub client: &'a str,
    /// Its idempotency key.
    pub key: &'a str,
    /// Bytes of the whole request.
    pub length: u64,
    /// The trace of the request.
    pub trace: Option<&'a str>,
    /// Its name in the log.
    pub log_tag: u128,
}

/// A line that arrived.
pub struct ArrivedLine {
    /// Its number.
    pub line: u32,
    /// What it is.
    pub content: LineContent,
}

/// What a line that arrived is.
pub enum LineContent {
    /// A signal that waits.
    Waits(Sealed),
    /// Refused at once.
    Refused {
        /// The status a signal on its own would have been answered with.
        status: u16,
        /// Type of the problem.
        problem: &'static str,
        /// Which members were at fault, as JSON.
        errors: Option<String>,
    },
}

/// The end of what was laid down of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArrivedUpTo {
    /// Lines before these.
    pub lines_before: u32,
    /// Bytes of all lines.
    pub bytes: u64,
    /// Hash of the request up to there.
    pub fingerprint: [u8; 32],
}

impl Tx<'_, Party> {
    /// What arrived under this key, if it is being received, locked.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn arriving_batch(&self, key: &str) -> Result<Option<ArrivingBatch>, StoreError> {
        // Its time is over, whether or not a driver has run: the key is free.
        self.change(&FORGET_STALE_BATCH, &[&key, &self.now()]).await?;
        let Some(row) = self.optional(&ARRIVING_BATCH, &[&key]).await? else {
            return Ok(None);
        };
        let fingerprint: Option<Vec<u8>> = row.value("fingerprint")?;
        let fingerprint = fingerprint.map(<[u8; 32]>::try_from).transpose();
        Ok(Some(ArrivingBatch {
            key: BatchKey(row.value("id")?),
            length: row.value::<i64>("length")?.unsigned_abs(),
            lines: row.value::<i32>("lines")?.unsigned_abs(),
            bytes: row.value::<i64>("bytes")?.unsigned_abs(),
            fingerprint: fingerprint.map_err(|_| StoreError::Column {
                column: "fingerprint",
            })?,
            leased: row.value("leased")?,
        }))
    }

    /// How many batches of this organisation are not ended; until this transaction ends nobody else begins one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open_batches(&self) -> Result<usize, StoreError> {
        self.one(&LOCK_BEGINNING, &[]).await?;
        let row = self.one(&OPEN_BATCHES, &[&self.now()]).await?;
        Ok(usize::try_from(row.value::<i64>("open")?).unwrap_or(usize::MAX))
    }

    /// Begins to receive a batch.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn begin_batch(&self, new: &NewBatch<'_>) -> Result<BatchKey, StoreError> {
        let row = self
            .one(
                &BEGIN_BATCH,
                &[
                    &new.client,
                    &new.key,
                    &new.length.cast_signed(),
                    &new.trace,
                    &self.now(),
                    &batch::arrives_until(self.now()),
                    &Uuid::from_u128(new.log_tag),
                ],
            )
            .await?;
        Ok(BatchKey(row.value("id")?))
    }

    /// Keeps a batch that is being received for one request.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn lease_batch(&self, key: BatchKey, lease: u128) -> Result<(), StoreError> {
        self.change_exactly(&LEASE_BATCH, 1, &[&key.0, &Uuid::from_u128(lease)])
            .await
    }

    /// Lays further lines down.
    ///
    /// # Errors
    /// [`StoreError::RowCount`] when another request has taken the batch over.
    pub async fn grow_batch(
        &self,
        key: BatchKey,
        lease: u128,
        arrived: &[ArrivedLine],
        up_to: &ArrivedUpTo,
    ) -> Result<(), StoreError> {
        let numbers: Vec<i32> = arrived.iter().map(|line| line.line.cast_signed()).collect();
        let (mut sealed, mut statuses, mut problems, mut faults) = (vec![], vec![], vec![], vec![]);
        let mut refused_lines = 0;
        for line in arrived {
            let (waits, refusal) = match &line.content {
                LineContent::Waits(content) => (Some(content.0.as_slice()), None),
                LineContent::Refused {
                    status,
                    problem,
                    errors,
                } => (None, Some((status.cast_signed(), *problem, errors.as_deref()))),
            };
            refused_lines += i32::from(refusal.is_some());
            sealed.push(waits);
            statuses.push(refusal.map(|(status, ..)| status));
            problems.push(refusal.map(|(_, problem, _)| problem));
            faults.push(refusal.and_then(|(.., errors)| errors));
        }
        self.change_exactly(
            &GROW_BATCH,
            1,
            &[
                &key.0,
                &Uuid::from_u128(lease),
                &up_to.lines_before.cast_signed(),
                &i32::try_from(arrived.len()).unwrap_or(i32::MAX),
                &up_to.bytes.cast_signed(),
                &up_to.fingerprint.as_slice(),
                &refused_lines,
                &batch::arrives_until(self.now()),
            ],
        )
        .await?;
        self.change_exactly(
            &INSERT_BATCH_LINES,
            arrived.len(),
            &[&key.0, &numbers, &sealed, &statuses, &problems, &faults],
        )
        .await
    }

    /// Lets another request go on with a batch.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn let_go_of_batch(&self, key: BatchKey, lease: u128) -> Result<(), StoreError> {
        self.change(&LET_GO_OF_BATCH, &[&key.0, &Uuid::from_u128(lease)])
            .await
            .map(drop)
    }

    /// All of it has arrived: from here on it waits for its turn.
    ///
    /// # Errors
    /// [`StoreError::RowCount`] when another request has taken the batch over.
    pub async fn complete_batch(
        &self,
        key: BatchKey,
        lease: u128,
        event: impl Fn(&BatchRow) -> Event,
    ) -> Result<BatchRow, StoreError> {
        let until = batch::later(self.now());
        let row = self
            .one(
                &COMPLETE_BATCH,
                &[&key.0, &Uuid::from_u128(lease), &self.now(), &until],
            )
            .await?;
        let batch = batch_row(&row)?;
        self.record_one(&event(&batch)).await?;
        Ok(batch)
    }

    /// Forgets what arrived of a batch that can never be complete.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn discard_batch(&self, key: BatchKey, lease: u128) -> Result<(), StoreError> {
        self.change(&DISCARD_BATCH, &[&key.0, &Uuid::from_u128(lease)])
            .await
            .map(drop)
    }

    /// A batch of this organisation, locked: nothing is worked off meanwhile.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn batch_for_update(&self, key: BatchKey) -> Result<Option<BatchRow>, StoreError> {
        let row = self.optional(&BATCH_FOR_UPDATE, &[&key.0]).await?;
        row.as_ref().map(batch_row).transpose()
    }

    /// Takes back what was not worked off, and destroys it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn withdraw_batch(
        &self,
        batch: &BatchRow,
        event: impl Fn(BatchState, &BatchRow) -> Event,
    ) -> Result<BatchRow, StoreError> {
        let until: Timestamp = batch::later(self.now());
        let withdrawn = self.change(&WITHDRAW_LINES, &[&batch.key.0]).await?;
        let withdrawn = i32::try_from(withdrawn).unwrap_or(i32::MAX);
        let row = self
            .one(&WITHDRAW_BATCH, &[&batch.key.0, &self.now(), &until, &withdrawn])
            .await?;
        let ended = batch_row(&row)?;
        self.record_one(&event(batch.batch.written, &ended)).await?;
        Ok(ended)
    }
}
