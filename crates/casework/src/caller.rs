//! Who asks: a client of a partner system, known by its access token and checked against the database each time.

use std::collections::BTreeSet;

use domain::actor::{OrganisationKind, Role, Sector};
use domain::key::{CovenantKey, OrganisationKey};
use jiff::Timestamp;
use protocol::{ClientId, Jwk, OrganisationId, Thumbprint};
use store::{ClientRow, Context, IdempotencyClaim, Party, StoreError, Tx, Work};

use crate::covenants::Covenants;
use crate::{Casework, Once, clients};

/// A client that may act, for its organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The client.
    pub client: ClientId,
    /// Its organisation.
    pub organisation: OrganisationKey,
    /// That organisation's public id.
    pub organisation_id: OrganisationId,
    /// The covenant it signed.
    pub covenant: CovenantKey,
    /// What the organisation is.
    pub kind: OrganisationKind,
    /// In which roles of it the client may act.
    pub roles: BTreeSet<Role>,
    /// The sector of a partner.
    pub sector: Option<Sector>,
    /// Lowest suite that is taken from it.
    pub min_suite: u8,
}

impl Caller {
    pub(crate) fn claim(&self, once: Once) -> IdempotencyClaim {
        IdempotencyClaim {
            organisation: self.organisation,
            key: once.key.as_str().to_owned(),
            fingerprint: once.fingerprint,
        }
    }
}

/// What is known of a client that asks for a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientAccess {
    /// The key that its assertion names, if it has that and it was not retired.
    pub key: Option<Jwk>,
    /// As whom it acts.
    pub caller: Caller,
}

impl Casework {
    /// An enabled client of an enabled organisation. Asked for each request: disabling takes effect at once.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn client(&self, id: &ClientId) -> Result<Option<Caller>, StoreError> {
        // Whoever asks for the same client meanwhile is told the same.
        let (casework, client) = (self.clone(), id.clone());
        let find = move |asked: Vec<()>| {
            let (casework, client) = (casework.clone(), client.clone());
            async move { Ok(vec![casework.find_client(&client).await?; asked.len()]) }
        };
        match self.inner.clients_asked.ask(id.clone(), (), find).await? {
            Some(found) => Ok(found),
            None => self.find_client(id).await,
        }
    }

    async fn find_client(&self, id: &ClientId) -> Result<Option<Caller>, StoreError> {
        let row = self
            .store()
            .run(Context::Client(id.as_str().to_owned()), FindClient)
            .await?;
        Ok(row
            .filter(|row| row.enabled)
            .and_then(|row| caller(id.clone(), &row)))
    }

    /// The same, for one that asks for a token with a key of this name. The same statements run whatever there is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn client_with_key(
        &self,
        id: &ClientId,
        kid: Option<Thumbprint>,
    ) -> Result<Option<ClientAccess>, StoreError> {
        // What is no name is nobody's: no key hashes to zero.
        let work = FindClientWithKey(kid.unwrap_or(Thumbprint([0; 32])));
        let (row, key) = self
            .store()
            .run(Context::Client(id.as_str().to_owned()), work)
            .await?;
        let caller = row
            .filter(|row| row.enabled)
            .and_then(|row| caller(id.clone(), &row));
        Ok(caller.map(|caller| ClientAccess { key, caller }))
    }

    /// Notes that a client's assertion was used; false when it was before, by whichever process and however long ago.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn spend_assertion(
        &self,
        id: &ClientId,
        jti: &str,
        expires_at: Timestamp,
    ) -> Result<bool, StoreError> {
        let jti_hash = blake3::derive_key("trefpunt 2026 assertion id hash v1", jti.as_bytes());
        let work = SpendAssertion { jti_hash, expires_at };
        self.store()
            .run(Context::Client(id.as_str().to_owned()), work)
            .await
    }
}

/// An organisation for which another may give signals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Principal {
    /// Its key.
    pub(crate) organisation: OrganisationKey,
    /// Its public id.
    pub(crate) organisation_id: OrganisationId,
    /// The covenant it signed: the signal is one under that.
    pub(crate) covenant: CovenantKey,
    /// Its sector.
    pub(crate) sector: Sector,
    /// Lowest suite that is taken for it.
    pub(crate) min_suite: u8,
}

impl Casework {
    /// The organisation of this id, if the caller may give signals for it: the operator registered that, and the
    /// covenants of both allow it.
    pub(crate) async fn principal(
        &self,
        caller: &Caller,
        id: OrganisationId,
    ) -> Result<Option<Principal>, StoreError> {
        let work = FindPrincipal {
            covenant: caller.covenant,
            id,
        };
        self.store()
            .run(Context::Organisation(caller.organisation), work)
            .await
    }
}

fn caller(client: ClientId, row: &ClientRow) -> Option<Caller> {
    let kind = OrganisationKind::from_slug(&row.role).ok()?;
    let roles = row.roles.iter().map(|role| Role::from_slug(role));
    let roles: BTreeSet<Role> = roles.collect::<Result<_, _>>().ok()?;
    let sector = row.sector.as_deref().map(Sector::from_slug).transpose().ok()?;
    Some(Caller {
        client,
        organisation: row.organisation,
        organisation_id: OrganisationId(row.organisation_id),
        covenant: row.covenant,
        kind,
        roles,
        sector,
        min_suite: row.min_suite,
    })
}

struct FindClient;

impl Work for FindClient {
    const NAME: &'static str = "find_client";
    const LOOKS: bool = true;
    type Role = Party;
    type Output = Option<ClientRow>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Party>) -> Result<Option<ClientRow>, StoreError> {
        tx.client().await
    }
}

struct FindClientWithKey(Thumbprint);

impl Work for FindClientWithKey {
    const NAME: &'static str = "find_client_with_key";
    type Role = Party;
    type Output = (Option<ClientRow>, Option<Jwk>);
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Party>) -> Result<Self::Output, StoreError> {
        let (client, key) = (tx.client().await?, tx.live_key(&self.0.0).await?);
        let key = key.map(|key| clients::read_key(&key)).transpose()?;
        Ok((client, key))
    }
}

struct FindPrincipal {
    /// Of who asks.
    covenant: CovenantKey,
    id: OrganisationId,
}

impl Work for FindPrincipal {
    const NAME: &'static str = "find_principal";
    type Role = Party;
    type Output = Option<Principal>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Party>) -> Result<Option<Principal>, StoreError> {
        let Some(row) = tx.principal(self.id.0).await? else {
            return Ok(None);
        };
        let covenants = Covenants::read(tx).await?;
        let allowed = covenants.of(self.covenant)?.delegation() && covenants.of(row.covenant)?.delegation();
        let sector = row
            .sector
            .as_deref()
            .and_then(|slug| Sector::from_slug(slug).ok());
        Ok(sector.filter(|_| allowed).map(|sector| Principal {
            organisation: row.key,
            organisation_id: self.id,
            covenant: row.covenant,
            sector,
            min_suite: row.min_suite,
        }))
    }
}

struct SpendAssertion {
    jti_hash: [u8; 32],
    expires_at: Timestamp,
}

impl Work for SpendAssertion {
    const NAME: &'static str = "spend_assertion";
    type Role = Party;
    type Output = bool;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Party>) -> Result<bool, StoreError> {
        tx.spend_assertion(&self.jti_hash, self.expires_at).await
    }
}
