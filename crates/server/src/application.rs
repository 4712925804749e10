//! The service as one object: built, ready, stopped.
//!
//! The order of stopping is the reverse of the order of starting: no new requests, answers finished, drivers done,
//! database closed.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use audit_log::checkpoint::LogSigner;
use casework::cosign_log::Witness;
use casework::mail::smtp::{SmtpPostOffice, UnusableSmtp};
use casework::oidc::{LOGIN_DEADLINE, LoginSettings};
use casework::{
    AcceptKeyEpochsError, CannotSign, Casework, Drivers, Keyholder as _, LogKeeping, LogState, Outgoing,
    PortalKeyError, PortalKeyRefusal, ProcessingFile, ProcessingLog, ServiceKeys, WebhookSettings,
    machine_lookup,
};
use domain::webhook::AddressPolicy;
use identifiers::MasterKey;
use protocol::consent::ConsentSigner;
use protocol::text::Confidential;
use service_http::drain::{Drain, Phase};
use service_http::tls::Tls;
use store::private_postgres::PrivatePostgres;
use store::{Store, StoreError};
use tokio::task::{AbortHandle, JoinHandle};
use web::api::sandbox::{Post, SandboxSettings};
use web::{Doors, Web, WebSettings};

use crate::anchor::FileAnchor;
use crate::config::{self, Config, Database, Keys, Webhooks};
use crate::cosigner::HttpWitness;
use crate::database::{DatabaseError, OpenDatabase, chain};
use crate::environment;
use crate::gateway::GatewayConnection;
use crate::tls::{TlsFileError, WatchedTls};

/// A running service.
pub struct Application {
    base: String,
    address: SocketAddr,
    casework: Casework,
    drain: Drain,
    server: ServerHandle,
    serving: JoinHandle<io::Result<()>>,
    drivers: Drivers,
    database: OpenDatabase,
    notice: Duration,
    tls: Option<AbortHandle>,
    ready_after: Duration,
}

/// Why the service does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address is taken, or not one of this machine.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The database.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The mail server of the settings.
    #[error(transparent)]
    Mail(#[from] UnusableSmtp),
    /// The name of the audit log.
    #[error("the audit log cannot have this name")]
    LogOrigin,
    /// The settings of the keyholder, or its list.
    #[error("the keyholder of the settings cannot be used: {0}")]
    Keyholder(String),
    /// The network has no signal yet and its keyholder does not answer: without it tags would be keyed hashes, and a
    /// ceremony needed to change that.
    #[error("the network is new and its keyholder cannot be reached: start that first ({0})")]
    NoKeyholderYet(String),
    /// The database was put back from a backup.
    #[error(
        "the database has {stored} entries of the audit log, but {anchored} were signed: it was put back from a backup. \
         Replay erasures (`trefpunt audit replay-erasures`) and begin the log under a new name before serving"
    )]
    Restored {
        /// Entries signed.
        anchored: u64,
        /// Entries there.
        stored: u64,
    },
    /// The database was put back from a backup and used since, or its log was rewritten.
    #[error(
        "the audit log in the database does not continue the {anchored} entries that were signed: it was put back from a \
         backup and used since, or rewritten. Keep a copy for the supervisor; replay erasures \
         (`trefpunt audit replay-erasures`) and begin the log under a new name before serving"
    )]
    Forked {
        /// Entries signed.
        anchored: u64,
    },
    /// The portal's key.
    #[error(transparent)]
    PortalKey(#[from] PortalKeyRefusal),
    /// Several processes of one service cannot all run the private PostgreSQL.
    #[error(
        "`--only`, `--without-work` and `trefpunt work` are for several processes on one database: give [database] url. A \
         private PostgreSQL belongs to one process, and stops with it"
    )]
    PrivateDatabase,
    /// The clock of a sandbox is moved by one process, which works off what falls due on the way.
    #[error(
        "a sandbox is one process: run `trefpunt serve`, without `--without-work` and without `trefpunt work`"
    )]
    SandboxApart,
    /// The files of TLS.
    #[error("TLS cannot be set up from the files of [server.tls]: {0}")]
    Tls(#[from] TlsFileError),
    /// The authorities that certify receivers of webhooks.
    #[error("[webhooks] certificate_authorities: {0}")]
    Webhooks(String),
    /// The authorities that certify the broker at which families log in.
    #[error("[oidc] certificate_authorities: {0}")]
    Oidc(String),
    /// The way to a witness.
    #[error("TLS cannot be set up on this machine, so no witness can be asked")]
    Witness,
}

