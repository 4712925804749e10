//! What the operator does to clients and organisations that are registered: keys, disabling, enabling. Over what a
//! coordinator does it has the last word.

use domain::client::{CannotRetireKey, DisabledBy};
use domain::event::Event;
use protocol::{ClientId, Jwk, OrganisationId, Thumbprint};
use store::{Context, Owner, RegisteredClientRow, Tx, Work};

use crate::register::{RegisterError, registered};
use crate::{Casework, clients};

impl Casework {
    /// Adds a key to a client. Whether its holder has the private one is between the operator and who handed it over.
    ///
    /// # Errors
    /// [`RegisterError::NoSuchClient`], [`RegisterError::Key`].
    pub async fn operate_add_key(&self, client: ClientId, key: Jwk) -> Result<(), RegisterError> {
        self.operate_client(client, Change::AddKey(key)).await.map(drop)
    }

    /// Retires a key, the last one too; false when it was.
    ///
    /// # Errors
    /// [`RegisterError::NoSuchClient`], [`RegisterError::NoSuchKey`].
    pub async fn operate_retire_key(&self, client: ClientId, kid: Thumbprint) -> Result<bool, RegisterError> {
        self.operate_client(client, Change::RetireKey(kid)).await
    }

    /// Disables a client at once; no coordinator enables it. False when it was.
    ///
    /// # Errors
    /// [`RegisterError::NoSuchClient`].
    pub async fn disable_client(&self, client: ClientId) -> Result<bool, RegisterError> {
        self.operate_client(client, Change::Disable).await
    }

    /// Enables a client, whoever disabled it; false when it was.
    ///
    /// # Errors
    /// [`RegisterError::NoSuchClient`].
    pub async fn enable_client(&self, client: ClientId) -> Result<bool, RegisterError> {
        self.operate_client(client, Change::Enable).await
    }

    /// Disables an organisation with all its clients, at once; false when it was. Its signals and matches stand.
    ///
    /// # Errors
    /// [`RegisterError::NoSuchOrganisation`].
    pub async fn disable_organisation(&self, organisation: OrganisationId) -> Result<bool, RegisterError> {
        let work = SetOrganisation {
            organisation,
            enabled: false,
        };
        self.store().run(Context::Service, work).await
    }

    /// Enables it again; false when it was.
    ///
    /// # Errors
    /// [`RegisterError::NoSuchOrganisation`].
    pub async fn enable_organisation(&self, organisation: OrganisationId) -> Result<bool, RegisterError> {
        let work = SetOrganisation {
            organisation,
            enabled: true,
        };
        self.store().run(Context::Service, work).await
    }

    async fn operate_client(&self, client: ClientId, change: Change) -> Result<bool, RegisterError> {
        self.store()
            .run(Context::Service, OperateClient { client, change })
            .await
    }
}

enum Change {
    AddKey(Jwk),
    RetireKey(Thumbprint),
    Disable,
    Enable,
}

struct OperateClient {
    client: ClientId,
    change: Change,
}

impl Work for OperateClient {
    const NAME: &'static str = "operate_client";
    type Role = Owner;
    type Output = bool;
    type Error = RegisterError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<bool, RegisterError> {
        let held = tx.hold_client(self.client.as_str()).await?;
        let client = held.ok_or(RegisterError::NoSuchClient)?;
        let organisation = organisation_of(tx, &client).await?;
        let by = DisabledBy::Operator;
        Ok(match &self.change {
            Change::AddKey(key) => {
                clients::add_key(tx, &client, organisation, key).await??;
                true
            }
            Change::RetireKey(kid) => clients::retire_key(tx, &client, organisation, *kid, false)
                .await?
                .map_err(|reason| match reason {
                    CannotRetireKey::NoSuchKey | CannotRetireKey::LastOfCaller => RegisterError::NoSuchKey,
                })?,
            Change::Disable => clients::disable(tx, &client, organisation, by).await?,
            Change::Enable => clients::enable(tx, &client, organisation, by)
                .await?
                .unwrap_or(false),
        })
    }
}

async fn organisation_of(
    tx: &Tx<'_, Owner>,
    client: &RegisteredClientRow,
) -> Result<[u8; 16], RegisterError> {
    let known = tx.all_organisations().await?;
    let own = known.iter().find(|row| row.key == client.organisation);
    own.map(|row| row.public_id)
        .ok_or(RegisterError::NoSuchOrganisation)
}

struct SetOrganisation {
    organisation: OrganisationId,
    enabled: bool,
}

impl Work for SetOrganisation {
    const NAME: &'static str = "set_organisation";
    type Role = Owner;
    type Output = bool;
    type Error = RegisterError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<bool, RegisterError> {
        let key = registered(tx, self.organisation).await?.key;
        let organisation = self.organisation.0;
        Ok(match self.enabled {
            true => {
                let event = Event::OrganisationEnabled { organisation };
                tx.enable_organisation(key, &event).await?
            }
            false => {
                let event = Event::OrganisationDisabled { organisation };
                tx.disable_organisation(key, &event).await?
            }
        })
    }
}
