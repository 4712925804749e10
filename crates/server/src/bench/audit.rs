//! What the audit log costs: submissions with everything, without receipts, and without leaves, in turns; and how long
//! after an act its leaf is published.
//!
//! Each call is a number of submissions by several at once, straight to the acts: no HTTP, so that nothing hides the
//! difference. The service is whole: its own PostgreSQL with fsync, all drivers, an anchor on the disk.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use casework::{Caller, Casework, NewParty, Once};
use domain::actor::{OrganisationKind, Sector};
use identifiers::{NetworkSecret, key_check};
use serde::Serialize;
use serde_json::json;
use store::without_audit::{Audit, choose};
use store::{Context, Log, StoreError, Tx, Work};

use super::{Series, Spread};
use crate::application::Application;
use crate::config::Config;
use crate::data_directory::{DataDirectory, FIRST_EPOCH, Plan, seed};
use crate::environment;

const COVENANT: &str = "name = \"Meting\"\nmunicipality = \"gemeente Voorbeeldstad\"\n\
                        signals_per_hour = 1000000\n[grounds]\n\
                        school-absence = \"De jeugdige verzuimt van school\"\n";

/// In this time everything is published that was submitted.
const SETTLING: Duration = Duration::from_millis(700);

/// What was measured.
#[derive(Debug, Serialize)]
pub struct Report {
    /// How many rounds counted.
    pub rounds: u32,
    /// Submissions in one call.
    pub submissions: u32,
    /// Submitters at once.
    pub submitters: u32,
    /// Submissions per second: everything, without receipts, without leaves.
    pub per_second: [Spread; 3],
    /// With the log, over without.
    pub with_over_without: Spread,
    /// With leaves and without receipts, over without.
    pub leaves_over_without: Spread,
    /// The same for each second that processors spent, in this program and its database, until all was published: what is
    /// left when others use the machine too.
    pub per_cpu_second: [Spread; 3],
    /// With the log, over without.
    pub with_over_without_of_cpu: Spread,
    /// With leaves and without receipts, over without.
    pub leaves_over_without_of_cpu: Spread,
    /// Seconds from act to published checkpoint: half of the leaves, 99 in 100, the last.
    pub publication_seconds: [f64; 3],
    /// How many leaves that is.
    pub leaves: u64,
}

/// Runs it on a new service in this directory.
///
/// # Errors
/// In one line, what cannot be set up or answered.
pub async fn run(dir: &Path, rounds: u32, submissions: u32, submitters: u32) -> Result<Report, String> {
    let directory = DataDirectory::at(dir).map_err(|error| error.to_string())?;
    directory
        .make(&Plan {
            covenant: COVENANT.to_owned(),
            ..Plan::for_tests()
        })
        .map_err(|error| error.to_string())?;
    let config = Config::load_file(&directory.settings()).map_err(|error| error.to_string())?;
    let application = Application::build(&config)
        .await
        .map_err(|error| error.to_string())?;
    let outcome = measure(&application, dir, &directory, rounds, submissions, submitters).await;
    application.stop_after(Duration::ZERO).await;
    outcome
}

async fn measure(
    application: &Application,
    dir: &Path,
    directory: &DataDirectory,
    rounds: u32,
    submissions: u32,
    submitters: u32,
) -> Result<Report, String> {
    let casework = application.casework().clone();
    casework
        .apply_covenant(COVENANT)
        .await
        .map_err(|error| error.to_string())?;
    let party = NewParty {
        covenant: "Meting".to_owned(),
        name: "Basisschool De Meting".to_owned(),
        kind: OrganisationKind::Partner,
        sector: Some(Sector::Education),
        roles: BTreeSet::new(),
        sealing_key: None,
        client_key: ed25519_dalek::SigningKey::from_bytes(&environment::random())
            .verifying_key()
            .to_bytes()
            .into(),
    };
    let registered = casework
        .register(party)
        .await
        .map_err(|error| error.to_string())?;
    let access = casework
        .client(&registered.client)
        .await
        .map_err(|error| error.to_string())?;
    let caller = access.ok_or("the client is not known")?;
    let secret = seed(&directory.network_key()).map_err(|error| error.to_string())?;
    let check = key_check(&NetworkSecret::from_bytes(*secret), FIRST_EPOCH);
    let load = Arc::new(Load {
        casework: casework.clone(),
        caller,
        key_check: protocol::text::encode(check.as_bytes()),
        failed: AtomicU32::new(0),
    });

    let modes = [Audit::Whole, Audit::WithoutReceipts, Audit::None];
    let mut rates = [(); 3].map(|()| Series::new(""));
    let mut cpu = [(); 3].map(|()| Series::new(""));
    let server = postmaster(dir)?;
    for round in 0..=rounds as usize {
        for turn in 0..modes.len() {
            let at = (round + turn) % modes.len();
            choose(application.store(), modes[at])
                .await
                .map_err(|error| error.to_string())?;
            let (used, began) = (cpu_time(server)?, environment::stopwatch());
            load.submit(submissions, submitters).await;
            let took = environment::stopwatch() - began;
            // What is left of it to be ordered, signed and published belongs to it.
            tokio::time::sleep(SETTLING).await;
            let used = cpu_time(server)?.saturating_sub(used);
            if round > 0 {
                rates[at].add(submissions, took);
                cpu[at].add(submissions, used);
            }
        }
    }
    choose(application.store(), Audit::Whole)
        .await
        .map_err(|error| error.to_string())?;
    if load.failed.load(Ordering::Relaxed) > 0 {
        return Err(format!(
            "{} submissions failed",
            load.failed.load(Ordering::Relaxed)
        ));
    }
    let (publication_seconds, leaves) = application
        .store()
        .run(Context::Service, Delays)
        .await
        .map_err(|error| error.to_string())?;
    Ok(Report {
        rounds,
        submissions,
        submitters,
        per_second: rates.each_ref().map(Series::rate),
        with_over_without: rates[0].ratio_to(&rates[2]),
        leaves_over_without: rates[1].ratio_to(&rates[2]),
        per_cpu_second: cpu.each_ref().map(Series::rate),
        with_over_without_of_cpu: cpu[0].ratio_to(&cpu[2]),
        leaves_over_without_of_cpu: cpu[1].ratio_to(&cpu[2]),
        publication_seconds,
        leaves,
    })
}

