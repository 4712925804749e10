//! Who signs for a child: all guardians, or one who declares for the others where the covenant allows it; and what each may
//! know.

use domain::event::OpeningScope;
use protocol::consent::{AgeBand, ConsentRequestSubmission, ConsentState, Signatory};
use protocol::problem::ProblemType;
use tests::{Guardian, Region, Sector, child, refusal, stated};

use crate::Met;

fn declared(age_band: AgeBand, guardians: u8) -> ConsentRequestSubmission {
    ConsentRequestSubmission {
        one_guardian_declares: true,
        ..stated(age_band, guardians)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_guardian_declares_for_both_where_the_covenant_allows_it_and_the_log_says_so() {
    let lines = "notice_interval_minutes = 0\none_guardian_may_declare = true";
    let met = Met::in_region(Region::with_covenant(lines).await).await;
    let supervisor = met.region.supervisor().await;
    met.region
        .casework
        .set_audit_scope(supervisor.organisation, OpeningScope::ALL)
        .await
        .unwrap();
    let asks = async |stated: ConsentRequestSubmission| {
        met.childcare
            .partner
            .request_consent(met.match_id, &stated, None)
            .await
    };
    // There must be another to declare for.
    for nobody_else in [declared(AgeBand::Under12, 1), declared(AgeBand::From16, 0)] {
        assert_eq!(refusal(asks(nobody_else).await), ProblemType::InvalidRequest);
    }
    let request = asks(declared(AgeBand::From12To15, 2)).await.unwrap();
    let who: Vec<Signatory> = request
        .invitations
        .iter()
        .map(|letter| letter.signatory)
        .collect();
    assert_eq!(who, [Signatory::Guardian, Signatory::YoungPerson]);
    let mut letters = Guardian::of(&met.region, &request);
    let page = letters[0].enters().await;
    assert!(
        page.says("verklaart u dat de andere ouder of verzorger"),
        "{}",
        page.html
    );
    letters[0].presses(&page, "Ja, ik geef toestemming").await;
    let page = letters[1].enters().await;
    assert!(!page.says("verklaart"), "{}", page.html);
    letters[1].presses(&page, "Ja, ik geef toestemming").await;
    assert!(met.health.sees(met.match_id).await.exchange.open);
    let export = supervisor.verifies().await;
    let asked = export.of("consent.requested").next().unwrap();
    let opening = export
        .openings
        .iter()
        .find(|opening| opening["id"] == asked["id"]);
    let data = opening.unwrap()["data"].as_str().unwrap();
    assert_eq!(data, r#"{"basis":"one_guardian_declares"}"#);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn elsewhere_every_guardian_signs() {
    let met = Met::start().await;
    let refused = met
        .childcare
        .partner
        .request_consent(met.match_id, &declared(AgeBand::Under12, 2), None)
        .await;
    assert_eq!(refusal(refused), ProblemType::InvalidRequest);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_guardian_learns_who_else_is_asked_or_what_they_did() {
    let met = Met::start().await;
    let (request, mut letters) = met.ask(AgeBand::From12To15, 2).await;
    let alone = letters[0].enters().await;
    letters[1].agrees().await;
    letters[2].agrees().await;
    // To the letter the page of before: not even the time of another's yes shows.
    let after = letters[0].visits("/portal/verzoek").await;
    assert_eq!(alone.words(), after.words());
    letters[0].presses(&after, "Nee, ik geef geen toestemming").await;
    for letter in &mut letters[1..] {
        let page = letter.visits("/portal/verzoek").await;
        assert!(
            page.says("Niet iedereen heeft toestemming gegeven"),
            "{}",
            page.html
        );
    }
    assert_eq!(
        met.health.sees_request(met.match_id, request.id).await.state,
        ConsentState::Refused
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guardians_of_a_twelve_year_old_do_not_read_the_name_of_a_sensitive_organisation() {
    let lines = "notice_interval_minutes = 0\nsensitive_sectors = [\"police-and-justice\"]";
    let region = Region::with_covenant(lines).await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let police = region
        .professional("Politie eenheid Testland", Sector::PoliceAndJustice)
        .await;
    school.signals(&child(1)).await;
    police.signals(&child(1)).await;
    let match_id = school.is_told_of_a_match().await;
    // One is masked, so the family may be asked without contact.
    let request = school.asks_consent(match_id, AgeBand::From12To15, 1).await;
    let mut letters = Guardian::of(&region, &request);
    let guardian = letters[0].enters().await;
    assert!(
        guardian.says("een andere instantie") && !guardian.says("Politie"),
        "{}",
        guardian.html
    );
    let young_person = letters[1].enters().await;
    assert!(
        young_person.says("Politie eenheid Testland"),
        "{}",
        young_person.html
    );
}
