//! From the city's apps to a reader's feed: every make arrives, edits and deletes follow, marks stay the reader's own.
//!
//! Owns the journey of an item. The bad answers of apps are in `bad_answers`.

use crate::samples::{SOON, city, run_now, source, source_until};
use anyhow::Context;
use chrono::{DateTime, Utc};
use divos_tests::{Hub, Tried, eventually};
use http::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Apps of the city whose items an employee of the communications agency must see, with how many there are.
const SEEN: &[(&str, usize)] = &[
    ("tnde", 46),
    ("pro-denpasar", 48),
    ("web-denpasar", 34),
    ("simak-dihati", 16),
    ("simparsa", 32),
    ("sipenjar", 44),
    ("e-kinerja", 40),
    ("simonev", 26),
    ("sim-perijinan", 37),
    ("jdih", 18),
    ("portal-spbe", 15),
    ("ppid", 12),
    ("harga-pasar", 16),
    ("sidok", 24),
    ("smart-arsip", 14),
];

#[tokio::test]
async fn every_make_arrives_whole() -> Tried {
    let city = city().await?;
    let hub = Hub::with_city(&city).await?;
    let reader = hub.signed_in("wirawan").await?;
    let total: usize = SEEN.iter().map(|(_, count)| count).sum();
    hub.feed_until(&reader, "", "the whole city", SOON, |items| {
        items.len() >= total
    })
    .await?;
    for (app, count) in SEEN {
        let items = hub.feed(&reader, &format!("app={app}")).await?;
        assert_eq!(items.len(), *count, "{app}: {}", source(&hub, app).await?);
        for item in &items {
            assert_eq!(item["app"], *app);
            let link = item["links"]["web"]
                .as_str()
                .with_context(|| item.to_string())?;
            let host = format!(
                "https://{app}.{}:{}/",
                divos_tests::DOMAIN,
                hub.settings().port
            );
            assert!(
                link.starts_with(&host),
                "{app}: {link} is no address of the app at the hub"
            );
        }
    }
    // The failing app gets through on one request in four.
    eventually("the failing app's items", SOON, || async {
        run_now(&hub, "ketinggian-air").await.ok()?;
        let items = hub.feed(&reader, "app=ketinggian-air").await.ok()?;
        (items.len() == 8).then_some(())
    })
    .await?;
    // The one that is down is told as such, and no other.
    let page = reader
        .send(Method::GET, &hub.url("/api/v1/feed"), &[], "")
        .await?
        .expect(200)?
        .json()?;
    let stale: BTreeSet<&str> = page["stale_apps"]
        .as_array()
        .context("stale_apps")?
        .iter()
        .filter_map(|app| app["app"].as_str())
        .collect();
    assert!(stale.contains("atcs"), "{stale:?}");
    assert!(!stale.contains("jdih"), "{stale:?}");
    Ok(())
}

#[tokio::test]
async fn an_item_is_what_its_source_says() -> Tried {
    let city = city().await?;
    let hub = Hub::with_apps(&city, &["simonev", "web-denpasar", "tnde"]).await?;
    let reader = hub.signed_in("wirawan").await?;
    hub.feed_until(&reader, "", "three apps", SOON, |items| {
        items.len() == 26 + 34 + 46
    })
    .await?;
    // An old app: Indonesian months, no zone, a key with a space.
    let old = city.knobs("simonev").records()[0].clone();
    let items = hub.feed(&reader, "app=simonev").await?;
    let item = items
        .iter()
        .find(|item| is(item, old.id))
        .context("the newest record")?;
    assert_eq!(item["title"], old.title);
    assert_eq!(time(item, "updated_at")?, old.updated.to_utc());
    assert!(item["due_at"].is_null(), "0000-00-00 is no day: {item}");
    // WordPress: entities in the title become letters, a script in the content never survives.
    let post = city
        .knobs("web-denpasar")
        .records()
        .into_iter()
        .find(|post| post.title.contains('<'))
        .context("a post with markup in its title")?;
    let items = hub.feed(&reader, "app=web-denpasar").await?;
    let item = items
        .iter()
        .find(|item| is(item, post.id))
        .context("the post")?;
    assert_eq!(item["title"], post.title);
    assert!(!item.to_string().contains("alert("), "{item}");
    // A letter: number, sender, state in the common vocabulary beside the source's own word.
    let letter = city
        .knobs("tnde")
        .records()
        .into_iter()
        .find(|letter| letter.state == "Didisposisi")
        .context("a letter")?;
    let items = hub.feed(&reader, "app=tnde").await?;
    let listed = items
        .iter()
        .find(|item| is(item, letter.id))
        .context("the letter")?;
    assert_eq!(
        (&listed["state"], &listed["state_label"]),
        (&json!("active"), &json!("Didisposisi"))
    );
    // Restricted: the list shows the title alone, the letter's own page everything.
    assert!(
        listed["body"]["number"].is_null() && listed["summary"].is_null(),
        "{listed}"
    );
    let url = hub.url(&format!(
        "/api/v1/items/{}",
        listed["id"].as_str().context("an id")?
    ));
    let whole = reader
        .send(Method::GET, &url, &[], "")
        .await?
        .expect(200)?
        .json()?;
    assert_eq!(whole["body"]["number"], letter.more["nomor"]);
    Ok(())
}

