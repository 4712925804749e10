//! The keyholder: how it is reached. What is asked and how answers are checked is `oblivious`; this is transport alone,
//! which the service's gateway uses as well.

use std::sync::Arc;
use std::time::Duration;

use protocol::ClientId;
use protocol::evaluation::{EvaluationAnswer, EvaluationRequest};
use protocol::gate::{GateShare, GateShareRequest, Tombstones};
use protocol::key_epochs::{KeyholderKey, SignedKeyEpochs};
use protocol::rotation::{RotationAnswer, RotationRequest, RotationStep};

use crate::connection::Connection;
use crate::environment::Environment;
use crate::error::Error;

/// How long a partner's program waits for the keyholder in one call, every attempt included.
pub const DEADLINE: Duration = Duration::from_secs(10);

/// The network's keyholder, as its operator published it. The caller proves itself there with the same client and key as
/// at the service.
#[derive(Debug, Clone)]
pub struct KeyholderSettings {
    /// The keyholder's address without path. Plain `http` only to this machine.
    pub url: String,
    /// Its token endpoint.
    pub token_url: String,
    /// Its public key, obtained on another way than from the service or from the keyholder's own address.
    pub key: KeyholderKey,
    /// Its epoch list as it was known last, for a program that keeps it: an older one is refused from the first call on.
    pub known: Option<SignedKeyEpochs>,
    /// How long a call to it may take, every attempt included.
    pub deadline: Duration,
}

/// The calls a keyholder answers. Nothing in an answer is checked here but its form.
pub struct Evaluations {
    connection: Connection,
    deadline: Duration,
}

impl std::fmt::Debug for Evaluations {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Evaluations").finish_non_exhaustive()
    }
}

impl Evaluations {
    /// Prepares the way; nothing is sent before the first call.
    ///
    /// # Errors
    /// [`Error::Settings`] when an address or the private key cannot be used.
    pub fn connect(
        settings: &KeyholderSettings,
        client_id: &ClientId,
        private_key_pem: &str,
        environment: Arc<dyn Environment>,
    ) -> Result<Self, Error> {
        Ok(Self {
            connection: Connection::open(
                &settings.url,
                &settings.token_url,
                client_id,
                private_key_pem,
                environment,
            )?,
            deadline: settings.deadline,
        })
    }

    /// Has a batch evaluated. An attempt that is repeated is charged again.
    ///
    /// # Errors
    /// [`Error`]; refusals are `unknown-key-epoch` (ask for the list), `quota-exhausted` and those of any call.
    pub async fn evaluate(&self, request: &EvaluationRequest) -> Result<EvaluationAnswer, Error> {
        self.within(self.connection.ask("/v1/evaluations", request)).await
    }

    /// Asks for the share of one message, with the consent record and the portal's word that it stands.
    ///
    /// # Errors
    /// [`Error`]; the refusal is `gate-closed`.
    pub async fn gate_share(&self, request: &GateShareRequest) -> Result<GateShare, Error> {
        self.within(self.connection.ask("/v1/gate-shares", request)).await
    }

    /// Tells of consents that ended; only the gateway's client may. Told again it changes nothing.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn gate_tombstones(&self, ended: &Tombstones) -> Result<(), Error> {
        self.within(self.connection.tell("/v1/gate-tombstones", ended))
            .await
    }

    /// The epoch list. Anybody may read it.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn key_epochs(&self) -> Result<SignedKeyEpochs, Error> {
        self.within(self.connection.get_public("/v1/key-epochs")).await
    }

    /// Introduces the next epoch; only the gateway's client may.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn start_rotation(&self, request: &RotationRequest) -> Result<RotationAnswer, Error> {
        self.within(self.connection.ask("/v1/rotations", request)).await
    }

    /// Makes an introduced epoch the live one; asked again it changes nothing.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn flip(&self, to_epoch: u16) -> Result<SignedKeyEpochs, Error> {
        self.step(to_epoch, "flips").await
    }

    /// Destroys the secret of the epoch before; asked again it changes nothing.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn destroy(&self, to_epoch: u16) -> Result<SignedKeyEpochs, Error> {
        self.step(to_epoch, "destructions").await
    }

    async fn step(&self, to_epoch: u16, step: &str) -> Result<SignedKeyEpochs, Error> {
        let path = format!("/v1/rotations/{to_epoch}/{step}");
        self.within(self.connection.ask(&path, &RotationStep {})).await
    }

    async fn within<T>(&self, call: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        tokio::time::timeout(self.deadline, call)
            .await
            .unwrap_or(Err(Error::Deadline))
    }
}

#[cfg(test)]
mod tests;
