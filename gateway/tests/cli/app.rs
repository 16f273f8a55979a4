//! A made-up app on loopback: one thread, one request a connection, HTTP or HTTPS.

use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

/// Answers a request's head with a status, headers and a body.
pub type Answer = dyn Fn(&str) -> (u16, String, String) + Send + Sync;

/// Starts an app; gives its port. It ends with the test's process.
pub fn start(answer: impl Fn(&str) -> (u16, String, String) + Send + Sync + 'static) -> u16 {
    let answer: Arc<Answer> = Arc::new(answer);
    listen(move |mut socket| serve(&mut socket, &*answer))
}

/// Starts an app with a certificate of its own for `name`; gives its port and the certificate as PEM.
pub fn start_tls(
    name: &str,
    answer: impl Fn(&str) -> (u16, String, String) + Send + Sync + 'static,
) -> (u16, String) {
    let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .expect("a certificate with its key");
    let (config, answer) = (Arc::new(config), Arc::new(answer));
    let port = listen(move |socket| {
        let session = rustls::ServerConnection::new(config.clone()).expect("a session");
        let mut stream = rustls::StreamOwned::new(session, socket);
        serve(&mut stream, &*answer);
        stream.conn.send_close_notify();
        let _ = stream.flush();
    });
    (port, made.cert.pem())
}

fn listen(serve: impl Fn(TcpStream) + Send + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            let _ = socket.set_read_timeout(Some(Duration::from_secs(5)));
            serve(socket);
        }
    });
    port
}

fn serve(stream: &mut (impl Read + Write), answer: &Answer) {
    let mut head = Vec::new();
    let mut byte = [0; 1];
    while !head.ends_with(b"\r\n\r\n") && head.len() < 64 * 1024 {
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return,
        }
    }
    let (status, headers, body) = answer(&String::from_utf8_lossy(&head));
    let length = body.len();
    let text = format!(
        "HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    );
    let _ = stream.write_all(text.as_bytes());
    let _ = stream.flush();
}

/// Now, as a `Date` header says it.
pub fn date(shift: chrono::TimeDelta) -> String {
    let at = chrono::Utc::now() + shift;
    format!("Date: {}\r\n", at.format("%a, %d %b %Y %H:%M:%S GMT"))
}
