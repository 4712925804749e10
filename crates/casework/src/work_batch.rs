//! Batches are worked off: a set of lines in one transaction, through the code of single submissions, with what came of each
//! line written down beside it. A crash undoes a set whole or not at all.
//!
//! Organisations take turns, one set each. Between two sets there is room for signals that are sent on their own.

use std::sync::atomic::{AtomicU32, Ordering};

use domain::batch::{self, BatchState};
use domain::event::Event;
use domain::guardrail;
use domain::key::BatchKey;
use domain::signal::Refusal;
use jiff::SignedDuration;
use protocol::problem::ProblemType;
use protocol::{ClientId, OrganisationId, Refused};
use store::{BatchRow, Context, LineOutcome, Matcher, NextBatch, StoreError, Submit, Tx, WaitingLine, Work};
use tokio::time::Instant;

use crate::Casework;
use crate::act::{Failure, Refusable, plainly};
use crate::covenants::Covenants;
use crate::receive_batch::errors_text;
use crate::receive_batch::stored_line::{KeysMark, Sender, StoredLine};
use crate::submit_signal::{
    Children, Decision, OverTheHour, Submission, SubmitSignalRefusal, decide, shown_at_once,
};

/// How many lines the next set has.
pub(crate) struct SetSize(AtomicU32);

impl Default for SetSize {
    fn default() -> Self {
        Self(AtomicU32::new(batch::FIRST_SET))
    }
}

impl SetSize {
    fn get(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    /// Learns from a set of this size that began then.
    fn learn(&self, size: u32, worked: u32, began: Instant) {
        let took = SignedDuration::try_from(began.elapsed()).unwrap_or(SignedDuration::MAX);
        self.0
            .store(batch::next_set(size, worked, took), Ordering::Relaxed);
    }
}

impl Casework {
    /// Works off one set of lines of whose turn it is; gives whether there was one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn work_batch_once(&self) -> Result<bool, StoreError> {
        let Some(next) = self.next_batch().await? else {
            return Ok(false);
        };
        let (size, began) = (self.inner.batch_sets.get(), Instant::now());
        let worked = self.work_set(&next, size, false).await;
        match &worked {
            // The last lines of a batch are as many as they are.
            Ok(Some(set)) if !set.has_more => {}
            Ok(Some(set)) => self.inner.batch_sets.learn(size, set.worked, began),
            Ok(None) => {}
            Err(_) => self.inner.batch_sets.learn(size, 0, began),
        }
        match worked {
            // Another process is at it.
            Ok(None) => Ok(false),
            Ok(Some(set)) => {
                if set.is_being_written_down {
                    // What stands in the way of some has reached its end and only has to be written down.
                    self.retire_all_due().await?;
                    self.work_set(&next, size, true).await?;
                }
                Ok(true)
            }
            Err(error) if error.is_temporary() => Err(error),
            Err(error) => {
                tracing::warn!(%error, "a set of lines failed; trying one by one");
                self.work_one_by_one(&next).await?;
                Ok(true)
            }
        }
    }

    /// Whose turn it is. What a client sent that was disabled meanwhile, or whose organisation was, rests.
    async fn next_batch(&self) -> Result<Option<NextBatch>, StoreError> {
        let mut resting = Vec::new();
        loop {
            let work = FindNextBatch {
                resting: resting.clone(),
            };
            let Some(next) = self.store().run(Context::Service, work).await? else {
                return Ok(None);
            };
            let client: Result<ClientId, _> = next.client.parse();
            if let Ok(client) = &client
                && self.client(client).await?.is_some()
            {
                return Ok(Some(next));
            }
            resting.push(next.client);
        }
    }

    /// One bad line must not fail its neighbours.
    async fn work_one_by_one(&self, next: &NextBatch) -> Result<(), StoreError> {
        for _ in 0..batch::FIRST_SET {
            let first = FirstLine { key: next.key };
            let Some(line) = self.store().run(Context::Service, first).await? else {
                break;
            };
            match self.work_set(next, 1, true).await {
                Ok(Some(set)) if set.has_more => {}
                Ok(_) => break,
                Err(error) if error.is_temporary() => return Err(error),
                Err(error) => {
                    tracing::error!(%error, "a line of a batch cannot be worked off");
                    // Meanwhile another process may have come to the same end with it, or worked it off.
                    let work = FailLine { key: next.key, line };
                    self.store().run(Context::Service, work).await?;
                }
            }
        }
        Ok(())
    }

