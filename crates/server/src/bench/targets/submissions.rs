//! Single signals over HTTP through everything the service does, against `pgbench` writing the same rows: T1 and T2.
//!
//! The product's rate is what was answered 201 within the window, while all drivers run. How long they took after it until
//! nothing was left is told beside it, and the rate with that time counted in.

use std::time::Duration;

use super::super::floor::{Floor, FloorRun};
use super::super::http_load::{self, Answers, Until};
use super::super::signals::{BEFORE, Signals, Suite};
use super::{Failure, Measured, Plan, Site, SitePartner};
use crate::environment::stopwatch;

/// So many partners give the signals in turn.
const PARTNERS: u32 = 8;
/// The longest that drivers may take for what one window left.
const PATIENCE: Duration = Duration::from_secs(300);

/// What runs in one turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Contestant {
    Product(usize, Suite),
    Floor(usize),
}

const CONTESTANTS: &[Contestant] = &[
    Contestant::Floor(64),
    Contestant::Product(64, Suite::Ready),
    Contestant::Floor(8),
    Contestant::Product(8, Suite::Ready),
    Contestant::Floor(32),
    Contestant::Product(32, Suite::Ready),
    Contestant::Floor(1),
    Contestant::Product(1, Suite::Ready),
    Contestant::Product(256, Suite::Ready),
    Contestant::Product(64, Suite::Lifted),
];

/// What came of one turn.
#[derive(Debug, Clone, Default)]
struct Turn {
    rate: f64,
    strict: f64,
    p99: f64,
    drain: f64,
    /// Microseconds of processor per signal: what is measured, and what loads it.
    spent: f64,
    own: f64,
}

pub(super) async fn measure(site: &Site, plan: &Plan) -> Result<Vec<Measured>, Failure> {
    let mut load = Load::new(site).await?;
    let mut turns: Vec<Vec<Turn>> = vec![Vec::new(); CONTESTANTS.len()];
    for round in 0..=plan.rounds as usize {
        for turn in 0..CONTESTANTS.len() {
            let at = (round + turn) % CONTESTANTS.len();
            let done = load.turn(CONTESTANTS[at], plan).await?;
            // The first round warms up.
            if round > 0 {
                turns[at].push(done);
            }
        }
    }
    // A floor that did not write would be measured as quick.
    if load.floor.written().await? != load.floor_transactions {
        return Err(Failure::Unexpected(
            "the floor did not write a signal in each transaction",
        ));
    }
    Ok(tell(&turns))
}

/// A site with its floor and whoever gives the signals.
struct Load<'s> {
    site: &'s Site,
    partners: Vec<SitePartner>,
    ready: Option<Signals>,
    lifted: Option<Signals>,
    floor: Floor,
    floor_transactions: u64,
}

impl<'s> Load<'s> {
    /// Lets the partners in and gives enough signals for there to be matches, whose rows the floor copies.
    async fn new(site: &'s Site) -> Result<Self, Failure> {
        let partners = site.partners("school", PARTNERS).await?;
        let signals = Signals::of(site, &partners, Suite::Ready);
        let (answers, ready) = http_load::run(site.address(), 8, Until::Sent(BEFORE + 101), signals).await?;
        answers.only(&[201])?;
        site.settle(PATIENCE).await?;
        let floor = Floor::beside(site, &partners).await?;
        let lifted = Signals::of(site, &partners, Suite::Lifted);
        Ok(Self {
            site,
            partners,
            ready: Some(ready),
            lifted: Some(lifted),
            floor,
            floor_transactions: 0,
        })
    }

