//! `trefpunt bench exchange`

use clap::Args;

use crate::bench;
use crate::cli::Failure;
use crate::out;

#[derive(Debug, Args)]
pub(in crate::cli) struct Exchange {
    /// How many rounds count.
    #[arg(long, default_value_t = 101, value_parser = clap::value_parser!(u32).range(3..=10_000))]
    rounds: u32,
    /// Answers with one JSON value.
    #[arg(long)]
    json: bool,
}

impl Exchange {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let report = bench::exchange::run(self.rounds).map_err(Failure::failed)?;
        if self.json {
            out::json(&report);
            return Ok(());
        }
        out::line(format_args!(
            "Files of {} bytes, one core (processor time), {} rounds in turns; medians, and where nine in ten rounds lie.",
            bench::grouped(report.file_bytes as u64),
            report.rounds
        ));
        super::table("MiB per second", &report.lines);
        Ok(())
    }
}
