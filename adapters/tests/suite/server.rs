//! A small HTTP server that misbehaves on demand.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What the server does with a request.
pub(crate) enum Act {
    /// Sends these bytes and closes.
    Send(Vec<u8>),
    /// Sends these bytes, then this chunk again and again until the client leaves.
    Endless(Vec<u8>, Vec<u8>),
    /// Sends these bytes, then nothing, and stays.
    Hang(Vec<u8>),
}

/// A server on a free port of the loopback; it stops when it is dropped.
pub(crate) struct Server {
    pub(crate) port: u16,
    /// The requests so far, with their bodies.
    pub(crate) heads: Arc<Mutex<Vec<String>>>,
    /// Bytes written so far.
    pub(crate) sent: Arc<AtomicU64>,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    pub(crate) async fn start(act: impl Fn(usize, &str) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let heads: Arc<Mutex<Vec<String>>> = Arc::default();
        let sent: Arc<AtomicU64> = Arc::default();
        let (seen, count, act) = (heads.clone(), sent.clone(), Arc::new(act));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, seen.clone(), count.clone(), act.clone()));
            }
        });
        Self {
            port,
            heads,
            sent,
            task,
        }
    }

    pub(crate) fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(crate) fn hits(&self) -> usize {
        self.heads.lock().expect("heads").len()
    }
}

async fn serve(
    mut stream: TcpStream,
    heads: Arc<Mutex<Vec<String>>>,
    sent: Arc<AtomicU64>,
    act: Arc<impl Fn(usize, &str) -> Act>,
) {
    let mut head = Vec::new();
    let mut buffer = [0; 4096];
    // A TLS greeting (RFC 8446, section 5.1) has no end that this server knows: it is answered at once.
    while head.first() != Some(&0x16) && !is_whole(&head) {
        match stream.read(&mut buffer).await {
            Ok(n) if n > 0 => head.extend_from_slice(&buffer[..n]),
            _ => return,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let number = {
        let mut heads = heads.lock().expect("heads");
        heads.push(head.clone());
        heads.len() - 1
    };
    match act(number, &head) {
        Act::Send(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Act::Hang(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.read(&mut buffer).await;
        }
        Act::Endless(bytes, chunk) => {
            let _ = stream.write_all(&bytes).await;
            while stream.write_all(&chunk).await.is_ok() {
                sent.fetch_add(chunk.len() as u64, Ordering::Relaxed);
            }
        }
    }
}

/// Tells whether a request has come with its whole body.
fn is_whole(request: &[u8]) -> bool {
    let Some(end) = request.windows(4).position(|w| w == b"\r\n\r\n") else {
        return false;
    };
    let head = String::from_utf8_lossy(&request[..end]).to_ascii_lowercase();
    let mut lines = head.lines();
    let length = lines.find_map(|line| line.strip_prefix("content-length:"));
    let length = length.and_then(|length| length.trim().parse().ok());
    request.len() - (end + 4) >= length.unwrap_or(0)
}

/// Writes a whole answer.
pub(crate) fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut out = format!(
        "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n",
        body.len()
    )
    .into_bytes();
    out.extend_from_slice(body);
    out
}

pub(crate) fn ok(content_type: &str, body: &[u8]) -> Act {
    Act::Send(answer(
        "200 OK",
        &format!("Content-Type: {content_type}\r\n"),
        body,
    ))
}
