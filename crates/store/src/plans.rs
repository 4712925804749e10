//! The plans of the statements: what a load makes grow is found by its keys, also by a plan that was made while the tables
//! were all but empty and is kept.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;
use tokio_postgres::Client;

use crate::pool::PLANNER;
use crate::statement::{self, Statement};
use crate::test_util::TestDatabase;

/// Tables that grow with every signal, or with what follows it by itself. What people do one by one grows slowly, and
/// PostgreSQL counts it again in time.
const GROWING: &[&str] = &[
    "batch_line",
    "circle_task",
    "client_reference",
    "disclosure_watch",
    "erasure_task",
    "follow_up",
    "idempotency",
    "leaf",
    "match_case",
    "match_party",
    "match_task",
    "notice",
    "opening",
    "pending",
    "processing_line",
    "shared_tag",
    "signal",
    "signal_circle",
    "spent_assertion",
    "subject",
    "subject_tag",
    "viewing",
    "webhook_delivery",
];

/// Who may look through all of a table, and why.
const EXCUSED: &[(&str, &str)] = &[
    (
        "CONTACTS_OF_SIGNALS",
        "once, when erasures are done again after a restore",
    ),
    (
        "SIGNALS_BY_TAGS",
        "once, when erasures are done again after a restore",
    ),
    ("LEAVES_PENDING", "counts a queue that is emptied every 200 ms"),
    (
        "OPENINGS_OF_EVENTS",
        "looks into a queue that is emptied every 200 ms",
    ),
    (
        "PROCESSING_WAITING",
        "counts a queue that is emptied every half second",
    ),
    ("PUBLICATION_DELAYS", "asked by a measurement alone"),
    (
        "HANGING match_task with children",
        "a queue that is emptied within a second, and has no index on the child",
    ),
];

/// Twenty-four children of twenty organisations with thirty signals, six of them matched, as often as is asked.
const WORLD: &str = "
    SET session_replication_role = replica;
    INSERT INTO covenant (network_id, name, version, settings, applied_at, min_suite, log_tag)
    VALUES (1, 'c', 1, '', '2027-01-01Z', 1, gen_random_uuid());
    INSERT INTO organisation (public_id, covenant_id, name, role, sector)
    SELECT gen_random_uuid(), 1, 'o' || n, 'partner', 'education' FROM generate_series(1, 20) n;
    INSERT INTO subject (id, network_id) SELECT c, 1 FROM generate_series(1, 24 * $times$) c;
    INSERT INTO subject_tag (tag, subject_id, suite, kind, net_epoch, tag_epoch, sealed)
    SELECT sha256(int8send(id)), id, 1, 1, 1, 1, sha256(int8send(-id)) FROM subject;
    INSERT INTO signal (subject_id, id, organisation_id, state, basis, submitted_at, planned_end, expires_at, destroy_by,
                        destroy_at, archive_from, archive_until, suite, blinded_by_client, professional, professional_key,
                        log_tag, paused_from)
    SELECT s.id, s.id * 2 + second, 1 + (s.id + second) % 20, 'active', 'notify', '2027-01-01Z', '2027-09-01', '2027-09-01Z',
           '2043-05-01', '2043-05-01Z', '2027-09-02Z', '2032-09-01Z', 1, false, sha256(int8send(s.id)),
           substring(sha256(int8send(s.id % 100)) FOR 16), gen_random_uuid(), '2027-01-15Z'
      FROM subject s, generate_series(0, 1) second WHERE second = 0 OR s.id % 4 = 3;
    INSERT INTO match_case (subject_id, id, state, opened_at, contact_deadline, covenant_id, log_tag)
    SELECT id, id, 'open', '2027-01-01Z', '2027-01-11', 1, gen_random_uuid() FROM subject WHERE id % 4 = 3;
    INSERT INTO match_party (subject_id, match_id, organisation_id, signal_id, joined_at, visible_at, expires_at, professional)
    SELECT subject_id, subject_id, organisation_id, id, '2027-01-01Z', '2027-01-01Z', expires_at, professional
      FROM signal WHERE subject_id % 4 = 3;
    INSERT INTO notice (subject_id, id, match_id, organisation_id, kind, created_at, visible_at, unread_from, about_tag,
                        log_tag, laid_in)
    SELECT subject_id, signal_id, match_id, organisation_id, 'match-opened', '2027-01-01Z', '2027-01-01Z', '2027-01-04Z',
           gen_random_uuid(), gen_random_uuid(), 1 FROM match_party;
    INSERT INTO follow_up (subject_id, match_id, remind_at, escalates_at, look_at)
    SELECT subject_id, id, '2027-01-06Z', '2027-01-12Z', '2027-01-06Z' FROM match_case;
    INSERT INTO disclosure_watch (subject_id, signal_id, step, next_at)
    SELECT subject_id, id, 0, '2027-01-05Z' FROM signal;
    INSERT INTO audit.opening (event_id, sealed, about) SELECT gen_random_uuid(), professional, log_tag FROM signal;
    INSERT INTO audit.leaf (index, event_id, leaf)
    SELECT row_number() OVER () - 1, event_id, sealed FROM audit.opening;
    INSERT INTO idempotency (organisation_id, key, fingerprint, status, body, stored_at)
    SELECT organisation_id, id::text, sha256(int8send(id)), 201, professional, '2027-01-01Z' FROM signal;
    SET session_replication_role = origin;";

