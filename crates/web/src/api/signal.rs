//! `/v1/signals`, `/v1/signals/resubmissions` and `/v1/signals/reassignments`

use actix_web::http::Method;
use actix_web::{HttpRequest, post, route, web};
use casework::Casework;
use protocol::id::Id;
use protocol::page::{Page, PageParameters};
use protocol::problem::Problem;
use protocol::resubmission::{Resubmission, ResubmissionAnswer};
use protocol::signal::{
    Ending, EndingSubmission, Reassignment, ReassignmentSubmission, Signal, SignalSubmission,
};
use service_http::problems::Refusal;
use service_http::{JsonBody, places};

use super::access::{Coordinates, Signals};
use super::reply::{self, Reply};

/// Give a signal: a professional of your organisation is involved with this child. The answer is the same whether or
/// not others signalled the child.
#[utoipa::path(operation_id = "submitSignal", tag = "signals", request_body = SignalSubmission,
    params(("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters; the same key with the same body is done once")),
    security(("oauth" = ["signal"])),
    responses(
        (status = 201, description = "The signal is on record.", body = Signal),
        (status = 200, description = "Your organisation already has a sleeping, active or paused signal for this child; this is it.", body = Signal),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/signals")]
pub async fn submit(
    request: HttpRequest,
    caller: Signals,
    casework: web::Data<Casework>,
    body: JsonBody<SignalSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    // From here on it has its place in the queue of submissions, which has a bound of its own and shares for each.
    places::leave(&request);
    reply::act(casework.submit_signal(&caller, once, body.value).await)
}

/// Send tokens of a new network epoch for signals of your organisation: when the network's secret changes, nobody else
/// can make them. The answer does not say whether others know the child.
#[utoipa::path(operation_id = "resubmitSignals", tag = "signals", request_body = Resubmission,
    params(("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters; the same key with the same body is done once")),
    security(("oauth" = ["signal"])),
    responses(
        (status = 200, description = "What came of each signal, in the order of the request.", body = ResubmissionAnswer),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/signals/resubmissions")]
pub async fn resubmit(
    request: HttpRequest,
    caller: Signals,
    casework: web::Data<Casework>,
    body: JsonBody<Resubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    reply::act(casework.resubmit_signals(&caller, once, body.value).await)
}

/// Put another professional in the place of one who leaves, in all living signals of your organisation at once: also in
/// what the other parties of matches see. None found is no mistake.
#[utoipa::path(operation_id = "reassignSignals", tag = "signals", request_body = ReassignmentSubmission,
    params(("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters; the same key with the same body is done once")),
    security(("oauth" = ["coordinate"])),
    responses(
        (status = 201, description = "How many signals were reassigned.", body = Reassignment),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/signals/reassignments")]
pub async fn reassign(
    request: HttpRequest,
    caller: Coordinates,
    casework: web::Data<Casework>,
    body: JsonBody<ReassignmentSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    reply::act(casework.reassign_signals(&caller, once, body.value).await)
}

/// End a signal of your organisation before its planned end. What was `unjustified`, or about a child who died, is
/// destroyed at once; everybody who was in a match with an unjustified signal is told.
#[utoipa::path(operation_id = "endSignal", tag = "signals", request_body = EndingSubmission,
    params(("id" = Id, Path, description = "The signal"),
           ("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters; the same key with the same body is done once")),
    security(("oauth" = ["signal"])),
    responses(
        (status = 201, description = "It ended.", body = Ending),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/signals/{id}/endings")]
pub async fn end(
    request: HttpRequest,
    caller: Signals,
    casework: web::Data<Casework>,
    id: web::Path<String>,
    body: JsonBody<EndingSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    reply::act(
        casework
            .end_signal(&caller, once, reply::id(&id)?, body.value)
            .await,
    )
}

/// Else the name of that address would be looked for among the signals.
#[route("/v1/signals/resubmissions", method = "GET", method = "HEAD")]
pub async fn no_resubmissions() -> Reply {
    Err(Refusal::method_not_allowed(&[Method::POST]))
}

/// Likewise.
#[route("/v1/signals/reassignments", method = "GET", method = "HEAD")]
pub async fn no_reassignments() -> Reply {
    Err(Refusal::method_not_allowed(&[Method::POST]))
}

/// The signals of your organisation, newest first.
#[utoipa::path(operation_id = "listSignals", tag = "signals", params(PageParameters), security(("oauth" = ["signal"])),
    responses(
        (status = 200, description = "A page of signals.", body = Page<Signal>),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/signals", method = "GET", method = "HEAD")]
pub async fn list(request: HttpRequest, caller: Signals, casework: web::Data<Casework>) -> Reply {
    reply::look(casework.list_signals(&caller, reply::page_query(&request)?).await)
}

/// One signal of your organisation.
#[utoipa::path(operation_id = "readSignal", tag = "signals", params(("id" = Id, Path, description = "The signal")),
    security(("oauth" = ["signal"])),
    responses(
        (status = 200, description = "The signal.", body = Signal),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/signals/{id}", method = "GET", method = "HEAD")]
pub async fn read(
    request: HttpRequest,
    caller: Signals,
    casework: web::Data<Casework>,
    id: web::Path<String>,
) -> Reply {
    reply::no_query(&request)?;
    reply::look(casework.read_signal(&caller, reply::id(&id)?).await)
}
