//! Networks and covenants: what the operator sets up.

use domain::event::Event;
use domain::key::CovenantKey;
use uuid::Uuid;

use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Matcher, Owner, Party, Role, RowExt, Submit, Tx};

statements! {
    Owner PUT_NETWORK = "
        WITH made AS (
            INSERT INTO network (id, kind, tag_epoch, log_tag)
            VALUES ($1 /* network */, $2 /* kind */, $5 /* tag epoch */, $6 /* log tag */)
                ON CONFLICT (id) DO NOTHING
            RETURNING id)
        INSERT INTO network_epoch (network_id, net_epoch, key_check, state)
        SELECT id, $3 /* net epoch */, $4 /* key check */, 'live' FROM made";
    Owner COVENANT_BY_NAME = "
        SELECT id, name, version, settings, log_tag FROM covenant
         WHERE network_id = $1 /* network */ AND name = $2 /* name */ FOR UPDATE";
    Owner INSERT_COVENANT = "
        INSERT INTO covenant (network_id, name, version, settings, applied_at, log_tag)
        VALUES ($1 /* network */, $2 /* name */, 1, $3 /* settings */, $4 /* now */, $5 /* log tag */)
        RETURNING id";
    Owner UPDATE_COVENANT = "
        UPDATE covenant SET version = version + 1, settings = $2 /* settings */, applied_at = $3 /* now */
         WHERE id = $1 /* covenant */";
    Party COVENANTS = "
        SELECT id, name, version, settings, log_tag FROM covenant WHERE network_id = $1 /* network */ ORDER BY id";
}

/// The keys a network begins with. How they go on from there is [`crate::KeyState`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NetworkRow {
    /// First epoch of `K_net`.
    pub net_epoch: u16,
    /// Key-check value of `K_net` in that epoch.
    pub key_check: [u8; 16],
    /// First epoch of `K_tag`.
    pub tag_epoch: u16,
}

/// A network to be set up.
#[derive(Debug, Clone)]
pub struct NewNetwork {
    /// `live`, `sandbox` or `test`.
    pub kind: String,
    /// Its keys' epochs.
    pub keys: NetworkRow,
}

/// A covenant with the settings in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CovenantRow {
    /// Its key.
    pub key: CovenantKey,
    /// Its name.
    pub name: String,
    /// How often it was applied.
    pub version: i32,
    /// TOML.
    pub settings: String,
    /// Its name in the log.
    pub log_tag: u128,
}

/// The roles that need to know what was agreed.
pub trait ReadsCovenants: Role {}
impl ReadsCovenants for Party {}
impl ReadsCovenants for Submit {}
impl ReadsCovenants for Matcher {}
impl ReadsCovenants for Owner {}

impl<R: ReadsCovenants> Tx<'_, R> {
    /// All covenants of the network.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn covenants(&self) -> Result<Vec<CovenantRow>, StoreError> {
        let rows = self.rows(&COVENANTS, &[&self.store().network().0]).await?;
        rows.iter().map(covenant_row).collect()
    }
}

impl Tx<'_, Owner> {
    /// Sets the network up, unless it is: from then on its keys change by acts that the log records.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn put_network(&self, network: &NewNetwork) -> Result<(), StoreError> {
        let keys = &network.keys;
        let log_tag = Uuid::from_u128(self.store().random_tag());
        self.change(
            &PUT_NETWORK,
            &[
                &self.store().network().0,
                &network.kind,
                &keys.net_epoch.cast_signed(),
                &keys.key_check.as_slice(),
                &keys.tag_epoch.cast_signed(),
                &log_tag,
            ],
        )
        .await
        .map(drop)
    }

    /// The covenant of this name, locked.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn covenant_by_name(&self, name: &str) -> Result<Option<CovenantRow>, StoreError> {
        let row = self
            .optional(&COVENANT_BY_NAME, &[&self.store().network().0, &name])
            .await?;
        row.as_ref().map(covenant_row).transpose()
    }

    /// A new covenant.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_covenant(
        &self,
        name: &str,
        settings: &str,
        log_tag: u128,
        event: &Event,
    ) -> Result<CovenantKey, StoreError> {
        let row = self
            .one(
                &INSERT_COVENANT,
                &[
                    &self.store().network().0,
                    &name,
                    &settings,
                    &self.now(),
                    &Uuid::from_u128(log_tag),
                ],
            )
            .await?;
        self.record(std::slice::from_ref(event)).await?;
        Ok(CovenantKey(row.value("id")?))
    }

    /// New settings for a covenant.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn update_covenant(
        &self,
        key: CovenantKey,
        settings: &str,
        event: &Event,
    ) -> Result<(), StoreError> {
        self.change_exactly(&UPDATE_COVENANT, 1, &[&key.0, &settings, &self.now()])
            .await?;
        self.record(std::slice::from_ref(event)).await?;
        Ok(())
    }
}

fn covenant_row(row: &tokio_postgres::Row) -> Result<CovenantRow, StoreError> {
    Ok(CovenantRow {
        key: CovenantKey(row.value("id")?),
        name: row.value("name")?,
        version: row.value("version")?,
        settings: row.value("settings")?,
        log_tag: row.tag("log_tag")?,
    })
}
