//! `/v1/matches/{id}/attachments`

use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, post, put, route, web};
use casework::Casework;
use protocol::exchange::{Attachment, AttachmentSubmission, MAX_PART_BYTES, MAX_PARTS, PART};
use protocol::id::Id;
use protocol::problem::{Problem, ProblemType};
use service_http::problems::Refusal;
use service_http::{BoundedAnswer, JsonBody, StreamBody, accept};

use super::access::Exchanges;
use super::exchange::UNBUFFERED;
use super::refusal;
use super::reply::{self, Reply};

/// Announce an attachment, sealed by your own program to the recipient's key: how many bytes it has and what it is sealed
/// under. Then send its parts; what is not whole within 24 hours is destroyed. Its recipient sees it once it is whole.
/// Refused with `consent-missing` unless a consent that stands at this moment covers both organisations.
#[utoipa::path(operation_id = "announceAttachment", tag = "exchange", request_body = AttachmentSubmission,
    params(("id" = Id, Path, description = "The match"),
           ("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters")),
    security(("oauth" = ["exchange"])),
    responses(
        (status = 201, description = "Its parts are awaited.", body = Attachment),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/matches/{id}/attachments")]
pub async fn announce(
    request: HttpRequest,
    caller: Exchanges,
    casework: web::Data<Casework>,
    id: web::Path<String>,
    body: JsonBody<AttachmentSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    reply::act(
        casework
            .announce_attachment(&caller, once, reply::id(&id)?, body.value)
            .await,
    )
}

/// An attachment without its content. Its sender reads here which parts have arrived, and goes on with the others after a
/// connection broke; its recipient, once it is whole, what to fetch.
#[utoipa::path(operation_id = "readAttachment", tag = "exchange",
    params(("id" = Id, Path, description = "The match"), ("message_id" = Id, Path, description = "The sender's id of the attachment")),
    security(("oauth" = ["exchange"])),
    responses(
        (status = 200, description = "The attachment.", body = Attachment),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/matches/{id}/attachments/{message_id}", method = "GET", method = "HEAD")]
pub async fn read(
    request: HttpRequest,
    caller: Exchanges,
    casework: web::Data<Casework>,
    ids: web::Path<(String, String)>,
) -> Reply {
    reply::no_query(&request)?;
    let (match_id, message_id) = ids.into_inner();
    let (match_id, message_id) = (reply::id(&match_id)?, reply::id(&message_id)?);
    reply::look(casework.read_attachment(&caller, match_id, message_id).await)
}

/// Send a part of an attachment: fifteen sealed chunks, 983,280 bytes, the last part what is left. Parts may come in any
/// order, several at a time, and again: a part that is there stays as it is, other bytes for it are refused with
/// `part-differs`. The answer to the last one says that the attachment waits for its recipient.
#[utoipa::path(operation_id = "sendAttachmentPart", tag = "exchange",
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The bytes of the part as they were sealed."),
    params(("id" = Id, Path, description = "The match"), ("message_id" = Id, Path, description = "The sender's id of the attachment"),
           ("part" = u32, Path, minimum = 0, maximum = 26, description = "The number of the part, from 0")),
    security(("oauth" = ["exchange"])),
    responses(
        (status = 200, description = "The part is there.", body = Attachment),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[put("/v1/matches/{id}/attachments/{message_id}/parts/{part}")]
pub async fn receive(
    request: HttpRequest,
    caller: Exchanges,
    casework: web::Data<Casework>,
    ids: web::Path<(String, String, String)>,
    payload: web::Payload,
) -> Reply {
    accept::check(request.headers(), "application/json")?;
    reply::no_query(&request)?;
    let (match_id, message_id, part) = place(&ids)?;
    let sender = caller.client.as_str();
    let mut body = StreamBody::open(&request, payload.into_inner(), PART, MAX_PART_BYTES, sender)?;
    // Bounded by the declared length, and by how many bodies stream in at a time.
    let mut bytes = Vec::with_capacity(usize::try_from(body.length()).unwrap_or_default());
    while let Some(some) = body.next().await? {
        bytes.extend_from_slice(&some);
    }
    drop(body);
    reply::act(
        casework
            .receive_part(&caller, match_id, message_id, part, bytes)
            .await,
    )
}

/// A part of an attachment sealed to your organisation, as it was sealed. Reading each part is recorded before a byte leaves.
/// An answer that you do not take within a minute is cut off; ask again.
#[utoipa::path(operation_id = "readAttachmentPart", tag = "exchange",
    params(("id" = Id, Path, description = "The match"), ("message_id" = Id, Path, description = "The sender's id of the attachment"),
           ("part" = u32, Path, minimum = 0, maximum = 26, description = "The number of the part, from 0")),
    security(("oauth" = ["exchange"])),
    responses(
        (status = 200, description = "The bytes of the part.", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route(
    "/v1/matches/{id}/attachments/{message_id}/parts/{part}",
    method = "GET",
    method = "HEAD"
)]
pub async fn read_part(
    request: HttpRequest,
    caller: Exchanges,
    casework: web::Data<Casework>,
    ids: web::Path<(String, String, String)>,
) -> Reply {
    accept::check(request.headers(), PART)?;
    reply::no_query(&request)?;
    let (match_id, message_id, part) = place(&ids)?;
    if request.method() == Method::HEAD {
        // No content leaves, so the part is not read: it stays unfetched.
        let found = casework.find_part(&caller, match_id, message_id, part).await;
        found.map_err(refusal::of)?;
        return Ok(HttpResponse::Ok().content_type(PART).finish());
    }
    let answer = BoundedAnswer::begin(&request);
    let sealed = casework.read_part(&caller, match_id, message_id, part).await;
    let sealed = sealed.map_err(refusal::of)?;
    Ok(HttpResponse::Ok()
        .content_type(PART)
        .insert_header(UNBUFFERED)
        .body(answer.body(sealed)))
}

/// Whether this is the address of a part.
pub fn is_part(path: &str) -> bool {
    path.starts_with("/v1/matches/") && path.contains("/attachments/") && path.contains("/parts/")
}

/// The match, the attachment and the part that an address names. What cannot be one names nothing that exists.
fn place((match_id, message_id, part): &(String, String, String)) -> Result<(Id, Id, u32), Refusal> {
    let digits = (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    let number = part.parse().ok().filter(|number| digits && *number < MAX_PARTS);
    // One part, one address.
    let number = number.filter(|number: &u32| number.to_string() == *part);
    Ok((
        reply::id(match_id)?,
        reply::id(message_id)?,
        number.ok_or(ProblemType::NotFound)?,
    ))
}
