//! Every page in both languages, for people and for htmx.

use super::kit::Browser;
use super::sample::{World, everything, letter};
use http::StatusCode;

fn every_page() -> Vec<String> {
    let mut pages: Vec<String> = [
        "/feed",
        "/feed?unread=1",
        "/feed?done=1",
        "/feed?kind=letter&app=surat",
        "/feed?q=tidak-ada-sama-sekali",
        "/feed?did=done&item=6afba68c-151a-525a-8293-8ac4832c3ef1",
        "/search",
        "/search?q=surat",
        "/search?q=zzzz",
        "/apps",
        "/apps?q=hukum",
        "/apps?q=zzzz",
        "/agenda",
        "/me",
        "/me?did=token",
        "/me/data",
        "/help",
        "/ops",
        "/ops?only=trouble",
        "/ops/agenda",
        "/ops/aset?did=run",
        "/ops/kinerja",
    ]
    .map(str::to_owned)
    .to_vec();
    pages.extend(
        everything()
            .iter()
            .map(|entry| format!("/items/{}", entry.item.id)),
    );
    pages
}

/// What every page has to have, whatever it shows.
fn check_page(path: &str, lang: &str, html: &str) {
    assert!(html.starts_with("<!doctype html>"), "{path}");
    for (what, times) in [
        ("<html lang=", 1),
        ("<main id=\"main\"", 1),
        ("<h1", 1),
        ("<header", 1),
        ("<footer", 1),
        ("class=\"skip\"", 1),
        ("<title>", 1),
    ] {
        assert_eq!(html.matches(what).count(), times, "{path} {lang}: {what}");
    }
    assert!(
        html.contains(&format!("<html lang=\"{lang}\"")),
        "{path} {lang}"
    );
    assert_eq!(
        html.matches("<article").count(),
        html.matches("</article>").count(),
        "{path}"
    );
    assert_eq!(
        html.matches("<form").count(),
        html.matches("</form>").count(),
        "{path}"
    );
    assert_eq!(
        html.matches("<div").count(),
        html.matches("</div>").count(),
        "{path}"
    );
    for key in [
        "when-",
        "card-",
        "item-",
        "ops-",
        "field-",
        "nav-",
        "feed-",
        "did-",
        "op-state-",
        "me-",
        "faq-",
    ] {
        for quote in [">", ": ", "\""] {
            let raw = format!("{quote}{key}");
            let found = html
                .split(&raw)
                .skip(1)
                .filter(|rest| {
                    rest.starts_with(|c: char| c.is_ascii_lowercase()) && rest.contains('<')
                })
                .find(|rest| {
                    let word: String = rest
                        .chars()
                        .take_while(|c| c.is_ascii_alphanumeric() || *c == '-')
                        .collect();
                    rest[word.len()..].starts_with('<')
                });
            assert!(found.is_none(), "{path} {lang}: a key without words: {raw}");
        }
    }
    check_ids(path, html);
    check_headings(path, html);
}

/// No id twice, and every label, description and title points at something.
fn check_ids(path: &str, html: &str) {
    let values = |name: &str| -> Vec<String> {
        let mark = format!(" {name}=\"");
        html.split(&mark)
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap_or_default().to_owned())
            .collect()
    };
    let ids = values("id");
    let unique: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(unique.len(), ids.len(), "{path}: an id twice in {ids:?}");
    for name in ["for", "aria-labelledby", "aria-describedby"] {
        for target in values(name)
            .iter()
            .flat_map(|value| value.split_whitespace())
        {
            assert!(
                ids.iter().any(|id| id == target),
                "{path}: {name}={target} points at nothing"
            );
        }
    }
    for target in html
        .split("href=\"#")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap_or_default())
    {
        assert!(
            ids.iter().any(|id| id == target),
            "{path}: #{target} is nowhere"
        );
    }
}

/// Headings never skip a level.
fn check_headings(path: &str, html: &str) {
    let mut last = 0;
    for rest in html.split("<h").skip(1) {
        let Some(level) = rest.chars().next().and_then(|c| c.to_digit(10)) else {
            continue;
        };
        assert!(level <= last + 1, "{path}: h{level} after h{last}");
        last = level;
    }
}

#[tokio::test]
async fn every_page_is_whole_in_both_languages() {
    for lang in ["id", "en"] {
        let browser = Browser::signed_in().with("accept-language", lang);
        for path in every_page() {
            let answer = browser.get(&path).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}");
            assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
            check_page(&path, lang, answer.text());
        }
    }
}

#[tokio::test]
async fn pages_for_nobody_yet_are_whole_in_both_languages() {
    for lang in ["id", "en"] {
        let browser = Browser::guest().with("accept-language", lang);
        for path in [
            "/login",
            "/login?return=/apps",
            "/login?did=signed-out",
            "/help",
        ] {
            let answer = browser.get(path).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}");
            check_page(path, lang, answer.text());
        }
        let missing = browser.get("/tidak/ada").await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND);
        check_page("/tidak/ada", lang, missing.text());
    }
}

