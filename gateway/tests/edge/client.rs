//! Clients that send exactly the bytes they are told to, and an HTTP/2 one.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http2::SendRequest;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Everything a test waits for comes within this, or the test fails.
pub const SOON: Duration = Duration::from_secs(20);

pub async fn soon<F: std::future::Future>(what: &str, future: F) -> F::Output {
    tokio::time::timeout(SOON, future)
        .await
        .unwrap_or_else(|_| panic!("{what}: did not happen"))
}

/// One response as it was on the wire.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (given, value) = line.split_once(':')?;
            given.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }
}

pub trait Io: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Io for T {}

/// A connection on which bytes are sent as they are.
pub struct Wire {
    pub io: Box<dyn Io>,
    pub seen: VecDeque<u8>,
}

impl Wire {
    pub async fn open(address: SocketAddr) -> Self {
        let socket = TcpStream::connect(address).await.unwrap();
        socket.set_nodelay(true).unwrap();
        Self {
            io: Box::new(socket),
            seen: VecDeque::new(),
        }
    }

    pub async fn open_tls(
        address: SocketAddr,
        ca: &[u8],
        name: &str,
        alpn: &[&[u8]],
    ) -> std::io::Result<Self> {
        let stream = tls_connect(address, ca, name, alpn).await?;
        Ok(Self {
            io: Box::new(stream),
            seen: VecDeque::new(),
        })
    }

    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        soon("sending", self.io.write_all(bytes.as_ref()))
            .await
            .unwrap();
        self.io.flush().await.unwrap();
    }

    /// Reads more; `false` at the end.
    pub async fn more(&mut self) -> bool {
        let mut buffer = [0; 16 << 10];
        match soon("bytes", self.io.read(&mut buffer)).await {
            Ok(0) | Err(_) => false,
            Ok(count) => {
                self.seen.extend(&buffer[..count]);
                true
            }
        }
    }

    /// Reads one response head; `None` when the connection ends first.
    pub async fn head(&mut self) -> Option<Reply> {
        loop {
            let bytes = self.seen.make_contiguous();
            if let Some(end) = find(bytes, b"\r\n\r\n") {
                let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
                self.seen.drain(..end + 4);
                let status = head.split(' ').nth(1).unwrap().parse().unwrap();
                return Some(Reply {
                    status,
                    head,
                    body: Vec::new(),
                });
            }
            if !self.more().await {
                return None;
            }
        }
    }

    /// Reads one response, skipping informational ones; `None` when the connection ends first.
    pub async fn try_reply(&mut self, head_only: bool) -> Option<Reply> {
        loop {
            let mut reply = self.head().await?;
            if reply.status == 101 || head_only {
                return Some(reply);
            }
            if reply.status < 200 {
                continue;
            }
            if let Some(length) = reply.header("content-length") {
                let length = length.parse().unwrap();
                reply.body = self.take(length).await?;
            } else if reply.header("transfer-encoding").is_some() {
                reply.body = self.chunks().await?;
            } else if !matches!(reply.status, 204 | 304) {
                while self.more().await {}
                reply.body = self.seen.drain(..).collect();
            }
            return Some(reply);
        }
    }

    pub async fn reply(&mut self) -> Reply {
        self.try_reply(false).await.expect("a response")
    }

    pub async fn take(&mut self, length: usize) -> Option<Vec<u8>> {
        while self.seen.len() < length {
            if !self.more().await {
                return None;
            }
        }
        Some(self.seen.drain(..length).collect())
    }

    pub async fn line(&mut self) -> Option<String> {
        loop {
            if let Some(end) = find(self.seen.make_contiguous(), b"\r\n") {
                let line: Vec<u8> = self.seen.drain(..end).collect();
                self.seen.drain(..2);
                return Some(String::from_utf8_lossy(&line).into_owned());
            }
            if !self.more().await {
                return None;
            }
        }
    }

    /// One chunk; empty at the end of the body.
    pub async fn chunk(&mut self) -> Option<Vec<u8>> {
        let line = self.line().await?;
        let size =
            usize::from_str_radix(&line, 16).unwrap_or_else(|_| panic!("chunk size {line:?}"));
        let chunk = self.take(size).await?;
        self.take(2).await?;
        Some(chunk)
    }

    async fn chunks(&mut self) -> Option<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let chunk = self.chunk().await?;
            if chunk.is_empty() {
                return Some(body);
            }
            body.extend(chunk);
        }
    }

    /// Whether the other side ends the connection, whatever it still sends.
    pub async fn ends(&mut self) -> bool {
        while self.more().await {}
        true
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}

/// Sends bytes on a fresh connection and reads one response.
pub async fn ask(address: SocketAddr, request: impl AsRef<[u8]>) -> Reply {
    let mut wire = Wire::open(address).await;
    wire.send(request).await;
    wire.reply().await
}

/// A plain GET with more header lines (each ending in CRLF).
pub fn get(host: &str, target: &str, lines: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n{lines}\r\n")
}

pub async fn tls_connect(
    address: SocketAddr,
    ca: &[u8],
    name: &str,
    alpn: &[&[u8]],
) -> std::io::Result<tokio_rustls::client::TlsStream<TcpStream>> {
    let mut roots = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(ca) {
        roots.add(certificate.unwrap()).unwrap();
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
    let socket = TcpStream::connect(address).await?;
    let name = ServerName::try_from(name.to_owned()).unwrap();
    soon(
        "a handshake",
        tokio_rustls::TlsConnector::from(Arc::new(config)).connect(name, socket),
    )
    .await
}

/// An HTTP/2 connection.
pub async fn h2(
    address: SocketAddr,
    ca: &[u8],
    name: &str,
) -> SendRequest<http_body_util::combinators::BoxBody<Bytes, std::io::Error>> {
    let stream = tls_connect(address, ca, name, &[b"h2"]).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let (sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .unwrap();
    tokio::spawn(connection);
    sender
}

pub fn h2_body(
    bytes: impl Into<Bytes>,
) -> http_body_util::combinators::BoxBody<Bytes, std::io::Error> {
    Full::new(bytes.into())
        .map_err(|never| match never {})
        .boxed()
}

/// One HTTP/2 exchange.
pub async fn h2_ask(
    sender: &mut SendRequest<http_body_util::combinators::BoxBody<Bytes, std::io::Error>>,
    request: http::request::Builder,
    body: &str,
) -> (http::response::Parts, Bytes) {
    let request = request.body(h2_body(body.to_owned())).unwrap();
    let response = soon("an h2 response", sender.send_request(request))
        .await
        .unwrap();
    let (parts, body) = response.into_parts();
    let body = soon("an h2 body", body.collect()).await.unwrap().to_bytes();
    (parts, body)
}
