//! The portal as a browser meets it: every route with how it refuses, and the pages read as a stranger would check them.

mod child;
mod child_file;
mod double;
mod entering;
mod language;
mod login;
mod look;
mod pages;
mod preview;
mod privacy;
mod request;
mod rights;
mod rights_file;
mod text;

use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServiceResponse;
use actix_web::http::header::{COOKIE, HOST, HeaderName, LOCATION, SET_COOKIE};
use actix_web::http::{Method, StatusCode};
use actix_web::test::{TestRequest, init_service, read_body};
use actix_web::{App, web};
use casework::PortalSecret;
use service_http::host::Hosts;
use service_http::{Door, DoorSettings, drain::Drain};

use super::session::{FormName, form_token};
use super::{Portal, PortalSettings};
use double::Household;

const FORM: &str = "application/x-www-form-urlencoded";
/// 32 bytes of value 7.
const SESSION: &str = "__Host-trefpunt=BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";

fn portal() -> Portal {
    Portal::new(PortalSettings {
        public_address: "https://t.example".to_owned(),
        clock: Arc::new(|| Duration::from_secs(1)),
        trusted_proxies: Vec::new(),
        theme: None,
    })
}

fn door(address: &str) -> Door {
    Door::new(DoorSettings {
        base: address.to_owned(),
        hosts: Hosts::new([address.split_once("//").unwrap().1]),
        api_version: "1.0.0".to_owned(),
        answers_in: |_| None,
        deadline: Duration::from_secs(9),
        content_deadline: service_http::bounded_answer::CONTENT_DEADLINE,
        requests_in_flight: 512,
        drain: Drain::new(),
        entropy: Arc::new(|| [7; 16]),
        clock: Arc::new(|| Duration::from_secs(1)),
    })
}

/// What came back.
struct Answer {
    status: StatusCode,
    headers: Vec<(String, String)>,
    body: String,
}

impl Answer {
    fn header(&self, name: HeaderName) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name.as_str());
        found.map(|(_, value)| value.as_str())
    }

    /// Status and `Location`.
    fn leads(&self) -> (u16, Option<&str>) {
        (self.status.as_u16(), self.header(LOCATION))
    }
}

/// Sends one request to the portal of a household, behind the door.
async fn send_to(portal: &Portal, household: &Household, request: TestRequest) -> Answer {
    let app = App::new()
        .app_data(web::Data::new(household.clone()))
        .configure(|config| portal.configure_for::<Household>(config))
        .wrap(door("https://t.example"));
    let app = init_service(app).await;
    let request = request.insert_header((HOST, "t.example")).to_request();
    let answer: ServiceResponse<_> = actix_web::test::call_service(&app, request).await;
    let headers = answer.headers().iter().map(|(name, value)| {
        (
            name.as_str().to_owned(),
            value.to_str().unwrap_or_default().to_owned(),
        )
    });
    Answer {
        status: answer.status(),
        headers: headers.collect(),
        body: String::from_utf8(read_body(answer).await.to_vec()).unwrap(),
    }
}

async fn send(household: &Household, request: TestRequest) -> Answer {
    send_to(&portal(), household, request).await
}

async fn get(household: &Household, path: &str) -> Answer {
    send(
        household,
        TestRequest::get().uri(path).insert_header((COOKIE, SESSION)),
    )
    .await
}

fn post(path: &str, body: impl Into<String>) -> TestRequest {
    TestRequest::post()
        .uri(path)
        .insert_header(("content-type", FORM))
        .insert_header(("sec-fetch-site", "same-origin"))
        .set_payload(body.into())
}

/// A form of the session on a Dutch page, with its token.
fn form(path: &str, form: FormName, fields: &str) -> TestRequest {
    let token = form_token(&PortalSecret::from_bytes([7; 32]), form);
    post(path, format!("{fields}&taal=nl&token={token}")).insert_header((COOKIE, SESSION))
}

