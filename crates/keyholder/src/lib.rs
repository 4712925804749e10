//! The keyholder of level B: multiplies blinded elements by its secret `k1`, for clients it knows, within quotas, with
//! a proof; keeps the signed list of its keys; replaces a key without partners. And it holds the gate: of its secret
//! `K_gate` it makes the share without which no message is sealed or opened, for parties of a consent that stands.
//!
//! It is another legal entity's program than the matcher's, with its own database, keys, clients, log and operator.
//! What this crate does *not* do, and cannot: learn who a child is. An element that arrives is uniform whatever token
//! was blinded (RFC 9497 section 7), the token is made under a secret the keyholder does not have, and what the matcher
//! stores never comes here. So it sees how much is evaluated for whom, and nothing of what; and which organisations
//! exchange in which match, which is a random number to it, and nothing of whom or what. It knows no rule of the
//! covenant and no signal, and nothing of the service's database. It reads no clock and draws no entropy:
//! both are arguments ([`Environment`]).
//!
//! | file | what |
//! |---|---|
//! | `evaluate` | the act: decode, charge, compute, prove |
//! | `gate` | the share in the key of a message, for a party of a consent that stands |
//! | `quota` | how much per organisation, professional and gateway in a UTC day |
//! | `key_epoch`, `rotation` | keys, their signed list, and how one takes the place of another |
//! | `client` | who may ask |
//! | `log`, `event` | the audit log |
//! | `housekeeping` | drivers |
//! | `http` | the doors |
//! | `database`, `statement`, `sealing` | PostgreSQL, and what is sealed there |
//! | `operator` | what its operator does |
//!
//! docs/KEYHOLDER.md is for whoever runs one.
#![forbid(unsafe_code)]

mod client;
mod database;
mod environment;
mod error;
mod evaluate;
mod event;
mod frame;
mod gate;
mod housekeeping;
mod http;
mod key_epoch;
mod log;
mod metrics;
mod operator;
mod quota;
mod rotation;
mod sealing;
mod statement;
#[cfg(test)]
mod tests;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use service_http::drain::{Drain, Phase};
use service_http::tls::Tls;
use tokio::task::JoinHandle;

use evaluate::Workshop;
use frame::Frame;
use housekeeping::Drivers;
use http::{Doors, DoorsSettings};

pub use client::{ClientError, ClientRole, NewClient, RegisteredClient};
pub use database::DatabaseSettings;
pub use environment::{Chance, Environment};
pub use error::KeyholderError;
pub use evaluate::Capacity;
pub use event::EVENTS;
pub use frame::{FrameError, InvalidOrigin, KeyholderKeys};
pub use gate::consent_key::{BelievedKey, ConsentKeyError};
pub use http::API_VERSION;
pub use key_epoch::{GRACE, KeyState, KeyStatus};
pub use log::ExportError;
pub use operator::Operator;
pub use quota::{Defaults, Quota, QuotaError, Quotas, Used};
pub use rotation::RotationError;

/// Everything a keyholder needs to run.
#[derive(Debug, Clone)]
pub struct KeyholderSettings {
    /// Where its database is.
    pub database: DatabaseSettings,
    /// Its keys.
    pub keys: KeyholderKeys,
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Its published address without a trailing slash; `http://` and the address it listens on when left out.
    pub base: Option<String>,
    /// Further hosts it answers for, `host` or `host:port`, beside that of `base`.
    pub hosts: Vec<String>,
    /// Where the operator's monitoring reads `/metrics`; nowhere when left out.
    pub metrics: Option<SocketAddr>,
    /// Threads that answer requests.
    pub workers: usize,
    /// TLS, where no proxy ends it.
    pub tls: Option<Tls>,
    /// How much is evaluated at a time.
    pub capacity: Capacity,
    /// How long readiness is down before the doors close, for health checks to see it.
    pub shutdown_notice: Duration,
    /// Time and chance.
    pub environment: Environment,
}

