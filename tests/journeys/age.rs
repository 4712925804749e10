//! Who must sign follows from the child's age; on the birthday another rule begins.

use protocol::consent::{AgeBand, ConsentRequest, ConsentState, Signatory};
use protocol::match_case::ClosedBecause;
use protocol::problem::ProblemType;
use tests::{Guardian, Region, refusal};

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
    met.region.log_holds().await;
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
    met.region.log_holds().await;
}

/// Two guardians asked on 1 June about a child that becomes 12 on the 10th; the first signs on the 8th, and has the page
/// open. The last letter is the young person's.
async fn turning_twelve(lines: &str) -> (Met, ConsentRequest, Vec<Guardian>) {
    let covenant = format!("notice_interval_minutes = 0\n{lines}");
    let met = Met::in_region(Region::with_covenant(&covenant).await).await;
    met.region.at("2027-06-01T10:00:00+02:00").await;
    let request = met
        .childcare
        .tries_to_ask_consent(met.match_id, AgeBand::Under12, 2, Some("2027-06-10"))
        .await
        .unwrap();
    let midnight = "2027-06-10T00:00:00+02:00".parse().unwrap();
    let letters: Vec<_> = request
        .invitations
        .iter()
        .map(|letter| (letter.signatory, letter.valid_from, letter.valid_until))
        .collect();
    assert_eq!(
        letters,
        [
            (Signatory::Guardian, None, midnight),
            (Signatory::Guardian, None, midnight),
            (
                Signatory::YoungPerson,
                Some(midnight),
                "2027-07-08T00:00:00+02:00".parse().unwrap()
            ),
        ]
    );
    let mut letters = Guardian::of(&met.region, &request);
    met.region.at("2027-06-08T10:00:00+02:00").await;
    letters[0].agrees().await;
    // The letter for later opens nothing yet.
    let page = letters[2].enters().await;
    assert!(page.says("Deze code werkt niet"), "{}", page.html);
    (met, request, letters)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_the_twelfth_birthday_the_young_person_must_agree_too_and_what_was_signed_stays() {
    let (met, request, mut letters) = turning_twelve("on_age_boundary = \"keep\"").await;
    let supervisor = met.region.supervisor().await;
    let page = letters[1].enters().await;
    assert!(page.says("tot en met 9 juni 2027"), "{}", page.html);

    met.region.at("2027-06-10T00:00:00+02:00").await;
    // Who had the page open answers the question that is asked now, and not the one before.
    let page = letters[1].presses(&page, "Ja, ik geef toestemming").await;
    assert!(
        page.says("Wat kiest u?") && page.says("tot en met 7 juli 2027"),
        "{}",
        page.html
    );
    let seen = met.health.sees_request(met.match_id, request.id).await;
    assert_eq!(seen.state, ConsentState::SupersededByAge);
    let successor = seen.superseded_by.unwrap();
    let asked = met.health.sees_request(met.match_id, successor).await;
    assert_eq!(
        (asked.state, asked.parties),
        (ConsentState::Requested, seen.parties)
    );
    assert_eq!(asked.requested_at, "2027-06-10T00:00:00+02:00".parse().unwrap());
    // It waits like any other.
    let again = met
        .health
        .tries_to_ask_consent(met.match_id, AgeBand::From12To15, 2, None)
        .await;
    assert_eq!(refusal(again), ProblemType::ConsentRequestPending);

    // The first guardian has signed; the young person and the second have not.
    let page = letters[0].enters().await;
    assert!(page.says("U gaf uw toestemming op 8 juni 2027"), "{}", page.html);
    let page = letters[2].agrees().await;
    assert!(page.says("Nog niet iedereen heeft gekozen"), "{}", page.html);
    assert!(!met.health.sees(met.match_id).await.exchange.open);
    letters[1].agrees().await;
    assert!(met.health.sees(met.match_id).await.exchange.open);
    assert_eq!(
        met.health.sees_request(met.match_id, successor).await.state,
        ConsentState::Given
    );

    // What was stated about the child is forgotten, and the log tells each step once.
    let kept = "SELECT count(*) FROM consent WHERE boundary_at IS NOT NULL";
    assert_eq!(met.region.count(kept).await, 0);
    let kept = "SELECT count(*) FROM signatory WHERE begins_at IS NOT NULL";
    assert_eq!(met.region.count(kept).await, 0);
    let export = supervisor.verifies().await;
    let counts = export.counts();
    for (event, times) in [
        ("consent.requested", 2),
        ("consent.superseded_by_age", 1),
        ("consent.signed", 2),
        ("consent.given", 1),
        ("consent.expired", 0),
    ] {
        assert_eq!(counts.get(event).copied().unwrap_or_default(), times, "{event}");
    }
    tests::assert_sound(&met.region).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_the_covenant_says_so_everybody_is_asked_again_on_the_twelfth_birthday() {
    let (met, request, mut letters) = turning_twelve("on_age_boundary = \"ask_again\"").await;
    // Nobody looks, and housekeeping writes it down.
    met.region.at("2027-06-10T00:00:00+02:00").await;
    met.region.casework.retire_once().await.unwrap();
    let superseded = "SELECT count(*) FROM consent WHERE state = 'superseded_by_age'";
    assert_eq!(met.region.count(superseded).await, 1);
    let page = letters[0].visits("/portal/verzoek").await;
    assert!(page.says("Wat kiest u?"), "{}", page.html);
    letters[1].agrees().await;
    letters[2].agrees().await;
    assert!(!met.health.sees(met.match_id).await.exchange.open);
    letters[0].agrees().await;
    assert!(met.health.sees(met.match_id).await.exchange.open);
    // Housekeeping again changes nothing.
    met.region.casework.retire_once().await.unwrap();
    assert_eq!(met.region.count(superseded).await, 1);
    let seen = met.childcare.sees_request(met.match_id, request.id).await;
    assert_eq!(seen.state, ConsentState::SupersededByAge);
    met.region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_the_sixteenth_birthday_guardians_see_and_can_do_nothing() {
    let met = Met::start().await;
    met.region.at("2027-06-01T10:00:00+02:00").await;
    let request = met
        .childcare
        .tries_to_ask_consent(met.match_id, AgeBand::From12To15, 2, Some("2027-06-10"))
        .await
        .unwrap();
    let mut letters = Guardian::of(&met.region, &request);
    assert_eq!(letters.len(), 3, "the young person has a letter already");
    letters[2].agrees().await;
    letters[0].agrees().await;
    let open = letters[1].enters().await;

    met.region.at("2027-06-10T00:00:00+02:00").await;
    // Neither a page that was open, nor a session, nor the code.
    let page = letters[1].presses(&open, "Ja, ik geef toestemming").await;
    assert_eq!(page.status, 403, "{}", page.html);
    for letter in &mut letters[..2] {
        let page = letter.visits("/portal/verzoek").await;
        assert!(!page.says(&met.childcare.name), "{}", page.html);
        let page = letter.enters().await;
        assert!(page.says("Deze sleutel en pincode werken niet"), "{}", page.html);
    }
    // The young person decides alone, and anew.
    let page = letters[2].visits("/portal/verzoek").await;
    assert!(page.says("Wat kies je?"), "{}", page.html);
    letters[2].presses(&page, "Ja, ik geef toestemming").await;
    assert!(met.health.sees(met.match_id).await.exchange.open);
    for letter in &mut letters[..2] {
        let page = letter.enters().await;
        assert!(page.says("Deze sleutel en pincode werken niet"));
    }
    met.region.log_holds().await;
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
    let mut letters = Guardian::of(&met.region, &request);
    for letter in &mut letters {
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
    let unread = met.health.fetches(met.match_id, message).await.map(drop);
    assert_eq!(refusal(unread), ProblemType::ConsentMissing);
    // The guardian's letter shows nothing of it any more.
    let page = letters[0].visits("/portal/verzoek").await;
    assert!(!page.says(&met.childcare.name), "{}", page.html);
    let page = letters[0].enters().await;
    assert!(page.says("Deze sleutel en pincode werken niet"));
    met.region.log_holds().await;
}
