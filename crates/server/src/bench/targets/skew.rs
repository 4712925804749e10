//! Skew: one organisation sends nine tenths of all signals. How long the others wait is held against how long they wait
//! when the same load comes evenly from ten organisations.

use std::time::Duration;

use super::{Failure, Measured, Plan, Site, SitePartner};
use crate::bench::http_load::{self, Answers, Until};
use crate::bench::signals::{Signals, Suite};

/// What is told of it.
const WHAT: &str = "p99 of who sends a tenth beside one who sends the rest";

/// Connections of all together.
const CONNECTIONS: u32 = 500;

/// Organisations, one of which is looked at.
const PARTNERS: u32 = 10;

/// How long the drivers may take for what a round leaves.
const PATIENCE: Duration = Duration::from_secs(600);

/// Measures it.
///
/// # Errors
/// [`Failure`], also when a signal is not taken.
pub(super) async fn measure(site: &Site, plan: &Plan) -> Result<Vec<Measured>, Failure> {
    let mut partners = site.partners("skew", PARTNERS).await?;
    let [mut skewed, mut even, mut slow] = [const { Vec::new() }; 3];
    for round in 0..=plan.rounds {
        for partner in &mut partners {
            site.let_in(partner).await?;
        }
        let (looked_at, rest) = partners.split_at(1);
        let (own, others) = beside(site, plan, looked_at, &rest[..1]).await?;
        let (own_even, _) = beside(site, plan, looked_at, rest).await?;
        // The first round warms up.
        if round > 0 {
            skewed.push(own.percentile(0.99));
            slow.push(others.percentile(0.99));
            even.push(own_even.percentile(0.99));
        }
    }
    let slow = super::Spread::of(slow).median;
    Ok(vec![
        Measured::against("skew", WHAT, "s", &skewed, &even)
            .telling("p99 of who sends the rest", format!("{slow:.3} s"))
            .telling(
                "connections of all together",
                plan.choose(CONNECTIONS, 20).to_string(),
            ),
    ])
}

/// One sends over a tenth of the connections, the others over the rest.
async fn beside(
    site: &Site,
    plan: &Plan,
    one: &[SitePartner],
    others: &[SitePartner],
) -> Result<(Answers, Answers), Failure> {
    let connections = plan.choose(CONNECTIONS, 20) as usize;
    let own = connections / PARTNERS as usize;
    let window = Until::Passed(Duration::from_secs(plan.seconds.into()));
    let load = |of: &[SitePartner], connections| {
        let signals = Signals::of(site, of, Suite::Ready);
        http_load::run(site.address(), connections, window, signals)
    };
    let (own, others) = tokio::join!(load(one, own), load(others, connections - own));
    let (own, others) = (own?.0, others?.0);
    own.only(&[200, 201])?;
    // Who sends nearly all may be told to try again; nobody else is.
    others.only(&[200, 201, 503])?;
    site.settle(PATIENCE).await?;
    Ok((own, others))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn all_signals_are_taken_whoever_sends_most_of_them() {
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
        assert_eq!(site.casework().submissions_waiting(), 0, "nothing is left behind");
        site.stop().await;
    }
}
