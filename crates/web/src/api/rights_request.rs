//! `/v1/rights-requests`

use actix_web::{HttpRequest, post, route, web};
use casework::Casework;
use protocol::family_file::FamilyFile;
use protocol::id::Id;
use protocol::page::{Page, PageParameters};
use protocol::problem::Problem;
use protocol::rights_request::{RightsDecisionSubmission, RightsRequest, RightsRequestSubmission};
use service_http::JsonBody;

use super::access::Municipalities;
use super::letter::with_code;
use super::reply::{self, Reply};
use crate::State;

/// Ask for access or erasure for somebody at your desk whose identity you established and who brought a letter. It goes to
/// the municipality that is responsible, whichever that is.
#[utoipa::path(operation_id = "makeRightsRequest", tag = "rights", request_body = RightsRequestSubmission,
    params(("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters; the same key with the same body is done once")),
    security(("oauth" = ["municipality"])),
    responses(
        (status = 201, description = "The request.", body = RightsRequest),
        (status = 200, description = "The same person has the same request open; this is it.", body = RightsRequest),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/rights-requests")]
pub async fn make(
    request: HttpRequest,
    caller: Municipalities,
    state: web::Data<State>,
    casework: web::Data<Casework>,
    body: JsonBody<RightsRequestSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    let act = casework.make_rights_request(&caller, once, body.value);
    reply::act(with_code(&state, &caller, act).await?)
}

/// The requests that your municipality decides, newest first.
#[utoipa::path(operation_id = "listRightsRequests", tag = "rights", params(PageParameters),
    security(("oauth" = ["municipality"])),
    responses(
        (status = 200, description = "The requests.", body = Page<RightsRequest>),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/rights-requests", method = "GET", method = "HEAD")]
pub async fn list(request: HttpRequest, caller: Municipalities, casework: web::Data<Casework>) -> Reply {
    let query = reply::page_query(&request)?;
    reply::look(casework.list_rights_requests(&caller, query).await)
}

/// One of them.
#[utoipa::path(operation_id = "readRightsRequest", tag = "rights", params(("id" = Id, Path, description = "The request")),
    security(("oauth" = ["municipality"])),
    responses(
        (status = 200, description = "The request.", body = RightsRequest),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/rights-requests/{id}", method = "GET", method = "HEAD")]
pub async fn read(
    request: HttpRequest,
    caller: Municipalities,
    casework: web::Data<Casework>,
    id: web::Path<String>,
) -> Reply {
    reply::no_query(&request)?;
    reply::look(casework.read_rights_request(&caller, reply::id(&id)?).await)
}

/// Decide on a request, or say that it takes longer. Access: the file can be fetched for 30 days. Erasure: consents are
/// withdrawn with what waits under them, and signals that the family was to agree to are destroyed; signals that serve a
/// public task stay, and can be objected to.
#[utoipa::path(operation_id = "decideRightsRequest", tag = "rights", request_body = RightsDecisionSubmission,
    params(("id" = Id, Path, description = "The request"),
           ("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters; the same key with the same body is done once")),
    security(("oauth" = ["municipality"])),
    responses(
        (status = 201, description = "The request as it was decided.", body = RightsRequest),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/rights-requests/{id}/decisions")]
pub async fn decide(
    request: HttpRequest,
    caller: Municipalities,
    casework: web::Data<Casework>,
    id: web::Path<String>,
    body: JsonBody<RightsDecisionSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    reply::act(
        casework
            .decide_rights_request(&caller, once, reply::id(&id)?, body.value)
            .await,
    )
}

/// The file that access gave: everything that is kept about the child, as it is now, in plain Dutch words beside the codes.
/// For whoever asked, and nobody else. Each time is in the audit log.
#[utoipa::path(operation_id = "readAccessFile", tag = "rights", params(("id" = Id, Path, description = "The request")),
    security(("oauth" = ["municipality"])),
    responses(
        (status = 200, description = "The file.", body = FamilyFile),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/rights-requests/{id}/file", method = "GET", method = "HEAD")]
pub async fn file(
    request: HttpRequest,
    caller: Municipalities,
    casework: web::Data<Casework>,
    id: web::Path<String>,
) -> Reply {
    reply::no_query(&request)?;
    reply::look(casework.read_access_file(&caller, reply::id(&id)?).await)
}
