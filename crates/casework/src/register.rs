//! What the operator sets up: the network, covenants, organisations and the clients that act for them.

use domain::actor::{Role, Sector};
use domain::covenant::{Covenant, SettingError};
use domain::event::Event;
use domain::key::OrganisationKey;
use protocol::{ClientId, OrganisationId};
use store::{Context, CovenantRow, NetworkRow, NewNetwork, NewOrganisation, Owner, StoreError, Tx, Work};

use crate::Casework;

/// An organisation to be registered with one client.
#[derive(Debug, Clone)]
pub struct NewParty {
    /// Name of its covenant.
    pub covenant: String,
    /// Its name.
    pub name: String,
    /// Its sector; none for a supervisor.
    pub sector: Option<Sector>,
    /// X25519 public key to which exchange is sealed.
    pub sealing_key: Option<[u8; 32]>,
    /// Ed25519 public key of its client.
    pub client_key: [u8; 32],
}

/// What was registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// The organisation's public id.
    pub organisation: OrganisationId,
    /// Its client.
    pub client: ClientId,
}

/// Why something cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// There is no covenant of this name.
    #[error("there is no covenant of this name")]
    NoSuchCovenant,
    /// The covenant has an organisation of this name.
    #[error("the covenant has an organisation of this name already")]
    NameTaken,
    /// No organisation has this id.
    #[error("no organisation has this id")]
    NoSuchOrganisation,
    /// Suites are 1 and 2.
    #[error("suites are 1 (keyed hash) and 2 (oblivious)")]
    NoSuchSuite,
    /// No enabled client has this id.
    #[error("no enabled client has this id")]
    NoSuchClient,
    /// The settings are not right.
    #[error("the settings are not right")]
    Settings(Vec<SettingError>),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Casework {
    /// Sets the network up, unless it is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn put_network(&self, kind: &str, keys: NetworkRow) -> Result<(), StoreError> {
        let network = NewNetwork {
            kind: kind.to_owned(),
            keys,
        };
        self.store().run(Context::Service, PutNetwork(network)).await
    }

    /// Applies a covenant's settings: a new covenant, or a new version of the one of that name. Gives the version.
    /// Applying what is in force already changes nothing.
    ///
    /// # Errors
    /// [`RegisterError::Settings`] with all faults at once.
    pub async fn apply_covenant(&self, toml: &str) -> Result<i32, RegisterError> {
        let covenant = Covenant::parse(toml).map_err(RegisterError::Settings)?;
        let work = ApplyCovenant {
            name: covenant.name().to_owned(),
            settings: covenant.to_toml(),
        };
        self.store().run(Context::Service, work).await
    }

    /// All covenants with their settings.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn covenants(&self) -> Result<Vec<CovenantRow>, StoreError> {
        self.store().run(Context::Service, ListCovenants).await
    }

    /// Registers an organisation and its client.
    ///
    /// # Errors
    /// [`RegisterError`].
    pub async fn register(&self, party: NewParty) -> Result<Registered, RegisterError> {
        self.store().run(Context::Service, Register(party)).await
    }

    /// Every organisation, for the operator.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn organisations(&self) -> Result<Vec<store::OrganisationRow>, StoreError> {
        self.store().run(Context::Service, ListOrganisations).await
    }

    /// Every client, disabled ones too, for the operator.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn clients(&self) -> Result<Vec<store::RegisteredClientRow>, StoreError> {
        self.store().run(Context::Service, ListClients).await
    }

    /// Sets the lowest suite that is taken from an organisation: with 2, only tokens that its own system blinded.
    ///
    /// # Errors
    /// [`RegisterError::NoSuchOrganisation`], [`RegisterError::NoSuchSuite`].
    pub async fn set_min_suite(
        &self,
        organisation: OrganisationId,
        min_suite: u8,
    ) -> Result<(), RegisterError> {
        let work = SetMinSuite {
            organisation,
            min_suite,
        };
        self.store().run(Context::Service, work).await
    }

    /// Disables a client at once.
    ///
    /// # Errors
    /// [`RegisterError::NoSuchClient`].
    pub async fn disable_client(&self, client: ClientId) -> Result<(), RegisterError> {
        self.store().run(Context::Service, DisableClient(client)).await
    }
}

struct PutNetwork(NewNetwork);

impl Work for PutNetwork {
    const NAME: &'static str = "put_network";
    type Role = Owner;
    type Output = ();
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<(), StoreError> {
        tx.put_network(&self.0).await
    }
}

struct ApplyCovenant {
    name: String,
    settings: String,
}

