//! Measuring: what runs against what, in turns, and what comes of it.
//!
//! Absolute figures drift by a factor of two between runs on a machine that others use too. So what is compared runs in
//! turns within one run, and what counts is the median of the rounds' ratios, with their spread.

#[cfg(feature = "bench-without-audit")]
pub mod audit;
pub mod batch;
pub mod evaluations;
pub mod exchange;
mod failure;
mod floor;
mod http_load;
pub mod oracle;
pub mod portal;
mod processor;
pub mod rotation;
mod signals;
mod site;
pub mod submissions;
pub mod targets;

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// One thing that is measured, and what it took in each round.
#[derive(Debug, Clone)]
pub struct Series {
    /// What was done.
    pub name: &'static str,
    /// Units per second in each round.
    rates: Vec<f64>,
}

/// A median and where nine in ten of the rounds lie.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// The middle one.
    #[serde(deserialize_with = "or_none")]
    pub median: f64,
    /// One in twenty is below it.
    #[serde(deserialize_with = "or_none")]
    pub low: f64,
    /// One in twenty is above it.
    #[serde(deserialize_with = "or_none")]
    pub high: f64,
}

/// JSON writes what is no number as `null`.
fn or_none<'de, D: serde::Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    Option::deserialize(from).map(|value| value.unwrap_or(f64::NAN))
}

/// One contestant: its name, how many units one call does, and the call.
pub struct Contestant<'w> {
    /// What is done.
    pub name: &'static str,
    /// Units of work in one call.
    pub units: u32,
    /// The work.
    pub work: Box<dyn FnMut() + 'w>,
}

/// Runs all contestants in each round, one after the other, each first in turn; one round to warm up does not count.
///
/// `clock` is [`thread_time`](crate::environment::thread_time) for what one thread computes, so that others on the machine do
/// not count, and [`stopwatch`](crate::environment::stopwatch) for what waits for others.
pub fn in_turns(rounds: u32, clock: fn() -> Duration, contestants: &mut [Contestant<'_>]) -> Vec<Series> {
    let mut series: Vec<Series> = contestants
        .iter()
        .map(|contestant| Series::new(contestant.name))
        .collect();
    for round in 0..=rounds as usize {
        for turn in 0..contestants.len() {
            let at = (round + turn) % contestants.len();
            let contestant = &mut contestants[at];
            let began = clock();
            (contestant.work)();
            let took = clock() - began;
            if round > 0 {
                series[at].add(contestant.units, took);
            }
        }
    }
    series
}

impl Series {
    /// One that was not measured yet.
    const fn new(name: &'static str) -> Self {
        let rates = Vec::new();
        Self { name, rates }
    }

    /// A round in which so much was done in this time.
    fn add(&mut self, units: u32, took: Duration) {
        self.rates.push(f64::from(units) / took.as_secs_f64().max(1e-9));
    }

    /// Units per second.
    #[must_use]
    pub fn rate(&self) -> Spread {
        Spread::of(self.rates.clone())
    }

    /// How many times another's rate, round by round.
    #[must_use]
    pub fn ratio_to(&self, floor: &Self) -> Spread {
        let ratios = self.rates.iter().zip(&floor.rates);
        Spread::of(ratios.map(|(own, floor)| own / floor).collect())
    }
}

impl Spread {
    /// Of nothing: no numbers.
    pub(crate) const NONE: Self = Self {
        median: f64::NAN,
        low: f64::NAN,
        high: f64::NAN,
    };

    fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let last = values.len().saturating_sub(1);
            // The shares are below one, so this is a place in the list.
            values
                .get((share * last as f64).round() as usize)
                .copied()
                .unwrap_or(f64::NAN)
        };
        Self {
            median: at(0.5),
            low: at(0.05),
            high: at(0.95),
        }
    }
}

/// One of the things measured, for a report.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// What was done.
    pub name: &'static str,
    /// Units per second on one core.
    pub per_second: Spread,
    /// As a share of the floor.
    pub ratio: Spread,
    /// The least that is asked of the ratio.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<f64>,
    /// Whether the median reaches it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reached: Option<bool>,
}

impl Line {
    pub(crate) fn of(series: &Series, floor: &Series, target: Option<f64>) -> Self {
        let ratio = series.ratio_to(floor);
        Self {
            name: series.name,
            per_second: series.rate(),
            ratio,
            target,
            reached: target.map(|target| ratio.median >= target),
        }
    }
}

/// A number as people read it: `90,909,090`.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Whether this program was compiled to be measured.
#[must_use]
pub const fn optimised() -> bool {
    !cfg!(debug_assertions)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyone_has_every_round_and_the_warm_up_does_not_count() {
        let calls = std::cell::Cell::new(0);
        let contestant = |name| Contestant {
            name,
            units: 10,
            work: Box::new(|| calls.set(calls.get() + 1)),
        };
        let series = in_turns(
            4,
            crate::environment::stopwatch,
            &mut [contestant("one"), contestant("other")],
        );
        assert_eq!(calls.get(), 10);
        assert!(series.iter().all(|series| series.rates.len() == 4));
        assert!(series.iter().all(|series| series.rate().median > 0.0));
    }

    #[test]
    fn ratios_are_taken_round_by_round() {
        let series = |rates: &[f64]| Series {
            name: "",
            rates: rates.to_vec(),
        };
        // Both are twice as fast in the second round: the ratio does not move.
        let ratio = series(&[2.0, 4.0, 3.0]).ratio_to(&series(&[1.0, 2.0, 1.5]));
        assert_eq!((ratio.low, ratio.median, ratio.high), (2.0, 2.0, 2.0));
        let rate = series(&[5.0, 1.0, 3.0]).rate();
        assert_eq!((rate.low, rate.median, rate.high), (1.0, 3.0, 5.0));
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(grouped(90_909_090), "90,909,090");
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(1_000), "1,000");
    }
}
