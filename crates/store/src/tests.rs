//! The schema and its statements, on a real PostgreSQL.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::statement;
use crate::test_util::TestDatabase;
use crate::work::Chance;

fn chance() -> Chance {
    let counter = std::sync::atomic::AtomicU64::new(1);
    Arc::new(move |bytes: &mut [u8]| {
        for chunk in bytes.chunks_mut(8) {
            let number = counter.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            chunk.copy_from_slice(&number.to_be_bytes()[..chunk.len()]);
        }
    })
}

/// EXPLAIN EXECUTE plans a statement and checks the rights of the role, without running it.
#[tokio::test]
async fn every_statement_prepares_and_its_role_may_run_it() {
    let database = TestDatabase::new(chance()).await;
    let client = database.superuser().await;
    let mut names = BTreeMap::new();
    for statement in statement::all() {
        assert_eq!(
            names.insert(statement.name, statement.sql),
            None,
            "{} stands twice",
            statement.name
        );
        let prepared = client
            .prepare(statement.sql)
            .await
            .unwrap_or_else(|error| panic!("{}: {error}", statement.name));
        let nulls = vec!["NULL"; prepared.params().len()].join(", ");
        let arguments = if nulls.is_empty() {
            String::new()
        } else {
            format!("({nulls})")
        };
        let role = if statement.role == "owner" {
            "postgres"
        } else {
            statement.role
        };
        let sql = format!(
            "BEGIN; SET LOCAL ROLE {role}; PREPARE checked AS {}; EXPLAIN EXECUTE checked {arguments}; ROLLBACK; DEALLOCATE checked",
            statement.sql
        );
        let outcome = client.batch_execute(&sql).await;
        assert!(
            outcome.is_ok(),
            "{} as {role}: {:?}",
            statement.name,
            outcome.unwrap_err().as_db_error()
        );
    }
    assert!(
        names.len() > 50,
        "the list of statements is not whole: {}",
        names.len()
    );
}

