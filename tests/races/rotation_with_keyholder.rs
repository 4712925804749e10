//! The keyholder's key is rotated, and a network moves to oblivious tokens, while partners of both levels signal. The
//! keyholder is a real one.

use std::sync::Mutex;

use casework::{Ceremony, CeremonySettings, Change, KeyholderFault, RotateKeysError, Step};
use identifiers::Token;
use jiff::SignedDuration;
use tests::{Answer, Http, Lie, Method, Professional, Region, Sector, Settings, child, eventually};

use crate::rotation::{MANY_SIGNALS, STREAMS, Traffic, assert_whole};

const KEYHOLDER: Change = Change {
    tag: false,
    keyholder: true,
    to_suite_2: false,
};

const TO_SUITE_2: Change = Change {
    tag: false,
    keyholder: false,
    to_suite_2: true,
};

fn ceremony(region: &Region, lie: Lie, grace: Option<SignedDuration>) -> Ceremony {
    let settings = CeremonySettings {
        keyholder: region
            .keyholder
            .as_ref()
            .map(|keyholder| keyholder.for_ceremony(lie)),
        workers: 2,
        grace,
    };
    region.casework.ceremony(region.custodians(), settings).unwrap()
}

async fn prepare(region: &mut Region) -> u16 {
    region.keyholder().operator.prepare_rotation().await.unwrap()
}

/// One of each level.
async fn two(region: &Region) -> (Professional, Professional) {
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let help = region
        .professional_of_level_a("Jeugdhulp Anker", Sector::YouthHelp)
        .await;
    (school, help)
}

