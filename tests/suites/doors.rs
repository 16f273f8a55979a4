//! Opening an app through the hub: who it is told, what it never sees, and how the answer comes back.
//!
//! Owns the proxied request; streams and sockets are in `sockets`.

use crate::samples::city;
use anyhow::Context;
use divos_tests::{Hub, Tried, exchange};
use http::Method;
use serde_json::Value;

/// The headers of the last request to `/echo`, lower case names, as the app saw them.
fn echoed(answer: &Value, name: &str) -> Vec<String> {
    let pairs = answer["headers"].as_array().into_iter().flatten();
    pairs
        .filter(|pair| pair[0] == name)
        .filter_map(|pair| pair[1].as_str())
        .map(ToOwned::to_owned)
        .collect()
}

#[tokio::test]
async fn an_app_opens_without_a_second_sign_in_and_knows_the_person() -> Tried {
    let city = city().await?;
    let hub = Hub::with_apps(
        &city,
        &["simak-dihati", "sidok", "simonev", "portal-spbe", "jdih"],
    )
    .await?;
    let browser = hub.signed_in("sekar").await?;
    // By headers.
    let page = browser
        .go(&hub.app_url("simak-dihati", "/"))
        .await?
        .expect(200)?;
    assert!(
        page.text()
            .contains("Selamat datang, <strong>Ni Luh Sekar Contoh"),
        "{page}"
    );
    let answer = browser
        .send(Method::GET, &hub.app_url("simak-dihati", "/echo"), &[], "")
        .await?
        .expect(200)?
        .json()?;
    assert_eq!(
        echoed(&answer, "x-remote-email"),
        ["sekar@denpasar.example"]
    );
    assert_eq!(echoed(&answer, "x-remote-unit"), ["030894"]);
    // By HTTP Basic, which the person never learns.
    let page = browser.go(&hub.app_url("sidok", "/")).await?.expect(200)?;
    assert!(page.text().contains("SIDOK"), "{page}");
    assert!(
        city.knobs("sidok").last("/").context("a request")?.headers["authorization"]
            .to_str()?
            .starts_with("Basic ")
    );
    // By a short-lived assertion.
    let page = browser
        .go(&hub.app_url("simonev", "/"))
        .await?
        .expect(200)?;
    let token = city
        .knobs("simonev")
        .last("/")
        .context("a request")?
        .headers["x-divos-assertion"]
        .to_str()?
        .to_owned();
    assert_eq!(token.split('.').count(), 3, "{page}");
    assert!(claims(&token)?["exp"].as_i64() <= Some(chrono::Utc::now().timestamp() + 61));
    assert_eq!(claims(&token)?["aud"], "simonev");
    // Told nothing.
    browser
        .go(&hub.app_url("portal-spbe", "/"))
        .await?
        .expect(200)?;
    let seen = city.knobs("portal-spbe").last("/").context("a request")?;
    assert!(
        seen.headers
            .keys()
            .all(|name| !name.as_str().starts_with("x-remote-")
                && !name.as_str().starts_with("x-divos-")),
        "{seen:?}"
    );
    // Open to anyone.
    hub.browser()?
        .send(Method::GET, &hub.app_url("jdih", "/"), &[], "")
        .await?
        .expect(200)?;
    Ok(())
}

fn claims(token: &str) -> anyhow::Result<Value> {
    use base64::Engine;
    let middle = token.split('.').nth(1).context("three parts")?;
    Ok(serde_json::from_slice(
        &base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(middle)?,
    )?)
}

