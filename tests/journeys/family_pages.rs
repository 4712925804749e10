//! What a family reads in the portal of what there is about its child: with the letter of a request, with that of a signal, and
//! everything; what it did itself; and what none of these pages tells.

use protocol::consent::{AgeBand, Record};
use protocol::family_file::FamilyFile;
use tests::{Guardian, Page, Professional, Region, Sector, Settings, assert_sound, child, events, stated};

use crate::Met;

/// Every page and download about a child.
const ABOUT_THE_CHILD: [&str; 5] = [
    "/portal/kind",
    "/portal/alles",
    "/portal/geschiedenis",
    "/portal/gegevens.html",
    "/portal/gegevens.json",
];

/// The other service says who sits there. What it takes to say so, the journeys of logging in go through.
async fn identity_is_confirmed(region: &Region) {
    let sql = "UPDATE portal_session SET assurance = 'oidc'";
    region
        .database
        .superuser()
        .await
        .batch_execute(sql)
        .await
        .unwrap();
}

async fn logged(region: &Region, event: &str) -> i64 {
    events(region).await.get(event).copied().unwrap_or(0)
}

/// The file as a program reads it, but for the time at which it was made.
async fn file(who: &mut Guardian) -> FamilyFile {
    let page = who.visits("/portal/gegevens.json").await;
    let file: FamilyFile = serde_json::from_str(&page.html).unwrap();
    FamilyFile {
        made_at: jiff::Timestamp::UNIX_EPOCH,
        ..file
    }
}

