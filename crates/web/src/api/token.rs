//! `/oauth/token`: client credentials with a signed assertion (RFC 7523), and what a client finds out about it
//! (RFC 8414).

use std::collections::BTreeSet;

use actix_web::{HttpRequest, HttpResponse, post, route, web};
use casework::{Casework, ClientAccess};
use jiff::Timestamp;
use protocol::KeyId;
use protocol::access::{
    ASSERTION_TYPE, AuthorizationServerMetadata, GRANT_TYPE, OAuthErrorCode, Scope, TokenRequest,
    TokenResponse,
};
use protocol::problem::{Problem, ProblemType};
use service_http::FormBody;
use service_http::assertion::{Assertion, Unverified};
use service_http::parameters::Parameters;
use service_http::problems::Refusal;
use service_http::public_key::PublicKey;

use super::access::scopes_of;
use super::refusal;
use super::reply::{self, Reply};
use crate::State;

/// Get an access token for ten minutes. Authenticate with a signed assertion (`private_key_jwt`, Ed25519).
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
    let (client, assertion) = authenticate(&state, &casework, &asked, now).await?;
    let fresh = casework
        .spend_assertion(assertion.client(), assertion.jti(), assertion.remember_until())
        .await
        .map_err(refusal::of_store)?;
    if !fresh {
        return Err(Refusal::new(ProblemType::TokenReplayed).with_oauth(OAuthErrorCode::InvalidClient));
    }
    let mine: BTreeSet<Scope> = scopes_of(&client.caller).iter().copied().collect();
    let scopes = asked.scopes.unwrap_or_else(|| mine.clone());
    if !scopes.is_subset(&mine) {
        return Err(invalid(OAuthErrorCode::InvalidScope));
    }
    let mut jti = [0; 16];
    (state.entropy)(&mut jti);
    let issued = state
        .tokens
        .issue(assertion.client(), &scopes, jti, now)
        .map_err(|_| Refusal::new(ProblemType::InternalError))?;
    let scope: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
    Ok(HttpResponse::Ok()
        .insert_header(("Cache-Control", "no-store"))
        .json(TokenResponse {
            access_token: issued.token.to_string(),
            token_type: "Bearer".to_owned(),
            expires_in: u32::try_from(issued.expires_in).unwrap_or_default(),
            scope: scope.join(" "),
        }))
}

/// Where tokens are had and how clients authenticate (RFC 8414).
#[utoipa::path(operation_id = "readMetadata", tag = "access",
    responses(
        (status = 200, description = "The metadata.", body = AuthorizationServerMetadata),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/.well-known/oauth-authorization-server", method = "GET", method = "HEAD")]
pub async fn metadata(request: HttpRequest, state: web::Data<State>) -> Reply {
    reply::no_query(&request)?;
    Ok(HttpResponse::Ok().json(AuthorizationServerMetadata::new(&state.base, &Scope::OF_SERVICE)))
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

/// What a client asks, read strictly.
struct Asked {
    assertion: String,
    client_id: Option<String>,
    scopes: Option<BTreeSet<Scope>>,
}

impl Asked {
    fn read(mut form: Parameters) -> Result<Self, Refusal> {
        let known = [
            "grant_type",
            "scope",
            "client_assertion_type",
            "client_assertion",
            "client_id",
        ];
        if !form.names().all(|name| known.contains(&name)) {
            return Err(invalid(OAuthErrorCode::InvalidRequest));
        }
        let grant = form
            .take("grant_type")
            .ok_or_else(|| invalid(OAuthErrorCode::InvalidRequest))?;
        if grant != GRANT_TYPE {
            return Err(invalid(OAuthErrorCode::UnsupportedGrantType));
        }
        if form.take("client_assertion_type").as_deref() != Some(ASSERTION_TYPE) {
            return Err(invalid(OAuthErrorCode::InvalidRequest));
        }
        let scopes = form
            .take("scope")
            .map(|text| Scope::parse_list(&text))
            .transpose();
        Ok(Self {
            assertion: form
                .take("client_assertion")
                .ok_or_else(|| invalid(OAuthErrorCode::InvalidRequest))?,
            client_id: form.take("client_id"),
            scopes: scopes.map_err(|_| invalid(OAuthErrorCode::InvalidScope))?,
        })
    }
}

/// The client, known by its assertion. An unknown client costs the same work as a wrong key and has the same answer.
async fn authenticate(
    state: &State,
    casework: &Casework,
    asked: &Asked,
    now: Timestamp,
) -> Result<(ClientAccess, Assertion), Refusal> {
    let not_this_client =
        || Refusal::new(ProblemType::InvalidClient).with_oauth(OAuthErrorCode::InvalidClient);
    let unverified = Unverified::parse(&asked.assertion).map_err(|_| not_this_client())?;
    let client = casework
        .client(unverified.client())
        .await
        .map_err(refusal::of_store)?;
    // A key that is not the client's, by its id, is as good as none.
    let registered = client
        .as_ref()
        .filter(|client| KeyId::of(&client.public_key).to_string() == unverified.key_id())
        .and_then(|client| PublicKey::ed25519(&client.public_key).ok());
    let key = registered.as_ref().unwrap_or_else(|| PublicKey::nobody());
    let token_url = format!("{}/oauth/token", state.base);
    let verified = unverified.verify(key, &[&token_url, &state.base], now);
    match (client, registered.is_some(), verified) {
        (Some(client), true, Ok(assertion)) => {
            let named = asked
                .client_id
                .as_deref()
                .is_none_or(|id| id == assertion.client().as_str());
            if named {
                Ok((client, assertion))
            } else {
                Err(not_this_client())
            }
        }
        _ => Err(not_this_client()),
    }
}

fn invalid(code: OAuthErrorCode) -> Refusal {
    Refusal::new(ProblemType::InvalidRequest).with_oauth(code)
}
