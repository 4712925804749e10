//! A receiver of webhooks: a program of a vendor, over TLS, that behaves as the test says; and the names that lead to it.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use casework::{Casework, Outgoing, WebhookSettings};
use client::webhook::{CloudEvent, Secret, read_delivery};
use domain::webhook::AddressPolicy;
use jiff::Timestamp;
use protocol::page::PageQuery;
use protocol::webhook::{Attempt, EndpointWithSecret};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;

use crate::region::stopwatch;
use crate::{Authority, Flaw, Professional, Region, TlsIdentity};

/// What a receiver does with a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conduct {
    /// Answers with this status.
    Answers(u16),
    /// Answers with these bytes and closes.
    Says(String),
    /// Never answers.
    Hangs,
    /// Answers with a body that never ends.
    GoesOn,
    /// Answers a byte a second.
    Trickles,
}

/// Whom a receiver lets connect, and as whom it shows itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// As itself, certified.
    Itself,
    /// With a certificate that is over.
    Expired,
    /// As another.
    Another,
    /// Certified by somebody whom nobody knows.
    Unknown,
    /// As itself, to whom shows a certificate.
    AskingCertificates,
    /// Without TLS.
    Plain,
}

/// A receiver.
pub struct Receiver {
    /// Its address.
    pub url: String,
    port: u16,
    conduct: Arc<Mutex<Conduct>>,
    taken: Arc<Mutex<Vec<TakenDelivery>>>,
    connections: Arc<AtomicUsize>,
}

/// A delivery as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenDelivery {
    /// The first line.
    pub line: String,
    /// The header fields, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: String,
}

impl TakenDelivery {
    /// Verifies it and reads it.
    #[must_use]
    pub fn event(&self, secrets: &[Secret], now: Timestamp) -> Option<CloudEvent> {
        let [id, timestamp, signature] =
            ["webhook-id", "webhook-timestamp", "webhook-signature"].map(|name| self.headers[name].as_str());
        read_delivery(secrets, (id, timestamp, signature), self.body.as_bytes(), now).ok()
    }
}

/// The names that deliveries are made to, and who certifies them.
#[derive(Clone)]
pub struct Names {
    /// Who certifies receivers.
    pub authority: Arc<Authority>,
    addresses: Arc<Mutex<BTreeMap<String, Vec<IpAddr>>>>,
}

impl Names {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            authority: Arc::new(Authority::new("Authority of receivers")),
            addresses: Arc::default(),
        }
    }

    /// Lets a name lead to these addresses from now on.
    pub fn lead(&self, name: &str, addresses: &[&str]) {
        let addresses = addresses.iter().map(|address| address.parse().unwrap()).collect();
        self.addresses.lock().unwrap().insert(name.to_owned(), addresses);
    }

    /// Lets a region deliver to these names, when the test steps it; this machine is reached when `allowed` says so.
    pub fn serve(&self, region: &Region, allowed: &[&str]) {
        self.serve_in(region, &region.casework, allowed);
    }

    /// The same for another program of the region.
    pub fn serve_in(&self, region: &Region, casework: &Casework, allowed: &[&str]) {
        let policy = AddressPolicy::with(allowed.iter().map(|range| range.parse().unwrap()).collect());
        let addresses = Arc::clone(&self.addresses);
        let lookup: casework::Lookup = Arc::new(move |name| {
            let found = addresses.lock().unwrap().get(&name).cloned();
            Box::pin(async move { found.ok_or_else(|| std::io::Error::other("no such name")) })
        });
        let authorities = self.authority.pem();
        // Shorter than in a service, where who hangs is given 15 seconds.
        let deadline = Duration::from_secs(2);
        let outgoing = Outgoing::new(policy, Some(authorities.as_bytes()), lookup, deadline).unwrap();
        let clock = region.clock.clone();
        casework.deliver_webhooks_with(WebhookSettings {
            base: region.url.clone(),
            source: "urn:nld:oin:00000001234567890000:systeem:trefpunt".to_owned(),
            outgoing,
            clock: Arc::new(move || clock.now()),
            stopwatch: stopwatch(),
        });
    }

    /// A receiver of this name on this machine.
    pub async fn receiver(&self, name: &str) -> Receiver {
        self.receiver_shown(name, Shown::Itself).await
    }

    /// One that shows itself so.
    pub async fn receiver_shown(&self, name: &str, shown: Shown) -> Receiver {
        self.lead(name, &["127.0.0.1"]);
        let stranger = Authority::new("Nobody");
        let authority = if shown == Shown::Unknown {
            &stranger
        } else {
            &*self.authority
        };
        let certified = if shown == Shown::Another {
            "other.example"
        } else {
            name
        };
        let flaw = if shown == Shown::Expired {
            Flaw::Expired
        } else {
            Flaw::None
        };
        let identity = authority.server_named(certified, flaw);
        let certificate = CertificateDer::from_pem_slice(identity.certificate.as_bytes()).unwrap();
        let key = PrivateKeyDer::from_pem_slice(identity.key.as_bytes()).unwrap();
        let builder = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap();
        let builder = if shown == Shown::AskingCertificates {
            let mut roots = tokio_rustls::rustls::RootCertStore::empty();
            let root = CertificateDer::from_pem_slice(self.authority.pem().as_bytes()).unwrap();
            roots.add(root).unwrap();
            let provider = Arc::new(aws_lc_rs::default_provider());
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder.with_client_cert_verifier(verifier.build().unwrap())
        } else {
            builder.with_no_client_auth()
        };
        let config = builder.with_single_cert(vec![certificate], key).unwrap();
        let acceptor = (shown != Shown::Plain).then(|| TlsAcceptor::from(Arc::new(config)));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let receiver = Receiver {
            url: format!("https://{name}:{port}/trefpunt?key=of-{name}"),
            port,
            conduct: Arc::new(Mutex::new(Conduct::Answers(204))),
            taken: Arc::default(),
            connections: Arc::default(),
        };
        let (conduct, taken) = (Arc::clone(&receiver.conduct), Arc::clone(&receiver.taken));
        let connections = Arc::clone(&receiver.connections);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::SeqCst);
                let (conduct, taken, acceptor) = (Arc::clone(&conduct), Arc::clone(&taken), acceptor.clone());
                tokio::spawn(async move { serve(stream, acceptor, &conduct, &taken).await });
            }
        });
        receiver
    }
}

