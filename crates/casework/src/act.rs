//! The shape of an act on behalf of a partner: done once per idempotency key, answered with bytes that can be replayed.

use std::future::Future;

use protocol::Refused;
use protocol::problem::ProblemType;
use serde::Serialize;
use store::{
    AnswersIdempotently, Claimed, Context, IdempotencyClaim, Matcher, Party, StoreError, StoredAnswer, Tx,
    Work,
};

use crate::{Caller, Casework};

/// The caller's idempotency key and the fingerprint of the request it came with (BLAKE3 of method, path, body).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once {
    /// Chosen by the partner.
    pub key: protocol::IdempotencyKey,
    /// Tells another request under the same key apart.
    pub fingerprint: [u8; 32],
}

/// What is answered to a state-changing request: bytes, since a replay must be equal to the letter.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// `Location`.
    pub location: Option<String>,
    /// JSON.
    pub body: Vec<u8>,
    /// Whether this was answered before.
    pub replayed: bool,
    /// The log's signed promises that what was done stands in it within 60 s: one for each leaf.
    pub receipts: Vec<String>,
    /// The leaves promised.
    pub(crate) leaves: Vec<store::WrittenLeaf>,
}

/// Why an act was not done. `R` are the act's own reasons.
#[derive(Debug, thiserror::Error)]
pub enum Failure<R> {
    /// The act's own reason.
    #[error(transparent)]
    Refused(R),
    /// A request with this idempotency key still runs.
    #[error("a request with this idempotency key is in progress")]
    KeyInProgress,
    /// This idempotency key came with another request before.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// The keyholder is needed and did not answer as it must; nothing was stored.
    #[error("the keyholder is needed and did not answer as it must")]
    KeyholderUnavailable,
    /// What the organisation or the professional may have evaluated today is used up.
    #[error("the quota of evaluations is used up")]
    QuotaExhausted {
        /// Seconds until there is more.
        retry_after: u32,
    },
    /// The organisation gave as many signals in this hour of the clock as its covenant allows.
    #[error("the organisation gave as many signals in this hour as its covenant allows")]
    HourFull {
        /// Seconds until the next hour.
        retry_after: u32,
    },
    /// Too much waits already.
    #[error("the queue is full")]
    QueueFull,
    /// The audit log is not published, so that no receipt could be kept.
    #[error("the audit log is not published")]
    LogStopped,
    /// The database.
    #[error("the database failed")]
    Store(#[source] StoreError),
}

impl<R> From<StoreError> for Failure<R> {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl<R: Refusable> From<R> for Failure<R> {
    fn from(refusal: R) -> Self {
        Self::Refused(refusal)
    }
}

/// A reason that has a place in the one table of problems.
pub trait Refusable: std::error::Error + Send + 'static {
    /// What the caller is told.
    fn refused(&self) -> Refused;
}

/// The thing does not exist, or not for this caller: both look the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no such thing for this caller")]
pub struct NotFound;

impl Refusable for NotFound {
    fn refused(&self) -> Refused {
        plainly(ProblemType::NotFound)
    }
}

/// A refusal without faults in particular fields.
pub(crate) fn plainly(problem: ProblemType) -> Refused {
    Refused {
        problem,
        errors: Vec::new(),
    }
}

/// A state-changing act of one organisation in one transaction.
pub(crate) trait Act: Send + Sync + 'static {
    /// Its name.
    const NAME: &'static str;
    /// How it can be refused.
    type Refusal: Send + 'static;

    /// Does it; may run again in a new transaction.
    fn perform(
        &self,
        tx: &Tx<'_, Party>,
    ) -> impl Future<Output = Result<StoredAnswer, Failure<Self::Refusal>>> + Send;
}

/// An act under its idempotency key: found answered, it is replayed; else it is done and its answer kept, in the same
/// transaction.
struct Idempotent<A> {
    claim: IdempotencyClaim,
    act: A,
}

impl<A: Act> Work for Idempotent<A> {
    const NAME: &'static str = A::NAME;
    type Role = Party;
    type Output = Answer;
    type Error = Failure<A::Refusal>;

