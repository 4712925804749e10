//! `trefpunt keyholder consent-keys ...`

use clap::{Args, Subcommand};
use keyholder::ConsentKeyError;
use protocol::consent::Name;
use protocol::text::Base64Url;
use serde_json::json;

use super::KeyholderFile;
use crate::cli::Failure;
use crate::out;

/// The portals' keys that are believed: what they sign opens the gate.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum ConsentKeys {
    /// Believes a portal's key. Compare it with the portal's operator on a way you trust: who holds it can say that a family
    /// agreed.
    Add(Key),
    /// Believes it no more, at once and for good: no share is released under records that it signed.
    End(Key),
    /// Lists the keys, with those that ended.
    List {
        #[command(flatten)]
        config: KeyholderFile,
        /// One JSON array in place of a table.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Key {
    #[command(flatten)]
    config: KeyholderFile,
    /// The network whose portal it is, as its consent records name it.
    #[arg(long, value_name = "NAME", allow_hyphen_values = true)]
    network: Name,
    /// The portal's Ed25519 public key, 43 characters of base64url.
    #[arg(long, value_name = "KEY", allow_hyphen_values = true)]
    key: Base64Url<32>,
}

impl ConsentKeys {
    pub(in crate::cli) async fn run(&self) -> Result<(), Failure> {
        match self {
            Self::Add(key) => {
                let network = key.network.clone();
                key.config
                    .operate(async |operator| Ok(operator.add_consent_key(network, key.key).await?))
                    .await?;
                out::line(format_args!(
                    "Records and statuses of {} that this key signed are believed from now on.",
                    key.network
                ));
                Ok(())
            }
            Self::End(key) => {
                let network = key.network.clone();
                key.config
                    .operate(async |operator| Ok(operator.end_consent_key(network, key.key).await?))
                    .await?;
                out::line("What this key signed is not believed any more.");
                Ok(())
            }
            Self::List { config, json } => list(config, *json).await,
        }
    }
}

async fn list(config: &KeyholderFile, json: bool) -> Result<(), Failure> {
    let keys = config
        .operate(async |operator| Ok(operator.consent_keys().await?))
        .await?;
    let mut rows = vec![["NETWORK", "KEY", "KEY ID", "STATE"].map(str::to_owned)];
    let mut list = Vec::new();
    for believed in keys {
        list.push(json!({
            "network": believed.network, "publicKey": believed.key.public_key, "keyId": believed.key.key_id,
            "addedAt": believed.added_at, "endedAt": believed.ended_at,
        }));
        let state = if believed.ended_at.is_some() {
            "ended"
        } else {
            "believed"
        };
        rows.push([
            believed.network.to_string(),
            believed.key.public_key.to_string(),
            believed.key.key_id.to_string(),
            state.to_owned(),
        ]);
    }
    if json {
        out::json(&list);
    } else {
        out::table(&rows);
    }
    Ok(())
}

impl From<ConsentKeyError> for Failure {
    fn from(error: ConsentKeyError) -> Self {
        match error {
            ConsentKeyError::Keyholder(error) => error.into(),
            error => Self::usage(error),
        }
    }
}
