//! Codes: right, wrong, too many; and leaving.

use actix_web::http::header::RETRY_AFTER;

use casework::Stage;

use super::double::{CODE, PIN};
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
    assert_eq!(answer.leads(), (303, Some("/portal/pincode")));
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
        (303, Some("/portal/pincode"))
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

#[actix_web::test]
async fn a_pin_is_chosen_twice_alike_and_shows_the_return_key() {
    let household = Household::new().at(Stage::ChoosesPin);
    let page = get(&household, "/portal/pincode").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("<h1>Kies een pincode</h1>") && !page.body.contains(CODE));
    for (fields, says, at) in [
        ("pincode=27495&pincode2=27495", "Vul 6 cijfers in.", "#pincode"),
        ("pincode=&pincode2=", "Vul 6 cijfers in.", "#pincode"),
        ("", "Vul 6 cijfers in.", "#pincode"),
        ("pincode=123456&pincode2=123456", "te makkelijk", "#pincode"),
        ("pincode=555555&pincode2=555555", "te makkelijk", "#pincode"),
        ("pincode=274951&pincode2=274952", "niet gelijk", "#pincode2"),
        ("pincode=274951", "niet gelijk", "#pincode2"),
    ] {
        let wrong = send(&household, form("/portal/pincode", FormName::ChoosePin, fields)).await;
        assert_eq!(wrong.status, StatusCode::BAD_REQUEST, "{fields}");
        assert!(wrong.body.contains(says), "{fields}");
        assert!(wrong.body.contains(&format!("href=\"{at}\"")), "{fields}");
        // No digit is repeated.
        assert!(!wrong.body.contains("27495"), "{fields}");
    }
    assert!(household.acts().is_empty());
    let fields = format!("pincode={PIN}&pincode2=%D9%A2%D9%A7%D9%A4%D9%A9%D9%A5%D9%A1");
    let chosen = send(&household, form("/portal/pincode", FormName::ChoosePin, &fields)).await;
    assert_eq!(chosen.leads(), (303, Some("/portal/sleutel")));
    let key = get(&household, "/portal/sleutel").await;
    assert!(key.body.contains(&double::return_key().grouped()) && !key.body.contains(PIN));
    let kept = send(&household, form("/portal/sleutel", FormName::KeepKey, "")).await;
    assert_eq!(kept.leads(), (303, Some("/portal/verzoek")));
    assert_eq!(household.acts(), ["choose 274951", "keep the key"]);
    // From here on the key is not shown again.
    let again = get(&household, "/portal/sleutel").await;
    assert_eq!(again.leads(), (303, Some("/portal/verzoek")));
}

#[actix_web::test]
async fn a_page_sends_to_where_the_session_is() {
    for (stage, page) in [
        (Stage::ChoosesPin, "/portal/pincode"),
        (Stage::ShowsKey, "/portal/sleutel"),
    ] {
        let household = Household::new().at(stage);
        for path in ["/portal/verzoek", "/portal/intrekken"] {
            let answer = get(&household, path).await;
            assert_eq!(answer.leads(), (303, Some(page)), "{path}");
            assert!(!answer.body.contains("Regenboog"));
        }
    }
    let inside = get(&Household::new(), "/portal/pincode").await;
    assert_eq!(inside.leads(), (303, Some("/portal/verzoek")));
    let of_signal = Household::new().with_letter_of_signal();
    for path in ["/portal/pincode", "/portal/verzoek"] {
        assert_eq!(get(&of_signal, path).await.leads(), (303, Some("/portal/kind")));
    }
}

#[actix_web::test]
async fn who_may_see_nothing_any_more_is_told_so() {
    let household = Household::no_longer_entitled();
    let answer = get(&household, "/portal/verzoek").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.header(SET_COOKIE).unwrap().ends_with("Max-Age=0"));
    assert!(answer.body.contains("16 jaar") && !answer.body.contains("Regenboog"));
}

#[actix_web::test]
async fn a_return_key_opens_with_its_pin_and_everything_else_gets_one_page() {
    let back = |fields: &str| post("/portal/terug", fields.to_owned());
    let household = Household::new();
    let right = send(&household, back(&format!("sleutel={CODE}&pincode={PIN}"))).await;
    assert_eq!(right.leads(), (303, Some("/portal/verzoek")));
    assert!(right.header(SET_COOKIE).unwrap().starts_with(SESSION));
    let signal = Household::new().with_letter_of_signal();
    let right = send(&signal, back(&format!("sleutel={CODE}&pincode={PIN}"))).await;
    assert_eq!(right.leads(), (303, Some("/portal/kind")));
    let household = Household::new();
    let mut pages = Vec::new();
    for wrong in [
        format!("sleutel={CODE}&pincode=274952"),
        format!("sleutel=7KQ4-XM2P-9TRC-HV6E&pincode={PIN}"),
        format!("sleutel={CODE}"),
        format!("pincode={PIN}"),
        "sleutel=<script>&pincode=1".to_owned(),
        String::new(),
    ] {
        let answer = send(&household, back(&wrong)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong}");
        assert!(answer.header(SET_COOKIE).is_none());
        pages.push(answer.body);
    }
    assert_eq!(household.acts().len(), pages.len());
    assert!(pages.windows(2).all(|pair| pair[0] == pair[1]));
    assert!(pages[0].contains(r##"<a href="#sleutel">Deze sleutel en pincode werken niet.</a>"##));
}