    async fn run(&self, tx: &Tx<'_, Party>) -> Result<Answer, Self::Error> {
        let perform = async {
            let mut answer = self.act.perform(tx).await?;
            // An act that tells others says itself which leaves it promises: a leaf names whom it is about.
            if answer.leaves.is_empty() {
                answer.leaves = tx.recorded();
            }
            Ok(answer)
        };
        once(tx, &self.claim, perform).await
    }
}

/// An act that can be done again without harm: what it is about says whether it was done. It has no idempotency key, and
/// says itself which leaves it promises.
struct Repeatable<A>(A);

impl<A: Act> Work for Repeatable<A> {
    const NAME: &'static str = A::NAME;
    type Role = Party;
    type Output = Answer;
    type Error = Failure<A::Refusal>;

    async fn run(&self, tx: &Tx<'_, Party>) -> Result<Answer, Self::Error> {
        self.0.perform(tx).await.map(fresh)
    }
}

/// A state-changing act that touches records of others too, such as ending a signal that is in a match. It runs as the
/// matcher, whom row-level security does not stop, so it checks itself whose record it was asked about. Its answer carries
/// the leaves that the caller is promised, and none about others.
pub(crate) trait MatcherAct: Send + Sync + 'static {
    /// Its name.
    const NAME: &'static str;
    /// How it can be refused.
    type Refusal: Send + 'static;

    /// Does it; may run again in a new transaction.
    fn perform(
        &self,
        tx: &Tx<'_, Matcher>,
    ) -> impl Future<Output = Result<StoredAnswer, Failure<Self::Refusal>>> + Send;
}

struct IdempotentAsMatcher<A> {
    claim: IdempotencyClaim,
    act: A,
}

impl<A: MatcherAct> Work for IdempotentAsMatcher<A> {
    const NAME: &'static str = A::NAME;
    type Role = Matcher;
    type Output = Answer;
    type Error = Failure<A::Refusal>;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<Answer, Self::Error> {
        once(tx, &self.claim, self.act.perform(tx)).await
    }
}

/// What is performed where nothing stands behind the key yet, and its answer kept; else what stands there.
async fn once<R: AnswersIdempotently, E>(
    tx: &Tx<'_, R>,
    claim: &IdempotencyClaim,
    perform: impl Future<Output = Result<StoredAnswer, Failure<E>>> + Send,
) -> Result<Answer, Failure<E>> {
    let found = tx.claim(std::slice::from_ref(claim)).await?;
    match found.into_iter().next() {
        Some(Claimed::Free) => {
            let answer = perform.await?;
            tx.store_answers(&[(claim, &answer)]).await?;
            Ok(fresh(answer))
        }
        Some(claimed) => replay(claim, claimed),
        None => Err(StoreError::Column { column: "place" }.into()),
    }
}

/// What a key that is not free leads to.
pub(crate) fn replay<R>(claim: &IdempotencyClaim, claimed: Claimed) -> Result<Answer, Failure<R>> {
    match claimed {
        Claimed::Answered(fingerprint, answer) if fingerprint == claim.fingerprint => Ok(Answer {
            replayed: true,
            ..fresh(answer)
        }),
        Claimed::Answered(..) => Err(Failure::KeyReused),
        Claimed::InProgress | Claimed::Free => Err(Failure::KeyInProgress),
    }
}

impl Casework {
    /// Whether something was answered under this key: looked up before anything is done that leaves a trace.
    pub(crate) async fn was_answered(&self, caller: &Caller, once: &Once) -> Result<bool, StoreError> {
        let peek = Peek(caller.claim(once.clone()));
        self.store().run(Context::Service, peek).await
    }
}

struct Peek(IdempotencyClaim);

impl Work for Peek {
    const NAME: &'static str = "peek_answer";
    type Role = Matcher;
    type Output = bool;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<bool, StoreError> {
        let found = tx.claim(std::slice::from_ref(&self.0)).await?;
        Ok(!matches!(found.first(), Some(Claimed::Free)))
    }
}

/// An answer given for the first time.
pub(crate) fn fresh(answer: StoredAnswer) -> Answer {
    Answer {
        status: answer.status,
        location: answer.location,
        body: answer.body,
        replayed: false,
        receipts: Vec::new(),
        leaves: answer.leaves,
    }
}

