//! The keys `k1` by epoch, and the signed list that tells the world of them.
//!
//! A key stands in the database sealed under the storage key, bound to its epoch and its public half. The list is kept
//! as it was signed, a row for each time it grew; nothing shortens it, and a new one is signed only over the one that
//! is there.

pub(crate) mod list;

use std::sync::Arc;

use identifiers::voprf::SecretKey;
use jiff::{SignedDuration, Timestamp};
use protocol::key_epochs::SignedKeyEpochs;
use protocol::text::Base64Url;
use uuid::Uuid;

use crate::database::{Role, RowExt, Tx, Work};
use crate::error::KeyholderError;
use crate::event::Event;
use crate::frame::Frame;
use crate::sealing::{Purpose, Sealing};
use crate::statement::statements;
use list::{first_list, whole_second};

/// How long a key still evaluates after another took its place.
pub const GRACE: SignedDuration = SignedDuration::from_mins(15);

/// The advisory lock of whoever changes keys or their list.
const KEYS_LOCK: (i32, i32) = (0x6b65_7968, 0x6b65_7973);

statements! {
    Service LOCK_KEYS = "
        SELECT pg_advisory_xact_lock($1 /* class */, $2 /* lock */) IS NULL AS locked";
    Service EVALUABLE_KEY = "
        SELECT epoch, public_key, sealed_key FROM keyholder.key_epoch
         WHERE epoch = $1 /* epoch */ AND live_at IS NOT NULL AND destroyed_at IS NULL
           AND (retired_at IS NULL OR retired_at > $2 /* now less the grace */)";
    Service KEY_ROWS = "
        SELECT epoch, public_key, sealed_key, introduced_at, live_at, retired_at, destroy_asked_at, destroyed_at,
               log_tag
          FROM keyholder.key_epoch ORDER BY epoch";
    Owner INSERT_KEY = "
        INSERT INTO keyholder.key_epoch (epoch, public_key, sealed_key, introduced_at, live_at, log_tag)
        VALUES ($1 /* epoch */, $2 /* public key */, $3 /* sealed key */, $4 /* now */, $5 /* live at, or null */,
                $6 /* log tag */)";
}

/// A key as it stands in the database.
pub(crate) struct SealedKey {
    pub(crate) epoch: u16,
    pub(crate) public_key: [u8; 32],
    sealed: Vec<u8>,
}

/// One row of the table of keys.
pub(crate) struct KeyRow {
    pub(crate) epoch: u16,
    pub(crate) public_key: [u8; 32],
    pub(crate) sealed: Option<Vec<u8>>,
    pub(crate) introduced_at: Timestamp,
    pub(crate) live_at: Option<Timestamp>,
    pub(crate) retired_at: Option<Timestamp>,
    pub(crate) destroy_asked_at: Option<Timestamp>,
    pub(crate) destroyed_at: Option<Timestamp>,
    pub(crate) log_tag: u128,
}

/// Where a key stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// Made, and not used yet.
    Introduced,
    /// The one to use.
    Live,
    /// Another took its place at this moment; it still evaluates for [`GRACE`].
    Retired(Timestamp),
    /// Its secret was wiped at this moment.
    Destroyed(Timestamp),
}

/// A key as the operator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyStatus {
    /// Its number.
    pub epoch: u16,
    /// Its public half, `pk1`.
    pub public_key: Base64Url<32>,
    /// When it was made.
    pub introduced_at: Timestamp,
    /// Where it stands.
    pub state: KeyState,
    /// Since when its destruction is asked for.
    pub destroy_asked_at: Option<Timestamp>,
}

impl KeyRow {
    pub(crate) fn state(&self) -> KeyState {
        match self {
            Self {
                destroyed_at: Some(at),
                ..
            } => KeyState::Destroyed(*at),
            Self {
                retired_at: Some(at), ..
            } => KeyState::Retired(*at),
            Self { live_at: Some(_), .. } => KeyState::Live,
            _ => KeyState::Introduced,
        }
    }

    /// Whether it may evaluate, as [`EVALUABLE_KEY`] has it.
    pub(crate) fn is_evaluable(&self, now: Timestamp) -> bool {
        match self.state() {
            KeyState::Live => true,
            KeyState::Retired(at) => at > before_grace(now),
            KeyState::Introduced | KeyState::Destroyed(_) => false,
        }
    }

    pub(crate) fn sealed(&self) -> Result<SealedKey, KeyholderError> {
        Ok(SealedKey {
            epoch: self.epoch,
            public_key: self.public_key,
            sealed: self.sealed.clone().ok_or(KeyholderError::DamagedKey)?,
        })
    }

    fn status(&self) -> KeyStatus {
        KeyStatus {
            epoch: self.epoch,
            public_key: Base64Url(self.public_key),
            introduced_at: self.introduced_at,
            state: self.state(),
            destroy_asked_at: self.destroy_asked_at,
        }
    }
}

/// A key that retired before this moment evaluates no more.
pub(crate) fn before_grace(now: Timestamp) -> Timestamp {
    now.saturating_sub(GRACE).unwrap_or(Timestamp::MIN)
}

impl Frame {
    /// Makes the first key, live at once, and the first list. Does nothing when there is a key.
    pub(crate) async fn initialise(&self) -> Result<SignedKeyEpochs, KeyholderError> {
        let work = Initialise { frame: self.clone() };
        self.database().run(work).await
    }

    /// Where each key stands.
    pub(crate) async fn keys(&self) -> Result<Vec<KeyStatus>, KeyholderError> {
        self.database().run(ReadKeys).await
    }

