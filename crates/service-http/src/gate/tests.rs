//! Raw bytes on a socket, as an attacker or a broken proxy sends them.

use std::sync::Arc;

use actix_web::http::Method;
use actix_web::rt;
use actix_web::{App, HttpResponse, web};
use protocol::Body;
use protocol::body::Object;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Notify;

use super::*;
use crate::DoorSettings;
use crate::body::JsonBody;
use crate::drain::{Drain, Phase};
use crate::host::Hosts;
use crate::problems::framework_errors;
use crate::routes::Routes;

struct Empty;

impl Body for Empty {
    fn read(_: &mut Object<'_>) -> Option<Self> {
        Some(Self)
    }
}

/// A running server with the routes `GET /hello`, `POST /things` and `GET /slow`.
struct Running {
    address: std::net::SocketAddr,
    drain: Drain,
    handle: actix_web::dev::ServerHandle,
    slow: Arc<Slow>,
}

/// What takes until it is let go.
#[derive(Default)]
struct Slow {
    begun: Notify,
    let_go: Notify,
}

/// Longer than anything takes on a machine that has much else to do.
const PATIENCE: Duration = Duration::from_secs(30);

/// So long nothing more is sent on a connection that is kept.
const SILENCE: Duration = Duration::from_millis(1500);

fn start() -> Running {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let drain = Drain::new();
    drain.advance(Phase::Ready);
    let door = Door::new(DoorSettings {
        base: "http://t.example".to_owned(),
        hosts: Hosts::new(["t.example"]),
        api_version: "1.0.0".to_owned(),
        answers_in: |_| None,
        deadline: Duration::from_secs(30),
        content_deadline: crate::bounded_answer::CONTENT_DEADLINE,
        requests_in_flight: 512,
        drain: drain.clone(),
        entropy: Arc::new(|| [7; 16]),
        clock: Arc::new(|| Duration::ZERO),
    });
    let routes = Routes::new([
        (Method::GET, "/hello"),
        (Method::POST, "/things"),
        (Method::GET, "/slow"),
    ]);
    let app_door = door.clone();
    let slow = Arc::new(Slow::default());
    let held = Arc::clone(&slow);
    let server = crate::server::serve(listener, 1, None, door, drain.clone(), move || {
        let held = Arc::clone(&held);
        App::new()
            .configure(framework_errors)
            .configure(routes.refusals())
            .route("/hello", web::get().to(|| async { "hello" }))
            .route(
                "/things",
                web::post().to(|_: JsonBody<Empty>| async { HttpResponse::Created().body("made") }),
            )
            .route(
                "/slow",
                web::get().to(move || {
                    let held = Arc::clone(&held);
                    async move {
                        held.begun.notify_one();
                        held.let_go.notified().await;
                        "slow"
                    }
                }),
            )
            .wrap(app_door.clone())
    })
    .unwrap();
    let handle = server.handle();
    rt::spawn(server);
    Running {
        address,
        drain,
        handle,
        slow,
    }
}

impl Running {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends all bytes and reads until the server closes, or is silent on a connection that it keeps.
    async fn send(&self, text: &[u8]) -> Answers {
        let mut stream = self.connect().await;
        let _ = stream.write_all(text).await;
        receive(&mut stream).await
    }
}

#[derive(Debug)]
struct Answers {
    text: String,
    closed: bool,
}

impl Answers {
    fn statuses(&self) -> Vec<u16> {
        let lines = self.text.split("HTTP/1.1 ").skip(1);
        lines.map(|rest| rest[..3].parse().unwrap()).collect()
    }

    /// The one answer is this problem, and the connection is closed after it.
    fn refused(&self, status: u16, slug: &str) {
        assert_eq!(self.statuses(), [status], "{self:?}");
        assert!(
            self.text.contains(&format!("http://t.example/problems/{slug}\"")),
            "{self:?}"
        );
        assert!(
            self.text.contains("application/problem+json") && self.text.contains("x-request-id: "),
            "{self:?}"
        );
        assert!(self.text.contains("connection: close") && self.closed, "{self:?}");
    }
}

