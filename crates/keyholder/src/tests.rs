//! The schema and its statements, on a real PostgreSQL.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on stops where it stands"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tokio_postgres::NoTls;

use crate::database::{Database, Role};
use crate::{DatabaseSettings, Environment, statement};

fn environment() -> Environment {
    Environment {
        clock: Arc::new(|| jiff::Timestamp::UNIX_EPOCH),
        stopwatch: Arc::new(|| Duration::ZERO),
        chance: Arc::new(|bytes| bytes.fill(7)),
    }
}

/// A migrated database, entered as superuser.
async fn migrated() -> tokio_postgres::Client {
    let config = store::test_util::empty_database().await;
    let database = Database::new(DatabaseSettings::private(config.clone()), environment()).unwrap();
    database.migrate().await.unwrap();
    let (client, connection) = config.connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// EXPLAIN EXECUTE plans a statement and checks the rights of the role, without running it.
#[tokio::test]
async fn every_statement_prepares_and_its_role_may_run_it() {
    let client = migrated().await;
    let mut names = BTreeMap::new();
    for statement in statement::all() {
        let name = statement.name;
        assert_eq!(names.insert(name, ()), None, "{name} stands twice");
        let prepared = client
            .prepare(statement.sql)
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let nulls = vec!["NULL"; prepared.params().len()].join(", ");
        let arguments = if nulls.is_empty() {
            nulls
        } else {
            format!("({nulls})")
        };
        let role = match statement.role {
            Role::Owner => "postgres",
            Role::Service => Role::Service.name(),
        };
        let sql = format!(
            "BEGIN; SET LOCAL ROLE {role}; PREPARE checked AS {}; EXPLAIN EXECUTE checked {arguments}; ROLLBACK; DEALLOCATE checked",
            statement.sql
        );
        let outcome = client.batch_execute(&sql).await;
        assert!(
            outcome.is_ok(),
            "{name} as {role}: {:?}",
            outcome.unwrap_err().as_db_error()
        );
    }
    assert!(names.len() > 40, "the list is not whole: {}", names.len());
}

/// What the running service may do beside reading. A grant that is added without thought fails here.
#[tokio::test]
async fn the_service_may_write_this_and_nothing_else() {
    let client = migrated().await;
    let sql = "SELECT privilege_type || ' ' || table_name FROM information_schema.role_table_grants
                WHERE grantee = 'kh_service' AND privilege_type <> 'SELECT'";
    let rows = client.query(sql, &[]).await.unwrap();
    let granted: BTreeSet<String> = rows.iter().map(|row| row.get(0)).collect();
    let expected = [
        "DELETE gate_refusal_day",
        "DELETE gate_tombstone",
        "DELETE gateway_day",
        "DELETE log_pending",
        "DELETE organisation_day",
        "DELETE professional_day",
        "DELETE spent_assertion",
        "INSERT gate_refusal_day",
        "INSERT gate_tombstone",
        "INSERT gateway_day",
        "INSERT key_epoch_list",
        "INSERT log_checkpoint",
        "INSERT log_leaf",
        "INSERT log_opening",
        "INSERT log_pending",
        "INSERT organisation_day",
        "INSERT professional_day",
        "INSERT rotation",
        "INSERT spent_assertion",
        "UPDATE gateway_day",
        "UPDATE key_epoch",
        "UPDATE log_head",
        "UPDATE organisation_day",
        "UPDATE professional_day",
    ];
    assert_eq!(granted, expected.map(str::to_owned).into());
}

#[tokio::test]
async fn what_was_migrated_can_be_taken_back_and_done_again() {
    let config = store::test_util::empty_database().await;
    let database = Database::new(DatabaseSettings::private(config.clone()), environment()).unwrap();
    let (client, connection) = config.connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    for _ in 0..2 {
        database.migrate().await.unwrap();
        assert!(database.schema_is_current().await.unwrap());
        for down in [
            include_str!("../down/V2__gate.sql"),
            include_str!("../down/V1__keyholder.sql"),
        ] {
            client.batch_execute(down).await.unwrap();
            assert!(!database.schema_is_current().await.unwrap());
        }
    }
}

#[tokio::test]
async fn every_column_says_what_it_knows_and_the_document_says_when_it_goes() {
    let client = migrated().await;
    let sql = "SELECT c.table_name::text, c.column_name::text,
                      col_description(format('keyholder.%I', c.table_name)::regclass, c.ordinal_position)
                 FROM information_schema.columns c WHERE c.table_schema = 'keyholder'
                ORDER BY c.table_name, c.ordinal_position";
    let document = include_str!("../../../docs/KEYHOLDER.md");
    let mut tables = BTreeSet::new();
    for row in client.query(sql, &[]).await.unwrap() {
        let (table, column): (String, String) = (row.get(0), row.get(1));
        let comment: Option<String> = row.get(2);
        let comment = comment.unwrap_or_default();
        let kinds = ["(plain) ", "(pseudonym) ", "(encrypted) ", "(hash) "];
        assert!(
            kinds.iter().any(|kind| comment.starts_with(kind)),
            "{table}.{column}: {comment:?}"
        );
        tables.insert(table);
    }
    assert!(tables.len() > 10);
    for table in tables {
        assert!(
            document.contains(&format!("| `{table}` |")),
            "docs/KEYHOLDER.md has no line for {table}"
        );
    }
}

/// Counters, assertions, tombstones: gone when they are no longer needed, and not before.
#[tokio::test]
async fn what_is_no_longer_needed_is_deleted() {
    let config = store::test_util::empty_database().await;
    let settings = DatabaseSettings::private(config.clone());
    let database = Database::new(settings.clone(), environment()).unwrap();
    database.migrate().await.unwrap();
    let (client, connection) = config.connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    client
        .batch_execute(
            "INSERT INTO keyholder.client VALUES ('gate', 'gateway', NULL, decode(repeat('00', 32), 'hex'), now(), NULL, gen_random_uuid());
             INSERT INTO keyholder.organisation_day SELECT (now() AT TIME ZONE 'UTC')::date - n, gen_random_uuid(), 1 FROM generate_series(0, 39) n;
             INSERT INTO keyholder.professional_day SELECT (now() AT TIME ZONE 'UTC')::date - n, gen_random_uuid(), decode(repeat('00', 32), 'hex'), 1 FROM generate_series(0, 39) n;
             INSERT INTO keyholder.gateway_day SELECT (now() AT TIME ZONE 'UTC')::date - n, 'gate', 1 FROM generate_series(0, 39) n;
             INSERT INTO keyholder.spent_assertion SELECT 'gate', decode(lpad(to_hex(n), 64, '0'), 'hex'), now() - n * interval '1 minute' FROM generate_series(-2, 7) n WHERE n >= 0;
             INSERT INTO keyholder.gate_refusal_day SELECT (now() AT TIME ZONE 'UTC')::date - n, 'gate', 'expired' FROM generate_series(0, 39) n;
             INSERT INTO keyholder.gate_tombstone SELECT decode(lpad(to_hex(n), 64, '0'), 'hex'), now() - interval '9 days', now() + interval '1 minute' - n * interval '6 hours', now() FROM generate_series(1, 8) n;",
        )
        .await
        .unwrap();
    let frame = crate::frame::Frame::new(settings, &keys(), environment()).unwrap();
    assert_eq!(frame.clean().await.unwrap(), 5 + 5 + 38 + 3 + 38 + 4);
    assert_eq!(frame.clean().await.unwrap(), 0);
    for (table, left) in [
        ("organisation_day", crate::housekeeping::ORGANISATION_DAYS),
        ("professional_day", crate::housekeeping::PROFESSIONAL_DAYS),
        ("gateway_day", crate::housekeeping::ORGANISATION_DAYS),
        ("gate_refusal_day", crate::housekeeping::REFUSAL_DAYS),
        // Those whose time is over by a day, less the minute, and no other.
        ("gate_tombstone", 4),
    ] {
        let sql = format!("SELECT count(*) FROM keyholder.{table}");
        let rows: i64 = client.query_one(&sql, &[]).await.unwrap().get(0);
        assert_eq!(rows, left, "{table}");
    }
}

fn keys() -> crate::KeyholderKeys {
    crate::KeyholderKeys {
        name: "test".parse().unwrap(),
        list_seed: [1; 32].into(),
        log_origin: "keyholder.example/log".to_owned(),
        log_seed: [2; 32].into(),
        storage_key: [3; 32].into(),
        token_seed: [4; 32].into(),
        gate_key: protocol::text::Confidential::new([5; 32]),
    }
}
