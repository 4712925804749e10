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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::test_util::TestDatabase;

    fn file(folder: &str, name: &str) -> String {
        std::fs::read_to_string(format!("{}/{folder}/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
    }

    const FILE: &str = "V48__sealing_keys.sql";

    /// Two organisations with a key and one without; a message between the two, and one of who has none. Only the columns
    /// that matter are right: nothing looks at what they refer to.
    const BEFORE: &str = "
        SET session_replication_role = replica;
        INSERT INTO organisation (id, public_id, covenant_id, name, role, sector, sealing_key) OVERRIDING SYSTEM VALUE
        SELECT n, gen_random_uuid(), 1, 'o' || n, 'partner', 'education',
               CASE WHEN n < 3 THEN decode(repeat('0' || n, 32), 'hex') END
          FROM generate_series(1, 3) n;
        INSERT INTO message (subject_id, id, match_id, consent_id, message_id, sender_id, recipient_id, sent_at, enc,
                             envelope, ciphertext, log_tag)
        SELECT 1, n, 1, 1, gen_random_uuid(), n, 2, now(), '', '', '', gen_random_uuid() FROM unnest(ARRAY[1, 3]) n;
        SET session_replication_role = origin;";

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn the_one_key_of_before_becomes_the_first_and_stays_that_of_its_messages() {
        let database = TestDatabase::new(Arc::new(|bytes: &mut [u8]| bytes.fill(7))).await;
        let client = database.superuser().await;
        let mut later: Vec<(u32, String)> = std::fs::read_dir(format!("{}/down", env!("CARGO_MANIFEST_DIR")))
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .map(|name| (name[1..].split("__").next().unwrap().parse().unwrap(), name))
            .filter(|(number, _)| *number >= 48)
            .collect();
        later.sort_unstable();
        for (_, name) in later.iter().rev() {
            client.batch_execute(&file("down", name)).await.unwrap();
        }
        client.batch_execute(BEFORE).await.unwrap();
        client.batch_execute(&file("migrations", FILE)).await.unwrap();
        let texts = async |sql: &str| -> Vec<String> {
            let rows = client.query(sql, &[]).await.unwrap();
            rows.iter().map(|row| row.get(0)).collect()
        };
        let keys = texts(
            "SELECT concat_ws(' ', organisation_id, number, encode(substr(key, 1, 1), 'hex'), retired_at)
               FROM organisation_sealing_key ORDER BY organisation_id",
        )
        .await;
        assert_eq!(keys, ["1 1 01", "2 1 02"]);
        let named = texts(
            "SELECT concat_ws(' ', sender_id, encode(substr(sender_key, 1, 1), 'hex'),
                              encode(substr(recipient_key, 1, 1), 'hex')) FROM message ORDER BY sender_id",
        )
        .await;
        assert_eq!(named, ["1 01 02", "3 00 02"]);

        // Of several keys the newest that counts remains.
        let further = "
            INSERT INTO organisation_sealing_key (organisation_id, number, key, added_at, retired_at) VALUES
                (1, 2, decode(repeat('11', 32), 'hex'), now(), NULL), (1, 3, decode(repeat('12', 32), 'hex'), now(), now());
            UPDATE organisation_sealing_key SET retired_at = now() WHERE organisation_id = 2";
        client.batch_execute(further).await.unwrap();
        client.batch_execute(&file("down", FILE)).await.unwrap();
        let keys = texts(
            "SELECT concat_ws(' ', id, encode(substr(sealing_key, 1, 1), 'hex')) FROM organisation WHERE name LIKE 'o_' ORDER BY id",
        )
        .await;
        assert_eq!(keys, ["1 11", "2", "3"]);
    }
}
