//! How much a first visit costs, and that the second costs less.

use super::kit::{Answer, Browser};
use http::StatusCode;

/// What a first load may weigh on the wire, in bytes: page, styles and scripts together.
const BUDGET: usize = 60_000;

/// The addresses of the files that a page loads.
fn files(html: &str) -> Vec<String> {
    html.split("\"/assets/")
        .skip(1)
        .map(|rest| format!("/assets/{}", rest.split('"').next().unwrap_or_default()))
        .collect()
}

async fn compressed(browser: &Browser, path: &str) -> Answer {
    let answer = browser.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}");
    assert_eq!(answer.header("content-encoding"), "gzip", "{path}");
    answer
}

#[tokio::test]
async fn a_first_load_stays_within_the_budget() {
    let plain = Browser::signed_in();
    let gzip = Browser::signed_in().with("accept-encoding", "gzip, deflate, br");
    for path in ["/feed", "/apps", "/ops", "/me", "/login"] {
        let (plain, gzip) = if path == "/login" {
            (
                &Browser::guest(),
                &Browser::guest().with("accept-encoding", "gzip"),
            )
        } else {
            (&plain, &gzip)
        };
        let html = plain.get(path).await;
        let files = files(html.text());
        assert_eq!(files.len(), 4, "{files:?}");
        let mut weight = compressed(gzip, path).await.bytes.len();
        for file in &files {
            weight += compressed(gzip, file).await.bytes.len();
        }
        assert!(weight <= BUDGET, "{path} weighs {weight} bytes");
        assert!(
            weight > 20_000,
            "{path}: {weight} bytes cannot be everything"
        );
    }
}

#[tokio::test]
async fn a_launcher_of_the_whole_city_stays_within_the_budget() {
    let world = super::sample::World {
        apps: 143,
        ..super::sample::World::new(super::kit::ORIGIN)
    };
    let browser = Browser::signed_in_to(world).with("accept-encoding", "gzip");
    let page = compressed(&browser, "/apps").await;
    let mut weight = page.bytes.len();
    for file in files(Browser::signed_in().get("/apps").await.text()) {
        weight += compressed(&browser, &file).await.bytes.len();
    }
    assert!(weight <= BUDGET, "{weight} bytes");
}

#[tokio::test]
async fn files_are_kept_for_ever_under_the_hash_of_their_content() {
    let browser = Browser::guest();
    for file in files(browser.get("/login").await.text()) {
        let answer = browser.get(&file).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(
            answer.header("cache-control"),
            "public, max-age=31536000, immutable"
        );
        let etag = answer.header("etag").to_owned();
        let again = Browser::guest()
            .with("if-none-match", &etag)
            .get(&file)
            .await;
        assert_eq!(
            (again.status, again.bytes.len()),
            (StatusCode::NOT_MODIFIED, 0)
        );
    }
    for missing in [
        "/assets/portal.css",
        "/assets/portal.000000000000.css",
        "/assets/..%2fCargo.toml",
    ] {
        assert_eq!(
            browser.get(missing).await.status,
            StatusCode::NOT_FOUND,
            "{missing}"
        );
    }
}
