//! A person's own data, as their page shows it.

use super::kit::{Browser, ORIGIN};
use super::sample::World;
use http::StatusCode;

#[tokio::test]
async fn everybody_sees_what_is_held_why_how_long_and_whom_to_ask() {
    let world = World {
        operator: false,
        ..World::new(ORIGIN)
    };
    let browser = Browser::signed_in_to(world);
    let page = browser.get("/me/data").await;
    assert_eq!(page.status, StatusCode::OK);
    for words in [
        "Ni Made Sekar Ayu &#60;Contoh&#62;, S.Kom.",
        "990001012026011001",
        "sekar@denpasar.example",
        "Sekretaris",
        "Plt.",
        "sejak 1 Februari 2024 sampai 31 Desember 2025",
        "Firefox, Android",
        "paling lama 12 jam",
        "kalender &#60;ponsel&#62;",
        "sudah tidak berlaku",
        "1.240",
        "87",
        "Masuk",
        "Kata sandi diganti",
        "oleh petugas",
        "sesuatu.baru",
        "dari 127.0.0.1",
        "seluruhnya ada di berkas unduhan",
        "Aduan Warga (contoh)",
        "Pemilik: 030801",
        "730 hari",
        "Meja bantuan &#60;contoh&#62;, pesawat 112",
        "3 × 24 jam",
        "href=\"/api/v1/me/data\"",
    ] {
        assert!(page.text().contains(words), "{words}");
    }
    let english = browser.get("/me/data?lang=en").await;
    for words in [
        "My data",
        "at most 12 hours",
        "within 72 hours",
        "The password was replaced",
    ] {
        assert!(english.text().contains(words), "{words}");
    }
    let seen = browser.world.taken();
    assert_eq!(seen.len(), 2, "each look is asked for: {seen:?}");
}

#[tokio::test]
async fn nobody_sees_it_without_signing_in() {
    let guest = Browser::guest();
    let answer = guest.get("/me/data").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(answer.header("location").starts_with("/login?return="));
    assert!(guest.world.taken().is_empty(), "nothing was read for them");
}

#[tokio::test]
async fn ones_own_page_leads_there_and_help_says_whom_to_ask() {
    let browser = Browser::signed_in();
    assert!(
        browser
            .get("/me")
            .await
            .text()
            .contains("href=\"/me/data\"")
    );
    assert!(
        browser
            .get("/help")
            .await
            .text()
            .contains("Meja bantuan &#60;contoh&#62;")
    );
}
