//! What the project set out to reach, measured in one run: the product and, in turns with it, its floor.
//!
//! Every part is a module with `measure(site, plan)`; what comes of them is one list of [`Measured`], told as a table, as
//! JSON and as a picture. A ratio is taken round by round, and what counts is the median of the rounds.

mod audit_log;
mod batch;
mod evaluations;
mod growth;
mod matching;
mod overload;
mod pages;
mod picture;
mod reads;
mod report;
mod skew;
mod space;
mod start;
mod submissions;
#[cfg(feature = "bench-without-audit")]
mod without_log;

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::Spread;
pub use super::failure::Failure;
pub use super::site::{Site, SitePartner};
pub use picture::picture;
pub use report::{Report, document, rows};

/// How long and how often is measured.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, PartialEq, Eq)]
pub struct Plan {
    /// Rounds that count; one before them warms up.
    pub rounds: u32,
    /// How long one contestant runs in one round.
    pub seconds: u32,
    /// Small figures, so that a test can run the part in a debug build: what it says is not to be believed.
    pub quick: bool,
}

impl Plan {
    /// A figure of its own for quick runs.
    pub(super) const fn choose(&self, whole: u32, quick: u32) -> u32 {
        if self.quick { quick } else { whole }
    }
}

/// The least or the most that may come of it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Bound {
    /// This or more.
    AtLeast(f64),
    /// This or less.
    AtMost(f64),
}

impl Bound {
    /// Whether a figure is within.
    #[must_use]
    pub fn holds(self, figure: f64) -> bool {
        match self {
            Self::AtLeast(least) => figure >= least,
            Self::AtMost(most) => figure <= most,
        }
    }
}

/// What of a [`Measured`] is held against the bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Judged {
    /// The product's figure over the floor's.
    Ratio,
    /// The product's figure itself.
    Figure,
}

/// One thing to reach.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Target {
    /// The group it belongs to; `--only` chooses by it.
    pub id: &'static str,
    /// What is done, as [`Measured::what`] names it.
    pub what: &'static str,
    /// What it is held against.
    pub against: &'static str,
    /// What is judged.
    pub judged: Judged,
    /// What is asked.
    pub bound: Bound,
}

const fn ratio(id: &'static str, what: &'static str, against: &'static str, bound: Bound) -> Target {
    Target {
        id,
        what,
        against,
        judged: Judged::Ratio,
        bound,
    }
}

const fn figure(id: &'static str, what: &'static str, unit: &'static str, bound: Bound) -> Target {
    Target {
        id,
        what,
        against: unit,
        judged: Judged::Figure,
        bound,
    }
}

