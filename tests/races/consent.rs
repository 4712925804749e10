//! Giving, withdrawing and reading at the same moment: who reads after the answer to a withdrawal reads nothing.

use std::sync::atomic::{AtomicBool, Ordering};

use futures::future::join_all;
use protocol::consent::AgeBand;
use protocol::consent::ConsentState;
use tests::{Answer, Guardian, Http, Region, Supervisor, assert_sound};

/// So often is consent given, raced and withdrawn.
const ROUNDS: usize = 25;

/// So many read at once.
const READERS: usize = 3;

/// Reads a message over and over until some reads after `over` was set; every read that began after it must be refused.
/// Gives how many reads succeeded.
async fn read_until(over: &AtomicBool, http: &Http, path: &str, bearer: &str) -> usize {
    let (mut succeeded, mut after) = (0, 0);
    while after < 2 {
        let was_over = over.load(Ordering::SeqCst);
        let answer = http.get(path, &[("authorization", bearer)]).await;
        match answer.status {
            200 if !was_over => succeeded += 1,
            409 => assert_eq!(answer.slug(), "consent-missing"),
            _ => panic!("after withdrawal: {was_over}: {answer:?}"),
        }
        after += usize::from(was_over);
    }
    succeeded
}

/// Where the content of a match was read after its consent was withdrawn, by the order of the log.
async fn assert_log_agrees(supervisor: &Supervisor) {
    let export = supervisor.verifies().await;
    let mut withdrawn = std::collections::HashSet::new();
    for entry in &export.entries {
        match entry["e"].as_str().unwrap() {
            "consent.withdrawn" => {
                withdrawn.insert(entry["sub"].as_str().unwrap().to_owned());
            }
            "content.read" => {
                let related = entry["rel"].as_array().unwrap();
                assert!(
                    !related
                        .iter()
                        .any(|tag| withdrawn.contains(tag.as_str().unwrap())),
                    "read after withdrawal: {entry}"
                );
            }
            _ => {}
        }
    }
    assert!(!withdrawn.is_empty());
}

// rule: F8
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_read_that_begins_after_a_withdrawal_was_answered_succeeds() {
    let region = Region::start().await;
    let supervisor = region.supervisor().await;
    let (school, youth_help, match_id) = crate::two_in_contact(&region).await;
    let http = Http::new(&region.url);
    let bearer = youth_help.bearer().await;
    let mut reads = 0;
    for round in 0..ROUNDS {
        let request = school.asks_consent(match_id, AgeBand::Under12, 1).await;
        let mut guardian = Guardian::of(&region, &request).remove(0);
        let given = guardian.agrees().await;
        let sure = guardian.follows(&given, "Toestemming intrekken").await;
        let message = school.writes(match_id, &youth_help, "Snel.").await;
        let path = format!("/v1/matches/{match_id}/messages/{message}");
        let over = AtomicBool::new(false);
        let withdraw = async {
            // Somewhere among the first reads, another place each round.
            for _ in 0..round % 5 {
                http.get("/v1/health", &[]).await;
            }
            let answer: Answer = guardian.sends(&sure, "Toestemming intrekken").await;
            over.store(true, Ordering::SeqCst);
            assert_eq!(answer.status, 303, "{answer:?}");
        };
        let readers = join_all((0..READERS).map(|_| read_until(&over, &http, &path, &bearer)));
        let (succeeded, ()) = tokio::join!(readers, withdraw);
        reads += succeeded.iter().sum::<usize>();
        assert_eq!(
            school.sees_request(match_id, request.id).await.state,
            ConsentState::Withdrawn
        );
    }
    assert_sound(&region).await;
    assert_log_agrees(&supervisor).await;
    // Each successful read has its leaf, and there is none without a read.
    assert_eq!(
        tests::events(&region).await["content.read"],
        i64::try_from(reads).unwrap()
    );
}

