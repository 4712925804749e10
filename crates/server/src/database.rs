//! The way to the database: the private PostgreSQL, started or joined, or the one at the configured address.

use store::private_postgres::{self, PrivatePostgres, PrivatePostgresError};
use store::{
    ConnectionSettings, Context, Crypter, KeyState, NetworkRow, Owner, PublicIds, Store, StoreError, Submit,
    Tx, Work, migrate, schema_is_current,
};

use crate::config::{Config, Database, Network};
use crate::environment;

/// The number of the one network of this service in its database.
const NETWORK: domain::key::NetworkKey = domain::key::NetworkKey(1);

/// What an operator's command is called among the connections, whatever settings it reads.
pub const COMMAND: &str = "command";

/// An open database.
pub struct OpenDatabase {
    store: Store,
    settings: ConnectionSettings,
    own: Own,
}

/// Whose server it is.
enum Own {
    /// Ours: it stops with us.
    Started(PrivatePostgres),
    /// Ours, but started by another program that uses the same data directory.
    Joined,
    /// Run elsewhere.
    Elsewhere,
}

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The private PostgreSQL.
    #[error(transparent)]
    Private(#[from] PrivatePostgresError),
    /// The database.
    #[error("{}", explain(.0))]
    Store(#[from] StoreError),
    /// The schema is another than this program's.
    #[error("the database's schema is not the one of this program: run `trefpunt migrate`")]
    SchemaNotCurrent,
    /// The network in the database is another than in the settings.
    #[error(
        "the network in the database is not set up (run `trefpunt migrate`), or its kind or keys are others than those of the settings (`trefpunt doctor` tells)"
    )]
    OtherNetwork,
    /// The program could not wait for the database.
    #[error("starting the database was interrupted")]
    Interrupted,
}

/// A failure with what lies below it. The database's own words about a statement can quote values and are left out.
pub fn explain(error: &StoreError) -> String {
    match error {
        StoreError::Unreachable(_) | StoreError::Address(_) | StoreError::Migration(_) => chain(error),
        error => error.to_string(),
    }
}

impl DatabaseError {
    /// What is wrong, with what lies below it, on one line.
    pub fn line(&self) -> String {
        match self {
            Self::Private(error) => chain(error),
            error => error.to_string(),
        }
    }
}

/// An error and what lies below it, on one line.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let below = error.to_string();
        // Some errors repeat their source.
        if !line.ends_with(&below) {
            line.push_str(": ");
            line.push_str(&below);
        }
        source = error.source();
    }
    line.replace('\n', " ")
}

impl OpenDatabase {
    /// Starts or finds the database. Takes 2 to 3 s the first time in a data directory.
    ///
    /// # Errors
    /// [`DatabaseError::Private`] also when another program uses the data directory.
    pub async fn open(config: &Config) -> Result<Self, DatabaseError> {
        Self::open_as(config, config.process.name()).await
    }

    async fn open_as(config: &Config, process: &str) -> Result<Self, DatabaseError> {
        match &config.database {
            Database::Private { data_dir, options } => {
                let (data_dir, options) = (data_dir.clone(), options.clone());
                let starting = move || PrivatePostgres::start_with(&data_dir, options);
                let started = tokio::task::spawn_blocking(starting).await;
                let server = started.map_err(|_| DatabaseError::Interrupted)??;
                let settings = ConnectionSettings {
                    owner: server.config(),
                    role_secret: None,
                };
                Self::with(config, settings, process, Own::Started(server))
            }
            Database::Url { url, role_secret } => {
                let role_secret = role_secret.as_ref().map(|secret| *secret.expose());
                let settings = ConnectionSettings::from_url(url, role_secret)?;
                Self::with(config, settings, process, Own::Elsewhere)
            }
        }
    }

    /// As [`OpenDatabase::open`], but beside a program that already runs the private PostgreSQL uses that one.
    ///
    /// # Errors
    /// As [`OpenDatabase::open`].
    pub async fn open_beside(config: &Config) -> Result<Self, DatabaseError> {
        match (Self::open_as(config, COMMAND).await, &config.database) {
            (
                Err(DatabaseError::Private(in_use @ PrivatePostgresError::InUse(_))),
                Database::Private { data_dir, .. },
            ) => {
                let owner = private_postgres::config_of_running(data_dir).ok_or(in_use)?;
                Self::with(
                    config,
                    ConnectionSettings {
                        owner,
                        role_secret: None,
                    },
                    COMMAND,
                    Own::Joined,
                )
            }
            (opened, _) => opened,
        }
    }

