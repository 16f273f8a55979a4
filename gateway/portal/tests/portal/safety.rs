//! What hostile words, other sites and strange requests get.

use super::kit::{Browser, ORIGIN};
use super::sample::{everything, letter};
use http::{Request, StatusCode};

/// Every form that changes something.
fn every_post() -> Vec<String> {
    let id = letter().item.id;
    [
        "/logout".to_owned(),
        format!("/items/{id}/state"),
        "/me/sessions/b2/end".into(),
        "/me/sessions/end-all".into(),
        "/me/tokens".into(),
        "/me/tokens/t1/revoke".into(),
        "/ops/surat/masuk/run".into(),
        "/ops/surat/edit".into(),
        "/ops/surat/edit/findings".into(),
        "/ops/surat/edit/versions/2".into(),
        "/ops/surat/edit/proposals/5".into(),
    ]
    .to_vec()
}

#[tokio::test]
async fn no_form_is_taken_without_its_token() {
    for path in every_post() {
        for fields in [
            vec![],
            vec![("csrf", "")],
            vec![("csrf", "tebakan")],
            vec![("csrf", "tebakan"), ("csrf", super::sample::CSRF)],
        ] {
            let browser = Browser::signed_in();
            let fields: Vec<_> = fields
                .into_iter()
                .chain([("act", "done"), ("label", "x")])
                .collect();
            let answer = browser.post_raw(&path, &fields).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {fields:?}");
            assert!(answer.text().contains("Formulir sudah tidak berlaku"));
            assert!(browser.world.taken().is_empty(), "{path}");
        }
    }
}

#[tokio::test]
async fn no_form_is_taken_from_another_site() {
    let posts = every_post().into_iter().chain(["/login".to_owned()]);
    for path in posts {
        for (name, value) in [
            ("origin", "https://evil.example"),
            ("origin", "https://surat.divos.test"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            let browser = Browser::signed_in().with(name, value);
            let answer = browser
                .post(
                    &path,
                    &[("act", "done"), ("login", "a"), ("password", "benar")],
                )
                .await;
            assert_eq!(
                answer.status,
                StatusCode::FORBIDDEN,
                "{path} {name}: {value}"
            );
            assert!(browser.world.taken().is_empty(), "{path} {name}: {value}");
        }
        let own = Browser::signed_in()
            .with("origin", ORIGIN)
            .with("sec-fetch-site", "same-origin");
        assert_ne!(
            own.post(
                &path,
                &[("act", "done"), ("login", "a"), ("password", "benar")]
            )
            .await
            .status,
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
}

#[tokio::test]
async fn no_form_is_taken_from_somebody_who_is_not_signed_in() {
    for path in every_post() {
        let browser = Browser::guest();
        let answer = browser.post(&path, &[("act", "done")]).await;
        assert_eq!(
            (answer.status, answer.header("location")),
            (StatusCode::SEE_OTHER, "/login?return=%2Ffeed"),
            "{path}"
        );
        assert!(browser.world.taken().is_empty(), "{path}");
    }
}

/// Tags and attributes that an app's words could have smuggled in.
fn check_harmless(path: &str, html: &str) {
    for bad in [
        "<script>",
        "<img",
        "onerror=alert(1)>",
        "</title><svg",
        "'onmouseover='",
        "href=\"javascript:",
        "href=\"data:",
    ] {
        assert!(!html.contains(bad), "{path}: {bad}");
    }
    assert_eq!(
        html.matches("<title>").count(),
        html.matches("</title>").count()
    );
    for rest in html.split("<script").skip(1) {
        assert!(
            rest.starts_with(" defer src=\"/assets/"),
            "{path}: a script of its own: {}",
            &rest[..40]
        );
    }
    for inline in [" style=\"", " onclick=", " onload=", "<style"] {
        assert!(!html.contains(inline), "{path}: {inline}");
    }
}

#[tokio::test]
async fn hostile_words_stay_words() {
    let browser = Browser::signed_in();
    let mut paths: Vec<String> = everything()
        .iter()
        .map(|entry| format!("/items/{}", entry.item.id))
        .collect();
    paths.extend(["/feed", "/ops/agenda", "/me", "/apps"].map(str::to_owned));
    for hostile in super::sample::HOSTILE {
        let q: String = url::form_urlencoded::byte_serialize(hostile.as_bytes()).collect();
        paths.extend([
            format!("/feed?q={q}"),
            format!("/search?q={q}"),
            format!("/apps?q={q}"),
            format!("/login?return={q}"),
            format!("/{q}"),
            format!("/feed?did={q}&item={q}"),
            format!("/feed?x=1&{q}={q}"),
        ]);
    }
    for path in paths {
        for htmx in ["false", "true"] {
            let answer = Browser::signed_in_to(browser.world.clone())
                .with("hx-request", htmx)
                .get(&path)
                .await;
            check_harmless(&path, answer.text());
        }
    }
}

#[tokio::test]
async fn every_answer_carries_the_fixed_headers() {
    for (path, browser) in [
        ("/feed", Browser::signed_in()),
        ("/login", Browser::guest()),
        ("/feed", Browser::guest()),
        ("/tidak-ada", Browser::guest()),
        ("/ops", Browser::signed_in()),
    ] {
        let answer = browser.get(path).await;
        let policy = answer.header("content-security-policy");
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "form-action 'self' https://*.divos.test",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ] {
            assert!(policy.contains(part), "{path}: {part}");
        }
        assert!(!policy.contains("unsafe"), "{path}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cache-control", "no-store"),
            ("cross-origin-opener-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), value, "{path}");
        }
    }
}

#[tokio::test]
async fn a_form_that_is_too_large_is_refused() {
    let request =
        Request::post("/me/tokens").header("content-type", "application/x-www-form-urlencoded");
    let answer = Browser::signed_in()
        .send(
            request,
            format!("csrf={}&label={}", super::sample::CSRF, "x".repeat(100_000)),
        )
        .await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let login = Browser::guest()
        .send(Request::post("/login"), "x".repeat(100_000))
        .await;
    assert_eq!(login.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn the_page_of_origin_is_only_ever_one_of_ours() {
    let path = format!("/items/{}", letter().item.id);
    for (referer, back) in [
        ("https://divos.test/feed?kind=letter", "/feed?kind=letter"),
        ("https://evil.example/feed", "/feed"),
        ("https://divos.test.evil.example/x", "/feed"),
        ("https://divos.test//evil.example", "/feed"),
        ("https://divos.test/login", "/feed"),
    ] {
        let answer = Browser::signed_in()
            .with("referer", referer)
            .get(&path)
            .await;
        let link = format!(
            "class=\"btn quiet\" href=\"{}\"",
            back.replace('&', "&#38;")
        );
        assert!(answer.text().contains(&link), "{referer}");
    }
}
