//! Requests that two readers would understand in two ways (reliability, class A), over a bare connection.

use futures::future::join_all;
use tests::{Http, Method, Region, Sector};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// So many sockets on which a head comes slowly.
const SLOW: usize = 1_000;

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

// rule: A1, A2, A3, A4, A5, A6, A9
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
            "a chunk extension with a line break in quotes",
            format!(
                "POST /v1/signals HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n2;x=\"\r\n\r\n{smuggled}\"\r\n{{}}\r\n0\r\n\r\n"
            ),
            "length-required",
        ),
        (
            "a trailer with a bare line feed",
            format!(
                "POST /v1/signals HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nx: 1\n\n{smuggled}"
            ),
            "length-required",
        ),
        (
            "a header with a bare line feed",
            format!("GET /v1/health HTTP/1.1\r\nHost: HOST\nx: 1\r\n\r\n{smuggled}"),
            "malformed-request",
        ),
        (
            "a host against the address",
            "GET http://other.example/v1/health HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n"
                .to_owned(),
            "malformed-request",
        ),
        (
            "CONNECT",
            "CONNECT HOST HTTP/1.1\r\nHost: HOST\r\n\r\n".to_owned(),
            "method-not-allowed",
        ),
        (
            "a method that nobody knows",
            "BREW /v1/health HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n".to_owned(),
            "method-not-allowed",
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

/// Heads that never end, a thousand of them, and one body: each is ended by the service, and who comes meanwhile is
/// answered.
// rule: A7, A8, O1
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_slow_is_ended_and_holds_up_nobody() {
    let region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let bearer = school.bearer().await;
    let before = region.rows().await;
    let address = region.url.strip_prefix("http://").unwrap().to_owned();
    let connect = || async { TcpStream::connect(&address).await.unwrap() };

    let mut slow = join_all((0..SLOW).map(|_| connect())).await;
    for stream in &mut slow {
        stream.write_all(b"GET /v1/health HTTP/1.1\r\nHo").await.unwrap();
    }
    let mut body = connect().await;
    let head = format!(
        "POST /v1/signals HTTP/1.1\r\nHost: {address}\r\nAuthorization: {bearer}\r\nIdempotency-Key: slow-body-0001\r\n\
         Content-Type: application/json\r\nContent-Length: 400\r\n\r\n{{"
    );
    body.write_all(head.as_bytes()).await.unwrap();

    let http = Http::new(&region.url);
    let authorization = [("authorization", bearer.as_str())];
    let answers = join_all((0..200).map(|_| http.get("/v1/notices", &authorization))).await;
    assert!(
        answers.iter().all(|answer| [200, 503].contains(&answer.status)),
        "answered, or told to try again"
    );
    for _ in 0..20 {
        assert_eq!(http.get("/v1/notices", &authorization).await.status, 200);
    }

    let ended = join_all(slow.into_iter().map(|mut stream| async move {
        let mut answer = Vec::new();
        // A reset after the answer is a way to close, too.
        stream.read_to_end(&mut answer).await.ok();
        String::from_utf8_lossy(&answer).into_owned()
    }))
    .await;
    for answer in ended {
        assert!(
            answer.is_empty() || answer.contains("/problems/request-timeout\""),
            "{answer}"
        );
    }
    let mut answer = Vec::new();
    body.read_to_end(&mut answer).await.ok();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains("/problems/request-timeout\""), "{answer}");
    assert_eq!(region.rows().await, before);
}

/// A head that announces too much is answered for itself: nothing of the body was sent, and nothing is waited for.
// rule: B5
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_is_announced_too_large_is_refused_before_a_byte_of_it() {
    let world = crate::world::World::start().await;
    let region = &world.region;
    let before = region.rows().await;
    let mut tried = 0;
    for operation in &world.operations {
        let Some((_, "application/json")) = operation.body else {
            continue;
        };
        for length in ["16385", "10737418240", "99999999999999999999"] {
            let request = format!(
                "POST {} HTTP/1.1\r\nHost: HOST\r\nAuthorization: {}\r\nIdempotency-Key: announced-0001\r\n\
                 Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n",
                operation.path,
                world.entitled(operation)
            );
            // Read to its end: the connection is closed, since what would follow on it is that body.
            let answer = exchange(region, &request).await;
            let what = format!("{}: {length}: {answer}", operation.id);
            assert!(answer.starts_with("HTTP/1.1 413 "), "{what}");
            assert!(answer.contains("/problems/payload-too-large\""), "{what}");
            assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{what}");
            tried += 1;
        }
    }
    assert!(tried > 3 * 20, "{tried}");
    assert_eq!(region.rows().await, before);
}

