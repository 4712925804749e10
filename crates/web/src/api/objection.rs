//! `/v1/objections` and `/v1/objection-advices`

use actix_web::{HttpRequest, post, route, web};
use casework::Casework;
use protocol::id::Id;
use protocol::objection::{
    Objection, ObjectionAdvice, ObjectionAdviceSubmission, ObjectionDecisionSubmission, ObjectionSubmission,
};
use protocol::page::{Page, PageParameters};
use protocol::problem::Problem;
use service_http::JsonBody;

use super::access::{Municipalities, Signals};
use super::letter::with_code;
use super::reply::{self, Reply};
use crate::State;

/// Make an objection for somebody at your desk whose identity you established and who brought a letter. It goes to the
/// municipality that is responsible for the signal, whichever that is.
#[utoipa::path(operation_id = "makeObjection", tag = "rights", request_body = ObjectionSubmission,
    params(("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters; the same key with the same body is done once")),
    security(("oauth" = ["municipality"])),
    responses(
        (status = 201, description = "The objection.", body = Objection),
        (status = 200, description = "The same person has an open objection to that signal; this is it.", body = Objection),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/objections")]
pub async fn make(
    request: HttpRequest,
    caller: Municipalities,
    state: web::Data<State>,
    casework: web::Data<Casework>,
    body: JsonBody<ObjectionSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    let act = casework.make_objection(&caller, once, body.value);
    reply::act(with_code(&state, &caller, act).await?)
}

/// The objections that your municipality decides, newest first.
#[utoipa::path(operation_id = "listObjections", tag = "rights", params(PageParameters),
    security(("oauth" = ["municipality"])),
    responses(
        (status = 200, description = "The objections.", body = Page<Objection>),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/objections", method = "GET", method = "HEAD")]
pub async fn list(request: HttpRequest, caller: Municipalities, casework: web::Data<Casework>) -> Reply {
    let query = reply::page_query(&request)?;
    reply::look(casework.list_objections(&caller, query).await)
}

/// One of them.
#[utoipa::path(operation_id = "readObjection", tag = "rights", params(("id" = Id, Path, description = "The objection")),
    security(("oauth" = ["municipality"])),
    responses(
        (status = 200, description = "The objection.", body = Objection),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/objections/{id}", method = "GET", method = "HEAD")]
pub async fn read(
    request: HttpRequest,
    caller: Municipalities,
    casework: web::Data<Casework>,
    id: web::Path<String>,
) -> Reply {
    reply::no_query(&request)?;
    reply::look(casework.read_objection(&caller, reply::id(&id)?).await)
}

/// Decide on an objection, after the reporting organisation has advised or let its term pass. Upheld: the signal is
/// destroyed and not archived, and all parties are told.
#[utoipa::path(operation_id = "decideObjection", tag = "rights", request_body = ObjectionDecisionSubmission,
    params(("id" = Id, Path, description = "The objection"),
           ("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters; the same key with the same body is done once")),
    security(("oauth" = ["municipality"])),
    responses(
        (status = 201, description = "The objection as it was decided.", body = Objection),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/objections/{id}/decisions")]
pub async fn decide(
    request: HttpRequest,
    caller: Municipalities,
    casework: web::Data<Casework>,
    id: web::Path<String>,
    body: JsonBody<ObjectionDecisionSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    reply::act(
        casework
            .decide_objection(&caller, once, reply::id(&id)?, body.value)
            .await,
    )
}

/// The advices asked of your organisation about objections to its signals, newest first.
#[utoipa::path(operation_id = "listObjectionAdvices", tag = "rights", params(PageParameters),
    security(("oauth" = ["signal"])),
    responses(
        (status = 200, description = "The advices.", body = Page<ObjectionAdvice>),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/objection-advices", method = "GET", method = "HEAD")]
pub async fn list_advices(request: HttpRequest, caller: Signals, casework: web::Data<Casework>) -> Reply {
    let query = reply::page_query(&request)?;
    reply::look(casework.list_objection_advices(&caller, query).await)
}

/// Advise on an objection to a signal of yours, once. Late advice is taken as long as nothing was decided.
#[utoipa::path(operation_id = "adviseObjection", tag = "rights", request_body = ObjectionAdviceSubmission,
    params(("id" = Id, Path, description = "The objection"),
           ("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters; the same key with the same body is done once")),
    security(("oauth" = ["signal"])),
    responses(
        (status = 201, description = "Your advice.", body = ObjectionAdvice),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/objections/{id}/advices")]
pub async fn advise(
    request: HttpRequest,
    caller: Signals,
    casework: web::Data<Casework>,
    id: web::Path<String>,
    body: JsonBody<ObjectionAdviceSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    reply::act(
        casework
            .advise_objection(&caller, once, reply::id(&id)?, body.value)
            .await,
    )
}
