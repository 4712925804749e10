//! A coordinator administers the programs of its organisation: their keys, and whether they may do anything.
//!
//! What the operator does to clients from the command line stands in `operate_clients`.

use domain::client::{CannotAddKey, CannotRetireKey, ClientState, DisabledBy, DisabledByOperator, Key, Keys};
use domain::event::Event;
use protocol::body::Body as _;
use protocol::client::{self as wire, Client, ClientKey, Clients};
use protocol::problem::ProblemType;
use protocol::{ClientId, Jwk, Refused, Thumbprint};
use store::{
    AdministersClients, ClientKeyRow, NewClientKey, Party, RegisteredClientRow, StoreError, StoredAnswer, Tx,
};

use crate::act::{self, Act, Answer, Failure, Look, NotFound, Once, Refusable, plainly};
use crate::{Caller, Casework};

/// Keys that a reader is shown of one client; the retired ones beyond are kept, and stand in the log.
const SHOWN_KEYS: usize = 20;

/// A key that a coordinator offers for a client.
#[derive(Debug, Clone)]
pub struct OfferedKey {
    /// The public key.
    pub key: Jwk,
    /// Whether its holder signed for this client, this service and this moment. Found out at the door; it counts where
    /// the act is done for the first time, so that a repeated request has its first answer.
    pub proven: bool,
}

