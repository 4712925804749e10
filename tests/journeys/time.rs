//! Ends act when one looks, whether or not a driver has run.

use protocol::consent::{AgeBand, ConsentState};
use protocol::match_case::{ClosedBecause, MatchState};
use protocol::notice::NoticeKind;
use protocol::problem::ProblemType;
use protocol::signal::SignalState;
use tests::{Region, Sector, child, refusal};

use crate::Met;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn consent_ends_after_its_days_for_every_reader_though_no_driver_runs() {
    let mut met =
        Met::in_region(Region::with_covenant("notice_interval_minutes = 0\nconsent_days = 30").await).await;
    met.region.at("2027-03-15T10:00:00+01:00").await;
    let (request, mut guardian) = met.open().await;
    let message = met
        .childcare
        .writes(met.match_id, &met.health, "Dertig dagen.")
        .await;
    met.region.quiet().await;
    met.region.stop_drivers().await;

    met.region.at("2027-04-14T09:59:30+02:00").await;
    assert!(met.health.sees(met.match_id).await.exchange.open);
    met.region.at("2027-04-14T10:01:00+02:00").await;
    let seen = met.health.sees(met.match_id).await;
    assert_eq!(seen.exchange.closed_because, Some(ClosedBecause::ConsentExpired));
    assert_eq!(
        met.health.sees_request(met.match_id, request.id).await.state,
        ConsentState::Expired
    );
    let unread = met.health.fetches(met.match_id, message).await.map(drop);
    assert_eq!(refusal(unread), ProblemType::ConsentMissing);
    // There is nothing left to withdraw or to choose; whoever came in before still reads how it stands.
    let page = guardian.visits("/portal/verzoek").await;
    assert!(page.says("Deze toestemming geldt niet meer."), "{}", page.html);
    assert!(!page.html.contains("/portal/intrekken"), "{}", page.html);
    assert!(!page.html.contains("/portal/besluit"), "{}", page.html);
    // In the table it still says `given`: it is the reading that ends it.
    assert_eq!(
        met.region.texts("SELECT state FROM consent").await,
        ["given".to_owned()]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_end_of_a_signal_closes_exchange_and_match_at_once_and_the_log_learns_it() {
    let mut met = Met::start().await;
    let supervisor = met.region.supervisor().await;
    met.open().await;
    let message = met
        .childcare
        .writes(met.match_id, &met.health, "Tot september.")
        .await;
    met.region.quiet().await;
    met.region.stop_drivers().await;

    met.region.at("2027-09-01T00:00:00+02:00").await;
    let unread = met.health.fetches(met.match_id, message).await.map(drop);
    assert_eq!(refusal(unread), ProblemType::ConsentMissing);
    let seen = met.health.sees(met.match_id).await;
    assert_eq!(seen.state, MatchState::Closed);
    assert_eq!(seen.exchange.closed_because, Some(ClosedBecause::SignalEnded));
    let ask = met
        .health
        .tries_to_ask_consent(met.match_id, AgeBand::Under12, 1, None)
        .await;
    assert_eq!(refusal(ask), ProblemType::MatchClosed);
    let confirm = met.health.partner.confirm_contact(met.match_id, None).await;
    assert_eq!(refusal(confirm), ProblemType::MatchClosed);
    assert_eq!(
        met.region.texts("SELECT state FROM match_case").await,
        ["contact_confirmed"]
    );

    // Housekeeping, stepped by hand, writes down what was so already; again, and nothing is left to do.
    assert_eq!(met.region.casework.retire_once().await.unwrap(), 2);
    assert_eq!(met.region.casework.retire_once().await.unwrap(), 0);
    assert_eq!(met.region.texts("SELECT state FROM match_case").await, ["closed"]);
    met.region.casework.sequence_once().await.unwrap();
    let _drivers = met.region.casework.start();
    let export = supervisor.verifies().await;
    assert_eq!(export.counts()["signal.expired"], 2);
    assert_eq!(export.counts()["match.closed"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whose_signal_ended_sees_the_match_no_more_while_the_others_go_on() {
    let region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let youth_help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    let childcare = region
        .professional("Kinderopvang De Vlinder", Sector::Childcare)
        .await;
    school.signals_until(&child(1), "2027-04-01").await;
    youth_help.signals_until(&child(1), "2027-09-01").await;
    childcare.signals_until(&child(1), "2027-09-01").await;
    region.quiet().await;
    let match_id = school.inbox().await[0].match_id.unwrap();
    region.at("2027-04-01T00:00:00+02:00").await;
    assert_eq!(
        refusal(school.partner.match_case(match_id).await),
        ProblemType::NotFound
    );
    assert_eq!(youth_help.sees(match_id).await.parties.len(), 2);
    assert!(school.matches().await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signal_given_again_after_its_end_makes_a_new_match_that_needs_a_new_consent() {
    let mut met = Met::start().await;
    let supervisor = met.region.supervisor().await;
    met.open().await;
    met.region.at("2027-09-01T00:00:00+02:00").await;
    met.region.quiet().await;
    met.region.stop_drivers().await;
    met.region.casework.retire_once().await.unwrap();
    let _drivers = met.region.casework.start();

    let again = met.childcare.signals_until(&met.child, "2028-03-01").await;
    assert_eq!(again.state, SignalState::Active);
    met.health.signals_until(&met.child, "2028-03-01").await;
    let told = met.childcare.is_told(2).await;
    let kinds: Vec<NoticeKind> = told.iter().map(|notice| notice.kind).collect();
    assert_eq!(kinds, [NoticeKind::MatchClosed, NoticeKind::MatchOpened]);
    let second = told[1].match_id.unwrap();
    assert_ne!(second, met.match_id);
    let seen = met.health.sees(second).await;
    assert_eq!(seen.state, MatchState::Open);
    assert_eq!(seen.exchange.closed_because, Some(ClosedBecause::ConsentMissing));
    assert_eq!(met.health.sees(met.match_id).await.state, MatchState::Closed);
    supervisor.verifies().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signal_given_again_before_housekeeping_ran_is_a_new_one() {
    let region = Region::start().await;
    let supervisor = region.supervisor().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let first = school.signals(&child(1)).await;
    region.at("2027-09-01T00:00:00+02:00").await;
    assert_eq!(
        school.partner.signal(first.id).await.unwrap().state,
        SignalState::Expired
    );
    let second = school.signals_until(&child(1), "2028-03-01").await;
    assert_ne!(second.id, first.id);
    assert_eq!(second.state, SignalState::Active);
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    help.signals_until(&child(1), "2028-03-01").await;
    school.is_told_of_a_match().await;
    tests::assert_sound(&region).await;
    assert_eq!(supervisor.verifies().await.counts()["signal.expired"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_and_sessions_live_by_real_time_not_by_the_networks() {
    let met = Met::start().await;
    let (_, mut guardian) = met.open().await;
    let token = met.health.access_token().await;
    let http = tests::Http::new(&met.region.url);
    let bearer = format!("Bearer {}", *token);
    met.region.move_network_time_alone(86_400).await;
    let answer = http.get("/v1/matches", &[("authorization", &bearer)]).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let page = guardian.visits("/portal/verzoek").await;
    assert!(page.says("De toestemming is gegeven"), "{}", page.html);
}
