//! T12: a log of a million entries, taken home by a supervisor and verified there; and how fast the export leaves the
//! service.
//!
//! The entries are those of signals, with what stands behind them, written as the service writes them but without the
//! signals; the sequencer orders and signs them. `verify-audit-log` runs as a program of its own, whose memory is told by
//! Linux. Where it does not lie beside this program its library does the work here, and the memory is not told.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use audit_log::policy::Policy;
use audit_log::verify::{Verdict, Verification};
use casework::NewParty;
use client::{Settings, Supervisor};
use domain::actor::OrganisationKind;
use domain::event::Event;
use domain::signal::SignalState;
use protocol::audit::{AuditExportSubmission, ExportFrom};

use super::super::processor::resident;
use super::super::site::{Site, party};
use super::{Failure, Measured, Plan};
use crate::demo::download;
use crate::environment::{Machine, now, random, stopwatch};
use crate::files;
use crate::key_files::{PRIVATE_KEY, client_keys};

/// So many entries are written in one transaction.
const AT_ONCE: u32 = 2_000;
/// The longest that ordering them may take.
const PATIENCE: Duration = Duration::from_secs(1_800);

pub(super) async fn measure(site: &Site, plan: &Plan) -> Result<Vec<Measured>, Failure> {
    let entries = plan.choose(1_000_000, 2_000);
    let partner = site.partner("school").await?;
    for _ in 0..entries / AT_ONCE {
        let events: Vec<Event> = (0..AT_ONCE).map(|_| event(partner.organisation.0)).collect();
        store::bench::record(site.store(), events).await?;
    }
    site.settle(PATIENCE).await?;

    let supervisor = supervisor(site).await?;
    let bundle = site.directory().path().join("export.tar");
    let wanted = AuditExportSubmission {
        from: Some(ExportFrom::Start),
        scope: None,
    };
    let began = stopwatch();
    let export = supervisor.request_export(&wanted, None).await?;
    let bytes = download(&supervisor, export.id, &bundle).await?;
    let exporting = (stopwatch() - began).as_secs_f64();

    let (mut seconds, mut most) = (Vec::new(), Vec::new());
    for _ in 0..plan.choose(plan.rounds.min(5), 1) {
        let verified = verify(&bundle, &site.directory().audit_policy()).await?;
        seconds.push(verified.seconds);
        most.extend(verified.mebibytes);
    }
    let exported = [f64::from(entries) / exporting];
    let mut measured = vec![
        Measured::alone("T12", "verifying 1,000,000 log entries", "s", &seconds)
            .telling("entries and bytes of the export", format!("{entries}, {bytes}")),
        Measured::alone(
            "export",
            "entries from request to the last byte",
            "entries/s",
            &exported,
        )
        .telling("bytes per second", format!("{:.0}", bytes as f64 / exporting)),
    ];
    if !most.is_empty() {
        let memory = Measured::alone("T12", "most memory while verifying them", "MiB", &most);
        measured.insert(1, memory);
    }
    Ok(measured)
}

/// A signal that was given, as far as the log knows.
fn event(organisation: [u8; 16]) -> Event {
    Event::SignalSubmitted {
        signal: u128::from_be_bytes(random()),
        organisation,
        to: SignalState::Active,
        delegate: None,
        expires_at: now() + jiff::SignedDuration::from_hours(180 * 24),
        tell_before: None,
        client: "cl_meting".to_owned(),
        professional_reference: "ref-1".to_owned(),
    }
}

async fn supervisor(site: &Site) -> Result<Supervisor, Failure> {
    let dir = site.directory().path().join("supervisor");
    let keys = client_keys(&dir, false)?;
    let registered = site
        .casework()
        .register(NewParty {
            kind: OrganisationKind::Supervisor,
            sector: None,
            roles: BTreeSet::new(),
            ..party("supervisor", keys.client.into())
        })
        .await?;
    let settings = Settings {
        api_url: site.base().to_owned(),
        token_url: format!("{}/oauth/token", site.base()),
        client_id: registered.client,
        private_key_pem: files::read(&dir.join(PRIVATE_KEY))?,
        consent_keys: None,
        min_suite: 1,
        keyholder: None,
    };
    Ok(Supervisor::connect(settings, Machine)?)
}

struct Verified {
    seconds: f64,
    mebibytes: Option<f64>,
}

async fn verify(bundle: &Path, policy: &Path) -> Result<Verified, Failure> {
    match verifier() {
        Some(program) => with_program(program, bundle, policy).await,
        None => {
            let (bundle, policy) = (bundle.to_owned(), policy.to_owned());
            let here = tokio::task::spawn_blocking(move || in_this_program(&bundle, &policy));
            here.await
                .map_err(|_| Failure::Unexpected("the verifier ended in the middle"))?
        }
    }
}

/// The verifier beside this program.
fn verifier() -> Option<PathBuf> {
    let beside = std::env::current_exe().ok()?.with_file_name("verify-audit-log");
    beside.is_file().then_some(beside)
}

async fn with_program(program: PathBuf, bundle: &Path, policy: &Path) -> Result<Verified, Failure> {
    let failed = || Failure::machine("verify-audit-log cannot be run");
    let began = stopwatch();
    let mut child = tokio::process::Command::new(program)
        .arg(bundle)
        .arg("--policy")
        .arg(policy)
        .stdout(std::process::Stdio::null())
        .spawn()
        .map_err(failed())?;
    let id = child.id().unwrap_or_default();
    // The most so far is looked at until it ends: what it grows by in the last hundredth is not seen.
    let mut most = 0;
    let ended = loop {
        most = resident(id).map_or(most, |(so_far, _)| so_far.max(most));
        let soon = tokio::time::timeout(Duration::from_millis(10), child.wait()).await;
        if let Ok(ended) = soon {
            break ended.map_err(failed())?;
        }
    };
    match ended.success() {
        true => Ok(Verified {
            seconds: (stopwatch() - began).as_secs_f64(),
            mebibytes: Some(most as f64 / 1024.0),
        }),
        false => Err(Failure::Unexpected("the verifier does not find the log in order")),
    }
}

fn in_this_program(bundle: &Path, policy: &Path) -> Result<Verified, Failure> {
    let failed = || Failure::machine("the export cannot be read");
    let policy = std::fs::read(policy).map_err(failed())?;
    let policy = Policy::parse(&policy).map_err(|_| Failure::Unexpected("the policy cannot be read"))?;
    let mut bundle = File::open(bundle).map_err(failed())?;
    let began = stopwatch();
    let report = Verification::new(&policy).run(&mut bundle).map_err(failed())?;
    match report.verdict() {
        Verdict::Good => Ok(Verified {
            seconds: (stopwatch() - began).as_secs_f64(),
            mebibytes: None,
        }),
        _ => Err(Failure::Unexpected("the verifier does not find the log in order")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_log_is_written_exported_and_found_in_order() {
        let directory = tempfile::tempdir().unwrap();
        let plan = Plan {
            rounds: 1,
            seconds: 1,
            quick: true,
        };
        let site = Site::start(directory.path(), "audit-log").await.unwrap();
        let measured = measure(&site, &plan).await.unwrap();
        site.stop().await;
        assert!(measured[0].reached().is_some());
        let told = &measured[0].also[0].1;
        assert!(told.starts_with("2000, "), "{told}");
    }
}
