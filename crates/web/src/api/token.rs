//! `/oauth/token`: client credentials with a signed assertion (RFC 7523), and what a client finds out about it
//! (RFC 8414).

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, post, route, web};
use casework::{Caller, Casework};
use jiff::Timestamp;
use protocol::access::{AuthorizationServerMetadata, OAuthErrorCode, TokenRequest, TokenResponse};
use protocol::problem::{Problem, ProblemType};
use service_http::assertion::Unverified;
use service_http::problems::Refusal;
use service_http::token_request::{Asked, not_this_client, token_answer};
use service_http::{ClientCertificate, FormBody};

use super::access::scopes_of;
use super::refusal;
use super::reply::{self, Reply};
use crate::State;

/// Get an access token for ten minutes. Authenticate with a signed assertion (`private_key_jwt`: EdDSA, ES256 or PS256).
#[utoipa::path(operation_id = "issueToken", tag = "access",
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The token.", body = TokenResponse),
        (status = "default", description = "A problem document with the members of RFC 6749 section 5.2.",
         body = Problem, content_type = "application/problem+json")))]
#[post("/oauth/token")]
pub async fn issue(
    request: HttpRequest,
    state: web::Data<State>,
    casework: web::Data<Casework>,
    form: FormBody,
) -> Reply {
    reply::no_query(&request)?;
    let asked = Asked::read(form.0)?;
    let now = (state.clock)();
    let caller = authenticate(&asked, &casework, &state, now)
        .await
        .map_err(|refusal| counted(refusal, &asked, &request, &state))?;
    let scopes = asked.scopes_among(&scopes_of(&caller))?;
    let mut jti = [0; 16];
    (state.entropy)(&mut jti);
    let certificate = ClientCertificate::of(&request);
    let issued = state
        .tokens
        .issue(&caller.client, &scopes, certificate.as_ref(), jti, now)
        .map_err(|_| Refusal::new(ProblemType::InternalError))?;
    Ok(HttpResponse::Ok()
        .insert_header(("Cache-Control", "no-store"))
        .json(token_answer(&issued, &scopes)))
}

/// Who signed the assertion, which serves once.
async fn authenticate(
    asked: &Asked,
    casework: &Casework,
    state: &State,
    now: Timestamp,
) -> Result<Caller, Refusal> {
    let unverified = asked.unverified()?;
    let client = casework
        .client_with_key(unverified.client(), unverified.key_id().parse().ok())
        .await
        .map_err(refusal::of_store)?;
    let key = client.as_ref().and_then(|client| client.key.as_ref());
    let assertion = asked.verify(unverified, key, &state.base, now)?;
    let client = client.ok_or_else(not_this_client)?;
    // Counted when it is proven, so that nobody takes another's; the assertion is not spent and can be sent again.
    state.token_requests.take(assertion.client().clone())?;
    let fresh = casework
        .spend_assertion(assertion.client(), assertion.jti(), assertion.remember_until())
        .await
        .map_err(refusal::of_store)?;
    match fresh {
        true => Ok(client.caller),
        false => Err(Refusal::new(ProblemType::TokenReplayed).with_oauth(OAuthErrorCode::InvalidClient)),
    }
}

/// The refusal of an assertion, or that there were too many of these.
fn counted(refusal: Refusal, asked: &Asked, request: &HttpRequest, state: &State) -> Refusal {
    if refusal.status() != StatusCode::UNAUTHORIZED {
        return refusal;
    }
    let unverified = asked.unverified().ok();
    let claimed = unverified.as_ref().map(Unverified::client);
    let peer = request.peer_addr().map(|peer| peer.ip());
    match state.bad_assertions.note(claimed, peer) {
        None => refusal,
        Some(wait) => Refusal::new(ProblemType::RateLimited)
            .with_oauth(OAuthErrorCode::InvalidClient)
            .with_retry_after(wait),
    }
}

/// Where tokens are had and how clients authenticate (RFC 8414).
#[utoipa::path(operation_id = "readMetadata", tag = "access",
    responses(
        (status = 200, description = "The metadata.", body = AuthorizationServerMetadata),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/.well-known/oauth-authorization-server", method = "GET", method = "HEAD")]
pub async fn metadata(request: HttpRequest, state: web::Data<State>) -> Reply {
    reply::no_query(&request)?;
    Ok(HttpResponse::Ok().json(AuthorizationServerMetadata::of_service(
        &state.base,
        state.bound_tokens,
    )))
}

/// The keys that sign access tokens (RFC 7517).
#[utoipa::path(operation_id = "readTokenKeys", tag = "access",
    responses(
        (status = 200, description = "The keys.", body = Object),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/oauth/jwks", method = "GET", method = "HEAD")]
pub async fn keys(request: HttpRequest, state: web::Data<State>) -> Reply {
    reply::no_query(&request)?;
    Ok(HttpResponse::Ok().json(state.tokens.jwks()))
}
