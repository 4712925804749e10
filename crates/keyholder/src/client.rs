//! Who may ask: clients, and the assertions they have used.

use jiff::Timestamp;
use protocol::access::Scope;
use protocol::{ClientId, OrganisationId};
use uuid::Uuid;

use crate::database::{Role as DatabaseRole, RowExt, Tx, Work};
use crate::error::KeyholderError;
use crate::event::Event;
use crate::frame::Frame;
use crate::sealing::Sealing;
use crate::statement::statements;

statements! {
    Service CLIENT = "
        SELECT id, role, organisation_id, public_key, log_tag FROM keyholder.client
         WHERE id = $1 /* client */ AND disabled_at IS NULL";
    Service SPEND_ASSERTION = "
        INSERT INTO keyholder.spent_assertion (client_id, jti_hash, expires_at)
        VALUES ($1 /* client */, $2 /* hash of jti */, $3 /* expires at */)
            ON CONFLICT DO NOTHING";
    Owner INSERT_CLIENT = "
        INSERT INTO keyholder.client (id, role, organisation_id, public_key, registered_at, log_tag)
        VALUES ($1 /* client */, $2 /* role */, $3 /* organisation */, $4 /* public key */, $5 /* now */,
                $6 /* log tag */)
            ON CONFLICT (id) DO NOTHING";
    Owner ALL_CLIENTS = "
        SELECT id, role, organisation_id, public_key, registered_at, disabled_at FROM keyholder.client ORDER BY id";
    Owner DISABLE_CLIENT = "
        UPDATE keyholder.client SET disabled_at = $2 /* now */
         WHERE id = $1 /* client */ AND disabled_at IS NULL
        RETURNING organisation_id, log_tag";
}

/// What a client is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientRole {
    /// A partner's system: evaluates for its own organisation, and gets its shares.
    Partner(OrganisationId),
    /// The matcher's gateway: evaluates on behalf of organisations, within a cap of its own, rotates keys, and tells of
    /// consents that ended.
    Gateway,
}

impl ClientRole {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Partner(_) => "partner",
            Self::Gateway => "gateway",
        }
    }

    /// What its access tokens can carry.
    pub(crate) const fn scopes(self) -> &'static [Scope] {
        match self {
            Self::Partner(_) => &[Scope::Evaluate, Scope::Share],
            Self::Gateway => &[Scope::Evaluate, Scope::Rotate, Scope::Tombstone],
        }
    }

    /// The organisation it acts for by itself.
    pub(crate) const fn partner(self) -> Option<OrganisationId> {
        match self {
            Self::Partner(organisation) => Some(organisation),
            Self::Gateway => None,
        }
    }

    fn read(name: &str, organisation: Option<Uuid>) -> Result<Self, KeyholderError> {
        match (name, organisation) {
            ("partner", Some(id)) => Ok(Self::Partner(OrganisationId(*id.as_bytes()))),
            ("gateway", None) => Ok(Self::Gateway),
            _ => Err(KeyholderError::Column { column: "role" }),
        }
    }
}

/// A client to be registered.
#[derive(Debug, Clone)]
pub struct NewClient {
    /// Its OAuth client id. A partner may use the one it has at the matcher.
    pub id: ClientId,
    /// What it is for.
    pub role: ClientRole,
    /// Ed25519 public key its assertions are signed with.
    pub public_key: [u8; 32],
}

/// A client as the operator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredClient {
    /// Its id.
    pub id: String,
    /// What it is for.
    pub role: ClientRole,
    /// Its Ed25519 public key.
    pub public_key: [u8; 32],
    /// Since when it is known.
    pub registered_at: Timestamp,
    /// Since when it may do nothing.
    pub disabled_at: Option<Timestamp>,
}

/// Why a client cannot be registered or disabled.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The id is taken, by a disabled client too: what it did stays its own.
    #[error("a client of this id exists, or existed")]
    Taken,
    /// The bytes cannot serve as an Ed25519 public key.
    #[error("the public key is not a usable Ed25519 key")]
    Key,
    /// No enabled client has this id.
    #[error("no enabled client has this id")]
    Unknown,
    /// The database.
    #[error(transparent)]
    Keyholder(#[from] KeyholderError),
}

/// A client that is here.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub(crate) id: ClientId,
    pub(crate) role: ClientRole,
    pub(crate) public_key: [u8; 32],
    pub(crate) log_tag: u128,
}

impl Frame {
    /// A client that may enter, read anew each time, so that disabling takes effect at once.
    pub(crate) async fn client(&self, id: &ClientId) -> Result<Option<Client>, KeyholderError> {
        self.database().run(FindClient(id.clone())).await
    }

    /// Notes that an assertion was used; false when it was before.
    pub(crate) async fn spend_assertion(
        &self,
        client: &ClientId,
        jti: &str,
        expires_at: Timestamp,
    ) -> Result<bool, KeyholderError> {
        let work = SpendAssertion {
            client: client.clone(),
            jti_hash: *blake3::hash(jti.as_bytes()).as_bytes(),
            expires_at,
        };
        self.database().run(work).await
    }

