//! An organisation gives a signal.
//!
//! Submissions wait in a queue; whatever waits when the last transaction is through goes into the next one together,
//! each answered after its commit. One signal that is refused does not fail its neighbours.
//!
//! Tags are made before that, under the keys as they were read last. The transaction holds the network's keys and takes
//! only tags that were made under these; for the others they are made again, from the tokens that are held meanwhile.

use std::collections::HashSet;

use domain::actor::Sector;
use domain::calendar::Month;
use domain::covenant::Covenant;
use domain::event::Event;
use domain::key::{CovenantKey, OrganisationKey};
use domain::signal::{NewSignal as Weighing, Refusal, SignalState as State};
use jiff::civil::Date;
use protocol::Refused;
use protocol::body::{FieldError, FieldErrorCode};
use protocol::id::Id;
use protocol::problem::ProblemType;
use protocol::signal::{Contact, Signal, SignalSubmission, TokenAssurance};
use protocol::text::YearMonth;
use protocol::{ClientId, OrganisationId};
use store::{
    Claimed, Context, IdempotencyClaim, NewSignal, SignalLife, StoreError, StoredAnswer, Submit,
    SubmittedSignal, Trace, Tx, Whose, Work, shared_tags,
};
use tokio::sync::{Mutex, mpsc, oneshot, watch};

use crate::act::{self, Answer, Failure, Once, Refusable, plainly};
use crate::caller::Principal;
use crate::covenants::Covenants;
use crate::guardrail::Guardrail;
use crate::keyholder::{Behalf, KeyholderFailure};
use crate::read_signals::wire_state;
use crate::tags::{Epochs, HeldTokens, KeyRefusal, MadeTags, TagFailure, Tags};
use crate::{Caller, Casework, professional};

/// At most so many submissions share a transaction.
const BATCH: usize = 256;

/// At most so many wait; more are answered 503 at once.
const QUEUE: usize = 1024;

/// How often the tags of one signal are made again because keys changed under it, before its caller is told to come back.
const KEY_CHANGES: u32 = 5;

/// Why a signal is not taken. None of it depends on whether the child is known.
#[derive(Debug, thiserror::Error)]
pub enum SubmitSignalRefusal {
    /// The tokens are not of the network's keys, or not of the suite that is asked of the organisation.
    #[error("the tokens are not of the keys or the suite that are taken")]
    Keys(ProblemType),
    /// The covenant's rules.
    #[error("the covenant does not allow this signal")]
    NotAllowed(Vec<Refusal>),
}

impl Refusable for SubmitSignalRefusal {
    fn refused(&self) -> Refused {
        match self {
            Self::Keys(problem) => plainly(*problem),
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
        Refusal::SectorMayNotSignal
        | Refusal::NoFamilyMatch
        | Refusal::GroundNotListed
        | Refusal::NotDelegated => FieldErrorCode::NotAllowed,
        Refusal::PlannedEndNotInFuture
        | Refusal::PlannedEndTooFar { .. }
        | Refusal::PlannedEndAfterDestroyBy
        | Refusal::DestroyByBegun { .. }
        | Refusal::DestroyByTooFar { .. } => FieldErrorCode::OutOfRange,
    }
}

impl From<KeyRefusal> for SubmitSignalRefusal {
    fn from(refusal: KeyRefusal) -> Self {
        Self::Keys(refusal.problem())
    }
}

impl<R> From<TagFailure> for Failure<R> {
    fn from(failure: TagFailure) -> Self {
        match failure {
            TagFailure::Keyholder(KeyholderFailure::QuotaExhausted { retry_after }) => {
                Self::QuotaExhausted { retry_after }
            }
            TagFailure::Keyholder(KeyholderFailure::Unavailable | KeyholderFailure::UnknownEpoch) => {
                Self::KeyholderUnavailable
            }
            TagFailure::Store(error) => Self::Store(error),
        }
    }
}

type Outcome = Result<Answer, Failure<SubmitSignalRefusal>>;

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
    submission: Submission,
    reply: oneshot::Sender<Reply>,
    /// Whether housekeeping was done for it already.
    second_try: bool,
}

/// What a submission that waited is told.
enum Reply {
    /// The answer.
    Answered(Outcome),
    /// Keys changed since its tags were made: nothing was done with them.
    KeysChanged,
}

/// A submission as it waits. Of the tokens only tags and their sealed form are left.
#[derive(Clone)]
struct Submission {
    claim: IdempotencyClaim,
    client: ClientId,
    organisation: OrganisationKey,
    organisation_id: OrganisationId,
    covenant: CovenantKey,
    sector: Sector,
    /// Who gives it on behalf of that organisation, if another does.
    delegate: Option<(OrganisationKey, OrganisationId)>,
    /// The child's tags, and then those of each guardian.
    made: Vec<MadeTags>,
    /// What stands for the organisation's own reference to a client without a BSN.
    reference: Option<[u8; 32]>,
    contact: Contact,
    planned_end: Date,
    destroy_by: YearMonth,
    ground: String,
    log_tag: u128,
    trace: Option<Trace>,
}

