//! docs/DATA_MODEL.md lists every table and column with what the schema itself says about it.
//!
//! `TREFPUNT_WRITE_DOCS=1 cargo test -p store --test data_model` writes the list.
#![allow(clippy::unwrap_used, reason = "tests may fail by panicking")]

use std::fmt::Write as _;
use std::sync::Arc;

use domain::key::NetworkKey;
use store::private_postgres::{Options, PrivatePostgres};
use store::{ConnectionSettings, Crypter, PublicIds, Store};
use tokio_postgres::{Client, NoTls};

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/DATA_MODEL.md");
const BEGIN: &str = "<!-- tables -->\n";
const END: &str = "<!-- end -->";

/// What each column is, in the order of the file that made it; `refinery_schema_history` is the migration runner's.
const COLUMNS: &str = "
    SELECT CASE n.nspname WHEN 'public' THEN c.relname ELSE n.nspname || '.' || c.relname END AS table_name,
           obj_description(c.oid, 'pg_class') AS about,
           a.attname AS column_name,
           format_type(a.atttypid, a.atttypmod) AS type,
           a.attnotnull AS required,
           coalesce(a.attnum = ANY (k.conkey), false) AS key,
           col_description(c.oid, a.attnum) AS says
      FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      LEFT JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'p'
     WHERE c.relkind = 'r' AND n.nspname IN ('public', 'audit') AND c.relname <> 'refinery_schema_history'
     ORDER BY c.oid, a.attnum";

async fn migrated(postgres: &PrivatePostgres) -> Client {
    let settings = ConnectionSettings {
        owner: postgres.config(),
        role_secret: None,
    };
    let chance: store::Chance = Arc::new(|bytes: &mut [u8]| bytes.fill(0));
    let store = Store::new(
        &settings,
        NetworkKey(1),
        Crypter::new([1; 32]),
        PublicIds::new(&[2; 16]),
        chance,
    )
    .unwrap();
    store::migrate(&store, &settings).await.unwrap();
    let (client, connection) = settings.owner.connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

async fn tables(client: &Client) -> String {
    let mut text = String::new();
    let mut table = String::new();
    for row in client.query(COLUMNS, &[]).await.unwrap() {
        let name: String = row.get("table_name");
        if name != table {
            write!(text, "\n### `{name}`\n\n").unwrap();
            if let Some(about) = row.get::<_, Option<String>>("about") {
                write!(text, "{about}\n\n").unwrap();
            }
            text.push_str("| column | type | what it knows |\n|---|---|---|\n");
            table = name;
        }
        let column: String = row.get("column_name");
        let says: Option<String> = row.get("says");
        let says = says.unwrap_or_else(|| panic!("{table}.{column} does not say what it knows"));
        assert!(
            ["(plain)", "(pseudonym)", "(encrypted)", "(hash)"]
                .iter()
                .any(|class| says.starts_with(class)),
            "{table}.{column}: {says}"
        );
        let optional = if row.get("required") { "" } else { ", may be null" };
        let key = if row.get("key") { " (key)" } else { "" };
        let kind = row
            .get::<_, String>("type")
            .replace("timestamp with time zone", "timestamptz");
        writeln!(
            text,
            "| `{column}`{key} | {kind}{optional} | {} |",
            says.replace('|', "\\|")
        )
        .unwrap();
    }
    text
}

#[tokio::test]
async fn the_list_of_tables_is_the_schemas() {
    let directory = tempfile::tempdir().unwrap();
    // PostgreSQL does not run as root, and its own user has to pass.
    std::fs::set_permissions(
        directory.path(),
        std::os::unix::fs::PermissionsExt::from_mode(0o755),
    )
    .unwrap();
    let data = directory.path().to_owned();
    let postgres = tokio::task::spawn_blocking(move || {
        PrivatePostgres::start_with(&data, Options::throwaway()).unwrap()
    })
    .await
    .unwrap();
    let client = migrated(&postgres).await;
    let made = format!("{}\n", tables(&client).await);
    drop(client);
    tokio::task::spawn_blocking(move || postgres.destroy().unwrap())
        .await
        .unwrap();

    let document = std::fs::read_to_string(DOCUMENT).unwrap();
    let (before, rest) = document.split_once(BEGIN).unwrap();
    let (stated, after) = rest.split_once(END).unwrap();
    if std::env::var_os("TREFPUNT_WRITE_DOCS").is_some() {
        std::fs::write(DOCUMENT, format!("{before}{BEGIN}{made}{END}{after}")).unwrap();
    } else {
        assert!(
            stated == made,
            "docs/DATA_MODEL.md is stale: TREFPUNT_WRITE_DOCS=1 cargo test -p store --test data_model"
        );
    }
}
