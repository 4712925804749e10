//! Coming in with a code, and leaving.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use casework::FamilyFailure;
use zeroize::Zeroizing;

use super::answer::{self, Stop};
use super::family::Family;
use super::guesses::Client;
use super::pages::StartPage;
use super::session::{self, FormName};
use super::{Portal, form};

/// `GET /portal`: where the code is entered. Opening it changes nothing.
pub(super) async fn start() -> HttpResponse {
    answer::page(StatusCode::OK, &StartPage { wrong_code: false })
}

/// `POST /portal/code`: exchanges a code for a session. Whatever is wrong with a code, the answer is one and the same, and
/// comes after the database was asked.
pub(super) async fn open<F: Family>(
    request: HttpRequest,
    payload: web::Payload,
    portal: web::Data<Portal>,
    family: web::Data<F>,
) -> Result<HttpResponse, Stop> {
    form::is_ours(&request, &portal)?;
    let client = Client::of(&request, &portal.0.settings.trusted_proxies);
    let guesses = &portal.0.guesses;
    guesses
        .try_one(client)
        .map_err(|seconds| Stop::TooFast { seconds })?;
    let mut form = form::read(&request, payload).await?;
    let code = Zeroizing::new(form.take("code").unwrap_or_default());
    match portal.within(family.open_invitation(&code)).await? {
        Ok(secret) => {
            guesses.was_right(client);
            // A session that was still open in this browser is not left behind. When that fails it ends by itself.
            if let Ok(earlier) = session::of(&request, &portal) {
                let _ = portal.within(family.leave(&earlier)).await;
            }
            let cookie = session::cookie(&secret, portal.is_secure());
            Ok(answer::see("/portal/verzoek").cookie(cookie).finish())
        }
        Err(FamilyFailure::Closed | FamilyFailure::TooLate) => Ok(answer::page(
            StatusCode::BAD_REQUEST,
            &StartPage { wrong_code: true },
        )),
        Err(failure) => Err(Stop::because(&failure, portal.is_secure())),
    }
}

/// `POST /portal/afsluiten`: ends the session, here and in the database.
pub(super) async fn leave<F: Family>(
    request: HttpRequest,
    payload: web::Payload,
    portal: web::Data<Portal>,
    family: web::Data<F>,
) -> Result<HttpResponse, Stop> {
    let (secret, _) = form::of_session(&request, payload, &portal, FormName::Leave).await?;
    let left = portal.within(family.leave(&secret)).await?;
    match left {
        // Who has no session any more has left.
        Ok(()) | Err(FamilyFailure::Closed | FamilyFailure::TooLate) => Ok(answer::see("/portal/afgesloten")
            .cookie(session::removal(portal.is_secure()))
            .finish()),
        Err(failure) => Err(Stop::because(&failure, portal.is_secure())),
    }
}
