//! `trefpunt bench audit`

use std::path::PathBuf;

use clap::Args;

use super::super::Failure;
use crate::bench::{Spread, audit, grouped};
use crate::out;

/// At least so much of the throughput without the log must be left with it.
const TARGET: f64 = 0.95;

#[derive(Debug, Args)]
pub(in crate::cli) struct Audit {
    /// An empty directory for the service that is measured, on the disk that counts.
    dir: PathBuf,
    /// How many rounds count.
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(3..=1000))]
    rounds: u32,
    /// Submissions in one call.
    #[arg(long, default_value_t = 5000)]
    submissions: u32,
    /// Submitters at once.
    #[arg(long, default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..=1000))]
    submitters: u32,
    /// Answers with one JSON value.
    #[arg(long)]
    json: bool,
}

impl Audit {
    pub(in crate::cli) async fn run(&self) -> Result<(), Failure> {
        let report = audit::run(&self.dir, self.rounds, self.submissions, self.submitters)
            .await
            .map_err(Failure::failed)?;
        if self.json {
            out::json(&report);
            return Ok(());
        }
        out::line(format_args!(
            "{} submissions by {} at once, {} rounds in turns; medians, and where nine in ten rounds lie.",
            report.submissions, report.submitters, report.rounds
        ));
        let ratio = |spread: &Spread| format!("{:.3} ({:.3}-{:.3})", spread.median, spread.low, spread.high);
        let rate = |spread: &Spread| grouped(spread.median.round() as u64);
        let [with, leaves, without] = &report.per_second;
        let [cpu_with, cpu_leaves, cpu_without] = &report.per_cpu_second;
        let reached = report.with_over_without.median >= TARGET;
        let target = format!(">= {TARGET}: {}", if reached { "reached" } else { "missed" });
        out::table(&[
            [
                "",
                "per second",
                "of without",
                "per CPU second",
                "of without",
                "target",
            ]
            .map(str::to_owned),
            [
                "with log and receipts".to_owned(),
                rate(with),
                ratio(&report.with_over_without),
                rate(cpu_with),
                ratio(&report.with_over_without_of_cpu),
                target,
            ],
            [
                "with log".to_owned(),
                rate(leaves),
                ratio(&report.leaves_over_without),
                rate(cpu_leaves),
                ratio(&report.leaves_over_without_of_cpu),
                String::new(),
            ],
            [
                "without".to_owned(),
                rate(without),
                String::new(),
                rate(cpu_without),
                String::new(),
                String::new(),
            ],
        ]);
        let [half, most, last] = report.publication_seconds;
        out::line(format_args!(
            "Published after (s): median {half:.3}, 99 in 100 {most:.3} (target <= 2), last {last:.3}; {} leaves.",
            report.leaves
        ));
        Ok(())
    }
}
