//! What forms do: by a page of their own, and by htmx.

use super::kit::{Browser, ORIGIN};
use super::sample::letter;
use http::StatusCode;

#[tokio::test]
async fn a_mark_is_made_and_taken_back_without_script() {
    let browser = Browser::signed_in();
    let id = letter().item.id;
    let path = format!("/items/{id}/state");
    for (act, change, did) in [
        ("done", "{\"done\":true}", "done"),
        ("undone", "{\"done\":false}", "undone"),
        ("pin", "{\"pinned\":true}", "pin"),
        ("unpin", "{\"pinned\":false}", "unpin"),
        (
            "snooze-tomorrow",
            "{\"snoozed_until\":\"2026-11-24T23:30:00Z\"}",
            "snooze",
        ),
        ("wake", "{\"snoozed_until\":null}", "wake"),
        ("unread", "{\"seen\":false}", "unread"),
    ] {
        let answer = browser
            .post(&path, &[("act", act), ("back", "/feed?kind=letter")])
            .await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{act}");
        assert_eq!(
            answer.header("location"),
            format!("/feed?kind=letter&did={did}&item={id}")
        );
        assert_eq!(browser.world.taken(), [format!("mark {change}")]);
    }
    let page = browser.get(&format!("/feed?did=done&item={id}")).await;
    assert!(page.text().contains("Ditandai selesai."));
    assert!(
        page.text().contains("value=\"undone\">Urungkan"),
        "the way back"
    );
}

#[tokio::test]
async fn htmx_gets_the_part_that_changed() {
    let browser = Browser::signed_in().with("hx-request", "true");
    let id = letter().item.id;
    let path = format!("/items/{id}/state");
    let done = browser
        .post(&path, &[("act", "done"), ("back", "/feed")])
        .await;
    assert_eq!(done.status, StatusCode::OK);
    assert!(
        done.text().contains("Ditandai selesai.") && done.text().contains("autofocus"),
        "{}",
        done.text()
    );
    assert!(!done.text().contains("<html"));
    let card = browser
        .post(&path, &[("act", "undone"), ("back", "/feed")])
        .await;
    assert!(card.text().contains(&letter().item.title) && card.text().contains("value=\"done\""));
    let pinned = browser
        .post(&path, &[("act", "pin"), ("back", "/feed")])
        .await;
    assert!(pinned.text().contains("value=\"unpin\""));
}

#[tokio::test]
async fn acts_and_items_that_do_not_exist_are_refused() {
    let browser = Browser::signed_in();
    let id = letter().item.id;
    let nonsense = browser
        .post(&format!("/items/{id}/state"), &[("act", "burn")])
        .await;
    assert_eq!(nonsense.status, StatusCode::BAD_REQUEST);
    for path in [
        "/items/00000000-0000-0000-0000-000000000000/state",
        "/items/x/state",
    ] {
        assert_eq!(
            browser.post(path, &[("act", "done")]).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    assert_eq!(browser.get("/items/x").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_form_never_sends_a_browser_elsewhere() {
    let browser = Browser::signed_in();
    let path = format!("/items/{}/state", letter().item.id);
    for evil in [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/feed\r\nset-cookie: a=b",
        "",
    ] {
        let answer = browser.post(&path, &[("act", "pin"), ("back", evil)]).await;
        assert!(
            answer.header("location").starts_with("/feed?did=pin"),
            "{evil}: {}",
            answer.header("location")
        );
        assert!(answer.headers.get("set-cookie").is_none());
    }
}

#[tokio::test]
async fn sessions_are_ended_one_by_one_or_all_at_once() {
    let browser = Browser::signed_in();
    let page = browser.get("/me").await;
    for words in [
        "Firefox, Windows",
        "Perangkat ini",
        "Chrome, Android",
        "Perangkat tidak dikenal",
        "Pranata Komputer",
        "Plt.",
        "31 Januari 2027",
    ] {
        assert!(page.text().contains(words), "{words}");
    }
    let one = browser.post("/me/sessions/b2/end", &[]).await;
    assert_eq!(
        (one.status, one.header("location")),
        (StatusCode::SEE_OTHER, "/me?did=session")
    );
    assert_eq!(
        browser.post("/me/sessions/zz/end", &[]).await.status,
        StatusCode::NOT_FOUND
    );
    let all = browser.post("/me/sessions/end-all", &[]).await;
    assert_eq!(all.header("location"), "/login?did=signed-out");
    assert_eq!(all.header("set-cookie"), "sample=; Max-Age=0");
    assert_eq!(browser.world.taken(), ["end b2", "end zz", "end all"]);
}

#[tokio::test]
async fn a_feed_address_is_shown_once() {
    let browser = Browser::signed_in();
    let made = browser
        .post("/me/tokens", &[("label", "  Kalender\u{7} ponsel ")])
        .await;
    for address in ["/agenda.ics", "/feed.atom", "/feed.json"] {
        let url = format!("value=\"{ORIGIN}{address}?token=feed_contoh123\"");
        assert!(made.text().contains(&url), "{url}");
    }
    assert_eq!(made.header("cache-control"), "no-store");
    assert_eq!(browser.world.taken(), ["make token Kalender ponsel"]);
    assert!(!browser.get("/me").await.text().contains("feed_contoh123"));
    let revoked = browser.post("/me/tokens/t1/revoke", &[]).await;
    assert_eq!(revoked.header("location"), "/me?did=token");
    assert_eq!(browser.world.taken(), ["revoke t1"]);
}
