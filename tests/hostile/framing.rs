//! Requests that two readers would understand in two ways (reliability, class A), over a bare connection.

use tests::Region;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Sends these bytes and reads until the service closes.
async fn exchange(region: &Region, request: &str) -> String {
    let address = region.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream
        .write_all(request.replace("HOST", address).as_bytes())
        .await
        .unwrap();
    let mut answer = Vec::new();
    // A reset after the answer is a way to close, too.
    stream.read_to_end(&mut answer).await.ok();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_ambiguous_request_is_refused_and_the_connection_closed() {
    let region = Region::start().await;
    let before = region.rows().await;
    let long = "x".repeat(9 * 1024);
    let fields = (0..110)
        .map(|place| format!("x-{place}: 1\r\n"))
        .collect::<String>();
    let large = format!("x-large: {}\r\n", "y".repeat(33 * 1024));
    let smuggled = "GET /v1/health HTTP/1.1\r\nHost: HOST\r\n\r\n";
    let cases = [
        (
            "two lengths",
            format!(
                "POST /v1/signals HTTP/1.1\r\nHost: HOST\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{smuggled}"
            ),
            "malformed-request",
        ),
        (
            "chunked",
            format!(
                "POST /v1/signals HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{smuggled}"
            ),
            "length-required",
        ),
        (
            "no host",
            "GET /v1/health HTTP/1.1\r\nConnection: close\r\n\r\n".to_owned(),
            "malformed-request",
        ),
        (
            "two hosts",
            "GET /v1/health HTTP/1.1\r\nHost: HOST\r\nHost: other.example\r\nConnection: close\r\n\r\n"
                .to_owned(),
            "malformed-request",
        ),
        (
            "another host",
            "GET /v1/health HTTP/1.1\r\nHost: other.example\r\nConnection: close\r\n\r\n".to_owned(),
            "misdirected-request",
        ),
        (
            "a long address",
            format!("GET /v1/{long} HTTP/1.1\r\nHost: HOST\r\n\r\n"),
            "uri-too-long",
        ),
        (
            "many fields",
            format!("GET /v1/health HTTP/1.1\r\nHost: HOST\r\n{fields}\r\n"),
            "headers-too-large",
        ),
        (
            "large fields",
            format!("GET /v1/health HTTP/1.1\r\nHost: HOST\r\n{large}\r\n"),
            "headers-too-large",
        ),
        (
            "TRACE",
            "TRACE /v1/health HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n".to_owned(),
            "method-not-allowed",
        ),
    ];
    for (what, request, slug) in cases {
        let answer = exchange(&region, &request).await;
        assert!(
            answer.contains(&format!("/problems/{slug}\"")),
            "{what}: {answer}"
        );
        assert_eq!(
            answer.matches("HTTP/1.1 ").count(),
            1,
            "{what}: a smuggled request was answered"
        );
        assert!(answer.to_lowercase().contains("api-version: 1.0.0"), "{what}");
    }
    assert_eq!(region.rows().await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_stops_says_so_to_who_asks_for_its_health() {
    let region = Region::start().await;
    region.drain();
    let answer = tests::Http::new(&region.url).get("/v1/health", &[]).await;
    crate::assert_problem(&region, &answer, "shutting-down", "draining");
    assert!(answer.header("retry-after").is_some());
}
