//! T6: what the audit log costs a submission ([`crate::bench::audit`] measures it), and how long after an act its leaf is
//! published.

use std::path::Path;

use super::{Failure, Measured, Plan};
use crate::bench::audit;

pub(super) async fn run(dir: &Path, plan: &Plan) -> Result<Vec<Measured>, Failure> {
    let (submissions, submitters) = (plan.choose(5_000, 60), plan.choose(256, 16));
    let report = audit::run(&dir.join("without-log"), plan.rounds, submissions, submitters)
        .await
        .map_err(Failure::Seen)?;
    let [whole, leaves, none] = report.per_second;
    let [of_cpu, leaves_of_cpu, none_of_cpu] = report.per_cpu_second;
    let against = |what: &str, unit: &'static str, product, floor, ratio| Measured {
        target: "T6",
        what: what.to_owned(),
        unit,
        product,
        floor,
        ratio,
        also: Vec::new(),
    };
    let micros = |rate: super::Spread| format!("{:.0} us", 1e6 / rate.median);
    let [half, most, last] = report.publication_seconds;
    Ok(vec![
        against(
            "signals with the log",
            "signals/s",
            whole,
            none,
            report.with_over_without,
        )
        .telling(
            "processor time per signal",
            format!(
                "with the log {}, without receipts {}, without the log {}",
                micros(of_cpu),
                micros(leaves_of_cpu),
                micros(none_of_cpu)
            ),
        )
        .telling(
            "of processor time",
            format!("ratio {:.2}", report.with_over_without_of_cpu.median),
        ),
        against(
            "signals with the log, without receipts",
            "signals/s",
            leaves,
            none,
            report.leaves_over_without,
        ),
        Measured::alone("T6", "p99 from act to publication", "s", &[most])
            .telling(
                "half of the leaves, the last",
                format!("{half:.3} s, {last:.3} s"),
            )
            .telling("leaves", report.leaves.to_string()),
    ])
}