impl Casework {
    /// Gives a signal, answered 201 with the new one or 200 with the one this organisation already has for the child.
    ///
    /// # Errors
    /// [`SubmitSignalRefusal`]; [`Failure::QueueFull`] when too many wait; [`Failure::KeyholderUnavailable`] and
    /// [`Failure::QuotaExhausted`] where a keyed hash needs the keyholder.
    pub async fn submit_signal(&self, caller: &Caller, once: Once, body: SignalSubmission) -> Outcome {
        self.may_promise()?;
        let answer = self.submit_under_keys(caller, once, body).await?;
        // Signed here, in the request's own task, and not in the transaction that many submissions wait for.
        self.with_receipts(answer)
    }

    async fn submit_under_keys(&self, caller: &Caller, once: Once, body: SignalSubmission) -> Outcome {
        let principal = self.whose(caller, body.on_behalf_of).await?;
        let people =
            std::iter::once(&body.tokens).chain(body.guardians.iter().map(|guardian| &guardian.tokens));
        let held: Vec<HeldTokens> = people
            .map(|tokens| HeldTokens::of(tokens))
            .collect::<Option<_>>()
            .ok_or_else(|| SubmitSignalRefusal::from(KeyRefusal::UnknownEpoch))?;
        let reference = body.client_reference.as_ref().map(|reference| {
            let crypter = self.store().crypter();
            crypter.client_reference(&principal.organisation_id.0, reference.as_str().as_bytes())
        });
        let claim = caller.claim(once);
        let log_tag = self.store().random_tag();
        for _ in 0..KEY_CHANGES {
            let made = match self
                .tags_for(caller, principal.min_suite, &claim, &held, &body.professional)
                .await?
            {
                Prepared::Tags(made) => made,
                Prepared::Answered(outcome) => return outcome,
            };
            let version = made.first().map(|made| made.keys_version);
            let submission = Submission {
                claim: claim.clone(),
                client: caller.client.clone(),
                organisation: principal.organisation,
                organisation_id: principal.organisation_id,
                covenant: principal.covenant,
                sector: principal.sector,
                delegate: body
                    .on_behalf_of
                    .map(|_| (caller.organisation, caller.organisation_id)),
                made,
                reference,
                contact: body.professional.clone(),
                planned_end: body.planned_end,
                destroy_by: body.destroy_by,
                ground: body.ground.as_str().to_owned(),
                log_tag,
                // Read here: the transaction runs in another task, for many.
                trace: Trace::current(),
            };
            match self.wait(submission).await? {
                Reply::Answered(outcome) => return outcome,
                Reply::KeysChanged => {
                    if Some(self.known_keys().await?.state.version) == version {
                        self.read_keys().await?;
                    }
                }
            }
        }
        Err(StoreError::Interrupted("submit_signals").into())
    }

    /// Whose signal it is: the caller's organisation's, or that of one on whose behalf it may give signals.
    async fn whose(
        &self,
        caller: &Caller,
        on_behalf_of: Option<OrganisationId>,
    ) -> Result<Principal, Failure<SubmitSignalRefusal>> {
        let refused = |refusal| SubmitSignalRefusal::NotAllowed(vec![refusal]);
        let sector = caller.sector.ok_or(refused(Refusal::SectorMayNotSignal))?;
        let Some(id) = on_behalf_of else {
            return Ok(Principal {
                organisation: caller.organisation,
                organisation_id: caller.organisation_id,
                covenant: caller.covenant,
                sector,
                min_suite: caller.min_suite,
            });
        };
        let principal = self.principal(caller, id).await?;
        let principal = principal.ok_or(refused(Refusal::NotDelegated))?;
        Ok(Principal {
            min_suite: principal.min_suite.max(caller.min_suite),
            ..principal
        })
    }

    /// Queues a submission and waits for what becomes of it.
    async fn wait(&self, submission: Submission) -> Result<Reply, Failure<SubmitSignalRefusal>> {
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
        Ok(answer
            .await
            .unwrap_or_else(|_| Reply::Answered(Err(StoreError::Interrupted("submit_signals").into()))))
    }

