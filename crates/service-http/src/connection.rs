//! A connection below the gate: bare, or in TLS.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use crate::client_certificate::ClientCertificate;
use crate::tls::Tls;

/// A connection on which bytes of HTTP come and go.
pub(crate) enum Connection {
    /// From a proxy that ends TLS, or on the machine itself.
    Bare(TcpStream),
    /// Ended here.
    Tls(Box<TlsStream<TcpStream>>),
}

impl Connection {
    /// Takes a new connection.
    ///
    /// # Errors
    /// Why the handshake failed, as it is logged.
    pub async fn open(io: TcpStream, tls: Option<&Tls>) -> Result<Self, &'static str> {
        match tls {
            None => Ok(Self::Bare(io)),
            Some(tls) => Ok(Self::Tls(Box::new(tls.accept(io).await?))),
        }
    }

    /// What the client proved itself with.
    pub fn client_certificate(&self) -> Option<ClientCertificate> {
        let Self::Tls(stream) = self else {
            return None;
        };
        let chain = stream.get_ref().1.peer_certificates()?;
        chain.first().map(|leaf| ClientCertificate::from_der(leaf))
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        to: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Bare(io) => Pin::new(io).poll_read(context, to),
            Self::Tls(io) => Pin::new(io).poll_read(context, to),
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Bare(io) => Pin::new(io).poll_write(context, bytes),
            Self::Tls(io) => Pin::new(io).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Bare(io) => Pin::new(io).poll_flush(context),
            Self::Tls(io) => Pin::new(io).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Bare(io) => Pin::new(io).poll_shutdown(context),
            Self::Tls(io) => Pin::new(io).poll_shutdown(context),
        }
    }
}
