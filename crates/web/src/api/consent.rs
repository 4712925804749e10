//! `/v1/matches/{id}/consent-requests` and `/v1/consent-keys`

use actix_web::{HttpRequest, HttpResponse, post, route, web};
use casework::Casework;
use protocol::consent::{ConsentKeys, ConsentRequest, ConsentRequestSubmission};
use protocol::id::Id;
use protocol::page::Page;
use protocol::problem::Problem;
use service_http::JsonBody;

use super::access::Exchanges;
use super::reply::{self, Reply};

/// Ask the family whether the parties of this match may exchange information. The answer holds one invitation code for
/// each who must sign; it is shown this once, for the letter.
#[utoipa::path(operation_id = "requestConsent", tag = "consent", request_body = ConsentRequestSubmission,
    params(("id" = Id, Path, description = "The match"),
           ("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters")),
    security(("oauth" = ["exchange"])),
    responses(
        (status = 201, description = "The request, with invitations.", body = ConsentRequest),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/matches/{id}/consent-requests")]
pub async fn ask(
    request: HttpRequest,
    caller: Exchanges,
    casework: web::Data<Casework>,
    id: web::Path<String>,
    body: JsonBody<ConsentRequestSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    reply::act(
        casework
            .request_consent(&caller, once, reply::id(&id)?, body.value)
            .await,
    )
}

/// The requests of a match that name your organisation, newest first.
#[utoipa::path(operation_id = "listConsentRequests", tag = "consent", params(("id" = Id, Path, description = "The match")),
    security(("oauth" = ["exchange"])),
    responses(
        (status = 200, description = "The requests.", body = Page<ConsentRequest>),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/matches/{id}/consent-requests", method = "GET", method = "HEAD")]
pub async fn list(
    request: HttpRequest,
    caller: Exchanges,
    casework: web::Data<Casework>,
    id: web::Path<String>,
) -> Reply {
    // One match has few requests: every page is the whole list, so the parameters only have to be right.
    reply::page_query(&request)?;
    reply::look(casework.list_consent_requests(&caller, reply::id(&id)?).await)
}

/// One request; once given, with the signed consent record.
#[utoipa::path(operation_id = "readConsentRequest", tag = "consent",
    params(("id" = Id, Path, description = "The match"), ("request_id" = Id, Path, description = "The request")),
    security(("oauth" = ["exchange"])),
    responses(
        (status = 200, description = "The request.", body = ConsentRequest),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route(
    "/v1/matches/{id}/consent-requests/{request_id}",
    method = "GET",
    method = "HEAD"
)]
pub async fn read(
    request: HttpRequest,
    caller: Exchanges,
    casework: web::Data<Casework>,
    ids: web::Path<(String, String)>,
) -> Reply {
    reply::no_query(&request)?;
    let (match_id, request_id) = ids.into_inner();
    let (match_id, request_id) = (reply::id(&match_id)?, reply::id(&request_id)?);
    reply::look(casework.read_consent_request(&caller, match_id, request_id).await)
}

/// The keys with which anyone checks consent records. Fetch them once over a trusted way and pin them.
#[utoipa::path(operation_id = "readConsentKeys", tag = "consent",
    responses(
        (status = 200, description = "The keys.", body = ConsentKeys),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/consent-keys", method = "GET", method = "HEAD")]
pub async fn keys(request: HttpRequest, casework: web::Data<Casework>) -> Reply {
    reply::no_query(&request)?;
    Ok(HttpResponse::Ok().json(casework.consent_keys()))
}
