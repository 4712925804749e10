//! Idempotency keys (reliability, class F).

use serde_json::Value;
use tests::{Answer, Http, Method, Professional, Region, Sector, child, eventually};

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

// rule: F2, F4, S2
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

// rule: F2, R19, S3
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

/// The first attempt waits for a row that somebody else holds; it is there, it is not done.
// rule: F3, S2
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_first_attempt_runs_the_second_is_told_so() {
    let region = Region::start().await;
    let http = Http::new(&region.url);
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    school.signals(&child(1)).await;
    help.signals(&child(1)).await;
    let notice = school.is_told(1).await[0].id;
    let path = format!("/v1/notices/{notice}/acknowledgements");
    let (key, body) = ("one-key-for-this", "{}");

    let mut holder = region.database.superuser().await;
    let held = holder.transaction().await.unwrap();
    held.batch_execute("SELECT 1 FROM notice FOR UPDATE")
        .await
        .unwrap();
    let first = post(&http, &school, &path, key, body);
    let second = async {
        let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        eventually("the first waits", async || {
            (region.count(waiting).await > 0).then_some(())
        })
        .await;
        let second = post(&http, &school, &path, key, body).await;
        assert_problem(
            &region,
            &second,
            "idempotency-in-progress",
            "while the first runs",
        );
        assert!(second.header("retry-after").is_some());
        // Another body is no attempt at the same; that shows when the first is done, and is no effect either way.
        let unread = region.count("SELECT count(*) FROM idempotency").await;
        held.rollback().await.unwrap();
        unread
    };
    let (first, kept_before) = tokio::join!(first, second);
    assert_eq!(first.status, 201, "{first:?}");
    let kept = region.count("SELECT count(*) FROM idempotency").await;
    assert_eq!(kept, kept_before + 1, "one act, one answer");
    let again = post(&http, &school, &path, key, body).await;
    assert_eq!((again.status, &again.body), (first.status, &first.body));
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(school.inbox().await.len(), 0);
}

/// Answers are kept by the real time; here the row grows old instead.
// rule: F5, S4
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_kept_for_a_day_and_after_it_there_is_still_one_signal() {
    let region = Region::start().await;
    let http = Http::new(&region.url);
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let (key, body) = ("one-key-for-this", school.signal_body(&child(1)));
    let first = post(&http, &school, "/v1/signals", key, &body).await;
    assert_eq!(first.status, 201);
    let older = async |age: &str| {
        let sql = format!("UPDATE idempotency SET stored_at = stored_at - interval '{age}'");
        region
            .database
            .superuser()
            .await
            .batch_execute(&sql)
            .await
            .unwrap();
        region.casework.retire_once().await.unwrap();
        post(&http, &school, "/v1/signals", key, &body).await
    };
    let next_day = older("24 hours").await;
    assert_eq!(next_day.header("idempotent-replayed"), Some("true"));
    assert_eq!((next_day.status, &next_day.body), (201, &first.body));

    let later = older("90 minutes").await;
    assert_eq!((later.status, later.header("idempotent-replayed")), (200, None));
    assert_eq!(later.json()["id"], first.json()["id"]);
    assert_eq!(region.count("SELECT count(*) FROM signal").await, 1);
    assert_eq!(region.count("SELECT count(*) FROM subject").await, 1);
}
