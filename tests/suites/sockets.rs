//! Streams through the hub: web sockets, event streams, large bodies both ways, and what is refused on the wire.
//!
//! Owns the proxied bytes; identities are in `doors`.

use crate::samples::{SOON, city};
use anyhow::Context;
use divos_tests::{Browser, Hub, Tried, exchange, tls_stream, within};
use futures::{SinkExt, StreamExt};
use http::Method;
use std::time::{Duration, Instant};
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest};

async fn opened() -> anyhow::Result<(divos_city::City, Hub, Browser)> {
    let city = city().await?;
    let hub = Hub::with_apps(&city, &["simak-dihati"]).await?;
    let browser = hub.signed_in("bagus").await?;
    browser
        .go(&hub.app_url("simak-dihati", "/"))
        .await?
        .expect(200)?;
    Ok((city, hub, browser))
}

#[tokio::test]
async fn a_web_socket_echoes_through_the_hub_and_a_stranger_gets_none() -> Tried {
    let (_city, hub, browser) = opened().await?;
    let host = "simak-dihati.divos.test";
    let request = |cookie: Option<&str>| -> anyhow::Result<_> {
        let mut request =
            format!("wss://{host}:{}/ws", hub.settings().port).into_client_request()?;
        if let Some(cookie) = cookie {
            request.headers_mut().insert("cookie", cookie.parse()?);
        }
        request.headers_mut().insert(
            "origin",
            format!("https://{host}:{}", hub.settings().port).parse()?,
        );
        Ok(request)
    };
    let cookie = browser
        .cookie_header(&hub.app_url("simak-dihati", "/"))
        .context("a cookie")?;
    let stream = tls_stream(&hub, host).await?;
    let (mut socket, _) = tokio_tungstenite::client_async(request(Some(&cookie))?, stream).await?;
    for message in [
        Message::text("halo"),
        Message::binary(vec![7_u8; 200_000]),
        Message::text("é — ü"),
    ] {
        socket.send(message.clone()).await?;
        let back = within("the echo", SOON, socket.next())
            .await?
            .context("the socket ended")??;
        assert_eq!(back, message);
    }
    socket.close(None).await?;
    let stream = tls_stream(&hub, host).await?;
    assert!(
        tokio_tungstenite::client_async(request(None)?, stream)
            .await
            .is_err(),
        "a stranger got a socket"
    );
    Ok(())
}

#[tokio::test]
async fn events_arrive_one_by_one_and_not_at_the_end() -> Tried {
    let (_city, hub, browser) = opened().await?;
    let start = Instant::now();
    let url = hub.app_url("simak-dihati", "/sse?every=150&count=8");
    let mut stream = browser
        .open(Method::GET, &url, &[("accept", "text/event-stream")], "")
        .await?;
    let first = within("the first event", SOON, stream.chunk())
        .await??
        .context("no event")?;
    let waited = start.elapsed();
    assert!(String::from_utf8_lossy(&first).contains("event: detak"));
    let mut rest = 0;
    while let Some(chunk) = stream.chunk().await? {
        rest += String::from_utf8_lossy(&chunk)
            .matches("event: detak")
            .count();
    }
    assert_eq!(rest, 7);
    assert!(
        start.elapsed() > waited + Duration::from_millis(600),
        "the events came in one piece"
    );
    Ok(())
}

#[tokio::test]
async fn large_bodies_stream_both_ways_with_little_memory() -> Tried {
    const SIZE: usize = 96 << 20;
    let (_city, hub, browser) = opened().await?;
    let peak = || -> anyhow::Result<u64> {
        let status =
            std::fs::read_to_string(format!("/proc/{}/status", hub.pid().context("a process")?))?;
        let line = status
            .lines()
            .find(|line| line.starts_with("VmHWM:"))
            .context("VmHWM")?;
        Ok(line
            .split_whitespace()
            .nth(1)
            .context("a number")?
            .parse::<u64>()?
            * 1024)
    };
    let before = peak()?;
    let sent = browser
        .send(
            Method::POST,
            &hub.app_url("simak-dihati", "/upload"),
            &[],
            vec![3_u8; SIZE],
        )
        .await?
        .expect(200)?
        .json()?;
    assert_eq!(sent["bytes"], SIZE);
    assert_eq!(sent["sum"], 3 * SIZE);
    for query in [
        format!("bytes={SIZE}"),
        format!("bytes={SIZE}&chunked=true"),
    ] {
        let mut stream = browser
            .open(
                Method::GET,
                &hub.app_url("simak-dihati", &format!("/download?{query}")),
                &[],
                "",
            )
            .await?;
        let (mut bytes, mut sum) = (0, 0_u64);
        while let Some(chunk) = stream.chunk().await? {
            sum += chunk.iter().map(|byte| u64::from(*byte)).sum::<u64>();
            bytes += chunk.len();
        }
        let wanted: u64 = (0..SIZE as u64).map(|at| u64::from(b'a') + at % 26).sum();
        assert_eq!((bytes, sum), (SIZE, wanted), "{query}");
    }
    let grown = peak()?.saturating_sub(before);
    assert!(grown < 48 << 20, "the hub grew by {} MiB", grown >> 20);
    Ok(())
}

