//! One accepted connection: plain or TLS, with deadlines on what it reads and on how long it may not be read from.
//!
//! Owns the bytes on their way. It holds no buffer while idle, which is what makes thousands of idle connections
//! cheap: small writes are gathered in one buffer that is given back as soon as it is flushed.

use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::os::fd::AsRawFd as _;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Buf as _, BytesMut};
use pingora::http::ResponseHeader;
use pingora::protocols::raw_connect::ProxyDigest;
use pingora::protocols::{
    ALPN, GetProxyDigest, GetSocketDigest, GetTimingDigest, Peek, Shutdown, SocketDigest, Ssl,
    TimingDigest, UniqueID, UniqueIDType,
};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep};
use tokio_rustls::server::TlsStream;

use super::gate::{Gate, late};
use super::linger::Remains;
use crate::tls::ServerCerts;

/// What a listener does with requests.
#[derive(Clone, Debug)]
pub(super) enum Role {
    /// Serves over TLS.
    Tls(Arc<ServerCerts>),
    /// Serves in the clear.
    Plain,
    /// Sends everybody to HTTPS on this port.
    Redirect {
        /// The public HTTPS port.
        https_port: u16,
    },
}

/// What the hooks may know of the connection a request came on.
#[derive(Debug)]
pub(super) struct ConnInfo {
    pub(super) peer: SocketAddr,
    pub(super) role: Role,
    pub(super) sni: Option<Box<str>>,
    pub(super) gate: Gate,
}

enum Io {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Io {
    fn socket(&self) -> &TcpStream {
        match self {
            Self::Plain(socket) => socket,
            Self::Tls(stream) => stream.get_ref().0,
        }
    }
}

/// Writes up to this size are gathered.
const SMALL: usize = 4 << 10;
/// As much as is gathered.
const GATHERED: usize = 8 << 10;

pub(super) struct Conn {
    io: Io,
    h2: bool,
    info: Arc<ConnInfo>,
    gathered: BytesMut,
    read_timer: Option<Pin<Box<Sleep>>>,
    write_timer: Option<Pin<Box<Sleep>>>,
    write_stall: Duration,
    /// Whether the visitor has closed their side, or is lost.
    ended: bool,
    remains: Remains,
}

impl Conn {
    pub(super) fn plain(
        socket: TcpStream,
        info: Arc<ConnInfo>,
        write_stall: Duration,
        remains: Remains,
    ) -> Self {
        Self::new(Io::Plain(socket), false, info, write_stall, remains)
    }

    pub(super) fn tls(
        stream: TlsStream<TcpStream>,
        info: Arc<ConnInfo>,
        write_stall: Duration,
        remains: Remains,
    ) -> Self {
        let h2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        Self::new(Io::Tls(Box::new(stream)), h2, info, write_stall, remains)
    }

    fn new(io: Io, h2: bool, info: Arc<ConnInfo>, write_stall: Duration, remains: Remains) -> Self {
        Self {
            ended: false,
            remains,
            io,
            h2,
            info,
            gathered: BytesMut::new(),
            read_timer: None,
            write_timer: None,
            write_stall,
        }
    }

    /// Errs once the gate's deadline has passed; otherwise the task is woken when it does.
    fn poll_gate(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Some(remaining) = self.info.gate.remaining() else {
            self.read_timer = None;
            return Poll::Pending;
        };
        if remaining.is_zero() {
            return Poll::Ready(Err(late()));
        }
        let due = Instant::now() + remaining;
        let timer = self
            .read_timer
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(due)));
        timer.as_mut().reset(due);
        timer.as_mut().poll(cx).map(|()| Err(late()))
    }

    /// Counts how long the visitor has taken nothing.
    fn watch_write<T>(
        &mut self,
        cx: &mut Context<'_>,
        result: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if result.is_ready() {
            self.write_timer = None;
            return result;
        }
        let stall = self.write_stall;
        let timer = self
            .write_timer
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(stall)));
        ready!(timer.as_mut().poll(cx));
        Poll::Ready(Err(io::Error::new(
            io::ErrorKind::TimedOut,
            "nothing was read in time",
        )))
    }

    fn poll_io_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let result = match &mut self.io {
            Io::Plain(socket) => Pin::new(socket).poll_write(cx, bytes),
            Io::Tls(stream) => Pin::new(stream.as_mut()).poll_write(cx, bytes),
        };
        self.watch_write(cx, result)
    }

    /// Writes out what was gathered.
    fn poll_spill(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.gathered.is_empty() {
            let mut gathered = std::mem::take(&mut self.gathered);
            let result = self.poll_io_write(cx, &gathered);
            if let Poll::Ready(Ok(written)) = result {
                gathered.advance(written);
            }
            if !gathered.is_empty() {
                self.gathered = gathered;
            }
            if ready!(result)? == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
        }
        Poll::Ready(Ok(()))
    }

    fn gathers(&self, count: usize) -> bool {
        count <= SMALL && self.gathered.len() + count <= GATHERED
    }
}

