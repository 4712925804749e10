//! T10: five times the load. What there is room for is taken as fast as before, the rest is told to try again, and the
//! program takes no more memory for it than its queues have room.
//!
//! As many connections as fill the service, and five times as many, each of which sends its next signal as soon as it has
//! its answer: whoever is told to try again does so at once, which is the worst that clients can do.

use std::time::Duration;

use super::{Failure, Measured, Plan, Site};
use crate::bench::http_load::{self, Until};
use crate::bench::processor::resident;
use crate::bench::signals::{Signals, Suite};

/// What is told of it.
const WHAT: &str = "signals taken at five times the load";

/// So many connections fill the service.
const FULL: u32 = 256;

/// So many times that many are too many.
const TIMES: u32 = 5;

/// Organisations that send: so many that together they may have nearly all places.
const PARTNERS: u32 = 8;

/// How long the drivers may take for what a round leaves.
const PATIENCE: Duration = Duration::from_secs(600);

/// Measures it.
///
/// # Errors
/// [`Failure`], also when anything is answered but 200, 201 and 503.
pub(super) async fn measure(site: &Site, plan: &Plan) -> Result<Vec<Measured>, Failure> {
    let mut partners = site.partners("load", PARTNERS).await?;
    let full = plan.choose(FULL, 8);
    let window = Until::Passed(Duration::from_secs(plan.seconds.into()));
    let mut signals = Signals::of(site, &partners, Suite::Ready);
    let (mut rates, mut memory) = (Vec::new(), Vec::new());
    let (mut shed, mut waits) = (Vec::new(), Vec::new());
    for round in 0..=plan.rounds {
        for partner in &mut partners {
            site.let_in(partner).await?;
        }
        signals.let_in(&partners);
        let mut taken = [0.0; 2];
        for (contestant, connections) in [full, full * TIMES].into_iter().enumerate() {
            let (answers, given) =
                http_load::run(site.address(), connections as usize, window, signals).await?;
            signals = given;
            // A signal of which the earlier one about the same child was shed is new; one more of the same is not.
            answers.only(&[200, 201, 503])?;
            taken[contestant] = answers.rate(201) + answers.rate(200);
            if contestant == 1 && round > 0 {
                shed.push(answers.count_all(503) as f64 / answers.all() as f64);
                waits.push(answers.percentile(0.99));
            }
            memory.push(resident(std::process::id()).map_or(0, |(_, now)| now) / 1024);
            site.settle(PATIENCE).await?;
        }
        // The first round warms up.
        if round > 0 {
            rates.push(taken);
        }
    }
    let [filled, over] = [0, 1].map(|place| rates.iter().map(|taken| taken[place]).collect::<Vec<f64>>());
    let middle = |values: Vec<f64>| super::Spread::of(values).median;
    let memory: Vec<String> = memory.iter().map(u64::to_string).collect();
    Ok(vec![
        Measured::against("T10", WHAT, "signals/s", &over, &filled)
            .telling(
                "told to try again",
                format!("{:.0} % of all answers", middle(shed) * 100.0),
            )
            .telling("p99 of all answers", format!("{:.3} s", middle(waits)))
            .telling(
                "resident after each run, filled and overloaded in turns, with the load",
                format!("{} MiB", memory.join(", ")),
            ),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_is_too_much_is_shed_and_what_is_taken_is_stored() {
        let directory = tempfile::tempdir().unwrap();
        let site = Site::start(directory.path(), "site").await.unwrap();
        let plan = Plan {
            rounds: 1,
            seconds: 1,
            quick: true,
        };
        let measured = measure(&site, &plan).await.unwrap();
        assert_eq!((measured.len(), measured[0].what.as_str()), (1, WHAT));
        assert!(measured[0].product.median > 0.0 && measured[0].floor.median > 0.0);
        let rows = store::bench::rows_of_tables(site.store()).await.unwrap();
        assert!(rows["public.signal"] > 0);
        assert_eq!(site.casework().submissions_waiting(), 0, "nothing is left behind");
        site.stop().await;
    }
}