    /// The tags, or what was answered before: a request that is sent again is answered whether or not the keyholder is
    /// there, and charged once.
    async fn tags_for(
        &self,
        caller: &Caller,
        min_suite: u8,
        claim: &IdempotencyClaim,
        held: &[HeldTokens],
        contact: &Contact,
    ) -> Result<Prepared, Failure<SubmitSignalRefusal>> {
        let keys = self.known_keys().await?;
        if held.iter().any(|held| held.needs_keyholder(&keys))
            && let Some(answered) = self.answered(claim).await?
        {
            return Ok(Prepared::Answered(answered));
        }
        let reference = contact.reference.as_str().as_bytes();
        let behalf = Behalf {
            organisation: caller.organisation_id,
            professional: self
                .store()
                .crypter()
                .pseudonym(&caller.organisation_id.0, reference),
        };
        let all: Vec<&HeldTokens> = held.iter().collect();
        let made = self.make_tags(&all, behalf, min_suite, Epochs::Every).await?;
        Ok(Prepared::Tags(made))
    }

    /// What this request was answered before.
    pub(crate) async fn answered(&self, claim: &IdempotencyClaim) -> Result<Option<Outcome>, StoreError> {
        let work = FindAnswer(claim.clone());
        let found = self.store().run(Context::Service, work).await?;
        Ok(match found {
            Some(claimed @ Claimed::Answered(..)) => Some(act::replay(claim, claimed)),
            _ => None,
        })
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
    let mut children = HashSet::new();
    waiting.into_iter().partition(|waiting| {
        let submission = &waiting.submission;
        let organisation = submission.organisation;
        let new_key = keys.insert((organisation, submission.claim.key.clone()));
        let mut new_child = true;
        match (submission.reference, submission.made.first()) {
            (Some(reference), _) => new_child &= children.insert((organisation, reference)),
            // Of a refused one there are no tags. Every tag counts: two may have but one of them in common.
            (
                None,
                Some(MadeTags {
                    outcome: Ok(made), ..
                }),
            ) => {
                for tag in &made.tags {
                    new_child &= children.insert((organisation, tag.tag));
                }
            }
            (None, _) => {}
        }
        new_key && new_child
    })
}

/// What a submission has before it waits.
enum Prepared {
    /// Its tags: the child's, and then those of each guardian.
    Tags(Vec<MadeTags>),
    /// It was answered before.
    Answered(Outcome),
}

struct FindAnswer(IdempotencyClaim);

impl Work for FindAnswer {
    const NAME: &'static str = "find_answer";
    type Role = Submit;
    type Output = Option<Claimed>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Submit>) -> Result<Option<Claimed>, StoreError> {
        Ok(tx.claim(std::slice::from_ref(&self.0)).await?.into_iter().next())
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
        let keys_version = tx.hold_keys().await?;
        let covenants = Covenants::read(tx).await?;

        let mut outcomes: Vec<Option<Reply>> = Vec::with_capacity(self.submissions.len());
        let mut weighed = Vec::new();
        for ((place, submission), claimed) in self.submissions.iter().enumerate().zip(claimed) {
            if !matches!(claimed, Claimed::Free) {
                outcomes.push(Some(Reply::Answered(act::replay(&submission.claim, claimed))));
                continue;
            }
            if submission
                .made
                .iter()
                .any(|made| made.keys_version != keys_version)
            {
                outcomes.push(Some(Reply::KeysChanged));
                continue;
            }
            match submission.weigh(covenants.of(submission.covenant)?, tx) {
                Ok((signal, event)) => {
                    outcomes.push(None);
                    weighed.push((place, signal, event));
                }
                Err(failure) => outcomes.push(Some(Reply::Answered(Err(failure)))),
            }
        }

        let mut accepted = Vec::new();
        let mut signals = Vec::new();
        let mut events = Vec::new();
        let organisations = weighed.iter().map(|(_, signal, _)| signal.organisation);
        let mut guardrail = Guardrail::hold(tx, organisations).await?;
        for (place, signal, event) in weighed {
            let submission = &self.submissions[place];
            let organisation = (submission.organisation, submission.organisation_id.0);
            let limit = covenants.of(submission.covenant)?.signals_per_hour();
            match guardrail.takes(tx, organisation, limit) {
                Ok(()) => {
                    accepted.push(place);
                    signals.push(signal);
                    events.push(event);
                }
                Err(retry_after) => {
                    outcomes[place] = Some(Reply::Answered(Err(Failure::HourFull { retry_after })));
                }
            }
        }

        let submitted = tx.submit(&signals, &events).await?;
        for (signal, submitted) in signals.iter().zip(&submitted) {
            if submitted.is_new {
                guardrail.count(signal.organisation);
            }
        }
        guardrail.settle(tx).await?;
        // Expiry acts when one looks: a signal past its end is no answer to a new one.
        let answers: Vec<(usize, StoredAnswer)> = accepted
            .into_iter()
            .zip(&submitted)
            .filter_map(|(place, signal)| {
                let stands = signal
                    .life
                    .at(tx.now())
                    .filter(|stands| stands.state().is_living())?;
                Some((
                    place,
                    answer(tx, signal, stands.state(), &self.submissions[place]),
                ))
            })
            .collect();
        let stored: Vec<_> = answers
            .iter()
            .map(|(place, answer)| (&self.submissions[*place].claim, answer))
            .collect();
        tx.store_answers(&stored).await?;
        for (place, answer) in answers {
            outcomes[place] = Some(Reply::Answered(Ok(act::fresh(answer))));
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
    outcomes: Vec<Option<Reply>>,
    /// Whether a covenant shows matches at once. Else the matcher is not woken by a submission: whether it has much to do
    /// right after would show, in the time of the next request, whether the child is known.
    shown_at_once: bool,
}

impl Submission {
    /// By the network's keys and the covenant's rules, whether it is taken.
    fn weigh(
        &self,
        covenant: &Covenant,
        tx: &Tx<'_, Submit>,
    ) -> Result<(NewSignal, Event), Failure<SubmitSignalRefusal>> {
        let made = self
            .made
            .iter()
            .map(|made| made.outcome.as_ref().map_err(|refusal| *refusal))
            .collect::<Result<Vec<&Tags>, KeyRefusal>>()
            .map_err(SubmitSignalRefusal::from)?;
        for made in &made {
            made.taken.at(tx.now()).map_err(SubmitSignalRefusal::from)?;
        }
        let (child, guardians) = made.split_first().ok_or(StoreError::Column { column: "tag" })?;
        let weighing = Weighing {
            planned_end: self.planned_end,
            destroy_by: Month::of(self.destroy_by.first_day()),
            ground: &self.ground,
            delegated: self.delegate.is_some(),
            guardians: !guardians.is_empty(),
        };
        let accepted = weighing
            .weigh(covenant, self.sector, tx.now())
            .map_err(SubmitSignalRefusal::NotAllowed)?;
        let written = match accepted.sleeps_until {
            Some(_) => State::Sleeping,
            None => State::Active,
        };
        let guardians = guardians.iter().flat_map(|guardian| shared_tags(&guardian.tags));
        let (whose, shared) = match self.reference {
            None => (Whose::Tags(child.tags.clone()), guardians.collect()),
            Some(reference) => (
                Whose::Reference(reference),
                shared_tags(&child.tags).into_iter().chain(guardians).collect(),
            ),
        };
        let signal = NewSignal {
            whose,
            shared,
            suite: child.suite,
            blinded_by_client: child.blinded_by_client,
            organisation: self.organisation,
            delegate: self.delegate.map(|(key, _)| key),
            life: SignalLife {
                written,
                planned_end: self.planned_end,
                destroy_by: self.destroy_by.first_day(),
                facts: accepted,
            },
            professional_key: professional::key(tx.store(), self.organisation_id, &self.contact.reference),
            professional: professional::seal(tx.store(), self.organisation, &self.contact),
            log_tag: self.log_tag,
            trace: self.trace,
        };
        let event = Event::SignalSubmitted {
            signal: self.log_tag,
            organisation: self.organisation_id.0,
            to: written,
            delegate: self.delegate.map(|(_, id)| id.0),
            expires_at: accepted.expires_at,
            tell_before: accepted.paused_from,
            client: self.client.as_str().to_owned(),
            professional_reference: self.contact.reference.as_str().to_owned(),
        };
        Ok((signal, event))
    }
}

/// The same bytes for known and unknown children: only whether this organisation itself had a signal shows.
fn answer(
    tx: &Tx<'_, Submit>,
    signal: &SubmittedSignal,
    state: State,
    submission: &Submission,
) -> StoredAnswer {
    let id = Id(tx.ids().signal(signal.key));
    let body = Signal {
        id,
        state: wire_state(state),
        submitted_at: signal.life.facts.submitted_at,
        planned_end: signal.life.planned_end,
        destroy_by: YearMonth::of(signal.life.destroy_by),
        ended_at: None,
        // Who else gave it is read with the signal: here only the caller is known.
        given_by: submission
            .delegate
            .and_then(|(key, id)| (signal.delegate == Some(key)).then_some(id)),
        disclosure: None,
        assurance: TokenAssurance {
            suite: signal.suite,
            blinded_by_client: signal.blinded_by_client,
        },
    };
    let status = if signal.is_new { 201 } else { 200 };
    StoredAnswer {
        leaves: tx.recorded_about(submission.log_tag),
        ..act::answer(status, Some(format!("/v1/signals/{id}")), &body)
    }
}
