//! An organisation gives a signal.
//!
//! Submissions wait in a queue; whatever waits when the last transaction is through goes into the next one together,
//! each answered after its commit. One signal that is refused does not fail its neighbours.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU32, Ordering};

use domain::actor::Sector;
use domain::calendar::Month;
use domain::covenant::Covenant;
use domain::event::Event;
use domain::key::{CovenantKey, OrganisationKey};
use domain::signal::{NewSignal as Weighing, Refusal};
use identifiers::tag::{self, Suite, TagKey};
use identifiers::{Kind, Token};
use jiff::civil::Date;
use protocol::Refused;
use protocol::body::{FieldError, FieldErrorCode};
use protocol::id::Id;
use protocol::problem::ProblemType;
use protocol::signal::{Contact, Signal, SignalState, SignalSubmission, TokenAssurance, TokenKind};
use protocol::text::YearMonth;
use protocol::{ClientId, OrganisationId};
use store::{
    Claimed, Context, IdempotencyClaim, KeyState, NewSignal, NewTag, StoreError, StoredAnswer, Submit,
    SubmittedSignal, Tx, Work,
};
use tokio::sync::{Mutex, mpsc, oneshot, watch};

use crate::act::{self, Answer, Failure, Once, Refusable, plainly};
use crate::covenants::Covenants;
use crate::lift::Binding;
use crate::{Caller, Casework, professional};

/// At most so many submissions share a transaction.
const BATCH: usize = 256;

/// At most so many wait; more are answered 503 at once.
const QUEUE: usize = 1024;

/// Why a signal is not taken. None of it depends on whether the child is known.
#[derive(Debug, thiserror::Error)]
pub enum SubmitSignalRefusal {
    /// Not one token for each live epoch, or the key behind it is not the network's.
    #[error("the token is not of the network's live key epoch")]
    UnknownKeyEpoch,
    /// The covenant's rules.
    #[error("the covenant does not allow this signal")]
    NotAllowed(Vec<Refusal>),
}

impl Refusable for SubmitSignalRefusal {
    fn refused(&self) -> Refused {
        match self {
            Self::UnknownKeyEpoch => plainly(ProblemType::UnknownKeyEpoch),
            Self::NotAllowed(refusals) => Refused {
                problem: ProblemType::InvalidRequest,
                errors: refusals
                    .iter()
                    .map(|refusal| FieldError {
                        detail: refusal.to_string(),
                        ..FieldError::new(refusal.pointer(), field_code(*refusal))
                    })
                    .collect(),
            },
        }
    }
}

fn field_code(refusal: Refusal) -> FieldErrorCode {
    match refusal {
        Refusal::SectorMayNotSignal | Refusal::GroundNotListed => FieldErrorCode::NotAllowed,
        Refusal::PlannedEndNotInFuture
        | Refusal::PlannedEndTooFar { .. }
        | Refusal::PlannedEndAfterDestroyBy
        | Refusal::DestroyByBegun { .. }
        | Refusal::DestroyByTooFar { .. } => FieldErrorCode::OutOfRange,
    }
}

type Outcome = Result<Answer, Failure<SubmitSignalRefusal>>;

/// Submissions that wait.
pub(crate) struct Queue {
    sender: mpsc::Sender<Waiting>,
    receiver: Mutex<mpsc::Receiver<Waiting>>,
    /// The epoch of `K_tag` as it was read last, so that a submission needs no transaction of its own before the one it
    /// shares; whether it is still the live one is seen there.
    tag_epoch: AtomicU32,
}

/// No epoch was read yet; epochs are 16 bits.
const UNREAD: u32 = u32::MAX;

impl Queue {
    pub(crate) fn new() -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        Self {
            sender,
            receiver: Mutex::new(receiver),
            tag_epoch: AtomicU32::new(UNREAD),
        }
    }
}

struct Waiting {
    submission: Submission,
    reply: oneshot::Sender<Outcome>,
    /// Whether housekeeping was done for it already.
    second_try: bool,
}

