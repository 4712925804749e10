//! `/v1/soft-matches`

use actix_web::{HttpRequest, post, route, web};
use casework::Casework;
use protocol::id::Id;
use protocol::page::{Page, PageParameters};
use protocol::problem::Problem;
use protocol::soft_match::{SoftMatch, SoftMatchAnswer, SoftMatchAnswerSubmission};
use service_http::JsonBody;

use super::access::Signals;
use super::reply::{self, Reply};

/// What your organisation is or was asked of children without a BSN, newest first. Looking is recorded for each on the page.
#[utoipa::path(operation_id = "listSoftMatches", tag = "matches", params(PageParameters), security(("oauth" = ["signal"])),
    responses(
        (status = 200, description = "A page of soft matches.", body = Page<SoftMatch>),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/soft-matches", method = "GET", method = "HEAD")]
pub async fn list(request: HttpRequest, caller: Signals, casework: web::Data<Casework>) -> Reply {
    reply::look(
        casework
            .list_soft_matches(&caller, reply::page_query(&request)?)
            .await,
    )
}

/// One soft match: your signal may be about the same child as another organisation's.
#[utoipa::path(operation_id = "readSoftMatch", tag = "matches",
    params(("id" = Id, Path, description = "The soft match")), security(("oauth" = ["signal"])),
    responses(
        (status = 200, description = "The soft match.", body = SoftMatch),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/soft-matches/{id}", method = "GET", method = "HEAD")]
pub async fn read(
    request: HttpRequest,
    caller: Signals,
    casework: web::Data<Casework>,
    id: web::Path<String>,
) -> Reply {
    reply::no_query(&request)?;
    reply::look(casework.read_soft_match(&caller, reply::id(&id)?).await)
}

/// Say whether it is the same child. When every organisation that is asked says yes, a match follows; one no is the end of
/// it.
#[utoipa::path(operation_id = "answerSoftMatch", tag = "matches", request_body = SoftMatchAnswerSubmission,
    params(("id" = Id, Path, description = "The soft match"),
           ("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters")),
    security(("oauth" = ["signal"])),
    responses(
        (status = 201, description = "Kept.", body = SoftMatchAnswer),
        (status = 200, description = "It was given before.", body = SoftMatchAnswer),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/soft-matches/{id}/answers")]
pub async fn answer(
    request: HttpRequest,
    caller: Signals,
    casework: web::Data<Casework>,
    id: web::Path<String>,
    body: JsonBody<SoftMatchAnswerSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    let id = reply::id(&id)?;
    reply::act(casework.answer_soft_match(&caller, once, id, body.value).await)
}
