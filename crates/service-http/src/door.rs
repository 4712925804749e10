//! The outermost layer of an application: every request passes it on the way in, every answer on the way out.
//!
//! In: an id, the host, the media type asked for, a deadline. Out: every refusal as a problem document, every error
//! the framework made itself as one too, the header fields of every answer, one log line without anything personal.

use std::fmt;
use std::future::{Ready, ready};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::error::InternalError;
use actix_web::http::header::{CONTENT_TYPE, HeaderValue};
use actix_web::http::{ConnectionType, Method};
use actix_web::{Error, HttpMessage, HttpResponse, ResponseError};
use futures::future::LocalBoxFuture;
use protocol::problem::ProblemType;
use tracing::Instrument;

use crate::deadline::Deadline;
use crate::drain::{Drain, Phase};
use crate::gate::turn::Turn;
use crate::host::Hosts;
use crate::places::{Place, Places};
use crate::problems::{self, Refusal};
use crate::request_id::RequestId;
use crate::stream_body::Streams;
use crate::{accept, headers};

/// Random bytes for request ids. The server passes the operating system's.
pub type Entropy = Arc<dyn Fn() -> [u8; 16] + Send + Sync>;

/// Time since some fixed moment, for durations in the log. The server passes a monotonic clock.
pub type Clock = Arc<dyn Fn() -> Duration + Send + Sync>;

/// What a door needs to know.
#[derive(Clone)]
pub struct DoorSettings {
    /// The published address of the service without a trailing slash; problem types live under it.
    pub base: String,
    /// The hosts it answers for.
    pub hosts: Hosts,
    /// `API-Version` of every answer, such as `1.0.0`.
    pub api_version: String,
    /// The one media type answered at a path, or `None` where `Accept` does not matter.
    pub answers_in: fn(path: &str) -> Option<&'static str>,
    /// How long an answer may take to begin. What runs longer goes on in its own task; the caller is told to try again.
    pub deadline: Duration,
    /// How long an answer that carries content may take to leave; [`crate::bounded_answer::CONTENT_DEADLINE`] but in tests.
    pub content_deadline: Duration,
    /// How many requests are worked on at a time, in all workers; a stream that comes in holds no place.
    pub requests_in_flight: usize,
    /// Whether this server is stopping.
    pub drain: Drain,
    /// Where request ids come from.
    pub entropy: Entropy,
    /// What durations are measured with.
    pub clock: Clock,
}

/// The layer; add it last with `App::wrap`, so that it is the outermost.
#[derive(Clone)]
pub struct Door(Arc<Frame>);

/// What does not change between requests.
pub(crate) struct Frame {
    settings: DoorSettings,
    places: Places,
    streams: Streams,
    version: HeaderValue,
    secure: bool,
}

/// Where an overloaded service still says that it is alive, so that it is not put down for being busy.
const HEALTH: &str = "/v1/health";

impl Door {
    /// A door for one service. An API version that cannot stand in a header is left empty.
    pub fn new(settings: DoorSettings) -> Self {
        let version = HeaderValue::from_str(&settings.api_version);
        Self(Arc::new(Frame {
            version: version.unwrap_or(HeaderValue::from_static("")),
            places: Places::new(settings.requests_in_flight),
            streams: Streams::default(),
            secure: settings.base.starts_with("https://"),
            settings,
        }))
    }

    /// How long an answer that carries content may take to leave.
    pub(crate) fn content_deadline(&self) -> Duration {
        self.0.settings.content_deadline
    }

    /// A refusal made before there was a request the framework could read, as the bytes of an answer that closes
    /// the connection.
    pub(crate) fn refuse_raw(&self, refusal: &Refusal) -> Vec<u8> {
        let id = RequestId::from_random((self.0.settings.entropy)());
        let answer = self.0.finish(id, refusal.error_response());
        tracing::info!(%id, status = answer.status().as_u16(), problem = refusal.problem().slug(), "refused unread");
        let mut bytes = format!("HTTP/1.1 {}\r\n", answer.status()).into_bytes();
        for (name, value) in answer.headers() {
            bytes.extend_from_slice(name.as_str().as_bytes());
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(value.as_bytes());
            bytes.extend_from_slice(b"\r\n");
        }
        let body = answer.into_body().try_into_bytes().unwrap_or_default();
        let rest = format!("content-length: {}\r\nconnection: close\r\n\r\n", body.len());
        bytes.extend_from_slice(rest.as_bytes());
        bytes.extend_from_slice(&body);
        bytes
    }
}

impl Frame {
    fn admit(&self, request: &ServiceRequest) -> Result<(), Refusal> {
        self.settings.hosts.check(request.head())?;
        match (self.settings.answers_in)(request.path()) {
            Some(media_type) => accept::check(request.headers(), media_type),
            None => Ok(()),
        }
    }

    /// A place for a request, but where none is needed.
    fn place(&self, request: &ServiceRequest) -> Result<Option<Place>, Refusal> {
        let needed = request.path() != HEALTH;
        needed.then(|| self.places.take()).transpose()
    }

