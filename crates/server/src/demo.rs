//! The whole story on one machine: two professionals find each other, a family consents, a sealed message passes, the
//! family withdraws, a supervisor verifies the log.
//!
//! Everything goes over real HTTP, with the client that partners link and, for the family, a browser that can read and
//! send forms. Nothing here reaches past the doors, except what an operator does: a covenant, organisations.

mod act;
mod invite;
mod keyholder;
mod partners;
mod plot;
pub mod portal;
mod script;
mod sealed;
mod teller;

use std::net::{SocketAddr, TcpListener};
use std::path::Path;

use casework::RegisterError;
use protocol::Id;
use protocol::signal::TokenAssurance;
use serde::Serialize;

use crate::application::{Application, StartError};
use crate::cast::CastError;
use crate::config::{Config, ConfigError};
use crate::credentials::{Credentials, CredentialsError};
use crate::data_directory::{DataDirectory, KeyholderPlan, MakeError, Plan};
use crate::environment::Machine;
use crate::exchange::PartnerFile;
use crate::files::{self, FileError, Readers};
use crate::keyholder::{ChildError, ChildKeyholder, OpenError};

use keyholder::DemoKeyholder;
use portal::PortalError;

pub use script::ScriptError;
pub use teller::Teller;

/// What the demonstration's region agreed.
const COVENANT: &str = include_str!("demo/covenant.toml");

/// The name of its network and of its keyholder.
const NETWORK: &str = "demo";

/// How a child's pseudonym is made in a demonstration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// A keyed hash alone.
    A,
    /// With a keyholder, blinded by the partner.
    B,
}

impl Level {
    /// The suite of its tokens.
    const fn suite(self) -> u8 {
        match self {
            Self::A => 1,
            Self::B => 2,
        }
    }
}

impl std::fmt::Display for Level {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::A => "a",
            Self::B => "b",
        })
    }
}

/// A service with everything that a story needs.
pub struct Stage {
    directory: DataDirectory,
    level: Level,
    keyholder: Option<DemoKeyholder>,
    application: Application,
    credentials: Credentials,
    organisations: [protocol::OrganisationId; 2],
    teller: Teller,
}

