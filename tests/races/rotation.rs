//! Keys are rotated while partners signal: every child keeps its match, and nobody gets two.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use casework::{Ceremony, CeremonySettings, Change, LiftSecret, RotateKeysError, Step};
use jiff::SignedDuration;
use tests::{Professional, Region, Sector, assert_sound, child, events};

const TAG: Change = Change {
    tag: true,
    keyholder: false,
    to_suite_2: false,
};

fn ceremony(region: &Region) -> Ceremony {
    let settings = CeremonySettings {
        keyholder: None,
        workers: 2,
        grace: Some(SignedDuration::ZERO),
    };
    region.casework.ceremony(region.custodians(), settings).unwrap()
}

/// A covenant under which traffic is not held for misuse.
pub(crate) const MANY_SIGNALS: &str = "notice_interval_minutes = 0\nsignals_per_hour = 100000";

/// Two organisations that signal the same children, as long as they are let.
pub(crate) struct Traffic {
    pub(crate) school: Arc<Professional>,
    pub(crate) help: Arc<Professional>,
    next: Arc<AtomicU32>,
    done: Arc<AtomicU32>,
    stop: Arc<AtomicBool>,
    running: Vec<tokio::task::JoinHandle<()>>,
}

/// Children that are signalled by both, some at the same moment.
pub(crate) const STREAMS: u32 = 3;

impl Traffic {
    pub(crate) fn start(school: Professional, help: Professional) -> Self {
        let mut traffic = Self {
            school: Arc::new(school),
            help: Arc::new(help),
            next: Arc::new(AtomicU32::new(1000)),
            done: Arc::default(),
            stop: Arc::default(),
            running: Vec::new(),
        };
        for _ in 0..STREAMS {
            let (school, help) = (Arc::clone(&traffic.school), Arc::clone(&traffic.help));
            let (next, done, stop) = (
                Arc::clone(&traffic.next),
                Arc::clone(&traffic.done),
                Arc::clone(&traffic.stop),
            );
            traffic.running.push(tokio::spawn(async move {
                while !stop.load(Ordering::SeqCst) {
                    let number = next.fetch_add(1, Ordering::SeqCst);
                    let (one, other) = (child(number), child(number));
                    tokio::join!(school.signals(&one), help.signals(&other));
                    done.fetch_add(1, Ordering::SeqCst);
                }
            }));
        }
        traffic
    }

    /// Waits, in the ceremony's own thread, until so many more children were signalled: whatever step it is at, signals
    /// come before the next.
    pub(crate) fn let_pass(&self, children: u32) {
        tokio::task::block_in_place(|| {
            let until = self.done.load(Ordering::SeqCst) + children;
            while self.done.load(Ordering::SeqCst) < until {
                std::thread::sleep(Duration::from_millis(2));
            }
        });
    }

    /// How many children were signalled in all.
    pub(crate) async fn end(self) -> u32 {
        self.stop.store(true, Ordering::SeqCst);
        for stream in self.running {
            stream.await.unwrap();
        }
        self.done.load(Ordering::SeqCst)
    }
}

async fn two(region: &Region) -> (Professional, Professional) {
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    (school, help)
}

