//! Operators change definitions in the portal: checked, tried, decided by two, in the history, whole after a kill.
//!
//! Owns what the editor promises through the real binary; its rules have unit tests beside them.

use crate::samples::{SOON, city};
use anyhow::Context;
use divos_tests::{Browser, Form, Hub, Settings, Tried, eventually};
use http::Method;
use serde_json::Value;
use std::time::{Duration, Instant};

/// How often the hub is killed.
const KILLS: u64 = 25;

/// The form of the editor, without what its buttons say.
async fn form(hub: &Hub, operator: &Browser, path: &str) -> anyhow::Result<(url::Url, Form)> {
    let page = operator.go(&hub.url(path)).await?.expect(200)?;
    let forms = Form::all(&page.text());
    let form = forms.into_iter().find(|form| form.action == path);
    Ok((page.url.clone(), form.context("no form of this page")?))
}

async fn act(
    hub: &Hub,
    operator: &Browser,
    path: &str,
    fields: &[(&str, &str)],
) -> anyhow::Result<divos_tests::Answer> {
    let (url, form) = form(hub, operator, path).await?;
    let set = |form: Form, (name, value): &(&str, &str)| form.set(name, value);
    operator.submit(&url, &fields.iter().fold(form, set)).await
}

fn on_disk(hub: &Hub, app: &str) -> anyhow::Result<String> {
    let path = hub.settings().connectors().join(format!("{app}.yaml"));
    Ok(std::fs::read_to_string(path)?)
}

async fn history(hub: &Hub, app: &str) -> anyhow::Result<Vec<Value>> {
    let path = format!("/admin/v1/connectors/{app}/history");
    let answer = hub.admin(Method::GET, &path).await?.expect(200)?.json()?;
    Ok(answer["versions"].as_array().context("a list")?.clone())
}

fn retitled(text: &str, title: &str) -> anyhow::Result<String> {
    let line = text.lines().find(|line| line.contains("title: "));
    let line = line.context("a title")?;
    let at = line.find("title: ").context("a title")?;
    let rest = line[at..]
        .find([',', '}'])
        .map_or("", |end| &line[at + end..]);
    Ok(text.replace(line, &format!("{}title: {title}{rest}", &line[..at])))
}

#[tokio::test]
async fn a_change_made_in_the_portal_is_in_force_when_the_page_answers() -> Tried {
    let city = city().await?;
    let hub = Hub::with_apps(&city, &["jdih"]).await?;
    let operator = hub.signed_in("sekar").await?;
    let before = on_disk(&hub, "jdih")?;
    let after = retitled(&before, "Hukum Kota")?;
    let edit = "/ops/jdih/edit";
    let save = |text: String| {
        let (hub, operator) = (&hub, &operator);
        async move {
            let fields = [("text", &*text), ("reason", "nama resmi"), ("act", "save")];
            act(hub, operator, edit, &fields).await?.expect(200)
        }
    };
    let wrong = save(after.replace("title", "tilte")).await?;
    assert!(wrong.text().contains("DV0102"), "{wrong}");
    assert_eq!(on_disk(&hub, "jdih")?, before);
    let saved = save(after.clone()).await?;
    assert_eq!(saved.url.path(), "/ops/jdih/history", "{saved}");
    assert_eq!(on_disk(&hub, "jdih")?, after);
    let apps = operator.go(&hub.url("/apps")).await?.text();
    assert!(apps.contains("Hukum Kota"));
    let versions = history(&hub, "jdih").await?;
    assert_eq!(versions[0]["reason"], "nama resmi");
    // Back to the version that was there before anybody edited.
    let back = act(
        &hub,
        &operator,
        "/ops/jdih/edit/versions/1",
        &[("reason", "keliru")],
    )
    .await?;
    assert_eq!(back.url.path(), "/ops/jdih/history", "{back}");
    assert_eq!(on_disk(&hub, "jdih")?, before);
    // What a hand changes on the disk is in the history as such.
    hub.settings().connector("jdih", &after)?;
    eventually("the change by hand in the history", SOON, || async {
        let versions = history(&hub, "jdih").await.ok()?;
        (versions.len() == 4 && versions[0]["author"].is_null()).then_some(())
    })
    .await?;
    Ok(())
}

#[tokio::test]
async fn a_trial_asks_the_app_and_stores_nothing() -> Tried {
    let city = city().await?;
    let hub = Hub::with_apps(&city, &["jdih"]).await?;
    let operator = hub.signed_in("sekar").await?;
    let text = on_disk(&hub, "jdih")?;
    let new = text.replace("name: jdih", "name: jdih-baru");
    let edit = "/ops/jdih-baru/edit";
    let tried = act(&hub, &operator, edit, &[("text", &new), ("act", "try")]).await?;
    assert_eq!(tried.url.path(), edit, "{tried}");
    let page = eventually("the trial to end", SOON, || async {
        let page = operator.go(&hub.url(edit)).await.ok()?.text();
        (!page.contains("aria-busy") && page.contains("id=\"trial\"")).then_some(page)
    })
    .await?;
    assert!(page.contains("class=\"tried\""), "{page}");
    assert!(
        page.contains("Terbaca seluruhnya") || page.contains("Cukup terbaca"),
        "{page}"
    );
    assert!(!hub.settings().connectors().join("jdih-baru.yaml").exists());
    let feed = hub.feed(&operator, "app=jdih-baru").await?;
    assert_eq!(feed.len(), 0);
    Ok(())
}