    fn with(
        config: &Config,
        mut settings: ConnectionSettings,
        process: &str,
        own: Own,
    ) -> Result<Self, DatabaseError> {
        // By it `doctor` tells processes apart.
        let number = u32::from_be_bytes(environment::random());
        let name = format!("{}{process}/{number:08x}", store::PROGRAM);
        settings.owner.application_name(name);
        let keys = &config.keys;
        let crypter = Crypter::new(*keys.storage.expose());
        let public_ids = PublicIds::new(keys.id.expose());
        let store = Store::new(&settings, NETWORK, crypter, public_ids, environment::chance())?;
        Ok(Self { store, settings, own })
    }

    /// The store on it.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The private server, when it is one that this program started.
    pub fn private(&self) -> Option<&PrivatePostgres> {
        match &self.own {
            Own::Started(server) => Some(server),
            Own::Joined | Own::Elsewhere => None,
        }
    }

    /// Whether it is the private one.
    pub fn is_private(&self) -> bool {
        !matches!(self.own, Own::Elsewhere)
    }

    /// Whether another program runs it for its own service.
    pub fn is_joined(&self) -> bool {
        matches!(self.own, Own::Joined)
    }

    /// Brings the schema up to date.
    ///
    /// # Errors
    /// [`DatabaseError::Store`].
    pub async fn migrate(&self) -> Result<(), DatabaseError> {
        Ok(migrate(&self.store, &self.settings).await?)
    }

    /// Whether the schema is the one of this program. A database without any is not.
    ///
    /// # Errors
    /// [`DatabaseError::Store`] when it cannot be reached.
    pub async fn is_current(&self) -> Result<bool, DatabaseError> {
        match schema_is_current(&self.store).await {
            // The list of migrations is not there, or not to be read: migrating either mends that or says why not.
            Err(StoreError::Migration(_)) => Ok(false),
            known => Ok(known?),
        }
    }

    /// Checks that the schema and the network are those of this program and its settings.
    ///
    /// # Errors
    /// [`DatabaseError::SchemaNotCurrent`], [`DatabaseError::OtherNetwork`].
    pub async fn check(&self, config: &Config) -> Result<(), DatabaseError> {
        if !self.is_current().await? {
            return Err(DatabaseError::SchemaNotCurrent);
        }
        match knows(&self.store, &config.network).await? {
            true => Ok(()),
            false => Err(DatabaseError::OtherNetwork),
        }
    }

    /// Closes the connections and stops a server that we started; what was committed is on disk afterwards.
    pub async fn close(self) {
        self.store.close();
        if let Own::Started(server) = self.own {
            // It waits for PostgreSQL, up to 35 s.
            let stopped = tokio::task::spawn_blocking(move || server.stop()).await;
            if stopped.is_err() {
                tracing::error!("the database did not stop in order");
            }
        }
    }
}

/// The state of the network's keys in the database, if it was set up.
///
/// # Errors
/// [`StoreError`].
pub async fn network(store: &Store) -> Result<Option<KeyState>, StoreError> {
    store.run(Context::Service, ReadNetwork).await
}

struct ReadNetwork;

impl Work for ReadNetwork {
    const NAME: &'static str = "read_network";
    type Role = Submit;
    type Output = Option<KeyState>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Submit>) -> Result<Option<KeyState>, StoreError> {
        tx.key_state().await
    }
}

/// Whether the network is of the kind that the settings name, and has, or once had, the epoch of the partners' key in them:
/// they say with what it began, and stay right when that epoch ends.
///
/// # Errors
/// [`StoreError`].
pub async fn knows(store: &Store, network: &Network) -> Result<bool, StoreError> {
    let work = KnowsNetwork {
        kind: network.kind.clone(),
        keys: network.keys,
    };
    store.run(Context::Service, work).await
}

struct KnowsNetwork {
    kind: String,
    keys: NetworkRow,
}

impl Work for KnowsNetwork {
    const NAME: &'static str = "knows_network";
    type Role = Owner;
    type Output = bool;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Owner>) -> Result<bool, StoreError> {
        if tx.network_kind().await?.as_deref() != Some(self.kind.as_str()) {
            return Ok(false);
        }
        let epochs = tx.network_epochs().await?;
        Ok(epochs
            .iter()
            .any(|(epoch, _)| (epoch.number, epoch.key_check) == (self.keys.net_epoch, self.keys.key_check)))
    }
}
