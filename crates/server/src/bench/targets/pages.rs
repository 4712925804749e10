//! The family's first page against the same page as a constant ([`crate::bench::portal`] measures it).

use std::path::Path;

use super::{Failure, Measured, Plan};
use crate::bench::portal;

pub(super) async fn run(dir: &Path, plan: &Plan) -> Result<Vec<Measured>, Failure> {
    let report = portal::run(&dir.join("pages"), plan.choose(51, 1)).await?;
    Ok(vec![Measured {
        target: "pages",
        what: "p95 of the first byte of the portal's first page".to_owned(),
        unit: "ms",
        product: report.portal,
        floor: report.constant,
        ratio: report.ratio,
        also: vec![(
            "bytes until it stands, with all that it loads".to_owned(),
            super::super::grouped(report.bytes as u64),
        )],
    }])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn the_page_and_its_constant_are_read() {
        let directory = tempfile::tempdir().unwrap();
        let plan = Plan {
            rounds: 1,
            seconds: 1,
            quick: true,
        };
        let measured = run(directory.path(), &plan).await.unwrap();
        assert!(measured[0].reached().is_some() && measured[0].product.median > 0.0);
    }
}