/// What each role may touch. A grant that is added without thought fails here.
#[tokio::test]
async fn the_roles_have_these_rights_and_no_others() {
    let database = TestDatabase::new(chance()).await;
    let client = database.superuser().await;
    let may = async |role: &str, table: &str, right: &str| -> bool {
        client
            .query_one(
                "SELECT has_table_privilege($1, $2, $3)
                     OR CASE WHEN $3 IN ('DELETE', 'TRUNCATE') THEN false ELSE has_any_column_privilege($1, $2, $3) END",
                &[&role, &table, &right],
            )
            .await
            .unwrap()
            .get(0)
    };
    // Whoever acts for an organisation never sees tags, children or tasks.
    for table in [
        "subject",
        "subject_tag",
        "match_task",
        "shared_tag",
        "soft_tag",
        "family_tag",
        "signal_circle",
        "client_reference",
        "circle_task",
        "soft_match",
    ] {
        for right in ["SELECT", "INSERT", "UPDATE"] {
            assert!(!may("tp_party", table, right).await, "tp_party {right} {table}");
        }
    }
    // The submission writes signals and reads nothing of other tables.
    for table in [
        "match_case",
        "match_party",
        "notice",
        "consent",
        "signatory",
        "message",
        "client",
        "organisation_sealing_key",
    ] {
        for right in ["SELECT", "INSERT", "UPDATE"] {
            assert!(!may("tp_submit", table, right).await, "tp_submit {right} {table}");
        }
    }
    for right in ["INSERT", "UPDATE"] {
        assert!(!may("tp_submit", "organisation", right).await, "{right}");
    }
    let may_read = async |role: &str, table: &str, column: &str| -> bool {
        let sql = "SELECT has_column_privilege($1, $2, $3, 'SELECT')";
        client
            .query_one(sql, &[&role, &table, &column])
            .await
            .unwrap()
            .get(0)
    };
    assert!(!may_read("tp_submit", "signal", "professional").await);
    // Of organisations it reads which were disabled, and nothing else.
    let sql = "SELECT array_agg(attname::text ORDER BY attname) FROM pg_attribute
                WHERE attrelid = 'organisation'::regclass AND attnum > 0
                  AND has_column_privilege('tp_submit', attrelid, attnum, 'SELECT')";
    let columns: Vec<String> = client.query_one(sql, &[]).await.unwrap().get(0);
    assert_eq!(columns, ["disabled_at", "id"]);
    for column in ["ciphertext", "enc", "envelope", "message_id"] {
        assert!(
            !may_read("tp_matcher", "message", column).await,
            "tp_matcher reads {column}"
        );
    }
    // The matcher never sees tags, codes or content; it deletes tags by their child and their epoch.
    for column in ["tag", "sealed"] {
        assert!(
            !may_read("tp_matcher", "subject_tag", column).await,
            "tp_matcher reads {column}"
        );
        assert!(
            !may_read("tp_matcher", "shared_tag", column).await,
            "tp_matcher reads {column}"
        );
    }
    assert!(!may_read("tp_matcher", "client_reference", "reference").await);
    // Who is asked about a child is not told another's number.
    assert!(!may_read("tp_party", "soft_match_party", "other_subject_id").await);
    // The quotient of the keyholder's keys is for submissions alone.
    for role in ["tp_party", "tp_matcher", "tp_log"] {
        assert!(!may(role, "rotation", "SELECT").await, "{role} SELECT rotation");
    }
    for column in ["code_hash", "opened_at", "recorded_by", "recorded_on"] {
        assert!(
            !may_read("tp_matcher", "signatory", column).await,
            "tp_matcher reads {column}"
        );
    }
    for table in ["client", "lift_context"] {
        assert!(
            !may("tp_matcher", table, "SELECT").await,
            "tp_matcher SELECT {table}"
        );
    }
    // Nobody changes what is in the log; only the sequencer reads it.
    // One role erases openings, and reads what it erases; it can write nothing else that a reader of the log would miss.
    for role in ["tp_party", "tp_submit", "tp_matcher", "tp_log", "tp_erase"] {
        for right in ["UPDATE", "DELETE", "TRUNCATE"] {
            assert!(!may(role, "audit.leaf", right).await, "{role} {right} audit.leaf");
            assert_eq!(
                may(role, "audit.opening", right).await,
                (role, right) == ("tp_erase", "DELETE"),
                "{role} {right} audit.opening"
            );
        }
        let reads = ["tp_log", "tp_erase"].contains(&role);
        assert_eq!(may(role, "audit.leaf", "SELECT").await, reads);
        assert_eq!(may(role, "audit.opening", "SELECT").await, reads);
        assert_eq!(
            may(role, "processing_line", "DELETE").await,
            role == "tp_log",
            "{role}"
        );
    }
    for (table, right) in [
        ("subject", "SELECT"),
        ("subject_tag", "SELECT"),
        ("signatory", "SELECT"),
        ("message", "SELECT"),
        ("signal", "INSERT"),
        ("signal", "DELETE"),
        ("consent", "UPDATE"),
        ("match_case", "UPDATE"),
        ("audit.opening", "INSERT"),
    ] {
        assert!(!may("tp_erase", table, right).await, "tp_erase {right} {table}");
    }
    // What is published is never changed, and what it was made of is read by nobody else.
    for role in ["tp_party", "tp_submit", "tp_matcher", "tp_log", "tp_erase"] {
        for right in ["UPDATE", "DELETE", "TRUNCATE"] {
            assert!(!may(role, "statistics", right).await, "{role} {right} statistics");
        }
        let counts = role == "tp_log";
        assert_eq!(may(role, "statistics_count", "SELECT").await, counts, "{role}");
        assert_eq!(
            may(role, "statistics_following", "SELECT").await,
            counts,
            "{role}"
        );
    }
    // No role owns anything, is a superuser or sees past row-level security.
    let powerful: i64 = client
        .query_one(
            "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'tp\\_%' AND (rolsuper OR rolbypassrls OR rolcreaterole)",
            &[],
        )
        .await
        .unwrap()
        .get(0);
    assert_eq!(powerful, 0);
}

