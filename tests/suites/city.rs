//! The simulated city by itself: what each make answers, what each breakage puts on the wire.
//!
//! Owns the proof that the city is what the other suites believe it to be.

use divos_city::{Break, City, CityOptions, Make};
use divos_tests::{Answer, Browser, Tried, within};
use http::Method;
use std::time::Duration;
use url::Url;

async fn city() -> anyhow::Result<City> {
    Ok(City::start(CityOptions {
        slow: Duration::from_millis(200),
        ..CityOptions::default()
    })
    .await?)
}

async fn get(
    city: &City,
    app: &str,
    path: &str,
    headers: &[(&str, &str)],
) -> anyhow::Result<Answer> {
    let url = Url::parse(&format!("{}{path}", city.app(app).base_url))?;
    Browser::new(&[])?
        .send(Method::GET, &url, headers, "")
        .await
}

#[tokio::test]
async fn every_app_but_the_one_that_is_down_has_a_page_that_says_it_is_made_up() -> Tried {
    let city = city().await?;
    assert!(city.apps().len() >= 14);
    for app in city.apps() {
        let answer = get(
            &city,
            app.id,
            "/",
            &[(
                "authorization",
                "Basic aHViLWNvbnRvaDpzYW5kaS1jb250b2gtc2lkb2s=",
            )],
        )
        .await;
        if app.make == Make::Down {
            assert!(answer.is_err(), "{} answers", app.id);
        } else {
            let page = answer?.expect(200)?;
            assert!(page.text().contains(divos_city::MADE_UP), "{page}");
        }
    }
    city.stop().await;
    Ok(())
}

#[tokio::test]
async fn a_page_greets_whom_the_header_names_and_nobody_else() -> Tried {
    let city = city().await?;
    let known = get(
        &city,
        "simak-dihati",
        "/",
        &[("x-remote-name", "Ni Luh <b>Sekar</b>")],
    )
    .await?;
    assert!(
        known
            .text()
            .contains("Selamat datang, <strong>Ni Luh &lt;b&gt;Sekar"),
        "{known}"
    );
    assert!(
        get(&city, "simak-dihati", "/", &[])
            .await?
            .text()
            .contains("belum dikenali")
    );
    Ok(())
}

#[tokio::test]
async fn wordpress_pages_by_header_and_takes_modified_after() -> Tried {
    let city = city().await?;
    let path = "/wp-json/wp/v2/posts?per_page=10&orderby=modified&order=asc";
    let first = get(&city, "web-denpasar", path, &[]).await?.expect(200)?;
    assert_eq!(
        (first.header("x-wp-total"), first.header("x-wp-totalpages")),
        ("34", "4")
    );
    get(
        &city,
        "web-denpasar",
        "/wp-json/wp/v2/posts?per_page=10&page=5",
        &[],
    )
    .await?
    .expect(400)?;
    let posts = first.json()?;
    let last_but_two = city.knobs("web-denpasar").records()[2]
        .updated
        .to_utc()
        .format("%Y-%m-%dT%H:%M:%SZ")
        .to_string();
    let newer = get(
        &city,
        "web-denpasar",
        &format!("/wp-json/wp/v2/posts?modified_after={last_but_two}"),
        &[],
    )
    .await?
    .json()?;
    assert_eq!(newer.as_array().map(Vec::len), Some(2), "{newer}");
    assert!(posts[0]["title"]["rendered"].is_string());
    Ok(())
}

#[tokio::test]
async fn redmine_wants_its_key_and_counts() -> Tried {
    let city = city().await?;
    get(&city, "pro-denpasar", "/issues.json", &[])
        .await?
        .expect(401)?;
    let key = city
        .secrets()
        .iter()
        .find(|secret| secret.path == "pro-denpasar/key")
        .expect("a key")
        .value;
    let all = get(
        &city,
        "pro-denpasar",
        "/issues.json?status_id=*&limit=100",
        &[("x-redmine-api-key", key)],
    )
    .await?
    .json()?;
    assert_eq!(all["total_count"], 48);
    assert_eq!(all["issues"].as_array().map(Vec::len), Some(48));
    let open = get(
        &city,
        "pro-denpasar",
        "/issues.json?limit=1",
        &[("x-redmine-api-key", key)],
    )
    .await?
    .json()?;
    assert!(open["total_count"].as_u64() < Some(48), "{open}");
    Ok(())
}

#[tokio::test]
async fn feeds_answer_304_until_something_changes() -> Tried {
    let city = city().await?;
    for (app, path) in [
        ("portal-spbe", "/rss.xml"),
        ("ppid", "/atom.xml"),
        ("harga-pasar", "/feed.json"),
    ] {
        let first = get(&city, app, path, &[]).await?.expect(200)?;
        get(&city, app, path, &[("if-none-match", first.header("etag"))])
            .await?
            .expect(304)?;
        city.knobs(app)
            .insert("Berita baru (contoh)")
            .expect("a record");
        let second = get(&city, app, path, &[("if-none-match", first.header("etag"))])
            .await?
            .expect(200)?;
        assert!(second.text().contains("Berita baru"), "{app}");
    }
    Ok(())
}

