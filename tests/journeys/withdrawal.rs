//! Taking consent back, and what letters and sessions still open afterwards.

use protocol::consent::{AgeBand, ConsentState};
use protocol::page::PageQuery;
use protocol::problem::ProblemType;
use tests::{Guardian, Http, refusal};

use crate::Met;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_withdrawal_the_service_itself_refuses_to_take_a_message() {
    let met = Met::start().await;
    let (_, mut guardian) = met.open().await;
    // Sealed while consent stood, sent after it was withdrawn.
    let sealed = met
        .childcare
        .partner
        .seal_message(met.match_id, met.health.organisation, b"te laat")
        .await
        .unwrap();
    guardian.withdraws().await;
    let sent = met
        .childcare
        .partner
        .send_sealed(met.match_id, &sealed, None)
        .await;
    assert_eq!(refusal(sent), ProblemType::ConsentMissing);
    assert_eq!(met.region.count("SELECT count(*) FROM message").await, 0);
    // Doing it again changes nothing.
    let page = guardian.visits("/portal/intrekken").await;
    assert!(page.says("De toestemming is ingetrokken"), "{}", page.html);
    assert_eq!(
        met.region
            .count("SELECT count(*) FROM consent WHERE state = 'withdrawn'")
            .await,
        1
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_sealed_under_a_withdrawn_consent_stays_closed_under_the_next() {
    let met = Met::start().await;
    let (_, mut guardian) = met.open().await;
    let sealed = met
        .childcare
        .partner
        .seal_message(met.match_id, met.health.organisation, b"oud")
        .await
        .unwrap();
    let fetched = met.childcare.writes(met.match_id, &met.health, "gelezen").await;
    assert_eq!(met.health.reads(met.match_id, fetched).await, "gelezen");
    guardian.withdraws().await;
    met.open().await;
    let sent = met
        .childcare
        .partner
        .send_sealed(met.match_id, &sealed, None)
        .await;
    assert_eq!(refusal(sent), ProblemType::ConsentMissing);
    let again = met.health.fetches(met.match_id, fetched).await.map(drop);
    assert_eq!(refusal(again), ProblemType::ConsentMissing);
    let all = PageQuery {
        limit: 10,
        cursor: None,
    };
    let listed = met
        .health
        .partner
        .messages(met.match_id, &all)
        .await
        .unwrap()
        .items;
    assert_eq!(listed.len(), 1);
    assert!(listed[0].consent_withdrawn_at.is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_return_key_opens_in_every_browser_and_a_closed_session_opens_nothing() {
    let met = Met::start().await;
    let (request, mut guardian) = met.open().await;
    let cookie = guardian.cookie().unwrap().to_owned();
    let page = guardian.visits("/portal/verzoek").await;
    let left = guardian.presses(&page, "Uitloggen").await;
    assert_eq!(left.path, "/portal/afgesloten");
    assert_eq!(guardian.cookie(), None);
    // The cookie of before is worth nothing.
    let http = Http::new(&met.region.url);
    let answer = http.get("/portal/verzoek", &[("cookie", &cookie)]).await;
    assert_eq!((answer.status, answer.header("location")), (303, Some("/portal")));

    // The code was used; whoever finds the letter opens nothing.
    let mut finder = Guardian::with_code(&met.region, &guardian.code);
    assert!(finder.types_code().await.says("Deze code werkt niet"));
    // The return key, typed by hand: lower case, spaces for dashes.
    let mut at_the_library = Guardian::with_code(&met.region, &guardian.code);
    at_the_library.key = guardian.key.map(|key| key.to_lowercase().replace('-', " "));
    at_the_library.comes_back().await;
    let page = at_the_library.withdraws().await;
    assert!(page.says("De toestemming is ingetrokken"), "{}", page.html);
    assert_eq!(
        met.health.sees_request(met.match_id, request.id).await.state,
        ConsentState::Withdrawn
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_opens_its_own_request_and_nothing_else() {
    let met = Met::start().await;
    let (_, mut letters) = met.ask(AgeBand::Under12, 2).await;
    let codes: Vec<String> = letters.iter().map(|letter| letter.code.clone()).collect();
    assert_ne!(codes[0], codes[1]);
    let mut stranger = Guardian::with_code(&met.region, "ABCD-1234-EFGH-5678");
    let wrong = stranger.enters().await;
    assert_eq!(wrong.status, 400);
    assert!(wrong.says("Deze code werkt niet") && stranger.cookie().is_none());
    // The same page for what is no code at all.
    let mut nonsense = Guardian::with_code(&met.region, "'; DROP TABLE consent; --");
    let page = nonsense.enters().await;
    assert_eq!((page.status, page.html), (wrong.status, wrong.html));

    // One session's form is no good in another.
    let page = letters[0].enters().await;
    letters[1].enters().await;
    let foreign = letters[1].sends(&page, "Ja, ik geef toestemming").await;
    assert_eq!(foreign.status, 403);
    assert_eq!(
        met.region
            .count("SELECT count(*) FROM signatory WHERE decision IS NOT NULL")
            .await,
        0
    );
}
