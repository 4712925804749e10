//! `trefpunt doctor`: is everything as it should be? One line for each thing, also for the good ones.

mod connections;
mod log;
mod login;
mod outward;
mod portal_key;

use std::path::Path;
use std::sync::Arc;

use clap::Args;
use client::keyholder::{DEADLINE, Evaluations};
use jiff::{SignedDuration, Timestamp};
use protocol::key_epochs::KeyEpochs;
use serde::Serialize;
use store::{Context, Log, Matcher, Owner, Store, StoreError, Submit, Tx, Work};

use super::{ConfigFile, Exit, Failure};
use crate::config::{Config, Database, Keyholder, Process};
use crate::database::{OpenDatabase, chain, explain, knows, network};
use crate::environment::Machine;
use crate::{environment, out};

/// The clocks of program and database may differ by so much. Time is the database's; the program's decides about
/// tokens, and partners' assertions live 60 s.
const MOST_SKEW: SignedDuration = SignedDuration::from_secs(5);

/// Below this the disk is as good as full, in bytes.
const LEAST_DISK_BYTES: u64 = 1024 * 1024 * 1024;

/// Checks the installation.
#[derive(Debug, Args)]
pub(super) struct Doctor {
    #[command(flatten)]
    config: ConfigFile,
    /// Looks at what this process needs, as `serve --only`, or at what `trefpunt work` needs.
    #[arg(long, value_name = "portal|api|work")]
    only: Option<Part>,
    /// One JSON array in place of lines.
    #[arg(long)]
    json: bool,
}

/// A process that is not the whole service.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Part {
    /// `serve --only portal`
    Portal,
    /// `serve --only api`
    Api,
    /// `work`
    Work,
}

impl Part {
    fn process(self) -> Process {
        match self {
            Self::Portal => Process::Portal,
            Self::Api => Process::Api,
            Self::Work => Process::Work,
        }
    }
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    good: bool,
    detail: String,
}

/// What was found.
#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn good(&mut self, check: &'static str, detail: impl Into<String>) {
        self.0.push(Finding {
            check,
            good: true,
            detail: detail.into(),
        });
    }

    fn wrong(&mut self, check: &'static str, detail: impl Into<String>) {
        self.0.push(Finding {
            check,
            good: false,
            detail: detail.into(),
        });
    }

    fn add(&mut self, check: &'static str, found: Result<String, String>) {
        match found {
            Ok(detail) => self.good(check, detail),
            Err(detail) => self.wrong(check, detail),
        }
    }
}

impl Doctor {
    pub(super) async fn run(&self) -> Result<(), Failure> {
        let mut findings = Findings::default();
        let process = self.only.map_or(Process::Whole, Part::process);
        match Config::load(&self.config.config, process) {
            Ok(config) => examine(&config, process, &mut findings).await,
            Err(error) => error
                .faults
                .iter()
                .for_each(|fault| findings.wrong("settings", fault.to_string())),
        }
        if self.json {
            out::json(&findings.0);
        } else {
            for finding in &findings.0 {
                let mark = if finding.good { "ok   " } else { "WRONG" };
                out::line(format_args!("{mark} {}: {}", finding.check, finding.detail));
            }
        }
        match findings.0.iter().filter(|finding| !finding.good).count() {
            0 => Ok(()),
            wrong => Err(Failure::new(
                Exit::NotReady,
                format_args!("{wrong} of {} are wrong", findings.0.len()),
            )),
        }
    }
}

async fn examine(config: &Config, process: Process, findings: &mut Findings) {
    findings.good("settings", "can be used");
    if config.warnings.is_empty() {
        findings.good("secrets", "only their owner can read them");
    }
    for warning in &config.warnings {
        findings.wrong("secrets", warning);
    }
    outward::examine(config, environment::now(), findings);
    if let Some(oidc) = &config.oidc {
        findings.add("log-in", login::of(config, oidc).await);
    }
    if let Database::Private { data_dir, .. } = &config.database {
        findings.add("disk", disk(data_dir));
    }
    match OpenDatabase::open_beside(config).await {
        Ok(database) => {
            let beside = if database.is_joined() {
                "reachable, beside the running service"
            } else {
                "reachable"
            };
            database_of(config, process, (&database, beside), findings).await;
            database.close().await;
        }
        Err(error) => findings.wrong("database", error.line()),
    }
}

