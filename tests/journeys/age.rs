//! Who must sign follows from the child's age; on the birthday another rule begins.

use protocol::consent::{AgeBand, ConsentState, Signatory};
use protocol::match_case::ClosedBecause;
use protocol::problem::ProblemType;
use tests::refusal;

use crate::Met;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_twelve_to_fifteen_the_young_person_must_agree_too() {
    let met = Met::start().await;
    let (request, mut letters) = met.ask(AgeBand::From12To15, 2).await;
    let who: Vec<Signatory> = request
        .invitations
        .iter()
        .map(|letter| letter.signatory)
        .collect();
    assert_eq!(
        who,
        [Signatory::Guardian, Signatory::Guardian, Signatory::YoungPerson]
    );
    letters[0].agrees().await;
    letters[1].agrees().await;
    assert!(!met.health.sees(met.match_id).await.exchange.open);
    let page = letters[2].enters().await;
    assert!(page.says("Wat kies je?"), "the young person is spoken to as such");
    let page = letters[2].presses(&page, "Ja, ik geef toestemming").await;
    assert_eq!(page.status, 200);
    assert!(met.health.sees(met.match_id).await.exchange.open);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_sixteen_the_young_person_decides_alone() {
    let met = Met::start().await;
    let with_guardians = met
        .childcare
        .tries_to_ask_consent(met.match_id, AgeBand::From16, 1, None)
        .await;
    assert_eq!(refusal(with_guardians), ProblemType::InvalidRequest);
    let (request, mut letters) = met.ask(AgeBand::From16, 0).await;
    assert_eq!(request.invitations.len(), 1);
    assert_eq!(request.invitations[0].signatory, Signatory::YoungPerson);
    letters[0].agrees().await;
    assert!(met.childcare.sees(met.match_id).await.exchange.open);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_the_twelfth_birthday_a_waiting_request_is_over() {
    let met = Met::start().await;
    met.region.at("2027-06-01T10:00:00+02:00").await;
    let birthday = Some("2027-06-10");
    let request = met
        .childcare
        .tries_to_ask_consent(met.match_id, AgeBand::Under12, 2, birthday)
        .await
        .unwrap();
    let mut letters = tests::Guardian::of(&met.region, &request);
    assert_eq!(
        request.invitations[0].valid_until,
        "2027-06-10T00:00:00+02:00".parse().unwrap()
    );
    met.region.at("2027-06-08T10:00:00+02:00").await;
    letters[0].agrees().await;
    let open = letters[1].enters().await;

    met.region.at("2027-06-10T00:00:00+02:00").await;
    // The session ended with the request: it shows nothing and can do nothing.
    let page = letters[1].presses(&open, "Ja, ik geef toestemming").await;
    assert!(page.html.contains("name=\"code\""), "{}", page.html);
    assert!(!page.says(&met.childcare.name), "{}", page.html);
    assert_eq!(
        met.health.sees_request(met.match_id, request.id).await.state,
        ConsentState::Expired
    );
    assert!(!met.health.sees(met.match_id).await.exchange.open);
    // A code that came by the same letter opens nothing any more.
    let mut late = tests::Guardian::with_code(&met.region, &letters[1].code);
    let page = late.enters().await;
    assert!(page.says("Deze code werkt niet"), "{}", page.html);

    // Asked again, by the rule that holds now.
    let again = met
        .childcare
        .asks_consent(met.match_id, AgeBand::From12To15, 2)
        .await;
    assert_eq!(again.invitations.len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_the_sixteenth_birthday_what_guardians_agreed_to_ends() {
    let met = Met::start().await;
    met.region.at("2027-06-01T10:00:00+02:00").await;
    let request = met
        .childcare
        .tries_to_ask_consent(met.match_id, AgeBand::From12To15, 1, Some("2027-08-15"))
        .await
        .unwrap();
    for mut letter in tests::Guardian::of(&met.region, &request) {
        letter.agrees().await;
    }
    let given = met.health.sees_request(met.match_id, request.id).await;
    assert_eq!(
        given.valid_until,
        Some("2027-08-15T00:00:00+02:00".parse().unwrap())
    );
    let message = met
        .childcare
        .writes(met.match_id, &met.health, "Tot de verjaardag.")
        .await;

    met.region.at("2027-08-14T23:59:30+02:00").await;
    assert!(met.health.sees(met.match_id).await.exchange.open);
    met.region.at("2027-08-15T00:00:00+02:00").await;
    let seen = met.health.sees(met.match_id).await;
    assert_eq!(seen.exchange.closed_because, Some(ClosedBecause::ConsentExpired));
    let unread = met
        .health
        .partner
        .read_message(met.match_id, message)
        .await
        .map(drop);
    assert_eq!(refusal(unread), ProblemType::ConsentMissing);
}
