//! A ceremony that slept through the end of its rotation and the beginning of another.

use std::sync::atomic::{AtomicBool, Ordering};

use casework::{Ceremony, CeremonySettings, Change, RotateKeysError, Step};
use jiff::SignedDuration;
use tests::{Region, Sector, assert_sound, child};
use tokio::sync::Notify;

const TAG: Change = Change {
    tag: true,
    keyholder: false,
    to_suite_2: false,
};

fn ceremony(region: &Region) -> Ceremony {
    let settings = CeremonySettings {
        keyholder: None,
        workers: 1,
        grace: Some(SignedDuration::ZERO),
    };
    region.casework.ceremony(region.custodians(), settings).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn it_does_not_flip_the_rotation_that_it_did_not_fill() {
    let region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    for number in 0..5 {
        school.signals(&child(number)).await;
    }
    let runtime = tokio::runtime::Handle::current();
    let slept = AtomicBool::new(false);
    let sleeps = |step: Step| {
        if step != Step::Verified || slept.swap(true, Ordering::SeqCst) {
            return;
        }
        // Another process goes on with the rotation up to its end, begins the next one and is killed.
        let others = async {
            ceremony(&region).run(TAG, &|_| {}).await.unwrap();
            let begun = Notify::new();
            let told = |step| {
                if step == Step::Begun {
                    begun.notify_one();
                }
            };
            let next = ceremony(&region);
            tokio::select! {
                biased;
                () = begun.notified() => {}
                _ = next.run(TAG, &told) => panic!("it was to be killed"),
            }
        };
        tokio::task::block_in_place(|| runtime.block_on(others));
    };
    let outcome = ceremony(&region).run(TAG, &sleeps).await;
    assert!(
        matches!(outcome, Err(RotateKeysError::OtherProcess)),
        "{outcome:?}"
    );
    let phase = region.texts("SELECT phase FROM rotation").await;
    assert_eq!(phase, ["fill"], "nobody filled the second one");

    let rotated = ceremony(&region).run(Change::default(), &|_| {}).await.unwrap();
    assert_eq!((rotated.from.tag_epoch, rotated.to.tag_epoch), (2, 3));
    for number in 0..5 {
        help.signals(&child(number)).await;
    }
    region.quiet().await;
    assert_eq!(region.count("SELECT count(*) FROM match_case").await, 5);
    assert_sound(&region).await;
}