/// Why a keyholder does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// An address is taken, or not one of this machine.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The schema is another than this program's.
    #[error("the database's schema is not the one of this program: migrate it first")]
    SchemaNotCurrent,
    /// The audit log cannot have this name.
    #[error(transparent)]
    Origin(#[from] InvalidOrigin),
    /// The database, or what is in it: no key yet, or a list that was signed with another key or under another name.
    #[error(transparent)]
    Keyholder(#[from] KeyholderError),
}

impl From<FrameError> for StartError {
    fn from(error: FrameError) -> Self {
        match error {
            FrameError::Origin(error) => Self::Origin(error),
            FrameError::Keyholder(error) => Self::Keyholder(error),
        }
    }
}

/// A running keyholder.
pub struct Keyholder {
    base: String,
    address: SocketAddr,
    metrics_address: Option<SocketAddr>,
    frame: Frame,
    drain: Drain,
    server: ServerHandle,
    serving: JoinHandle<io::Result<()>>,
    metrics: Option<ServerHandle>,
    drivers: Drivers,
    notice: Duration,
}

impl Keyholder {
    /// Starts the keyholder and returns when it answers. The database must be migrated and have a key
    /// ([`Operator::migrate`], [`Operator::initialise`]).
    ///
    /// # Errors
    /// [`StartError`], each with one line that says what is wrong.
    pub async fn start(settings: KeyholderSettings) -> Result<Self, StartError> {
        // First of all: a taken address is told before anything is started.
        let (listener, address) = bind(settings.listen)?;
        let metrics_listener = settings.metrics.map(bind).transpose()?;
        let frame = Frame::new(settings.database, &settings.keys, settings.environment)?;
        if !frame.database().schema_is_current().await? {
            return Err(StartError::SchemaNotCurrent);
        }
        frame.check_list().await?;
        frame.check_gate_key().await?;

        let drain = Drain::new();
        let scheme = if settings.tls.is_some() { "https" } else { "http" };
        let base = settings.base.unwrap_or_else(|| format!("{scheme}://{address}"));
        let doors = Doors::new(
            &frame,
            DoorsSettings {
                hosts: hosts(&base, settings.hosts),
                base: base.clone(),
                token_seed: settings.keys.token_seed.clone(),
                workshop: Workshop::new(settings.capacity),
            },
            &drain,
        );
        let listen = |address| move |source| StartError::Listen { address, source };
        let server = doors.serve(listener, settings.workers, settings.tls);
        let server = server.map_err(listen(address))?;
        let handle = server.handle();
        let serving = tokio::spawn(server);
        let mut metrics_address = None;
        let mut metrics = None;
        if let Some((listener, address)) = metrics_listener {
            let server = doors
                .serve_metrics(&frame, listener, address)
                .map_err(listen(address))?;
            metrics = Some(server.handle());
            metrics_address = Some(address);
            tokio::spawn(server);
        }
        let drivers = Drivers::start(&frame);
        drain.advance(Phase::Ready);
        tracing::info!(%address, base, "keyholder ready");
        Ok(Self {
            base,
            address,
            metrics_address,
            frame,
            drain,
            server: handle,
            serving,
            metrics,
            drivers,
            notice: settings.shutdown_notice,
        })
    }

    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where its metrics are read.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics_address
    }

    /// Its published address, without a trailing slash.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The operator's acts, on the same database.
    pub fn operator(&self) -> Operator {
        Operator::of(self.frame.clone())
    }

    /// Waits until the server ends by itself, which it does only when something is wrong.
    ///
    /// # Errors
    /// What the server said.
    pub async fn ended(&mut self) -> io::Result<()> {
        match (&mut self.serving).await {
            Ok(ended) => ended,
            Err(_) => Err(io::Error::other("the server ended without a word")),
        }
    }

    /// Stops in order: readiness falls at once, after the configured notice nothing new is taken, within 20 s what is
    /// under way ends; then the drivers and the database.
    pub async fn stop(self) {
        let notice = self.notice;
        self.stop_after(notice).await;
    }

    /// As [`Keyholder::stop`], with another notice.
    pub async fn stop_after(self, notice: Duration) {
        tracing::info!("stopping");
        self.drain.stop(&self.server, notice).await;
        if let Some(metrics) = self.metrics {
            metrics.stop(true).await;
        }
        self.drivers.stop().await;
        self.frame.close();
        tracing::info!("stopped");
    }
}

fn bind(wanted: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |source| StartError::Listen {
        address: wanted,
        source,
    };
    let listener = TcpListener::bind(wanted).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

/// The host of the published address first, as it stands in `Host`.
fn hosts(base: &str, further: Vec<String>) -> Vec<String> {
    let authority = base.split_once("://").map_or(base, |(_, rest)| rest);
    let mut hosts = vec![authority.to_owned()];
    hosts.extend(further);
    hosts
}
