//! What a family asks of the municipality: objecting to a signal, access, erasure. Each act ends by showing where it stands,
//! so that a second click, a second tab or the back button finds the truth and not an error.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template as _;
use casework::{ChildFile, FamilyFailure, Fetched};
use domain::rights_request::Right;
use protocol::id::Id;
use service_http::parameters::Parameters;

use super::answer::{self, Stop};
use super::child::{attachment, contents};
use super::child_pages::DownloadPage;
use super::family::Family;
use super::frame::Frame;
use super::guest::Guest;
use super::rights_pages::{FilePage, ObjectionPage, RightsPage};
use super::session::FormName;
use super::{Portal, child_words, form};

const OBJECTION: &str = "/portal/bezwaar";
const RIGHTS: &str = "/portal/rechten";

/// `GET /portal/bezwaar`
pub(super) async fn show_objections<F: Family>(
    request: HttpRequest,
    portal: web::Data<Portal>,
    family: web::Data<F>,
) -> Result<HttpResponse, Stop> {
    let guest = Guest::of(&request, &portal, family.get_ref()).await?;
    let page = objection_page(&request, &portal, family.get_ref(), &guest).await?;
    Ok(answer::page(StatusCode::OK, &page))
}

/// `POST /portal/bezwaar`: objects to the signal that was chosen. Objecting twice is objecting once.
pub(super) async fn object<F: Family>(
    request: HttpRequest,
    payload: web::Payload,
    portal: web::Data<Portal>,
    family: web::Data<F>,
) -> Result<HttpResponse, Stop> {
    let (guest, form) = of_guest(&request, payload, &portal, family.get_ref(), FormName::Object).await?;
    let Some(signal) = id_in(&form, "signaal") else {
        let page = objection_page(&request, &portal, family.get_ref(), &guest).await?;
        return Ok(answer::page(StatusCode::BAD_REQUEST, &page.without_choice()));
    };
    done(&portal, OBJECTION, family.object(&guest.secret, signal)).await
}

/// `POST /portal/bezwaar/intrekken`
pub(super) async fn withdraw_objection<F: Family>(
    request: HttpRequest,
    payload: web::Payload,
    portal: web::Data<Portal>,
    family: web::Data<F>,
) -> Result<HttpResponse, Stop> {
    let name = FormName::WithdrawObjection;
    let (guest, form) = of_guest(&request, payload, &portal, family.get_ref(), name).await?;
    match id_in(&form, "bezwaar") {
        Some(id) => done(&portal, OBJECTION, family.withdraw_objection(&guest.secret, id)).await,
        None => Ok(answer::see(OBJECTION).finish()),
    }
}

/// `GET /portal/rechten`
pub(super) async fn show<F: Family>(
    request: HttpRequest,
    portal: web::Data<Portal>,
    family: web::Data<F>,
) -> Result<HttpResponse, Stop> {
    let guest = Guest::of(&request, &portal, family.get_ref()).await?;
    let rights = portal.act(family.rights(&guest.secret)).await?;
    let page = RightsPage::new(Frame::of(&request), &guest, &rights);
    Ok(answer::page(StatusCode::OK, &page))
}

/// `POST /portal/rechten`: asks for access or erasure. Asking twice is asking once.
pub(super) async fn ask<F: Family>(
    request: HttpRequest,
    payload: web::Payload,
    portal: web::Data<Portal>,
    family: web::Data<F>,
) -> Result<HttpResponse, Stop> {
    let (guest, form) = of_guest(&request, payload, &portal, family.get_ref(), FormName::AskRight).await?;
    let right = match form.get("recht") {
        Some("inzage") => Right::Access,
        Some("wissen") => Right::Erasure,
        // Each button says what it asks for; a form without one is none of our pages.
        _ => return Err(Stop::NoChoice),
    };
    done(&portal, RIGHTS, family.ask(&guest.secret, right)).await
}

/// `POST /portal/rechten/intrekken`
pub(super) async fn withdraw_request<F: Family>(
    request: HttpRequest,
    payload: web::Payload,
    portal: web::Data<Portal>,
    family: web::Data<F>,
) -> Result<HttpResponse, Stop> {
    let name = FormName::WithdrawRight;
    let (guest, form) = of_guest(&request, payload, &portal, family.get_ref(), name).await?;
    match id_in(&form, "verzoek") {
        Some(id) => done(&portal, RIGHTS, family.withdraw_request(&guest.secret, id)).await,
        None => Ok(answer::see(RIGHTS).finish()),
    }
}

