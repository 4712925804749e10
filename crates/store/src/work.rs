//! The shape of a transaction: named work that may run twice.
//!
//! `&self` in [`Work::run`] proves that nothing is used up by the first try. Work runs in a task of its own, so a
//! client that hangs up cannot leave half of an act behind.

use std::future::Future;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use deadpool_postgres::Transaction;
use domain::key::{NetworkKey, OrganisationKey};
use jiff::Timestamp;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use crate::error::StoreError;
use crate::pool::Store;
use crate::statement::{Statement, statements};
use crate::trace::Trace;

/// How often work is tried before its caller is told to come back: 40001 and 40P01 pass quickly or not at all.
const TRIES: u32 = 6;

/// How long an answer of the database is waited for. It ends each statement itself before that ([`crate::pool`]): who hears
/// nothing for longer has a connection that leads nowhere, and would hold it for ever.
const SILENCE: Duration = Duration::from_secs(25);

/// How long a rollback may take, after which the connection is none: it waits for no lock.
const ROLLBACK: Duration = Duration::from_secs(5);

statements! {
    Party ENTER = "
        WITH clock AS (SELECT app_now($1 /* network */) AS now)
        SELECT now,
               set_config('app.now', now::text, true),
               set_config('app.organisation', $2 /* organisation */, true),
               set_config('app.client', $3 /* client */, true),
               set_config('app.credential', $4 /* credential */, true),
               set_config('app.family', '', true)
          FROM clock";
}

/// A source of random bytes, given by the program: libraries draw none themselves.
pub type Chance = Arc<dyn Fn(&mut [u8]) + Send + Sync>;

/// A database role: what a transaction may do at all.
pub trait Role: Send + Sync + 'static {
    /// Its name in PostgreSQL.
    const DATABASE_ROLE: &'static str;
}

macro_rules! roles {
    ($($(#[$doc:meta])+ $name:ident = $role:literal;)+) => {$(
        $(#[$doc])+
        #[derive(Debug)]
        pub struct $name;
        impl Role for $name {
            const DATABASE_ROLE: &'static str = $role;
        }
    )+};
}

roles! {
    /// Reads and single acts of one organisation, one client or one family, under row-level security.
    Party = "tp_party";
    /// The batched submission of signals.
    Submit = "tp_submit";
    /// Matching, telling, retiring.
    Matcher = "tp_matcher";
    /// Ordering the audit log.
    Log = "tp_log";
    /// Erasing what stands behind leaves, and the copies of it.
    Erase = "tp_erase";
    /// The operator's command line: migrations, covenants, organisations.
    Owner = "owner";
}

/// On whose behalf a transaction runs; row-level security reads it.
#[derive(Clone)]
pub enum Context {
    /// One organisation.
    Organisation(OrganisationKey),
    /// A client that is not yet known to act for an organisation.
    Client(String),
    /// A family, known by the hash of what it holds: a code or a session.
    Family([u8; 32]),
    /// One organisation, with the code that a family brought to its desk.
    Assisted(OrganisationKey, [u8; 32]),
    /// The service itself.
    Service,
}

/// A transaction in one role. `now` is the network's time, the same throughout.
pub struct Tx<'a, R: Role> {
    inner: Transaction<'a>,
    now: Timestamp,
    passing_failure: AtomicBool,
    recorded: Mutex<Vec<RecordedLeaf>>,
    organisation: Option<OrganisationKey>,
    store: &'a Store,
    trace: Option<Trace>,
    role: PhantomData<R>,
}

/// A leaf that this transaction writes, and the record it is about.
struct RecordedLeaf {
    about: u128,
    leaf: WrittenLeaf,
}

/// A leaf as it was written, for the receipt of whoever asked for the act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenLeaf {
    /// The event's id, by which the leaf is found again.
    pub event_id: u128,
    /// The leaf's bytes.
    pub bytes: Vec<u8>,
}

/// Named work in one transaction.
pub trait Work: Send + Sync + 'static {
    /// The name under which it is measured and reported.
    const NAME: &'static str;
    /// The role it runs in.
    type Role: Role;
    /// What it gives.
    type Output: Send + 'static;
    /// How it fails. A failure rolls everything back.
    type Error: From<StoreError> + Send + 'static;

    /// Does the work. May be called again after a failure that passes, in a new transaction.
    fn run(&self, tx: &Tx<'_, Self::Role>) -> impl Future<Output = Result<Self::Output, Self::Error>> + Send;
}

impl Store {
    /// Runs work in a transaction of its role, in a task of its own, again when the failure is a passing one.
    ///
    /// # Errors
    /// The work's own, or [`StoreError`] turned into it.
    pub async fn run<W: Work>(&self, context: Context, work: W) -> Result<W::Output, W::Error> {
        let store = self.clone();
        // Read here: the task below is another, in which nothing of the request is known.
        let trace = Trace::current();
        let task = tokio::spawn(async move { store.run_here(&context, &work, trace).await });
        task.await
            .unwrap_or_else(|_| Err(StoreError::Interrupted(W::NAME).into()))
    }

