//! What is logged of a client certificate that is refused: why, in a few words, and nothing of it. A process of its own,
//! as the log of the door is.
#![allow(clippy::unwrap_used, reason = "tests may fail by panicking")]

use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::{App, HttpResponse, web};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use service_http::drain::{Drain, Phase};
use service_http::host::Hosts;
use service_http::tls::{ClientMaterial, Tls, TlsMaterial};
use service_http::{Door, DoorSettings, server};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// Stands in every certificate of a client, and in what it would send.
const CANARY: &str = "Kanarie-999990019";

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no writer panics").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority(name: &str) -> Authority {
    let mut params = CertificateParams::default();
    let name = format!("{name} {CANARY}");
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    Authority::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A certificate of this authority and its key, PEM.
fn identity(authority: &Authority, purpose: ExtendedKeyUsagePurpose, expired: bool) -> (String, String) {
    let mut params = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, CANARY);
    params.extended_key_usages = vec![purpose];
    if expired {
        params.not_after = date_time_ymd(2020, 1, 1);
    }
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, authority).unwrap();
    (certificate.pem(), key.serialize_pem())
}

/// Calls with this certificate; whether it was answered.
async fn is_answered(address: &str, roots: &Authority, (certificate, key): &(String, String)) -> bool {
    let mut store = RootCertStore::empty();
    store
        .add(CertificateDer::from_pem_slice(roots.pem().as_bytes()).unwrap())
        .unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(store)
        .with_client_auth_cert(
            vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()],
            PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap(),
        )
        .unwrap();
    let stream = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("127.0.0.1").unwrap();
    // With TLS 1.3 a client learns that it was refused only when it reads.
    let Ok(mut stream) = TlsConnector::from(Arc::new(config)).connect(name, stream).await else {
        return false;
    };
    let request =
        format!("GET /v1/thing HTTP/1.1\r\nHost: {address}\r\nX-Name: {CANARY}\r\nConnection: close\r\n\r\n");
    let mut answer = Vec::new();
    stream.write_all(request.as_bytes()).await.ok();
    stream.read_to_end(&mut answer).await.ok();
    answer.starts_with(b"HTTP/1.1 200 ")
}

// rule: D10, P2
#[actix_web::test]
async fn a_refused_client_certificate_is_logged_without_its_content() {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing::Level::INFO)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let (partners, others) = (authority("partners"), authority("others"));
    let (certificate, key) = identity(&partners, ExtendedKeyUsagePurpose::ServerAuth, false);
    let authorities = partners.pem();
    let tls = Tls::new(TlsMaterial {
        certificate: certificate.as_bytes(),
        key: key.as_bytes(),
        clients: Some(ClientMaterial {
            authorities: authorities.as_bytes(),
            revoked: None,
            required: true,
        }),
    })
    .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let drain = Drain::new();
    drain.advance(Phase::Ready);
    let door = Door::new(DoorSettings {
        base: format!("https://{address}"),
        hosts: Hosts::new([address.as_str()]),
        api_version: "1.0.0".to_owned(),
        answers_in: |_| None,
        deadline: Duration::from_secs(10),
        content_deadline: service_http::bounded_answer::CONTENT_DEADLINE,
        requests_in_flight: 512,
        drain: drain.clone(),
        entropy: Arc::new(|| [7; 16]),
        clock: Arc::new(|| Duration::ZERO),
    });
    let wrap = door.clone();
    let server = server::serve(listener, 1, Some(tls), door, drain, move || {
        App::new()
            .route(
                "/v1/thing",
                web::get().to(|| async { HttpResponse::Ok().json(1) }),
            )
            .wrap(wrap.clone())
    })
    .unwrap();
    let handle = server.handle();
    let running = actix_web::rt::spawn(server);

    let client = ExtendedKeyUsagePurpose::ClientAuth;
    let good = identity(&partners, client.clone(), false);
    assert!(is_answered(&address, &partners, &good).await);
    for (bad, reason) in [
        (
            identity(&partners, client.clone(), true),
            "client certificate expired",
        ),
        (
            identity(&others, client, false),
            "client certificate of an unknown authority",
        ),
        (
            identity(&partners, ExtendedKeyUsagePurpose::ServerAuth, false),
            "client certificate for another purpose",
        ),
    ] {
        let refused = format!(r#""reason":"{reason}""#);
        let log = || String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        assert!(!log().contains(&refused), "{reason}");
        assert!(!is_answered(&address, &partners, &bad).await, "{reason}");
        // The client may see the end of its connection a moment before the line is written.
        let written = async {
            while !log().contains(&refused) {
                actix_web::rt::task::yield_now().await;
            }
        };
        let written = actix_web::rt::time::timeout(Duration::from_secs(10), written).await;
        assert!(written.is_ok(), "{reason}: {}", log());
    }
    handle.stop(false).await;
    running.await.unwrap().unwrap();

    let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert_eq!(log.matches("TLS refused").count(), 3, "{log}");
    for content in [CANARY, "999990019", "BEGIN CERTIFICATE"] {
        assert!(!log.contains(content), "{content} in {log}");
    }
}
