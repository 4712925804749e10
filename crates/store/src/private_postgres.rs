//! A PostgreSQL of the program's own: found on the machine, run in the data directory, gone when the program goes.
//!
//! With no database URL one command runs everything, so the program brings its own server process. It does not
//! install PostgreSQL, does not upgrade a cluster to another major version, makes no backup, and never takes over a
//! server that somebody else started. `docs/decisions/0001-private-postgresql.md` gives the reasons.
//!
//! What a reader should know before changing anything here:
//!
//! - The server listens on a unix socket in a directory of mode 0700 and on no network address. That directory is the
//!   access control: `pg_hba.conf` says `trust`, because only root and the server's own uid can reach the socket.
//! - PostgreSQL refuses to run as root. A program that is root starts it under another uid ([`place`] says which);
//!   an ordinary user runs it as itself.
//! - The kernel sends the postmaster SIGINT (a fast shutdown) when the *thread* that started it ends, however it ends.
//!   So one thread starts it, watches it and stops it ([`supervisor`]), and a `kill -9` of the program leaves nothing.
//! - A data directory is made under another name and renamed when complete: one that carries the right name is whole.

mod binaries;
mod child;
mod error;
mod initialise;
mod place;
mod postmaster;
mod supervisor;

use std::path::{Path, PathBuf};

pub use error::PrivatePostgresError;
use place::Place;
use supervisor::Supervisor;

/// Only part of the socket's file name: nothing listens on a network.
const PORT: u16 = 5432;
const SUPERUSER: &str = "postgres";
const DATABASE: &str = "trefpunt";

/// A running private PostgreSQL. Dropping it stops the server and waits until it has stopped.
#[derive(Debug)]
pub struct PrivatePostgres {
    supervisor: Supervisor,
    socket_dir: PathBuf,
    cluster_dir: PathBuf,
    programs_dir: PathBuf,
}

/// How to connect to the server that another program runs on `data_dir`, when one does and accepts connections: an
/// operator's command beside the running service. Nothing is started, and nothing keeps that server from stopping.
pub fn config_of_running(data_dir: &Path) -> Option<tokio_postgres::Config> {
    let socket_dir = postmaster::socket_of_running(&place::existing_home(data_dir)?.join("data"))?;
    Some(config(&socket_dir))
}

fn config(socket_dir: &Path) -> tokio_postgres::Config {
    let mut config = tokio_postgres::Config::new();
    config
        .host_path(socket_dir)
        .port(PORT)
        .user(SUPERUSER)
        .dbname(DATABASE);
    config
}

/// What may differ from the settings that [`PrivatePostgres::start`] uses.
#[derive(Debug, Clone, Default)]
pub struct Options {
    settings: Vec<(String, String)>,
}

impl Options {
    /// Adds a server setting (`fsync`, `off`); it wins over the ones that are always given.
    #[must_use]
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// For a cluster nobody will miss: a power cut may destroy it, and tests run faster. Never for real data.
    #[must_use]
    pub fn throwaway() -> Self {
        Self::default()
            .set("fsync", "off")
            .set("synchronous_commit", "off")
            .set("full_page_writes", "off")
    }

    /// Whether new files have to reach the disk before the cluster counts as made.
    fn durable(&self) -> bool {
        !self
            .settings
            .iter()
            .any(|(name, value)| name == "fsync" && value == "off")
    }
}

impl PrivatePostgres {
    /// Starts the server of `data_dir`, making directory and cluster when they are not there yet.
    ///
    /// Blocks until the server accepts connections: 2 to 3 s the first time, 0.1 s later, longer after a crash.
    ///
    /// # Errors
    /// [`PrivatePostgresError`], each with one line that says what to do.
    pub fn start(data_dir: &Path) -> Result<Self, PrivatePostgresError> {
        Self::start_with(data_dir, Options::default())
    }

    /// As [`start`](Self::start), with other settings.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn start_with(data_dir: &Path, options: Options) -> Result<Self, PrivatePostgresError> {
        let (supervisor, started) = Supervisor::start(data_dir.to_owned(), options)?;
        Ok(Self {
            supervisor,
            socket_dir: started.socket_dir,
            cluster_dir: started.cluster_dir,
            programs_dir: started.programs_dir,
        })
    }

    /// How to connect as the superuser to the database `trefpunt`.
    pub fn config(&self) -> tokio_postgres::Config {
        config(&self.socket_dir)
    }

    /// The directory of the socket, mode 0700.
    pub fn socket_dir(&self) -> &Path {
        &self.socket_dir
    }

    /// The port: part of the socket's name.
    pub fn port(&self) -> u16 {
        PORT
    }

    /// The superuser's name.
    pub fn user(&self) -> &str {
        SUPERUSER
    }

    /// The name of the database that is made with the cluster.
    pub fn database(&self) -> &str {
        DATABASE
    }

    /// Where cluster, lock and server log live: `DIR/postgres`, or a directory in `/var/lib/trefpunt`.
    pub fn cluster_dir(&self) -> &Path {
        &self.cluster_dir
    }

    /// Another program of the same PostgreSQL, such as `pgbench`; whether it is installed shows when it is run.
    pub fn program(&self, name: &str) -> PathBuf {
        self.programs_dir.join(name)
    }

    /// Stops the server: open transactions are rolled back, data is on disk when this returns. Blocks, at most 35 s.
    pub fn stop(mut self) {
        self.supervisor.stop();
    }

    /// Stops the server and deletes the cluster with everything in it.
    ///
    /// # Errors
    /// [`PrivatePostgresError::Io`] when a file cannot be deleted.
    pub fn destroy(mut self) -> Result<(), PrivatePostgresError> {
        self.supervisor.stop().map_or(Ok(()), Place::remove)
    }
}
