//! A region: the service with its doors and drivers, on a database of its own.

use std::net::TcpListener;
use std::num::NonZero;
use std::sync::Arc;
use std::time::{Duration, Instant};

use audit_log::checkpoint::LogSigner;
use casework::{Casework, Drivers, LiftKey, ServiceKeys};
use identifiers::key::MasterKey;
use identifiers::{NetworkSecret, key_check};
use jiff::Timestamp;
use protocol::Base64Url;
use protocol::consent::ConsentSigner;
use protocol::sandbox::SandboxKey;
use protocol::sealed_message::SealingSecret;
use service_http::drain::{Drain, Phase};
use service_http::tls::Tls;
use store::Store;
use store::test_util::TestDatabase;
use tokio::sync::{Semaphore, SemaphorePermit};
use web::api::sandbox::SandboxSettings;
use web::{Doors, LimitSettings, Web, WebSettings};

use crate::anchor::MemoryAnchor;
use crate::environment::{self, Clock, TestEnvironment};
use crate::{MUNICIPALITY, Municipality, Professional, RegionKeyholder, Sector, Supervisor};

/// The epoch of the network's key.
pub(crate) const NET_EPOCH: u16 = 1;

/// Name of the covenant that every region has.
pub const COVENANT: &str = "Convenant Testland";

/// When a region begins, unless told otherwise: the Monday of the first scenario.
const BEGINNING: &str = "2027-03-01T09:00:00+01:00";

/// The throwaway PostgreSQL takes 80 connections and a region up to 23, so only so many regions live at a time.
static TURNS: Semaphore = Semaphore::const_new(2);

/// The network's secret, as a sandbox publishes it.
const NETWORK_KEY: [u8; 32] = [7; 32];

/// The network's secret, which partners have and the service has not.
pub(crate) fn network_secret() -> NetworkSecret {
    NetworkSecret::from_bytes(NETWORK_KEY)
}

/// How a region is started.
pub struct Settings {
    /// Lines of the covenant beside its name, municipality and grounds.
    pub covenant: String,
    /// The time at which it begins.
    pub beginning: Timestamp,
    /// Whether the drivers run by themselves. Else the test steps them.
    pub drivers: bool,
    /// Whether the network has a keyholder, and partners use it.
    pub keyholder: bool,
    /// Whether it is a sandbox, with the doors of one.
    pub sandbox: bool,
    /// With a keyholder: whether tags hang on it from the first day. Else the network has yet to be moved.
    pub oblivious: bool,
    /// How much its doors take.
    pub limits: LimitSettings,
    /// Whether the portal is a process of its own.
    pub portal_apart: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            covenant: "notice_interval_minutes = 0".to_owned(),
            beginning: BEGINNING.parse().unwrap(),
            drivers: true,
            keyholder: false,
            oblivious: true,
            sandbox: false,
            limits: plenty(),
            portal_apart: false,
        }
    }
}

/// A running service with everything of it that a test may touch.
pub struct Region {
    /// The address of all its doors, but for those of a portal apart.
    pub url: String,
    /// The address of the portal.
    pub portal_url: String,
    /// The portal, when that is a process of its own.
    pub portal: Option<PortalProcess>,
    /// Its database.
    pub database: TestDatabase,
    /// Its acts, for the operator and to step drivers by hand.
    pub casework: Casework,
    /// The time in it.
    pub clock: Clock,
    /// The anchor of its log.
    pub anchor: MemoryAnchor,
    /// Its keyholder.
    pub keyholder: Option<RegionKeyholder>,
    pub(crate) municipality: Municipality,
    drivers: Option<Drivers>,
    door: Door,
    _turn: SemaphorePermit<'static>,
}

impl Region {
    /// Starts one whose matches are visible at once and whose drivers run.
    pub async fn start() -> Self {
        Self::with(Settings::default()).await
    }

    /// Starts one with a keyholder.
    pub async fn with_keyholder() -> Self {
        Self::with(Settings {
            keyholder: true,
            ..Settings::default()
        })
        .await
    }

    /// Its keyholder; it must have one.
    pub fn keyholder(&mut self) -> &mut RegionKeyholder {
        self.keyholder.as_mut().unwrap()
    }

