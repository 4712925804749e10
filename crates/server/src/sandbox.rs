//! A sandbox: a whole network in which nobody is real, on one machine, for whoever builds a program against the API.
//!
//! It is a network of its own kind, with a directory, keys and a database of its own, so nothing of it can reach another
//! network: a token made with its key is none elsewhere, and nobody's credentials are good in both. The service in it is the
//! one that every region runs. What makes it a sandbox stands beside it: doors to its clock and its key, and a *robot* that
//! plays other organisations and families through the doors that everybody has.

mod cast;
mod letters;
mod robot;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use casework::RegisterError;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use web::api::sandbox::Post;

use crate::application::{Application, StartError};
use crate::cast::CastError;
use crate::config::{Config, ConfigError};
use crate::credentials::{Credentials, CredentialsError};
use crate::data_directory::{DataDirectory, MakeError, Plan};
use crate::demo::portal::PortalError;
use crate::files::{self, FileError, Readers};
use robot::Robot;

/// What its region agreed.
const COVENANT: &str = include_str!("sandbox/covenant.toml");

/// So many requests' letters lie at the post at most; more are lost, as when nobody empties the box.
const LETTERS: usize = 1_024;

/// A running sandbox.
pub struct Sandbox {
    application: Application,
    credentials: Credentials,
    robot: JoinHandle<()>,
    stop: watch::Sender<bool>,
}

/// Why there is no sandbox.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The service does not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The settings in the directory.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The directory.
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
    /// The directory is another network's.
    #[error("this directory holds a network that is no sandbox: choose another")]
    NoSandbox,
    /// The portal, where families answer.
    #[error(transparent)]
    Portal(#[from] PortalError),
    /// What the robot cannot do without.
    #[error("the robot: {0}")]
    Robot(String),
}

impl Sandbox {
    /// Makes what is missing in the directory, and starts service and robot. When it is ready, the children of the sandbox
    /// have their signals.
    ///
    /// # Errors
    /// [`SandboxError`].
    pub async fn start(path: &Path, listen: SocketAddr) -> Result<Self, SandboxError> {
        let directory = DataDirectory::at(path)?;
        if !directory.is_made() {
            directory.make(&plan(listen))?;
        }
        let mut config = Config::load_file(&directory.settings())?;
        if config.network.kind != "sandbox" {
            return Err(SandboxError::NoSandbox);
        }
        config.server.listen = listen;
        let (post, letters) = mpsc::channel(LETTERS);
        let post: Post = Arc::new(move |posted| {
            if post.try_send(posted).is_err() {
                tracing::warn!("letters were lost: the post is full");
            }
        });
        let application = Application::build_with(&config, web::Doors::All, Some(post)).await?;
        match furnish(&directory, &application).await {
            Ok((credentials, robot)) => {
                let (stop, stopped) = watch::channel(false);
                Ok(Self {
                    application,
                    credentials,
                    robot: tokio::spawn(robot.run(letters, stopped)),
                    stop,
                })
            }
            Err(error) => {
                application.stop_after(Duration::ZERO).await;
                Err(error)
            }
        }
    }

    /// What vendors need.
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Sends the robot home; gives the service, to be stopped.
    pub async fn close(self) -> Application {
        self.stop.send_replace(true);
        if self.robot.await.is_err() {
            tracing::error!("the robot ended before");
        }
        self.application
    }
}

/// Registers everyone, writes `credentials.json`, and lets the robot's organisations give their signals.
async fn furnish(
    directory: &DataDirectory,
    application: &Application,
) -> Result<(Credentials, Robot), SandboxError> {
    let casework = application.casework();
    // What the region changed stays.
    casework
        .apply_covenant(&files::read(&directory.covenant())?)
        .await?;
    files::write(
        &directory.audit_policy(),
        casework.log_policy().as_bytes(),
        Readers::Everyone,
    )?;
    let cast = cast::register(directory, casework).await?;
    let base = application.base();
    let credentials = Credentials {
        api_url: base.to_owned(),
        portal_url: format!("{base}/portal"),
        token_url: format!("{base}/oauth/token"),
        keyholder: None,
        organisations: cast.vendors,
        municipality: cast.municipality,
        supervisor: cast.supervisor,
        network_key_file: directory.network_key(),
        audit_policy_file: directory.audit_policy(),
    };
    credentials.write(&directory.path().join("credentials.json"))?;
    let mut robot = Robot::new(directory, &credentials, cast.neighbours)?;
    robot
        .stand()
        .await
        .map_err(|error| SandboxError::Robot(error.to_string()))?;
    Ok((credentials, robot))
}

fn plan(listen: SocketAddr) -> Plan {
    Plan {
        kind: "sandbox".to_owned(),
        listen: listen.to_string(),
        public_url: None,
        network_name: "sandbox".to_owned(),
        log_origin: "sandbox.trefpunt.example/log".to_owned(),
        covenant: COVENANT.to_owned(),
        key_check: None,
        keyholder: None,
    }
}
