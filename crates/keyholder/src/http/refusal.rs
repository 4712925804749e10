//! One exhaustive map from how acts fail to the table of problems.

use protocol::problem::ProblemType;
use service_http::problems::Refusal;

use crate::error::KeyholderError;
use crate::evaluate::EvaluateError;
use crate::rotation::RotationError;

pub(super) fn of_evaluation(error: EvaluateError) -> Refusal {
    match error {
        EvaluateError::Members(errors) => Refusal::new(ProblemType::InvalidRequest).with_errors(errors),
        EvaluateError::UnknownEpoch => ProblemType::UnknownKeyEpoch.into(),
        EvaluateError::Exhausted(exhausted) => {
            Refusal::new(ProblemType::QuotaExhausted).with_retry_after(exhausted.retry_after_seconds)
        }
        EvaluateError::Full => ProblemType::TryAgain.into(),
        EvaluateError::Keyholder(error) => of_keyholder(error),
    }
}

pub(super) fn of_rotation(error: RotationError) -> Refusal {
    match error {
        RotationError::UnknownEpoch => ProblemType::UnknownKeyEpoch.into(),
        RotationError::WrongPhase | RotationError::UnderWay | RotationError::NoMoreEpochs => {
            ProblemType::RotationPhase.into()
        }
        RotationError::CeremonyKey => {
            Refusal::invalid("/ceremonyKey", protocol::body::FieldErrorCode::NotAllowed)
        }
        RotationError::Keyholder(error) => of_keyholder(error),
    }
}

/// Whoever asked may try again; what failed stands in our own log, without values.
pub(super) fn of_keyholder(error: KeyholderError) -> Refusal {
    if error.is_temporary() {
        tracing::warn!(%error, "answered try-again");
        ProblemType::TryAgain.into()
    } else {
        tracing::error!(%error, "answered internal-error");
        ProblemType::InternalError.into()
    }
}
