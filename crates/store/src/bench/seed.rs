//! Filling a database with signals, fast: rows of two children that the product made itself are copied, with numbers, tags
//! and names of their own.
//!
//! Of four children three have one signal and one has two, which match: of the signals one in five is about a child that
//! another partner signalled. What grows with time alone is left out: leaves and tiles of the log (they are laid behind
//! each other, whatever lies before), answers to repeated requests (forgotten after 25 hours). What is sealed is copied as
//! it is, so nobody can open it; and nobody can find these children, since no token has their tags.

use tokio_postgres::Client;

use super::failed;
use crate::error::StoreError;
use crate::pool::Store;
use crate::work::Owner;

/// So many children are made in one transaction.
const AT_ONCE: i64 = 20_000;

/// So many transactions run side by side.
const SIDE_BY_SIDE: i64 = 2;

/// Of so many children one has two signals.
const MATCHED_EACH: i64 = 4;

/// The children that are copied: the newest with one signal and no match, and the newest with two signals and a match that
/// everybody was told of.
const TEMPLATES: &str = "
    SELECT (SELECT max(s.id) FROM subject s
             WHERE (SELECT count(*) FROM signal g WHERE g.subject_id = s.id) = 1
               AND EXISTS (SELECT FROM disclosure_watch w WHERE w.subject_id = s.id)) AS alone,
           (SELECT max(m.subject_id) FROM match_case m
             WHERE (SELECT count(*) FROM match_party p WHERE p.subject_id = m.subject_id) = 2
               AND (SELECT count(*) FROM notice n WHERE n.subject_id = m.subject_id) = 2) AS matched";

/// Numbers for all of them, laid aside.
const NUMBERS: &str = "
    SELECT setval('subject_id', nextval('subject_id') + $1) - $1 AS subject,
           setval('signal_id', nextval('signal_id') + 2 * $1) - 2 * $1 AS signal,
           setval('match_id', nextval('match_id') + $1) - $1 AS match,
           setval('notice_id', nextval('notice_id') + 2 * $1) - 2 * $1 AS notice";

/// Where rows of the two children lie: every table with a child's number.
const TABLES: &str = "
    SELECT c.oid::regclass::text FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
     WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attname = 'subject_id' AND NOT a.attisdropped
     ORDER BY 1";

const COLUMNS: &str = "
    SELECT attname::text FROM pg_attribute
     WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum";

/// The tables that a child and its match fill, in the order in which they are filled.
const FILLED: &[&str] = &[
    "subject",
    "subject_tag",
    "signal",
    "disclosure_watch",
    "match_case",
    "match_party",
    "notice",
    "follow_up",
];

/// Makes so many signals; gives how many it became. There must be two children to copy: one with a signal, and one whose
/// two signals match. `told` hears how many children there are.
///
/// # Errors
/// [`StoreError`], also when there is no such child or one has rows of which this does not know.
pub async fn seed(store: &Store, signals: u64, told: impl Fn(u64)) -> Result<u64, StoreError> {
    let children = i64::try_from(signals).unwrap_or(i64::MAX) * MATCHED_EACH / (MATCHED_EACH + 1);
    let client = store.connection::<Owner>().await?;
    let statements = statements(&client, children).await?;
    drop(client);
    let mut from = 0;
    while from < children {
        let parts = (0..SIDE_BY_SIDE).map(|part| {
            let first = from + part * AT_ONCE;
            copy(store, &statements, first, (first + AT_ONCE).min(children))
        });
        for copied in futures::future::join_all(parts).await {
            copied?;
        }
        from = (from + SIDE_BY_SIDE * AT_ONCE).min(children);
        told(from.unsigned_abs());
    }
    let client = store.connection::<Owner>().await?;
    // As if autovacuum had been there, and the server had written what it holds.
    for sql in ["VACUUM (ANALYZE)", "CHECKPOINT"] {
        client.batch_execute(sql).await.map_err(failed("seed"))?;
    }
    Ok((children + children / MATCHED_EACH).unsigned_abs())
}

/// Copies the children of these places.
async fn copy(store: &Store, statements: &[String], from: i64, to: i64) -> Result<(), StoreError> {
    if from >= to {
        return Ok(());
    }
    let mut client = store.connection::<Owner>().await?;
    let transaction = client.transaction().await.map_err(failed("seed"))?;
    // References are not checked again: what is copied holds.
    let replica = "SET LOCAL session_replication_role = replica";
    transaction.batch_execute(replica).await.map_err(failed("seed"))?;
    for sql in statements {
        let copied = transaction.execute(sql.as_str(), &[&from, &(to - 1)]).await;
        copied.map_err(failed("seed"))?;
    }
    transaction.commit().await.map_err(failed("seed"))
}