#[actix_web::test]
async fn without_a_session_every_page_of_it_leads_to_the_start_and_nothing_is_asked() {
    let none = "a=b";
    let planted = "trefpunt=BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc; __Host-trefpunt=short";
    for cookie in [none, planted] {
        for (method, path) in [
            (Method::GET, "/portal/verzoek"),
            (Method::HEAD, "/portal/verzoek"),
            (Method::GET, "/portal/intrekken"),
            (Method::POST, "/portal/besluit"),
            (Method::POST, "/portal/intrekken"),
            (Method::GET, "/portal/bezwaar"),
            (Method::POST, "/portal/bezwaar"),
            (Method::POST, "/portal/bezwaar/intrekken"),
            (Method::GET, "/portal/rechten"),
            (Method::POST, "/portal/rechten"),
            (Method::POST, "/portal/rechten/intrekken"),
            (Method::GET, "/portal/inzage"),
            (Method::GET, "/portal/inzage.html"),
            (Method::GET, "/portal/inzage.json"),
            (Method::POST, "/portal/afsluiten"),
        ] {
            let household = Household::new();
            let request = TestRequest::with_uri(path)
                .method(method)
                .insert_header(("content-type", FORM))
                .insert_header((COOKIE, cookie))
                .set_payload("keuze=ja");
            let answer = send(&household, request).await;
            assert_eq!(answer.leads(), (303, Some("/portal")), "{path}");
            assert!(household.acts().is_empty());
        }
    }
}

#[actix_web::test]
async fn a_session_that_is_over_leads_to_the_start_and_the_cookie_goes() {
    for request in [
        TestRequest::get()
            .uri("/portal/verzoek")
            .insert_header((COOKIE, SESSION)),
        TestRequest::get()
            .uri("/portal/intrekken")
            .insert_header((COOKIE, SESSION)),
        form(
            "/portal/besluit",
            FormName::Decide,
            &format!("keuze=ja&vraag={}", double::consent_page().question),
        ),
        form("/portal/intrekken", FormName::Withdraw, ""),
    ] {
        let answer = send(&Household::closed(), request).await;
        assert_eq!(answer.leads(), (303, Some("/portal")));
        let cookie = answer.header(SET_COOKIE).unwrap();
        assert!(cookie.starts_with("__Host-trefpunt=; ") && cookie.ends_with("Max-Age=0"));
        assert!(!answer.body.contains("instanties op deze pagina"));
    }
}

#[actix_web::test]
async fn a_form_without_the_token_of_this_session_and_form_does_nothing() {
    let others = form_token(&PortalSecret::from_bytes([8; 32]), FormName::Decide);
    for (path, right, wrong) in [
        ("/portal/besluit", FormName::Decide, FormName::Leave),
        ("/portal/intrekken", FormName::Withdraw, FormName::Decide),
        ("/portal/afsluiten", FormName::Leave, FormName::Withdraw),
    ] {
        let household = Household::new();
        let bare = post(path, "keuze=ja").insert_header((COOKIE, SESSION));
        let foreign = post(path, format!("keuze=ja&token={others}")).insert_header((COOKIE, SESSION));
        let cross_site = form(path, right, "keuze=ja").insert_header(("sec-fetch-site", "cross-site"));
        for request in [bare, foreign, form(path, wrong, "keuze=ja"), cross_site] {
            assert_eq!(send(&household, request).await.status, StatusCode::FORBIDDEN);
        }
        assert!(household.acts().is_empty(), "{path}");
    }
}

