//! `/v1/openapi.json`: the description, made from the operations themselves.

mod published;

use actix_web::http::header::ACCESS_CONTROL_ALLOW_ORIGIN;
use actix_web::{HttpRequest, HttpResponse, route, web};
use protocol::problem::Problem;
use utoipa::openapi::path::{Operation, Parameter};
use utoipa::openapi::security::{ClientCredentials, Flow, OAuth2, Scopes, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{Header, InfoBuilder, LicenseBuilder, Object, OpenApi, RefOr, ServerBuilder, Type};

use super::reply::{self, Reply};
use crate::{API_VERSION, State};
pub use published::published;

/// This description (OpenAPI 3.1).
#[utoipa::path(operation_id = "readDescription", tag = "service",
    responses(
        (status = 200, description = "The description.", body = Object),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/openapi.json", method = "GET", method = "HEAD")]
pub async fn read(request: HttpRequest, state: web::Data<State>) -> Reply {
    reply::no_query(&request)?;
    Ok(HttpResponse::Ok()
        // Readable by tools in any browser; it holds nothing of anyone.
        .insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .content_type("application/json")
        .body(state.published()))
}

/// Adds what the operations do not say themselves.
pub fn complete(mut description: OpenApi, base: &str) -> OpenApi {
    // Every address that is read takes HEAD too (RFC 9110 section 9.1); listing it would give each operation a twin.
    for item in description.paths.paths.values_mut() {
        item.head = None;
    }
    for item in description.paths.paths.values_mut() {
        item.post.iter_mut().for_each(promise_receipts);
        item.put.iter_mut().for_each(promise_receipts);
    }
    description.info = InfoBuilder::new()
        .title("Trefpunt")
        .version(API_VERSION)
        .description(Some(
            "Lets professionals who are involved with the same child find each other, without a register of children \
             and without content. Signals carry pseudonyms only; information passes between parties, sealed, while \
             the family's consent stands.",
        ))
        .license(Some(LicenseBuilder::new().name("EUPL-1.2").identifier(Some("EUPL-1.2")).build()))
        .build();
    description.servers = Some(vec![ServerBuilder::new().url(base).build()]);
    description.tags = Some(
        [
            ("signals", "That a professional is involved with a child."),
            ("matches", "Organisations that are involved with one child."),
            ("consent", "Asking the family, and what it decided."),
            ("exchange", "Sealed messages between parties."),
            ("rights", "Objections of families, access and erasure."),
            ("notices", "The inbox."),
            (
                "webhooks",
                "Where the service tells a partner's system that something is in the inbox.",
            ),
            (
                "follow-up",
                "Whether parties made contact, for the follow-up officer.",
            ),
            ("statistics", "Numbers, never of fewer than a few."),
            ("audit", "The audit log, for supervisors."),
            ("access", "Access tokens."),
            ("service", "The service itself."),
            ("sandbox", "Only in a sandbox: its clock, its key, its families."),
        ]
        .map(|(name, text)| TagBuilder::new().name(name).description(Some(text)).build())
        .to_vec(),
    );
    let scopes = Scopes::from_iter([
        ("signal", "Give and read signals, matches and notices"),
        ("exchange", "Ask consent, send and read messages"),
        ("lead", "Close matches that the organisation leads"),
        (
            "coordinate",
            "See what the organisation has to do, reassign signals",
        ),
        ("follow-up", "See whether parties made contact"),
        (
            "municipality",
            "Decide on objections and requests of families, move matches, read statistics",
        ),
        (
            "supervise",
            "Take exports of the audit log, read alerts and statistics",
        ),
    ]);
    let flow = Flow::ClientCredentials(ClientCredentials::new(format!("{base}/oauth/token"), scopes));
    let scheme = SecurityScheme::OAuth2(OAuth2::with_description(
        [flow],
        "Client credentials with private_key_jwt (RFC 7523), Ed25519",
    ));
    description
        .components
        .get_or_insert_default()
        .add_security_scheme("oauth", scheme);
    description
}

/// Every act that is done once per key answers with receipts when it changed something.
fn promise_receipts(operation: &mut Operation) {
    let once = |parameter: &RefOr<Parameter>| matches!(parameter, RefOr::T(found) if found.name == "Idempotency-Key");
    if !operation.parameters.iter().flatten().any(once) {
        return;
    }
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response
            && status.starts_with('2')
        {
            let mut header = Header::new(Object::with_type(Type::String));
            header.description = Some(
                "The log's signed promise that what was done stands in it within 60 s, one field for each leaf; none \
                 when nothing changed. Unpadded base64url; keep it for the supervisor: `verify-audit-log --receipts`."
                    .to_owned(),
            );
            response.headers.insert(reply::RECEIPT.to_owned(), header.into());
        }
    }
}
