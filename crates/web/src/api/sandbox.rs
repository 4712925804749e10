//! `/v1/sandbox`: only in a sandbox. Elsewhere these addresses do not exist.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, post, route, web};
use casework::Casework;
use protocol::Id;
use protocol::consent::ConsentRequest;
use protocol::problem::Problem;
use protocol::sandbox::{
    Behaviour, ClockMove, ClockSubmission, FamilyDecision, FamilyDecisionSubmission, Sandbox, SandboxClock,
    SandboxKey,
};
use service_http::JsonBody;

use super::access::Signals;
use super::letter::with_code;
use super::refusal;
use super::reply::{self, Reply};
use crate::State;

/// The letters of a request for consent in a match, with their codes.
#[derive(Debug, Clone)]
pub struct Letters {
    /// The match.
    pub match_id: Id,
    /// The request, with its invitations.
    pub request: ConsentRequest,
}

/// Who takes letters to families. In any other network an organisation prints and posts them itself.
pub type Post = Arc<dyn Fn(Letters) + Send + Sync>;

/// What the doors of a sandbox know.
#[derive(Clone)]
pub struct SandboxSettings {
    /// The network's secret, which is none here.
    pub network_key: SandboxKey,
    /// Who takes the letters of requests for consent, if anybody does.
    pub post: Option<Post>,
}

/// Whether an address is one of a sandbox alone.
pub fn is_address(path: &str) -> bool {
    path == "/v1/sandbox" || path.starts_with("/v1/sandbox/")
}

/// What is published of the sandbox: the key with which tokens are made, and numbers whose families behave as announced.
/// Only in a sandbox; any other network answers 404.
#[utoipa::path(operation_id = "readSandbox", tag = "sandbox",
    responses(
        (status = 200, description = "Key and numbers.", body = Sandbox),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/sandbox", method = "GET", method = "HEAD")]
pub async fn read(request: HttpRequest, settings: web::Data<SandboxSettings>) -> Reply {
    reply::no_query(&request)?;
    Ok(HttpResponse::Ok().json(Sandbox {
        network_key: settings.network_key,
        children: Behaviour::children(),
    }))
}

/// What time it is in the sandbox. Only in a sandbox; any other network answers 404.
#[utoipa::path(operation_id = "readSandboxClock", tag = "sandbox",
    responses(
        (status = 200, description = "The time, and where the clock is being moved to.", body = SandboxClock),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/sandbox/clock", method = "GET", method = "HEAD")]
pub async fn clock(request: HttpRequest, casework: web::Data<Casework>) -> Reply {
    reply::no_query(&request)?;
    let clock = casework.sandbox_clock().await.map_err(refusal::of_store)?;
    Ok(HttpResponse::Ok().json(clock))
}

/// Move the sandbox's clock forward, by a duration or to an instant, at most 25 years at once. What falls due on the way is
/// worked off, day by day, on a way of more than sixty days in sixty stretches. The answer comes when that is done, or
/// after 15 seconds; then `GET /v1/sandbox/clock` says where the clock is still being moved to. Access tokens, assertions,
/// idempotency keys and sessions of the portal live by real time all the same. Only in a sandbox; any other network
/// answers 404.
#[utoipa::path(operation_id = "advanceSandboxClock", tag = "sandbox", request_body = ClockSubmission,
    params(("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters; the same key with the same body is done once")),
    security(("oauth" = ["signal"])),
    responses(
        (status = 201, description = "The clock is moved.", body = ClockMove),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/sandbox/clock")]
pub async fn advance(
    request: HttpRequest,
    caller: Signals,
    casework: web::Data<Casework>,
    body: JsonBody<ClockSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    reply::act(casework.advance_clock(&caller, once, body.value).await)
}

/// Be the family: decide with the code of a letter, as whoever got it could in the portal. Of the numbers that
/// `GET /v1/sandbox` lists, families decide by themselves within seconds. Only in a sandbox; any other network answers 404.
#[utoipa::path(operation_id = "decideAsFamily", tag = "sandbox", request_body = FamilyDecisionSubmission,
    params(("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters; the same key with the same body is done once")),
    security(("oauth" = ["signal"])),
    responses(
        (status = 201, description = "Decided.", body = FamilyDecision),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/sandbox/decisions")]
pub async fn decide(
    request: HttpRequest,
    caller: Signals,
    state: web::Data<State>,
    casework: web::Data<Casework>,
    body: JsonBody<FamilyDecisionSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    let decided = casework.decide_as_family(&caller, once, body.value);
    reply::act(with_code(&state, &caller, decided).await?)
}

/// Gives the letters of a request that was just made to whoever takes them to families, where this is a sandbox.
pub fn post_letters(request: &HttpRequest, match_id: Id, answer: &casework::Answer) {
    let settings = request.app_data::<web::Data<SandboxSettings>>();
    let Some(post) = settings.and_then(|settings| settings.post.as_ref()) else {
        return;
    };
    if !answer.replayed
        && let Ok(request) = serde_json::from_slice(&answer.body)
    {
        post(Letters { match_id, request });
    }
}
