//! The matcher works in sets, and one child that it cannot get on with stops no other.

use tests::{Region, Sector, child, eventually};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_child_that_cannot_be_matched_stops_no_other() {
    let mut region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    let care = region
        .professional("Kinderopvang De Vlinder", Sector::Childcare)
        .await;
    for number in 1..=3 {
        school.signals(&child(number)).await;
    }
    region.quiet().await;
    // Whatever it is about this child, no match of it can be written down.
    let superuser = region.database.superuser().await;
    superuser
        .batch_execute(
            "DO $$ BEGIN EXECUTE format('ALTER TABLE match_case ADD CONSTRAINT poison CHECK (subject_id <> %s)',
                                        (SELECT subject_id FROM signal ORDER BY id LIMIT 1)); END $$",
        )
        .await
        .unwrap();
    for number in 1..=3 {
        help.signals(&child(number)).await;
    }
    region.quiet().await;
    assert_eq!(region.count("SELECT count(*) FROM match_case").await, 2);
    assert_eq!(school.is_told(2).await.len(), 2);
    let tries = "SELECT coalesce(max(tries), 0)::bigint FROM match_task";
    assert_eq!(region.count(tries).await, 1, "its task is set aside, not lost");

    // All three in one set: the two others are looked at all the same.
    region.stop_drivers().await;
    superuser
        .batch_execute("INSERT INTO match_task (subject_id) SELECT id FROM subject")
        .await
        .unwrap();
    region.at("2027-03-01T09:02:00+01:00").await;
    assert_eq!(region.casework.match_once().await.unwrap(), 2);
    assert_eq!(region.count(tries).await, 2);
    assert_eq!(
        region.casework.match_once().await.unwrap(),
        0,
        "nothing is left that is not set aside"
    );

    // It is tried again by itself; when that works, its match is found.
    superuser
        .batch_execute("ALTER TABLE match_case DROP CONSTRAINT poison")
        .await
        .unwrap();
    region.at("2027-03-01T09:30:00+01:00").await;
    region.start_drivers();
    eventually("the third match", async || {
        (region.count("SELECT count(*) FROM match_case").await == 3).then_some(())
    })
    .await;
    assert_eq!(school.is_told(3).await.len(), 3);
    care.signals(&child(1)).await;
    care.is_told(1).await;
}