impl From<StoreError> for StartError {
    fn from(error: StoreError) -> Self {
        Self::Database(error.into())
    }
}

impl From<PortalKeyError> for StartError {
    fn from(error: PortalKeyError) -> Self {
        match error {
            PortalKeyError::Refused(refusal) => Self::PortalKey(refusal),
            PortalKeyError::Store(error) => error.into(),
        }
    }
}

impl Application {
    /// Starts the service and waits until it answers. A private database is migrated; one at an address has to be
    /// current, because several programs may use it: `trefpunt migrate` is the operator's decision.
    ///
    /// # Errors
    /// [`StartError`], each with one line that says what to do.
    pub async fn build(config: &Config) -> Result<Self, StartError> {
        Self::build_with(config, Doors::All, None).await
    }

    /// As [`Application::build`], for the process that has these doors. One that has not all of them never migrates, and needs
    /// a database that is not its own.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn build_doors(config: &Config, doors: Doors) -> Result<Self, StartError> {
        Self::build_with(config, doors, None).await
    }

    /// As [`Application::build`], with somebody who takes letters to the families of a sandbox.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn build_with(config: &Config, doors: Doors, post: Option<Post>) -> Result<Self, StartError> {
        if doors != Doors::All || !config.process.works() {
            may_be_apart(config)?;
        }
        // First of all: a taken address is told before anything is started.
        let wanted = config.server.listen;
        let listen = |source| StartError::Listen {
            address: wanted,
            source,
        };
        let listener = TcpListener::bind(wanted).map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;

        let tls = config.server.tls.clone().map(WatchedTls::open).transpose()?;
        let database = OpenDatabase::open(config).await?;
        let opened_at = environment::stopwatch();
        let doorway = Doorway {
            doors,
            listener,
            address,
            tls: tls.as_ref(),
            post,
        };
        let started = match doors {
            Doors::Portal => Self::portal_on(config, doorway, &database).await,
            Doors::All | Doors::Api => Self::on(config, doorway, &database).await,
        };
        match started {
            Ok((casework, drain, server, serving, drivers)) => {
                let base = config.server.base(address);
                let after = environment::stopwatch().saturating_sub(opened_at);
                let millis = u64::try_from(after.as_millis()).unwrap_or(u64::MAX);
                tracing::info!(%address, base, millis, "ready");
                let notice = config.server.shutdown_notice;
                Ok(Self {
                    base,
                    address,
                    casework,
                    drain,
                    server,
                    serving,
                    drivers,
                    database,
                    notice,
                    tls: tls.map(WatchedTls::watch),
                    ready_after: after,
                })
            }
            Err(error) => {
                database.close().await;
                Err(error)
            }
        }
    }

    /// The portal alone: its pages, its word about consents, and the signing of what was decided elsewhere. Nothing is sent
    /// to anybody, and the log is another process's.
    async fn portal_on(
        config: &Config,
        doorway: Doorway<'_>,
        database: &OpenDatabase,
    ) -> Result<Started, StartError> {
        let casework = Casework::new(database.store().clone(), service_keys(config)?);
        keep_processing_log(config, &casework);
        let_families_log_in(config, doorway.address, &casework)?;
        database.check(config).await?;
        casework.hold_portal_key().await?;
        let drain = Drain::new();
        let (handle, serving) = doorway.open(config, &casework, &drain)?;
        let drivers = casework.start_portal();
        drain.advance(Phase::Ready);
        Ok((casework, drain, handle, serving, drivers))
    }

    async fn on(
        config: &Config,
        doorway: Doorway<'_>,
        database: &OpenDatabase,
    ) -> Result<Started, StartError> {
        let casework = acts(config, database.store())?;
        keep_processing_log(config, &casework);
        send_mail(config, &casework)?;
        deliver_webhooks(config, doorway.address, &casework)?;
        let_families_log_in(config, doorway.address, &casework)?;
        if database.is_private() {
            set_up(config, database, &casework).await?;
        } else {
            database.check(config).await?;
        }

        trust_log(config, &casework).await?;
        begin_with_keyholder(config, &casework).await?;
        casework.hold_portal_key().await?;

        let drain = Drain::new();
        let (handle, serving) = doorway.open(config, &casework, &drain)?;
        let drivers = match config.process.works() {
            true => casework.start(),
            false => casework.start_doors(),
        };
        drain.advance(Phase::Ready);
        Ok((casework, drain, handle, serving, drivers))
    }

    /// How long after its database it was ready.
    pub fn ready_after(&self) -> Duration {
        self.ready_after
    }

    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The published address, without a trailing slash.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The service's acts, for what an operator sets up.
    pub fn casework(&self) -> &Casework {
        &self.casework
    }

    /// The database.
    pub fn store(&self) -> &Store {
        self.database.store()
    }

    /// The database's server, when this program started it.
    pub fn private_postgres(&self) -> Option<&PrivatePostgres> {
        self.database.private()
    }

    /// Waits until the server or a driver ends by itself, which they do only when something is wrong.
    pub async fn ended(&mut self) -> io::Result<()> {
        tokio::select! {
            served = &mut self.serving => match served {
                Ok(ended) => ended,
                Err(_) => Err(io::Error::other("the server ended without a word")),
            },
            () = self.drivers.ended() => Err(io::Error::other("a driver ended")),
        }
    }

    /// Stops in order: readiness falls at once, after the configured notice nothing new is taken, within 20 s what is
    /// under way ends; then the drivers and the database.
    pub async fn stop(self) {
        let notice = self.notice;
        self.stop_after(notice).await;
    }

    /// As [`Application::stop`], with another notice: nobody watches the health of a demonstration or test.
    pub async fn stop_after(self, notice: Duration) {
        tracing::info!("stopping");
        if let Some(watching) = &self.tls {
            watching.abort();
        }
        self.drain.stop(&self.server, notice).await;
        self.drivers.stop().await;
        self.database.close().await;
        tracing::info!("stopped");
    }
}

