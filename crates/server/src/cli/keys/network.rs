//! `trefpunt keys network ...`

use casework::NetworkEpochError;
use clap::{Args, Subcommand};
use identifiers::KeyCheck;
use jiff::Timestamp;

use crate::cli::{ConfigFile, Failure, with_casework};
use crate::out;

/// Epochs of the partners' own key, which the service never has.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Network {
    /// Adds an epoch: from now on every signal carries a token of it too.
    Add(Add),
    /// Lets an epoch end: from then on its tokens are refused and its tags destroyed.
    End(End),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Add {
    #[command(flatten)]
    config: ConfigFile,
    /// Its number, above all that were ever used.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    epoch: u16,
    /// The key-check value of the partners' new key, 22 characters of base64url.
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    key_check: KeyCheck,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct End {
    #[command(flatten)]
    config: ConfigFile,
    /// Its number.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    epoch: u16,
    /// Its key fell into wrong hands: it ends in 30 days at the latest.
    #[arg(long)]
    compromised: bool,
    /// When it ends, RFC 3339. Left out: now, or 30 days from now when it is compromised.
    #[arg(long, value_name = "TIME")]
    until: Option<Timestamp>,
}

impl Network {
    pub(in crate::cli) async fn run(&self) -> Result<(), Failure> {
        match self {
            Self::Add(add) => {
                with_casework(&add.config, async |casework| {
                    let key_check = *add.key_check.as_bytes();
                    Ok(casework.add_network_epoch(add.epoch, key_check).await?)
                })
                .await?;
                out::line(format_args!(
                    "Epoch {} is live: signals carry a token of it.",
                    add.epoch
                ));
            }
            Self::End(end) => {
                let until = with_casework(&end.config, async |casework| {
                    let until = casework.end_network_epoch(end.epoch, end.compromised, end.until);
                    Ok(until.await?)
                })
                .await?;
                out::line(format_args!(
                    "Epoch {} ends at {until}; then its tokens are refused and its tags destroyed.",
                    end.epoch
                ));
            }
        }
        Ok(())
    }
}

impl From<NetworkEpochError> for Failure {
    fn from(error: NetworkEpochError) -> Self {
        match error {
            NetworkEpochError::Store(error) => error.into(),
            error => Self::usage(error),
        }
    }
}
