//! Real applications: WordPress and Redmine, installed and started by `tests/run`, read and opened through the hub.
//!
//! Owns nothing of them: it makes its own posts and issues and removes them. Missing servers are a failure, never a skip.

mod closed;

use crate::samples::{SOON, codes, run_now, source, source_until};
use anyhow::{Context, ensure};
use base64::Engine;
use closed::Closed;
use divos_tests::{Answer, Browser, Hub, Settings, Tried, eventually};
use http::Method;
use serde_json::{Value, json};
use tempfile::TempDir;
use url::Url;

/// Where the real servers are, and what the hub needs to read them.
struct Real {
    wordpress: String,
    wordpress_login: String,
    redmine: String,
    redmine_key: String,
}

impl Real {
    /// From the environment that `tests/run` sets, or the places where the recipes put things.
    fn find() -> anyhow::Result<Self> {
        let or = |name: &str, other: &str| std::env::var(name).unwrap_or_else(|_| other.to_owned());
        let run = or("DIVOS_REAL_RUN", "/tmp/realapps/run");
        let read = |path: String| {
            std::fs::read_to_string(&path).with_context(|| {
                format!("{path}: are the real applications installed? tests/run does it")
            })
        };
        Ok(Self {
            wordpress: or("DIVOS_REAL_WORDPRESS", "http://127.0.0.1:18081"),
            wordpress_login: read(format!("{run}/wordpress/app-password.txt"))?
                .trim()
                .to_owned(),
            redmine: or("DIVOS_REAL_REDMINE", "http://127.0.0.1:18082"),
            redmine_key: read(format!("{run}/redmine/apikey.txt"))?.trim().to_owned(),
        })
    }

    async fn wordpress(&self, method: Method, path: &str, body: Value) -> anyhow::Result<Answer> {
        let login = format!(
            "Basic {}",
            base64::engine::general_purpose::STANDARD.encode(&self.wordpress_login)
        );
        let url = Url::parse(&format!("{}/wp-json/wp/v2/posts{path}", self.wordpress))?;
        Browser::new(&[])?
            .send(
                method,
                &url,
                &[
                    ("authorization", &login),
                    ("content-type", "application/json"),
                ],
                body.to_string(),
            )
            .await
    }

    async fn redmine(&self, method: Method, path: &str, body: Value) -> anyhow::Result<Answer> {
        let url = Url::parse(&format!("{}{path}", self.redmine))?;
        Browser::new(&[])?
            .send(
                method,
                &url,
                &[
                    ("x-redmine-api-key", &self.redmine_key),
                    ("content-type", "application/json"),
                ],
                body.to_string(),
            )
            .await
    }
}

/// A connector of at most 15 lines for the news site.
fn wordpress_connector(base: &str, full: &str) -> String {
    format!(
        r#"metadata: {{ name: berita, title: Portal Berita, owner: "030801", capability: portal }}
extends: wordpress@1
with: {{ base: "{base}", every: 1h, full_every: {full} }}
app:
  send_host: "{}"
  sso: {{ headers: {{ set: {{ X-Remote-User: login }} }} }}
privacy: {{ class: public }}
"#,
        base.trim_start_matches("http://")
    )
}

/// A connector of at most 15 lines for the tracker.
fn redmine_connector(base: &str, full: &str) -> String {
    format!(
        r#"metadata: {{ name: tiket, title: Tiket Pengaduan, owner: "030801", capability: complaint }}
extends: redmine@1
with: {{ base: "{base}", key: "${{secret:tiket/key}}", every: 1h, full_every: {full} }}
privacy: {{ class: internal }}
"#
    )
}

async fn hub(real: &Real, key: &str) -> anyhow::Result<(TempDir, Hub)> {
    let root = tempfile::tempdir()?;
    let mut settings = Settings::new(root.path())?;
    settings.secrets = vec![("tiket/key".to_owned(), key.to_owned())];
    let (berita, tiket) = (
        wordpress_connector(&real.wordpress, "6h"),
        redmine_connector(&real.redmine, "6h"),
    );
    ensure!(berita.lines().count() <= 15 && tiket.lines().count() <= 15);
    settings.connector("berita", &berita)?;
    settings.connector("tiket", &tiket)?;
    let mut hub = Hub::prepared(settings)?;
    hub.start().await?;
    Ok((root, hub))
}

/// A title that no other run has.
fn unique(word: &str) -> String {
    format!("{word} {}", chrono::Utc::now().timestamp_micros())
}

