//! TLS that the service ends itself: what runs in it passes the same gate, and a client certificate counts only when all
//! of it is good.

use std::sync::Arc;

use service_http::tls::{ClientMaterial, Tls, TlsError, TlsMaterial};
use tests::{Authority, Flaw, Http, Region, TlsDoor, TlsIdentity};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};

/// Which clients a door lets in.
#[derive(Clone, Copy)]
struct Clients<'a> {
    authority: &'a Authority,
    revoked: Option<&'a str>,
    required: bool,
}

fn tls(server: &TlsIdentity, clients: Option<Clients<'_>>) -> Tls {
    let authorities = clients.map(|clients| clients.authority.pem());
    let material = TlsMaterial {
        certificate: server.certificate.as_bytes(),
        key: server.key.as_bytes(),
        clients: clients
            .zip(authorities.as_ref())
            .map(|(clients, authorities)| ClientMaterial {
                authorities: authorities.as_bytes(),
                revoked: clients.revoked.map(str::as_bytes),
                required: clients.required,
            }),
    };
    Tls::new(material).unwrap()
}

/// A connection over TLS of one of these versions.
async fn connect(
    door: &TlsDoor,
    authority: &Authority,
    versions: &[&'static SupportedProtocolVersion],
) -> TlsStream<TcpStream> {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(authority.pem().as_bytes()).unwrap())
        .unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let address = door.url.strip_prefix("https://").unwrap();
    let stream = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("127.0.0.1").unwrap();
    TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
        .unwrap()
}

/// Sends these bytes over TLS and reads until the service closes.
async fn exchange(door: &TlsDoor, mut stream: TlsStream<TcpStream>, request: &str) -> String {
    let host = door.url.strip_prefix("https://").unwrap();
    stream
        .write_all(request.replace("HOST", host).as_bytes())
        .await
        .unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.ok();
    String::from_utf8_lossy(&answer).into_owned()
}

/// Sends these bytes bare and reads until the service closes.
async fn send_bare(door: &TlsDoor, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(door.url.strip_prefix("https://").unwrap())
        .await
        .unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.ok();
    answer
}

// rule: A1, A2, A4, A11
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_gate_reads_what_was_decrypted() {
    let region = Region::start().await;
    let before = region.rows().await;
    let authority = Authority::new("servers");
    let door = region.tls_door(tls(&authority.server(), None));
    let smuggled = "GET /v1/health HTTP/1.1\r\nHost: HOST\r\n\r\n";
    for versions in [&[&TLS12], &[&TLS13]] {
        let good = "GET /v1/health HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n";
        let answer = exchange(&door, connect(&door, &authority, versions).await, good).await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        assert!(answer.contains("strict-transport-security: max-age="), "{answer}");

        for (fields, slug) in [
            (
                "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
                "malformed-request",
            ),
            ("Transfer-Encoding: chunked\r\n", "length-required"),
            ("Host: other.example\r\n", "malformed-request"),
            ("Upgrade: h2c\r\n", "malformed-request"),
        ] {
            let request =
                format!("POST /v1/signals HTTP/1.1\r\nHost: HOST\r\n{fields}\r\n0\r\n\r\n{smuggled}");
            let stream = connect(&door, &authority, versions).await;
            let answer = exchange(&door, stream, &request).await;
            assert!(
                answer.contains(&format!("/problems/{slug}\"")),
                "{fields}: {answer}"
            );
            assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{fields}: {answer}");
        }
    }
    assert_eq!(region.rows().await, before);
}