async fn database_of(
    config: &Config,
    process: Process,
    (database, beside): (&OpenDatabase, &str),
    findings: &mut Findings,
) {
    let store = database.store();
    match database.is_current().await {
        Ok(true) => {
            findings.good("database", beside);
            findings.good("schema", "current");
        }
        Ok(false) => {
            findings.good("database", beside);
            findings.wrong("schema", "not the one of this program: run `trefpunt migrate`");
            return;
        }
        Err(error) => {
            findings.wrong("database", error.line());
            return;
        }
    }
    findings.add("roles", roles(store).await);
    findings.add("connections", connections::of(store).await);
    findings.add("clock", clock(config, store).await);
    findings.add("network key", key_check(config, store).await);
    findings.add("covenants", covenants(store).await);
    findings.add("portal key", portal_key::of(config, store).await);
    if let Some(keyholder) = &config.keyholder {
        keyholder_of(keyholder, store, findings).await;
        findings.add("ended consents", portal_key::waiting(store).await);
    }
    // The log is kept by the process that serves partners, with a key that the portal has not.
    if process.serves_partners() {
        log::examine(config, store, findings).await;
    }
}

fn disk(data_dir: &Path) -> Result<String, String> {
    // The directory may not be there yet; the disk is that of the nearest one above it.
    let existing = data_dir
        .ancestors()
        .find(|dir| dir.exists())
        .unwrap_or(Path::new("/"));
    let disk = rustix::fs::statvfs(existing).map_err(|error| error.to_string())?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let detail = format!("{} MiB free for {}", free / 1024 / 1024, data_dir.display());
    if free < LEAST_DISK_BYTES {
        Err(detail)
    } else {
        Ok(detail)
    }
}

async fn roles(store: &Store) -> Result<String, String> {
    let mut missing = Vec::new();
    let mut note = |role: &str, outcome: Result<(), StoreError>| {
        if let Err(error) = outcome {
            missing.push(format!("{role}: {}", explain(&error)));
        }
    };
    note("tp_party", network(store).await.map(drop));
    note("tp_submit", store.run(Context::Service, ReadAsSubmit).await);
    note("tp_matcher", store.run(Context::Service, ReadAsMatcher).await);
    note("tp_log", store.run(Context::Service, ReadHead).await);
    if missing.is_empty() {
        Ok("tp_party, tp_submit, tp_matcher and tp_log can do their work".to_owned())
    } else {
        Err(missing.join("; "))
    }
}

async fn clock(config: &Config, store: &Store) -> Result<String, String> {
    let before = environment::now();
    let there = store
        .run(Context::Service, ReadClock)
        .await
        .map_err(|error| explain(&error))?;
    let after = environment::now();
    let skew = if there < before {
        before.duration_since(there)
    } else if there > after {
        there.duration_since(after)
    } else {
        SignedDuration::ZERO
    };
    let detail = format!("program and database differ by {} s", skew.as_secs());
    // The clock of a sandbox is moved on purpose.
    let may_differ = config.network.kind == "sandbox";
    if skew > MOST_SKEW && !may_differ {
        Err(detail)
    } else {
        Ok(detail)
    }
}

async fn key_check(config: &Config, store: &Store) -> Result<String, String> {
    let known = knows(store, &config.network).await;
    let known = known.map_err(|error| explain(&error))?;
    match network(store).await.map_err(|error| explain(&error))? {
        None => Err("the network was not set up: run `trefpunt migrate`".to_owned()),
        Some(_) if known => Ok(format!(
            "epoch {} and its key-check value are those of the settings",
            config.network.keys.net_epoch
        )),
        Some(_) => Err(
            "the network is of another kind, or has no epoch with this number and key-check value: put the settings right"
                .to_owned(),
        ),
    }
}

