//! The portal's keys: the network's list of them, published to everybody who checks consent records, and what the process
//! that holds one does with it when it starts.

use domain::event::Event;
use protocol::consent::{ConsentKey, ConsentKeys};
use protocol::id::KeyId;
use protocol::text::Base64Url;
use store::{Context, Matcher, PortalKeyRow, StoreError, Tx, Work};

use crate::Casework;

/// Why a key of the portal is not used, added or retired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PortalKeyRefusal {
    /// The key that this process would sign with is not in the network's list.
    #[error(
        "the portal's key of the settings is not one of the network's: publish it first with `trefpunt portal-key add`"
    )]
    NotPublished,
    /// The key that this process would sign with was retired.
    #[error(
        "the portal's key of the settings was retired: use the one that took its place (`trefpunt portal-key list`)"
    )]
    Retired,
    /// It is there, or was.
    #[error("this key is or was one of the network's")]
    Known,
    /// There is no such key, or it was retired before.
    #[error("there is no such key that signs")]
    NoSuchKey,
    /// It is the one that signs at this moment.
    #[error("this key is the one of these settings: let the portal sign with another first")]
    InUse,
}

/// A failure of a step about the portal's keys.
#[derive(Debug, thiserror::Error)]
pub enum PortalKeyError {
    /// It may not be.
    #[error(transparent)]
    Refused(#[from] PortalKeyRefusal),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A key of the portal, as its operator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortalKey {
    /// Its id and the key.
    pub key: ConsentKey,
    /// Since when it signs no more.
    pub retired_at: Option<jiff::Timestamp>,
}

impl Casework {
    /// Makes sure that the key this process signs with is one of the network's. The first key a network ever has becomes so
    /// by being there. Without a key there is nothing to do.
    ///
    /// # Errors
    /// [`PortalKeyRefusal::NotPublished`], [`PortalKeyRefusal::Retired`].
    pub async fn hold_portal_key(&self) -> Result<(), PortalKeyError> {
        let Some(signer) = &self.keys().consent else {
            return Ok(());
        };
        let work = HoldKey(signer.key());
        self.store().run(Context::Service, work).await?;
        self.inner.wake.sequencer.notify_one();
        Ok(())
    }

    /// Publishes a further key, so that everybody knows it before the portal signs with it.
    ///
    /// # Errors
    /// [`PortalKeyRefusal::Known`].
    pub async fn add_portal_key(&self, key: ConsentKey) -> Result<(), PortalKeyError> {
        self.store().run(Context::Service, AddKey(key)).await?;
        self.inner.wake.sequencer.notify_one();
        Ok(())
    }

    /// Retires a key: the portal signs no more with it, and nothing more is made to. It stays published, so that what it
    /// signed can be checked.
    ///
    /// # Errors
    /// [`PortalKeyRefusal::NoSuchKey`]; [`PortalKeyRefusal::InUse`] when it is the one of this process.
    pub async fn retire_portal_key(&self, key_id: KeyId) -> Result<(), PortalKeyError> {
        let own = self.keys().consent.as_ref().map(|signer| signer.key().key_id);
        if own == Some(key_id) {
            return Err(PortalKeyRefusal::InUse.into());
        }
        self.store().run(Context::Service, RetireKey(key_id)).await?;
        self.inner.wake.sequencer.notify_one();
        Ok(())
    }

    /// The portal's keys, newest first, retired ones too.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn portal_keys(&self) -> Result<Vec<PortalKey>, StoreError> {
        self.store().run(Context::Service, ReadKeys).await
    }

    /// The public keys with which anyone checks consent records, retired ones too. `status_url`: where the portal says whether
    /// a consent stands.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn consent_keys(&self, status_url: String) -> Result<ConsentKeys, StoreError> {
        let keys = self.portal_keys().await?;
        Ok(ConsentKeys {
            network: self.keys().network_name.clone(),
            keys: keys.into_iter().map(|known| known.key).collect(),
            status_url: Some(status_url),
        })
    }
}

/// Sees to it that a key is still one of the network's that sign: it may have been retired since the process that holds it
/// began, and is not believed for anything new.
pub(crate) async fn demand_signing_key(tx: &Tx<'_, Matcher>, key: KeyId) -> Result<(), StoreError> {
    let keys = tx.portal_keys().await?;
    let signs = |row: &PortalKeyRow| row.key_id == key.0 && row.retired_at.is_none();
    if keys.iter().any(signs) {
        return Ok(());
    }
    tracing::error!("the key of this process is none of the portal's any more: nothing is signed with it");
    Err(StoreError::Interrupted("portal key"))
}

struct ReadKeys;

impl Work for ReadKeys {
    const NAME: &'static str = "read_portal_keys";
    type Role = Matcher;
    type Output = Vec<PortalKey>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<Vec<PortalKey>, StoreError> {
        Ok(tx.portal_keys().await?.iter().map(known).collect())
    }
}

struct HoldKey(ConsentKey);

impl Work for HoldKey {
    const NAME: &'static str = "hold_portal_key";
    type Role = Matcher;
    type Output = ();
    type Error = PortalKeyError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<(), PortalKeyError> {
        let network = tx.lock_portal_keys().await?;
        let known = tx.portal_keys().await?;
        match known.iter().find(|row| row.key_id == self.0.key_id.0) {
            Some(row) if row.retired_at.is_none() => Ok(()),
            Some(_) => Err(PortalKeyRefusal::Retired.into()),
            None if known.is_empty() => Ok(add(tx, network, &self.0, true).await?),
            None => Err(PortalKeyRefusal::NotPublished.into()),
        }
    }
}

struct AddKey(ConsentKey);

impl Work for AddKey {
    const NAME: &'static str = "add_portal_key";
    type Role = Matcher;
    type Output = ();
    type Error = PortalKeyError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<(), PortalKeyError> {
        let network = tx.lock_portal_keys().await?;
        let known = tx.portal_keys().await?;
        // The records that are there were signed by the portal's first key, which is published when its process starts.
        if known.is_empty() {
            return Err(PortalKeyRefusal::NotPublished.into());
        }
        if known.iter().any(|row| row.key_id == self.0.key_id.0) {
            return Err(PortalKeyRefusal::Known.into());
        }
        Ok(add(tx, network, &self.0, false).await?)
    }
}

struct RetireKey(KeyId);

impl Work for RetireKey {
    const NAME: &'static str = "retire_portal_key";
    type Role = Matcher;
    type Output = ();
    type Error = PortalKeyError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<(), PortalKeyError> {
        let network = tx.lock_portal_keys().await?;
        let known = tx.portal_keys().await?;
        let row = known
            .iter()
            .find(|row| row.key_id == self.0.0 && row.retired_at.is_none())
            .ok_or(PortalKeyRefusal::NoSuchKey)?;
        let event = Event::PortalKeyRetired {
            network,
            key: Base64Url(row.public_key).to_string(),
        };
        Ok(tx.retire_portal_key(row.key_id, &event).await?)
    }
}

async fn add(
    tx: &Tx<'_, Matcher>,
    network: u128,
    key: &ConsentKey,
    is_first: bool,
) -> Result<(), StoreError> {
    let event = Event::PortalKeyAdded {
        network,
        key: key.public_key.to_string(),
    };
    tx.insert_portal_key(key.key_id.0, key.public_key.0, is_first, &event)
        .await
}

fn known(row: &PortalKeyRow) -> PortalKey {
    PortalKey {
        key: ConsentKey {
            key_id: KeyId(row.key_id),
            public_key: Base64Url(row.public_key),
        },
        retired_at: row.retired_at,
    }
}
