//! The pages on which a family objects and asks: what they show in each state, and that a form acts once.

use super::rights_file::{
    access_given, everything, family_rights, made, nothing_to_ask, objection, one_signal, request,
};
use super::*;
use casework::FamilyRights;
use domain::objection::Objection;
use domain::rights_request::RightsRequest;
use protocol::id::Id;

use super::double::at;

const OBJECTION: &str = "/portal/bezwaar";
const RIGHTS: &str = "/portal/rechten";

fn forms() -> [(&'static str, FormName, String, &'static str, String); 5] {
    let id = Id([9; 16]);
    [
        (
            OBJECTION,
            FormName::Object,
            format!("signaal={id}"),
            OBJECTION,
            format!("object {id}"),
        ),
        (
            "/portal/bezwaar/intrekken",
            FormName::WithdrawObjection,
            format!("bezwaar={id}"),
            OBJECTION,
            format!("withdraw objection {id}"),
        ),
        (
            RIGHTS,
            FormName::AskRight,
            "recht=inzage".to_owned(),
            RIGHTS,
            "ask Access".to_owned(),
        ),
        (
            RIGHTS,
            FormName::AskRight,
            "recht=wissen".to_owned(),
            RIGHTS,
            "ask Erasure".to_owned(),
        ),
        (
            "/portal/rechten/intrekken",
            FormName::WithdrawRight,
            format!("verzoek={id}"),
            RIGHTS,
            format!("withdraw request {id}"),
        ),
    ]
}

#[actix_web::test]
async fn a_form_acts_and_shows_where_it_stands() {
    for (path, name, fields, page, act) in forms() {
        let household = Household::new();
        let answer = send(&household, form(path, name, &fields)).await;
        assert_eq!(answer.leads(), (303, Some(page)), "{path}");
        assert_eq!(household.acts(), [act]);
    }
}

#[actix_web::test]
async fn who_comes_too_late_is_shown_where_it_stands() {
    for (path, name, fields, page, _) in forms() {
        let household = Household::too_late(casework::PageState::Open);
        let answer = send(&household, form(path, name, &fields)).await;
        assert_eq!(answer.leads(), (303, Some(page)), "{path}");
    }
}

#[actix_web::test]
async fn a_form_of_another_page_or_session_does_nothing() {
    for (path, _, fields, ..) in forms() {
        let household = Household::new();
        let others = form_token(&PortalSecret::from_bytes([8; 32]), FormName::Object);
        let foreign = post(path, format!("{fields}&token={others}")).insert_header((COOKIE, SESSION));
        for request in [
            foreign,
            post(path, fields.clone()).insert_header((COOKIE, SESSION)),
            form(path, FormName::Leave, &fields),
        ] {
            assert_eq!(
                send(&household, request).await.status,
                StatusCode::FORBIDDEN,
                "{path}"
            );
        }
        let outside = send(&household, post(path, fields)).await;
        assert_eq!(outside.leads(), (303, Some("/portal")), "{path}");
        assert!(household.acts().is_empty());
    }
}

