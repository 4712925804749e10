//! The command line. One file per command; each is a plain function that answers with nothing or a [`Failure`].

#[cfg(test)]
mod acts;
mod audit;
mod bench;
mod conformance;
mod covenant;
mod demo;
mod doctor;
mod exchange;
mod init;
mod keyholder;
mod keys;
mod letter;
mod load;
mod migrate;
mod organisation;
mod portal_key;
mod sandbox;
mod serve;
mod token;
mod witness;
mod work;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::config::{self, Config, Process};
use crate::database::OpenDatabase;
use crate::{application, out};

const AFTER_HELP: &str = "\
Exit codes:
  0  done
  1  failed
  2  wrong usage or input; nothing was done
  3  not ready, or `doctor` found something wrong

Settings come from a TOML file and TREFPUNT_... variables; `trefpunt init` makes one to start from.
RUST_LOG chooses how much is logged to standard error.";

/// Lets professionals who are involved with one child find each other, without a register of children.
#[derive(Debug, Parser)]
#[command(name = "trefpunt", version, after_help = AFTER_HELP, arg_required_else_help = true)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Plays the whole story on this machine, then keeps serving.
    Demo(demo::Demo),
    /// Runs a sandbox on this machine: a network in which nobody is real, with a clock that vendors move.
    Sandbox(sandbox::Sandbox),
    /// Makes a data directory: settings, keys, a covenant, and what to hand over to others.
    Init(init::Init),
    /// Runs the service until SIGTERM or SIGINT.
    Serve(serve::Serve),
    /// Does the work beside the requests, for `serve --without-work`, until SIGTERM or SIGINT.
    Work(work::Work),
    /// Brings the database's schema and network up to date.
    Migrate(ConfigFile),
    /// Runs a keyholder: evaluates blinded values for partners, and never learns whose they are.
    #[command(subcommand)]
    Keyholder(keyholder::Keyholder),
    /// What a region agreed.
    #[command(subcommand)]
    Covenant(covenant::Covenant),
    /// Organisations and the clients that act for them.
    #[command(subcommand)]
    Organisation(organisation::Organisation),
    /// The portal's keys, with which it signs consents.
    #[command(subcommand)]
    PortalKey(portal_key::PortalKey),
    /// The keys behind tags: what they are, and how they are changed.
    #[command(subcommand)]
    Keys(keys::Keys),
    /// The audit log.
    #[command(subcommand)]
    Audit(audit::Audit),
    /// A witness of audit logs, run by somebody else than the log.
    #[command(subcommand)]
    Witness(witness::WitnessCommand),
    /// Makes the token of an identifier, as a partner's system does.
    Token(token::TokenArguments),
    /// Makes letters for families as PDF, to print.
    #[command(subcommand)]
    Letter(letter::Letters),
    /// Gives the signals of a whole file, as batches, and goes on where it was when it is run again.
    Load(load::Load),
    /// Sends and fetches for an organisation that has no system of its own.
    #[command(subcommand)]
    Exchange(exchange::Exchange),
    /// Checks settings, keys, files, database and audit log; one line each.
    Doctor(doctor::Doctor),
    /// For vendors: which of their tokens differ and why, and how fast each level falls.
    Conformance(conformance::Conformance),
    /// Measures parts of the product.
    #[command(subcommand)]
    Bench(bench::Bench),
}

/// Where the settings are.
#[derive(Debug, Args)]
struct ConfigFile {
    /// The settings file.
    #[arg(long, value_name = "FILE", env = config::PATH_VARIABLE, default_value = config::DEFAULT_PATH)]
    config: PathBuf,
}

impl ConfigFile {
    /// The settings for a command, without the key that signs consents; what is unwise in them is told.
    fn load(&self) -> Result<Config, Failure> {
        self.load_for(Process::Command)
    }

