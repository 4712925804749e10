//! T4: the same load on a service with few signals and on one with many, in turns: when both have run for a while, and right
//! after everything was written to the disk, when each page that is touched goes whole into the log.

use std::path::Path;
use std::time::Duration;

use store::bench::{checkpoint, seed::seed};

use super::{Failure, Measured, Plan, Site, SitePartner};
use crate::bench::http_load::{self, Until};
use crate::bench::signals::{BEFORE, KNOWN_EACH, Signals, Suite};
use crate::bench::{Series, grouped};

/// Connections of the load.
const CONNECTIONS: usize = 64;

/// How long the drivers may take for what a run leaves.
const PATIENCE: Duration = Duration::from_secs(600);

/// So many rounds' time both run before anything counts.
const WARMING: u32 = 4;

/// How many signals, where nobody says otherwise.
pub(super) const SIZES: &[u64] = &[10_000, 1_000_000, 10_000_000];
const SMALL_SIZES: &[u64] = &[100, 1_000];

/// A service with so many signals, and who gives it more.
struct Filled {
    site: Site,
    partners: Vec<SitePartner>,
    signals: Option<Signals>,
}

/// Measures it: `sizes` are the numbers of signals, the first what the others are compared with, each in a service of its
/// own in this directory.
///
/// # Errors
/// [`Failure`].
pub(super) async fn run(
    dir: &Path,
    plan: &Plan,
    sizes: &[u64],
    tell: &dyn Fn(&str),
) -> Result<Vec<Measured>, Failure> {
    let sizes = if plan.quick { SMALL_SIZES } else { sizes };
    let Some((few, more)) = sizes.split_first() else {
        return Ok(Vec::new());
    };
    let mut measured = Vec::new();
    let mut small = Filled::with(dir, *few, tell).await?;
    for many in more {
        let mut large = match Filled::with(dir, *many, tell).await {
            Ok(large) => large,
            Err(error) => {
                small.site.stop().await;
                return Err(error);
            }
        };
        let compared = compare(&mut small, &mut large, plan, *few, *many).await;
        large.site.stop().await;
        match compared {
            Ok(lines) => measured.extend(lines),
            Err(error) => {
                small.site.stop().await;
                return Err(error);
            }
        }
    }
    small.site.stop().await;
    Ok(measured)
}

async fn compare(
    small: &mut Filled,
    large: &mut Filled,
    plan: &Plan,
    few: u64,
    many: u64,
) -> Result<Vec<Measured>, Failure> {
    let mut measured = Vec::new();
    for (checkpointed, state) in [(false, "steady"), (true, "right after a checkpoint")] {
        let (mut of_few, mut of_many) = (Series::new("few"), Series::new("many"));
        let (mut cpu_of_few, mut cpu_of_many) = (Series::new("few"), Series::new("many"));
        if !checkpointed {
            for filled in [&mut *small, &mut *large] {
                for _ in 0..WARMING {
                    filled.run(plan).await?;
                }
            }
        }
        for round in 0..plan.rounds {
            for turn in 0..2 {
                let (filled, rates, cpu) = match (round + turn) % 2 {
                    0 => (&mut *small, &mut of_few, &mut cpu_of_few),
                    _ => (&mut *large, &mut of_many, &mut cpu_of_many),
                };
                if checkpointed {
                    checkpoint(filled.site.store()).await?;
                }
                let (given, took, spent) = filled.run(plan).await?;
                rates.add(given, took);
                cpu.add(given, spent);
            }
        }
        measured.push(Measured {
            target: "T4",
            what: format!("signals at {}, {state}", grouped(many)),
            unit: "signals/s",
            product: of_many.rate(),
            floor: of_few.rate(),
            ratio: of_many.ratio_to(&of_few),
            also: vec![
                ("compared with the same at".to_owned(), grouped(few)),
                (
                    "the same by processor time".to_owned(),
                    format!("{:.2}", cpu_of_many.ratio_to(&cpu_of_few).median),
                ),
            ],
        });
    }
    Ok(measured)
}

impl Filled {
    async fn with(dir: &Path, signals: u64, tell: &dyn Fn(&str)) -> Result<Self, Failure> {
        let site = Site::start(dir, &format!("filled-{signals}")).await?;
        match Self::fill(&site, signals, tell).await {
            Ok((partners, given)) => Ok(Self {
                site,
                partners,
                signals: Some(given),
            }),
            Err(error) => {
                site.stop().await;
                Err(error)
            }
        }
    }

    async fn fill(
        site: &Site,
        signals: u64,
        tell: &dyn Fn(&str),
    ) -> Result<(Vec<SitePartner>, Signals), Failure> {
        let partners = site.partners("growth", 4).await?;
        let load = Signals::of(site, &partners, Suite::Ready);
        // As many as it takes for a match: what is copied.
        let first = Until::Sent(BEFORE + 2 * KNOWN_EACH);
        let (answers, load) = http_load::run(site.address(), 8, first, load).await?;
        answers.only(&[201])?;
        site.settle(PATIENCE).await?;
        let told = |children: u64| {
            if children.is_multiple_of(400_000) {
                tell(&format!(
                    "{} children for {} signals",
                    grouped(children),
                    grouped(signals)
                ));
            }
        };
        seed(site.store(), signals, told).await?;
        Ok((partners, load))
    }

    /// One run of the load; gives how many signals were given, how long it took, and what processors spent until all of it
    /// was worked off.
    async fn run(&mut self, plan: &Plan) -> Result<(u32, Duration, Duration), Failure> {
        let site = &self.site;
        for partner in &mut self.partners {
            site.let_in(partner).await?;
        }
        let mut signals = self
            .signals
            .take()
            .ok_or(Failure::Unexpected("an earlier run failed"))?;
        signals.let_in(&self.partners);
        let until = match plan.quick {
            true => Until::Sent(100),
            false => Until::Passed(Duration::from_secs(u64::from(plan.seconds))),
        };
        let spent = site.processor_time()?;
        let (answers, signals) = http_load::run(site.address(), CONNECTIONS, until, signals).await?;
        answers.only(&[201])?;
        self.signals = Some(signals);
        site.settle(PATIENCE).await?;
        let spent = site.processor_time()?.since(spent).all();
        let given = u32::try_from(answers.count(201)).unwrap_or(u32::MAX);
        Ok((given, answers.lasted, spent))
    }
}

#[cfg(test)]
mod tests {
    use store::bench::rows_of_tables;

    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_service_is_filled_as_it_would_have_filled_itself_and_goes_on() {
        let directory = tempfile::tempdir().unwrap();
        let plan = Plan {
            rounds: 1,
            seconds: 1,
            quick: true,
        };
        let mut filled = Filled::with(directory.path(), 1_000, &|_| ()).await.unwrap();
        let rows = rows_of_tables(filled.site.store()).await.unwrap();
        let of = |table: &str| rows[&format!("public.{table}")];
        let before = BEFORE + 2 * KNOWN_EACH;
        assert_eq!(of("signal"), before + 1_000);
        assert_eq!(of("disclosure_watch"), of("signal"));
        assert_eq!(of("subject"), of("subject_tag"));
        assert_eq!(of("subject"), before - of("match_case") + 200 + 800);
        assert_eq!(of("match_party"), 2 * of("match_case"));
        assert_eq!(of("notice"), 2 * of("match_case"));
        assert_eq!(of("follow_up"), of("match_case"));
        let (given, ..) = filled.run(&plan).await.unwrap();
        assert_eq!(given, 100, "all were new");
        filled.site.stop().await;
    }
}
