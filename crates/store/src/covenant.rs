//! Networks and covenants: what the operator sets up.

use domain::event::Event;
use domain::key::{CovenantKey, OrganisationKey};
use jiff::Timestamp;
use uuid::Uuid;

use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Log, Matcher, Owner, Party, Role, RowExt, Submit, Tx};

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
        SELECT id, name, version, settings, applied_at, log_tag, municipality_id, follow_up_officer_id FROM covenant
         WHERE network_id = $1 /* network */ AND name = $2 /* name */ FOR UPDATE";
    Owner INSERT_COVENANT = "
        WITH made AS (
            INSERT INTO covenant (network_id, name, version, settings, min_suite, applied_at, log_tag)
            VALUES ($1 /* network */, $2 /* name */, 1, $3 /* settings */, $4 /* min suite */, $5 /* now */,
                    $6 /* log tag */)
            RETURNING id, version, settings, applied_at),
        kept AS (
            INSERT INTO covenant_version (covenant_id, version, settings, applied_at)
            SELECT id, version, settings, applied_at FROM made)
        SELECT id FROM made";
    Owner UPDATE_COVENANT = "
        WITH changed AS (
            UPDATE covenant
               SET version = version + 1, settings = $2 /* settings */, min_suite = $3 /* min suite */,
                   applied_at = $4 /* now */
             WHERE id = $1 /* covenant */
            RETURNING id, version, settings, applied_at)
        INSERT INTO covenant_version (covenant_id, version, settings, applied_at)
        SELECT id, version, settings, applied_at FROM changed";
    Owner SET_OFFICES = "
        UPDATE covenant SET municipality_id = $2 /* municipality */, follow_up_officer_id = $3 /* follow-up officer */
         WHERE id = $1 /* covenant */";
    Owner COVENANT_VERSIONS = "
        SELECT v.version, v.settings, v.applied_at FROM covenant_version v JOIN covenant c ON c.id = v.covenant_id
         WHERE c.network_id = $1 /* network */ AND c.name = $2 /* name */ ORDER BY v.version";
    Party COVENANTS = "
        SELECT id, name, version, settings, applied_at, log_tag, municipality_id, follow_up_officer_id FROM covenant
         WHERE network_id = $1 /* network */ ORDER BY id";
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
    /// When that was applied.
    pub applied_at: Timestamp,
    /// Its name in the log.
    pub log_tag: u128,
    /// Who answers for the family's rights and who sees that parties make contact.
    pub offices: Offices,
}

/// The municipalities that a covenant's settings name, as far as they are registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Offices {
    /// Answers for the family's rights.
    pub municipality: Option<OrganisationKey>,
    /// Its follow-up officer sees that parties make contact.
    pub follow_up_officer: Option<OrganisationKey>,
}

/// What was agreed at some time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CovenantVersionRow {
    /// Rises by one with each change.
    pub version: i32,
    /// TOML.
    pub settings: String,
    /// From when it counted.
    pub applied_at: Timestamp,
}

/// A covenant to be written down.
#[derive(Debug, Clone, Copy)]
pub struct AgreedCovenant<'a> {
    /// Its name.
    pub name: &'a str,
    /// TOML.
    pub settings: &'a str,
    /// The lowest suite that its settings take.
    pub min_suite: u8,
}

/// The roles that need to know what was agreed.
pub trait ReadsCovenants: Role {}
impl ReadsCovenants for Party {}
impl ReadsCovenants for Submit {}
impl ReadsCovenants for Matcher {}
impl ReadsCovenants for Log {}
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
        new: &AgreedCovenant<'_>,
        log_tag: u128,
        event: &Event,
    ) -> Result<CovenantKey, StoreError> {
        let row = self
            .one(
                &INSERT_COVENANT,
                &[
                    &self.store().network().0,
                    &new.name,
                    &new.settings,
                    &i16::from(new.min_suite),
                    &self.now(),
                    &Uuid::from_u128(log_tag),
                ],
            )
            .await?;
        self.record_one(event).await?;
        Ok(CovenantKey(row.value("id")?))
    }

    /// New settings for a covenant.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn update_covenant(
        &self,
        key: CovenantKey,
        new: &AgreedCovenant<'_>,
        event: &Event,
    ) -> Result<(), StoreError> {
        self.change_exactly(
            &UPDATE_COVENANT,
            1,
            &[&key.0, &new.settings, &i16::from(new.min_suite), &self.now()],
        )
        .await?;
        self.record_one(event).await?;
        Ok(())
    }

    /// Which organisations the municipalities are that its settings name. Part of the act that applied the settings or
    /// registered the municipality, and in its leaf.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn set_offices(&self, key: CovenantKey, offices: Offices) -> Result<(), StoreError> {
        let (municipality, officer) = (
            offices.municipality.map(|key| key.0),
            offices.follow_up_officer.map(|key| key.0),
        );
        self.change_exactly(&SET_OFFICES, 1, &[&key.0, &municipality, &officer])
            .await
    }

    /// Every version of a covenant, oldest first; none when there is no covenant of this name.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn covenant_versions(&self, name: &str) -> Result<Vec<CovenantVersionRow>, StoreError> {
        let rows = self
            .rows(&COVENANT_VERSIONS, &[&self.store().network().0, &name])
            .await?;
        let row = |row: &tokio_postgres::Row| {
            Ok(CovenantVersionRow {
                version: row.value("version")?,
                settings: row.value("settings")?,
                applied_at: row.value("applied_at")?,
            })
        };
        rows.iter().map(row).collect()
    }
}

fn covenant_row(row: &tokio_postgres::Row) -> Result<CovenantRow, StoreError> {
    let organisation = |column: &'static str| -> Result<Option<OrganisationKey>, StoreError> {
        Ok(row.value::<Option<i32>>(column)?.map(OrganisationKey))
    };
    Ok(CovenantRow {
        key: CovenantKey(row.value("id")?),
        name: row.value("name")?,
        version: row.value("version")?,
        settings: row.value("settings")?,
        applied_at: row.value("applied_at")?,
        log_tag: row.tag("log_tag")?,
        offices: Offices {
            municipality: organisation("municipality_id")?,
            follow_up_officer: organisation("follow_up_officer_id")?,
        },
    })
}
