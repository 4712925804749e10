//! Connections: one small pool per database role.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use deadpool_postgres::{
    Hook, HookError, Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime, TimeoutType,
};
use domain::key::NetworkKey;
use jiff::Timestamp;
use tokio_postgres::config::Host;
use tokio_postgres::{Config, NoTls};

use crate::crypter::Crypter;
use crate::error::StoreError;
use crate::processing_log::ProcessingLog;
use crate::public_id::PublicIds;
use crate::work::{Chance, Erase, Log, Matcher, Owner, Party, Role, Submit};

/// After this time without use, a connection is asked for a sign of life.
const IDLE: Duration = Duration::from_secs(1);

/// How long that may take.
const SIGN_OF_LIFE: Duration = Duration::from_secs(1);

/// How long a request may wait for a connection before it is shed with 503.
const WAIT: Duration = Duration::from_millis(250);

/// How many connections a process takes at most in each role. Measured: a pool of 8 to 16 serves two cores best; more
/// connections only queue inside PostgreSQL.
const SIZES: [(&str, usize); 6] = [
    (Party::DATABASE_ROLE, 10),
    (Submit::DATABASE_ROLE, 2),
    // Each driver is one task, and there are many.
    (Matcher::DATABASE_ROLE, 5),
    (Log::DATABASE_ROLE, 3),
    // A ceremony reads ahead while it writes.
    (Owner::DATABASE_ROLE, 2),
    (Erase::DATABASE_ROLE, 1),
];

/// A plan that is kept is made once, often while its tables are all but empty, and must still be good when they hold
/// millions of rows. So every statement goes by the keys it was given: no scan of a whole table, and no join that reads one
/// whole side of it. To compile a statement costs more than any of them. And it is kept from the first time on: to plan a
/// short statement anew each time costs more than to run it.
pub(crate) const PLANNER: &str = "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off \
                                  -c plan_cache_mode=force_generic_plan";

/// How the names of our programs' connections begin. A process goes on with its kind and a name of its own.
pub const PROGRAM: &str = "trefpunt/";

/// Where the database is and as whom to come.
#[derive(Clone)]
pub struct ConnectionSettings {
    /// Address, database, and the owner's name and password.
    pub owner: Config,
    /// The secret from which each role's password is derived; none where the way to the database needs no password
    /// (the private PostgreSQL, whose socket directory only its own user can enter).
    pub role_secret: Option<[u8; 32]>,
}

impl ConnectionSettings {
    /// From a PostgreSQL URL or key=value string.
    ///
    /// Connections are not encrypted, so the way must not leave the machine: a unix socket or the loopback address. For
    /// a database elsewhere put an encrypted tunnel between.
    ///
    /// # Errors
    /// [`StoreError::Address`] when it cannot be read; the text is not repeated, it holds a password.
    /// [`StoreError::NotLocal`] when it leads off the machine.
    pub fn from_url(url: &str, role_secret: Option<[u8; 32]>) -> Result<Self, StoreError> {
        let owner: Config = url.parse().map_err(StoreError::Address)?;
        let local_name = |host: &Host| match host {
            Host::Unix(_) => true,
            Host::Tcp(name) => {
                name == "localhost" || name.parse().is_ok_and(|address: IpAddr| address.is_loopback())
            }
        };
        let local =
            owner.get_hosts().iter().all(local_name) && owner.get_hostaddrs().iter().all(IpAddr::is_loopback);
        if local {
            Ok(Self { owner, role_secret })
        } else {
            Err(StoreError::NotLocal)
        }
    }

    /// The password of a role, as 64 hexadecimal digits.
    pub(crate) fn role_password(&self, role: &str) -> Option<String> {
        let secret = self.role_secret?;
        let mut hasher = blake3::Hasher::new_derive_key("trefpunt 2026 database role password v1");
        hasher.update(&secret).update(role.as_bytes());
        Some(hasher.finalize().to_hex().to_string())
    }

    fn for_role(&self, role: &str) -> Config {
        let mut config = self.owner.clone();
        if role != Owner::DATABASE_ROLE {
            config.user(role);
            if let Some(password) = self.role_password(role) {
                config.password(password);
            }
            // Nobody waits for ever.
            config.options(format!(
                "-c lock_timeout=3000 -c statement_timeout=20000 -c idle_in_transaction_session_timeout=60000 {PLANNER}"
            ));
        }
        let program = self.owner.get_application_name().unwrap_or(PROGRAM);
        config.application_name(format!("{program} {role}"));
        config.connect_timeout(Duration::from_secs(5));
        config
    }
}

/// The database of one network. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    pools: BTreeMap<&'static str, Pool>,
    listener: Config,
    network: NetworkKey,
    chance: Chance,
    crypter: Crypter,
    public_ids: PublicIds,
    processing_log: OnceLock<ProcessingLog>,
    #[cfg(any(test, feature = "test-util"))]
    trace: crate::test_util::StatementTrace,
}

impl Store {
    /// How many connections one process takes at most: those of its pools, and the one on which it hears of notices.
    pub const MOST_CONNECTIONS: usize = {
        let (mut most, mut place) = (1, 0);
        while place < SIZES.len() {
            most += SIZES[place].1;
            place += 1;
        }
        most
    };