impl AsyncRead for Conn {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if !this.gathered.is_empty() {
            // Whoever waits for the visitor has said all there is to say.
            if let Poll::Ready(Err(error)) = this.poll_spill(cx) {
                return Poll::Ready(Err(error));
            }
        }
        let before = buf.filled().len();
        let result = match &mut this.io {
            Io::Plain(socket) => Pin::new(socket).poll_read(cx, buf),
            Io::Tls(stream) => Pin::new(stream.as_mut()).poll_read(cx, buf),
        };
        match result {
            Poll::Ready(Ok(())) => {
                let count = buf.filled().len() - before;
                this.ended |= count == 0;
                Poll::Ready(this.info.gate.received(count))
            }
            Poll::Ready(Err(error)) => {
                this.ended = true;
                Poll::Ready(Err(error))
            }
            Poll::Pending => this.poll_gate(cx),
        }
    }
}

impl AsyncWrite for Conn {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if !this.gathers(bytes.len()) {
            ready!(this.poll_spill(cx))?;
        }
        if this.gathers(bytes.len()) {
            this.gathered.extend_from_slice(bytes);
            return Poll::Ready(Ok(bytes.len()));
        }
        this.poll_io_write(cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let total = slices.iter().map(|slice| slice.len()).sum();
        if !this.gathers(total) {
            ready!(this.poll_spill(cx))?;
        }
        if this.gathers(total) {
            slices
                .iter()
                .for_each(|slice| this.gathered.extend_from_slice(slice));
            return Poll::Ready(Ok(total));
        }
        let result = match &mut this.io {
            Io::Plain(socket) => Pin::new(socket).poll_write_vectored(cx, slices),
            Io::Tls(stream) => Pin::new(stream.as_mut()).poll_write_vectored(cx, slices),
        };
        this.watch_write(cx, result)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_spill(cx))?;
        let result = match &mut this.io {
            Io::Plain(socket) => Pin::new(socket).poll_flush(cx),
            Io::Tls(stream) => Pin::new(stream.as_mut()).poll_flush(cx),
        };
        this.watch_write(cx, result)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_spill(cx))?;
        let result = match &mut this.io {
            Io::Plain(socket) => Pin::new(socket).poll_shutdown(cx),
            Io::Tls(stream) => Pin::new(stream.as_mut()).poll_shutdown(cx),
        };
        this.watch_write(cx, result)
    }
}

impl Drop for Conn {
    fn drop(&mut self) {
        if !self.ended {
            self.remains.keep(self.io.socket());
        }
    }
}

impl std::fmt::Debug for Conn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Conn")
            .field("info", &self.info)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Shutdown for Conn {
    async fn shutdown(&mut self) {
        let _ = AsyncWriteExt::shutdown(self).await;
    }
}

impl UniqueID for Conn {
    fn id(&self) -> UniqueIDType {
        self.io.socket().as_raw_fd()
    }
}

impl Ssl for Conn {
    fn selected_alpn_proto(&self) -> Option<ALPN> {
        self.h2.then_some(ALPN::H2)
    }
}

impl GetTimingDigest for Conn {
    fn get_timing_digest(&self) -> Vec<Option<TimingDigest>> {
        Vec::new()
    }
}

impl GetSocketDigest for Conn {
    fn get_socket_digest(&self) -> Option<Arc<SocketDigest>> {
        None
    }
}

impl Peek for Conn {}

/// The one digest that carries a value of ours from the connection to the hooks.
impl GetProxyDigest for Conn {
    fn get_proxy_digest(&self) -> Option<Arc<ProxyDigest>> {
        let unused = ResponseHeader::build(200, Some(0)).ok()?;
        let info = Box::new(self.info.clone());
        Some(Arc::new(ProxyDigest::new(Box::new(unused), Some(info))))
    }
}

/// The connection a session came on.
pub(super) fn info_of(session: &pingora::proxy::Session) -> Option<Arc<ConnInfo>> {
    let digest = session.as_downstream().digest()?.proxy_digest.as_ref()?;
    digest
        .user_data
        .as_ref()?
        .downcast_ref::<Arc<ConnInfo>>()
        .cloned()
}
