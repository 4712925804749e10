//! The same act from many hands at once.

use std::collections::BTreeMap;

use futures::future::join_all;
use protocol::consent::AgeBand;
use protocol::problem::ProblemType;
use protocol::signal::SignalState;
use tests::{Answer, Http, Method, Professional, Region, Sector, assert_sound, child, events, refusal};

/// Posts one body from many hands at once, each under the key it is given.
async fn post_at_once(
    region: &Region,
    who: &Professional,
    path: &str,
    body: &str,
    keys: &[String],
) -> Vec<Answer> {
    let bearer = who.bearer().await;
    let http = Http::new(&region.url);
    join_all(keys.iter().map(|key| {
        let (http, bearer) = (http.clone(), &bearer);
        async move {
            let headers = [
                ("authorization", bearer.as_str()),
                ("content-type", "application/json"),
                ("idempotency-key", key.as_str()),
            ];
            tests::eventually("an answer other than try-again", async || {
                let answer = http
                    .send(Method::POST, path, &headers, Some(body.as_bytes()))
                    .await;
                // A busy machine sheds load. Who sends again under the same key is answered as if nothing had been.
                let shed = answer.status == 503 && answer.header("retry-after").is_some();
                (!shed).then_some(answer)
            })
            .await
        }
    }))
    .await
}

fn statuses(answers: &[Answer]) -> BTreeMap<u16, usize> {
    let mut statuses = BTreeMap::new();
    for answer in answers {
        *statuses.entry(answer.status).or_default() += 1;
    }
    statuses
}

// rule: F3, F6, S2
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_identical_submissions_at_once_are_one_signal() {
    let region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let keys = vec!["the-same-for-all-of-them".to_owned(); 100];
    let answers = post_at_once(
        &region,
        &school,
        "/v1/signals",
        &school.signal_body(&child(1)),
        &keys,
    )
    .await;

    let statuses = statuses(&answers);
    assert!(
        statuses.keys().all(|status| [201, 409].contains(status)),
        "{statuses:?}"
    );
    let created: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 201).collect();
    assert!(created.iter().all(|answer| answer.body == created[0].body));
    let first: Vec<&&Answer> = created
        .iter()
        .filter(|answer| answer.header("idempotent-replayed").is_none())
        .collect();
    assert_eq!(first.len(), 1, "one did it, the others are told");
    for busy in answers.iter().filter(|answer| answer.status == 409) {
        assert_eq!(busy.slug(), "idempotency-in-progress");
        assert!(busy.header("retry-after").is_some());
    }
    assert_eq!(region.count("SELECT count(*) FROM signal").await, 1);
    assert_sound(&region).await;
}

// rule: F6, S4
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_submissions_about_one_child_under_a_hundred_keys_are_one_signal() {
    let region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let keys: Vec<String> = (0..100).map(|place| format!("key-number-{place}")).collect();
    let answers = post_at_once(
        &region,
        &school,
        "/v1/signals",
        &school.signal_body(&child(1)),
        &keys,
    )
    .await;
    assert_eq!(statuses(&answers), BTreeMap::from([(200, 99), (201, 1)]));
    assert!(answers.iter().all(|answer| answer.body == answers[0].body));
    assert_eq!(region.count("SELECT count(*) FROM signal").await, 1);
    assert_sound(&region).await;
}

