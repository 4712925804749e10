//! The pages about a child: what they say, what they leave out, and that the downloads say the same.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LANGUAGE, CONTENT_TYPE};
use casework::ChildFile;
use protocol::family_file::FamilyFile;
use texts::{Language, Texts};

use super::super::child_view::Contents;
use super::child_file::{child_file, empty_file, whole_file};
use super::*;

const PAGES: [&str; 6] = [
    "/portal/kind",
    "/portal/alles",
    "/portal/geschiedenis",
    "/portal/tekst/nl-2026-11-22",
    "/portal/gegevens.html",
    "/portal/gegevens.json",
];

/// Where each of these stands in the page, in this order.
fn in_order(page: &str, words: &[&str]) {
    let mut place = 0;
    for word in words {
        let at = page[place..].find(word);
        place += at.unwrap_or_else(|| panic!("{word:?} is not where it should be in {page}"));
    }
}

#[actix_web::test]
async fn first_stands_what_is_asked_then_what_there_is() {
    let page = get(&Household::new(), "/portal/kind").await;
    assert_eq!(page.status, StatusCode::OK);
    in_order(
        &page.body,
        &[
            "Wat moet ik nu doen?",
            "Basisschool De Regenboog vraagt om toestemming. Kiezen kan tot 9 april 2027",
            "href=\"/portal/verzoek\"",
            "Lees de vraag en kies",
            "Wie is er betrokken?",
            "Basisschool De Regenboog (onderwijs)",
            "3 maart 2027, in een gesprek (Arabisch)",
            "december 2034",
            "een andere instantie",
            "dat is nog niet opgeschreven",
            "Match van 2 maart 2027",
            "sinds 2 maart 2027, contact op 4 maart 2027",
            "Opgehaald op 16 maart 2027",
            "Vraag van 12 maart 2027",
            "Wie heeft gekeken, en wanneer?",
            "16 maart 2027: een andere instantie haalde een bericht of document op (1 keer, het laatst om 10:00)",
            "5 maart 2027: Basisschool De Regenboog (onderwijs) keek wie betrokken is (3 keer, het laatst om 14:04)",
            "Bezwaar van 18 maart 2027",
            "29 april 2027",
            "gemeente Voorbeeldstad",
            "href=\"/portal/alles\"",
            "href=\"/portal/geschiedenis\"",
            "href=\"/portal/gegevens.json\"",
        ],
    );
}

#[actix_web::test]
async fn of_a_child_of_whom_nothing_is_shown_no_page_says_that_something_is_left_out() {
    let household = Household::new().keeps(empty_file());
    let page = get(&household, "/portal/kind").await.body;
    in_order(
        &page,
        &[
            "Hier staat geen signaal.",
            "Hier staat geen match.",
            "Hier staat niemand.",
        ],
    );
    for word in [
        "niet laten zien",
        "een andere instantie",
        "verborgen",
        "uitgesteld",
    ] {
        assert!(!page.contains(word), "{word}");
    }
}

#[actix_web::test]
async fn everything_is_shown_only_after_logging_in_and_else_how_to_come_to_it() {
    let page = get(&Household::new(), "/portal/alles").await.body;
    in_order(
        &page,
        &[
            "Alles over uw kind",
            "Met een brief is maar een deel te zien.",
            "href=\"/portal/inloggen\"",
            "de balie van gemeente Voorbeeldstad",
            "href=\"/portal/rechten\"",
        ],
    );
    assert!(!page.contains("Basisschool De Regenboog"));
    let page = get(&Household::new().logged_in(), "/portal/alles").await.body;
    in_order(
        &page,
        &[
            "Hier staat alles wat er nu te zien is.",
            "Basisschool De Regenboog",
        ],
    );
    assert!(!page.contains("href=\"/portal/inloggen\""));
}

#[actix_web::test]
async fn the_history_has_the_readers_own_steps_newest_first_with_the_text_of_then() {
    let page = get(&Household::new(), "/portal/geschiedenis").await.body;
    in_order(
        &page,
        &[
            "Ik vroeg om alles te zien.",
            "Dat was aan de balie van de gemeente.",
            "Ik maakte bezwaar.",
            "18 maart 2027 om 11.00 uur",
            "Ik zei ja.",
            "href=\"/portal/tekst/nl-2026-11-22\"",
            "Ik kwam hier voor het eerst.",
        ],
    );
}

