//! The keyholder's own database: two small pools, and transactions as named work that may run twice.
//!
//! `&self` in [`Work::run`] proves that nothing is used up by the first try. Work runs in a task of its own, so a
//! client that hangs up cannot leave half of an act behind.

mod migrate;
mod settings;

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use deadpool_postgres::{
    Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime, TimeoutType, Transaction,
};
use jiff::Timestamp;
use tokio_postgres::types::{FromSql, ToSql};
use tokio_postgres::{NoTls, Row};

use crate::environment::Environment;
use crate::error::KeyholderError;
use crate::statement::{Statement, statements};

pub use settings::DatabaseSettings;

/// How long a request may wait for a connection before it is shed with 503.
const WAIT: Duration = Duration::from_millis(250);

/// How often work is tried before its caller is told to come back.
const TRIES: u32 = 6;

statements! {
    Service ENTER = "SELECT keyholder.now() AS now";
}

/// As whom the database is entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The running keyholder.
    Service,
    /// The operator's command line.
    Owner,
}

impl Role {
    /// Its name in PostgreSQL.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Service => "kh_service",
            Self::Owner => "owner",
        }
    }
}

/// Parameters of a statement.
pub(crate) type Parameters<'p> = &'p [&'p (dyn ToSql + Sync)];

/// The database. Cheap to clone; connects when first used.
#[derive(Clone)]
pub(crate) struct Database(Arc<Inner>);

struct Inner {
    service: Pool,
    owner: Pool,
    settings: DatabaseSettings,
    environment: Environment,
}

/// Named work in one transaction.
pub(crate) trait Work: Send + Sync + 'static {
    /// The name under which it is reported.
    const NAME: &'static str;
    /// The role it runs in.
    const ROLE: Role;
    /// What it gives.
    type Output: Send + 'static;
    /// How it fails. A failure rolls everything back.
    type Error: From<KeyholderError> + Send + 'static;

    /// Does the work. May be called again after a failure that passes, in a new transaction.
    fn run(&self, tx: &Tx<'_>) -> impl Future<Output = Result<Self::Output, Self::Error>> + Send;
}

/// A transaction. Its time is read once, when it begins.
pub(crate) struct Tx<'a> {
    inner: Transaction<'a>,
    now: Timestamp,
    passing_failure: AtomicBool,
    environment: &'a Environment,
}

impl Database {
    /// Prepares the pools.
    ///
    /// # Errors
    /// [`KeyholderError::Interrupted`] on settings no pool can be built with.
    pub(crate) fn new(settings: DatabaseSettings, environment: Environment) -> Result<Self, KeyholderError> {
        let pool = |role: Role, size: usize| {
            // Recycling resets nothing, so no statement may set session state; it only checks that the connection
            // still answers, which matters after a failover.
            let manager = Manager::from_config(
                settings.for_role(role),
                NoTls,
                ManagerConfig {
                    recycling_method: RecyclingMethod::Verified,
                },
            );
            Pool::builder(manager)
                .max_size(size)
                .wait_timeout(Some(WAIT))
                .create_timeout(Some(Duration::from_secs(5)))
                .recycle_timeout(Some(Duration::from_secs(1)))
                .runtime(Runtime::Tokio1)
                .build()
                .map_err(|_| KeyholderError::Interrupted("building the pool"))
        };
        Ok(Self(Arc::new(Inner {
            service: pool(Role::Service, 10)?,
            owner: pool(Role::Owner, 2)?,
            settings,
            environment,
        })))
    }

    /// Runs work in a transaction, in a task of its own, again when the failure is a passing one.
    pub(crate) async fn run<W: Work>(&self, work: W) -> Result<W::Output, W::Error> {
        let database = self.clone();
        let task = tokio::spawn(async move { database.run_here(&work).await });
        task.await
            .unwrap_or_else(|_| Err(KeyholderError::Interrupted(W::NAME).into()))
    }

