//! `trefpunt keyholder ...`: what the keyholder's operator does, another one than the service's.

mod audit;
mod client;
mod consent_keys;
mod keys;
mod quota;

use std::io::Read as _;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use keyholder::Operator;
use store::private_postgres::PrivatePostgresError;

use super::init::network_name;
use super::{Exit, Failure, asked_to_stop, shown};
use crate::database::chain;
use crate::keyholder::{
    self as program, Announced, KeyholderConfig, KeyholderDatabase, KeyholderDirectory, KeyholderPlan,
    OpenError, RunError, Running,
};
use crate::logging::{self, Form};
use crate::out;

/// How often, and how long apart, a child looks whether the one before it is gone: 40 s in all, as PostgreSQL has 35 s to
/// stop.
const LOOKS: u32 = 400;
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

/// Runs a keyholder: it evaluates blinded values for partners, meters them, and never learns whose they are.
#[derive(Debug, Subcommand)]
pub(super) enum Keyholder {
    /// Makes a keyholder's directory: settings, keys, and the public key for everybody.
    Init(Init),
    /// Runs the keyholder until SIGTERM or SIGINT.
    Serve(Serve),
    /// Brings the database's schema up to date and makes the first key.
    Migrate(KeyholderFile),
    /// Who may ask: partners, and the service's gateway.
    #[command(subcommand)]
    Client(client::Client),
    /// Whose word is taken that a consent was given and stands: the portals' keys.
    #[command(subcommand)]
    ConsentKeys(consent_keys::ConsentKeys),
    /// How much may be evaluated in a UTC day.
    #[command(subcommand)]
    Quota(quota::Quota),
    /// The keys and their epochs.
    #[command(subcommand)]
    Keys(keys::Keys),
    /// The keyholder's own audit log.
    #[command(subcommand)]
    Audit(audit::Audit),
}