    /// Prepares the pools; connects when first used.
    ///
    /// # Errors
    /// [`StoreError::Busy`] never; building a pool fails only on wrong settings, reported as [`StoreError::Interrupted`].
    pub fn new(
        settings: &ConnectionSettings,
        network: NetworkKey,
        crypter: Crypter,
        public_ids: PublicIds,
        chance: Chance,
    ) -> Result<Self, StoreError> {
        let mut pools = BTreeMap::new();
        for (role, size) in SIZES {
            // Recycling resets nothing, so no statement may set session state outside a transaction; it only checks
            // that a connection that idled still answers, which matters after a failover. One that did a moment ago needs
            // no round trip more; one that fell silent in use is not given back.
            let manager = Manager::from_config(
                settings.for_role(role),
                NoTls,
                ManagerConfig {
                    recycling_method: RecyclingMethod::Fast,
                },
            );
            let pool = Pool::builder(manager)
                .max_size(size)
                .wait_timeout(Some(WAIT))
                .create_timeout(Some(Duration::from_secs(5)))
                .recycle_timeout(Some(SIGN_OF_LIFE))
                .pre_recycle(Hook::async_fn(|connection, metrics| {
                    Box::pin(async move {
                        if metrics.last_used() < IDLE {
                            return Ok(());
                        }
                        match tokio::time::timeout(SIGN_OF_LIFE, connection.check_connection()).await {
                            Ok(answered) => answered.map_err(HookError::Backend),
                            Err(_) => Err(HookError::message("no sign of life")),
                        }
                    })
                }))
                .runtime(Runtime::Tokio1)
                .build()
                .map_err(|_| StoreError::Interrupted("building the pool"))?;
            pools.insert(role, pool);
        }
        Ok(Self {
            inner: Arc::new(Inner {
                pools,
                listener: settings.for_role(Party::DATABASE_ROLE),
                network,
                chance,
                crypter,
                public_ids,
                processing_log: OnceLock::new(),
                #[cfg(any(test, feature = "test-util"))]
                trace: crate::test_util::StatementTrace::default(),
            }),
        })
    }

    /// A connection in this role.
    pub(crate) async fn connection<R: Role>(&self) -> Result<Object, StoreError> {
        let pool = &self.inner.pools[R::DATABASE_ROLE];
        pool.get().await.map_err(|error| match error {
            PoolError::Backend(source) => StoreError::Unreachable(source),
            PoolError::Timeout(TimeoutType::Wait | TimeoutType::Create | TimeoutType::Recycle)
            | PoolError::Closed
            | PoolError::NoRuntimeSpecified
            | PoolError::PostCreateHook(_) => StoreError::Busy,
        })
    }

    /// A connection of its own, beside the pools, to hear what transactions tell each other.
    pub(crate) async fn connect_to_listen(
        &self,
    ) -> Result<
        (
            tokio_postgres::Client,
            tokio_postgres::Connection<tokio_postgres::Socket, tokio_postgres::tls::NoTlsStream>,
        ),
        StoreError,
    > {
        self.inner
            .listener
            .connect(NoTls)
            .await
            .map_err(StoreError::Unreachable)
    }

    /// Closes every connection; whoever still waits for one is told that it is busy.
    pub fn close(&self) {
        self.inner.pools.values().for_each(Pool::close);
    }

    /// Keeps a processing log from now on: each event writes its line beside its leaf. The first call counts.
    pub fn keep_processing_log(&self, log: ProcessingLog) {
        self.inner.processing_log.get_or_init(|| log);
    }

    /// The processing log, when one is kept.
    pub fn processing_log(&self) -> Option<&ProcessingLog> {
        self.inner.processing_log.get()
    }

    /// The network this store serves.
    pub fn network(&self) -> NetworkKey {
        self.inner.network
    }

    /// The permutation behind public ids.
    pub fn public_ids(&self) -> &PublicIds {
        &self.inner.public_ids
    }

    /// The storage key's cipher.
    pub fn crypter(&self) -> &Crypter {
        &self.inner.crypter
    }

    /// The program's entropy.
    pub fn chance(&self) -> &Chance {
        &self.inner.chance
    }

    /// What statements were run, for tests that compare.
    #[cfg(any(test, feature = "test-util"))]
    pub fn statement_trace(&self) -> &crate::test_util::StatementTrace {
        &self.inner.trace
    }

    /// Random bytes.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.inner.chance)(&mut bytes);
        bytes
    }

    /// A random tag.
    pub fn random_tag(&self) -> u128 {
        u128::from_be_bytes(self.random())
    }

    /// The id of an event at this time: a UUID of version 7 (RFC 9562, section 5.7), milliseconds first. The leaf tells its
    /// time anyway, and ids that grow are laid at the end of an index, where random ones would touch a page each.
    pub(crate) fn event_id(&self, at: Timestamp) -> u128 {
        let milliseconds = u64::try_from(at.as_millisecond()).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(milliseconds, &self.random())
            .into_uuid()
            .as_u128()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_the_database_stays_on_the_machine() {
        let settings = |url: &str| ConnectionSettings::from_url(url, None);
        for local in [
            "postgres://o:p@localhost/t",
            "postgres://o@127.0.0.1:5433/t",
            "host=/run/postgresql user=o dbname=t",
            "postgres://o@[::1]/t",
        ] {
            assert!(settings(local).is_ok(), "{local}");
        }
        for far in [
            "postgres://o:p@db.example/t",
            "postgres://o@10.0.0.7/t",
            "host=localhost hostaddr=10.0.0.7 user=o",
            "postgres://o@localhost,db.example/t",
        ] {
            assert!(matches!(settings(far), Err(StoreError::NotLocal)), "{far}");
        }
        assert!(matches!(
            settings("postgres://o@localhost:port/t"),
            Err(StoreError::Address(_))
        ));
    }
}
