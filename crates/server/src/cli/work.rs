//! `trefpunt work`

use clap::Args;

use super::serve::start_logging;
use super::{ConfigFile, Failure, asked_to_stop};
use crate::config::Process;
use crate::work::AtWork;

/// Does the work beside the doors.
#[derive(Debug, Args)]
pub(super) struct Work {
    #[command(flatten)]
    config: ConfigFile,
}

impl Work {
    pub(super) async fn run(&self) -> Result<(), Failure> {
        start_logging();
        let config = self.config.load_for(Process::Work)?;
        let mut at_work = AtWork::start(&config).await?;
        let ended = tokio::select! {
            asked = asked_to_stop() => asked,
            () = at_work.ended() => Err(Failure::failed("a driver ended")),
        };
        tokio::select! {
            () = at_work.stop() => ended,
            asked = asked_to_stop() => {
                asked?;
                Err(Failure::failed("asked twice to stop: ended at once"))
            }
        }
    }
}
