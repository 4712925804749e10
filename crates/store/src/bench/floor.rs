//! The floor of submissions: what PostgreSQL does when the rows of one signal are written by one call of one function.
//!
//! A second database in the product's own PostgreSQL, with the product's schema: its tables, indexes, keys and checks. The
//! function writes the rows that the product has left when a signal is through: child, tag, signal, kept answer, leaf and
//! opening; and for one signal in five, which is about a child that another partner signalled, the match with its parties,
//! notices, follow-up, leaves and openings. What a row holds beside its keys and times is copied from a row of the product,
//! so that it is as wide.
//!
//! What it leaves out is what the product does beside leaving rows: no HTTP, no token, no parsing, no encryption and no
//! hashing (ciphertexts are the same bytes each time), no idempotency key that is looked up or locked, no covenant, no
//! receipt, no count of an organisation's signals in this hour (a row for which single transactions would wait); no match
//! task that comes and goes, no leaf that first waits and then is ordered, no tree and no checkpoint, nothing that a driver
//! writes later by the clock. It runs as the owner, so that neither row-level security nor the log's second guard is in its
//! way.

use std::fmt::Write as _;

use super::failed;
use crate::error::StoreError;
use crate::pool::Store;
use crate::work::Owner;

/// One in so many signals is about a known child.
pub const KNOWN_EACH: u64 = 5;
/// So many signals lie between the first about that child and its second.
pub const BEFORE: u64 = 499;
/// The name of the floor's database.
pub const DATABASE: &str = "floor";
/// What `pgbench` runs, one transaction in one round trip.
pub const SCRIPT: &str = "SELECT floor.signal();\n";

/// One row, or the first of several.
struct Row {
    table: &'static str,
    /// Which row of the product is copied: a condition on `t`.
    like: &'static str,
    /// Columns that are not copied, with what they get.
    own: &'static [(&'static str, &'static str)],
}

/// The leaf of an event.
macro_rules! leaf {
    ($name:literal, $event:literal) => {
        Row {
            table: "audit.leaf",
            like: concat!("convert_from(t.leaf, 'UTF8') LIKE '%\"", $name, "\"%'"),
            own: &[("index", "nextval('floor.leaf')"), ("event_id", $event)],
        }
    };
}

/// A child that nobody knew.
const CHILD: &[Row] = &[
    Row {
        table: "subject",
        like: "true",
        own: &[("id", "child")],
    },
    Row {
        table: "subject_tag",
        like: "true",
        own: &[("tag", "tag_of_child"), ("subject_id", "child")],
    },
];

/// What every signal leaves.
const SIGNAL: &[Row] = &[
    Row {
        table: "signal",
        like: "t.state = 'active'",
        own: &[
            ("subject_id", "child"),
            ("id", "signal_row"),
            ("organisation_id", "own"),
            ("submitted_at", "at"),
            ("log_tag", "name"),
        ],
    },
    Row {
        table: "disclosure_watch",
        like: "true",
        own: &[("subject_id", "child"), ("signal_id", "signal_row")],
    },
    leaf!("signal.submitted", "event"),
    Row {
        table: "audit.opening",
        like: "t.event_id IN (SELECT l.event_id FROM audit.leaf l WHERE convert_from(l.leaf, 'UTF8') LIKE '%\"signal.submitted\"%')",
        own: &[("event_id", "event"), ("about", "name")],
    },
    Row {
        table: "idempotency",
        like: "t.location LIKE '/v1/signals/%'",
        own: &[
            ("organisation_id", "own"),
            ("key", "substr(encode(tag_of_child, 'hex') || number, 1, 28)"),
            ("stored_at", "at"),
            ("events", "ARRAY[event]"),
        ],
    },
];

/// What the second signal about a child leaves besides.
const MATCH: &[Row] = &[
    Row {
        table: "match_case",
        like: "true",
        own: &[
            ("subject_id", "child"),
            ("id", "match_row"),
            ("opened_at", "at"),
            ("log_tag", "name"),
        ],
    },
    Row {
        table: "follow_up",
        like: "true",
        own: &[("subject_id", "child"), ("match_id", "match_row")],
    },
    leaf!("match.opened", "event"),
];

/// What it leaves for each of the two parties.
const PARTY: &[Row] = &[
    Row {
        table: "match_party",
        like: "true",
        own: &[
            ("subject_id", "child"),
            ("match_id", "match_row"),
            ("organisation_id", "party.organisation_id"),
            ("signal_id", "party.id"),
            ("joined_at", "at"),
        ],
    },
    Row {
        table: "notice",
        like: "t.match_id IS NOT NULL",
        own: &[
            ("subject_id", "child"),
            ("id", "nextval('notice_id')"),
            ("match_id", "match_row"),
            ("organisation_id", "party.organisation_id"),
            ("created_at", "at"),
            ("log_tag", "gen_random_uuid()"),
            ("about_tag", "name"),
        ],
    },
    leaf!("notice.delivered", "floor.event_id()"),
];

const SCHEMA: &str = "
    CREATE SCHEMA floor;
    CREATE SEQUENCE floor.number MINVALUE 0;
    CREATE SEQUENCE floor.leaf MINVALUE 0;
    SELECT setval('floor.leaf', (SELECT coalesce(max(index), -1) + 1 FROM audit.leaf), false);
    -- A UUID of version 7, as the product's events have: milliseconds, then chance.
    CREATE FUNCTION floor.event_id() RETURNS uuid LANGUAGE sql VOLATILE AS $$
        SELECT encode(overlay(overlay(uuid_send(gen_random_uuid())
                   PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6)
                   PLACING '\\x70'::bytea FROM 7 FOR 1), 'hex')::uuid $$;";

