//! Connections to apps for WebSockets, which answer no sooner than pingora is ready to hear it.
//!
//! Owns one work-around. When an app answers `101` so fast that it is read before pingora's upstream half has taken
//! the (empty) end of the request body from its queue, that end is taken for the end of the WebSocket and the
//! connection is closed at once: on one machine about every second time. After a write, the first read here is
//! put off by one turn of the task, in which the queue is emptied.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use async_trait::async_trait;
use pingora::connectors::L4Connect;
use pingora::protocols::l4::socket::SocketAddr;
use pingora::protocols::l4::stream::Stream;
use pingora::protocols::l4::virt::{VirtualSockOpt, VirtualSocket, VirtualSocketStream};
use pingora::{Error, ErrorType, Result};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// Connects to an app within a time.
#[derive(Debug)]
pub(super) struct PacedConnect {
    pub(super) within: Duration,
}

#[async_trait]
impl L4Connect for PacedConnect {
    async fn connect(&self, address: &SocketAddr) -> Result<Stream> {
        let SocketAddr::Inet(address) = address else {
            return Err(Error::new_up(ErrorType::ConnectNoRoute));
        };
        let socket = tokio::time::timeout(self.within, TcpStream::connect(address))
            .await
            .map_err(|_| Error::new_up(ErrorType::ConnectTimedout))?
            .map_err(|_| Error::new_up(ErrorType::ConnectRefused))?;
        let _ = socket.set_nodelay(true);
        let paced = Paced {
            socket,
            wrote: false,
        };
        Ok(Stream::from(VirtualSocketStream::new(Box::new(paced))))
    }
}

#[derive(Debug)]
struct Paced {
    socket: TcpStream,
    wrote: bool,
}

impl VirtualSocket for Paced {
    fn set_socket_option(&self, option: VirtualSockOpt) -> io::Result<()> {
        match option {
            VirtualSockOpt::NoDelay => self.socket.set_nodelay(true),
            _ => Ok(()),
        }
    }
}

impl AsyncRead for Paced {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if std::mem::take(&mut self.wrote) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Pin::new(&mut self.socket).poll_read(cx, buf)
    }
}

impl AsyncWrite for Paced {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.wrote = true;
        Pin::new(&mut self.socket).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.wrote = true;
        Pin::new(&mut self.socket).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}
