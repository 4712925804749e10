//! `/v1/notices/stream`: the inbox as server-sent events (WHATWG HTML, section 9.2).

use std::fmt::Write as _;
use std::time::Duration;

use actix_web::http::Method;
use actix_web::http::header::HeaderName;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, route};
use casework::{AtInbox, Came, Casework, Failure, Manner, WaitRefusal};
use futures::stream::unfold;
use protocol::body::FieldErrorCode;
use protocol::notice::Notice;
use protocol::page::Cursor;
use protocol::problem::Problem;
use protocol::webhook::{CloudEvent, EventType};
use service_http::drain::{Drain, Phase};
use service_http::problems::Refusal;
use tokio::time::Instant;

use super::access::{Signals, TokenUntil};
use super::refusal;
use super::reply::{self, Reply};
use crate::State;

/// The media type of a stream.
pub const EVENT_STREAM: &str = "text/event-stream";

/// How long a stream lasts at most; then its reader comes again with the cursor it has.
const LASTS: Duration = Duration::from_mins(5);

/// How long a stream says nothing: shorter than what proxies between take for the end.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// How many notices are read at a time.
const AT_ONCE: u16 = 50;

/// What a stream begins with: after how many milliseconds its reader comes again when it ended.
const BEGINNING: &str = "retry: 2000\n\n";

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// The inbox as a stream of server-sent events: what was not acknowledged, then what comes, as it comes. Each event is thin: a
/// CloudEvent without data that says where to look. Its `id` is a cursor; come again with it as `Last-Event-ID` and the stream
/// goes on behind it. A comment every 15 seconds says that the stream lives. It ends after 5 minutes, with the access token, and
/// when the service stops: come again. An event that was sent is not yet acknowledged.
#[utoipa::path(operation_id = "streamNotices", tag = "notices",
    params(("Last-Event-ID" = Option<Cursor>, Header, description = "The `id` of the last event that you have; left out, the stream begins with all that was not acknowledged")),
    security(("oauth" = ["signal"])),
    responses(
        (status = 200, description = "Events, each with a `CloudEvent` as its data.", body = String, content_type = "text/event-stream",
         example = "retry: 2000\n\nid: AAAAAAAAAAAqfT8x\nevent: notice\ndata: {\"specversion\":\"1.0\"}\n\n"),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/notices/stream", method = "GET", method = "HEAD")]
pub async fn follow(
    request: HttpRequest,
    caller: Signals,
    casework: Data<Casework>,
    state: Data<State>,
) -> Reply {
    reply::no_query(&request)?;
    let mut answer = HttpResponse::Ok();
    answer.content_type(EVENT_STREAM);
    // Proxies that gather answers before they pass them on would hold events back (nginx).
    answer.insert_header(("X-Accel-Buffering", "no"));
    let cursor = last_event_id(&request)?;
    let place = casework
        .stand_at_inbox(&caller, Manner::Stream, cursor.as_ref())
        .await;
    let place = place.map_err(|failure| match failure {
        Failure::Refused(WaitRefusal::UnknownCursor) => no_such_cursor(),
        other => refusal::of(other),
    })?;
    if request.method() == Method::HEAD {
        return Ok(answer.finish());
    }
    let follower = Follower {
        place,
        drain: state.drain.clone(),
        base: state.base.clone(),
        ends: Instant::now() + token_lasts(&request, &state).min(LASTS),
        begun: false,
    };
    Ok(answer.streaming(unfold(follower, async |mut follower| {
        let said = follower.next().await?;
        Some((Ok::<_, std::convert::Infallible>(said), follower))
    })))
}

/// The cursor of who comes again.
fn last_event_id(request: &HttpRequest) -> Result<Option<Cursor>, Refusal> {
    let mut values = request.headers().get_all(LAST_EVENT_ID);
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let cursor = value.to_str().ok().and_then(|text| text.parse().ok());
    match cursor.filter(|_| values.next().is_none()) {
        Some(cursor) => Ok(Some(cursor)),
        None => Err(no_such_cursor()),
    }
}

fn no_such_cursor() -> Refusal {
    Refusal::invalid("header:Last-Event-ID", FieldErrorCode::InvalidFormat)
}

/// How long the token of a request is still good: a stream does not outlive it.
fn token_lasts(request: &HttpRequest, state: &State) -> Duration {
    let until = request.extensions().get().copied();
    let left = until.map(|TokenUntil(until)| until.duration_since((state.clock)()));
    left.and_then(|left| left.try_into().ok()).unwrap_or_default()
}

/// Who reads a stream, and what it was told.
struct Follower {
    place: AtInbox,
    drain: Drain,
    base: String,
    ends: Instant,
    begun: bool,
}

impl Follower {
    /// What is said next; none at the end.
    async fn next(&mut self) -> Option<Bytes> {
        if !self.begun {
            self.begun = true;
            return Some(Bytes::from_static(BEGINNING.as_bytes()));
        }
        let over = |this: &Self| this.drain.phase() >= Phase::Draining || Instant::now() >= this.ends;
        if over(self) {
            return None;
        }
        let until = self.ends.min(Instant::now() + HEARTBEAT);
        let drain = self.drain.clone();
        let given_up = async move {
            // Either way it is time to say something else.
            tokio::time::timeout_at(until, drain.reached(Phase::Draining))
                .await
                .ok();
        };
        match self.place.next(AT_ONCE, given_up).await {
            Ok(came) if !came.notices.is_empty() => Some(events(&self.base, came).into()),
            Ok(_) if over(self) => None,
            Ok(_) => Some(Bytes::from_static(b":\n\n")),
            Err(Failure::Refused(_)) => None,
            Err(failure) => {
                tracing::warn!(%failure, "a stream of notices ends");
                None
            }
        }
    }
}

fn events(base: &str, came: Came) -> String {
    let mut text = String::new();
    for (notice, cursor) in came.notices {
        // Our own plain struct: one line of JSON, since JSON writes a line feed as \n.
        let event = serde_json::to_string(&event(base, &notice)).unwrap_or_default();
        // Writing to a String cannot fail.
        let _ = write!(text, "id: {cursor}\nevent: notice\ndata: {event}\n\n");
    }
    text
}

/// A notice as it is told to who is not asking: where to look, and no more.
fn event(base: &str, notice: &Notice) -> CloudEvent {
    CloudEvent {
        specversion: "1.0".to_owned(),
        id: notice.id.to_string(),
        source: base.to_owned(),
        kind: EventType::Notice(notice.kind).name(),
        time: notice.created_at,
        dataref: format!("{base}/v1/notices/{}", notice.id),
    }
}
