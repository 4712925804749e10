//! `trefpunt keys status`

use casework::{RotationStanding, Standing};
use clap::Args;
use serde_json::{Value, json};
use store::{RotationPhase, TagKeys};

use crate::bench::grouped;
use crate::cli::{ConfigFile, Exit, Failure, with_casework};
use crate::out;

/// Which keys are live, and how far a rotation is.
#[derive(Debug, Args)]
pub(in crate::cli) struct Status {
    #[command(flatten)]
    config: ConfigFile,
    /// One JSON object in place of text.
    #[arg(long)]
    json: bool,
}

impl Status {
    pub(in crate::cli) async fn run(&self) -> Result<(), Failure> {
        let standing = with_casework(&self.config, async |casework| Ok(casework.key_standing().await?));
        let Some(standing) = standing.await? else {
            return Err(Failure::new(Exit::NotReady, "the database knows no network"));
        };
        if self.json {
            out::json(&value(&standing));
        } else {
            show(&standing);
        }
        Ok(())
    }
}

fn show(standing: &Standing) {
    out::line(format_args!("Live: {}.", keys(standing.live)));
    out::line(format_args!("{} children.", grouped(standing.children)));
    for count in &standing.tags {
        out::line(format_args!(
            "{} tags under {}.",
            grouped(count.tags),
            keys(count.keys)
        ));
    }
    for (epoch, state) in &standing.net_epochs {
        let until = epoch
            .until
            .map(|until| format!(", until {until}"))
            .unwrap_or_default();
        out::line(format_args!(
            "Partners' key, epoch {}: {state}{until}.",
            epoch.number
        ));
    }
    match &standing.rotation {
        None => out::line("No rotation is under way."),
        Some(rotation) => out::line(format_args!(
            "Rotation {} under way since {}, phase {}: {} tags filled.",
            rotation.change,
            rotation.started_at,
            phase(rotation.phase),
            grouped(rotation.filled)
        )),
    }
    if let Some(until) = standing
        .rotation
        .as_ref()
        .and_then(|rotation| rotation.grace_until)
    {
        out::line(format_args!("Tokens of the old epoch are taken until {until}."));
    }
}

fn value(standing: &Standing) -> Value {
    json!({
        "live": keys_value(standing.live),
        "children": standing.children,
        "tags": standing.tags.iter().map(|count| {
            let mut value = keys_value(count.keys);
            value["tags"] = count.tags.into();
            value
        }).collect::<Vec<_>>(),
        "netEpochs": standing.net_epochs.iter().map(|(epoch, state)| json!({
            "netEpoch": epoch.number, "state": state, "until": epoch.until,
        })).collect::<Vec<_>>(),
        "rotation": standing.rotation.as_ref().map(rotation_value),
    })
}

fn rotation_value(rotation: &RotationStanding) -> Value {
    json!({
        "change": rotation.change.to_string(), "phase": phase(rotation.phase),
        "from": keys_value(rotation.from), "to": keys_value(rotation.to),
        "filled": rotation.filled, "childrenBefore": rotation.children_before,
        "startedAt": rotation.started_at, "flippedAt": rotation.flipped_at, "graceUntil": rotation.grace_until,
    })
}

fn phase(phase: RotationPhase) -> &'static str {
    match phase {
        RotationPhase::Fill => "fill",
        RotationPhase::Grace => "grace",
        RotationPhase::Destroy => "destroy",
    }
}

/// Keys as people read them.
pub(super) fn keys(keys: TagKeys) -> String {
    match keys.oprf_epoch {
        Some(epoch) => format!(
            "suite {}, keyholder's epoch {epoch}, tag epoch {}",
            keys.suite, keys.tag_epoch
        ),
        None => format!("suite {}, tag epoch {}", keys.suite, keys.tag_epoch),
    }
}

/// Keys as programs read them.
pub(super) fn keys_value(keys: TagKeys) -> Value {
    json!({"suite": keys.suite, "oprfEpoch": keys.oprf_epoch, "tagEpoch": keys.tag_epoch})
}
