//! `/oauth/token`: client credentials with a signed assertion (RFC 7523), as at the service, in a realm of its own.

use std::collections::BTreeSet;

use actix_web::{HttpRequest, HttpResponse, post, web};
use protocol::Jwk;
use protocol::access::{OAuthErrorCode, Scope};
use protocol::problem::ProblemType;
use service_http::problems::Refusal;
use service_http::token_request::{Asked, not_this_client, token_answer};
use service_http::{ClientCertificate, FormBody};

use super::{Reply, State, no_query, refusal};

pub(super) const PATH: &str = "/oauth/token";

/// Gives an access token for ten minutes.
#[post("/oauth/token")]
pub(super) async fn issue(request: HttpRequest, state: web::Data<State>, form: FormBody) -> Reply {
    no_query(&request)?;
    let asked = Asked::read(form.0)?;
    let (frame, now) = (&state.frame, state.frame.environment().now());
    let unverified = asked.unverified()?;
    let client = frame
        .client(unverified.client())
        .await
        .map_err(refusal::of_keyholder)?;
    let registered = client.as_ref().map(|client| Jwk::from(client.public_key));
    let assertion = asked.verify(unverified, registered.as_ref(), &state.base, now)?;
    let client = client.ok_or_else(not_this_client)?;
    let fresh = frame
        .spend_assertion(assertion.client(), assertion.jti(), assertion.remember_until())
        .await
        .map_err(refusal::of_keyholder)?;
    if !fresh {
        return Err(Refusal::new(ProblemType::TokenReplayed).with_oauth(OAuthErrorCode::InvalidClient));
    }
    let mine: BTreeSet<Scope> = client.role.scopes().iter().copied().collect();
    let scopes = asked.scopes_among(&mine)?;
    let jti = frame.environment().random();
    let certificate = ClientCertificate::of(&request);
    let issued = state
        .tokens
        .issue(assertion.client(), &scopes, certificate.as_ref(), jti, now)
        .map_err(|_| Refusal::new(ProblemType::InternalError))?;
    Ok(HttpResponse::Ok()
        .insert_header(("Cache-Control", "no-store"))
        .json(token_answer(&issued, &scopes)))
}
