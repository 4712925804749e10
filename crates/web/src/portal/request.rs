//! The request: reading it, deciding, taking back. Each act ends by showing where it stands, so that a second click, a
//! second tab or the back button finds the truth and not an error.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use casework::{Choice, Decided, FamilyFailure, PortalSecret};
use protocol::consent::Language;
use service_http::parameters::Parameters;

use super::answer::{self, Stop};
use super::family::Family;
use super::frame::Frame;
use super::guest::Guest;
use super::pages::{RequestPage, WithdrawPage};
use super::request_view::RequestView;
use super::session::{self, FormName};
use super::{Portal, form};

/// `GET /portal/verzoek`
pub(super) async fn show<F: Family>(
    request: HttpRequest,
    portal: web::Data<Portal>,
    family: web::Data<F>,
) -> Result<HttpResponse, Stop> {
    let Guest { secret, .. } = Guest::of_request(&request, &portal, family.get_ref()).await?;
    let t = Frame::of(&request);
    let view = view(t, &portal, family.get_ref(), &secret).await?;
    Ok(answer::page(StatusCode::OK, &RequestPage::new(t, view, &secret)))
}

/// `POST /portal/besluit`
pub(super) async fn decide<F: Family>(
    request: HttpRequest,
    payload: web::Payload,
    portal: web::Data<Portal>,
    family: web::Data<F>,
) -> Result<HttpResponse, Stop> {
    let (secret, form) = form::of_session(&request, payload, &portal, FormName::Decide).await?;
    let choice = match form.get("keuze") {
        Some("ja") => Choice::Give,
        Some("nee") => Choice::Refuse,
        _ => return Err(Stop::NoChoice),
    };
    // A form that does not say which question it answers, or in which language that was read, was answered by somebody who
    // read another page.
    let question = form
        .get("vraag")
        .and_then(|id| id.parse().ok())
        .ok_or(Stop::Decided)?;
    let language = read_in(&form).ok_or(Stop::Decided)?;
    done(&portal, family.decide(&secret, question, choice, language)).await
}

/// `GET /portal/intrekken`: asks whether the reader is sure. Who has nothing to take back sees where it stands instead.
pub(super) async fn ask_to_withdraw<F: Family>(
    request: HttpRequest,
    portal: web::Data<Portal>,
    family: web::Data<F>,
) -> Result<HttpResponse, Stop> {
    let Guest { secret, .. } = Guest::of_request(&request, &portal, family.get_ref()).await?;
    let t = Frame::of(&request);
    let view = view(t, &portal, family.get_ref(), &secret).await?;
    if view.can_be_taken_back() {
        Ok(answer::page(StatusCode::OK, &WithdrawPage::new(t, view, &secret)))
    } else {
        Ok(answer::see("/portal/verzoek").finish())
    }
}

/// `POST /portal/intrekken`
pub(super) async fn withdraw<F: Family>(
    request: HttpRequest,
    payload: web::Payload,
    portal: web::Data<Portal>,
    family: web::Data<F>,
) -> Result<HttpResponse, Stop> {
    let (secret, form) = form::of_session(&request, payload, &portal, FormName::Withdraw).await?;
    let language = read_in(&form).ok_or(Stop::Decided)?;
    done(&portal, family.take_back(&secret, language)).await
}

/// In which language the page was read that this form was on: another tab may have chosen another since.
fn read_in(form: &Parameters) -> Option<Language> {
    Language::from_code(form.get("taal")?)
}

async fn done(
    portal: &Portal,
    act: impl Future<Output = Result<Decided, FamilyFailure>>,
) -> Result<HttpResponse, Stop> {
    match portal.act(act).await? {
        Decided::Stands => Ok(answer::see("/portal/verzoek").finish()),
        // With the signal went what was asked about it, and this session.
        Decided::SignalGone => Ok(answer::see("/portal/signaal-weg")
            .cookie(session::removal(portal.is_secure()))
            .finish()),
    }
}

async fn view(
    t: Frame,
    portal: &Portal,
    family: &impl Family,
    secret: &PortalSecret,
) -> Result<RequestView, Stop> {
    let page = portal.act(family.consent_page(secret)).await?;
    RequestView::new(t.texts(), page).map_err(|error| {
        tracing::error!(%error, "a request cannot be shown");
        Stop::Later
    })
}
