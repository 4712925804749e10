//! A server for one application: the gate, the framework, the limits.

use std::fmt;
use std::io;
use std::net::TcpListener;
use std::time::Duration;

use actix_http::error::DispatchError;
use actix_http::{HttpService, KeepAlive, Request, Response};
use actix_service::{IntoServiceFactory, ServiceFactoryExt as _, map_config};
use actix_web::body::MessageBody;
use actix_web::dev::{AppConfig, Server, Service, ServiceFactory, fn_service};
use actix_web::rt::net::TcpStream;

use crate::connection::Connection;
use crate::door::Door;
use crate::drain::{Drain, FINISH_SECONDS, Phase};
use crate::gate::Gate;
use crate::tls::Tls;

/// How long an idle connection is kept open between requests.
pub const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// How long a connection may take to close after its last answer.
const DISCONNECT: Duration = Duration::from_secs(3);

/// Most connections one worker holds at a time; more wait in the listener's queue.
const MAX_CONNECTIONS: usize = 8192;

/// Serves the applications that `factory` makes, one per worker, on `listener`; in TLS, where that is given. Each must be
/// wrapped in a clone of `door`. Signals are the caller's: stop the server with [`Drain::stop`].
///
/// # Errors
/// When the listener cannot be used.
pub fn serve<F, I, S, B>(
    listener: TcpListener,
    workers: usize,
    tls: Option<Tls>,
    door: Door,
    drain: Drain,
    factory: F,
) -> io::Result<Server>
where
    F: Fn() -> I + Send + Clone + 'static,
    I: IntoServiceFactory<S, Request>,
    S: ServiceFactory<Request, Config = AppConfig> + 'static,
    S::Error: Into<actix_web::Error> + 'static,
    S::InitError: fmt::Debug,
    S::Response: Into<Response<B>> + 'static,
    <S::Service as Service<Request>>::Future: 'static,
    S::Service: 'static,
    B: MessageBody + 'static,
{
    let address = listener.local_addr()?;
    let server = Server::build()
        .workers(workers.max(1))
        .max_concurrent_connections(MAX_CONNECTIONS)
        .disable_signals()
        .shutdown_timeout(FINISH_SECONDS)
        .listen("trefpunt", listener, move || {
            let (door, drain, tls) = (door.clone(), drain.clone(), tls.clone());
            let application = factory()
                .into_factory()
                .map_err(|error| error.into().error_response());
            let framework = HttpService::build()
                .graceful_shutdown_signal(move || {
                    let drain = drain.clone();
                    async move { drain.reached(Phase::Stopping).await }
                })
                .keep_alive(KeepAlive::Timeout(KEEP_ALIVE))
                // The gate times every head, not only the first.
                .client_request_timeout(Duration::ZERO)
                .client_disconnect_timeout(DISCONNECT)
                .tcp_nodelay(true)
                .local_addr(address)
                .on_connect_ext(|gate: &Gate<Connection>, data| {
                    data.insert(gate.turn());
                    if let Some(certificate) = gate.io().client_certificate() {
                        data.insert(certificate);
                    }
                })
                .h1(map_config(application, |()| AppConfig::default()));
            fn_service(move |io: TcpStream| {
                let (peer, door, tls) = (io.peer_addr().ok(), door.clone(), tls.clone());
                async move {
                    let connection = Connection::open(io, tls.as_ref()).await;
                    let connection = connection.map_err(|reason| {
                        tracing::info!(reason, "TLS refused");
                        DispatchError::Io(io::ErrorKind::ConnectionAborted.into())
                    })?;
                    Ok((Gate::new(connection, door), peer))
                }
            })
            .and_then(framework)
        })?
        .run();
    Ok(server)
}