#[tokio::test]
async fn what_would_confuse_an_app_is_refused_at_the_door() -> Tried {
    let (city, hub, browser) = opened().await?;
    let cookie = browser
        .cookie_header(&hub.app_url("simak-dihati", "/"))
        .context("a cookie")?;
    let host = format!("simak-dihati.divos.test:{}", hub.settings().port);
    city.knobs("simak-dihati").reset();
    let lead = format!("Host: {host}\r\nCookie: {cookie}\r\n");
    for (what, request) in [
        (
            "two framings",
            format!(
                "POST /upload HTTP/1.1\r\n{lead}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /selundupan HTTP/1.1\r\n{lead}\r\n"
            ),
        ),
        (
            "two lengths",
            format!(
                "POST /upload HTTP/1.1\r\n{lead}Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef"
            ),
        ),
        ("no host", "GET /echo HTTP/1.1\r\n\r\n".to_owned()),
        (
            "two hosts",
            format!("GET /echo HTTP/1.1\r\n{lead}Host: evil.example\r\n\r\n"),
        ),
        (
            "a folded header",
            format!("GET /echo HTTP/1.1\r\n{lead}X-A: b\r\n c\r\n\r\n"),
        ),
        ("a NUL", format!("GET /ec\0ho HTTP/1.1\r\n{lead}\r\n")),
        (
            "another host in the target",
            format!("GET https://evil.example/echo HTTP/1.1\r\n{lead}\r\n"),
        ),
    ] {
        let answer = exchange(&hub, "simak-dihati.divos.test", request.as_bytes()).await?;
        assert!(!answer.starts_with("HTTP/1.1 200"), "{what}: {answer}");
        assert!(
            city.knobs("simak-dihati").last("/selundupan").is_none(),
            "{what}: a request was smuggled"
        );
    }
    Ok(())
}

#[tokio::test]
async fn headers_that_drip_and_heads_that_never_end_are_cut() -> Tried {
    let (_city, hub, _browser) = opened().await?;
    let huge = format!(
        "GET / HTTP/1.1\r\nHost: divos.test\r\nX-Besar: {}\r\n\r\n",
        "a".repeat(2 << 20)
    );
    let answer = exchange(&hub, "divos.test", huge.as_bytes())
        .await
        .unwrap_or_default();
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 4"),
        "{answer}"
    );
    let mut stream = tls_stream(&hub, "divos.test").await?;
    let start = Instant::now();
    let drip = async {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let (mut reader, mut writer) = tokio::io::split(&mut stream);
        writer
            .write_all(b"GET / HTTP/1.1\r\nHost: divos.test\r\n")
            .await
            .ok();
        let mut byte = [0; 1];
        loop {
            tokio::select! {
                read = reader.read(&mut byte) => if !matches!(read, Ok(1)) { break },
                () = tokio::time::sleep(Duration::from_millis(300)) => if writer.write_all(b"X: y\r\n").await.is_err() { break },
            }
        }
    };
    within(
        "the end of a dripping request",
        Duration::from_secs(25),
        drip,
    )
    .await?;
    assert!(
        start.elapsed() > Duration::from_secs(2),
        "cut after {:?}",
        start.elapsed()
    );
    Ok(())
}

#[tokio::test]
async fn two_pipelined_requests_both_get_their_answer() -> Tried {
    let (_city, hub, browser) = opened().await?;
    let cookie = browser
        .cookie_header(&hub.app_url("simak-dihati", "/"))
        .context("a cookie")?;
    let one = |path: &str, end: &str| {
        format!(
            "GET {path} HTTP/1.1\r\nHost: simak-dihati.divos.test:{}\r\nCookie: {cookie}\r\n{end}\r\n",
            hub.settings().port
        )
    };
    let both = one("/download?bytes=3", "") + &one("/echo?kedua", "Connection: close\r\n");
    let answer = exchange(&hub, "simak-dihati.divos.test", both.as_bytes()).await?;
    assert!(
        answer.contains("abc") && answer.contains("kedua"),
        "{answer}"
    );
    Ok(())
}
