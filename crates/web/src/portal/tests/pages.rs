//! The pages as a stranger would check them: nothing runs, nothing stored becomes markup, every reference leads somewhere.

use std::collections::BTreeSet;

use casework::{ConsentPage, PartyName, text_version};
use domain::actor::Sector;
use domain::consent::Purpose;

use super::double::{at, consent_page, declaring, recorded, signal_page, states};
use super::rights_file::everything;
use super::*;

/// Every page of the portal, in every state, for both kinds of reader.
pub async fn every_page() -> Vec<(String, String)> {
    let mut pages = Vec::new();
    for (number, state) in states().into_iter().enumerate() {
        for (what, page) in [("uitwisselen", consent_page()), ("signaal", signal_page())] {
            for is_young_person in [false, true] {
                let mut page = match is_young_person {
                    true => page.clone(),
                    false => declaring(page.clone()),
                };
                page.is_young_person = is_young_person;
                page.recorded = Some(recorded());
                page.state = state;
                let household = Household::with(page);
                let reader = if is_young_person { "jongere" } else { "ouder" };
                for path in ["verzoek", "intrekken"] {
                    let answer = get(&household, &format!("/portal/{path}")).await;
                    if answer.status == StatusCode::OK {
                        pages.push((format!("{what}-{path}-{number}-{reader}"), answer.body));
                    }
                }
            }
        }
    }
    for path in [
        "",
        "/hulp",
        "/privacy",
        "/toegankelijkheid",
        "/afgesloten",
        "/signaal-weg",
        "/none",
        "/code",
    ] {
        let answer = get(&Household::new(), &format!("/portal{path}")).await;
        pages.push((format!("portal{}", path.replace('/', "-")), answer.body));
    }
    for (what, now, may_fetch) in [
        ("begin", "2027-03-17T10:00:00Z", true),
        ("late", "2027-12-01T10:00:00Z", false),
    ] {
        let household = Household::new().asked(everything(at(now), may_fetch));
        for path in ["bezwaar", "rechten"] {
            let answer = get(&household, &format!("/portal/{path}")).await;
            pages.push((format!("{path}-{what}"), answer.body));
        }
    }
    for (what, household) in [
        ("file", Household::new().has_file(true)),
        ("not-sure", Household::new().has_file(false)),
        ("none", Household::new()),
    ] {
        let answer = get(&household, "/portal/inzage").await;
        pages.push((format!("inzage-{what}"), answer.body));
    }
    let no_choice = send(&Household::new(), form("/portal/bezwaar", FormName::Object, "")).await;
    pages.push(("bezwaar-no-choice".to_owned(), no_choice.body));
    let wrong = send(&Household::new(), post("/portal/code", "code=1")).await;
    pages.push(("portal-wrong-code".to_owned(), wrong.body));
    pages
}

#[actix_web::test]
async fn every_page_shows_the_way_to_veilig_thuis_once() {
    for (name, page) in every_page().await {
        for number in ["tel:08002000", "tel:112"] {
            assert_eq!(page.matches(number).count(), 1, "{name}: {number}");
        }
    }
}

#[actix_web::test]
async fn every_page_is_whole_and_runs_nothing() {
    for (name, page) in every_page().await {
        assert!(
            page.starts_with("<!DOCTYPE html>\n<html lang=\"nl\" dir=\"ltr\">"),
            "{name}"
        );
        for once in [
            "<h1",
            "<main id=\"inhoud\"",
            "<header",
            "<footer",
            "<nav class=\"tp-languages\"",
            "<nav class=\"tp-more\"",
            "<title>",
        ] {
            assert_eq!(page.matches(once).count(), 1, "{name}: {once}");
        }
        assert!(page.matches("<nav class=\"tp-menu\"").count() <= 1, "{name}");
        for never in [
            "<script",
            "<style",
            " style=",
            "javascript:",
            "<iframe",
            " onc",
            " onl",
            "<base",
            "{{",
            "{%",
        ] {
            assert!(!page.contains(never), "{name}: {never}");
        }
        assert!(!page.contains("<title> - "), "{name}");
    }
}

#[actix_web::test]
async fn ids_are_unique_and_every_reference_has_its_target() {
    for (name, page) in every_page().await {
        let ids: Vec<&str> = values(&page, " id=\"");
        let known: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), known.len(), "{name}");
        let labels = ["aria-labelledby=\"", "aria-describedby=\"", " for=\"", "href=\"#"];
        for reference in labels.iter().flat_map(|label| values(&page, label)) {
            for id in reference.split(' ') {
                assert!(known.contains(id), "{name}: {id}");
            }
        }
    }
}

