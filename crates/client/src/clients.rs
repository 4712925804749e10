//! For a coordinator: the programs of the organisation and their keys.

use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::DecodePrivateKey as _;
use protocol::client::{Client, ClientActSubmission, ClientKey, Clients, KEY_PROOF_TYPE, KeySubmission};
use protocol::{ClientId, IdempotencyKey, Jwk, Thumbprint};

use crate::access::signed;
use crate::error::Error;
use crate::partner::Partner;

impl Partner {
    /// The programs of the organisation.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn clients(&self) -> Result<Vec<Client>, Error> {
        let clients: Clients = self.connection.get("/v1/clients").await?;
        Ok(clients.items)
    }

    /// One of them.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn client(&self, id: &ClientId) -> Result<Client, Error> {
        self.connection.get(&format!("/v1/clients/{id}")).await
    }

    /// Adds an Ed25519 key that was made here, PKCS#8 in PEM, to a program. A proof is good for a minute: when it is not
    /// known whether the call took hold, read the program before calling again.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn add_client_key(
        &self,
        id: &ClientId,
        private_key_pem: &str,
        key: Option<&IdempotencyKey>,
    ) -> Result<ClientKey, Error> {
        let signing = SigningKey::from_pkcs8_pem(private_key_pem)
            .map_err(|_| Error::Settings("the private key is not Ed25519 in PKCS#8 PEM"))?;
        let (audience, environment) = (self.connection.audience(), self.connection.environment());
        let proof = signed(&signing, KEY_PROOF_TYPE, id, audience, environment)?;
        let body = KeySubmission {
            key: Jwk::from(signing.verifying_key().to_bytes()),
            proof,
        };
        let path = format!("/v1/clients/{id}/keys");
        Ok(self.connection.post(&path, &body, key).await?.value)
    }

    /// Retires a key of a program, for good.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again.
    pub async fn retire_client_key(
        &self,
        id: &ClientId,
        kid: Thumbprint,
        key: Option<&IdempotencyKey>,
    ) -> Result<Client, Error> {
        self.on_client(id, &format!("keys/{kid}/retirements"), key).await
    }

    /// Disables a program, at once.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again.
    pub async fn disable_client(&self, id: &ClientId, key: Option<&IdempotencyKey>) -> Result<Client, Error> {
        self.on_client(id, "disablings", key).await
    }

    /// Enables a program that a coordinator disabled.
    ///
    /// # Errors
    /// [`Error`]; when [`Error::is_unknown`] call again.
    pub async fn enable_client(&self, id: &ClientId, key: Option<&IdempotencyKey>) -> Result<Client, Error> {
        self.on_client(id, "enablings", key).await
    }

    async fn on_client(
        &self,
        id: &ClientId,
        act: &str,
        key: Option<&IdempotencyKey>,
    ) -> Result<Client, Error> {
        let path = format!("/v1/clients/{id}/{act}");
        Ok(self
            .connection
            .post(&path, &ClientActSubmission {}, key)
            .await?
            .value)
    }
}