    /// Starts one with further lines in its covenant.
    pub async fn with_covenant(lines: &str) -> Self {
        Self::with(Settings {
            covenant: lines.to_owned(),
            ..Settings::default()
        })
        .await
    }

    /// Starts one.
    pub async fn with(settings: Settings) -> Self {
        environment::log_if_asked();
        // A keyholder takes up to 12 connections.
        let turn = TURNS
            .acquire_many(1 + u32::from(settings.keyholder))
            .await
            .unwrap();
        let database = TestDatabase::new(Arc::new(environment::fill)).await;
        let clock = Clock::default();
        database.set_clock_offset(clock.put(settings.beginning)).await;
        let keyholder = match settings.keyholder {
            true => Some(RegionKeyholder::start(&clock).await),
            false => None,
        };
        if let Some(keyholder) = &keyholder {
            let (network, portal) = (service_keys().network_name, consent_signer().key());
            let believed = keyholder.operator.add_consent_key(network, portal.public_key);
            believed.await.unwrap();
        }
        let keys = ServiceKeys {
            consent: (!settings.portal_apart).then(consent_signer),
            ..service_keys()
        };
        let casework = acts(&database, keys, keyholder.as_ref());
        let anchor = MemoryAnchor::default();
        casework.keep_log(anchor.keeping());
        put_network(&casework).await;
        casework.hold_portal_key().await.unwrap();
        if settings.sandbox {
            // The throwaway database comes as one for tests, and a network stays of its kind.
            let sql = "SET session_replication_role = replica; UPDATE network SET kind = 'sandbox'";
            database.superuser().await.batch_execute(sql).await.unwrap();
        }
        if let Some(keyholder) = keyholder.as_ref().filter(|_| settings.oblivious) {
            let list = keyholder.operator.key_epochs().await.unwrap();
            assert!(casework.begin_oblivious(&keyholder.key(), &list).await.unwrap());
        }
        casework
            .apply_covenant(&covenant(COVENANT, &settings.covenant))
            .await
            .unwrap();
        let portal = match settings.portal_apart {
            true => Some(PortalProcess::start(&database, &clock).await),
            false => None,
        };
        let doorway = Doorway {
            doors: portal.as_ref().map_or(Doors::All, |_| Doors::Api),
            portal: portal.as_ref().map(|portal| portal.url.clone()),
            limits: settings.limits,
            sandbox: settings.sandbox,
            ..Doorway::default()
        };
        let (url, door) = Door::open(&casework, &clock, doorway);
        let environment = TestEnvironment(clock.clone());
        let municipality =
            Municipality::register(&casework, (&url, environment), COVENANT, MUNICIPALITY).await;
        Self {
            portal_url: portal
                .as_ref()
                .map_or_else(|| url.clone(), |portal| portal.url.clone()),
            portal,
            url,
            municipality,
            drivers: settings.drivers.then(|| casework.start()),
            database,
            casework,
            clock,
            anchor,
            keyholder,
            door,
            _turn: turn,
        }
    }

    /// Registers an organisation whose system makes keyed hashes alone, whether there is a keyholder or not.
    pub async fn professional_of_level_a(&self, name: &str, sector: Sector) -> Professional {
        Professional::of_level_a(self, COVENANT, name, sector).await
    }

    /// Registers an organisation and gives the professional that works there.
    pub async fn professional(&self, name: &str, sector: Sector) -> Professional {
        Professional::register(self, COVENANT, name, sector).await
    }

    /// Registers one under another covenant of the region.
    pub async fn professional_under(&self, covenant: &str, name: &str, sector: Sector) -> Professional {
        Professional::register(self, covenant, name, sector).await
    }

    /// Registers the authority that inspects the service.
    pub async fn supervisor(&self) -> Supervisor {
        Supervisor::register(self, "Toezichthouder").await
    }

    /// Insists that the whole log holds: what is in it keeps to the rules, whatever happened in this test. For its end,
    /// since a supervisor is registered for it.
    pub async fn log_holds(&self) {
        self.quiet().await;
        Supervisor::register(self, "Toezichthouder die alles nakijkt")
            .await
            .verifies()
            .await;
    }

