//! An organisation gives a signal.
//!
//! Submissions wait in a queue; whatever waits when the last transaction is through goes into the next one together,
//! each answered after its commit. One signal that is refused does not fail its neighbours.
//!
//! Tags are made before that, under the keys as they were read last. The transaction holds the network's keys and takes
//! only tags that were made under these; for the others they are made again, from the tokens that are held meanwhile.

mod decide;
mod lanes;
mod queue;

use domain::key::CovenantKey;
use domain::signal::Refusal;
use domain::signal::SignalState as State;
use protocol::OrganisationId;
use protocol::id::Id;
use protocol::signal::{Contact, Signal, SignalSubmission, TokenAssurance};
use protocol::text::YearMonth;
use store::{
    Claimed, Context, IdempotencyClaim, StoreError, StoredAnswer, Submit, SubmittedSignal, Trace, Tx, Work,
};

use crate::act::{self, Answer, Failure, Once};
use crate::caller::Principal;
use crate::covenants::Covenants;
use crate::keyholder::KeyholderFailure;
use crate::read_signals::wire_state;
use crate::receipt::{only_leaf, sign_together};
use crate::tags::{Epochs, HeldTokens, KEY_CHANGES, KeyRefusal, MadeTags, TagFailure};
use crate::{Caller, Casework};

pub use decide::SubmitSignalRefusal;
pub(crate) use decide::{Children, Decision, OverTheHour, Submission, decide};
pub(crate) use queue::Queue;
use queue::Reply;

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
        let mut place = self.enter_queue(caller.organisation)?;
        let principal = self.whose(caller, body.on_behalf_of).await?;
        let held = HeldTokens::of_signal(&body)
            .ok_or_else(|| SubmitSignalRefusal::from(KeyRefusal::UnknownEpoch))?;
        let claim = caller.claim(once);
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
                // Read here: the transaction runs in another task, for many.
                trace: Trace::current(),
                ..self.submission(caller, &principal, &body, made)
            };
            match self.wait(place, claim.clone(), submission).await {
                Reply::Answered(outcome) => return outcome,
                Reply::KeysChanged => {
                    if Some(self.known_keys().await?.state.version) == version {
                        self.read_keys().await?;
                    }
                    place = self.enter_queue(caller.organisation)?;
                }
            }
        }
        Err(StoreError::Interrupted("submit_signals").into())
    }

    /// Whose signal it is: the caller's organisation's, or that of one on whose behalf it may give signals.
    pub(crate) async fn whose(
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

    /// What is decided about: a signal with its tags, under a new name in the log and as yet of no request.
    pub(crate) fn submission(
        &self,
        caller: &Caller,
        principal: &Principal,
        body: &SignalSubmission,
        made: Vec<MadeTags>,
    ) -> Submission {
        let reference = body.client_reference.as_ref().map(|reference| {
            let crypter = self.store().crypter();
            crypter.client_reference(&principal.organisation_id.0, reference.as_str().as_bytes())
        });
        Submission {
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
            ground: Some(body.ground.as_str().to_owned()),
            log_tag: self.store().random_tag(),
            trace: None,
        }
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
        let behalf = self.behalf(caller, reference);
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
    submissions: Vec<(IdempotencyClaim, Submission)>,
}

impl Work for SubmitSignals {
    const NAME: &'static str = "submit_signals";
    type Role = Submit;
    type Output = Submitted;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Submit>) -> Result<Submitted, StoreError> {
        let claims: Vec<IdempotencyClaim> = self.submissions.iter().map(|(claim, _)| claim.clone()).collect();
        // In one round trip: none waits for another's answer. If one fails the others do too, and the keys' row is the one
        // that is waited for.
        let (claimed, keys_version, covenants) =
            tokio::join!(biased; tx.claim(&claims), tx.hold_keys(), Covenants::read(tx));
        let (keys_version, claimed, covenants) = (keys_version?, claimed?, covenants?);

        let mut became: Vec<Became> = Vec::with_capacity(self.submissions.len());
        let mut places = Vec::new();
        for ((place, (claim, submission)), claimed) in self.submissions.iter().enumerate().zip(claimed) {
            became.push(if !matches!(claimed, Claimed::Free) {
                Became::Told(Reply::Answered(act::replay(claim, claimed)))
            } else if submission.is_made_under(keys_version) {
                places.push(place);
                Became::IsBeingWrittenDown
            } else {
                Became::Told(Reply::KeysChanged)
            });
        }
        let to_decide: Vec<&Submission> = places.iter().map(|place| &self.submissions[*place].1).collect();
        let decisions = decide(tx, &to_decide, &covenants, OverTheHour::Refused).await?;
        let mut answers: Vec<(usize, StoredAnswer)> = Vec::new();
        for (place, decision) in places.into_iter().zip(decisions) {
            match decision {
                Decision::Stands(signal, state) => {
                    answers.push((place, answer(tx, &signal, state, &self.submissions[place].1)));
                }
                Decision::IsBeingWrittenDown => {}
                Decision::Refused(failure) => became[place] = Became::Told(Reply::Answered(Err(failure))),
                Decision::HourFull { retry_after } => {
                    let failure = Failure::HourFull { retry_after };
                    became[place] = Became::Told(Reply::Answered(Err(failure)));
                }
                Decision::HourUncertain => became[place] = Became::Undecided,
            }
        }
        let leaves = answers.iter_mut().filter_map(|(_, answer)| only_leaf(answer));
        sign_together(leaves, tx.store().chance());
        let stored: Vec<_> = answers
            .iter()
            .map(|(place, answer)| (&self.submissions[*place].0, answer))
            .collect();
        tx.store_answers(&stored).await?;
        for (place, answer) in answers {
            became[place] = Became::Told(Reply::Answered(Ok(act::fresh(answer))));
        }
        let asked = self.submissions.iter().map(|(_, submission)| submission.covenant);
        Ok(Submitted {
            became,
            shown_at_once: shown_at_once(&covenants, asked)?,
        })
    }
}

/// Whether one of these covenants shows matches at once.
pub(crate) fn shown_at_once(
    covenants: &Covenants,
    asked: impl Iterator<Item = CovenantKey>,
) -> Result<bool, StoreError> {
    let covenants = covenants.each_of(asked)?;
    Ok(covenants
        .iter()
        .any(|covenant| covenant.notice_interval_minutes() == 0))
}

/// What a transaction made of one submission.
enum Became {
    /// This is its answer.
    Told(Reply),
    /// The organisation's own signal about the child has reached its end, but stands as active still.
    IsBeingWrittenDown,
    /// Whether there is room in the hour shows after those that were weighed before it: the next transaction decides.
    Undecided,
}

/// What became of a batch.
struct Submitted {
    became: Vec<Became>,
    /// Whether a covenant shows matches at once. Else the matcher is not woken by a submission: whether it has much to do
    /// right after would show, in the time of the next request, whether the child is known.
    shown_at_once: bool,
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
