//! `/v1/matches`

use actix_web::{HttpRequest, post, route, web};
use casework::Casework;
use protocol::id::Id;
use protocol::match_case::{
    Closing, ClosingSubmission, ContactConfirmation, ContactConfirmationSubmission, LeadAnswerSubmission,
    LeadAnswered, LeadProposal, LeadProposalSubmission, Match, Relocation, RelocationSubmission,
};
use protocol::page::{Page, PageParameters};
use protocol::problem::Problem;
use service_http::JsonBody;

use super::access::{Leads, Municipalities, Signals};
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

/// Ask another party to coordinate the match. While there is a lead only the lead does this, to pass it on.
#[utoipa::path(operation_id = "proposeLead", tag = "matches", request_body = LeadProposalSubmission,
    params(("id" = Id, Path, description = "The match"),
           ("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters")),
    security(("oauth" = ["signal"])),
    responses(
        (status = 201, description = "Asked.", body = LeadProposal),
        (status = 200, description = "The same was asked before and waits for an answer.", body = LeadProposal),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/matches/{id}/lead-proposals")]
pub async fn propose_lead(
    request: HttpRequest,
    caller: Signals,
    casework: web::Data<Casework>,
    id: web::Path<String>,
    body: JsonBody<LeadProposalSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    reply::act(
        casework
            .propose_lead(&caller, once, reply::id(&id)?, body.value)
            .await,
    )
}

/// Answer that your organisation coordinates the match, or that it does not.
#[utoipa::path(operation_id = "answerLead", tag = "matches", request_body = LeadAnswerSubmission,
    params(("id" = Id, Path, description = "The match"),
           ("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters")),
    security(("oauth" = ["signal"])),
    responses(
        (status = 201, description = "Noted.", body = LeadAnswered),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/matches/{id}/lead-answers")]
pub async fn answer_lead(
    request: HttpRequest,
    caller: Signals,
    casework: web::Data<Casework>,
    id: web::Path<String>,
    body: JsonBody<LeadAnswerSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    reply::act(
        casework
            .answer_lead(&caller, once, reply::id(&id)?, body.value)
            .await,
    )
}

/// Close a match that your organisation coordinates, for everyone at once, and say what came of it.
#[utoipa::path(operation_id = "closeMatch", tag = "matches", request_body = ClosingSubmission,
    params(("id" = Id, Path, description = "The match"),
           ("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters")),
    security(("oauth" = ["lead"])),
    responses(
        (status = 201, description = "Closed.", body = Closing),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/matches/{id}/closings")]
pub async fn close(
    request: HttpRequest,
    caller: Leads,
    casework: web::Data<Casework>,
    id: web::Path<String>,
    body: JsonBody<ClosingSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    reply::act(
        casework
            .close_match(&caller, once, reply::id(&id)?, body.value)
            .await,
    )
}

/// Hand a match that your municipality answers for over to another municipality, with its follow-up.
#[utoipa::path(operation_id = "relocateMatch", tag = "matches", request_body = RelocationSubmission,
    params(("id" = Id, Path, description = "The match"),
           ("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters")),
    security(("oauth" = ["municipality"])),
    responses(
        (status = 201, description = "Handed over.", body = Relocation),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/matches/{id}/relocations")]
pub async fn relocate(
    request: HttpRequest,
    caller: Municipalities,
    casework: web::Data<Casework>,
    id: web::Path<String>,
    body: JsonBody<RelocationSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    reply::act(
        casework
            .relocate_match(&caller, once, reply::id(&id)?, body.value)
            .await,
    )
}
