//! Coming in with a code or with a return key, and leaving.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use casework::{FamilyFailure, PortalSecret};
use zeroize::Zeroizing;

use super::answer::{self, Stop};
use super::enter_view::StartPage;
use super::family::Family;
use super::frame::Frame;
use super::guesses::Client;
use super::guest::start;
use super::session::{self, FormName};
use super::{Portal, form};

/// `GET /portal`: where the code or the return key is entered. Opening it changes nothing.
pub(super) async fn begin(request: HttpRequest) -> HttpResponse {
    answer::page(StatusCode::OK, &StartPage::new(Frame::of(&request)))
}

/// `POST /portal/code`: opens a session in which a PIN is chosen. Whatever is wrong with a code, the answer is one and the
/// same, and comes after the database was asked.
pub(super) async fn open<F: Family>(
    request: HttpRequest,
    payload: web::Payload,
    portal: web::Data<Portal>,
    family: web::Data<F>,
) -> Result<HttpResponse, Stop> {
    form::is_ours(&request, &portal)?;
    let client = try_one(&request, &portal)?;
    let mut form = form::read(&request, payload).await?;
    let code = Zeroizing::new(form.take("code").unwrap_or_default());
    match portal.within(family.open_invitation(&code)).await? {
        Ok(secret) => {
            portal.0.guesses.was_right(client);
            leave_earlier(&request, &portal, family.get_ref()).await;
            Ok(inside("/portal/pincode", &secret, &portal))
        }
        Err(failure) => refused(&failure, StartPage::with_wrong_code(Frame::of(&request)), &portal),
    }
}

/// `POST /portal/terug`: opens a session with a return key and its PIN. One answer for everything that can be wrong.
pub(super) async fn come_back<F: Family>(
    request: HttpRequest,
    payload: web::Payload,
    portal: web::Data<Portal>,
    family: web::Data<F>,
) -> Result<HttpResponse, Stop> {
    form::is_ours(&request, &portal)?;
    let client = try_one(&request, &portal)?;
    let mut form = form::read(&request, payload).await?;
    let key = Zeroizing::new(form.take("sleutel").unwrap_or_default());
    let pin = Zeroizing::new(form.take("pincode").unwrap_or_default());
    match portal.within(family.come_back(&key, &pin)).await? {
        Ok(secret) => {
            portal.0.guesses.was_right(client);
            leave_earlier(&request, &portal, family.get_ref()).await;
            let visit = portal.act(family.visit(&secret)).await?;
            Ok(inside(start(visit.about), &secret, &portal))
        }
        Err(failure) => refused(&failure, StartPage::with_wrong_key(Frame::of(&request)), &portal),
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
        Err(failure @ FamilyFailure::Store(_)) => Err(portal.because(&failure)),
        // Who has no session any more has left.
        _ => Ok(answer::see("/portal/afgesloten")
            .cookie(session::removal(portal.is_secure()))
            .finish()),
    }
}

fn try_one(request: &HttpRequest, portal: &Portal) -> Result<Client, Stop> {
    let client = Client::of(request, &portal.0.settings.trusted_proxies);
    let tried = portal.0.guesses.try_one(client);
    tried.map_err(|seconds| Stop::TooFast { seconds })?;
    Ok(client)
}

/// A session that was still open in this browser is not left behind. When that fails it ends by itself.
async fn leave_earlier(request: &HttpRequest, portal: &Portal, family: &impl Family) {
    if let Ok(earlier) = session::of(request, portal) {
        let _ = portal.within(family.leave(&earlier)).await;
    }
}

/// A session begins with a secret that this browser did not have before.
fn inside(path: &'static str, secret: &PortalSecret, portal: &Portal) -> HttpResponse {
    let cookie = session::cookie(secret, portal.is_secure());
    answer::see(path).cookie(cookie).finish()
}

fn refused(failure: &FamilyFailure, again: StartPage, portal: &Portal) -> Result<HttpResponse, Stop> {
    match failure {
        FamilyFailure::Store(_) => Err(portal.because(failure)),
        _ => Ok(answer::page(StatusCode::BAD_REQUEST, &again)),
    }
}
