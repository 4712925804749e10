//! The keyholder as a ceremony reaches it: with the gateway's client, which is the one that may rotate.

use std::sync::Arc;
use std::time::Duration;

use casework::{Answering, CeremonyKeyholder, KeyholderFault};
use client::Error;
use client::keyholder::Evaluations;
use protocol::evaluation::{EvaluationAnswer, EvaluationRequest};
use protocol::key_epochs::SignedKeyEpochs;
use protocol::problem::ProblemType;
use protocol::rotation::{RotationAnswer, RotationRequest};

use crate::config::Keyholder;
use crate::environment::Machine;

/// How long a call may take. Nobody waits at a door for a ceremony.
const DEADLINE: Duration = Duration::from_secs(30);

/// A connection to the keyholder.
pub struct CeremonyConnection(Evaluations);

impl CeremonyConnection {
    /// Prepares the way; nothing is sent yet.
    ///
    /// # Errors
    /// [`Error::Settings`].
    pub fn open(settings: &Keyholder) -> Result<Self, Error> {
        Evaluations::connect(
            &settings.settings(DEADLINE),
            &settings.client_id,
            &settings.private_key_pem,
            Arc::new(Machine),
        )
        .map(Self)
    }
}

impl CeremonyKeyholder for CeremonyConnection {
    fn key_epochs(&self) -> Answering<'_, SignedKeyEpochs> {
        Box::pin(async { self.0.key_epochs().await.map_err(|error| fault(&error)) })
    }

    fn evaluate(&self, request: EvaluationRequest) -> Answering<'_, EvaluationAnswer> {
        Box::pin(async move { self.0.evaluate(&request).await.map_err(|error| fault(&error)) })
    }

    fn begin_rotation(&self, request: RotationRequest) -> Answering<'_, RotationAnswer> {
        Box::pin(async move {
            let answer = self.0.start_rotation(&request).await;
            answer.map_err(|error| fault(&error))
        })
    }

    fn flip_rotation(&self, to_epoch: u16) -> Answering<'_, SignedKeyEpochs> {
        Box::pin(async move { self.0.flip(to_epoch).await.map_err(|error| fault(&error)) })
    }

    fn destroy_rotated(&self, to_epoch: u16) -> Answering<'_, SignedKeyEpochs> {
        Box::pin(async move { self.0.destroy(to_epoch).await.map_err(|error| fault(&error)) })
    }
}

fn fault(error: &Error) -> KeyholderFault {
    match error {
        Error::Refused(problem) if problem.problem_type() == Some(ProblemType::QuotaExhausted) => {
            KeyholderFault::QuotaExhausted
        }
        Error::Refused(problem) => KeyholderFault::Refused(problem.title.clone()),
        Error::Answer { status } => KeyholderFault::Refused(format!("an answer that is none ({status})")),
        Error::NoToken { status, .. } => {
            KeyholderFault::Refused(format!("no access token for the gateway's client ({status})"))
        }
        _ => KeyholderFault::Unreachable,
    }
}
