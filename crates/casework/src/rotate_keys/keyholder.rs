//! What a ceremony asks of the keyholder. The program that has a connection implements it.

use std::future::Future;
use std::pin::Pin;

use protocol::evaluation::{EvaluationAnswer, EvaluationRequest};
use protocol::key_epochs::SignedKeyEpochs;
use protocol::rotation::{RotationAnswer, RotationRequest};

/// An answer to be waited for.
pub type Answering<'a, T> = Pin<Box<dyn Future<Output = Result<T, KeyholderFault>> + Send + 'a>>;

/// The keyholder, as a ceremony needs it. Every call may be made again: a ceremony that was killed does.
pub trait CeremonyKeyholder: Send + Sync {
    /// Its signed list of epochs.
    fn key_epochs(&self) -> Answering<'_, SignedKeyEpochs>;

    /// Evaluates blinded elements.
    fn evaluate(&self, request: EvaluationRequest) -> Answering<'_, EvaluationAnswer>;

    /// Hands over the quotient of a prepared epoch's key and the live one's, sealed.
    fn begin_rotation(&self, request: RotationRequest) -> Answering<'_, RotationAnswer>;

    /// Makes that epoch the live one.
    fn flip_rotation(&self, to_epoch: u16) -> Answering<'_, SignedKeyEpochs>;

    /// Destroys the secret of the epoch before it, at once or when its own time of grace is over.
    fn destroy_rotated(&self, to_epoch: u16) -> Answering<'_, SignedKeyEpochs>;
}

/// Why the keyholder did not do what a ceremony asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyholderFault {
    /// It does not answer, or not in time.
    #[error("it cannot be reached; the same command goes on later")]
    Unreachable,
    /// It charges what is evaluated, and the day's share is used up.
    #[error("the quota of this day is used up; the same command goes on tomorrow, or with a larger quota")]
    QuotaExhausted,
    /// It refuses, with the name of the problem.
    #[error("it refuses: {0}")]
    Refused(String),
    /// Its list is not signed with the pinned key, or does not begin with the list that was accepted before.
    #[error("its list of key epochs cannot be accepted")]
    List,
    /// Its proof does not hold, or its answer does not fit the question.
    #[error("its answer does not hold against its public key")]
    Proof,
}