    /// Applies a covenant beside the first, or changes one.
    pub async fn apply_covenant(&self, name: &str, lines: &str) {
        self.casework
            .apply_covenant(&covenant(name, lines))
            .await
            .unwrap();
    }

    /// Makes new tags under this epoch of the matcher's key from now on.
    pub async fn use_tag_epoch(&self, tag_epoch: u16) {
        let sql = format!("UPDATE network SET tag_epoch = {tag_epoch}, keys_version = keys_version + 1");
        self.database.superuser().await.batch_execute(&sql).await.unwrap();
    }

    /// Puts the time in the region to this instant, or up to a second later.
    pub async fn at(&self, time: &str) {
        let offset = self.clock.put(time.parse().unwrap());
        self.database.set_clock_offset(offset).await;
        if let Some(keyholder) = &self.keyholder {
            keyholder.follow_clock().await;
        }
    }

    /// Moves the network's time alone: what tokens and sessions live by stays where it is.
    pub async fn move_network_time_alone(&self, seconds: i64) {
        self.database
            .set_clock_offset(self.clock.offset() + seconds)
            .await;
    }

    /// A second program on the same database with the same keys and the same published address, as when two are
    /// started: with drivers and doors of its own.
    #[must_use]
    pub fn second_instance(&self) -> Instance {
        let store = store::test_util::store(&self.database.settings, Arc::new(environment::fill));
        let casework = Casework::new(store.clone(), service_keys());
        casework.keep_log(self.anchor.keeping());
        let drivers = casework.start();
        let doorway = Doorway {
            published: Some(self.url.clone()),
            ..Doorway::default()
        };
        let (url, door) = Door::open(&casework, &self.clock, doorway);
        Instance {
            url,
            casework,
            store,
            _drivers: drivers,
            _door: door,
        }
    }

    /// The portal with another key, not started.
    #[must_use]
    pub fn portal_with(&self, seed: &[u8; 32]) -> Casework {
        let keys = ServiceKeys {
            consent: Some(ConsentSigner::from_seed(seed)),
            ..service_keys()
        };
        Casework::new(self.database.store.clone(), keys)
    }

    /// The portal that is a process of its own stops.
    pub async fn portal_goes_down(&mut self) {
        if let Some(portal) = self.portal.take() {
            portal.stop().await;
        }
    }

    /// Starts it again, at another address than the one that is published.
    pub async fn portal_comes_up(&mut self) {
        let portal = PortalProcess::start(&self.database, &self.clock).await;
        self.portal_url.clone_from(&portal.url);
        self.portal = Some(portal);
    }

    /// A second door, which ends TLS; its published address is its own, and so are its tokens.
    #[must_use]
    pub fn tls_door(&self, tls: Tls) -> TlsDoor {
        let doorway = Doorway {
            tls: Some(tls),
            ..Doorway::default()
        };
        let (url, door) = Door::open(&self.casework, &self.clock, doorway);
        TlsDoor { url, _door: door }
    }

    /// The acts on another database of the cluster with the same keys, and the log under this name; its anchor is the
    /// region's.
    #[must_use]
    pub fn casework_on(&self, database: &str, origin: &str) -> Casework {
        let mut settings = self.database.settings.clone();
        settings.owner.dbname(database);
        let store = store::test_util::store(&settings, Arc::new(environment::fill));
        let keys = ServiceKeys {
            log: log_signer(origin),
            ..service_keys()
        };
        let casework = Casework::new(store, keys);
        casework.keep_log(self.anchor.keeping());
        casework
    }

    /// A number from the database, as superuser.
    pub async fn count(&self, sql: &str) -> i64 {
        let client = self.database.superuser().await;
        client.query_one(sql, &[]).await.unwrap().get(0)
    }

