//! What there is about a child: the overview, everything, what the reader did, the text they read then, and all of it to take
//! home. Nothing here acts.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LANGUAGE, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use casework::{ChildFile, SessionAssurance, VisitAbout};
use domain::calendar;
use texts::Texts;

use super::Portal;
use super::answer::{self, Stop};
use super::child_pages::{ActView, ChildPage, DownloadPage, HistoryPage, TextPage, WholePage};
use super::child_view::{Asked, Contents};
use super::family::Family;
use super::frame::Frame;
use super::guest::Guest;
use super::{child_words, kept};

/// `GET /portal/kind`
pub(super) async fn show<F: Family>(
    request: HttpRequest,
    portal: web::Data<Portal>,
    family: web::Data<F>,
) -> Result<HttpResponse, Stop> {
    let guest = Guest::of(&request, &portal, family.get_ref()).await?;
    let frame = Frame::of(&request);
    let asked = asked(&portal, family.get_ref(), &guest, frame.texts()).await?;
    let child = portal.act(family.child_file(&guest.secret)).await?;
    let contents = contents(&child, frame.texts())?;
    Ok(answer::page(
        StatusCode::OK,
        &ChildPage::new(frame, &guest, asked, contents),
    ))
}

/// `GET /portal/alles`
pub(super) async fn show_whole<F: Family>(
    request: HttpRequest,
    portal: web::Data<Portal>,
    family: web::Data<F>,
) -> Result<HttpResponse, Stop> {
    let guest = Guest::of(&request, &portal, family.get_ref()).await?;
    let frame = Frame::of(&request);
    let whole = match guest.visit.assurance {
        SessionAssurance::Oidc => portal.act(family.whole_file(&guest.secret)).await?,
        SessionAssurance::Letter => None,
    };
    let contents = match whole {
        Some(child) => Some(contents(&child, frame.texts())?),
        None => None,
    };
    let page = WholePage::new(frame, &guest, contents, family.login_name());
    Ok(answer::page(StatusCode::OK, &page))
}

/// `GET /portal/geschiedenis`
pub(super) async fn history<F: Family>(
    request: HttpRequest,
    portal: web::Data<Portal>,
    family: web::Data<F>,
) -> Result<HttpResponse, Stop> {
    let guest = Guest::of(&request, &portal, family.get_ref()).await?;
    let frame = Frame::of(&request);
    let child = portal.act(family.child_file(&guest.secret)).await?;
    let zone = calendar::time_zone(&child.file.time_zone).map_err(|error| cannot_show(&error))?;
    let acts = child.file.history.iter().rev();
    let acts = acts.map(|act| ActView::new(act, frame.texts(), &zone)).collect();
    Ok(answer::page(
        StatusCode::OK,
        &HistoryPage::new(frame, &guest, acts),
    ))
}

/// `GET /portal/tekst/{version}`: the text as it was, in the language in which the reader read it. Versions that were never
/// put to them are not there.
pub(super) async fn text<F: Family>(
    request: HttpRequest,
    version: web::Path<String>,
    portal: web::Data<Portal>,
    family: web::Data<F>,
) -> Result<HttpResponse, Stop> {
    let guest = Guest::of(&request, &portal, family.get_ref()).await?;
    let frame = Frame::of(&request);
    let child = portal.act(family.child_file(&guest.secret)).await?;
    let seen = language_seen(&child, &version).ok_or(Stop::NotFound)?;
    let language = texts::Language::from_code(&seen).unwrap_or_default();
    let text = kept::text(&version, language, child.is_young_person).ok_or(Stop::NotFound)?;
    let page = TextPage::new(frame, &guest, version.into_inner(), text);
    Ok(answer::page(StatusCode::OK, &page))
}

/// `GET /portal/gegevens.html`
pub(super) async fn download_page<F: Family>(
    request: HttpRequest,
    portal: web::Data<Portal>,
    family: web::Data<F>,
) -> Result<HttpResponse, Stop> {
    let (child, t) = to_take_home(&request, &portal, family.get_ref()).await?;
    let page = DownloadPage {
        contents: contents(&child, t)?,
        t,
    };
    let html = page.render().map_err(|error| cannot_show(&error))?;
    Ok(attachment(t, "text/html; charset=utf-8", "trefpunt.html", html))
}

/// `GET /portal/gegevens.json`
pub(super) async fn download_document<F: Family>(
    request: HttpRequest,
    portal: web::Data<Portal>,
    family: web::Data<F>,
) -> Result<HttpResponse, Stop> {
    let (child, t) = to_take_home(&request, &portal, family.get_ref()).await?;
    let file = child_words::in_words(child.file, t);
    let json = serde_json::to_string_pretty(&file).map_err(|error| cannot_show(&error))?;
    Ok(attachment(t, "application/json", "trefpunt.json", json))
}

/// As much as this session may read: everything once somebody logged in, else what the letter opens.
pub(super) async fn to_take_home(
    request: &HttpRequest,
    portal: &Portal,
    family: &impl Family,
) -> Result<(ChildFile, Texts), Stop> {
    let guest = Guest::of(request, portal, family).await?;
    let whole = match guest.visit.assurance {
        SessionAssurance::Oidc => portal.act(family.whole_file(&guest.secret)).await?,
        SessionAssurance::Letter => None,
    };
    let child = match whole {
        Some(child) => child,
        None => portal.act(family.child_file(&guest.secret)).await?,
    };
    Ok((child, Frame::of(request).texts()))
}

/// What a file says, in words.
pub(super) fn contents(child: &ChildFile, t: Texts) -> Result<Contents, Stop> {
    Contents::of(child, t).map_err(|error| cannot_show(&error))
}

/// A file to keep. It is about somebody: nothing on the way keeps it.
pub(super) fn attachment(t: Texts, media_type: &str, name: &str, body: String) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, media_type))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .insert_header((CONTENT_LANGUAGE, t.language().code()))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(body)
}

/// What is asked of whoever has the letter of a request. The letter of a signal asks nothing.
async fn asked(portal: &Portal, family: &impl Family, guest: &Guest, t: Texts) -> Result<Asked, Stop> {
    if guest.visit.about == VisitAbout::Signal {
        return Ok(Asked::nothing(t));
    }
    let page = portal.act(family.consent_page(&guest.secret)).await?;
    let zone = calendar::time_zone(&page.time_zone).map_err(|error| cannot_show(&error))?;
    Ok(Asked::by_request(
        t,
        page.state,
        page.asked_by.as_deref(),
        page.answer_by,
        &zone,
    ))
}

/// In which language the reader read this version last; before they chose, that of the letter.
fn language_seen(child: &ChildFile, version: &str) -> Option<String> {
    let read = child
        .file
        .history
        .iter()
        .rev()
        .find(|act| act.text_version.as_deref() == Some(version))
        .and_then(|act| act.language.clone());
    let asked = || {
        let own = |consent: &&protocol::family_file::FiledConsent| {
            consent.text_version == version && consent.your_answer.is_some()
        };
        child
            .file
            .consents
            .iter()
            .find(own)
            .map(|consent| consent.language.clone())
    };
    read.or_else(asked)
}

fn cannot_show(error: &dyn std::error::Error) -> Stop {
    tracing::error!(%error, "what is kept about a child cannot be shown");
    Stop::Later
}
