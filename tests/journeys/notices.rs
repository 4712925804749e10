//! Matches become visible at the quarter of the hour, through every door at once.

use protocol::notice::NoticeKind;
use protocol::problem::ProblemType;
use tests::{Region, Sector, child, refusal};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn before_the_quarter_nothing_shows_and_at_the_quarter_everything() {
    let region = Region::with_covenant("notice_interval_minutes = 15").await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let youth_help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    region.at("2027-03-10T10:01:00+01:00").await;
    school.signals(&child(1)).await;
    youth_help.signals(&child(1)).await;
    region.quiet().await;
    assert_eq!(
        region.count("SELECT count(*) FROM match_case").await,
        1,
        "it is found"
    );
    region.at("2027-03-10T10:14:58+01:00").await;
    for party in [&school, &youth_help] {
        assert!(party.inbox().await.is_empty());
        assert!(party.matches().await.is_empty());
    }
    region.at("2027-03-10T10:15:00+01:00").await;
    let match_id = school.is_told(1).await[0].match_id.unwrap();
    assert_eq!(youth_help.is_told(1).await[0].match_id, Some(match_id));
    assert_eq!(school.matches().await.len(), 1);
    assert_eq!(
        school.sees(match_id).await.opened_at,
        "2027-03-10T10:15:00+01:00".parse().unwrap()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newcomer_shows_to_nobody_before_the_quarter_and_sees_nothing_itself() {
    let region = Region::with_covenant("notice_interval_minutes = 15").await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let youth_help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    let childcare = region
        .professional("Kinderopvang De Vlinder", Sector::Childcare)
        .await;
    region.at("2027-03-10T10:01:00+01:00").await;
    school.signals(&child(1)).await;
    youth_help.signals(&child(1)).await;
    region.quiet().await;
    region.at("2027-03-10T10:16:00+01:00").await;
    let match_id = school.is_told_of_a_match().await;
    youth_help.is_told_of_a_match().await;
    school.confirms_contact(match_id).await;
    youth_help.confirms_contact(match_id).await;
    let before = school.sees(match_id).await;

    childcare.signals(&child(1)).await;
    region.quiet().await;
    assert_eq!(
        region.count("SELECT count(*) FROM match_party").await,
        3,
        "it is found"
    );
    assert_eq!(school.sees(match_id).await, before);
    assert_eq!(school.matches().await, std::slice::from_ref(&before));
    assert!(school.inbox().await.is_empty() && youth_help.inbox().await.is_empty());
    assert!(childcare.inbox().await.is_empty() && childcare.matches().await.is_empty());
    assert_eq!(
        refusal(childcare.partner.match_case(match_id).await),
        ProblemType::NotFound
    );
    let confirm = childcare.partner.confirm_contact(match_id, None).await;
    assert_eq!(refusal(confirm), ProblemType::NotFound);

    region.at("2027-03-10T10:30:00+01:00").await;
    assert_eq!(school.is_told(1).await[0].kind, NoticeKind::MatchJoined);
    assert_eq!(childcare.is_told(1).await[0].kind, NoticeKind::MatchOpened);
    assert_eq!(school.sees(match_id).await.parties.len(), 3);
}

// rule: P3
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notice_of_another_organisation_does_not_exist() {
    let region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let youth_help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    school.signals(&child(1)).await;
    youth_help.signals(&child(1)).await;
    let notice = school.is_told(1).await[0].id;
    let foreign = youth_help.partner.acknowledge_notice(notice, None).await;
    assert_eq!(refusal(foreign), ProblemType::NotFound);
    assert_eq!(school.is_told(1).await[0].id, notice);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_found_by_a_slower_clock_is_not_shown_before_the_match_is() {
    let region = Region::with_covenant("notice_interval_minutes = 15").await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let youth_help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    let childcare = region
        .professional("Kinderopvang De Vlinder", Sector::Childcare)
        .await;
    region.at("2027-03-10T10:15:01+01:00").await;
    school.signals(&child(1)).await;
    youth_help.signals(&child(1)).await;
    region.quiet().await;
    // Of two matchers that wait for one child, the one that began first may come last; here the clock goes back.
    region.at("2027-03-10T10:14:50+01:00").await;
    childcare.signals(&child(1)).await;
    region.quiet().await;
    region.at("2027-03-10T10:29:00+01:00").await;
    for party in [&school, &youth_help, &childcare] {
        assert!(party.inbox().await.is_empty(), "{}", party.name);
        assert!(party.matches().await.is_empty(), "{}", party.name);
    }
    region.at("2027-03-10T10:30:00+01:00").await;
    assert_eq!(childcare.is_told(1).await[0].kind, NoticeKind::MatchOpened);
    assert_eq!(school.is_told(2).await[1].kind, NoticeKind::MatchJoined);
    assert_eq!(childcare.matches().await[0].parties.len(), 3);
    tests::assert_sound(&region).await;
}
