//! The end of a connection: what was written last is read by the visitor before the socket goes.
//!
//! A socket that is closed while the visitor still sends (the rest of a body that nobody wants, an HTTP/2 window
//! update) answers with a reset, and a reset overtakes or destroys what was written before it: an answer is lost that
//! the hub had given (RFC 9112 §9.6). So only our side is closed, and what still comes is thrown away until the
//! visitor closes theirs. Owns that wait. It must never know what the bytes mean.

use std::net::Shutdown;
use std::os::fd::AsFd as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

/// The longest wait for a visitor who neither sends nor closes …
const SILENCE: Duration = Duration::from_secs(1);
/// … and for one who goes on sending.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where a connection leaves its socket when it is dropped before the visitor closed it.
#[derive(Clone, Debug, Default)]
pub(super) struct Remains(Arc<Mutex<Option<std::net::TcpStream>>>);

impl Remains {
    /// Closes the hub's side of a socket and keeps the other open. The socket itself may be dropped.
    pub(super) fn keep(&self, socket: &TcpStream) {
        let Ok(twin) = socket.as_fd().try_clone_to_owned() else {
            return;
        };
        let twin = std::net::TcpStream::from(twin);
        if twin.shutdown(Shutdown::Write).is_ok() {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(twin);
        }
    }

    /// Waits until the visitor has closed, or has had time enough.
    pub(super) async fn linger(self) {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Ok(socket)) = kept.map(TcpStream::from_std) {
            let _ = tokio::time::timeout(PATIENCE, discard(socket)).await;
        }
    }
}

async fn discard(mut socket: TcpStream) {
    let mut bin = [0; 4 << 10];
    while let Ok(Ok(1..)) = tokio::time::timeout(SILENCE, socket.read(&mut bin)).await {}
}
