//! Submissions wait in lanes, one for each organisation that sends them. Whatever waits when the last transaction is
//! through goes into the next one together, one from each lane in turn, each answered after its commit. One signal that is
//! refused does not fail its neighbours, and who sends most of them does not hold up the others.

use std::collections::HashSet;
use std::sync::{Arc, Mutex as Lock, MutexGuard, PoisonError, Weak};

use domain::key::OrganisationKey;
use store::{Context, IdempotencyClaim, StoreError};
use tokio::sync::{Mutex, Notify, oneshot, watch};

use super::decide::{Children, Submission};
use super::lanes::Lanes;
use super::{Became, Outcome, SubmitSignalRefusal, SubmitSignals};
use crate::Casework;
use crate::act::Failure;

/// At most so many submissions share a transaction.
pub(crate) const BATCH: usize = 256;

/// At most so many wait or are in a transaction; more are answered 503 at once. One organisation has at most half.
const PLACES: usize = 1024;

/// Submissions that wait.
pub(crate) struct Queue {
    shared: Arc<Shared>,
    /// Held by who takes them: one transaction at a time.
    taker: Mutex<()>,
}

struct Shared {
    lanes: Lock<Lanes<Waiting>>,
    came: Notify,
}

/// A place in the queue, from before anything is done for a submission until it is answered.
pub(super) struct Place {
    /// Of whom: who sends it counts, on whose behalf that may be.
    sender: OrganisationKey,
    queue: Weak<Shared>,
}

impl Queue {
    pub(crate) fn new() -> Self {
        Self {
            shared: Arc::new(Shared {
                lanes: Lock::new(Lanes::new(PLACES)),
                came: Notify::new(),
            }),
            taker: Mutex::default(),
        }
    }

    /// A place for a submission of this sender, or none: all are taken, or too many by this one.
    pub(super) fn enter(&self, sender: OrganisationKey) -> Option<Place> {
        self.shared.lanes().enter(sender).then(|| Place {
            sender,
            queue: Arc::downgrade(&self.shared),
        })
    }

    fn push(&self, waiting: Waiting) {
        self.shared.lanes().push(waiting.place.sender, waiting);
        self.shared.came.notify_one();
    }

    /// What goes into the next transaction: one submission per idempotency key and one per organisation and child; the
    /// others wait for the one after it, where they find what the first one did.
    fn draft(&self) -> Vec<Waiting> {
        let mut keys = HashSet::new();
        let mut children = Children::default();
        self.shared.lanes().draft(BATCH, |waiting| {
            let new_key = keys.insert((waiting.claim.organisation, waiting.claim.key.clone()));
            let new_child = children.are_new(&waiting.submission);
            new_key && new_child
        })
    }

    /// These are tried again first.
    fn put_back(&self, again: Vec<Waiting>) {
        let mut lanes = self.shared.lanes();
        for waiting in again.into_iter().rev() {
            lanes.put_back(waiting.place.sender, waiting);
        }
    }
}

impl Shared {
    fn lanes(&self) -> MutexGuard<'_, Lanes<Waiting>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(queue) = self.queue.upgrade() {
            queue.lanes().leave(self.sender);
        }
    }
}

struct Waiting {
    place: Place,
    /// Under which key.
    claim: IdempotencyClaim,
    submission: Submission,
    reply: oneshot::Sender<Reply>,
    /// Whether housekeeping was done for it already.
    second_try: bool,
}

impl Waiting {
    /// Tells it. Its place is free by then, for what its sender does next. Whoever asked may have hung up; what was stored
    /// is stored all the same.
    fn tell(self, reply: Reply) {
        drop(self.place);
        self.reply.send(reply).ok();
    }
}

/// What a submission that waited is told.
pub(super) enum Reply {
    /// The answer.
    Answered(Outcome),
    /// Keys changed since its tags were made: nothing was done with them.
    KeysChanged,
}

impl Casework {
    /// A place for a submission that this organisation sends. Whoever has none has cost nothing yet.
    pub(super) fn enter_queue(&self, sender: OrganisationKey) -> Result<Place, Failure<SubmitSignalRefusal>> {
        self.inner.submissions.enter(sender).ok_or(Failure::QueueFull)
    }

    /// Queues a submission and waits for what becomes of it.
    pub(super) async fn wait(&self, place: Place, claim: IdempotencyClaim, submission: Submission) -> Reply {
        let (reply, answer) = oneshot::channel();
        self.inner.submissions.push(Waiting {
            place,
            claim,
            submission,
            reply,
            second_try: false,
        });
        answer
            .await
            .unwrap_or_else(|_| Reply::Answered(Err(StoreError::Interrupted("submit_signals").into())))
    }

    /// Takes submissions and starts no other driver: those are stepped by hand. Never ends by itself.
    pub async fn take_submissions_only(&self) {
        let (_stop, stopped) = watch::channel(false);
        self.take_submissions(stopped).await;
    }

    /// Takes what waits, transaction after transaction, until the program stops; then only what waits already.
    pub(crate) async fn take_submissions(&self, mut stopped: watch::Receiver<bool>) {
        let queue = &self.inner.submissions;
        let _taker = queue.taker.lock().await;
        loop {
            let drafted = queue.draft();
            if drafted.is_empty() {
                tokio::select! {
                    biased;
                    () = queue.shared.came.notified() => continue,
                    _ = stopped.wait_for(|stop| *stop) => return,
                }
            }
            queue.put_back(self.submit_batch(drafted).await);
            self.inner.wake.sequencer.notify_one();
        }
    }

    /// Whether submissions wait: they go before whatever can wait longer.
    pub(crate) fn submissions_wait(&self) -> bool {
        self.submissions_waiting() > 0
    }

    /// How many submissions wait for a transaction.
    pub fn submissions_waiting(&self) -> usize {
        self.inner.submissions.shared.lanes().waiting()
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
                let (mut again, mut ended) = (Vec::new(), Vec::new());
                for (became, waiting) in submitted.became.into_iter().zip(batch) {
                    match became {
                        Became::Told(reply) => waiting.tell(reply),
                        Became::Undecided => again.push(waiting),
                        Became::IsBeingWrittenDown => ended.push(waiting),
                    }
                }
                again.extend(self.after_retirement(ended).await);
                return again;
            }
            Err(error) if submissions.len() == 1 || error.is_temporary() => {
                tracing::warn!(%error, waiting = submissions.len(), "submissions failed");
                let mut error = Some(error);
                for waiting in batch {
                    let error = error.take().unwrap_or(StoreError::Interrupted("submit_signals"));
                    waiting.tell(Reply::Answered(Err(error.into())));
                }
            }
            Err(error) => {
                // One bad signal must not fail its neighbours.
                tracing::warn!(%error, waiting = submissions.len(), "a batch failed; trying one by one");
                for waiting in batch {
                    let work = SubmitSignals {
                        submissions: vec![(waiting.claim.clone(), waiting.submission.clone())],
                    };
                    let outcome = self.store().run(Context::Service, work).await;
                    let first = outcome.map(|submitted| submitted.became.into_iter().next());
                    waiting.tell(match first {
                        Ok(Some(Became::Told(reply))) => reply,
                        Ok(_) => Reply::Answered(Err(StoreError::Interrupted("submit_signals").into())),
                        Err(error) => Reply::Answered(Err(error.into())),
                    });
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
        for waiting in failed {
            let error = StoreError::Interrupted("expire_signals");
            waiting.tell(Reply::Answered(Err(error.into())));
        }
        let again = again.into_iter().map(|waiting| Waiting {
            second_try: true,
            ..waiting
        });
        again.collect()
    }
}