/// Whether one of several processes can be started on this database and in this network.
pub(crate) fn may_be_apart(config: &Config) -> Result<(), StartError> {
    if matches!(config.database, Database::Private { .. }) {
        return Err(StartError::PrivateDatabase);
    }
    if config.sandbox.is_some() && !(config.process.works() && config.process.lets_in()) {
        return Err(StartError::SandboxApart);
    }
    Ok(())
}

/// Looks before anything else whether the database is the one that was signed. One that is not must not give a receipt; nor
/// answer anybody, since what was erased since the backup may stand in it.
pub(crate) async fn trust_log(config: &Config, casework: &Casework) -> Result<(), StartError> {
    casework.keep_log(log_keeping(config)?);
    if config.process.works() {
        casework.sequence_once().await?;
    }
    // While another process is at it, that step has seen nothing.
    casework.watch_log_once().await?;
    match casework.log_state() {
        LogState::Stopped(CannotSign::Behind { anchored, stored }) => {
            Err(StartError::Restored { anchored, stored })
        }
        LogState::Stopped(CannotSign::Forked { anchored }) => Err(StartError::Forked { anchored }),
        _ => Ok(()),
    }
}

/// What came of starting.
type Started = (Casework, Drain, ServerHandle, JoinHandle<io::Result<()>>, Drivers);

/// Where a process answers, and with which doors.
struct Doorway<'a> {
    doors: Doors,
    listener: TcpListener,
    address: SocketAddr,
    tls: Option<&'a WatchedTls>,
    post: Option<Post>,
}

impl Doorway<'_> {
    fn open(
        self,
        config: &Config,
        casework: &Casework,
        drain: &Drain,
    ) -> Result<(ServerHandle, JoinHandle<io::Result<()>>), StartError> {
        let address = self.address;
        let settings = web_settings(config, self.doors, address, self.tls.map(WatchedTls::tls));
        let mut web = Web::new(casework.clone(), settings, drain.clone());
        if let Some(sandbox) = &config.sandbox {
            web = web.of_sandbox(SandboxSettings {
                network_key: sandbox.network_key,
                post: self.post,
            });
        }
        let server = web
            .serve(self.listener, config.server.workers)
            .map_err(|source| StartError::Listen { address, source })?;
        Ok((server.handle(), tokio::spawn(server)))
    }
}

