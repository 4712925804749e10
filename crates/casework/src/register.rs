//! Whom the operator registers: organisations, the clients that act for them, and who gives signals for whom.

use std::collections::BTreeSet;

use domain::actor::{NotItsRole, OrganisationKind, Role, Sector};
use domain::client::{CannotAddKey, ClientState};
use domain::covenant::SettingError;
use domain::event::Event;
use domain::key::OrganisationKey;
use domain::sealing_key::CannotAddSealingKey;
use protocol::{ClientId, Jwk, OrganisationId, Thumbprint};
use store::{Context, Delegation, NewClient, NewOrganisation, Owner, StoreError, Tx, Work};

use crate::Casework;
use crate::apply_covenant::take_office;
use crate::clients::new_key;
use crate::sealing_keys;

/// An organisation to be registered with one client.
#[derive(Debug, Clone)]
pub struct NewParty {
    /// Name of its covenant.
    pub covenant: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: OrganisationKind,
    /// The sector of a partner; others have none.
    pub sector: Option<Sector>,
    /// In which roles its client may act; empty means all that such an organisation has.
    pub roles: BTreeSet<Role>,
    /// X25519 public key to which exchange is sealed.
    pub sealing_key: Option<[u8; 32]>,
    /// Public key of its client.
    pub client_key: Jwk,
}

/// What was registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// The organisation's public id.
    pub organisation: OrganisationId,
    /// Its client.
    pub client: ClientId,
}

/// A client as the operator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredClient {
    /// OAuth client id.
    pub id: String,
    /// On whose behalf it acts.
    pub organisation: OrganisationKey,
    /// In which roles it may act.
    pub roles: Vec<String>,
    /// Whether it may do anything.
    pub state: ClientState,
    /// Its keys that count.
    pub keys: Vec<Thumbprint>,
}

