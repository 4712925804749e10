//! A guardian says no.

use protocol::consent::{AgeBand, ConsentState};
use protocol::match_case::ClosedBecause;
use protocol::problem::ProblemType;
use tests::refusal;

use crate::Met;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_refusal_keeps_the_lock_closed_and_nobody_learns_whose_it_was() {
    let met = Met::start().await;
    let supervisor = met.region.supervisor().await;
    let (request, mut letters) = met.ask(AgeBand::Under12, 2).await;
    let page = letters[1].agrees().await;
    assert!(page.says("Nog niet iedereen heeft gekozen"));
    let page = letters[0].refuses().await;
    assert!(page.says("Uw keuze is opgeslagen"), "{}", page.html);

    // The other guardian learns that consent was not given; not from whom.
    let page = letters[1].visits("/portal/verzoek").await;
    assert!(
        page.says("Niet iedereen heeft toestemming gegeven"),
        "{}",
        page.html
    );

    for party in [&met.childcare, &met.health] {
        let seen = party.sees_request(met.match_id, request.id).await;
        assert_eq!(seen.state, ConsentState::Refused);
        assert_eq!((seen.given_at, seen.valid_until, seen.record), (None, None, None));
        let seen = party.sees(met.match_id).await;
        assert_eq!(seen.exchange.closed_because, Some(ClosedBecause::ConsentMissing));
    }
    // The leaf of the refusal has its fact about the person in the opening, and not in the leaf.
    let export = supervisor.verifies().await;
    let refused: Vec<_> = export.of("consent.refused").collect();
    assert_eq!(refused.len(), 1);
    assert!(!refused[0].to_string().contains("guardian"));
    assert_eq!(refused[0]["org"], serde_json::Value::Null);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_family_that_refused_is_left_in_peace_for_thirty_days() {
    let met = Met::start().await;
    met.region.at("2027-03-15T10:00:00+01:00").await;
    let (_, mut letters) = met.ask(AgeBand::Under12, 1).await;
    let pending = met
        .health
        .tries_to_ask_consent(met.match_id, AgeBand::Under12, 1, None)
        .await;
    assert_eq!(refusal(pending), ProblemType::ConsentRequestPending);
    letters[0].refuses().await;

    let ask = async || {
        met.health
            .tries_to_ask_consent(met.match_id, AgeBand::Under12, 1, None)
            .await
    };
    assert_eq!(refusal(ask().await), ProblemType::ConsentCoolingDown);
    // Across the change to summer time, which makes one of the thirty days an hour shorter.
    met.region.at("2027-04-14T09:59:00+02:00").await;
    assert_eq!(refusal(ask().await), ProblemType::ConsentCoolingDown);
    met.region.at("2027-04-14T10:01:00+02:00").await;
    assert_eq!(ask().await.unwrap().state, ConsentState::Requested);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_yes_taken_back_before_the_others_decided_is_a_no() {
    let met = Met::start().await;
    let (request, mut letters) = met.ask(AgeBand::Under12, 2).await;
    let page = letters[0].agrees().await;
    let sure = letters[0].follows(&page, "Mijn ja terugnemen").await;
    let page = letters[0].presses(&sure, "Ja terugnemen").await;
    assert!(page.says("Uw keuze is opgeslagen"), "{}", page.html);
    assert_eq!(
        met.health.sees_request(met.match_id, request.id).await.state,
        ConsentState::Refused
    );
    let page = letters[1].enters().await;
    assert!(
        page.says("Niet iedereen heeft toestemming gegeven"),
        "{}",
        page.html
    );
}
