//! The operator's pages over all apps together.

use super::kit::{Browser, ORIGIN};
use super::sample::World;
use http::StatusCode;

#[tokio::test]
async fn pairs_come_with_their_reasons_and_can_be_cut_by_relation() {
    let answer = Browser::signed_in().get("/ops/overlap").await;
    for words in [
        "Balai &#60;Sumerta&#62; (contoh)",
        "Produk yang sama (1)",
        "Ganda (1)",
        "Jalan lain (1)",
        "91 %",
        "73 %",
        "Produk yang sama: balai",
        "Fungsi sama: Antrean (dimiliki 3 aplikasi)",
        "2 butir sama persis di keduanya",
        "Nama mirip 61 %",
        "Jenis data sama: Pengumuman",
        "Satu alamat yang sama: kamera",
        "Pemilik sama",
    ] {
        assert!(answer.text().contains(words), "{words}");
    }
    let answer = Browser::signed_in().get("/ops/overlap?is=channel").await;
    assert!(answer.text().contains("Kamera Jalan") && !answer.text().contains("Antrean Loket"));
    let english = Browser::signed_in().get("/ops/overlap?lang=en").await;
    assert!(
        english
            .text()
            .contains("2 items are exactly the same in both")
    );
}

#[tokio::test]
async fn the_record_says_what_is_read_why_and_what_becomes_of_it() {
    let browser = Browser::signed_in();
    let all = browser.get("/ops/processing").await;
    for words in [
        "2 aplikasi.",
        "1 memuat data pribadi.",
        "730 hari",
        "Aduan Warga (contoh)",
        "unit Diskominfos (contoh) (030801) dan di bawahnya",
    ] {
        assert!(all.text().contains(words), "{words}");
    }
    let one = browser.get("/ops/processing/aduan").await;
    for words in [
        "pelapor.nama",
        "pasal 20 ayat 2 huruf e",
        "Disamarkan bagi yang tidak berkepentingan",
        "Dibuang",
        "pelapor.nik <span",
        "Pengaduan warga",
    ] {
        assert!(one.text().contains(words), "{words}");
    }
    assert!(
        browser
            .get("/ops/processing/berita")
            .await
            .text()
            .contains("selama masih ada di aplikasi asalnya")
    );
    assert_eq!(
        browser.get("/ops/processing/tidak-ada").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn both_are_files_too() {
    let browser = Browser::signed_in();
    let overlap = browser.get("/ops/overlap.csv").await;
    assert_eq!(overlap.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(
        overlap.header("content-disposition"),
        "attachment; filename=\"tumpang-tindih.csv\""
    );
    let lines: Vec<&str> = overlap.text().split("\r\n").collect();
    assert_eq!(lines.len(), 5, "a heading, three pairs, an end: {lines:?}");
    assert!(lines[0].starts_with("Aplikasi 1,Nama 1"));
    assert!(lines[1].starts_with("balai-a,Balai <Sumerta> (contoh),170001,balai-b,"));
    let record = browser.get("/ops/processing.csv?lang=en").await;
    assert!(
        record
            .text()
            .starts_with("Id,App,Controller (unit code),Purpose")
    );
    assert_eq!(
        record.text().matches("\r\n").count(),
        6,
        "a row for each field"
    );
}

#[tokio::test]
async fn nobody_else_sees_them() {
    let world = World {
        operator: false,
        ..World::new(ORIGIN)
    };
    let browser = Browser::signed_in_to(world);
    for path in [
        "/ops/overlap",
        "/ops/overlap.csv",
        "/ops/processing",
        "/ops/processing.csv",
        "/ops/processing/aduan",
    ] {
        assert_eq!(
            browser.get(path).await.status,
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
}

#[tokio::test]
async fn an_item_leads_to_its_twins_and_says_that_it_is_masked() {
    let browser = Browser::signed_in();
    let (id, twin) = {
        let mut items = browser.world.items.lock().expect("a lock");
        let twin = items[1].item.id;
        items[0].masked = true;
        items[0].also = vec![divos_store::Twin {
            id: twin,
            app: "surat".parse().expect("a slug"),
        }];
        (items[0].item.id, twin)
    };
    let page = browser.get(&format!("/items/{id}")).await;
    assert!(page.text().contains(&format!("href=\"/items/{twin}\"")));
    assert!(page.text().contains("Hal yang sama di"));
    assert!(page.text().contains("Sebagian data pribadi disamarkan"));
    let other = browser.get(&format!("/items/{twin}")).await;
    assert!(!other.text().contains("Sebagian data pribadi disamarkan"));
}