/// Each names a municipality and a follow-up officer, who do not exist before they are registered.
async fn covenants(store: &Store) -> Result<String, String> {
    let rows = store
        .run(Context::Service, ReadCovenants)
        .await
        .map_err(|error| explain(&error))?;
    let missing: Vec<&str> = rows
        .iter()
        .filter(|row| row.offices.municipality.is_none() || row.offices.follow_up_officer.is_none())
        .map(|row| row.name.as_str())
        .collect();
    if missing.is_empty() {
        Ok(format!("{}; their municipalities are registered", rows.len()))
    } else {
        Err(format!(
            "{}: a municipality that the settings name is not registered: `trefpunt organisation add --municipality`",
            missing.join(", ")
        ))
    }
}

/// Reached, its list verified with the pinned key, its live epoch the network's, and the gateway let in.
async fn keyholder_of(keyholder: &Keyholder, store: &Store, findings: &mut Findings) {
    let list = match list_of(keyholder).await {
        Ok(list) => list,
        Err(detail) => return findings.wrong("keyholder", detail),
    };
    let (live, _) = list.live();
    findings.good(
        "keyholder",
        format!(
            "{} at {}: its epoch list holds against the pinned key, epoch {live} is live",
            list.keyholder(),
            keyholder.url
        ),
    );
    findings.add(
        "keyholder epoch",
        match network(store).await {
            Err(error) => Err(explain(&error)),
            Ok(None) => Err("the network was not set up: run `trefpunt migrate`".to_owned()),
            Ok(Some(keys)) => match keys.oprf_epoch {
                Some(epoch) if epoch == live => Ok(format!("tags hang on epoch {epoch}, the live one")),
                Some(epoch) => Err(format!(
                    "tags hang on epoch {epoch}, the keyholder's live one is {live}: finish the rotation \
                     (`trefpunt keys status`)"
                )),
                None => Err(
                    "tags are keyed hashes still: move them with `trefpunt keys rotate --to-suite 2`"
                        .to_owned(),
                ),
            },
        },
    );
    let token = client::access_token(
        client::Settings {
            api_url: keyholder.url.clone(),
            token_url: keyholder.token_url(),
            client_id: keyholder.client_id.clone(),
            private_key_pem: keyholder.private_key_pem.clone(),
            consent_keys: None,
            keyholder: None,
            min_suite: 1,
        },
        Machine,
    );
    findings.add(
        "keyholder client",
        match token.await {
            Ok(_) => Ok(format!("{} is let in", keyholder.client_id)),
            Err(error) => Err(format!(
                "{}: {}: is it registered there, with the key in keys/gateway.pem?",
                keyholder.client_id,
                chain(&error)
            )),
        },
    );
}

async fn list_of(keyholder: &Keyholder) -> Result<KeyEpochs, String> {
    let evaluations = Evaluations::connect(
        &keyholder.settings(DEADLINE),
        &keyholder.client_id,
        &keyholder.private_key_pem,
        Arc::new(Machine),
    );
    let evaluations = evaluations.map_err(|error| chain(&error))?;
    let signed = evaluations
        .key_epochs()
        .await
        .map_err(|error| format!("{}: {}", keyholder.url, chain(&error)))?;
    KeyEpochs::verify(&signed, &keyholder.signing_key)
        .map_err(|error| format!("{}: {error}: is `signing_key` the right one?", keyholder.url))
}

/// A look at the database in one role.
macro_rules! look {
    ($name:ident, $role:ident, $label:literal, $output:ty, |$tx:ident| $body:expr) => {
        struct $name;

        impl Work for $name {
            const NAME: &'static str = $label;
            type Role = $role;
            type Output = $output;
            type Error = StoreError;

            async fn run(&self, $tx: &Tx<'_, $role>) -> Result<$output, StoreError> {
                $body
            }
        }
    };
}

look!(ReadAsSubmit, Submit, "doctor_submit", (), |tx| tx
    .covenants()
    .await
    .map(drop));
look!(ReadAsMatcher, Matcher, "doctor_matcher", (), |tx| tx
    .covenants()
    .await
    .map(drop));
look!(
    ReadCovenants,
    Owner,
    "doctor_covenants",
    Vec<store::CovenantRow>,
    |tx| tx.covenants().await
);
look!(ReadClock, Owner, "doctor_clock", Timestamp, |tx| Ok(tx.now()));
look!(ReadHead, Log, "doctor_log", (), |tx| tx.head().await.map(drop));
