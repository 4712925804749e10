//! Clients as their organisation's coordinator and the operator administer them: keys, and whether they may do anything.

use domain::client::{ClientState, DisabledBy};
use domain::event::Event;
use domain::key::OrganisationKey;
use jiff::Timestamp;

use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Owner, Party, Role, RowExt, Tx};

statements! {
    Party CLIENTS = "
        SELECT id, organisation_id, log_tag, roles, disabled_at, disabled_by FROM client
         WHERE organisation_id = $1 /* organisation */ ORDER BY id";
    Party HELD_CLIENT = "
        SELECT id, organisation_id, log_tag, roles, disabled_at, disabled_by FROM client
         WHERE id = $1 /* client */ FOR UPDATE";
    Party CLIENT_KEYS = "
        SELECT client_id, thumbprint, jwk, added_at, retired_at FROM client_key
         WHERE client_id = ANY ($1::text[] /* clients */)
         ORDER BY client_id, retired_at DESC NULLS FIRST, added_at DESC, thumbprint";
    Party INSERT_KEY = "
        INSERT INTO client_key (client_id, thumbprint, algorithm, jwk, added_at)
        VALUES ($1 /* client */, $2 /* thumbprint */, $3 /* algorithm */, $4 /* jwk */, $5 /* now */)";
    Party RETIRE_KEY = "
        UPDATE client_key SET retired_at = $3 /* now */
         WHERE client_id = $1 /* client */ AND thumbprint = $2 /* thumbprint */ AND retired_at IS NULL";
    Party DISABLE_CLIENT = "
        UPDATE client SET disabled_at = $2 /* now */, disabled_by = $3 /* by */ WHERE id = $1 /* client */";
    Party ENABLE_CLIENT = "
        UPDATE client SET disabled_at = NULL, disabled_by = NULL
         WHERE id = $1 /* client */ AND disabled_at IS NOT NULL";
}

/// A client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredClientRow {
    /// OAuth client id.
    pub id: String,
    /// On whose behalf it acts.
    pub organisation: OrganisationKey,
    /// Its name in the log.
    pub log_tag: u128,
    /// In which roles it may act.
    pub roles: Vec<String>,
    /// Whether it may do anything.
    pub state: ClientState,
}

/// A key of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientKeyRow {
    /// Whose.
    pub client: String,
    /// Its name.
    pub thumbprint: [u8; 32],
    /// The key, as the JSON that its name is the hash of.
    pub jwk: String,
    /// Since when it counts.
    pub added_at: Timestamp,
    /// Since when it no longer does.
    pub retired_at: Option<Timestamp>,
}

/// A key to be added.
#[derive(Debug, Clone)]
pub struct NewClientKey<'a> {
    /// Its name: the SHA-256 of its JSON.
    pub thumbprint: [u8; 32],
    /// The only algorithm it is used with.
    pub algorithm: &'static str,
    /// The key, as the JSON of RFC 7638.
    pub jwk: &'a str,
}

/// Roles that administer clients: a coordinator's, which row-level security keeps to its organisation, and the operator's.
pub trait AdministersClients: Role {}
impl AdministersClients for Party {}
impl AdministersClients for Owner {}

impl<R: AdministersClients> Tx<'_, R> {
    /// The clients of an organisation.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn clients_of(
        &self,
        organisation: OrganisationKey,
    ) -> Result<Vec<RegisteredClientRow>, StoreError> {
        let rows = self.rows(&CLIENTS, &[&organisation.0]).await?;
        rows.iter().map(client_row).collect()
    }

    /// A client as far as the role may change it, held until the transaction ends: its keys change one after the other.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn hold_client(&self, id: &str) -> Result<Option<RegisteredClientRow>, StoreError> {
        let row = self.optional(&HELD_CLIENT, &[&id]).await?;
        row.as_ref().map(client_row).transpose()
    }

    /// The keys of these clients: for each those that count, then the latest that were retired.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn client_keys(&self, clients: &[&str]) -> Result<Vec<ClientKeyRow>, StoreError> {
        let row = |row: &tokio_postgres::Row| {
            Ok(ClientKeyRow {
                client: row.value("client_id")?,
                thumbprint: row.bytes("thumbprint")?,
                jwk: row.value("jwk")?,
                added_at: row.value("added_at")?,
                retired_at: row.value("retired_at")?,
            })
        };
        self.rows(&CLIENT_KEYS, &[&clients])
            .await?
            .iter()
            .map(row)
            .collect()
    }

    /// Adds a key to a client.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn add_key(
        &self,
        client: &str,
        key: &NewClientKey<'_>,
        event: &Event,
    ) -> Result<(), StoreError> {
        self.insert_key(client, key).await?;
        self.record_one(event).await.map(drop)
    }

    /// Writes a key whose client's own event tells of it, or is about to.
    pub(crate) async fn insert_key(&self, client: &str, key: &NewClientKey<'_>) -> Result<(), StoreError> {
        let thumbprint = key.thumbprint.as_slice();
        self.change_exactly(
            &INSERT_KEY,
            1,
            &[&client, &thumbprint, &key.algorithm, &key.jwk, &self.now()],
        )
        .await
    }

    /// Retires a key that counts.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn retire_key(
        &self,
        client: &str,
        thumbprint: &[u8; 32],
        event: &Event,
    ) -> Result<(), StoreError> {
        let thumbprint = thumbprint.as_slice();
        self.change_exactly(&RETIRE_KEY, 1, &[&client, &thumbprint, &self.now()])
            .await?;
        self.record_one(event).await.map(drop)
    }

    /// Disables a client, at once.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn disable_client(
        &self,
        client: &str,
        by: DisabledBy,
        event: &Event,
    ) -> Result<(), StoreError> {
        self.change_exactly(&DISABLE_CLIENT, 1, &[&client, &self.now(), &by.slug()])
            .await?;
        self.record_one(event).await.map(drop)
    }

    /// Enables a client that was disabled.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn enable_client(&self, client: &str, event: &Event) -> Result<(), StoreError> {
        self.change_exactly(&ENABLE_CLIENT, 1, &[&client]).await?;
        self.record_one(event).await.map(drop)
    }
}

