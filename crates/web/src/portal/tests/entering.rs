//! Codes: right, wrong, too many; and leaving.

use actix_web::http::header::RETRY_AFTER;

use super::double::CODE;
use super::*;

fn code(code: &str) -> TestRequest {
    post("/portal/code", format!("code={code}"))
}

#[actix_web::test]
async fn looking_at_the_start_changes_nothing() {
    for method in [Method::GET, Method::HEAD] {
        let household = Household::new();
        let answer = send(
            &household,
            TestRequest::with_uri("/portal?code=7KQ4XM2P9TRCHV6D").method(method),
        )
        .await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.header(SET_COOKIE).is_none() && !answer.body.contains("7KQ4"));
        assert!(household.acts().is_empty());
    }
}

#[actix_web::test]
async fn a_right_code_opens_a_session() {
    let household = Household::new();
    let answer = send(&household, code(CODE)).await;
    assert_eq!(answer.leads(), (303, Some("/portal/verzoek")));
    assert_eq!(
        answer.header(SET_COOKIE).unwrap(),
        format!("{SESSION}; HttpOnly; SameSite=Strict; Secure; Path=/")
    );
    assert_eq!(household.acts(), ["open"]);
}

#[actix_web::test]
async fn a_new_code_never_takes_over_a_planted_session_and_ends_the_earlier_one() {
    let household = Household::new();
    let planted = "__Host-trefpunt=CAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg";
    let answer = send(&household, code(CODE).insert_header((COOKIE, planted))).await;
    assert!(answer.header(SET_COOKIE).unwrap().starts_with(SESSION));
    assert_eq!(household.acts(), ["open", "leave"]);
}

#[actix_web::test]
async fn every_wrong_code_gets_the_same_page_after_the_database_was_asked() {
    let household = Household::new();
    let mut pages = Vec::new();
    for wrong in [
        "code=",
        "code=7KQ4-XM2P-9TRC-HV6E",
        "code=<script>",
        "code=%F0%9F%8E%88",
        &format!("code={}", "7".repeat(4000)),
        "other=1",
        "",
    ] {
        let answer = send(&household, post("/portal/code", wrong)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong}");
        assert!(answer.header(SET_COOKIE).is_none());
        pages.push(answer.body);
    }
    assert_eq!(household.acts().len(), pages.len());
    assert!(pages.windows(2).all(|pair| pair[0] == pair[1]));
    let page = &pages[0];
    assert!(page.contains("<title>Fout: Vul uw code in - Trefpunt</title>"));
    assert!(page.contains(r##"<a href="#code">Deze code werkt niet.</a>"##));
    assert!(page.contains(r#"aria-describedby="code-uitleg code-fout" aria-invalid="true""#));
}

#[actix_web::test]
async fn codes_are_tried_at_a_pace_and_a_refused_try_asks_nothing() {
    let (portal, household) = (portal(), Household::new());
    let from = |address: &str| code("wrong").peer_addr(address.parse().unwrap());
    for _ in 0..20 {
        let answer = send_to(&portal, &household, from("192.0.2.1:1")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    }
    let forwarded = from("192.0.2.1:2").insert_header(("x-forwarded-for", "192.0.2.9"));
    let answer = send_to(&portal, &household, forwarded).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(answer.header(RETRY_AFTER), Some("7"));
    assert_eq!(household.acts().len(), 20);
    let elsewhere = code(CODE).peer_addr("192.0.2.2:1".parse().unwrap());
    assert_eq!(
        send_to(&portal, &household, elsewhere).await.leads(),
        (303, Some("/portal/verzoek"))
    );
}

#[actix_web::test]
async fn a_code_sent_from_another_site_is_not_tried() {
    let plain = || {
        TestRequest::post()
            .uri("/portal/code")
            .insert_header(("content-type", FORM))
            .set_payload(format!("code={CODE}"))
    };
    for foreign in [
        plain().insert_header(("sec-fetch-site", "cross-site")),
        plain().insert_header(("sec-fetch-site", "same-site")),
        plain().insert_header(("origin", "https://evil.example")),
        plain().insert_header(("origin", "http://t.example")),
    ] {
        let household = Household::new();
        assert_eq!(send(&household, foreign).await.status, StatusCode::FORBIDDEN);
        assert!(household.acts().is_empty());
    }
    for ours in [
        plain(),
        plain().insert_header(("sec-fetch-site", "none")),
        plain().insert_header(("origin", "https://t.example")),
        // What a browser sends from a page that gives no referrer.
        plain()
            .insert_header(("origin", "null"))
            .insert_header(("sec-fetch-site", "same-origin")),
    ] {
        assert_eq!(send(&Household::new(), ours).await.leads().0, 303);
    }
}

#[actix_web::test]
async fn leaving_ends_the_session_and_takes_the_cookie_away() {
    for household in [Household::new(), Household::closed()] {
        let answer = send(&household, form("/portal/afsluiten", FormName::Leave, "")).await;
        assert_eq!(answer.leads(), (303, Some("/portal/afgesloten")));
        assert!(answer.header(SET_COOKIE).unwrap().ends_with("Max-Age=0"));
        assert_eq!(household.acts(), ["leave"]);
    }
}
