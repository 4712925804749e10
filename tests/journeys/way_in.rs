//! The way in: a code is exchanged for a return key with a PIN, and a municipality replaces, revokes and assists.

use protocol::consent::{AgeBand, AttestedDecision, ConsentState, Signatory};
use protocol::problem::ProblemType;
use tests::{
    Guardian, Http, Method, PIN, Region, Sector, child, letter_about_request, letter_about_signal,
    letter_with, refusal,
};

use crate::Met;

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_is_exchanged_once_and_what_it_became_opens_again_until_the_match_is_gone() {
    let met = Met::start().await;
    let (request, mut letters) = met.ask(AgeBand::Under12, 1).await;
    let mut father = letters.remove(0);
    let chooses = father.types_code().await;
    assert_eq!(
        (chooses.heading().as_str(), chooses.path.as_str()),
        ("Kies een pincode", "/portal/pincode")
    );
    // Nothing of the request is to be seen yet.
    for path in [
        "/portal/verzoek",
        "/portal/kind",
        "/portal/sleutel",
        "/portal/intrekken",
    ] {
        let page = father.visits(path).await;
        assert_eq!(page.path, "/portal/pincode", "{path}");
        assert!(!page.says(&met.childcare.name));
    }
    let shown = father.presses(&chooses, "Pincode opslaan").await;
    let key = shown.return_key().unwrap();
    assert_ne!(key, father.code);
    // The answer was lost: the same form leads to the same key, and so does opening its page.
    let again = father.presses(&chooses, "Pincode opslaan").await;
    assert_eq!(again.return_key(), Some(key.clone()));
    assert_eq!(
        father.visits("/portal/sleutel").await.return_key(),
        Some(key.clone())
    );
    assert_eq!(father.visits("/portal/verzoek").await.path, "/portal/sleutel");
    let inside = father.keeps(&shown).await;
    assert!(inside.offers("Ja, ik geef toestemming"), "{}", inside.html);
    // From here on it is not shown again.
    assert_eq!(father.visits("/portal/sleutel").await.path, "/portal/verzoek");
    father.presses(&inside, "Ja, ik geef toestemming").await;

    // Months later, when the session is long over: three steps, and consent is taken back.
    met.region.at("2027-06-01T10:00:00+02:00").await;
    let mut later = Guardian::with_code(&met.region, &father.code);
    later.key = Some(key);
    later.comes_back().await;
    let page = later.withdraws().await;
    assert!(page.says("ingetrokken"), "{}", page.html);
    let seen = met.health.sees_request(met.match_id, request.id).await;
    assert_eq!(seen.state, ConsentState::Withdrawn);
    // What came of it can still be read, months after the letter's date.
    met.region.at("2027-08-01T10:00:00+02:00").await;
    assert!(later.comes_back().await.says("ingetrokken"));
    // Nothing of the return key or the PIN lies in the database.
    let stored = "SELECT row_to_json(a)::text FROM family_access a UNION ALL SELECT row_to_json(p)::text FROM portal_session p";
    for row in met.region.texts(stored).await {
        let key = later.key.as_deref().unwrap();
        assert!(!row.contains(PIN) && !row.contains(key) && !row.contains(&key.replace('-', "")));
    }
    met.region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_who_type_the_same_code_the_first_to_choose_a_pin_has_it() {
    let met = Met::start().await;
    let (_, letters) = met.ask(AgeBand::Under12, 1).await;
    let mut one = Guardian::with_code(&met.region, &letters[0].code);
    let mut other = Guardian::with_code(&met.region, &letters[0].code);
    let (first, second) = (one.types_code().await, other.types_code().await);
    assert_eq!(second.heading(), "Kies een pincode");
    assert!(
        one.presses(&first, "Pincode opslaan")
            .await
            .return_key()
            .is_some()
    );
    let late = other.presses(&second, "Pincode opslaan").await;
    assert_eq!((late.path.as_str(), other.cookie()), ("/portal", None));
    let accesses = "SELECT count(*) FROM family_access";
    assert_eq!(met.region.count(accesses).await, 1);
    // And typing it a third time says what every wrong code says.
    let mut third = Guardian::with_code(&met.region, &letters[0].code);
    let mut stranger = Guardian::with_code(&met.region, "ABCD-1234-EFGH-5678");
    assert_eq!(third.types_code().await.html, stranger.types_code().await.html);
    met.region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_forms_at_once_make_one_access() {
    let met = Met::start().await;
    let (_, mut letters) = met.ask(AgeBand::Under12, 1).await;
    letters[0].types_code().await;
    let secret = letters[0].secret();
    let pin = domain::pin::Pin::choose(PIN).unwrap();
    let choosing = (0..8).map(|_| met.region.casework.choose_pin(&secret, &pin));
    for chosen in futures::future::join_all(choosing).await {
        chosen.unwrap();
    }
    assert_eq!(met.region.count("SELECT count(*) FROM family_access").await, 1);
    let made = tests::events(&met.region).await;
    assert_eq!(made.get("family_access.made"), Some(&1));
    met.region.log_holds().await;
}

// rule: G3
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_opens_or_submits_a_link_changes_nothing() {
    let met = Met::start().await;
    let (_, mut letters) = met.ask(AgeBand::Under12, 1).await;
    met.region.quiet().await;
    let before = met.region.rows().await;
    let http = Http::new(&met.region.url);
    for path in [
        "/portal",
        "/portal/code",
        "/portal/terug",
        "/portal/pincode",
        "/portal/sleutel",
    ] {
        for method in [Method::GET, Method::HEAD] {
            http.send(method, path, &[], None).await;
        }
        for body in ["", "code=", "sleutel=&pincode=", "pincode=274951&pincode2=274951"] {
            http.send(Method::POST, path, &[FORM], Some(body.as_bytes()))
                .await;
        }
    }
    assert_eq!(met.region.rows().await, before);
    assert!(letters[0].enters().await.offers("Ja, ik geef toestemming"));
}

// rule: G2
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_wrong_pins_close_a_key_for_the_hour_and_a_wrong_key_closes_nothing() {
    let met = Met::start().await;
    let (_, mut letters) = met.ask(AgeBand::Under12, 2).await;
    letters[0].enters().await;
    letters[1].enters().await;
    let key = letters[0].key.clone().unwrap();
    let casework = &met.region.casework;
    // Keys that do not exist count for nothing.
    for _ in 0..30 {
        assert!(casework.come_back("ABCD-1234-EFGH-5678", PIN).await.is_err());
    }
    assert_eq!(met.region.count("SELECT count(*) FROM guess_bucket").await, 0);
    for _ in 0..9 {
        assert!(casework.come_back(&key, "000001").await.is_err());
    }
    // Who is right in between is not counted.
    assert!(casework.come_back(&key, PIN).await.is_ok());
    assert!(casework.come_back(&key, "000001").await.is_err());
    let wrong = "SELECT wrong::bigint FROM guess_bucket";
    assert_eq!(met.region.count(wrong).await, 10);
    // Now the right PIN gets the same answer as a wrong one, until the hour is over.
    assert!(casework.come_back(&key, PIN).await.is_err());
    let full = letters[0].comes_back().await;
    let mut stranger = Guardian::with_code(&met.region, &letters[0].code);
    stranger.key = Some("ABCD-1234-EFGH-5678".to_owned());
    assert_eq!(full.html, stranger.comes_back().await.html);
    let other = letters[1].key.clone().unwrap();
    assert!(casework.come_back(&other, PIN).await.is_ok());
    let superuser = met.region.database.superuser().await;
    superuser
        .execute("UPDATE guess_bucket SET hour = hour - interval '1 hour'", &[])
        .await
        .unwrap();
    assert!(casework.come_back(&key, PIN).await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_letter_of_a_signal_opens_that_signal_for_28_days_and_its_key_as_long_as_that_is_there() {
    let region = Region::start().await;
    let childcare = region
        .professional("Kinderopvang De Vlinder", Sector::Childcare)
        .await;
    let signal = childcare.signals(&child(1)).await.id;
    let letter = childcare.makes_letter(signal).await;
    let late = childcare.makes_letter(signal).await;
    let mut father = Guardian::with_code(&region, letter.code.expose());
    let page = father.enters().await;
    assert_eq!(page.path, "/portal/kind");
    assert_eq!(father.visits("/portal/verzoek").await.path, "/portal/kind");
    region.at("2027-05-01T10:00:00+02:00").await;
    let mut mother = Guardian::with_code(&region, late.code.expose());
    assert!(mother.enters().await.says("Deze code werkt niet"));
    assert_eq!(father.comes_back().await.path, "/portal/kind");
    // At a desk the letter still says whose it is, and gives another code.
    let desk = region.municipality();
    assert!(desk.reads_letter(late.code.expose()).await.is_ok());
    let other = desk.replaces(&letter_with(late.code.expose())).await.unwrap();
    assert_eq!((other.signal, other.number), (Some(signal), 1));
    let mut mother = Guardian::with_code(&region, other.code.expose());
    assert_eq!(mother.enters().await.path, "/portal/kind");
    region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_desk_gives_another_code_and_what_was_there_before_opens_nothing() {
    let met = Met::start().await;
    let (request, mut letters) = met.ask(AgeBand::Under12, 2).await;
    letters[0].agrees().await;
    letters[1].enters().await;
    let desk = met.region.municipality();
    // By the return key; the session of before is told that it is over.
    let key = letters[0].key.clone().unwrap();
    let replaced = desk.replaces(&letter_with(&key)).await.unwrap();
    assert_eq!(
        (replaced.consent_request, replaced.signatory, replaced.number),
        (Some(request.id), Signatory::Guardian, 1)
    );
    assert_eq!(letters[0].visits("/portal/verzoek").await.status, 403);
    assert!(
        letters[0]
            .comes_back()
            .await
            .says("Deze sleutel en pincode werken niet")
    );
    assert!(desk.reads_letter(&key).await.is_err());
    let mut father = Guardian::with_code(&met.region, replaced.code.expose());
    // He is the same person: his yes stands.
    assert!(father.enters().await.says("U heeft ja gezegd"));
    // By what it is about; the other's stays as it is.
    let again = desk.replaces(&letter_about_request(request.id, 1)).await.unwrap();
    assert_ne!(again.code.expose(), replaced.code.expose());
    assert!(!letters[1].comes_back().await.says("werken niet"));
    // What is not there, or another's case, is not found.
    let overdam = met
        .region
        .municipality_under("Convenant Testland", "gemeente Overdam")
        .await;
    for (desk, letter, expected) in [
        (&desk, letter_about_request(request.id, 3), ProblemType::NotFound),
        (
            &overdam,
            letter_about_request(request.id, 1),
            ProblemType::NotFound,
        ),
        (&desk, letter_about_signal(request.id, 1), ProblemType::NotFound),
        (
            &desk,
            letter_with("0000-0000-0000-0000"),
            ProblemType::CodeOpensNothing,
        ),
        (
            &overdam,
            letter_with(again.code.expose()),
            ProblemType::CodeOpensNothing,
        ),
    ] {
        assert_eq!(refusal(desk.replaces(&letter).await), expected);
        assert_eq!(refusal(desk.revokes(&letter).await), expected);
    }
    met.region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_desk_takes_a_letter_away_and_what_was_decided_stays() {
    let met = Met::start().await;
    let (request, mut letters) = met.ask(AgeBand::Under12, 2).await;
    letters[0].agrees().await;
    let desk = met.region.municipality();
    let revoked = desk.revokes(&letter_with(&letters[0].code)).await.unwrap();
    assert_eq!((revoked.consent_request, revoked.number), (Some(request.id), 1));
    let page = letters[0].visits("/portal/verzoek").await;
    assert_eq!(page.status, 403);
    assert!(!page.says(&met.childcare.name) && letters[0].cookie().is_none());
    let key = letters[0].key.clone().unwrap();
    for gone in [letters[0].code.as_str(), key.as_str()] {
        assert_eq!(
            refusal(desk.reads_letter(gone).await),
            ProblemType::CodeOpensNothing
        );
    }
    let mut finder = Guardian::with_code(&met.region, &letters[0].code);
    assert!(finder.types_code().await.says("Deze code werkt niet"));
    letters[1].agrees().await;
    assert!(met.health.sees(met.match_id).await.exchange.open);
    met.region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_decides_at_the_desk_and_sees_that_in_the_portal() {
    let met = Met::start().await;
    let (request, mut letters) = met.ask(AgeBand::Under12, 2).await;
    let desk = met.region.municipality();
    desk.writes_down(&letters[0].code, AttestedDecision::Agreed)
        .await
        .unwrap();
    letters[1].agrees().await;
    let given = met.health.sees_request(met.match_id, request.id).await;
    assert_eq!(given.state, ConsentState::Given);
    // A consent is as sure as the least sure of its signatures.
    let record = met.health.has_record(met.match_id, request.id).await;
    let words = String::from_utf8_lossy(record.document.as_bytes()).into_owned();
    assert!(words.contains(r#""assurance":"letter""#), "{words}");
    let page = letters[0].enters().await;
    assert!(page.says("gemeente Voorbeeldstad schreef op"), "{}", page.html);
    assert!(letters[0].withdraws().await.says("ingetrokken"));
    // Nor is that to be decided again, with whatever letter.
    let late = desk
        .writes_down(&letters[0].code, AttestedDecision::Refused)
        .await;
    assert_eq!(refusal(late), ProblemType::ConsentDecided);
    let overdam = met
        .region
        .municipality_under("Convenant Testland", "gemeente Overdam")
        .await;
    let foreign = overdam
        .writes_down(&letters[1].code, AttestedDecision::Refused)
        .await;
    assert_eq!(refusal(foreign), ProblemType::CodeOpensNothing);
    met.region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_access_goes_with_the_last_that_it_opens() {
    let region = Region::with_covenant("notice_interval_minutes = 0").await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let signal = school.signals(&child(1)).await.id;
    let letter = school.makes_letter(signal).await;
    let mut father = Guardian::with_code(&region, letter.code.expose());
    father.enters().await;
    school
        .partner
        .end_signal(signal, protocol::signal::EndReason::Unjustified, None)
        .await
        .unwrap();
    region.quiet().await;
    assert_eq!(father.visits("/portal/kind").await.path, "/portal");
    assert!(
        father
            .comes_back()
            .await
            .says("Deze sleutel en pincode werken niet")
    );
    for table in ["letter", "family_access"] {
        let rows = region.count(&format!("SELECT count(*) FROM {table}")).await;
        assert_eq!(rows, 0, "{table}");
    }
}