/// Migrates, and sets the network up with the epochs of the settings, unless it is: then it must know them.
///
/// # Errors
/// [`DatabaseError`].
pub async fn set_up(
    config: &Config,
    database: &OpenDatabase,
    casework: &Casework,
) -> Result<(), DatabaseError> {
    database.migrate().await?;
    casework
        .put_network(&config.network.kind, config.network.keys)
        .await?;
    database.check(config).await
}

/// Lets every act of this program leave its line in the processing log, where one is kept.
pub fn keep_processing_log(config: &Config, casework: &Casework) {
    if let Some(settings) = &config.processing_log {
        let log = ProcessingLog {
            register: settings.register.clone(),
            system: config.network.name.to_string(),
        };
        casework.keep_processing_log(log, ProcessingFile(settings.file.clone()));
    }
}

/// The way out to receivers of webhooks.
///
/// # Errors
/// Why there is none: the authorities of the settings, or the machine's.
pub fn outgoing(settings: &Webhooks) -> Result<Outgoing, String> {
    let policy = AddressPolicy::with(settings.allow_addresses.clone());
    let authorities = settings.certificate_authorities.as_ref();
    let pem = authorities
        .map(std::fs::read)
        .transpose()
        .map_err(|error| error.to_string())?;
    Outgoing::new(policy, pem.as_deref(), machine_lookup(), casework::DEADLINE)
        .map_err(|error| error.to_string())
}

/// Lets this program deliver webhooks.
pub(crate) fn deliver_webhooks(
    config: &Config,
    address: SocketAddr,
    casework: &Casework,
) -> Result<(), StartError> {
    let (settings, base) = (&config.webhooks, config.server.base(address));
    let outgoing = match outgoing(settings) {
        Ok(outgoing) => outgoing,
        Err(error) if settings.certificate_authorities.is_some() => return Err(StartError::Webhooks(error)),
        Err(error) => {
            // The service is more than its webhooks; notices lie in the inbox.
            tracing::warn!(%error, "webhooks are not delivered");
            return Ok(());
        }
    };
    casework.deliver_webhooks_with(WebhookSettings {
        source: settings.source.clone().unwrap_or_else(|| base.clone()),
        base,
        outgoing,
        clock: Arc::new(environment::now),
        stopwatch: Arc::new(environment::stopwatch),
    });
    Ok(())
}

/// The broker at which families log in to the portal at this address, and the way to it.
///
/// # Errors
/// Why there is no way.
pub fn login(oidc: &config::Oidc, base: String) -> Result<LoginSettings, String> {
    let policy = AddressPolicy::with(oidc.allow_addresses.clone());
    let authorities = oidc.certificate_authorities.as_ref();
    let pem = authorities
        .map(std::fs::read)
        .transpose()
        .map_err(|error| error.to_string())?;
    let outgoing = Outgoing::new(policy, pem.as_deref(), machine_lookup(), LOGIN_DEADLINE)
        .map_err(|error| error.to_string())?;
    Ok(LoginSettings {
        name: oidc.name.clone(),
        issuer: oidc.issuer.clone(),
        client_id: oidc.client_id.clone(),
        key: oidc.key.clone(),
        least: oidc.least.clone(),
        base,
        outgoing,
        clock: Arc::new(environment::now),
        stopwatch: Arc::new(environment::stopwatch),
    })
}

/// Lets families log in, where a broker is configured.
fn let_families_log_in(config: &Config, address: SocketAddr, casework: &Casework) -> Result<(), StartError> {
    if let Some(oidc) = &config.oidc {
        casework.log_in_with(login(oidc, config.server.base(address)).map_err(StartError::Oidc)?);
    }
    Ok(())
}

/// Lets this program send mail, where a mail server is configured.
pub(crate) fn send_mail(config: &Config, casework: &Casework) -> Result<(), StartError> {
    if let Some(settings) = &config.mail {
        casework.send_mail(Arc::new(SmtpPostOffice::new(settings)?));
    }
    Ok(())
}

/// The acts on a store, with the gateway to the keyholder where the network has one.
///
/// # Errors
/// [`StartError::LogOrigin`], [`StartError::Keyholder`].
pub fn acts(config: &Config, store: &Store) -> Result<Casework, StartError> {
    let keys = service_keys(config)?;
    let Some(keyholder) = &config.keyholder else {
        return Ok(Casework::new(store.clone(), keys));
    };
    Ok(Casework::with_keyholder(
        store.clone(),
        keys,
        Arc::new(gateway(keyholder)?),
        keyholder.signing_key,
    ))
}

