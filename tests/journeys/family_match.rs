//! Different children of one guardian: organisations are told that there is another child in the family, and no more.

use protocol::family_match::FamilyMatchState;
use protocol::notice::NoticeKind;
use protocol::problem::ProblemType;
use protocol::signal::EndReason;
use tests::{
    Answer, Http, Method, Professional, Region, Sector, Settings, assert_sound, child, events, eventually,
    refusal,
};

const OPEN: &str = "notice_interval_minutes = 0\nfamily_match = true";

async fn school_and_help(region: &Region) -> (Professional, Professional) {
    (
        region
            .professional("Basisschool Zonnewijzer", Sector::Education)
            .await,
        region.professional("Jeugdhulp Anker", Sector::YouthHelp).await,
    )
}

async fn post(region: &Region, who: &Professional, path: &str, body: &str, key: &str) -> Answer {
    let bearer = who.bearer().await;
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
        ("idempotency-key", key),
    ];
    Http::new(&region.url)
        .send(Method::POST, path, &headers, Some(body.as_bytes()))
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_says_that_it_is_not_the_same_child_and_opens_nothing() {
    let region = Region::with_covenant(OPEN).await;
    let supervisor = region.supervisor().await;
    let (school, help) = school_and_help(&region).await;
    let (mother, father) = (child(901), child(902));
    let ours = school
        .signals_with_guardians(&child(1), &[mother.clone(), father.clone()])
        .await;
    let sibling = school
        .signals_with_guardians(&child(2), std::slice::from_ref(&mother))
        .await;
    region.quiet().await;
    assert_eq!(school.inbox().await, [], "it knows of both itself");

    let theirs = help
        .signals_with_guardians(&child(3), &[father.clone(), mother.clone()])
        .await;
    eventually("all are told", async || {
        let told = (school.inbox().await.len(), help.inbox().await.len());
        (told == (2, 1)).then_some(())
    })
    .await;
    assert_eq!(school.inbox_kinds().await, [NoticeKind::FamilyMatch; 2]);
    let of_help = help.family_matches().await;
    assert_eq!(of_help.len(), 1, "two guardians, one family");
    let seen = &of_help[0];
    assert!(!seen.same_child);
    assert_eq!(
        (seen.state, &seen.signals),
        (FamilyMatchState::Open, &vec![theirs.id])
    );
    let names: Vec<_> = seen
        .parties
        .iter()
        .map(|party| party.organisation.as_ref().unwrap().name.as_str())
        .collect();
    assert_eq!(names, ["Basisschool Zonnewijzer"; 2]);
    assert_eq!(
        seen.parties[0].contact.as_ref().unwrap().reference.as_str(),
        school.reference
    );
    let of_school = school.partner.family_match(seen.id).await.unwrap();
    assert_eq!(of_school.parties.len(), 1);
    let mut own = of_school.signals.clone();
    own.sort();
    let mut both = vec![ours.id, sibling.id];
    both.sort();
    assert_eq!(own, both);

    // It is no match: nothing can be asked and nothing sent in it.
    assert_eq!((school.matches().await.len(), help.matches().await.len()), (0, 0));
    assert_eq!(
        refusal(help.partner.match_case(seen.id).await),
        ProblemType::NotFound
    );
    let care = region
        .professional("Kinderopvang De Vlinder", Sector::Childcare)
        .await;
    assert_eq!(
        refusal(care.partner.family_match(seen.id).await),
        ProblemType::NotFound
    );

    // A further child of the family joins, and everyone is told.
    care.signals_with_guardians(&child(4), std::slice::from_ref(&father))
        .await;
    eventually("everyone is told", async || {
        (care.inbox().await.len() == 1).then_some(())
    })
    .await;
    let of_care = care.family_matches().await;
    assert_eq!(of_care.len(), 1);

    // It ends when the others' signals do.
    for signal in [ours.id, sibling.id] {
        school.ends(signal, EndReason::Resolved).await;
    }
    region.quiet().await;
    help.ends(theirs.id, EndReason::Unjustified).await;
    region.quiet().await;
    let over = care.partner.family_match(of_care[0].id).await.unwrap();
    assert_eq!((over.state, over.parties.len()), (FamilyMatchState::Ended, 0));
    let log = events(&region).await;
    assert!(
        log["family_match.found"] >= 2 && log["family_match.ended"] >= 1 && log["family_match.viewed"] >= 1,
        "{log:?}"
    );
    assert_sound(&region).await;
    supervisor.verifies().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_hidden_stays_another_organisation() {
    let lines = format!("{OPEN}\nsensitive_sectors = [\"police-and-justice\"]");
    let region = Region::with_covenant(&lines).await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let police = region
        .professional("Politie eenheid Testland", Sector::PoliceAndJustice)
        .await;
    school.signals_with_guardians(&child(1), &[child(901)]).await;
    police.signals_with_guardians(&child(2), &[child(901)]).await;
    school.is_told(1).await;
    let seen = school.family_matches().await.remove(0);
    assert_eq!(seen.parties.len(), 1);
    assert_eq!(
        (&seen.parties[0].organisation, &seen.parties[0].contact),
        (&None, &None)
    );
    let theirs = police.family_matches().await.remove(0);
    assert!(theirs.parties[0].organisation.is_some());
    region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guardians_are_taken_only_where_the_covenant_says_so_and_only_with_a_new_signal() {
    let region = Region::start().await;
    let (school, _) = school_and_help(&region).await;
    let body = school.guardian_signal_body(&child(1), &child(901));
    let answer = post(&region, &school, "/v1/signals", &body, "no-family-match").await;
    assert_eq!(
        (answer.status, answer.json()["errors"][0]["pointer"].as_str()),
        (400, Some("/guardians"))
    );
    assert_eq!(region.count("SELECT count(*) FROM shared_tag").await, 0);

    region.apply_covenant(tests::COVENANT, OPEN).await;
    let answer = post(&region, &school, "/v1/signals", &body, "family-match").await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let signal = answer.json()["id"].as_str().unwrap().parse().unwrap();
    // Another adult with the same signal: it answers the one that is there, and the adult is not taken.
    let other = school.guardian_signal_body(&child(1), &child(902));
    let answer = post(&region, &school, "/v1/signals", &other, "another-adult").await;
    assert_eq!(answer.status, 200);
    // Nor with further tokens of the signal.
    let mut more: serde_json::Value =
        serde_json::from_str(&school.resubmission_body(signal, &child(1))).unwrap();
    let guardians = serde_json::from_str::<serde_json::Value>(&other).unwrap()["guardians"].clone();
    more["signals"][0]["tokens"] = guardians[0]["tokens"].clone();
    let answer = post(
        &region,
        &school,
        "/v1/signals/resubmissions",
        &more.to_string(),
        "as-tokens",
    )
    .await;
    assert_eq!(answer.status, 400, "a guardian is no child");
    // A guardian's number finds no child, and a child's no guardian.
    region.quiet().await;
    assert_eq!(region.count("SELECT count(*) FROM family_tag").await, 1);
    assert_eq!(region.count("SELECT count(*) FROM subject").await, 1);
    assert_sound(&region).await;
    region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_tries_out_one_adult_after_another() {
    let region = Region::with_covenant(OPEN).await;
    let (school, help) = school_and_help(&region).await;
    // A family that somebody is curious about.
    help.signals_with_guardians(&child(50), &[child(905)]).await;
    // One child, one adult after another: four are heard, whatever was ended in between.
    for adult in 901..=905 {
        let signal = school.signals_with_guardians(&child(1), &[child(adult)]).await;
        region.quiet().await;
        if adult < 905 {
            school.ends(signal.id, EndReason::Resolved).await;
        }
    }
    region.quiet().await;
    assert_eq!(school.family_matches().await, []);
    assert_eq!((school.inbox().await, help.inbox().await), (vec![], vec![]));
    assert_sound(&region).await;
    region.log_holds().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_answer_tells_nothing_of_a_guardian() {
    let region = Region::with(Settings {
        covenant: OPEN.to_owned(),
        ..Settings::default()
    })
    .await;
    let (school, help) = school_and_help(&region).await;
    help.signals_with_guardians(&child(50), &[child(901)]).await;
    region.quiet().await;
    let mut shown = Vec::new();
    for (of, guardian, key) in [(1, 901, "of-a-known-one"), (2, 902, "of-an-unknown-one")] {
        let body = school.guardian_signal_body(&child(of), &child(guardian));
        let answer = post(&region, &school, "/v1/signals", &body, key).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        let mut body = answer.json();
        // A time is written as short as it can be: its length says how many zeros it ends in.
        let length = answer.text().len() - body["submittedAt"].as_str().unwrap().len();
        for varies in ["id", "submittedAt", "receipts"] {
            body[varies] = serde_json::Value::Null;
        }
        shown.push((body.to_string(), length));
    }
    assert_eq!(shown[0], shown[1]);
    region.log_holds().await;
}