/// Everything that was set out to be reached, in the order in which it is told. P(c) is `pgbench` at c clients.
pub const TARGETS: &[Target] = &[
    ratio(
        "T1",
        "single signals, 64 connections",
        "P(64)",
        Bound::AtLeast(3.0),
    ),
    ratio(
        "T1",
        "p99 of single signals, 64 connections",
        "p99 of P(64)",
        Bound::AtMost(0.3),
    ),
    ratio("T2", "single signals, 8 connections", "P(8)", Bound::AtLeast(1.0)),
    ratio(
        "T2",
        "single signals, 32 connections",
        "P(32)",
        Bound::AtLeast(2.0),
    ),
    ratio(
        "T2",
        "single signals, 256 connections",
        "P(64)",
        Bound::AtLeast(4.0),
    ),
    ratio(
        "T3",
        batch::WHAT,
        "raw SQL in sets, the same rows",
        Bound::AtLeast(0.8),
    ),
    ratio(
        "T4",
        "signals at 10,000,000, steady",
        "the same at 10,000",
        Bound::AtLeast(0.95),
    ),
    ratio(
        "T4",
        "signals at 10,000,000, right after a checkpoint",
        "the same at 10,000",
        Bound::AtLeast(0.85),
    ),
    ratio(
        "T4",
        "signals at 100,000,000, steady",
        "the same at 10,000",
        Bound::AtLeast(0.8),
    ),
    ratio("T5", "matching a backlog", "raw SQL in sets", Bound::AtLeast(0.8)),
    figure(
        "T5",
        "p99 from the second signal to its match, at half the load",
        "s",
        Bound::AtMost(1.0),
    ),
    ratio(
        "T6",
        "signals with the log",
        "the same without the log",
        Bound::AtLeast(0.95),
    ),
    figure("T6", "p99 from act to publication", "s", Bound::AtMost(2.0)),
    ratio(
        "T7",
        "an inbox of one notice, 64 connections of 4 partners",
        "one row by its primary key",
        Bound::AtLeast(0.7),
    ),
    ratio(
        "T7",
        "an inbox of 20 notices, 64 connections of 4 partners",
        "one row by its primary key",
        Bound::AtLeast(0.7),
    ),
    ratio(
        "T7",
        "a match, 64 connections of 4 partners",
        "one row by its primary key",
        Bound::AtLeast(0.7),
    ),
    ratio(
        "T9",
        "disk per signal",
        "the bytes of its columns",
        Bound::AtMost(1.6),
    ),
    figure("T9", "resident memory, idle", "MiB", Bound::AtMost(40.0)),
    figure(
        "T9",
        "resident memory, 256 connections",
        "MiB",
        Bound::AtMost(96.0),
    ),
    figure(
        "T10",
        "from the database's readiness to the service's",
        "s",
        Bound::AtMost(2.0),
    ),
    ratio(
        "T10",
        "signals taken at five times the load",
        "the load that fills the service",
        Bound::AtLeast(0.9),
    ),
    ratio(
        "T11",
        "evaluations without proof, batches of 100",
        "bare multiplications",
        Bound::AtLeast(0.8),
    ),
    ratio(
        "T11",
        "evaluations with proof, batches of 100",
        "bare multiplications",
        Bound::AtLeast(0.5),
    ),
    figure("T12", "verifying 1,000,000 log entries", "s", Bound::AtMost(10.0)),
    figure(
        "T12",
        "most memory while verifying them",
        "MiB",
        Bound::AtMost(64.0),
    ),
    ratio(
        "skew",
        "p99 of who sends a tenth beside one who sends the rest",
        "the same load from ten",
        Bound::AtMost(1.5),
    ),
    ratio(
        "pages",
        "p95 of the first byte of the portal's first page",
        "the same page as a constant",
        Bound::AtMost(2.0),
    ),
];

/// The target that a figure belongs to, if there is one for it.
#[must_use]
pub fn target_of(id: &str, what: &str) -> Option<&'static Target> {
    TARGETS
        .iter()
        .find(|target| target.id == id && target.what == what)
}

/// A word that stands in the program.
pub type Word = &'static str;

/// What was measured of one thing.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Measured {
    /// The group it belongs to.
    #[serde(deserialize_with = "word")]
    pub target: Word,
    /// What was done.
    pub what: String,
    /// The unit of `product` and `floor`.
    #[serde(deserialize_with = "word")]
    pub unit: Word,
    /// The product's figure in the rounds.
    pub product: Spread,
    /// The floor's; [`Spread::NONE`] where the figure alone counts.
    pub floor: Spread,
    /// The product's over the floor's, round by round.
    pub ratio: Spread,
    /// What else is worth knowing, in words.
    pub also: Vec<(String, String)>,
}

/// A word of a report that is read back, which is done once in a program.
fn word<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Word, D::Error> {
    String::deserialize(from).map(|word| &*word.leak())
}

impl Measured {
    /// Figures of the rounds, and those of the floor in the same rounds.
    pub(super) fn against(
        target: &'static str,
        what: &str,
        unit: &'static str,
        product: &[f64],
        floor: &[f64],
    ) -> Self {
        let ratios = product.iter().zip(floor).map(|(product, floor)| product / floor);
        Self {
            floor: Spread::of(floor.to_vec()),
            ratio: Spread::of(ratios.collect()),
            ..Self::alone(target, what, unit, product)
        }
    }

    /// Figures that count by themselves.
    pub(super) fn alone(target: &'static str, what: &str, unit: &'static str, product: &[f64]) -> Self {
        Self {
            target,
            what: what.to_owned(),
            unit,
            product: Spread::of(product.to_vec()),
            floor: Spread::NONE,
            ratio: Spread::NONE,
            also: Vec::new(),
        }
    }

    /// With something more to tell.
    #[must_use]
    pub(super) fn telling(mut self, what: &str, told: impl Into<String>) -> Self {
        self.also.push((what.to_owned(), told.into()));
        self
    }

    /// Whether its target was reached; none where there is none.
    #[must_use]
    pub fn reached(&self) -> Option<bool> {
        let target = target_of(self.target, &self.what)?;
        let figure = match target.judged {
            Judged::Ratio => self.ratio.median,
            Judged::Figure => self.product.median,
        };
        Some(target.bound.holds(figure))
    }
}