#[actix_web::test]
async fn nothing_stored_becomes_markup() {
    let bad = |field: &str| format!("<script>{field}</script>\"'><b>&");
    for state in states() {
        for (purpose, is_young_person) in [
            (Purpose::Exchange, false),
            (Purpose::Exchange, true),
            (Purpose::Signal, false),
            (Purpose::Signal, true),
        ] {
            let household = Household::with(ConsentPage {
                purpose,
                text_version: text_version(purpose, false).to_owned(),
                asked_by: Some(bad("asked")),
                municipality: bad("municipality"),
                parties: vec![PartyName {
                    name: Some(bad("party")),
                    sector: Some(Sector::Education),
                }],
                is_young_person,
                state,
                ..consent_page()
            });
            for path in ["/portal/verzoek", "/portal/intrekken"] {
                let answer = get(&household, path).await;
                if answer.status != StatusCode::OK {
                    continue;
                }
                assert!(!answer.body.contains("<script") && !answer.body.contains("<b>"));
                if path == "/portal/verzoek" {
                    for field in ["asked", "municipality", "party"] {
                        assert!(
                            answer.body.contains(&format!("&#60;script&#62;{field}")),
                            "{field}"
                        );
                    }
                }
            }
        }
    }
}

#[actix_web::test]
async fn an_organisation_that_is_not_shown_is_another_organisation() {
    let mut page = consent_page();
    page.parties[1] = PartyName {
        name: None,
        sector: None,
    };
    let body = get(&Household::with(page), "/portal/verzoek").await.body;
    assert!(body.contains("<strong>een andere instantie</strong>"));
    assert!(body.contains("Soms mogen wij de naam van een instantie niet laten zien."));
    assert!(!body.contains("Klein Duimpje"));
}

#[actix_web::test]
async fn the_request_says_who_asks_between_whom_until_when_and_where_to_turn() {
    let body = get(&Household::new(), "/portal/verzoek").await.body;
    for said in [
        "Basisschool De Regenboog vraagt uw toestemming.",
        "<strong><bdi>Kinderopvang Klein Duimpje</bdi></strong> <span>(kinderopvang)</span>",
        "U kunt kiezen tot 9 april 2027 om 11.00 uur.",
        "De toestemming geldt 1 jaar (365 dagen).",
        "binnen 30 dagen opnieuw vragen",
        "gemeente Voorbeeldstad",
        "<strong>Niets.</strong>",
        r#" type="submit" name="keuze" value="ja">"#,
        r#" type="submit" name="keuze" value="nee">"#,
        r#" href="tel:08002000""#,
        &format!(
            "Tekst {}. Gevraagd op 12 maart 2027.",
            text_version(Purpose::Exchange, false)
        ),
    ] {
        assert!(body.contains(said), "{said}");
    }
    let given = get(&Household::in_state(states()[2]), "/portal/verzoek")
        .await
        .body;
    assert!(given.contains("gegeven op 14 maart 2027. De toestemming geldt tot en met 12 maart 2028."));
}

#[actix_web::test]
async fn the_question_about_a_signal_says_what_a_signal_is_and_what_a_no_does() {
    let body = get(&Household::with(signal_page()), "/portal/verzoek").await.body;
    for said in [
        "Mag Basisschool De Regenboog laten weten dat zij betrokken is bij uw kind?",
        "In een signaal staat niet waarom.",
        "Andere instanties merken er niets van.",
        "Dan vragen zij u eerst opnieuw om toestemming.",
        "Stopt de toestemming? Dan stopt ook het signaal.",
        "Wij gooien het signaal weg.",
    ] {
        assert!(body.contains(said), "{said}");
    }
    for never in [
        "Klein Duimpje",
        "voor de andere ouder of verzorger",
        "binnen 30 dagen",
    ] {
        assert!(!body.contains(never), "{never}");
    }
}

#[actix_web::test]
async fn who_declares_for_the_other_guardian_is_told_so_before_choosing() {
    for page in [consent_page(), signal_page()] {
        let said = "Dan verklaart u dat de andere ouder of verzorger met gezag het ermee eens is.";
        let body = get(&Household::with(declaring(page.clone())), "/portal/verzoek")
            .await
            .body;
        assert!(body.contains(said));
        assert!(!body.contains("Bijvoorbeeld de andere ouder, of"));
        let body = get(&Household::with(page), "/portal/verzoek").await.body;
        assert!(!body.contains(said));
    }
}

#[actix_web::test]
async fn what_a_professional_recorded_is_shown_to_whom_it_is_of() {
    for page in [consent_page(), signal_page()] {
        for state in [states()[1], states()[2]] {
            let page = ConsentPage {
                recorded: Some(recorded()),
                state,
                ..page.clone()
            };
            let body = get(&Household::with(page), "/portal/verzoek").await.body;
            let said = "Basisschool De Regenboog schreef op wat u op 14 maart 2027 zei.";
            assert!(body.contains(said) && body.contains("Klopt het niet?"), "{body}");
        }
    }
}

/// The values that follow a piece of markup, up to the next quote.
fn values<'a>(page: &'a str, before: &str) -> Vec<&'a str> {
    let rest = page.split(before).skip(1);
    rest.filter_map(|rest| rest.split('"').next()).collect()
}
