//! Submissions wait in one queue; whatever waits when the last transaction is through goes into the next one together,
//! each answered after its commit. One signal that is refused does not fail its neighbours.

use std::collections::HashSet;

use store::{Context, IdempotencyClaim, StoreError};
use tokio::sync::{Mutex, mpsc, oneshot, watch};

use super::decide::{Children, Submission};
use super::{Outcome, SubmitSignalRefusal, SubmitSignals};
use crate::Casework;
use crate::act::Failure;

/// At most so many submissions share a transaction.
pub(crate) const BATCH: usize = 256;

/// At most so many wait; more are answered 503 at once.
const QUEUE: usize = 1024;

/// Submissions that wait.
pub(crate) struct Queue {
    sender: mpsc::Sender<Waiting>,
    receiver: Mutex<mpsc::Receiver<Waiting>>,
}

impl Queue {
    pub(crate) fn new() -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        Self {
            sender,
            receiver: Mutex::new(receiver),
        }
    }
}

struct Waiting {
    /// Under which key.
    claim: IdempotencyClaim,
    submission: Submission,
    reply: oneshot::Sender<Reply>,
    /// Whether housekeeping was done for it already.
    second_try: bool,
}

/// What a submission that waited is told.
pub(super) enum Reply {
    /// The answer.
    Answered(Outcome),
    /// Keys changed since its tags were made: nothing was done with them.
    KeysChanged,
}

impl Casework {
    /// Queues a submission and waits for what becomes of it.
    pub(super) async fn wait(
        &self,
        claim: IdempotencyClaim,
        submission: Submission,
    ) -> Result<Reply, Failure<SubmitSignalRefusal>> {
        let (reply, answer) = oneshot::channel();
        self.inner
            .submissions
            .sender
            .try_send(Waiting {
                claim,
                submission,
                reply,
                second_try: false,
            })
            .map_err(|_| Failure::QueueFull)?;
        Ok(answer
            .await
            .unwrap_or_else(|_| Reply::Answered(Err(StoreError::Interrupted("submit_signals").into()))))
    }

    /// Takes submissions and starts no other driver: those are stepped by hand. Never ends by itself.
    pub async fn take_submissions_only(&self) {
        let (_stop, stopped) = watch::channel(false);
        self.take_submissions(stopped).await;
    }

    /// Takes what waits, transaction after transaction, until the program stops; then only what waits already.
    pub(crate) async fn take_submissions(&self, mut stopped: watch::Receiver<bool>) {
        let mut receiver = self.inner.submissions.receiver.lock().await;
        let mut waiting: Vec<Waiting> = Vec::new();
        loop {
            if waiting.is_empty() {
                tokio::select! {
                    biased;
                    received = receiver.recv_many(&mut waiting, BATCH) => if received == 0 { return },
                    _ = stopped.wait_for(|stop| *stop) => return,
                }
            }
            while waiting.len() < BATCH {
                let Ok(more) = receiver.try_recv() else { break };
                waiting.push(more);
            }
            let (now, later) = without_twins(std::mem::take(&mut waiting));
            waiting = self.submit_batch(now).await;
            waiting.extend(later);
            self.inner.wake.sequencer.notify_one();
        }
    }

    /// Whether submissions wait: they go before whatever can wait longer.
    pub(crate) fn submissions_wait(&self) -> bool {
        let sender = &self.inner.submissions.sender;
        sender.capacity() < sender.max_capacity()
    }

    /// Submits and answers these, all but those that must be tried again in the next transaction.
    async fn submit_batch(&self, batch: Vec<Waiting>) -> Vec<Waiting> {
        let submissions: Vec<(IdempotencyClaim, Submission)> = batch
            .iter()
            .map(|waiting| (waiting.claim.clone(), waiting.submission.clone()))
            .collect();
        match self
            .store()
            .run(
                Context::Service,
                SubmitSignals {
                    submissions: submissions.clone(),
                },
            )
            .await
        {
            Ok(submitted) => {
                if submitted.shown_at_once {
                    self.inner.wake.matcher.notify_one();
                }
                let mut again = Vec::new();
                for (outcome, waiting) in submitted.outcomes.into_iter().zip(batch) {
                    match outcome {
                        // Whoever asked may have hung up; the signal is stored all the same.
                        Some(outcome) => drop(waiting.reply.send(outcome)),
                        None => again.push(waiting),
                    }
                }
                return self.after_retirement(again).await;
            }
            Err(error) if submissions.len() == 1 || error.is_temporary() => {
                tracing::warn!(%error, waiting = submissions.len(), "submissions failed");
                let mut error = Some(error);
                for Waiting { reply, .. } in batch {
                    let error = error.take().unwrap_or(StoreError::Interrupted("submit_signals"));
                    reply.send(Reply::Answered(Err(error.into()))).ok();
                }
            }
            Err(error) => {
                // One bad signal must not fail its neighbours.
                tracing::warn!(%error, waiting = submissions.len(), "a batch failed; trying one by one");
                for Waiting {
                    claim,
                    submission,
                    reply,
                    ..
                } in batch
                {
                    let work = SubmitSignals {
                        submissions: vec![(claim, submission)],
                    };
                    let outcome = self.store().run(Context::Service, work).await;
                    let first = outcome.map(|submitted| submitted.outcomes.into_iter().next());
                    let outcome = match first {
                        Ok(Some(Some(outcome))) => outcome,
                        Ok(Some(None) | None) => {
                            Reply::Answered(Err(StoreError::Interrupted("submit_signals").into()))
                        }
                        Err(error) => Reply::Answered(Err(error.into())),
                    };
                    reply.send(outcome).ok();
                }
            }
        }
        Vec::new()
    }

    /// What stands in the way of these has reached its end and only has to be written down; then they are tried again,
    /// once.
    async fn after_retirement(&self, waiting: Vec<Waiting>) -> Vec<Waiting> {
        if waiting.is_empty() {
            return waiting;
        }
        if let Err(error) = self.retire_all_due().await {
            tracing::warn!(%error, "signals that ended could not be written down");
        }
        let (failed, again): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|waiting| waiting.second_try);
        for Waiting { reply, .. } in failed {
            let error = StoreError::Interrupted("expire_signals");
            reply.send(Reply::Answered(Err(error.into()))).ok();
        }
        let again = again.into_iter().map(|waiting| Waiting {
            second_try: true,
            ..waiting
        });
        again.collect()
    }
}

/// Keeps one submission per idempotency key and one per organisation and child; the others wait for the next
/// transaction, where they find what the first one did.
fn without_twins(waiting: Vec<Waiting>) -> (Vec<Waiting>, Vec<Waiting>) {
    let mut keys = HashSet::new();
    let mut children = Children::default();
    waiting.into_iter().partition(|waiting| {
        let new_key = keys.insert((waiting.submission.organisation, waiting.claim.key.clone()));
        let new_child = children.are_new(&waiting.submission);
        new_key && new_child
    })
}