    async fn run_here<W: Work>(
        &self,
        context: &Context,
        work: &W,
        trace: Option<Trace>,
    ) -> Result<W::Output, W::Error> {
        let mut tries = 0;
        loop {
            tries += 1;
            let mut connection = self.connection::<W::Role>().await?;
            let begun = heard::<W::Role, _>("BEGIN", connection.transaction()).await?;
            let mut tx = Tx::begin(self, begun.map_err(StoreError::Unreachable)?, trace);
            tx.enter(context).await?;
            let outcome = work.run(&tx).await;
            let passing = tx.passing_failure.load(Ordering::Relaxed);
            match outcome {
                Ok(output) => match heard::<W::Role, _>("COMMIT", tx.inner.commit()).await? {
                    Ok(()) => return Ok(output),
                    Err(source) if is_unknown(&source) => {
                        return Err(StoreError::OutcomeUnknown {
                            work: W::NAME,
                            source,
                        }
                        .into());
                    }
                    // A deferred check or a serialisation failure at COMMIT: the database said no, nothing happened.
                    Err(source) => {
                        let error = StoreError::Statement {
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
                    let rolled_back = tokio::time::timeout(ROLLBACK, tx.inner.rollback()).await;
                    if !matches!(rolled_back, Ok(Ok(()))) {
                        tracing::debug!(work = W::NAME, "rollback failed; the connection is dropped");
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

    /// Up to 5 ms after the first try, doubling, drawn at random so that two losers do not meet again.
    fn jitter(&self, tries: u32) -> Duration {
        let mut byte = [0];
        (self.chance())(&mut byte);
        Duration::from_micros((u64::from(byte[0]) * 20) << tries.min(5))
    }
}

impl<'a, R: Role> Tx<'a, R> {
    fn begin(store: &'a Store, inner: Transaction<'a>, trace: Option<Trace>) -> Self {
        Self {
            inner,
            now: Timestamp::UNIX_EPOCH,
            passing_failure: AtomicBool::new(false),
            recorded: Mutex::default(),
            organisation: None,
            store,
            trace,
            role: PhantomData,
        }
    }

    /// Reads the network's time and tells row-level security who is here.
    async fn enter(&mut self, context: &Context) -> Result<(), StoreError> {
        let NetworkKey(network) = self.store.network();
        let (organisation, client, credential) = match context {
            Context::Organisation(key) => (key.0.to_string(), String::new(), String::new()),
            Context::Client(id) => (String::new(), id.clone(), String::new()),
            Context::Family(hash) => (String::new(), String::new(), hex(hash)),
            Context::Assisted(key, hash) => (key.0.to_string(), String::new(), hex(hash)),
            Context::Service => Default::default(),
        };
        self.organisation = match context {
            Context::Organisation(key) | Context::Assisted(key, _) => Some(*key),
            Context::Client(_) | Context::Family(_) | Context::Service => None,
        };
        let row = self
            .one(&ENTER, &[&network, &organisation, &client, &credential])
            .await?;
        self.now = row
            .value::<Option<Timestamp>>("now")?
            .ok_or(StoreError::Column { column: "now" })?;
        Ok(())
    }

    /// The trace of the request on whose behalf this runs.
    pub(crate) fn trace(&self) -> Option<Trace> {
        self.trace
    }

    /// The network's time in this transaction.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The organisation on whose behalf this runs.
    pub fn organisation(&self) -> Option<OrganisationKey> {
        self.organisation
    }

    /// The permutation behind public ids.
    pub fn ids(&self) -> &crate::PublicIds {
        self.store.public_ids()
    }

    /// The store this transaction belongs to, for its keys and its entropy.
    pub fn store(&self) -> &Store {
        self.store
    }

    /// Remembers a leaf for the receipt of whoever asked for the act.
    pub(crate) fn remember(&self, about: u128, event_id: u128, leaf: &[u8]) {
        #[cfg(feature = "bench-without-audit")]
        if crate::without_audit::chosen() == crate::without_audit::Audit::WithoutReceipts {
            return;
        }
        let leaf = WrittenLeaf {
            event_id,
            bytes: leaf.to_vec(),
        };
        let mut recorded = self.recorded.lock().unwrap_or_else(PoisonError::into_inner);
        recorded.push(RecordedLeaf { about, leaf });
    }

    /// The leaves that this transaction has written so far.
    pub fn recorded(&self) -> Vec<WrittenLeaf> {
        let recorded = self.recorded.lock().unwrap_or_else(PoisonError::into_inner);
        recorded.iter().map(|recorded| recorded.leaf.clone()).collect()
    }

    /// Those of them that are about one record, by its name in the log.
    pub fn recorded_about(&self, tag: u128) -> Vec<WrittenLeaf> {
        let recorded = self.recorded.lock().unwrap_or_else(PoisonError::into_inner);
        let about = recorded.iter().filter(|recorded| recorded.about == tag);
        about.map(|recorded| recorded.leaf.clone()).collect()
    }

    /// Lets tests compare what was run.
    #[cfg_attr(
        not(any(test, feature = "test-util")),
        expect(clippy::unused_self, reason = "there is nothing to note it in")
    )]
    fn note(&self, _statement: &Statement) {
        #[cfg(any(test, feature = "test-util"))]
        self.store.statement_trace().note::<R>(_statement.name);
    }

    /// All rows of a statement.
    pub(crate) async fn rows(
        &self,
        statement: &Statement,
        parameters: Parameters<'_>,
    ) -> Result<Vec<Row>, StoreError> {
        self.note(statement);
        let answer = async {
            let prepared = self.inner.prepare_cached(statement.sql).await?;
            self.inner.query(&prepared, parameters).await
        };
        let outcome = heard::<R, _>(statement.name, answer).await?;
        outcome.map_err(|source| self.failed(statement, source))
    }

    /// No row or one.
    pub(crate) async fn optional(
        &self,
        statement: &Statement,
        parameters: Parameters<'_>,
    ) -> Result<Option<Row>, StoreError> {
        let mut rows = self.rows(statement, parameters).await?;
        count(statement, rows.len().min(1) as u64, rows.len() as u64)?;
        Ok(rows.pop())
    }

    /// Exactly one row.
    pub(crate) async fn one(
        &self,
        statement: &Statement,
        parameters: Parameters<'_>,
    ) -> Result<Row, StoreError> {
        let mut rows = self.rows(statement, parameters).await?;
        count(statement, 1, rows.len() as u64)?;
        rows.pop().ok_or(StoreError::RowCount {
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
    ) -> Result<u64, StoreError> {
        self.note(statement);
        let answer = async {
            let prepared = self.inner.prepare_cached(statement.sql).await?;
            self.inner.execute(&prepared, parameters).await
        };
        let outcome = heard::<R, _>(statement.name, answer).await?;
        outcome.map_err(|source| self.failed(statement, source))
    }

    /// Changes exactly this many rows.
    pub(crate) async fn change_exactly(
        &self,
        statement: &Statement,
        expected: usize,
        parameters: Parameters<'_>,
    ) -> Result<(), StoreError> {
        let actual = self.change(statement, parameters).await?;
        count(statement, expected as u64, actual)
    }

    /// The transaction has lasted so long (a lock, a paused process) that its time is no longer that of its leaves: the
    /// work runs again with a new time, since the log's times must not run back.
    pub(crate) fn stale(&self) -> StoreError {
        self.passing_failure.store(true, Ordering::Relaxed);
        StoreError::Stale
    }

    fn failed(&self, statement: &Statement, source: tokio_postgres::Error) -> StoreError {
        let error = StoreError::Statement {
            statement: statement.name,
            source,
        };
        if error.is_passing() {
            self.passing_failure.store(true, Ordering::Relaxed);
        }
        error
    }
}

/// Waits for an answer of the database, but not for ever. The connection goes back to the pool, which asks it for a sign of
/// life before it is used again. A ceremony's statements take as long as they take.
async fn heard<R: Role, T>(asked: &'static str, answer: impl Future<Output = T>) -> Result<T, StoreError> {
    if R::DATABASE_ROLE == Owner::DATABASE_ROLE {
        return Ok(answer.await);
    }
    let answered = tokio::time::timeout(SILENCE, answer).await;
    answered.map_err(|_| StoreError::Silent(asked))
}

/// Whether a failed COMMIT may have taken effect: no answer came, or the database was going down (class 57).
fn is_unknown(error: &tokio_postgres::Error) -> bool {
    error.code().is_none_or(|code| code.code().starts_with("57"))
}

/// Parameters of a statement.
pub(crate) type Parameters<'p> = &'p [&'p (dyn ToSql + Sync)];

fn count(statement: &Statement, expected: u64, actual: u64) -> Result<(), StoreError> {
    if expected == actual {
        return Ok(());
    }
    Err(StoreError::RowCount {
        statement: statement.name,
        expected,
        actual,
    })
}

/// Reading a column by name, with an error that names the column.
pub(crate) trait RowExt {
    fn value<'r, T: tokio_postgres::types::FromSql<'r>>(
        &'r self,
        column: &'static str,
    ) -> Result<T, StoreError>;

    /// A column of exactly N bytes.
    fn bytes<const N: usize>(&self, column: &'static str) -> Result<[u8; N], StoreError> {
        self.value::<&[u8]>(column)?
            .try_into()
            .map_err(|_| StoreError::Column { column })
    }

    /// A column that holds a random tag or id.
    fn tag(&self, column: &'static str) -> Result<u128, StoreError> {
        Ok(self.value::<uuid::Uuid>(column)?.as_u128())
    }
}

impl RowExt for Row {
    fn value<'r, T: tokio_postgres::types::FromSql<'r>>(
        &'r self,
        column: &'static str,
    ) -> Result<T, StoreError> {
        self.try_get(column).map_err(|_| StoreError::Column { column })
    }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
