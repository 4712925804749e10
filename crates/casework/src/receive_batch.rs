//! A batch arrives: its lines are read one by one, made into tags and laid down sealed, some at a time. No child is looked
//! for, and nothing has an effect before all of it arrived.
//!
//! A request that breaks off is sent again under its key and goes on: what was laid down before is compared by the hash of the
//! request up to there and passed over. A client that disappears leaves what was laid down, and nothing half.

mod prepare;
pub(crate) mod stored_line;

use domain::batch::MOST_OPEN;
use domain::event::Event;
use domain::key::BatchKey;
use protocol::batch::{Line, Lines, MAX_BATCH_LINES};
use protocol::problem::ProblemType;
use protocol::signal::SignalSubmission;
use protocol::{IdempotencyKey, Refused};
use store::{
    ArrivedLine, ArrivedUpTo, ArrivingBatch, Claimed, Context, IdempotencyClaim, LineContent, NewBatch,
    Party, StoreError, StoredAnswer, Trace, Tx, Work,
};

use crate::act::{self, Answer, Failure, Refusable, plainly};
use crate::batches::to_wire;
use crate::covenants::Covenants;
use crate::{Caller, Casework};
use prepare::Prepared;

/// At most so many lines are laid down at a time.
const LINES_AT_ONCE: usize = 1_000;

/// At most so many bytes of lines wait to be laid down.
const BYTES_AT_ONCE: usize = 1024 * 1024;

/// Where lines need the keyholder, whose evaluations are charged: a request that breaks off has to have few made again.
const LIFTED_AT_ONCE: usize = 100;

/// Why a batch is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReceiveBatchRefusal {
    /// There is no line in it.
    #[error("the batch is empty")]
    Empty,
    /// It has more lines than a batch may.
    #[error("the batch has too many lines")]
    TooManyLines,
    /// The organisation has as many batches under way as it may.
    #[error("too many batches are under way")]
    TooManyBatches,
}

impl Refusable for ReceiveBatchRefusal {
    fn refused(&self) -> Refused {
        plainly(match self {
            Self::Empty => ProblemType::MalformedJson,
            Self::TooManyLines => ProblemType::PayloadTooLarge,
            Self::TooManyBatches => ProblemType::TooManyBatches,
        })
    }
}

type Fallible<T> = Result<T, Failure<ReceiveBatchRefusal>>;

/// A line that was read.
struct ReadLine {
    line: u32,
    read: Result<Box<SignalSubmission>, Refused>,
}

/// A batch that is arriving.
pub struct Upload {
    casework: Casework,
    caller: Caller,
    key: IdempotencyKey,
    /// Of the request up to what arrived.
    fingerprint: blake3::Hasher,
    /// Bytes that arrived.
    arrived: u64,
    from: Origin,
    lines: Lines,
    /// How many lines were read.
    read: u32,
    /// Those that are not laid down yet, and their bytes.
    pending: Vec<ReadLine>,
    pending_bytes: usize,
}

/// Where a request begins to be new.
enum Origin {
    /// Nowhere: it was answered before.
    Answered([u8; 32], StoredAnswer),
    /// Behind what was laid down.
    Behind {
        batch: ArrivingBatch,
        lease: Option<u128>,
    },
}

impl Casework {
    /// Begins to receive a batch, or to go on with one. `fingerprint` has taken everything of the request but its body, of
    /// `length` bytes.
    ///
    /// # Errors
    /// [`Failure::KeyInProgress`] while another request with this key is read, [`Failure::KeyReused`] when that was another
    /// one; [`ReceiveBatchRefusal::TooManyBatches`].
    pub async fn begin_batch(
        &self,
        caller: &Caller,
        key: IdempotencyKey,
        fingerprint: blake3::Hasher,
        length: u64,
    ) -> Fallible<Upload> {
        self.may_promise()?;
        let lease = self.store().random_tag();
        let work = BeginBatch {
            caller: caller.clone(),
            key: key.clone(),
            length,
            lease,
            log_tag: self.store().random_tag(),
            trace: Trace::current().map(|trace| trace.to_string()),
        };
        let from = self
            .store()
            .run(Context::Organisation(caller.organisation), work)
            .await?;
        let read = match &from {
            Origin::Answered(..) => 0,
            Origin::Behind { batch, .. } => batch.lines,
        };
        Ok(Upload {
            casework: self.clone(),
            caller: caller.clone(),
            key,
            fingerprint,
            arrived: 0,
            from,
            lines: Lines::default(),
            read,
            pending: Vec::new(),
            pending_bytes: 0,
        })
    }
}

