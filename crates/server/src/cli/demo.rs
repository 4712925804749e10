//! `trefpunt demo`

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::{Exit, Failure, asked_to_stop, stop};
use crate::cast::CastError;
use crate::database::chain;
use crate::demo::{self, Level, Stage, Teller};
use crate::logging::{self, Form};
use crate::out;

/// Plays the whole story on this machine over real HTTP, then keeps serving.
#[derive(Debug, Args)]
pub(super) struct Demo {
    /// Where keys, credentials and the database are kept. Starting again with the same directory goes on where a
    /// story was interrupted, or begins the next with another child.
    #[arg(long, value_name = "DIR", default_value = "var/demo")]
    data_dir: PathBuf,
    /// Where the service listens; port 0 takes any free one.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8480")]
    listen: SocketAddr,
    /// How the child's pseudonym is made: with a keyholder beside the service (b), or as a keyed hash alone (a).
    #[arg(long, value_name = "a|b", default_value = "b")]
    level: LevelArgument,
    /// Ends after the story.
    #[arg(long)]
    exit: bool,
    /// Ends the story with one JSON object on standard output; everything else goes to standard error.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LevelArgument {
    A,
    B,
}

impl Demo {
    pub(super) async fn run(&self) -> Result<(), Failure> {
        logging::start(Form::Human, "warn");
        if !self.listen.ip().is_loopback() {
            return Err(Failure::usage(
                "--listen: a demonstration is for this machine only, such as 127.0.0.1:8480",
            ));
        }
        let teller = Teller::new(self.json);
        let stage = Stage::set(&self.data_dir, self.listen, self.level(), teller)
            .await
            .map_err(failure)?;
        let played = tokio::select! {
            played = self.play(&stage) => played,
            asked = asked_to_stop() => {
                asked?;
                Err(Failure::failed("stopped in the middle of the story; start again to go on"))
            }
        };
        let served = match played {
            Ok(()) if !self.exit => asked_to_stop().await,
            played => played,
        };
        let (application, keyholder) = stage.close();
        let stopped = stop(application, Some(Duration::ZERO)).await;
        if let Some(keyholder) = keyholder {
            keyholder.stop().await;
        }
        stopped?;
        served
    }

    fn level(&self) -> Level {
        match self.level {
            LevelArgument::A => Level::A,
            LevelArgument::B => Level::B,
        }
    }

    async fn play(&self, stage: &Stage) -> Result<(), Failure> {
        let outcome = demo::play(stage).await.map_err(failure)?;
        if !self.exit {
            demo::invite(stage).await.map_err(failure)?;
        }
        if self.json {
            out::json(&outcome);
        }
        if outcome.is_as_it_should_be(self.level()) {
            Ok(())
        } else {
            Err(Failure::failed("the story did not end as it should"))
        }
    }
}

fn failure(error: demo::DemoError) -> Failure {
    match error {
        demo::DemoError::Start(error) => error.into(),
        demo::DemoError::Config(error) => Failure::config(&error),
        demo::DemoError::Register(error) | demo::DemoError::Cast(CastError::Register(error)) => error.into(),
        error => Failure::new(Exit::Failed, chain(&error)),
    }
}