#[actix_web::test]
async fn another_method_or_address_is_refused_in_the_same_look() {
    for (method, path, allow) in [
        (Method::POST, "/portal", "GET, HEAD"),
        (Method::GET, "/portal/code", "POST"),
        (Method::HEAD, "/portal/code", "POST"),
        (Method::POST, "/portal/verzoek", "GET, HEAD"),
        (Method::GET, "/portal/besluit", "POST"),
        (Method::PUT, "/portal/intrekken", "GET, HEAD, POST"),
        (Method::GET, "/portal/afsluiten", "POST"),
        (Method::PUT, "/portal/bezwaar", "GET, HEAD, POST"),
        (Method::GET, "/portal/bezwaar/intrekken", "POST"),
        (Method::PUT, "/portal/rechten", "GET, HEAD, POST"),
        (Method::GET, "/portal/rechten/intrekken", "POST"),
        (Method::POST, "/portal/inzage", "GET, HEAD"),
        (Method::POST, "/portal/inzage.json", "GET, HEAD"),
        (Method::DELETE, "/portal/hulp", "GET, HEAD"),
        (Method::POST, "/portal/privacy", "GET, HEAD"),
        (Method::POST, "/portal/toegankelijkheid", "GET, HEAD"),
        (Method::POST, "/portal/afgesloten", "GET, HEAD"),
        (Method::POST, "/portal/signaal-weg", "GET, HEAD"),
        (Method::POST, "/portal/assets/x", "GET, HEAD"),
    ] {
        let household = Household::new();
        let request = TestRequest::with_uri(path)
            .method(method)
            .insert_header((COOKIE, SESSION));
        let answer = send(&household, request).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert_eq!(
            answer.header(actix_web::http::header::ALLOW),
            Some(allow),
            "{path}"
        );
        assert!(household.acts().is_empty());
    }
    for path in [
        "/portal/verzoek/",
        "/portal/1",
        "/portal/assets/portal.css",
        "/portal/assets/../verzoek",
    ] {
        let answer = get(&Household::new(), path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(answer.body.contains("<h1>Deze pagina is er niet</h1>"));
    }
    assert_eq!(
        get(&Household::new(), "/portal/").await.leads(),
        (308, Some("/portal"))
    );
}

#[actix_web::test]
async fn a_form_is_small_and_of_one_kind() {
    let typed = |kind: &str, body: String| {
        TestRequest::post()
            .uri("/portal/code")
            .insert_header(("content-type", kind))
            .set_payload(body)
    };
    for (request, status) in [
        (typed("multipart/form-data; boundary=x", "--x--".to_owned()), 415),
        (typed("application/json", "{}".to_owned()), 415),
        (TestRequest::post().uri("/portal/code").set_payload("code=1"), 415),
        (
            typed(FORM, "code=1".to_owned()).insert_header(("content-encoding", "gzip")),
            415,
        ),
        (
            typed(FORM, format!("code={}", "1".repeat(4096))).insert_header(("content-length", "4101")),
            413,
        ),
        (typed(FORM, format!("code={}", "1".repeat(4096))), 413),
        (typed(FORM, "code=1&code=2".to_owned()), 400),
    ] {
        let household = Household::new();
        let answer = send(&household, request).await;
        assert_eq!(answer.status.as_u16(), status);
        assert!(
            answer
                .body
                .contains("<h1>Dit formulier kunnen wij niet lezen</h1>")
        );
        assert!(household.acts().is_empty());
    }
}

#[actix_web::test]
async fn pages_cannot_be_kept_framed_or_scripted() {
    for path in ["/portal", "/portal/verzoek", "/portal/hulp", "/portal/none"] {
        let answer = get(&Household::new(), path).await;
        let header = |name| answer.header(HeaderName::from_static(name)).unwrap();
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(header("content-type"), "text/html; charset=utf-8");
        let policy = header("content-security-policy");
        for rule in [
            "default-src 'none'",
            "style-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ] {
            assert!(policy.contains(rule), "{rule}");
        }
        assert!(!policy.contains("script-src"));
    }
}

#[actix_web::test]
async fn style_and_picture_are_kept_under_the_hash_of_what_they_hold() {
    let start = get(&Household::new(), "/portal").await.body;
    for (asset, kind) in [
        (&*super::assets::STYLE_SHEET, "text/css; charset=utf-8"),
        (&*super::assets::PICTURE, "image/svg+xml"),
    ] {
        assert!(start.contains(&format!("\"{}\"", asset.address())));
        let answer = get(&Household::new(), asset.address()).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.header(actix_web::http::header::CONTENT_TYPE), Some(kind));
        let kept = answer.header(actix_web::http::header::CACHE_CONTROL).unwrap();
        assert!(kept.contains("immutable"));
    }
}
