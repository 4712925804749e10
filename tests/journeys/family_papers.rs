//! What a family takes home: the return key on paper, the receipt on paper and signed, the file on paper.

use documents::{Addressee, KeyPaper, Receipt, ReceiptState};
use jiff::tz::TimeZone;
use protocol::consent::{AgeBand, AttestedDecision, ConsentVerifier, Language, Record};
use serde_json::{Value, json};
use tests::{Answer, Guardian, PIN};

use crate::Met;

const PAPER: &str = "/portal/ontvangstbewijs.pdf";
const SIGNED: &str = "/portal/ontvangstbewijs.jsonld";

/// The receipt, checked with the portal's keys as the service tells them.
async fn signed(met: &Met, who: &mut Guardian) -> Value {
    let answer = who.takes(SIGNED).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/ld+json"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let keys = met.childcare.partner.consent_keys().await.unwrap();
    let text = String::from_utf8(answer.body).unwrap();
    ConsentVerifier::new(&keys)
        .unwrap()
        .verify_receipt(&text)
        .unwrap()
}

fn is_sent_to_the_question(answer: &Answer) {
    assert_eq!(answer.status, 303);
    assert_eq!(answer.header("location"), Some("/portal/verzoek"));
    assert!(answer.body.is_empty() || !String::from_utf8_lossy(&answer.body).contains("%PDF"));
}

fn is_paper(answer: &Answer, expected: &documents::Paper) {
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/pdf"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(
        answer.body == expected.to_pdf().unwrap(),
        "the paper says something else"
    );
}

fn amsterdam() -> TimeZone {
    TimeZone::get("Europe/Amsterdam").unwrap()
}