impl Upload {
    /// Takes the next part of the request.
    ///
    /// # Errors
    /// [`Failure::KeyReused`] when it is not what was laid down before; [`ReceiveBatchRefusal::TooManyLines`];
    /// [`Failure::KeyholderUnavailable`] and [`Failure::QuotaExhausted`] where keyed hashes need the keyholder: then the same
    /// request goes on later.
    pub async fn take(&mut self, part: &[u8]) -> Fallible<()> {
        let mut rest = self.pass_over(part)?;
        while !rest.is_empty() {
            let (taken, line) = self.lines.next(rest);
            let read = line.map(|line| read_line(&line));
            self.fingerprint.update(&rest[..taken]);
            self.arrived += taken as u64;
            rest = &rest[taken..];
            if let Some(read) = read {
                self.push(read, taken).await?;
            }
        }
        Ok(())
    }

    /// All of it arrived: it is answered 202, and worked off from here on.
    ///
    /// # Errors
    /// As [`Upload::take`], and [`ReceiveBatchRefusal::Empty`].
    pub async fn complete(mut self) -> Fallible<Answer> {
        let answered = self.finish().await;
        if answered.is_err() {
            self.let_go().await;
        }
        answered
    }

    /// Lets another request go on with the batch: this one ends here. What only drops it does the same a little later.
    pub async fn let_go(&mut self) {
        if let Some(letting_go) = self.take_lease() {
            letting_go.await;
        }
    }

    async fn finish(&mut self) -> Fallible<Answer> {
        let fingerprint = *self.fingerprint.finalize().as_bytes();
        let claim = IdempotencyClaim {
            organisation: self.caller.organisation,
            key: self.key.as_str().to_owned(),
            fingerprint,
        };
        if let Origin::Answered(before, answer) = &self.from {
            let answer = act::replay(&claim, Claimed::Answered(*before, answer.clone()))?;
            return self.casework.with_receipts(answer);
        }
        if let Some(read) = self.lines.last().map(|line| read_line(&line)) {
            self.push(read, 0).await?;
        }
        self.lay_down().await?;
        let Origin::Behind { batch, lease } = &mut self.from else {
            return Err(Failure::KeyReused);
        };
        // A shorter request than the one before.
        if self.arrived < batch.bytes {
            return Err(Failure::KeyReused);
        }
        let (key, held) = (batch.key, lease.ok_or(Failure::KeyInProgress)?);
        if self.read == 0 {
            *lease = None;
            self.discard(key, held).await?;
            return Err(ReceiveBatchRefusal::Empty.into());
        }
        let work = CompleteBatch {
            claim,
            caller: self.caller.clone(),
            key,
            lease: held,
        };
        let context = Context::Organisation(self.caller.organisation);
        let answer = self.casework.store().run(context, work).await?;
        // Nobody has to let go of it any more.
        if let Origin::Behind { lease, .. } = &mut self.from {
            *lease = None;
        }
        self.casework.inner.wake.batches.notify_one();
        self.casework.inner.wake.sequencer.notify_one();
        self.casework.with_receipts(answer)
    }

