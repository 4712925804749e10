//! Logging in beside the letter: to the broker and back.
//!
//! The way there is a page with a link that the browser follows by itself, and not a redirection: the policy of our pages lets no
//! form lead to another site, and browsers hold a form to that over every redirection that follows.
//!
//! The way back is a GET from another site, on which the session's cookie (`SameSite=Strict`) does not travel. A second cookie
//! does (`Lax`): it was made for this one log-in, lives ten minutes, and opens nothing but its end. This is the one address that
//! acts when it is read; it does so only with that cookie and the `state` that belongs to it, once, and answers with a
//! redirection, so that neither the address bar nor the history keeps the code.

use std::borrow::Cow;
use std::time::Duration;

use actix_web::cookie::{Cookie, SameSite, time};
use actix_web::http::header::REFRESH;
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, rt, web};
use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use casework::{LoginAnswer, LoginFailure, LoginTicket, SessionAssurance, VisitAbout};
use service_http::parameters::Parameters;
use zeroize::Zeroizing;

use super::answer::{self, Stop};
use super::family::Family;
use super::frame::Frame;
use super::guest::{Guest, start};
use super::session::{self, FormName, form_token};
use super::{Portal, form};

/// As for the session's cookie; see there.
const SECURE_NAME: &str = "__Host-trefpunt-inloggen";
const LOOPBACK_NAME: &str = "trefpunt-inloggen";

/// How long somebody may take at the broker.
const LOGIN_LIFE: time::Duration = time::Duration::minutes(10);

/// The broker is asked for up to three things, two seconds each, and the database beside that.
const PATIENCE: Duration = Duration::from_secs(10);

/// The longest code that is handed on, and `iss` likewise, in characters.
const MAX_LENGTH: usize = 2048;

/// What logging in is, and whether it is done.
#[derive(Template)]
#[template(path = "portal/login.html")]
struct LoginPage {
    t: Frame,
    name: String,
    is_young_person: bool,
    is_done: bool,
    /// Whether the reader's letter is a request for consent; else it is about a signal.
    is_request: bool,
    start: &'static str,
    login_token: String,
    leave_token: String,
}

/// On the way to the broker.
#[derive(Template)]
#[template(path = "portal/login_there.html")]
struct LoginTherePage {
    t: Frame,
    name: String,
    way_there: String,
}

/// Back from the broker. Whose session it is, this page does not know.
#[derive(Template)]
#[template(path = "portal/login_back.html")]
struct LoginBackPage {
    t: Frame,
}

impl LoginPage {
    /// A message that says with what one logs in.
    fn named(&self, key: &str) -> Cow<'static, str> {
        self.t.with(key, &[("name", &self.name)])
    }
}

impl LoginTherePage {
    fn named(&self, key: &str) -> Cow<'static, str> {
        self.t.with(key, &[("name", &self.name)])
    }
}

/// `GET /portal/inloggen`
pub(super) async fn show<F: Family>(
    request: HttpRequest,
    portal: web::Data<Portal>,
    family: web::Data<F>,
) -> Result<HttpResponse, Stop> {
    let name = family.login_name().ok_or(Stop::NotFound)?;
    let guest = Guest::of(&request, &portal, family.get_ref()).await?;
    let page = LoginPage {
        t: Frame::of(&request),
        name,
        is_young_person: guest.visit.is_young_person,
        is_done: guest.visit.assurance == SessionAssurance::Oidc,
        is_request: guest.visit.about == VisitAbout::Request,
        start: start(guest.visit.about),
        login_token: form_token(&guest.secret, FormName::LogIn),
        leave_token: form_token(&guest.secret, FormName::Leave),
    };
    Ok(answer::page(StatusCode::OK, &page))
}

/// `POST /portal/inloggen`: sends the browser to the broker.
pub(super) async fn begin<F: Family>(
    request: HttpRequest,
    payload: web::Payload,
    portal: web::Data<Portal>,
    family: web::Data<F>,
) -> Result<HttpResponse, Stop> {
    let name = family.login_name().ok_or(Stop::NotFound)?;
    let (secret, _) = form::of_session(&request, payload, &portal, FormName::LogIn).await?;
    let t = Frame::of(&request).at("/portal/inloggen");
    let begun = within(family.begin_login(&secret, t.language().code())).await?;
    let begun = begun.map_err(|failure| because(&failure, &portal))?;
    let onward = format!("0; url={}", begun.way_there);
    let page = LoginTherePage {
        t,
        name,
        way_there: begun.way_there,
    };
    let mut answer = answer::page(StatusCode::OK, &page);
    if let Ok(onward) = onward.parse() {
        answer.headers_mut().insert(REFRESH, onward);
    }
    let cookie = ticket_cookie(&begun.ticket, portal.is_secure());
    // A cookie that cannot be written is none; then nobody comes back with it.
    let _ = answer.add_cookie(&cookie);
    Ok(answer)
}