#[tokio::test]
async fn edits_inserts_and_deletes_show_and_reset_takes_them_back() -> Tried {
    let city = city().await?;
    let knobs = city.knobs("sim-perijinan");
    let before = knobs.records();
    let (edited, removed) = (before[3].clone(), before[4].id);
    assert!(
        knobs.edit(edited.id, |record| record.title = "Diubah".to_owned()) && knobs.delete(removed)
    );
    let added = knobs.insert("Baru").expect("a record");
    let after = knobs.records();
    assert_eq!(after.len(), before.len());
    assert!(
        after.iter().any(|record| record.id == added)
            && !after.iter().any(|record| record.id == removed)
    );
    let now = after
        .iter()
        .find(|record| record.id == edited.id)
        .expect("the edited one");
    assert!(now.title == "Diubah" && now.updated > edited.updated);
    knobs.reset();
    assert_eq!(knobs.records(), before);
    Ok(())
}

#[tokio::test]
async fn each_breakage_does_what_its_name_says() -> Tried {
    let city = city().await?;
    let knobs = city.knobs("sim-perijinan");
    let ask = || get(&city, "sim-perijinan", "/permohonan", &[]);
    let whole = ask().await?.body;
    knobs.break_with(Break::HtmlForJson);
    assert!(ask().await?.header("content-type").starts_with("text/html"));
    knobs.break_with(Break::HtmlClaimingJson);
    let claiming = ask().await?;
    assert!(claiming.header("content-type") == "application/json" && claiming.json().is_err());
    knobs.break_with(Break::ErrorInside);
    assert_eq!(ask().await?.expect(200)?.json()?["status"], "error");
    knobs.break_with(Break::TooMany(7));
    assert_eq!(ask().await?.expect(429)?.header("retry-after"), "7");
    knobs.break_with(Break::Status(401));
    ask().await?.expect(401)?;
    knobs.break_with(Break::RedirectTo("http://127.0.0.1:9/".to_owned()));
    assert_eq!(
        ask().await?.expect(302)?.header("location"),
        "http://127.0.0.1:9/"
    );
    knobs.break_with(Break::InvalidUtf8);
    assert!(std::str::from_utf8(&ask().await?.body).is_err());
    knobs.break_with(Break::WrongCharset);
    assert!(std::str::from_utf8(&ask().await?.body).is_err());
    knobs.break_with(Break::Empty);
    assert!(ask().await?.body.is_empty());
    knobs.break_with(Break::GzipBomb);
    let bomb = ask().await?;
    assert!(
        bomb.header("content-encoding") == "gzip" && bomb.body.len() < 1 << 20,
        "{}",
        bomb.body.len()
    );
    let unfolded = unfold(&bomb.body)?;
    assert!(unfolded > 500 << 20, "{unfolded}");
    knobs.break_with(Break::HangUp);
    assert!(ask().await.is_err());
    knobs.break_with(Break::HalfBody);
    let url = Url::parse(&format!(
        "{}/permohonan",
        city.app("sim-perijinan").base_url
    ))?;
    let half = Browser::new(&[])?.open(Method::GET, &url, &[], "").await?;
    assert_eq!(half.content_length(), Some(whole.len() as u64));
    assert!(half.bytes().await.is_err(), "the whole body came");
    for without_end in [Break::Silence, Break::Endless, Break::Huge] {
        knobs.break_with(without_end.clone());
        assert!(
            within("an answer", Duration::from_millis(400), ask())
                .await
                .is_err(),
            "{without_end:?}"
        );
    }
    knobs.heal();
    assert_eq!(ask().await?.body, whole);
    Ok(())
}

#[tokio::test]
async fn the_failing_app_answers_well_on_every_fourth_request() -> Tried {
    let city = city().await?;
    let mut seen = Vec::new();
    for _ in 0..8 {
        let answer = get(&city, "ketinggian-air", "/api/peringatan", &[]).await?;
        seen.push((answer.status.as_u16(), answer.json().is_ok()));
    }
    assert_eq!(seen[..4], seen[4..]);
    assert_eq!(
        seen[..4],
        [(500, false), (200, false), (500, false), (200, true)]
    );
    assert_eq!(city.knobs("ketinggian-air").data_requests(), 8);
    Ok(())
}

#[tokio::test]
async fn edge_endpoints_count_and_echo() -> Tried {
    let city = city().await?;
    let down = get(&city, "simak-dihati", "/download?bytes=100000", &[])
        .await?
        .expect(200)?;
    assert_eq!((down.body.len(), &down.body[..3]), (100_000, &b"abc"[..]));
    let url = Url::parse(&format!("{}/upload", city.app("simak-dihati").base_url))?;
    let sent = Browser::new(&[])?
        .send(Method::POST, &url, &[], vec![1_u8; 3_000_000])
        .await?
        .json()?;
    assert_eq!(
        sent,
        serde_json::json!({"bytes": 3_000_000, "sum": 3_000_000})
    );
    let events = get(&city, "simak-dihati", "/sse?every=1&count=3", &[]).await?;
    assert_eq!(events.text().matches("event: detak").count(), 3);
    let seen = city
        .knobs("simak-dihati")
        .last("/sse")
        .expect("the request");
    assert_eq!(seen.method, "GET");
    Ok(())
}

/// How many bytes a gzip stream unfolds to before it ends or turns out broken.
fn unfold(gzip: &[u8]) -> anyhow::Result<u64> {
    use std::io::Read;
    let (mut reader, mut chunk, mut all) =
        (flate2::read::GzDecoder::new(gzip), vec![0_u8; 1 << 20], 0);
    loop {
        match reader.read(&mut chunk) {
            Ok(0) | Err(_) => return Ok(all),
            Ok(read) => all += read as u64,
        }
    }
}
