//! `/reference`: the API's reference for developers, made from the API description itself. Pages of plain HTML: they load
//! one style sheet of this service, run no script, and ask nothing of any other host.

#[cfg(test)]
mod bruno;
pub mod example;
mod operation;
mod prose;
mod schema;

use std::sync::LazyLock;

use actix_web::{HttpRequest, HttpResponse, route, web};
use askama::Template;
use protocol::problem::ProblemType;
use serde_json::Value;

use super::reply::Reply;
use super::sandbox::{self, SandboxSettings};
use crate::State;
use crate::asset::Asset;
use operation::{Group, Operation};
pub use prose::Prose;

/// The addresses of these pages.
pub const PATHS: [&str; 3] = ["/reference", "/reference/{operation}", "/reference/assets/{name}"];

/// How pages for developers look, those of problems too.
pub static STYLE_SHEET: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "/reference/assets",
        ("reference", "css"),
        "text/css; charset=utf-8",
        include_str!("../../assets/reference.css"),
    )
});

/// What the pages are made from.
pub struct Reference {
    base: String,
    /// Of a sandbox, which has all there is.
    groups: Vec<Group>,
    /// Of every other network.
    live: Vec<Group>,
}

impl Reference {
    /// The reference of a described API.
    pub fn new(description: &utoipa::openapi::OpenApi, base: &str) -> Self {
        // A description is strings and numbers: writing it cannot fail, and nothing would be the honest rest.
        let mut document = serde_json::to_value(description).unwrap_or(Value::Null);
        let groups = operation::groups(&document);
        if let Some(paths) = document["paths"].as_object_mut() {
            paths.retain(|path, _| !sandbox::is_address(path));
        }
        Self {
            base: base.to_owned(),
            groups,
            live: operation::groups(&document),
        }
    }

    /// The operations of a service: what a sandbox has alone answers 404 elsewhere, and is in no reference there.
    fn groups(&self, sandbox: bool) -> &[Group] {
        if sandbox { &self.groups } else { &self.live }
    }
}

#[derive(Template)]
#[template(path = "reference/index.html")]
struct IndexPage<'a> {
    base: &'a str,
    version: &'static str,
    groups: &'a [Group],
}

#[derive(Template)]
#[template(path = "reference/operation.html")]
struct OperationPage<'a> {
    groups: &'a [Group],
    operation: &'a Operation,
}

/// Every operation in a line.
#[route("/reference", method = "GET", method = "HEAD")]
pub async fn index(state: web::Data<State>, sandbox: Option<web::Data<SandboxSettings>>) -> Reply {
    let reference = state.reference();
    page(&IndexPage {
        base: &reference.base,
        version: crate::API_VERSION,
        groups: reference.groups(sandbox.is_some()),
    })
}

/// One operation: what to send, what comes back, how it is refused.
#[route("/reference/{operation}", method = "GET", method = "HEAD")]
pub async fn read(
    state: web::Data<State>,
    sandbox: Option<web::Data<SandboxSettings>>,
    id: web::Path<String>,
) -> Reply {
    let groups = state.reference().groups(sandbox.is_some());
    let mut operations = groups.iter().flat_map(|group| &group.operations);
    let operation = operations.find(|operation| operation.id == *id);
    page(&OperationPage {
        groups,
        operation: operation.ok_or(ProblemType::NotFound)?,
    })
}

/// The style sheet.
#[route("/reference/assets/{name}", method = "GET", method = "HEAD")]
pub async fn asset(request: HttpRequest, name: web::Path<String>) -> Reply {
    if STYLE_SHEET.is_named(&name) {
        Ok(STYLE_SHEET.answer(&request))
    } else {
        Err(ProblemType::NotFound.into())
    }
}

/// A page as an answer.
pub fn page(template: &impl Template) -> Reply {
    let page = template.render().map_err(|_| ProblemType::InternalError)?;
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .body(page))
}

#[cfg(test)]
mod tests;