    /// The settings with the secrets of this process; what is unwise in them is told.
    fn load_for(&self, process: Process) -> Result<Config, Failure> {
        let config = Config::load(&self.config, process).map_err(|error| Failure::config(&error))?;
        for warning in &config.warnings {
            out::error(format_args!("warning: {warning}"));
        }
        Ok(config)
    }
}

/// How a command ends when it does not do what was asked.
#[derive(Debug)]
struct Failure {
    exit: Exit,
    lines: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exit {
    Failed = 1,
    Usage = 2,
    NotReady = 3,
}

impl Failure {
    fn new(exit: Exit, line: impl std::fmt::Display) -> Self {
        Self {
            exit,
            lines: vec![line.to_string()],
        }
    }

    fn failed(error: impl std::fmt::Display) -> Self {
        Self::new(Exit::Failed, error)
    }

    fn usage(error: impl std::fmt::Display) -> Self {
        Self::new(Exit::Usage, error)
    }

    fn config(error: &config::ConfigError) -> Self {
        let file = error.file.display();
        let lines = error
            .faults
            .iter()
            .map(|fault| format!("{file}: {fault}"))
            .collect();
        Self {
            exit: Exit::Usage,
            lines,
        }
    }
}

impl From<crate::database::DatabaseError> for Failure {
    fn from(error: crate::database::DatabaseError) -> Self {
        use crate::database::DatabaseError;
        let exit = match error {
            DatabaseError::SchemaNotCurrent | DatabaseError::OtherNetwork => Exit::NotReady,
            _ => Exit::Failed,
        };
        Self::new(exit, error.line())
    }
}

impl From<application::StartError> for Failure {
    fn from(error: application::StartError) -> Self {
        match error {
            application::StartError::Database(error) => error.into(),
            error => Self::failed(error),
        }
    }
}

impl From<store::StoreError> for Failure {
    fn from(error: store::StoreError) -> Self {
        Self::failed(crate::database::explain(&error))
    }
}

impl From<casework::RegisterError> for Failure {
    fn from(error: casework::RegisterError) -> Self {
        use casework::RegisterError;
        match error {
            RegisterError::Settings(errors) => Self {
                exit: Exit::Usage,
                lines: errors.iter().map(ToString::to_string).collect(),
            },
            RegisterError::Store(error) => error.into(),
            error => Self::usage(error),
        }
    }
}

impl From<crate::files::FileError> for Failure {
    fn from(error: crate::files::FileError) -> Self {
        Self::usage(error)
    }
}

impl From<crate::credentials::CredentialsError> for Failure {
    fn from(error: crate::credentials::CredentialsError) -> Self {
        Self::usage(error)
    }
}

impl From<crate::data_directory::MakeError> for Failure {
    fn from(error: crate::data_directory::MakeError) -> Self {
        use crate::data_directory::MakeError;
        match error {
            MakeError::File(error) => Self::failed(error),
            error => Self::usage(error),
        }
    }
}

/// Runs the program.
pub fn main() -> ExitCode {
    match Line::parse().command.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.lines.iter().for_each(out::error);
            ExitCode::from(failure.exit as u8)
        }
    }
}

impl Command {
    fn run(&self) -> Result<(), Failure> {
        match self {
            Self::Demo(demo) => wait_for(demo.run()),
            Self::Sandbox(sandbox) => wait_for(sandbox.run()),
            Self::Init(init) => init.run(),
            Self::Serve(serve) => wait_for(serve.run()),
            Self::Work(work) => wait_for(work.run()),
            Self::Migrate(config) => wait_for(migrate::run(config)),
            Self::Keyholder(keyholder) => wait_for(keyholder.run()),
            Self::Covenant(covenant) => wait_for(covenant.run()),
            Self::Organisation(organisation) => wait_for(organisation.run()),
            Self::PortalKey(keys) => wait_for(keys.run()),
            Self::Keys(keys) => wait_for(keys.run()),
            Self::Audit(audit) => wait_for(audit.run()),
            Self::Witness(witness) => wait_for(witness.run()),
            Self::Token(token) => token.run(),
            Self::Letter(letters) => wait_for(letters.run()),
            Self::Load(load) => wait_for(load.run()),
            Self::Exchange(exchange) => wait_for(exchange.run()),
            Self::Doctor(doctor) => wait_for(doctor.run()),
            Self::Conformance(conformance) => conformance.run(),
            Self::Bench(bench) => bench.run(),
        }
    }
}