    /// Texts from the database, as superuser: the first column of each row.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        let client = self.database.superuser().await;
        let rows = client.query(sql, &[]).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// Every table of the service with the number of its rows, once the drivers are done, but for what authentication
    /// itself leaves (spent assertions) and what belongs to the program and not to a request (its sealing context, how much
    /// of the log it has signed, and what it has counted of it so far).
    pub async fn rows(&self) -> Vec<(String, i64)> {
        // It plans reminders of its own accord, at any moment.
        crate::eventually(
            "its drivers leave it a connection, and no reminder is left to plan",
            async || {
                let planned = self.casework.step_disclosures_once().await;
                planned.is_ok_and(|planned| planned == 0).then_some(())
            },
        )
        .await;
        self.quiet().await;
        let mut rows = Vec::new();
        for table in self.tables().await {
            let ours = [
                "audit.checkpoint",
                "public.spent_assertion",
                "public.lift_context",
            ]
            .contains(&table.as_str())
                || table.starts_with("public.statistics");
            if !ours {
                rows.push((
                    table.clone(),
                    self.count(&format!("SELECT count(*) FROM {table}")).await,
                ));
            }
        }
        rows
    }

    /// The tables of the service.
    pub async fn tables(&self) -> Vec<String> {
        self.texts(
            "SELECT schemaname || '.' || tablename FROM pg_tables
              WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND tablename NOT LIKE 'refinery%'
              ORDER BY 1",
        )
        .await
    }

    /// Waits until no task waits for the matcher, but for those whose time is later, and no leaf for the sequencer.
    pub async fn quiet(&self) {
        crate::eventually("the drivers have nothing left to do", async || {
            let waiting = "SELECT (SELECT count(*) FROM match_task WHERE not_before IS NULL) + (SELECT count(*) FROM circle_task) + (SELECT count(*) FROM audit.pending)";
            (self.count(waiting).await == 0).then_some(())
        })
        .await;
    }

    /// Ends the drivers after what they are at.
    pub async fn stop_drivers(&mut self) {
        if let Some(drivers) = self.drivers.take() {
            drivers.stop().await;
        }
    }

    /// Starts the drivers again.
    pub fn start_drivers(&mut self) {
        self.drivers = Some(self.casework.start());
    }

    /// Tells the doors that the service is about to stop.
    pub fn drain(&self) {
        self.door.drain.advance(Phase::Draining);
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        self.database.store.close();
    }
}

/// Another program on a region's database.
pub struct Instance {
    /// Where it listens.
    pub url: String,
    /// Its acts.
    pub casework: Casework,
    store: Store,
    _drivers: Drivers,
    _door: Door,
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.store.close();
    }
}

/// Another door to a region.
pub struct TlsDoor {
    /// Its address.
    pub url: String,
    _door: Door,
}

/// How a door is.
struct Doorway {
    doors: Doors,
    portal: Option<String>,
    published: Option<String>,
    limits: LimitSettings,
    sandbox: bool,
    tls: Option<Tls>,
}

impl Default for Doorway {
    fn default() -> Self {
        Self {
            doors: Doors::All,
            portal: None,
            published: None,
            limits: plenty(),
            sandbox: false,
            tls: None,
        }
    }
}

/// The portal as a process of its own on a region's database: it alone has the key that signs consents, and no other secret
/// of the service but those that it needs.
pub struct PortalProcess {
    /// Its address.
    pub url: String,
    /// Its acts.
    pub casework: Casework,
    store: Store,
    drivers: Option<Drivers>,
    _door: Door,
}

impl PortalProcess {
    async fn stop(mut self) {
        if let Some(drivers) = self.drivers.take() {
            drivers.stop().await;
        }
    }

    async fn start(database: &TestDatabase, clock: &Clock) -> Self {
        let store = store::test_util::store(&database.settings, Arc::new(environment::fill));
        let keys = ServiceKeys {
            master: MasterKey::from_bytes(environment::random()),
            log: LogSigner::from_seed(ORIGIN, &environment::random()).unwrap(),
            ..service_keys()
        };
        let casework = Casework::new(store.clone(), keys);
        casework.hold_portal_key().await.unwrap();
        let drivers = Some(casework.start_portal());
        let doorway = Doorway {
            doors: Doors::Portal,
            ..Doorway::default()
        };
        let (url, door) = Door::open(&casework, clock, doorway);
        Self {
            url,
            casework,
            store,
            drivers,
            _door: door,
        }
    }
}

impl Drop for PortalProcess {
    fn drop(&mut self) {
        self.store.close();
    }
}

