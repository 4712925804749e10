//! What is counted in a quarter, published once, and withheld where it is small.

use protocol::consent::AgeBand;
use protocol::problem::ProblemType;
use protocol::statistics::Counts;
use tests::{Guardian, Professional, Region, Sector, child, events, refusal};

const QUARTER: &str = "2027-Q1";
/// An hour after the end of the first quarter in Amsterdam.
const COUNTED: &str = "2027-04-01T01:00:00+02:00";

async fn counts_and_publishes(region: &Region) {
    region.quiet().await;
    while region.casework.count_once().await.unwrap() > 0 {}
    while region.casework.publish_once().await.unwrap() {}
}

/// Both signal these children, and match.
async fn meet(first: &Professional, second: &Professional, children: std::ops::Range<u32>) {
    for number in children {
        first.signals(&child(number)).await;
        second.signals(&child(number)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_quarter_is_counted_once_when_it_is_over() {
    let region = Region::start().await;
    let supervisor = region.supervisor().await;
    let municipality = region.municipality();
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    meet(&school, &help, 1..13).await;
    let told = school.is_told(12).await;
    for notice in &told[..11] {
        for party in [&school, &help] {
            party.confirms_contact(notice.match_id.unwrap()).await;
        }
    }
    for notice in &told[..10] {
        let request = help
            .asks_consent(notice.match_id.unwrap(), AgeBand::Under12, 1)
            .await;
        Guardian::of(&region, &request)[0].agrees().await;
    }
    region.at("2027-03-31T23:59:00+02:00").await;
    counts_and_publishes(&region).await;
    for too_early in [QUARTER, "2027-Q2"] {
        assert_eq!(
            refusal(municipality.statistics(too_early).await),
            ProblemType::NotFound
        );
    }
    region.at("2027-04-01T00:59:50+02:00").await;
    counts_and_publishes(&region).await;
    assert_eq!(
        refusal(supervisor.statistics(QUARTER).await),
        ProblemType::NotFound
    );

    region.at(COUNTED).await;
    counts_and_publishes(&region).await;
    let seen = municipality.statistics(QUARTER).await.unwrap();
    let expected = Counts {
        signals: Some(24),
        matches: Some(12),
        contact_in_time: Some(11),
        consents_asked: Some(10),
        consents_given: Some(10),
        ..Counts::default()
    };
    assert_eq!(seen.covenants.len(), 1);
    assert_eq!(seen.covenants[0].covenant, "Convenant Testland");
    assert_eq!(seen.covenants[0].counts, expected);
    assert_eq!(seen.network, None);
    let all = supervisor.statistics(QUARTER).await.unwrap();
    assert_eq!(all.covenants, seen.covenants);
    assert_eq!(all.network, Some(expected));
    assert_eq!(
        refusal(municipality.statistics("2027-Q2").await),
        ProblemType::NotFound
    );

    // The next quarter changes nothing of this one, and has numbers of its own.
    meet(&school, &help, 13..18).await;
    region.quiet().await;
    region.at("2027-07-01T01:00:00+02:00").await;
    counts_and_publishes(&region).await;
    assert_eq!(municipality.statistics(QUARTER).await.unwrap(), seen);
    let next = municipality.statistics("2027-Q2").await.unwrap();
    assert_eq!(next.covenants[0].counts.signals, Some(10));
    assert_eq!(next.covenants[0].counts.matches, None, "five is too few");
    region.quiet().await;
    assert_eq!(events(&region).await.get("statistics.viewed"), Some(&4));
    supervisor.verifies().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_small_covenant_is_withheld_and_so_is_the_total_it_could_be_had_from() {
    let region = Region::start().await;
    let supervisor = region.supervisor().await;
    region
        .apply_covenant(
            "Convenant Overdam",
            "municipality = \"gemeente Overdam\"\nnotice_interval_minutes = 0",
        )
        .await;
    let overdam = region
        .municipality_under("Convenant Overdam", "gemeente Overdam")
        .await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let care = region
        .professional_under("Convenant Overdam", "Kinderopvang De Vlinder", Sector::Childcare)
        .await;
    for number in 1..13 {
        school.signals(&child(number)).await;
    }
    for number in 1..4 {
        care.signals(&child(number)).await;
    }
    region.quiet().await;
    region.at(COUNTED).await;
    counts_and_publishes(&region).await;

    let small = overdam.statistics(QUARTER).await.unwrap();
    let names = |statistics: &protocol::statistics::Statistics| -> Vec<String> {
        statistics
            .covenants
            .iter()
            .map(|one| one.covenant.clone())
            .collect()
    };
    assert_eq!(names(&small), ["Convenant Overdam"]);
    assert_eq!(small.covenants[0].counts, Counts::default());
    let large = region.municipality().statistics(QUARTER).await.unwrap();
    assert_eq!(names(&large), ["Convenant Testland"]);
    assert_eq!(large.covenants[0].counts.signals, Some(12));
    let all = supervisor.statistics(QUARTER).await.unwrap();
    assert_eq!(names(&all), ["Convenant Overdam", "Convenant Testland"]);
    assert_eq!(
        all.network.unwrap().signals,
        None,
        "12 of 15 would tell the three"
    );
    // Nothing is kept from which it could be had either.
    assert_eq!(region.count("SELECT count(*) FROM statistics_count").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signal_that_should_not_have_been_given_was_given_all_the_same() {
    let region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    for number in 1..12 {
        let signal = school.signals(&child(number)).await;
        school
            .ends(signal.id, protocol::signal::EndReason::Unjustified)
            .await;
    }
    region.quiet().await;
    assert_eq!(region.count("SELECT count(*) FROM signal").await, 0);
    region.at(COUNTED).await;
    counts_and_publishes(&region).await;
    let seen = region.municipality().statistics(QUARTER).await.unwrap();
    assert_eq!(seen.covenants[0].counts.signals, Some(11));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_year_begins_at_midnight_of_the_covenant() {
    let region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    region.at("2027-12-31T23:59:00+01:00").await;
    for number in 1..11 {
        school.signals_until(&child(number), "2028-06-01").await;
    }
    region.at("2028-01-01T00:00:00+01:00").await;
    for number in 11..22 {
        school.signals_until(&child(number), "2028-06-01").await;
    }
    region.at("2028-04-01T01:00:00+02:00").await;
    counts_and_publishes(&region).await;
    let signals = async |quarter| {
        let seen = region.municipality().statistics(quarter).await.unwrap();
        seen.covenants[0].counts.signals
    };
    assert_eq!(signals("2027-Q4").await, Some(10));
    assert_eq!(signals("2028-Q1").await, Some(11));
}
