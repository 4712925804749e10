//! Mail says that there are messages, seldom, and nothing else.

use casework::{Casework, ErasureOf};
use protocol::signal::EndReason;
use tests::{MailServer, Manner, Professional, Region, Sector, Settings, assert_sound, child};

/// A region whose drivers the test steps where mail is concerned.
async fn with_mail() -> (Region, MailServer, Professional, Professional) {
    let region = Region::with(Settings::default()).await;
    let server = MailServer::start().await;
    region.casework.send_mail(server.post_office());
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    region.at("2027-03-10T10:00:00+01:00").await;
    (region, server, school, help)
}

async fn match_about(number: u32, one: &Professional, other: &Professional) {
    one.signals(&child(number)).await;
    other.signals(&child(number)).await;
}

async fn mail(casework: &Casework) {
    while casework.mail_once().await.unwrap() > 0 {}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_mail_in_a_quarter_of_an_hour_says_that_there_are_messages() {
    let (region, server, school, help) = with_mail().await;
    match_about(1, &school, &help).await;
    match_about(2, &school, &help).await;
    region.quiet().await;
    mail(&region.casework).await;
    let mut to = server.took_for();
    to.sort();
    let mut expected = [school.email.clone(), help.email.clone()];
    expected.sort();
    assert_eq!(to, expected, "one for the two notices of each");

    match_about(3, &school, &help).await;
    region.quiet().await;
    mail(&region.casework).await;
    region.at("2027-03-10T10:14:50+01:00").await;
    mail(&region.casework).await;
    assert_eq!(server.taken().len(), 2, "the quarter is not over");
    // What was acknowledged when it is looked at is no reason to mail; the other still waits.
    region.at("2027-03-10T10:15:10+01:00").await;
    mail(&region.casework).await;
    assert_eq!(server.taken().len(), 4);
    region.at("2027-03-10T11:00:00+01:00").await;
    mail(&region.casework).await;
    assert_eq!(server.taken().len(), 4, "nothing new");
    match_about(4, &school, &help).await;
    help.is_told(4).await;
    for notice in school.is_told(4).await {
        school.partner.acknowledge_notice(notice.id, None).await.unwrap();
    }
    mail(&region.casework).await;
    assert_eq!(
        server.took_for()[4..],
        *std::slice::from_ref(&help.email),
        "the school has read it"
    );
    assert_sound(&region).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_tells_nothing_of_anybody_and_holds_no_link() {
    let (region, server, school, help) = with_mail().await;
    school
        .mails_coordinator_at(Some("zorgcoordinatie@zonnewijzer.example"))
        .await;
    match_about(1, &school, &help).await;
    let match_id = school.is_told(1).await[0].match_id.unwrap();
    mail(&region.casework).await;
    region.at("2027-03-10T11:00:00+01:00").await;
    for party in [&school, &help] {
        party.confirms_contact(match_id).await;
    }
    school.proposes(match_id, help.organisation).await.unwrap();
    region.quiet().await;
    mail(&region.casework).await;
    region.at("2027-03-16T10:00:00+01:00").await;
    while region.casework.note_unread_once().await.unwrap() > 0 {}
    mail(&region.casework).await;
    let taken = server.taken();
    assert!(
        server
            .took_for()
            .contains(&"zorgcoordinatie@zonnewijzer.example".to_owned())
    );
    assert!(taken.len() >= 4, "{:?}", server.took_for());
    // Without name, time and recipient, all mails are one.
    let constant = |content: &str| -> String {
        let varies = |line: &&str| {
            ["To: ", "Date: ", "Message-ID: "]
                .iter()
                .any(|field| line.starts_with(field))
        };
        content
            .lines()
            .filter(|line| !varies(line))
            .map(|line| format!("{line}\n"))
            .collect()
    };
    let first = constant(&taken[0].content);
    for mail in &taken {
        assert_eq!(constant(&mail.content), first);
        let notices = school.inbox().await;
        let ids = notices
            .iter()
            .flat_map(|notice| [notice.id.to_string(), notice.match_id.unwrap().to_string()]);
        let forbidden = [
            school.name.clone(),
            help.name.clone(),
            school.reference.clone(),
            school.organisation.to_string(),
            child(1).bsn,
            "://".to_owned(),
            "match".to_owned(),
            "www.".to_owned(),
            "Zonnewijzer".to_owned(),
        ];
        // The recipient's own address names its organisation; nothing else does.
        let said = constant(&mail.content);
        for word in ids.chain(forbidden) {
            assert!(!said.contains(&word), "{word}");
        }
    }
    assert!(first.contains("Auto-Submitted: auto-generated"));
    assert!(first.contains("Er staan berichten voor u klaar"));
    assert!(first.contains("There are messages for you"));
    // Each mail has a name of its own.
    let ids: std::collections::BTreeSet<_> = taken
        .iter()
        .map(|mail| {
            mail.content
                .lines()
                .find(|line| line.starts_with("Message-ID: "))
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(ids.len(), taken.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_put_off_is_tried_again_and_what_is_refused_the_coordinator_sees() {
    let (region, server, school, help) = with_mail().await;
    server.set_manner(&school.email, Manner::PutsOff);
    server.set_manner(&help.email, Manner::Refuses);
    match_about(1, &school, &help).await;
    region.quiet().await;
    mail(&region.casework).await;
    assert_eq!((server.tried(&school.email), server.tried(&help.email)), (1, 1));
    mail(&region.casework).await;
    assert_eq!(server.tried(&school.email), 1, "not at once");
    region.at("2027-03-10T10:01:05+01:00").await;
    server.set_manner(&school.email, Manner::HangsUp);
    mail(&region.casework).await;
    assert_eq!(server.tried(&school.email), 2);
    region.at("2027-03-10T10:07:00+01:00").await;
    server.set_manner(&school.email, Manner::Takes);
    mail(&region.casework).await;
    assert_eq!(server.took_for(), std::slice::from_ref(&school.email));
    assert!(school.mail_settings().await.refused.is_empty());

    let refused = help.mail_settings().await.refused;
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0].address.as_str(), help.email);
    // It is left alone for a week, and then it may be that it was put right.
    region.at("2027-03-12T10:00:00+01:00").await;
    match_about(2, &school, &help).await;
    region.quiet().await;
    mail(&region.casework).await;
    assert_eq!(server.tried(&help.email), 1);
    region.at("2027-03-18T10:00:00+01:00").await;
    server.set_manner(&help.email, Manner::Bounces);
    match_about(3, &school, &help).await;
    region.quiet().await;
    mail(&region.casework).await;
    assert_eq!(server.tried(&help.email), 2);
    let again = help.mail_settings().await.refused;
    assert_eq!(again.len(), 1);
    assert!(again[0].refused_at > refused[0].refused_at);
    // After 30 days nothing is left of it.
    region.at("2027-05-01T10:00:00+01:00").await;
    while region.casework.retire_once().await.unwrap() > 0 {}
    assert!(help.mail_settings().await.refused.is_empty());
    assert_eq!(region.count("SELECT count(*) FROM mail").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_coordinator_is_mailed_when_nobody_reads_and_says_where() {
    let (region, server, school, help) = with_mail().await;
    assert_eq!(school.mail_settings().await.address, None);
    let set = school
        .mails_coordinator_at(Some("coordinator@zonnewijzer.example"))
        .await;
    assert_eq!(set.address.unwrap().as_str(), "coordinator@zonnewijzer.example");
    assert_eq!(help.mail_settings().await.address, None, "another's own");
    let stored = region
        .texts("SELECT encode(address, 'escape') FROM mail_address")
        .await;
    assert!(!stored.concat().contains("zonnewijzer"), "it is kept encrypted");
    match_about(1, &school, &help).await;
    help.is_told_of_a_match().await;
    mail(&region.casework).await;
    let before = server.taken().len();
    region.at("2027-03-15T10:00:00+01:00").await;
    while region.casework.note_unread_once().await.unwrap() > 0 {}
    mail(&region.casework).await;
    assert_eq!(
        server.took_for()[before..],
        ["coordinator@zonnewijzer.example".to_owned()]
    );

    assert_eq!(school.mails_coordinator_at(None).await.address, None);
    assert_eq!(region.count("SELECT count(*) FROM mail_address").await, 0);
    region.quiet().await;
    assert_eq!(tests::events(&region).await["mail.address_set"], 2);
    region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_programs_mail_once_and_old_notices_are_not_mailed_about() {
    let (region, server, school, help) = with_mail().await;
    match_about(1, &school, &help).await;
    region.quiet().await;
    let second = region.second_instance();
    second.casework.send_mail(server.post_office());
    let (one, other) = tokio::join!(mail(&region.casework), mail(&second.casework));
    let ((), ()) = (one, other);
    let mut to = server.took_for();
    to.sort();
    to.dedup();
    assert_eq!(to.len(), server.taken().len(), "nobody twice");
    assert_eq!(to.len(), 2);

    // Mail was down for two days: what came before yesterday is not mailed about any more.
    match_about(2, &school, &help).await;
    region.quiet().await;
    region.at("2027-03-12T10:30:00+01:00").await;
    mail(&region.casework).await;
    assert_eq!(server.taken().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_takes_nothing_from_us_says_nothing_about_an_address() {
    let (region, server, school, help) = with_mail().await;
    for who in [&school, &help] {
        server.set_manner(&who.email, Manner::WantsAName);
    }
    match_about(1, &school, &help).await;
    region.quiet().await;
    mail(&region.casework).await;
    assert_eq!((server.tried(&school.email), server.tried(&help.email)), (1, 1));
    assert!(help.mail_settings().await.refused.is_empty());
    // The operator puts the password right.
    for who in [&school, &help] {
        server.set_manner(&who.email, Manner::Takes);
    }
    region.at("2027-03-10T10:02:00+01:00").await;
    mail(&region.casework).await;
    assert_eq!(server.taken().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_mailed_for_an_organisation_that_was_disabled() {
    let (region, server, school, help) = with_mail().await;
    match_about(1, &school, &help).await;
    region.quiet().await;
    region
        .casework
        .disable_organisation(help.organisation)
        .await
        .unwrap();
    mail(&region.casework).await;
    assert_eq!(server.took_for(), std::slice::from_ref(&school.email));
    assert_eq!(server.tried(&help.email), 0);
}

/// The address of a professional goes with the contact that it was of, wherever it lies.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_erased_is_no_address_that_was_mailed_either() {
    let (region, server, school, help) = with_mail().await;
    server.set_manner(&help.email, Manner::Refuses);
    school.signals(&child(1)).await;
    let signal = help.signals(&child(1)).await;
    region.quiet().await;
    mail(&region.casework).await;
    assert_eq!(help.mail_settings().await.refused.len(), 1);
    let what = ErasureOf::Professional {
        organisation: help.organisation,
        reference: help.new_signal(&child(1), "2027-09-01").professional.reference,
    };
    let erased = region.casework.erase(&what).await.unwrap();
    assert_eq!((erased.contacts, erased.kept), (0, 1));
    assert_eq!(help.mail_settings().await.refused.len(), 1, "the signal counts");

    help.ends(signal.id, EndReason::Resolved).await;
    assert_eq!(region.casework.erase(&what).await.unwrap().contacts, 1);
    assert!(help.mail_settings().await.refused.is_empty());
    assert_eq!(region.count("SELECT count(*) FROM mail").await, 1, "the school's");
}
