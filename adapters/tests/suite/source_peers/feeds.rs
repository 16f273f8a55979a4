//! Feeds that are not ours: RSS of WordPress, Atom of Redmine, both of feedgen. And Redmine's XML and CSV.

use super::*;
use divos_model::Item;

/// A feed by the template that is shipped.
async fn entries(base: &str, path: &str) -> Vec<Item> {
    let yaml = format!(
        "metadata: {{ name: app, title: App, owner: \"030801\", capability: news }}\n\
         extends: rss@1\nwith: {{ base: \"{base}\", path: \"{path}\" }}\napp: {{ hosts: berita.contoh.example }}\nprivacy: {{ class: public }}\n"
    );
    let (connector, world) = (connector_with(&yaml, &[]), live(Arc::new(SystemClock)));
    let (pages, error, summary) = read(&connector, Ask::default(), &world).await;
    assert_eq!(error, None, "{path}");
    assert_eq!(summary.faults, 0, "{path}: {pages:?}");
    pages
        .into_iter()
        .flat_map(|page| page.batch.items)
        .collect()
}

fn path_of(item: &Item) -> String {
    let base: url::Url = "http://app.example".parse().expect("an address");
    let link = base.join(&item.links.web).expect("a link");
    link.path().to_owned()
}

fn real(name: &str, other: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| other.to_owned())
}

async fn json(url: &str) -> serde_json::Value {
    let client = reqwest::Client::builder().no_proxy().build();
    let answer = client.expect("a client").get(url).send().await;
    let body = answer.expect("an answer").bytes().await.expect("a body");
    serde_json::from_slice(&body).unwrap_or_else(|error| panic!("{url}: {error}"))
}

#[tokio::test]
async fn feedgen_says_the_same_by_rss_and_by_atom() {
    let server = script("feed.py");
    let base = server.base("http");
    let said = |items: Vec<Item>| -> Vec<_> {
        let one = |item: Item| {
            let made = item.created_at.expect("a time").to_rfc3339();
            (
                item.native_id.clone(),
                item.title.clone(),
                item.summary.clone(),
                item.links.web,
                made,
            )
        };
        items.into_iter().map(one).collect()
    };
    let rss = said(entries(&base, "/rss").await);
    assert_eq!(rss.len(), 3);
    let expected = (
        "urn:contoh:2".to_owned(),
        "Pengumuman <2> & lainnya \u{2013} caf\u{e9}".to_owned(),
        Some("Isi contoh & rekaan.".to_owned()),
        "http://berita.contoh.example/2?a=1&b=2".to_owned(),
        "2026-11-02T08:30:00+08:00".to_owned(),
    );
    assert_eq!(rss[1], expected);
    assert_eq!(said(entries(&base, "/rss-indah").await), rss);
    let atom = entries(&base, "/atom").await;
    assert_eq!(atom[2].updated_at.to_rfc3339(), "2026-11-03T09:30:00+08:00");
    assert_eq!(said(atom), rss);
}

#[tokio::test]
async fn the_feed_of_wordpress_holds_its_latest_posts() {
    let base = real("DIVOS_REAL_WORDPRESS", "http://127.0.0.1:18081");
    let items = entries(&base, "/feed/").await;
    let fields = "per_page=100&_fields=id,link,title,date_gmt";
    let posts = json(&format!("{base}/wp-json/wp/v2/posts?{fields}")).await;
    let posts = posts.as_array().expect("posts");
    assert!(items.len() >= 5, "{items:?}");
    // Other tests post and delete meanwhile: what is still there is as WordPress's own interface says.
    let mut both = 0;
    for item in &items {
        let path = path_of(item);
        let link = |post: &serde_json::Value| post["link"].as_str().unwrap_or_default().to_owned();
        let Some(post) = posts.iter().find(|post| link(post).ends_with(&path)) else {
            continue;
        };
        let made = item.created_at.expect("a time").to_utc();
        let gmt = post["date_gmt"].as_str().expect("a time");
        assert_eq!(made.format("%Y-%m-%dT%H:%M:%S").to_string(), gmt);
        both += 1;
    }
    assert!(both >= 5, "{items:?}");
}

#[tokio::test]
async fn the_atom_of_redmine_holds_its_issues() {
    let base = real("DIVOS_REAL_REDMINE", "http://127.0.0.1:18082");
    let items = entries(&base, "/projects/pengaduan/issues.atom").await;
    assert!(!items.is_empty());
    for item in &items {
        let path = path_of(item);
        let id = path.rsplit('/').next().expect("a number");
        // Redmine writes `Bug #7 (New): subject`.
        assert!(
            item.title.contains(&format!("#{id} (")),
            "{} {path}",
            item.title
        );
        assert!(item.native_id.ends_with(&path), "{}", item.native_id);
    }
}

/// The subjects of Redmine's issues, by their numbers, one way and another.
async fn issues(way: &str, map: &str) -> Vec<(String, String)> {
    let base = real("DIVOS_REAL_REDMINE", "http://127.0.0.1:18082");
    let source = format!("{way}    deletes: sweep\n    to: announcement\n    map: {map}\n");
    let (connector, world) = (app(&base, &source), live(Arc::new(SystemClock)));
    let (pages, error, summary) = read(&connector, Ask::default(), &world).await;
    assert_eq!((error, summary.faults), (None, 0), "{way}");
    let mut found: Vec<_> = ids(&pages).into_iter().zip(titles(&pages)).collect();
    found.sort();
    found
}

/// What both ways found; other tests make and remove issues of their own meanwhile.
async fn as_by_json(found: Vec<(String, String)>) {
    let json = "    rest: { get: /issues.json, query: { status_id: \"*\" } }\n    select: issues[*]\n\
                \x20   paginate: { offset: { size: 100, until: total, total: total_count } }\n";
    let known = issues(json, "{ id: id, title: subject }").await;
    let both = found.iter().filter(|one| known.contains(one)).count();
    assert!(both >= 5, "{found:?} {known:?}");
}

#[tokio::test]
async fn the_xml_of_redmine_holds_its_issues() {
    let xml = "    xml: { get: /issues.xml, query: { status_id: \"*\", limit: \"100\" } }\n    select: issues.issue[*]\n";
    as_by_json(issues(xml, "{ id: id, title: subject }").await).await;
}

#[tokio::test]
async fn the_csv_of_redmine_holds_its_issues() {
    let csv = "    csv: { get: /issues.csv, query: { set_filter: \"1\", \"c[]\": subject } }\n";
    as_by_json(issues(csv, "{ id: \"row['#']\", title: \"row['Subject']\" }").await).await;
}
