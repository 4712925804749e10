//! What the service knows of keys: kept in memory under its number, and told to partners.

use std::sync::{Arc, PoisonError, RwLock};

use identifiers::voprf::{Delta, PublicKey};
use protocol::key_epochs::{KeyEpochs, NetEpoch, NetEpochState, NetworkKeys, SignedKeyEpochs};
use protocol::text::Base64Url;
use store::{Context, KeyState, RotationPhase, StoreError, Submit, Tx, Work};

use crate::keyholder::KeyholderFailure;
use crate::{AcceptKeyEpochsError, Casework};

/// The keys as they were read last.
#[derive(Default)]
pub(crate) struct KeysInMemory(RwLock<Option<Arc<Keys>>>);

/// The state of the network's keys, ready for use.
pub(crate) struct Keys {
    pub(crate) state: KeyState,
    list: Option<KeyEpochs>,
    delta: Option<Delta>,
}

/// Why the keyholder's list was not had. What was accepted before stays.
#[derive(Debug, thiserror::Error)]
pub enum RefreshKeyEpochsError {
    /// This service has no keyholder.
    #[error("no keyholder is configured")]
    NoKeyholder,
    /// The keyholder did not answer.
    #[error("the keyholder did not answer with its list")]
    Unreachable,
    /// Its list is refused.
    #[error(transparent)]
    Refused(#[from] AcceptKeyEpochsError),
}

impl Keys {
    pub(crate) fn of(state: KeyState) -> Result<Self, StoreError> {
        let list = state.list.as_ref().map(|list| KeyEpochs::parse(&list.document));
        let delta = state
            .rotation
            .as_ref()
            .and_then(|rotation| rotation.delta.as_ref());
        Ok(Self {
            list: list
                .transpose()
                .map_err(|_| StoreError::Column { column: "document" })?,
            delta: delta
                .map(|delta| Delta::from_bytes(delta))
                .transpose()
                .map_err(|_| StoreError::Column { column: "delta" })?,
            state,
        })
    }

    /// The quotient of the keyholder's two keys, while a rotation has one.
    pub(crate) fn delta(&self) -> Option<&Delta> {
        self.delta.as_ref()
    }

    /// The epoch in which the gateway asks now, with its key: that which the keyholder calls live, if tokens of it can be
    /// used here; else that of the tags.
    pub(crate) fn to_ask(&self) -> Option<(u16, &PublicKey)> {
        let list = self.list.as_ref()?;
        let (live, key) = list.live();
        if self.takes(live) {
            return Some((live, key));
        }
        let ours = self.state.oprf_epoch?;
        Some((ours, list.public_key(ours)?))
    }

    /// Whether tokens of this epoch of the keyholder's key can be used: the live one, the next while a rotation fills, the
    /// previous while there is a quotient to multiply them with.
    pub(crate) fn takes(&self, oprf_epoch: u16) -> bool {
        let rotation = self.state.rotation.as_ref();
        let next = rotation
            .filter(|rotation| rotation.phase == RotationPhase::Fill)
            .and_then(|rotation| rotation.to.oprf_epoch);
        let previous = rotation
            .filter(|rotation| rotation.phase == RotationPhase::Grace && rotation.delta.is_some())
            .and_then(|rotation| rotation.from.oprf_epoch);
        [self.state.oprf_epoch, next, previous].contains(&Some(oprf_epoch))
    }
}

impl Casework {
    /// The keys as they were read last; read when they never were.
    pub(crate) async fn known_keys(&self) -> Result<Arc<Keys>, StoreError> {
        let known = {
            let keys = &self.inner.known_keys.0;
            keys.read().unwrap_or_else(PoisonError::into_inner).clone()
        };
        match known {
            Some(keys) => Ok(keys),
            None => self.read_keys().await,
        }
    }

    /// Reads the keys.
    pub(crate) async fn read_keys(&self) -> Result<Arc<Keys>, StoreError> {
        let state = self.store().run(Context::Service, ReadKeys).await?;
        let keys = Arc::new(Keys::of(state)?);
        let mut known = self
            .inner
            .known_keys
            .0
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        // Of two readers the later may have read earlier.
        if known
            .as_ref()
            .is_none_or(|known| known.state.version <= keys.state.version)
        {
            *known = Some(Arc::clone(&keys));
        }
        Ok(keys)
    }

    /// Which tokens are taken now, for everybody.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn network_keys(&self) -> Result<NetworkKeys, StoreError> {
        let keys = self.known_keys().await?;
        let state = &keys.state;
        let lifts = state.oprf_epoch.is_none() || self.inner.gateway.is_some();
        let mut suites = Vec::new();
        if lifts {
            suites.push(1);
        }
        if state.oprf_epoch.is_some() {
            suites.push(2);
        }
        Ok(NetworkKeys {
            net_epochs: state
                .net_epochs
                .iter()
                .map(|epoch| NetEpoch {
                    net_epoch: epoch.number,
                    key_check: Base64Url(epoch.key_check),
                    state: match epoch.until {
                        None => NetEpochState::Live,
                        Some(_) => NetEpochState::Ending,
                    },
                    until: epoch.until,
                })
                .collect(),
            min_suite: suites.first().copied().unwrap_or(2),
            suites,
            oprf_epoch: state.oprf_epoch,
            key_epochs: state.list.as_ref().map(|list| SignedKeyEpochs {
                document: list.document.clone(),
                signature: Base64Url(list.signature),
            }),
        })
    }

    /// Asks the keyholder for its list and accepts it.
    ///
    /// # Errors
    /// [`RefreshKeyEpochsError`].
    pub async fn refresh_key_epochs(&self) -> Result<(), RefreshKeyEpochsError> {
        let gateway = self.inner.gateway.as_ref();
        let gateway = gateway.ok_or(RefreshKeyEpochsError::NoKeyholder)?;
        let signed = gateway.key_epochs().await;
        let signed = signed.map_err(|_: KeyholderFailure| RefreshKeyEpochsError::Unreachable)?;
        let known = self.known_keys().await.map_err(AcceptKeyEpochsError::Store)?;
        let known = known.state.list.as_ref();
        if known.is_some_and(|known| known.document == signed.document) {
            return Ok(());
        }
        self.accept_key_epochs(gateway.key(), &signed).await?;
        self.read_keys().await.map_err(AcceptKeyEpochsError::Store)?;
        self.inner.wake.sequencer.notify_one();
        Ok(())
    }
}

struct ReadKeys;

impl Work for ReadKeys {
    const NAME: &'static str = "read_keys";
    type Role = Submit;
    type Output = KeyState;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Submit>) -> Result<KeyState, StoreError> {
        let state = tx.key_state().await?;
        let mut state = state.ok_or(StoreError::Column { column: "network" })?;
        // One whose time is over and whose tags are being destroyed is no longer taken, and nobody is told to send it.
        state.net_epochs.retain(|epoch| epoch.is_accepted(tx.now()));
        Ok(state)
    }
}
