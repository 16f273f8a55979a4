//! Made-up apps on loopback, one thread each: whatever closure answers. They end with the test's process.
//!
//! Owns a little of HTTP/1.1; never knows what is asked.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

/// A request as an app sees it.
pub(super) struct Asked {
    pub(super) method: String,
    /// The path with the query.
    pub(super) target: String,
    head: String,
    pub(super) body: String,
}

impl Asked {
    /// A header; empty where it is missing.
    pub(super) fn header(&self, name: &str) -> &str {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map_or("", |(_, value)| value.trim())
    }

    pub(super) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }
}

/// An answer: status, headers, body.
pub(super) type Answer = (u16, Vec<(&'static str, String)>, Vec<u8>);

/// An answer of a type.
pub(super) fn answer(kind: &str, body: impl Into<Vec<u8>>) -> Answer {
    (200, vec![("content-type", kind.to_owned())], body.into())
}

/// An answer without a body.
pub(super) fn bare(status: u16, headers: &[(&'static str, &str)]) -> Answer {
    let headers = headers
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()));
    (status, headers.collect(), Vec::new())
}

/// Starts an app; gives its address.
pub(super) fn start(
    mut app: impl FnMut(&Asked) -> Answer + Send + 'static,
) -> anyhow::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let base = format!("http://{}", listener.local_addr()?);
    std::thread::spawn(move || {
        for mut socket in listener.incoming().flatten() {
            // A client that goes away costs itself only.
            let _ = serve(&mut socket, &mut app);
        }
    });
    Ok(base)
}

fn serve(socket: &mut TcpStream, app: &mut impl FnMut(&Asked) -> Answer) -> std::io::Result<()> {
    socket.set_read_timeout(Some(Duration::from_secs(10)))?;
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && head.len() < 64 * 1024 {
        socket.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let mut words = head.split(' ').map(str::to_owned);
    let mut asked = Asked {
        method: words.next().unwrap_or_default(),
        target: words.next().unwrap_or_default(),
        head,
        body: String::new(),
    };
    let length = asked.header("content-length").parse().unwrap_or(0);
    let mut body = vec![0; length];
    socket.read_exact(&mut body)?;
    asked.body = String::from_utf8_lossy(&body).into_owned();
    let (status, headers, body) = app(&asked);
    let mut out = format!(
        "HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        out.push_str(&format!("{name}: {value}\r\n"));
    }
    socket.write_all(out.as_bytes())?;
    socket.write_all(b"\r\n")?;
    socket.write_all(&body)?;
    socket.flush()
}
