//! What has ended stays ended: consents one after the other, matches that ran out, requests nobody answered.

use protocol::consent::{AgeBand, ConsentState};
use protocol::match_case::MatchState;
use protocol::problem::ProblemType;
use tests::{Guardian, Region, Sector, refusal};

use crate::Met;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_sealed_before_a_withdrawal_stays_closed_also_under_a_new_consent() {
    let met = Met::start().await;
    let supervisor = met.region.supervisor().await;
    met.open().await;
    let message = met
        .childcare
        .writes(met.match_id, &met.health, "Onder de eerste.")
        .await;
    assert_eq!(met.health.reads(met.match_id, message).await, "Onder de eerste.");

    // A third joins, and a consent for all three takes the place of the first: the message goes with it.
    let school = met
        .region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    school.signals(&met.child).await;
    assert_eq!(school.is_told_of_a_match().await, met.match_id);
    for party in [&met.childcare, &met.health, &school] {
        party.confirms_contact(met.match_id).await;
    }
    let (_, mut letters) = met.ask(AgeBand::Under12, 1).await;
    letters[0].agrees().await;
    assert_eq!(met.health.reads(met.match_id, message).await, "Onder de eerste.");

    // Withdrawn, and later given once more: what went before does not come back.
    letters[0].withdraws().await;
    let (_, mut again) = met.ask(AgeBand::Under12, 1).await;
    again[0].agrees().await;
    assert!(met.health.sees(met.match_id).await.exchange.open);
    let old = met.health.fetches(met.match_id, message).await.map(drop);
    assert_eq!(refusal(old), ProblemType::ConsentMissing);
    supervisor.verifies().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_signals_after_a_match_ran_out_makes_a_new_one_though_no_housekeeping_ran() {
    let met = Met::start().await;
    let supervisor = met.region.supervisor().await;
    met.region.at("2027-03-15T10:00:00+01:00").await;
    let child = tests::child(2);
    met.childcare.signals_until(&child, "2027-05-01").await;
    met.health.signals_until(&child, "2027-09-01").await;
    let match_id = met.childcare.is_told_of_a_match().await;
    for party in [&met.childcare, &met.health] {
        party.confirms_contact(match_id).await;
    }
    let request = met.childcare.asks_consent(match_id, AgeBand::Under12, 1).await;
    Guardian::of(&met.region, &request)[0].agrees().await;
    met.region.quiet().await;

    // The first signal ends and the match with it. Housekeeping comes every 30 s; the matcher is there before it.
    met.region.at("2027-05-01T00:00:10+02:00").await;
    assert_eq!(met.health.sees(match_id).await.state, MatchState::Closed);
    let school = met
        .region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    school.signals_until(&child, "2027-09-01").await;
    let renewed = school.is_told_of_a_match().await;
    assert_ne!(renewed, match_id, "a match that is over is not joined");
    assert_eq!(met.health.sees(match_id).await.state, MatchState::Closed);

    // Who signals anew comes into the new match, and no consent of the old one counts there.
    met.childcare.signals_until(&child, "2027-09-01").await;
    met.region.quiet().await;
    let seen = met.childcare.sees(renewed).await;
    assert!(!seen.exchange.open && seen.exchange.consent_request.is_none());
    supervisor.verifies().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_nobody_answered_keeps_no_other_party_from_asking() {
    let mut met = Met::start().await;
    met.region.at("2027-03-15T10:00:00+01:00").await;
    let (first, _) = met.ask(AgeBand::Under12, 1).await;
    met.region.quiet().await;
    met.region.stop_drivers().await;

    met.region.at("2027-04-13T10:00:00+02:00").await;
    let second = met.health.asks_consent(met.match_id, AgeBand::Under12, 1).await;
    assert_ne!(second.id, first.id);
    assert_eq!(
        met.childcare.sees_request(met.match_id, first.id).await.state,
        ConsentState::Expired
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_says_yes_to_a_match_that_is_over() {
    let met = Met::start().await;
    met.region.at("2027-03-15T10:00:00+01:00").await;
    let child = tests::child(2);
    met.childcare.signals_until(&child, "2027-03-20").await;
    met.health.signals_until(&child, "2027-09-01").await;
    let match_id = met.childcare.is_told_of_a_match().await;
    for party in [&met.childcare, &met.health] {
        party.confirms_contact(match_id).await;
    }
    let request = met.childcare.asks_consent(match_id, AgeBand::Under12, 1).await;
    let mut letters = Guardian::of(&met.region, &request);
    let page = letters[0].enters().await;

    met.region.at("2027-03-20T00:00:00+01:00").await;
    met.region.casework.retire_once().await.unwrap();
    let page = letters[0].presses(&page, "Ja, ik geef toestemming").await;
    assert!(page.says("U kunt hier niet meer kiezen"), "{}", page.html);
    assert!(!page.says("mogen nu berichten"), "{}", page.html);
    let given = met
        .region
        .count("SELECT count(*) FROM consent WHERE state = 'given'")
        .await;
    assert_eq!(given, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_is_destroyed_once_whatever_ends_after_another() {
    let region = Region::with_covenant("notice_interval_minutes = 0\nconsent_days = 30").await;
    let mut met = Met::in_region(region).await;
    let supervisor = met.region.supervisor().await;
    met.region.at("2027-03-15T10:00:00+01:00").await;
    met.open().await;
    met.childcare
        .writes(met.match_id, &met.health, "Nooit gelezen.")
        .await;
    met.region.quiet().await;
    met.region.stop_drivers().await;

    // The first consent reaches its end unnoticed; a second is given and withdrawn; then housekeeping comes.
    met.region.at("2027-04-14T10:01:00+02:00").await;
    let (_, mut letters) = met.ask(AgeBand::Under12, 1).await;
    letters[0].agrees().await;
    letters[0].withdraws().await;
    met.region.casework.retire_once().await.unwrap();
    met.region.start_drivers();
    let export = supervisor.verifies().await;
    assert_eq!(export.of("content.destroyed").count(), 1);
}
