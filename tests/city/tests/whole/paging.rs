//! JSON by page, offset, cursor and link, and the known products: pages end and add up.

use crate::client::{Client, Tried};
use crate::{apps, city, rows};
use divos_city::{Technology, WholeApp};
use serde_json::Value;
use std::collections::BTreeSet;

/// The words after `name: ` in a connector.
fn word(text: &str, name: &str) -> Option<String> {
    let rest = text.split(&format!("{name}: ")).nth(1)?;
    let end = rest.find([',', ' ', '\n', '}'])?;
    Some(rest[..end].to_owned())
}

fn connector(app: &WholeApp) -> anyhow::Result<String> {
    let path = crate::connectors().join(format!("{}.yaml", app.id));
    Ok(std::fs::read_to_string(path)?)
}

fn at<'v>(body: &'v Value, dotted: &str) -> &'v Value {
    dotted.split('.').fold(body, |at, word| &at[word])
}

/// Walks by what the connector says, and returns the rows as texts and the declared total.
async fn walked(
    app: &WholeApp,
    client: &Client,
    offset: bool,
) -> anyhow::Result<(Vec<String>, u64)> {
    let text = connector(app)?;
    let list = word(&text, "select").unwrap_or_default().replace("[*]", "");
    let paginate = text.split("paginate:").nth(1).unwrap_or_default();
    let paginate = paginate.lines().next().unwrap_or_default();
    let usual = |name: &str, usual: &str| word(paginate, name).unwrap_or_else(|| usual.to_owned());
    let (param, size_param) = (usual("param", "offset"), usual("size_param", "limit"));
    let total = usual("total, total", "total");
    let mut found = Vec::new();
    for page in 0..50_usize {
        let number = if offset { page * 100 } else { page + 1 };
        let target = format!("{}?{param}={number}&{size_param}=100", app.path);
        let body = client.get(&target).await?.json()?;
        let declared = at(&body, &total).as_u64().unwrap_or_default();
        let rows = at(&body, &list).as_array().cloned().unwrap_or_default();
        if rows.is_empty() {
            return Ok((found, declared));
        }
        found.extend(rows.iter().map(ToString::to_string));
    }
    anyhow::bail!("{} never ends", app.id)
}

fn distinct(rows: &[String]) -> u64 {
    rows.iter().collect::<BTreeSet<_>>().len() as u64
}