/// Makes the floor's database, with nothing in it.
///
/// # Errors
/// [`StoreError`].
pub async fn create(product: &Store) -> Result<(), StoreError> {
    super::execute(product, "CREATE DATABASE floor", "create_floor").await
}

/// Makes the function, after rows that the product has written: there must be a match among them. The floor's database must
/// have its schema, and its partners under the numbers that they have in the product.
///
/// # Errors
/// [`StoreError`], also when the product has no row of a kind.
pub async fn install(product: &Store, floor: &Store, partners: &[i32]) -> Result<(), StoreError> {
    let (mut child, mut signal, mut found, mut party) =
        (String::new(), String::new(), String::new(), String::new());
    for (rows, text) in [
        (CHILD, &mut child),
        (SIGNAL, &mut signal),
        (MATCH, &mut found),
        (PARTY, &mut party),
    ] {
        for row in rows {
            text.push_str(&insertion(product, row).await?);
        }
    }
    let partners: Vec<String> = partners.iter().map(ToString::to_string).collect();
    let (count, partners) = (partners.len(), partners.join(","));
    let function = format!(
        "CREATE FUNCTION floor.signal() RETURNS bigint LANGUAGE plpgsql AS $floor$
         #variable_conflict use_variable
         DECLARE
             number bigint := nextval('floor.number');
             of_child bigint := CASE WHEN number >= {BEFORE} AND number % {KNOWN_EACH} = 0 THEN number - {BEFORE} ELSE number END;
             tag_of_child bytea := sha256(int8send(of_child));
             own integer := (ARRAY[{partners}])[1 + number % {count}];
             at timestamptz := clock_timestamp();
             signal_row bigint := nextval('signal_id');
             name uuid := gen_random_uuid();
             event uuid := floor.event_id();
             child bigint; match_row bigint; party record;
         BEGIN
             SELECT t.subject_id INTO child FROM subject_tag t WHERE t.tag = tag_of_child;
             IF child IS NULL THEN
                 child := nextval('subject_id');
                 {child}
                 {signal}
             ELSE
                 -- So that of two at once the second sees the first.
                 PERFORM FROM subject s WHERE s.id = child FOR NO KEY UPDATE;
                 {signal}
                 match_row := nextval('match_id'); name := gen_random_uuid(); event := floor.event_id();
                 {found}
                 FOR party IN SELECT g.organisation_id, g.id FROM signal g
                               WHERE g.subject_id = child AND g.state = 'active' LOOP
                     {party}
                 END LOOP;
             END IF;
             RETURN signal_row;
         END $floor$;"
    );
    super::execute(floor, SCHEMA, "floor_schema").await?;
    super::execute(floor, &function, "floor_signal").await
}

/// How a row is written: its own columns, and the bytes of a row of the product for all others.
async fn insertion(product: &Store, row: &Row) -> Result<String, StoreError> {
    let statement = "floor_copies";
    let connection = product.connection::<Owner>().await?;
    let columns = "SELECT a.attname::text, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a
                    WHERE a.attrelid = $1::text::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
                    ORDER BY a.attnum";
    let columns = connection.query(columns, &[&row.table]).await;
    let (mut names, mut types) = (Vec::new(), Vec::new());
    for column in &columns.map_err(failed(statement))? {
        names.push(column.try_get::<_, String>(0).map_err(failed(statement))?);
        types.push(column.try_get::<_, String>(1).map_err(failed(statement))?);
    }
    let mut ask = String::from("SELECT ");
    for (at, name) in names.iter().enumerate() {
        // Writing into a string does not fail.
        let _ = write!(
            ask,
            "{}quote_nullable((t.\"{name}\")::text)",
            if at > 0 { ", " } else { "" }
        );
    }
    let _ = write!(ask, " FROM {} t WHERE {} LIMIT 1", row.table, row.like);
    let copied = connection.query_opt(&ask, &[]).await;
    let copied = copied
        .map_err(failed(statement))?
        .ok_or(StoreError::Interrupted("copying rows for the floor"))?;
    let mut values = Vec::with_capacity(names.len());
    for (at, (name, kind)) in names.iter().zip(&types).enumerate() {
        let own = row.own.iter().find(|(column, _)| column == name);
        values.push(match own {
            Some((_, value)) => (*value).to_owned(),
            None => {
                let copied: String = copied.try_get(at).map_err(failed(statement))?;
                format!("{copied}::{kind}")
            }
        });
    }
    let names: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    Ok(format!(
        "INSERT INTO {} ({}) VALUES ({});\n",
        row.table,
        names.join(", "),
        values.join(", ")
    ))
}

/// How many signals the floor has written.
///
/// # Errors
/// [`StoreError`].
pub async fn written(floor: &Store) -> Result<u64, StoreError> {
    let connection = floor.connection::<Owner>().await?;
    let row = connection.query_one("SELECT count(*) FROM signal", &[]).await;
    let count: i64 = row
        .and_then(|row| row.try_get(0))
        .map_err(failed("floor_written"))?;
    Ok(count.unsigned_abs())
}
