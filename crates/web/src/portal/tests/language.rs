//! In which language a page is, and that the rest of it follows.

use actix_web::http::header::{ACCEPT_LANGUAGE, CONTENT_LANGUAGE};
use protocol::consent::Language;
use texts::Texts;

use super::double::{consent_page, signal_page, states};
use super::*;

fn code_of(page: &str) -> &str {
    let lang = page.split_once("<html lang=\"").unwrap().1;
    lang.split('"').next().unwrap()
}

#[actix_web::test]
async fn the_address_wins_over_the_cookie_and_that_over_the_browser() {
    for (query, cookie, browser, language) in [
        ("", "", "", "nl"),
        ("", "", "uk-UA,en;q=0.5", "uk"),
        ("", "taal=pl", "uk-UA,en;q=0.5", "pl"),
        ("?taal=tr", "taal=pl", "uk-UA,en;q=0.5", "tr"),
        ("?taal=de", "taal=pl", "uk-UA,en;q=0.5", "pl"),
        ("?taal=", "taal=x", "de", "nl"),
        ("?lang=tr&x=%22%3E", "", "", "nl"),
    ] {
        let request = TestRequest::get()
            .uri(&format!("/portal{query}"))
            .insert_header((COOKIE, cookie))
            .insert_header((ACCEPT_LANGUAGE, browser));
        let answer = send(&Household::new(), request).await;
        assert_eq!(code_of(&answer.body), language, "{query} {cookie} {browser}");
        assert_eq!(answer.header(CONTENT_LANGUAGE), Some(language));
        assert!(!answer.body.contains("x=%22"));
    }
}

#[actix_web::test]
async fn a_choice_is_remembered_and_keeps_the_page() {
    let household = Household::new();
    for (path, heading) in [
        ("/portal", "أدخلوا"),
        ("/portal/verzoek", "هل يجوز لهذه المؤسسات"),
        ("/portal/nergens", "هذه الصفحة غير موجودة"),
    ] {
        let answer = get(&household, &format!("{path}?taal=ar")).await;
        assert!(answer.body.contains("<html lang=\"ar\" dir=\"rtl\">"), "{path}");
        assert!(answer.body.contains(heading), "{path}");
        assert_eq!(
            answer.header(SET_COOKIE),
            Some("taal=ar; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=31536000"),
            "{path}"
        );
        // The links to the other languages stay on the page.
        assert!(answer.body.contains("href=\"?taal=uk\""), "{path}");
    }
    let plain = get(&household, "/portal/verzoek").await;
    assert_eq!(plain.header(SET_COOKIE), None);
    // What is no language is not kept, and a form chooses none.
    assert_eq!(get(&household, "/portal?taal=xx").await.header(SET_COOKIE), None);
    let wrong = send(&household, post("/portal/code?taal=ar", "code=1")).await;
    assert_eq!((code_of(&wrong.body), wrong.header(SET_COOKIE)), ("nl", None));
    assert!(wrong.body.contains("href=\"/portal?taal=ar\""));
}

#[actix_web::test]
async fn what_does_not_work_is_told_in_the_readers_language() {
    let household = Household::new();
    for language in texts::Language::ALL {
        let cookie = format!("{SESSION}; taal={}", language.code());
        for (request, title) in [
            (
                TestRequest::get().uri("/portal/nergens"),
                "common-not-found-title",
            ),
            (TestRequest::get().uri("/portal/code"), "common-not-allowed-title"),
            (post("/portal/besluit", "keuze=ja"), "common-foreign-form-title"),
            (
                TestRequest::post().uri("/portal/code"),
                "common-unreadable-form-title",
            ),
        ] {
            let answer = send(&household, request.insert_header((COOKIE, cookie.clone()))).await;
            let title = Texts::of(language).say(title);
            assert!(answer.body.contains(&format!("<h1>{title}</h1>")), "{title}");
            assert_eq!(answer.header(CONTENT_LANGUAGE), Some(language.code()));
        }
    }
}

#[actix_web::test]
async fn a_decision_goes_with_the_language_of_its_page_and_not_with_that_of_another_tab() {
    let household = Household::new();
    let question = consent_page().question;
    for language in Language::ALL {
        let page = get(&household, &format!("/portal/verzoek?taal={}", language.code())).await;
        let field = format!(
            "<input type=\"hidden\" name=\"taal\" value=\"{}\">",
            language.code()
        );
        assert!(page.body.contains(&field));
        let token = form_token(&PortalSecret::from_bytes([7; 32]), FormName::Decide);
        let fields = format!("keuze=ja&vraag={question}&taal={}&token={token}", language.code());
        // Meanwhile another tab has chosen Turkish.
        let request = post("/portal/besluit", fields).insert_header((COOKIE, format!("{SESSION}; taal=tr")));
        assert_eq!(
            send(&household, request).await.leads(),
            (303, Some("/portal/verzoek"))
        );
        household.show(consent_page());
    }
    assert_eq!(household.read_in(), Language::ALL);
    let unsaid = form_token(&PortalSecret::from_bytes([7; 32]), FormName::Decide);
    for taal in ["", "&taal=", "&taal=de", "&taal=NL"] {
        let fields = format!("keuze=ja&vraag={question}{taal}&token={unsaid}");
        let request = post("/portal/besluit", fields).insert_header((COOKIE, SESSION));
        assert_eq!(
            send(&household, request).await.leads(),
            (303, Some("/portal/verzoek"))
        );
    }
    assert_eq!(household.read_in().len(), 6);
}

#[actix_web::test]
async fn no_page_shows_a_key_or_a_variable_and_none_is_left_in_dutch() {
    let keys = |page: &str| {
        let areas = texts::AREAS.iter().map(|area| format!(">{area}-"));
        areas.filter(|key| page.contains(key)).collect::<Vec<_>>()
    };
    for state in states() {
        for page in [consent_page(), signal_page()] {
            for is_young_person in [false, true] {
                let household = Household::with(casework::ConsentPage {
                    state,
                    is_young_person,
                    asked_by: None,
                    ..page.clone()
                });
                let dutch = get(&household, "/portal/verzoek?taal=nl").await.body;
                for language in texts::Language::ALL {
                    let code = language.code();
                    let body = get(&household, &format!("/portal/verzoek?taal={code}"))
                        .await
                        .body;
                    assert_eq!(keys(&body), Vec::<String>::new());
                    assert!(!body.contains("{$"), "{code}: {body}");
                    let left = paragraphs(&body)
                        .into_iter()
                        .filter(|text| code != "nl" && paragraphs(&dutch).contains(text));
                    assert_eq!(left.collect::<Vec<_>>(), Vec::<&str>::new(), "{code}");
                }
            }
        }
    }
}

/// The paragraphs and items that hold more than a name.
fn paragraphs(page: &str) -> Vec<&str> {
    let starts = ["<p>", "<li>", "<h1>", "<h2 "];
    let texts = starts.iter().flat_map(|start| page.split(start).skip(1));
    texts
        .filter_map(|text| text.split('<').next())
        .filter(|text| text.split(' ').count() > 4)
        .collect()
}
