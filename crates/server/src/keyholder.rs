//! The keyholder as this program runs it: its directory, its settings, its private PostgreSQL, start and stop.
//!
//! What a keyholder does is the crate `keyholder`. It shares no database, no key and no settings with a service; that
//! the same program can be either is convenience.

mod child;
mod config;
mod database;
mod directory;

use std::time::Duration;

use keyholder::{Capacity, Environment, Keyholder, KeyholderKeys, KeyholderSettings, Operator, StartError};
use tokio::task::AbortHandle;
use zeroize::Zeroizing;

use crate::environment;
use crate::tls::{TlsFileError, WatchedTls};

pub use child::{Announced, ChildError, ChildKeyholder};
pub use config::{DEFAULT_LISTEN, DEFAULT_PATH, KeyholderConfig, Keys, PATH_VARIABLE};
pub use database::{KeyholderDatabase, OpenError};
pub use directory::{KeyholderDirectory, KeyholderPlan};

/// A running keyholder with its database.
pub struct Running {
    keyholder: Keyholder,
    database: KeyholderDatabase,
    tls: Option<AbortHandle>,
}

/// Why a keyholder does not start.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The private PostgreSQL, or the address of another.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The files of TLS.
    #[error("TLS cannot be set up from the files of [server.tls]: {0}")]
    Tls(#[from] TlsFileError),
    /// The keyholder.
    #[error(transparent)]
    Start(#[from] StartError),
}

impl Running {
    /// Starts the keyholder and waits until it answers. A private database is migrated and gets its first key; one at
    /// an address has to be current (`trefpunt keyholder migrate`).
    ///
    /// # Errors
    /// [`RunError`], each with one line that says what to do.
    pub async fn start(config: &KeyholderConfig) -> Result<Self, RunError> {
        let tls = config.server.tls.clone().map(WatchedTls::open).transpose()?;
        let database = KeyholderDatabase::open(config).await?;
        match Self::on(config, tls.as_ref(), &database).await {
            Ok(keyholder) => Ok(Self {
                keyholder,
                database,
                tls: tls.map(WatchedTls::watch),
            }),
            Err(error) => {
                database.close().await;
                Err(error)
            }
        }
    }

    async fn on(
        config: &KeyholderConfig,
        tls: Option<&WatchedTls>,
        database: &KeyholderDatabase,
    ) -> Result<Keyholder, RunError> {
        if database.is_private() {
            let operator = operator(config, database)?;
            let prepared = prepare(&operator).await;
            operator.close();
            prepared.map_err(StartError::from)?;
        }
        let server = &config.server;
        let hosts = match server.listen.ip().is_loopback() {
            // Health checks and people on the machine itself. A port that the system chooses is known only later, and
            // then the address itself is the published one.
            true if server.listen.port() != 0 => {
                vec![
                    server.listen.to_string(),
                    format!("localhost:{}", server.listen.port()),
                ]
            }
            _ => Vec::new(),
        };
        let settings = KeyholderSettings {
            database: database.settings().clone(),
            keys: keys(config),
            listen: server.listen,
            base: server.public_url.clone(),
            hosts,
            metrics: config.metrics_listen,
            workers: server.workers,
            tls: tls.map(WatchedTls::tls),
            capacity: Capacity::for_cores(
                std::thread::available_parallelism().map_or(2, std::num::NonZero::get),
            ),
            shutdown_notice: server.shutdown_notice,
            environment: machine(),
        };
        Ok(Keyholder::start(settings).await?)
    }

    /// Its published address, without a trailing slash.
    pub fn base(&self) -> &str {
        self.keyholder.base()
    }

    /// The operator's acts, on the same database.
    pub fn operator(&self) -> Operator {
        self.keyholder.operator()
    }

    /// Waits until the server ends by itself, which it does only when something is wrong.
    ///
    /// # Errors
    /// What the server said.
    pub async fn ended(&mut self) -> std::io::Result<()> {
        self.keyholder.ended().await
    }

    /// Stops in order, after the configured notice or another.
    pub async fn stop(self, notice: Option<Duration>) {
        if let Some(watching) = &self.tls {
            watching.abort();
        }
        match notice {
            Some(notice) => self.keyholder.stop_after(notice).await,
            None => self.keyholder.stop().await,
        }
        self.database.close().await;
    }
}

/// The operator's hand on the database of these settings.
///
/// # Errors
/// [`StartError`].
pub fn operator(config: &KeyholderConfig, database: &KeyholderDatabase) -> Result<Operator, StartError> {
    Ok(Operator::open(
        database.settings().clone(),
        &keys(config),
        machine(),
    )?)
}

/// Brings the schema up to date, and makes the first key when there is none.
///
/// # Errors
/// [`keyholder::KeyholderError`].
pub async fn prepare(operator: &Operator) -> Result<(), keyholder::KeyholderError> {
    operator.migrate().await?;
    operator.initialise().await.map(drop)
}

/// The keys as the keyholder takes them.
pub fn keys(config: &KeyholderConfig) -> KeyholderKeys {
    let keys = &config.keys;
    KeyholderKeys {
        name: config.name.clone(),
        list_seed: Zeroizing::new(*keys.list.expose()),
        log_origin: config.log.origin.clone(),
        log_seed: Zeroizing::new(*keys.log.expose()),
        storage_key: Zeroizing::new(*keys.storage.expose()),
        token_seed: Zeroizing::new(*keys.token.expose()),
        gate_key: keys.gate.clone(),
    }
}

fn machine() -> Environment {
    Environment {
        clock: std::sync::Arc::new(environment::now),
        stopwatch: std::sync::Arc::new(environment::stopwatch),
        chance: environment::chance(),
    }
}