/// One statement a table, for the children of places `$1` to `$2`.
async fn statements(client: &Client, children: i64) -> Result<Vec<String>, StoreError> {
    let row = client.query_one(TEMPLATES, &[]).await.map_err(failed("seed"))?;
    let template = |name: &'static str| -> Result<i64, StoreError> {
        let number: Option<i64> = row.try_get(name).map_err(failed("seed"))?;
        number.ok_or(StoreError::Column { column: name })
    };
    let (alone, matched) = (template("alone")?, template("matched")?);
    for table in client.query(TABLES, &[]).await.map_err(failed("seed"))? {
        let table: String = table.try_get(0).map_err(failed("seed"))?;
        if FILLED.contains(&table.as_str()) || table == "match_task" {
            continue;
        }
        let sql = format!("SELECT EXISTS (SELECT FROM {table} WHERE subject_id IN ($1, $2))");
        let found = client.query_one(&sql, &[&alone, &matched]).await;
        if found.and_then(|row| row.try_get(0)).map_err(failed("seed"))? {
            return Err(StoreError::Interrupted("a table of which the seed does not know"));
        }
    }
    let numbers = client
        .query_one(NUMBERS, &[&children])
        .await
        .map_err(failed("seed"))?;
    let number = |name: &str| numbers.try_get::<_, i64>(name).map_err(failed("seed"));
    // What each number of a copied row becomes: the rows of one child lie side by side.
    let renumbered = |column: &str, base: i64, each: i64, first: &str| {
        format!(
            "{base} + k.n * {each} + x.{column} - (SELECT min(t.id) FROM {first} t WHERE t.subject_id = x.subject_id)"
        )
    };
    let (subject, signal) = (number("subject")?, number("signal")?);
    let (matches, notice) = (number("match")?, number("notice")?);
    let mut statements = Vec::new();
    for table in FILLED {
        let mut taken = Vec::new();
        let mut given = Vec::new();
        for column in client.query(COLUMNS, &[table]).await.map_err(failed("seed"))? {
            let column: String = column.try_get(0).map_err(failed("seed"))?;
            given.push(match (*table, column.as_str()) {
                ("subject", "id") | (_, "subject_id") => format!("{subject} + k.n"),
                ("signal", "id") | (_, "signal_id") => renumbered(&column, signal, 2, "signal"),
                ("match_case", "id") | (_, "match_id") => renumbered(&column, matches, 1, "match_case"),
                ("notice", "id") => renumbered(&column, notice, 2, "notice"),
                (_, column) => another(table, column),
            });
            taken.push(column);
        }
        let key = if *table == "subject" { "id" } else { "subject_id" };
        statements.push(format!(
            "WITH partner AS MATERIALIZED (SELECT array_agg(id ORDER BY id) AS ids FROM organisation WHERE role = 'partner')
             INSERT INTO {table} ({})
             SELECT {} FROM partner, generate_series($1::bigint, $2::bigint) AS k (n)
              CROSS JOIN LATERAL (SELECT * FROM {table}
                                   WHERE {key} = CASE k.n % {MATCHED_EACH} WHEN 3 THEN {matched} ELSE {alone} END) AS x",
            taken.join(", "),
            given.join(", "),
        ));
    }
    statements.push(openings(alone, matched, children));
    Ok(statements)
}

/// What becomes of a column of which not all rows may have the same.
fn another(table: &str, column: &str) -> String {
    match (table, column) {
        (_, "tag") => "sha256(x.tag || int8send(k.n))".to_owned(),
        (_, "log_tag" | "about_tag") => format!("md5(x.{column}::text || k.n)::uuid"),
        (_, "professional_key") => "substring(sha256(int8send(k.n % 1000)) FOR 16)".to_owned(),
        // Partners in turn; the two of a match are two.
        (_, "organisation_id") => "partner.ids[1 + (k.n + array_position(partner.ids, x.organisation_id))
                                                % cardinality(partner.ids)]"
            .to_owned(),
        (_, "planned_end") => "x.planned_end - (k.n % 120)::int".to_owned(),
        (_, "expires_at" | "archive_from" | "archive_until") => {
            format!("x.{column} - (k.n % 120) * interval '1 day'")
        }
        // Most of what was told long ago was read.
        ("notice", "acknowledged_at") => {
            "CASE k.n % 20 WHEN 3 THEN x.acknowledged_at ELSE x.visible_at END".to_owned()
        }
        ("notice", "dispatched_at" | "mailed_at") => format!("coalesce(x.{column}, x.visible_at)"),
        _ => format!("x.{column}"),
    }
}

/// What the log can say about these signals and matches. The ids of events begin with their time, as those of the product.
fn openings(alone: i64, matched: i64, children: i64) -> String {
    format!(
        "INSERT INTO audit.opening (event_id, sealed, about)
         SELECT (encode(substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint - {children} + k.n) FROM 3),
                        'hex')
                 || '7' || substring(x.random FOR 3) || '8' || substring(x.random FROM 4 FOR 15))::uuid,
                x.sealed, md5(x.about::text || k.n)::uuid
           FROM generate_series($1::bigint, $2::bigint) AS k (n)
          CROSS JOIN LATERAL (SELECT o.sealed, o.about, md5(o.event_id::text || k.n) AS random
                                FROM (SELECT log_tag, subject_id FROM signal UNION ALL
                                      SELECT log_tag, subject_id FROM match_case UNION ALL
                                      SELECT log_tag, subject_id FROM notice) AS t
                                JOIN audit.opening o ON o.about = t.log_tag
                               WHERE t.subject_id = CASE k.n % {MATCHED_EACH} WHEN 3 THEN {matched} ELSE {alone} END) AS x"
    )
}
