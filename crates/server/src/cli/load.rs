//! `trefpunt load`.

use std::io::{self, IsTerminal as _};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use protocol::batch::MAX_BATCH_LINES;
use serde_json::json;

use super::exchange::{self, WhoArguments};
use super::{Exit, Failure, shown};
use crate::bench::grouped;
use crate::load::{self, Format, LoadError, Loaded, Options, Paths, Progress, Whose};
use crate::out;

/// Gives the signals of a whole file, as batches, and goes on where it was when it is run again.
///
/// The file has the lines of a batch (NDJSON), or rows of a CSV file, with tokens in place of identifiers. Beside it two files are
/// written: FILE.load.json, from which the next run goes on, and FILE.outcomes.ndjson, with what came of each line.
#[derive(Debug, Args)]
pub(super) struct Load {
    /// The file.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    who: WhoArguments,
    /// What its lines look like; else a name that ends in .csv says csv, and any other ndjson.
    #[arg(long)]
    format: Option<LineFormat>,
    /// Lines in a batch, at most.
    #[arg(long, value_name = "LINES", default_value_t = 25_000,
          value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_BATCH_LINES)))]
    lines_per_batch: u32,
    /// Writes down only lines that became no signal.
    #[arg(long)]
    only_refused: bool,
    /// Waits when a supervisor has to decide, in place of ending with 3.
    #[arg(long)]
    wait: bool,
    /// One JSON object in place of text.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LineFormat {
    /// A JSON object on each line.
    Ndjson,
    /// Rows below one that names the columns.
    Csv,
}

impl Load {
    pub(super) async fn run(&self) -> Result<(), Failure> {
        let (partner, api_url, client) = self.who.connect_as()?;
        let options = Options {
            format: match self.format {
                None => Format::of(&self.file),
                Some(LineFormat::Ndjson) => Format::Ndjson,
                Some(LineFormat::Csv) => Format::Csv,
            },
            lines_per_batch: self.lines_per_batch,
            only_refused: self.only_refused,
            wait: self.wait,
        };
        let bar = bar();
        let whose = Whose { api_url, client };
        let tell = |progress: &Progress| tell(&bar, progress);
        let loaded = load::run(&partner, &whose, &self.file, &options, &tell).await;
        bar.finish_and_clear();
        self.answer(&loaded.map_err(failure)?);
        Ok(())
    }

    fn answer(&self, loaded: &Loaded) {
        let paths = Paths::beside(&self.file);
        if self.json {
            out::json(&json!({
                "lines": loaded.lines, "batches": loaded.batches, "outcomes": loaded.outcomes, "outcomesFile": paths.outcomes,
            }));
            return;
        }
        let count = |number: u32| grouped(u64::from(number));
        let outcomes = &loaded.outcomes;
        let parts = [
            (outcomes.created, "became a signal"),
            (outcomes.known, "about children with one already"),
            (outcomes.refused, "refused"),
            (outcomes.withdrawn, "taken back"),
            (outcomes.lapsed, "waited too long"),
        ];
        let told: Vec<String> = parts
            .into_iter()
            .enumerate()
            .filter(|(place, (number, _))| *place == 0 || *number > 0)
            .map(|(_, (number, what))| format!("{} {what}", count(number)))
            .collect();
        out::line(format_args!(
            "{} lines: {}. What came of each: {}",
            count(loaded.lines),
            told.join(", "),
            shown(&paths.outcomes)
        ));
    }
}

/// A bar on a terminal, nothing elsewhere.
fn bar() -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = "{wide_bar} {human_pos} of {human_len} lines, {per_sec}, {eta} left; {msg}";
    let style = ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(0).with_style(style)
}

fn tell(bar: &ProgressBar, progress: &Progress) {
    bar.set_length(progress.lines.into());
    bar.set_position(progress.processed.into());
    let sent = grouped(u64::from(progress.sent));
    bar.set_message(match progress.held {
        0 => format!("{sent} sent"),
        held => format!(
            "{sent} sent, {} held for the supervisor",
            grouped(u64::from(held))
        ),
    });
}

fn failure(error: LoadError) -> Failure {
    match error {
        LoadError::Call(error) => {
            let mut failure = exchange::failure(error);
            failure
                .lines
                .push("what was sent is not sent again: run the same to go on".to_owned());
            failure
        }
        error @ LoadError::Held { .. } => Failure::new(Exit::NotReady, error),
        error @ (LoadError::Changed | LoadError::Gone(_)) => Failure::failed(error),
        error => Failure::usage(error),
    }
}
