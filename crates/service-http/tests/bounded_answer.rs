//! Answers that carry content, and readers that stop.
#![allow(clippy::unwrap_used, reason = "tests may fail by panicking")]

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::{App, HttpRequest, HttpResponse, rt, web};
use rcgen::generate_simple_self_signed;
use service_http::drain::{Drain, Phase};
use service_http::host::Hosts;
use service_http::tls::{Tls, TlsMaterial};
use service_http::{BoundedAnswer, Door, DoorSettings, server};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, Interest};
use tokio::net::{TcpSocket, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// More than the kernel takes for either side on a connection whose reader has little room.
const CONTENT: usize = 1024 * 1024;

/// Instead of a minute.
const BOUND: Duration = Duration::from_millis(300);

/// A server with content at `/content`, none behind the same promise at `/refused`, and at `/later` what takes longer than
/// the bound.
fn start(tls: Option<Tls>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let drain = Drain::new();
    drain.advance(Phase::Ready);
    let door = Door::new(DoorSettings {
        base: "http://t.example".to_owned(),
        hosts: Hosts::new(["t.example"]),
        api_version: "1.0.0".to_owned(),
        answers_in: |_| None,
        deadline: Duration::from_secs(30),
        content_deadline: BOUND,
        requests_in_flight: 512,
        drain: drain.clone(),
        entropy: Arc::new(|| [7; 16]),
        clock: Arc::new(|| Duration::ZERO),
    });
    let wrap = door.clone();
    let server = server::serve(listener, 1, tls, door, drain, move || {
        App::new()
            .route(
                "/content",
                web::get().to(|request: HttpRequest| async move {
                    let answer = BoundedAnswer::begin(&request);
                    HttpResponse::Ok().body(answer.body(vec![b'c'; CONTENT]))
                }),
            )
            .route(
                "/refused",
                web::get().to(|request: HttpRequest| async move {
                    let _answer = BoundedAnswer::begin(&request);
                    HttpResponse::Ok().body("no content")
                }),
            )
            .route(
                "/later",
                web::get().to(|| async {
                    rt::time::sleep(BOUND * 3).await;
                    "later"
                }),
            )
            .wrap(wrap.clone())
    })
    .unwrap();
    rt::spawn(server);
    address
}

fn request(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: t.example\r\n\r\n").into_bytes()
}

/// A connection of a reader that has room for little.
async fn connect(address: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(16 * 1024).unwrap();
    socket.connect(address).await.unwrap()
}

/// Until the peer has reset the connection; nothing is read.
async fn reset(stream: &TcpStream) {
    let told = rt::time::timeout(Duration::from_secs(30), stream.ready(Interest::ERROR));
    assert!(told.await.expect("the connection is cut").unwrap().is_error());
}

/// What the reader still finds in its own buffers.
async fn rest(stream: &mut (impl AsyncRead + Unpin)) -> (usize, io::Result<usize>) {
    let (mut length, mut space) = (0, [0; 4096]);
    loop {
        match stream.read(&mut space).await {
            Ok(0) => return (length, Ok(0)),
            Ok(more) => length += more,
            Err(error) => return (length, Err(error)),
        }
    }
}

/// One answer with a body of this length.
async fn answer(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), path: &str, length: usize) {
    stream.write_all(&request(path)).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    assert!(
        head.starts_with(b"HTTP/1.1 200 "),
        "{}",
        String::from_utf8_lossy(&head)
    );
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
}

// rule: F8
#[actix_web::test]
async fn a_reader_that_stops_gets_no_more_than_its_own_buffers_took() {
    let address = start(None);
    let mut stream = connect(address).await;
    stream.write_all(&request("/content")).await.unwrap();
    reset(&stream).await;
    let (length, end) = rest(&mut stream).await;
    assert!(length < CONTENT / 4, "{length}");
    // The error was taken by who waited for it, or comes with the last read; never an answer that looks whole.
    assert!(end.is_err() || length < CONTENT, "{end:?}");
}

#[actix_web::test]
async fn nor_does_one_that_says_it_will_send_no_more() {
    let address = start(None);
    let mut stream = connect(address).await;
    stream.write_all(&request("/content")).await.unwrap();
    stream.shutdown().await.unwrap();
    reset(&stream).await;
    assert!(rest(&mut stream).await.0 < CONTENT / 4);
}

#[actix_web::test]
async fn who_reads_keeps_the_connection_for_later() {
    let address = start(None);
    let mut stream = connect(address).await;
    for _ in 0..3 {
        answer(&mut stream, "/content", CONTENT).await;
        // The bound of what was read passes meanwhile.
        answer(&mut stream, "/later", 5).await;
    }
    answer(&mut stream, "/refused", 10).await;
    answer(&mut stream, "/later", 5).await;
}

#[actix_web::test]
async fn a_reader_that_stopped_after_much_else_was_read_is_cut_too() {
    let address = start(None);
    let mut stream = connect(address).await;
    answer(&mut stream, "/content", CONTENT).await;
    answer(&mut stream, "/later", 5).await;
    stream.write_all(&request("/content")).await.unwrap();
    reset(&stream).await;
    assert!(rest(&mut stream).await.0 < CONTENT / 4);
}

/// Content that is asked for ahead does not wind up the clock of what was not read.
#[actix_web::test]
async fn asking_for_more_wins_no_time() {
    let address = start(None);
    let mut stream = connect(address).await;
    stream.write_all(&request("/content").repeat(5)).await.unwrap();
    reset(&stream).await;
    assert!(rest(&mut stream).await.0 < CONTENT / 4);
}

#[actix_web::test]
async fn it_is_the_same_in_tls() {
    let identity = generate_simple_self_signed(["t.example".to_owned()]).unwrap();
    let (certificate, key) = (identity.cert.pem(), identity.signing_key.serialize_pem());
    let tls = Tls::new(TlsMaterial {
        certificate: certificate.as_bytes(),
        key: key.as_bytes(),
        clients: None,
    })
    .unwrap();
    let address = start(Some(tls));
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap())
        .unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("t.example").unwrap();
    let mut stream = TlsConnector::from(Arc::new(config))
        .connect(name, connect(address).await)
        .await
        .unwrap();
    answer(&mut stream, "/content", CONTENT).await;
    answer(&mut stream, "/later", 5).await;
    stream.write_all(&request("/content")).await.unwrap();
    stream.flush().await.unwrap();
    reset(stream.get_ref().0).await;
    let (length, end) = rest(&mut stream).await;
    assert!(length < CONTENT / 4, "{length}");
    assert!(end.is_err(), "TLS tells a cut from an end");
}
