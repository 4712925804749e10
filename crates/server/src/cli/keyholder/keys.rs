//! `trefpunt keyholder keys ...`

use clap::Subcommand;
use keyholder::{KeyState, RotationError};
use serde_json::json;

use super::KeyholderFile;
use crate::cli::Failure;
use crate::out;

/// The keys and their epochs.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Keys {
    /// Makes the key of the next epoch. Nothing is evaluated with it before the service's ceremony (`trefpunt keys
    /// rotate --keyholder`) makes it live.
    Prepare(KeyholderFile),
    /// Makes shares with the gate's key in its file from now on, when the one before is lost or stolen. What was sealed with
    /// shares of that one and not opened yet stays closed for good.
    AcceptGate(KeyholderFile),
    /// Shows where each key stands.
    Status {
        #[command(flatten)]
        config: KeyholderFile,
        /// One JSON object in place of text.
        #[arg(long)]
        json: bool,
    },
}

impl Keys {
    pub(in crate::cli) async fn run(&self) -> Result<(), Failure> {
        match self {
            Self::Prepare(config) => {
                let epoch = config
                    .operate(async |operator| Ok(operator.prepare_rotation().await?))
                    .await?;
                out::line(format_args!(
                    "Epoch {epoch} is introduced. Tell the service's operator, who takes it into use."
                ));
                Ok(())
            }
            Self::AcceptGate(config) => {
                let other = config
                    .operate(async |operator| Ok(operator.accept_gate_key().await?))
                    .await?;
                out::line(if other {
                    "Shares are made with the key in its file. A keyholder that runs gives none until it is started again."
                } else {
                    "It is the key that shares are made with already."
                });
                Ok(())
            }
            Self::Status { config, json } => status(config, *json).await,
        }
    }
}

async fn status(config: &KeyholderFile, json: bool) -> Result<(), Failure> {
    let (keys, public) = config
        .operate(async |operator| Ok((operator.keys().await?, operator.list_key())))
        .await?;
    let mut rows = vec![["EPOCH", "STATE", "SINCE", "PUBLIC KEY"].map(str::to_owned)];
    let mut list = Vec::new();
    for key in &keys {
        let (state, since) = match key.state {
            KeyState::Introduced => ("introduced", key.introduced_at),
            KeyState::Live => ("live", key.introduced_at),
            KeyState::Retired(at) => ("retired", at),
            KeyState::Destroyed(at) => ("destroyed", at),
        };
        list.push(json!({
            "epoch": key.epoch, "state": state, "since": since, "publicKey": key.public_key,
            "destroyAskedAt": key.destroy_asked_at,
        }));
        rows.push([
            key.epoch.to_string(),
            state.to_owned(),
            since.to_string(),
            key.public_key.to_string(),
        ]);
    }
    if json {
        out::json(&json!({"signingKey": public, "epochs": list}));
    } else {
        out::line(format_args!("Everybody pins {public}."));
        out::table(&rows);
    }
    Ok(())
}

impl From<RotationError> for Failure {
    fn from(error: RotationError) -> Self {
        match error {
            RotationError::Keyholder(error) => error.into(),
            error => Self::failed(error),
        }
    }
}
