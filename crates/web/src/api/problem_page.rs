//! `/problems/{slug}`: the address that a problem document's `type` names, as a page made from the table of problems.

use actix_web::{HttpResponse, route, web};
use askama::Template;
use protocol::problem::{ProblemType, Row};

use super::reply::Reply;

/// Its address.
pub const PATH: &str = "/problems/{slug}";

#[derive(Template)]
#[template(path = "problem.html")]
struct Page {
    row: Row,
}

/// What a problem means, how it comes about, and what to do.
#[route("/problems/{slug}", method = "GET", method = "HEAD")]
pub async fn page(slug: web::Path<String>) -> Reply {
    let problem = ProblemType::from_slug(&slug).ok_or(ProblemType::NotFound)?;
    let page = Page { row: problem.row() }
        .render()
        .map_err(|_| ProblemType::InternalError)?;
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .body(page))
}
