//! A notice that nobody reads becomes the coordinator's business after two working days.

use protocol::notice::NoticeKind;
use tests::{Http, Region, Sector, assert_sound, child, events};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_two_working_days_the_coordinator_sees_it_and_the_log_knows_once() {
    let region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    // Thursday before Good Friday; the 30th and 31st are the next working days.
    region.at("2027-03-25T16:00:00+01:00").await;
    school.signals(&child(1)).await;
    help.signals(&child(1)).await;
    let match_id = help.is_told_of_a_match().await;
    school.is_told(1).await;
    let steps = async || {
        while region.casework.note_unread_once().await.unwrap() > 0 {}
        region.quiet().await;
        events(&region).await.get("notice.unread").copied().unwrap_or(0)
    };

    region.at("2027-03-31T23:59:50+02:00").await;
    assert_eq!(steps().await, 0);
    assert!(school.unread().await.is_empty());
    region.at("2027-04-01T00:00:00+02:00").await;
    // The list compares with the time; no driver has looked.
    let unread = school.unread().await;
    assert_eq!(unread.len(), 1);
    assert_eq!(unread[0].notice.kind, NoticeKind::MatchOpened);
    assert_eq!(unread[0].notice.match_id, Some(match_id));
    assert_eq!(
        unread[0].unread_since,
        "2027-04-01T00:00:00+02:00".parse().unwrap()
    );
    let waits_for = unread[0].professional.as_ref().unwrap();
    assert_eq!(waits_for.reference.as_str(), school.reference);
    assert!(help.unread().await.is_empty(), "it acknowledged in time");
    assert_eq!(steps().await, 1);
    assert_eq!(steps().await, 1, "once");

    school
        .partner
        .acknowledge_notice(unread[0].notice.id, None)
        .await
        .unwrap();
    assert!(school.unread().await.is_empty());
    region.quiet().await;
    let states = region
        .texts(
            "SELECT convert_from(leaf, 'UTF8')::json ->> 'from' FROM audit.leaf
              WHERE convert_from(leaf, 'UTF8')::json ->> 'e' = 'notice.acknowledged' ORDER BY index",
        )
        .await;
    assert_eq!(states, ["delivered", "unread"]);
    assert_sound(&region).await;
    region.supervisor().await.verifies().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notice_that_does_not_show_yet_is_not_unread_and_waits_from_when_it_shows() {
    let region = Region::with_covenant("notice_interval_minutes = 15").await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    region.at("2027-03-01T23:50:00+01:00").await;
    school.signals(&child(1)).await;
    help.signals(&child(1)).await;
    region.quiet().await;
    // It shows at midnight, so the 3rd and the 4th are its working days.
    region.at("2027-03-04T00:00:00+01:00").await;
    assert!(school.unread().await.is_empty());
    region.at("2027-03-05T00:00:00+01:00").await;
    assert_eq!(school.unread().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_supervisor_and_a_municipality_have_no_such_list() {
    let region = Region::start().await;
    let http = Http::new(&region.url);
    let supervisor = region.supervisor().await;
    for bearer in [
        format!("Bearer {}", *supervisor.access_token().await),
        region.municipality().bearer().await,
    ] {
        let answer = http
            .get("/v1/unread-notices", &[("authorization", &bearer)])
            .await;
        assert_eq!(answer.status, 403);
    }
}