    pub(crate) async fn register_client(&self, new: NewClient) -> Result<(), ClientError> {
        service_http::public_key::PublicKey::of(&new.public_key.into()).map_err(|_| ClientError::Key)?;
        let sealing = self.sealing().clone();
        self.database().run(RegisterClient { new, sealing }).await
    }

    pub(crate) async fn disable_client(&self, id: &ClientId) -> Result<(), ClientError> {
        let work = DisableClient {
            id: id.clone(),
            sealing: self.sealing().clone(),
        };
        self.database().run(work).await
    }

    pub(crate) async fn clients(&self) -> Result<Vec<RegisteredClient>, KeyholderError> {
        self.database().run(ListClients).await
    }
}

struct FindClient(ClientId);

impl Work for FindClient {
    const NAME: &'static str = "find_client";
    const ROLE: DatabaseRole = DatabaseRole::Service;
    type Output = Option<Client>;
    type Error = KeyholderError;

    async fn run(&self, tx: &Tx<'_>) -> Result<Option<Client>, KeyholderError> {
        let Some(row) = tx.optional(&CLIENT, &[&self.0.as_str()]).await? else {
            return Ok(None);
        };
        Ok(Some(Client {
            id: self.0.clone(),
            role: ClientRole::read(row.value("role")?, row.value("organisation_id")?)?,
            public_key: row.bytes("public_key")?,
            log_tag: row.tag("log_tag")?,
        }))
    }
}

struct SpendAssertion {
    client: ClientId,
    jti_hash: [u8; 32],
    expires_at: Timestamp,
}

impl Work for SpendAssertion {
    const NAME: &'static str = "spend_assertion";
    const ROLE: DatabaseRole = DatabaseRole::Service;
    type Output = bool;
    type Error = KeyholderError;

    async fn run(&self, tx: &Tx<'_>) -> Result<bool, KeyholderError> {
        let parameters: &[&(dyn tokio_postgres::types::ToSql + Sync)] =
            &[&self.client.as_str(), &self.jti_hash.as_slice(), &self.expires_at];
        Ok(tx.change(&SPEND_ASSERTION, parameters).await? == 1)
    }
}

struct RegisterClient {
    new: NewClient,
    sealing: Sealing,
}

impl Work for RegisterClient {
    const NAME: &'static str = "register_client";
    const ROLE: DatabaseRole = DatabaseRole::Owner;
    type Output = ();
    type Error = ClientError;

    async fn run(&self, tx: &Tx<'_>) -> Result<(), ClientError> {
        let NewClient { id, role, public_key } = &self.new;
        let tag = tx.environment().random_tag();
        let organisation = role.partner().map(|id| id.0);
        let inserted = tx
            .change(
                &INSERT_CLIENT,
                &[
                    &id.as_str(),
                    &role.name(),
                    &organisation.map(Uuid::from_bytes),
                    &public_key.as_slice(),
                    &tx.now(),
                    &Uuid::from_u128(tag),
                ],
            )
            .await?;
        if inserted == 0 {
            return Err(ClientError::Taken);
        }
        let event = Event::ClientRegistered {
            tag,
            organisation,
            client: id.to_string(),
            role: role.name(),
        };
        tx.record(&event, &self.sealing).await?;
        Ok(())
    }
}

struct DisableClient {
    id: ClientId,
    sealing: Sealing,
}

impl Work for DisableClient {
    const NAME: &'static str = "disable_client";
    const ROLE: DatabaseRole = DatabaseRole::Owner;
    type Output = ();
    type Error = ClientError;

    async fn run(&self, tx: &Tx<'_>) -> Result<(), ClientError> {
        let row = tx
            .optional(&DISABLE_CLIENT, &[&self.id.as_str(), &tx.now()])
            .await?
            .ok_or(ClientError::Unknown)?;
        let organisation: Option<Uuid> = row.value("organisation_id")?;
        let event = Event::ClientDisabled {
            tag: row.tag("log_tag")?,
            organisation: organisation.map(Uuid::into_bytes),
            client: self.id.to_string(),
        };
        tx.record(&event, &self.sealing).await?;
        Ok(())
    }
}

struct ListClients;

impl Work for ListClients {
    const NAME: &'static str = "list_clients";
    const ROLE: DatabaseRole = DatabaseRole::Owner;
    type Output = Vec<RegisteredClient>;
    type Error = KeyholderError;

    async fn run(&self, tx: &Tx<'_>) -> Result<Vec<RegisteredClient>, KeyholderError> {
        let rows = tx.rows(&ALL_CLIENTS, &[]).await?;
        rows.iter()
            .map(|row| {
                Ok(RegisteredClient {
                    id: row.value("id")?,
                    role: ClientRole::read(row.value("role")?, row.value("organisation_id")?)?,
                    public_key: row.bytes("public_key")?,
                    registered_at: row.value("registered_at")?,
                    disabled_at: row.value("disabled_at")?,
                })
            })
            .collect()
    }
}