impl Work for ApplyCovenant {
    const NAME: &'static str = "apply_covenant";
    type Role = Owner;
    type Output = i32;
    type Error = RegisterError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<i32, RegisterError> {
        let changed = |covenant| Event::CovenantChanged {
            covenant,
            settings: self.settings.clone(),
        };
        match tx.covenant_by_name(&self.name).await? {
            None => {
                let log_tag = tx.store().random_tag();
                tx.insert_covenant(&self.name, &self.settings, log_tag, &changed(log_tag))
                    .await?;
                Ok(1)
            }
            Some(row) if row.settings == self.settings => Ok(row.version),
            Some(row) => {
                tx.update_covenant(row.key, &self.settings, &changed(row.log_tag))
                    .await?;
                Ok(row.version + 1)
            }
        }
    }
}

struct ListCovenants;

impl Work for ListCovenants {
    const NAME: &'static str = "list_covenants";
    type Role = Owner;
    type Output = Vec<CovenantRow>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<Vec<CovenantRow>, StoreError> {
        tx.covenants().await
    }
}

struct Register(NewParty);

impl Work for Register {
    const NAME: &'static str = "register";
    type Role = Owner;
    type Output = Registered;
    type Error = RegisterError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<Registered, RegisterError> {
        let party = &self.0;
        let covenant = tx
            .covenant_by_name(&party.covenant)
            .await?
            .ok_or(RegisterError::NoSuchCovenant)?;
        let taken = tx.all_organisations().await?;
        if taken
            .iter()
            .any(|row| row.covenant == covenant.key && row.name == party.name)
        {
            return Err(RegisterError::NameTaken);
        }
        let public_id: [u8; 16] = tx.store().random();
        let sector = party.sector.map(Sector::slug);
        let role = if sector.is_some() {
            Role::Partner
        } else {
            Role::Supervisor
        };
        let new = NewOrganisation {
            public_id,
            covenant: covenant.key,
            name: party.name.clone(),
            role: role.slug().to_owned(),
            sector: sector.map(str::to_owned),
            sealing_key: party.sealing_key,
        };
        let event = Event::OrganisationRegistered {
            tag: tx.store().random_tag(),
            organisation: public_id,
            covenant: covenant.log_tag,
            name: party.name.clone(),
            sector,
        };
        let key = tx.insert_organisation(&new, &event).await?;
        let client = self.insert_client(tx, key, public_id, role).await?;
        Ok(Registered {
            organisation: OrganisationId(public_id),
            client,
        })
    }
}

impl Register {
    async fn insert_client(
        &self,
        tx: &Tx<'_, Owner>,
        organisation: OrganisationKey,
        public_id: [u8; 16],
        role: Role,
    ) -> Result<ClientId, RegisterError> {
        let id = format!("cl_{}", protocol::text::encode(tx.store().random::<16>()));
        let client: ClientId = id.parse().map_err(|_| StoreError::Column { column: "id" })?;
        let tag = tx.store().random_tag();
        let event = Event::ClientRegistered {
            tag,
            organisation: public_id,
            client: id.clone(),
            role: role.slug(),
        };
        tx.insert_client(&id, organisation, &self.0.client_key, tag, &event)
            .await?;
        Ok(client)
    }
}

struct ListOrganisations;

impl Work for ListOrganisations {
    const NAME: &'static str = "list_organisations";
    type Role = Owner;
    type Output = Vec<store::OrganisationRow>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<Vec<store::OrganisationRow>, StoreError> {
        tx.all_organisations().await
    }
}

struct ListClients;

impl Work for ListClients {
    const NAME: &'static str = "list_clients";
    type Role = Owner;
    type Output = Vec<store::RegisteredClientRow>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<Vec<store::RegisteredClientRow>, StoreError> {
        tx.all_clients().await
    }
}

struct SetMinSuite {
    organisation: OrganisationId,
    min_suite: u8,
}

impl Work for SetMinSuite {
    const NAME: &'static str = "set_min_suite";
    type Role = Owner;
    type Output = ();
    type Error = RegisterError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<(), RegisterError> {
        if !(1..=2).contains(&self.min_suite) {
            return Err(RegisterError::NoSuchSuite);
        }
        let known = tx.all_organisations().await?;
        let organisation = known.iter().find(|row| row.public_id == self.organisation.0);
        let organisation = organisation.ok_or(RegisterError::NoSuchOrganisation)?;
        if organisation.min_suite == self.min_suite {
            return Ok(());
        }
        let event = Event::OrganisationMinSuiteSet {
            organisation: self.organisation.0,
            min_suite: self.min_suite,
        };
        Ok(tx.set_min_suite(organisation.key, self.min_suite, &event).await?)
    }
}

struct DisableClient(ClientId);

impl Work for DisableClient {
    const NAME: &'static str = "disable_client";
    type Role = Owner;
    type Output = ();
    type Error = RegisterError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<(), RegisterError> {
        let id = self.0.as_str();
        let (tag, organisation) = tx.enabled_client(id).await?.ok_or(RegisterError::NoSuchClient)?;
        let event = Event::ClientDisabled {
            tag,
            organisation,
            client: id.to_owned(),
        };
        Ok(tx.disable_client(id, &event).await?)
    }
}