async fn receive(stream: &mut TcpStream) -> Answers {
    let mut bytes = Vec::new();
    let closed = loop {
        let mut space = [0; 4096];
        // Who waits to hear something, or was told that it was the last, waits as long as it takes.
        let last = String::from_utf8_lossy(&bytes).contains("connection: close");
        let patience = if bytes.is_empty() || last {
            PATIENCE
        } else {
            SILENCE
        };
        match rt::time::timeout(patience, stream.read(&mut space)).await {
            Ok(Ok(0)) => break true,
            Ok(Ok(length)) => bytes.extend_from_slice(&space[..length]),
            Ok(Err(error)) => panic!("reset after {:?}: {error}", String::from_utf8_lossy(&bytes)),
            Err(_) => break false,
        }
    };
    Answers {
        text: String::from_utf8(bytes).unwrap(),
        closed,
    }
}

const HELLO: &str = "GET /hello HTTP/1.1\r\nHost: t.example\r\n\r\n";

fn post(fields: &str, body: &str) -> String {
    format!(
        "POST /things HTTP/1.1\r\nHost: t.example\r\nContent-Type: application/json\r\n{fields}\r\n{body}"
    )
}

#[actix_web::test]
async fn good_requests_pass_one_after_the_other() {
    let server = start();
    let body = post("Content-Length: 2\r\n", "{}");
    let answers = server.send(format!("{HELLO}{body}\r\n{HELLO}").as_bytes()).await;
    assert_eq!(answers.statuses(), [200, 201, 200]);
    assert!(!answers.closed, "kept alive");

    let mut stream = server.connect().await;
    for byte in body.as_bytes() {
        stream.write_all(&[*byte]).await.unwrap();
        stream.flush().await.unwrap();
    }
    assert_eq!(receive(&mut stream).await.statuses(), [201]);
    stream.write_all(HELLO.as_bytes()).await.unwrap();
    assert_eq!(receive(&mut stream).await.statuses(), [200]);
}

#[actix_web::test]
async fn a_second_request_inside_the_first_gets_no_answer() {
    let server = start();
    let chunked = post(
        "Transfer-Encoding: chunked\r\n",
        &format!("2\r\n{{}}\r\n0\r\n\r\n{HELLO}"),
    );
    server
        .send(chunked.as_bytes())
        .await
        .refused(411, "length-required");
    let quoted = post(
        "Transfer-Encoding: chunked\r\n",
        &format!("2;x=\"\r\n\r\n{HELLO}\"\r\n{{}}\r\n0\r\n\r\n"),
    );
    server
        .send(quoted.as_bytes())
        .await
        .refused(411, "length-required");
    let both = post(
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        &format!("0\r\n\r\n{HELLO}"),
    );
    server
        .send(both.as_bytes())
        .await
        .refused(400, "malformed-request");
    let obscured = post("Transfer-Encoding : chunked\r\nContent-Length: 2\r\n", "{}");
    server
        .send(format!("{obscured}{HELLO}").as_bytes())
        .await
        .refused(400, "malformed-request");
    let closing = "GET /hello HTTP/1.1\r\nHost: t.example\r\nConnection: close\r\n\r\n";
    let answers = server.send(format!("{closing}{HELLO}").as_bytes()).await;
    assert_eq!(
        (answers.statuses(), answers.closed),
        (vec![200], true),
        "nothing after close"
    );
}

#[actix_web::test]
async fn a_bad_request_after_a_good_one_ends_the_connection_after_its_answer() {
    let server = start();
    let answers = server
        .send(format!("{HELLO}GET / HTTP/1.0\r\n\r\n{HELLO}").as_bytes())
        .await;
    assert_eq!((answers.statuses(), answers.closed), (vec![200, 400], true));
}

