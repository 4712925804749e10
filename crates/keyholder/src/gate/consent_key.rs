//! Whose word the gate takes that a consent was given and stands: the portals' keys that the operator entered by hand.
//! Several may be believed at once, so that a portal can go from one to the next; one that was ended never is again.

use protocol::KeyId;
use protocol::consent::{ConsentKey, ConsentKeys, ConsentVerifier, Name};
use protocol::text::Base64Url;
use tokio_postgres::Row;
use uuid::Uuid;

use jiff::Timestamp;

use crate::database::{Role, RowExt, Tx, Work};
use crate::error::KeyholderError;
use crate::event::Event;
use crate::frame::Frame;
use crate::sealing::Sealing;
use crate::statement::statements;

statements! {
    Service BELIEVED_KEYS = "
        SELECT network, public_key FROM keyholder.consent_key WHERE ended_at IS NULL ORDER BY network, public_key";
    Owner INSERT_CONSENT_KEY = "
        INSERT INTO keyholder.consent_key (network, public_key, added_at, log_tag)
        VALUES ($1 /* network */, $2 /* public key */, $3 /* now */, $4 /* log tag */)
            ON CONFLICT (network, public_key) DO NOTHING";
    Owner END_CONSENT_KEY = "
        UPDATE keyholder.consent_key SET ended_at = $3 /* now */
         WHERE network = $1 /* network */ AND public_key = $2 /* public key */ AND ended_at IS NULL
        RETURNING log_tag";
    Owner ALL_CONSENT_KEYS = "
        SELECT network, public_key, added_at, ended_at FROM keyholder.consent_key ORDER BY network, added_at, public_key";
}

/// A portal's key as the operator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BelievedKey {
    /// Whose portal.
    pub network: Name,
    /// Its Ed25519 key, with the id under which records name it.
    pub key: ConsentKey,
    /// Since when it is believed.
    pub added_at: Timestamp,
    /// Since when it is not believed any more.
    pub ended_at: Option<Timestamp>,
}

/// Why a portal's key cannot be entered or ended.
#[derive(Debug, thiserror::Error)]
pub enum ConsentKeyError {
    /// The key is known for this network, or was.
    #[error("this key is known for this network, or was: one that was ended is not believed again")]
    Taken,
    /// The bytes cannot serve as an Ed25519 public key.
    #[error("the public key is not a usable Ed25519 key")]
    Key,
    /// No key that is believed is this one.
    #[error("no such key is believed for this network")]
    Unknown,
    /// The database.
    #[error(transparent)]
    Keyholder(#[from] KeyholderError),
}

impl Frame {
    pub(crate) async fn add_consent_key(
        &self,
        network: Name,
        public_key: Base64Url<32>,
    ) -> Result<(), ConsentKeyError> {
        // The reader that will check signatures with it says whether it is a key.
        verifier(network.clone(), vec![public_key]).map_err(|_| ConsentKeyError::Key)?;
        let sealing = self.sealing().clone();
        let work = AddConsentKey {
            network,
            public_key,
            sealing,
        };
        self.database().run(work).await
    }

    pub(crate) async fn end_consent_key(
        &self,
        network: Name,
        public_key: Base64Url<32>,
    ) -> Result<(), ConsentKeyError> {
        let sealing = self.sealing().clone();
        let work = EndConsentKey {
            network,
            public_key,
            sealing,
        };
        self.database().run(work).await
    }

    pub(crate) async fn consent_keys(&self) -> Result<Vec<BelievedKey>, KeyholderError> {
        self.database().run(ListConsentKeys).await
    }
}

impl Tx<'_> {
    /// What the gate checks signatures with: read in each transaction, so that ending a key takes effect at once.
    pub(super) async fn portals(&self) -> Result<Vec<ConsentVerifier>, KeyholderError> {
        let rows = self.rows(&BELIEVED_KEYS, &[]).await?;
        let mut portals: Vec<(Name, Vec<Base64Url<32>>)> = Vec::new();
        for row in &rows {
            let (network, key) = (network(row)?, Base64Url(row.bytes("public_key")?));
            match portals.last_mut() {
                Some((last, keys)) if *last == network => keys.push(key),
                _ => portals.push((network, vec![key])),
            }
        }
        let verifiers = portals.into_iter().map(|(network, keys)| verifier(network, keys));
        verifiers.collect()
    }
}

