//! The floor of bulk: the rows that a load has left, written once more by nothing but set-based SQL.
//!
//! What the product wrote since a moment is copied aside, cut into parts of so many rows to a signal, and then inserted part by
//! part into empty tables of the same columns, indexes and checks: the same rows by construction, whatever they become. There are
//! no foreign keys, triggers or row-level security in the way, and no row is written that the product only had meanwhile.

use std::collections::BTreeMap;

use super::failed;
use crate::error::StoreError;
use crate::pool::Store;
use crate::work::Owner;

const MOMENT: &str = "SELECT pg_current_xact_id()::text::bigint";

const COLUMNS: &str = "
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum)
      FROM pg_attribute
     WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped";

/// The number of the transaction that would begin now.
///
/// # Errors
/// [`StoreError`].
pub async fn moment(store: &Store) -> Result<i64, StoreError> {
    let connection = store.connection::<Owner>().await?;
    let row = connection.query_one(MOMENT, &[]).await;
    row.and_then(|row| row.try_get(0)).map_err(failed("moment"))
}

/// Copies what the tables of a service have since a moment aside, in so many parts; gives how many rows of each table. What was
/// copied before is thrown away.
///
/// # Errors
/// [`StoreError`].
pub async fn copy_aside(store: &Store, since: i64, parts: u32) -> Result<BTreeMap<String, u64>, StoreError> {
    let statement = "copy_aside";
    let tables = super::rows_of_tables(store).await?;
    let connection = store.connection::<Owner>().await?;
    let begin = "DROP SCHEMA IF EXISTS again CASCADE; CREATE SCHEMA again;";
    connection.batch_execute(begin).await.map_err(failed(statement))?;
    let (mut copied, mut inserts) = (BTreeMap::new(), String::new());
    // The names are the catalogue's own.
    for table in tables.keys() {
        let name = table.replace('.', "_");
        let columns = connection.query_one(COLUMNS, &[table]).await;
        let columns: String = columns
            .and_then(|row| row.try_get(0))
            .map_err(failed(statement))?;
        let aside = format!(
            "CREATE UNLOGGED TABLE again.aside_{name} AS
                 SELECT (row_number() OVER () - 1) * {parts} / greatest(count(*) OVER (), 1) AS again_part, {columns}
                   FROM {table} WHERE xmin::text::bigint >= {since};
             CREATE INDEX ON again.aside_{name} (again_part);
             ANALYZE again.aside_{name};
             CREATE TABLE again.{name} (LIKE {table} INCLUDING INDEXES INCLUDING CONSTRAINTS INCLUDING STORAGE);"
        );
        connection
            .batch_execute(&aside)
            .await
            .map_err(failed(statement))?;
        let count = format!("SELECT count(*) FROM again.aside_{name}");
        let count = connection.query_one(&count, &[]).await;
        let count: i64 = count.and_then(|row| row.try_get(0)).map_err(failed(statement))?;
        if count > 0 {
            copied.insert(table.clone(), count.unsigned_abs());
            inserts.push_str(&format!(
                "INSERT INTO again.{name} SELECT {columns} FROM again.aside_{name} WHERE again_part = part;\n"
            ));
        }
    }
    let function = format!(
        "CREATE FUNCTION again.write_part(part bigint) RETURNS void LANGUAGE plpgsql AS $$ BEGIN\n{inserts}END $$;"
    );
    connection
        .batch_execute(&function)
        .await
        .map_err(failed(statement))?;
    Ok(copied)
}

/// Writes these parts once more, each in a transaction and one round trip.
///
/// # Errors
/// [`StoreError`].
pub async fn write_parts(store: &Store, parts: impl Iterator<Item = u32>) -> Result<(), StoreError> {
    let connection = store.connection::<Owner>().await?;
    let statement = connection.prepare("SELECT again.write_part($1)").await;
    let statement = statement.map_err(failed("write_parts"))?;
    for part in parts {
        let written = connection.execute(&statement, &[&i64::from(part)]).await;
        written.map_err(failed("write_parts"))?;
    }
    Ok(())
}

/// How many rows were written once more, by table.
///
/// # Errors
/// [`StoreError`].
pub async fn rows_written_again(
    store: &Store,
    copied: &BTreeMap<String, u64>,
) -> Result<BTreeMap<String, u64>, StoreError> {
    let connection = store.connection::<Owner>().await?;
    let mut written = BTreeMap::new();
    for table in copied.keys() {
        let count = format!("SELECT count(*) FROM again.{}", table.replace('.', "_"));
        let count = connection.query_one(&count, &[]).await;
        let count: i64 = count
            .and_then(|row| row.try_get(0))
            .map_err(failed("rows_written_again"))?;
        written.insert(table.clone(), count.unsigned_abs());
    }
    Ok(written)
}
