//! Why a private PostgreSQL did not start. Each message is one line and says what to do.

use std::{
    io,
    path::{Path, PathBuf},
};

/// Why a private PostgreSQL did not start or could not be removed.
#[derive(Debug, thiserror::Error)]
pub enum PrivatePostgresError {
    /// No usable server binaries on this machine.
    #[error(
        "no PostgreSQL 15 or newer found; on Debian or Ubuntu: apt-get install postgresql; \
         elsewhere set TREFPUNT_PG_BIN to the directory that holds `initdb` and `postgres`"
    )]
    NoBinaries,
    /// `TREFPUNT_PG_BIN` is set and does not lead to usable binaries.
    #[error("TREFPUNT_PG_BIN is {}, and there is no `initdb` and `postgres` of version 15 or newer there", .0.display())]
    UnsuitableBinaries(PathBuf),
    /// The cluster was made by another major version than the ones on this machine.
    #[error(
        "{} was made by PostgreSQL {cluster}, and this machine has {}: install postgresql-{cluster}, or move the data \
         over with pg_upgrade or pg_dump",
        dir.display(),
        found.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")
    )]
    OtherMajor {
        /// The data directory.
        dir: PathBuf,
        /// The cluster's major version.
        cluster: u32,
        /// The major versions on this machine.
        found: Vec<u32>,
    },
    /// `setpriv` is missing.
    #[error("`setpriv` is missing: install util-linux (apt-get install util-linux)")]
    NoSetpriv,
    /// The program is root and there is no other user to run the server as.
    #[error("PostgreSQL cannot run as root, and /etc/passwd has neither a user `postgres` nor `nobody`")]
    NoUnprivilegedUser,
    /// Another program uses this data directory.
    #[error("another program is using {}: stop it, or choose another data directory", .0.display())]
    InUse(PathBuf),
    /// The server of an earlier program has not stopped in time.
    #[error(
        "a PostgreSQL server (process {pid}) of an earlier program still runs in {} after {waited_seconds} s: \
         stop it with `kill -INT {pid}` and try again",
        dir.display()
    )]
    StillRunning {
        /// The data directory.
        dir: PathBuf,
        /// The old postmaster.
        pid: i32,
        /// How long we waited.
        waited_seconds: u64,
    },
    /// The cluster's directory belongs to somebody else.
    #[error("{} belongs to user {uid}: start the program as that user, or choose another data directory", dir.display())]
    ForeignOwner {
        /// The directory.
        dir: PathBuf,
        /// Its owner.
        uid: u32,
    },
    /// The server's user cannot reach the cluster.
    #[error("user {uid}, under which PostgreSQL runs, may not enter {}: `chmod o+x` it", dir.display())]
    NotTraversable {
        /// The directory it may not enter.
        dir: PathBuf,
        /// The server's user.
        uid: u32,
    },
    /// The pointer file names a cluster that is not there.
    #[error(
        "{} says that the database is in {}, which is not there: put it back, or delete the file to begin with an \
         empty database",
        pointer.display(),
        cluster.display()
    )]
    LostCluster {
        /// The pointer file.
        pointer: PathBuf,
        /// What it names.
        cluster: PathBuf,
    },
    /// Making the cluster failed.
    #[error("PostgreSQL could not make its data directory: {0}")]
    Initialise(String),
    /// The server did not come up.
    #[error("PostgreSQL did not start: {detail} (log: {})", log.display())]
    Start {
        /// What the server said last.
        detail: String,
        /// The server's log.
        log: PathBuf,
    },
    /// A file operation failed.
    #[error("cannot use {}", path.display())]
    Io {
        /// The file or program.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Names the file an I/O error is about.
pub(super) trait At<T> {
    fn at(self, path: &Path) -> Result<T, PrivatePostgresError>;
}

impl<T> At<T> for io::Result<T> {
    fn at(self, path: &Path) -> Result<T, PrivatePostgresError> {
        self.map_err(|source| PrivatePostgresError::Io {
            path: path.to_owned(),
            source,
        })
    }
}
