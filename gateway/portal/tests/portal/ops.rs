//! The operator's pages.

use super::kit::{Browser, ORIGIN};
use super::sample::World;
use http::StatusCode;

#[tokio::test]
async fn the_table_tells_how_every_source_fares() {
    let answer = Browser::signed_in().get("/ops").await;
    for words in [
        "5 sumber data.",
        "Surat Kota (contoh)",
        "4 menit lalu",
        "dalam 1 menit",
        "1.240",
        "Lancar",
        "Gagal",
        "menolak kunci hub (HTTP 401)",
        "Terputus",
        "Terlambat",
        "Sedang dibaca",
        "belum pernah",
        "selama 1,8 s",
        "Baca sekarang",
        "Perubahan konektor agenda ditolak",
        "kunci `evry` tidak dikenal",
    ] {
        assert!(answer.text().contains(words), "{words}");
    }
    let troubled = Browser::signed_in().get("/ops?only=trouble").await;
    assert!(
        troubled.text().contains("Kinerja (contoh)")
            && !troubled.text().contains("Surat Kota (contoh)")
    );
}

#[tokio::test]
async fn an_apps_page_shows_its_row_faults_and_what_a_reload_kept_out() {
    let answer = Browser::signed_in().get("/ops/agenda").await;
    for words in [
        "Baris 7",
        "A-0&#60;script&#62;",
        "starts_at",
        "is not a time",
        "agenda.yaml",
        "Perubahan terakhir ditolak",
        "connectors.d/agenda.yaml:7:3",
    ] {
        assert!(answer.text().contains(words), "{words}");
    }
    assert_eq!(
        Browser::signed_in().get("/ops/tidak-ada").await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        Browser::signed_in().get("/ops/BUKAN_ID").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_run_is_asked_for_and_its_progress_shown() {
    let browser = Browser::signed_in();
    for (path, did) in [
        ("/ops/surat/masuk/run", "/ops/surat?did=run"),
        ("/ops/aset/barang/run", "/ops/aset?did=running"),
        ("/ops/baru/data/run", "/ops/baru?did=full"),
    ] {
        let answer = browser.post(path, &[]).await;
        assert_eq!(
            (answer.status, answer.header("location")),
            (StatusCode::SEE_OTHER, did)
        );
    }
    assert_eq!(
        browser.world.taken(),
        ["run surat/masuk", "run aset/barang", "run baru/data"]
    );
    assert_eq!(
        browser.post("/ops/tidak-ada/x/run", &[]).await.status,
        StatusCode::NOT_FOUND
    );
    let running = browser.get("/ops/aset").await;
    assert!(
        running.text().contains("hx-trigger=\"every 2s\"")
            && running.text().contains("memperbarui dirinya sendiri")
    );
    let part = Browser::signed_in()
        .with("hx-request", "true")
        .get("/ops/aset")
        .await;
    assert!(
        part.text().trim_start().starts_with("<div id=\"sources\"")
            && !part.text().contains("<html"),
        "{}",
        part.text()
    );
    let just_asked = browser.get("/ops/surat?did=run").await;
    assert!(
        just_asked.text().contains("every 2s"),
        "a run that was asked for is followed"
    );
    let finished = Browser::signed_in()
        .with("hx-request", "true")
        .get("/ops/surat")
        .await;
    assert!(
        finished.text().contains("data-said=\"Pembacaan selesai.\"")
            && !finished.text().contains("every 2s")
    );
    let idle = browser.get("/ops/surat").await;
    assert!(
        !idle.text().contains("every 2s"),
        "nothing is asked again and again when nothing runs"
    );
}

#[tokio::test]
async fn nobody_else_sees_or_runs_a_source() {
    let world = World {
        operator: false,
        ..World::new(ORIGIN)
    };
    let browser = Browser::signed_in_to(world);
    for path in ["/ops", "/ops/surat"] {
        assert_eq!(
            browser.get(path).await.status,
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
    assert_eq!(
        browser.post("/ops/surat/masuk/run", &[]).await.status,
        StatusCode::FORBIDDEN
    );
    assert!(browser.world.taken().is_empty());
    assert!(!browser.get("/feed").await.text().contains("href=\"/ops\""));
}
