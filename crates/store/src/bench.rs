//! For measuring: what `trefpunt bench targets` asks of a database that was made to be measured. Nothing of a service uses it.
//!
//! Statements here run as the owner and outside of acts; they count, or build the floor beside the product.

pub mod floor;
pub mod matching;
pub mod reads;
pub mod rows_again;
pub mod seed;
pub mod space;

use std::collections::BTreeMap;

use domain::event::Event;

use crate::error::StoreError;
use crate::pool::Store;
use crate::work::{Context, Matcher, Owner, Tx, Work};

const WORK_LEFT: &str = "
    SELECT (SELECT count(*) FROM match_task WHERE not_before IS NULL OR not_before <= clock_timestamp())
         + (SELECT count(*) FROM audit.pending)";

const TABLES: &str = "
    SELECT n.nspname || '.' || c.relname
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname IN ('public', 'audit')
     ORDER BY 1";

/// How many match tasks are due and how many leaves are not ordered yet.
///
/// # Errors
/// [`StoreError`].
pub async fn work_left(store: &Store) -> Result<u64, StoreError> {
    let connection = store.connection::<Owner>().await?;
    let row = connection.query_one(WORK_LEFT, &[]).await;
    let row = row.map_err(failed("work_left"))?;
    let left: i64 = row.try_get(0).map_err(failed("work_left"))?;
    Ok(left.unsigned_abs())
}

/// How many rows each table has, as `schema.table`.
///
/// # Errors
/// [`StoreError`].
pub async fn rows_of_tables(store: &Store) -> Result<BTreeMap<String, u64>, StoreError> {
    let connection = store.connection::<Owner>().await?;
    let tables = connection.query(TABLES, &[]).await;
    let mut rows = BTreeMap::new();
    for table in &tables.map_err(failed("tables"))? {
        let table: String = table.try_get(0).map_err(failed("tables"))?;
        // The names are the catalogue's own.
        let count = connection
            .query_one(&format!("SELECT count(*) FROM {table}"), &[])
            .await;
        let count: i64 = count
            .and_then(|row| row.try_get(0))
            .map_err(failed("rows_of_tables"))?;
        rows.insert(table, count.unsigned_abs());
    }
    Ok(rows)
}

/// Writes all dirty pages to the disk, as the server does every so often by itself: what is measured right after it pays
/// with whole pages in the log.
///
/// # Errors
/// [`StoreError`].
pub async fn checkpoint(store: &Store) -> Result<(), StoreError> {
    execute(store, "CHECKPOINT", "checkpoint").await
}

/// Brings the planner's statistics up to date, as autovacuum does by itself after a while.
///
/// # Errors
/// [`StoreError`].
pub async fn analyse(store: &Store) -> Result<(), StoreError> {
    execute(store, "ANALYZE", "analyse").await
}

/// Records events as acts do, but without the acts: their leaves, and what stands behind them.
///
/// # Errors
/// [`StoreError`].
pub async fn record(store: &Store, events: Vec<Event>) -> Result<(), StoreError> {
    store.run(Context::Service, Recorded(events)).await
}

struct Recorded(Vec<Event>);

impl Work for Recorded {
    const NAME: &'static str = "record_for_measuring";
    type Role = Matcher;
    type Output = ();
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<(), StoreError> {
        tx.record(&self.0).await.map(drop)
    }
}

async fn execute(store: &Store, sql: &str, statement: &'static str) -> Result<(), StoreError> {
    let connection = store.connection::<Owner>().await?;
    connection.batch_execute(sql).await.map_err(failed(statement))
}

fn failed(statement: &'static str) -> impl FnOnce(tokio_postgres::Error) -> StoreError {
    move |source| StoreError::Statement { statement, source }
}
