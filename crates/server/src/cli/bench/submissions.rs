//! `trefpunt bench submissions`

use std::path::PathBuf;

use clap::Args;

use super::super::Failure;
use crate::bench::submissions;
use crate::database::chain;
use crate::out;

#[derive(Debug, Args)]
pub(in crate::cli) struct Submissions {
    /// An empty directory for the two services and the keyholder that are measured, on the disk that counts.
    dir: PathBuf,
    /// How many rounds count.
    #[arg(long, default_value_t = 201, value_parser = clap::value_parser!(u32).range(3..=10_000))]
    rounds: u32,
    /// Answers with one JSON value.
    #[arg(long)]
    json: bool,
}

impl Submissions {
    pub(in crate::cli) async fn run(&self) -> Result<(), Failure> {
        let report = submissions::run(&self.dir, self.rounds)
            .await
            .map_err(|error| Failure::failed(chain(&error)))?;
        if self.json {
            out::json(&report);
            return Ok(());
        }
        out::line(format_args!(
            "One submission at a time, {} rounds in turns; medians, and where nine in ten rounds lie.",
            report.rounds
        ));
        let heading = ["", "milliseconds", "", "ratio", ""].map(str::to_owned);
        let rows = report.lines.iter().map(|line| {
            let (took, ratio) = (line.milliseconds, line.ratio);
            [
                line.name.to_owned(),
                format!("{:.1}", took.median),
                format!("({:.1}-{:.1})", took.low, took.high),
                format!("{:.2}", ratio.median),
                format!("({:.2}-{:.2})", ratio.low, ratio.high),
            ]
        });
        out::table(&std::iter::once(heading).chain(rows).collect::<Vec<_>>());
        Ok(())
    }
}
