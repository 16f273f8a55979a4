//! Small upstreams that do one thing each and remember what they were sent.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use url::Url;

/// A request as it arrived.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    pub head: String,
    pub body: Vec<u8>,
}

impl Seen {
    pub fn target(&self) -> &str {
        self.head.split(' ').nth(1).unwrap_or_default()
    }

    pub fn values(&self, name: &str) -> Vec<&str> {
        self.head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(':'))
            .filter(|(given, _)| given.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
            .collect()
    }
}

/// A running upstream; ends when dropped.
pub struct Upstream {
    pub address: SocketAddr,
    pub seen: Arc<Mutex<Vec<Seen>>>,
    pub accepted: Arc<Mutex<usize>>,
    task: JoinHandle<()>,
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Upstream {
    /// Hands every connection to `serve`.
    pub async fn raw<F, T>(serve: F) -> Self
    where
        F: Fn(TcpStream, Arc<Mutex<Vec<Seen>>>) -> T + Send + 'static,
        T: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::<Mutex<Vec<Seen>>>::default();
        let accepted = Arc::<Mutex<usize>>::default();
        let (noted, count) = (seen.clone(), accepted.clone());
        let task = tokio::spawn(async move {
            loop {
                let Ok((socket, _)) = listener.accept().await else {
                    return;
                };
                *count.lock().unwrap() += 1;
                tokio::spawn(serve(socket, noted.clone()));
            }
        });
        Self {
            address,
            seen,
            accepted,
            task,
        }
    }

    /// Answers every request with its own head and body, and keeps connections.
    pub async fn echo() -> Self {
        Self::raw(|mut socket, seen| async move {
            while let Some(request) = read_request(&mut socket).await {
                let body = format!(
                    "{}\r\n\r\n{}",
                    request.head,
                    String::from_utf8_lossy(&request.body)
                );
                seen.lock().unwrap().push(request);
                let head = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n",
                    body.len()
                );
                if socket
                    .write_all(format!("{head}{body}").as_bytes())
                    .await
                    .is_err()
                {
                    return;
                }
            }
        })
        .await
    }

    /// Answers every request with these bytes, then closes.
    pub async fn fixed(response: &'static str) -> Self {
        Self::raw(move |mut socket, seen| async move {
            if let Some(request) = read_request(&mut socket).await {
                seen.lock().unwrap().push(request);
                let _ = socket.write_all(response.as_bytes()).await;
            }
        })
        .await
    }

    /// Takes a request and never answers.
    pub async fn mute() -> Self {
        Self::raw(|mut socket, seen| async move {
            if let Some(request) = read_request(&mut socket).await {
                seen.lock().unwrap().push(request);
                tokio::time::sleep(Duration::from_secs(3600)).await;
            }
        })
        .await
    }

    /// An event stream: one event at once, then one for every byte that arrives on the channel.
    pub async fn events(ticks: Arc<tokio::sync::Notify>) -> Self {
        Self::raw(move |mut socket, seen| {
            let ticks = ticks.clone();
            async move {
                let Some(request) = read_request(&mut socket).await else { return };
                seen.lock().unwrap().push(request);
                let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
                let mut number = 0;
                let mut message = format!("{head}D\r\ndata: first\n\n\r\n");
                loop {
                    if socket.write_all(message.as_bytes()).await.is_err() {
                        return;
                    }
                    ticks.notified().await;
                    number += 1;
                    let event = format!("data: {number}\n\n");
                    message = format!("{:x}\r\n{event}\r\n", event.len());
                }
            }
        })
        .await
    }

    /// Accepts a WebSocket handshake and returns every byte it gets.
    pub async fn websocket() -> Self {
        Self::raw(|mut socket, seen| async move {
            let Some(request) = read_request(&mut socket).await else { return };
            seen.lock().unwrap().push(request);
            let accept = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\n";
            let _ = socket.write_all(accept.as_bytes()).await;
            let mut buffer = [0; 4096];
            while let Ok(count) = socket.read(&mut buffer).await {
                if count == 0 || socket.write_all(&buffer[..count]).await.is_err() {
                    return;
                }
            }
        })
        .await
    }

    /// Sends this many bytes to whoever asks.
    pub async fn source(size: usize) -> Self {
        Self::raw(move |mut socket, seen| async move {
            let Some(request) = read_request(&mut socket).await else {
                return;
            };
            seen.lock().unwrap().push(request);
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n");
            let _ = socket.write_all(head.as_bytes()).await;
            let block = vec![b'x'; 256 << 10];
            let mut left = size;
            while left > 0 {
                let count = left.min(block.len());
                if socket.write_all(&block[..count]).await.is_err() {
                    return;
                }
                left -= count;
            }
            let _ = socket.flush().await;
            let _ = socket.read(&mut [0; 1]).await;
        })
        .await
    }

    /// Counts what it is sent (by `Content-Length`) without keeping it.
    pub async fn sink() -> Self {
        Self::raw(|mut socket, seen| async move {
            let Some((head, rest)) = read_head(&mut socket).await else {
                return;
            };
            let request = Seen {
                head,
                body: Vec::new(),
            };
            let length: usize = request.values("content-length")[0].parse().unwrap();
            seen.lock().unwrap().push(request);
            let (mut got, mut buffer) = (rest.len(), vec![0; 256 << 10]);
            while got < length {
                match socket.read(&mut buffer).await {
                    Ok(0) | Err(_) => return,
                    Ok(count) => got += count,
                }
            }
            let body = got.to_string();
            let response = format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            );
            let _ = socket.write_all(response.as_bytes()).await;
        })
        .await
    }

    pub fn url(&self) -> Url {
        Url::parse(&format!("http://{}/", self.address)).unwrap()
    }

    pub fn last(&self) -> Seen {
        self.seen
            .lock()
            .unwrap()
            .last()
            .cloned()
            .expect("the upstream was asked")
    }

    pub fn count(&self) -> usize {
        self.seen.lock().unwrap().len()
    }

    pub fn connections(&self) -> usize {
        *self.accepted.lock().unwrap()
    }
}

/// An address nobody listens on.
pub async fn nobody() -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    Url::parse(&format!("http://{address}/")).unwrap()
}

async fn read_head(socket: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 8192];
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let rest = bytes.split_off(end + 4);
            bytes.truncate(end);
            return Some((String::from_utf8_lossy(&bytes).into_owned(), rest));
        }
        match socket.read(&mut buffer).await {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend(&buffer[..count]),
        }
    }
}

/// Reads a request with a body of known length or in chunks (kept as sent, framing included).
pub async fn read_request(socket: &mut TcpStream) -> Option<Seen> {
    let (head, body) = read_head(socket).await?;
    let mut seen = Seen { head, body };
    let mut buffer = vec![0; 64 << 10];
    let length = seen
        .values("content-length")
        .first()
        .and_then(|value| value.parse::<usize>().ok());
    let chunked = !seen.values("transfer-encoding").is_empty();
    loop {
        let complete = match (length, chunked) {
            (Some(length), _) => seen.body.len() >= length,
            (None, true) => seen.body.ends_with(b"0\r\n\r\n"),
            (None, false) => true,
        };
        if complete {
            return Some(seen);
        }
        match socket.read(&mut buffer).await {
            Ok(0) | Err(_) => return None,
            Ok(count) => seen.body.extend(&buffer[..count]),
        }
    }
}
