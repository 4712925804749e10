//! A professional leaves with 40 open signals, and a coordinator puts another in their place in one act.

use protocol::signal::EndReason;
use tests::{Region, Sector, assert_sound, child, eventually};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_signals_of_a_leaver_are_reassigned_at_once_with_what_the_other_parties_see() {
    let region = Region::with_covenant("notice_interval_minutes = 15").await;
    region.at("2027-03-10T10:01:00+01:00").await;
    let supervisor = region.supervisor().await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let mut ended = None;
    for number in 1..=41 {
        let signal = help.signals(&child(number)).await.id;
        ended = ended.or(Some(signal));
    }
    // One is over, one is a colleague's; two others are in matches: one that shows already, one that does not yet.
    help.ends(ended.unwrap(), EndReason::Resolved).await;
    let mut colleague = help.new_signal(&child(50), "2027-09-01");
    colleague.professional.reference = "collega".parse().unwrap();
    help.partner.submit_signal(&colleague, None).await.unwrap();
    school.signals(&child(2)).await;
    region.quiet().await;
    region.at("2027-03-10T10:16:00+01:00").await;
    school.signals(&child(3)).await;
    region.quiet().await;

    let reassigned = help
        .reassigns(&help.reference, "opvolger", "opvolger@anker.example")
        .await;
    assert_eq!(reassigned.signals, 40);
    // The school's own reference of that name is another professional.
    assert_eq!(
        school
            .reassigns(&help.reference, "iemand", "iemand@school.example")
            .await
            .signals,
        0
    );
    assert_eq!(
        help.reassigns(&help.reference, "opvolger", "opvolger@anker.example")
            .await
            .signals,
        0
    );

    region.at("2027-03-10T10:30:00+01:00").await;
    let matches = school.matches().await;
    assert_eq!(matches.len(), 2, "the one that was not shown yet too");
    for seen in matches {
        let other = seen.parties.iter().find(|party| !party.you).unwrap();
        let contact = other.contact.as_ref().unwrap();
        assert_eq!(contact.reference.as_str(), "opvolger");
        assert_eq!(contact.email.as_ref().unwrap().as_str(), "opvolger@anker.example");
    }
    // Who came in their place can leave too.
    assert_eq!(
        help.reassigns("opvolger", "derde", "derde@anker.example")
            .await
            .signals,
        40
    );
    let export = supervisor.verifies().await;
    assert_eq!(export.of("signal.reassigned").count(), 80);
    assert_sound(&region).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_left_is_named_in_no_family_match_either() {
    let region = Region::with_covenant("notice_interval_minutes = 0\nfamily_match = true").await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let mother = child(901);
    help.signals_with_guardians(&child(1), std::slice::from_ref(&mother))
        .await;
    school
        .signals_with_guardians(&child(2), std::slice::from_ref(&mother))
        .await;
    let contact = async || {
        let seen = eventually("the school is told of the family", async || {
            school.family_matches().await.into_iter().next()
        })
        .await;
        seen.parties[0].contact.clone().unwrap()
    };
    assert_eq!(contact().await.reference.as_str(), help.reference);

    help.reassigns(&help.reference, "opvolger", "opvolger@anker.example")
        .await;
    assert_eq!(contact().await.reference.as_str(), "opvolger");
    region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_answer_to_a_leaver_with_many_signals_can_be_read() {
    let region = Region::with_covenant("notice_interval_minutes = 0\nsignals_per_hour = 1000").await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    for number in 1..=110 {
        help.signals_untold(&child(number), "2027-09-01").await;
    }
    // A receipt is a field of the answer, and no client reads more than a hundred of those.
    let reassigned = help
        .reassigns(&help.reference, "opvolger", "opvolger@anker.example")
        .await;
    assert_eq!(reassigned.signals, 110);
    region.log_holds().await;
}