#[actix_web::test]
async fn what_is_no_request_is_refused_with_a_document() {
    let server = start();
    let malformed: [&[u8]; 6] = [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /hello\r\n",
        b"GET /hello HTTP/1.0\r\nHost: t.example\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /hello HTTP/1.1\r\n\r\n",
        b"GET /hello HTTP/1.1\r\nHost: t.example\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n",
    ];
    for text in malformed {
        server.send(text).await.refused(400, "malformed-request");
    }
    let connect = b"CONNECT t.example:443 HTTP/1.1\r\nHost: t.example:443\r\n\r\n";
    server.send(connect).await.refused(405, "method-not-allowed");
    let long = format!("GET /{} HTTP/1.1\r\nHost: t.example\r\n\r\n", "a".repeat(9_000));
    server.send(long.as_bytes()).await.refused(414, "uri-too-long");
    let many = format!(
        "GET /hello HTTP/1.1\r\nHost: t.example\r\n{}\r\n",
        "X: y\r\n".repeat(101)
    );
    server
        .send(many.as_bytes())
        .await
        .refused(431, "headers-too-large");
    let large = format!(
        "GET /hello HTTP/1.1\r\nHost: t.example\r\nX: {}\r\n\r\n",
        "y".repeat(40_000)
    );
    server
        .send(large.as_bytes())
        .await
        .refused(431, "headers-too-large");
}

/// What the gate lets through, the framework reads: it never has to answer in its own words.
#[actix_web::test]
async fn every_visible_character_of_an_address_is_answered_with_a_document() {
    let server = start();
    for byte in b'!'..=b'~' {
        for target in [
            format!("/{}", byte as char),
            format!("/?{}", byte as char),
            format!("http://t.example/%{}", byte as char),
        ] {
            let text = format!("GET {target} HTTP/1.1\r\nHost: t.example\r\nConnection: close\r\n\r\n");
            let answers = server.send(text.as_bytes()).await;
            assert!(
                matches!(answers.statuses()[..], [404 | 400]),
                "{target}: {answers:?}"
            );
            assert!(
                answers.text.contains("application/problem+json"),
                "{target}: {answers:?}"
            );
        }
    }
}

#[actix_web::test]
async fn the_largest_heads_still_pass_the_framework() {
    let server = start();
    let many = format!(
        "GET /hello HTTP/1.1\r\nHost: t.example\r\n{}\r\n",
        "X: y\r\n".repeat(95)
    );
    assert_eq!(server.send(many.as_bytes()).await.statuses(), [200]);
    let large = format!(
        "GET /hello HTTP/1.1\r\nHost: t.example\r\nX: {}\r\n\r\n",
        "y".repeat(32_700)
    );
    assert_eq!(server.send(large.as_bytes()).await.statuses(), [200]);
    let line = format!("GET /{} HTTP/1.1\r\nHost: t.example\r\n\r\n", "a".repeat(8_170));
    assert_eq!(server.send(line.as_bytes()).await.statuses(), [404]);
}

#[actix_web::test]
async fn a_body_too_large_is_refused_unread() {
    let server = start();
    for length in ["16385", "10737418240", "99999999999999999999"] {
        let head = post(&format!("Content-Length: {length}\r\n"), "");
        server
            .send(head.as_bytes())
            .await
            .refused(413, "payload-too-large");
        let begun = post(&format!("Content-Length: {length}\r\n"), &"x".repeat(16_000));
        server
            .send(begun.as_bytes())
            .await
            .refused(413, "payload-too-large");
    }
    let smuggled = post(
        "Content-Length: 16385\r\n",
        &format!("{}{HELLO}", "x".repeat(16_385)),
    );
    server
        .send(smuggled.as_bytes())
        .await
        .refused(413, "payload-too-large");
}

#[actix_web::test]
async fn a_client_that_waits_is_told_to_go_on_only_when_its_body_is_wanted() {
    let server = start();
    let mut stream = server.connect().await;
    for _ in 0..2 {
        let head = post("Expect: 100-continue\r\nContent-Length: 2\r\n", "");
        stream.write_all(head.as_bytes()).await.unwrap();
        let told = receive(&mut stream).await;
        assert_eq!(
            (told.text.as_str(), told.closed),
            ("HTTP/1.1 100 Continue\r\n\r\n", false)
        );
        stream.write_all(b"{}").await.unwrap();
        assert_eq!(receive(&mut stream).await.statuses(), [201]);
    }
    let unasked = post("Expect: 100-continue\r\nContent-Length: 2\r\n", "{}");
    assert_eq!(server.send(unasked.as_bytes()).await.statuses(), [201]);

    let large = post("Expect: 100-continue\r\nContent-Length: 20000\r\n", "");
    server
        .send(large.as_bytes())
        .await
        .refused(413, "payload-too-large");
    let elsewhere = large.replace("/things", "/nowhere");
    let answers = server.send(elsewhere.as_bytes()).await;
    assert_eq!(answers.statuses(), [404], "refused without its body");
    assert!(answers.text.contains("connection: close"), "{answers:?}");
}