    /// Closes every connection; whoever still waits for one is told that it is busy.
    pub(crate) fn close(&self) {
        self.0.service.close();
        self.0.owner.close();
    }

    async fn run_here<W: Work>(&self, work: &W) -> Result<W::Output, W::Error> {
        let mut tries = 0;
        loop {
            tries += 1;
            let mut connection = self.connection(W::ROLE).await?;
            let inner = connection
                .transaction()
                .await
                .map_err(KeyholderError::Unreachable)?;
            let tx = Tx::enter(inner, &self.0.environment).await?;
            let outcome = work.run(&tx).await;
            let passing = tx.passing_failure.load(Ordering::Relaxed);
            match outcome {
                Ok(output) => match tx.inner.commit().await {
                    Ok(()) => return Ok(output),
                    Err(source) if is_unknown(&source) => {
                        return Err(KeyholderError::OutcomeUnknown {
                            work: W::NAME,
                            source,
                        }
                        .into());
                    }
                    // The database said no, nothing happened.
                    Err(source) => {
                        let error = KeyholderError::Statement {
                            statement: "COMMIT",
                            source,
                        };
                        if !error.is_passing() || tries == TRIES {
                            return Err(error.into());
                        }
                    }
                },
                Err(error) => {
                    // Rolled back explicitly: a dropped transaction would roll back later, behind the pool's back.
                    if let Err(source) = tx.inner.rollback().await {
                        tracing::debug!(work = W::NAME, error = %source, "rollback failed; the connection is dropped");
                    }
                    if !passing || tries == TRIES {
                        return Err(error);
                    }
                }
            }
            tracing::debug!(work = W::NAME, tries, "passing failure, trying again");
            tokio::time::sleep(self.jitter(tries)).await;
        }
    }

    async fn connection(&self, role: Role) -> Result<Object, KeyholderError> {
        let pool = match role {
            Role::Service => &self.0.service,
            Role::Owner => &self.0.owner,
        };
        pool.get().await.map_err(|error| match error {
            PoolError::Backend(source) => KeyholderError::Unreachable(source),
            PoolError::Timeout(TimeoutType::Wait | TimeoutType::Create | TimeoutType::Recycle)
            | PoolError::Closed
            | PoolError::NoRuntimeSpecified
            | PoolError::PostCreateHook(_) => KeyholderError::Busy,
        })
    }

    /// Up to 5 ms after the first try, doubling, drawn at random so that two losers do not meet again.
    fn jitter(&self, tries: u32) -> Duration {
        let [byte] = self.0.environment.random();
        Duration::from_micros((u64::from(byte) * 20) << tries.min(5))
    }
}

impl<'a> Tx<'a> {
    async fn enter(inner: Transaction<'a>, environment: &'a Environment) -> Result<Self, KeyholderError> {
        let mut tx = Self {
            inner,
            now: Timestamp::UNIX_EPOCH,
            passing_failure: AtomicBool::new(false),
            environment,
        };
        tx.now = tx.one(&ENTER, &[]).await?.value("now")?;
        Ok(tx)
    }

    /// The keyholder's time in this transaction.
    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// The program's chance.
    pub(crate) fn environment(&self) -> &Environment {
        self.environment
    }

    /// All rows of a statement.
    pub(crate) async fn rows(
        &self,
        statement: &Statement,
        parameters: Parameters<'_>,
    ) -> Result<Vec<Row>, KeyholderError> {
        let outcome = match self.inner.prepare_cached(statement.sql).await {
            Ok(prepared) => self.inner.query(&prepared, parameters).await,
            Err(error) => Err(error),
        };
        outcome.map_err(|source| self.failed(statement, source))
    }

    /// No row or one.
    pub(crate) async fn optional(
        &self,
        statement: &Statement,
        parameters: Parameters<'_>,
    ) -> Result<Option<Row>, KeyholderError> {
        let mut rows = self.rows(statement, parameters).await?;
        count(statement, rows.len().min(1) as u64, rows.len() as u64)?;
        Ok(rows.pop())
    }