/// Why something cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// There is no covenant of this name.
    #[error("there is no covenant of this name")]
    NoSuchCovenant,
    /// The covenant has an organisation of this name, or the network a municipality.
    #[error("there is an organisation of this name already")]
    NameTaken,
    /// A partner has a sector, others have none.
    #[error("a partner has a sector, a municipality or supervisor has none")]
    SectorOfPartner,
    /// Such an organisation has nobody in that role.
    #[error(transparent)]
    NotItsRole(#[from] NotItsRole),
    /// Only partners give signals.
    #[error("only partners give signals, and for another than themselves")]
    NoDelegation,
    /// No organisation has this id.
    #[error("no organisation has this id")]
    NoSuchOrganisation,
    /// Suites are 1 and 2.
    #[error("suites are 1 (keyed hash) and 2 (oblivious)")]
    NoSuchSuite,
    /// No client has this id.
    #[error("no client has this id")]
    NoSuchClient,
    /// A key cannot be added.
    #[error(transparent)]
    Key(#[from] CannotAddKey),
    /// The client has no such key.
    #[error("the client has no such key")]
    NoSuchKey,
    /// A sealing key cannot be added.
    #[error(transparent)]
    SealingKey(#[from] CannotAddSealingKey),
    /// Others seal to partners only.
    #[error("only a partner has sealing keys")]
    NoSealingKeys,
    /// The organisation has no such sealing key.
    #[error("the organisation has no such sealing key")]
    NoSuchSealingKey,
    /// The settings are not right.
    #[error("the settings are not right")]
    Settings(Vec<SettingError>),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Casework {
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
    pub async fn clients(&self) -> Result<Vec<RegisteredClient>, StoreError> {
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

    /// Registers a further client of an organisation; empty roles mean all that such an organisation has.
    ///
    /// # Errors
    /// [`RegisterError::NoSuchOrganisation`], [`RegisterError::NotItsRole`].
    pub async fn register_client(
        &self,
        organisation: OrganisationId,
        client_key: Jwk,
        roles: BTreeSet<Role>,
    ) -> Result<ClientId, RegisterError> {
        let work = RegisterClient {
            organisation,
            client_key,
            roles,
        };
        self.store().run(Context::Service, work).await
    }

    /// Lets an organisation give signals for another (`may`), or no longer. Gives whether that changed anything.
    ///
    /// # Errors
    /// [`RegisterError::NoSuchOrganisation`], [`RegisterError::NoDelegation`].
    pub async fn delegate(
        &self,
        principal: OrganisationId,
        delegate: OrganisationId,
        may: bool,
    ) -> Result<bool, RegisterError> {
        let work = Delegate {
            principal,
            delegate,
            may,
        };
        self.store().run(Context::Service, work).await
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
        if (party.kind == OrganisationKind::Partner) != party.sector.is_some() {
            return Err(RegisterError::SectorOfPartner);
        }
        let roles = party.kind.roles_among(&party.roles)?;
        let is_municipality = party.kind == OrganisationKind::Municipality;
        let taken = tx.all_organisations().await?;
        // Covenants name municipalities, so of these there is one of a name in the network.
        if taken.iter().any(|row| {
            let of_same = row.covenant == covenant.key
                || (is_municipality && row.role == OrganisationKind::Municipality.slug());
            of_same && row.name == party.name
        }) {
            return Err(RegisterError::NameTaken);
        }
        let public_id: [u8; 16] = tx.store().random();
        let sector = party.sector.map(Sector::slug);
        let new = NewOrganisation {
            public_id,
            covenant: covenant.key,
            name: party.name.clone(),
            role: party.kind.slug().to_owned(),
            sector: sector.map(str::to_owned),
        };
        let event = Event::OrganisationRegistered {
            tag: tx.store().random_tag(),
            organisation: public_id,
            covenant: covenant.log_tag,
            name: party.name.clone(),
            kind: party.kind.slug(),
            sector,
        };
        let key = tx.insert_organisation(&new, &event).await?;
        if is_municipality {
            take_office(tx).await?;
        }
        if let Some(sealing_key) = party.sealing_key {
            sealing_keys::add(tx, (key, public_id), &sealing_key).await??;
        }
        let client = insert_client(tx, (key, public_id), &party.client_key, &roles).await?;
        Ok(Registered {
            organisation: OrganisationId(public_id),
            client,
        })
    }
}

async fn insert_client(
    tx: &Tx<'_, Owner>,
    (organisation, public_id): (OrganisationKey, [u8; 16]),
    key: &Jwk,
    roles: &BTreeSet<Role>,
) -> Result<ClientId, RegisterError> {
    let id = format!("cl_{}", protocol::text::encode(tx.store().random::<16>()));
    let client: ClientId = id.parse().map_err(|_| StoreError::Column { column: "id" })?;
    let roles: Vec<&'static str> = roles.iter().map(|role| role.slug()).collect();
    let jwk = key.canonical();
    let new = NewClient {
        id: &id,
        organisation,
        key: new_key(key, &jwk),
        roles: roles.clone(),
        log_tag: tx.store().random_tag(),
    };
    let event = Event::ClientRegistered {
        tag: new.log_tag,
        organisation: public_id,
        client: id.clone(),
        roles,
        kid: key.thumbprint().to_string(),
    };
    tx.insert_client(&new, &event).await?;
    Ok(client)
}

struct RegisterClient {
    organisation: OrganisationId,
    client_key: Jwk,
    roles: BTreeSet<Role>,
}

impl Work for RegisterClient {
    const NAME: &'static str = "register_client";
    type Role = Owner;
    type Output = ClientId;
    type Error = RegisterError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<ClientId, RegisterError> {
        let organisation = registered(tx, self.organisation).await?;
        let kind = OrganisationKind::from_slug(&organisation.role)
            .map_err(|_| StoreError::Column { column: "role" })?;
        let roles = kind.roles_among(&self.roles)?;
        insert_client(
            tx,
            (organisation.key, organisation.public_id),
            &self.client_key,
            &roles,
        )
        .await
    }
}

struct Delegate {
    principal: OrganisationId,
    delegate: OrganisationId,
    may: bool,
}

impl Work for Delegate {
    const NAME: &'static str = "delegate";
    type Role = Owner;
    type Output = bool;
    type Error = RegisterError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<bool, RegisterError> {
        let (principal, delegate) = (
            registered(tx, self.principal).await?,
            registered(tx, self.delegate).await?,
        );
        let partner = OrganisationKind::Partner.slug();
        if principal.role != partner || delegate.role != partner || principal.key == delegate.key {
            return Err(RegisterError::NoDelegation);
        }
        let event = Event::OrganisationDelegated {
            organisation: principal.public_id,
            delegate: delegate.public_id,
            may: self.may,
        };
        let delegation = Delegation {
            principal: principal.key,
            delegate: delegate.key,
        };
        Ok(match self.may {
            true => tx.insert_delegation(delegation, &event).await?,
            false => tx.delete_delegation(delegation, &event).await?,
        })
    }
}

pub(crate) async fn registered(
    tx: &Tx<'_, Owner>,
    organisation: OrganisationId,
) -> Result<store::OrganisationRow, RegisterError> {
    let known = tx.all_organisations().await?;
    known
        .into_iter()
        .find(|row| row.public_id == organisation.0)
        .ok_or(RegisterError::NoSuchOrganisation)
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
    type Output = Vec<RegisteredClient>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<Vec<RegisteredClient>, StoreError> {
        let rows = tx.all_clients().await?;
        let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
        let keys = tx.client_keys(&ids).await?;
        let live = |id: &str| {
            let own = keys
                .iter()
                .filter(|key| key.client == id && key.retired_at.is_none());
            own.map(|key| Thumbprint(key.thumbprint)).collect()
        };
        let clients = rows.iter().map(|row| RegisteredClient {
            keys: live(&row.id),
            id: row.id.clone(),
            organisation: row.organisation,
            roles: row.roles.clone(),
            state: row.state,
        });
        Ok(clients.collect())
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
        let organisation = registered(tx, self.organisation).await?;
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
