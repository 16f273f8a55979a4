//! Between PostgreSQL's driver and the socket: TLS, and a bound on the size of one message.
//!
//! Owns both. The driver would read a message of any size into memory; here its header is read first
//! (PostgreSQL manual, "Message Formats": one byte, then the length as four).

use crate::fault::{DatabaseFault, FaultKind};
use futures::FutureExt;
use futures::future::BoxFuture;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_postgres::tls::{ChannelBinding, TlsConnect, TlsStream};
use tokio_rustls::TlsConnector;

/// The most bytes of a message that is no row: a description of columns, an error.
const MESSAGE: usize = 1024 * 1024;

/// Whether a row was larger than permitted: the driver keeps the error of its socket to itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct Oversize(Arc<AtomicBool>);

impl Oversize {
    pub(crate) fn seen(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// A stream of PostgreSQL messages none of which is larger than permitted.
pub(crate) struct Guarded<S> {
    inner: S,
    row: usize,
    oversize: Oversize,
    header: [u8; 5],
    have: usize,
    body: usize,
}

impl<S> Guarded<S> {
    pub(crate) fn new(inner: S, row: usize, oversize: Oversize) -> Self {
        Self {
            inner,
            row,
            oversize,
            header: [0; 5],
            have: 0,
            body: 0,
        }
    }

    /// Follows the messages through bytes that were just read.
    fn follow(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while let Some(first) = bytes.first() {
            if self.body > 0 {
                let skipped = self.body.min(bytes.len());
                self.body -= skipped;
                bytes = &bytes[skipped..];
                continue;
            }
            if let Some(place) = self.header.get_mut(self.have) {
                *place = *first;
            }
            self.have += 1;
            bytes = &bytes[1..];
            if self.have == self.header.len() {
                self.have = 0;
                let [tag, a, b, c, d] = self.header;
                self.body = (u32::from_be_bytes([a, b, c, d]) as usize).saturating_sub(4);
                let most = if tag == b'D' { self.row } else { MESSAGE };
                if self.body > most {
                    self.oversize.0.store(true, Ordering::Release);
                    return Err(io::Error::other("a message is too large"));
                }
            }
        }
        Ok(())
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Guarded<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(cx, buf))?;
        Poll::Ready(self.follow(&buf.filled()[before..]))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Guarded<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> TlsStream for Guarded<S> {
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}

/// Makes a socket an encrypted, guarded stream.
pub(crate) struct Encrypted {
    connector: TlsConnector,
    name: ServerName<'static>,
    row: usize,
    oversize: Oversize,
}

impl Encrypted {
    pub(crate) fn new(
        host: &str,
        trusted: Vec<CertificateDer<'static>>,
        row: usize,
        oversize: Oversize,
    ) -> Result<Self, DatabaseFault> {
        let bad = |why: &str| DatabaseFault::new(FaultKind::Tls, why);
        let name = ServerName::try_from(host.to_owned());
        let name = name.map_err(|_| bad("the host is no name that a certificate could hold"))?;
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(trusted);
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config =
            ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.map_err(|error| bad(&error.to_string()))?;
        let config = config.with_root_certificates(roots).with_no_client_auth();
        Ok(Self {
            connector: TlsConnector::from(Arc::new(config)),
            name,
            row,
            oversize,
        })
    }
}

impl TlsConnect<TcpStream> for Encrypted {
    type Stream = Guarded<tokio_rustls::client::TlsStream<TcpStream>>;
    type Error = io::Error;
    type Future = BoxFuture<'static, io::Result<Self::Stream>>;

    fn connect(self, socket: TcpStream) -> Self::Future {
        let (row, oversize) = (self.row, self.oversize);
        let connecting = self.connector.connect(self.name, socket);
        connecting
            .map(move |done| done.map(|stream| Guarded::new(stream, row, oversize)))
            .boxed()
    }
}
