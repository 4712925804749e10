//! `trefpunt serve`

use clap::{Args, ValueEnum};
use web::Doors;

use super::{ConfigFile, Failure, asked_to_stop, stop};
use crate::Application;
use crate::config::{Config, Process};
use crate::logging::{self, Form};
use crate::out;

/// Runs the service.
#[derive(Debug, Args)]
pub(super) struct Serve {
    #[command(flatten)]
    config: ConfigFile,
    /// One of two processes on one database: the portal, which signs consents, or everything else.
    #[arg(long, value_name = "portal|api")]
    only: Option<Only>,
    /// Answers only: what goes on beside the requests is done by `trefpunt work`.
    #[arg(long)]
    without_work: bool,
}

/// A process that is not the whole service.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Only {
    /// The family's pages, the portal's word about consents, and the key that signs both.
    Portal,
    /// Everything else, without that key.
    Api,
}

impl Only {
    /// The process, as the settings are read for it. The portal has no work to leave to others.
    pub(super) fn process(only: Option<Self>, without_work: bool) -> Process {
        match (only, without_work) {
            (None, false) => Process::Whole,
            (None, true) => Process::WholeDoors,
            (Some(Self::Portal), _) => Process::Portal,
            (Some(Self::Api), false) => Process::Api,
            (Some(Self::Api), true) => Process::ApiDoors,
        }
    }
}

impl Serve {
    pub(super) async fn run(&self) -> Result<(), Failure> {
        start_logging();
        let config = self
            .config
            .load_for(Only::process(self.only, self.without_work))?;
        let doors = match self.only {
            None => {
                one_process_may_do(&config)?;
                Doors::All
            }
            Some(Only::Portal) => Doors::Portal,
            Some(Only::Api) => Doors::Api,
        };
        let mut application = Application::build_doors(&config, doors).await?;
        let ended = tokio::select! {
            asked = asked_to_stop() => asked,
            ended = application.ended() => Err(match ended {
                Ok(()) => Failure::failed("the server ended"),
                Err(error) => Failure::failed(error),
            }),
        };
        stop(application, None).await?;
        ended
    }
}

/// Libraries tell what they do at every start; only what goes wrong there matters.
pub(super) fn start_logging() {
    logging::start(
        Form::Json,
        "info,actix_server=warn,refinery_core=warn,tokio_postgres=warn",
    );
}

/// A live network that has a keyholder keeps the portal's key out of the process that partners and the internet talk to:
/// together with a party that key opens what the keyholder guards.
fn one_process_may_do(config: &Config) -> Result<(), Failure> {
    if config.network.kind != "live" {
        return Ok(());
    }
    if config.keyholder.is_some() {
        return Err(Failure::usage(
            "a live network with a keyholder is served by two processes: `trefpunt serve --only portal`, which alone reads the \
             key that signs consents, and `trefpunt serve --only api` (docs/OPERATIONS.md, section 12)",
        ));
    }
    out::error(
        "warning: the key that signs consents is in the process that serves partners; `--only portal` and `--only api` keep \
         them apart",
    );
    Ok(())
}
