//! `trefpunt bench rotation`

use std::path::PathBuf;

use clap::Args;

use crate::bench::rotation::{Report, TARGET_MINUTES};
use crate::bench::{self, grouped};
use crate::cli::Failure;
use crate::out;

#[derive(Debug, Args)]
pub(in crate::cli) struct Rotation {
    /// How many children there are.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    subjects: u64,
    /// Where the database is made; it stays there. A million children take half a gigabyte.
    #[arg(long, value_name = "DIR")]
    directory: PathBuf,
    /// Answers with one JSON value.
    #[arg(long)]
    json: bool,
}

impl Rotation {
    pub(super) async fn run(&self) -> Result<(), Failure> {
        if self.directory.exists() {
            return Err(Failure::usage(format_args!(
                "{}: is there already; give a directory that is to be made",
                self.directory.display()
            )));
        }
        let report = bench::rotation::run(&self.directory, self.subjects, &|what| out::note(what));
        let report = report.await.map_err(Failure::failed)?;
        if self.json {
            out::json(&report);
        } else {
            show(&report);
        }
        Ok(())
    }
}

fn show(report: &Report) {
    let rows = [
        ("children", grouped(report.subjects)),
        ("cores", report.cores.to_string()),
        ("begin", format!("{:.1} s", report.seconds.begin)),
        ("fill", format!("{:.1} s", report.seconds.fill)),
        ("verify", format!("{:.1} s", report.seconds.verify)),
        ("flip", format!("{:.1} s", report.seconds.flip)),
        ("destroy", format!("{:.1} s", report.seconds.destroy)),
        ("all", format!("{:.1} s", report.seconds.all)),
        ("filled per second", whole(report.filled_per_second)),
        ("rotated per second", whole(report.rotated_per_second)),
        (
            "bare multiplications per second, all cores",
            whole(report.multiplications_per_second),
        ),
        ("rotated, of bare multiplications", format!("{:.2}", report.ratio)),
    ];
    out::table(&rows.map(|(name, value)| [name.to_owned(), value]));
    out::line(format_args!(
        "8,000,000 children at this rate: {:.1} minutes (target {TARGET_MINUTES}: {}).",
        report.minutes_for_whole,
        if report.reached { "reached" } else { "missed" }
    ));
}

fn whole(rate: f64) -> String {
    // Rates are far below 2^52 and not negative.
    grouped(rate.round() as u64)
}