/// Rules of the schema that a reader relies on and a distributed engine needs.
#[tokio::test]
async fn the_schema_keeps_its_rules() {
    let database = TestDatabase::new(chance()).await;
    let client = database.superuser().await;
    let strings = async |sql: &str| -> Vec<String> {
        client
            .query(sql, &[])
            .await
            .unwrap()
            .iter()
            .map(|row| row.get(0))
            .collect()
    };
    let uncommented = strings(
        "SELECT c.relname || '.' || a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
           JOIN pg_namespace n ON n.oid = c.relnamespace
          WHERE c.relkind = 'r' AND n.nspname IN ('public', 'audit') AND a.attnum > 0 AND NOT a.attisdropped
            AND c.relname <> 'refinery_schema_history'
            AND coalesce(col_description(c.oid, a.attnum), '') !~ '^\\((plain|pseudonym|encrypted|hash)\\) '",
    )
    .await;
    assert_eq!(
        uncommented,
        Vec::<String>::new(),
        "columns that do not say what they know"
    );
    let not_first = strings(
        "SELECT x.relname::text FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid
          WHERE i.indisunique AND c.relname IN ('signal', 'match_case', 'match_party', 'notice', 'consent',
                'consent_party', 'message')
            AND (SELECT attname FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = i.indkey[0]) <> 'subject_id'",
    )
    .await;
    assert_eq!(
        not_first,
        Vec::<String>::new(),
        "unique keys that do not begin with the child"
    );
    // Those of the second guard (`audit::guard`), that of a network's kind and clock and those that keep organisations and
    // networks only refuse what the program must not do.
    let triggers = strings(
        "SELECT tgname::text FROM pg_trigger
          WHERE NOT tgisinternal AND tgname NOT IN ('note_leaf', 'leaf_beside', 'leaf_beside_step',
                'kind_and_clock', 'stays')",
    )
    .await;
    assert_eq!(
        triggers,
        Vec::<String>::new(),
        "no correctness depends on a trigger"
    );
    let unforced = strings(
        "SELECT relname::text FROM pg_class WHERE relrowsecurity AND NOT relforcerowsecurity AND relnamespace = 'public'::regnamespace",
    )
    .await;
    assert_eq!(
        unforced,
        Vec::<String>::new(),
        "row-level security that does not hold for the owner"
    );
    for statement in statement::all() {
        let sql = statement.sql.to_lowercase();
        let own_clock = sql.contains(" now()") || sql.contains("current_timestamp");
        assert!(
            !own_clock,
            "{} takes time from elsewhere than the transaction",
            statement.name
        );
    }
}

#[tokio::test]
async fn a_live_network_has_no_other_time() {
    let database = TestDatabase::new(chance()).await;
    let client = database.superuser().await;
    let moved = client
        .batch_execute(
            "INSERT INTO network (id, kind, clock_offset, tag_epoch, log_tag)
             VALUES (2, 'live', '1 hour', 1, gen_random_uuid())",
        )
        .await;
    assert_eq!(
        moved.unwrap_err().as_db_error().unwrap().constraint(),
        Some("live_time_is_real")
    );
}

#[tokio::test]
async fn migrations_go_down_and_up_again_and_two_may_start_at_once() {
    let database = TestDatabase::new(chance()).await;
    let client = database.superuser().await;
    // Newest first; each has its way back.
    let of = |folder: &str| -> Vec<(u32, String)> {
        let folder = format!("{}/{folder}", env!("CARGO_MANIFEST_DIR"));
        let mut files: Vec<(u32, String)> = std::fs::read_dir(&folder)
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .map(|name| (name[1..].split("__").next().unwrap().parse().unwrap(), name))
            .collect();
        files.sort_unstable_by(|one, other| other.cmp(one));
        files
    };
    assert_eq!(of("down"), of("migrations"));
    for (_, name) in of("down") {
        let down = std::fs::read_to_string(format!("{}/down/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let outcome = client.batch_execute(&down).await;
        assert!(outcome.is_ok(), "{name}: {outcome:?}");
    }
    client
        .batch_execute("DELETE FROM refinery_schema_history")
        .await
        .unwrap();
    let one = crate::migrate(&database.store, &database.settings);
    let other_store = crate::test_util::store(&database.settings, chance());
    let other = crate::migrate(&other_store, &database.settings);
    let (one, other) = tokio::join!(one, other);
    one.unwrap();
    other.unwrap();
    assert!(crate::schema_is_current(&database.store).await.unwrap());
}

/// The operator's database role need not be a superuser: it owns the database and may make roles.
#[tokio::test]
async fn an_owner_without_superpowers_can_migrate() {
    let database = TestDatabase::new(chance()).await;
    let superuser = database.superuser().await;
    superuser
        .batch_execute("CREATE ROLE modest_owner LOGIN CREATEROLE")
        .await
        .unwrap();
    superuser
        .batch_execute("CREATE DATABASE modest OWNER modest_owner")
        .await
        .unwrap();
    // On one cluster the roles exist already, made by another owner; the operator then grants this one.
    superuser
        .batch_execute("GRANT tp_matcher TO modest_owner WITH ADMIN OPTION")
        .await
        .unwrap();
    let mut settings = database.settings.clone();
    settings.owner.user("modest_owner").dbname("modest");
    let store = crate::test_util::store(&settings, chance());
    crate::migrate(&store, &settings).await.unwrap();
    assert!(crate::schema_is_current(&store).await.unwrap());
}
