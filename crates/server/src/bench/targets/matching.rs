//! T5: a backlog of match tasks, worked off by the product's matcher and, in turns with it, by raw SQL in sets that leaves the
//! same rows; and how soon a match is found under half the load.

use std::time::Duration;

use store::bench::matching::{self, Whose, lay_aside, queue, waiting, work_off};

use super::{Failure, Measured, Plan, Site};
use crate::bench::http_load::{self, Requests, Until};
use crate::bench::signals::{Signals, Suite};
use crate::bench::{Series, Spread};
use crate::environment::{self, stopwatch};

/// As many tasks share a transaction of the floor as share one of the matcher.
const SET: i32 = 500;

/// About as long is a leaf of a match or a notice.
const LEAF: usize = 330;

/// How long the drivers may take for what a round leaves.
const PATIENCE: Duration = Duration::from_secs(600);

/// Connections of the load.
const CONNECTIONS: usize = 64;

/// Measures it.
///
/// # Errors
/// [`Failure`].
pub(super) async fn measure(site: &Site, plan: &Plan) -> Result<Vec<Measured>, Failure> {
    let partners = site.partners("matching", 4).await?;
    let signals = Signals::of(site, &partners, Suite::Ready);
    // One signal at least, whose row the others are made like.
    let (answers, signals) = http_load::run(site.address(), 1, Until::Sent(4), signals).await?;
    answers.only(&[201])?;
    let backlog = backlog(site, plan).await?;
    let detection = detection(site, plan, signals).await?;
    Ok(vec![backlog, detection])
}

async fn backlog(site: &Site, plan: &Plan) -> Result<Measured, Failure> {
    let tasks = if plan.quick { 400 } else { 100_000 };
    matching::prepare(site.store(), LEAF).await?;
    let (mut product, mut floor) = (Series::new("product"), Series::new("floor"));
    let (mut product_cpu, mut floor_cpu) = (Series::new("product"), Series::new("floor"));
    for round in 0..=plan.rounds {
        for turn in 0..2 {
            site.settle(PATIENCE).await?;
            let laid = lay_aside(site.store(), tasks).await?;
            let spent = site.processor_time()?;
            let took = if (round + turn) % 2 == 0 {
                by_the_product(site, laid).await?
            } else {
                queue(site.store(), Whose::Floor).await?;
                let began = stopwatch();
                let done = work_off(site.store(), SET).await?;
                if done != laid {
                    return Err(Failure::Seen(format!(
                        "the floor worked off {done} of {laid} tasks"
                    )));
                }
                stopwatch() - began
            };
            let spent = site.processor_time()?.since(spent).all();
            if round > 0 {
                let (series, cpu) = match (round + turn) % 2 {
                    0 => (&mut product, &mut product_cpu),
                    _ => (&mut floor, &mut floor_cpu),
                };
                let laid = u32::try_from(laid).unwrap_or(u32::MAX);
                series.add(laid, took);
                cpu.add(laid, spent);
            }
        }
    }
    Ok(Measured {
        target: "T5",
        what: "matching a backlog".to_owned(),
        unit: "tasks/s",
        product: product.rate(),
        floor: floor.rate(),
        ratio: product.ratio_to(&floor),
        also: vec![
            ("tasks in a round".to_owned(), tasks.to_string()),
            (
                "the same by processor time".to_owned(),
                format!("{:.2}", product_cpu.ratio_to(&floor_cpu).median),
            ),
        ],
    })
}

