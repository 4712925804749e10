//! An organisation gives signals on behalf of another, which the operator registered and the covenant allows.

use client::Submitted;
use protocol::problem::ProblemType;
use tests::{Professional, Region, Sector, assert_sound, child, refusal};

async fn gives_for(
    by: &Professional,
    principal: &Professional,
    number: u32,
) -> Result<Submitted, client::Error> {
    let mut signal = by.new_signal(&child(number), "2027-09-01");
    signal.on_behalf_of = Some(principal.organisation);
    by.partner.submit_signal(&signal, None).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signal_given_on_behalf_is_the_principals_and_says_who_gave_it() {
    let region = Region::with_covenant("notice_interval_minutes = 0\ndelegation = true").await;
    let supervisor = region.supervisor().await;
    let office = region.professional("Loket Jeugd", Sector::SocialSupport).await;
    let practice = region
        .professional("Huisartsenpraktijk Zuid", Sector::HealthCare)
        .await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    assert_eq!(
        refusal(gives_for(&office, &practice, 1).await),
        ProblemType::InvalidRequest
    );
    region
        .casework
        .delegate(practice.organisation, office.organisation, true)
        .await
        .unwrap();
    let given = gives_for(&office, &practice, 1).await.unwrap();
    let Submitted::New(given) = given else {
        panic!("the practice had none");
    };
    assert_eq!(given.given_by, Some(office.organisation));

    // It is the practice's: it sees it, may end it and is answered with it; the office has none.
    let seen = practice.partner.signal(given.id).await.unwrap();
    assert_eq!(seen.given_by, Some(office.organisation));
    assert_eq!(
        refusal(office.partner.signal(given.id).await),
        ProblemType::NotFound
    );
    let again = practice
        .partner
        .submit_signal(&practice.new_signal(&child(1), "2027-09-01"), None)
        .await
        .unwrap();
    assert!(matches!(again, Submitted::Known(known) if known.id == given.id));
    practice.tells_the_family(given.id).await;

    // The practice is party to the match, and the office is not.
    school.signals(&child(1)).await;
    let match_id = school.is_told_of_a_match().await;
    assert_eq!(practice.is_told_of_a_match().await, match_id);
    assert!(office.inbox().await.is_empty());
    let names: Vec<String> = school
        .sees(match_id)
        .await
        .parties
        .into_iter()
        .filter_map(|party| party.organisation.map(|organisation| organisation.name))
        .collect();
    assert!(names.contains(&"Huisartsenpraktijk Zuid".to_owned()), "{names:?}");
    assert!(!names.contains(&"Loket Jeugd".to_owned()), "{names:?}");

    // Not the other way round, and not once it is over.
    assert_eq!(
        refusal(gives_for(&practice, &office, 2).await),
        ProblemType::InvalidRequest
    );
    region
        .casework
        .delegate(practice.organisation, office.organisation, false)
        .await
        .unwrap();
    assert_eq!(
        refusal(gives_for(&office, &practice, 2).await),
        ProblemType::InvalidRequest
    );
    let export = supervisor.verifies().await;
    let submitted = export
        .of("signal.submitted")
        .find(|leaf| leaf["rel"].as_array().is_some_and(|rel| !rel.is_empty()));
    assert!(submitted.is_some(), "the log names who gave it");
    assert_sound(&region).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_the_covenant_does_not_allow_it_nobody_gives_signals_for_another() {
    let region = Region::start().await;
    let office = region.professional("Loket Jeugd", Sector::SocialSupport).await;
    let practice = region
        .professional("Huisartsenpraktijk Zuid", Sector::HealthCare)
        .await;
    region
        .casework
        .delegate(practice.organisation, office.organisation, true)
        .await
        .unwrap();
    let refused = gives_for(&office, &practice, 1).await;
    let Err(client::Error::Refused(problem)) = refused else {
        panic!("it was taken");
    };
    assert_eq!(problem.errors[0].pointer, "/onBehalfOf");
    assert_eq!(region.count("SELECT count(*) FROM subject").await, 0);
}
