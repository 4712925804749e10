//! Answers: bytes that an act kept, or a resource.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use casework::{Answer, Failure, Refusable};
use protocol::id::Id;
use protocol::problem::ProblemType;
use serde::Serialize;
use service_http::idempotency::REPLAYED;
use service_http::problems::Refusal;

use super::refusal;

/// Header of the answer to an act: the log's signed promise that what was done stands in it within 60 s.
pub const RECEIPT: &str = "Trefpunt-Receipt";

/// What handlers give.
pub type Reply = Result<HttpResponse, Refusal>;

/// The answer of an act, byte for byte as it was kept.
pub fn act<R: Refusable>(outcome: Result<Answer, Failure<R>>) -> Reply {
    let answer = outcome.map_err(refusal::of)?;
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut response = HttpResponse::build(status);
    response.content_type("application/json");
    if let Some(location) = answer.location {
        response.insert_header((LOCATION, location));
    }
    if answer.replayed {
        response.insert_header((REPLAYED, "true"));
    }
    for receipt in answer.receipts {
        response.append_header((RECEIPT, receipt));
    }
    Ok(response.body(answer.body))
}

/// A resource that was looked at.
pub fn look<T: Serialize, R: Refusable>(outcome: Result<T, Failure<R>>) -> Reply {
    Ok(HttpResponse::Ok().json(outcome.map_err(refusal::of)?))
}

/// An id in a path. What cannot be one names nothing that exists.
pub fn id(text: &str) -> Result<Id, Refusal> {
    text.parse().map_err(|_| ProblemType::NotFound.into())
}

/// The act's promise, in the words of casework.
pub fn once(
    request: &actix_web::HttpRequest,
    caller: &casework::Caller,
    body: &[u8],
) -> Result<casework::Once, Refusal> {
    let once = service_http::idempotency::Once::of(request, &caller.client, body)?;
    Ok(casework::Once {
        key: once.key,
        fingerprint: once.fingerprint,
    })
}

/// The page that a query asks for.
pub fn page_query(request: &actix_web::HttpRequest) -> Result<protocol::page::PageQuery, Refusal> {
    let mut parameters = service_http::parameters::Parameters::of_query(request, &["limit", "cursor"])?;
    let parameters = protocol::page::PageParameters {
        limit: parameters.take("limit"),
        cursor: parameters.take("cursor"),
    };
    Ok(protocol::page::PageQuery::parse(&parameters)?)
}

/// For addresses that take no parameters: content cannot be slipped in there either.
pub fn no_query(request: &actix_web::HttpRequest) -> Result<(), Refusal> {
    service_http::parameters::Parameters::of_query(request, &[]).map(drop)
}
