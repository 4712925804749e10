//! `/v1/clients`

use actix_web::{HttpRequest, post, route, web};
use casework::{Casework, OfferedKey};
use protocol::client::{Client, ClientActSubmission, ClientKey, Clients, KeySubmission};
use protocol::problem::{Problem, ProblemType};
use protocol::{ClientId, Thumbprint};
use service_http::JsonBody;
use service_http::key_proof::is_proven;
use service_http::problems::Refusal;

use super::access::Coordinates;
use super::reply::{self, Reply};
use crate::State;

/// The programs of your organisation with their keys.
#[utoipa::path(operation_id = "listClients", tag = "access", security(("oauth" = ["coordinate"])),
    responses(
        (status = 200, description = "All of them.", body = Clients),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/clients", method = "GET", method = "HEAD")]
pub async fn list(request: HttpRequest, caller: Coordinates, casework: web::Data<Casework>) -> Reply {
    reply::no_query(&request)?;
    reply::look(casework.list_own_clients(&caller).await)
}

/// One of them.
#[utoipa::path(operation_id = "readClient", tag = "access", params(("id" = ClientId, Path, description = "The program")),
    security(("oauth" = ["coordinate"])),
    responses(
        (status = 200, description = "The program.", body = Client),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/clients/{id}", method = "GET", method = "HEAD")]
pub async fn read(
    request: HttpRequest,
    caller: Coordinates,
    casework: web::Data<Casework>,
    id: web::Path<String>,
) -> Reply {
    reply::no_query(&request)?;
    reply::look(casework.read_own_client(&caller, &client_id(&id)?).await)
}

/// Add a key, so that the program can go over to it without a gap. It counts at once, beside those there are; five at most.
#[utoipa::path(operation_id = "addClientKey", tag = "access", request_body = KeySubmission,
    params(("id" = ClientId, Path, description = "The program"),
           ("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters")),
    security(("oauth" = ["coordinate"])),
    responses(
        (status = 201, description = "The key.", body = ClientKey),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/clients/{id}/keys")]
pub async fn add_key(
    request: HttpRequest,
    caller: Coordinates,
    casework: web::Data<Casework>,
    state: web::Data<State>,
    id: web::Path<String>,
    body: JsonBody<KeySubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    let client = client_id(&id)?;
    let KeySubmission { key, proof } = body.value;
    let proven = is_proven(&proof, &key, &client, &state.base, (state.clock)());
    let offered = OfferedKey { key, proven };
    reply::act(casework.add_client_key(&caller, once, client, offered).await)
}

/// Retire a key: no assertion that it signs is taken any more. Tokens given before live on, ten minutes at most; to stop
/// those too, disable the program. The last key of the program that asks stays.
#[utoipa::path(operation_id = "retireClientKey", tag = "access", request_body = ClientActSubmission,
    params(("id" = ClientId, Path, description = "The program"),
           ("kid" = Thumbprint, Path, description = "The key"),
           ("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters")),
    security(("oauth" = ["coordinate"])),
    responses(
        (status = 201, description = "Retired. The program as it is now.", body = Client),
        (status = 200, description = "It was retired before.", body = Client),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/clients/{id}/keys/{kid}/retirements")]
pub async fn retire_key(
    request: HttpRequest,
    caller: Coordinates,
    casework: web::Data<Casework>,
    path: web::Path<(String, String)>,
    body: JsonBody<ClientActSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    let (id, kid) = path.into_inner();
    let kid: Thumbprint = kid.parse().map_err(|_| ProblemType::NotFound)?;
    reply::act(
        casework
            .retire_client_key(&caller, once, client_id(&id)?, kid)
            .await,
    )
}

/// Disable a program: from the answer on it may do nothing, with any token. It may be the one that asks; then another
/// program of your organisation enables it, or the operator does.
#[utoipa::path(operation_id = "disableClient", tag = "access", request_body = ClientActSubmission,
    params(("id" = ClientId, Path, description = "The program"),
           ("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters")),
    security(("oauth" = ["coordinate"])),
    responses(
        (status = 201, description = "Disabled. The program as it is now.", body = Client),
        (status = 200, description = "It was disabled before.", body = Client),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/clients/{id}/disablings")]
pub async fn disable(
    request: HttpRequest,
    caller: Coordinates,
    casework: web::Data<Casework>,
    id: web::Path<String>,
    body: JsonBody<ClientActSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    reply::act(casework.disable_own_client(&caller, once, client_id(&id)?).await)
}

/// Enable a program that a coordinator disabled. What the operator disabled only the operator enables.
#[utoipa::path(operation_id = "enableClient", tag = "access", request_body = ClientActSubmission,
    params(("id" = ClientId, Path, description = "The program"),
           ("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters")),
    security(("oauth" = ["coordinate"])),
    responses(
        (status = 201, description = "Enabled. The program as it is now.", body = Client),
        (status = 200, description = "It was enabled before.", body = Client),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/clients/{id}/enablings")]
pub async fn enable(
    request: HttpRequest,
    caller: Coordinates,
    casework: web::Data<Casework>,
    id: web::Path<String>,
    body: JsonBody<ClientActSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    reply::act(casework.enable_own_client(&caller, once, client_id(&id)?).await)
}

/// A client's id in a path. What cannot be one names nothing that exists.
fn client_id(text: &str) -> Result<ClientId, Refusal> {
    text.parse().map_err(|_| ProblemType::NotFound.into())
}
