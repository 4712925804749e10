//! `/v1/letter-replacements`, `/v1/letter-revocations` and `/v1/assisted-decisions`

use actix_web::{HttpRequest, post, web};
use casework::Casework;
use protocol::desk::{
    AssistedDecision, AssistedDecisionSubmission, LetterReference, LetterReplacement, LetterRevocation,
};
use protocol::problem::Problem;
use service_http::JsonBody;

use super::access::Municipalities;
use super::letter::with_code;
use super::reply::{self, Reply};
use crate::State;

/// Give somebody another code whose identity you established and who lost theirs, or their return key or PIN, in a case that
/// your municipality answers for. What they had ends: code, return key and open pages. The code is shown this once.
#[utoipa::path(operation_id = "replaceLetter", tag = "rights", request_body = LetterReference,
    params(("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters; the same key with the same body is done once")),
    security(("oauth" = ["municipality"])),
    responses(
        (status = 201, description = "The letter, with its code.", body = LetterReplacement),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/letter-replacements")]
pub async fn replace(
    request: HttpRequest,
    caller: Municipalities,
    state: web::Data<State>,
    casework: web::Data<Casework>,
    body: JsonBody<LetterReference>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    let act = casework.replace_letter(&caller, once, &body.value);
    reply::act(with_code(&state, &caller, act).await?)
}

/// Take away what somebody can do with a letter, in a case that your municipality answers for: when they lost authority, or
/// when another has it in their hands. Code, return key and open pages end. What they decided stays.
#[utoipa::path(operation_id = "revokeLetter", tag = "rights", request_body = LetterReference,
    params(("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters; the same key with the same body is done once")),
    security(("oauth" = ["municipality"])),
    responses(
        (status = 201, description = "What opens nothing any more.", body = LetterRevocation),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/letter-revocations")]
pub async fn revoke(
    request: HttpRequest,
    caller: Municipalities,
    state: web::Data<State>,
    casework: web::Data<Casework>,
    body: JsonBody<LetterReference>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    let act = casework.revoke_letter(&caller, once, &body.value);
    reply::act(with_code(&state, &caller, act).await?)
}

/// Write down what somebody decided at your desk on a request for consent, after you established their identity and they read
/// the text. Marked as assisted; they see it in the portal and can take it back there.
#[utoipa::path(operation_id = "decideAtDesk", tag = "rights", request_body = AssistedDecisionSubmission,
    params(("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters; the same key with the same body is done once")),
    security(("oauth" = ["municipality"])),
    responses(
        (status = 201, description = "What was written down.", body = AssistedDecision),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/assisted-decisions")]
pub async fn decide(
    request: HttpRequest,
    caller: Municipalities,
    state: web::Data<State>,
    casework: web::Data<Casework>,
    body: JsonBody<AssistedDecisionSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    let act = casework.decide_at_desk(&caller, once, body.value);
    reply::act(with_code(&state, &caller, act).await?)
}
