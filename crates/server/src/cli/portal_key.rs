//! `trefpunt portal-key ...`: the keys with which the portal signs consents.

use std::path::PathBuf;

use casework::PortalKeyError;
use clap::Subcommand;
use protocol::consent::ConsentSigner;
use protocol::id::KeyId;
use serde_json::json;

use super::{ConfigFile, Failure, shown, with_casework, with_loaded};
use crate::config::Process;
use crate::data_directory;
use crate::{files, out};

/// The portal's keys, where the portal runs.
#[derive(Debug, Subcommand)]
pub(super) enum PortalKey {
    /// Prints the network's list: each key with its id, and since when it signs no more.
    List {
        #[command(flatten)]
        config: ConfigFile,
        /// One JSON array in place of lines.
        #[arg(long)]
        json: bool,
    },
    /// Makes a further key and publishes it, so that keyholder and partners know it before the portal signs with it.
    Add {
        #[command(flatten)]
        config: ConfigFile,
        /// The file for the new key; it must not be there yet. Its public half comes beside it, as FILE.public.
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
    },
    /// Retires a key. What it signed is still checked with it; the portal signs no more with it, and a process that would,
    /// does not start. Run it where the portal runs: the key of these settings is refused.
    Retire {
        #[command(flatten)]
        config: ConfigFile,
        /// Which, by its id.
        #[arg(value_name = "KEY_ID", allow_hyphen_values = true)]
        key_id: KeyId,
    },
    /// Lets the keyholder be told of every consent that ended again: after it was put back from a backup. The service for
    /// partners does it.
    TellKeyholder {
        #[command(flatten)]
        config: ConfigFile,
    },
}

impl From<PortalKeyError> for Failure {
    fn from(error: PortalKeyError) -> Self {
        match error {
            PortalKeyError::Refused(refusal) => Self::usage(refusal),
            PortalKeyError::Store(error) => error.into(),
        }
    }
}

impl PortalKey {
    pub(super) async fn run(&self) -> Result<(), Failure> {
        match self {
            Self::List { config, json } => list(config, *json).await,
            Self::Add { config, key } => add(config, key).await,
            Self::Retire { config, key_id } => {
                let loaded = config.load_for(Process::PortalCommand)?;
                with_loaded(&loaded, async |casework| {
                    Ok(casework.retire_portal_key(*key_id).await?)
                })
                .await?;
                out::line(format_args!("{key_id} signs no more"));
                Ok(())
            }
            Self::TellKeyholder { config } => {
                let ended = with_casework(config, async |casework| {
                    Ok(casework.tell_keyholder_again().await?)
                });
                out::line(format_args!("{} ended consents are told again", ended.await?));
                Ok(())
            }
        }
    }
}

async fn list(config: &ConfigFile, as_json: bool) -> Result<(), Failure> {
    let config = config.load_for(Process::PortalCommand)?;
    let keys = with_loaded(&config, async |casework| Ok(casework.portal_keys().await?)).await?;
    if as_json {
        let keys: Vec<_> = keys
            .iter()
            .map(|known| {
                json!({
                    "keyId": known.key.key_id,
                    "publicKey": known.key.public_key,
                    "retiredAt": known.retired_at,
                })
            })
            .collect();
        out::line(json!(keys));
        return Ok(());
    }
    for known in keys {
        let state = match known.retired_at {
            None => "signs, or may".to_owned(),
            Some(at) => format!("retired {at}"),
        };
        let (key_id, public_key) = (known.key.key_id, known.key.public_key);
        out::line(format_args!("{key_id}  {public_key}  {state}"));
    }
    Ok(())
}

async fn add(config: &ConfigFile, key: &std::path::Path) -> Result<(), Failure> {
    let path = files::absolute(key)?;
    if path.exists() {
        return Err(Failure::usage(format_args!("{} is there already", shown(&path))));
    }
    let loaded = config.load_for(Process::PortalCommand)?;
    let public = ConsentSigner::from_seed(&*data_directory::seed(&path)?).key();
    let public_file = data_directory::write_portal_public(&path)?;
    let added = with_loaded(&loaded, async |casework| {
        Ok(casework.add_portal_key(public.clone()).await?)
    });
    if let Err(failure) = added.await {
        // Nobody knows the key: nothing is left that looks as if somebody did.
        for file in [&path, &public_file] {
            drop(std::fs::remove_file(file));
        }
        return Err(failure);
    }
    let (key_id, key) = (public.key_id, public.public_key);
    out::line(format_args!(
        "Made {}, and published it as {key_id}. What is left to do:",
        shown(&path)
    ));
    out::line(
        "  where the portal runs, its file becomes [keys] consent_file, and the portal is started again",
    );
    out::line("  before that, the keyholder's operator and partners that pin the portal's keys learn of it:");
    let network = &loaded.network.name;
    out::line(format_args!(
        "    trefpunt keyholder consent-keys add --network {network} --key {key}"
    ));
    out::line("  after that, retire the key before it: trefpunt portal-key retire KEY_ID");
    Ok(())
}
