//! Parts that are sent, read and acknowledged while consent is withdrawn: one history, and nothing left behind.

use std::sync::atomic::{AtomicBool, Ordering};

use futures::future::join_all;
use protocol::consent::AgeBand;
use protocol::exchange::MAX_PART_BYTES;
use protocol::signal::EndReason;
use tests::{Answer, Guardian, Http, Parcel, Region, Sector, assert_sound, child, eventually};

/// So often is consent given, raced and withdrawn.
const ROUNDS: u8 = 12;

/// The slug of a refusal; none when it was done.
fn outcome(answer: &Answer) -> Option<String> {
    (answer.status >= 400).then(|| answer.slug())
}

// rule: F8
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn withdrawing_beside_the_last_part_a_reading_and_an_acknowledgement_has_one_history() {
    let region = Region::start().await;
    let supervisor = region.supervisor().await;
    let (school, help, match_id) = crate::two_in_contact(&region).await;
    let http = Http::new(&region.url);
    for round in 0..ROUNDS {
        let request = school.asks_consent(match_id, AgeBand::Under12, 1).await;
        let mut guardian = Guardian::of(&region, &request).remove(0);
        let given = guardian.agrees().await;
        let sure = guardian.follows(&given, "Toestemming intrekken").await;
        let record = school.has_record(match_id, request.id).await.hash;
        let of = async |place: u8, bytes| {
            let number = 1 + round * 3 + place;
            Parcel::of(&region, (&school, &help), match_id, record, (number, bytes)).await
        };
        let (arriving, waiting, fetched) = (
            of(0, MAX_PART_BYTES + 100).await,
            of(1, 3 * MAX_PART_BYTES).await,
            of(2, 100).await,
        );
        assert_eq!(arriving.announced(&arriving.key("announced")).await.status, 201);
        assert_eq!(arriving.sent(0).await.status, 200);
        waiting.arrives().await;
        fetched.arrives().await;
        assert_eq!(fetched.fetched(0).await.status, 200);

        let over = AtomicBool::new(false);
        let withdraw = async {
            for _ in 0..round % 4 {
                http.get("/v1/health", &[]).await;
            }
            let answer: Answer = guardian.sends(&sure, "Toestemming intrekken").await;
            over.store(true, Ordering::SeqCst);
            assert_eq!(answer.status, 303, "{answer:?}");
        };
        let last_part = async {
            let sent = arriving.sent(1).await;
            assert!(
                outcome(&sent)
                    .is_none_or(|slug| ["consent-missing", "content-gone"].contains(&slug.as_str())),
                "{sent:?}"
            );
        };
        let read = join_all((0..3).map(async |part| {
            let was_over = over.load(Ordering::SeqCst);
            let answer = waiting.fetched(part).await;
            match outcome(&answer).as_deref() {
                None => assert!(!was_over && answer.body == waiting.content(part)),
                slug => assert_eq!(slug, Some("consent-missing"), "{answer:?}"),
            }
        }));
        let acknowledge = async {
            let answer = fetched.acknowledged(&fetched.key("acknowledged")).await;
            assert!([201, 410].contains(&answer.status), "{answer:?}");
        };
        tokio::join!(withdraw, last_part, read, acknowledge);
        // Nothing of it is left, whoever came first.
        assert_eq!(region.count("SELECT count(*) FROM message_part").await, 0);
        assert_eq!(waiting.fetched(0).await.slug(), "consent-missing");
        assert_eq!(arriving.sent(1).await.slug(), "consent-missing");
    }
    assert_sound(&region).await;
    // The log has what was read before the withdrawal, in this order, or not at all.
    supervisor.verifies().await;
}

// rule: F6
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn announcing_at_one_time_lets_no_more_arrive_than_may() {
    let region = Region::start().await;
    let (school, help, match_id) = crate::two_in_contact(&region).await;
    let request = school.asks_consent(match_id, AgeBand::Under12, 1).await;
    Guardian::of(&region, &request)[0].agrees().await;
    let record = school.has_record(match_id, request.id).await.hash;
    let mut parcels = Vec::new();
    for number in 1..=9 {
        parcels.push(Parcel::of(&region, (&school, &help), match_id, record, (number, 100)).await);
    }
    let announced = join_all(
        parcels
            .iter()
            .map(async |parcel| parcel.announced(&parcel.key("at-once")).await.status),
    )
    .await;
    let taken = announced.iter().filter(|status| **status == 201).count();
    assert_eq!((taken, announced.len()), (4, 9), "{announced:?}");
    assert!(announced.iter().all(|status| [201, 409].contains(status)));
    assert_sound(&region).await;
}

// rule: F7
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_sent_beside_the_end_of_a_signal_does_not_stay() {
    let region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    school.signals(&child(1)).await;
    let signal = help.signals(&child(1)).await;
    let match_id = school.is_told_of_a_match().await;
    help.is_told_of_a_match().await;
    school.confirms_contact(match_id).await;
    help.confirms_contact(match_id).await;
    let request = school.asks_consent(match_id, AgeBand::Under12, 1).await;
    Guardian::of(&region, &request)[0].agrees().await;

    // The sender stops in the midst of sending, after it has seen that it may: a key that it relies on is held.
    let mut superuser = region.database.superuser().await;
    let held = superuser.transaction().await.unwrap();
    held.execute("SELECT FROM organisation_sealing_key FOR UPDATE", &[])
        .await
        .unwrap();
    let waiting = "SELECT count(*) FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let waits = async |how_many| {
        let enough = async || (region.count(waiting).await >= how_many).then_some(());
        eventually("whoever has to waits", enough).await;
    };
    let over = AtomicBool::new(false);
    let ends = async {
        waits(1).await;
        help.ends(signal.id, EndReason::Resolved).await;
        over.store(true, Ordering::SeqCst);
    };
    let goes_on = async {
        let ended_or_waits = async || {
            let ready = over.load(Ordering::SeqCst) || region.count(waiting).await >= 2;
            ready.then_some(())
        };
        eventually("the signal ends, or waits for the sender", ended_or_waits).await;
        held.commit().await.unwrap();
    };
    tokio::join!(school.writes(match_id, &help, "Te laat."), ends, goes_on);
    let content = "SELECT count(*) FROM message WHERE ciphertext IS NOT NULL";
    assert_eq!(region.count("SELECT count(*) FROM message").await, 1);
    assert_eq!(region.count(content).await, 0);
    assert_sound(&region).await;
}