#[tokio::test]
async fn pages_and_offsets_end_and_hold_what_they_declare() -> Tried {
    let city = city().await?;
    for (technology, offset) in [(Technology::Page, false), (Technology::Offset, true)] {
        for (app, client) in apps(&city, technology) {
            let (found, declared) = walked(&app, &client, offset).await?;
            assert_eq!(distinct(&found), rows(&city, &app), "{}", app.id);
            assert_eq!(found.len() as u64, declared, "{}", app.id);
            let title = city.titles(app.id, 1).concat();
            assert!(!title.contains('{'), "{}: {title}", app.id);
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_cursor_ends_and_an_unknown_one_is_refused() -> Tried {
    let city = city().await?;
    for (app, client) in apps(&city, Technology::Cursor) {
        let (mut token, mut found) = (String::new(), Vec::new());
        loop {
            let target = format!("{}?limit=100&after={token}", app.path);
            let body = client.get(&target).await?.json()?;
            let rows = body["items"].as_array().cloned().unwrap_or_default();
            found.extend(rows.iter().map(ToString::to_string));
            match body["next_cursor"].as_str() {
                Some(next) => token = next.to_owned(),
                None => break,
            }
            anyhow::ensure!(found.len() < 1000, "{} never ends", app.id);
        }
        assert_eq!(distinct(&found), rows(&city, &app), "{}", app.id);
        let refused = client.get(&format!("{}?after=x", app.path)).await?;
        assert_eq!(refused.status, 400);
    }
    Ok(())
}

#[tokio::test]
async fn links_lead_to_the_last_page() -> Tried {
    let city = city().await?;
    for (app, client) in apps(&city, Technology::Link) {
        let (mut target, mut found) = (app.path.to_owned(), Vec::new());
        loop {
            let answer = client.get(&target).await?;
            let body = answer.json()?;
            found.extend(
                body.as_array()
                    .into_iter()
                    .flatten()
                    .map(ToString::to_string),
            );
            let next = answer.header("link").split(['<', '>']).nth(1);
            match next.and_then(|next| next.strip_prefix(&app.base_url)) {
                Some(next) => target = next.to_owned(),
                None => break,
            }
            anyhow::ensure!(found.len() < 1000, "{} never ends", app.id);
        }
        assert_eq!(distinct(&found), rows(&city, &app), "{}", app.id);
    }
    Ok(())
}

#[tokio::test]
async fn a_question_for_changes_is_answered_with_changes_only() -> Tried {
    let city = city().await?;
    let client = |id: &str| -> anyhow::Result<(WholeApp, Client)> {
        let app = city
            .app(id)
            .cloned()
            .ok_or_else(|| anyhow::anyhow!("no {id}"))?;
        let client = Client::of(&city, &app);
        Ok((app, client))
    };
    let (app, letters) = client("tnde")?;
    let since = format!("{}?sejak=2026-11-24T11:00:00%2B08:00", app.path);
    assert_eq!(letters.get(&since).await?.json()?["jumlah_surat"], 0);
    assert!(city.touch(app.id, 7) && !city.touch(app.id, 9_999_999));
    let body = letters.get(&since).await?.json()?;
    assert_eq!(body["jumlah_surat"], 1);
    assert_eq!(body["surat"][0]["id_surat"], 7);
    let before = city.expected(app.id);
    assert!(city.delete(app.id, 7) && city.insert(app.id, None).is_some());
    assert_eq!(city.expected(app.id), before);
    let body = letters.get(&since).await?.json()?;
    assert_eq!(body["jumlah_surat"], 1);
    Ok(())
}

#[tokio::test]
async fn wordpress_tells_its_pages_in_headers_and_refuses_the_one_behind() -> Tried {
    let city = city().await?;
    for (app, client) in apps(&city, Technology::Wordpress) {
        let mut found = 0;
        let pages = client.get(&format!("{}?per_page=100", app.path)).await?;
        let pages: usize = pages.header("x-wp-totalpages").parse()?;
        for page in 1..=pages {
            let answer = client
                .get(&format!("{}?per_page=100&page={page}", app.path))
                .await?;
            found += answer.json()?.as_array().map_or(0, Vec::len) as u64;
        }
        assert_eq!(Some(found), city.expected(app.id), "{}", app.id);
        let behind = client
            .get(&format!("{}?page={}&per_page=100", app.path, pages + 1))
            .await?;
        assert_eq!(behind.status, 400);
    }
    Ok(())
}

#[tokio::test]
async fn redmine_ckan_and_jdih_hold_what_they_declare() -> Tried {
    let city = city().await?;
    for (app, client) in apps(&city, Technology::Redmine) {
        let (mut found, mut from) = (0, 0);
        loop {
            let body = client
                .get(&format!("{}?limit=100&offset={from}", app.path))
                .await?
                .json()?;
            let issues = body["issues"].as_array().map_or(0, Vec::len);
            assert_eq!(body["total_count"].as_u64(), city.expected(app.id));
            found += issues as u64;
            from += 100;
            if issues == 0 {
                break;
            }
        }
        assert_eq!(Some(found), city.expected(app.id), "{}", app.id);
    }
    for (app, client) in apps(&city, Technology::Ckan) {
        let body = client
            .get(&format!("{}?rows=1000", app.path))
            .await?
            .json()?;
        assert_eq!(body["success"], true);
        assert_eq!(body["result"]["count"].as_u64(), city.expected(app.id));
        let results = body["result"]["results"]
            .as_array()
            .map(|list| list.len() as u64);
        assert_eq!(results, city.expected(app.id), "{}", app.id);
    }
    for (app, client) in apps(&city, Technology::Jdih) {
        let body = client.get(app.path).await?.json()?;
        let list = body.as_array().cloned().unwrap_or_default();
        assert_eq!(Some(list.len() as u64), city.expected(app.id), "{}", app.id);
        let texts = |row: &Value| {
            row.as_object()
                .is_some_and(|o| o.values().all(Value::is_string))
        };
        assert!(list.iter().all(texts), "{}", app.id);
    }
    Ok(())
}
