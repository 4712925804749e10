//! Sealing keys of organisations: to which others seal, and how much waits that only one of them opens.

use std::collections::BTreeMap;

use domain::event::Event;
use domain::key::OrganisationKey;
use domain::sealing_key::{SealingKey, SealingKeys};
use jiff::Timestamp;

use crate::client::AdministersClients;
use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Party, RowExt, Tx};

statements! {
    Party HELD_SEALING_KEYS = "
        SELECT number FROM organisation_sealing_key
         WHERE organisation_id = $1 /* organisation */ ORDER BY number FOR UPDATE";
    Party SEALING_KEYS = "
        SELECT number, key, added_at, retired_at FROM organisation_sealing_key
         WHERE organisation_id = $1 /* organisation */
         ORDER BY retired_at DESC NULLS FIRST, number DESC";
    Party INSERT_SEALING_KEY = "
        INSERT INTO organisation_sealing_key (organisation_id, number, key, added_at)
        VALUES ($1 /* organisation */, $2 /* number */, $3 /* key */, $4 /* now */)
            ON CONFLICT DO NOTHING";
    Party RETIRE_SEALING_KEY = "
        UPDATE organisation_sealing_key SET retired_at = $3 /* now */
         WHERE organisation_id = $1 /* organisation */ AND key = $2 /* key */ AND retired_at IS NULL";
    Party WAITING_BY_SEALING_KEY = "
        SELECT recipient_key, count(*) AS waiting FROM message
         WHERE recipient_id = $1 /* organisation */ AND sent_at IS NOT NULL AND fetched_at IS NULL AND destroyed_at IS NULL
         GROUP BY recipient_key";
    Party NEWEST_SEALING_KEYS = "
        SELECT DISTINCT ON (organisation_id) organisation_id, key FROM organisation_sealing_key
         WHERE organisation_id = ANY ($1::int[] /* organisations */) AND retired_at IS NULL
         ORDER BY organisation_id, number DESC";
    Party RELIED_ON_SEALING_KEYS = "
        SELECT organisation_id FROM organisation_sealing_key
         WHERE retired_at IS NULL
           AND (organisation_id = $1 /* sender */ AND key = $2 /* its key */
                OR organisation_id = $3 /* recipient */ AND key = $4 /* its key */)
         ORDER BY organisation_id FOR SHARE";
}

/// A sealing key of an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealingKeyRow {
    /// Which one.
    pub number: i32,
    /// The X25519 public key.
    pub key: [u8; 32],
    /// Since when it counts.
    pub added_at: Timestamp,
    /// Since when it no longer does.
    pub retired_at: Option<Timestamp>,
}

/// A sealing key that must count when something is stored that names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NamedSealingKey {
    /// Whose.
    pub organisation: OrganisationKey,
    /// The X25519 public key.
    pub key: [u8; 32],
}

impl<R: AdministersClients> Tx<'_, R> {
    /// The keys of an organisation as the rules see them, held until the transaction ends: its keys change one after the
    /// other, and nothing is stored meanwhile that is sealed to one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn hold_sealing_keys(&self, organisation: OrganisationKey) -> Result<SealingKeys, StoreError> {
        // Held first and read in a statement of its own, which sees what others committed while this one waited.
        self.rows(&HELD_SEALING_KEYS, &[&organisation.0]).await?;
        let rows = self.sealing_keys(organisation).await?;
        let keys = rows.into_iter().map(|row| SealingKey {
            number: row.number,
            key: row.key,
            retired_at: row.retired_at,
        });
        Ok(SealingKeys(keys.collect()))
    }

    /// The keys of an organisation: those that count, the newest first, then the latest that were retired.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn sealing_keys(
        &self,
        organisation: OrganisationKey,
    ) -> Result<Vec<SealingKeyRow>, StoreError> {
        let row = |row: &tokio_postgres::Row| {
            Ok(SealingKeyRow {
                number: row.value("number")?,
                key: row.bytes("key")?,
                added_at: row.value("added_at")?,
                retired_at: row.value("retired_at")?,
            })
        };
        let rows = self.rows(&SEALING_KEYS, &[&organisation.0]).await?;
        rows.iter().map(row).collect()
    }

    /// Adds a key under a number; false when the number or the key was taken in this very moment.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn add_sealing_key(
        &self,
        organisation: OrganisationKey,
        number: i32,
        key: &[u8; 32],
        event: &Event,
    ) -> Result<bool, StoreError> {
        let key = key.as_slice();
        let added = self
            .change(
                &INSERT_SEALING_KEY,
                &[&organisation.0, &number, &key, &self.now()],
            )
            .await?;
        if added == 1 {
            self.record_one(event).await?;
        }
        Ok(added == 1)
    }

    /// Retires a key that counts.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn retire_sealing_key(
        &self,
        organisation: OrganisationKey,
        key: &[u8; 32],
        event: &Event,
    ) -> Result<(), StoreError> {
        let key = key.as_slice();
        self.change_exactly(&RETIRE_SEALING_KEY, 1, &[&organisation.0, &key, &self.now()])
            .await?;
        self.record_one(event).await.map(drop)
    }
}

impl Tx<'_, Party> {
    /// How many messages and attachments wait for this organisation, by the key that they are sealed to.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn waiting_by_sealing_key(
        &self,
        organisation: OrganisationKey,
    ) -> Result<BTreeMap<[u8; 32], i64>, StoreError> {
        let rows = self.rows(&WAITING_BY_SEALING_KEY, &[&organisation.0]).await?;
        rows.iter()
            .map(|row| Ok((row.bytes("recipient_key")?, row.value("waiting")?)))
            .collect()
    }

    /// The key to which others seal, of each of these that has one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn newest_sealing_keys(
        &self,
        organisations: &[OrganisationKey],
    ) -> Result<BTreeMap<OrganisationKey, [u8; 32]>, StoreError> {
        let keys: Vec<i32> = organisations.iter().map(|key| key.0).collect();
        let rows = self.rows(&NEWEST_SEALING_KEYS, &[&keys]).await?;
        rows.iter()
            .map(|row| Ok((OrganisationKey(row.value("organisation_id")?), row.bytes("key")?)))
            .collect()
    }

    /// Whether both keys count, each its organisation's. They are held until the transaction ends: neither is retired
    /// before what names them is stored.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn rely_on_sealing_keys(
        &self,
        sender: &NamedSealingKey,
        recipient: &NamedSealingKey,
    ) -> Result<bool, StoreError> {
        let counting = self
            .rows(
                &RELIED_ON_SEALING_KEYS,
                &[
                    &sender.organisation.0,
                    &sender.key.as_slice(),
                    &recipient.organisation.0,
                    &recipient.key.as_slice(),
                ],
            )
            .await?;
        Ok(counting.len() == 2)
    }
}