#[actix_web::test]
async fn a_slow_head_is_timed_out_also_on_a_connection_that_was_used() {
    let server = start();
    let (mut fresh, mut used, mut idle) = (
        server.connect().await,
        server.connect().await,
        server.connect().await,
    );
    used.write_all(HELLO.as_bytes()).await.unwrap();
    let first = receive(&mut used).await;
    assert_eq!((first.statuses(), first.closed), (vec![200], false));
    let trickling = [&mut fresh, &mut used].map(trickle);
    futures::future::join_all(trickling).await;
    for stream in [&mut fresh, &mut used] {
        receive(stream).await.refused(408, "request-timeout");
    }
    let silent = receive(&mut idle).await;
    assert_eq!((silent.text.as_str(), silent.closed), ("", true));
}

/// Sends a head byte by byte, in more than twice the time that it may take, until something is answered. If each byte began
/// that time anew, the head would become whole, and the answer another.
async fn trickle(stream: &mut TcpStream) {
    let between = HEAD_DEADLINE * 2 / u32::try_from(HELLO.len()).unwrap() + Duration::from_millis(50);
    for byte in HELLO.as_bytes() {
        stream.write_all(&[*byte]).await.unwrap();
        if rt::time::timeout(between, stream.peek(&mut [0])).await.is_ok() {
            return;
        }
    }
}

#[actix_web::test]
async fn a_slow_body_is_timed_out() {
    let server = start();
    let mut stream = server.connect().await;
    stream
        .write_all(post("Content-Length: 10\r\n", "{").as_bytes())
        .await
        .unwrap();
    rt::time::sleep(crate::body::BODY_DEADLINE - Duration::from_millis(500)).await;
    stream.write_all(b" ").await.unwrap();
    receive(&mut stream).await.refused(408, "request-timeout");
}

#[actix_web::test]
async fn an_aborted_body_leaves_no_second_request() {
    let server = start();
    let mut stream = server.connect().await;
    stream
        .write_all(post("Content-Length: 10\r\n", "{}").as_bytes())
        .await
        .unwrap();
    stream.shutdown().await.unwrap();
    let answers = receive(&mut stream).await;
    assert!(
        answers.closed && !answers.statuses().contains(&201),
        "{answers:?}"
    );
}

#[actix_web::test]
async fn a_stopping_server_finishes_what_it_has() {
    let server = start();
    let mut busy = server.connect().await;
    busy.write_all(b"GET /slow HTTP/1.1\r\nHost: t.example\r\n\r\n")
        .await
        .unwrap();
    server.slow.begun.notified().await;
    let stop = rt::spawn({
        let (drain, handle) = (server.drain.clone(), server.handle.clone());
        async move { drain.stop(&handle, Duration::from_millis(50)).await }
    });
    server.drain.reached(Phase::Stopping).await;
    assert!(!server.drain.is_ready());
    server.slow.let_go.notify_one();
    let answers = receive(&mut busy).await;
    assert_eq!(
        (answers.statuses(), answers.closed),
        (vec![200], true),
        "{answers:?}"
    );
    assert!(answers.text.ends_with("slow"));
    assert!(rt::time::timeout(PATIENCE, stop).await.is_ok());
    assert!(TcpStream::connect(server.address).await.is_err());
}

#[actix_web::test]
async fn many_slow_sockets_do_not_hold_up_the_others() {
    let server = start();
    let mut slow = Vec::new();
    for _ in 0..400 {
        let mut stream = server.connect().await;
        stream.write_all(b"GET /hello HTTP/1.1\r\nHo").await.unwrap();
        slow.push(stream);
    }
    let mut stream = server.connect().await;
    for _ in 0..50 {
        stream.write_all(HELLO.as_bytes()).await.unwrap();
        let mut space = [0; 4096];
        // Held up would be: until the others are sent away.
        let read = rt::time::timeout(HEAD_DEADLINE / 2, stream.read(&mut space)).await;
        assert!(read.unwrap().unwrap() > 0);
    }
}
