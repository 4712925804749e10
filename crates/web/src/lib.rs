//! The doors: the partner API, the family's portal, and supervision.
//!
//! A handler is a sentence: who is here, one act, the answer. What this crate does *not* do: decide (`domain`), act
//! (`casework`), or reach the database; it cannot even name it.

pub mod api;
mod asset;
mod contact;
mod limits;
pub mod portal;
mod trace;

use std::net::{IpAddr, TcpListener};
use std::num::NonZero;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::{App, web};
use casework::Casework;
use jiff::Timestamp;
use protocol::ClientId;
use service_http::access_token::TokenAuthority;
use service_http::bad_assertions::BadAssertions;
use service_http::door::{Door, DoorSettings};
use service_http::drain::Drain;
use service_http::host::Hosts;

use service_http::limits::{Limits, Pace};
use service_http::tls::Tls;

use api::sandbox::SandboxSettings;
pub use contact::Contact;
pub use limits::LimitSettings;
use portal::guesses::{Client, Guesses};
use portal::{Portal, PortalSettings};

/// Version of the partner API, in every answer as `API-Version`.
pub const API_VERSION: &str = "1.0.0";

/// How long an answer may take to begin.
const DEADLINE: Duration = Duration::from_secs(30);

/// How often one household, or one organisation behind one address, may ask whether a consent stands: 300 at once, then five a
/// second. One answer serves for every message of a minute.
const STATUSES: Pace = Pace::one_in(Duration::from_millis(200), NonZero::new(300).unwrap());

/// How many verified access tokens are remembered, so that each is verified once.
const TOKENS_REMEMBERED: usize = 10_000;

/// Where random bytes come from.
pub type Entropy = Arc<dyn Fn(&mut [u8]) + Send + Sync>;

/// Where the real time comes from.
pub type RealTime = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Which doors a process has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doors {
    /// All there are.
    All,
    /// The family's pages, and the portal's word about consents.
    Portal,
    /// Everything else.
    Api,
}

/// What the doors need to know.
#[derive(Clone)]
pub struct WebSettings {
    /// Which doors these are.
    pub doors: Doors,
    /// The published address of the portal, when that is another process: where the status of a consent is asked.
    pub portal: Option<String>,
    /// The published address of the service, without a trailing slash.
    pub base: String,
    /// The hosts it answers for, `host` or `host:port`.
    pub hosts: Vec<String>,
    /// The real time, for the lives of tokens.
    pub clock: RealTime,
    /// Time since some fixed moment, for durations and paces.
    pub stopwatch: service_http::door::Clock,
    /// Random bytes.
    pub entropy: Entropy,
    /// Proxies whose `X-Forwarded-For` is believed where the pace of guessing codes is kept; from anybody else that
    /// field is ignored.
    pub trusted_proxies: Vec<IpAddr>,
    /// A municipality's look for the family's pages.
    pub theme: Option<portal::theme::Theme>,
    /// Seed of the Ed25519 key that signs access tokens.
    pub token_seed: [u8; 32],
    /// How much is taken.
    pub limits: LimitSettings,
    /// TLS, where no proxy ends it.
    pub tls: Option<Tls>,
    /// Whom to ask about the service.
    pub contact: Contact,
}

/// The doors of one service. Cheap to clone.
#[derive(Clone)]
pub struct Web {
    doors: Doors,
    state: web::Data<State>,
    casework: web::Data<Casework>,
    portal: Portal,
    door: Door,
    drain: Drain,
    tls: Option<Tls>,
    sandbox: Option<web::Data<SandboxSettings>>,
}

/// What handlers share.
pub struct State {
    base: String,
    clock: RealTime,
    entropy: Entropy,
    tokens: TokenAuthority,
    bad_assertions: BadAssertions,
    /// Where TLS ends here and clients are asked for certificates.
    bound_tokens: bool,
    guesses: Guesses,
    /// Where the status of a consent is asked.
    status_url: String,
    /// What is printed on letters: where families go.
    portal_address: String,
    /// The pace at which one household or organisation asks for it.
    statuses: Limits<Client>,
    trusted_proxies: Vec<IpAddr>,
    clients: Limits<ClientId>,
    /// The same pace for proven requests of a token, beside that for what tokens are used for.
    token_requests: Limits<ClientId>,
    drain: Drain,
    contact: Contact,
    reference: OnceLock<api::reference::Reference>,
    published: OnceLock<web::Bytes>,
}

