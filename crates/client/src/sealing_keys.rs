//! The keys to which others seal for the organisation: who has the secret reads them, a coordinator changes them.

use protocol::sealed_message::{SealError, SealingKey, SealingSecret};
use protocol::sealing_key::{
    RegisteredSealingKey, SealingKeyRetirementSubmission, SealingKeySubmission, SealingKeys,
};
use protocol::{IdempotencyKey, OrganisationId};

use crate::environment::Chance;
use crate::error::Error;
use crate::partner::Partner;

impl Partner {
    /// The sealing keys of the organisation, and the key of the service towards which a secret is proven.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn sealing_keys(&self) -> Result<SealingKeys, Error> {
        self.connection.get("/v1/sealing-keys").await
    }

    /// Adds the key of this secret, which is proven and stays here. Others seal to it from the answer on: first let the
    /// organisation's programs hold the secret.
    ///
    /// # Errors
    /// [`Error`]. When [`Error::is_unknown`] read the keys: a second call makes another proof, and is another request.
    pub async fn add_sealing_key(
        &self,
        organisation: OrganisationId,
        secret: &SealingSecret,
        key: Option<&IdempotencyKey>,
    ) -> Result<RegisteredSealingKey, Error> {
        let verifier = self.sealing_keys().await?.proof_key.into();
        let mut chance = Chance(self.connection.environment());
        let body = SealingKeySubmission {
            key: secret.public().map_err(|_| SealError::Key)?.into(),
            proof: secret.prove_possession(organisation, &verifier, &mut chance)?,
        };
        Ok(self.connection.post("/v1/sealing-keys", &body, key).await?.value)
    }

    /// Retires a sealing key, for good. While messages wait that are sealed to it this is refused, unless
    /// `despite_waiting`; they can still be fetched afterwards, and opened with its secret.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again.
    pub async fn retire_sealing_key(
        &self,
        retired: &SealingKey,
        despite_waiting: bool,
        key: Option<&IdempotencyKey>,
    ) -> Result<RegisteredSealingKey, Error> {
        let path = format!("/v1/sealing-keys/{retired}/retirements");
        let body = SealingKeyRetirementSubmission { despite_waiting };
        Ok(self.connection.post(&path, &body, key).await?.value)
    }
}
