//! One exhaustive map from how acts fail to the table of problems.

use protocol::body::{FieldError, FieldErrorCode};
use protocol::gate::GateRefusal;
use protocol::problem::ProblemType;
use service_http::problems::Refusal;

use crate::error::KeyholderError;
use crate::evaluate::EvaluateError;
use crate::gate::GateError;
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
        RotationError::CeremonyKey => Refusal::invalid("/ceremonyKey", FieldErrorCode::NotAllowed),
        RotationError::Keyholder(error) => of_keyholder(error),
    }
}

pub(super) fn of_gate(error: GateError) -> Refusal {
    match error {
        GateError::Closed(closed) => {
            let fault = FieldError::new(closed.pointer(), code(closed));
            Refusal::new(ProblemType::GateClosed).with_errors(vec![fault])
        }
        GateError::NoPartner => ProblemType::InsufficientScope.into(),
        GateError::Keyholder(error) => of_keyholder(error),
    }
}

/// A time that is out of its bounds, which a fresh status or a newer consent mends; or what nothing but another consent
/// does.
fn code(closed: GateRefusal) -> FieldErrorCode {
    match closed {
        GateRefusal::RecordNotYetGiven
        | GateRefusal::RecordExpired
        | GateRefusal::StatusOld
        | GateRefusal::StatusFuture => FieldErrorCode::OutOfRange,
        GateRefusal::RecordHash
        | GateRefusal::RecordUntrusted
        | GateRefusal::RecordNetwork
        | GateRefusal::RecordPurpose
        | GateRefusal::RecordMatch
        | GateRefusal::RecordParty
        | GateRefusal::Tombstoned
        | GateRefusal::StatusUntrusted
        | GateRefusal::StatusNetwork
        | GateRefusal::StatusConsent
        | GateRefusal::Ended => FieldErrorCode::NotAllowed,
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
