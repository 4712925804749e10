//! Eight organisations signal one child at the same moment, again and again.

use std::collections::HashSet;

use client::{Partner, Submitted};
use futures::StreamExt as _;
use futures::future::join_all;
use tests::{Professional, Region, Sector, assert_sound, child, events};

use crate::rotation::MANY_SIGNALS;

/// So many children are signalled by all eight.
const ROUNDS: u32 = 200;

/// So many rounds go on beside each other, to be quick and to mix them in the submission's batches.
const ABREAST: usize = 4;

const EIGHT: [(&str, Sector); 8] = [
    ("Kinderopvang De Vlinder", Sector::Childcare),
    ("Basisschool Zonnewijzer", Sector::Education),
    ("JGZ Waterland-Noord", Sector::YouthHealthCare),
    ("Jeugdhulp Anker", Sector::YouthHelp),
    ("Politie eenheid Testland", Sector::PoliceAndJustice),
    ("Verslavingszorg Kade", Sector::HealthCare),
    ("Wijkteam Noord", Sector::SocialSupport),
    ("Werkplein Testland", Sector::WorkAndIncome),
];

async fn eight(region: &Region) -> Vec<Professional> {
    let mut professionals = Vec::new();
    for (name, sector) in EIGHT {
        professionals.push(region.professional(name, sector).await);
    }
    professionals
}

/// All eight signal each child at once; each call goes to one of the partners given for that organisation.
async fn signal_at_once(professionals: &[Professional], partners: &[Vec<Partner>], rounds: u32) {
    let round = async |number: u32| {
        let submit = async |place: usize| {
            let here = &partners[place];
            let partner = &here[number as usize % here.len()];
            let signal = professionals[place].new_signal(&child(number), "2027-09-01");
            partner.submit_signal(&signal, None).await.unwrap()
        };
        let submitted = join_all((0..professionals.len()).map(submit)).await;
        assert!(
            submitted
                .iter()
                .all(|submitted| matches!(submitted, Submitted::New(_)))
        );
        let ids: HashSet<_> = submitted.iter().map(|submitted| submitted.signal().id).collect();
        assert_eq!(ids.len(), professionals.len());
    };
    futures::stream::iter(0..rounds)
        .map(round)
        .buffer_unordered(ABREAST)
        .collect::<Vec<()>>()
        .await;
}

/// One match for each child, with all eight in it, and everybody told.
async fn assert_matched(region: &Region, professionals: &[Professional], rounds: u32) {
    assert_sound(region).await;
    let matches = "SELECT count(*) FROM (SELECT FROM match_party GROUP BY subject_id, match_id HAVING count(*) = 8) AS m";
    assert_eq!(region.count(matches).await, i64::from(rounds));
    assert_eq!(
        region.count("SELECT count(*) FROM match_case").await,
        i64::from(rounds)
    );
    for professional in professionals {
        let told: HashSet<_> = professional
            .inbox()
            .await
            .into_iter()
            .map(|notice| notice.match_id)
            .collect();
        assert_eq!(told.len(), rounds as usize, "{}", professional.name);
    }
    // Every signal entered a match in one leaf: the one that opened it, or one of its own.
    let entered = "SELECT count(*) FROM audit.leaf l, json_array_elements_text(
                       convert_from(l.leaf, 'UTF8')::json -> 'rel') AS related
                    WHERE convert_from(l.leaf, 'UTF8')::json ->> 'e' IN ('match.opened', 'match.joined')
                      AND related LIKE 's\\_%'";
    assert_eq!(region.count(entered).await, i64::from(rounds) * 8);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_organisations_that_signal_a_child_at_once_are_one_match_two_hundred_times() {
    let region = Region::with_covenant(MANY_SIGNALS).await;
    let supervisor = region.supervisor().await;
    let professionals = eight(&region).await;
    let partners: Vec<Vec<Partner>> = professionals
        .iter()
        .map(|professional| vec![professional.calling(&region.url)])
        .collect();
    signal_at_once(&professionals, &partners, ROUNDS).await;
    assert_matched(&region, &professionals, ROUNDS).await;
    let export = supervisor.verifies().await;
    assert_eq!(export.counts()["match.opened"], ROUNDS as usize);
}

// rule: S2
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_programs_on_one_database_do_nothing_twice() {
    const ROUNDS: u32 = 40;
    let region = Region::start().await;
    let supervisor = region.supervisor().await;
    let second = region.second_instance();
    let professionals = eight(&region).await;
    // Half of the organisations begin at one door, half at the other, and each goes to both in turn.
    let partners: Vec<Vec<Partner>> = professionals
        .iter()
        .enumerate()
        .map(|(place, professional)| {
            let mut doors = vec![
                professional.calling(&region.url),
                professional.calling(&second.url),
            ];
            doors.rotate_left(place % 2);
            doors
        })
        .collect();
    signal_at_once(&professionals, &partners, ROUNDS).await;
    assert_matched(&region, &professionals, ROUNDS).await;

    // Housekeeping of both at once.
    region.at("2027-09-01T00:00:00+02:00").await;
    let (one, other) = tokio::join!(region.casework.retire_once(), second.casework.retire_once());
    one.unwrap();
    other.unwrap();
    assert_sound(&region).await;
    let events = events(&region).await;
    assert_eq!(events["signal.expired"], i64::from(ROUNDS) * 8);
    assert_eq!(events["match.closed"], i64::from(ROUNDS));
    supervisor.verifies().await;
}