    async fn work_set(
        &self,
        next: &NextBatch,
        limit: u32,
        last_try: bool,
    ) -> Result<Option<Set>, StoreError> {
        let work = WorkSet {
            key: next.key,
            sender: next.organisation_id,
            limit: limit.into(),
            last_try,
        };
        let set = self.store().run(Context::Service, work).await?;
        if let Some(set) = &set {
            if set.shown_at_once {
                self.inner.wake.matcher.notify_one();
            }
            // Between sets it comes by itself, a few times a second: a checkpoint for each would cost more than its leaves.
            if !set.has_more {
                self.inner.wake.sequencer.notify_one();
            }
        }
        Ok(set)
    }

    /// Destroys the lines of a batch that waited too long, or forgets a batch; gives whether there was one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn tidy_batch_once(&self) -> Result<bool, StoreError> {
        self.store().run(Context::Service, TidyBatch).await
    }
}

struct FindNextBatch {
    resting: Vec<String>,
}

impl Work for FindNextBatch {
    const NAME: &'static str = "find_next_batch";
    type Role = Matcher;
    type Output = Option<NextBatch>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<Option<NextBatch>, StoreError> {
        tx.next_batch(&self.resting).await
    }
}

/// What became of a set.
struct Set {
    /// Of how many lines something came, held ones among them.
    worked: u32,
    /// Whether the batch has further lines to be worked off.
    has_more: bool,
    /// Whether lines were left because signals that reached their end stand in their way.
    is_being_written_down: bool,
    /// Whether a covenant shows matches at once.
    shown_at_once: bool,
}

struct WorkSet {
    key: BatchKey,
    sender: [u8; 16],
    limit: i64,
    /// Whether what cannot be decided is refused.
    last_try: bool,
}

impl Work for WorkSet {
    const NAME: &'static str = "work_batch";
    type Role = Submit;
    /// None when the batch is not to be had.
    type Output = Option<Set>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Submit>) -> Result<Option<Set>, StoreError> {
        let Some(batch) = tx.take_batch(self.key).await? else {
            return Ok(None);
        };
        let lines = tx.waiting_lines(&batch, self.limit).await?;
        let covenants = Covenants::read(tx).await?;
        let mut set = ReadSet::default();
        self.read(tx, &batch, lines, &mut set).await?;

        let over = match batch.released {
            true => OverTheHour::Taken,
            false => OverTheHour::Held,
        };
        let submissions: Vec<&Submission> =
            set.submissions.iter().map(|(_, submission)| submission).collect();
        let decisions = decide(tx, &submissions, &covenants, over).await?;
        let mut held = Vec::new();
        let mut is_being_written_down = false;
        for ((line, submission), decision) in set.submissions.iter().zip(decisions) {
            let outcome = match decision {
                Decision::Stands(signal, _) => LineOutcome {
                    line: *line,
                    status: if signal.is_new { 201 } else { 200 },
                    signal: Some(tx.ids().signal(signal.key)),
                    problem: None,
                    errors: None,
                    event: tx
                        .recorded_about(submission.log_tag)
                        .first()
                        .map(|leaf| leaf.event_id),
                },
                Decision::Refused(Failure::Refused(refusal)) => refused(*line, &refusal.refused()),
                Decision::Refused(Failure::Store(error)) => return Err(error),
                Decision::Refused(_) => return Err(StoreError::Interrupted("work_batch")),
                Decision::IsBeingWrittenDown if self.last_try => {
                    refused(*line, &plainly(ProblemType::TryAgain))
                }
                Decision::IsBeingWrittenDown => {
                    is_being_written_down = true;
                    continue;
                }
                Decision::HourFull { .. } => {
                    held.push(*line);
                    continue;
                }
                // Once its neighbours have counted it shows.
                Decision::HourUncertain => continue,
            };
            set.outcomes.push(outcome);
        }
        let batch = tx.step_batch(self.key, &set.outcomes, &held).await?;
        let has_more = self.go_on(tx, &batch).await?;
        let asked = set.submissions.iter().map(|(_, submission)| submission.covenant);
        Ok(Some(Set {
            worked: u32::try_from(set.outcomes.len() + held.len()).unwrap_or(u32::MAX),
            has_more,
            is_being_written_down,
            shown_at_once: shown_at_once(&covenants, asked)?,
        }))
    }
}

/// The lines of a set: those about which something is to be decided, and what came of the others.
#[derive(Default)]
struct ReadSet {
    submissions: Vec<(u32, Submission)>,
    outcomes: Vec<LineOutcome>,
}

