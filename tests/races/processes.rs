//! Two processes that work on one database: each step is done once, whoever does it; and one that only answers sees for itself
//! how the log is that others keep.

use casework::{CannotSign, Casework, LogState};
use tests::{Http, ORIGIN, Region, Sector, Settings, child};

use crate::log::{leaves, published, put_leaves};
use crate::two_in_contact;

/// The acts of another process on the region's database. Nothing runs in it by itself.
fn another(region: &Region) -> Casework {
    let database = region.database.settings.owner.get_dbname().unwrap().to_owned();
    region.casework_on(&database, ORIGIN)
}

fn is_stopped(looks: &Casework) -> bool {
    matches!(looks.log_state(), LogState::Stopped(_))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_answers_only_sees_at_once_that_the_database_is_not_the_one_that_was_signed() {
    let mut region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let looks = another(&region);
    // While another process orders and signs beside it: never a false alarm.
    for number in 0..40 {
        school.signals(&child(number)).await;
        looks.watch_log_once().await.unwrap();
        assert_eq!(looks.log_state(), LogState::Good, "{number}");
    }
    published(&region).await;
    region.stop_drivers().await;
    let now = leaves(&region).await;
    let (anchored, size) = (region.anchor.read().unwrap(), now.len() as u64);

    put_leaves(&region, &now[..now.len() - 4]).await;
    looks.watch_log_once().await.unwrap();
    let behind = CannotSign::Behind {
        anchored: size,
        stored: size - 4,
    };
    assert_eq!(looks.log_state(), LogState::Stopped(behind));
    assert!(!looks.log_is_sound());
    // As long as what was signed, but not the same.
    let mut other = now.clone();
    other.swap(now.len() - 1, now.len() - 2);
    assert_ne!(other, now);
    put_leaves(&region, &other).await;
    looks.watch_log_once().await.unwrap();
    assert_eq!(
        looks.log_state(),
        LogState::Stopped(CannotSign::Forked { anchored: size })
    );

    // The newer copy is put back.
    put_leaves(&region, &now).await;
    looks.watch_log_once().await.unwrap();
    assert!(!is_stopped(&looks));
    region.anchor.put(None);
    looks.watch_log_once().await.unwrap();
    assert_eq!(looks.log_state(), LogState::Stopped(CannotSign::AnchorMissing));
    region.anchor.put(Some(&anchored));
    looks.watch_log_once().await.unwrap();
    assert!(!is_stopped(&looks));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_answers_only_promises_nothing_while_nobody_signs() {
    let mut region = Region::start().await;
    let (school, _, match_id) = two_in_contact(&region).await;
    published(&region).await;
    let looks = another(&region);
    region.stop_drivers().await;
    // It leaves its line in the log.
    school.sees(match_id).await;
    looks.watch_log_once().await.unwrap();
    assert_eq!(looks.log_state(), LogState::Good);
    region.move_network_time_alone(61).await;
    // Not even when the disk of the anchor cannot be read.
    region.anchor.breaks(true);
    looks.watch_log_once().await.unwrap_err();
    assert_eq!(looks.log_state(), LogState::Late);
    region.anchor.breaks(false);
    looks.watch_log_once().await.unwrap();
    assert_eq!(looks.log_state(), LogState::Late);
    // Somebody does the work again.
    while region.casework.sequence_once().await.unwrap().is_some() {}
    looks.watch_log_once().await.unwrap();
    assert_eq!(looks.log_state(), LogState::Good);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_programs_count_each_entry_once() {
    const COUNTED: &str =
        "SELECT row(quarter, covenant_id, measure, count)::text FROM statistics_count ORDER BY 1";
    let mut region = Region::start().await;
    two_in_contact(&region).await;
    published(&region).await;
    region.stop_drivers().await;
    let anew =
        "WITH counts AS (DELETE FROM statistics_count), followed AS (DELETE FROM statistics_following),
                     place AS (UPDATE statistics_place SET next_leaf = 0)
                SELECT count(*) FROM audit.leaf";
    let all = region.count(anew).await;
    while region.casework.count_once().await.unwrap() > 0 {}
    let once = region.texts(COUNTED).await;
    assert!(!once.is_empty());

    region.count(anew).await;
    let (one, other) = (another(&region), another(&region));
    let counted = tokio::join!(one.count_once(), other.count_once());
    assert_eq!(
        i64::try_from(counted.0.unwrap() + counted.1.unwrap()).unwrap(),
        all,
        "each by one of them"
    );
    assert_eq!(region.texts(COUNTED).await, once);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_that_nobody_can_work_off_costs_no_other_line_when_two_programs_try() {
    const LINES: u32 = 12;
    let region = Region::with(Settings {
        drivers: false,
        ..Settings::default()
    })
    .await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let http = Http::new(&region.url);
    let lines: Vec<String> = (1..=LINES)
        .map(|number| school.signal_line(&child(number), None))
        .collect();
    let batch = school.gives_batch(&http, "one-line-is-damaged", &lines).await;
    let damage = "WITH damaged AS (UPDATE batch_line SET sealed = '\\x00' WHERE line = 5 RETURNING 1)
                  SELECT count(*) FROM damaged";
    assert_eq!(region.count(damage).await, 1);
    let (one, other) = (another(&region), another(&region));
    while region
        .count("SELECT count(*) FROM batch_line WHERE sealed IS NOT NULL")
        .await
        > 0
    {
        let tried = tokio::join!(one.work_batch_once(), other.work_batch_once());
        tried.0.unwrap();
        tried.1.unwrap();
    }
    let seen = school.sees_lines(&http, batch.id).await;
    let failed: Vec<u32> = seen
        .iter()
        .filter(|line| line.problem.is_some())
        .map(|line| line.line)
        .collect();
    assert_eq!(failed, [5]);
    assert_eq!(
        region.count("SELECT count(*) FROM signal").await,
        i64::from(LINES) - 1
    );
}
