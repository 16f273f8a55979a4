//! The wire itself: TLS streams and requests written byte by byte.
//!
//! Owns what an HTTP client library would tidy up.

use crate::browser::trusting;
use crate::hub::Hub;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// A TLS stream to a host of the hub that speaks HTTP/1.1.
///
/// # Errors
/// When the hub refuses the connection or its certificate is not valid for the host.
pub async fn tls_stream(hub: &Hub, host: &str) -> anyhow::Result<TlsStream<TcpStream>> {
    let connector = TlsConnector::from(Arc::new(trusting(hub.authorities(), &[b"http/1.1"])?));
    let stream = TcpStream::connect(("127.0.0.1", hub.settings().port)).await?;
    Ok(connector
        .connect(
            rustls::pki_types::ServerName::try_from(host.to_owned())?,
            stream,
        )
        .await?)
}

/// Sends these bytes to a host and returns everything that comes back until the hub closes or a second is silent.
///
/// # Errors
/// When the connection cannot be made.
pub async fn exchange(hub: &Hub, host: &str, bytes: &[u8]) -> anyhow::Result<String> {
    let mut stream = tls_stream(hub, host).await?;
    stream.write_all(bytes).await?;
    let (mut all, mut chunk) = (Vec::new(), [0_u8; 8192]);
    while let Ok(Ok(read)) =
        tokio::time::timeout(Duration::from_secs(1), stream.read(&mut chunk)).await
    {
        if read == 0 {
            break;
        }
        all.extend_from_slice(&chunk[..read]);
    }
    Ok(String::from_utf8_lossy(&all).into_owned())
}