/// Where the settings are.
#[derive(Debug, Args)]
pub(super) struct KeyholderFile {
    /// The keyholder's settings file.
    #[arg(long, value_name = "FILE", env = program::PATH_VARIABLE, default_value = program::DEFAULT_PATH)]
    config: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct Init {
    /// The directory; it must not hold settings yet.
    dir: PathBuf,
    /// The keyholder's name in its epoch list: A-Z a-z 0-9 . _ -
    #[arg(long, value_parser = network_name)]
    name: String,
    /// The name of its audit log in checkpoints, such as keyholder.example/log.
    #[arg(long)]
    log_origin: String,
    /// Where it will listen.
    #[arg(long, default_value = program::DEFAULT_LISTEN)]
    listen: String,
    /// The published address, such as https://keyholder.example.
    #[arg(long)]
    public_url: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Serve {
    #[command(flatten)]
    config: KeyholderFile,
    /// For a program that starts a keyholder as its child: tells where it listens in one line of JSON on standard
    /// output, and stops when standard input ends.
    #[arg(long, hide = true)]
    child: bool,
}

impl Keyholder {
    pub(super) async fn run(&self) -> Result<(), Failure> {
        match self {
            Self::Init(init) => init.run(),
            Self::Serve(serve) => serve.run().await,
            Self::Migrate(config) => {
                config
                    .operate(async |operator| Ok(program::prepare(operator).await?))
                    .await?;
                out::line("The schema is current, and there is a key.");
                Ok(())
            }
            Self::Client(client) => client.run().await,
            Self::ConsentKeys(keys) => keys.run().await,
            Self::Quota(quota) => quota.run().await,
            Self::Keys(keys) => keys.run().await,
            Self::Audit(audit) => audit.run().await,
        }
    }
}

impl KeyholderFile {
    fn load(&self) -> Result<KeyholderConfig, Failure> {
        let config = KeyholderConfig::load(&self.config).map_err(|error| Failure::config(&error))?;
        for warning in &config.warnings {
            out::error(format_args!("warning: {warning}"));
        }
        Ok(config)
    }

    /// Does an operator's work on the database, beside the keyholder when that runs.
    async fn operate<T>(
        &self,
        work: impl AsyncFnOnce(&Operator) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let config = self.load()?;
        let database = KeyholderDatabase::open_beside(&config).await?;
        let outcome = match program::operator(&config, &database) {
            Ok(operator) => {
                let alone = database.is_private() && !database.is_joined();
                let prepared = if alone {
                    program::prepare(&operator).await.map_err(Failure::from)
                } else {
                    Ok(())
                };
                let outcome = match prepared {
                    Ok(()) => work(&operator).await,
                    Err(failure) => Err(failure),
                };
                operator.close();
                outcome
            }
            Err(error) => Err(error.into()),
        };
        database.close().await;
        outcome
    }
}

impl Init {
    fn run(&self) -> Result<(), Failure> {
        let directory = KeyholderDirectory::at(&self.dir)?;
        if directory.is_made() {
            return Err(Failure::usage(format_args!(
                "{} is there already",
                shown(&directory.settings())
            )));
        }
        let key = directory.make(&KeyholderPlan {
            name: self.name.clone(),
            listen: self.listen.clone(),
            public_url: self.public_url.clone(),
            log_origin: self.log_origin.clone(),
        })?;
        if let Err(error) = KeyholderConfig::load_file(&directory.settings()) {
            // What was given does not make settings: nothing is left that looks like it.
            let _ = std::fs::remove_file(directory.settings());
            return Err(Failure::config(&error));
        }
        let settings = shown(&directory.settings()).to_string();
        out::line(format_args!(
            "Made {}. What is left to do:",
            shown(directory.path())
        ));
        out::line(format_args!(
            "  {}: give it to the service's operator and to every partner, each on a way they trust. It is",
            shown(&directory.public_key())
        ));
        out::line(format_args!("    {key}"));
        out::line(format_args!(
            "  {}: for whoever inspects the keyholder",
            shown(&directory.audit_policy())
        ));
        out::line(format_args!(
            "  trefpunt keyholder client add --config {settings} ...   for each partner, and --gateway for the service"
        ));
        out::line(format_args!(
            "  trefpunt keyholder consent-keys add --config {settings} ...   for the portal that families decide in"
        ));
        out::line(format_args!("  trefpunt keyholder serve --config {settings}"));
        Ok(())
    }
}

impl Serve {
    async fn run(&self) -> Result<(), Failure> {
        // A child's parent tells the story; libraries tell what they do at every start.
        if self.child {
            logging::start(Form::Human, "warn");
        } else {
            logging::start(
                Form::Json,
                "info,actix_server=warn,refinery_core=warn,tokio_postgres=warn",
            );
        }
        let config = self.config.load()?;
        let mut running = self.start(&config).await?;
        if self.child {
            out::json(&Announced {
                url: running.base().to_owned(),
            });
        }
        let ended = tokio::select! {
            asked = asked_to_stop() => asked,
            () = left_alone(), if self.child => Ok(()),
            ended = running.ended() => Err(match ended {
                Ok(()) => Failure::failed("the server ended"),
                Err(error) => Failure::failed(error),
            }),
        };
        running.stop(self.child.then_some(Duration::ZERO)).await;
        ended
    }
}

impl Serve {
    /// Starts; a child waits for one before it that is just stopping because its parent was killed.
    async fn start(&self, config: &KeyholderConfig) -> Result<Running, RunError> {
        let mut looks = if self.child { LOOKS } else { 0 };
        loop {
            match Running::start(config).await {
                Err(RunError::Open(OpenError::Private(PrivatePostgresError::InUse(_)))) if looks > 0 => {
                    looks -= 1;
                    tokio::time::sleep(BETWEEN_LOOKS).await;
                }
                started => return started,
            }
        }
    }
}

/// Waits until whoever started this process is gone, or wants it to go.
async fn left_alone() {
    let (gone, wait) = tokio::sync::oneshot::channel();
    // A thread of its own: it may wait for ever, and the program's end must not wait for it.
    std::thread::spawn(move || {
        let mut ignored = [0; 64];
        while let Ok(1..) = std::io::stdin().lock().read(&mut ignored) {}
        gone.send(())
    });
    let _ = wait.await;
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        match error {
            // These say what to do in one line of their own.
            OpenError::Private(error) => Self::failed(chain(&error)),
            error => Self::failed(error),
        }
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Open(error) => error.into(),
            RunError::Start(error) => error.into(),
            RunError::Tls(_) => Self::failed(error),
        }
    }
}

impl From<keyholder::StartError> for Failure {
    fn from(error: keyholder::StartError) -> Self {
        match error {
            keyholder::StartError::SchemaNotCurrent => Self::new(
                Exit::NotReady,
                "the database's schema is not the one of this program: run `trefpunt keyholder migrate`",
            ),
            keyholder::StartError::Keyholder(error) => error.into(),
            error => Self::failed(error),
        }
    }
}

impl From<keyholder::KeyholderError> for Failure {
    fn from(error: keyholder::KeyholderError) -> Self {
        use keyholder::KeyholderError;
        match error {
            KeyholderError::Unreachable(_) | KeyholderError::Address(_) => Self::failed(chain(&error)),
            KeyholderError::OtherGateKey => Self::new(
                Exit::NotReady,
                "the gate's key is another than the one that shares were made with: put its file back from your copy. When \
                 there is none any more, `trefpunt keyholder keys accept-gate` takes this one, and what was sealed before \
                 stays closed for good",
            ),
            error => Self::failed(error),
        }
    }
}
