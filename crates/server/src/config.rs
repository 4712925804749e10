//! The settings: one TOML file, over which variables of the environment go (`TREFPUNT_SERVER__LISTEN` is `listen` in
//! `[server]`).
//!
//! What is not a setting is refused with its path, and all faults are told at once, so that a file is put right in one
//! go. A secret is given as a value or, better, as `..._file`. Paths count from the directory of the settings file.

mod contact;
pub(crate) mod database;
mod keyholder;
mod keys;
mod limits;
pub(crate) mod log;
mod look;
mod mail;
mod network;
mod oidc;
mod processing_log;
pub(crate) mod reader;
mod sandbox;
pub(crate) mod server;
mod tls;
mod webhooks;

use std::fmt;
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Env, Serialized};
use toml::Table;
use web::LimitSettings;

use crate::files;
pub(crate) use reader::Reader;

pub use contact::Contact;
pub use database::Database;
pub use keyholder::Keyholder;
pub use keys::Keys;
pub use log::{Log, WitnessAddress};
pub use network::Network;
pub use oidc::Oidc;
pub use processing_log::ProcessingLog;
pub use sandbox::Sandbox;
pub use server::Server;
pub use tls::{ClientFiles, TlsFiles};
pub use webhooks::Webhooks;

/// Where the settings are, when the command line does not say.
pub const DEFAULT_PATH: &str = "trefpunt.toml";

/// The variable that says where they are.
pub const PATH_VARIABLE: &str = "TREFPUNT_CONFIG";

/// Where the service listens, when the settings do not say.
const DEFAULT_LISTEN: &str = "127.0.0.1:8480";

/// Where the portal listens when it is a process of its own, when the settings do not say.
const DEFAULT_PORTAL_LISTEN: &str = "127.0.0.1:8482";

/// Which process reads the settings: each reads no secret that it does not need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Process {
    /// The whole service.
    Whole,
    /// All that answers of it: the work is another process's.
    WholeDoors,
    /// The portal alone: the family's pages, and the key that signs consents.
    Portal,
    /// Everything else, without that key.
    Api,
    /// What answers of that: the work is another process's.
    ApiDoors,
    /// The work, which answers nobody: without that key, and without those of tags and of access tokens.
    Work,
    /// A command of the operator, without that key.
    Command,
    /// A command of the portal's operator, with what the portal has.
    PortalCommand,
}

impl Process {
    /// Whether it signs consents.
    pub fn signs(self) -> bool {
        matches!(
            self,
            Self::Whole | Self::WholeDoors | Self::Portal | Self::PortalCommand
        )
    }

    /// Whether it acts for partners, or works off what they leave, and so has the log's key.
    pub fn serves_partners(self) -> bool {
        !matches!(self, Self::Portal | Self::PortalCommand)
    }

    /// Whether it lets programs in and makes tags.
    pub fn lets_in(self) -> bool {
        self.serves_partners() && self != Self::Work
    }

    /// Whether it sends mail and calls webhooks.
    pub fn works(self) -> bool {
        self.serves_partners() && !matches!(self, Self::WholeDoors | Self::ApiDoors)
    }

    /// Its name among the connections of the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Whole => "serve",
            Self::WholeDoors => "serve-without-work",
            Self::Portal => "portal",
            Self::Api => "api",
            Self::ApiDoors => "api-without-work",
            Self::Work => "work",
            Self::Command | Self::PortalCommand => crate::database::COMMAND,
        }
    }
}

const PREFIX: &str = "TREFPUNT_";

/// Variables with that prefix that are no settings: the file's own place, and where the PostgreSQL programs are.
const NOT_SETTINGS: [&str; 2] = ["config", "pg_bin"];

/// The settings of one service. Every value is right in itself; whether the world agrees `trefpunt doctor` tells.
#[derive(Debug, Clone)]
pub struct Config {
    /// `[server]`, or `[portal]` in the portal's process.
    pub server: Server,
    /// `[portal]`: where the portal is when it is a process of its own.
    pub portal: Option<Server>,
    /// `[database]`
    pub database: Database,
    /// `[keys]`
    pub keys: Keys,
    /// `[network]`
    pub network: Network,
    /// `[log]`
    pub log: Log,
    /// `[contact]`
    pub contact: Contact,
    /// `[limits]`
    pub limits: LimitSettings,
    /// `[keyholder]`; none in a network of level A alone.
    pub keyholder: Option<Keyholder>,
    /// `[mail]`; none where no mail is sent.
    pub mail: Option<casework::mail::smtp::SmtpSettings>,
    /// `[oidc]`; none where families cannot log in, and in a process without their pages.
    pub oidc: Option<Oidc>,
    /// `[processing_log]`; none where none is kept.
    pub processing_log: Option<ProcessingLog>,
    /// `[sandbox]`; none in any other network.
    pub sandbox: Option<Sandbox>,
    /// `[webhooks]`
    pub webhooks: Webhooks,
    /// `[look]`; none for the look that the program brings.
    pub theme: Option<web::portal::theme::Theme>,
    /// What is allowed and unwise, such as a secret that others can read.
    pub warnings: Vec<String>,
    /// Which process they were read for.
    pub process: Process,
}

