//! `/v1/signals/{id}/disclosures` and its neighbours: whether the family was told.

use actix_web::{HttpRequest, post, route, web};
use casework::Casework;
use protocol::disclosure::{
    Disclosure, DisclosureDue, DisclosureSubmission, Postponement, PostponementDecisionSubmission,
    PostponementSubmission,
};
use protocol::id::Id;
use protocol::page::{Page, PageParameters};
use protocol::problem::Problem;
use service_http::JsonBody;

use super::access::{Coordinates, Signals};
use super::reply::{self, Reply};

/// Record that the family was told of your signal. A signal of which it is not told within the covenant's days is paused: it
/// matches nothing new, and its exchange is closed until this is recorded.
#[utoipa::path(operation_id = "recordDisclosure", tag = "signals", request_body = DisclosureSubmission,
    params(("id" = Id, Path, description = "The signal"),
           ("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters; the same key with the same body is done once")),
    security(("oauth" = ["signal"])),
    responses(
        (status = 201, description = "Recorded.", body = Disclosure),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/signals/{id}/disclosures")]
pub async fn record(
    request: HttpRequest,
    caller: Signals,
    casework: web::Data<Casework>,
    id: web::Path<String>,
    body: JsonBody<DisclosureSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    reply::act(
        casework
            .record_disclosure(&caller, once, reply::id(&id)?, body.value)
            .await,
    )
}

/// Propose to tell the family later, for one of four reasons. The signal, its matches and its parties are hidden from the
/// family at once, within the time there is to tell it; beyond that only once a second person approves.
#[utoipa::path(operation_id = "proposePostponement", tag = "signals", request_body = PostponementSubmission,
    params(("id" = Id, Path, description = "The signal"),
           ("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters; the same key with the same body is done once")),
    security(("oauth" = ["signal"])),
    responses(
        (status = 201, description = "Proposed.", body = Postponement),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/signals/{id}/postponements")]
pub async fn propose(
    request: HttpRequest,
    caller: Signals,
    casework: web::Data<Casework>,
    id: web::Path<String>,
    body: JsonBody<PostponementSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    reply::act(
        casework
            .propose_postponement(&caller, once, reply::id(&id)?, body.value)
            .await,
    )
}

/// As a second person, decide a proposal to tell the family later.
#[utoipa::path(operation_id = "decidePostponement", tag = "signals", request_body = PostponementDecisionSubmission,
    params(("id" = Id, Path, description = "The signal"),
           ("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters; the same key with the same body is done once")),
    security(("oauth" = ["coordinate"])),
    responses(
        (status = 201, description = "Decided.", body = Postponement),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/signals/{id}/postponement-decisions")]
pub async fn decide(
    request: HttpRequest,
    caller: Coordinates,
    casework: web::Data<Casework>,
    id: web::Path<String>,
    body: JsonBody<PostponementDecisionSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    reply::act(
        casework
            .decide_postponement(&caller, once, reply::id(&id)?, body.value)
            .await,
    )
}

/// The signals of your organisation of which the family is still to be told, in time or not, newest first.
#[utoipa::path(operation_id = "listDisclosuresDue", tag = "signals", params(PageParameters),
    security(("oauth" = ["coordinate"])),
    responses(
        (status = 200, description = "A page of signals.", body = Page<DisclosureDue>),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/disclosures-due", method = "GET", method = "HEAD")]
pub async fn list_due(request: HttpRequest, caller: Coordinates, casework: web::Data<Casework>) -> Reply {
    reply::look(
        casework
            .list_disclosures_due(&caller, reply::page_query(&request)?)
            .await,
    )
}
