//! `/v1/matches`

use actix_web::{HttpRequest, post, route, web};
use casework::Casework;
use protocol::id::Id;
use protocol::match_case::{ContactConfirmation, ContactConfirmationSubmission, Match};
use protocol::page::{Page, PageParameters};
use protocol::problem::Problem;
use service_http::JsonBody;

use super::access::Signals;
use super::reply::{self, Reply};

/// The matches your organisation is party to, newest first. Looking is recorded for each match on the page.
#[utoipa::path(operation_id = "listMatches", tag = "matches", params(PageParameters), security(("oauth" = ["signal"])),
    responses(
        (status = 200, description = "A page of matches.", body = Page<Match>),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/matches", method = "GET", method = "HEAD")]
pub async fn list(request: HttpRequest, caller: Signals, casework: web::Data<Casework>) -> Reply {
    reply::look(casework.list_matches(&caller, reply::page_query(&request)?).await)
}

/// One match: who the other parties are, as far as the covenant shows them, and whether messages can pass.
#[utoipa::path(operation_id = "readMatch", tag = "matches", params(("id" = Id, Path, description = "The match")),
    security(("oauth" = ["signal"])),
    responses(
        (status = 200, description = "The match.", body = Match),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/matches/{id}", method = "GET", method = "HEAD")]
pub async fn read(
    request: HttpRequest,
    caller: Signals,
    casework: web::Data<Casework>,
    id: web::Path<String>,
) -> Reply {
    reply::no_query(&request)?;
    reply::look(casework.read_match(&caller, reply::id(&id)?).await)
}

/// Say that your organisation made contact with the other parties.
#[utoipa::path(operation_id = "confirmContact", tag = "matches", request_body = ContactConfirmationSubmission,
    params(("id" = Id, Path, description = "The match"),
           ("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters")),
    security(("oauth" = ["signal"])),
    responses(
        (status = 201, description = "Noted.", body = ContactConfirmation),
        (status = 200, description = "It was noted before.", body = ContactConfirmation),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/matches/{id}/contact-confirmations")]
pub async fn confirm_contact(
    request: HttpRequest,
    caller: Signals,
    casework: web::Data<Casework>,
    id: web::Path<String>,
    body: JsonBody<ContactConfirmationSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    reply::act(casework.confirm_contact(&caller, once, reply::id(&id)?).await)
}
