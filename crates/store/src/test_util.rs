//! Databases for tests: one private PostgreSQL per test process, one freshly copied database per test.
//!
//! Never for real data: the server runs without fsync.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot have a database cannot go on"
)]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use domain::event::Event;
use domain::key::NetworkKey;
use tokio_postgres::{Client, NoTls};

use crate::private_postgres::{Options, PrivatePostgres};
use crate::{
    Chance, ConnectionSettings, Crypter, NetworkRow, NewNetwork, PublicIds, Store, StoreError, Tx, Work,
};

/// The network every test database has.
pub const NETWORK: NetworkKey = NetworkKey(1);

/// A database of its own, migrated, with network 1 of kind `test` and nothing else.
pub struct TestDatabase {
    /// How to connect.
    pub settings: ConnectionSettings,
    /// The store on it.
    pub store: Store,
}

impl TestDatabase {
    /// Copies the migrated template.
    pub async fn new(chance: Chance) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        LEFT_OUT.get_or_init(|| std::env::var("TREFPUNT_LEAVES_OUT").ok());
        let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        template().await;
        execute(
            &connect("postgres").await,
            &format!("CREATE DATABASE {name} TEMPLATE template_of_tests"),
        )
        .await;
        let settings = settings(&name);
        let store = store(&settings, chance);
        Self { settings, store }
    }

    /// A connection as superuser, to look at what no role of the service may.
    pub async fn superuser(&self) -> Client {
        connect(self.settings.owner.get_dbname().unwrap()).await
    }

    /// Moves the network's clock: sets what is added to real time, in seconds.
    pub async fn set_clock_offset(&self, seconds: i64) {
        let sql = format!("UPDATE network SET clock_offset = make_interval(secs => {seconds})");
        execute(&self.superuser().await, &sql).await;
    }
}

impl Drop for TestDatabase {
    /// Gives the disk back: a test process makes hundreds of databases, of which it needs a few at a time. In a thread of its
    /// own, since the runtime of the test may be ending.
    fn drop(&mut self) {
        let Some(name) = self.settings.owner.get_dbname().map(str::to_owned) else {
            return;
        };
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let Ok(runtime) = runtime else { return };
            runtime.block_on(async {
                // What is still connected belongs to the test that is over.
                let sql = format!("DROP DATABASE {name} WITH (FORCE)");
                execute(&connect("postgres").await, &sql).await;
            });
        });
    }
}

/// The event that is not recorded, as if the call were not there: `tests/mutations` shows that each act is noticed without
/// its leaf. Only who makes a test's database looks for it, which no program does that serves anybody.
static LEFT_OUT: OnceLock<Option<String>> = OnceLock::new();

/// Whether the call that records these events is to be as if it were not there.
pub(crate) fn leaves_out(events: &[Event]) -> bool {
    let is_left_out = |name: &str| events.iter().any(|event| event.record().name == name);
    LEFT_OUT.get().and_then(Option::as_deref).is_some_and(is_left_out)
}

/// The statements that a store ran, in order, while a test wants to know.
#[derive(Default)]
pub struct StatementTrace(std::sync::Mutex<Option<Vec<String>>>);

impl StatementTrace {
    /// Notes every statement from now on, with the role that runs it.
    pub fn begin(&self) {
        *self.0.lock().unwrap() = Some(Vec::new());
    }

    /// What was run since it was asked last.
    pub fn take(&self) -> Vec<String> {
        let mut noted = self.0.lock().unwrap();
        noted.as_mut().map(std::mem::take).unwrap_or_default()
    }

    pub(crate) fn note<R: crate::Role>(&self, statement: &str) {
        if let Some(noted) = self.0.lock().unwrap().as_mut() {
            noted.push(format!("{} {statement}", R::DATABASE_ROLE));
        }
    }
}

/// An empty database on this process's server, for a program with a schema of its own: how to enter it as superuser.
pub async fn empty_database() -> tokio_postgres::Config {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("empty_{}", NEXT.fetch_add(1, Ordering::Relaxed));
    execute(&connect("postgres").await, &format!("CREATE DATABASE {name}")).await;
    settings(&name).owner
}

/// A connection as superuser to the database of these settings.
pub async fn superuser(settings: &ConnectionSettings) -> Client {
    connect(settings.owner.get_dbname().unwrap()).await
}

/// A store with keys that are no secret.
pub fn store(settings: &ConnectionSettings, chance: Chance) -> Store {
    Store::new(
        settings,
        NETWORK,
        Crypter::new([1; 32]),
        PublicIds::new(&[2; 16]),
        chance,
    )
    .unwrap()
}

/// The migrated database that others are copied from, made once a process.
async fn template() {
    static MADE: tokio::sync::OnceCell<()> = tokio::sync::OnceCell::const_new();
    MADE.get_or_init(|| async {
        execute(&connect("postgres").await, "CREATE DATABASE template_of_tests").await;
        let settings = settings("template_of_tests");
        let store = store(&settings, Arc::new(|bytes: &mut [u8]| bytes.fill(0)));
        crate::migrate(&store, &settings).await.unwrap();
        store.run(crate::Context::Service, PutTestNetwork).await.unwrap();
        store.close();
    })
    .await;
}

struct PutTestNetwork;

impl Work for PutTestNetwork {
    const NAME: &'static str = "put_test_network";
    type Role = crate::Owner;
    type Output = ();
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, crate::Owner>) -> Result<(), StoreError> {
        let keys = NetworkRow {
            net_epoch: 1,
            // The secret that partners have in tests.
            key_check: *identifiers::key_check(&identifiers::NetworkSecret::from_bytes([7; 32]), 1)
                .as_bytes(),
            tag_epoch: 1,
        };
        tx.put_network(&NewNetwork {
            kind: "test".into(),
            keys,
        })
        .await
    }
}

fn settings(database: &str) -> ConnectionSettings {
    let mut owner = server().config();
    owner.dbname(database);
    ConnectionSettings {
        owner,
        role_secret: None,
    }
}

/// The server of this process. It dies with the process; its files go when the next test process starts.
fn server() -> &'static PrivatePostgres {
    static SERVER: OnceLock<PrivatePostgres> = OnceLock::new();
    SERVER.get_or_init(|| {
        let home = directory();
        sweep(&home);
        let mine = home.join(std::process::id().to_string());
        // A process that is gone may have had this number.
        std::fs::remove_dir_all(&mine).ok();
        std::fs::create_dir_all(&mine).unwrap();
        PrivatePostgres::start_with(&mine, Options::throwaway()).unwrap()
    })
}

/// In the directory for temporary files and not below the checkout, which the server's own user may not be able to enter.
fn directory() -> PathBuf {
    let user = rustix::process::getuid().as_raw();
    std::env::temp_dir().join(format!("trefpunt-test-postgres-{user}"))
}

/// Deletes what processes that are gone left behind.
fn sweep(home: &Path) {
    let Ok(entries) = std::fs::read_dir(home) else {
        return;
    };
    for entry in entries.flatten() {
        let process = Path::new("/proc").join(entry.file_name());
        if !process.exists() {
            std::fs::remove_dir_all(entry.path()).ok();
        }
    }
}

async fn connect(database: &str) -> Client {
    let (client, connection) = settings(database).owner.connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

async fn execute(client: &Client, sql: &str) {
    client.batch_execute(sql).await.unwrap();
}