impl WorkSet {
    async fn read(
        &self,
        tx: &Tx<'_, Submit>,
        batch: &BatchRow,
        lines: Vec<WaitingLine>,
        set: &mut ReadSet,
    ) -> Result<(), StoreError> {
        let keys_version = tx.hold_keys().await?;
        let state = tx.key_state().await?;
        let mut state = state.ok_or(StoreError::Column { column: "network" })?;
        state.net_epochs.retain(|epoch| epoch.is_accepted(tx.now()));
        let mark = KeysMark::of(&state);
        let sender = Sender {
            organisation: batch.organisation,
            organisation_id: OrganisationId(self.sender),
            client: batch
                .client
                .parse()
                .map_err(|_| StoreError::Column { column: "client_id" })?,
            trace: batch.trace.as_deref().and_then(|trace| trace.parse().ok()),
        };
        let mut principals = None;
        let mut children = Children::default();
        for WaitingLine { line, sealed, .. } in lines {
            let stored = StoredLine::open(tx.store(), self.key, line, &sealed)?;
            if !stored.is_made_under(mark) {
                // Nobody here can make its tags anew: who sent it makes its tokens by the keys of now, and sends it again.
                set.outcomes.push(refused(line, &plainly(ProblemType::TryAgain)));
                continue;
            }
            if let Some(principal) = stored.principal() {
                if principals.is_none() {
                    principals = Some(tx.principals_of(batch.organisation).await?);
                }
                if !principals.iter().flatten().any(|known| *known == principal) {
                    let refusal = SubmitSignalRefusal::NotAllowed(vec![Refusal::NotDelegated]);
                    set.outcomes.push(refused(line, &refusal.refused()));
                    continue;
                }
            }
            let submission = stored.into_submission(&sender, keys_version)?;
            // A second line about one child finds in the next set what the first one did; and so do all behind it, since by
            // the number of signals an hour it matters which line is first.
            if !children.are_new(&submission) {
                break;
            }
            set.submissions.push((line, submission));
        }
        Ok(())
    }

    /// Whether there are lines to be worked off; else the batch ends, or is held.
    async fn go_on(&self, tx: &Tx<'_, Submit>, batch: &BatchRow) -> Result<bool, StoreError> {
        let unfinished = batch.unfinished();
        if unfinished == 0 {
            let event = Event::BatchEnded {
                batch: batch.log_tag,
                organisation: self.sender,
                from: BatchState::Working,
                tally: batch.tally,
            };
            tx.end_batch(batch.key, &event).await?;
            return Ok(false);
        }
        if unfinished > batch.held {
            return Ok(true);
        }
        let event = Event::BatchHeld {
            batch: batch.log_tag,
            organisation: self.sender,
            lines: batch.held,
            until: domain::batch::later(tx.now()),
        };
        let hour = guardrail::hour_of(tx.now()).begins_at;
        tx.hold_batch(batch, hour, &event).await?;
        tracing::warn!(
            lines = batch.held,
            "a batch is held: it is over the number of signals an hour"
        );
        Ok(false)
    }
}

fn refused(line: u32, refused: &Refused) -> LineOutcome {
    LineOutcome {
        line,
        status: refused.problem.status(),
        signal: None,
        problem: Some(refused.problem.slug()),
        errors: errors_text(refused),
        event: None,
    }
}

/// The number of the first line that waits; none where none does, or another process is at it.
struct FirstLine {
    key: BatchKey,
}

impl Work for FirstLine {
    const NAME: &'static str = "first_line";
    type Role = Submit;
    type Output = Option<u32>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Submit>) -> Result<Option<u32>, StoreError> {
        let Some(batch) = tx.take_batch(self.key).await? else {
            return Ok(None);
        };
        let lines = tx.waiting_lines(&batch, 1).await?;
        Ok(lines.first().map(|line| line.line))
    }
}

/// A line is answered as an internal error, if it is still the first that waits.
struct FailLine {
    key: BatchKey,
    line: u32,
}

impl Work for FailLine {
    const NAME: &'static str = "fail_line";
    type Role = Submit;
    type Output = ();
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Submit>) -> Result<(), StoreError> {
        let Some(batch) = tx.take_batch(self.key).await? else {
            return Ok(());
        };
        let lines = tx.waiting_lines(&batch, 1).await?;
        let outcomes: Vec<LineOutcome> = lines
            .iter()
            .filter(|line| line.line == self.line)
            .map(|line| refused(line.line, &plainly(ProblemType::InternalError)))
            .collect();
        tx.step_batch(self.key, &outcomes, &[]).await.map(drop)
    }
}

struct TidyBatch;

impl Work for TidyBatch {
    const NAME: &'static str = "tidy_batch";
    type Role = Matcher;
    type Output = bool;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<bool, StoreError> {
        let Some(lapsed) = tx.lapsed_batch().await? else {
            return Ok(tx.forget_batch().await? > 0);
        };
        tx.lapse_batch(&lapsed.row, |batch| Event::BatchEnded {
            batch: batch.log_tag,
            organisation: lapsed.organisation_id,
            from: lapsed.row.batch.written,
            tally: batch.tally,
        })
        .await?;
        Ok(true)
    }
}