#[actix_web::test]
async fn who_chooses_no_signal_is_told_and_led_to_the_choice() {
    for fields in ["", "signaal=", "signaal=kind"] {
        let household = Household::new();
        let answer = send(&household, form(OBJECTION, FormName::Object, fields)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        let first = format!("href=\"#signaal-{}\"", family_rights().signals[0].id);
        assert!(answer.body.contains(&first) && answer.body.contains("Kies een signaal"));
        assert!(answer.body.contains("<title>Fout: "));
        assert!(household.acts().is_empty());
    }
    let household = Household::new();
    let answer = send(&household, form(RIGHTS, FormName::AskRight, "recht=alles")).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(household.acts().is_empty());
}

#[actix_web::test]
async fn what_can_be_asked_says_what_follows() {
    let page = get(&Household::new(), OBJECTION).await.body;
    for said in [
        "gaat naar gemeente Voorbeeldstad",
        "binnen 2 weken advies",
        "De gemeente beslist binnen 6 weken",
        "Signaal van Basisschool De Regenboog, van 1 februari 2027",
        "Signaal van een andere instantie, van 1 februari 2027",
        "Bezwaar maken",
    ] {
        assert!(page.contains(said), "{said}");
    }
    let page = get(&Household::new(), RIGHTS).await.body;
    for said in [
        "U krijgt binnen een maand antwoord van gemeente Voorbeeldstad",
        "hoogstens 2 maanden extra",
    ] {
        assert!(page.contains(said), "{said}");
    }
    // Where there is one signal, it is chosen.
    let page = get(&Household::new().asked(one_signal()), OBJECTION).await.body;
    assert_eq!(page.matches(" checked").count(), 1);
    // Where there is nothing, nothing is offered.
    for (path, said) in [
        (OBJECTION, "Er is nu geen signaal"),
        (RIGHTS, "Er is nu niets waar u om kunt vragen"),
    ] {
        let page = get(&Household::new().asked(nothing_to_ask()), path).await.body;
        assert!(page.contains(said), "{said}");
        assert_eq!(page.matches("<form").count(), 1, "{path}: to leave");
    }
}

async fn shown(objection_: Objection, now: &str) -> String {
    let rights = FamilyRights {
        now: at(now),
        objections: vec![objection(objection_)],
        ..nothing_to_ask()
    };
    get(&Household::new().asked(rights), OBJECTION).await.body
}

#[actix_web::test]
async fn an_objection_shows_its_course_in_days() {
    let open = shown(Objection::Open(made(None)), "2027-03-16T10:00:00Z").await;
    for said in [
        "16 maart 2027: u maakte bezwaar.",
        "tot en met 30 maart 2027",
        "U krijgt een besluit van gemeente Voorbeeldstad voor het einde van 27 april 2027",
        "Bezwaar intrekken",
    ] {
        assert!(open.contains(said), "{said}");
    }
    let late = shown(Objection::Open(made(None)), "2027-04-28T10:00:00Z").await;
    for said in [
        "gaf geen advies",
        "Voor het einde van 27 april 2027 had gemeente Voorbeeldstad moeten beslissen",
    ] {
        assert!(late.contains(said), "{said}");
    }
    let decided = super::rights_file::objections().pop().unwrap();
    let rejected = shown(decided, "2027-04-28T10:00:00Z").await;
    for said in [
        "20 maart 2027: de instantie vindt dat het signaal moet blijven",
        "1 april 2027: gemeente Voorbeeldstad gaf u geen gelijk",
        "De reden voor het signaal is er nog.",
        "Tot en met 13 mei 2027 kunt u bezwaar maken bij gemeente Voorbeeldstad",
        "autoriteitpersoonsgegevens",
    ] {
        assert!(rejected.contains(said), "{said}");
    }
    assert!(!rejected.contains("Bezwaar intrekken"));
}

async fn page_of(one: RightsRequest, may_fetch: bool, now: &str) -> String {
    let rights = FamilyRights {
        now: at(now),
        requests: vec![request(one, may_fetch)],
        ..nothing_to_ask()
    };
    get(&Household::new().asked(rights), RIGHTS).await.body
}

#[actix_web::test]
async fn a_request_shows_its_course_and_the_file_that_came_of_it() {
    let given = page_of(access_given(), true, "2027-04-02T10:00:00Z").await;
    assert!(given.contains("zien tot en met 1 mei 2027") && given.contains("href=\"/portal/inzage\""));
    let not_sure = page_of(access_given(), false, "2027-04-02T10:00:00Z").await;
    assert!(not_sure.contains("Daarom moet zeker zijn wie u bent"));
    let over = page_of(access_given(), true, "2027-05-02T10:00:00Z").await;
    assert!(over.contains("U kon het overzicht zien tot en met 1 mei 2027"));
    assert!(!over.contains("href=\"/portal/inzage\""));
}

#[actix_web::test]
async fn the_file_is_shown_to_whom_it_is_sure_enough() {
    let page = get(&Household::new().has_file(true), "/portal/inzage").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.body.contains("Basisschool De Regenboog") && page.body.contains("href=\"/portal/inzage.json\"")
    );
    let json = get(&Household::new().has_file(true), "/portal/inzage.json").await;
    assert!(json.body.contains("Basisschool De Regenboog"));
    let html = get(&Household::new().has_file(true), "/portal/inzage.html").await;
    assert!(html.body.contains("Basisschool De Regenboog"));

    let page = get(&Household::new().has_file(false), "/portal/inzage").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.body.contains("Daarom moet zeker zijn wie u bent") && page.body.contains("DigiD"));
    let page = get(&Household::new(), "/portal/inzage").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.body.contains("Vraag eerst om inzage"));
    for household in [Household::new().has_file(false), Household::new()] {
        for path in ["/portal/inzage.html", "/portal/inzage.json"] {
            assert_eq!(get(&household, path).await.leads(), (303, Some("/portal/inzage")));
        }
    }
}

/// Every state in every language: no message is missing, and names stay names.
#[actix_web::test]
async fn every_course_is_told_in_every_language() {
    for language in texts::Language::ALL {
        for now in ["2027-03-17T10:00:00Z", "2027-12-01T10:00:00Z"] {
            for path in [OBJECTION, RIGHTS] {
                let household = Household::new().asked(everything(at(now), true));
                let page = get(&household, &format!("{path}?taal={}", language.code()))
                    .await
                    .body;
                assert!(page.contains("gemeente Voorbeeldstad"), "{path} {language:?}");
                for unsaid in ["rights-", "common-", "{ $", "$"] {
                    assert!(
                        !page.contains(&format!(">{unsaid}")),
                        "{path} {language:?}: {unsaid}"
                    );
                }
                assert!(!page.contains('$'), "{path} {language:?}");
            }
        }
    }
}