// rule: A10
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_is_not_asked_of_who_may_not_be_here() {
    let region = Region::start().await;
    let before = region.rows().await;
    for (authorization, slug) in [
        ("", "unauthorized"),
        ("Authorization: Bearer nonsense\r\n", "invalid-token"),
    ] {
        let request = format!(
            "POST /v1/signals HTTP/1.1\r\nHost: HOST\r\n{authorization}Idempotency-Key: expecting-0001\r\n\
             Content-Type: application/json\r\nContent-Length: 400\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
        );
        let answer = exchange(&region, &request).await;
        assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
        assert!(answer.contains(&format!("/problems/{slug}\"")), "{answer}");
        assert!(!answer.contains("100 Continue"), "{answer}");
    }
    assert_eq!(region.rows().await, before);
}

// rule: A11
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_http_1_1_is_refused_and_closed() {
    let region = Region::start().await;
    for (what, request) in [
        ("HTTP/1.0", "GET /v1/health HTTP/1.0\r\nHost: HOST\r\n\r\n"),
        ("HTTP/0.9", "GET /v1/health\r\n"),
        (
            "h2c",
            "GET /v1/health HTTP/1.1\r\nHost: HOST\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n",
        ),
        ("HTTP/2 at once", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        ("TLS", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}"),
    ] {
        let answer = exchange(&region, request).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{what}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{what}: {answer}");
        assert!(
            answer.contains("/problems/malformed-request\""),
            "{what}: {answer}"
        );
    }
}

/// What a header says about who calls, or about the method, is nobody's word.
// rule: A12, A13
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn headers_that_speak_for_others_are_ignored() {
    let region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let bearer = school.bearer().await;
    let before = region.rows().await;
    let http = Http::new(&region.url);
    let stranger = [
        ("x-forwarded-for", "127.0.0.1"),
        ("x-real-ip", "127.0.0.1"),
        (
            "forwarded",
            "for=127.0.0.1;by=127.0.0.1;host=other.example;proto=https",
        ),
        ("x-forwarded-host", "other.example"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-client-cert", "Subject=\"CN=partner\""),
        ("x-ssl-client-verify", "SUCCESS"),
        ("x-original-url", "/v1/audit/exports"),
        ("x-rewrite-url", "/v1/audit/exports"),
    ];
    let answer = http.get("/v1/notices", &stranger).await;
    crate::assert_problem(&region, &answer, "unauthorized", "no identity from headers");
    let mut known = stranger.to_vec();
    known.push(("authorization", &bearer));
    let plain = http.get("/v1/notices", &[("authorization", &bearer)]).await;
    let answer = http.get("/v1/notices", &known).await;
    assert_eq!((answer.status, &answer.body), (200, &plain.body));

    for name in ["x-http-method-override", "x-http-method", "x-method-override"] {
        for method in ["POST", "DELETE", "PUT"] {
            let answer = http
                .get("/v1/notices", &[("authorization", &bearer), (name, method)])
                .await;
            assert_eq!(
                (answer.status, &answer.body),
                (200, &plain.body),
                "{name}: {method}"
            );
        }
        let answer = http
            .send(
                Method::POST,
                "/v1/notices",
                &[("authorization", &bearer), (name, "GET")],
                Some(b"{}"),
            )
            .await;
        crate::assert_problem(&region, &answer, "method-not-allowed", name);
    }
    let answer = http
        .get("/v1/notices?_method=DELETE", &[("authorization", &bearer)])
        .await;
    crate::assert_problem(&region, &answer, "invalid-request", "_method");
    assert_eq!(region.rows().await, before);
}
