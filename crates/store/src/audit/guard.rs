//! The second guard of the log, in the database: which tables the service may change only beside a leaf. The first is the
//! compiler, since a method that changes state takes its event.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::test_util::TestDatabase;
use crate::work::Chance;

/// Tables whose every change by the service has a leaf in its transaction.
const GUARDED: &[&str] = &[
    "alert",
    "audit_export",
    "client",
    "client_key",
    "consent",
    "consent_party",
    "disclosure",
    "family_access",
    "family_match",
    "follow_up",
    "follow_up_mark",
    "letter",
    "mail_address",
    "match_case",
    "match_party",
    "message",
    "message_part",
    "notice",
    "objection",
    "objection_advice",
    "organisation_sealing_key",
    "portal_key",
    "postponement",
    "rights_request",
    "signal",
    "signatory",
    "signatory_decision",
    "viewing",
    "webhook_endpoint",
];

/// The others, each with the reason.
const EXEMPT: &[(&str, &str)] = &[
    (
        "tombstone",
        "a queue of what the keyholder is told; each consent that ends is an event",
    ),
    (
        "audit_scope",
        "changed by the operator's commands, whose methods take their events",
    ),
    (
        "batch",
        "a queue; that a batch arrived, was held, released, refused or ended are events, and each of its signals",
    ),
    (
        "batch_line",
        "a queue; each line that becomes a signal is an event",
    ),
    (
        "circle_task",
        "a queue of guardians' circles to be resolved; what comes of it is an event of its own",
    ),
    (
        "client_reference",
        "a counter of references, kept beside the signals it counts",
    ),
    (
        "covenant",
        "changed by the operator's commands, whose methods take their events",
    ),
    (
        "covenant_version",
        "written with `covenant.changed` by the operator's command",
    ),
    (
        "delegation",
        "changed by the operator's commands, whose methods take their events",
    ),
    (
        "disclosure_watch",
        "how far reminders of one signal are; the reminder and the pause are events",
    ),
    (
        "erasure_task",
        "a queue of openings to be erased; each erasure is an event",
    ),
    (
        "family_match_party",
        "ends that follow from the parties' signals are kept up to date without an event of their own",
    ),
    (
        "family_tag",
        "pseudonyms of guardians, moved by rotation in batches that two events count",
    ),
    (
        "guess_bucket",
        "a counter of wrong return keys and PINs, of nobody in particular",
    ),
    (
        "idempotency",
        "the answer to a request, kept for a day with the act it answers",
    ),
    (
        "key_epoch_list",
        "accepted beside `keyholder.list_accepted`, by the act that also counts the change of keys",
    ),
    ("lift_context", "a public value of a key agreement"),
    (
        "mail",
        "a queue of mails that say nothing of anybody; being laid into the inbox is the event",
    ),
    ("match_task", "a queue of children to look at"),
    (
        "moved_signal",
        "where a signal went when two children turned out to be one; filled before `subject.merged` in its own step",
    ),
    (
        "network",
        "settings and counters of keys; the acts that count record which",
    ),
    (
        "network_epoch",
        "counts of a destruction that goes on in batches between two events",
    ),
    (
        "organisation",
        "changed by the operator's commands, whose methods take their events",
    ),
    (
        "portal_session",
        "a browser's session; exchanging a code is an event",
    ),
    ("processing_line", "a queue; its rows are made of events"),
    ("processing_place", "how far the file of that queue is"),
    (
        "rotation",
        "how far a ceremony is; its beginning, flip and end are events",
    ),
    (
        "shared_tag",
        "tags of children without a BSN, moved by rotation in batches that two events count",
    ),
    (
        "signal_circle",
        "which circles a signal belongs to, resolved after the signal's own event",
    ),
    (
        "signals_in_hour",
        "a counter of the guardrail; exceeding it is an event",
    ),
    (
        "soft_match",
        "closes in a step of its own after the no or the last yes, whose leaf stands in the answer's transaction",
    ),
    (
        "soft_match_party",
        "ends that follow from the parties' signals are kept up to date without an event of their own",
    ),
    (
        "soft_tag",
        "tags of service keys, moved by rotation in batches that two events count",
    ),
    ("spent_assertion", "that an assertion was used, kept for minutes"),
    ("statistics", "numbers counted once from what events tell of"),
    ("statistics_count", "counted from the log itself"),
    ("statistics_following", "how far the counting is"),
    ("statistics_place", "how far the counting is"),
    ("statistics_quarter", "which quarter was counted"),
    (
        "subject",
        "the number behind a child; its signals' events tell of it",
    ),
    (
        "subject_pair",
        "which children were met together; `subject.merged` says what came of it",
    ),
    (
        "subject_tag",
        "tags move by rotation in batches that two events count",
    ),
    (
        "webhook_attempt",
        "what came of calling a receiver; no record changes",
    ),
    (
        "webhook_delivery",
        "a queue of what notices tell of; being laid into the inbox is the event",
    ),
];

