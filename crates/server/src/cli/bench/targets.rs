//! `trefpunt bench targets`

use std::path::PathBuf;

use clap::Args;

use super::super::Failure;
use crate::bench::targets::{self, GROUPS, Plan, picture, rows};
use crate::database::chain;
use crate::files::{self, Readers};
use crate::out;

#[derive(Debug, Args)]
pub(in crate::cli) struct Targets {
    /// An empty directory for the services that are measured, on the disk that counts.
    dir: PathBuf,
    /// Only these groups.
    #[arg(long, value_delimiter = ',', value_name = "T1,T6")]
    only: Vec<String>,
    /// How many rounds count.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1000))]
    rounds: u32,
    /// How long each contestant runs in a round.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=600))]
    seconds: u32,
    /// Small figures in one round: shows that everything runs, and tells nothing.
    #[arg(long)]
    quick: bool,
    /// Also writes everything as JSON to this file.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Also draws the ratios and what was asked to this file.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

impl Targets {
    pub(in crate::cli) async fn run(&self) -> Result<(), Failure> {
        let unknown = |group: &&String| !GROUPS.contains(&group.as_str());
        if let Some(group) = self.only.iter().find(unknown) {
            return Err(Failure::usage(format_args!(
                "there is no group {group}: {}",
                GROUPS.join(", ")
            )));
        }
        let plan = match self.quick {
            true => Plan {
                rounds: 1,
                seconds: 1,
                quick: true,
            },
            false => Plan {
                rounds: self.rounds,
                seconds: self.seconds,
                quick: false,
            },
        };
        let wanted = |group: &str| self.only.is_empty() || self.only.iter().any(|only| only == group);
        let report = targets::run(&self.dir, &plan, &wanted, &|text| out::note(text))
            .await
            .map_err(|error| Failure::failed(chain(&error)))?;
        out::table(&rows(&report.measured));
        for measured in &report.measured {
            for (what, told) in &measured.also {
                out::line(format_args!(
                    "{} {}: {what}: {told}",
                    measured.target, measured.what
                ));
            }
        }
        if let Some(file) = &self.json {
            let text = serde_json::to_string_pretty(&report).map_err(Failure::failed)?;
            files::write(file, format!("{text}\n").as_bytes(), Readers::Everyone)?;
        }
        if let Some(file) = &self.svg {
            files::write(file, picture(&report.measured).as_bytes(), Readers::Everyone)?;
        }
        Ok(())
    }
}
