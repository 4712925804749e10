//! T9: what a signal takes of the disk, with everything that is written because of it, and what the program takes of memory.

use std::fs;
use std::time::Duration;

use store::bench::space::space;

use super::{Failure, Measured, Plan, Site};
use crate::bench::http_load::{self, Until};
use crate::bench::signals::{Signals, Suite};

/// How long the drivers may take for what a round leaves.
const PATIENCE: Duration = Duration::from_secs(600);

const MIB: f64 = 1024.0 * 1024.0;

/// As many connections give signals at once.
const MANY: usize = 256;

/// Measures it.
///
/// # Errors
/// [`Failure`].
pub(super) async fn measure(site: &Site, plan: &Plan) -> Result<Vec<Measured>, Failure> {
    let partners = site.partners("space", 4).await?;
    site.settle(PATIENCE).await?;
    let mut memory = [vec![resident()?], Vec::new()];
    let count = if plan.quick { 600 } else { 40_000 };
    let mut signals = Signals::of(site, &partners, Suite::Ready);
    let (mut disk, mut columns) = (Vec::new(), Vec::new());
    for _ in 0..plan.rounds {
        let before = space(site.store()).await?;
        let (answers, given) = http_load::run(site.address(), MANY, Until::Sent(count), signals).await?;
        memory[1].push(resident()?);
        answers.only(&[201])?;
        signals = given;
        site.settle(PATIENCE).await?;
        let after = space(site.store()).await?;
        let each = |after: u64, before: u64| after.saturating_sub(before) as f64 / count as f64;
        disk.push(each(after.disk, before.disk));
        columns.push(each(after.columns, before.columns));
    }
    let [idle, many] = memory;
    let within = |what, seen: &[f64]| {
        Measured::alone("T9", what, "MiB", seen).telling(
            "counted with it",
            "the keyholder and the load, which run in the same process",
        )
    };
    Ok(vec![
        Measured::against("T9", "disk per signal", "bytes", &disk, &columns)
            .telling("signals in a round", count.to_string()),
        within("resident memory, idle", &idle),
        within("resident memory, 256 connections", &many),
    ])
}

/// What of this process is resident, in MiB.
fn resident() -> Result<f64, Failure> {
    let status = fs::read_to_string("/proc/self/status").map_err(Failure::machine("/proc/self/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
    kib.map(|kib| kib * 1024.0 / MIB)
        .ok_or(Failure::Unexpected("/proc/self/status tells no resident memory"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn every_signal_takes_room_and_no_more_is_counted_than_is_there() {
        let directory = tempfile::tempdir().unwrap();
        let site = Site::start(directory.path(), "site").await.unwrap();
        let plan = Plan {
            rounds: 1,
            seconds: 1,
            quick: true,
        };
        let measured = measure(&site, &plan).await.unwrap();
        let (disk, columns) = (measured[0].product.median, measured[0].floor.median);
        assert!(columns > 500.0 && disk > columns, "{disk} for {columns}");
        assert!(measured[1..].iter().all(|memory| memory.product.median > 1.0));
        site.stop().await;
    }
}
