//! `trefpunt covenant ...`

use std::path::{Path, PathBuf};

use casework::RegisterError;
use clap::Subcommand;
use domain::covenant::{Covenant as Agreed, changes};
use serde_json::json;

use super::{ConfigFile, Failure, with_casework};
use crate::{files, out};

/// What a region agreed.
#[derive(Debug, Subcommand)]
pub(super) enum Covenant {
    /// Applies settings: a new covenant, or a new version of the one of that name. Prints what changed.
    Apply {
        #[command(flatten)]
        config: ConfigFile,
        /// The covenant's settings, TOML.
        file: PathBuf,
    },
    /// Prints settings, defaults spelled out.
    Show {
        #[command(flatten)]
        config: ConfigFile,
        /// The covenant's name.
        name: String,
        /// Which version; the one in force if left out.
        #[arg(long)]
        version: Option<i32>,
    },
    /// Prints what applying these settings would change: which way, and for what it would count.
    Diff {
        #[command(flatten)]
        config: ConfigFile,
        /// The covenant's settings, TOML.
        file: PathBuf,
        /// One JSON array in place of a table.
        #[arg(long)]
        json: bool,
    },
    /// Lists the versions of a covenant with the time at which each was applied.
    Versions {
        #[command(flatten)]
        config: ConfigFile,
        /// The covenant's name.
        name: String,
    },
    /// Lists the covenants.
    List {
        #[command(flatten)]
        config: ConfigFile,
        /// One JSON array in place of a table.
        #[arg(long)]
        json: bool,
    },
}

impl Covenant {
    pub(super) async fn run(&self) -> Result<(), Failure> {
        match self {
            Self::Apply { config, file } => apply(config, &read(file)?).await,
            Self::Show {
                config,
                name,
                version,
            } => show(config, name, *version).await,
            Self::Diff { config, file, json } => diff(config, &read(file)?, *json).await,
            Self::Versions { config, name } => versions(config, name).await,
            Self::List { config, json } => list(config, *json).await,
        }
    }
}

/// Read before a database is opened: faults in the file need none.
fn read(file: &Path) -> Result<Agreed, Failure> {
    let toml = files::read(file)?;
    Ok(Agreed::parse(&toml).map_err(RegisterError::Settings)?)
}

async fn apply(config: &ConfigFile, agreed: &Agreed) -> Result<(), Failure> {
    let (before, version, row) = with_casework(config, async |casework| {
        let before = in_force(casework.covenants().await?, agreed.name())?;
        let version = casework.apply_covenant(&agreed.to_toml()).await?;
        let rows = casework.covenants().await?;
        Ok((
            before,
            version,
            rows.into_iter().find(|row| row.name == agreed.name()),
        ))
    })
    .await?;
    if let Some(before) = before {
        out::table(&told(&before, agreed));
    }
    out::line(format_args!("{}: version {version} is in force.", agreed.name()));
    let offices = row.map(|row| row.offices).unwrap_or_default();
    for (office, registered, name) in [
        ("municipality", offices.municipality, agreed.municipality()),
        (
            "follow_up_officer",
            offices.follow_up_officer,
            agreed.follow_up_officer(),
        ),
    ] {
        if registered.is_none() {
            out::error(format_args!(
                "warning: {office}: no municipality of the name \"{name}\" is registered yet: trefpunt organisation add \
                 --municipality"
            ));
        }
    }
    Ok(())
}

async fn show(config: &ConfigFile, name: &str, version: Option<i32>) -> Result<(), Failure> {
    let versions = with_casework(config, async |casework| {
        Ok(casework.covenant_versions(name).await?)
    })
    .await?;
    let wanted = version.or_else(|| versions.last().map(|row| row.version));
    let row = versions.iter().find(|row| Some(row.version) == wanted);
    let row = row.ok_or_else(|| Failure::usage("this covenant has no such version"))?;
    out::line(row.settings.trim_end());
    Ok(())
}

async fn diff(config: &ConfigFile, agreed: &Agreed, json: bool) -> Result<(), Failure> {
    let before = with_casework(config, async |casework| {
        in_force(casework.covenants().await?, agreed.name())
    })
    .await?;
    let before = before.ok_or_else(|| Failure::usage(RegisterError::NoSuchCovenant))?;
    if json {
        let list: Vec<_> = changes(&before, agreed)
            .iter()
            .map(|change| {
                json!({
                    "setting": change.setting.name, "from": change.from, "to": change.to,
                    "direction": change.direction.word(), "countsFor": change.setting.counts,
                })
            })
            .collect();
        out::json(&list);
    } else if changes(&before, agreed).is_empty() {
        out::line("Nothing would change.");
    } else {
        out::table(&told(&before, agreed));
    }
    Ok(())
}

async fn versions(config: &ConfigFile, name: &str) -> Result<(), Failure> {
    let versions = with_casework(config, async |casework| {
        Ok(casework.covenant_versions(name).await?)
    })
    .await?;
    let mut lines = vec![["VERSION".to_owned(), "APPLIED".to_owned()]];
    lines.extend(
        versions
            .iter()
            .map(|row| [row.version.to_string(), row.applied_at.to_string()]),
    );
    out::table(&lines);
    Ok(())
}

async fn list(config: &ConfigFile, json: bool) -> Result<(), Failure> {
    let rows = with_casework(config, async |casework| Ok(casework.covenants().await?)).await?;
    if json {
        let list: Vec<_> = rows
            .iter()
            .map(|row| json!({"name": row.name, "version": row.version}))
            .collect();
        out::json(&list);
    } else {
        let heading = [["NAME".to_owned(), "VERSION".to_owned()]];
        let lines = rows.iter().map(|row| [row.name.clone(), row.version.to_string()]);
        out::table(&heading.into_iter().chain(lines).collect::<Vec<_>>());
    }
    Ok(())
}

/// The settings in force, if there is a covenant of this name.
fn in_force(rows: Vec<store::CovenantRow>, name: &str) -> Result<Option<Agreed>, Failure> {
    let row = rows.into_iter().find(|row| row.name == name);
    row.map(|row| Agreed::parse(&row.settings).map_err(|errors| RegisterError::Settings(errors).into()))
        .transpose()
}

/// The changes as a table; none when there are none.
fn told(before: &Agreed, after: &Agreed) -> Vec<[String; 5]> {
    let changes = changes(before, after);
    if changes.is_empty() {
        return Vec::new();
    }
    let heading = ["SETTING", "FROM", "TO", "IS", "COUNTS FOR"].map(str::to_owned);
    let mut lines = vec![heading];
    lines.extend(changes.into_iter().map(|change| {
        [
            change.setting.name.to_owned(),
            change.from,
            change.to,
            change.direction.word().to_owned(),
            change.setting.counts.to_owned(),
        ]
    }));
    lines
}