/// Why a demonstration cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The service does not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The settings in the data directory.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The data directory.
    #[error(transparent)]
    Make(#[from] MakeError),
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// Credentials.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    /// The covenant.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// The organisations.
    #[error(transparent)]
    Cast(#[from] CastError),
    /// The directory was made at the other level.
    #[error("this demonstration is one of level {0}: give --level {0}, or choose another --data-dir")]
    OtherLevel(Level),
    /// The keyholder's process.
    #[error(transparent)]
    Child(#[from] ChildError),
    /// The keyholder's database, as its operator uses it.
    #[error(transparent)]
    KeyholderDatabase(#[from] OpenError),
    /// The keyholder as its operator uses it.
    #[error("the keyholder: {0}")]
    KeyholderOperator(#[from] ::keyholder::StartError),
    /// A client of the keyholder.
    #[error("the keyholder: {0}")]
    KeyholderClient(#[from] ::keyholder::ClientError),
    /// The portal's key at the keyholder.
    #[error("the keyholder: {0}")]
    KeyholderConsentKey(#[from] ::keyholder::ConsentKeyError),
    /// A call.
    #[error("while {doing}: {source}")]
    Call {
        /// What somebody was doing.
        doing: &'static str,
        /// Why it failed.
        source: Box<client::Error>,
    },
    /// The portal.
    #[error(transparent)]
    Portal(#[from] PortalError),
    /// No match was found in time.
    #[error("no match was found within 15 s")]
    NoMatch,
    /// Something is not as the story needs it.
    #[error("{0}")]
    Unexpected(&'static str),
    /// Where the story stopped.
    #[error(transparent)]
    Script(#[from] ScriptError),
    /// The export.
    #[error("the export cannot be verified: {0}")]
    Verify(String),
}

impl From<::keyholder::KeyholderError> for DemoError {
    fn from(error: ::keyholder::KeyholderError) -> Self {
        Self::KeyholderClient(error.into())
    }
}

/// Names what somebody was doing when a call failed.
trait Doing<T> {
    fn while_(self, doing: &'static str) -> Result<T, DemoError>;
}

impl<T> Doing<T> for Result<T, client::Error> {
    fn while_(self, doing: &'static str) -> Result<T, DemoError> {
        self.map_err(|error| DemoError::Call {
            doing,
            source: Box::new(error),
        })
    }
}

/// What came of a story, in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// Signals given about the child.
    pub signals: usize,
    /// How the signals' pseudonyms were made, as the service tells; none when they differ.
    pub assurance: Option<TokenAssurance>,
    /// Matches that came of them.
    pub matches: usize,
    /// Notices that reached an inbox.
    pub notices_delivered: usize,
    /// Whether a message before consent was refused.
    pub refused_before_consent: bool,
    /// Where consent stands at the end.
    pub consent: String,
    /// Messages that were read.
    pub messages_read: usize,
    /// Documents that were read, and are the same to the byte.
    pub attachments_read: usize,
    /// Whether a recipient who does not ask the keyholder for its share has no use for what the service hands out.
    pub share_needed: bool,
    /// Whether the keyholder itself gives no share any more after the withdrawal.
    pub gate_closed: bool,
    /// Whether reading after the withdrawal was refused.
    pub refused_after_withdrawal: bool,
    /// Entries of the audit log in the export.
    pub audit_entries: u64,
    /// Whether the verifier found the export in order.
    pub audit_verified: bool,
}

impl Outcome {
    /// Whether the story ended as it should at this level.
    pub fn is_as_it_should_be(&self, level: Level) -> bool {
        let expected = TokenAssurance {
            suite: level.suite(),
            blinded_by_client: level == Level::B,
        };
        self.signals == 2
            && self.assurance == Some(expected)
            && self.matches == 1
            && self.notices_delivered == 2
            && self.refused_before_consent
            && self.consent == "withdrawn"
            && self.messages_read == 2
            && self.attachments_read == 1
            && self.share_needed == (level == Level::B)
            && self.gate_closed == (level == Level::B)
            && self.refused_after_withdrawal
            && self.audit_entries > 0
            && self.audit_verified
    }
}

/// Sets the stage, plays one story and takes everything down again.
///
/// # Errors
/// [`DemoError`].
pub async fn run(
    data_dir: &Path,
    listen: SocketAddr,
    level: Level,
    teller: Teller,
) -> Result<Outcome, DemoError> {
    let stage = Stage::set(data_dir, listen, level, teller).await?;
    let outcome = play(&stage).await;
    let (application, keyholder) = stage.close();
    application.stop_after(std::time::Duration::ZERO).await;
    if let Some(keyholder) = keyholder {
        keyholder.stop().await;
    }
    outcome
}

/// Plays a story, or the rest of one that was interrupted.
///
/// # Errors
/// [`DemoError`].
pub async fn play(stage: &Stage) -> Result<Outcome, DemoError> {
    plot::play(stage).await
}

/// Prepares a request that waits for its family, and tells how to go on by hand.
///
/// # Errors
/// [`DemoError`].
pub async fn invite(stage: &Stage) -> Result<(), DemoError> {
    invite::invite(stage).await
}

impl Stage {
    /// Makes what is missing in the data directory, starts the keyholder and the service in it, and writes
    /// `credentials.json`.
    ///
    /// # Errors
    /// [`DemoError`].
    pub async fn set(
        data_dir: &Path,
        listen: SocketAddr,
        level: Level,
        teller: Teller,
    ) -> Result<Self, DemoError> {
        // First of all: a taken address is told before anything is started.
        drop(TcpListener::bind(listen).map_err(|source| StartError::Listen {
            address: listen,
            source,
        })?);
        let directory = DataDirectory::at(data_dir)?;
        if !directory.is_made() {
            teller.note(format_args!(
                "Making keys and settings in {}.",
                directory.path().display()
            ));
            let keyholder = keyholder::plan(&directory, level, &teller)?;
            directory.make(&plan(listen, keyholder))?;
        }
        let keyholder = DemoKeyholder::start(&directory, level, &teller).await?;
        match Self::serve(&directory, listen, keyholder.as_ref()).await {
            Ok((application, credentials, organisations)) => {
                teller.note(format_args!("The service is ready at {}.", application.base()));
                Ok(Self {
                    directory,
                    level,
                    keyholder,
                    application,
                    credentials,
                    organisations,
                    teller,
                })
            }
            Err(error) => {
                if let Some(keyholder) = keyholder {
                    keyholder.into_child().stop().await;
                }
                Err(error)
            }
        }
    }

    async fn serve(
        directory: &DataDirectory,
        listen: SocketAddr,
        keyholder: Option<&DemoKeyholder>,
    ) -> Result<(Application, Credentials, [protocol::OrganisationId; 2]), DemoError> {
        let mut config = Config::load_file(&directory.settings())?;
        config.server.listen = listen;
        let application = Application::build(&config).await?;
        match Self::furnish(directory, &application, keyholder).await {
            Ok((credentials, organisations)) => Ok((application, credentials, organisations)),
            Err(error) => {
                application.stop_after(std::time::Duration::ZERO).await;
                Err(error)
            }
        }
    }

    async fn furnish(
        directory: &DataDirectory,
        application: &Application,
        keyholder: Option<&DemoKeyholder>,
    ) -> Result<(Credentials, [protocol::OrganisationId; 2]), DemoError> {
        let casework = application.casework();
        casework.apply_covenant(COVENANT).await?;
        files::write(
            &directory.audit_policy(),
            casework.log_policy().as_bytes(),
            Readers::Everyone,
        )?;
        let cast = partners::register(directory, casework).await?;
        if let Some(keyholder) = keyholder {
            let portal = casework.portal_keys().await.map_err(RegisterError::from)?;
            keyholder.let_in(directory, &cast.clients, &portal).await?;
        }
        let base = application.base();
        let credentials = Credentials {
            api_url: base.to_owned(),
            portal_url: format!("{base}/portal"),
            token_url: format!("{base}/oauth/token"),
            keyholder: keyholder.map(DemoKeyholder::credentials).transpose()?,
            organisations: cast.organisations,
            municipality: cast.municipality,
            supervisor: cast.supervisor,
            network_key_file: directory.network_key(),
            audit_policy_file: directory.audit_policy(),
        };
        credentials.write(&directory.path().join("credentials.json"))?;
        hand_over(&credentials, &cast.ids)?;
        Ok((credentials, cast.ids))
    }

    /// The service and the keyholder's process, to be stopped in this order.
    pub fn close(self) -> (Application, Option<ChildKeyholder>) {
        (self.application, self.keyholder.map(DemoKeyholder::into_child))
    }

    /// What partners and the supervisor need.
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }
}

/// Writes beside each partner's keys what `trefpunt exchange` needs to know.
fn hand_over(credentials: &Credentials, ids: &[protocol::OrganisationId]) -> Result<(), DemoError> {
    for (organisation, id) in credentials.organisations.iter().zip(ids) {
        let file = PartnerFile {
            api_url: credentials.api_url.clone(),
            token_url: credentials.token_url.clone(),
            organisation: *id,
            client_id: organisation.client_id.clone(),
            keyholder: credentials.keyholder.clone(),
            consent_keys: None,
        };
        if let Some(dir) = organisation.sealing_key_file.parent() {
            file.write(dir)?;
        }
    }
    Ok(())
}

fn plan(listen: SocketAddr, keyholder: Option<KeyholderPlan>) -> Plan {
    Plan {
        kind: "test".to_owned(),
        listen: listen.to_string(),
        public_url: None,
        network_name: NETWORK.to_owned(),
        log_origin: "demo.trefpunt.example/log".to_owned(),
        covenant: COVENANT.to_owned(),
        key_check: None,
        keyholder,
    }
}

/// Fetches the bundle of an export into `file`, which takes its place only when it is whole. Only its owner may read
/// it: the openings in it say which professional did what, and in which capacity a family's member decided.
///
/// # Errors
/// [`client::Error`].
pub async fn download(supervisor: &client::Supervisor, id: Id, file: &Path) -> Result<u64, client::Error> {
    let unfinished = file.with_extension("tar.new");
    let mut writer = files::create(&unfinished, Readers::Owner)
        .map(tokio::fs::File::from_std)
        .map_err(client::Error::Write)?;
    let length = supervisor.download_bundle(id, &mut writer).await?;
    writer.sync_all().await.map_err(client::Error::Write)?;
    tokio::fs::rename(&unfinished, file)
        .await
        .map_err(client::Error::Write)?;
    Ok(length)
}

/// The supervisor's way to the service.
fn supervisor(credentials: &Credentials) -> Result<client::Supervisor, DemoError> {
    client::Supervisor::connect(credentials.settings_of_supervisor()?, Machine)
        .while_("preparing the supervisor's way")
}
