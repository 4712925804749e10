//! The family's door: pages on which a parent or young person enters a code, reads what is asked, decides, withdraws.
//!
//! Every page is made on the server, needs no script, and loads nothing but one style sheet and one picture of its own.
//! A link never decides: only a form does that, with a token that belongs to the session. This module holds no rule:
//! what a code opens, what may be shown and what a choice leads to is `casework`'s. Which header fields keep a page from
//! being framed, cached or scripted is the door's (`service_http::Door`), which stands around these routes.

mod answer;
pub(crate) mod assets;
mod child;
mod child_pages;
mod child_view;
mod child_words;
mod enter;
mod enter_view;
mod family;
mod form;
mod frame;
pub(crate) mod guesses;
mod guest;
mod information;
mod kept;
mod language;
mod login;
mod menu;
mod pages;
mod paper;
mod privacy;
mod request;
mod request_view;
mod return_key;
mod rights;
mod rights_pages;
mod rights_view;
mod session;
#[cfg(test)]
mod tests;
pub mod theme;
mod words;

use std::future::{Ready, ready};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::HttpServiceFactory;
use actix_web::http::header::LOCATION;
use actix_web::middleware::from_fn;
use actix_web::{HttpResponse, Resource, Route, guard, rt, web};
use casework::FamilyFailure;
use service_http::door::Clock;

use crate::asset::Asset;

use answer::Stop;
use family::Family;
use guesses::Guesses;
use theme::Theme;

/// How long a page waits for the database before it says so. Less than the door's own deadline, whose answer is a
/// problem document that no family should have to read.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the portal needs to know.
#[derive(Clone)]
pub struct PortalSettings {
    /// The published address of the service without a trailing slash, such as `https://trefpunt.example`. With https the
    /// session's cookie is `__Host-trefpunt` and `Secure`. With http, which only a demonstration on the machine itself
    /// may use, it is `trefpunt` without `Secure`: not every browser keeps a secure cookie for `http://127.0.0.1`.
    pub public_address: String,
    /// Time since some fixed moment, for the pace at which codes may be tried.
    pub clock: Clock,
    /// Proxies whose `X-Forwarded-For` is believed. From any other peer that field is ignored.
    pub trusted_proxies: Vec<IpAddr>,
    /// A municipality's look.
    pub theme: Option<Theme>,
}

/// The portal of one service. Make one and give each worker a clone: the pace of guesses is kept for all together.
#[derive(Clone)]
pub struct Portal(Arc<Inner>);

struct Inner {
    settings: PortalSettings,
    secure: bool,
    guesses: Guesses,
    theme: Option<&'static Asset>,
}

impl Portal {
    /// A portal with these settings.
    pub fn new(settings: PortalSettings) -> Self {
        Self(Arc::new(Inner {
            secure: settings.public_address.starts_with("https://"),
            guesses: Guesses::new(Arc::clone(&settings.clock)),
            // Read once, and there for as long as the program is.
            theme: settings
                .theme
                .as_ref()
                .map(|theme| &*Box::leak(Box::new(theme.asset()))),
            settings,
        }))
    }

    /// The portal's routes, all under `/portal`. The application must hold a `web::Data<casework::Casework>`.
    pub fn configure(&self, config: &mut web::ServiceConfig) {
        self.configure_for::<casework::Casework>(config);
    }