impl Config {
    /// Reads the settings file and the environment, with the secrets that this process needs.
    ///
    /// # Errors
    /// [`ConfigError`] with everything that is wrong.
    pub fn load(path: &Path, process: Process) -> Result<Self, ConfigError> {
        let settings = Env::prefixed(PREFIX).ignore(&NOT_SETTINGS).split("__");
        Self::read(path, Figment::from(settings), process)
    }

    /// Reads the settings file alone, for the whole service: what the environment says does not count.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn load_file(path: &Path) -> Result<Self, ConfigError> {
        Self::read(path, Figment::new(), Process::Whole)
    }

    fn read(path: &Path, environment: Figment, process: Process) -> Result<Self, ConfigError> {
        let (config, faults) = sections(reader(path, environment)?, process);
        config.filter(|_| faults.is_empty()).ok_or(ConfigError {
            file: path.to_owned(),
            faults,
        })
    }
}

/// The settings of a file with those of the environment over them, to be taken section by section.
pub(crate) fn reader(path: &Path, environment: Figment) -> Result<Reader, ConfigError> {
    let whole = |problem: String| ConfigError {
        file: path.to_owned(),
        faults: vec![Fault {
            path: String::new(),
            problem,
        }],
    };
    let text = files::read(path).map_err(|error| whole(format!("cannot be read: {}", error.source)))?;
    let file = parse(&text).map_err(whole)?;
    let merged = Figment::from(Serialized::defaults(file)).merge(environment);
    // The message of a failure can quote what stands in a variable, so it is not repeated.
    let table: Table = merged.extract().map_err(|error| {
        whole(format!(
            "the variables of the environment do not fit: {}",
            error.path.join(".")
        ))
    })?;
    let absolute = files::absolute(path).map_err(|error| whole(error.to_string()))?;
    Ok(Reader::new(table, absolute.parent().unwrap_or(Path::new("/"))))
}

fn sections(mut reader: Reader, process: Process) -> (Option<Config>, Vec<Fault>) {
    let server = reader.section("server", |section| {
        server::read(section, DEFAULT_LISTEN, "server.tls")
    });
    let portal = reader.optional_section("portal", |section| {
        server::read(section, DEFAULT_PORTAL_LISTEN, "portal.tls")
    });
    let server = match process {
        Process::Portal => reader.needed("portal", portal.clone()),
        Process::Api | Process::ApiDoors => reader.needed("portal", portal.clone()).and(server),
        Process::Whole | Process::WholeDoors | Process::Work | Process::Command | Process::PortalCommand => {
            server
        }
    };
    if !process.serves_partners() {
        // What only serves partners, with secrets that are none of the portal's.
        for section in ["keyholder", "sandbox"] {
            reader.leave_out(section);
        }
    }
    if !process.works() {
        // What goes out to others is the work's, with the password for it.
        for section in ["mail", "webhooks"] {
            reader.leave_out(section);
        }
    }
    if !process.signs() {
        // The log-in of families is the portal's, and so is how their pages look.
        reader.leave_out("oidc");
        reader.leave_out("look");
    }
    let database = reader.section("database", database::read);
    let keys = reader.section("keys", |section| keys::read(section, process));
    let network = reader.section("network", network::read);
    let log = reader.section("log", |section| {
        if !process.serves_partners() {
            section.leave_out_secret("previous_key");
        }
        log::read(section)
    });
    let contact = reader.section("contact", contact::read);
    let limits = reader.section("limits", limits::read);
    let mail = reader.optional_section("mail", mail::read);
    let keyholder = reader.optional_section("keyholder", keyholder::read);
    let oidc = reader.optional_section("oidc", oidc::read);
    let processing_log = reader.optional_section("processing_log", processing_log::read);
    let sandbox = reader.optional_section("sandbox", |section| sandbox::read(section, network.as_ref()));
    let webhooks = reader.section("webhooks", webhooks::read);
    let theme = reader.optional_section("look", look::read);
    let (faults, warnings) = reader.finish();
    let together = || {
        Some(Config {
            server: server?,
            portal,
            database: database?,
            keys: keys?,
            network: network?,
            log: log?,
            contact: contact?,
            limits: limits?,
            keyholder,
            mail,
            oidc,
            processing_log,
            sandbox,
            webhooks: webhooks?,
            theme,
            warnings,
            process,
        })
    };
    (together(), faults)
}

/// Reads TOML. A fault is told with its line; the line itself may hold a secret and is not repeated.
fn parse(text: &str) -> Result<Table, String> {
    text.parse().map_err(|error: toml::de::Error| {
        let line = error
            .span()
            .map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        match line {
            Some(line) => format!("line {line} is not TOML"),
            None => "not TOML".to_owned(),
        }
    })
}

/// The settings cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// The settings file.
    pub file: PathBuf,
    /// Everything that is wrong.
    pub faults: Vec<Fault>,
}

/// One thing that is wrong in the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Which setting, such as `server.listen`; empty for the file as a whole.
    pub path: String,
    /// What is wrong. Never repeats a secret.
    pub problem: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.problem)
        } else {
            write!(f, "{}: {}", self.path, self.problem)
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let faults: Vec<String> = self.faults.iter().map(ToString::to_string).collect();
        write!(f, "{}: {}", self.file.display(), faults.join("; "))
    }
}

impl std::error::Error for ConfigError {}

#[cfg(test)]
mod tests;
