//! How much room rows take on the disk.

use super::{TABLES, failed};
use crate::error::StoreError;
use crate::pool::Store;
use crate::work::Owner;

/// What a database holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// Bytes of all tables with their indexes and what is stored beside them.
    pub disk: u64,
    /// Bytes of the columns of all rows, as they are stored: no headers, no indexes.
    pub columns: u64,
}

/// Measures it, once what is dead was swept up.
///
/// # Errors
/// [`StoreError`].
pub async fn space(store: &Store) -> Result<Space, StoreError> {
    let client = store.connection::<Owner>().await?;
    client.batch_execute("VACUUM").await.map_err(failed("space"))?;
    let (mut disk, mut columns) = (0_i64, 0_i64);
    for row in client.query(TABLES, &[]).await.map_err(failed("space"))? {
        let table: String = row.try_get(0).map_err(failed("space"))?;
        let names = client
            .query(
                "SELECT 'coalesce(pg_column_size(' || quote_ident(attname) || '), 0)' FROM pg_attribute
                  WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped",
                &[&table],
            )
            .await
            .map_err(failed("space"))?;
        let sizes: Vec<String> = names
            .iter()
            .map(|row| row.try_get(0))
            .collect::<Result<_, _>>()
            .map_err(failed("space"))?;
        // Table and columns are the catalogue's own names.
        let sql = format!(
            "SELECT pg_total_relation_size('{table}'), (SELECT coalesce(sum({}), 0)::bigint FROM {table})",
            sizes.join(" + ")
        );
        let row = client.query_one(&sql, &[]).await.map_err(failed("space"))?;
        disk += row.try_get::<_, i64>(0).map_err(failed("space"))?;
        columns += row.try_get::<_, i64>(1).map_err(failed("space"))?;
    }
    Ok(Space {
        disk: disk.unsigned_abs(),
        columns: columns.unsigned_abs(),
    })
}