#[tokio::test]
async fn nobody_tells_an_app_who_she_is_but_the_hub() -> Tried {
    let city = city().await?;
    let hub = Hub::with_apps(&city, &["simak-dihati"]).await?;
    let browser = hub.signed_in("bagus").await?;
    browser
        .go(&hub.app_url("simak-dihati", "/"))
        .await?
        .expect(200)?;
    let cookie = browser
        .cookie_header(&hub.app_url("simak-dihati", "/"))
        .context("a cookie")?;
    let port = hub.settings().port;
    for spoof in [
        "X-Remote-User",
        "x-remote-user",
        "X_Remote_User",
        "X-REMOTE_USER",
        "X-Remote-Name",
        "X-Divos-User",
        "Remote-User",
        "X-Forwarded-User",
    ] {
        let request = format!(
            "GET /echo HTTP/1.1\r\nHost: simak-dihati.divos.test:{port}\r\nCookie: {cookie}\r\n{spoof}: walikota\r\nConnection: close, {spoof}\r\n\r\n"
        );
        let answer = exchange(&hub, "simak-dihati.divos.test", request.as_bytes()).await?;
        assert!(
            answer.starts_with("HTTP/1.1 200") && !answer.contains("walikota"),
            "{spoof}: {answer}"
        );
        assert!(
            answer.contains("bagus"),
            "the hub's own word was stripped with {spoof}: {answer}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn no_app_sees_the_hubs_cookie_or_anothers() -> Tried {
    let city = city().await?;
    let hub = Hub::with_apps(&city, &["simak-dihati", "portal-spbe"]).await?;
    let browser = hub.signed_in("bagus").await?;
    browser
        .go(&hub.app_url("simak-dihati", "/"))
        .await?
        .expect(200)?;
    // The app's own cookie goes and comes; the hub's does not reach it.
    browser
        .send(Method::GET, &hub.app_url("simak-dihati", "/alih"), &[], "")
        .await?;
    browser
        .go(&hub.app_url("simak-dihati", "/echo"))
        .await?
        .expect(200)?;
    let seen = city
        .knobs("simak-dihati")
        .last("/echo")
        .context("a request")?;
    let cookies = seen
        .headers
        .get_all("cookie")
        .iter()
        .map(|value| value.to_str().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("; ");
    assert!(
        cookies.contains("sesi=contoh") && !cookies.contains("__Host-"),
        "{cookies}"
    );
    browser
        .go(&hub.app_url("portal-spbe", "/"))
        .await?
        .expect(200)?;
    let seen = city.knobs("portal-spbe").last("/").context("a request")?;
    assert!(!format!("{:?}", seen.headers).contains("sesi="), "{seen:?}");
    // An app may not set a cookie for the whole domain or under the hub's name.
    for (_, line) in browser
        .cookies_set()
        .iter()
        .filter(|(host, _)| host.starts_with("simak-dihati"))
    {
        assert!(!line.to_lowercase().contains("domain="), "{line}");
    }
    Ok(())
}

#[tokio::test]
async fn an_app_that_is_down_or_slow_gets_a_page_that_helps() -> Tried {
    let city = city().await?;
    let hub = Hub::with_apps(&city, &["atcs", "jdih"]).await?;
    let browser = hub.signed_in("bagus").await?;
    let page = browser.go(&hub.app_url("atcs", "/")).await?;
    assert!([502, 503].contains(&page.status.as_u16()), "{page}");
    assert!(
        page.text().contains("ATCS")
            && !page.text().contains("127.0.0.1")
            && !page.header("x-request-id").is_empty(),
        "{page}"
    );
    let problem = browser
        .send(
            Method::GET,
            &hub.app_url("atcs", "/"),
            &[("accept", "application/json"), ("sec-fetch-mode", "cors")],
            "",
        )
        .await?;
    assert_eq!(problem.header("content-type"), "application/problem+json");
    assert!(!problem.text().contains("127.0.0.1"), "{problem}");
    // No such app, and no app at all.
    let nobody = browser.go(&hub.app_url("tidak-ada", "/")).await?;
    assert!(nobody.status.is_client_error(), "{nobody}");
    Ok(())
}

#[tokio::test]
async fn what_the_app_is_told_about_the_way_is_true() -> Tried {
    let city = city().await?;
    let hub = Hub::with_apps(&city, &["simak-dihati"]).await?;
    let browser = hub.signed_in("bagus").await?;
    browser
        .go(&hub.app_url("simak-dihati", "/"))
        .await?
        .expect(200)?;
    let lies = [
        ("x-forwarded-for", "6.6.6.6"),
        ("x-forwarded-proto", "http"),
        ("x-forwarded-host", "evil.example"),
        ("forwarded", "for=6.6.6.6;host=evil.example"),
        ("x-real-ip", "6.6.6.6"),
    ];
    let answer = browser
        .send(
            Method::GET,
            &hub.app_url("simak-dihati", "/echo"),
            &lies,
            "",
        )
        .await?
        .expect(200)?;
    let seen = answer.json()?;
    assert_eq!(echoed(&seen, "x-forwarded-proto"), ["https"]);
    assert_eq!(echoed(&seen, "x-forwarded-for"), ["127.0.0.1"]);
    assert!(echoed(&seen, "x-forwarded-host")[0].starts_with("simak-dihati.divos.test"));
    assert!(
        !seen.to_string().contains("6.6.6.6") && !seen.to_string().contains("evil.example"),
        "{seen}"
    );
    assert_eq!(
        echoed(&seen, "x-request-id").first().map(String::as_str),
        Some(answer.header("x-request-id"))
    );
    assert_eq!(echoed(&seen, "traceparent").len(), 1);
    Ok(())
}

#[tokio::test]
async fn redirects_to_the_apps_own_address_lead_back_through_the_hub() -> Tried {
    let city = city().await?;
    let hub = Hub::with_apps(&city, &["simak-dihati"]).await?;
    let browser = hub.signed_in("bagus").await?;
    browser
        .go(&hub.app_url("simak-dihati", "/"))
        .await?
        .expect(200)?;
    let moved = browser
        .send(Method::GET, &hub.app_url("simak-dihati", "/alih"), &[], "")
        .await?
        .expect(302)?;
    assert!(!moved.header("location").contains("127.0.0.1"), "{moved}");
    assert_eq!(
        moved.url.join(moved.header("location"))?,
        hub.app_url("simak-dihati", "/")
    );
    Ok(())
}
