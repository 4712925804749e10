//! Idempotency keys (reliability, class F).

use serde_json::Value;
use tests::{Answer, Http, Method, Professional, Region, Sector, child};

use crate::assert_problem;

async fn post(http: &Http, who: &Professional, path: &str, key: &str, body: &str) -> Answer {
    let bearer = who.bearer().await;
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
        ("idempotency-key", key),
    ];
    http.send(Method::POST, path, &headers, Some(body.as_bytes()))
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replay_is_the_first_answer_to_the_byte() {
    let region = Region::start().await;
    let http = Http::new(&region.url);
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    let (key, body) = ("one-key-for-this", school.signal_body(&child(1)));
    let first = post(&http, &school, "/v1/signals", key, &body).await;
    assert_eq!((first.status, first.header("idempotent-replayed")), (201, None));
    // Also much later in the network's time, when the signal has ended.
    region.at("2027-10-01T00:00:00+02:00").await;
    let again = post(&http, &school, "/v1/signals", key, &body).await;
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!((again.status, &again.body), (first.status, &first.body));
    assert_eq!(again.header("location"), first.header("location"));
    assert!(first.header("location").unwrap().starts_with("/v1/signals/"));

    // Another body, even one that means the same, is another request.
    for other in [school.signal_body(&child(2)), format!("{body} ")] {
        let answer = post(&http, &school, "/v1/signals", key, &other).await;
        assert_problem(&region, &answer, "idempotency-key-reused", "another body");
    }
    let answer = post(
        &http,
        &school,
        "/v1/notices/AAAAAAAAAAAAAAAAAAAAAA/acknowledgements",
        key,
        "{}",
    )
    .await;
    assert_problem(&region, &answer, "idempotency-key-reused", "another address");
    // The key of another organisation is another key.
    let body = help.signal_body(&child(3)).replace("2027-09-01", "2028-02-01");
    assert_eq!(post(&http, &help, "/v1/signals", key, &body).await.status, 201);
    assert_eq!(region.count("SELECT count(*) FROM signal").await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_request_leaves_its_key_free() {
    let region = Region::start().await;
    let http = Http::new(&region.url);
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let body = school.signal_body(&child(1));
    let too_long = body.replace("2027-09-01", "2030-09-01");
    let refused = post(&http, &school, "/v1/signals", "one-key-for-this", &too_long).await;
    assert_problem(&region, &refused, "invalid-request", "three years");
    let errors: Vec<Value> = refused.json()["errors"].as_array().unwrap().clone();
    assert_eq!(errors[0]["pointer"], "/plannedEnd");
    let right = post(&http, &school, "/v1/signals", "one-key-for-this", &body).await;
    assert_eq!((right.status, right.header("idempotent-replayed")), (201, None));
}