// rule: F8
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_consent_given_while_the_first_is_withdrawn_and_read_has_one_history() {
    let region = Region::start().await;
    let supervisor = region.supervisor().await;
    let (school, youth_help, match_id) = crate::two_in_contact(&region).await;
    let http = Http::new(&region.url);
    let bearer = youth_help.bearer().await;
    let mut withdrawn_first = 0;
    for _ in 0..ROUNDS {
        let first = school.asks_consent(match_id, AgeBand::Under12, 1).await;
        let mut at_home = Guardian::of(&region, &first).remove(0);
        let given = at_home.agrees().await;
        let sure = at_home.follows(&given, "Toestemming intrekken").await;
        let message = school.writes(match_id, &youth_help, "Onder de eerste.").await;
        let path = format!("/v1/matches/{match_id}/messages/{message}");
        let second = school.asks_consent(match_id, AgeBand::Under12, 1).await;
        let mut on_the_road = Guardian::of(&region, &second).remove(0);
        let asked = on_the_road.enters().await;

        let over = AtomicBool::new(false);
        let withdraw = async {
            at_home.sends(&sure, "Toestemming intrekken").await;
            let page = at_home.visits("/portal/verzoek").await;
            // Too late when the second took its place: then the page says so, and nothing is withdrawn.
            over.store(page.says("De toestemming is ingetrokken"), Ordering::SeqCst);
        };
        let give = on_the_road.presses(&asked, "Ja, ik geef toestemming");
        let read = async {
            for _ in 0..4 {
                let was_over = over.load(Ordering::SeqCst);
                let answer = http.get(&path, &[("authorization", &bearer)]).await;
                assert!(
                    answer.status == 409 || (answer.status == 200 && !was_over),
                    "{answer:?}"
                );
            }
        };
        let ((), page, (), ()) = tokio::join!(withdraw, give, read, async {
            let state = http.get(&path, &[("authorization", &bearer)]).await.status;
            assert!([200, 409].contains(&state));
        });
        assert!(page.says("De toestemming is gegeven"), "{}", page.heading());
        let state = school.sees_request(match_id, first.id).await.state;
        let after = http.get(&path, &[("authorization", &bearer)]).await.status;
        match state {
            ConsentState::Withdrawn => {
                withdrawn_first += 1;
                assert_eq!(after, 409);
            }
            ConsentState::Replaced => assert_eq!(after, 200),
            other => panic!("{other:?}"),
        }
        assert!(school.sees(match_id).await.exchange.open);
        on_the_road.withdraws().await;
    }
    assert_sound(&region).await;
    if withdrawn_first > 0 {
        assert_log_agrees(&supervisor).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_guardians_who_decide_at_the_same_moment_make_one_decision() {
    let region = Region::start().await;
    let supervisor = region.supervisor().await;
    let (school, _, match_id) = crate::two_in_contact(&region).await;
    for _ in 0..ROUNDS {
        let request = school.asks_consent(match_id, AgeBand::Under12, 2).await;
        let mut letters = Guardian::of(&region, &request);
        let mut second = letters.remove(1);
        let mut first = letters.remove(0);
        let (one, other) = (first.enters().await, second.enters().await);
        let yes = "Ja, ik geef toestemming";
        let (one, other) = tokio::join!(first.presses(&one, yes), second.presses(&other, yes));
        assert!(
            [&one, &other]
                .iter()
                .any(|page| page.says("De toestemming is gegeven"))
        );
        assert_eq!(
            school.sees_request(match_id, request.id).await.state,
            ConsentState::Given
        );
        // Both take it back at the same moment: once.
        let withdraw = "Toestemming intrekken";
        let one = first.visits("/portal/intrekken").await;
        let other = second.visits("/portal/intrekken").await;
        let (one, other) = tokio::join!(first.presses(&one, withdraw), second.presses(&other, withdraw));
        for page in [one, other] {
            assert!(page.says("De toestemming is ingetrokken"), "{}", page.heading());
        }
    }
    assert_sound(&region).await;
    let counts = supervisor.verifies().await;
    let counts = counts.counts();
    for event in ["consent.signed", "consent.given", "consent.withdrawn"] {
        assert_eq!(counts[event], ROUNDS, "{event}");
    }
}

// rule: F8
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_yes_and_a_no_at_the_same_moment_are_a_no() {
    let region = Region::start().await;
    let supervisor = region.supervisor().await;
    for round in 0..5 {
        // A refusal rests for 30 days, so every round has its own family.
        let school = region
            .professional(&format!("School {round}"), tests::Sector::Education)
            .await;
        let help = region
            .professional(&format!("Hulp {round}"), tests::Sector::YouthHelp)
            .await;
        school.signals(&tests::child(round)).await;
        help.signals(&tests::child(round)).await;
        let match_id = school.is_told_of_a_match().await;
        school.confirms_contact(match_id).await;
        help.confirms_contact(match_id).await;
        let request = school.asks_consent(match_id, AgeBand::Under12, 2).await;
        let mut letters = Guardian::of(&region, &request);
        let mut second = letters.remove(1);
        let mut first = letters.remove(0);
        let (one, other) = (first.enters().await, second.enters().await);
        tokio::join!(
            first.presses(&one, "Ja, ik geef toestemming"),
            second.presses(&other, "Nee, ik geef geen toestemming")
        );
        assert_eq!(
            school.sees_request(match_id, request.id).await.state,
            ConsentState::Refused
        );
        assert!(!school.sees(match_id).await.exchange.open);
    }
    assert_sound(&region).await;
    supervisor.verifies().await;
}