    /// Compares what was laid down before; gives what is new.
    fn pass_over<'p>(&mut self, part: &'p [u8]) -> Fallible<&'p [u8]> {
        let batch = match &self.from {
            Origin::Answered(..) => {
                self.fingerprint.update(part);
                return Ok(&[]);
            }
            Origin::Behind { batch, .. } => batch,
        };
        let known = batch.bytes.saturating_sub(self.arrived);
        if known == 0 {
            return Ok(part);
        }
        let known = usize::try_from(known).unwrap_or(usize::MAX).min(part.len());
        let (known, new) = part.split_at(known);
        self.fingerprint.update(known);
        self.arrived += known.len() as u64;
        if self.arrived == batch.bytes && Some(*self.fingerprint.finalize().as_bytes()) != batch.fingerprint {
            return Err(Failure::KeyReused);
        }
        Ok(new)
    }

    async fn push(&mut self, read: Result<Box<SignalSubmission>, Refused>, bytes: usize) -> Fallible<()> {
        if self.read == MAX_BATCH_LINES {
            if let Origin::Behind { batch, lease } = &mut self.from
                && let (key, Some(held)) = (batch.key, lease.take())
            {
                self.discard(key, held).await?;
            }
            return Err(ReceiveBatchRefusal::TooManyLines.into());
        }
        self.read += 1;
        self.pending.push(ReadLine {
            line: self.read,
            read,
        });
        self.pending_bytes += bytes;
        let most = match self.casework.inner.gateway {
            None => LINES_AT_ONCE,
            Some(_) => LIFTED_AT_ONCE,
        };
        if self.pending.len() >= most || self.pending_bytes >= BYTES_AT_ONCE {
            self.lay_down().await?;
        }
        Ok(())
    }

    /// Lays the lines down that were read.
    async fn lay_down(&mut self) -> Fallible<()> {
        let pending = std::mem::take(&mut self.pending);
        self.pending_bytes = 0;
        let (Some(first), Origin::Behind { batch, lease }) = (pending.first(), &self.from) else {
            return Ok(());
        };
        let up_to = ArrivedUpTo {
            lines_before: first.line - 1,
            bytes: self.arrived,
            fingerprint: *self.fingerprint.finalize().as_bytes(),
        };
        let lines = self.casework.prepare_lines(&self.caller, pending).await?;
        let work = LayLinesDown {
            key: batch.key,
            lease: lease.ok_or(Failure::KeyInProgress)?,
            lines,
            up_to,
        };
        let context = Context::Organisation(self.caller.organisation);
        Ok(self.casework.store().run(context, work).await?)
    }

    /// The work of giving the lease back, if there is one.
    fn take_lease(&mut self) -> Option<impl Future<Output = ()> + Send + 'static> {
        let Origin::Behind { batch, lease } = &mut self.from else {
            return None;
        };
        let (key, lease) = (batch.key, lease.take()?);
        let (casework, organisation) = (self.casework.clone(), self.caller.organisation);
        Some(async move {
            let work = LetGo { key, lease };
            let let_go = casework
                .store()
                .run(Context::Organisation(organisation), work)
                .await;
            if let Err(error) = let_go {
                tracing::warn!(%error, "a batch stays leased until its time is over");
            }
        })
    }

    async fn discard(&self, key: BatchKey, lease: u128) -> Result<(), StoreError> {
        let context = Context::Organisation(self.caller.organisation);
        self.casework
            .store()
            .run(context, DiscardBatch { key, lease })
            .await
    }
}

/// Whoever hangs up drops the request in the midst of it.
impl Drop for Upload {
    fn drop(&mut self) {
        if let (Some(letting_go), Ok(runtime)) = (self.take_lease(), tokio::runtime::Handle::try_current()) {
            runtime.spawn(letting_go);
        }
    }
}

fn read_line(line: &Line<'_>) -> Result<Box<SignalSubmission>, Refused> {
    line.read().map(Box::new)
}

struct BeginBatch {
    caller: Caller,
    key: IdempotencyKey,
    length: u64,
    lease: u128,
    log_tag: u128,
    trace: Option<String>,
}

impl Work for BeginBatch {
    const NAME: &'static str = "begin_batch";
    type Role = Party;
    type Output = Origin;
    type Error = Failure<ReceiveBatchRefusal>;

