//! Forms as they come in: from our own pages, of one media type, small, and with the token of the session.

use actix_web::http::header::{HeaderName, ORIGIN};
use actix_web::{HttpRequest, web};
use casework::PortalSecret;
use protocol::problem::ProblemType;
use service_http::body;
use service_http::parameters::Parameters;

use super::Portal;
use super::answer::Stop;
use super::session::{self, FormName};

/// The largest form: a code and a token are far below this, in bytes.
const MAX_FORM_BYTES: usize = 4 * 1024;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses a form that the browser says was sent from another site.
///
/// # Errors
/// `ForeignForm`.
pub(super) fn is_ours(request: &HttpRequest, portal: &Portal) -> Result<(), Stop> {
    let told = |name: HeaderName| request.headers().get(name).map(|value| value.as_bytes());
    let ours = match (told(SEC_FETCH_SITE), told(ORIGIN)) {
        // `none` is the reader's own doing: a reload, or a tab that is restored.
        (Some(site), _) => matches!(site, b"same-origin" | b"none"),
        // Our pages send no referrer, and then browsers make the origin of a form `null` (Fetch, section 3.2). Browsers
        // that say no more than that are told apart by the token, and on the page for the code by nothing: there is no
        // session yet that could be used.
        (None, Some(origin)) => origin == b"null" || origin == portal.0.settings.public_address.as_bytes(),
        (None, None) => true,
    };
    if ours { Ok(()) } else { Err(Stop::ForeignForm) }
}

/// Reads a form.
///
/// # Errors
/// `UnreadableForm` when it has another media type, is too large or too slow, or names something twice.
pub(super) async fn read(request: &HttpRequest, payload: web::Payload) -> Result<Parameters, Stop> {
    let mut payload = payload.into_inner();
    let media_type = "application/x-www-form-urlencoded";
    let bytes = body::read(request, &mut payload, media_type, MAX_FORM_BYTES)
        .await
        .map_err(Stop::UnreadableForm)?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| Stop::UnreadableForm(ProblemType::MalformedRequest.into()))?;
    Parameters::parse(text).map_err(Stop::UnreadableForm)
}

/// Reads a form of this session: checks where it comes from, whose session it is, and that its token fits.
///
/// # Errors
/// `ForeignForm`, `Outside`, `UnreadableForm`.
pub(super) async fn of_session(
    request: &HttpRequest,
    payload: web::Payload,
    portal: &Portal,
    form: FormName,
) -> Result<(PortalSecret, Parameters), Stop> {
    is_ours(request, portal)?;
    let secret = session::of(request, portal)?;
    let parameters = read(request, payload).await?;
    if session::is_form_token(&secret, form, parameters.get("token").unwrap_or_default()) {
        Ok((secret, parameters))
    } else {
        Err(Stop::ForeignForm)
    }
}
