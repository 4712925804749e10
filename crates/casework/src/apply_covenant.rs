//! What the operator puts into force: the network, and what regions agreed.

use domain::actor::OrganisationKind;
use domain::covenant::Covenant;
use domain::event::Event;
use store::{
    AgreedCovenant, Context, CovenantRow, CovenantVersionRow, NetworkRow, NewNetwork, Offices, Owner,
    StoreError, Tx, Work,
};

use crate::{Casework, RegisterError};

impl Casework {
    /// Sets the network up, unless it is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn put_network(&self, kind: &str, keys: NetworkRow) -> Result<(), StoreError> {
        let network = NewNetwork {
            kind: kind.to_owned(),
            keys,
        };
        self.store().run(Context::Service, PutNetwork(network)).await
    }

    /// Applies a covenant's settings: a new covenant, or a new version of the one of that name. Gives the version.
    /// Applying what is in force already changes nothing.
    ///
    /// # Errors
    /// [`RegisterError::Settings`] with all faults at once.
    pub async fn apply_covenant(&self, toml: &str) -> Result<i32, RegisterError> {
        let covenant = Covenant::parse(toml).map_err(RegisterError::Settings)?;
        self.store().run(Context::Service, ApplyCovenant(covenant)).await
    }

    /// Every version of a covenant, oldest first.
    ///
    /// # Errors
    /// [`RegisterError::NoSuchCovenant`].
    pub async fn covenant_versions(&self, name: &str) -> Result<Vec<CovenantVersionRow>, RegisterError> {
        let versions = self
            .store()
            .run(Context::Service, ListVersions(name.to_owned()))
            .await?;
        if versions.is_empty() {
            return Err(RegisterError::NoSuchCovenant);
        }
        Ok(versions)
    }

    /// All covenants with their settings.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn covenants(&self) -> Result<Vec<CovenantRow>, StoreError> {
        self.store().run(Context::Service, ListCovenants).await
    }
}

struct PutNetwork(NewNetwork);

impl Work for PutNetwork {
    const NAME: &'static str = "put_network";
    type Role = Owner;
    type Output = ();
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<(), StoreError> {
        tx.put_network(&self.0).await
    }
}

struct ApplyCovenant(Covenant);

impl Work for ApplyCovenant {
    const NAME: &'static str = "apply_covenant";
    type Role = Owner;
    type Output = i32;
    type Error = RegisterError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<i32, RegisterError> {
        let settings = self.0.to_toml();
        let agreed = AgreedCovenant {
            name: self.0.name(),
            settings: &settings,
            min_suite: self.0.pseudonym_scheme().min_suite(),
        };
        let changed = |covenant| Event::CovenantChanged {
            covenant,
            settings: settings.clone(),
        };
        let (key, version) = match tx.covenant_by_name(agreed.name).await? {
            None => {
                let log_tag = tx.store().random_tag();
                (tx.insert_covenant(&agreed, log_tag, &changed(log_tag)).await?, 1)
            }
            Some(row) if row.settings == settings => return Ok(row.version),
            Some(row) => {
                tx.update_covenant(row.key, &agreed, &changed(row.log_tag))
                    .await?;
                (row.key, row.version + 1)
            }
        };
        tx.set_offices(key, offices(tx, &self.0).await?).await?;
        Ok(version)
    }
}

/// The registered municipalities that these settings name.
async fn offices(tx: &Tx<'_, Owner>, covenant: &Covenant) -> Result<Offices, StoreError> {
    let organisations = tx.all_organisations().await?;
    let named = |name: &str| {
        organisations
            .iter()
            .find(|row| row.role == OrganisationKind::Municipality.slug() && row.name == name)
            .map(|row| row.key)
    };
    Ok(Offices {
        municipality: named(covenant.municipality()),
        follow_up_officer: named(covenant.follow_up_officer()),
    })
}

struct ListVersions(String);

impl Work for ListVersions {
    const NAME: &'static str = "list_covenant_versions";
    type Role = Owner;
    type Output = Vec<CovenantVersionRow>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<Vec<CovenantVersionRow>, StoreError> {
        tx.covenant_versions(&self.0).await
    }
}

struct ListCovenants;

impl Work for ListCovenants {
    const NAME: &'static str = "list_covenants";
    type Role = Owner;
    type Output = Vec<CovenantRow>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<Vec<CovenantRow>, StoreError> {
        tx.covenants().await
    }
}

/// A municipality that was registered answers for the covenants whose settings name it.
pub(crate) async fn take_office(tx: &Tx<'_, Owner>) -> Result<(), StoreError> {
    for row in tx.covenants().await? {
        let covenant =
            Covenant::parse(&row.settings).map_err(|_| StoreError::Column { column: "settings" })?;
        let named = offices(tx, &covenant).await?;
        if named != row.offices {
            tx.set_offices(row.key, named).await?;
        }
    }
    Ok(())
}