/// Runs a command that waits for others.
fn wait_for(command: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(Failure::failed)?.block_on(command)
}

/// Does an operator's work on the database, beside the service when that runs.
async fn with_casework<T>(
    config: &ConfigFile,
    work: impl AsyncFnOnce(&casework::Casework) -> Result<T, Failure>,
) -> Result<T, Failure> {
    with_loaded(&config.load()?, work).await
}

/// As [`with_casework`], with settings that were loaded.
async fn with_loaded<T>(
    config: &Config,
    work: impl AsyncFnOnce(&casework::Casework) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let keys = application::service_keys(config)?;
    let database = OpenDatabase::open_beside(config).await?;
    let casework = casework::Casework::new(database.store().clone(), keys);
    application::keep_processing_log(config, &casework);
    casework.keep_log(application::log_keeping(config)?);
    let checked = if database.is_private() && !database.is_joined() {
        application::set_up(config, &database, &casework).await
    } else {
        database.check(config).await
    };
    let outcome = match checked {
        Ok(()) => work(&casework).await,
        Err(error) => Err(error.into()),
    };
    database.close().await;
    outcome
}

/// Waits for SIGTERM or SIGINT.
async fn asked_to_stop() -> Result<(), Failure> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).map_err(Failure::failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Failure::failed)?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

/// Stops the service in order; a second signal ends the program at once.
async fn stop(
    application: application::Application,
    notice: Option<std::time::Duration>,
) -> Result<(), Failure> {
    let stopping = async {
        match notice {
            Some(notice) => application.stop_after(notice).await,
            None => application.stop().await,
        }
    };
    tokio::select! {
        () = stopping => Ok(()),
        asked = asked_to_stop() => {
            asked?;
            Err(Failure::failed("asked twice to stop: ended at once"))
        }
    }
}

/// A path, as people see it.
fn shown(path: &Path) -> std::path::Display<'_> {
    path.display()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Line::command().debug_assert();
    }

    /// One key in 64 begins with `-` in base64url. Without this it would be taken for an option.
    #[test]
    fn a_value_in_base64url_may_begin_with_a_hyphen() {
        fn visit(command: &clap::Command, seen: &mut usize) {
            let is_encoded = |argument: &&clap::Arg| {
                let names = argument.get_value_names().unwrap_or_default();
                let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
                !names.iter().any(|name| name == "FILE")
                    && (help.contains("base64url") || help.contains("key-check value"))
            };
            for argument in command.get_arguments().filter(is_encoded) {
                assert!(
                    argument.is_allow_hyphen_values_set(),
                    "{} --{}",
                    command.get_name(),
                    argument.get_id()
                );
                *seen += 1;
            }
            command.get_subcommands().for_each(|below| visit(below, seen));
        }
        let mut seen = 0;
        visit(&Line::command(), &mut seen);
        assert!(seen >= 8, "{seen} arguments");

        let key = format!("-{}", "A".repeat(42));
        let given = [
            "trefpunt",
            "keyholder",
            "client",
            "add",
            "--gateway",
            "--client-id",
            "cl_AQEBAQEBAQEBAQEBAQEBAQ",
        ];
        assert!(Line::try_parse_from(given.into_iter().chain(["--client-key", &key])).is_ok());
    }

    #[test]
    fn the_help_tells_the_exit_codes() {
        let help = Line::command().render_help().to_string();
        for code in ["0  done", "1  failed", "2  wrong usage", "3  not ready"] {
            assert!(help.contains(code), "{help}");
        }
    }
}
