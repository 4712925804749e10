//! An organisation looks what came of its batches, or takes one back; a supervisor decides about what is held.

use domain::batch::{BatchState as State, HeldDecision as Decision, Tally};
use domain::event::Event;
use domain::key::BatchKey;
use jiff::Timestamp;
use protocol::Refused;
use protocol::batch::{
    Batch, BatchLine, BatchLineState, BatchOutcomes, BatchState, HeldDecided, HeldDecision, LineProblem,
};
use protocol::id::Id;
use protocol::page::{Page, PageQuery};
use protocol::problem::ProblemType;
use store::{BatchLineRow, BatchRow, Matcher, Party, PublicIds, StoreError, StoredAnswer, Tx};

use crate::act::{self, Act, Answer, Failure, Look, MatcherAct, NotFound, Once, Refusable, plainly};
use crate::list::{List, ListRefusal};
use crate::{Caller, Casework};

/// Why a list of lines is not given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BatchLinesRefusal {
    /// There is no such batch for this caller.
    #[error(transparent)]
    NotFound(#[from] NotFound),
    /// The page.
    #[error(transparent)]
    List(#[from] ListRefusal),
}

impl Refusable for BatchLinesRefusal {
    fn refused(&self) -> Refused {
        match self {
            Self::NotFound(refusal) => refusal.refused(),
            Self::List(refusal) => refusal.refused(),
        }
    }
}

/// Why a batch is not taken back, or what is held of it not decided about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecideBatchRefusal {
    /// There is no such thing for this caller.
    #[error(transparent)]
    NotFound(#[from] NotFound),
    /// Nothing more comes of it.
    #[error("the batch is over")]
    Over,
    /// Nothing of it is held.
    #[error("nothing of the batch is held")]
    NothingHeld,
}

impl Refusable for DecideBatchRefusal {
    fn refused(&self) -> Refused {
        match self {
            Self::NotFound(refusal) => refusal.refused(),
            Self::Over => plainly(ProblemType::BatchOver),
            Self::NothingHeld => plainly(ProblemType::NothingHeld),
        }
    }
}

impl Casework {
    /// The batches of the caller's organisation, newest first.
    ///
    /// # Errors
    /// [`ListRefusal`].
    pub async fn list_batches(
        &self,
        caller: &Caller,
        query: PageQuery,
    ) -> Result<Page<Batch>, Failure<ListRefusal>> {
        self.look(caller, ListBatches(query)).await
    }

    /// A batch of the caller's organisation.
    ///
    /// # Errors
    /// [`NotFound`].
    pub async fn read_batch(&self, caller: &Caller, id: Id) -> Result<Batch, Failure<NotFound>> {
        self.look(caller, ReadBatch(id)).await
    }

    /// What came of its lines, in their order. `base` is the service's own address, under which problems have pages.
    ///
    /// # Errors
    /// [`BatchLinesRefusal`].
    pub async fn list_batch_lines(
        &self,
        caller: &Caller,
        id: Id,
        query: PageQuery,
        base: &str,
    ) -> Result<Page<BatchLine>, Failure<BatchLinesRefusal>> {
        let look = ListLines {
            id,
            query,
            casework: self.clone(),
            base: base.to_owned(),
        };
        self.look(caller, look).await
    }

    /// Takes back what of a batch was not worked off.
    ///
    /// # Errors
    /// [`DecideBatchRefusal`].
    pub async fn withdraw_batch(
        &self,
        caller: &Caller,
        once: Once,
        id: Id,
    ) -> Result<Answer, Failure<DecideBatchRefusal>> {
        let caller_of = caller.clone();
        self.act(
            caller,
            once,
            WithdrawBatch {
                caller: caller_of,
                id,
            },
        )
        .await
    }

    /// A supervisor releases or refuses what an alert says is held.
    ///
    /// # Errors
    /// [`DecideBatchRefusal`].
    pub async fn decide_held(
        &self,
        caller: &Caller,
        once: Once,
        alert: Id,
        decision: HeldDecision,
    ) -> Result<Answer, Failure<DecideBatchRefusal>> {
        let act = DecideHeld {
            caller: caller.clone(),
            alert,
            decision,
        };
        let answer = self.matcher_act(caller, once, act).await?;
        self.inner.wake.batches.notify_one();
        Ok(answer)
    }
}

/// A batch as its organisation sees it; none when nothing of it can be read any more.
pub(crate) fn to_wire(ids: &PublicIds, row: &BatchRow, now: Timestamp) -> Option<Batch> {
    let state = row.batch.at(now)?;
    // What waited too long is nothing any more, whether or not a driver has written it down.
    let lapsed = state == State::Ended && row.ended_at.is_none();
    let mut tally = row.tally;
    if lapsed {
        tally.lapsed += row.unfinished();
    }
    Some(Batch {
        id: Id(ids.batch(row.key)),
        state: match state {
            State::Receiving => BatchState::Receiving,
            State::Queued => BatchState::Queued,
            State::Working => BatchState::Working,
            State::Held => BatchState::Held,
            State::Ended => BatchState::Ended,
        },
        received_at: row.received_at,
        ended_at: row.ended_at.or(lapsed.then_some(row.batch.until)),
        until: row.batch.readable_until(now),
        lines: row.lines,
        processed: tally.processed(),
        held_lines: if lapsed { 0 } else { row.held },
        outcomes: outcomes(tally),
    })
}

fn outcomes(tally: Tally) -> BatchOutcomes {
    BatchOutcomes {
        created: tally.created,
        known: tally.known,
        refused: tally.refused,
        withdrawn: tally.withdrawn,
        lapsed: tally.lapsed,
    }
}

struct ListBatches(PageQuery);

impl Look for ListBatches {
    const NAME: &'static str = "list_batches";
    type Output = Page<Batch>;
    type Refusal = ListRefusal;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<Page<Batch>, Failure<ListRefusal>> {
        let list = List::of(tx, Self::NAME);
        let place = list.place(&self.0, i64::MAX)?;
        let rows = tx.own_batches(place.row, place.limit).await?;
        let page = list.page(rows, &self.0, |row| row.key.0, |row| row);
        Ok(Page {
            items: page
                .items
                .iter()
                .filter_map(|row| to_wire(tx.ids(), row, tx.now()))
                .collect(),
            next: page.next,
        })
    }
}

struct ReadBatch(Id);

impl Look for ReadBatch {
    const NAME: &'static str = "read_batch";
    type Output = Batch;
    type Refusal = NotFound;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<Batch, Failure<NotFound>> {
        let key = tx.ids().parse_batch(self.0.0).ok_or(NotFound)?;
        let row = tx.own_batch(key).await?.ok_or(NotFound)?;
        Ok(to_wire(tx.ids(), &row, tx.now()).ok_or(NotFound)?)
    }
}

struct ListLines {
    id: Id,
    query: PageQuery,
    casework: Casework,
    base: String,
}

impl Look for ListLines {
    const NAME: &'static str = "list_batch_lines";
    type Output = Page<BatchLine>;
    type Refusal = BatchLinesRefusal;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<Page<BatchLine>, Failure<BatchLinesRefusal>> {
        let lost = || BatchLinesRefusal::from(NotFound);
        let key: BatchKey = tx.ids().parse_batch(self.id.0).ok_or_else(lost)?;
        let batch = tx.own_batch(key).await?.ok_or_else(lost)?;
        let state = batch.batch.at(tx.now()).ok_or_else(lost)?;
        let list = List::within(tx, Self::NAME, &self.id.0);
        let place = list.place(&self.query, 0).map_err(BatchLinesRefusal::from)?;
        let rows = tx.batch_lines(key, place.row, place.limit).await?;
        let page = list.try_page(
            rows,
            &self.query,
            |row| i64::from(row.line),
            |row| self.line(&batch, state, &row),
        )?;
        Ok(page)
    }
}

impl ListLines {
    fn line(&self, batch: &BatchRow, state: State, row: &BatchLineRow) -> Result<BatchLine, StoreError> {
        let state = match row.outcome.as_deref() {
            Some("done") => BatchLineState::Done,
            Some("withdrawn") => BatchLineState::Withdrawn,
            Some("lapsed") => BatchLineState::Lapsed,
            Some(_) => return Err(StoreError::Column { column: "outcome" }),
            None if state == State::Ended => BatchLineState::Lapsed,
            // What was released waits for its turn.
            None if row.held && !batch.released => BatchLineState::Held,
            None => BatchLineState::Waiting,
        };
        let problem = |slug: &str| -> Result<LineProblem, StoreError> {
            let problem = ProblemType::from_slug(slug).ok_or(StoreError::Column { column: "problem" })?;
            let errors = row.errors.as_deref().map(serde_json::from_str).transpose();
            let errors = errors.map_err(|_| StoreError::Column { column: "errors" })?;
            Ok(LineProblem::new(problem, &self.base, errors.unwrap_or_default()))
        };
        let receipt = row.leaf.as_deref().map(|leaf| self.casework.own_receipt(leaf));
        Ok(BatchLine {
            line: row.line,
            state,
            status: row.status,
            signal: row.signal.map(Id),
            receipt: receipt.transpose()?,
            problem: row.problem.as_deref().map(problem).transpose()?,
        })
    }
}

struct WithdrawBatch {
    caller: Caller,
    id: Id,
}

impl Act for WithdrawBatch {
    const NAME: &'static str = "withdraw_batch";
    type Refusal = DecideBatchRefusal;

    async fn perform(&self, tx: &Tx<'_, Party>) -> Result<StoredAnswer, Failure<DecideBatchRefusal>> {
        let lost = || DecideBatchRefusal::from(NotFound);
        let key = tx.ids().parse_batch(self.id.0).ok_or_else(lost)?;
        let batch = tx.batch_for_update(key).await?.ok_or_else(lost)?;
        match batch.batch.at(tx.now()).ok_or_else(lost)? {
            State::Queued | State::Working | State::Held => {}
            // What is still arriving is taken back by not sending the rest.
            State::Receiving | State::Ended => return Err(DecideBatchRefusal::Over.into()),
        }
        let ended = tx
            .withdraw_batch(&batch, |from, ended| Event::BatchEnded {
                batch: ended.log_tag,
                organisation: self.caller.organisation_id.0,
                from,
                tally: ended.tally,
            })
            .await?;
        let body = to_wire(tx.ids(), &ended, tx.now()).ok_or_else(lost)?;
        Ok(act::answer(201, None, &body))
    }
}

struct DecideHeld {
    caller: Caller,
    alert: Id,
    decision: HeldDecision,
}

impl MatcherAct for DecideHeld {
    const NAME: &'static str = "decide_held";
    type Refusal = DecideBatchRefusal;

    async fn perform(&self, tx: &Tx<'_, Matcher>) -> Result<StoredAnswer, Failure<DecideBatchRefusal>> {
        let lost = || DecideBatchRefusal::from(NotFound);
        // The door let nobody but a supervisor in: alerts are those of the network, and so its.
        let alert = tx.ids().parse_alert(self.alert.0).ok_or_else(lost)?;
        let taken = tx.batch_of_alert(alert).await?.ok_or_else(lost)?;
        let batch = &taken.row;
        let lines = batch.held;
        if batch.batch.at(tx.now()).ok_or_else(lost)? != State::Held {
            return Err(DecideBatchRefusal::NothingHeld.into());
        }
        let (supervisor, client) = (self.caller.organisation_id.0, self.caller.client.as_str());
        let decision = match self.decision {
            HeldDecision::Released => Decision::Released,
            HeldDecision::Refused => Decision::Refused,
        };
        match decision {
            Decision::Released => {
                let event = Event::BatchReleased {
                    batch: batch.log_tag,
                    organisation: supervisor,
                    client: client.to_owned(),
                    lines,
                };
                tx.release_batch(batch.key, &event).await?;
            }
            Decision::Refused => {
                let answer = ProblemType::SignalsPerHour;
                tx.refuse_batch(batch.key, (answer.status(), answer.slug()), |ended| {
                    [
                        Event::BatchRefused {
                            batch: ended.log_tag,
                            organisation: supervisor,
                            client: client.to_owned(),
                            lines,
                        },
                        Event::BatchEnded {
                            batch: ended.log_tag,
                            organisation: taken.organisation_id,
                            from: State::Held,
                            tally: ended.tally,
                        },
                    ]
                })
                .await?;
            }
        }
        let body = HeldDecided {
            alert: self.alert,
            decision: self.decision,
            lines,
            decided_at: tx.now(),
        };
        let mut answer = act::answer(201, None, &body);
        // That the batch ended is its organisation's affair.
        answer.leaves = tx.recorded().into_iter().take(1).collect();
        Ok(answer)
    }
}
