//! `trefpunt bench portal`

use std::path::PathBuf;

use clap::Args;

use super::super::Failure;
use crate::bench::{Spread, grouped, portal};
use crate::database::chain;
use crate::out;

#[derive(Debug, Args)]
pub(in crate::cli) struct Portal {
    /// An empty directory for the service that is measured.
    dir: PathBuf,
    /// How many rounds count.
    #[arg(long, default_value_t = 51, value_parser = clap::value_parser!(u32).range(3..=10_000))]
    rounds: u32,
    /// Answers with one JSON value.
    #[arg(long)]
    json: bool,
}

impl Portal {
    pub(in crate::cli) async fn run(&self) -> Result<(), Failure> {
        let report = portal::run(&self.dir, self.rounds)
            .await
            .map_err(|error| Failure::failed(chain(&error)))?;
        if self.json {
            out::json(&report);
            return Ok(());
        }
        let told = |reached| if reached { "reached" } else { "missed" };
        let mut rows: Vec<_> = report
            .travels
            .iter()
            .map(|travelled| [travelled.path.clone(), grouped(travelled.bytes as u64)])
            .collect();
        rows.push(["together".to_owned(), grouped(report.bytes as u64)]);
        out::line(format_args!("Bytes until the first page stands, heads included:"));
        out::table(&rows);
        out::line(format_args!(
            "<= {}: {}",
            grouped(portal::MOST_BYTES as u64),
            told(report.small)
        ));
        out::line(format_args!(
            "First byte, 95th percentile of each of {} rounds in turns, milliseconds; medians, and where nine in ten rounds lie.",
            report.rounds
        ));
        let row = |name: &str, spread: Spread| {
            [
                name.to_owned(),
                format!("{:.3}", spread.median),
                format!("({:.3}-{:.3})", spread.low, spread.high),
            ]
        };
        out::table(&[
            row("the portal's first page", report.portal),
            row("the same page as a constant", report.constant),
            row("ratio", report.ratio),
        ]);
        out::line(format_args!(
            "<= {} times: {}",
            portal::MOST_TIMES,
            told(report.quick)
        ));
        Ok(())
    }
}