/// `GET /portal/inzage`: the file that a request for access gave, or why there is none.
pub(super) async fn show_file<F: Family>(
    request: HttpRequest,
    portal: web::Data<Portal>,
    family: web::Data<F>,
) -> Result<HttpResponse, Stop> {
    let guest = Guest::of(&request, &portal, family.get_ref()).await?;
    let frame = Frame::of(&request);
    let fetched = portal.act(family.fetch_file(&guest.secret)).await?;
    let (status, page) = match fetched {
        Fetched::File(child) => {
            let contents = contents(&child, frame.texts())?;
            (StatusCode::OK, FilePage::with(frame, &guest, contents))
        }
        Fetched::NotSureEnough => (
            StatusCode::FORBIDDEN,
            FilePage::not_sure(frame, &guest, family.login_name()),
        ),
        Fetched::Nothing => (StatusCode::NOT_FOUND, FilePage::none(frame, &guest)),
    };
    Ok(answer::page(status, &page))
}

/// `GET /portal/inzage.html`: the same to keep.
pub(super) async fn download_page<F: Family>(
    request: HttpRequest,
    portal: web::Data<Portal>,
    family: web::Data<F>,
) -> Result<HttpResponse, Stop> {
    let Some(child) = file(&request, &portal, family.get_ref()).await? else {
        return Ok(answer::see("/portal/inzage").finish());
    };
    let t = Frame::of(&request).texts();
    let page = DownloadPage {
        contents: contents(&child, t)?,
        t,
    };
    let html = page.render().map_err(|error| cannot_show(&error))?;
    Ok(attachment(
        t,
        "text/html; charset=utf-8",
        "trefpunt-inzage.html",
        html,
    ))
}

/// `GET /portal/inzage.json`: the same for programs.
pub(super) async fn download_document<F: Family>(
    request: HttpRequest,
    portal: web::Data<Portal>,
    family: web::Data<F>,
) -> Result<HttpResponse, Stop> {
    let Some(child) = file(&request, &portal, family.get_ref()).await? else {
        return Ok(answer::see("/portal/inzage").finish());
    };
    let t = Frame::of(&request).texts();
    let file = child_words::in_words(child.file, t);
    let json = serde_json::to_string_pretty(&file).map_err(|error| cannot_show(&error))?;
    Ok(attachment(t, "application/json", "trefpunt-inzage.json", json))
}

/// The file, where there is one that this session may read.
async fn file(
    request: &HttpRequest,
    portal: &Portal,
    family: &impl Family,
) -> Result<Option<ChildFile>, Stop> {
    let guest = Guest::of(request, portal, family).await?;
    match portal.act(family.fetch_file(&guest.secret)).await? {
        Fetched::File(child) => Ok(Some(*child)),
        Fetched::NotSureEnough | Fetched::Nothing => Ok(None),
    }
}

async fn objection_page(
    request: &HttpRequest,
    portal: &Portal,
    family: &impl Family,
    guest: &Guest,
) -> Result<ObjectionPage, Stop> {
    let rights = portal.act(family.rights(&guest.secret)).await?;
    Ok(ObjectionPage::new(
        Frame::of(request).at(OBJECTION),
        guest,
        &rights,
    ))
}

/// A form of somebody who is in.
async fn of_guest(
    request: &HttpRequest,
    payload: web::Payload,
    portal: &Portal,
    family: &impl Family,
    name: FormName,
) -> Result<(Guest, Parameters), Stop> {
    let (_, form) = form::of_session(request, payload, portal, name).await?;
    Ok((Guest::of(request, portal, family).await?, form))
}

/// Where it stands is shown in any case: also when it was decided in the meantime, or the signal is gone.
async fn done(
    portal: &Portal,
    page: &'static str,
    act: impl Future<Output = Result<(), FamilyFailure>>,
) -> Result<HttpResponse, Stop> {
    match portal.within(act).await? {
        Ok(()) | Err(FamilyFailure::TooLate) => Ok(answer::see(page).finish()),
        Err(failure) => Err(portal.because(&failure)),
    }
}

fn id_in(form: &Parameters, name: &str) -> Option<Id> {
    form.get(name).and_then(|id| id.parse().ok())
}

fn cannot_show(error: &dyn std::error::Error) -> Stop {
    tracing::error!(%error, "a file cannot be shown");
    Stop::Later
}