#[tokio::test]
async fn personal_data_is_masked_and_never_an_id() -> Tried {
    let city = city().await?;
    let hub = Hub::with_apps(&city, &["e-kinerja"]).await?;
    let reader = hub.signed_in("wirawan").await?;
    let items = hub
        .feed_until(&reader, "", "attendance", SOON, |items| items.len() == 40)
        .await?;
    let all = Value::Array(items).to_string();
    for record in city.knobs("e-kinerja").records() {
        assert!(!all.contains(record.word("nip")), "a NIP in clear");
        assert!(!all.contains(record.word("nama")), "a name in clear");
    }
    Ok(())
}

#[tokio::test]
async fn an_edit_and_a_delete_at_the_source_arrive() -> Tried {
    let city = city().await?;
    let hub = Hub::with_apps(&city, &["sipenjar", "sim-perijinan"]).await?;
    let reader = hub.signed_in("wirawan").await?;
    hub.feed_until(&reader, "", "both apps", SOON, |items| {
        items.len() == 44 + 37
    })
    .await?;
    let knobs = city.knobs("sipenjar");
    let (edited, gone) = (knobs.records()[0].id, knobs.records()[1].clone());
    knobs.edit(edited, |record| {
        "Judul yang baru (contoh)".clone_into(&mut record.title)
    });
    knobs.delete(gone.id);
    let added = knobs
        .insert("Tugas yang baru (contoh)")
        .context("a record")?;
    run_now(&hub, "sipenjar").await?;
    let items = hub
        .feed_until(&reader, "app=sipenjar", "the changes", SOON, |items| {
            let native = |id: u64| {
                items
                    .iter()
                    .find(|item| item["native_id"] == format!("tugas-{id}"))
            };
            native(edited).is_some_and(|item| item["title"] == "Judul yang baru (contoh)")
                && native(gone.id).is_none()
                && native(added).is_some()
        })
        .await?;
    assert_eq!(items.len(), 44);
    // Who keeps a copy learns of the delete.
    let (mut reasons, mut next) = (Vec::new(), "since=1".to_owned());
    loop {
        let sync = hub.url(&format!("/api/v1/feed?limit=200&app=sipenjar&{next}"));
        let page = reader
            .send(Method::GET, &sync, &[], "")
            .await?
            .expect(200)?
            .json()?;
        let gone = page["gone"].as_array().cloned().unwrap_or_default();
        reasons.extend(gone.iter().map(|gone| gone["reason"].clone()));
        if gone.is_empty() && page["items"].as_array().is_none_or(Vec::is_empty) {
            break;
        }
        next = format!(
            "since=1&cursor={}",
            page["next"].as_str().context("a sync always goes on")?
        );
    }
    assert_eq!(reasons, ["removed"]);
    Ok(())
}

#[tokio::test]
async fn a_source_that_loses_most_of_its_records_deletes_nothing_until_the_operator_says_so()
-> Tried {
    let city = city().await?;
    let hub = Hub::with_apps(&city, &["sim-perijinan"]).await?;
    let reader = hub.signed_in("wirawan").await?;
    hub.feed_until(&reader, "", "permits", SOON, |items| items.len() == 37)
        .await?;
    let knobs = city.knobs("sim-perijinan");
    for record in knobs.records().iter().skip(10) {
        knobs.delete(record.id);
    }
    let held = source_until(&hub, "sim-perijinan", "a held sweep", |source| {
        crate::samples::codes(source).contains(&"sweep_held")
    })
    .await?;
    assert_eq!(hub.feed(&reader, "").await?.len(), 37, "{held}");
    // The operator looked: they really are gone.
    let name = held["source"].as_str().context("a name")?;
    let accept = format!("/admin/v1/sources/sim-perijinan/{name}/accept");
    hub.admin(Method::POST, &accept).await?.expect(202)?;
    hub.feed_until(&reader, "", "what is left", SOON, |items| items.len() == 10)
        .await?;
    Ok(())
}

fn time(item: &Value, name: &str) -> anyhow::Result<DateTime<Utc>> {
    let text = item[name]
        .as_str()
        .with_context(|| format!("{name} of {item}"))?;
    Ok(DateTime::parse_from_rfc3339(text)?.to_utc())
}

/// Whether an item is the source's record of that number.
fn is(item: &Value, id: u64) -> bool {
    item["native_id"]
        .as_str()
        .is_some_and(|native| native.parse() == Ok(id))
}
