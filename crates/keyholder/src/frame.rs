//! What every act of the keyholder shares: its database, its keys, its time and chance.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use audit_log::checkpoint::LogSigner;
use identifiers::voprf::SecretKey;
use protocol::consent::Name;
use protocol::key_epochs::{KeyholderKey, KeyholderSigner, SignedKeyEpochs};
use protocol::text::Confidential;
use zeroize::Zeroizing;

use crate::database::{Database, DatabaseSettings};
use crate::environment::Environment;
use crate::error::KeyholderError;
use crate::sealing::Sealing;

/// The keyholder's keys, each from its own file. Prints nothing; wiped when dropped.
#[derive(Clone)]
pub struct KeyholderKeys {
    /// The keyholder's name, in its list of key epochs.
    pub name: Name,
    /// Seed of the Ed25519 key that signs the list of key epochs; partners and matcher pin its public half.
    pub list_seed: Zeroizing<[u8; 32]>,
    /// The name of the audit log.
    pub log_origin: String,
    /// Seed of the Ed25519 key that signs the audit log's checkpoints.
    pub log_seed: Zeroizing<[u8; 32]>,
    /// Under which `k1` and the log's openings are sealed in the database.
    pub storage_key: Zeroizing<[u8; 32]>,
    /// Seed of the Ed25519 key that signs access tokens.
    pub token_seed: Zeroizing<[u8; 32]>,
    /// `K_gate`, of which shares are made. It never reaches the database.
    pub gate_key: Confidential<32>,
}

impl KeyholderKeys {
    /// What partners and the matcher pin.
    #[must_use]
    pub fn list_key(&self) -> KeyholderKey {
        KeyholderSigner::from_seed(&self.list_seed).key()
    }
}

impl fmt::Debug for KeyholderKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyholderKeys")
            .field("name", &self.name)
            .field("log_origin", &self.log_origin)
            .finish_non_exhaustive()
    }
}

/// The audit log cannot have this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the audit log cannot have this name")]
pub struct InvalidOrigin;

/// How long the published list is remembered, so that a flood of readers does not reach the database.
const LIST_REMEMBERED: Duration = Duration::from_secs(1);

/// Shared by doors, drivers and the operator's acts. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Frame(Arc<Inner>);

struct Inner {
    database: Database,
    sealing: Sealing,
    gate_key: Confidential<32>,
    name: Name,
    list: KeyholderSigner,
    log: Arc<LogSigner>,
    environment: Environment,
    unsealed: Mutex<BTreeMap<u16, Arc<SecretKey>>>,
    published: Mutex<Option<(Duration, SignedKeyEpochs)>>,
}

/// Why a frame cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// The name of the audit log.
    #[error(transparent)]
    Origin(#[from] InvalidOrigin),
    /// The database.
    #[error(transparent)]
    Keyholder(#[from] KeyholderError),
}

impl Frame {
    pub(crate) fn new(
        database: DatabaseSettings,
        keys: &KeyholderKeys,
        environment: Environment,
    ) -> Result<Self, FrameError> {
        let log = LogSigner::from_seed(&keys.log_origin, &keys.log_seed).map_err(|_| InvalidOrigin)?;
        Ok(Self(Arc::new(Inner {
            database: Database::new(database, environment.clone())?,
            sealing: Sealing::new(&keys.storage_key),
            gate_key: keys.gate_key.clone(),
            name: keys.name.clone(),
            list: KeyholderSigner::from_seed(&keys.list_seed),
            log: Arc::new(log),
            environment,
            unsealed: Mutex::default(),
            published: Mutex::default(),
        })))
    }

    pub(crate) fn database(&self) -> &Database {
        &self.0.database
    }

    pub(crate) fn close(&self) {
        self.0.database.close();
    }

    pub(crate) fn sealing(&self) -> &Sealing {
        &self.0.sealing
    }

    pub(crate) fn gate_key(&self) -> &Confidential<32> {
        &self.0.gate_key
    }

    pub(crate) fn name(&self) -> &Name {
        &self.0.name
    }

    pub(crate) fn list_signer(&self) -> &KeyholderSigner {
        &self.0.list
    }

    pub(crate) fn log_signer(&self) -> Arc<LogSigner> {
        Arc::clone(&self.0.log)
    }

    pub(crate) fn environment(&self) -> &Environment {
        &self.0.environment
    }

    /// A key that was unsealed before.
    pub(crate) fn unsealed(&self, epoch: u16) -> Option<Arc<SecretKey>> {
        self.memory().get(&epoch).cloned()
    }

    pub(crate) fn remember(&self, epoch: u16, key: Arc<SecretKey>) {
        self.memory().insert(epoch, key);
    }

    /// Forgets every unsealed key but these; a key that nobody computes with any more is wiped.
    pub(crate) fn forget_all_but(&self, epochs: &[u16]) {
        self.memory().retain(|epoch, _| epochs.contains(epoch));
    }

    /// The list as it was published at most a second ago.
    pub(crate) fn remembered_list(&self) -> Option<SignedKeyEpochs> {
        let published = self.0.published.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, list) = published.as_ref()?;
        let age = self.environment().elapsed().saturating_sub(*at);
        (age < LIST_REMEMBERED).then(|| list.clone())
    }

    pub(crate) fn remember_list(&self, list: &SignedKeyEpochs) {
        let mut published = self.0.published.lock().unwrap_or_else(PoisonError::into_inner);
        *published = Some((self.environment().elapsed(), list.clone()));
    }

    fn memory(&self) -> std::sync::MutexGuard<'_, BTreeMap<u16, Arc<SecretKey>>> {
        self.0.unsealed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