/// How long the product's matcher takes for the queue, from the moment it began.
async fn by_the_product(site: &Site, laid: u64) -> Result<Duration, Failure> {
    queue(site.store(), Whose::Product).await?;
    let mut began = stopwatch();
    loop {
        let left = waiting(site.store()).await?;
        if left == 0 {
            return Ok(stopwatch() - began);
        }
        if left == laid {
            // Nobody woke it: it looks by itself within a second.
            began = stopwatch();
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// From the commit of a match's second signal to that of the match.
async fn detection(site: &Site, plan: &Plan, signals: Signals) -> Result<Measured, Failure> {
    let lasts = Duration::from_secs(u64::from(plan.seconds));
    let full = if plan.quick {
        Until::Sent(600)
    } else {
        Until::Passed(lasts)
    };
    let (answers, signals) = http_load::run(site.address(), CONNECTIONS, full, signals).await?;
    answers.only(&[201])?;
    let half = answers.rate(201) / 2.0;
    let mut figures = [const { Vec::new() }; 3];
    let mut load = Some(signals);
    let mut found = 0;
    for _ in 0..plan.rounds {
        site.settle(PATIENCE).await?;
        let Some(signals) = load.take() else { break };
        let paced = Paced {
            signals,
            every: Duration::from_secs_f64(1.0 / half.max(1.0)),
            began: None,
            given: 0,
        };
        let after = environment::now();
        let (answers, paced) = http_load::run(site.address(), CONNECTIONS, full, paced).await?;
        answers.only(&[201])?;
        site.settle(PATIENCE).await?;
        load = Some(paced.signals);
        let seconds = matching::detections(site.store(), after).await?;
        found += seconds.len();
        for (figures, share) in figures.iter_mut().zip([0.99, 0.5, 1.0]) {
            let place = (share * seconds.len().saturating_sub(1) as f64).round() as usize;
            figures.push(seconds.get(place).copied().unwrap_or(f64::NAN));
        }
    }
    let [p99, half_of_them, last] = figures;
    Ok(Measured::alone(
        "T5",
        "p99 from the second signal to its match, at half the load",
        "s",
        &p99,
    )
    .telling("matches", found.to_string())
    .telling(
        "half of them, in s",
        format!("{:.3}", Spread::of(half_of_them).median),
    )
    .telling("the last, in s", format!("{:.3}", Spread::of(last).median))
    .telling("signals/s", format!("{half:.0}")))
}

/// Signals at a steady pace, however fast they are answered.
struct Paced {
    signals: Signals,
    every: Duration,
    began: Option<Duration>,
    given: u32,
}

impl Requests for Paced {
    /// The load has a thread of its own, which has nothing else to do: waiting for the next request's time stops nobody.
    fn next(&mut self, bytes: &mut Vec<u8>) {
        let began = *self.began.get_or_insert_with(stopwatch);
        let due = began + self.every * self.given;
        std::thread::sleep(due.saturating_sub(stopwatch()));
        self.given += 1;
        self.signals.next(bytes);
    }
}

#[cfg(test)]
mod tests {
    use store::bench::rows_of_tables;

    use super::*;

    /// The matcher and the floor leave the same rows for the same tasks, and everything is worked off.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn the_floor_leaves_the_rows_that_the_matcher_leaves() {
        let directory = tempfile::tempdir().unwrap();
        let site = Site::start(directory.path(), "site").await.unwrap();
        let plan = Plan {
            rounds: 1,
            seconds: 1,
            quick: true,
        };
        let measured = measure(&site, &plan).await.unwrap();
        assert_eq!(measured.len(), 2);
        assert_eq!(measured[1].also[0].0, "matches");
        assert_ne!(measured[1].also[0].1, "0", "matches were found under the load");

        site.settle(PATIENCE).await.unwrap();
        let mut grew = Vec::new();
        for whose in [Whose::Product, Whose::Floor] {
            let laid = lay_aside(site.store(), 400).await.unwrap();
            assert_eq!(laid, 400);
            let before = rows_of_tables(site.store()).await.unwrap();
            match whose {
                Whose::Product => by_the_product(&site, laid).await.map(drop).unwrap(),
                Whose::Floor => {
                    queue(site.store(), whose).await.unwrap();
                    assert_eq!(work_off(site.store(), SET).await.unwrap(), laid);
                }
            }
            site.settle(PATIENCE).await.unwrap();
            let after = rows_of_tables(site.store()).await.unwrap();
            let rows = |table: &str| after[table] - before[table];
            let leaves = match whose {
                Whose::Product => rows("audit.leaf"),
                Whose::Floor => rows("public.floor_pending"),
            };
            assert_eq!(rows("audit.opening"), 0, "a match has nothing to open");
            let tables = [
                "match_case",
                "match_party",
                "notice",
                "follow_up",
                "disclosure_watch",
            ];
            grew.push((tables.map(|table| rows(&format!("public.{table}"))), leaves));
        }
        assert_eq!(
            grew[0], grew[1],
            "matches, parties, notices, follow-ups, duties; leaves"
        );
        assert_eq!(grew[0].0, [80, 160, 160, 80, 400]);
        site.stop().await;
    }
}
