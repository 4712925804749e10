//! Giving signals.

use protocol::IdempotencyKey;
use protocol::page::PageQuery;
use protocol::signal::SignalState;
use tests::{Region, Sector, child};

// rule: S4
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_organisation_that_signals_a_child_again_gets_the_signal_it_has() {
    let region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let first = school.signals_untold(&child(1), "2027-09-01").await;
    let again = school
        .partner
        .submit_signal(&school.new_signal(&child(1), "2027-12-01"), None)
        .await
        .unwrap();
    // 200 and not 201, with the first one's id and end.
    assert_eq!(again, client::Submitted::Known(first.clone()));
    let other = school.signals(&child(2)).await;
    assert_ne!(other.id, first.id);
    region.quiet().await;
    assert!(
        school.inbox().await.is_empty(),
        "an organisation does not match itself"
    );
    assert_eq!(region.count("SELECT count(*) FROM signal").await, 2);
    assert_eq!(region.count("SELECT count(*) FROM match_case").await, 0);
}

// rule: F2, S2, S4
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signal_sent_twice_under_one_key_is_one_signal_with_one_answer() {
    let region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let key: IdempotencyKey = "school-2027-03-01-0001".parse().unwrap();
    let signal = school.new_signal(&child(1), "2027-09-01");
    let first = school.partner.submit_signal(&signal, Some(&key)).await.unwrap();
    let again = school.partner.submit_signal(&signal, Some(&key)).await.unwrap();
    // 201 both times: the answer is the first one's.
    assert_eq!(again, first);
    assert!(matches!(first, client::Submitted::New(_)));
}

// rule: P3, S1
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_organisation_sees_its_own_signals_and_no_other_has_them() {
    let region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let youth_help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    let signal = school.signals(&child(1)).await;
    assert_eq!(school.partner.signal(signal.id).await.unwrap(), signal);
    assert_eq!(
        tests::refusal(youth_help.partner.signal(signal.id).await),
        protocol::problem::ProblemType::NotFound
    );

    for place in 2..=5 {
        school.signals(&child(place)).await;
    }
    let mut query = PageQuery {
        limit: 2,
        cursor: None,
    };
    let mut seen = Vec::new();
    loop {
        let page = school.partner.signals(&query).await.unwrap();
        assert!(page.items.len() <= 2);
        seen.extend(page.items.into_iter().map(|signal| signal.id));
        match page.next {
            None => break,
            next => query.cursor = next,
        }
    }
    assert_eq!(seen.len(), 5);
    assert_eq!(seen.last(), Some(&signal.id), "newest first, each once");
    assert!(
        youth_help
            .partner
            .signals(&query)
            .await
            .map_or(true, |page| page.items.is_empty())
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signal_lasts_two_years_and_no_day_longer() {
    let region = Region::start().await;
    let youth_help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    region.at("2027-08-30T10:00:00+02:00").await;
    let too_long = youth_help
        .partner
        .submit_signal(&youth_help.new_signal(&child(1), "2029-08-30"), None)
        .await;
    let error = too_long.unwrap_err();
    assert_eq!(error.problem().unwrap().errors[0].pointer, "/plannedEnd");
    let signal = youth_help.signals_until(&child(1), "2029-08-29").await;
    region.at("2029-08-28T23:59:00+02:00").await;
    let state = async || youth_help.partner.signal(signal.id).await.unwrap().state;
    assert_eq!(state().await, SignalState::Active);
    region.at("2029-08-29T00:00:00+02:00").await;
    assert_eq!(state().await, SignalState::Expired);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twins_with_neighbouring_numbers_are_two_children() {
    let region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let youth_help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    school.signals(&child(1)).await;
    youth_help.signals(&child(2)).await;
    region.quiet().await;
    assert!(school.inbox().await.is_empty() && youth_help.inbox().await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signals_before_and_after_a_change_of_the_tag_key_come_through() {
    let region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    school.signals(&child(1)).await;
    region.use_tag_epoch(2).await;
    // The program that made a tag under the old epoch makes another, and nobody notices.
    school.signals(&child(2)).await;
    school.signals(&child(3)).await;
    let epochs = "SELECT tag_epoch::text || 'x' || count(*) FROM subject_tag GROUP BY tag_epoch ORDER BY 1";
    assert_eq!(region.texts(epochs).await, ["1x1", "2x2"]);
}