fn gateway(keyholder: &config::Keyholder) -> Result<GatewayConnection, StartError> {
    GatewayConnection::open(keyholder).map_err(|error| StartError::Keyholder(chain(&error)))
}

/// Lets a network that has a keyholder before its first signal begin with it.
///
/// # Errors
/// [`StartError::NoKeyholderYet`]; [`StartError::Keyholder`] when its list is refused.
pub async fn begin_with_keyholder(config: &Config, casework: &Casework) -> Result<(), StartError> {
    let Some(keyholder) = &config.keyholder else {
        return Ok(());
    };
    if !casework.may_begin_oblivious().await? {
        return Ok(());
    }
    let list = gateway(keyholder)?.key_epochs().await;
    let list = list.map_err(|_| StartError::NoKeyholderYet(keyholder.url.clone()))?;
    match casework.begin_oblivious(&keyholder.signing_key, &list).await {
        Ok(_) => Ok(()),
        Err(AcceptKeyEpochsError::Store(error)) => Err(error.into()),
        Err(error) => Err(StartError::Keyholder(error.to_string())),
    }
}

/// The keys as the acts take them.
///
/// # Errors
/// [`StartError::LogOrigin`].
pub fn service_keys(config: &Config) -> Result<ServiceKeys, StartError> {
    let keys = &config.keys;
    Ok(ServiceKeys {
        master: MasterKey::from_bytes(*keys.master.expose()),
        lift: keys.lift.clone(),
        consent: keys
            .consent
            .as_ref()
            .map(|seed| ConsentSigner::from_seed(seed.expose())),
        log: log_signer(&config.log.origin, keys)?,
        code_hash: keys.code_hash(),
        network_name: config.network.name.clone(),
    })
}

/// What the live log needs: its anchor, the key before, and its witnesses.
///
/// # Errors
/// [`StartError::LogOrigin`]; [`StartError::Witness`].
pub fn log_keeping(config: &Config) -> Result<LogKeeping, StartError> {
    let witness = |address| {
        let witness = HttpWitness::new(address).map_err(|_| StartError::Witness)?;
        Ok(Arc::new(witness) as Arc<dyn Witness>)
    };
    Ok(LogKeeping {
        anchor: Arc::new(FileAnchor::at(&config.log.anchor)),
        previous_key: previous_log_signer(config)?,
        witnesses: config
            .log
            .witnesses
            .iter()
            .map(witness)
            .collect::<Result<_, StartError>>()?,
    })
}

/// The signer under the log's key before the present one, while that signs too.
///
/// # Errors
/// [`StartError::LogOrigin`].
pub fn previous_log_signer(config: &Config) -> Result<Option<LogSigner>, StartError> {
    let signer = |seed: &Confidential<32>| LogSigner::from_seed(&config.log.origin, seed.expose());
    let previous = config.log.previous_key.as_ref().map(signer).transpose();
    previous.map_err(|_| StartError::LogOrigin)
}

/// The audit log's signer.
///
/// # Errors
/// [`StartError::LogOrigin`].
pub fn log_signer(origin: &str, keys: &Keys) -> Result<LogSigner, StartError> {
    LogSigner::from_seed(origin, keys.log.expose()).map_err(|_| StartError::LogOrigin)
}

fn web_settings(config: &Config, doors: Doors, address: SocketAddr, tls: Option<Tls>) -> WebSettings {
    let apart = config.portal.as_ref().filter(|_| doors == Doors::Api);
    WebSettings {
        doors,
        portal: apart.map(|portal| portal.base(portal.listen)),
        base: config.server.base(address),
        hosts: config.server.hosts(address),
        trusted_proxies: config.server.trusted_proxies.clone(),
        theme: config.theme.clone(),
        clock: Arc::new(environment::now),
        stopwatch: Arc::new(environment::stopwatch),
        entropy: environment::chance(),
        token_seed: *config.keys.token.expose(),
        limits: config.limits,
        contact: config.contact.at(&config.server.base(address)),
        tls,
    }
}