    fn configure_for<F: Family>(&self, config: &mut web::ServiceConfig) {
        let secure = self.is_secure();
        config.service(
            web::scope("/portal")
                .wrap(from_fn(move |request, next| {
                    language::around_pages(request, next, secure)
                }))
                .app_data(web::Data::new(self.clone()))
                .service(page("", enter::begin))
                .service(act("/code", web::post().to(enter::open::<F>)))
                .service(act("/terug", web::post().to(enter::come_back::<F>)))
                .service(page_and_act(
                    "/pincode",
                    reading().to(return_key::ask_pin::<F>),
                    web::post().to(return_key::choose_pin::<F>),
                ))
                .service(page_and_act(
                    "/sleutel",
                    reading().to(return_key::show::<F>),
                    web::post().to(return_key::kept::<F>),
                ))
                .service(page("/kind", child::show::<F>))
                .service(page("/gegevens.pdf", paper::file::<F>))
                .service(page("/ontvangstbewijs.pdf", paper::receipt::<F>))
                .service(page("/ontvangstbewijs.jsonld", paper::signed_receipt::<F>))
                .service(page("/alles", child::show_whole::<F>))
                .service(page("/geschiedenis", child::history::<F>))
                .service(page("/tekst/{version}", child::text::<F>))
                .service(page("/gegevens.html", child::download_page::<F>))
                .service(page("/gegevens.json", child::download_document::<F>))
                .service(page("/verzoek", request::show::<F>))
                .service(act("/besluit", web::post().to(request::decide::<F>)))
                .service(page_and_act(
                    "/intrekken",
                    reading().to(request::ask_to_withdraw::<F>),
                    web::post().to(request::withdraw::<F>),
                ))
                .service(page_and_act(
                    "/bezwaar",
                    reading().to(rights::show_objections::<F>),
                    web::post().to(rights::object::<F>),
                ))
                .service(act(
                    "/bezwaar/intrekken",
                    web::post().to(rights::withdraw_objection::<F>),
                ))
                .service(page_and_act(
                    "/rechten",
                    reading().to(rights::show::<F>),
                    web::post().to(rights::ask::<F>),
                ))
                .service(act(
                    "/rechten/intrekken",
                    web::post().to(rights::withdraw_request::<F>),
                ))
                .service(page("/inzage", rights::show_file::<F>))
                .service(page("/inzage.html", rights::download_page::<F>))
                .service(page("/inzage.json", rights::download_document::<F>))
                .service(page_and_act(
                    "/inloggen",
                    reading().to(login::show::<F>),
                    web::post().to(login::begin::<F>),
                ))
                .service(page("/ingelogd", login::back::<F>))
                .service(act("/afsluiten", web::post().to(enter::leave::<F>)))
                .service(page("/afgesloten", information::left))
                .service(page("/signaal-weg", information::signal_gone))
                .service(page("/hulp", information::help))
                .service(page("/privacy", privacy::show::<F>))
                .service(page("/toegankelijkheid", information::accessibility))
                .service(page("/assets/{name}", assets::serve))
                .service(page("/", without_slash))
                .default_service(web::to(|| stop(Stop::NotFound))),
        );
    }

    /// Where families go, as it is printed.
    fn printed_address(&self) -> String {
        format!("{}/portal", self.0.settings.public_address)
    }

    /// Whether the published address is https.
    fn is_secure(&self) -> bool {
        self.0.secure
    }

    /// The municipality's style sheet.
    fn theme(&self) -> Option<&'static Asset> {
        self.0.theme
    }

    /// Waits for an act, but not for ever.
    async fn within<T>(&self, act: impl Future<Output = T>) -> Result<T, Stop> {
        rt::time::timeout(PATIENCE, act).await.map_err(|_| Stop::Later)
    }

    /// Waits for an act of the family, and turns its failure into the page that tells of it.
    async fn act<T>(&self, act: impl Future<Output = Result<T, FamilyFailure>>) -> Result<T, Stop> {
        self.within(act).await?.map_err(|failure| self.because(&failure))
    }

    /// The page that tells of this failure.
    fn because(&self, failure: &FamilyFailure) -> Stop {
        Stop::because(failure, self.is_secure())
    }
}

fn reading() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

/// An address that is only read.
fn page<H, A>(path: &str, handler: H) -> impl HttpServiceFactory + 'static
where
    H: actix_web::Handler<A>,
    A: actix_web::FromRequest + 'static,
    H::Output: actix_web::Responder + 'static,
{
    resource(path, "GET, HEAD").route(reading().to(handler))
}

/// An address that only acts.
fn act(path: &str, posted: Route) -> impl HttpServiceFactory + 'static {
    resource(path, "POST").route(posted)
}

/// An address that is read and acts.
fn page_and_act(path: &str, read: Route, posted: Route) -> impl HttpServiceFactory + 'static {
    resource(path, "GET, HEAD, POST").route(read).route(posted)
}

/// An address that refuses all methods it has no route for.
fn resource(path: &str, allow: &'static str) -> Resource {
    web::resource(path).default_service(web::to(move || stop(Stop::NotAllowed { allow })))
}

fn stop(stop: Stop) -> Ready<Result<HttpResponse, Stop>> {
    ready(Err(stop))
}

/// Who types the address by hand may end it with a slash.
async fn without_slash() -> HttpResponse {
    HttpResponse::PermanentRedirect()
        .insert_header((LOCATION, "/portal"))
        .finish()
}
