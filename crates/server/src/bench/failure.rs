//! Why something could not be measured.

use casework::RegisterError;

use crate::application::StartError;
use crate::config::ConfigError;
use crate::data_directory::MakeError;
use crate::files::FileError;
use crate::keyholder::RunError;

/// It could not be measured.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A directory.
    #[error(transparent)]
    Directory(#[from] MakeError),
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// The settings that were made.
    #[error(transparent)]
    Settings(#[from] ConfigError),
    /// A service.
    #[error(transparent)]
    Service(#[from] StartError),
    /// The keyholder.
    #[error(transparent)]
    Keyholder(#[from] RunError),
    /// Its clients.
    #[error(transparent)]
    Client(#[from] keyholder::ClientError),
    /// Its quotas.
    #[error(transparent)]
    Quota(#[from] keyholder::QuotaError),
    /// Covenant or organisations.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// A call of a partner.
    #[error("a partner's call: {0}")]
    Call(#[from] client::Error),
    /// The service's database.
    #[error(transparent)]
    Store(#[from] store::StoreError),
    /// The service's database, or the floor's.
    #[error("{}", .0.line())]
    Database(#[from] crate::database::DatabaseError),
    /// The service did not do what is measured.
    #[error("{0}")]
    Unexpected(&'static str),
    /// The same, with what was seen.
    #[error("{0}")]
    Seen(String),
    /// A file, a connection or a program that belongs to the measurement.
    #[error("{what}: {source}")]
    Machine {
        /// Which.
        what: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// Something the measurement makes up does not follow its own grammar.
    #[error("the measurement is at fault: {0}")]
    MadeUp(#[from] protocol::Invalid),
}

impl Failure {
    /// For `map_err`: what it was about.
    pub(crate) fn machine(what: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Machine { what, source }
    }
}