    async fn run(&self, tx: &Tx<'_, Party>) -> Result<Origin, Self::Error> {
        let claim = IdempotencyClaim {
            organisation: self.caller.organisation,
            key: self.key.as_str().to_owned(),
            // Not known before the request was read.
            fingerprint: [0; 32],
        };
        match tx.claim(std::slice::from_ref(&claim)).await?.into_iter().next() {
            Some(Claimed::Free) => {}
            Some(Claimed::Answered(fingerprint, answer)) => return Ok(Origin::Answered(fingerprint, answer)),
            Some(Claimed::InProgress) => return Err(Failure::KeyInProgress),
            None => return Err(StoreError::Column { column: "place" }.into()),
        }
        let batch = match tx.arriving_batch(self.key.as_str()).await? {
            Some(batch) if batch.leased => return Err(Failure::KeyInProgress),
            Some(batch) if batch.length != self.length => return Err(Failure::KeyReused),
            Some(batch) => batch,
            None => {
                if tx.open_batches().await? >= MOST_OPEN {
                    return Err(ReceiveBatchRefusal::TooManyBatches.into());
                }
                let new = NewBatch {
                    client: self.caller.client.as_str(),
                    key: self.key.as_str(),
                    length: self.length,
                    trace: self.trace.as_deref(),
                    log_tag: self.log_tag,
                };
                ArrivingBatch {
                    key: tx.begin_batch(&new).await?,
                    length: self.length,
                    lines: 0,
                    bytes: 0,
                    fingerprint: None,
                    leased: false,
                }
            }
        };
        tx.lease_batch(batch.key, self.lease).await?;
        Ok(Origin::Behind {
            batch,
            lease: Some(self.lease),
        })
    }
}

struct LayLinesDown {
    key: BatchKey,
    lease: u128,
    lines: Vec<(u32, Prepared)>,
    up_to: ArrivedUpTo,
}

impl Work for LayLinesDown {
    const NAME: &'static str = "lay_lines_down";
    type Role = Party;
    type Output = ();
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Party>) -> Result<(), StoreError> {
        let covenants = Covenants::read(tx).await?;
        let mut arrived = Vec::with_capacity(self.lines.len());
        for (line, prepared) in &self.lines {
            arrived.push(ArrivedLine {
                line: *line,
                content: match prepared.weigh(&covenants, tx.now())? {
                    Ok(stored) => LineContent::Waits(stored.seal(tx.store(), self.key, *line)),
                    Err(refused) => LineContent::Refused {
                        status: refused.problem.status(),
                        problem: refused.problem.slug(),
                        errors: errors_text(&refused),
                    },
                },
            });
        }
        tx.grow_batch(self.key, self.lease, &arrived, &self.up_to).await
    }
}

/// Faults as they stand in a column, if there are any.
pub(crate) fn errors_text(refused: &Refused) -> Option<String> {
    // Our own plain structs: writing them as JSON cannot fail.
    let text = || serde_json::to_string(&refused.errors).unwrap_or_default();
    (!refused.errors.is_empty()).then(text)
}

struct CompleteBatch {
    claim: IdempotencyClaim,
    caller: Caller,
    key: BatchKey,
    lease: u128,
}

impl Work for CompleteBatch {
    const NAME: &'static str = "complete_batch";
    type Role = Party;
    type Output = Answer;
    type Error = Failure<ReceiveBatchRefusal>;

    async fn run(&self, tx: &Tx<'_, Party>) -> Result<Answer, Self::Error> {
        let claimed = tx.claim(std::slice::from_ref(&self.claim)).await?;
        match claimed.into_iter().next() {
            Some(Claimed::Free) => {}
            Some(claimed) => return act::replay(&self.claim, claimed),
            None => return Err(StoreError::Column { column: "place" }.into()),
        }
        let batch = tx
            .complete_batch(self.key, self.lease, |batch| Event::BatchReceived {
                batch: batch.log_tag,
                organisation: self.caller.organisation_id.0,
                client: self.caller.client.as_str().to_owned(),
                lines: batch.lines,
            })
            .await?;
        let body = to_wire(tx.ids(), &batch, tx.now()).ok_or(StoreError::Column { column: "until" })?;
        let answer = StoredAnswer {
            leaves: tx.recorded(),
            ..act::answer(202, Some(format!("/v1/signals/batches/{}", body.id)), &body)
        };
        tx.store_answers(&[(&self.claim, &answer)]).await?;
        Ok(act::fresh(answer))
    }
}

struct DiscardBatch {
    key: BatchKey,
    lease: u128,
}

impl Work for DiscardBatch {
    const NAME: &'static str = "discard_batch";
    type Role = Party;
    type Output = ();
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Party>) -> Result<(), StoreError> {
        tx.discard_batch(self.key, self.lease).await
    }
}

struct LetGo {
    key: BatchKey,
    lease: u128,
}

impl Work for LetGo {
    const NAME: &'static str = "let_go_of_batch";
    type Role = Party;
    type Output = ();
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Party>) -> Result<(), StoreError> {
        tx.let_go_of_batch(self.key, self.lease).await
    }
}
