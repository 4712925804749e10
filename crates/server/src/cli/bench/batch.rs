//! `trefpunt bench batch`

use std::path::PathBuf;

use clap::Args;

use super::super::Failure;
use crate::bench::{batch, grouped};
use crate::database::chain;
use crate::out;

#[derive(Debug, Args)]
pub(in crate::cli) struct Batch {
    /// An empty directory for the service that is measured, on the disk that counts.
    dir: PathBuf,
    /// How many rounds count.
    #[arg(long, default_value_t = 11, value_parser = clap::value_parser!(u32).range(3..=1_000))]
    rounds: u32,
    /// How many signals are given in each turn.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(10..=10_000))]
    lines: u32,
    /// Answers with one JSON value.
    #[arg(long)]
    json: bool,
}

impl Batch {
    pub(in crate::cli) async fn run(&self) -> Result<(), Failure> {
        let report = batch::run(&self.dir, self.rounds, self.lines)
            .await
            .map_err(|error| Failure::failed(chain(&error)))?;
        if self.json {
            out::json(&report);
            return Ok(());
        }
        out::line(format_args!(
            "{} signals in each turn, {} rounds in turns; medians, and where nine in ten rounds lie.",
            report.lines, report.rounds
        ));
        let heading = ["", "per second", "to one at a time", "", "to 32 at a time", ""].map(str::to_owned);
        let rows = report.ways.iter().map(|way| {
            let (one, many) = (way.ratio, way.ratio_to_many);
            [
                way.name.to_owned(),
                grouped(way.per_second.median.round() as u64),
                format!("{:.2}", one.median),
                format!("({:.2}-{:.2})", one.low, one.high),
                format!("{:.2}", many.median),
                format!("({:.2}-{:.2})", many.low, many.high),
            ]
        });
        out::table(&std::iter::once(heading).chain(rows).collect::<Vec<_>>());
        Ok(())
    }
}