/// What checks signatures of one network's portal.
fn verifier(network: Name, keys: Vec<Base64Url<32>>) -> Result<ConsentVerifier, KeyholderError> {
    let keys = keys.into_iter().map(named).collect();
    ConsentVerifier::new(&ConsentKeys {
        network,
        keys,
        status_url: None,
    })
    .map_err(|_| KeyholderError::DamagedKey)
}

/// A key with the id under which records name it.
fn named(public_key: Base64Url<32>) -> ConsentKey {
    ConsentKey {
        key_id: KeyId::of(&public_key.0),
        public_key,
    }
}

fn network(row: &Row) -> Result<Name, KeyholderError> {
    let column = "network";
    let name = row.value::<&str>(column)?.parse();
    name.map_err(|_| KeyholderError::Column { column })
}

struct AddConsentKey {
    network: Name,
    public_key: Base64Url<32>,
    sealing: Sealing,
}

impl Work for AddConsentKey {
    const NAME: &'static str = "add_consent_key";
    const ROLE: Role = Role::Owner;
    type Output = ();
    type Error = ConsentKeyError;

    async fn run(&self, tx: &Tx<'_>) -> Result<(), ConsentKeyError> {
        let tag = tx.environment().random_tag();
        let (network, key) = (self.network.as_str(), self.public_key.0.as_slice());
        let inserted = tx
            .change(
                &INSERT_CONSENT_KEY,
                &[&network, &key, &tx.now(), &Uuid::from_u128(tag)],
            )
            .await?;
        if inserted == 0 {
            return Err(ConsentKeyError::Taken);
        }
        let event = Event::ConsentKeyAdded {
            tag,
            network: self.network.to_string(),
            public_key: self.public_key.to_string(),
        };
        tx.record(&event, &self.sealing).await?;
        Ok(())
    }
}

struct EndConsentKey {
    network: Name,
    public_key: Base64Url<32>,
    sealing: Sealing,
}

impl Work for EndConsentKey {
    const NAME: &'static str = "end_consent_key";
    const ROLE: Role = Role::Owner;
    type Output = ();
    type Error = ConsentKeyError;

    async fn run(&self, tx: &Tx<'_>) -> Result<(), ConsentKeyError> {
        let (network, key) = (self.network.as_str(), self.public_key.0.as_slice());
        let row = tx
            .optional(&END_CONSENT_KEY, &[&network, &key, &tx.now()])
            .await?;
        let event = Event::ConsentKeyEnded {
            tag: row.ok_or(ConsentKeyError::Unknown)?.tag("log_tag")?,
            network: self.network.to_string(),
            public_key: self.public_key.to_string(),
        };
        tx.record(&event, &self.sealing).await?;
        Ok(())
    }
}

struct ListConsentKeys;

impl Work for ListConsentKeys {
    const NAME: &'static str = "list_consent_keys";
    const ROLE: Role = Role::Owner;
    type Output = Vec<BelievedKey>;
    type Error = KeyholderError;

    async fn run(&self, tx: &Tx<'_>) -> Result<Vec<BelievedKey>, KeyholderError> {
        let rows = tx.rows(&ALL_CONSENT_KEYS, &[]).await?;
        let key = |row: &Row| {
            Ok(BelievedKey {
                network: network(row)?,
                key: named(Base64Url(row.bytes("public_key")?)),
                added_at: row.value("added_at")?,
                ended_at: row.value("ended_at")?,
            })
        };
        rows.iter().map(key).collect()
    }
}
