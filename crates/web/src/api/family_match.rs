//! `/v1/family-matches`

use actix_web::{HttpRequest, route, web};
use casework::Casework;
use protocol::family_match::FamilyMatch;
use protocol::id::Id;
use protocol::page::{Page, PageParameters};
use protocol::problem::Problem;

use super::access::Signals;
use super::reply::{self, Reply};

/// The family matches your organisation is or was in, newest first. Looking is recorded for each on the page.
#[utoipa::path(operation_id = "listFamilyMatches", tag = "matches", params(PageParameters), security(("oauth" = ["signal"])),
    responses(
        (status = 200, description = "A page of family matches.", body = Page<FamilyMatch>),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/family-matches", method = "GET", method = "HEAD")]
pub async fn list(request: HttpRequest, caller: Signals, casework: web::Data<Casework>) -> Reply {
    reply::look(
        casework
            .list_family_matches(&caller, reply::page_query(&request)?)
            .await,
    )
}

/// One family match: not the same child, but children with a guardian in common.
#[utoipa::path(operation_id = "readFamilyMatch", tag = "matches",
    params(("id" = Id, Path, description = "The family match")), security(("oauth" = ["signal"])),
    responses(
        (status = 200, description = "The family match.", body = FamilyMatch),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/family-matches/{id}", method = "GET", method = "HEAD")]
pub async fn read(
    request: HttpRequest,
    caller: Signals,
    casework: web::Data<Casework>,
    id: web::Path<String>,
) -> Reply {
    reply::no_query(&request)?;
    reply::look(casework.read_family_match(&caller, reply::id(&id)?).await)
}