/// A submission as it waits. The token was turned into a tag at the door; only its sealed form is left.
#[derive(Clone)]
struct Submission {
    claim: IdempotencyClaim,
    client: ClientId,
    organisation: OrganisationKey,
    organisation_id: OrganisationId,
    covenant: CovenantKey,
    sector: Sector,
    keys: TokenKeys,
    tag: [u8; 32],
    sealed: Vec<u8>,
    contact: Contact,
    planned_end: Date,
    destroy_by: YearMonth,
    ground: String,
    log_tag: u128,
}

/// What must agree with the network's live keys.
#[derive(Clone, Copy, PartialEq, Eq)]
struct TokenKeys {
    net_epoch: u16,
    tag_epoch: u16,
    key_check: [u8; 16],
}

impl Casework {
    /// Gives a signal, answered 201 with the new one or 200 with the one this organisation already has for the child.
    ///
    /// # Errors
    /// [`SubmitSignalRefusal`]; [`Failure::QueueFull`] when too many wait.
    pub async fn submit_signal(&self, caller: &Caller, once: Once, body: SignalSubmission) -> Outcome {
        let submission = self.prepare(caller, once, body).await?;
        let (reply, answer) = oneshot::channel();
        self.inner
            .submissions
            .sender
            .try_send(Waiting {
                submission,
                reply,
                second_try: false,
            })
            .map_err(|_| Failure::QueueFull)?;
        answer
            .await
            .unwrap_or(Err(Failure::Store(StoreError::Interrupted("submit_signals"))))
    }

    /// Turns the token into a tag and a sealed token, and lets go of it.
    async fn prepare(
        &self,
        caller: &Caller,
        once: Once,
        body: SignalSubmission,
    ) -> Result<Submission, Failure<SubmitSignalRefusal>> {
        let [token] = <[_; 1]>::try_from(body.tokens).map_err(|_| SubmitSignalRefusal::UnknownKeyEpoch)?;
        if token.suite != Suite::KeyedHash.code() {
            // No keyholder's epoch is known here.
            return Err(SubmitSignalRefusal::UnknownKeyEpoch.into());
        }
        let sector = caller
            .sector
            .ok_or(SubmitSignalRefusal::NotAllowed(vec![Refusal::SectorMayNotSignal]))?;
        let tag_epoch = self.tag_epoch().await?;
        let kind = match token.kind {
            TokenKind::Bsn => Kind::Bsn,
        };
        let suite = Suite::try_from(token.suite).map_err(|_| SubmitSignalRefusal::UnknownKeyEpoch)?;
        let secret_token = Token::from_bytes(*token.token.expose());
        let key = TagKey::derive(&self.keys().master, tag_epoch);
        let binding = Binding {
            suite: suite.code(),
            kind: kind.code(),
            net_epoch: token.net_epoch,
            oprf_epoch: 0,
            tag_epoch,
        };
        let sealer = self.sealer().await?;
        let sealed = sealer.seal(&secret_token, binding).to_vec();
        Ok(Submission {
            claim: caller.claim(once),
            client: caller.client.clone(),
            organisation: caller.organisation,
            organisation_id: caller.organisation_id,
            covenant: caller.covenant,
            sector,
            keys: TokenKeys {
                net_epoch: token.net_epoch,
                tag_epoch,
                key_check: token.key_check.0,
            },
            tag: *tag::tag(&key, suite, kind, &secret_token).as_bytes(),
            sealed,
            contact: body.professional,
            planned_end: body.planned_end,
            destroy_by: body.destroy_by,
            ground: body.ground.as_str().to_owned(),
            log_tag: self.store().random_tag(),
        })
    }

