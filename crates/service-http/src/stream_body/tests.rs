use std::collections::VecDeque;
use std::pin::Pin;

use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_TYPE, TRANSFER_ENCODING};
use actix_web::test::TestRequest;
use futures::stream;
use tokio::time::{pause, sleep};

use super::*;

const LIMIT: u64 = 64 * 1024 * 1024;

fn request(length: &str) -> TestRequest {
    TestRequest::post()
        .insert_header((CONTENT_TYPE, "application/x-ndjson"))
        .insert_header((CONTENT_LENGTH, length))
}

/// A payload whose parts come each after a wait.
fn parts(parts: &[(u64, usize)]) -> Payload {
    let parts = VecDeque::from(parts.to_vec());
    let stream = stream::unfold(parts, |mut parts| async move {
        let (seconds, length) = parts.pop_front()?;
        sleep(Duration::from_secs(seconds)).await;
        Some((Ok::<_, PayloadError>(Bytes::from(vec![b'x'; length])), parts))
    });
    Payload::Stream {
        payload: Box::pin(stream) as Pin<Box<_>>,
    }
}

fn open(request: TestRequest, payload: Payload) -> Result<StreamBody, ProblemType> {
    StreamBody::open(
        &request.to_http_request(),
        payload,
        "application/x-ndjson",
        LIMIT,
        "one",
    )
    .map_err(|refusal| refusal.problem())
}

async fn all(length: &str, payload: Payload) -> Result<u64, ProblemType> {
    let mut body = open(request(length), payload)?;
    let mut sum = 0;
    while let Some(part) = body.next().await.map_err(|refusal| refusal.problem())? {
        sum += part.len() as u64;
    }
    Ok(sum)
}

// rule: A2, B5, B6, B7
#[actix_web::test]
async fn what_the_head_says_is_judged_before_a_byte_is_read() {
    use ProblemType as P;
    let refused = |request: TestRequest| open(request, Payload::None).err();
    assert_eq!(refused(request("67108864")), None);
    for large in ["67108865", "10737418240", "99999999999999999999999"] {
        assert_eq!(refused(request(large)), Some(P::PayloadTooLarge), "{large}");
    }
    let undeclared = TestRequest::post().insert_header((CONTENT_TYPE, "application/x-ndjson"));
    assert_eq!(refused(undeclared), Some(P::LengthRequired));
    let chunked = request("4").insert_header((TRANSFER_ENCODING, "chunked"));
    assert_eq!(refused(chunked), Some(P::LengthRequired));
    let packed = request("4").insert_header((CONTENT_ENCODING, "gzip"));
    assert_eq!(refused(packed), Some(P::UnsupportedMediaType));
    let other = request("4").insert_header((CONTENT_TYPE, "application/json"));
    assert_eq!(refused(other), Some(P::UnsupportedMediaType));
}

#[actix_web::test]
async fn a_client_that_keeps_its_pace_may_take_its_time() {
    pause();
    // Ten minutes for 10 MiB: 17 KiB/s, in parts with nine seconds between them.
    let steady: Vec<_> = (0..68).map(|_| (9, 9 * 17 * 1024)).collect();
    let length = 68 * 9 * 17 * 1024;
    assert_eq!(all(&length.to_string(), parts(&steady)).await, Ok(length));
}

#[actix_web::test]
async fn a_client_that_falls_behind_is_cut() {
    pause();
    let late = all("1000", parts(&[(11, 1000)])).await;
    assert_eq!(late, Err(ProblemType::RequestTimeout));
    let drips: Vec<_> = (0..1000).map(|_| (1, 1)).collect();
    assert_eq!(all("1000", parts(&drips)).await, Err(ProblemType::RequestTimeout));
    // A megabyte at once earns no right to be silent for a minute.
    let rest = all("1048577", parts(&[(0, 1_048_576), (11, 1)])).await;
    assert_eq!(rest, Err(ProblemType::RequestTimeout));
}

#[actix_web::test]
async fn the_services_own_time_is_nobodys_delay() {
    pause();
    let mut body = open(request("2000"), parts(&[(8, 1000), (1, 1000)])).unwrap();
    for _ in 0..2 {
        assert!(body.next().await.unwrap().is_some());
        sleep(Duration::from_secs(25)).await;
    }
    assert!(body.next().await.unwrap().is_none());
}

#[actix_web::test]
async fn a_body_is_as_long_as_it_was_declared() {
    assert_eq!(all("3", parts(&[(0, 2), (0, 1)])).await, Ok(3));
    assert_eq!(all("0", parts(&[])).await, Ok(0));
    assert_eq!(
        all("3", parts(&[(0, 2)])).await,
        Err(ProblemType::MalformedRequest)
    );
    assert_eq!(
        all("3", parts(&[(0, 4)])).await,
        Err(ProblemType::PayloadTooLarge)
    );
}

#[actix_web::test]
async fn no_sender_takes_the_places_of_all() {
    let streams = Streams::default();
    let mut of_one: Vec<_> = (0..STREAMS_OF_ONE)
        .map(|_| streams.take("one").unwrap())
        .collect();
    let refused = |sender: &str| streams.take(sender).err().map(|refusal| refusal.problem());
    assert_eq!(refused("one"), Some(ProblemType::RateLimited));
    assert_eq!(refused("two"), None);
    of_one.pop();
    assert_eq!(refused("one"), None, "a body that ended gives its place back");
    drop(of_one);
    assert!(streams.senders.lock().unwrap().is_empty());

    let _all: Vec<_> = (0..STREAMS)
        .map(|sender| streams.take(&sender.to_string()).unwrap())
        .collect();
    assert_eq!(refused("late"), Some(ProblemType::TryAgain));
    assert!(!streams.senders.lock().unwrap().contains_key("late"));
}
