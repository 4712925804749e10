//! A supervisor takes the log home by period, with the openings that were agreed for it.

use std::collections::BTreeSet;

use audit_log::cosignature::WitnessSigner;
use audit_log::policy::Policy;
use audit_log::verify::{Verdict, Verification};
use domain::event::OpeningScope as Agreed;
use futures::future::join_all;
use protocol::audit::{AuditExportSubmission, ExportFrom, OpeningScope};
use protocol::body::FieldErrorCode;
use protocol::problem::ProblemType;
use tests::{FROM_START, Region, SINCE_LAST, Sector, child};

use crate::Met;

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_supervisor_follows_the_log_from_export_to_export() {
    let met = Met::start().await;
    let supervisor = met.region.supervisor().await;

    // The first has nothing before it, whatever is asked.
    let wanted = supervisor.client.request_export(&SINCE_LAST, None).await.unwrap();
    assert_eq!(wanted.previous, None);
    let first = supervisor.fetches(wanted.id, None).await;
    first.insist();
    assert_eq!(first.counts()["match.opened"], 1);

    // What happens meanwhile belongs to a match of the period before.
    let (_, mut guardian) = met.open().await;
    let message = met
        .childcare
        .writes(met.match_id, &met.health, "Zullen we bellen?")
        .await;
    met.health.reads(met.match_id, message).await;
    let second = supervisor.verifies_since(&first).await;
    let counts = second.counts();
    assert_eq!((counts["consent.given"], counts["content.read"]), (1, 1));
    assert!(!counts.contains_key("match.opened"), "that was before");
    assert!(second.entries.len() < first.entries.len() + counts.values().sum::<usize>());

    guardian.withdraws().await;
    let third = supervisor.verifies_since(&second).await;
    assert_eq!(third.counts()["consent.withdrawn"], 1);
    // Skipping one is noticed by nobody but the supervisor: it can always ask from the start.
    let whole = supervisor.verifies().await;
    assert_eq!(
        whole.entries.len(),
        first.entries.len() + second.entries.len() + third.entries.len() + 1
    );

    // What the columns mean, and the named reports, come along.
    for export in [&first, &second, &third, &whole] {
        assert!(export.file("columns.csv").lines().count() > 12);
        let reports: serde_json::Value = serde_json::from_str(&export.file("reports.json")).unwrap();
        assert!(reports.is_object() || reports.is_array(), "{reports}");
        assert!(export.file("reports.csv").contains(','));
        assert!(!export.file("reports.txt").is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_export_is_the_same_bytes() {
    let met = Met::start().await;
    let supervisor = met.region.supervisor().await;
    supervisor.verifies().await;
    let since = supervisor.client.request_export(&SINCE_LAST, None).await.unwrap();
    let one = supervisor.fetches(since.id, None).await;
    one.insist();
    // The log goes on, and other exports are taken.
    met.region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    supervisor.verifies().await;
    let other = supervisor.fetches(since.id, None).await;
    assert!(one.bundle == other.bundle, "the same export differs");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exports_at_once_with_acts_and_erasures_verify_each() {
    let region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let supervisor = region.supervisor().await;
    supervisor.verifies().await;
    for number in 0..12 {
        school.signals(&child(number)).await;
    }
    let acting = async {
        for number in 12..24 {
            school.signals(&child(number)).await;
        }
    };
    let erasing = async {
        let what = casework::ErasureOf::Professional {
            organisation: school.organisation,
            reference: school.reference.parse().unwrap(),
        };
        for _ in 0..4 {
            region.casework.erase(&what).await.unwrap();
        }
    };
    let exporting = join_all((0..6).map(|number| {
        let wanted = if number % 2 == 0 { FROM_START } else { SINCE_LAST };
        let supervisor = &supervisor;
        async move { supervisor.exports_as(&wanted).await }
    }));
    let (exports, ..) = tokio::join!(exporting, acting, erasing);
    for export in exports {
        export.insist();
    }
    supervisor.verifies().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_supervisor_has_the_openings_agreed_for_it_and_no_others() {
    let met = Met::start().await;
    let supervisor = met.region.supervisor().await;
    let all = supervisor.verifies().await;
    assert!(all.opened().contains("signal.submitted") && all.opened().contains("covenant.changed"));

    let agreed = Agreed {
        events: Some(set(&["signal.submitted", "client.registered"])),
        organisations: Some([met.childcare.organisation.to_string()].into()),
    };
    met.region
        .casework
        .set_audit_scope(supervisor.organisation, agreed)
        .await
        .unwrap();
    let some = supervisor.verifies().await;
    // Its own scope is always there to be read.
    assert_eq!(
        some.opened(),
        set(&["audit.exported", "client.registered", "signal.submitted"])
    );
    assert_eq!(
        some.openings.len(),
        3,
        "one signal, one client, and this export alone of the {} openings",
        all.openings.len()
    );

    // It may ask for less, and not for more.
    let ask = |scope: OpeningScope| AuditExportSubmission {
        from: Some(ExportFrom::Start),
        scope: Some(scope),
    };
    let less = ask(OpeningScope {
        events: Some(vec!["signal.submitted".parse().unwrap()]),
        organisations: None,
    });
    let less = supervisor.exports_as(&less).await;
    less.insist();
    assert_eq!(less.opened(), set(&["audit.exported", "signal.submitted"]));
    for (more, pointer) in [
        (
            OpeningScope {
                events: Some(vec!["covenant.changed".parse().unwrap()]),
                organisations: None,
            },
            "/scope/events",
        ),
        (
            OpeningScope {
                events: Some(vec!["signal.invented".parse().unwrap()]),
                organisations: None,
            },
            "/scope/events",
        ),
        (
            OpeningScope {
                events: None,
                organisations: Some(vec![met.health.organisation]),
            },
            "/scope/organisations",
        ),
    ] {
        let refused = supervisor
            .client
            .request_export(&ask(more), None)
            .await
            .unwrap_err();
        assert_eq!(refused.problem_type(), Some(ProblemType::InvalidRequest));
        let problem = refused.problem().unwrap();
        assert_eq!(problem.errors[0].pointer, pointer);
        assert_eq!(problem.errors[0].code, FieldErrorCode::NotAllowed);
    }

    let unknown = met
        .region
        .casework
        .set_audit_scope(met.childcare.organisation, Agreed::ALL)
        .await;
    assert!(matches!(unknown, Err(casework::ScopeError::NoSuchSupervisor)));
}

/// Lets a witness sign this checkpoint of the region's log, as if it had been asked.
async fn cosign(region: &Region, witness: &WitnessSigner, size: i64) {
    let note = region
        .texts(&format!("SELECT note FROM audit.checkpoint WHERE size = {size}"))
        .await
        .remove(0);
    let line = witness
        .cosign(&note, "2027-03-01T09:00:00Z".parse().unwrap())
        .unwrap();
    let sql = format!(
        "INSERT INTO audit.cosignature SELECT origin, size, '{}', '{line}', now() FROM audit.checkpoint WHERE size = {size}",
        witness.verifier()
    );
    region
        .database
        .superuser()
        .await
        .batch_execute(&sql)
        .await
        .unwrap();
}

/// A policy that insists on a witness finds its signature in an export, also when the witness was passed by at the first
/// checkpoint that would do, and when the export reaches further because something in it was erased.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_ends_at_a_checkpoint_that_witnesses_signed() {
    let region = Region::start().await;
    let supervisor = region.supervisor().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    school.signals(&child(1)).await;
    let witness = WitnessSigner::from_seed("witness.example/w1", &[5; 32]).unwrap();
    let log = tests::log_signer(tests::ORIGIN);
    let policy = Policy::text_with(&[log.verifier()], &[witness.verifier()], 1);
    let policy = Policy::parse(policy.as_bytes()).unwrap();
    let verdict = async |id| {
        let export = supervisor.fetches(id, None).await;
        let report = Verification::new(&policy).run(&mut std::io::Cursor::new(&export.bundle));
        (export.entries.len(), report.unwrap().verdict())
    };
    let newest = async || {
        region.quiet().await;
        tests::eventually("everything is published", async || {
            let head = region.count("SELECT size FROM audit.head").await;
            let there = format!("SELECT count(*) FROM audit.checkpoint WHERE size = {head}");
            (region.count(&there).await == 1).then_some(head)
        })
        .await
    };

    let export = supervisor.client.request_export(&FROM_START, None).await.unwrap();
    let (length, untrusted) = verdict(export.id).await;
    assert_eq!(untrusted, Verdict::Untrusted, "nobody has signed yet");
    school.signals(&child(2)).await;
    cosign(&region, &witness, newest().await).await;
    let (longer, good) = verdict(export.id).await;
    assert_eq!(good, Verdict::Good);
    assert!(longer > length);

    let what = casework::ErasureOf::Professional {
        organisation: school.organisation,
        reference: school.new_signal(&child(3), "2027-09-01").professional.reference,
    };
    assert!(region.casework.erase(&what).await.unwrap().openings > 0);
    let size = newest().await;
    assert_eq!(verdict(export.id).await.1, Verdict::Untrusted);
    cosign(&region, &witness, size).await;
    assert_eq!(verdict(export.id).await.1, Verdict::Good);
}
