//! How a reader reads the feed: whose items, filters and cursors, marks, the live stream.
//!
//! Owns the reader's side; how items arrive is in `feed`.

use crate::samples::{SOON, city, run_now, titles};
use anyhow::Context;
use divos_tests::{Form, Hub, Tried};
use http::Method;
use serde_json::json;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

#[tokio::test]
async fn a_reader_sees_what_the_posts_held_now_allow() -> Tried {
    let city = city().await?;
    let hub = Hub::with_apps(&city, &["sipenjar", "jdih"]).await?;
    let (inside, outside) = (
        hub.signed_in("wirawan").await?,
        hub.signed_in("melati").await?,
    );
    hub.feed_until(&inside, "", "both apps", SOON, |items| {
        items.len() == 44 + 18
    })
    .await?;
    // Tasks are for holders of a post in 030801; regulations are for all.
    let seen = hub
        .feed_until(&outside, "", "regulations", SOON, |items| items.len() >= 18)
        .await?;
    assert!(
        seen.iter().all(|item| item["app"] == "jdih"),
        "{:?}",
        titles(&seen)
    );
    let task = hub.feed(&inside, "app=sipenjar").await?[0]["id"]
        .as_str()
        .context("an id")?
        .to_owned();
    let url = hub.url(&format!("/api/v1/items/{task}"));
    inside.send(Method::GET, &url, &[], "").await?.expect(200)?;
    outside
        .send(Method::GET, &url, &[], "")
        .await?
        .expect(404)?;
    Ok(())
}

