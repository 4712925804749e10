//! `/v1/webhook-endpoints`

use actix_web::{HttpRequest, post, route, web};
use casework::Casework;
use protocol::id::Id;
use protocol::page::{Page, PageParameters};
use protocol::problem::Problem;
use protocol::webhook::{
    Attempt, Endpoint, EndpointActSubmission, EndpointSubmission, EndpointWithSecret, Removal, Replay,
    ReplaySubmission, TestEvent,
};
use service_http::JsonBody;

use super::access::Coordinates;
use super::reply::{self, Reply};

/// Give an address to which your organisation is told when something comes into its inbox: a CloudEvent without content,
/// signed as Standard Webhooks has it. The answer holds the secret that you verify it with; it is shown this once. At most ten.
#[utoipa::path(operation_id = "addWebhookEndpoint", tag = "webhooks", request_body = EndpointSubmission,
    params(("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters; the same key with the same body is done once")),
    security(("oauth" = ["coordinate"])),
    responses(
        (status = 201, description = "Added.", body = EndpointWithSecret),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/webhook-endpoints")]
pub async fn add(
    request: HttpRequest,
    caller: Coordinates,
    casework: web::Data<Casework>,
    body: JsonBody<EndpointSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    reply::act(casework.add_webhook_endpoint(&caller, once, body.value).await)
}

/// Your organisation's endpoints, oldest first, without their secrets.
#[utoipa::path(operation_id = "listWebhookEndpoints", tag = "webhooks", params(PageParameters),
    security(("oauth" = ["coordinate"])),
    responses(
        (status = 200, description = "A page of endpoints.", body = Page<Endpoint>),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/webhook-endpoints", method = "GET", method = "HEAD")]
pub async fn list(request: HttpRequest, caller: Coordinates, casework: web::Data<Casework>) -> Reply {
    let query = reply::page_query(&request)?;
    reply::look(casework.list_webhook_endpoints(&caller, query).await)
}

/// An endpoint: whether deliveries are made, and since when they fail.
#[utoipa::path(operation_id = "readWebhookEndpoint", tag = "webhooks",
    params(("id" = Id, Path, description = "The endpoint")), security(("oauth" = ["coordinate"])),
    responses(
        (status = 200, description = "The endpoint.", body = Endpoint),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/webhook-endpoints/{id}", method = "GET", method = "HEAD")]
pub async fn read(
    request: HttpRequest,
    caller: Coordinates,
    casework: web::Data<Casework>,
    id: web::Path<String>,
) -> Reply {
    reply::no_query(&request)?;
    reply::look(casework.read_webhook_endpoint(&caller, reply::id(&id)?).await)
}

/// Get a new secret; it is shown this once. For 24 hours each delivery has two signatures, so that receivers that know the
/// old secret and those that know the new one both verify it.
#[utoipa::path(operation_id = "rotateWebhookSecret", tag = "webhooks", request_body = EndpointActSubmission,
    params(("id" = Id, Path, description = "The endpoint"),
           ("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters; the same key with the same body is done once")),
    security(("oauth" = ["coordinate"])),
    responses(
        (status = 201, description = "Rotated.", body = EndpointWithSecret),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/webhook-endpoints/{id}/secret-rotations")]
pub async fn rotate(
    request: HttpRequest,
    caller: Coordinates,
    casework: web::Data<Casework>,
    id: web::Path<String>,
    body: JsonBody<EndpointActSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    reply::act(
        casework
            .rotate_webhook_secret(&caller, once, reply::id(&id)?)
            .await,
    )
}

/// Send the endpoint an event of type `nl.trefpunt.webhook.test`, to see whether it arrives. What came of it is in the
/// attempts.
#[utoipa::path(operation_id = "testWebhookEndpoint", tag = "webhooks", request_body = EndpointActSubmission,
    params(("id" = Id, Path, description = "The endpoint"),
           ("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters; the same key with the same body is done once")),
    security(("oauth" = ["coordinate"])),
    responses(
        (status = 201, description = "Queued.", body = TestEvent),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/webhook-endpoints/{id}/test-events")]
pub async fn test(
    request: HttpRequest,
    caller: Coordinates,
    casework: web::Data<Casework>,
    id: web::Path<String>,
    body: JsonBody<EndpointActSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    reply::act(
        casework
            .test_webhook_endpoint(&caller, once, reply::id(&id)?)
            .await,
    )
}

/// What was tried at the endpoint in the last 30 days, newest first.
#[utoipa::path(operation_id = "listWebhookAttempts", tag = "webhooks",
    params(("id" = Id, Path, description = "The endpoint"), PageParameters), security(("oauth" = ["coordinate"])),
    responses(
        (status = 200, description = "A page of attempts.", body = Page<Attempt>),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/webhook-endpoints/{id}/attempts", method = "GET", method = "HEAD")]
pub async fn attempts(
    request: HttpRequest,
    caller: Coordinates,
    casework: web::Data<Casework>,
    id: web::Path<String>,
) -> Reply {
    let query = reply::page_query(&request)?;
    let id = reply::id(&id)?;
    reply::look(casework.list_webhook_attempts(&caller, id, query).await)
}

/// Deliver again what came into your inbox: one notice, or those of a time, acknowledged or not, as long as they are kept.
/// Each has the id and the bytes it had before.
#[utoipa::path(operation_id = "replayWebhooks", tag = "webhooks", request_body = ReplaySubmission,
    params(("id" = Id, Path, description = "The endpoint"),
           ("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters; the same key with the same body is done once")),
    security(("oauth" = ["coordinate"])),
    responses(
        (status = 201, description = "Queued.", body = Replay),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/webhook-endpoints/{id}/replays")]
pub async fn replay(
    request: HttpRequest,
    caller: Coordinates,
    casework: web::Data<Casework>,
    id: web::Path<String>,
    body: JsonBody<ReplaySubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    let id = reply::id(&id)?;
    reply::act(casework.replay_webhooks(&caller, once, id, body.value).await)
}

/// Stop deliveries to the endpoint. What waits is dropped; the inbox keeps everything.
#[utoipa::path(operation_id = "disableWebhookEndpoint", tag = "webhooks", request_body = EndpointActSubmission,
    params(("id" = Id, Path, description = "The endpoint"),
           ("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters; the same key with the same body is done once")),
    security(("oauth" = ["coordinate"])),
    responses(
        (status = 201, description = "Disabled.", body = Endpoint),
        (status = 200, description = "It was disabled before.", body = Endpoint),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/webhook-endpoints/{id}/disablings")]
pub async fn disable(
    request: HttpRequest,
    caller: Coordinates,
    casework: web::Data<Casework>,
    id: web::Path<String>,
    body: JsonBody<EndpointActSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    reply::act(
        casework
            .disable_webhook_endpoint(&caller, once, reply::id(&id)?)
            .await,
    )
}

/// Deliver to the endpoint again what comes from now on. What came meanwhile can be replayed.
#[utoipa::path(operation_id = "enableWebhookEndpoint", tag = "webhooks", request_body = EndpointActSubmission,
    params(("id" = Id, Path, description = "The endpoint"),
           ("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters; the same key with the same body is done once")),
    security(("oauth" = ["coordinate"])),
    responses(
        (status = 201, description = "Enabled.", body = Endpoint),
        (status = 200, description = "It was enabled before.", body = Endpoint),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/webhook-endpoints/{id}/enablings")]
pub async fn enable(
    request: HttpRequest,
    caller: Coordinates,
    casework: web::Data<Casework>,
    id: web::Path<String>,
    body: JsonBody<EndpointActSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    reply::act(
        casework
            .enable_webhook_endpoint(&caller, once, reply::id(&id)?)
            .await,
    )
}

/// Remove the endpoint with its secret, what waits and what was tried. This cannot be undone.
#[utoipa::path(operation_id = "removeWebhookEndpoint", tag = "webhooks", request_body = EndpointActSubmission,
    params(("id" = Id, Path, description = "The endpoint"),
           ("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters; the same key with the same body is done once")),
    security(("oauth" = ["coordinate"])),
    responses(
        (status = 201, description = "Removed.", body = Removal),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/webhook-endpoints/{id}/removals")]
pub async fn remove(
    request: HttpRequest,
    caller: Coordinates,
    casework: web::Data<Casework>,
    id: web::Path<String>,
    body: JsonBody<EndpointActSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    reply::act(
        casework
            .remove_webhook_endpoint(&caller, once, reply::id(&id)?)
            .await,
    )
}
