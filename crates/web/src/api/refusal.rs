//! One exhaustive map from how acts fail to the table of problems.

use casework::{Failure, Refusable, StoreError};
use protocol::problem::ProblemType;
use service_http::problems::Refusal;

/// How an act's failure is answered.
pub fn of<R: Refusable>(failure: Failure<R>) -> Refusal {
    match failure {
        Failure::Refused(refusal) => refusal.refused().into(),
        Failure::KeyInProgress => ProblemType::IdempotencyInProgress.into(),
        Failure::KeyReused => ProblemType::IdempotencyKeyReused.into(),
        Failure::QueueFull | Failure::LogStopped => ProblemType::TryAgain.into(),
        Failure::KeyholderUnavailable => ProblemType::KeyholderUnavailable.into(),
        Failure::QuotaExhausted { retry_after } => {
            Refusal::new(ProblemType::QuotaExhausted).with_retry_after(retry_after)
        }
        Failure::HourFull { retry_after } => {
            Refusal::new(ProblemType::SignalsPerHour).with_retry_after(retry_after)
        }
        Failure::Store(error) => of_store(error),
    }
}

/// How the database's failure is answered. Whoever asked may try again with the same key; what failed stands in our own
/// log, without values.
pub fn of_store(error: StoreError) -> Refusal {
    if error.is_temporary() {
        tracing::warn!(%error, "answered try-again");
        ProblemType::TryAgain.into()
    } else {
        tracing::error!(%error, "answered internal-error");
        ProblemType::InternalError.into()
    }
}