/// `GET /portal/ingelogd`: with the broker's answer it ends the log-in; without one it is a page with a link on. Asking for its
/// head alone does nothing.
pub(super) async fn back<F: Family>(
    request: HttpRequest,
    portal: web::Data<Portal>,
    family: web::Data<F>,
) -> Result<HttpResponse, Stop> {
    if family.login_name().is_none() {
        return Err(Stop::NotFound);
    }
    let brought = Brought::read(request.query_string());
    let (answer, ticket) = match (request.method(), brought) {
        (&Method::GET, Brought::Answer(answer)) => (answer, ticket(&request, &portal)?),
        (&Method::GET, Brought::Refusal) => return Err(Stop::NotLoggedIn),
        _ => {
            return Ok(answer::page(
                StatusCode::OK,
                &LoginBackPage {
                    t: Frame::of(&request),
                },
            ));
        }
    };
    let done = within(family.finish_login(&ticket, &answer)).await?;
    done.map_err(|failure| because(&failure, &portal))?;
    Ok(answer::see("/portal/ingelogd")
        .cookie(ticket_removal(portal.is_secure()))
        .finish())
}

/// What a browser brought back from the broker (RFC 6749 sections 4.1.2 and 4.1.2.1).
enum Brought {
    /// Nothing.
    Nothing,
    /// That nobody logged in, or what no broker says.
    Refusal,
    /// A code.
    Answer(LoginAnswer),
}

impl Brought {
    /// Parameters that a broker may send beside are passed over, as RFC 6749 asks for.
    fn read(query: &str) -> Self {
        let Ok(mut parameters) = Parameters::parse(query) else {
            return Self::Refusal;
        };
        let mut take = |name| parameters.take(name).map(Zeroizing::new);
        let (code, state, issuer, error) = (take("code"), take("state"), take("iss"), take("error"));
        let plain = |text: &str| {
            (1..=MAX_LENGTH).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
        };
        match (code, state, error) {
            (None, None, None) => Self::Nothing,
            (Some(code), Some(state), None) if plain(&code) && plain(&state) => Self::Answer(LoginAnswer {
                code,
                state,
                issuer: issuer.map(|issuer| issuer.to_string()),
            }),
            _ => Self::Refusal,
        }
    }
}

fn because(failure: &LoginFailure, portal: &Portal) -> Stop {
    match failure {
        LoginFailure::NotOffered => Stop::NotFound,
        LoginFailure::NotLoggedIn => Stop::NotLoggedIn,
        LoginFailure::SomebodyElse => Stop::SomebodyElse,
        LoginFailure::Later => Stop::LoginLater,
        LoginFailure::Family(failure) => portal.because(failure),
    }
}

async fn within<T>(act: impl Future<Output = T>) -> Result<T, Stop> {
    rt::time::timeout(PATIENCE, act)
        .await
        .map_err(|_| Stop::LoginLater)
}

/// The cookie of somebody who is logging in. It travels when the broker leads back here, and opens no page.
fn ticket_cookie(ticket: &LoginTicket, secure: bool) -> Cookie<'static> {
    cookie(URL_SAFE_NO_PAD.encode(ticket.expose()), LOGIN_LIFE, secure)
}

fn ticket_removal(secure: bool) -> Cookie<'static> {
    cookie(String::new(), time::Duration::ZERO, secure)
}

fn cookie(value: String, life: time::Duration, secure: bool) -> Cookie<'static> {
    Cookie::build(name(secure), value)
        .path("/")
        .secure(secure)
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(life)
        .finish()
}

fn ticket(request: &HttpRequest, portal: &Portal) -> Result<LoginTicket, Stop> {
    let cookie = request
        .cookie(name(portal.is_secure()))
        .ok_or(Stop::NotLoggedIn)?;
    let bytes = session::decode(cookie.value()).ok_or(Stop::NotLoggedIn)?;
    Ok(LoginTicket::from_bytes(*bytes))
}

fn name(secure: bool) -> &'static str {
    if secure { SECURE_NAME } else { LOOPBACK_NAME }
}