fn chance() -> Chance {
    Arc::new(|bytes: &mut [u8]| bytes.fill(7))
}

#[tokio::test]
async fn every_table_is_guarded_or_says_why_not() {
    let database = TestDatabase::new(chance()).await;
    let client = database.superuser().await;
    let names = async |sql: &str| -> BTreeSet<String> {
        let rows = client.query(sql, &[]).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    };
    let guarded =
        names("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'leaf_beside' AND tgdeferrable")
            .await;
    assert_eq!(guarded, GUARDED.iter().map(|table| (*table).to_owned()).collect());
    let tables = names(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'refinery%'",
    )
    .await;
    let told: BTreeSet<String> = GUARDED
        .iter()
        .copied()
        .chain(EXEMPT.iter().map(|(table, _)| *table))
        .map(str::to_owned)
        .collect();
    assert_eq!(tables, told);
    assert!(EXEMPT.iter().all(|(_, reason)| reason.len() > 10));
}

/// As the service's own role, over a connection that knows nothing of the program.
#[tokio::test]
async fn a_change_without_a_leaf_is_not_committed() {
    let database = TestDatabase::new(chance()).await;
    let client = database.superuser().await;
    let run = async |sql: &str| client.batch_execute(sql).await;
    run("SET session_replication_role = replica;
         INSERT INTO match_case (subject_id, id, state, opened_at, contact_deadline, covenant_id, log_tag)
         VALUES (1, 1, 'open', now(), current_date, 1, gen_random_uuid());
         SET session_replication_role = origin")
    .await
    .unwrap();
    let change = "UPDATE match_case SET opened_at = opened_at + interval '1 second'";
    let leaf = "INSERT INTO audit.pending (event_id, leaf) VALUES (gen_random_uuid(), 'leaf')";
    let no_leaf = "INSERT INTO audit.pending (event_id, leaf) SELECT gen_random_uuid(), 'leaf' WHERE false";

    run("SET SESSION AUTHORIZATION tp_matcher").await.unwrap();
    for without in [
        format!("BEGIN; {change}; COMMIT"),
        format!("BEGIN; {change}; {no_leaf}; COMMIT"),
    ] {
        let refused = run(&without).await.unwrap_err();
        assert_eq!(refused.code().unwrap().code(), "23000");
        run("ROLLBACK").await.unwrap();
    }
    run(&format!("BEGIN; {change}; {leaf}; COMMIT")).await.unwrap();
    // A leaf of the transaction before is none of this one.
    let refused = run(&format!("BEGIN; {change}; COMMIT")).await.unwrap_err();
    assert_eq!(refused.code().unwrap().code(), "23000");
    run("ROLLBACK; RESET SESSION AUTHORIZATION").await.unwrap();
    // When a follow-up is looked at next is planning; that somebody was reminded happened.
    run("SET session_replication_role = replica;
         INSERT INTO follow_up (subject_id, match_id, remind_at, escalates_at, look_at)
         VALUES (1, 1, now(), now(), now());
         SET session_replication_role = origin; SET SESSION AUTHORIZATION tp_matcher")
    .await
    .unwrap();
    run("UPDATE follow_up SET look_at = NULL").await.unwrap();
    let refused = run("UPDATE follow_up SET reminded_at = now()").await.unwrap_err();
    assert_eq!(refused.code().unwrap().code(), "23000");
    run("RESET SESSION AUTHORIZATION").await.unwrap();
    // The operator at the database is not the service.
    run(change).await.unwrap();
    let moved = client
        .query_one("SELECT opened_at > now() FROM match_case", &[])
        .await
        .unwrap();
    assert!(moved.get::<_, bool>(0));
}
