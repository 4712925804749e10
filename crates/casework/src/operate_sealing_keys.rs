//! What the operator does to sealing keys from the command line. Over what a coordinator does it has the last word, and like
//! the rest of its commands it sees no message: it is not told what waits.

use domain::sealing_key::CannotRetireSealingKey;
use protocol::OrganisationId;
use protocol::sealed_message::SealingKey;
use store::{Context, Owner, SealingKeyRow, Tx, Work};

use crate::register::{RegisterError, registered};
use crate::{Casework, sealing_keys};

impl Casework {
    /// The sealing keys of an organisation: those that count, the newest first, then those that were retired.
    ///
    /// # Errors
    /// [`RegisterError::NoSuchOrganisation`].
    pub async fn sealing_keys_of(
        &self,
        organisation: OrganisationId,
    ) -> Result<Vec<SealingKeyRow>, RegisterError> {
        self.store().run(Context::Service, ListKeys(organisation)).await
    }

    /// Adds a sealing key to a partner. Whether it has the secret is between the operator and who handed the key over.
    ///
    /// # Errors
    /// [`RegisterError::NoSuchOrganisation`], [`RegisterError::NoSealingKeys`], [`RegisterError::SealingKey`].
    pub async fn operate_add_sealing_key(
        &self,
        organisation: OrganisationId,
        key: SealingKey,
    ) -> Result<(), RegisterError> {
        self.store()
            .run(Context::Service, AddKey(organisation, key))
            .await
    }

    /// Retires a sealing key, whatever waits for it; false when it was.
    ///
    /// # Errors
    /// [`RegisterError::NoSuchOrganisation`], [`RegisterError::NoSuchSealingKey`].
    pub async fn operate_retire_sealing_key(
        &self,
        organisation: OrganisationId,
        key: SealingKey,
    ) -> Result<bool, RegisterError> {
        self.store()
            .run(Context::Service, RetireKey(organisation, key))
            .await
    }
}

struct ListKeys(OrganisationId);

impl Work for ListKeys {
    const NAME: &'static str = "sealing_keys_of";
    type Role = Owner;
    type Output = Vec<SealingKeyRow>;
    type Error = RegisterError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<Vec<SealingKeyRow>, RegisterError> {
        let organisation = registered(tx, self.0).await?;
        Ok(tx.sealing_keys(organisation.key).await?)
    }
}

struct AddKey(OrganisationId, SealingKey);

impl Work for AddKey {
    const NAME: &'static str = "operate_add_sealing_key";
    type Role = Owner;
    type Output = ();
    type Error = RegisterError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<(), RegisterError> {
        let organisation = registered(tx, self.0).await?;
        if organisation.sector.is_none() {
            return Err(RegisterError::NoSealingKeys);
        }
        let organisation = (organisation.key, organisation.public_id);
        Ok(sealing_keys::add(tx, organisation, self.1.as_bytes()).await??)
    }
}

struct RetireKey(OrganisationId, SealingKey);

impl Work for RetireKey {
    const NAME: &'static str = "operate_retire_sealing_key";
    type Role = Owner;
    type Output = bool;
    type Error = RegisterError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<bool, RegisterError> {
        let organisation = registered(tx, self.0).await?;
        let key = self.1.as_bytes();
        let keys = tx.hold_sealing_keys(organisation.key).await?;
        let changes = keys
            .retiring_changes(key, 0, true)
            .map_err(|reason| match reason {
                CannotRetireSealingKey::NoSuchKey | CannotRetireSealingKey::Awaited(_) => {
                    RegisterError::NoSuchSealingKey
                }
            })?;
        if changes {
            sealing_keys::retire(tx, (organisation.key, organisation.public_id), key).await?;
        }
        Ok(changes)
    }
}
