//! The floor of reads: a pool of the same library and size, and one row by its primary key.

use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod};
use jiff::Timestamp;
use tokio_postgres::{Config, NoTls};

use super::failed;
use crate::error::StoreError;
use crate::pool::Store;
use crate::work::{Owner, RowExt};

/// As many connections as a party's pool has.
const CONNECTIONS: usize = 10;

const NOTICE: &str = "
    SELECT subject_id, id, match_id, kind, visible_at, acknowledged_at FROM notice WHERE subject_id = $1 AND id = $2";
const NOTICES: &str = "SELECT subject_id, id FROM notice ORDER BY id";
const SHOW: [&str; 2] = [
    "UPDATE match_party SET visible_at = joined_at",
    "UPDATE notice SET visible_at = created_at",
];
const LEAVES: &str = "CREATE TABLE IF NOT EXISTS bench_leaf (event_id uuid PRIMARY KEY, leaf bytea NOT NULL)";
const LEAF: &str = "INSERT INTO bench_leaf (event_id, leaf) VALUES ($1, $2)";

/// A row by its key.
#[derive(Debug, Clone)]
pub struct Found {
    /// Its number.
    pub id: i64,
    /// What it is about.
    pub match_row: Option<i64>,
    /// What happened.
    pub kind: String,
    /// When it began to show.
    pub at: Timestamp,
    /// When it was acknowledged.
    pub acknowledged_at: Option<Timestamp>,
}

/// What reads one row by its key, as the owner of the database, so that no policy is asked. Cheap to clone.
#[derive(Clone)]
pub struct Floor(Pool);

impl Floor {
    /// On this database.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn new(config: Config) -> Result<Self, StoreError> {
        let manager = ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        };
        let pool = Pool::builder(Manager::from_config(config, NoTls, manager)).max_size(CONNECTIONS);
        let floor = Self(
            pool.build()
                .map_err(|_| StoreError::Interrupted("building the pool"))?,
        );
        let connection = floor.0.get().await.map_err(|_| StoreError::Busy)?;
        connection.batch_execute(LEAVES).await.map_err(failed("leaves"))?;
        Ok(floor)
    }

    /// A notice by its key.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn notice(&self, subject: i64, id: i64) -> Result<Option<Found>, StoreError> {
        let connection = self.0.get().await.map_err(|_| StoreError::Busy)?;
        let found = async {
            let prepared = connection.prepare_cached(NOTICE).await?;
            connection.query_opt(&prepared, &[&subject, &id]).await
        };
        let Some(row) = found.await.map_err(failed("notice"))? else {
            return Ok(None);
        };
        Ok(Some(Found {
            id: row.value("id")?,
            match_row: row.value("match_id")?,
            kind: row.value("kind")?,
            at: row.value("visible_at")?,
            acknowledged_at: row.value("acknowledged_at")?,
        }))
    }

    /// The same, and a leaf about it is written first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn notice_with_leaf(
        &self,
        subject: i64,
        id: i64,
        event: u128,
        leaf: &[u8],
    ) -> Result<Option<Found>, StoreError> {
        let connection = self.0.get().await.map_err(|_| StoreError::Busy)?;
        let written = async {
            let prepared = connection.prepare_cached(LEAF).await?;
            connection
                .execute(&prepared, &[&uuid::Uuid::from_u128(event), &leaf])
                .await
        };
        written.await.map_err(failed("leaf"))?;
        drop(connection);
        self.notice(subject, id).await
    }
}

/// Shows every match and every notice at once, as if its interval were over.
///
/// # Errors
/// [`StoreError`].
pub async fn show_everything(store: &Store) -> Result<(), StoreError> {
    let connection = store.connection::<Owner>().await?;
    for statement in SHOW {
        connection.execute(statement, &[]).await.map_err(failed("show"))?;
    }
    Ok(())
}

/// The keys of all notices.
///
/// # Errors
/// [`StoreError`].
pub async fn notices(store: &Store) -> Result<Vec<(i64, i64)>, StoreError> {
    let connection = store.connection::<Owner>().await?;
    let rows = connection.query(NOTICES, &[]).await.map_err(failed("notices"))?;
    rows.iter()
        .map(|row| Ok((row.value("subject_id")?, row.value("id")?)))
        .collect()
}
