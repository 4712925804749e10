//! `/v1/matches/{id}/messages`

use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, post, route, web};
use casework::Casework;
use protocol::exchange::{Message, MessageReceipt, MessageSubmission, MessageSummary};
use protocol::id::Id;
use protocol::page::Page;
use protocol::problem::Problem;
use service_http::JsonBody;

use super::access::Exchanges;
use super::refusal;
use super::reply::{self, Reply};

/// Leave a message, sealed by your own program to the recipient's key. Refused with `consent-missing` unless a consent
/// that stands at this moment covers both organisations.
#[utoipa::path(operation_id = "sendMessage", tag = "exchange", request_body = MessageSubmission,
    params(("id" = Id, Path, description = "The match"),
           ("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters")),
    security(("oauth" = ["exchange"])),
    responses(
        (status = 201, description = "The message waits for its recipient.", body = MessageReceipt),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/matches/{id}/messages")]
pub async fn send(
    request: HttpRequest,
    caller: Exchanges,
    casework: web::Data<Casework>,
    id: web::Path<String>,
    body: JsonBody<MessageSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    reply::act(
        casework
            .send_message(&caller, once, reply::id(&id)?, body.value)
            .await,
    )
}

/// The messages from and to your organisation in a match, without content.
#[utoipa::path(operation_id = "listMessages", tag = "exchange", params(("id" = Id, Path, description = "The match")),
    security(("oauth" = ["exchange"])),
    responses(
        (status = 200, description = "The messages.", body = Page<MessageSummary>),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/matches/{id}/messages", method = "GET", method = "HEAD")]
pub async fn list(
    request: HttpRequest,
    caller: Exchanges,
    casework: web::Data<Casework>,
    id: web::Path<String>,
) -> Reply {
    // One match has few messages: every page is the whole list, so the parameters only have to be right.
    reply::page_query(&request)?;
    reply::look(casework.list_messages(&caller, reply::id(&id)?).await)
}

/// One message sealed to your organisation, with its ciphertext. Reading is recorded before a byte leaves.
#[utoipa::path(operation_id = "readMessage", tag = "exchange",
    params(("id" = Id, Path, description = "The match"), ("message_id" = Id, Path, description = "The sender's id of the message")),
    security(("oauth" = ["exchange"])),
    responses(
        (status = 200, description = "The message.", body = Message),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/matches/{id}/messages/{message_id}", method = "GET", method = "HEAD")]
pub async fn read(
    request: HttpRequest,
    caller: Exchanges,
    casework: web::Data<Casework>,
    ids: web::Path<(String, String)>,
) -> Reply {
    reply::no_query(&request)?;
    let (match_id, message_id) = ids.into_inner();
    let (match_id, message_id) = (reply::id(&match_id)?, reply::id(&message_id)?);
    if request.method() == Method::HEAD {
        // No content leaves, so the message is not read: it stays unfetched.
        let found = casework.find_message(&caller, match_id, message_id).await;
        found.map_err(refusal::of)?;
        return Ok(HttpResponse::Ok().content_type("application/json").finish());
    }
    reply::look(casework.read_message(&caller, match_id, message_id).await)
}
