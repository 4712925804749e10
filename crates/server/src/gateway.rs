//! The keyholder as the service's gateway reaches it: with a client of its own, on behalf of partners that send keyed
//! hashes.

use std::sync::Arc;
use std::time::Duration;

use casework::{Keyholder, KeyholderFailure, KeyholderFuture};
use client::Error;
use client::keyholder::Evaluations;
use protocol::evaluation::{EvaluationAnswer, EvaluationRequest};
use protocol::gate::Tombstones;
use protocol::key_epochs::SignedKeyEpochs;
use protocol::problem::ProblemType;

use crate::config;
use crate::environment::{self, Machine};

/// How long a call may take. Somebody waits at a door for it, and the gateway itself waits no longer.
const DEADLINE: Duration = Duration::from_secs(2);

/// Seconds of a UTC day.
const DAY_SECONDS: i64 = 86_400;

/// A connection to the keyholder.
pub struct GatewayConnection(Evaluations);

impl GatewayConnection {
    /// Prepares the way; nothing is sent yet.
    ///
    /// # Errors
    /// [`Error::Settings`].
    pub fn open(settings: &config::Keyholder) -> Result<Self, Error> {
        Evaluations::connect(
            &settings.settings(DEADLINE),
            &settings.client_id,
            &settings.private_key_pem,
            Arc::new(Machine),
        )
        .map(Self)
    }
}

impl Keyholder for GatewayConnection {
    fn evaluate(&self, request: EvaluationRequest) -> KeyholderFuture<'_, EvaluationAnswer> {
        Box::pin(async move { self.0.evaluate(&request).await.map_err(|error| failure(&error)) })
    }

    fn key_epochs(&self) -> KeyholderFuture<'_, SignedKeyEpochs> {
        Box::pin(async { self.0.key_epochs().await.map_err(|error| failure(&error)) })
    }

    fn push_tombstones(&self, ended: Tombstones) -> KeyholderFuture<'_, ()> {
        Box::pin(async move {
            let told = self.0.gate_tombstones(&ended).await;
            told.map_err(|error| failure(&error))
        })
    }
}

fn failure(error: &Error) -> KeyholderFailure {
    match error.problem_type() {
        Some(ProblemType::UnknownKeyEpoch) => KeyholderFailure::UnknownEpoch,
        Some(ProblemType::QuotaExhausted) => {
            // Quotas are of a UTC day.
            let left = DAY_SECONDS - environment::now().as_second().rem_euclid(DAY_SECONDS);
            KeyholderFailure::QuotaExhausted {
                retry_after: u32::try_from(left).unwrap_or(1),
            }
        }
        _ => {
            tracing::warn!(
                error = crate::database::chain(error),
                "the keyholder did not do what was asked"
            );
            KeyholderFailure::Unavailable
        }
    }
}
