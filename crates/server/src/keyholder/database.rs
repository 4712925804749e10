//! The way to a keyholder's database: its private PostgreSQL, started or joined, or the one at the configured address.

use keyholder::{DatabaseSettings, KeyholderError};
use store::private_postgres::{self, PrivatePostgres, PrivatePostgresError};

use super::KeyholderConfig;
use crate::config::Database;

/// The way to a database, and the server if we started it.
pub struct KeyholderDatabase {
    settings: DatabaseSettings,
    own: Own,
}

enum Own {
    Started(PrivatePostgres),
    Joined,
    Elsewhere,
}

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The private PostgreSQL.
    #[error(transparent)]
    Private(#[from] PrivatePostgresError),
    /// The address.
    #[error(transparent)]
    Address(#[from] KeyholderError),
    /// The program could not wait for the database.
    #[error("starting the database was interrupted")]
    Interrupted,
}

impl KeyholderDatabase {
    /// Starts or finds the database.
    ///
    /// # Errors
    /// [`OpenError::Private`] also when another program uses the directory.
    pub async fn open(config: &KeyholderConfig) -> Result<Self, OpenError> {
        match &config.database {
            Database::Private { data_dir, options } => {
                let (data_dir, options) = (data_dir.clone(), options.clone());
                let starting = move || PrivatePostgres::start_with(&data_dir, options);
                let started = tokio::task::spawn_blocking(starting).await;
                let server = started.map_err(|_| OpenError::Interrupted)??;
                Ok(Self {
                    settings: DatabaseSettings::private(server.config()),
                    own: Own::Started(server),
                })
            }
            Database::Url { url, role_secret } => {
                let role_secret = role_secret.as_ref().map(|secret| *secret.expose());
                Ok(Self {
                    settings: DatabaseSettings::from_url(url, role_secret)?,
                    own: Own::Elsewhere,
                })
            }
        }
    }

    /// As [`KeyholderDatabase::open`], but beside a keyholder that runs already.
    ///
    /// # Errors
    /// As [`KeyholderDatabase::open`].
    pub async fn open_beside(config: &KeyholderConfig) -> Result<Self, OpenError> {
        match (Self::open(config).await, &config.database) {
            (
                Err(OpenError::Private(in_use @ PrivatePostgresError::InUse(_))),
                Database::Private { data_dir, .. },
            ) => {
                let running = private_postgres::config_of_running(data_dir);
                Ok(Self {
                    settings: DatabaseSettings::private(running.ok_or(in_use)?),
                    own: Own::Joined,
                })
            }
            (opened, _) => opened,
        }
    }

    /// Where it is and as whom to come.
    pub fn settings(&self) -> &DatabaseSettings {
        &self.settings
    }

    /// Whether it is the private one.
    pub fn is_private(&self) -> bool {
        !matches!(self.own, Own::Elsewhere)
    }

    /// Whether a running keyholder uses it.
    pub fn is_joined(&self) -> bool {
        matches!(self.own, Own::Joined)
    }

    /// Stops a server that we started.
    pub async fn close(self) {
        if let Own::Started(server) = self.own {
            // It waits for PostgreSQL, up to 35 s.
            let stopped = tokio::task::spawn_blocking(move || server.stop()).await;
            if stopped.is_err() {
                tracing::error!("the database did not stop in order");
            }
        }
    }
}