// rule: A11, A7
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_tls_gets_no_answer() {
    let region = Region::start().await;
    let authority = Authority::new("servers");
    let door = region.tls_door(tls(&authority.server(), None));
    let plain = format!(
        "GET /v1/health HTTP/1.1\r\nHost: {}\r\n\r\n",
        door.url.strip_prefix("https://").unwrap()
    );
    // A hello of TLS 1.1 with one suite; the alert is `protocol_version` (RFC 8446 section 6.2).
    let hello = [
        &[0x16, 3, 1, 0, 55, 1, 0, 0, 51, 3, 2][..],
        &[7; 32],
        &[0, 0, 2, 0xc0, 0x13, 1, 0],
        // Its signature algorithms, which belong in every hello.
        &[0, 8, 0, 13, 0, 4, 0, 2, 4, 3],
    ]
    .concat();
    assert_eq!(send_bare(&door, &hello).await, [0x15, 3, 3, 0, 2, 2, 70]);
    // Silence is ended, too, and holds up nobody.
    let (silent, plain, garbage) = tokio::join!(
        send_bare(&door, b""),
        send_bare(&door, plain.as_bytes()),
        send_bare(&door, &[0xff; 600]),
    );
    assert_eq!(silent, b"");
    for answer in [plain, garbage] {
        assert!(!answer.windows(4).any(|part| part == b"HTTP"), "{answer:?}");
    }
    assert_eq!(
        Http::over_tls(&door.url, &authority, None)
            .try_get("/v1/health")
            .await,
        Some(200)
    );
}

// rule: D10
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_certificate_counts_only_when_all_of_it_is_good() {
    let region = Region::start().await;
    let (servers, partners, others) = (
        Authority::new("servers"),
        Authority::new("partners"),
        // The same name, another key.
        Authority::new("partners"),
    );
    let server = servers.server();
    let (good, revoked) = (partners.client(Flaw::None), partners.client(Flaw::None));
    let list = partners.revoke(&[&revoked]);
    let clients = |required| Clients {
        authority: &partners,
        revoked: Some(&list),
        required,
    };
    let asking = region.tls_door(tls(&server, Some(clients(false))));
    let requiring = region.tls_door(tls(&server, Some(clients(true))));
    let status = |door: &TlsDoor, identity: Option<&TlsIdentity>| {
        let http = Http::over_tls(&door.url, &servers, identity);
        async move { http.try_get("/v1/health").await }
    };

    let bad = [
        ("revoked", revoked),
        ("expired", partners.client(Flaw::Expired)),
        ("not yet valid", partners.client(Flaw::NotYetValid)),
        ("for servers", partners.client(Flaw::WrongPurpose)),
        ("of an unknown authority", others.client(Flaw::None)),
        ("of the servers' authority", servers.client(Flaw::None)),
    ];
    for door in [&asking, &requiring] {
        assert_eq!(status(door, Some(&good)).await, Some(200));
        for (what, identity) in &bad {
            assert_eq!(status(door, Some(identity)).await, None, "{what}");
        }
    }
    assert_eq!(status(&asking, None).await, Some(200));
    assert_eq!(status(&requiring, None).await, None);

    // Who asks for no certificate takes none that is offered.
    let open = region.tls_door(tls(&server, None));
    assert_eq!(status(&open, Some(&bad[4].1)).await, Some(200));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn renewed_material_counts_from_the_next_connection_on() {
    let region = Region::start().await;
    let (old, new) = (Authority::new("old"), Authority::new("new"));
    let tls = tls(&old.server(), None);
    let door = region.tls_door(tls.clone());
    let reach = |authority: &Authority| {
        let http = Http::over_tls(&door.url, authority, None);
        async move { http.try_get("/v1/health").await }
    };
    assert_eq!((reach(&old).await, reach(&new).await), (Some(200), None));

    let (renewed, other) = (new.server(), new.server());
    let material = |certificate: &'static str, key: &'static str| TlsMaterial {
        certificate: certificate.as_bytes(),
        key: key.as_bytes(),
        clients: None,
    };
    let renewed_certificate: &'static str = renewed.certificate.leak();
    let (renewed_key, other_key): (&'static str, &'static str) = (renewed.key.leak(), other.key.leak());
    for (certificate, key, error) in [
        (renewed_certificate, other_key, TlsError::Pair),
        (renewed_certificate, "", TlsError::Key),
        (renewed_certificate, renewed_certificate, TlsError::Key),
        ("", renewed_key, TlsError::Certificate),
        (
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            renewed_key,
            TlsError::Pair,
        ),
    ] {
        assert_eq!(tls.renew(material(certificate, key)), Err(error));
        assert_eq!((reach(&old).await, reach(&new).await), (Some(200), None));
    }
    tls.renew(material(renewed_certificate, renewed_key)).unwrap();
    assert_eq!((reach(&old).await, reach(&new).await), (None, Some(200)));
}
