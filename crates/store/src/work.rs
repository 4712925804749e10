//! The shape of a transaction: named work that may run twice.
//!
//! `&self` in [`Work::run`] proves that nothing is used up by the first try. Work runs in a task of its own, so a
//! client that hangs up cannot leave half of an act behind.

use std::future::Future;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use audit_log::receipt::Place;
use deadpool_postgres::Object;
use domain::key::OrganisationKey;
use futures::FutureExt as _;
use futures::future::{join, join3};
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
    inner: &'a Object,
    /// How it begins.
    begin: &'static str,
    entry: Entry,
    /// Whether that was sent.
    begun: AtomicBool,
    /// Known when the transaction has begun.
    now: OnceLock<Timestamp>,
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
    /// Where it stands among the leaves whose receipts have one signature; none when it is signed alone.
    pub place: Option<Place>,
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
    /// Whether it only looks, which the database then sees to. Such work begins with its first statement, in one round trip,
    /// and knows the time after that; nobody waits for its end, since there is nothing to keep.
    const LOOKS: bool = false;

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
            let mut open = Open(None);
            let connection: &Object = open.0.insert(self.connection::<W::Role>().await?);
            let tx = Tx::new(self, connection, W::LOOKS, context, trace);
            if !W::LOOKS
                && let Err(error) = tx.enter().await
            {
                // Nothing was begun, and another connection may lead somewhere.
                if connection.is_closed() && tries < TRIES {
                    continue;
                }
                return Err(error.into());
            }
            let outcome = work.run(&tx).await;
            let passing = tx.passing_failure.load(Ordering::Relaxed);
            if !tx.begun.load(Ordering::Relaxed) {
                open.give_back();
                return outcome;
            }
            match outcome {
                Ok(output) if W::LOOKS => {
                    // Sent with the first look at it; whoever has the connection next stands behind it.
                    if !matches!(connection.batch_execute("COMMIT").now_or_never(), Some(Err(_))) {
                        open.give_back();
                    }
                    return Ok(output);
                }
                Ok(output) => {
                    match heard::<W::Role, _>("COMMIT", connection.batch_execute("COMMIT")).await? {
                        Ok(()) => {
                            open.give_back();
                            return Ok(output);
                        }
                        Err(source) if is_unknown(&source) => {
                            return Err(StoreError::OutcomeUnknown {
                                work: W::NAME,
                                source,
                            }
                            .into());
                        }
                        // A deferred check or a serialisation failure at COMMIT: the database said no, nothing happened.
                        Err(source) => {
                            open.give_back();
                            let error = StoreError::Statement {
                                statement: "COMMIT",
                                source,
                            };
                            if !error.is_passing() || tries == TRIES {
                                return Err(error.into());
                            }
                        }
                    }
                }
                // What only looks can look again, over a connection that leads somewhere.
                Err(_) if W::LOOKS && connection.is_closed() && tries < TRIES => continue,
                Err(error) => {
                    let rolled_back =
                        tokio::time::timeout(ROLLBACK, connection.batch_execute("ROLLBACK")).await;
                    match rolled_back {
                        Ok(Ok(())) => open.give_back(),
                        _ => tracing::debug!(work = W::NAME, "rollback failed; the connection is dropped"),
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

/// A connection in a transaction. Unless that was ended, the connection ends here: whoever had it next would stand in the
/// midst of it.
struct Open(Option<Object>);

impl Open {
    /// Gives the connection back to its pool.
    fn give_back(mut self) {
        drop(self.0.take());
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if let Some(connection) = self.0.take() {
            drop(Object::take(connection));
        }
    }
}

/// What row-level security is told of who is here.
struct Entry {
    organisation: String,
    client: String,
    credential: String,
}

impl Entry {
    /// Those of `ENTER`.
    fn parameters<'p>(&'p self, network: &'p i16) -> [&'p (dyn ToSql + Sync); 4] {
        [network, &self.organisation, &self.client, &self.credential]
    }

    fn of(context: &Context) -> Self {
        let (organisation, client, credential) = match context {
            Context::Organisation(key) => (key.0.to_string(), String::new(), String::new()),
            Context::Client(id) => (String::new(), id.clone(), String::new()),
            Context::Family(hash) => (String::new(), String::new(), hex(hash)),
            Context::Assisted(key, hash) => (key.0.to_string(), String::new(), hex(hash)),
            Context::Service => Default::default(),
        };
        Self {
            organisation,
            client,
            credential,
        }
    }
}

impl<'a, R: Role> Tx<'a, R> {
    fn new(
        store: &'a Store,
        inner: &'a Object,
        looks: bool,
        context: &Context,
        trace: Option<Trace>,
    ) -> Self {
        Self {
            inner,
            begin: if looks { "BEGIN READ ONLY" } else { "BEGIN" },
            entry: Entry::of(context),
            begun: AtomicBool::new(false),
            now: OnceLock::new(),
            passing_failure: AtomicBool::new(false),
            recorded: Mutex::default(),
            organisation: match context {
                Context::Organisation(key) | Context::Assisted(key, _) => Some(*key),
                Context::Client(_) | Context::Family(_) | Context::Service => None,
            },
            store,
            trace,
            role: PhantomData,
        }
    }

    /// Begins, reads the network's time and tells row-level security who is here, in one round trip.
    async fn enter(&self) -> Result<(), StoreError> {
        self.note(&ENTER);
        let network = self.store.network().0;
        let parameters = self.entry.parameters(&network);
        let answer = async {
            let entering = self.inner.prepare_cached(ENTER.sql).await?;
            // Both are sent when first looked at, one after the other.
            self.begun.store(true, Ordering::Relaxed);
            let begun = self.inner.batch_execute(self.begin);
            Ok(join(begun, self.inner.query(&entering, &parameters)).await)
        };
        let (begun, entered) = heard::<R, _>("BEGIN", answer)
            .await?
            .map_err(StoreError::Unreachable)?;
        begun.map_err(StoreError::Unreachable)?;
        self.entered(&entered.map_err(|source| self.failed(&ENTER, source))?)
    }

    /// The same together with the first statement.
    async fn enter_with(
        &self,
        statement: &Statement,
        parameters: Parameters<'_>,
    ) -> Result<Vec<Row>, StoreError> {
        self.note(&ENTER);
        let network = self.store.network().0;
        let of_entry = self.entry.parameters(&network);
        let answer = async {
            // Before anything is begun, so that nothing stands between what follows.
            let entering = self.inner.prepare_cached(ENTER.sql).await?;
            let prepared = self.inner.prepare_cached(statement.sql).await?;
            self.begun.store(true, Ordering::Relaxed);
            let begun = self.inner.batch_execute(self.begin);
            let entered = self.inner.query(&entering, &of_entry);
            Ok(join3(begun, entered, self.inner.query(&prepared, parameters)).await)
        };
        let (begun, entered, rows) = heard::<R, _>(statement.name, answer)
            .await?
            .map_err(StoreError::Unreachable)?;
        begun.map_err(StoreError::Unreachable)?;
        self.entered(&entered.map_err(|source| self.failed(&ENTER, source))?)?;
        rows.map_err(|source| self.failed(statement, source))
    }

    /// Keeps the time that was read on the way in.
    fn entered(&self, rows: &[Row]) -> Result<(), StoreError> {
        let row = rows.first().ok_or(StoreError::Column { column: "now" })?;
        let now = row
            .value::<Option<Timestamp>>("now")?
            .ok_or(StoreError::Column { column: "now" })?;
        self.now.get_or_init(|| now);
        Ok(())
    }

    /// The trace of the request on whose behalf this runs.
    pub fn trace(&self) -> Option<Trace> {
        self.trace
    }

    /// The network's time in this transaction; of work that only looks, after its first statement.
    pub fn now(&self) -> Timestamp {
        debug_assert!(self.now.get().is_some(), "nothing was read yet");
        self.now.get().copied().unwrap_or(Timestamp::UNIX_EPOCH)
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
            place: None,
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
        if self.now.get().is_none() {
            let rows = self.enter_with(statement, parameters).await;
            self.note(statement);
            return rows;
        }
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
        if self.now.get().is_none() {
            self.enter().await?;
        }
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

mod together;

#[cfg(test)]
mod tests;