    async fn turn(&mut self, contestant: Contestant, plan: &Plan) -> Result<Turn, Failure> {
        match contestant {
            Contestant::Floor(clients) => {
                let spent = self.site.processor_time()?;
                let run = self.floor_run(clients, plan).await?;
                self.floor_transactions += run.transactions;
                let spent = self.site.processor_time()?.since(spent).database;
                let signals = run.transactions as f64;
                Ok(Turn {
                    rate: run.rate,
                    strict: run.rate,
                    p99: run.p99,
                    drain: 0.0,
                    spent: spent.as_secs_f64() * 1e6 / signals,
                    own: run.own_time.as_secs_f64() * 1e6 / signals,
                })
            }
            Contestant::Product(connections, suite) => {
                let until = match plan.quick {
                    true => Until::Sent(u64::from(plan.seconds) * 50),
                    false => Until::Passed(Duration::from_secs(plan.seconds.into())),
                };
                let spent = self.site.processor_time()?;
                let answers = self.product_run(connections, suite, until).await?;
                answers.only(&[201])?;
                let ended = stopwatch();
                self.site.settle(PATIENCE).await?;
                let drain = stopwatch() - ended;
                let spent = self.site.processor_time()?.since(spent).all();
                let signals = answers.all() as f64;
                Ok(Turn {
                    rate: answers.rate(201),
                    strict: signals / (answers.lasted + drain).as_secs_f64(),
                    p99: answers.percentile(0.99),
                    drain: drain.as_secs_f64(),
                    spent: spent.saturating_sub(answers.own_time).as_secs_f64() * 1e6 / signals,
                    own: answers.own_time.as_secs_f64() * 1e6 / signals,
                })
            }
        }
    }

    async fn floor_run(&self, clients: usize, plan: &Plan) -> Result<FloorRun, Failure> {
        let postgres = self.site.postgres()?;
        match plan.quick {
            true => {
                self.floor
                    .run_each(postgres, clients, 1 + 50 / clients as u32)
                    .await
            }
            false => self.floor.run(postgres, clients, plan.seconds).await,
        }
    }

    async fn product_run(
        &mut self,
        connections: usize,
        suite: Suite,
        until: Until,
    ) -> Result<Answers, Failure> {
        for partner in &mut self.partners {
            self.site.let_in(partner).await?;
        }
        let place = match suite {
            Suite::Ready => &mut self.ready,
            Suite::Lifted => &mut self.lifted,
        };
        let mut signals = place.take().ok_or(Failure::Unexpected("the signals are gone"))?;
        signals.let_in(&self.partners);
        let (answers, signals) = http_load::run(self.site.address(), connections, until, signals).await?;
        *place = Some(signals);
        Ok(answers)
    }
}

fn tell(turns: &[Vec<Turn>]) -> Vec<Measured> {
    let of = |contestant| {
        let at = CONTESTANTS.iter().position(|other| *other == contestant);
        at.and_then(|at| turns.get(at)).map_or(&[][..], Vec::as_slice)
    };
    let against = |target, connections, suite, clients| {
        let words = match suite {
            Suite::Ready => "",
            Suite::Lifted => ", lifted by the gateway",
        };
        let plural = if connections == 1 {
            "connection"
        } else {
            "connections"
        };
        let what = format!("single signals, {connections} {plural}{words}");
        let (own, floor) = (
            of(Contestant::Product(connections, suite)),
            of(Contestant::Floor(clients)),
        );
        told(target, &what, &format!("P({clients})"), own, floor)
    };
    let (own, floor) = (
        of(Contestant::Product(64, Suite::Ready)),
        of(Contestant::Floor(64)),
    );
    let latencies = |turns: &[Turn]| turns.iter().map(|turn| turn.p99).collect::<Vec<_>>();
    let p99 = Measured::against(
        "T1",
        "p99 of single signals, 64 connections",
        "s",
        &latencies(own),
        &latencies(floor),
    );
    vec![
        against("T1", 64, Suite::Ready, 64),
        p99,
        against("T1", 64, Suite::Lifted, 64),
        against("T2", 1, Suite::Ready, 1),
        against("T2", 8, Suite::Ready, 8),
        against("T2", 32, Suite::Ready, 32),
        against("T2", 256, Suite::Ready, 64),
    ]
}