impl Default for Names {
    fn default() -> Self {
        Self::new()
    }
}

impl Receiver {
    /// From now on it does this.
    pub fn conducts(&self, conduct: Conduct) {
        *self.conduct.lock().unwrap() = conduct;
    }

    /// What came so far.
    #[must_use]
    pub fn taken(&self) -> Vec<TakenDelivery> {
        self.taken.lock().unwrap().clone()
    }

    /// How often somebody connected.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Its address under another name.
    #[must_use]
    pub fn url_at(&self, host: &str) -> String {
        format!("https://{host}:{}/trefpunt", self.port)
    }
}

/// TLS of a server with this certificate, which asks nobody for one.
pub(crate) fn acceptor(identity: &TlsIdentity) -> TlsAcceptor {
    let certificate = CertificateDer::from_pem_slice(identity.certificate.as_bytes()).unwrap();
    let key = PrivateKeyDer::from_pem_slice(identity.key.as_bytes()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

async fn serve(
    stream: TcpStream,
    acceptor: Option<TlsAcceptor>,
    conduct: &Mutex<Conduct>,
    taken: &Mutex<Vec<TakenDelivery>>,
) {
    match acceptor {
        None => {
            // What comes is no HTTP, and it says so as any server of HTTP does.
            let (mut stream, mut first) = (stream, [0; 1024]);
            let _ = stream.read(&mut first).await;
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
        Some(acceptor) => {
            if let Ok(stream) = acceptor.accept(stream).await {
                answer(stream, conduct, taken).await;
            }
        }
    }
}

async fn answer<S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin>(
    mut stream: S,
    conduct: &Mutex<Conduct>,
    taken: &Mutex<Vec<TakenDelivery>>,
) {
    let Some(delivery) = read_request(&mut stream).await else {
        return;
    };
    taken.lock().unwrap().push(delivery);
    let conduct = conduct.lock().unwrap().clone();
    // Whoever called may have hung up; the test looks at what the service says of it.
    match conduct {
        Conduct::Answers(status) => {
            let answer = format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            let _ = stream.write_all(answer.as_bytes()).await;
        }
        Conduct::Says(text) => {
            let _ = stream.write_all(text.as_bytes()).await;
        }
        Conduct::Hangs => std::future::pending().await,
        Conduct::GoesOn => {
            let head = "HTTP/1.1 200 OK\r\ncontent-length: 10000000000\r\n\r\n";
            let mut going = stream.write_all(head.as_bytes()).await;
            while going.is_ok() {
                going = stream.write_all(&[b'x'; 1024]).await;
            }
        }
        Conduct::Trickles => {
            let mut going = stream.write_all(b"HTTP/1.1 200 OK\r\n").await;
            while going.is_ok() {
                tokio::time::sleep(Duration::from_secs(1)).await;
                going = stream.write_all(b"x").await;
                let _ = stream.flush().await;
            }
        }
    }
    let _ = stream.shutdown().await;
}

/// A request, whole.
pub(crate) async fn read_request<S: tokio::io::AsyncRead + Unpin>(stream: &mut S) -> Option<TakenDelivery> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at;
        }
        let mut more = [0; 4096];
        match stream.read(&mut more).await {
            Ok(read) if read > 0 => bytes.extend_from_slice(&more[..read]),
            _ => return None,
        }
    };
    let head = String::from_utf8(bytes[..head_end].to_vec()).ok()?;
    let (line, fields) = head.split_once("\r\n")?;
    let headers: BTreeMap<String, String> = fields
        .split("\r\n")
        .filter_map(|field| field.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let length: usize = headers
        .get("content-length")
        .map_or(Ok(0), |length| length.parse())
        .ok()?;
    let mut body = bytes[head_end + 4..].to_vec();
    while body.len() < length {
        let mut more = [0; 4096];
        match stream.read(&mut more).await {
            Ok(read) if read > 0 => body.extend_from_slice(&more[..read]),
            _ => return None,
        }
    }
    Some(TakenDelivery {
        line: line.to_owned(),
        headers,
        body: String::from_utf8(body).ok()?,
    })
}

impl Professional {
    /// As coordinator: lets the organisation be told at this receiver.
    pub async fn listens_at(&self, receiver: &Receiver) -> EndpointWithSecret {
        self.partner
            .add_webhook_endpoint(&receiver.url, None)
            .await
            .unwrap()
    }

    /// What was tried at an endpoint, newest first.
    pub async fn attempts_at(&self, endpoint: &EndpointWithSecret) -> Vec<Attempt> {
        let query = PageQuery {
            limit: 100,
            cursor: None,
        };
        let page = self.partner.webhook_attempts(endpoint.endpoint.id, &query).await;
        page.unwrap().items
    }
}

impl Region {
    /// Delivers whatever is due, until nothing is.
    pub async fn delivers(&self) {
        while self.casework.deliver_webhooks_once().await.unwrap() > 0 {}
    }
}
