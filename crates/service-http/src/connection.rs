//! A connection below the gate: bare, or in TLS; and what has left it.
//!
//! What is written lies with the kernel until the peer's buffers have room for it, megabytes if need be. Where it matters
//! when it leaves, the kernel is told to take no more while anything has not left (`TCP_NOTSENT_LOWAT`): then a connection
//! that can be written to has nothing left to send.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use crate::client_certificate::ClientCertificate;
use crate::tls::Tls;

/// A connection of which it can be told whether what was written has left for the peer's own buffers.
pub(crate) trait Socket: AsyncRead + AsyncWrite + Unpin {
    /// From now on it can be told, and whoever writes waits for it.
    fn watch_departure(&self);

    /// Whether everything that was written and flushed has left.
    fn has_departed(&self) -> bool;

    /// Ready once it has.
    fn poll_departed(&self, context: &mut Context<'_>) -> Poll<()>;

    /// When it is closed, what has not left is thrown away and the peer is told by a reset.
    fn reset_on_close(&self);
}

impl Socket for Connection {
    fn watch_departure(&self) {
        if let Err(error) = SockRef::from(self.tcp()).set_tcp_notsent_lowat(1) {
            tracing::warn!(%error, "the kernel does not say what has left");
        }
    }

    fn has_departed(&self) -> bool {
        let mut socket = [PollFd::new(self.tcp(), PollFlags::OUT)];
        let now = Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        matches!(poll(&mut socket, Some(&now)), Ok(1)) && socket[0].revents().contains(PollFlags::OUT)
    }

    fn poll_departed(&self, context: &mut Context<'_>) -> Poll<()> {
        loop {
            // A broken connection sends nothing any more.
            if ready!(self.tcp().poll_write_ready(context)).is_err() {
                return Poll::Ready(());
            }
            let departed = self
                .tcp()
                .try_io(Interest::WRITABLE, || match self.has_departed() {
                    true => Ok(()),
                    false => Err(io::ErrorKind::WouldBlock.into()),
                });
            match departed {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                _ => return Poll::Ready(()),
            }
        }
    }

    fn reset_on_close(&self) {
        if let Err(error) = self.tcp().set_zero_linger() {
            tracing::warn!(%error, "a connection cannot be reset");
        }
    }
}

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

    fn tcp(&self) -> &TcpStream {
        match self {
            Self::Bare(io) => io,
            Self::Tls(io) => io.get_ref().0,
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