    /// Gives an answer its document, where it is a refusal, and its header fields.
    fn finish(&self, id: RequestId, mut answer: HttpResponse<BoxBody>) -> HttpResponse<BoxBody> {
        let refusal = answer.extensions_mut().remove::<Refusal>();
        let refusal =
            refusal.or_else(|| is_frameworks_own(&answer).then(|| problems::for_status(answer.status())));
        if let Some(refusal) = refusal {
            *answer.status_mut() = refusal.status();
            for (name, value) in refusal.headers() {
                answer.headers_mut().insert(name, value);
            }
            if refusal.closes() {
                answer.head_mut().set_connection_type(ConnectionType::Close);
            }
            let document = refusal.document(&self.settings.base, &id.urn());
            answer = answer.set_body(BoxBody::new(document));
        }
        if self.settings.drain.phase() >= Phase::Draining {
            answer.head_mut().set_connection_type(ConnectionType::Close);
        }
        headers::complete(answer.headers_mut(), id, &self.version, self.secure);
        answer
    }
}

/// Whether the connection ends with this answer.
fn closes(answer: &HttpResponse<BoxBody>) -> bool {
    answer.head().connection_type() == ConnectionType::Close
}

/// An error answer with no body type, or plain text, was written by the framework, not by a handler.
fn is_frameworks_own(answer: &HttpResponse<BoxBody>) -> bool {
    let status = answer.status();
    let error = status.is_client_error() || status.is_server_error();
    let content_type = answer.headers().get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    error && content_type.is_none_or(|kind| kind.starts_with(b"text/plain"))
}

impl<S, B> Transform<S, ServiceRequest> for Door
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type InitError = ();
    type Transform = Guarded<S>;
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(Guarded {
            frame: Arc::clone(&self.0),
            service: Rc::new(service),
        }))
    }
}

/// An application behind its [`Door`].
pub struct Guarded<S> {
    frame: Arc<Frame>,
    service: Rc<S>,
}

impl<S, B> Service<ServiceRequest> for Guarded<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self::Response, Error>>;

    forward_ready!(service);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let frame = Arc::clone(&self.frame);
        let service = Rc::clone(&self.service);
        let began = (frame.settings.clock)();
        let id = RequestId::from_random((frame.settings.entropy)());
        request.extensions_mut().insert(id);
        let method = known_method(request.method());
        let turn = request.conn_data::<Turn>().cloned();
        let asked_to_close = request.head().connection_type() != ConnectionType::KeepAlive;
        let span = tracing::info_span!("request", %id, method);
        let answering = async move {
            let answered = answer(&frame, &*service, request).await;
            let (route, answered) = match answered {
                Ok(answer) => {
                    let route = answer.request().match_pattern();
                    let (request, answer) = answer.into_parts();
                    let answer = frame.finish(id, answer.map_into_boxed_body());
                    (route, Ok(ServiceResponse::new(request, answer)))
                }
                Err(error) => (None, Err(frame.finish(id, HttpResponse::from_error(error)))),
            };
            let (status, closes) = match &answered {
                Ok(answer) => (answer.status(), closes(answer.response())),
                Err(answer) => (answer.status(), closes(answer)),
            };
            if let Some(turn) = turn {
                turn.answered(closes || asked_to_close);
            }
            let took = (frame.settings.clock)().saturating_sub(began);
            // The pattern of the route, never the path: a path may hold what somebody typed into it.
            let route = route.as_deref().unwrap_or("none");
            let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
            tracing::info!(route, status = status.as_u16(), millis, "answered");
            answered.map_err(|answer| InternalError::from_response("refused", answer).into())
        };
        Box::pin(answering.instrument(span))
    }
}

async fn answer<S, B>(
    frame: &Frame,
    service: &S,
    request: ServiceRequest,
) -> Result<ServiceResponse<BoxBody>, Error>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody + 'static,
{
    if let Err(refusal) = frame.admit(&request) {
        return Ok(request.into_response(refusal.error_response()));
    }
    let place = match frame.place(&request) {
        Ok(place) => place,
        Err(refusal) => return Ok(request.into_response(refusal.error_response())),
    };
    let deadline = Deadline::after(frame.settings.deadline);
    {
        let mut extensions = request.extensions_mut();
        extensions.insert(deadline.clone());
        extensions.insert(frame.streams.clone());
        if let Some(place) = &place {
            extensions.insert(place.clone());
        }
    }
    let answered = match deadline.limit(service.call(request)).await {
        Some(answered) => answered.map(ServiceResponse::map_into_boxed_body),
        None => Err(Refusal::new(ProblemType::TryAgain).into()),
    };
    // The request itself lives on until its answer is sent.
    if let Some(place) = place {
        place.leave();
    }
    answered
}

/// A method as it may be logged: one of RFC 9110's or RFC 5789's, for a made-up one may hold anything.
fn known_method(method: &Method) -> &'static str {
    const KNOWN: [&str; 9] = [
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT",
    ];
    KNOWN
        .into_iter()
        .find(|known| *known == method.as_str())
        .unwrap_or("other")
}

impl fmt::Debug for Door {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Door")
            .field("base", &self.0.settings.base)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
