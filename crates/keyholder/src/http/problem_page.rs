//! `/problems/{slug}`: the address that a problem document's `type` names, as plain text.

use actix_web::{HttpResponse, route, web};
use protocol::problem::ProblemType;

use super::Reply;

pub(super) const PATH: &str = "/problems/{slug}";

/// What a problem means, how it comes about, and what to do.
#[route("/problems/{slug}", method = "GET", method = "HEAD")]
pub(super) async fn page(slug: web::Path<String>) -> Reply {
    let row = ProblemType::from_slug(&slug).ok_or(ProblemType::NotFound)?.row();
    let text = format!(
        "{} ({})\n\n{}\n\nCause: {}\nRemedy: {}\n",
        row.title, row.status, row.detail, row.cause, row.remedy
    );
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body(text))
}
