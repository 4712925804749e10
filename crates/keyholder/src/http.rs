//! The doors: one list of operations, from which the router and the refusals of everything else are made.

mod access;
mod evaluation;
mod gate;
mod health;
mod key_epoch;
mod metrics;
mod problem_page;
mod refusal;
mod rotation;
mod token;

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::http::Method;
use actix_web::middleware::from_fn;
use actix_web::{App, HttpRequest, HttpResponse, web};
use service_http::access_token::TokenAuthority;
use service_http::door::{Door, DoorSettings};
use service_http::drain::Drain;
use service_http::host::Hosts;
use service_http::parameters::Parameters;
use service_http::problems::{Refusal, framework_errors};
use service_http::routes::Routes;
use service_http::tls::Tls;

use crate::evaluate::Workshop;
use crate::frame::Frame;
use crate::metrics::{Metrics, count_refusals};

/// Version of the keyholder's interface, in every answer as `API-Version`.
pub const API_VERSION: &str = "1.0.0";

/// How long an answer may take to begin.
const DEADLINE: Duration = Duration::from_secs(10);

/// How many requests are worked on at a time; one more is told to try again.
const REQUESTS_IN_FLIGHT: usize = 512;

/// How many verified access tokens are remembered, so that each is verified once.
const TOKENS_REMEMBERED: usize = 10_000;

/// What handlers give.
type Reply = Result<HttpResponse, Refusal>;

/// Every operation with its methods.
fn routes() -> Routes {
    let read = |path| [Method::GET, Method::HEAD].map(|method| (method, path));
    let posts = [
        token::PATH,
        evaluation::PATH,
        rotation::START,
        rotation::FLIP,
        rotation::DESTROY,
        gate::SHARES,
        gate::TOMBSTONES,
    ]
    .map(|path| (Method::POST, path));
    let reads = [key_epoch::PATH, health::PATH, problem_page::PATH];
    Routes::new(reads.into_iter().flat_map(read).chain(posts))
}

/// What handlers share.
pub(crate) struct State {
    base: String,
    frame: Frame,
    tokens: TokenAuthority,
    workshop: Workshop,
    drain: Drain,
}

/// The keyholder's doors. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Doors {
    state: web::Data<State>,
    metrics: web::Data<Metrics>,
    door: Door,
    drain: Drain,
}

/// What doors need to know.
pub(crate) struct DoorsSettings {
    pub(crate) base: String,
    pub(crate) hosts: Vec<String>,
    pub(crate) token_seed: zeroize::Zeroizing<[u8; 32]>,
    pub(crate) workshop: Workshop,
}

impl Doors {
    pub(crate) fn new(frame: &Frame, settings: DoorsSettings, drain: &Drain) -> Self {
        let base = settings.base;
        let state = State {
            tokens: TokenAuthority::new(&base, &base, &settings.token_seed, TOKENS_REMEMBERED),
            frame: frame.clone(),
            workshop: settings.workshop,
            drain: drain.clone(),
            base: base.clone(),
        };
        let json = |path: &str| {
            let answers = path.starts_with("/v1/") || path.starts_with("/oauth/");
            answers.then_some("application/json")
        };
        Self {
            door: door(frame, base, &settings.hosts, json, drain),
            state: web::Data::new(state),
            metrics: web::Data::new(Metrics::new()),
            drain: drain.clone(),
        }
    }

    /// Answers clients.
    pub(crate) fn serve(
        &self,
        listener: TcpListener,
        workers: usize,
        tls: Option<Tls>,
    ) -> std::io::Result<Server> {
        let doors = self.clone();
        service_http::server::serve(
            listener,
            workers,
            tls,
            self.door.clone(),
            self.drain.clone(),
            move || {
                App::new()
                    .app_data(doors.state.clone())
                    .app_data(doors.metrics.clone())
                    .configure(framework_errors)
                    .configure(routes().refusals())
                    .service(token::issue)
                    .service(evaluation::evaluate)
                    .service(key_epoch::read)
                    .service(rotation::start)
                    .service(rotation::flip)
                    .service(rotation::destroy)
                    .service(gate::release)
                    .service(gate::tell)
                    .service(health::read)
                    .service(problem_page::page)
                    .wrap(from_fn(count_refusals))
                    .wrap(doors.door.clone())
            },
        )
    }

    /// Answers the operator's monitoring, on an address of its own.
    pub(crate) fn serve_metrics(
        &self,
        frame: &Frame,
        listener: TcpListener,
        address: SocketAddr,
    ) -> std::io::Result<Server> {
        let hosts = [address.to_string(), format!("localhost:{}", address.port())];
        let door = door(frame, format!("http://{address}"), &hosts, |_| None, &self.drain);
        let (doors, drain) = (self.clone(), self.drain.clone());
        let routes =
            || Routes::new([Method::GET, Method::HEAD].map(|method| (method, metrics::PATH.to_owned())));
        service_http::server::serve(listener, 1, None, door.clone(), drain, move || {
            App::new()
                .app_data(doors.state.clone())
                .app_data(doors.metrics.clone())
                .configure(framework_errors)
                .configure(routes().refusals())
                .service(metrics::read)
                .wrap(door.clone())
        })
    }
}

fn door(
    frame: &Frame,
    base: String,
    hosts: &[String],
    answers_in: fn(&str) -> Option<&'static str>,
    drain: &Drain,
) -> Door {
    let (entropy, clock) = (frame.environment().clone(), frame.environment().clone());
    Door::new(DoorSettings {
        base,
        hosts: Hosts::new(hosts),
        api_version: API_VERSION.to_owned(),
        answers_in,
        deadline: DEADLINE,
        content_deadline: service_http::bounded_answer::CONTENT_DEADLINE,
        requests_in_flight: REQUESTS_IN_FLIGHT,
        drain: drain.clone(),
        entropy: Arc::new(move || entropy.random()),
        clock: Arc::new(move || clock.elapsed()),
    })
}

/// For addresses that take no parameters: nothing can be slipped in there either.
fn no_query(request: &HttpRequest) -> Result<(), Refusal> {
    Parameters::of_query(request, &[]).map(drop)
}
