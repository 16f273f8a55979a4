//! The feed for other programs, machine clients, and the API's own description.
//!
//! Owns `/feed.json`, `/feed.atom`, `/agenda.ics`, tokens and `/openapi.json`.

use crate::samples::{SOON, city};
use anyhow::Context;
use divos_tests::{Form, Hub, Tried};
use http::Method;

#[tokio::test]
async fn a_personal_address_gives_the_feed_in_three_formats() -> Tried {
    let city = city().await?;
    let hub = Hub::with_apps(&city, &["simparsa", "sipenjar"]).await?;
    let reader = hub.signed_in("wirawan").await?;
    hub.feed_until(&reader, "", "both apps", SOON, |items| {
        items.len() == 32 + 44
    })
    .await?;
    // Made on the person's own page, shown once.
    let page = reader.go(&hub.url("/me")).await?.expect(200)?;
    let form = Form::all(&page.text())
        .into_iter()
        .find(|form| form.action == "/me/tokens")
        .context("a form for a feed address")?;
    let made = reader
        .submit(&page.url, &form.set("label", "kalender"))
        .await?
        .expect(200)?;
    let text = made.text();
    let token = text
        .split("token=")
        .nth(1)
        .and_then(|rest| rest.split(['"', '<', '&', ' ', '\n']).next())
        .with_context(|| text.clone())?
        .to_owned();
    let stranger = hub.browser()?;
    let get = |path: &str| {
        let (stranger, url) = (stranger.clone(), hub.url(&format!("{path}?token={token}")));
        async move { stranger.send(Method::GET, &url, &[], "").await?.expect(200) }
    };
    let feed = get("/feed.json").await?;
    let parsed = feed.json()?;
    assert_eq!(parsed["version"], "https://jsonfeed.org/version/1.1");
    assert!(
        parsed["items"]
            .as_array()
            .is_some_and(|items| !items.is_empty()),
        "{feed}"
    );
    let atom = get("/feed.atom").await?;
    assert!(
        atom.header("content-type")
            .starts_with("application/atom+xml")
            && atom.text().contains("<entry"),
        "{atom}"
    );
    let agenda = get("/agenda.ics").await?;
    let lines: Vec<String> = agenda.text().split("\r\n").map(ToOwned::to_owned).collect();
    assert!(
        agenda.header("content-type").starts_with("text/calendar"),
        "{agenda}"
    );
    assert!(
        lines.iter().filter(|line| *line == "BEGIN:VEVENT").count() >= 20,
        "{agenda}"
    );
    assert!(
        lines.iter().all(|line| line.len() <= 75),
        "a line of more than 75 octets"
    );
    for path in ["/feed.json", "/feed.atom", "/agenda.ics"] {
        let without = stranger
            .send(
                Method::GET,
                &hub.url(&format!("{path}?token=salah")),
                &[],
                "",
            )
            .await?;
        assert_eq!(without.status, 401, "{without}");
    }
    // The address is no key to anything else, and its token is in no log.
    stranger
        .send(
            Method::GET,
            &hub.url(&format!("/api/v1/feed?token={token}")),
            &[],
            "",
        )
        .await?
        .expect(401)?;
    assert!(!hub.whole_log().contains(&token), "a token in the log");
    Ok(())
}

#[tokio::test]
async fn a_machine_reads_with_a_token_until_it_is_revoked() -> Tried {
    let city = city().await?;
    let hub = Hub::with_apps(&city, &["jdih"]).await?;
    let made = hub.verb(&[
        "token",
        "create",
        "--label",
        "uji",
        "--person",
        "wirawan@denpasar.example",
    ])?;
    let token = made
        .split_whitespace()
        .max_by_key(|word| word.len())
        .context("a token")?
        .to_owned();
    let bearer = format!("Bearer {token}");
    let machine = hub.browser()?;
    let url = hub.url("/api/v1/feed");
    machine
        .send(Method::GET, &url, &[("authorization", &bearer)], "")
        .await?
        .expect(200)?;
    machine
        .send(
            Method::GET,
            &url,
            &[("authorization", &format!("{bearer}x"))],
            "",
        )
        .await?
        .expect(401)?;
    // Its owner sees it by its name, never again in clear, and can end it.
    let owner = hub.signed_in("wirawan").await?;
    let page = owner.go(&hub.url("/me")).await?.expect(200)?;
    assert!(
        page.text().contains("uji") && !page.text().contains(&token),
        "{page}"
    );
    let forms = Form::all(&page.text());
    let end = forms
        .iter()
        .find(|form| form.action.ends_with("/revoke"))
        .context("a form to revoke it")?;
    owner.submit(&page.url, end).await?.expect(200)?;
    divos_tests::eventually("the refusal", std::time::Duration::from_secs(8), || async {
        let answer = machine
            .send(Method::GET, &url, &[("authorization", &bearer)], "")
            .await
            .ok()?;
        (answer.status == 401).then_some(())
    })
    .await
}

#[tokio::test]
async fn the_description_of_the_api_names_what_there_is() -> Tried {
    let city = city().await?;
    let hub = Hub::with_apps(&city, &["jdih"]).await?;
    let described = hub
        .browser()?
        .send(Method::GET, &hub.url("/openapi.json"), &[], "")
        .await?
        .expect(200)?
        .json()?;
    assert!(
        described["openapi"]
            .as_str()
            .is_some_and(|version| version.starts_with("3.1"))
    );
    let reader = hub.signed_in("wirawan").await?;
    let paths = described["paths"].as_object().context("paths")?;
    assert!(paths.len() >= 10);
    for (path, methods) in paths {
        if methods.get("get").is_some() && !path.contains('{') && !path.contains("stream") {
            let query = if path.ends_with("search") {
                "?q=jalan"
            } else {
                ""
            };
            let answer = reader
                .send(Method::GET, &hub.url(&format!("{path}{query}")), &[], "")
                .await?;
            assert_ne!(answer.status, 404, "{path} is described and is not there");
        }
    }
    Ok(())
}