/// What listens.
struct Door {
    drain: Drain,
    stop: Box<dyn Fn() + Send + Sync>,
}

impl Door {
    /// Listens; published under its own address unless another is given.
    fn open(casework: &Casework, clock: &Clock, doorway: Doorway) -> (String, Self) {
        let Doorway {
            doors,
            portal,
            published,
            limits,
            sandbox,
            tls,
        } = doorway;
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://{address}");
        let drain = Drain::new();
        drain.advance(Phase::Ready);
        let clock = clock.clone();
        let settings = WebSettings {
            doors,
            portal,
            base: published.unwrap_or_else(|| url.clone()),
            hosts: vec![address.to_string()],
            clock: Arc::new(move || clock.now()),
            stopwatch: stopwatch(),
            entropy: Arc::new(environment::fill),
            token_seed: [6; 32],
            contact: web::Contact::of("https://trefpunt.example"),
            trusted_proxies: Vec::new(),
            theme: None,
            limits,
            tls,
        };
        let mut web = Web::new(casework.clone(), settings, drain.clone());
        if sandbox {
            web = web.of_sandbox(SandboxSettings {
                network_key: SandboxKey {
                    epoch: NET_EPOCH,
                    key: Base64Url(NETWORK_KEY),
                },
                post: None,
            });
        }
        let server = web.serve(listener, 2).unwrap();
        let handle = server.handle();
        tokio::spawn(server);
        let stop = Box::new(move || drop(handle.stop(false)));
        (url, Self { drain, stop })
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        (self.stop)();
    }
}

#[allow(clippy::disallowed_methods, reason = "durations in a test are real ones")]
pub(crate) fn stopwatch() -> Arc<dyn Fn() -> Duration + Send + Sync> {
    let start = Instant::now();
    Arc::new(move || start.elapsed())
}

/// More than any test asks that is not about limits.
fn plenty() -> LimitSettings {
    LimitSettings {
        requests_per_minute: NonZero::<u32>::MAX,
        burst: NonZero::<u32>::MAX,
        ..LimitSettings::default()
    }
}

/// The signer of a log of this name.
#[must_use]
pub fn log_signer(origin: &str) -> LogSigner {
    LogSigner::from_seed(origin, &[9; 32]).unwrap()
}

/// The name of every region's log.
pub const ORIGIN: &str = "trefpunt.example/test";

fn acts(database: &TestDatabase, keys: ServiceKeys, keyholder: Option<&RegionKeyholder>) -> Casework {
    let store = database.store.clone();
    match keyholder {
        None => Casework::new(store, keys),
        Some(keyholder) => {
            Casework::with_keyholder(store, keys, Arc::new(keyholder.gateway()), keyholder.key())
        }
    }
}

/// The portal's key.
fn consent_signer() -> ConsentSigner {
    ConsentSigner::from_seed(&[8; 32])
}

/// Keys that are no secret, the same for every region, so that two programs can have them.
fn service_keys() -> ServiceKeys {
    let lift = SealingSecret::from_bytes([5; 32]).public().unwrap();
    ServiceKeys {
        master: MasterKey::from_bytes([4; 32]),
        lift: LiftKey::from_bytes(lift.as_bytes()).unwrap(),
        consent: Some(consent_signer()),
        log: log_signer(ORIGIN),
        code_hash: [10; 32],
        network_name: "testland".parse().unwrap(),
    }
}

async fn put_network(casework: &Casework) {
    let keys = store::NetworkRow {
        net_epoch: NET_EPOCH,
        key_check: *key_check(&network_secret(), NET_EPOCH).as_bytes(),
        tag_epoch: 1,
    };
    casework.put_network("test", keys).await.unwrap();
}

/// The settings of a covenant as an operator writes them.
fn covenant(name: &str, lines: &str) -> String {
    let municipality = match lines.contains("municipality = ") {
        true => String::new(),
        false => format!("municipality = \"{MUNICIPALITY}\"\n"),
    };
    format!(
        "name = \"{name}\"\n{municipality}{lines}\n[grounds]\n\
         development-at-risk = \"De ontwikkeling van de jeugdige wordt bedreigd\"\n\
         school-absence = \"De jeugdige verzuimt van school\"\n"
    )
}