fn told(target: &'static str, what: &str, clients: &str, own: &[Turn], floor: &[Turn]) -> Measured {
    let each = |turns: &[Turn], of: fn(&Turn) -> f64| turns.iter().map(of).collect::<Vec<f64>>();
    let median = |turns: &[Turn], of: fn(&Turn) -> f64| super::Spread::of(each(turns, of)).median;
    let strict = Measured::against(
        target,
        what,
        "",
        &each(own, |turn| turn.strict),
        &each(floor, |turn| turn.rate),
    );
    let rates = (each(own, |turn| turn.rate), each(floor, |turn| turn.rate));
    Measured::against(target, what, "signals/s", &rates.0, &rates.1)
        .telling("held against", clients)
        .telling(
            "matched and published after the last answer",
            format!("{:.2} s", median(own, |turn| turn.drain)),
        )
        .telling(
            "with that time counted in",
            format!(
                "{:.0}/s, ratio {:.2}",
                strict.product.median,
                strict.ratio.median
            ),
        )
        .telling(
            "processor time per signal",
            format!(
                "program and database {:.0} us (the load {:.0} us beside it); floor {:.0} us (pgbench {:.0} us)",
                median(own, |turn| turn.spent),
                median(own, |turn| turn.own),
                median(floor, |turn| turn.spent),
                median(floor, |turn| turn.own)
            ),
        )
        .telling(
            "p99",
            format!(
                "{:.1} ms, floor {:.1} ms",
                median(own, |turn| turn.p99) * 1e3,
                median(floor, |turn| turn.p99) * 1e3
            ),
        )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use store::bench::rows_of_tables;

    use super::*;

    const TINY: Plan = Plan {
        rounds: 1,
        seconds: 1,
        quick: true,
    };

    /// The tables in which a signal leaves rows.
    const TABLES: [&str; 11] = [
        "audit.leaf",
        "audit.opening",
        "public.disclosure_watch",
        "public.follow_up",
        "public.idempotency",
        "public.match_case",
        "public.match_party",
        "public.notice",
        "public.signal",
        "public.subject",
        "public.subject_tag",
    ];

    async fn more_rows(store: &store::Store, before: &BTreeMap<String, u64>) -> BTreeMap<String, u64> {
        let after = rows_of_tables(store).await.unwrap();
        let more = |table: &str| after[table] - before[table];
        TABLES
            .iter()
            .map(|table| ((*table).to_owned(), more(table)))
            .collect()
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn product_and_floor_leave_the_same_rows() {
        let directory = tempfile::tempdir().unwrap();
        let site = Site::start(directory.path(), "submissions").await.unwrap();
        let mut load = Load::new(&site).await.unwrap();
        // The floor begins with its first signal; then both have come equally far in the numbering.
        load.floor
            .run_each(site.postgres().unwrap(), 4, 150)
            .await
            .unwrap();
        let begun = |store: store::Store| async move { rows_of_tables(&store).await.unwrap() };
        let (of_product, of_floor) = (
            begun(site.store().clone()).await,
            begun(load.floor.store().clone()).await,
        );
        let answers = load.product_run(4, Suite::Ready, Until::Sent(200)).await.unwrap();
        assert_eq!(answers.count_all(201), 200);
        site.settle(PATIENCE).await.unwrap();
        let run = load
            .floor
            .run_each(site.postgres().unwrap(), 4, 50)
            .await
            .unwrap();
        assert_eq!(run.transactions, 200);

        let product = more_rows(site.store(), &of_product).await;
        let floor = more_rows(load.floor.store(), &of_floor).await;
        assert_eq!(product, floor);
        // One in five is about a known child.
        assert_eq!(
            (product["public.signal"], product["public.match_case"]),
            (200, 40)
        );

        // And what is given by the lifting gateway is taken and finds its child.
        let answers = load.product_run(4, Suite::Lifted, Until::Sent(20)).await.unwrap();
        assert_eq!(answers.count_all(201), 20);
        drop(load);
        site.stop().await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn each_contestant_has_its_turn() {
        let directory = tempfile::tempdir().unwrap();
        let site = Site::start(directory.path(), "submissions").await.unwrap();
        let measured = measure(&site, &TINY).await.unwrap();
        site.stop().await;
        let names: Vec<_> = measured
            .iter()
            .map(|measured| (measured.target, measured.what.as_str()))
            .collect();
        for target in super::super::TARGETS {
            if ["T1", "T2"].contains(&target.id) {
                assert!(names.contains(&(target.id, target.what)), "{}", target.what);
            }
        }
        for measured in &measured {
            assert!(measured.ratio.median > 0.0, "{measured:?}");
        }
    }
}