impl State {
    /// The reference for developers, made when somebody first asks for it.
    fn reference(&self) -> &api::reference::Reference {
        self.reference
            .get_or_init(|| api::reference::Reference::new(&api::description(&self.base), &self.base))
    }

    /// The API's description as it is published, made when somebody first asks for it.
    fn published(&self) -> web::Bytes {
        self.published
            .get_or_init(|| api::published(&self.base, &self.contact).into())
            .clone()
    }
}

impl Web {
    /// The doors to these acts.
    pub fn new(casework: Casework, settings: WebSettings, drain: Drain) -> Self {
        let entropy = Arc::clone(&settings.entropy);
        let door = Door::new(DoorSettings {
            base: settings.base.clone(),
            hosts: Hosts::new(&settings.hosts),
            api_version: API_VERSION.to_owned(),
            answers_in: api::media_type,
            deadline: DEADLINE,
            content_deadline: settings.limits.content_deadline,
            requests_in_flight: settings.limits.requests_in_flight,
            drain: drain.clone(),
            entropy: Arc::new(move || {
                let mut bytes = [0; 16];
                entropy(&mut bytes);
                bytes
            }),
            clock: Arc::clone(&settings.stopwatch),
        });
        let stopwatch = Arc::clone(&settings.stopwatch);
        let of_portal = settings.portal.as_ref().unwrap_or(&settings.base);
        let status_url = format!("{of_portal}{}", api::consent::STATUS_PATH);
        let portal_address = format!("{of_portal}/portal");
        let portal = Portal::new(PortalSettings {
            public_address: settings.base.clone(),
            clock: settings.stopwatch,
            trusted_proxies: settings.trusted_proxies.clone(),
            theme: settings.theme,
        });
        let state = State {
            tokens: TokenAuthority::new(
                &settings.base,
                &settings.base,
                &settings.token_seed,
                TOKENS_REMEMBERED,
            ),
            bad_assertions: BadAssertions::new(Arc::clone(&stopwatch)),
            bound_tokens: settings.tls.as_ref().is_some_and(Tls::asks_clients),
            guesses: Guesses::new(Arc::clone(&stopwatch)),
            status_url,
            portal_address,
            statuses: Limits::new(STATUSES, Arc::clone(&stopwatch)),
            trusted_proxies: settings.trusted_proxies,
            clients: settings.limits.of_clients(Arc::clone(&stopwatch)),
            token_requests: settings.limits.of_clients(stopwatch),
            base: settings.base,
            clock: settings.clock,
            entropy: settings.entropy,
            drain: drain.clone(),
            contact: settings.contact,
            reference: OnceLock::new(),
            published: OnceLock::new(),
        };
        Self {
            doors: settings.doors,
            state: web::Data::new(state),
            casework: web::Data::new(casework),
            portal,
            door,
            drain,
            tls: settings.tls,
            sandbox: None,
        }
    }

    /// The same as the doors of a sandbox: with its clock, its key and its families. Without this there is no such address.
    #[must_use]
    pub fn of_sandbox(mut self, settings: SandboxSettings) -> Self {
        self.sandbox = Some(web::Data::new(settings));
        self
    }

    fn configure_api(&self, config: &mut web::ServiceConfig) {
        if self.doors == Doors::Portal {
            return;
        }
        config.configure(api::configure);
        if let Some(sandbox) = &self.sandbox {
            config.app_data(sandbox.clone()).configure(api::configure_sandbox);
        }
    }

    fn configure_portal(&self, config: &mut web::ServiceConfig) {
        if self.doors == Doors::Api {
            return;
        }
        config.configure(api::configure_portal);
        self.portal.configure(config);
    }

    /// Answers on a listener. Stop it with [`Drain::stop`].
    ///
    /// # Errors
    /// When the listener cannot be used.
    pub fn serve(&self, listener: TcpListener, workers: usize) -> std::io::Result<Server> {
        let doors = self.clone();
        service_http::server::serve(
            listener,
            workers,
            self.tls.clone(),
            self.door.clone(),
            self.drain.clone(),
            move || {
                App::new()
                    .app_data(doors.state.clone())
                    .app_data(doors.casework.clone())
                    .configure(service_http::problems::framework_errors)
                    .configure(api::routes(doors.sandbox.is_some(), doors.doors).refusals())
                    .configure(|config| api::configure_everywhere(config, doors.doors))
                    .configure(|config| doors.configure_api(config))
                    .configure(|config| doors.configure_portal(config))
                    .wrap(from_fn(trace::of_request))
                    .wrap(doors.door.clone())
            },
        )
    }
}
