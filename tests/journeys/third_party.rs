//! A third organisation joins a match in which consent was given.

use protocol::consent::{AgeBand, ConsentState};
use protocol::match_case::{ClosedBecause, MatchState};
use protocol::notice::NoticeKind;
use protocol::page::PageQuery;
use protocol::problem::ProblemType;
use tests::{Guardian, Sector, refusal};

use crate::Met;

const ALL: PageQuery = PageQuery {
    limit: PageQuery::MAX_LIMIT,
    cursor: None,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_joins_is_told_and_told_of_and_is_not_covered_by_what_was_agreed_before() {
    let met = Met::start().await;
    let supervisor = met.region.supervisor().await;
    let (earlier, _) = met.open().await;
    let message = met
        .childcare
        .writes(met.match_id, &met.health, "Voor u alleen.")
        .await;

    let school = met
        .region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    school.signals(&met.child).await;
    let [notice] = school.is_told(1).await.try_into().unwrap();
    assert_eq!(
        (notice.kind, notice.match_id),
        (NoticeKind::MatchOpened, Some(met.match_id))
    );
    for party in [&met.childcare, &met.health] {
        let [notice] = party.is_told(1).await.try_into().unwrap();
        assert_eq!(
            (notice.kind, notice.match_id),
            (NoticeKind::MatchJoined, Some(met.match_id))
        );
    }

    // The newcomer sees that nothing is open for it, and nothing of what went before.
    let seen = school.sees(met.match_id).await;
    assert_eq!(seen.state, MatchState::Open, "contact is to be confirmed anew");
    assert!(!seen.exchange.open);
    assert_eq!(seen.exchange.closed_because, Some(ClosedBecause::ConsentMissing));
    assert_eq!(seen.exchange.consent_request, None);
    assert!(seen.parties.iter().all(|party| !party.exchange_open));
    let requests = school.partner.consent_requests(met.match_id, &ALL).await.unwrap();
    assert!(requests.items.is_empty());
    assert_eq!(
        refusal(school.partner.consent_request(met.match_id, earlier.id).await),
        ProblemType::NotFound
    );
    assert_eq!(
        refusal(school.partner.messages(met.match_id, &ALL).await),
        ProblemType::ConsentMissing
    );
    let unread = school.fetches(met.match_id, message).await.map(drop);
    assert_eq!(refusal(unread), ProblemType::NotFound);

    // Between the first two everything stands, and nothing can be sent to the third.
    let seen = met.childcare.sees(met.match_id).await;
    assert!(seen.exchange.open);
    for party in seen.parties.iter().filter(|party| !party.you) {
        let name = &party.organisation.as_ref().unwrap().name;
        assert_eq!(party.exchange_open, *name == met.health.name, "{name}");
    }
    assert_eq!(met.health.reads(met.match_id, message).await, "Voor u alleen.");
    let to_school = met
        .childcare
        .partner
        .send(met.match_id, school.organisation, b"x")
        .await;
    assert!(matches!(to_school, Err(client::Error::NoConsent(_))));

    let older = met
        .childcare
        .writes(met.match_id, &met.health, "Van voor de derde.")
        .await;
    met.childcare
        .writes(met.match_id, &met.health, "Ook van voor de derde.")
        .await;

    // Asked again for all three: the first consent stands until the larger one is given, and takes its place.
    for party in [&met.childcare, &met.health, &school] {
        party.confirms_contact(met.match_id).await;
    }
    let larger = school.asks_consent(met.match_id, AgeBand::Under12, 1).await;
    assert_eq!(larger.parties.len(), 3);
    assert!(met.childcare.sees(met.match_id).await.exchange.open);
    let [mut guardian]: [Guardian; 1] = Guardian::of(&met.region, &larger).try_into().ok().unwrap();
    let page = guardian.agrees().await;
    assert!(page.says("De toestemming is gegeven"), "{}", page.heading());
    assert_eq!(
        met.childcare.sees_request(met.match_id, earlier.id).await.state,
        ConsentState::Replaced
    );
    let message = met
        .childcare
        .writes(met.match_id, &school, "Nu ook voor u.")
        .await;
    assert_eq!(school.reads(met.match_id, message).await, "Nu ook voor u.");

    // What was sealed under the first consent stays bound to it: readable while the second stands, destroyed with it.
    assert_eq!(met.health.reads(met.match_id, older).await, "Van voor de derde.");
    guardian.withdraws().await;
    assert_eq!(
        met.region
            .count("SELECT count(*) FROM message WHERE ciphertext IS NOT NULL")
            .await,
        0
    );

    let counts = supervisor.verifies().await;
    let counts = counts.counts();
    assert_eq!((counts["match.opened"], counts["match.joined"]), (1, 1));
    // Five of the match, and one of each of the four messages.
    assert_eq!((counts["notice.delivered"], counts["consent.replaced"]), (9, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_of_the_larger_circle_leaves_the_smaller_one_open() {
    let met = Met::start().await;
    let (earlier, _) = met.open().await;
    let school = met
        .region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    school.signals(&met.child).await;
    school.is_told(1).await;
    for party in [&met.childcare, &met.health, &school] {
        party.confirms_contact(met.match_id).await;
    }
    let larger = school.asks_consent(met.match_id, AgeBand::Under12, 1).await;
    Guardian::of(&met.region, &larger)[0].refuses().await;
    assert_eq!(
        school.sees_request(met.match_id, larger.id).await.state,
        ConsentState::Refused
    );
    assert_eq!(
        met.health.sees_request(met.match_id, earlier.id).await.state,
        ConsentState::Given
    );
    let message = met
        .health
        .writes(met.match_id, &met.childcare, "Nog steeds open.")
        .await;
    assert_eq!(
        met.childcare.reads(met.match_id, message).await,
        "Nog steeds open."
    );
}