/// The groups that this program measures, in the order in which it does.
pub const GROUPS: &[&str] = &[
    "T1", "T2", "T3", "T4", "T5", "T6", "T7", "T9", "T10", "T11", "T12", "skew", "pages",
];

/// Measures the groups that are wanted, each on a service of its own in this directory, which should be empty.
///
/// T1 and T2 are one group: they share their floor.
///
/// # Errors
/// [`Failure`].
pub async fn run(
    dir: &Path,
    plan: &Plan,
    wanted: &dyn Fn(&str) -> bool,
    tell: &dyn Fn(&str),
) -> Result<Report, Failure> {
    let begins = |groups: &[&str], what: &str| {
        let any = groups.iter().any(|group| wanted(group));
        if any {
            tell(&format!("{}: {what}", groups.join(", ")));
        }
        any
    };
    let mut measured = Vec::new();
    if begins(&["T1", "T2"], "single signals") {
        measured.extend(
            on_a_site(dir, "submissions", async |site| {
                submissions::measure(site, plan).await
            })
            .await?,
        );
    }
    if begins(&["T3"], "batches") {
        measured.extend(on_a_site(dir, "batch", async |site| batch::measure(site, plan).await).await?);
    }
    if begins(&["T4"], "signals beside many") {
        measured.extend(growth::run(dir, plan, growth::SIZES, tell).await?);
    }
    if begins(&["T5"], "matching") {
        measured.extend(on_a_site(dir, "matching", async |site| matching::measure(site, plan).await).await?);
    }
    #[cfg(feature = "bench-without-audit")]
    if begins(&["T6"], "what the log costs") {
        measured.extend(without_log::run(dir, plan).await?);
    }
    #[cfg(not(feature = "bench-without-audit"))]
    begins(
        &["T6"],
        "left out: the program was built without the feature bench-without-audit",
    );
    if begins(&["T7"], "reads") {
        measured.extend(on_a_site(dir, "reads", async |site| reads::measure(site, plan).await).await?);
    }
    if begins(&["T9"], "disk and memory") {
        measured.extend(on_a_site(dir, "space", async |site| space::measure(site, plan).await).await?);
    }
    if begins(&["T10"], "start to ready") {
        measured.extend(start::run(dir, plan).await?);
        measured.extend(on_a_site(dir, "overload", async |site| overload::measure(site, plan).await).await?);
    }
    if begins(&["T11"], "evaluations") {
        measured.extend(evaluations::run(plan)?);
    }
    if begins(&["T12"], "verifying the log") {
        measured.extend(
            on_a_site(dir, "audit-log", async |site| {
                audit_log::measure(site, plan).await
            })
            .await?,
        );
    }
    if begins(&["skew"], "one who sends nearly all") {
        measured.extend(on_a_site(dir, "skew", async |site| skew::measure(site, plan).await).await?);
    }
    if begins(&["pages"], "the portal's first page") {
        measured.extend(pages::run(dir, plan).await?);
    }
    Ok(Report::of(*plan, measured))
}

/// Measures a part on a service of its own, which is stopped whatever comes of it.
async fn on_a_site(
    dir: &Path,
    name: &str,
    part: impl AsyncFnOnce(&Site) -> Result<Vec<Measured>, Failure>,
) -> Result<Vec<Measured>, Failure> {
    let site = Site::start(dir, name).await?;
    let measured = part(&site).await;
    site.stop().await;
    measured
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_is_held_by_its_own_value() {
        assert!(Bound::AtLeast(3.0).holds(3.0) && !Bound::AtLeast(3.0).holds(2.999));
        assert!(Bound::AtMost(0.3).holds(0.3) && !Bound::AtMost(0.3).holds(0.301));
    }

    #[test]
    fn a_ratio_is_taken_round_by_round_and_judged_by_its_median() {
        let what = "single signals, 64 connections";
        let reached = |product: &[f64], floor: &[f64]| {
            Measured::against("T1", what, "signals/s", product, floor).reached()
        };
        assert_eq!(reached(&[6.0, 30.0, 9.0], &[2.0, 1.0, 3.0]), Some(true));
        assert_eq!(reached(&[5.9, 30.0, 8.9], &[2.0, 1.0, 3.0]), Some(false));
        let other = Measured::against("T1", "something else", "signals/s", &[1.0], &[1.0]);
        assert_eq!(other.reached(), None);
    }

    #[test]
    fn no_target_stands_twice() {
        let mut names: Vec<_> = TARGETS.iter().map(|target| (target.id, target.what)).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), TARGETS.len());
    }
}