#[tokio::test]
async fn marks_are_the_readers_own_and_a_change_at_the_source_makes_unread() -> Tried {
    let city = city().await?;
    let hub = Hub::with_apps(&city, &["jdih"]).await?;
    let (one, other) = (
        hub.signed_in("wirawan").await?,
        hub.signed_in("melati").await?,
    );
    let items = hub
        .feed_until(&one, "", "regulations", SOON, |items| items.len() == 18)
        .await?;
    let item = &items[0];
    let url = hub.url(&format!(
        "/api/v1/items/{}/state",
        item["id"].as_str().context("an id")?
    ));
    let origin = hub.url("").origin().ascii_serialization();
    let headers = [
        ("content-type", "application/json"),
        ("origin", origin.as_str()),
        ("sec-fetch-site", "same-origin"),
    ];
    let mark = one
        .send(
            Method::PUT,
            &url,
            &headers,
            r#"{"seen":true,"pinned":true}"#,
        )
        .await?
        .expect(200)?
        .json()?;
    assert_eq!(
        (&mark["seen"], &mark["pinned"], &mark["done"]),
        (&json!(true), &json!(true), &json!(false))
    );
    assert_eq!(hub.feed(&one, "unread=true").await?.len(), 17);
    assert_eq!(hub.feed(&other, "unread=true").await?.len(), 18);
    one.send(Method::PUT, &url, &headers, r#"{"sean":true}"#)
        .await?
        .expect(400)?;
    let native: u64 = item["native_id"].as_str().context("a native id")?.parse()?;
    city.knobs("jdih").edit(native, |record| {
        "Diubah di sumber".clone_into(&mut record.title)
    });
    run_now(&hub, "jdih").await?;
    hub.feed_until(&one, "unread=true", "the change", SOON, |items| {
        items.len() == 18
    })
    .await?;
    Ok(())
}

#[tokio::test]
async fn filters_and_cursors_cut_the_same_feed() -> Tried {
    let city = city().await?;
    let hub = Hub::with_apps(&city, &["sipenjar", "jdih", "pro-denpasar"]).await?;
    let reader = hub.signed_in("wirawan").await?;
    let all = hub
        .feed_until(&reader, "", "three apps", SOON, |items| {
            items.len() == 44 + 18 + 48
        })
        .await?;
    let tasks = hub.feed(&reader, "kind=task").await?;
    assert!(tasks.iter().all(|item| item["kind"] == "task") && !tasks.is_empty());
    for state in ["done", "active", "pending"] {
        let wanted = all.iter().filter(|item| item["state"] == state).count();
        assert_eq!(
            hub.feed(&reader, &format!("state={state}")).await?.len(),
            wanted,
            "{state}"
        );
    }
    let page = reader
        .send(Method::GET, &hub.url("/api/v1/feed?limit=7"), &[], "")
        .await?
        .expect(200)?
        .json()?;
    assert_eq!(page["items"].as_array().map(Vec::len), Some(7));
    let cursor = page["next"].as_str().context("a cursor")?;
    // Another reader's, or a changed, cursor is refused in words.
    let other = hub.signed_in("melati").await?;
    let url = hub.url(&format!("/api/v1/feed?limit=7&cursor={cursor}"));
    let refused = other.send(Method::GET, &url, &[], "").await?;
    assert!([400, 410].contains(&refused.status.as_u16()), "{refused}");
    assert_eq!(refused.header("content-type"), "application/problem+json");
    let spoiled = hub.url(&format!("/api/v1/feed?limit=7&cursor=A{cursor}"));
    assert!(
        [400, 410].contains(
            &reader
                .send(Method::GET, &spoiled, &[], "")
                .await?
                .status
                .as_u16()
        )
    );
    let ids: BTreeSet<&str> = all.iter().filter_map(|item| item["id"].as_str()).collect();
    assert_eq!(ids.len(), all.len(), "an item twice over the pages");
    Ok(())
}

#[tokio::test]
async fn a_stream_tells_what_changes_and_replays_what_was_missed() -> Tried {
    let city = city().await?;
    let hub = Hub::with_apps(&city, &["jdih"]).await?;
    let reader = hub.signed_in("wirawan").await?;
    let items = hub
        .feed_until(&reader, "", "regulations", SOON, |items| items.len() == 18)
        .await?;
    let last = items
        .iter()
        .filter_map(|item| item["seq"].as_u64())
        .max()
        .context("a seq")?;
    let stream = reader
        .open(
            Method::GET,
            &hub.url("/api/v1/feed/stream"),
            &[("accept", "text/event-stream")],
            "",
        )
        .await?;
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    city.knobs("jdih")
        .insert("Peraturan baru lewat aliran (contoh)");
    run_now(&hub, "jdih").await?;
    let heard = hear(stream, "lewat aliran").await?;
    assert!(
        heard.contains("event: item") && heard.contains("id: "),
        "{heard}"
    );
    // Whoever was away gets it again, from the last that was seen.
    let since = last.to_string();
    let again = reader
        .open(
            Method::GET,
            &hub.url("/api/v1/feed/stream"),
            &[("last-event-id", &since)],
            "",
        )
        .await?;
    hear(again, "lewat aliran").await?;
    Ok(())
}

#[tokio::test]
async fn a_stream_ends_with_the_session_and_with_the_hub() -> Tried {
    let city = city().await?;
    let mut hub = Hub::with_apps(&city, &["jdih"]).await?;
    let path = hub.url("/api/v1/feed/stream");
    let (leaves, stays) = (
        hub.signed_in("wirawan").await?,
        hub.signed_in("melati").await?,
    );
    let left = leaves.open(Method::GET, &path, &[], "").await?;
    let kept = stays.open(Method::GET, &path, &[], "").await?;
    let page = leaves.go(&hub.url("/me")).await?.expect(200)?;
    let forms = Form::all(&page.text());
    let out = forms.iter().find(|form| form.action.contains("logout"));
    leaves
        .submit(&page.url, out.context("a form to sign out")?)
        .await?;
    tokio::time::timeout(Duration::from_secs(25), over(left))
        .await
        .context("the stream outlives its session")??;
    // A hub that stops ends its streams; it would otherwise wait for them, 20 seconds, and cut them.
    let began = Instant::now();
    let (stopped, ended) = tokio::join!(hub.stop(), over(kept));
    stopped?;
    ended.context("the stream was cut, not ended")?;
    let took = began.elapsed();
    assert!(took < Duration::from_secs(10), "{took:?}");
    Ok(())
}

/// Reads a stream to its end.
async fn over(mut stream: reqwest::Response) -> anyhow::Result<()> {
    while stream.chunk().await?.is_some() {}
    Ok(())
}

/// Reads a stream until a word is heard.
async fn hear(mut stream: reqwest::Response, word: &str) -> anyhow::Result<String> {
    let mut heard = String::new();
    let listen = async {
        while let Some(chunk) = stream.chunk().await? {
            heard.push_str(&String::from_utf8_lossy(&chunk));
            if heard.contains(word) {
                return anyhow::Ok(());
            }
        }
        anyhow::bail!("the stream ended")
    };
    tokio::time::timeout(SOON, listen)
        .await
        .with_context(|| format!("`{word}` was not heard"))??;
    Ok(heard)
}
