//! Sign-in, sign-out, and who is sent where.

use super::kit::Browser;
use super::sample::World;
use http::StatusCode;

#[tokio::test]
async fn who_is_not_signed_in_is_asked_and_brought_back() {
    for (path, back) in [
        ("/", "%2F"),
        ("/feed?kind=letter&lang=en", "%2Ffeed%3Fkind%3Dletter"),
        ("/items/x", "%2Fitems%2Fx"),
        ("/ops", "%2Fops"),
    ] {
        let answer = Browser::guest().get(path).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
        assert_eq!(
            answer.header("location"),
            format!("/login?return={back}"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_script_is_told_401_and_never_redirected() {
    let htmx = Browser::guest()
        .with("hx-request", "true")
        .get("/feed")
        .await;
    assert_eq!(htmx.status, StatusCode::UNAUTHORIZED);
    assert_eq!(htmx.header("hx-redirect"), "/login?return=%2Ffeed");
    let fetch = Browser::guest()
        .with("sec-fetch-mode", "cors")
        .get("/feed")
        .await;
    assert_eq!(fetch.status, StatusCode::UNAUTHORIZED);
    assert_eq!(fetch.header("location"), "");
}

#[tokio::test]
async fn the_form_carries_its_token_and_the_place_to_return_to() {
    let answer = Browser::guest()
        .get("/login?return=/apps%3Fq%3Dsurat")
        .await;
    for words in [
        "name=\"csrf\" value=\"sample-token\"",
        "name=\"return\" value=\"/apps?q=surat\"",
        "autocomplete=\"username\"",
        "autocomplete=\"current-password\"",
        "NIP atau surel",
    ] {
        assert!(answer.text().contains(words), "{words}");
    }
    assert_eq!(answer.header("set-cookie"), "nonce=1; Path=/");
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn a_right_password_signs_in_and_returns() {
    let browser = Browser::guest();
    let answer = browser
        .post(
            "/login",
            &[
                ("login", " 990001012026011001 "),
                ("password", "benar"),
                ("return", "/apps"),
            ],
        )
        .await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (StatusCode::SEE_OTHER, "/apps")
    );
    assert_eq!(answer.header("set-cookie"), "sample=1; Path=/");
    assert_eq!(browser.world.taken(), ["sign in 990001012026011001"]);
    let evil = browser
        .post(
            "/login",
            &[
                ("login", "a"),
                ("password", "benar"),
                ("return", "//evil.example"),
            ],
        )
        .await;
    assert_eq!(evil.header("location"), "/");
}

#[tokio::test]
async fn every_refusal_has_its_words() {
    for (password, status, words) in [
        ("salah", StatusCode::UNAUTHORIZED, "tidak cocok"),
        ("ditutup", StatusCode::FORBIDDEN, "dinonaktifkan"),
        (
            "terlalu sering",
            StatusCode::TOO_MANY_REQUESTS,
            "Tunggu 2 menit",
        ),
        (
            "rusak",
            StatusCode::SERVICE_UNAVAILABLE,
            "Kesalahan ada di pihak kami",
        ),
        ("", StatusCode::UNPROCESSABLE_ENTITY, "Isi NIP atau surel"),
    ] {
        let answer = Browser::guest()
            .post(
                "/login",
                &[
                    ("login", "sekar<b>@denpasar.example"),
                    ("password", password),
                    ("return", "/apps"),
                ],
            )
            .await;
        assert_eq!(answer.status, status, "{password}");
        let html = answer.text();
        assert!(
            html.contains(words) && html.contains("role=\"alert\""),
            "{password}: {html}"
        );
        assert!(
            html.contains("value=\"sekar&#60;b&#62;@denpasar.example\""),
            "what was typed is kept"
        );
        assert!(
            html.contains("name=\"return\" value=\"/apps\""),
            "the place is kept"
        );
        assert!(
            password.is_empty() || !html.contains(&format!("value=\"{password}\"")),
            "the password is not"
        );
        assert!(!html.contains("the store sleeps"));
    }
    let throttled = Browser::guest()
        .post("/login", &[("login", "a"), ("password", "terlalu sering")])
        .await;
    assert_eq!(throttled.header("retry-after"), "120");
}

#[tokio::test]
async fn a_sign_in_form_without_its_token_is_refused() {
    let answer = Browser::guest()
        .post_raw(
            "/login",
            &[("csrf", "lain"), ("login", "a"), ("password", "benar")],
        )
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.text().contains("kedaluwarsa"));
    assert_eq!(answer.header("location"), "");
}

#[tokio::test]
async fn who_is_signed_in_does_not_see_the_form() {
    let answer = Browser::signed_in().get("/login?return=/apps").await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (StatusCode::SEE_OTHER, "/apps")
    );
}

#[tokio::test]
async fn sign_out_ends_the_session_and_says_so() {
    let browser = Browser::signed_in();
    let answer = browser.post("/logout", &[]).await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (StatusCode::SEE_OTHER, "/login?did=signed-out")
    );
    assert_eq!(answer.header("set-cookie"), "sample=; Max-Age=0");
    assert_eq!(browser.world.taken(), ["sign out"]);
    assert_eq!(
        browser.get("/logout").await.status,
        StatusCode::METHOD_NOT_ALLOWED
    );
}

#[tokio::test]
async fn a_store_that_sleeps_lets_nobody_in_and_tells_nobody_why() {
    let world = World {
        broken: true,
        ..World::new(super::kit::ORIGIN)
    };
    let browser = Browser::signed_in_to(world);
    for path in ["/feed", "/me", "/login"] {
        let answer = browser.get(path).await;
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{path}");
        assert!(answer.text().contains("DIVOS sedang bermasalah"));
        assert!(!answer.text().contains("rahasia"), "{path}");
    }
}