#[tokio::test]
async fn every_list_has_words_when_it_is_empty() {
    let world = World {
        apps: 0,
        stale: false,
        ..World::new(super::kit::ORIGIN)
    };
    world.items.lock().expect("a lock").clear();
    let browser = Browser::signed_in_to(world);
    for (path, words) in [
        ("/feed", "Tidak ada yang menunggu Anda"),
        ("/feed?unread=1", "Tidak ada yang cocok"),
        ("/apps", "Belum ada aplikasi"),
        ("/agenda", "Belum ada agenda"),
        ("/search?q=x", "Tidak ditemukan"),
    ] {
        let answer = browser.get(path).await;
        assert!(answer.text().contains(words), "{path}: {}", answer.text());
        check_page(path, "id", answer.text());
    }
}

#[tokio::test]
async fn an_item_says_everything_in_words() {
    let browser = Browser::signed_in();
    let answer = browser.get(&format!("/items/{}", letter().item.id)).await;
    for words in [
        "Undangan rapat koordinasi layanan terpadu",
        "Didisposisi",
        "Prioritas Mendesak",
        "Tenggat hari ini 15.12 WITA",
        "005/1142/Diskominfos/2026",
        "23 November 2026",
        "Surat masuk",
        "Hadir dan laporkan",
        "Menunggu diproses",
        "Penanda tangan",
        "undangan.pdf",
        "1,4 MB",
        "https://surat.divos.test/buka/S-1142",
        "Teruskan disposisi",
        "semua pegawai",
        "030801",
        "DIVOS membaca aplikasinya",
        "warna_map",
        "merah",
        "kami menganggapnya WITA",
    ] {
        assert!(answer.text().contains(words), "{words}");
    }
    assert_eq!(browser.world.taken(), ["mark {\"seen\":true}"]);
    browser.get(&format!("/items/{}", letter().item.id)).await;
    assert!(
        browser.world.taken().is_empty(),
        "what is seen is not marked again"
    );
}

#[tokio::test]
async fn restricted_items_show_no_summary_of_their_own_making() {
    let answer = Browser::signed_in().get("/feed?app=arsip").await;
    assert!(answer.text().contains("Berita acara pemeriksaan internal"));
    assert!(answer.text().contains("Terbatas"));
}

#[tokio::test]
async fn the_feed_goes_on_by_link_and_by_htmx() {
    let browser = Browser::signed_in();
    let first = browser.get("/feed?unread=1").await;
    let more = "/feed?unread=1&#38;cursor=20";
    assert!(first.text().contains(more), "{}", first.text());
    assert_eq!(first.text().matches("<article").count(), 20);
    let rest = browser.get("/feed?unread=1&cursor=20").await;
    assert!(rest.text().contains("<!doctype html>"));
    let fragment = Browser::signed_in()
        .with("hx-request", "true")
        .get("/feed?unread=1&cursor=20")
        .await;
    assert!(
        fragment.text().trim_start().starts_with("<li>"),
        "{}",
        fragment.text()
    );
    assert_eq!(
        fragment.text().matches("<article").count(),
        rest.text().matches("<article").count()
    );
    let expired = browser.get("/feed?cursor=bukan").await;
    assert_eq!(expired.status, StatusCode::GONE);
}

#[tokio::test]
async fn a_filter_that_means_nothing_is_said() {
    let answer = Browser::signed_in().get("/feed?kind=kucing").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    check_page("/feed?kind=kucing", "id", answer.text());
}

#[tokio::test]
async fn the_language_that_was_chosen_is_remembered() {
    let answer = Browser::signed_in().get("/apps?lang=en").await;
    assert!(answer.text().contains("<html lang=\"en\""));
    assert!(
        answer
            .header("set-cookie")
            .starts_with("__Host-divos-lang=en; Path=/; Secure")
    );
    let mut browser = Browser::signed_in();
    browser.cookie.push_str("; __Host-divos-lang=en");
    assert!(
        browser
            .get("/apps")
            .await
            .text()
            .contains("<html lang=\"en\"")
    );
}

#[tokio::test]
async fn apps_are_opened_on_their_own_host_and_tell_their_health() {
    let answer = Browser::signed_in().get("/apps").await;
    for words in [
        "href=\"https://surat.divos.test/\"",
        "Lancar",
        "Gagal dibaca",
        "Data terlambat",
        "Tidak dapat dihubungi",
        "Belum pernah dibaca",
        "belum tersambung",
        "3 belum dibaca",
    ] {
        assert!(answer.text().contains(words), "{words}");
    }
}

#[tokio::test]
async fn what_an_app_is_for_is_said_in_words_and_found_by_them() {
    let answer = Browser::signed_in().get("/apps?q=disposisi").await;
    assert!(
        answer.text().contains("<p>Surat dan disposisi</p>"),
        "{}",
        answer.text()
    );
    assert!(!answer.text().contains("<p>letter</p>") && !answer.text().contains("Catatan bebas"));
}

#[tokio::test]
async fn the_agenda_is_by_day_with_hours() {
    let answer = Browser::signed_in().get("/agenda").await;
    for words in [
        "besok",
        "Rabu, 25 November 2026",
        "07.12–08.12 WITA",
        "tenggat 15.12 WITA",
        "Halaman kantor",
    ] {
        assert!(answer.text().contains(words), "{words}: {}", answer.text());
    }
}