#[actix_web::test]
async fn a_text_of_before_is_shown_as_it_was_and_no_other() {
    let page = get(&Household::new(), "/portal/tekst/nl-2026-11-22").await;
    assert_eq!(page.status, StatusCode::OK);
    in_order(
        &page.body,
        &[
            "De tekst van toen",
            // It was read in Arabic, but is kept in Dutch alone: the page says which it shows.
            "Dit is versie nl-2026-11-22. Taal: Nederlands.",
            "<article lang=\"nl\" dir=\"ltr\">",
            "<h2>Mogen deze instanties overleggen over uw kind?</h2>",
            "<li>Alleen wat nodig is om de hulp af te stemmen.</li>",
        ],
    );
    let young = ChildFile {
        is_young_person: true,
        ..child_file()
    };
    let page = get(&Household::new().keeps(young), "/portal/tekst/nl-2026-11-22")
        .await
        .body;
    assert!(page.contains("<h2>Mogen deze instanties overleggen over jou?</h2>"));
    // One that there is, but was never put to this reader, and ones that there are not.
    for other in ["nl-2026-11-22-signaal", "2020-01-01", "..", "%2e%2e%2fCargo"] {
        let answer = get(&Household::new(), &format!("/portal/tekst/{other}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{other}");
    }
}

#[actix_web::test]
async fn what_is_taken_home_is_what_the_page_says() {
    let household = Household::new();
    let (page, html, json) = (
        get(&household, "/portal/kind").await,
        get(&household, "/portal/gegevens.html").await,
        get(&household, "/portal/gegevens.json").await,
    );
    let contents = Contents::of(&child_file(), Texts::of(Language::Nl)).unwrap();
    for section in &contents.sections {
        let facts = section.entries.iter().flat_map(|entry| &entry.facts);
        let values = facts.flat_map(|fact| fact.values.iter().map(String::as_str));
        let words = [section.title.as_str()].into_iter().chain(values);
        for word in words.chain(section.lines.iter().map(String::as_str)) {
            assert!(page.body.contains(word) && html.body.contains(word), "{word}");
        }
    }
    let file: FamilyFile = serde_json::from_str(&json.body).unwrap();
    assert_eq!(file.signals[0].state.words, "telt mee");
    assert_eq!(file.signals[1].organisation.name, "een andere instantie");
    assert_eq!(file.history.len(), 4);
    for (answer, media_type, name) in [
        (&html, "text/html; charset=utf-8", "trefpunt.html"),
        (&json, "application/json", "trefpunt.json"),
    ] {
        assert_eq!(answer.header(CONTENT_TYPE), Some(media_type));
        assert_eq!(answer.header(CACHE_CONTROL), Some("no-store"));
        assert_eq!(answer.header(CONTENT_LANGUAGE), Some("nl"));
        let disposition = answer.header(CONTENT_DISPOSITION).unwrap();
        assert_eq!(disposition, format!("attachment; filename=\"{name}\""));
    }
}

#[actix_web::test]
async fn who_logged_in_takes_everything_home() {
    let household = Household::new().keeps(whole_file()).logged_in();
    let html = get(&household, "/portal/gegevens.html").await.body;
    in_order(
        &html,
        &["<h1>Alles over uw kind</h1>", "Basisschool De Regenboog"],
    );
}

/// In each language the words are of that language, and in Arabic the page runs from right to left.
#[actix_web::test]
async fn each_page_speaks_every_language() {
    for language in Language::ALL {
        let t = Texts::of(language);
        let page = |path: &str| format!("{path}?taal={}", language.code());
        let household = Household::new();
        let kind = get(&household, &page("/portal/kind")).await;
        for key in ["child-title-guardian", "child-asked-title", "child-signal-active"] {
            let words = t.say(key).replace('\'', "&#39;");
            assert!(kind.body.contains(words.as_str()), "{key} in {}", language.code());
        }
        let json = get(&household, &page("/portal/gegevens.json")).await.body;
        let file: FamilyFile = serde_json::from_str(&json).unwrap();
        assert_eq!(file.signals[0].state.words, t.say("child-signal-active"));
        let html = get(&household, &page("/portal/gegevens.html")).await.body;
        // A Latin name is held together among Arabic words.
        let name = match language {
            Language::Ar => "\u{2068}Basisschool De Regenboog\u{2069} (",
            _ => "Basisschool De Regenboog (",
        };
        assert!(kind.body.contains(name) && html.contains(name));
        let direction = if language == Language::Ar { "rtl" } else { "ltr" };
        let head = format!("<html lang=\"{}\" dir=\"{direction}\">", language.code());
        assert!(html.contains(&head));
    }
}

#[actix_web::test]
async fn without_a_session_nothing_of_it_is_there() {
    for path in PAGES {
        let bare = send(&Household::new(), TestRequest::get().uri(path)).await;
        assert_eq!(bare.leads(), (303, Some("/portal")), "{path}");
        let over = get(&Household::closed(), path).await;
        assert_eq!(over.leads(), (303, Some("/portal")), "{path}");
        assert!(!bare.body.contains("Regenboog") && !over.body.contains("Regenboog"));
    }
}

/// What is shown for a code is decided here for each, so that a new one in the domain is not shown as another.
#[test]
fn every_code_has_words_of_its_own() {
    use domain::consent::ConsentState;
    use domain::disclosure::{Channel, SpokenLanguage};
    use domain::match_case::MatchState;
    use domain::objection::ObjectionState;
    use domain::rights_request::RightsState;
    use domain::signal::SignalState;

    use super::super::child_words as words;

    let t = Texts::of(Language::Nl);
    let distinct = |said: Vec<String>, count: usize| {
        let all: std::collections::BTreeSet<&String> = said.iter().collect();
        assert_eq!(all.len(), count, "{said:?}");
    };
    let all = |codes: &[&str], words: fn(Texts, &str) -> std::borrow::Cow<'static, str>| {
        let said = codes.iter().map(|code| words(t, code).into_owned()).collect();
        distinct(said, codes.len());
    };
    all(&SignalState::ALL.map(SignalState::slug), words::signal);
    all(&MatchState::ALL.map(MatchState::slug), words::match_case);
    all(&Channel::ALL.map(Channel::slug), words::channel);
    all(&ObjectionState::ALL.map(ObjectionState::slug), words::objection);
    all(&RightsState::ALL.map(RightsState::slug), words::request);
    all(&SpokenLanguage::ALL.map(SpokenLanguage::slug), words::language);
    // Whether some have signed is not told.
    let said = ConsentState::ALL.map(|state| words::consent(t, state.slug()).into_owned());
    distinct(said.into(), ConsentState::ALL.len() - 1);
}