/// A hub where two persons have to agree, with a second operator.
async fn careful_hub(
    root: &std::path::Path,
    city: &divos_city::City,
) -> anyhow::Result<(Hub, Browser, Browser)> {
    let mut settings = Settings::new(root)?.with_city(city)?.only(&["jdih"])?;
    settings.more = "  two_persons: true\n".to_owned();
    let mut hub = Hub::prepared(settings)?;
    hub.start().await?;
    let csv = "nip,name,email,unit,post,post_type,assignment,from,to,roles,password\n\
        990001019999011001,Operator Kedua Contoh,kedua@denpasar.example,030801,Staf,pelaksana,definitif,2026-01-01,,operator,Sandi-Yang-Panjang-1\n";
    std::fs::write(hub.settings().root.join("more.csv"), csv)?;
    hub.verb(&["user", "import", "more.csv"])?;
    let first = hub.signed_in("sekar").await?;
    let second = hub.browser()?;
    let page = hub.sign_in(&second, "kedua@denpasar.example", "Sandi-Yang-Panjang-1");
    let page = page.await?;
    anyhow::ensure!(
        !page.url.path().starts_with("/login"),
        "not signed in: {page}"
    );
    Ok((hub, first, second))
}

#[tokio::test]
async fn whoever_proposes_cannot_approve_whatever_they_send() -> Tried {
    let city = city().await?;
    let root = tempfile::tempdir()?;
    let (hub, first, second) = careful_hub(root.path(), &city).await?;
    let before = on_disk(&hub, "jdih")?;
    let after = retitled(&before, "Hukum Kota")?;
    let fields = [
        ("text", after.as_str()),
        ("reason", "nama resmi"),
        ("act", "save"),
    ];
    let proposed = act(&hub, &first, "/ops/jdih/edit", &fields)
        .await?
        .expect(200)?;
    let path = proposed.url.path().to_owned();
    assert!(path.starts_with("/ops/jdih/edit/proposals/"), "{proposed}");
    assert_eq!(on_disk(&hub, "jdih")?, before);
    // The page has no such button; a request made by hand is refused all the same.
    let own = act(&hub, &first, &path, &[("act", "approve"), ("note", "ya")]).await?;
    assert!(own.text().contains("Diperlukan dua orang"), "{own}");
    assert_eq!(on_disk(&hub, "jdih")?, before);
    let reader = hub.signed_in("wirawan").await?;
    let refused = reader.go(&hub.url(&path)).await?;
    assert_eq!(refused.status.as_u16(), 403, "{refused}");
    let waiting = hub
        .admin(Method::GET, "/admin/v1/proposals?state=waiting")
        .await?
        .json()?;
    assert_eq!(waiting["proposals"][0]["app"], "jdih");
    let approved = act(
        &hub,
        &second,
        &path,
        &[("act", "approve"), ("note", "sudah diperiksa")],
    )
    .await?;
    assert!(
        approved.text().contains("Disetujui dan sudah berlaku."),
        "{approved}"
    );
    assert_eq!(on_disk(&hub, "jdih")?, after);
    let versions = history(&hub, "jdih").await?;
    assert_ne!(versions[0]["author"], versions[0]["decided_by"]);
    assert!(!versions[0]["decided_by"].is_null());
    Ok(())
}

#[tokio::test]
async fn a_hub_killed_while_it_saves_has_the_old_file_or_the_new_and_a_true_history() -> Tried {
    let city = city().await?;
    let mut hub = Hub::with_apps(&city, &["jdih"]).await?;
    let operator = hub.signed_in("sekar").await?;
    let first = on_disk(&hub, "jdih")?;
    let (mut old, mut new) = (0, 0);
    for kill in 0..KILLS {
        let before = on_disk(&hub, "jdih")?;
        let after = retitled(&first, &format!("Hukum {kill}"))?;
        let (url, form) = form(&hub, &operator, "/ops/jdih/edit").await?;
        let form = form
            .set("text", &after)
            .set("reason", "coba")
            .set("act", "save");
        let began = Instant::now();
        // The power goes at another moment of the saving each time, before the answer or after it.
        let _ = tokio::time::timeout(
            Duration::from_millis(kill * 4),
            operator.submit(&url, &form),
        )
        .await;
        hub.kill()?;
        let took = began.elapsed();
        hub.start()
            .await
            .with_context(|| format!("after kill {kill} at {took:?}"))?;
        let now = on_disk(&hub, "jdih")?;
        assert!(
            now == before || now == after,
            "kill {kill}: neither the old file nor the new"
        );
        if now == before {
            old += 1
        } else {
            new += 1
        }
        for entry in std::fs::read_dir(hub.settings().connectors())? {
            let name = entry?.file_name();
            let hidden = name.to_string_lossy().starts_with('.');
            assert!(!hidden, "kill {kill}: {name:?} is left half written");
        }
        let versions = history(&hub, "jdih").await?;
        assert_eq!(
            versions[0]["hash"],
            sha256(&now),
            "kill {kill}: the history lies"
        );
        if now == after && before != after {
            assert!(
                !versions[0]["author"].is_null(),
                "kill {kill}: nobody did it"
            );
        }
        let stuck = hub
            .admin(Method::GET, "/admin/v1/proposals?state=applying")
            .await?
            .json()?;
        assert_eq!(
            stuck["proposals"].as_array().map(Vec::len),
            Some(0),
            "kill {kill}"
        );
    }
    assert!(
        old > 0 && new > 0,
        "old {old}, new {new}: every kill came at the same moment"
    );
    Ok(())
}

fn sha256(text: &str) -> String {
    hex::encode(ring::digest::digest(&ring::digest::SHA256, text.as_bytes()))
}
