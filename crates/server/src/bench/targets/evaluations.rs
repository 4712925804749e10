//! T11: the keyholder's evaluations against bare multiplications ([`crate::bench::evaluations`] measures them).

use super::{Failure, Measured, Plan};
use crate::bench::{Line, Spread, evaluations};

/// The names of its lines, and of the targets.
const LINES: [(&str, &str); 2] = [
    (
        "evaluated, without proof",
        "evaluations without proof, batches of 100",
    ),
    ("evaluated and proven", "evaluations with proof, batches of 100"),
];

pub(super) fn run(plan: &Plan) -> Result<Vec<Measured>, Failure> {
    let report = evaluations::run(plan.choose(101, 1))
        .map_err(|_| Failure::Unexpected("the keyholder's evaluation refuses what was made for it"))?;
    let of = |name: &str| report.lines.iter().find(|line| line.name == name);
    let floor = report.lines.first().map_or(Spread::NONE, |line| line.per_second);
    let told = |(name, what): &(&str, &str)| {
        of(name).map(|line: &Line| Measured {
            target: "T11",
            what: (*what).to_owned(),
            unit: "elements/s",
            product: line.per_second,
            floor,
            ratio: line.ratio,
            also: Vec::new(),
        })
    };
    LINES
        .iter()
        .map(told)
        .collect::<Option<_>>()
        .ok_or(Failure::Unexpected("a line of the evaluations is gone"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_are_measured_against_multiplications() {
        let plan = Plan {
            rounds: 1,
            seconds: 1,
            quick: true,
        };
        let measured = run(&plan).unwrap();
        assert!(measured.iter().all(|measured| measured.reached().is_some()));
        assert_eq!(measured.len(), 2);
    }
}