/// A signal with this oblivious token of this epoch of the keyholder's key, as it goes over the wire.
async fn submit(region: &Region, who: &Professional, number: u32, oprf_epoch: u16, token: &Token) -> Answer {
    let body = who
        .signal_body(&child(number))
        .replace("\"suite\":1", &format!("\"suite\":2,\"oprfEpoch\":{oprf_epoch}"))
        .replace(
            &protocol::text::encode(child(number).token()),
            &protocol::text::encode(token.as_bytes()),
        );
    let bearer = who.bearer().await;
    let key = format!("epoch-{oprf_epoch}-child-{number}");
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
        ("idempotency-key", &key),
    ];
    Http::new(&region.url)
        .send(Method::POST, "/v1/signals", &headers, Some(body.as_bytes()))
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_match_is_lost_or_doubled_while_the_keyholders_key_is_rotated() {
    let mut region = Region::with(Settings {
        keyholder: true,
        covenant: MANY_SIGNALS.to_owned(),
        ..Settings::default()
    })
    .await;
    assert_eq!(prepare(&mut region).await, 2);
    let (school, help) = two(&region).await;
    for number in 0..10 {
        school.signals(&child(number)).await;
    }
    for number in 10..20 {
        help.signals(&child(number)).await;
    }
    let traffic = Traffic::start(school, help);
    let change = Change {
        tag: true,
        ..KEYHOLDER
    };
    let rotated = ceremony(&region, Lie::None, Some(SignedDuration::ZERO))
        .run(change, &|_: Step| traffic.let_pass(STREAMS))
        .await
        .unwrap();
    assert_eq!(
        (rotated.from.oprf_epoch, rotated.to.oprf_epoch),
        (Some(1), Some(2))
    );
    for number in 0..10 {
        traffic.help.signals(&child(number)).await;
    }
    for number in 10..20 {
        traffic.school.signals(&child(number)).await;
    }
    let pairs = traffic.end().await;
    assert_whole(&region, 20 + pairs, 2).await;
    let other = "SELECT count(*) FROM subject_tag WHERE suite <> 2 OR oprf_epoch <> 2";
    assert_eq!(region.count(other).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tokens_of_the_old_epoch_are_taken_for_fifteen_minutes_after_the_flip() {
    let mut region = Region::with_keyholder().await;
    prepare(&mut region).await;
    let (school, help) = two(&region).await;
    for number in 0..3 {
        help.signals(&child(number)).await;
    }
    let keyholder = region.keyholder.as_ref().unwrap();
    let mut old = Vec::new();
    for number in 0..3 {
        old.push(keyholder.token_of(&child(number), 1).await);
    }
    let told = Mutex::new(Vec::new());
    let runtime = tokio::runtime::Handle::current();
    let answers = |step: &'static str, number: u32| {
        let answer = tokio::task::block_in_place(|| {
            runtime.block_on(submit(&region, &school, number, 1, &old[number as usize]))
        });
        told.lock().unwrap().push((step, answer.status, answer.text()));
    };
    let moved = std::sync::atomic::AtomicBool::new(false);
    ceremony(&region, Lie::None, None)
        .run(KEYHOLDER, &|step: Step| match step {
            Step::Begun => answers("fill", 0),
            Step::Grace { left, .. } if !moved.swap(true, std::sync::atomic::Ordering::SeqCst) => {
                assert!(left > SignedDuration::from_mins(14), "{left}");
                answers("grace", 1);
                tokio::task::block_in_place(|| runtime.block_on(region.move_network_time_alone(15 * 60 + 1)));
            }
            Step::GraceOver => answers("after", 2),
            _ => {}
        })
        .await
        .unwrap();
    let told = told.into_inner().unwrap();
    let short: Vec<(&str, u16)> = told.iter().map(|(step, status, _)| (*step, *status)).collect();
    assert_eq!(short, [("fill", 201), ("grace", 201), ("after", 400)], "{told:?}");
    assert!(told[2].2.contains("unknown-key-epoch"), "{}", told[2].2);
    // Whoever came in time is in the match.
    region.quiet().await;
    assert_eq!(region.count("SELECT count(*) FROM match_case").await, 2);
    // And the token of the new epoch is that of the same child.
    let new = region.keyholder.as_ref().unwrap().token_of(&child(2), 2).await;
    assert_eq!(submit(&region, &school, 2, 2, &new).await.status, 201);
    region.quiet().await;
    assert_eq!(region.count("SELECT count(*) FROM match_case").await, 3);
    assert_eq!(region.count("SELECT count(*) FROM subject").await, 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_keyholder_that_lies_is_refused_before_anything_changes() {
    let mut region = Region::with_keyholder().await;
    let (school, _) = two(&region).await;
    school.signals(&child(1)).await;
    let none = ceremony(&region, Lie::None, None)
        .run(KEYHOLDER, &|_| {})
        .await
        .unwrap_err();
    assert!(matches!(none, RotateKeysError::NotPrepared), "{none}");
    prepare(&mut region).await;
    eventually("the service knows of the prepared key", async || {
        region.casework.refresh_key_epochs().await.unwrap();
        (region.count("SELECT count(*) FROM key_epoch_list").await == 2).then_some(())
    })
    .await;
    let before = region.rows().await;
    for lie in [Lie::Delta, Lie::Epochs, Lie::List] {
        let refused = ceremony(&region, lie, None)
            .run(KEYHOLDER, &|step| panic!("{step:?}"))
            .await
            .unwrap_err();
        match lie {
            Lie::List => assert!(
                matches!(refused, RotateKeysError::Keyholder(KeyholderFault::List)),
                "{refused}"
            ),
            _ => assert!(
                matches!(refused, RotateKeysError::WrongDelta),
                "{lie:?}: {refused}"
            ),
        }
        assert_eq!(region.rows().await, before, "{lie:?}");
    }
    region.keyholder().goes_down().await;
    let refused = ceremony(&region, Lie::None, None)
        .run(KEYHOLDER, &|step| panic!("{step:?}"))
        .await
        .unwrap_err();
    assert!(
        matches!(refused, RotateKeysError::Keyholder(KeyholderFault::Unreachable)),
        "{refused}"
    );
    assert_eq!(region.rows().await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_network_that_gains_a_keyholder_moves_and_both_levels_meet() {
    let region = Region::with(Settings {
        keyholder: true,
        oblivious: false,
        covenant: MANY_SIGNALS.to_owned(),
        ..Settings::default()
    })
    .await;
    let school = region
        .professional_of_level_a("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let help = region
        .professional_of_level_a("Jeugdhulp Anker", Sector::YouthHelp)
        .await;
    for number in 0..10 {
        school.signals(&child(number)).await;
    }
    let lied = ceremony(&region, Lie::Proof, None)
        .run(TO_SUITE_2, &|_| {})
        .await
        .unwrap_err();
    assert!(
        matches!(lied, RotateKeysError::Keyholder(KeyholderFault::Proof)),
        "{lied}"
    );
    let lifted = "SELECT count(*) FROM subject_tag WHERE suite = 2";
    assert_eq!(region.count(lifted).await, 0);

    let traffic = Traffic::start(school, help);
    ceremony(&region, Lie::None, None)
        .run(TO_SUITE_2, &|_: Step| traffic.let_pass(STREAMS))
        .await
        .unwrap();
    // The first partner that blinds its tokens itself meets what was there.
    let club = region
        .professional("JGZ Waterland-Noord", Sector::YouthHealthCare)
        .await;
    for number in 0..10 {
        club.signals(&child(number)).await;
    }
    let pairs = i64::from(traffic.end().await);
    region.quiet().await;
    tests::assert_sound(&region).await;
    let all = "SELECT count(*) FROM subject_tag";
    assert_eq!(region.count(all).await, 10 + pairs);
    assert_eq!(region.count(lifted).await, 10 + pairs);
    assert_eq!(region.count("SELECT count(*) FROM match_case").await, 10 + pairs);
    eventually("the newcomer is told of ten matches", async || {
        (club.inbox().await.len() == 10).then_some(())
    })
    .await;
}
