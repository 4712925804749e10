//! `trefpunt covenant ...`

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::json;

use super::{ConfigFile, Failure, with_casework};
use crate::{files, out};

/// What a region agreed.
#[derive(Debug, Subcommand)]
pub(super) enum Covenant {
    /// Applies settings: a new covenant, or a new version of the one of that name.
    Apply {
        #[command(flatten)]
        config: ConfigFile,
        /// The covenant's settings, TOML.
        file: PathBuf,
    },
    /// Prints the settings in force, defaults spelled out.
    Show {
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
            Self::Apply { config, file } => {
                let toml = files::read(file)?;
                // Read before a database is opened: faults in the file need none.
                let covenant =
                    domain::covenant::Covenant::parse(&toml).map_err(casework::RegisterError::Settings)?;
                let version = with_casework(config, async |casework| {
                    Ok(casework.apply_covenant(&toml).await?)
                })
                .await?;
                out::line(format_args!(
                    "{}: version {version} is in force.",
                    covenant.name()
                ));
            }
            Self::Show { config, name } => {
                let rows = with_casework(config, async |casework| Ok(casework.covenants().await?)).await?;
                let row = rows.iter().find(|row| row.name == *name);
                out::line(
                    row.ok_or_else(|| Failure::usage("there is no covenant of this name"))?
                        .settings
                        .trim_end(),
                );
            }
            Self::List { config, json } => {
                let rows = with_casework(config, async |casework| Ok(casework.covenants().await?)).await?;
                if *json {
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
            }
        }
        Ok(())
    }
}
