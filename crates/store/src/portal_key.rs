//! The portal's keys: which there were, and which of them are retired. The secrets are never here.

use domain::event::Event;
use domain::key::NetworkKey;
use jiff::Timestamp;

use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Matcher, RowExt, Tx};

statements! {
    Matcher PORTAL_KEYS = "
        SELECT key_id, public_key, retired_at FROM portal_key WHERE network_id = $1 /* network */
         ORDER BY added_at DESC, key_id";
    // Two processes that start at once, or an operator and a process, take turns.
    Matcher LOCK_PORTAL_KEYS = "
        SELECT log_tag FROM network WHERE id = $1 /* network */ FOR NO KEY UPDATE";
    Matcher INSERT_PORTAL_KEY = "
        INSERT INTO portal_key (network_id, key_id, public_key, added_at)
        VALUES ($1 /* network */, $2 /* key id */, $3 /* public key */, $4 /* now */)";
    Matcher RETIRE_PORTAL_KEY = "
        UPDATE portal_key SET retired_at = $3 /* now */
         WHERE network_id = $1 /* network */ AND key_id = $2 /* key id */ AND retired_at IS NULL";
    // Records from before keys had a list were signed with the first of them.
    Matcher NAME_KEY_OF_RECORDS = "
        UPDATE consent SET record_key = $1 /* key id */ WHERE record IS NOT NULL AND record_key IS NULL";
}

/// A key of the portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PortalKeyRow {
    /// Its id, as records name it.
    pub key_id: [u8; 16],
    /// The Ed25519 public key.
    pub public_key: [u8; 32],
    /// Since when it signs no more.
    pub retired_at: Option<Timestamp>,
}

impl Tx<'_, Matcher> {
    /// The portal's keys, newest first, retired ones too.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn portal_keys(&self) -> Result<Vec<PortalKeyRow>, StoreError> {
        let NetworkKey(network) = self.store().network();
        let rows = self.rows(&PORTAL_KEYS, &[&network]).await?;
        rows.iter()
            .map(|row| {
                Ok(PortalKeyRow {
                    key_id: row.bytes("key_id")?,
                    public_key: row.bytes("public_key")?,
                    retired_at: row.value("retired_at")?,
                })
            })
            .collect()
    }

    /// Holds the list of the portal's keys; gives the network's name in the log.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn lock_portal_keys(&self) -> Result<u128, StoreError> {
        let NetworkKey(network) = self.store().network();
        self.one(&LOCK_PORTAL_KEYS, &[&network]).await?.tag("log_tag")
    }

    /// Publishes a key. Of the very first all records are that were signed until now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_portal_key(
        &self,
        key_id: [u8; 16],
        public_key: [u8; 32],
        is_first: bool,
        event: &Event,
    ) -> Result<(), StoreError> {
        let NetworkKey(network) = self.store().network();
        let (key_id, public_key) = (key_id.as_slice(), public_key.as_slice());
        self.change_exactly(
            &INSERT_PORTAL_KEY,
            1,
            &[&network, &key_id, &public_key, &self.now()],
        )
        .await?;
        if is_first {
            self.change(&NAME_KEY_OF_RECORDS, &[&key_id]).await?;
        }
        self.record_one(event).await.map(drop)
    }

    /// Retires a key that signs.
    ///
    /// # Errors
    /// [`StoreError::RowCount`] when there is no such key that signs.
    pub async fn retire_portal_key(&self, key_id: [u8; 16], event: &Event) -> Result<(), StoreError> {
        let NetworkKey(network) = self.store().network();
        let key_id = key_id.as_slice();
        self.change_exactly(&RETIRE_PORTAL_KEY, 1, &[&network, &key_id, &self.now()])
            .await?;
        self.record_one(event).await.map(drop)
    }
}