    /// Exactly one row.
    pub(crate) async fn one(
        &self,
        statement: &Statement,
        parameters: Parameters<'_>,
    ) -> Result<Row, KeyholderError> {
        let mut rows = self.rows(statement, parameters).await?;
        count(statement, 1, rows.len() as u64)?;
        rows.pop().ok_or(KeyholderError::RowCount {
            statement: statement.name,
            expected: 1,
            actual: 0,
        })
    }

    /// The number of rows a statement changed.
    pub(crate) async fn change(
        &self,
        statement: &Statement,
        parameters: Parameters<'_>,
    ) -> Result<u64, KeyholderError> {
        let outcome = match self.inner.prepare_cached(statement.sql).await {
            Ok(prepared) => self.inner.execute(&prepared, parameters).await,
            Err(error) => Err(error),
        };
        outcome.map_err(|source| self.failed(statement, source))
    }

    /// Changes exactly this many rows.
    pub(crate) async fn change_exactly(
        &self,
        statement: &Statement,
        expected: usize,
        parameters: Parameters<'_>,
    ) -> Result<(), KeyholderError> {
        let actual = self.change(statement, parameters).await?;
        count(statement, expected as u64, actual)
    }

    /// The transaction has lasted so long that its time is no longer that of its leaves: the work runs again with a new
    /// time, since the log's times must not run back.
    pub(crate) fn stale(&self) -> KeyholderError {
        self.passing_failure.store(true, Ordering::Relaxed);
        KeyholderError::Stale
    }

    fn failed(&self, statement: &Statement, source: tokio_postgres::Error) -> KeyholderError {
        let error = KeyholderError::Statement {
            statement: statement.name,
            source,
        };
        if error.is_passing() {
            self.passing_failure.store(true, Ordering::Relaxed);
        }
        error
    }
}

/// Reading a column by name, with an error that names the column.
pub(crate) trait RowExt {
    fn value<'r, T: FromSql<'r>>(&'r self, column: &'static str) -> Result<T, KeyholderError>;

    /// A column of exactly N bytes.
    fn bytes<const N: usize>(&self, column: &'static str) -> Result<[u8; N], KeyholderError> {
        self.value::<&[u8]>(column)?
            .try_into()
            .map_err(|_| KeyholderError::Column { column })
    }

    /// A column that holds a random tag or id.
    fn tag(&self, column: &'static str) -> Result<u128, KeyholderError> {
        Ok(self.value::<uuid::Uuid>(column)?.as_u128())
    }

    /// A column that counts.
    fn count(&self, column: &'static str) -> Result<u64, KeyholderError> {
        u64::try_from(self.value::<i64>(column)?).map_err(|_| KeyholderError::Column { column })
    }

    /// A column that holds the number of a key epoch.
    fn epoch(&self, column: &'static str) -> Result<u16, KeyholderError> {
        u16::try_from(self.value::<i32>(column)?).map_err(|_| KeyholderError::Column { column })
    }
}

impl RowExt for Row {
    fn value<'r, T: FromSql<'r>>(&'r self, column: &'static str) -> Result<T, KeyholderError> {
        self.try_get(column)
            .map_err(|_| KeyholderError::Column { column })
    }
}

/// Whether a failed COMMIT may have taken effect: no answer came, or the database was going down (class 57).
fn is_unknown(error: &tokio_postgres::Error) -> bool {
    error.code().is_none_or(|code| code.code().starts_with("57"))
}

fn count(statement: &Statement, expected: u64, actual: u64) -> Result<(), KeyholderError> {
    if expected == actual {
        return Ok(());
    }
    Err(KeyholderError::RowCount {
        statement: statement.name,
        expected,
        actual,
    })
}
