//! Deciding and taking back.

use casework::{ConsentPage, PageState};

use super::double::{consent_page, signal_page, states};
use super::*;

#[actix_web::test]
async fn a_choice_is_made_once_and_every_further_click_shows_where_it_stands() {
    for (choice, act) in [("ja", "decide Give"), ("nee", "decide Refuse")] {
        let household = Household::new();
        let fields = format!("keuze={choice}&vraag={}", consent_page().question);
        for _ in 0..2 {
            let answer = send(&household, form("/portal/besluit", FormName::Decide, &fields)).await;
            assert_eq!(answer.leads(), (303, Some("/portal/verzoek")));
        }
        assert_eq!(household.acts(), [act, act]);
        let late = Household::too_late(PageState::Over);
        let answer = send(&late, form("/portal/besluit", FormName::Decide, &fields)).await;
        assert_eq!(answer.leads(), (303, Some("/portal/verzoek")));
    }
}

#[actix_web::test]
async fn no_choice_is_no_choice() {
    for fields in ["", "keuze=", "keuze=JA", "keuze=ja%00"] {
        let household = Household::new();
        let answer = send(&household, form("/portal/besluit", FormName::Decide, fields)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(household.acts().is_empty());
    }
}

#[actix_web::test]
async fn a_choice_that_does_not_say_what_it_answers_is_none() {
    for question in ["", "&vraag=", "&vraag=1", "&vraag=AAAA%00"] {
        let household = Household::new();
        let fields = format!("keuze=ja{question}");
        let answer = send(&household, form("/portal/besluit", FormName::Decide, &fields)).await;
        assert_eq!(answer.leads(), (303, Some("/portal/verzoek")), "{question}");
        assert!(household.acts().is_empty());
    }
}

#[actix_web::test]
async fn what_was_given_is_taken_back_in_two_clicks() {
    for (state, act) in [(states()[2], "withdraw"), (states()[1], "decide Refuse")] {
        let household = Household::in_state(state);
        let page = get(&household, "/portal/verzoek").await.body;
        assert!(page.contains(r#"href="/portal/intrekken""#));
        let sure = get(&household, "/portal/intrekken").await;
        assert_eq!(sure.status, StatusCode::OK);
        assert!(sure.body.contains(r#"action="/portal/intrekken""#));
        assert!(household.acts().is_empty());
        for _ in 0..2 {
            let answer = send(&household, form("/portal/intrekken", FormName::Withdraw, "")).await;
            assert_eq!(answer.leads(), (303, Some("/portal/verzoek")));
        }
        assert_eq!(household.acts(), [act]);
        // Going back to the question finds the answer.
        assert_eq!(
            get(&household, "/portal/intrekken").await.leads(),
            (303, Some("/portal/verzoek"))
        );
    }
}

#[actix_web::test]
async fn a_yes_taken_back_just_when_the_last_other_agrees_ends_the_consent() {
    let household = Household::too_late(states()[1]);
    let answer = send(&household, form("/portal/intrekken", FormName::Withdraw, "")).await;
    assert_eq!(answer.leads(), (303, Some("/portal/verzoek")));
    assert_eq!(household.acts(), ["decide Refuse", "withdraw"]);
}

#[actix_web::test]
async fn where_nothing_was_given_nothing_can_be_taken_back() {
    for state in [0, 3, 4, 5, 6].map(|index| states()[index]) {
        let household = Household::in_state(state);
        let page = get(&household, "/portal/verzoek").await.body;
        assert!(!page.contains("/portal/intrekken"));
        assert_eq!(
            get(&household, "/portal/intrekken").await.leads(),
            (303, Some("/portal/verzoek"))
        );
        send(&household, form("/portal/intrekken", FormName::Withdraw, "")).await;
        assert!(household.acts().is_empty());
    }
}

#[actix_web::test]
async fn a_request_asked_with_another_text_is_not_shown_as_this_one() {
    let other = |state| ConsentPage {
        text_version: "nl-1999-01".to_owned(),
        state,
        ..consent_page()
    };
    let answer = get(&Household::with(other(PageState::Open)), "/portal/verzoek").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.header(actix_web::http::header::RETRY_AFTER), Some("30"));
    assert!(answer.body.contains("<h1>Het lukt nu even niet</h1>"));
    // What was given on it can always be taken back.
    let given = Household::with(other(states()[2]));
    assert_eq!(get(&given, "/portal/intrekken").await.status, StatusCode::OK);
}

#[actix_web::test]
async fn after_a_no_to_a_signal_there_is_a_page_that_says_so_and_the_session_goes() {
    let refused = Household::with(signal_page());
    let answers = [
        send(
            &refused,
            form(
                "/portal/besluit",
                FormName::Decide,
                &format!("keuze=nee&vraag={}", signal_page().question),
            ),
        )
        .await,
        send(
            &Household::with(ConsentPage {
                state: states()[2],
                ..signal_page()
            }),
            form("/portal/intrekken", FormName::Withdraw, ""),
        )
        .await,
    ];
    for answer in answers {
        assert_eq!(answer.leads(), (303, Some("/portal/signaal-weg")));
        let cookie = answer.header(SET_COOKIE).unwrap();
        assert!(cookie.starts_with("__Host-trefpunt=; ") && cookie.ends_with("Max-Age=0"));
    }
    let agreed = Household::with(signal_page());
    let yes = format!("keuze=ja&vraag={}", signal_page().question);
    let answer = send(&agreed, form("/portal/besluit", FormName::Decide, &yes)).await;
    assert_eq!(answer.leads(), (303, Some("/portal/verzoek")));
    let page = get(&Household::closed(), "/portal/signaal-weg").await;
    assert!(page.body.contains("<h1>Het signaal is weg</h1>"));
}