/// What is counted.
const COUNTED: &str = "subject, subject_tag, signal, match_case, match_party, notice, follow_up, disclosure_watch, idempotency,
                       audit.opening, audit.leaf, match_task, circle_task, erasure_task, processing_line, audit.pending";

/// A database that was just set up; one that was counted for the first time, when it had a few hundred signals and its queues
/// were empty; and one with six thousand.
#[tokio::test]
async fn what_a_load_makes_grow_is_found_by_its_keys() {
    let mut wrong = BTreeSet::new();
    for times in [0, 10, 200] {
        let database = TestDatabase::new(Arc::new(|bytes: &mut [u8]| bytes.fill(7))).await;
        let client = database.superuser().await;
        if times > 0 {
            let world = WORLD.replace("$times$", &times.to_string());
            client.batch_execute(&world).await.unwrap();
            // As autovacuum does: what has fifty rows, and queues that were emptied.
            let counted = format!("VACUUM ANALYZE {COUNTED}");
            client.batch_execute(&counted).await.unwrap();
        }
        for setting in PLANNER.split("-c ").filter(|setting| !setting.is_empty()) {
            client.batch_execute(&format!("SET {setting}")).await.unwrap();
        }
        client
            .batch_execute("SET plan_cache_mode = force_generic_plan")
            .await
            .unwrap();
        for statement in statement::all().filter(|statement| statement.role != "owner") {
            let plan = plan(&client, statement).await;
            for found in scans(&plan, false) {
                wrong.insert((statement.name, found));
            }
        }
    }
    let excused: BTreeSet<&str> = EXCUSED.iter().map(|(name, _)| *name).collect();
    let not_excused: Vec<_> = wrong.iter().filter(|(name, _)| !excused.contains(name)).collect();
    assert!(
        not_excused.is_empty(),
        "these look through whole tables: {not_excused:#?}"
    );
    let needless: Vec<_> = EXCUSED
        .iter()
        .filter(|(name, _)| !wrong.iter().any(|(scans, _)| scans == name))
        .collect();
    assert!(
        needless.is_empty(),
        "these need no excuse any more: {needless:#?}"
    );
}

/// The plan that serves whatever parameters come.
async fn plan(client: &Client, statement: &Statement) -> Value {
    let prepared = client.prepare(statement.sql).await.unwrap();
    let nulls = vec!["NULL"; prepared.params().len()].join(", ");
    let arguments = if nulls.is_empty() {
        nulls
    } else {
        format!("({nulls})")
    };
    let prepare = format!(
        "BEGIN; SET LOCAL ROLE {}; PREPARE walked AS {}",
        statement.role, statement.sql
    );
    client.batch_execute(&prepare).await.unwrap();
    let explain = format!("EXPLAIN (FORMAT JSON) EXECUTE walked {arguments}");
    let rows = client.simple_query(&explain).await.unwrap();
    client.batch_execute("ROLLBACK; DEALLOCATE walked").await.unwrap();
    let text: String = rows
        .iter()
        .filter_map(|row| match row {
            tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0),
            _ => None,
        })
        .collect();
    let plan: Value = serde_json::from_str(&text).unwrap();
    plan[0]["Plan"].clone()
}

/// The scans of whole growing tables in a plan. The first rows of an index, as a queue is taken from, are no such scan.
fn scans(plan: &Value, limited: bool) -> Vec<String> {
    let text = |name: &str| plan[name].as_str().unwrap_or_default();
    let mut found = Vec::new();
    if GROWING.contains(&text("Relation Name")) {
        let unkeyed = text("Node Type").starts_with("Index") && plan["Index Cond"].is_null() && !limited;
        // One organisation gives nearly all signals: by it alone is by nothing, but for what waits to be read.
        let condition = text("Index Cond").trim_matches(['(', ')']);
        let by_organisation = condition.starts_with("organisation_id = ")
            && !condition.contains(" AND ")
            && text("Index Name") != "notice_inbox";
        if unkeyed || (by_organisation && !limited) || text("Node Type") == "Seq Scan" {
            found.push(format!(
                "{} {} {}",
                text("Node Type"),
                text("Relation Name"),
                text("Index Name")
            ));
        }
    }
    // What is sorted is read to its end, limit or not.
    let limited = match text("Node Type") {
        "Limit" => true,
        "Sort" | "Aggregate" | "Hash" => false,
        _ => limited,
    };
    let below = plan["Plans"].as_array().into_iter().flatten();
    found.extend(below.flat_map(|below| scans(below, limited)));
    found
}
