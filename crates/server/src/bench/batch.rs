//! What a batch saves over single submissions: the same number of signals as lines of one batch, one at a time, and many at
//! a time, in turns at one service on a private database written to the disk, over HTTP.
//!
//! Each is about another child. A batch counts until its last line is worked off, so that all three have done the same;
//! making the tokens counts with each.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use client::{NewSignal, Partner};
use protocol::batch::BatchState;
use serde::Serialize;
use tokio::task::JoinSet;

use super::submissions::{Failure, Service, children, signal};
use super::{Series, Spread};
use crate::environment::stopwatch;

/// So many single submissions wait for their answers at a time, where it is more than one.
pub const AT_ONCE: usize = 32;

/// How often is asked whether a batch is worked off.
const BETWEEN_LOOKS: Duration = Duration::from_millis(5);

/// What was measured.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Rounds that count.
    pub rounds: u32,
    /// Signals in each turn.
    pub lines: u32,
    /// Each way, one at a time first.
    pub ways: Vec<Way>,
}

/// One way to give many signals.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Way {
    /// Which.
    pub name: &'static str,
    /// Signals per second.
    pub per_second: Spread,
    /// As many times those given one at a time, round by round.
    pub ratio: Spread,
    /// As many times those given many at a time.
    pub ratio_to_many: Spread,
}

#[derive(Clone, Copy)]
enum How {
    OneAtATime,
    ManyAtATime,
    Batch,
}

const WAYS: [(How, &str); 3] = [
    (How::OneAtATime, "single submissions, one at a time"),
    (How::ManyAtATime, "single submissions, 32 at a time"),
    (How::Batch, "lines of one batch"),
];

/// Measures in this directory, which should be empty.
///
/// # Errors
/// [`Failure`].
pub async fn run(directory: &Path, rounds: u32, lines: u32) -> Result<Report, Failure> {
    let service = Service::start(&directory.join("service"), None).await?;
    let measured = measure(&service, rounds, lines).await;
    service.stop().await;
    measured
}

async fn measure(service: &Service, rounds: u32, lines: u32) -> Result<Report, Failure> {
    let partner = Arc::new(service.partner("partner").await?.connect(None)?);
    let mut numbers = children();
    let mut series = WAYS.map(|(_, name)| Series::new(name));
    // The first round warms up.
    for round in 0..=rounds as usize {
        for turn in 0..WAYS.len() {
            let at = (round + turn) % WAYS.len();
            let signals: Result<Vec<_>, _> = numbers.by_ref().take(lines as usize).map(signal).collect();
            let signals = signals?;
            let began = stopwatch();
            match WAYS[at].0 {
                How::OneAtATime => singly(&partner, signals, 1).await?,
                How::ManyAtATime => singly(&partner, signals, AT_ONCE).await?,
                How::Batch => in_a_batch(&partner, &signals).await?,
            }
            let took = stopwatch() - began;
            if round > 0 {
                series[at].add(lines, took);
            }
            // What is left to the drivers is not the next one's burden.
            service.settle().await?;
        }
    }
    let [one, many, _] = &series;
    let way = |own: &Series| Way {
        name: own.name,
        per_second: own.rate(),
        ratio: own.ratio_to(one),
        ratio_to_many: own.ratio_to(many),
    };
    Ok(Report {
        rounds,
        lines,
        ways: series.iter().map(way).collect(),
    })
}

/// Gives these, so many at a time, and waits for each answer.
async fn singly(partner: &Arc<Partner>, signals: Vec<NewSignal>, at_once: usize) -> Result<(), Failure> {
    let mut waiting = signals.into_iter();
    let mut running = JoinSet::new();
    loop {
        while running.len() < at_once {
            let Some(signal) = waiting.next() else { break };
            let partner = Arc::clone(partner);
            running.spawn(async move { partner.submit_signal(&signal, None).await.map(drop) });
        }
        match running.join_next().await {
            None => return Ok(()),
            Some(answered) => {
                answered.map_err(|_| Failure::Unexpected("a submission ended in the middle"))??
            }
        }
    }
}

/// Gives these in one batch, and waits until all are worked off.
async fn in_a_batch(partner: &Partner, signals: &[NewSignal]) -> Result<(), Failure> {
    let mut batch = partner.submit_batch(signals, None).await?;
    while batch.state != BatchState::Ended {
        tokio::time::sleep(BETWEEN_LOOKS).await;
        batch = partner.batch(batch.id).await?;
    }
    if batch.outcomes.created as usize == signals.len() {
        Ok(())
    } else {
        Err(Failure::Unexpected("not each line of a batch became a signal"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn each_way_gives_the_same_signals_in_each_round() {
        let directory = tempfile::tempdir().unwrap();
        let report = run(directory.path(), 1, 40).await.unwrap();
        assert_eq!(report.ways.len(), WAYS.len());
        for way in &report.ways {
            assert!(way.per_second.median > 0.0 && way.ratio.median > 0.0, "{way:?}");
        }
        let own = report.ways[0].ratio;
        assert_eq!((own.low, own.high), (1.0, 1.0));
    }
}