pub(crate) fn client_row(row: &tokio_postgres::Row) -> Result<RegisteredClientRow, StoreError> {
    let by: Option<String> = row.value("disabled_by")?;
    let by = by.map(|by| DisabledBy::from_slug(&by)).transpose();
    let by = by.map_err(|_| StoreError::Column {
        column: "disabled_by",
    })?;
    let at: Option<Timestamp> = row.value("disabled_at")?;
    Ok(RegisteredClientRow {
        id: row.value("id")?,
        organisation: OrganisationKey(row.value("organisation_id")?),
        log_tag: row.tag("log_tag")?,
        roles: row.value("roles")?,
        state: match at.zip(by) {
            None => ClientState::Enabled,
            Some((at, by)) => ClientState::Disabled { at, by },
        },
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::test_util::TestDatabase;

    /// RFC 8037 appendix A.2 and A.3: a public key, and the SHA-256 of its JSON.
    const KEY: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    const X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    const THUMBPRINT: &str = "90facafea9b1556698540f70c0117a22ea37bd5cf3ed3c47093c1707282b4b89";

    fn file(folder: &str, name: &str) -> String {
        std::fs::read_to_string(format!("{}/{folder}/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn keys_that_were_registered_before_keep_counting_under_the_name_of_the_rfc() {
        let database = TestDatabase::new(Arc::new(|bytes: &mut [u8]| bytes.fill(7))).await;
        let client = database.superuser().await;
        let mut later: Vec<(u32, String)> = std::fs::read_dir(format!("{}/down", env!("CARGO_MANIFEST_DIR")))
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .map(|name| (name[1..].split("__").next().unwrap().parse().unwrap(), name))
            .filter(|(number, _)| *number >= 36)
            .collect();
        later.sort_unstable();
        for (_, name) in later.iter().rev() {
            client.batch_execute(&file("down", name)).await.unwrap();
        }
        let before = format!(
            "INSERT INTO network (id, kind, clock_offset, tag_epoch, log_tag)
             VALUES (1, 'test', '0 hours', 1, gen_random_uuid()) ON CONFLICT DO NOTHING;
             INSERT INTO covenant (network_id, name, version, settings, applied_at, min_suite, log_tag)
             SELECT id, 'c', 1, '', now(), 1, gen_random_uuid() FROM network;
             INSERT INTO organisation (public_id, covenant_id, name, role)
             SELECT gen_random_uuid(), id, 'o', 'supervisor' FROM covenant;
             INSERT INTO client (id, organisation_id, public_key, roles, log_tag, disabled_at)
             SELECT 'cl_' || n, id, decode('{KEY}', 'hex'), ARRAY['supervisor'], gen_random_uuid(),
                    CASE n WHEN 2 THEN now() END
               FROM organisation, generate_series(1, 2) n"
        );
        client.batch_execute(&before).await.unwrap();
        let up = file("migrations", "V36__client_keys.sql");
        client.batch_execute(&up).await.unwrap();
        let rows = client
            .query(
                "SELECT encode(k.thumbprint, 'hex') AS thumbprint, k.jwk, k.algorithm, c.disabled_by
                   FROM client_key k JOIN client c ON c.id = k.client_id ORDER BY c.id",
                &[],
            )
            .await
            .unwrap();
        assert_eq!(rows.len(), 2);
        for (row, disabled_by) in rows.iter().zip([None, Some("operator")]) {
            assert_eq!(row.get::<_, &str>("thumbprint"), THUMBPRINT);
            let jwk = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{X}"}}"#);
            assert_eq!(row.get::<_, &str>("jwk"), jwk);
            assert_eq!(row.get::<_, &str>("algorithm"), "EdDSA");
            assert_eq!(row.get::<_, Option<&str>>("disabled_by"), disabled_by);
        }
        client
            .batch_execute(&file("down", "V36__client_keys.sql"))
            .await
            .unwrap();
        let row = client
            .query_one("SELECT DISTINCT encode(public_key, 'hex') FROM client", &[])
            .await
            .unwrap();
        assert_eq!(row.get::<_, &str>(0), KEY);
    }
}
