//! Who is let through: the ticket between hosts, the rules of an app, the path that is judged.
//!
//! Owns access; what an app is told is in `doors`.

use crate::samples::{city, plain_connector};
use anyhow::Context;
use divos_tests::{Hub, Tried, exchange};
use http::Method;

#[tokio::test]
async fn a_ticket_between_hosts_opens_once_and_only_its_host() -> Tried {
    let city = city().await?;
    let hub = Hub::with_apps(&city, &["simak-dihati", "portal-spbe"]).await?;
    let browser = hub.signed_in("bagus").await?;
    // Walk the handover by hand and keep every address on the way.
    let mut answer = browser
        .send(
            Method::GET,
            &hub.app_url("simak-dihati", "/"),
            &[("accept", "text/html"), ("sec-fetch-mode", "navigate")],
            "",
        )
        .await?;
    let mut visited = Vec::new();
    while answer.status.is_redirection() {
        let next = answer.url.join(answer.header("location"))?;
        visited.push(next.clone());
        answer = browser
            .send(
                Method::GET,
                &next,
                &[("accept", "text/html"), ("sec-fetch-mode", "navigate")],
                "",
            )
            .await?;
    }
    assert_eq!(answer.status, 200, "{answer}");
    let ticket = visited
        .iter()
        .find(|url| url.host_str() == Some("simak-dihati.divos.test") && url.query().is_some())
        .context("a ticket in an address of the app's host")?;
    let thief = hub.browser()?;
    let reused = thief.go(ticket).await?;
    assert!(
        reused.url.path().starts_with("/login") || reused.status.is_client_error(),
        "a ticket opened twice: {reused}"
    );
    let elsewhere = ticket
        .as_str()
        .replace("simak-dihati", "portal-spbe")
        .parse()?;
    let crossed = thief.go(&elsewhere).await?;
    assert!(
        crossed.url.path().starts_with("/login") || crossed.status.is_client_error(),
        "a ticket opened another host: {crossed}"
    );
    Ok(())
}

#[tokio::test]
async fn fifty_uses_of_one_ticket_give_one_session() -> Tried {
    let city = city().await?;
    let hub = Hub::with_apps(&city, &["simak-dihati"]).await?;
    let browser = hub.signed_in("bagus").await?;
    let first = browser
        .send(
            Method::GET,
            &hub.app_url("simak-dihati", "/"),
            &[("accept", "text/html"), ("sec-fetch-mode", "navigate")],
            "",
        )
        .await?;
    let mut next = first.url.join(first.header("location"))?;
    while next.host_str() == Some(divos_tests::DOMAIN) {
        let answer = browser
            .send(
                Method::GET,
                &next,
                &[("accept", "text/html"), ("sec-fetch-mode", "navigate")],
                "",
            )
            .await?;
        next = answer.url.join(answer.header("location"))?;
    }
    let uses = (0..50).map(|_| {
        let (browser, next) = (browser.clone(), next.clone());
        async move {
            browser
                .send(Method::GET, &next, &[("accept", "text/html")], "")
                .await
                .map(|answer| answer.header("set-cookie").starts_with("__Host-divos="))
        }
    });
    let opened = futures::future::join_all(uses)
        .await
        .into_iter()
        .filter(|used| matches!(used, Ok(true)))
        .count();
    assert_eq!(opened, 1, "{opened} sessions from one ticket");
    Ok(())
}

#[tokio::test]
async fn the_path_that_was_judged_is_the_path_that_is_sent() -> Tried {
    let city = city().await?;
    let hub = Hub::with_apps(&city, &[]).await?;
    let policy = "app: { upstreams: [\"@\"], policy: [{ path: /, allow: signed_in }, { path: /download, allow: nobody }] }\n";
    let yaml = format!(
        "metadata: {{ name: jaga, title: Jaga }}\n{}",
        policy.replace('@', &city.app("simak-dihati").base_url)
    );
    hub.settings().connector("jaga", &yaml)?;
    hub.verb(&["reload"])?;
    let browser = hub.signed_in("bagus").await?;
    browser
        .go(&hub.app_url("jaga", "/echo"))
        .await?
        .expect(200)?;
    let cookie = browser
        .cookie_header(&hub.app_url("jaga", "/"))
        .context("a cookie")?;
    let port = hub.settings().port;
    city.knobs("simak-dihati").reset();
    for path in [
        "/download",
        "/download?bytes=1",
        "/./download",
        "/x/../download",
        "/%64ownload",
        "//download",
        "/download/",
        "/echo/..%2fdownload",
        "/echo/%2e%2e/download",
        "/echo;/../download",
        "/echo\\..\\download",
        "/%2564ownload",
        "/DOWNLOAD/../download",
    ] {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: jaga.divos.test:{port}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"
        );
        let answer = exchange(&hub, "jaga.divos.test", request.as_bytes()).await?;
        assert!(!answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
    }
    let reached: Vec<String> = city
        .knobs("simak-dihati")
        .seen()
        .into_iter()
        .map(|seen| seen.target)
        .filter(|target| target.contains("ownload") && !target.contains('%'))
        .collect();
    assert!(reached.is_empty(), "{reached:?}");
    Ok(())
}

#[tokio::test]
async fn a_unit_rule_opens_for_its_unit_only() -> Tried {
    let city = city().await?;
    let hub = Hub::with_apps(&city, &["jdih"]).await?;
    let yaml = plain_connector("khusus", &city.app("sim-perijinan").base_url, "").replace(
        "retries: 0,",
        "retries: 0, policy: [{ path: /, allow: { under: \"030201\" } }],",
    );
    hub.settings().connector("khusus", &yaml)?;
    hub.verb(&["reload"])?;
    hub.signed_in("melati")
        .await?
        .go(&hub.app_url("khusus", "/"))
        .await?
        .expect(200)?;
    hub.signed_in("bagus")
        .await?
        .go(&hub.app_url("khusus", "/"))
        .await?
        .expect(403)?;
    Ok(())
}