#[tokio::test]
async fn posts_of_wordpress_arrive_change_and_leave() -> Tried {
    let real = Real::find()?;
    let title = unique("Jadwal \"Samsat\" & pasar – murah");
    let made = real.wordpress(Method::POST, "", json!({"title": title, "content": "<p>Buka <b>pukul</b> 08.00.</p>", "status": "publish"})).await?.expect(201)?.json()?;
    let id = made["id"].as_u64().context("an id")?;
    let (_root, hub) = hub(&real, &real.redmine_key).await?;
    let reader = hub.signed_in("wirawan").await?;
    let native = id.to_string();
    let find = |items: &[Value]| {
        items
            .iter()
            .find(|item| item["native_id"] == native.as_str())
            .cloned()
    };
    let items = hub
        .feed_until(&reader, "app=berita", "the post", SOON, |items| {
            find(items).is_some()
        })
        .await?;
    let item = find(&items).context("the post")?;
    // Title as text, times in UTC as WordPress itself says, link through the hub's own host of the app.
    ensure!(
        item["title"]
            .as_str()
            .is_some_and(|shown| shown.contains("\"Samsat\" & pasar – murah")
                || shown.contains("“Samsat” & pasar – murah")),
        "{item}"
    );
    let said = format!("{}Z", made["modified_gmt"].as_str().context("a time")?);
    ensure!(
        chrono::DateTime::parse_from_rfc3339(item["updated_at"].as_str().context("a time")?)?
            == chrono::DateTime::parse_from_rfc3339(&said)?,
        "{item}"
    );
    let link = Url::parse(item["links"]["web"].as_str().context("a link")?)?;
    ensure!(
        link.path() == Url::parse(made["link"].as_str().context("a link")?)?.path(),
        "{link}"
    );
    ensure!(
        reader
            .go(&hub.app_url("berita", link.path()))
            .await?
            .expect(200)?
            .text()
            .contains("08.00")
    );
    // An edit and a delete at the source.
    let changed = unique("Jadwal baru");
    real.wordpress(Method::POST, &format!("/{id}"), json!({"title": changed}))
        .await?
        .expect(200)?;
    run_now(&hub, "berita").await?;
    hub.feed_until(&reader, "app=berita", "the edit", SOON, |items| {
        find(items).is_some_and(|item| item["title"] == changed.as_str())
    })
    .await?;
    real.wordpress(Method::DELETE, &format!("/{id}?force=true"), json!({}))
        .await?
        .expect(200)?;
    full_pass(&hub, "berita", &wordpress_connector(&real.wordpress, "1s")).await?;
    hub.feed_until(&reader, "app=berita", "the delete", SOON, |items| {
        find(items).is_none()
    })
    .await?;
    Ok(())
}

#[tokio::test]
async fn issues_of_redmine_arrive_with_states_change_and_leave() -> Tried {
    let real = Real::find()?;
    let title = unique("Lampu jalan mati di Jl. Contoh");
    let made = real.redmine(Method::POST, "/issues.json", json!({"issue": {"project_id": "pengaduan", "subject": title, "tracker_id": 1, "due_date": "2027-01-15"}})).await?.expect(201)?.json()?;
    let id = made["issue"]["id"].as_u64().context("an id")?;
    let (_root, hub) = hub(&real, &real.redmine_key).await?;
    let reader = hub.signed_in("wirawan").await?;
    let native = id.to_string();
    let find = |items: &[Value]| {
        items
            .iter()
            .find(|item| item["native_id"] == native.as_str())
            .cloned()
    };
    let items = hub
        .feed_until(&reader, "app=tiket", "the issue", SOON, |items| {
            find(items).is_some()
        })
        .await?;
    let item = find(&items).context("the issue")?;
    ensure!(
        item["title"] == title.as_str() && item["kind"] == "ticket",
        "{item}"
    );
    ensure!(
        item["state"] != "unknown" && item["state_label"] == made["issue"]["status"]["name"],
        "{item}"
    );
    ensure!(
        item["links"]["web"]
            .as_str()
            .is_some_and(|link| link.ends_with(&format!("/issues/{id}"))),
        "{item}"
    );
    ensure!(
        item["due_at"]
            .as_str()
            .is_some_and(|due| due.starts_with("2027-01-1")),
        "{item}"
    );
    // The number of issues is the tracker's own.
    let declared = real
        .redmine(Method::GET, "/issues.json?status_id=*&limit=1", json!({}))
        .await?
        .json()?["total_count"]
        .as_u64()
        .context("a total")?;
    let open = items.len() as u64;
    ensure!(open == declared, "{open} of {declared} issues");
    let changed = unique("Lampu sudah menyala");
    let updated = real
        .redmine(
            Method::PUT,
            &format!("/issues/{id}.json"),
            json!({"issue": {"subject": changed}}),
        )
        .await?;
    ensure!(updated.status.is_success(), "{updated}");
    run_now(&hub, "tiket").await?;
    hub.feed_until(&reader, "app=tiket", "the edit", SOON, |items| {
        find(items).is_some_and(|item| item["title"] == changed.as_str())
    })
    .await?;
    let removed = real
        .redmine(Method::DELETE, &format!("/issues/{id}.json"), json!({}))
        .await?;
    ensure!(
        removed.status.is_success(),
        "{removed}: the role of the key's owner must be allowed to delete"
    );
    full_pass(&hub, "tiket", &redmine_connector(&real.redmine, "1s")).await?;
    hub.feed_until(&reader, "app=tiket", "the delete", SOON, |items| {
        find(items).is_none()
    })
    .await?;
    Ok(())
}