// rule: N2, F6
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notice_acknowledged_and_contact_confirmed_by_many_hands_are_one_act_each() {
    let region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let youth_help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    school.signals(&child(1)).await;
    youth_help.signals(&child(1)).await;
    let notice = school.is_told(1).await.remove(0);
    youth_help.is_told(1).await;
    let keys: Vec<String> = (0..8).map(|place| format!("key-number-{place}")).collect();
    let path = format!("/v1/notices/{}/acknowledgements", notice.id);
    let answers = post_at_once(&region, &school, &path, "{}", &keys).await;
    assert_eq!(statuses(&answers), BTreeMap::from([(200, 7), (201, 1)]));

    let keys: Vec<String> = (0..8).map(|place| format!("another-key-{place}")).collect();
    let path = format!("/v1/matches/{}/contact-confirmations", notice.match_id.unwrap());
    let (ours, theirs) = tokio::join!(
        post_at_once(&region, &school, &path, "{}", &keys),
        post_at_once(&region, &youth_help, &path, "{}", &keys)
    );
    for answers in [ours, theirs] {
        assert_eq!(statuses(&answers), BTreeMap::from([(200, 7), (201, 1)]));
    }
    let events = events(&region).await;
    assert_eq!(events["notice.acknowledged"], 1);
    assert_eq!(events["match.contact_confirmed"], 2);
    // Whoever came last saw the other's: the match knows that everybody confirmed.
    assert_eq!(
        region.texts("SELECT state FROM match_case").await,
        ["contact_confirmed"]
    );
    assert_sound(&region).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_parties_that_ask_the_family_at_once_one_asks() {
    let region = Region::start().await;
    let (school, youth_help, match_id) = crate::two_in_contact(&region).await;
    let (ours, theirs) = tokio::join!(
        school.tries_to_ask_consent(match_id, AgeBand::Under12, 2, None),
        youth_help.tries_to_ask_consent(match_id, AgeBand::Under12, 2, None)
    );
    let (asked, refused) = if ours.is_ok() {
        (ours, theirs)
    } else {
        (theirs, ours)
    };
    assert_eq!(asked.unwrap().invitations.len(), 2);
    assert_eq!(refusal(refused), ProblemType::ConsentRequestPending);
    assert_sound(&region).await;
}

// rule: F6
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_sent_by_many_hands_arrives_once() {
    let region = Region::start().await;
    let (school, youth_help, match_id) = crate::two_in_contact(&region).await;
    let request = school.asks_consent(match_id, AgeBand::Under12, 1).await;
    tests::Guardian::of(&region, &request)[0].agrees().await;
    let sealed = school
        .partner
        .seal_message(match_id, youth_help.organisation, b"een keer")
        .await
        .unwrap();
    let body = serde_json::to_string(&sealed).unwrap();
    let path = format!("/v1/matches/{match_id}/messages");
    let keys: Vec<String> = (0..8).map(|place| format!("key-number-{place}")).collect();
    let answers = post_at_once(&region, &school, &path, &body, &keys).await;
    assert_eq!(statuses(&answers), BTreeMap::from([(201, 1), (409, 7)]));
    for refused in answers.iter().filter(|answer| answer.status == 409) {
        assert_eq!(refused.slug(), "message-exists");
    }
    assert_sound(&region).await;
}

/// Every signal's last moment passes while it is ended and the child is signalled again.
// rule: F7, S4, S1
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signal_that_expires_is_ended_and_given_again_at_once_has_one_history() {
    const CHILDREN: u32 = 12;
    let region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let mut given = Vec::new();
    for number in 0..CHILDREN {
        given.push(school.signals_until(&child(number), "2027-05-31").await.id);
    }
    region.at("2027-05-31T23:59:30+02:00").await;
    let ends = (0..CHILDREN).zip(&given).map(|(number, id)| {
        let path = format!("/v1/signals/{id}/endings");
        let key = [format!("end-of-number-{number}")];
        let (region, school) = (&region, &school);
        async move {
            post_at_once(region, school, &path, r#"{"reason":"resolved"}"#, &key)
                .await
                .remove(0)
        }
    });
    let submits = (0..CHILDREN).map(|number| {
        let body = school
            .signal_body(&child(number))
            .replace("2027-09-01", "2027-11-01");
        let key = [format!("again-number-{number}")];
        let (region, school) = (&region, &school);
        async move {
            post_at_once(region, school, "/v1/signals", &body, &key)
                .await
                .remove(0)
        }
    });
    let midnight = async {
        region.move_network_time_alone(60).await;
        region.casework.retire_once().await.unwrap();
    };
    let (ended, submitted, ()) = tokio::join!(join_all(ends), join_all(submits), midnight);
    for answer in &ended {
        assert!([201, 409].contains(&answer.status), "{answer:?}");
    }
    for answer in &submitted {
        assert!([200, 201].contains(&answer.status), "{answer:?}");
    }
    // Whoever was told of the old signal, or of a new one, finds it as its history says.
    region.casework.retire_once().await.unwrap();
    for (number, id) in (0..CHILDREN).zip(&given) {
        let old = school.partner.signal(*id).await.unwrap();
        assert!(
            !matches!(
                old.state,
                SignalState::Active | SignalState::Sleeping | SignalState::Paused
            ),
            "{number}: {:?}",
            old.state
        );
    }
    for answer in submitted.iter().filter(|answer| answer.status == 201) {
        let id = answer.json()["id"].as_str().unwrap().parse().unwrap();
        assert_eq!(
            school.partner.signal(id).await.unwrap().state,
            SignalState::Active
        );
    }
    assert_sound(&region).await;
    region.log_holds().await;
}