/// An answer with this body.
pub(crate) fn answer(status: u16, location: Option<String>, body: &impl Serialize) -> StoredAnswer {
    // Our own bodies are plain structs with string keys: writing them as JSON cannot fail.
    let body = serde_json::to_vec(body).unwrap_or_default();
    StoredAnswer {
        status,
        location,
        body,
        leaves: Vec::new(),
    }
}

/// A read of one organisation in one transaction. Reading leaves its trace too, committed before any byte leaves.
pub(crate) trait Look: Send + Sync + 'static {
    /// Its name.
    const NAME: &'static str;
    /// What is seen.
    type Output: Send + 'static;
    /// How it can be refused.
    type Refusal: Send + 'static;
    /// Whether it leaves no trace, and asks the database something before it needs the time.
    const ONLY: bool = false;

    /// Looks.
    fn look(
        &self,
        tx: &Tx<'_, Party>,
    ) -> impl Future<Output = Result<Self::Output, Failure<Self::Refusal>>> + Send;
}

struct Looking<L>(L);

impl<L: Look> Work for Looking<L> {
    const NAME: &'static str = L::NAME;
    const LOOKS: bool = L::ONLY;
    type Role = Party;
    type Output = L::Output;
    type Error = Failure<L::Refusal>;

    async fn run(&self, tx: &Tx<'_, Party>) -> Result<L::Output, Self::Error> {
        self.0.look(tx).await
    }
}

impl Casework {
    /// Does an act of the caller's organisation once.
    pub(crate) async fn act<A: Act>(
        &self,
        caller: &Caller,
        once: Once,
        act: A,
    ) -> Result<Answer, Failure<A::Refusal>> {
        let claim = caller.claim(once);
        let context = Context::Organisation(caller.organisation);
        self.promise(context, Idempotent { claim, act }).await
    }

    /// Does an act of the caller's organisation that can be done again without harm.
    pub(crate) async fn repeatable_act<A: Act>(
        &self,
        caller: &Caller,
        act: A,
    ) -> Result<Answer, Failure<A::Refusal>> {
        self.promise(Context::Organisation(caller.organisation), Repeatable(act))
            .await
    }

    /// Does an act of the caller's organisation once, as the matcher.
    pub(crate) async fn matcher_act<A: MatcherAct>(
        &self,
        caller: &Caller,
        once: Once,
        act: A,
    ) -> Result<Answer, Failure<A::Refusal>> {
        let claim = caller.claim(once);
        let context = Context::Organisation(caller.organisation);
        self.promise(context, IdempotentAsMatcher { claim, act }).await
    }

    /// Does an act of the caller's organisation once, for a family that brought a code.
    pub(crate) async fn assisted_act<A: Act>(
        &self,
        caller: &Caller,
        credential: [u8; 32],
        once: Once,
        act: A,
    ) -> Result<Answer, Failure<A::Refusal>> {
        let claim = caller.claim(once);
        let context = Context::Assisted(caller.organisation, credential);
        let answer = self.promise(context, Idempotent { claim, act }).await?;
        self.inner.wake.matcher.notify_one();
        Ok(answer)
    }

    /// Does what leaves a leaf, and gives the log's promise with the answer.
    async fn promise<W, E>(&self, context: Context, work: W) -> Result<Answer, Failure<E>>
    where
        W: Work<Output = Answer, Error = Failure<E>>,
    {
        self.may_promise()?;
        let answer = self.store().run(context, work).await?;
        self.inner.wake.sequencer.notify_one();
        self.with_receipts(answer)
    }

    /// Looks on behalf of the caller's organisation, for a family that brought a code.
    pub(crate) async fn assisted_look<L: Look>(
        &self,
        caller: &Caller,
        credential: [u8; 32],
        look: L,
    ) -> Result<L::Output, Failure<L::Refusal>> {
        let context = Context::Assisted(caller.organisation, credential);
        let seen = self.store().run(context, Looking(look)).await?;
        self.inner.wake.sequencer.notify_one();
        Ok(seen)
    }

    /// Looks on behalf of the caller's organisation.
    pub(crate) async fn look<L: Look>(
        &self,
        caller: &Caller,
        look: L,
    ) -> Result<L::Output, Failure<L::Refusal>> {
        self.store()
            .run(Context::Organisation(caller.organisation), Looking(look))
            .await
    }
}
