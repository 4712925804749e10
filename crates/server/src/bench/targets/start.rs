//! T10: how long after its database a service is ready, with a database that is set up and holds signals.
//!
//! In this program, so that loading it from the disk is left out. The time of PostgreSQL itself, which the private one
//! needs first, is told beside it.

use std::path::Path;
use std::time::Duration;

use super::super::http_load::{self, Until};
use super::super::signals::{Signals, Suite};
use super::{Failure, Measured, Plan, Site};
use crate::environment::stopwatch;

pub(super) async fn run(dir: &Path, plan: &Plan) -> Result<Vec<Measured>, Failure> {
    let mut site = Site::start(dir, "start").await?;
    let prepared = prepare(&site, plan).await;
    let (mut ready, mut whole) = (Vec::new(), Vec::new());
    if let Err(error) = prepared {
        site.stop().await;
        return Err(error);
    }
    for _ in 0..plan.rounds {
        let began = stopwatch();
        site = site.again().await?;
        whole.push((stopwatch() - began).as_secs_f64());
        ready.push(site.ready_after().as_secs_f64());
    }
    let answered = http_load::run(site.address(), 1, Until::Sent(1), health(&site)).await;
    site.stop().await;
    answered?.0.only(&[200])?;
    let whole = super::Spread::of(whole).median;
    Ok(vec![
        Measured::alone(
            "T10",
            "from the database's readiness to the service's",
            "s",
            &ready,
        )
        .telling(
            "stopping and starting everything, PostgreSQL too",
            format!("{whole:.2} s"),
        ),
    ])
}

async fn prepare(site: &Site, plan: &Plan) -> Result<(), Failure> {
    let partners = site.partners("school", 4).await?;
    let signals = Signals::of(site, &partners, Suite::Ready);
    let until = Until::Sent(plan.choose(10_000, 50).into());
    let (answers, _) = http_load::run(site.address(), 32, until, signals).await?;
    answers.only(&[201])?;
    site.settle(Duration::from_secs(300)).await
}

fn health(site: &Site) -> impl FnMut(&mut Vec<u8>) + Send + 'static {
    let request = format!("GET /v1/health HTTP/1.1\r\nHost: {}\r\n\r\n", site.address());
    move |bytes| bytes.extend_from_slice(request.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_service_that_was_stopped_starts_again_and_is_ready() {
        let directory = tempfile::tempdir().unwrap();
        let plan = Plan {
            rounds: 1,
            seconds: 1,
            quick: true,
        };
        let measured = run(directory.path(), &plan).await.unwrap();
        assert_eq!(measured.len(), 1);
        assert!(measured[0].product.median > 0.0 && measured[0].reached().is_some());
    }
}
