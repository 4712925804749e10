//! `trefpunt bench ...`

#[cfg(feature = "bench-without-audit")]
mod audit;
mod batch;
mod exchange;
mod oracle;
mod portal;
mod rotation;
mod submissions;
mod targets;

use clap::{Args, Subcommand};

use super::Failure;
use crate::bench::{self, Line, grouped};
use crate::out;

/// Measures parts of the product against what cannot be done without, in turns within one run.
#[derive(Debug, Subcommand)]
pub(super) enum Bench {
    /// What the audit log costs a submission, and how long after an act it is published.
    #[cfg(feature = "bench-without-audit")]
    Audit(audit::Audit),
    /// What a batch saves: lines of one against the same number of single submissions.
    Batch(batch::Batch),
    /// The keyholder's evaluations against bare scalar multiplications, on one core.
    Evaluations(Evaluations),
    /// Sealing and opening attachments of 1 MiB against one plain cipher over the same bytes, on one core.
    Exchange(exchange::Exchange),
    /// Whether the time of an answer tells if a child was known before: Welch's t over submissions in turns.
    Oracle(oracle::Oracle),
    /// The family's first page: its bytes, and its first byte against a constant page of a bare server.
    Portal(portal::Portal),
    /// A rotation of the keyholder's key, on a private database of its own, on all cores.
    Rotation(rotation::Rotation),
    /// What a keyholder costs a submission: keyed hashes without one, lifted, and blinded by the client.
    Submissions(submissions::Submissions),
    /// Everything that was set out to be reached, each against its floor, in one run.
    Targets(targets::Targets),
}

#[derive(Debug, Args)]
pub(super) struct Evaluations {
    /// How many rounds count.
    #[arg(long, default_value_t = 101, value_parser = clap::value_parser!(u32).range(3..=10_000))]
    rounds: u32,
    /// Answers with one JSON value.
    #[arg(long)]
    json: bool,
}

impl Bench {
    pub(super) fn run(&self) -> Result<(), Failure> {
        if !bench::optimised() {
            out::note("This program was compiled for debugging: build it with --release to measure.");
        }
        match self {
            #[cfg(feature = "bench-without-audit")]
            Self::Audit(audit) => super::wait_for(audit.run()),
            Self::Batch(batch) => super::wait_for(batch.run()),
            Self::Evaluations(evaluations) => evaluations.run(),
            Self::Exchange(exchange) => exchange.run(),
            Self::Oracle(oracle) => super::wait_for(oracle.run()),
            Self::Portal(portal) => super::wait_for(portal.run()),
            Self::Rotation(rotation) => super::wait_for(rotation.run()),
            Self::Submissions(submissions) => super::wait_for(submissions.run()),
            Self::Targets(targets) => super::wait_for(targets.run()),
        }
    }
}

impl Evaluations {
    fn run(&self) -> Result<(), Failure> {
        let report = bench::evaluations::run(self.rounds).map_err(Failure::failed)?;
        if self.json {
            out::json(&report);
            return Ok(());
        }
        out::line(format_args!(
            "Batches of {}, one core (processor time), {} rounds in turns; medians, and where nine in ten rounds lie.",
            report.batch, report.rounds
        ));
        table("per second", &report.lines);
        Ok(())
    }
}

/// What was measured, against its floor and its target.
fn table(rate: &str, lines: &[Line]) {
    let heading = ["", rate, "ratio", "", "target"].map(str::to_owned);
    let rows = lines.iter().map(|line| {
        let target = match (line.target, line.reached) {
            (Some(target), Some(true)) => format!(">= {target}: reached"),
            (Some(target), _) => format!(">= {target}: missed"),
            _ => String::new(),
        };
        [
            line.name.to_owned(),
            grouped(line.per_second.median.round() as u64),
            format!("{:.2}", line.ratio.median),
            format!("({:.2}-{:.2})", line.ratio.low, line.ratio.high),
            target,
        ]
    });
    out::table(&std::iter::once(heading).chain(rows).collect::<Vec<_>>());
}
