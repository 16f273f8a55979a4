//! What the operator has: metrics, status, the page of connectors, logs without secrets.
//!
//! Owns the admin listener and `/ops`.

use crate::samples::{SOON, city, source_until};
use anyhow::Context;
use divos_city::{Break, people};
use divos_tests::{Hub, Tried, eventually};
use http::Method;
use std::io::Write;
use std::process::{Command, Stdio};

#[tokio::test]
async fn metrics_are_clean_and_count_what_happened() -> Tried {
    let city = city().await?;
    let hub = Hub::with_apps(&city, &["jdih", "simak-dihati"]).await?;
    let reader = hub.signed_in("wirawan").await?;
    hub.feed_until(&reader, "", "both apps", SOON, |items| {
        items.len() == 18 + 16
    })
    .await?;
    reader
        .go(&hub.app_url("simak-dihati", "/"))
        .await?
        .expect(200)?;
    let metrics = hub
        .admin(Method::GET, "/metrics")
        .await?
        .expect(200)?
        .text();
    let mut promtool = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("promtool (tests/run installs it)")?;
    promtool
        .stdin
        .take()
        .context("stdin")?
        .write_all(metrics.as_bytes())?;
    let checked = promtool.wait_with_output()?;
    assert!(
        checked.status.success(),
        "{}{}",
        String::from_utf8_lossy(&checked.stdout),
        String::from_utf8_lossy(&checked.stderr)
    );
    for app in ["jdih", "simak-dihati"] {
        assert!(
            metrics
                .lines()
                .any(|line| line.contains(&format!("\"{app}\"")) && !line.ends_with(" 0")),
            "no metric of {app}:\n{metrics}"
        );
    }
    let held = metrics.lines().find(|line| {
        line.starts_with("divos_source_items{") && line.contains("divos_app=\"jdih\"")
    });
    assert!(
        held.is_some_and(|line| line.ends_with(" 18")),
        "{held:?} is not what the hub holds of jdih"
    );
    assert!(
        !metrics.contains("denpasar.example") && !metrics.contains("99000101"),
        "a person in the metrics"
    );
    Ok(())
}

#[tokio::test]
async fn the_admin_listener_is_not_on_the_public_port() -> Tried {
    let city = city().await?;
    let hub = Hub::with_apps(&city, &["jdih"]).await?;
    let operator = hub.signed_in("sekar").await?;
    for path in ["/metrics", "/admin/v1/sources", "/debug/"] {
        let answer = operator.send(Method::GET, &hub.url(path), &[], "").await?;
        assert!(
            answer.status.is_client_error() || answer.status.is_redirection(),
            "{path}: {answer}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn only_an_operator_sees_the_operators_page() -> Tried {
    let city = city().await?;
    let hub = Hub::with_apps(&city, &["jdih", "atcs"]).await?;
    let (operator, person) = (hub.signed_in("sekar").await?, hub.signed_in("bagus").await?);
    let refused = person.go(&hub.url("/ops")).await?;
    assert!([403, 404].contains(&refused.status.as_u16()), "{refused}");
    source_until(&hub, "atcs", "a failure", |source| {
        source["failures"].as_u64() > Some(0)
    })
    .await?;
    let page = operator.go(&hub.url("/ops")).await?.expect(200)?;
    assert!(
        page.text().contains("JDIH") && page.text().contains("ATCS"),
        "{page}"
    );
    Ok(())
}

#[tokio::test]
async fn a_wrong_key_is_told_clearly_and_blocks_nobody() -> Tried {
    let city = city().await?;
    let hub = Hub::with_apps(&city, &["pro-denpasar", "jdih"]).await?;
    let reader = hub.signed_in("sekar").await?;
    hub.feed_until(&reader, "", "both apps", SOON, |items| {
        items.len() == 48 + 18
    })
    .await?;
    city.knobs("pro-denpasar").break_with(Break::Status(401));
    let found = source_until(&hub, "pro-denpasar", "the fault", |source| {
        crate::samples::codes(source).contains(&"unauthorized")
    })
    .await?;
    let sentence = found["troubles"][0]["sentence_id"]
        .as_str()
        .context("a sentence")?;
    let page = reader.go(&hub.url("/ops")).await?.expect(200)?.text();
    let plain = page
        .replace("&#39;", "'")
        .replace("&quot;", "\"")
        .replace("&amp;", "&");
    assert!(
        plain.contains(sentence),
        "`{sentence}` is not on the operator's page"
    );
    source_until(&hub, "jdih", "a good run", |source| {
        source["failures"] == 0 && source["items"] == 18
    })
    .await?;
    Ok(())
}

#[tokio::test]
async fn no_secret_and_no_person_is_in_the_log() -> Tried {
    let city = city().await?;
    let hub = Hub::with_city(&city).await?;
    let reader = hub.signed_in("wirawan").await?;
    hub.feed_until(&reader, "", "some items", SOON, |items| items.len() > 200)
        .await?;
    reader.go(&hub.app_url("sidok", "/")).await?.expect(200)?;
    hub.sign_in(&hub.browser()?, &people()[5].nip, "Salah-Sandi-123")
        .await?;
    let log = hub.whole_log();
    assert!(log.lines().count() > 10, "the log is empty");
    for secret in city
        .secrets()
        .iter()
        .map(|secret| secret.value)
        .filter(|value| *value != "hub-contoh")
        .chain([divos_tests::PASSWORD, "Salah-Sandi-123"])
    {
        assert!(!log.contains(secret), "`{secret}` is in the log");
    }
    for person in people() {
        assert!(
            !log.contains(&person.nip) && !log.contains(&person.email),
            "{} is in the log",
            person.name
        );
    }
    let cookie = reader.cookie_header(&hub.url("/")).context("a cookie")?;
    let value = cookie.split('=').nth(1).context("a value")?;
    assert!(!log.contains(value), "a session is in the log");
    Ok(())
}

#[tokio::test]
async fn health_and_status_tell_the_truth() -> Tried {
    let city = city().await?;
    let mut hub = Hub::with_apps(&city, &["jdih", "atcs"]).await?;
    let anyone = hub.browser()?;
    for path in ["/healthz", "/readyz"] {
        anyone
            .send(Method::GET, &hub.url(path), &[], "")
            .await?
            .expect(200)?;
    }
    let reader = hub.signed_in("wirawan").await?;
    let status = eventually("an app that is down", SOON, || async {
        let status = reader
            .send(Method::GET, &hub.url("/api/v1/status"), &[], "")
            .await
            .ok()?
            .json()
            .ok()?;
        (status["apps"]["total"] == 2 && status["apps"]["up"] == 1).then_some(status)
    })
    .await?;
    assert!(status["version"].is_string(), "{status}");
    let said = hub.verb(&["status", "--json"])?;
    assert!(
        serde_json::from_str::<serde_json::Value>(&said).is_ok(),
        "{said}"
    );
    hub.stop().await?;
    let after = divos_tests::divos_in(
        &hub.settings().root,
        &["status", "-c", "hub.yaml", "--data", "data"],
        "",
    );
    assert_eq!(after.status.code(), Some(3), "a stopped hub has a status");
    Ok(())
}