/// The operator asks for more frequent passes over everything, which alone may find what is gone; then one is made.
async fn full_pass(hub: &Hub, app: &str, connector: &str) -> anyhow::Result<()> {
    hub.settings().connector(app, connector)?;
    hub.verb(&["reload"])?;
    let before = source(hub, app).await?["last_full"].clone();
    eventually("a full pass", SOON, || async {
        run_now(hub, app).await.ok();
        let now = source(hub, app).await.ok()?["last_full"].clone();
        (now != before && now.is_string()).then_some(())
    })
    .await
}

#[tokio::test]
async fn a_person_is_signed_in_to_wordpress_without_a_password() -> Tried {
    let real = Real::find()?;
    let (_root, hub) = hub(&real, &real.redmine_key).await?;
    let browser = hub.signed_in("sekar").await?;
    browser.go(&hub.app_url("berita", "/")).await?.expect(200)?;
    let profile = browser
        .go(&hub.app_url("berita", "/wp-login.php?redirect_to=/wp-admin/profile.php"))
        .await?
        .expect(200)?;
    let text = profile.text();
    let user = text
        .split("id=\"user_login\"")
        .nth(1)
        .or_else(|| text.split("id='user_login'").nth(1))
        .and_then(|rest| rest.split("value=\"").nth(1))
        .and_then(|rest| rest.split('"').next());
    let user = user.with_context(|| format!("not WordPress's profile page: {profile}"))?;
    ensure!(user.starts_with("sekar"), "signed in as `{user}`");
    ensure!(
        profile.url.host_str() == Some("berita.divos.test"),
        "{profile}"
    );
    // Without the hub's word WordPress asks for a password.
    let direct = Browser::new(&[])?
        .send(
            Method::GET,
            &Url::parse(&format!("{}/wp-admin/profile.php", real.wordpress))?,
            &[],
            "",
        )
        .await?;
    ensure!(direct.status.is_redirection(), "{direct}");
    Ok(())
}

#[tokio::test]
async fn a_wrong_key_of_redmine_is_told_and_wordpress_goes_on() -> Tried {
    let real = Real::find()?;
    // Open to strangers, who see what anyone may, and closed to them.
    for closed in [false, true] {
        let _closed = closed.then(Closed::open).transpose()?;
        a_wrong_key_is_told(&real)
            .await
            .with_context(|| format!("closed: {closed}"))?;
        // The right one opens it, open or closed.
        let (_root, hub) = hub(&real, &real.redmine_key).await?;
        let reader = hub.signed_in("wirawan").await?;
        hub.feed_until(&reader, "app=tiket", "issues", SOON, |items| {
            items.len() >= 5
        })
        .await?;
    }
    Ok(())
}

/// What the hub makes of a key that Redmine does not know: a fault on its page, no issue, and WordPress goes on.
async fn a_wrong_key_is_told(real: &Real) -> Tried {
    let (_root, hub) = hub(real, "kunci-yang-salah").await?;
    let operator = hub.signed_in("sekar").await?;
    let found = source_until(&hub, "tiket", "the fault", |source| {
        codes(source).contains(&"login_refused")
    })
    .await?;
    let sentence = found["troubles"][0]["sentence_id"]
        .as_str()
        .context("a sentence")?
        .to_owned();
    ensure!(sentence.contains("`/users/current.json`"), "{sentence}");
    let page = operator
        .go(&hub.url("/ops"))
        .await?
        .expect(200)?
        .text()
        .replace("&#39;", "'")
        .replace("&#96;", "`")
        .replace("&amp;", "&");
    ensure!(
        page.contains(&sentence),
        "`{sentence}` is not on the operator's page"
    );
    ensure!(
        !hub.whole_log().contains("kunci-yang-salah"),
        "the key is in the log"
    );
    let items = hub
        .feed_until(&operator, "app=berita", "posts", SOON, |items| {
            items.len() >= 5
        })
        .await?;
    ensure!(items.iter().all(|item| item["app"] == "berita"));
    ensure!(
        found["items"] == 0,
        "what anyone may see was taken: {found}"
    );
    Ok(())
}
