//! The settings of a keyholder: `keyholder.toml`, over which variables go (`KEYHOLDER_SERVER__LISTEN` is `listen` in
//! `[server]`). Told apart from the service's, because both may run on a developer's machine.

use std::fmt;
use std::net::SocketAddr;
use std::path::Path;

use figment::Figment;
use figment::providers::Env;
use protocol::consent::Name;
use protocol::text::Confidential;
use zeroize::Zeroizing;

use crate::config::reader::{Reader, Section};
use crate::config::{self, ConfigError, Database, Fault, Server};
use crate::data_directory;

/// Where the settings are, when the command line does not say.
pub const DEFAULT_PATH: &str = "keyholder.toml";

/// The variable that says where they are.
pub const PATH_VARIABLE: &str = "KEYHOLDER_CONFIG";

/// Where a keyholder listens, when the settings do not say.
pub const DEFAULT_LISTEN: &str = "127.0.0.1:8490";

const PREFIX: &str = "KEYHOLDER_";

/// The settings of one keyholder.
#[derive(Debug, Clone)]
pub struct KeyholderConfig {
    /// `[server]`
    pub server: Server,
    /// Where metrics are given, in `[server]`: an address of its own, since they are not for callers.
    pub metrics_listen: Option<SocketAddr>,
    /// `[database]`
    pub database: Database,
    /// Its name in the epoch list, in `[keyholder]`.
    pub name: Name,
    /// `[log]`
    pub log: config::Log,
    /// `[keys]`
    pub keys: Keys,
    /// What is allowed and unwise.
    pub warnings: Vec<String>,
}

/// The keyholder's own secrets. `k1` is none of them: it lies in the database, sealed under `storage`.
#[derive(Clone)]
pub struct Keys {
    /// Seed of the key that signs the epoch list; its public half is what everybody pins.
    pub list: Confidential<32>,
    /// Seals `k1` of each epoch, and the openings of the log.
    pub storage: Confidential<32>,
    /// Seed of the key that signs access tokens.
    pub token: Confidential<32>,
    /// Seed of the key that signs checkpoints of the audit log.
    pub log: Confidential<32>,
    /// `K_gate`, of which the shares are made that messages are sealed with.
    pub gate: Confidential<32>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(..)")
    }
}

impl KeyholderConfig {
    /// Reads the settings file and the environment.
    ///
    /// # Errors
    /// [`ConfigError`] with everything that is wrong.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let settings = Env::prefixed(PREFIX).ignore(&["config"]).split("__");
        Self::read(path, Figment::from(settings))
    }

    /// Reads the settings file alone.
    ///
    /// # Errors
    /// As [`KeyholderConfig::load`].
    pub fn load_file(path: &Path) -> Result<Self, ConfigError> {
        Self::read(path, Figment::new())
    }

    fn read(path: &Path, environment: Figment) -> Result<Self, ConfigError> {
        let (config, faults) = sections(config::reader(path, environment)?);
        config.filter(|_| faults.is_empty()).ok_or(ConfigError {
            file: path.to_owned(),
            faults,
        })
    }
}

fn sections(mut reader: Reader) -> (Option<KeyholderConfig>, Vec<Fault>) {
    let mut metrics = None;
    let server = reader.section("server", |section| {
        metrics = metrics_listen(section);
        config::server::read(section, DEFAULT_LISTEN, "server.tls")
    });
    let database = reader.section("database", config::database::read);
    let name = reader.section("keyholder", |section| {
        section.required("name", "a name of A-Z a-z 0-9 . _ -")
    });
    let log = reader.section("log", config::log::read);
    let keys = reader.section("keys", keys);
    let (faults, warnings) = reader.finish();
    let together = || {
        Some(KeyholderConfig {
            server: server?,
            metrics_listen: metrics,
            database: database?,
            name: name?,
            log: log?,
            keys: keys?,
            warnings,
        })
    };
    (together(), faults)
}

fn metrics_listen(section: &mut Section<'_>) -> Option<SocketAddr> {
    section.parsed("metrics_listen", "an address with a port, such as 127.0.0.1:8491")
}

/// `K_gate`. Settings that were written before there was a gate name no file for it: it stands beside the storage key then,
/// and is made there when it is first needed.
fn gate(section: &mut Section<'_>) -> Option<Confidential<32>> {
    let told = section.peek("gate").or_else(|| section.peek("gate_file"));
    let Some(storage) = section.peek("storage_file").filter(|_| told.is_none()) else {
        return section.required_secret("gate");
    };
    let file = section.home().join(storage).with_file_name("gate");
    match data_directory::seed(&file) {
        Ok(key) => Some(Confidential::new(*key)),
        Err(error) => {
            section.refuse("gate", error.to_string());
            None
        }
    }
}

fn keys(section: &mut Section<'_>) -> Option<Keys> {
    let gate = gate(section);
    let list = section.required_secret("list");
    let storage = section.required_secret("storage");
    let token = section.required_secret("token");
    let log = section.required_secret("log");
    let given: Vec<Zeroizing<[u8; 32]>> = [&list, &storage, &token, &log, &gate]
        .into_iter()
        .filter_map(|key| {
            key.as_ref()
                .map(|key: &Confidential<32>| Zeroizing::new(*key.expose()))
        })
        .collect();
    if (1..given.len()).any(|at| given[..at].contains(&given[at])) {
        section.refuse("list", "two keys are the same: each is for one thing");
    }
    Some(Keys {
        list: list?,
        storage: storage?,
        token: token?,
        log: log?,
        gate: gate?,
    })
}
