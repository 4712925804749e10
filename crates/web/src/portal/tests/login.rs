//! Logging in: what the browser is told on the way there and back.

use actix_web::http::StatusCode;
use actix_web::http::header::{COOKIE, HeaderName, SET_COOKIE};
use actix_web::test::TestRequest;

use super::double::Household;
use super::{FormName, SESSION, form, get, post, send};

/// 32 bytes of value 5.
const TICKET: &str = "__Host-trefpunt-inloggen=BQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU";

fn back(query: &str) -> TestRequest {
    TestRequest::get()
        .uri(&format!("/portal/ingelogd{query}"))
        .insert_header((COOKIE, TICKET))
        .insert_header(("sec-fetch-site", "cross-site"))
}

#[actix_web::test]
async fn the_browser_goes_by_itself_and_by_a_link_and_by_no_form() {
    let household = Household::new();
    let answer = send(&household, form("/portal/inloggen", FormName::LogIn, "")).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(household.acts(), ["begin login in nl"]);
    let header = |name| answer.header(HeaderName::from_static(name)).unwrap();
    assert!(header("refresh").starts_with("0; url=https://broker.example/authorize?state=s"));
    assert!(header("content-security-policy").contains("form-action 'self'"));
    assert_eq!(
        answer.header(SET_COOKIE).unwrap(),
        format!("{TICKET}; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=600")
    );
    assert!(
        answer
            .body
            .contains("href=\"https://broker.example/authorize?state=s&#38;nonce=&#34;n\"")
    );
    assert!(!answer.body.contains("action=\"https://broker.example"));
}

#[actix_web::test]
async fn only_our_own_form_begins_a_log_in() {
    let household = Household::new();
    let bare = post("/portal/inloggen", "").insert_header((COOKIE, SESSION));
    let cross_site =
        form("/portal/inloggen", FormName::LogIn, "").insert_header(("sec-fetch-site", "cross-site"));
    for request in [bare, cross_site, form("/portal/inloggen", FormName::Leave, "")] {
        assert_eq!(send(&household, request).await.status, StatusCode::FORBIDDEN);
    }
    assert!(household.acts().is_empty());
}

#[actix_web::test]
async fn who_comes_back_with_a_code_and_their_cookie_is_sent_on_without_either() {
    let household = Household::new();
    let answer = send(
        &household,
        back("?code=c&state=s&iss=https%3A%2F%2Fb.example&session_state=x"),
    )
    .await;
    assert_eq!(answer.leads(), (303, Some("/portal/ingelogd")));
    assert_eq!(
        household.acts(),
        [r#"finish login c s Some("https://b.example")"#]
    );
    assert_eq!(
        answer.header(SET_COOKIE).unwrap(),
        "__Host-trefpunt-inloggen=; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=0"
    );
    let page = get(&household, "/portal/ingelogd").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("href=\"/portal/inloggen\""));
}

// rule: G3, G14
#[actix_web::test]
async fn nothing_is_done_without_the_cookie_or_for_who_only_looks() {
    let household = Household::new();
    for (request, status) in [
        (TestRequest::get().uri("/portal/ingelogd?code=c&state=s"), 400),
        // The session's own cookie does not do it.
        (
            TestRequest::get()
                .uri("/portal/ingelogd?code=c&state=s")
                .insert_header((COOKIE, SESSION)),
            400,
        ),
        (back("?code=c&state=s").method(actix_web::http::Method::HEAD), 200),
        (back(""), 200),
        (back("?taal=en"), 200),
        (back("?error=access_denied&state=s"), 400),
        (back("?code=c"), 400),
        (back("?state=s"), 400),
        (back("?code=&state=s"), 400),
        (back("?code=a%20b&state=s"), 400),
        (back("?code=c&state=s&error=x"), 400),
        (back("?code=c&code=d&state=s"), 400),
        (back(&format!("?code={}&state=s", "x".repeat(2049))), 400),
    ] {
        let answer = send(&household, request).await;
        assert_eq!(answer.status.as_u16(), status);
        assert!(
            answer
                .header(SET_COOKIE)
                .is_none_or(|cookie| !cookie.contains("inloggen"))
        );
    }
    assert!(household.acts().is_empty(), "{:?}", household.acts());
}

#[actix_web::test]
async fn each_way_in_which_it_fails_is_a_page_with_a_way_on() {
    for (code, status, heading) in [
        ("wrong", 400, "Het inloggen is niet gelukt"),
        ("another", 403, "Eerder logde iemand anders in"),
        ("later", 503, "Inloggen kan nu even niet"),
    ] {
        let answer = send(&Household::new(), back(&format!("?code={code}&state=s"))).await;
        assert_eq!(answer.status.as_u16(), status);
        assert!(answer.body.contains(&format!("<h1>{heading}</h1>")), "{heading}");
        assert!(!answer.body.contains(code), "what came is not repeated");
    }
}