/// Every child has one match of two, and one tag, which is of this epoch of `K_tag`.
pub(crate) async fn assert_whole(region: &Region, children: u32, tag_epoch: i16) {
    region.quiet().await;
    assert_sound(region).await;
    let count = async |sql: &str| region.count(sql).await;
    let children = i64::from(children);
    assert_eq!(count("SELECT count(*) FROM subject").await, children);
    assert_eq!(count("SELECT count(*) FROM signal").await, 2 * children);
    assert_eq!(count("SELECT count(*) FROM match_case").await, children);
    assert_eq!(count("SELECT count(*) FROM match_party").await, 2 * children);
    assert_eq!(count("SELECT count(*) FROM subject_tag").await, children);
    let live = format!("SELECT count(*) FROM subject_tag WHERE tag_epoch = {tag_epoch}");
    assert_eq!(count(&live).await, children);
    assert_eq!(count("SELECT count(*) FROM rotation").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_match_is_lost_or_doubled_while_the_tag_key_is_rotated() {
    let region = Region::with_covenant(MANY_SIGNALS).await;
    let (school, help) = two(&region).await;
    // Known to one of the two before.
    for number in 0..20 {
        school.signals(&child(number)).await;
    }
    let traffic = Traffic::start(school, help);
    // And one more in each step, whom the other signals when all is over.
    let crossing = Arc::new(AtomicU32::new(20));
    let runtime = tokio::runtime::Handle::current();
    let rotated = ceremony(&region)
        .run(TAG, &|_: Step| {
            let number = crossing.fetch_add(1, Ordering::SeqCst);
            tokio::task::block_in_place(|| runtime.block_on(traffic.school.signals(&child(number))));
            traffic.let_pass(STREAMS);
        })
        .await
        .unwrap();
    assert_eq!((rotated.from.tag_epoch, rotated.to.tag_epoch), (1, 2));
    let crossing = crossing.load(Ordering::SeqCst);
    for number in 0..crossing {
        traffic.help.signals(&child(number)).await;
    }
    let pairs = traffic.end().await;
    assert_whole(&region, crossing + pairs, 2).await;
    let events = events(&region).await;
    for name in [
        "keys.rotation_started",
        "keys.rotation_flipped",
        "keys.rotation_finished",
    ] {
        assert_eq!(events.get(name), Some(&1), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_ceremony_that_stops_anywhere_leaves_the_service_working_and_goes_on() {
    let steps = [
        "checked",
        "begun",
        "filling",
        "verified",
        "flipped",
        "grace-over",
        "destroying",
    ];
    let region = Region::start().await;
    let (school, help) = two(&region).await;
    let mut number = 0;
    for (round, stop_at) in (1..).zip(steps) {
        school.signals(&child(number)).await;
        // It ends there as if killed: the task is dropped in the middle.
        let (told, mut at_step) = tokio::sync::mpsc::unbounded_channel();
        let ceremony = ceremony(&region);
        let interrupted = tokio::spawn(async move {
            ceremony
                .run(TAG, &|step: Step| {
                    if step.name() == stop_at {
                        told.send(()).ok();
                        tokio::task::block_in_place(|| std::thread::sleep(Duration::from_millis(50)));
                    }
                })
                .await
        });
        at_step.recv().await.unwrap();
        interrupted.abort();
        // Finished or not, it does not matter which: the service works.
        drop(interrupted.await);
        help.signals(&child(number)).await;
        school.signals(&child(number + 1)).await;
        let under_way = region.count("SELECT count(*) FROM rotation").await;
        match (stop_at, under_way) {
            ("checked", 0) | (_, 1) => drop(self::ceremony(&region).run(TAG, &|_| {}).await.unwrap()),
            _ => {}
        }
        help.signals(&child(number + 1)).await;
        number += 2;
        assert_whole(&region, number, 1 + round).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_shares_and_other_wishes_change_nothing() {
    let region = Region::start().await;
    let (school, _) = two(&region).await;
    school.signals(&child(1)).await;
    let before = region.rows().await;
    let settings = || CeremonySettings {
        keyholder: None,
        workers: 1,
        grace: None,
    };
    for (one, other) in [([4; 32], [2; 32]), ([4; 32], [4; 32]), ([0; 32], [1; 32])] {
        let refused = region
            .casework
            .ceremony(LiftSecret::join(&one, &other), settings());
        assert!(matches!(refused, Err(RotateKeysError::WrongShares)));
    }
    let ceremony = region.casework.ceremony(region.custodians(), settings()).unwrap();
    let wish = async |change: Change| ceremony.run(change, &|_| {}).await.unwrap_err();
    let nothing = Change::default();
    assert!(matches!(wish(nothing).await, RotateKeysError::NothingToDo));
    let keyholder = Change {
        keyholder: true,
        ..nothing
    };
    assert!(matches!(wish(keyholder).await, RotateKeysError::NotOblivious));
    let to_suite_2 = Change {
        to_suite_2: true,
        ..nothing
    };
    assert!(matches!(wish(to_suite_2).await, RotateKeysError::NoKeyholder));
    let both = Change {
        keyholder: true,
        ..to_suite_2
    };
    assert!(matches!(wish(both).await, RotateKeysError::BothAtOnce));
    assert_eq!(region.rows().await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_ceremony_of_another_kind_waits_for_the_first() {
    let region = Region::start().await;
    let (school, _) = two(&region).await;
    school.signals(&child(1)).await;
    let first = ceremony(&region);
    let (told, mut begun) = tokio::sync::mpsc::unbounded_channel();
    let running = tokio::spawn(async move {
        first
            .run(TAG, &|step: Step| {
                if step == Step::Begun {
                    told.send(()).ok();
                    tokio::task::block_in_place(|| std::thread::sleep(Duration::from_millis(50)));
                }
            })
            .await
    });
    begun.recv().await.unwrap();
    running.abort();
    drop(running.await);
    let other = Change {
        to_suite_2: true,
        ..Change::default()
    };
    let refused = ceremony(&region).run(other, &|_| {}).await.unwrap_err();
    assert!(
        matches!(refused, RotateKeysError::OtherUnderWay(change) if change == TAG),
        "{refused}"
    );
    // Without naming anything, what is under way goes on.
    ceremony(&region).run(Change::default(), &|_| {}).await.unwrap();
}

/// What stands sealed in a row that was damaged cannot be moved: the old keys stay, and nothing is lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_token_keeps_the_old_keys_live() {
    let region = Region::start().await;
    let (school, help) = two(&region).await;
    for number in 0..3 {
        school.signals(&child(number)).await;
    }
    let superuser = region.database.superuser().await;
    superuser
        .batch_execute(
            "UPDATE subject_tag SET sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1)
              WHERE subject_id = (SELECT min(subject_id) FROM subject_tag)",
        )
        .await
        .unwrap();
    let refused = ceremony(&region).run(TAG, &|_| {}).await.unwrap_err();
    assert!(
        matches!(refused, RotateKeysError::Damaged { children: 1 }),
        "{refused}"
    );
    for number in 0..3 {
        help.signals(&child(number)).await;
    }
    region.quiet().await;
    assert_eq!(region.count("SELECT count(*) FROM match_case").await, 3);
    assert_eq!(
        region
            .count("SELECT count(*) FROM network WHERE tag_epoch = 1")
            .await,
        1
    );
}
