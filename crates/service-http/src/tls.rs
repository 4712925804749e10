//! TLS, where the service itself ends it: versions 1.2 and 1.3, the service's certificate, and who may be a client.
//!
//! What a renewed file holds counts for connections that are made from then on. Why a handshake failed is logged in
//! one of a few words; nothing of a certificate is.

mod validity;

use std::fmt;
use std::io;
use std::sync::{Arc, PoisonError, RwLock};

use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer};
use tokio_rustls::rustls::server::danger::ClientCertVerifier;
use tokio_rustls::rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{CertificateError, Error, RootCertStore, ServerConfig};
use tokio_rustls::server::TlsStream;

use crate::gate::HEAD_DEADLINE;
pub use validity::{Validity, validities};

/// What a service shows and whom it believes, each as PEM.
#[derive(Clone, Copy)]
pub struct TlsMaterial<'a> {
    /// Its certificate, and those between it and its authority.
    pub certificate: &'a [u8],
    /// The private key of the certificate.
    pub key: &'a [u8],
    /// Whose certificates clients may show; without, none is asked for.
    pub clients: Option<ClientMaterial<'a>>,
}

/// Which certificates of clients are believed, each as PEM.
#[derive(Clone, Copy)]
pub struct ClientMaterial<'a> {
    /// The authorities.
    pub authorities: &'a [u8],
    /// Their lists of certificates that are no longer good.
    pub revoked: Option<&'a [u8]>,
    /// Whether a client without a certificate is turned away.
    pub required: bool,
}

/// TLS of one service. Cheap to clone; all clones are renewed together.
#[derive(Clone)]
pub struct Tls(Arc<RwLock<InUse>>);

/// What new connections get.
struct InUse {
    config: Arc<ServerConfig>,
    asks_clients: bool,
}

impl InUse {
    fn of(material: TlsMaterial<'_>) -> Result<Self, TlsError> {
        Ok(Self {
            config: configure(material)?,
            asks_clients: material.clients.is_some(),
        })
    }
}

/// The certificates or keys cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TlsError {
    /// The service's own certificate.
    #[error("the certificate file holds no PEM certificate")]
    Certificate,
    /// Its key.
    #[error("the key file holds no PEM private key")]
    Key,
    /// The two together.
    #[error("the key is not the certificate's, or of a kind that TLS does not know")]
    Pair,
    /// The authorities of clients.
    #[error("the file of client authorities holds no PEM certificate that can be one")]
    Authorities,
    /// Their lists.
    #[error("the revocation list cannot be read")]
    Revoked,
}

impl Tls {
    /// # Errors
    /// [`TlsError`].
    pub fn new(material: TlsMaterial<'_>) -> Result<Self, TlsError> {
        Ok(Self(Arc::new(RwLock::new(InUse::of(material)?))))
    }

    /// Uses other material from the next connection on. When it cannot be used, what there was stays.
    ///
    /// # Errors
    /// [`TlsError`].
    pub fn renew(&self, material: TlsMaterial<'_>) -> Result<(), TlsError> {
        let renewed = InUse::of(material)?;
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = renewed;
        Ok(())
    }

    /// Whether clients are asked for certificates, so that tokens can be bound to them.
    pub fn asks_clients(&self) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).asks_clients
    }

    /// Shakes hands on a new connection, within [`HEAD_DEADLINE`].
    ///
    /// # Errors
    /// Why not, as it is logged.
    pub(crate) async fn accept(&self, io: TcpStream) -> Result<TlsStream<TcpStream>, &'static str> {
        let config = Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner).config);
        match timeout(HEAD_DEADLINE, TlsAcceptor::from(config).accept(io)).await {
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(error)) => Err(fault(&error)),
            Err(_) => Err("took too long"),
        }
    }
}

fn configure(material: TlsMaterial<'_>) -> Result<Arc<ServerConfig>, TlsError> {
    let chain: Vec<_> = certificates(material.certificate).ok_or(TlsError::Certificate)?;
    let key = PrivateKeyDer::from_pem_slice(material.key).map_err(|_| TlsError::Key)?;
    let builder = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(&[&TLS13, &TLS12])
        .map_err(|_| TlsError::Pair)?;
    let builder = match material.clients {
        None => builder.with_no_client_auth(),
        Some(clients) => builder.with_client_cert_verifier(verifier(clients)?),
    };
    let mut config = builder.with_single_cert(chain, key).map_err(|_| TlsError::Pair)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    if material.clients.is_some() {
        // A resumed session brings the certificate of its first handshake along, expired or revoked since.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
    }
    Ok(Arc::new(config))
}

fn verifier(clients: ClientMaterial<'_>) -> Result<Arc<dyn ClientCertVerifier>, TlsError> {
    let mut roots = RootCertStore::empty();
    for authority in certificates(clients.authorities).ok_or(TlsError::Authorities)? {
        roots.add(authority).map_err(|_| TlsError::Authorities)?;
    }
    let provider = Arc::new(aws_lc_rs::default_provider());
    let mut builder = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
    if let Some(lists) = clients.revoked {
        let lists: Result<Vec<_>, _> = CertificateRevocationListDer::pem_slice_iter(lists).collect();
        let lists = lists.ok().filter(|lists| !lists.is_empty());
        // An authority without a list here has revoked nothing; a list that is past its date turns nobody away, since
        // a file that was not renewed would shut out every partner at once.
        builder = builder
            .with_crls(lists.ok_or(TlsError::Revoked)?)
            .only_check_end_entity_revocation()
            .allow_unknown_revocation_status();
    }
    if !clients.required {
        builder = builder.allow_unauthenticated();
    }
    builder.build().map_err(|_| match clients.revoked {
        Some(_) => TlsError::Revoked,
        None => TlsError::Authorities,
    })
}

/// All certificates of a file; `None` when there is none or one cannot be read.
fn certificates(pem: &[u8]) -> Option<Vec<CertificateDer<'static>>> {
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<_, _>>()
        .ok()?;
    (!certificates.is_empty()).then_some(certificates)
}

/// Why a handshake failed, in words that hold nothing of what was sent.
fn fault(error: &io::Error) -> &'static str {
    use CertificateError as C;
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    match inner {
        None => "connection lost",
        Some(Error::NoCertificatesPresented) => "no client certificate",
        Some(Error::InvalidCertificate(fault)) => match fault {
            C::Expired | C::ExpiredContext { .. } => "client certificate expired",
            C::NotValidYet | C::NotValidYetContext { .. } => "client certificate not valid yet",
            C::Revoked => "client certificate revoked",
            C::UnknownIssuer => "client certificate of an unknown authority",
            C::InvalidPurpose | C::InvalidPurposeContext { .. } => "client certificate for another purpose",
            _ => "client certificate cannot be used",
        },
        Some(Error::PeerIncompatible(_) | Error::NoApplicationProtocol) => "no version in common",
        Some(Error::AlertReceived(_)) => "refused by the client",
        Some(_) => "not TLS",
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Tls")
    }
}
