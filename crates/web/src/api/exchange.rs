//! `/v1/matches/{id}/messages`, and acknowledging what was fetched

use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, post, route, web};
use casework::Casework;
use protocol::exchange::{
    ContentAcknowledgement, Message, MessageReceipt, MessageSubmission, MessageSummary,
};
use protocol::id::Id;
use protocol::notice::AcknowledgementSubmission;
use protocol::page::Page;
use protocol::problem::Problem;
use service_http::{BoundedAnswer, JsonBody};

use super::access::Exchanges;
use super::refusal;
use super::reply::{self, Reply};

/// A proxy does not keep content for later, which may be after consent was withdrawn.
pub(super) const UNBUFFERED: (&str, &str) = ("X-Accel-Buffering", "no");

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

/// The messages and attachments from and to your organisation in a match, without content. They stay listed once the
/// exchange is closed, with what closed it.
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

/// One message sealed to your organisation, with its ciphertext. Reading is recorded before a byte leaves. An answer that you
/// do not take within a minute is cut off; ask again.
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
    let answer = BoundedAnswer::begin(&request);
    let message = casework.read_message(&caller, match_id, message_id).await;
    let message = message.map_err(refusal::of)?;
    // Our own bodies are plain structs with string keys: writing them as JSON cannot fail.
    let document = serde_json::to_vec(&message).unwrap_or_default();
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .insert_header(UNBUFFERED)
        .body(answer.body(document)))
}

/// Say that your organisation has a message or an attachment in its own file: its ciphertext is destroyed here at once. Every
/// part of an attachment must have been fetched.
#[utoipa::path(operation_id = "acknowledgeContent", tag = "exchange", request_body = AcknowledgementSubmission,
    params(("id" = Id, Path, description = "The match"), ("message_id" = Id, Path, description = "The sender's id of the message or attachment"),
           ("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters")),
    security(("oauth" = ["exchange"])),
    responses(
        (status = 201, description = "Acknowledged: its content is gone.", body = ContentAcknowledgement),
        (status = 200, description = "It was acknowledged before.", body = ContentAcknowledgement),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/matches/{id}/messages/{message_id}/acknowledgements")]
pub async fn acknowledge(
    request: HttpRequest,
    caller: Exchanges,
    casework: web::Data<Casework>,
    ids: web::Path<(String, String)>,
    body: JsonBody<AcknowledgementSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    let (match_id, message_id) = ids.into_inner();
    let (match_id, message_id) = (reply::id(&match_id)?, reply::id(&message_id)?);
    reply::act(
        casework
            .acknowledge_content(&caller, once, match_id, message_id)
            .await,
    )
}
