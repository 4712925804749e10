//! What was measured, as a table and as the page that people read.

use serde::{Deserialize, Serialize};

use super::super::{grouped, optimised};
use super::{Bound, Judged, Measured, Plan, TARGETS, Target};
use crate::bench::Spread;
use crate::environment;

/// Everything of one run.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The day of the run.
    pub day: String,
    /// What it ran on.
    pub machine: String,
    /// How long and how often was measured.
    pub plan: Plan,
    /// Whether the program was compiled to be measured.
    pub optimised: bool,
    /// What was measured.
    pub measured: Vec<Measured>,
}

impl Report {
    pub(super) fn of(plan: Plan, measured: Vec<Measured>) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            day: environment::now().strftime("%Y-%m-%d").to_string(),
            machine: format!("{cores} cores, {}", std::env::consts::ARCH),
            plan,
            optimised: optimised(),
            measured,
        }
    }
}

/// The rows of the table, the heading first.
#[must_use]
pub fn rows(measured: &[Measured]) -> Vec<[String; 8]> {
    let heading = [
        "", "what", "product", "floor", "unit", "ratio", "spread", "target",
    ];
    let row = |measured: &Measured| {
        let compared = measured.floor.median.is_finite();
        let judged = if compared {
            measured.ratio
        } else {
            measured.product
        };
        let of = |figure: String| if compared { figure } else { String::new() };
        [
            measured.target.to_owned(),
            measured.what.clone(),
            number(measured.product.median),
            of(number(measured.floor.median)),
            measured.unit.to_owned(),
            of(format!("{:.2}", measured.ratio.median)),
            spread(judged),
            verdict(measured),
        ]
    };
    std::iter::once(heading.map(str::to_owned))
        .chain(measured.iter().map(row))
        .collect()
}

fn verdict(measured: &Measured) -> String {
    let target = super::target_of(measured.target, &measured.what);
    match (target, measured.reached()) {
        (Some(target), Some(true)) => format!("{}: reached", asked(target)),
        (Some(target), _) => format!("{}: missed", asked(target)),
        (None, _) => String::new(),
    }
}

fn asked(target: &Target) -> String {
    match target.bound {
        Bound::AtLeast(least) => format!(">= {}", number(least)),
        Bound::AtMost(most) => format!("<= {}", number(most)),
    }
}

fn spread(spread: Spread) -> String {
    format!("{}-{}", number(spread.low), number(spread.high))
}

/// A figure with as many digits as say something.
fn number(value: f64) -> String {
    let size = value.abs();
    if !value.is_finite() {
        "-".to_owned()
    } else if size >= 1000.0 {
        grouped(value.round() as u64)
    } else if size >= 100.0 || (size >= 2.0 && size.fract() == 0.0) {
        format!("{value:.0}")
    } else if size >= 10.0 {
        format!("{value:.1}")
    } else if size >= 0.1 || size == 0.0 {
        format!("{value:.2}")
    } else {
        format!("{value:.4}")
    }
}

/// The targets as `docs/PERFORMANCE.md` has them.
fn target_table() -> String {
    let mut text = "| | what | held against | asked |\n|---|---|---|---|\n".to_owned();
    for target in TARGETS {
        let against = match target.judged {
            Judged::Ratio => target.against.to_owned(),
            Judged::Figure => format!("in {}", target.against),
        };
        text.push_str(&format!(
            "| {} | {} | {against} | {} |\n",
            target.id,
            target.what,
            asked(target)
        ));
    }
    text
}

/// What was measured as `docs/PERFORMANCE.md` has it.
fn measured_table(report: &Report) -> String {
    let mut text = format!(
        "Measured on {} ({}), {} rounds of {} s for each contestant, in turns.\n\n",
        report.day, report.machine, report.plan.rounds, report.plan.seconds
    );
    for (at, row) in rows(&report.measured).iter().enumerate() {
        text.push_str(&format!("| {} |\n", row.join(" | ")));
        if at == 0 {
            text.push_str("|---|---|---|---|---|---|---|---|\n");
        }
    }
    let told = report
        .measured
        .iter()
        .filter(|measured| !measured.also.is_empty());
    for measured in told {
        text.push_str(&format!("\n{}, {}:\n\n", measured.target, measured.what));
        for (what, told) in &measured.also {
            text.push_str(&format!("- {what}: {told}\n"));
        }
    }
    text
}

/// The page with its generated parts brought up to date: the targets, and what was measured last.
#[must_use]
pub fn document(page: &str, report: Option<&Report>) -> String {
    let page = replace(page, "targets", &target_table());
    match report {
        Some(report) => replace(&page, "measured", &measured_table(report)),
        None => page,
    }
}

/// Puts a text between `<!-- NAME -->` and `<!-- /NAME -->`.
fn replace(page: &str, name: &str, text: &str) -> String {
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    match page.split_once(&begin) {
        Some((before, rest)) => match rest.split_once(&end) {
            Some((_, after)) => format!("{before}{begin}{text}{end}{after}"),
            None => page.to_owned(),
        },
        None => page.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn the_table_tells_plainly_what_was_missed() {
        let what = "single signals, 64 connections";
        let measured = Measured::against("T1", what, "signals/s", &[5000.0], &[2500.0]);
        let rows = rows(&[measured]);
        assert_eq!(
            rows[1],
            [
                "T1",
                what,
                "5,000",
                "2,500",
                "signals/s",
                "2.00",
                "2-2",
                ">= 3: missed"
            ]
        );
    }

    #[test]
    fn figures_have_the_digits_that_say_something() {
        let told = [12_345.6, 234.5, 12.34, 3.456, 0.3, 0.0123, 3.0].map(number);
        assert_eq!(told, ["12,346", "234", "12.3", "3.46", "0.30", "0.0123", "3"]);
        assert_eq!(number(f64::NAN), "-");
    }

    #[test]
    fn only_what_stands_between_the_marks_is_replaced() {
        let page = "a\n<!-- targets -->\nold\n<!-- /targets -->\nb\n";
        let page = replace(page, "targets", "new\n");
        assert_eq!(page, "a\n<!-- targets -->\nnew\n<!-- /targets -->\nb\n");
        assert_eq!(replace("no marks", "targets", "new"), "no marks");
    }

    /// The generated parts of `docs/PERFORMANCE.md` are those of this program and of `docs/performance/measured.json`;
    /// TREFPUNT_WRITE_DOCS=1 writes them.
    #[test]
    fn the_page_has_the_targets_and_what_was_measured_last() {
        let docs = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs");
        let page = docs.join("PERFORMANCE.md");
        let stands = std::fs::read_to_string(&page).unwrap();
        let report = std::fs::read_to_string(docs.join("performance/measured.json")).ok();
        let report: Option<Report> = report.map(|text| serde_json::from_str(&text).unwrap());
        let current = document(&stands, report.as_ref());
        if std::env::var_os("TREFPUNT_WRITE_DOCS").is_some() {
            std::fs::write(&page, &current).unwrap();
            if let Some(report) = &report {
                let picture = super::super::picture(&report.measured);
                std::fs::write(docs.join("performance/measured.svg"), picture).unwrap();
            }
            return;
        }
        assert!(
            stands == current,
            "docs/PERFORMANCE.md is not current: run the tests of `server` with TREFPUNT_WRITE_DOCS=1"
        );
        for target in TARGETS {
            assert!(stands.contains(target.what), "{}", target.what);
        }
    }
}