fn in_order(page: &Page, words: &[&str]) {
    let text = page.words();
    let mut place = 0;
    for word in words {
        let at = text[place..].find(word);
        place += at.unwrap_or_else(|| panic!("{word:?} is not where it should be: {text}"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_parent_reads_what_is_asked_who_is_involved_who_found_each_other_and_who_looked() {
    let met = Met::start().await;
    let (_, mut letters) = met.ask(AgeBand::Under12, 1).await;
    let mut mother = letters.remove(0);
    mother.enters().await;
    met.health.sees(met.match_id).await;
    let page = mother.visits("/portal/kind").await;
    in_order(
        &page,
        &[
            "Uw kind in Trefpunt",
            "Wat moet ik nu doen?",
            "Kinderopvang De Vlinder vraagt om toestemming.",
            "Lees de vraag en kies",
            "Wie is er betrokken?",
            "Kinderopvang De Vlinder (kinderopvang)",
            "telt mee",
            "1 maart 2027, in een gesprek (Nederlands)",
            "1 september 2027",
            "mei 2043",
            "JGZ Waterland-Noord (jeugdgezondheidszorg)",
            "Wie heeft elkaar gevonden?",
            "de instanties hebben contact gehad",
            "Welke toestemming is er gevraagd?",
            "nog niet gekozen",
            "Wie heeft gekeken, en wanneer?",
            "1 maart 2027: JGZ Waterland-Noord (jeugdgezondheidszorg) keek wie betrokken is",
            "gemeente Voorbeeldstad",
        ],
    );
    let question = mother.follows(&page, "Lees de vraag en kies").await;
    mother.presses(&question, "Ja, ik geef toestemming").await;
    let message = met
        .health
        .writes(met.match_id, &met.childcare, "Bel me even.")
        .await;
    met.childcare.reads(met.match_id, message).await;
    let page = mother.visits("/portal/kind").await;
    in_order(
        &page,
        &[
            "Niets. De toestemming is gegeven en geldt tot 29 februari 2028",
            "Bekijk het antwoord of trek het in",
            "Opgehaald op 1 maart 2027.",
            "haalde een bericht of document op",
        ],
    );
    assert!(!page.says("Bel me even"));
    // What is taken home says the same.
    let kept = file(&mut mother).await;
    assert_eq!((kept.signals.len(), kept.matches.len()), (2, 1));
    assert_eq!(kept.matches[0].messages.len(), 1);
    assert_eq!(kept.consents[0].your_answer.as_ref().unwrap().code, "agreed");
    let html = mother.visits("/portal/gegevens.html").await;
    assert!(html.says("haalde een bericht of document op"));
    assert_sound(&met.region).await;
    met.region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_letter_of_a_signal_opens_that_signal_and_everything_needs_a_confirmed_identity() {
    let met = Met::start().await;
    met.open().await;
    let school = met
        .region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let letter = school.makes_letter(school.signals(&met.child).await.id).await;
    school.is_told_of_a_match().await;
    let mut father = Guardian::with_code(&met.region, letter.code.expose());
    let page = father.enters().await;
    assert_eq!(page.path, "/portal/kind");
    in_order(
        &page,
        &[
            "Niets. Er is nu geen vraag.",
            "Basisschool Zonnewijzer (onderwijs)",
            "Hier staat geen match.",
            "Hier staat geen vraag om toestemming.",
        ],
    );
    for other in ["Vlinder", "Waterland"] {
        assert!(!page.says(other), "{other}");
    }
    // The page of a request is none of his.
    assert_eq!(father.visits("/portal/verzoek").await.path, "/portal/kind");
    let page = father.visits("/portal/alles").await;
    in_order(
        &page,
        &[
            "Alles over uw kind",
            "Met een brief is maar een deel te zien.",
            "de balie van gemeente Voorbeeldstad",
        ],
    );
    assert!(!page.says("Basisschool Zonnewijzer"));
    assert_eq!(logged(&met.region, "file.read").await, 0);

    identity_is_confirmed(&met.region).await;
    let page = father.visits("/portal/alles").await;
    in_order(
        &page,
        &[
            "Hier staat alles wat er nu te zien is.",
            "Kinderopvang De Vlinder",
            "JGZ Waterland-Noord",
            "Basisschool Zonnewijzer",
            "gegeven",
        ],
    );
    // The other's answer to a question that was not his is no part of it.
    let everything = file(&mut father).await;
    assert_eq!((everything.signals.len(), everything.consents.len()), (3, 1));
    assert!(everything.consents[0].your_answer.is_none());
    assert!(everything.history.iter().all(|act| act.act.code == "opened"));
    assert_eq!(logged(&met.region, "file.read").await, 1);
    // The overview stays what the letter opens.
    assert!(!father.visits("/portal/kind").await.says("Vlinder"));
    assert_sound(&met.region).await;
    met.region.log_holds().await;
}

// rule: G12
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_postponed_stands_on_no_page_and_is_counted_nowhere() {
    let region = Region::with(Settings {
        beginning: "2027-03-01T10:00:00+01:00".parse().unwrap(),
        ..Settings::default()
    })
    .await;
    let (school, help) = (
        region
            .professional("Basisschool Zonnewijzer", Sector::Education)
            .await,
        region.professional("Jeugdhulp Anker", Sector::YouthHelp).await,
    );
    let letter = school.makes_letter(school.signals(&child(1)).await.id).await;
    let mut mother = Guardian::with_code(&region, letter.code.expose());
    mother.enters().await;
    identity_is_confirmed(&region).await;
    let before = read_all(&mut mother).await;

    let hidden = help.signals_untold(&child(1), "2027-09-01").await.id;
    let match_id = help.is_told_of_a_match().await;
    school.is_told_of_a_match().await;
    help.sees(match_id).await;
    help.postpones(hidden, "2027-03-20").await;
    assert_eq!(
        read_all(&mut mother).await,
        before,
        "to the letter what there was before"
    );

    // Once the family was told it is all there, and that the other had looked with it.
    help.tells_the_family(hidden).await;
    let page = mother.visits("/portal/alles").await;
    in_order(
        &page,
        &[
            "Basisschool Zonnewijzer",
            "Jeugdhulp Anker",
            "Match van",
            "Jeugdhulp Anker (jeugdhulp) keek wie betrokken is",
        ],
    );
    assert_sound(&region).await;
    region.log_holds().await;
}

/// Everything that can be read, without the time at which it was.
async fn read_all(who: &mut Guardian) -> Vec<String> {
    let mut read = Vec::new();
    for path in ABOUT_THE_CHILD {
        let page = who.visits(path).await;
        assert_eq!(page.status, 200, "{path}");
        let lines = page.html.lines().filter(|line| {
            !line.contains("Zo was het op") && !line.contains("madeAt") && !line.contains("name=\"token\"")
        });
        read.push(lines.collect::<Vec<_>>().join("\n"));
    }
    read
}

// rule: G11
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guardian_reads_only_their_own_steps_and_nothing_of_when_another_decided() {
    let met = Met::start().await;
    let (_, mut letters) = met.ask(AgeBand::From12To15, 2).await;
    let (mut young, mut father, mut mother) = (letters.remove(2), letters.remove(1), letters.remove(0));
    mother.enters().await;
    let (page, kept) = (read_all(&mut mother).await, file(&mut mother).await);
    father.agrees().await;
    young.agrees().await;
    assert_eq!(read_all(&mut mother).await, page);
    assert_eq!(file(&mut mother).await, kept);
    let history = mother.visits("/portal/geschiedenis").await;
    assert!(history.says("Ik kwam hier voor het eerst.") && !history.says("Ik zei"));
    in_order(
        &father.visits("/portal/geschiedenis").await,
        &[
            "Ik zei ja.",
            "Lees de tekst van toen: versie",
            "Ik kwam hier voor het eerst.",
        ],
    );
    // One takes it back, and the others read that it was withdrawn and not by whom.
    mother.agrees().await;
    mother.withdraws().await;
    for other in [&mut father, &mut young] {
        let history = other.visits("/portal/geschiedenis").await;
        assert!(
            history.says("Ik zei ja.") && !history.says("trok"),
            "{}",
            history.html
        );
        assert_eq!(file(other).await.consents[0].state.code, "withdrawn");
    }
    in_order(
        &mother.visits("/portal/geschiedenis").await,
        &[
            "Ik trok de toestemming in.",
            "Ik zei ja.",
            "Ik kwam hier voor het eerst.",
        ],
    );
    met.region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_decision_keeps_the_language_in_which_it_was_read_and_the_record_names_them_all() {
    let met = Met::start().await;
    let (request, mut letters) = met.ask(AgeBand::Under12, 2).await;
    letters[0].enters().await;
    let arabic = letters[0].visits("/portal/verzoek?taal=ar").await;
    letters[0].presses(&arabic, "نعم، أوافق").await;
    letters[1].agrees().await;
    let given = met.health.sees_request(met.match_id, request.id).await;
    let record = Record::parse(&given.record.unwrap().document).unwrap();
    assert_eq!(record.terms().language.as_str(), "ar.nl");
    assert_eq!(record.terms().text_version.as_str(), "2026-11-23");

    // The text of then, in the language of then, whatever language the page around it has.
    let history = letters[0].visits("/portal/geschiedenis").await;
    let text = letters[0]
        .follows(&history, "Lees de tekst van toen: versie 2026-11-23")
        .await;
    in_order(
        &text,
        &["De tekst van toen", "Dit is versie 2026-11-23. Taal: Arabisch."],
    );
    assert!(text.says("<article lang=\"ar\" dir=\"rtl\">"));
    let text = letters[1].visits("/portal/tekst/2026-11-23").await;
    in_order(
        &text,
        &[
            "Taal: Nederlands.",
            "Mogen deze instanties overleggen over uw kind?",
        ],
    );
    for never in ["2026-11-23-signaal", "2020-01-01"] {
        let missing = letters[1].visits(&format!("/portal/tekst/{never}")).await;
        assert_eq!(missing.status, 404, "{never}");
    }
    assert_eq!(file(&mut letters[0]).await.consents[0].language, "ar");
    assert_eq!(file(&mut letters[1]).await.consents[0].language, "nl");
    assert_sound(&met.region).await;
    met.region.log_holds().await;
}

// rule: E9
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_the_twelfth_birthday_a_sensitive_organisation_is_another_organisation_to_guardians() {
    let lines = "notice_interval_minutes = 0\nsensitive_sectors = [\"police-and-justice\"]";
    let region = Region::with_covenant(lines).await;
    let (school, police) = (
        region
            .professional("Basisschool Zonnewijzer", Sector::Education)
            .await,
        region
            .professional("Politie eenheid Testland", Sector::PoliceAndJustice)
            .await,
    );
    // Born in April 2015: twelve in April 2027, and who asked stated no day.
    for party in [&school, &police] {
        signals_of(party, "2038-04").await;
    }
    let match_id = school.is_told_of_a_match().await;
    let request = school.asks_consent(match_id, AgeBand::Under12, 1).await;
    let mut mother = Guardian::of(&region, &request).remove(0);
    mother.enters().await;
    identity_is_confirmed(&region).await;
    for path in ["/portal/kind", "/portal/alles"] {
        assert!(
            mother.visits(path).await.says("Politie eenheid Testland"),
            "{path}"
        );
    }
    region.at("2027-04-01T00:00:00+02:00").await;
    // The request was asked by the rule of before; it is over after four weeks. What is shown follows the child.
    mother.enters().await;
    identity_is_confirmed(&region).await;
    for path in ABOUT_THE_CHILD
        .into_iter()
        .chain(["/portal/bezwaar", "/portal/rechten"])
    {
        let page = mother.visits(path).await;
        assert!(!page.says("Politie"), "{path}: {}", page.html);
    }
    region.log_holds().await;
}

async fn signals_of(party: &Professional, destroy_by: &str) {
    let signal = client::NewSignal {
        destroy_by: destroy_by.parse().unwrap(),
        ..party.new_signal(&child(1), "2027-09-01")
    };
    let client::Submitted::New(signal) = party.partner.submit_signal(&signal, None).await.unwrap() else {
        panic!("{} had a signal for this child", party.name)
    };
    party.tells_the_family(signal.id).await;
}

/// A page, a download and the page again are one reading.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn that_the_family_read_is_told_to_the_log_once_an_hour_and_session() {
    let met = Met::start().await;
    let (_, mut letters) = met.ask(AgeBand::Under12, 1).await;
    let mut mother = letters.remove(0);
    mother.enters().await;
    assert_eq!(
        logged(&met.region, "letter.read").await,
        0,
        "her question she read, not the file"
    );
    for path in ABOUT_THE_CHILD.into_iter().chain(ABOUT_THE_CHILD) {
        assert_eq!(mother.visits(path).await.status, 200);
    }
    assert_eq!(logged(&met.region, "letter.read").await, 1);
    met.region.at("2027-03-01T10:30:00+01:00").await;
    mother.visits("/portal/kind").await;
    assert_eq!(logged(&met.region, "letter.read").await, 2);
    // Another session reads anew.
    mother.enters().await;
    mother.visits("/portal/kind").await;
    assert_eq!(logged(&met.region, "letter.read").await, 3);
    met.region.log_holds().await;
}

/// What a municipality does at its desk on behalf of one of them is no step of another.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_professional_wrote_down_is_in_the_history_as_that() {
    let lines = "notice_interval_minutes = 0\nattested_consent = true";
    let met = Met::in_region(Region::with_covenant(lines).await).await;
    let request = met
        .childcare
        .partner
        .request_consent(met.match_id, &stated(AgeBand::Under12, 2), None)
        .await
        .unwrap();
    met.childcare
        .attests(met.match_id, request.id, &tests::said_yes("2027-03-01"))
        .await
        .unwrap();
    let mut letters = Guardian::of(&met.region, &request);
    letters[0].enters().await;
    in_order(
        &letters[0].visits("/portal/geschiedenis").await,
        &[
            "Ik zei ja.",
            "Ik zei het tegen een medewerker. Die schreef het op.",
        ],
    );
    letters[1].enters().await;
    assert!(!letters[1].visits("/portal/geschiedenis").await.says("medewerker"));
    met.region.log_holds().await;
}
