//! `/v1/matches/{id}/consent-requests`, `/v1/signals/{id}/consent-requests`, `/v1/consent-keys` and `/v1/consent-status`

use actix_web::{HttpRequest, post, route, web};
use casework::{AskedAbout, Casework, Failure, NotFound};
use protocol::consent::{
    Attestation, AttestationSubmission, ConsentKeys, ConsentRequest, ConsentRequestSubmission,
};
use protocol::gate::{ConsentStatusRequest, SignedStatus};
use protocol::id::Id;
use protocol::page::Page;
use protocol::problem::Problem;
use service_http::JsonBody;

use super::access::{Exchanges, Signals};
use super::reply::{self, Reply};
use super::sandbox;
use crate::State;
use crate::portal::guesses::Client;

/// Ask the family whether the parties of this match may exchange information. The answer holds one invitation code for
/// each who must sign; it is shown this once, for the letter. Where the child becomes 12 while the letters can be used, there
/// is one for the young person too, that opens nothing before.
#[utoipa::path(operation_id = "requestConsent", tag = "consent", request_body = ConsentRequestSubmission,
    params(("id" = Id, Path, description = "The match"),
           ("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters")),
    security(("oauth" = ["exchange"])),
    responses(
        (status = 201, description = "The request, with invitations.", body = ConsentRequest),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/matches/{id}/consent-requests")]
pub async fn ask(
    request: HttpRequest,
    caller: Exchanges,
    casework: web::Data<Casework>,
    id: web::Path<String>,
    body: JsonBody<ConsentRequestSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    let match_id = reply::id(&id)?;
    let about = AskedAbout::Match(match_id);
    let asked = casework.request_consent(&caller, once, about, body.value).await;
    if let Ok(answer) = &asked {
        sandbox::post_letters(&request, match_id, answer);
    }
    reply::act(asked)
}

/// Ask the family whether it agrees to this signal of yours, which sleeps until it does. The answer holds one invitation
/// code for each who must sign; it is shown this once, for the letter. A no destroys the signal.
#[utoipa::path(operation_id = "requestSignalConsent", tag = "consent", request_body = ConsentRequestSubmission,
    params(("id" = Id, Path, description = "The signal"),
           ("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters")),
    security(("oauth" = ["signal"])),
    responses(
        (status = 201, description = "The request, with invitations.", body = ConsentRequest),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/signals/{id}/consent-requests")]
pub async fn ask_for_signal(
    request: HttpRequest,
    caller: Signals,
    casework: web::Data<Casework>,
    id: web::Path<String>,
    body: JsonBody<ConsentRequestSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    let about = AskedAbout::Signal(reply::id(&id)?);
    reply::act(casework.request_consent(&caller, once, about, body.value).await)
}

/// The requests of a match that name your organisation, newest first.
#[utoipa::path(operation_id = "listConsentRequests", tag = "consent", params(("id" = Id, Path, description = "The match")),
    security(("oauth" = ["exchange"])),
    responses(
        (status = 200, description = "The requests.", body = Page<ConsentRequest>),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/matches/{id}/consent-requests", method = "GET", method = "HEAD")]
pub async fn list(
    request: HttpRequest,
    caller: Exchanges,
    casework: web::Data<Casework>,
    id: web::Path<String>,
) -> Reply {
    // One match has few requests: every page is the whole list, so the parameters only have to be right.
    reply::page_query(&request)?;
    let about = AskedAbout::Match(reply::id(&id)?);
    reply::look(casework.list_consent_requests(&caller, about).await)
}

/// What was asked about your signal, newest first.
#[utoipa::path(operation_id = "listSignalConsentRequests", tag = "consent",
    params(("id" = Id, Path, description = "The signal")),
    security(("oauth" = ["signal"])),
    responses(
        (status = 200, description = "The requests.", body = Page<ConsentRequest>),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/signals/{id}/consent-requests", method = "GET", method = "HEAD")]
pub async fn list_for_signal(
    request: HttpRequest,
    caller: Signals,
    casework: web::Data<Casework>,
    id: web::Path<String>,
) -> Reply {
    reply::page_query(&request)?;
    let about = AskedAbout::Signal(reply::id(&id)?);
    reply::look(casework.list_consent_requests(&caller, about).await)
}

/// One request; once given, with the signed consent record.
#[utoipa::path(operation_id = "readConsentRequest", tag = "consent",
    params(("id" = Id, Path, description = "The match"), ("request_id" = Id, Path, description = "The request")),
    security(("oauth" = ["exchange"])),
    responses(
        (status = 200, description = "The request.", body = ConsentRequest),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route(
    "/v1/matches/{id}/consent-requests/{request_id}",
    method = "GET",
    method = "HEAD"
)]
pub async fn read(
    request: HttpRequest,
    caller: Exchanges,
    casework: web::Data<Casework>,
    ids: web::Path<(String, String)>,
) -> Reply {
    reply::no_query(&request)?;
    let (match_id, request_id) = ids.into_inner();
    let (about, request_id) = (AskedAbout::Match(reply::id(&match_id)?), reply::id(&request_id)?);
    reply::look(casework.read_consent_request(&caller, about, request_id).await)
}

/// One request about your signal; once given, with the signed consent record.
#[utoipa::path(operation_id = "readSignalConsentRequest", tag = "consent",
    params(("id" = Id, Path, description = "The signal"), ("request_id" = Id, Path, description = "The request")),
    security(("oauth" = ["signal"])),
    responses(
        (status = 200, description = "The request.", body = ConsentRequest),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route(
    "/v1/signals/{id}/consent-requests/{request_id}",
    method = "GET",
    method = "HEAD"
)]
pub async fn read_for_signal(
    request: HttpRequest,
    caller: Signals,
    casework: web::Data<Casework>,
    ids: web::Path<(String, String)>,
) -> Reply {
    reply::no_query(&request)?;
    let (signal, request_id) = ids.into_inner();
    let (about, request_id) = (AskedAbout::Signal(reply::id(&signal)?), reply::id(&request_id)?);
    reply::look(casework.read_consent_request(&caller, about, request_id).await)
}

/// Record what a signatory said or wrote to a professional, where the covenants allow attested consent. A yes is recorded by
/// the organisation that asked; a no, or a yes that is taken back, by any that the request names.
#[utoipa::path(operation_id = "attestConsent", tag = "consent", request_body = AttestationSubmission,
    params(("id" = Id, Path, description = "The match"), ("request_id" = Id, Path, description = "The request"),
           ("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters")),
    security(("oauth" = ["exchange"])),
    responses(
        (status = 201, description = "What was recorded.", body = Attestation),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/matches/{id}/consent-requests/{request_id}/attestations")]
pub async fn attest(
    request: HttpRequest,
    caller: Exchanges,
    casework: web::Data<Casework>,
    ids: web::Path<(String, String)>,
    body: JsonBody<AttestationSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    let (match_id, request_id) = ids.into_inner();
    let (about, request_id) = (AskedAbout::Match(reply::id(&match_id)?), reply::id(&request_id)?);
    reply::act(
        casework
            .attest_consent(&caller, once, about, request_id, body.value)
            .await,
    )
}

/// Record what a signatory said or wrote about your signal, where the covenant allows attested consent.
#[utoipa::path(operation_id = "attestSignalConsent", tag = "consent", request_body = AttestationSubmission,
    params(("id" = Id, Path, description = "The signal"), ("request_id" = Id, Path, description = "The request"),
           ("Idempotency-Key" = String, Header, description = "8 to 64 visible ASCII characters")),
    security(("oauth" = ["signal"])),
    responses(
        (status = 201, description = "What was recorded.", body = Attestation),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/signals/{id}/consent-requests/{request_id}/attestations")]
pub async fn attest_for_signal(
    request: HttpRequest,
    caller: Signals,
    casework: web::Data<Casework>,
    ids: web::Path<(String, String)>,
    body: JsonBody<AttestationSubmission>,
) -> Reply {
    reply::no_query(&request)?;
    let once = reply::once(&request, &caller, &body.bytes)?;
    let (signal, request_id) = ids.into_inner();
    let (about, request_id) = (AskedAbout::Signal(reply::id(&signal)?), reply::id(&request_id)?);
    reply::act(
        casework
            .attest_consent(&caller, once, about, request_id, body.value)
            .await,
    )
}

/// The keys with which anyone checks consent records. Fetch them once over a trusted way and pin them.
#[utoipa::path(operation_id = "readConsentKeys", tag = "consent",
    responses(
        (status = 200, description = "The keys.", body = ConsentKeys),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[route("/v1/consent-keys", method = "GET", method = "HEAD")]
pub async fn keys(request: HttpRequest, state: web::Data<State>, casework: web::Data<Casework>) -> Reply {
    reply::no_query(&request)?;
    let keys = casework.consent_keys(state.status_url.clone()).await;
    reply::look(keys.map_err(Failure::<NotFound>::from))
}

/// Where the status of a consent is asked, below the portal's address.
pub(crate) const STATUS_PATH: &str = "/v1/consent-status";

/// Whether the consent of a record stands, said and signed by the portal. A keyholder asks for such a word that is at most 60
/// seconds old before it releases a share. There is no token: who knows the hash of a record has seen the record. The address
/// is `statusUrl` of `GET /v1/consent-keys`; it may be on another host than the rest.
#[utoipa::path(operation_id = "readConsentStatus", tag = "consent", request_body = ConsentStatusRequest,
    responses(
        (status = 200, description = "The status, and the portal's signature under it.", body = SignedStatus),
        (status = "default", description = "A problem document.", body = Problem, content_type = "application/problem+json")))]
#[post("/v1/consent-status")]
pub async fn status(
    request: HttpRequest,
    state: web::Data<State>,
    casework: web::Data<Casework>,
    body: JsonBody<ConsentStatusRequest>,
) -> Reply {
    reply::no_query(&request)?;
    state
        .statuses
        .take(Client::of(&request, &state.trusted_proxies))?;
    reply::look(casework.consent_status(body.value).await)
}
