//! `trefpunt keys ...`

mod network;
mod progress;
mod shares;
mod status;

use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use casework::{CeremonySettings, Change, PinnedKeyholder, RotateKeysError, Rotated};
use clap::{Args, Subcommand};
use jiff::SignedDuration;
use serde_json::json;

use super::{ConfigFile, Exit, Failure, with_loaded};
use crate::bench::grouped;
use crate::ceremony_keyholder::CeremonyConnection;
use crate::database::explain;
use crate::out;

/// The keys behind tags: what they are, and how they are changed.
#[derive(Debug, Subcommand)]
pub(super) enum Keys {
    /// Rotates keys without asking partners, as a ceremony of two custodians. After an interruption the same command goes on.
    Rotate(Rotate),
    /// Says which keys are live, how many tags there are under each, and how far a rotation is.
    Status(status::Status),
    /// Epochs of the partners' own key, which the service never has.
    #[command(subcommand)]
    Network(network::Network),
}

#[derive(Debug, Args)]
pub(super) struct Rotate {
    #[command(flatten)]
    config: ConfigFile,
    /// Begins a new epoch of the key under which tags are stored.
    #[arg(long)]
    tag: bool,
    /// Moves every tag to the keyholder's next key.
    #[arg(long, conflicts_with = "to_suite")]
    keyholder: bool,
    /// Moves a network that has got a keyholder from keyed hashes (suite 1) to oblivious tokens.
    #[arg(long, value_name = "SUITE", value_parser = clap::value_parser!(u8).range(2..=2))]
    to_suite: Option<u8>,
    /// A custodian's share; give it twice. A share that is not given is asked for on the terminal.
    #[arg(long = "share", value_name = "FILE")]
    shares: Vec<PathBuf>,
    /// How long tokens of the keyholder's old epoch are taken, in place of 15 minutes. Not in a live network.
    #[arg(long, value_name = "MINUTES", value_parser = clap::value_parser!(u16).range(0..=60))]
    grace_minutes: Option<u16>,
    /// One JSON object in place of text.
    #[arg(long)]
    json: bool,
}

impl Keys {
    pub(super) async fn run(&self) -> Result<(), Failure> {
        match self {
            Self::Rotate(rotate) => rotate.run().await,
            Self::Status(status) => status.run().await,
            Self::Network(network) => network.run().await,
        }
    }
}

impl Rotate {
    async fn run(&self) -> Result<(), Failure> {
        let config = self.config.load()?;
        let secret = shares::joined(&self.shares)?;
        let keyholder = match &config.keyholder {
            Some(settings) => Some(PinnedKeyholder {
                connection: Arc::new(CeremonyConnection::open(settings).map_err(Failure::usage)?),
                key: settings.signing_key,
            }),
            None => None,
        };
        let settings = CeremonySettings {
            keyholder,
            workers: thread::available_parallelism().map_or(1, usize::from),
            grace: self
                .grace_minutes
                .map(|minutes| SignedDuration::from_mins(minutes.into())),
        };
        let change = Change {
            tag: self.tag,
            keyholder: self.keyholder,
            to_suite_2: self.to_suite.is_some(),
        };
        let rotated = with_loaded(&config, async |casework| {
            let ceremony = casework.ceremony(secret, settings)?;
            let progress = progress::Progress::new();
            Ok(ceremony.run(change, &|step| progress.tell(step)).await?)
        })
        .await?;
        if self.json {
            out::json(&summary(&rotated));
        } else {
            out::line(format_args!(
                "Rotated from {} to {}: {} children before, {} after, {} tags.",
                status::keys(rotated.from),
                status::keys(rotated.to),
                grouped(rotated.children_before),
                grouped(rotated.children_after),
                grouped(rotated.tags_after),
            ));
        }
        Ok(())
    }
}

fn summary(rotated: &Rotated) -> serde_json::Value {
    json!({
        "from": status::keys_value(rotated.from), "to": status::keys_value(rotated.to),
        "childrenBefore": rotated.children_before, "childrenAfter": rotated.children_after,
        "tagsAfter": rotated.tags_after, "startedAt": rotated.started_at, "flippedAt": rotated.flipped_at,
    })
}

impl From<RotateKeysError> for Failure {
    fn from(error: RotateKeysError) -> Self {
        use RotateKeysError as E;
        match error {
            E::WrongShares
            | E::NothingToDo
            | E::OtherUnderWay(_)
            | E::NotOblivious
            | E::AlreadyOblivious
            | E::BothAtOnce
            | E::NoKeyholder
            | E::GraceIsFixed
            | E::NotPrepared
            | E::NoFurtherEpoch => Self::usage(error),
            E::NoNetwork => Self::new(Exit::NotReady, error),
            E::Store(error) => Self::failed(explain(&error)),
            error => Self::failed(error),
        }
    }
}