/// Whoever submits.
struct Load {
    casework: Casework,
    caller: Caller,
    key_check: String,
    failed: AtomicU32,
}

impl Load {
    /// Submits so many signals about new children, so many at a time.
    async fn submit(self: &Arc<Self>, submissions: u32, submitters: u32) {
        let left = Arc::new(AtomicU32::new(submissions));
        let submitter = || {
            let (load, left) = (Arc::clone(self), Arc::clone(&left));
            tokio::spawn(async move {
                let one_less = |n: u32| n.checked_sub(1);
                while left
                    .fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less)
                    .is_ok()
                {
                    if load.submit_one().await.is_err() {
                        load.failed.fetch_add(1, Ordering::Relaxed);
                    }
                }
            })
        };
        let tasks: Vec<_> = (0..submitters).map(|_| submitter()).collect();
        for task in tasks {
            if task.await.is_err() {
                self.failed.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    async fn submit_one(&self) -> Result<(), String> {
        let body = json!({
            "tokens": [{
                "suite": 1, "netEpoch": FIRST_EPOCH, "kind": "bsn", "keyCheck": self.key_check,
                "token": protocol::text::encode(environment::random::<32>()),
            }],
            "professional": {"reference": "ref-1", "email": "ib@wilg.example"},
            "plannedEnd": plus_days(180), "destroyBy": "2040-05", "ground": "school-absence",
        });
        let body = serde_json::from_value(body).map_err(|error| error.to_string())?;
        let once = Once {
            key: protocol::IdempotencyKey::from_random(environment::random()),
            fingerprint: environment::random(),
        };
        let answer = self.casework.submit_signal(&self.caller, once, body).await;
        answer.map(drop).map_err(|error| error.to_string())
    }
}

/// The process of the database's server.
fn postmaster(dir: &Path) -> Result<u32, String> {
    let file = dir.join("postgres/data/postmaster.pid");
    let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let pid = text.lines().next().and_then(|line| line.trim().parse().ok());
    pid.ok_or_else(|| format!("{}: no process", file.display()))
}

/// What processors have spent so far on this program and on the server's processes, as Linux counts it.
fn cpu_time(server: u32) -> Result<Duration, String> {
    let mut ticks = 0;
    let processes = fs::read_dir("/proc").map_err(|error| error.to_string())?;
    for process in processes.flatten() {
        // Processes that end meanwhile are none.
        let Ok(stat) = fs::read_to_string(process.path().join("stat")) else {
            continue;
        };
        let Some((pid, rest)) = stat.split_once(" (") else {
            continue;
        };
        let Some((_, fields)) = rest.rsplit_once(") ") else {
            continue;
        };
        let fields: Vec<&str> = fields.split(' ').collect();
        // proc_pid_stat(5): the parent is the fourth field, times in user and system the 14th and 15th, in hundredths.
        let number = |place: usize| fields.get(place - 3).and_then(|field| field.parse::<u64>().ok());
        let own = pid.parse() == Ok(std::process::id());
        if own || number(4) == Some(u64::from(server)) {
            ticks += number(14).unwrap_or(0) + number(15).unwrap_or(0);
        }
    }
    Ok(Duration::from_millis(10 * ticks))
}

/// A day so many days from now.
fn plus_days(days: i64) -> String {
    let then = environment::now() + jiff::SignedDuration::from_hours(days * 24);
    then.strftime("%Y-%m-%d").to_string()
}

struct Delays;

impl Work for Delays {
    const NAME: &'static str = "publication_delays";
    type Role = Log;
    type Output = ([f64; 3], u64);
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Log>) -> Result<Self::Output, StoreError> {
        tx.publication_delays().await
    }
}
