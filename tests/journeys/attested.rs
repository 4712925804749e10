//! What a family said or wrote to a professional, who records it.

use client::Error;
use protocol::consent::record::{Assurance, Method, Record};
use protocol::consent::{
    AgeBand, AttestationSubmission, AttestedDecision, AttestedForm, ConsentState, Signatory,
};
use protocol::problem::ProblemType;
use tests::{Guardian, Region, Sector, assert_sound, refusal, said_yes, stated};

use crate::Met;

const ALLOWED: &str = "notice_interval_minutes = 0\nattested_consent = true";

async fn met() -> Met {
    Met::in_region(Region::with_covenant(ALLOWED).await).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_said_counts_is_marked_is_shown_and_can_be_taken_back() {
    let met = met().await;
    let supervisor = met.region.supervisor().await;
    let (request, mut letters) = met.ask(AgeBand::Under12, 2).await;
    let said = said_yes("2027-03-01");
    let recorded = met
        .childcare
        .attests(met.match_id, request.id, &said)
        .await
        .unwrap();
    assert_eq!((recorded.signatory, recorded.number), (Signatory::Guardian, 1));
    assert!(!met.health.sees(met.match_id).await.exchange.open);
    // Shown to the one it is of, and to nobody else.
    let page = letters[0].enters().await;
    let shown = "Kinderopvang De Vlinder schreef op wat u op 1 maart 2027 zei";
    assert!(
        page.says("U heeft ja gezegd") && page.says(shown),
        "{}",
        page.html
    );
    let page = letters[1].enters().await;
    assert!(!page.says("schreef op"), "{}", page.html);
    letters[1].presses(&page, "Ja, ik geef toestemming").await;

    // As sure as the least sure of its signatures.
    let given = met.health.sees_request(met.match_id, request.id).await;
    assert_eq!(given.state, ConsentState::Given);
    let record = Record::parse(&given.record.unwrap().document).unwrap();
    assert_eq!(record.terms().assurance, Assurance::Attested);
    assert_eq!(record.terms().method, Method::Oral);
    assert_eq!(record.terms().issuer, met.childcare.organisation);
    let message = met
        .childcare
        .writes(met.match_id, &met.health, "Op uw woord.")
        .await;
    assert_eq!(met.health.reads(met.match_id, message).await, "Op uw woord.");

    // The leaf says who recorded it; what says something about a person stands in the opening.
    let export = supervisor.verifies().await;
    let signed: Vec<_> = export.of("consent.signed").collect();
    assert_eq!(signed.len(), 1);
    assert!(!signed[0]["org"].is_null());
    assert!(!signed[0].to_string().contains("ref-balie"));

    let page = letters[0].withdraws().await;
    assert!(page.says("De toestemming is ingetrokken"), "{}", page.html);
    assert!(!met.health.sees(met.match_id).await.exchange.open);
    assert_sound(&met.region).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_no_and_a_yes_taken_back_are_passed_on_by_anyone_who_is_named() {
    let met = met().await;
    let (request, mut letters) = met.ask(AgeBand::Under12, 1).await;
    letters[0].agrees().await;
    let taken_back = AttestationSubmission {
        decision: AttestedDecision::Withdrawn,
        form: AttestedForm::Written,
        ..said_yes("2027-03-01")
    };
    met.health
        .attests(met.match_id, request.id, &taken_back)
        .await
        .unwrap();
    assert!(!met.childcare.sees(met.match_id).await.exchange.open);
    let (request, _) = met.ask(AgeBand::Under12, 1).await;
    let no = AttestationSubmission {
        decision: AttestedDecision::Refused,
        ..said_yes("2027-03-01")
    };
    met.health.attests(met.match_id, request.id, &no).await.unwrap();
    // The same again is the same.
    met.health.attests(met.match_id, request.id, &no).await.unwrap();
    assert_eq!(
        met.childcare.sees_request(met.match_id, request.id).await.state,
        ConsentState::Refused
    );
    let late = met
        .childcare
        .attests(met.match_id, request.id, &said_yes("2027-03-01"))
        .await;
    assert_eq!(refusal(late), ProblemType::ConsentDecided);
    met.region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_have_been_said_is_not_recorded() {
    let met = met().await;
    let (request, _) = met.ask(AgeBand::Under12, 1).await;
    let attests = async |party: &tests::Professional, said: AttestationSubmission| -> Result<(), Error> {
        party.attests(met.match_id, request.id, &said).await.map(drop)
    };
    for (said, why) in [
        (said_yes("2027-03-02"), ProblemType::InvalidRequest),
        (said_yes("2027-02-28"), ProblemType::InvalidRequest),
        (
            AttestationSubmission {
                number: 2,
                ..said_yes("2027-03-01")
            },
            ProblemType::NotFound,
        ),
        (
            AttestationSubmission {
                signatory: Signatory::YoungPerson,
                ..said_yes("2027-03-01")
            },
            ProblemType::NotFound,
        ),
        (
            AttestationSubmission {
                decision: AttestedDecision::Withdrawn,
                ..said_yes("2027-03-01")
            },
            ProblemType::ConsentDecided,
        ),
    ] {
        assert_eq!(refusal(attests(&met.childcare, said).await), why);
    }
    // A yes is recorded by who asked; by who is not named, nothing.
    let by_another = attests(&met.health, said_yes("2027-03-01")).await;
    assert_eq!(refusal(by_another), ProblemType::AttestedNotAllowed);
    let outsider = met
        .region
        .professional("Jeugdhulp Anker", Sector::YouthHelp)
        .await;
    let by_outsider = attests(&outsider, said_yes("2027-03-01")).await;
    assert_eq!(refusal(by_outsider), ProblemType::NotFound);
    let decided = "SELECT count(*) FROM signatory WHERE decision IS NOT NULL";
    assert_eq!(met.region.count(decided).await, 0);
    met.region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_where_every_covenant_allows_it() {
    let met = Met::start().await;
    let (request, _) = met.ask(AgeBand::Under12, 1).await;
    let attested = met
        .childcare
        .attests(met.match_id, request.id, &said_yes("2027-03-01"))
        .await;
    assert_eq!(refusal(attested), ProblemType::AttestedNotAllowed);
    met.region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signal_wakes_and_goes_by_what_was_said_too() {
    let region = Region::with_covenant(&format!("{ALLOWED}\nlegal_mode = \"consent_first\"")).await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let signal = school.signals(&tests::child(1)).await.id;
    let request = school
        .tries_to_ask_about_signal(signal, &stated(AgeBand::Under12, 1))
        .await
        .unwrap();
    let said = said_yes("2027-03-01");
    let attest = async |said: &AttestationSubmission| {
        school
            .partner
            .attest_signal_consent(signal, request.id, said, None)
            .await
    };
    attest(&said).await.unwrap();
    assert_eq!(
        school.partner.signal(signal).await.unwrap().state,
        protocol::signal::SignalState::Active
    );
    let page = Guardian::of(&region, &request)[0].enters().await;
    assert!(
        page.says("Het signaal telt nu mee.") && page.says("schreef op wat u"),
        "{}",
        page.html
    );
    let taken_back = AttestationSubmission {
        decision: AttestedDecision::Withdrawn,
        ..said
    };
    attest(&taken_back).await.unwrap();
    assert_eq!(
        refusal(school.partner.signal(signal).await),
        ProblemType::NotFound
    );
    assert_eq!(region.count("SELECT count(*) FROM subject").await, 0);
    region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_supervisor_reads_whose_letters_were_used_how_soon_and_is_not_told_so_of_what_was_recorded() {
    let met = met().await;
    let supervisor = met.region.supervisor().await;
    met.region.at("2027-03-02T10:00:00+01:00").await;
    let (_, mut letters) = met.ask(AgeBand::Under12, 1).await;
    met.region.at("2027-03-02T10:07:30+01:00").await;
    letters[0].agrees().await;
    letters[0].withdraws().await;
    // Asked again, and now recorded by a professional: no letter was used.
    let (second, _) = met.ask(AgeBand::Under12, 1).await;
    let attested = met
        .childcare
        .attests(met.match_id, second.id, &said_yes("2027-03-02"))
        .await;
    assert!(attested.is_ok(), "{attested:?}");

    let export = supervisor.verifies().await;
    let given: Vec<_> = export.of("consent.given").collect();
    let [by_letter, recorded] = given[..] else {
        panic!("{} consents", given.len())
    };
    assert_eq!(
        (&by_letter["to"], &recorded["to"]),
        (&"given(letter)".into(), &"given(attested)".into())
    );
    let reports = export.file("reports.csv");
    let rows: Vec<&str> = reports
        .lines()
        .filter(|row| row.starts_with("letter-consents,"))
        .collect();
    let [row] = rows[..] else { panic!("{reports}") };
    let cells: Vec<&str> = row.split(',').collect();
    assert_eq!(Some(cells[3]), by_letter["sub"].as_str());
    assert_eq!(
        cells[4],
        met.childcare.organisation.to_string(),
        "who issued the letter"
    );
    assert_eq!(cells[5], "7", "minutes between issue and use");
    assert!(
        export
            .file("reports.txt")
            .contains("1 brieven, 1 binnen 10 min, kortste 7 min, mediaan 7 min")
    );
}