/// Why a coordinator's act on a client is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClientActRefusal {
    /// The organisation has no such client, or the client no such key.
    #[error(transparent)]
    NotFound(#[from] NotFound),
    /// The proof that comes with a key is none.
    #[error("the proof is not signed with the new key for this client and this moment")]
    NotProven,
    /// A key cannot be added.
    #[error(transparent)]
    Add(#[from] CannotAddKey),
    /// It is the last key of the client that asks.
    #[error("it is the last key of the client that asks")]
    LastKey,
    /// Only the operator enables it.
    #[error(transparent)]
    Operator(#[from] DisabledByOperator),
}

impl Refusable for ClientActRefusal {
    fn refused(&self) -> Refused {
        plainly(match self {
            Self::NotFound(_) => ProblemType::NotFound,
            Self::NotProven => ProblemType::KeyNotProven,
            Self::Add(CannotAddKey::Known) => ProblemType::KeyKnown,
            Self::Add(CannotAddKey::TooMany) => ProblemType::TooManyKeys,
            Self::LastKey => ProblemType::LastKey,
            Self::Operator(_) => ProblemType::DisabledByOperator,
        })
    }
}

impl From<CannotRetireKey> for ClientActRefusal {
    fn from(reason: CannotRetireKey) -> Self {
        match reason {
            CannotRetireKey::NoSuchKey => NotFound.into(),
            CannotRetireKey::LastOfCaller => Self::LastKey,
        }
    }
}

impl Casework {
    /// The clients of the caller's organisation.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn list_own_clients(&self, caller: &Caller) -> Result<Clients, Failure<NotFound>> {
        self.look(caller, ListOwnClients(caller.clone())).await
    }

    /// One of them.
    ///
    /// # Errors
    /// [`NotFound`].
    pub async fn read_own_client(
        &self,
        caller: &Caller,
        client: &ClientId,
    ) -> Result<Client, Failure<NotFound>> {
        let clients = self.list_own_clients(caller).await?;
        let own = clients.items.into_iter().find(|own| own.id == *client);
        own.ok_or(Failure::Refused(NotFound))
    }

    /// Adds a key to a client of the caller's organisation. It counts from the answer on.
    ///
    /// # Errors
    /// [`ClientActRefusal`].
    pub async fn add_client_key(
        &self,
        caller: &Caller,
        once: Once,
        client: ClientId,
        offered: OfferedKey,
    ) -> Result<Answer, Failure<ClientActRefusal>> {
        let act = AddKey(OnClient::new(caller, client), offered);
        self.act(caller, once, act).await
    }

    /// Retires a key. From the answer on no assertion that it signs is taken; tokens that were given live on for ten
    /// minutes at most.
    ///
    /// # Errors
    /// [`ClientActRefusal`].
    pub async fn retire_client_key(
        &self,
        caller: &Caller,
        once: Once,
        client: ClientId,
        kid: Thumbprint,
    ) -> Result<Answer, Failure<ClientActRefusal>> {
        let act = RetireKey(OnClient::new(caller, client), kid);
        self.act(caller, once, act).await
    }

    /// Disables a client. From the answer on none of its tokens is worth anything; the client that asks may be meant.
    ///
    /// # Errors
    /// [`ClientActRefusal`].
    pub async fn disable_own_client(
        &self,
        caller: &Caller,
        once: Once,
        client: ClientId,
    ) -> Result<Answer, Failure<ClientActRefusal>> {
        self.act(caller, once, Disable(OnClient::new(caller, client)))
            .await
    }

    /// Enables a client that a coordinator disabled.
    ///
    /// # Errors
    /// [`ClientActRefusal`].
    pub async fn enable_own_client(
        &self,
        caller: &Caller,
        once: Once,
        client: ClientId,
    ) -> Result<Answer, Failure<ClientActRefusal>> {
        self.act(caller, once, Enable(OnClient::new(caller, client)))
            .await
    }
}

/// The client an act is about, and who does it.
struct OnClient {
    caller: Caller,
    client: ClientId,
}

impl OnClient {
    fn new(caller: &Caller, client: ClientId) -> Self {
        Self {
            caller: caller.clone(),
            client,
        }
    }

    async fn hold(&self, tx: &Tx<'_, Party>) -> Result<RegisteredClientRow, Failure<ClientActRefusal>> {
        let held = tx.hold_client(self.client.as_str()).await?;
        held.ok_or(Failure::Refused(NotFound.into()))
    }

    /// The answer: the client as it is now.
    async fn answer(&self, tx: &Tx<'_, Party>, status: u16) -> Result<StoredAnswer, StoreError> {
        let row = tx.hold_client(self.client.as_str()).await?;
        let row = row.ok_or(StoreError::Column { column: "id" })?;
        let keys = tx.client_keys(&[self.client.as_str()]).await?;
        Ok(act::answer(status, None, &shown(row, &keys)?))
    }
}

struct ListOwnClients(Caller);

impl Look for ListOwnClients {
    const NAME: &'static str = "list_own_clients";
    type Output = Clients;
    type Refusal = NotFound;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<Clients, Failure<NotFound>> {
        let rows = tx.clients_of(self.0.organisation).await?;
        let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
        let keys = tx.client_keys(&ids).await?;
        let items = rows.into_iter().map(|row| shown(row, &keys));
        Ok(Clients {
            items: items.collect::<Result<_, _>>()?,
        })
    }
}

struct AddKey(OnClient, OfferedKey);

impl Act for AddKey {
    const NAME: &'static str = "add_client_key";
    type Refusal = ClientActRefusal;

    async fn perform(&self, tx: &Tx<'_, Party>) -> Result<StoredAnswer, Failure<ClientActRefusal>> {
        let Self(on, OfferedKey { key, proven }) = self;
        let client = on.hold(tx).await?;
        if !proven {
            return Err(ClientActRefusal::NotProven.into());
        }
        let event = add_key(tx, &client, on.caller.organisation_id.0, key).await?;
        event.map_err(ClientActRefusal::from)?;
        let body = ClientKey {
            kid: key.thumbprint(),
            alg: key.algorithm(),
            key: key.clone(),
            added_at: tx.now(),
            retired_at: None,
        };
        let location = format!("/v1/clients/{}", on.client);
        Ok(act::answer(201, Some(location), &body))
    }
}

struct RetireKey(OnClient, Thumbprint);

impl Act for RetireKey {
    const NAME: &'static str = "retire_client_key";
    type Refusal = ClientActRefusal;

    async fn perform(&self, tx: &Tx<'_, Party>) -> Result<StoredAnswer, Failure<ClientActRefusal>> {
        let Self(on, kid) = self;
        let client = on.hold(tx).await?;
        let own = on.client == on.caller.client;
        let retired = retire_key(tx, &client, on.caller.organisation_id.0, *kid, own).await?;
        let changed = retired.map_err(ClientActRefusal::from)?;
        Ok(on.answer(tx, status(changed)).await?)
    }
}

struct Disable(OnClient);

impl Act for Disable {
    const NAME: &'static str = "disable_own_client";
    type Refusal = ClientActRefusal;

    async fn perform(&self, tx: &Tx<'_, Party>) -> Result<StoredAnswer, Failure<ClientActRefusal>> {
        let by = DisabledBy::Organisation;
        let client = self.0.hold(tx).await?;
        let changed = disable(tx, &client, self.0.caller.organisation_id.0, by).await?;
        Ok(self.0.answer(tx, status(changed)).await?)
    }
}

struct Enable(OnClient);

impl Act for Enable {
    const NAME: &'static str = "enable_own_client";
    type Refusal = ClientActRefusal;

    async fn perform(&self, tx: &Tx<'_, Party>) -> Result<StoredAnswer, Failure<ClientActRefusal>> {
        let by = DisabledBy::Organisation;
        let client = self.0.hold(tx).await?;
        let enabled = enable(tx, &client, self.0.caller.organisation_id.0, by).await?;
        let changed = enabled.map_err(ClientActRefusal::from)?;
        Ok(self.0.answer(tx, status(changed)).await?)
    }
}

/// 201 for what was done, 200 for what was so already.
const fn status(changed: bool) -> u16 {
    if changed { 201 } else { 200 }
}

/// Adds a key to a client that is held, if it may.
pub(crate) async fn add_key<R: AdministersClients>(
    tx: &Tx<'_, R>,
    client: &RegisteredClientRow,
    organisation: [u8; 16],
    key: &Jwk,
) -> Result<Result<(), CannotAddKey>, StoreError> {
    let kid = key.thumbprint();
    if let Err(reason) = keys_of(tx, client).await?.may_add(&kid.0) {
        return Ok(Err(reason));
    }
    let event = Event::ClientKeyAdded {
        tag: client.log_tag,
        organisation,
        client: client.id.clone(),
        kid: kid.to_string(),
    };
    let jwk = key.canonical();
    tx.add_key(&client.id, &new_key(key, &jwk), &event).await?;
    Ok(Ok(()))
}

/// Retires a key of a client that is held, if it may; false when it was.
pub(crate) async fn retire_key<R: AdministersClients>(
    tx: &Tx<'_, R>,
    client: &RegisteredClientRow,
    organisation: [u8; 16],
    kid: Thumbprint,
    own: bool,
) -> Result<Result<bool, CannotRetireKey>, StoreError> {
    let changes = keys_of(tx, client).await?.retiring_changes(&kid.0, own);
    if changes == Ok(true) {
        let event = Event::ClientKeyRetired {
            tag: client.log_tag,
            organisation,
            client: client.id.clone(),
            kid: kid.to_string(),
        };
        tx.retire_key(&client.id, &kid.0, &event).await?;
    }
    Ok(changes)
}

/// Disables a client that is held; false when it was.
pub(crate) async fn disable<R: AdministersClients>(
    tx: &Tx<'_, R>,
    client: &RegisteredClientRow,
    organisation: [u8; 16],
    by: DisabledBy,
) -> Result<bool, StoreError> {
    let changes = client.state.disabling_changes(by);
    if changes {
        let event = Event::ClientDisabled {
            tag: client.log_tag,
            organisation,
            client: client.id.clone(),
            by,
        };
        tx.disable_client(&client.id, by, &event).await?;
    }
    Ok(changes)
}

/// Enables a client that is held, if it may; false when it was.
pub(crate) async fn enable<R: AdministersClients>(
    tx: &Tx<'_, R>,
    client: &RegisteredClientRow,
    organisation: [u8; 16],
    by: DisabledBy,
) -> Result<Result<bool, DisabledByOperator>, StoreError> {
    let changes = client.state.enabling_changes(by);
    if changes == Ok(true) {
        let event = Event::ClientEnabled {
            tag: client.log_tag,
            organisation,
            client: client.id.clone(),
            by,
        };
        tx.enable_client(&client.id, &event).await?;
    }
    Ok(changes)
}

async fn keys_of<R: AdministersClients>(
    tx: &Tx<'_, R>,
    client: &RegisteredClientRow,
) -> Result<Keys, StoreError> {
    let rows = tx.client_keys(&[client.id.as_str()]).await?;
    let keys = rows.into_iter().map(|row| Key {
        thumbprint: row.thumbprint,
        retired_at: row.retired_at,
    });
    Ok(Keys(keys.collect()))
}

/// A key as the store writes it.
pub(crate) fn new_key<'a>(key: &Jwk, jwk: &'a str) -> NewClientKey<'a> {
    NewClientKey {
        thumbprint: key.thumbprint().0,
        algorithm: key.algorithm().as_str(),
        jwk,
    }
}

