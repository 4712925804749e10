//! `trefpunt organisation sealing-key ...`

use clap::Subcommand;
use protocol::OrganisationId;
use protocol::sealed_message::{KeyFingerprint, SealingKey};
use protocol::text::Base64Url;
use serde_json::json;

use super::told;
use crate::cli::{ConfigFile, Failure, with_casework};
use crate::out;

/// The keys to which others seal for an organisation.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum SealingKeys {
    /// Gives an organisation a further sealing key, to which others seal from now on; prints its fingerprint. Compare that by
    /// telephone with who made the key.
    Add {
        #[command(flatten)]
        config: ConfigFile,
        /// The organisation's id, `org_...`.
        organisation: OrganisationId,
        /// The X25519 public key, 43 characters of base64url.
        #[arg(allow_hyphen_values = true)]
        key: Base64Url<32>,
    },
    /// Lists the sealing keys of an organisation, the newest first, with their fingerprints.
    List {
        #[command(flatten)]
        config: ConfigFile,
        /// The organisation's id, `org_...`.
        organisation: OrganisationId,
        /// One JSON array in place of a table.
        #[arg(long)]
        json: bool,
    },
    /// Retires a sealing key, for good and whatever waits that is sealed to it: that can still be fetched, and opened with its
    /// secret.
    Retire {
        #[command(flatten)]
        config: ConfigFile,
        /// The organisation's id, `org_...`.
        organisation: OrganisationId,
        /// The X25519 public key, 43 characters of base64url.
        #[arg(allow_hyphen_values = true)]
        key: Base64Url<32>,
    },
}

impl SealingKeys {
    pub(super) async fn run(&self) -> Result<(), Failure> {
        match self {
            Self::Add {
                config,
                organisation,
                key,
            } => {
                let key = SealingKey::from(*key);
                with_casework(config, async |casework| {
                    Ok(casework.operate_add_sealing_key(*organisation, key).await?)
                })
                .await?;
                out::line(KeyFingerprint::of(*organisation, &key));
                Ok(())
            }
            Self::List {
                config,
                organisation,
                json,
            } => list(config, *organisation, *json).await,
            Self::Retire {
                config,
                organisation,
                key,
            } => {
                let retired = SealingKey::from(*key);
                let changed = with_casework(config, async |casework| {
                    Ok(casework
                        .operate_retire_sealing_key(*organisation, retired)
                        .await?)
                })
                .await?;
                told(
                    changed,
                    format_args!("Nothing is taken any more that is sealed with {key} or to it."),
                )
            }
        }
    }
}

async fn list(config: &ConfigFile, organisation: OrganisationId, json: bool) -> Result<(), Failure> {
    let keys = with_casework(config, async |casework| {
        Ok(casework.sealing_keys_of(organisation).await?)
    })
    .await?;
    let mut rows = vec![["KEY", "FINGERPRINT", "ADDED", "RETIRED"].map(str::to_owned)];
    let mut list = Vec::new();
    for row in &keys {
        let key = Base64Url(row.key);
        let fingerprint = KeyFingerprint::of(organisation, &key.into());
        list.push(json!({
            "key": key, "fingerprint": fingerprint, "addedAt": row.added_at, "retiredAt": row.retired_at,
        }));
        rows.push([
            key.to_string(),
            fingerprint.to_string(),
            row.added_at.to_string(),
            row.retired_at.map(|at| at.to_string()).unwrap_or_default(),
        ]);
    }
    if json {
        out::json(&list);
    } else {
        out::table(&rows);
    }
    Ok(())
}