/// The words of the states that a receipt tells, newest last.
fn states(receipt: &Value) -> Vec<String> {
    let states = receipt["dpv:hasRecordOfActivity"]["dpv:hasConsentStatus"].as_array();
    states
        .unwrap()
        .iter()
        .map(|state| state["@type"].to_string())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_key_is_printed_only_while_it_is_shown() {
    let met = Met::start().await;
    let (_, mut letters) = met.ask(AgeBand::Under12, 1).await;
    let mut mother = letters.remove(0);
    let chooses = mother.types_code().await;
    // Before the PIN there is no key.
    let early = mother.takes(PAPER).await;
    assert_eq!(
        (early.status, early.header("location")),
        (303, Some("/portal/pincode"))
    );
    let shown = mother.presses(&chooses, "Pincode opslaan").await;
    let expected = KeyPaper {
        language: texts::Language::Nl,
        addressee: Addressee::Guardian,
        municipality: "gemeente Voorbeeldstad".to_owned(),
        address: format!("{}/portal", met.region.portal_url),
        key: shown.return_key().unwrap(),
    };
    let printed = mother.takes(PAPER).await;
    is_paper(&printed, &expected.paper());
    assert!(!format!("{expected:?}").contains(PIN));
    mother.keeps(&shown).await;
    is_sent_to_the_question(&mother.takes(PAPER).await);
    is_sent_to_the_question(&mother.takes(SIGNED).await);
    // Who comes back with it has it already.
    mother.comes_back().await;
    is_sent_to_the_question(&mother.takes(PAPER).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receipt_says_what_the_page_says_and_others_can_check_it() {
    let met = Met::start().await;
    met.region.at("2027-03-09T14:05:00+01:00").await;
    let (request, mut letters) = met.ask(AgeBand::Under12, 2).await;
    let (mut mother, mut father) = (letters.remove(0), letters.remove(0));
    mother.agrees().await;
    // She said yes, and nothing stands: there is a paper, and nothing to sign.
    assert!(mother.takes(PAPER).await.body.starts_with(b"%PDF-1.7"));
    is_sent_to_the_question(&mother.takes(SIGNED).await);

    met.region.at("2027-03-10T17:45:00+01:00").await;
    father.agrees().await;
    let kept = met.childcare.has_record(met.match_id, request.id).await;
    let record = Record::parse(&kept.document).unwrap();
    let receipt = signed(&met, &mut mother).await;
    assert_eq!(receipt, {
        // Each gets the same, but for when it was made.
        let mut his = signed(&met, &mut father).await;
        for name in ["@id", "dpv:hasIdentifier", "dct:created"] {
            his[name] = receipt[name].clone();
        }
        his["dpv:hasRecordOfActivity"]["dpv:hasDataSubject"]["@id"] =
            receipt["dpv:hasRecordOfActivity"]["dpv:hasDataSubject"]["@id"].clone();
        his
    });
    let of_record = &receipt["dpv:hasRecordOfActivity"];
    assert_eq!(of_record["dpv:hasIdentifier"], kept.hash.to_string());
    assert_eq!(states(&receipt).len(), 2);
    let given = &of_record["dpv:hasConsentStatus"][1];
    assert_eq!(given["dpv:isIndicatedAtTime"]["@value"], "2027-03-10");
    let text = receipt.to_string();
    // Not at which time the other one decided, and of nobody who they are.
    assert!(!text.contains(&record.terms().given_at.to_string()));
    assert!(text.contains("Kinderopvang De Vlinder") && text.contains("JGZ Waterland-Noord"));

    let paper = |state: ReceiptState, language| Receipt {
        language,
        addressee: Addressee::Guardian,
        is_exchange: true,
        state,
        asked_by: "Kinderopvang De Vlinder".to_owned(),
        parties: vec![
            party("JGZ Waterland-Noord", "common-sector-youth-health-care", language),
            party("Kinderopvang De Vlinder", "common-sector-childcare", language),
        ],
        municipality: "gemeente Voorbeeldstad".to_owned(),
        reference: request.id.to_string(),
        text_version: record.terms().text_version.to_string(),
        made_on: jiff::civil::date(2027, 3, 10),
        zone: amsterdam(),
        address: format!("{}/portal", met.region.portal_url),
    };
    let given = ReceiptState::Given {
        at: record.terms().given_at,
        until: record.terms().valid_until,
    };
    let in_dutch = sorted(paper(given, texts::Language::Nl));
    is_paper(&mother.takes(PAPER).await, &in_dutch.paper());
    mother.visits("/portal/verzoek?taal=ar").await;
    let in_arabic = mother.takes(&format!("{SIGNED}?taal=ar")).await;
    let in_arabic: Value = serde_json::from_slice(&in_arabic.body).unwrap();
    assert_eq!(in_arabic["dct:language"], "ar");

    father.withdraws().await;
    let receipt = signed(&met, &mut mother).await;
    assert_eq!(states(&receipt)[2], "\"dpv:ConsentWithdrawn\"");
}

fn party(name: &str, sector: &str, language: texts::Language) -> String {
    format!("{name} ({})", texts::Texts::of(language).say(sector))
}

/// Organisations are named in the order of their names.
fn sorted(mut receipt: Receipt) -> Receipt {
    receipt.parties.sort();
    receipt
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_file_is_taken_home_on_paper_too() {
    let met = Met::start().await;
    let (_, mut mother) = met.open().await;
    let paper = mother.takes("/portal/gegevens.pdf").await;
    assert_eq!(paper.status, 200);
    assert_eq!(paper.header("content-type"), Some("application/pdf"));
    assert_eq!(paper.header("cache-control"), Some("no-store"));
    assert!(paper.body.starts_with(b"%PDF-1.7"));
    // Nobody else has it.
    let mut stranger = Guardian::with_code(&met.region, "AAAA-AAAA-AAAA-AAAA");
    for path in ["/portal/gegevens.pdf", PAPER, SIGNED] {
        let answer = stranger.takes(path).await;
        assert_eq!(
            (answer.status, answer.header("location")),
            (303, Some("/portal")),
            "{path}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receipt_says_nothing_of_how_another_decided() {
    let met = Met::start().await;
    let (request, mut letters) = met.ask(AgeBand::Under12, 3).await;
    letters[0].agrees().await;
    let father = met.region.goes_in(&letters[1].code).await;
    met.region
        .casework
        .decide(&father, request.id, casework::Choice::Give, Language::Ar)
        .await
        .unwrap();
    met.region
        .municipality()
        .writes_down(&letters[2].code, AttestedDecision::Agreed)
        .await
        .unwrap();
    let kept = met.childcare.has_record(met.match_id, request.id).await;
    let record = Record::parse(&kept.document).unwrap();
    assert_eq!(record.terms().language.as_str(), "ar.nl");
    let receipt = signed(&met, &mut letters[0]).await;
    let of_record = &receipt["dpv:hasRecordOfActivity"];
    assert_eq!(of_record["dpv:hasNotice"]["dct:language"], json!(["nl"]));
    let given = &of_record["dpv:hasConsentStatus"][1];
    assert_eq!(given["dpv:hasIndicationMethod"], json!(["portal", "letter"]));
}