/// A key as it was stored.
pub(crate) fn read_key(jwk: &str) -> Result<Jwk, StoreError> {
    Jwk::parse(jwk.as_bytes()).map_err(|_| StoreError::Column { column: "jwk" })
}

fn shown(row: RegisteredClientRow, keys: &[ClientKeyRow]) -> Result<Client, StoreError> {
    let key = |row: &ClientKeyRow| {
        let key = read_key(&row.jwk)?;
        Ok(ClientKey {
            kid: Thumbprint(row.thumbprint),
            alg: key.algorithm(),
            key,
            added_at: row.added_at,
            retired_at: row.retired_at,
        })
    };
    let own = keys.iter().filter(|key| key.client == row.id);
    let (state, disabled_at, disabled_by) = match row.state {
        ClientState::Enabled => (wire::ClientState::Enabled, None, None),
        ClientState::Disabled { at, by } => (wire::ClientState::Disabled, Some(at), Some(disabled_by(by))),
    };
    Ok(Client {
        id: row.id.parse().map_err(|_| StoreError::Column { column: "id" })?,
        roles: row.roles,
        state,
        disabled_at,
        disabled_by,
        keys: own.take(SHOWN_KEYS).map(key).collect::<Result<_, StoreError>>()?,
    })
}

const fn disabled_by(by: DisabledBy) -> wire::DisabledBy {
    match by {
        DisabledBy::Organisation => wire::DisabledBy::Organisation,
        DisabledBy::Operator => wire::DisabledBy::Operator,
    }
}
