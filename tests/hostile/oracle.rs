//! Nobody learns from an answer whether a child is known before they signalled it themselves.

use std::collections::BTreeSet;

use serde_json::Value;
use tests::{Answer, Http, Method, Region, Sector, child};

fn shape(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), shape(value)))
            .collect(),
        Value::Array(items) => items.iter().map(shape).collect(),
        // A time is written as short as it can be: its length says how many zeros it ends in.
        Value::String(text) if text.parse::<jiff::Timestamp>().is_ok() => "time".into(),
        Value::String(text) => text.len().into(),
        other => other.clone(),
    }
}

fn length_but_for_the_time(answer: &Answer) -> usize {
    answer.body.len() - answer.json()["submittedAt"].as_str().unwrap().len()
}

fn header_names(answer: &Answer) -> BTreeSet<String> {
    answer.headers.keys().map(ToString::to_string).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_answer_to_a_signal_is_the_same_for_known_and_unknown_children() {
    let region = Region::with_covenant("notice_interval_minutes = 15").await;
    region.at("2027-03-10T10:01:00+01:00").await;
    let http = Http::new(&region.url);
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let known_to = [
        region.professional("Jeugdhulp Anker", Sector::YouthHelp).await,
        region
            .professional("Kinderopvang De Vlinder", Sector::Childcare)
            .await,
    ];
    // Children 0 to 9 are known to one, of those 0 to 4 to two organisations; 10 to 19 to nobody.
    for place in 0..10 {
        known_to[0].signals(&child(place)).await;
        if place < 5 {
            known_to[1].signals(&child(place)).await;
        }
    }
    region.quiet().await;
    let bearer = school.bearer().await;
    let mut answers = Vec::new();
    for place in [0, 10, 5, 11, 1, 12, 6, 13, 2, 14, 7, 15] {
        let key = format!("key-of-child-{place:02}");
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
            ("idempotency-key", &key),
        ];
        let body = school.signal_body(&child(place));
        answers.push(
            http.send(Method::POST, "/v1/signals", &headers, Some(body.as_bytes()))
                .await,
        );
    }
    let first = &answers[0];
    for answer in &answers {
        assert_eq!(answer.status, 201);
        assert_eq!(header_names(answer), header_names(first));
        assert_eq!(shape(&answer.json()), shape(&first.json()), "ids and times aside");
        assert_eq!(length_but_for_the_time(answer), length_but_for_the_time(first));
        assert_eq!(
            answer.header("location").unwrap().len(),
            first.header("location").unwrap().len()
        );
    }
    region.quiet().await;
    // Nor does anything else the organisation can ask tell them apart before the quarter.
    assert!(school.inbox().await.is_empty() && school.matches().await.is_empty());
    for answer in &answers {
        let id = answer.json()["id"].as_str().unwrap().to_owned();
        let read = http
            .get(&format!("/v1/signals/{id}"), &[("authorization", &bearer)])
            .await;
        assert_eq!(read.json(), answer.json());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signal_leaves_the_same_traces_for_known_and_unknown_children() {
    let region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    for place in 0..5 {
        help.signals(&child(place)).await;
    }
    region.quiet().await;
    let traces = async || {
        let events = tests::events(&region).await;
        let kept = region.count("SELECT count(*) FROM idempotency").await;
        (events["signal.submitted"], kept)
    };
    for place in [0, 100, 1, 101] {
        let before = traces().await;
        school.signals(&child(place)).await;
        let after = traces().await;
        assert_eq!(
            (after.0 - before.0, after.1 - before.1),
            (1, 1),
            "one leaf, one kept answer"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ids_of_signals_about_one_child_share_nothing() {
    let region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    let ours = school.signals(&child(1)).await.id;
    let theirs = help.signals(&child(1)).await.id;
    let others = school.signals(&child(2)).await.id;
    let common = |one: &protocol::Id, other: &protocol::Id| {
        one.0
            .iter()
            .zip(other.0)
            .filter(|(one, other)| **one == *other)
            .count()
    };
    // 16 random bytes agree in one place out of 256; four would be a pattern.
    assert!(common(&ours, &theirs) < 4 && common(&ours, &others) < 4 && common(&theirs, &others) < 4);
    let tags = region
        .texts(
            "SELECT DISTINCT convert_from(leaf, 'UTF8')::json ->> 'sub' FROM audit.leaf UNION
                SELECT convert_from(leaf, 'UTF8')::json ->> 'sub' FROM audit.pending",
        )
        .await;
    for id in [ours, theirs, others] {
        let hex: String = id.0.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(
            tags.iter().all(|tag| !tag.contains(&hex)),
            "no public id in the log"
        );
    }
}