    async fn tag_epoch(&self) -> Result<u16, StoreError> {
        let known = &self.inner.submissions.tag_epoch;
        if let Ok(epoch) = u16::try_from(known.load(Ordering::Relaxed)) {
            return Ok(epoch);
        }
        let row = self.store().run(Context::Service, ReadNetwork).await?;
        let epoch = row.ok_or(StoreError::Column { column: "network" })?.tag_epoch;
        known.store(u32::from(epoch), Ordering::Relaxed);
        Ok(epoch)
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

    /// Submits and answers these, all but those that must be tried again in the next transaction.
    async fn submit_batch(&self, batch: Vec<Waiting>) -> Vec<Waiting> {
        let submissions: Vec<Submission> = batch.iter().map(|waiting| waiting.submission.clone()).collect();
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
                        Some(outcome) => {
                            if matches!(outcome, Err(Failure::Store(_))) {
                                self.inner.submissions.tag_epoch.store(UNREAD, Ordering::Relaxed);
                            }
                            // Whoever asked may have hung up; the signal is stored all the same.
                            waiting.reply.send(outcome).ok();
                        }
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
                    reply.send(Err(error.into())).ok();
                }
            }
            Err(error) => {
                // One bad signal must not fail its neighbours.
                tracing::warn!(%error, waiting = submissions.len(), "a batch failed; trying one by one");
                for Waiting {
                    submission, reply, ..
                } in batch
                {
                    let work = SubmitSignals {
                        submissions: vec![submission],
                    };
                    let outcome = self.store().run(Context::Service, work).await;
                    let first = outcome.map(|submitted| submitted.outcomes.into_iter().next());
                    let outcome = match first {
                        Ok(Some(Some(outcome))) => outcome,
                        Ok(Some(None) | None) => Err(StoreError::Interrupted("submit_signals").into()),
                        Err(error) => Err(error.into()),
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
            reply.send(Err(error.into())).ok();
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
    let mut children = HashSet::new();
    waiting.into_iter().partition(|waiting| {
        let submission = &waiting.submission;
        let organisation = submission.organisation;
        let new_key = keys.insert((organisation, submission.claim.key.clone()));
        let new_child = children.insert((organisation, submission.tag));
        new_key && new_child
    })
}

struct ReadNetwork;

impl Work for ReadNetwork {
    const NAME: &'static str = "read_network";
    type Role = Submit;
    type Output = Option<KeyState>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Submit>) -> Result<Option<KeyState>, StoreError> {
        tx.key_state().await
    }
}

struct SubmitSignals {
    submissions: Vec<Submission>,
}

impl Work for SubmitSignals {
    const NAME: &'static str = "submit_signals";
    type Role = Submit;
    type Output = Submitted;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Submit>) -> Result<Submitted, StoreError> {
        let claims: Vec<IdempotencyClaim> = self
            .submissions
            .iter()
            .map(|submission| submission.claim.clone())
            .collect();
        let claimed = tx.claim(&claims).await?;
        tx.hold_keys().await?;
        let network = tx
            .key_state()
            .await?
            .ok_or(StoreError::Column { column: "network" })?;
        let covenants = Covenants::read(tx).await?;

        let mut outcomes: Vec<Option<Outcome>> = Vec::with_capacity(self.submissions.len());
        let mut accepted = Vec::new();
        let mut signals = Vec::new();
        let mut events = Vec::new();
        for ((place, submission), claimed) in self.submissions.iter().enumerate().zip(claimed) {
            if !matches!(claimed, Claimed::Free) {
                outcomes.push(Some(act::replay(&submission.claim, claimed)));
                continue;
            }
            match submission.weigh(&network, covenants.of(submission.covenant)?, tx) {
                Ok((signal, event)) => {
                    outcomes.push(None);
                    accepted.push(place);
                    signals.push(signal);
                    events.push(event);
                }
                Err(failure) => outcomes.push(Some(Err(failure))),
            }
        }

        let submitted = tx.submit(&signals, &events).await?;
        // Expiry acts when one looks: a signal past its end is no answer to a new one.
        let answers: Vec<(usize, StoredAnswer)> = accepted
            .into_iter()
            .zip(&submitted)
            .filter(|(_, signal)| signal.expires_at > tx.now())
            .map(|(place, signal)| (place, answer(tx, signal)))
            .collect();
        let stored: Vec<_> = answers
            .iter()
            .map(|(place, answer)| (&self.submissions[*place].claim, answer))
            .collect();
        tx.store_answers(&stored).await?;
        for (place, answer) in answers {
            outcomes[place] = Some(Ok(act::fresh(answer)));
        }
        let asked = self.submissions.iter().map(|submission| submission.covenant);
        let shown_at_once = covenants
            .each_of(asked)?
            .iter()
            .any(|covenant| covenant.notice_interval_minutes() == 0);
        Ok(Submitted {
            outcomes,
            shown_at_once,
        })
    }
}

/// What became of a batch.
struct Submitted {
    /// None where the organisation's own signal about the child has reached its end, but stands as active still.
    outcomes: Vec<Option<Outcome>>,
    /// Whether a covenant shows matches at once. Else the matcher is not woken by a submission: whether it has much to do
    /// right after would show, in the time of the next request, whether the child is known.
    shown_at_once: bool,
}

impl Submission {
    /// By the network's keys and the covenant's rules, whether it is taken.
    fn weigh(
        &self,
        network: &KeyState,
        covenant: &Covenant,
        tx: &Tx<'_, Submit>,
    ) -> Result<(NewSignal, Event), Failure<SubmitSignalRefusal>> {
        let known = network.net_epoch(self.keys.net_epoch);
        if known.is_none_or(|known| known.key_check != self.keys.key_check) {
            return Err(SubmitSignalRefusal::UnknownKeyEpoch.into());
        }
        if self.keys.tag_epoch != network.tag_epoch {
            // The tag was made under an epoch that has ended meanwhile. Nothing is wrong with what was sent: once more.
            return Err(StoreError::Interrupted("submit_signals").into());
        }
        let weighing = Weighing {
            planned_end: self.planned_end,
            destroy_by: Month::of(self.destroy_by.first_day()),
            ground: &self.ground,
        };
        let accepted = weighing
            .weigh(covenant, self.sector, tx.now())
            .map_err(SubmitSignalRefusal::NotAllowed)?;
        let signal = NewSignal {
            tag: NewTag {
                tag: self.tag,
                suite: Suite::KeyedHash.code(),
                kind: Kind::Bsn.code(),
                net_epoch: self.keys.net_epoch,
                tag_epoch: self.keys.tag_epoch,
                sealed: self.sealed.clone(),
            },
            organisation: self.organisation,
            planned_end: self.planned_end,
            expires_at: accepted.expires_at,
            destroy_by: self.destroy_by.first_day(),
            professional: professional::seal(tx.store(), self.organisation, &self.contact),
            log_tag: self.log_tag,
        };
        let event = Event::SignalSubmitted {
            signal: self.log_tag,
            organisation: self.organisation_id.0,
            expires_at: accepted.expires_at,
            client: self.client.as_str().to_owned(),
            professional_reference: self.contact.reference.as_str().to_owned(),
        };
        Ok((signal, event))
    }
}

/// The same bytes for known and unknown children: only whether this organisation itself had a signal shows.
fn answer(tx: &Tx<'_, Submit>, signal: &SubmittedSignal) -> StoredAnswer {
    let id = Id(tx.ids().signal(signal.key));
    let body = Signal {
        id,
        state: SignalState::Active,
        submitted_at: signal.submitted_at,
        planned_end: signal.planned_end,
        destroy_by: YearMonth::of(signal.destroy_by),
        assurance: TokenAssurance {
            suite: signal.suite,
            blinded_by_client: signal.blinded_by_client,
        },
    };
    let status = if signal.is_new { 201 } else { 200 };
    act::answer(status, Some(format!("/v1/signals/{id}")), &body)
}
