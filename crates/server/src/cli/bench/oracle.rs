//! `trefpunt bench oracle`

use std::path::PathBuf;

use clap::Args;

use super::super::Failure;
use crate::bench::oracle;
use crate::database::chain;
use crate::out;

#[derive(Debug, Args)]
pub(in crate::cli) struct Oracle {
    /// An empty directory for the service that is measured, on the disk that counts.
    dir: PathBuf,
    /// How many pairs of submissions count: one about a known child, one about an unknown.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(100..=1_000_000))]
    pairs: u32,
    /// Answers with one JSON value.
    #[arg(long)]
    json: bool,
}

impl Oracle {
    pub(in crate::cli) async fn run(&self) -> Result<(), Failure> {
        let report = oracle::run(&self.dir, self.pairs)
            .await
            .map_err(|error| Failure::failed(chain(&error)))?;
        if self.json {
            out::json(&report);
            return Ok(());
        }
        out::line(format_args!(
            "{} submissions of each kind, in turns, one at a time; milliseconds: medians, and where nine in ten lie.",
            report.submissions
        ));
        let row = |name: &str, took: crate::bench::Spread| {
            [
                name.to_owned(),
                format!("{:.3}", took.median),
                format!("({:.3}-{:.3})", took.low, took.high),
            ]
        };
        out::table(&[
            row("a child that another had signalled", report.known),
            row("a child that nobody had", report.unknown),
        ]);
        out::line(format_args!(
            "Welch's t = {:.2}: the times are {} (threshold {}).",
            report.welch_t,
            if report.alike { "alike" } else { "NOT alike" },
            oracle::THRESHOLD
        ));
        Ok(())
    }
}
