//! Registering an app, deciding about it, and the app's own page.

use super::kit::Browser;
use super::sample::SECRET;
use http::StatusCode;

const APP: [(&str, &str); 6] = [
    ("step", "1"),
    ("go", "next"),
    ("name", "Surat <Masuk>"),
    ("unit", "030801"),
    ("capability", "letter"),
    ("address", "https://surat.example"),
];

#[tokio::test]
async fn a_step_with_a_fault_keeps_everything_and_says_what_to_mend() {
    let browser = Browser::signed_in();
    let start = browser.get("/apps/register").await;
    for words in ["Nama aplikasi", "Unit kerja pemilik", "Surat", "lainnya"] {
        assert!(start.text().contains(words), "{words}");
    }
    let mut wrong = APP;
    wrong[5].1 = "";
    let answer = browser.post("/apps/register", &wrong).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = answer.text();
    assert!(page.contains("value=\"Surat &#60;Masuk&#62;\""), "{page}");
    assert!(page.contains("Isi bagian address.") && page.contains("aria-invalid=\"true\""));
    assert!(
        page.contains("action=\"/apps/register/1\""),
        "kept under a number"
    );

    let good = browser.post("/apps/register/1", &APP).await;
    assert_eq!(good.status, StatusCode::SEE_OTHER);
    assert_eq!(good.header("location"), "/apps/register/1?step=2");
}

#[tokio::test]
async fn what_is_asked_follows_from_what_was_answered() {
    let browser = Browser::signed_in();
    browser.post("/apps/register", &APP).await;
    let people = [
        ("step", "2"),
        ("sign_in", "own"),
        ("readers", "everyone"),
        ("personal", "none"),
    ];
    let answer = browser.post("/apps/register/1", &people).await;
    assert_eq!(answer.header("location"), "/apps/register/1?step=3");
    let way = [("step", "3"), ("way", "product")];
    let answer = browser.post("/apps/register/1", &way).await;
    assert_eq!(answer.header("location"), "/apps/register/1?step=4");
    let product = [("step", "4"), ("product", "rss@1")];
    let answer = browser.post("/apps/register/1", &product).await;
    assert_eq!(
        answer.header("location"),
        "/apps/register/1?step=4",
        "it asks more"
    );
    let page = browser.get("/apps/register/1?step=4").await;
    assert!(page.text().contains("name=\"param.path\""));
    let params = [("step", "4"), ("product", "rss@1"), ("param.path", "")];
    let answer = browser.post("/apps/register/1", &params).await;
    assert_eq!(answer.header("location"), "/apps/register/1?step=5");

    let sheet = browser.get("/apps/register/1").await;
    for words in [
        "Surat &#60;Masuk&#62;",
        "Semua pegawai",
        "Rancangannya sah",
        "Kirim ke operator",
    ] {
        assert!(sheet.text().contains(words), "{words}");
    }
    let sent = browser.post("/apps/register/1", &[("go", "send")]).await;
    assert_eq!(sent.header("location"), "/apps/register/1");
    let sheet = browser.get("/apps/register/1?step=1").await;
    assert!(
        sheet.text().contains("Menunggu operator"),
        "no step of it is open any more"
    );
}

#[tokio::test]
async fn only_operators_decide_and_a_refusal_needs_a_reason() {
    let mut browser = Browser::signed_in();
    browser.post("/apps/register", &APP).await;
    browser.post("/apps/register/1", &[("go", "send")]).await;
    let ops = browser.get("/ops").await;
    assert!(ops.text().contains("1 pendaftaran menunggu putusan."));
    let list = browser.get("/ops/registrations").await;
    assert!(list.text().contains("/ops/registrations/1"));
    let bare = [
        ("go", "reject"),
        ("give-text", "metadata: {}"),
        ("give-note", " "),
    ];
    let answer = browser.post("/ops/registrations/1", &bare).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text().contains("Tulis alasannya") && answer.text().contains("metadata: {}"));
    let rule = [
        ("go", "approve"),
        ("give-address", " https://surat.example "),
        ("give-networks", ""),
        ("give-text", "a: b\r\n"),
        ("give-note", "Siap"),
    ];
    browser.post("/ops/registrations/1", &rule).await;
    let done = browser.world.taken().pop().expect("it was asked");
    assert!(
        done.contains("address: \"https://surat.example\"") && done.contains("a: b\\n"),
        "{done}"
    );

    browser.world.operator = false;
    let browser = Browser::signed_in_to(browser.world.clone());
    for path in ["/ops/registrations", "/ops/registrations/1"] {
        assert_eq!(
            browser.get(path).await.status,
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
    let answer = browser.post("/ops/registrations/1", &rule).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(browser.world.taken().is_empty());
}

#[tokio::test]
async fn an_apps_own_page_tells_its_health_its_use_and_no_few_people() {
    let page = Browser::signed_in().get("/apps/surat").await;
    for words in [
        "Surat Kota (contoh)",
        "1.240",
        "212",
        "&#60; 5 orang",
        "Server surat (contoh)",
    ] {
        assert!(page.text().contains(words), "{words}");
    }
    assert!(!page.text().contains(SECRET));
    let missing = Browser::signed_in().get("/apps/tidak-ada").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_secret_is_shown_once_and_a_third_is_refused_in_words() {
    let browser = Browser::signed_in();
    let form = [("label", "Server baru"), ("sort", "hmac")];
    let made = browser.post("/apps/surat/credentials", &form).await;
    assert_eq!(made.status, StatusCode::OK);
    assert!(made.text().contains(SECRET));
    assert!(made.header("cache-control").contains("no-store"));
    assert_eq!(browser.world.taken(), ["credential surat true Server baru"]);
    assert!(!browser.get("/apps/surat").await.text().contains(SECRET));
    let third = browser
        .post("/apps/surat/credentials", &[("label", "ketiga")])
        .await;
    assert_eq!(third.status, StatusCode::CONFLICT);
    assert!(third.text().contains("Sudah ada dua kredensial"));
    let forged = browser.post_raw("/apps/surat/credentials", &form).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN, "no token of the form");
}
