//! T3: signals that come as the lines of batches, against nothing but set-based SQL that writes the same rows.
//!
//! Two partners send a batch each. It counts from the first byte until every line is worked off, matched and in the log. The floor
//! writes what that has left once more ([`store::bench::rows_again`]): all rows in their last form, a thousand signals to a
//! transaction, over two connections, into tables without foreign keys and triggers.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::time::Duration;

use protocol::batch::{BatchState, NDJSON};
use protocol::page::PageQuery;
use store::bench::rows_again::{copy_aside, moment, rows_written_again, write_parts};

use super::{Failure, Measured, Plan, Site, SitePartner};
use crate::bench::http_load::{Until, run};
use crate::bench::signals::{Signals, Suite};
use crate::environment::{random, stopwatch};

/// How the line is called.
pub(super) const WHAT: &str = "lines of two batches";

/// Signals in a transaction of the floor.
const SET: u32 = 1_000;

/// How long the drivers may take for what a round has left.
const PATIENCE: Duration = Duration::from_mins(10);
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// Measures on this site.
///
/// # Errors
/// [`Failure`].
pub(super) async fn measure(site: &Site, plan: &Plan) -> Result<Vec<Measured>, Failure> {
    let lines = plan.choose(20_000, 600);
    let mut partners = site.partners("bulk", 2).await?;
    let mut signals = Signals::of(site, &partners, Suite::Ready);
    let (mut product, mut floor, mut spent) = (Vec::new(), Vec::new(), Vec::new());
    let mut copied = BTreeMap::new();
    // The first round warms up.
    for round in 0..=plan.rounds {
        for partner in &mut partners {
            site.let_in(partner).await?;
        }
        let bodies = bodies(&mut signals, lines);
        site.settle(PATIENCE).await?;
        let since = moment(site.store()).await?;
        let (processor, began) = (site.processor_time()?, stopwatch());
        give(site, &partners, bodies, lines).await?;
        let took = stopwatch() - began;
        let processor = site.processor_time()?.since(processor);

        let parts = lines.div_ceil(SET);
        copied = copy_aside(site.store(), since, parts).await?;
        store::bench::checkpoint(site.store()).await?;
        let began = stopwatch();
        let half = |first: u32| write_parts(site.store(), (first..parts).step_by(2));
        tokio::try_join!(half(0), half(1))?;
        let floor_took = stopwatch() - began;
        if rows_written_again(site.store(), &copied).await? != copied {
            return Err(Failure::Unexpected("the floor did not write the same rows"));
        }
        if round > 0 {
            product.push(f64::from(lines) / took.as_secs_f64());
            floor.push(f64::from(lines) / floor_took.as_secs_f64());
            spent.push([processor.program, processor.database].map(|time| {
                let each = time.as_secs_f64() * 1e6 / f64::from(lines);
                each.round()
            }));
        }
    }
    let mut measured = Measured::against("T3", WHAT, "signals/s", &product, &floor);
    measured.also = copied
        .iter()
        .filter(|(_, rows)| **rows >= u64::from(lines) / 10)
        .map(|(table, rows)| (format!("rows of {table}"), rows.to_string()))
        .collect();
    let last = spent.last().copied().unwrap_or_default();
    measured.also.push((
        "processor time of a line".to_owned(),
        format!("{} us in the program, {} us in PostgreSQL", last[0], last[1]),
    ));
    Ok(vec![measured])
}

/// A batch for each of two partners, of so many lines together.
fn bodies(signals: &mut Signals, lines: u32) -> [Vec<u8>; 2] {
    let mut bodies = [Vec::new(), Vec::new()];
    let mut line = Vec::new();
    for _ in 0..lines {
        line.clear();
        let place = signals.next_body(&mut line);
        line.push(b'\n');
        bodies[place % 2].extend_from_slice(&line);
    }
    bodies
}

/// Sends them, and waits until nothing is left to be done about them.
async fn give(
    site: &Site,
    partners: &[SitePartner],
    bodies: [Vec<u8>; 2],
    lines: u32,
) -> Result<(), Failure> {
    let host = site.address().to_string();
    let mut requests: Vec<Vec<u8>> = Vec::new();
    for (partner, body) in partners.iter().zip(bodies) {
        let mut request = Vec::with_capacity(body.len() + 1024);
        // Writing into memory does not fail.
        let _ = write!(
            request,
            "POST /v1/signals/batches HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {}\r\n\
             Idempotency-Key: bulk-{}\r\nContent-Type: {NDJSON}\r\nContent-Length: {}\r\n\r\n",
            partner.access_token.as_str(),
            protocol::text::encode(random::<16>()),
            body.len()
        );
        request.extend_from_slice(&body);
        requests.push(request);
    }
    let next = move |bytes: &mut Vec<u8>| bytes.append(&mut requests.pop().unwrap_or_default());
    let (answers, _) = run(site.address(), 2, Until::Sent(2), next).await?;
    answers.only(&[202])?;
    let mut created = 0;
    for partner in partners {
        created += ended(site, partner).await?;
    }
    if created != lines {
        return Err(Failure::Seen(format!(
            "of {lines} lines {created} became a signal"
        )));
    }
    site.settle(PATIENCE).await
}

/// Waits for the newest batch of a partner; gives how many of its lines became a signal.
async fn ended(site: &Site, partner: &SitePartner) -> Result<u32, Failure> {
    let began = stopwatch();
    let newest = PageQuery {
        limit: 1,
        cursor: None,
    };
    while stopwatch() - began < PATIENCE {
        let batches = site
            .casework()
            .list_batches(&partner.caller, newest.clone())
            .await;
        let batches = batches.map_err(|_| Failure::Unexpected("batches cannot be read"))?;
        match batches.items.first() {
            Some(batch) if batch.state == BatchState::Ended => return Ok(batch.outcomes.created),
            _ => tokio::time::sleep(BETWEEN_LOOKS).await,
        }
    }
    Err(Failure::Unexpected("a batch is not worked off"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn each_line_becomes_a_signal_and_the_floor_writes_the_same_rows() {
        let directory = tempfile::tempdir().unwrap();
        let site = Site::start(directory.path(), "site").await.unwrap();
        let plan = Plan {
            rounds: 1,
            seconds: 1,
            quick: true,
        };
        let measured = measure(&site, &plan).await.unwrap();
        site.stop().await;
        let rows = |table: &str| -> u64 {
            let name = format!("rows of public.{table}");
            let (_, rows) = measured[0].also.iter().find(|(what, _)| *what == name).unwrap();
            rows.parse().unwrap()
        };
        assert_eq!(rows("signal"), 600);
        assert_eq!(rows("batch_line"), 600);
        assert!(rows("match_party") >= 200, "one in five makes a match of two");
        assert!(measured[0].ratio.median > 0.0);
    }
}
