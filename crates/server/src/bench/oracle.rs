//! Whether the time of an answer tells if a child was known before: one service on a private database written to the disk, and
//! signals about children that another organisation signalled and children that nobody did, in turns, over HTTP.
//!
//! What is told is Welch's t of the two sets of times. Below 4.5 in either direction the times are taken to be the same; that
//! is what side-channel laboratories ask (TVLA). Each pair is also compared within itself, since a busy machine is slow for
//! both.

use std::path::Path;

use client::Partner;
use serde::Serialize;

use super::Spread;
use super::submissions::{Failure, Service, children, signal};
use crate::environment::{self, stopwatch};

/// Between two times that are the same, t is below this.
pub const THRESHOLD: f64 = 4.5;

/// What was measured.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Submissions of each kind that count.
    pub submissions: usize,
    /// From the call to the answer about a known child, in milliseconds.
    pub known: Spread,
    /// About an unknown one.
    pub unknown: Spread,
    /// Welch's t of the two; the slowest hundredth of both together is left out, which is the machine's.
    pub welch_t: f64,
    /// Whether it is below the threshold.
    pub alike: bool,
}

/// Measures in this directory, which should be empty.
///
/// # Errors
/// [`Failure`].
pub async fn run(directory: &Path, pairs: u32) -> Result<Report, Failure> {
    let service = Service::start(&directory.join("service"), None).await?;
    let measured = measure(&service, pairs).await;
    service.stop().await;
    measured
}

async fn measure(service: &Service, pairs: u32) -> Result<Report, Failure> {
    let other = service.partner("other").await?.connect(None)?;
    let own = service.partner("own").await?.connect(None)?;
    let mut numbers = children();
    // Every second child is known. Those that warm up are among them.
    let warm_up = (pairs / 20).max(10);
    let mut known = Vec::new();
    let mut unknown = Vec::new();
    for _ in 0..pairs + warm_up {
        let (Some(one), Some(another)) = (numbers.next(), numbers.next()) else {
            break;
        };
        other.submit_signal(&signal(one.clone())?, None).await?;
        known.push(one);
        unknown.push(another);
    }
    service.settle().await?;
    let (mut of_known, mut of_unknown) = (Vec::new(), Vec::new());
    for (place, (one, another)) in known.into_iter().zip(unknown).enumerate() {
        // Which comes first is drawn, so that neither profits from what the other left warm.
        let [coin] = environment::random();
        let known_first = coin % 2 == 0;
        let (first, second) = if known_first {
            (one, another)
        } else {
            (another, one)
        };
        let (first, second) = (timed(&own, first).await?, timed(&own, second).await?);
        if place >= warm_up as usize {
            let (of_one, of_another) = if known_first {
                (first, second)
            } else {
                (second, first)
            };
            of_known.push(of_one);
            of_unknown.push(of_another);
        }
    }
    let welch_t = welch_t(&of_known, &of_unknown);
    Ok(Report {
        submissions: of_known.len(),
        known: Spread::of(of_known),
        unknown: Spread::of(of_unknown),
        welch_t,
        alike: welch_t.abs() < THRESHOLD,
    })
}

async fn timed(partner: &Partner, child: identifiers::Bsn) -> Result<f64, Failure> {
    let signal = signal(child)?;
    let began = stopwatch();
    partner.submit_signal(&signal, None).await?;
    Ok((stopwatch() - began).as_secs_f64() * 1_000.0)
}

/// Welch's t, without what lies above the 99th percentile of both together.
fn welch_t(one: &[f64], other: &[f64]) -> f64 {
    let mut all = [one, other].concat();
    all.sort_by(f64::total_cmp);
    let Some(limit) = all.get(all.len() * 99 / 100) else {
        return 0.0;
    };
    let moments = |values: &[f64]| {
        let kept: Vec<f64> = values.iter().copied().filter(|value| value <= limit).collect();
        let count = kept.len() as f64;
        let mean = kept.iter().sum::<f64>() / count;
        let variance = kept.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0);
        (mean, variance / count)
    };
    let ((mean, error), (other_mean, other_error)) = (moments(one), moments(other));
    (mean - other_mean) / (error + other_error).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn welchs_t_is_as_in_the_book() {
        // Means 2 and 5, variances 1 and 2.5: t = -3 / sqrt(1/3 + 2.5/5), with nothing above the percentile left out.
        let one: Vec<f64> = [1.0, 2.0, 3.0].to_vec();
        let other: Vec<f64> = [3.0, 4.0, 5.0, 6.0, 7.0].to_vec();
        let expected = -3.0 / (1.0_f64 / 3.0 + 0.5).sqrt();
        assert!((welch_t(&one, &other) - expected).abs() < 1e-12);
        assert!(welch_t(&one, &one).abs() < 1e-12);
    }

    #[test]
    fn a_difference_of_a_tenth_shows_and_one_slow_answer_does_not_hide_it() {
        let times = |base: f64| -> Vec<f64> { (0..1000).map(|n| base + f64::from(n % 10) * 0.01).collect() };
        let mut slow = times(1.1);
        slow[0] = 10_000.0;
        assert!(welch_t(&slow, &times(1.0)) > THRESHOLD);
        assert!(welch_t(&times(1.0), &times(1.0)).abs() < THRESHOLD);
    }
}