    /// The key, from memory or opened.
    pub(crate) fn unseal(&self, sealed: &SealedKey) -> Result<Arc<SecretKey>, KeyholderError> {
        let known = self.unsealed(sealed.epoch);
        if let Some(key) = known.filter(|key| key.public_key().as_bytes() == &sealed.public_key) {
            return Ok(key);
        }
        let key = Arc::new(sealed.open(self.sealing())?);
        self.remember(sealed.epoch, Arc::clone(&key));
        Ok(key)
    }

    /// A new key, sealed for its epoch.
    pub(crate) fn new_key(&self, epoch: u16) -> Result<(SecretKey, Vec<u8>), KeyholderError> {
        let key = SecretKey::random(&mut self.environment().rng());
        let owner = owner(epoch, key.public_key().as_bytes());
        let sealed = self
            .sealing()
            .seal(Purpose::Key, &owner, &*key.to_bytes(), self.environment())?;
        Ok((key, sealed))
    }
}

impl SealedKey {
    pub(crate) fn open(&self, sealing: &Sealing) -> Result<SecretKey, KeyholderError> {
        let bytes = sealing.open(Purpose::Key, &owner(self.epoch, &self.public_key), &self.sealed)?;
        let bytes: &[u8; 32] = bytes
            .as_slice()
            .try_into()
            .map_err(|_| KeyholderError::DamagedKey)?;
        let key = SecretKey::from_bytes(bytes).map_err(|_| KeyholderError::DamagedKey)?;
        if key.public_key().as_bytes() == &self.public_key {
            Ok(key)
        } else {
            Err(KeyholderError::DamagedKey)
        }
    }
}

fn owner(epoch: u16, public_key: &[u8; 32]) -> Vec<u8> {
    [&epoch.to_be_bytes(), public_key.as_slice()].concat()
}

impl Tx<'_> {
    /// Waits until nobody else changes keys. A statement of its own: what follows is read after it.
    pub(crate) async fn lock_keys(&self) -> Result<(), KeyholderError> {
        self.one(&LOCK_KEYS, &[&KEYS_LOCK.0, &KEYS_LOCK.1])
            .await
            .map(drop)
    }

    /// The key of an epoch that may evaluate now.
    pub(crate) async fn evaluable_key(&self, epoch: u16) -> Result<Option<SealedKey>, KeyholderError> {
        let parameters: crate::database::Parameters<'_> = &[&i32::from(epoch), &before_grace(self.now())];
        let Some(row) = self.optional(&EVALUABLE_KEY, parameters).await? else {
            return Ok(None);
        };
        Ok(Some(SealedKey {
            epoch,
            public_key: row.bytes("public_key")?,
            sealed: row.value("sealed_key")?,
        }))
    }

    /// Every key.
    pub(crate) async fn key_rows(&self) -> Result<Vec<KeyRow>, KeyholderError> {
        let rows = self.rows(&KEY_ROWS, &[]).await?;
        rows.iter()
            .map(|row| {
                Ok(KeyRow {
                    epoch: row.epoch("epoch")?,
                    public_key: row.bytes("public_key")?,
                    sealed: row.value("sealed_key")?,
                    introduced_at: row.value("introduced_at")?,
                    live_at: row.value("live_at")?,
                    retired_at: row.value("retired_at")?,
                    destroy_asked_at: row.value("destroy_asked_at")?,
                    destroyed_at: row.value("destroyed_at")?,
                    log_tag: row.tag("log_tag")?,
                })
            })
            .collect()
    }

    /// Stores a new key.
    pub(crate) async fn insert_key(
        &self,
        epoch: u16,
        public_key: &[u8; 32],
        sealed: &[u8],
        live_at: Option<Timestamp>,
        log_tag: u128,
    ) -> Result<(), KeyholderError> {
        let parameters: crate::database::Parameters<'_> = &[
            &i32::from(epoch),
            &public_key.as_slice(),
            &sealed,
            &self.now(),
            &live_at,
            &Uuid::from_u128(log_tag),
        ];
        self.change_exactly(&INSERT_KEY, 1, parameters).await
    }
}

struct Initialise {
    frame: Frame,
}

impl Work for Initialise {
    const NAME: &'static str = "initialise";
    const ROLE: Role = Role::Owner;
    type Output = SignedKeyEpochs;
    type Error = KeyholderError;

    async fn run(&self, tx: &Tx<'_>) -> Result<SignedKeyEpochs, KeyholderError> {
        const FIRST: u16 = 1;
        tx.lock_keys().await?;
        tx.note_gate_key(self.frame.gate_key()).await?;
        if let Some(list) = tx.latest_list().await? {
            self.frame.verified(&list)?;
            return Ok(list);
        }
        let (key, sealed) = self.frame.new_key(FIRST)?;
        let public_key = *key.public_key().as_bytes();
        let tag = tx.environment().random_tag();
        tx.insert_key(FIRST, &public_key, &sealed, Some(tx.now()), tag)
            .await?;
        let list = first_list(self.frame.name(), FIRST, public_key, whole_second(tx.now()))?;
        let signed = tx.put_list(self.frame.list_signer(), &list).await?;
        let public_key = Base64Url(public_key).to_string();
        for event in [
            Event::KeyIntroduced {
                tag,
                epoch: FIRST,
                public_key,
            },
            Event::KeyLive {
                tag,
                before: None,
                epoch: FIRST,
            },
        ] {
            tx.record(&event, self.frame.sealing()).await?;
        }
        Ok(signed)
    }
}

struct ReadKeys;

impl Work for ReadKeys {
    const NAME: &'static str = "read_keys";
    const ROLE: Role = Role::Service;
    type Output = Vec<KeyStatus>;
    type Error = KeyholderError;

    async fn run(&self, tx: &Tx<'_>) -> Result<Vec<KeyStatus>, KeyholderError> {
        Ok(tx.key_rows().await?.iter().map(KeyRow::status).collect())
    }
}
