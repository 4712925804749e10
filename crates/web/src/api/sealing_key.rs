//! `/v1/sealing-keys`

use actix_web::{HttpRequest, post, route, web};
use casework::Casework;
use protocol::problem::{Problem, ProblemType};
use protocol::sealed_message::SealingKey;
use protocol::sealing_key::{
    RegisteredSealingKey, SealingKeyRetirementSubmission, SealingKeySubmission, SealingKeys,
};
use protocol::text::Base64Url;
use service_http::JsonBody;

use super::access::{Coordinates, Exchanges};
use super::reply::{self, Reply};

/// The keys to which others seal for your organisation, with their fingerprints, and how many messages wait for each. A
/// program that has a secret finds `proofKey` here, to prove it towards.
#[utoipa::path(operation_id = "listSealingKeys", tag = "exchange", security(("oauth" = ["exchange"])),
    responses(
        (status = 200, description = "Those that count, the newest first; then the latest that were retired.", body = SealingKeys),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/sealing-keys", method = "GET", method = "HEAD")]
pub async fn list(request: HttpRequest, caller: Exchanges, casework: web::Data<Casework>) -> Reply {
    reply::no_query(&request)?;
    reply::look(casework.list_sealing_keys(&caller).await)
}

/// Add a sealing key. Others seal to it from the answer on; the earlier ones count beside it until you retire them, three at
/// most. The proof shows that your organisation has its secret.
#[utoipa::path(operation_id = "addSealingKey", tag = "exchange", request_body = SealingKeySubmission,
    params(("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters")),
    security(("oauth" = ["coordinate"])),
    responses(
        (status = 201, description = "The key.", body = RegisteredSealingKey),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/sealing-keys")]
pub async fn add(
    request: HttpRequest,
    caller: Coordinates,
    casework: web::Data<Casework>,
    body: JsonBody<SealingKeySubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    let SealingKeySubmission { key, proof } = body.value;
    reply::act(casework.add_sealing_key(&caller, once, key.into(), proof).await)
}

/// Retire a sealing key: nothing is taken any more that is sealed with it or to it. What waits stays, and whoever keeps the
/// secret opens it; while something waits, say with `despiteWaiting` that you know. Without another key nobody can seal to
/// your organisation.
#[utoipa::path(operation_id = "retireSealingKey", tag = "exchange", request_body = SealingKeyRetirementSubmission,
    params(("id" = Base64Url<32>, Path, description = "The key"),
           ("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters")),
    security(("oauth" = ["coordinate"])),
    responses(
        (status = 201, description = "Retired. The key as it is now.", body = RegisteredSealingKey),
        (status = 200, description = "It was retired before.", body = RegisteredSealingKey),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/sealing-keys/{id}/retirements")]
pub async fn retire(
    request: HttpRequest,
    caller: Coordinates,
    casework: web::Data<Casework>,
    id: web::Path<String>,
    body: JsonBody<SealingKeyRetirementSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    // What cannot be a key names nothing that exists.
    let key: SealingKey = id.parse().map_err(|_| ProblemType::NotFound)?;
    let despite_waiting = body.value.despite_waiting;
    reply::act(
        casework
            .retire_sealing_key(&caller, once, key, despite_waiting)
            .await,
    )
}
