//! The pages of the editor, without script and as htmx asks for their parts.

use super::kit::{Browser, ORIGIN};
use super::sample::World;
use super::sample::editing::{GOOD, HASH};
use http::StatusCode;

fn typed<'a>(act: &'a str, text: &'a str, reason: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("act", act),
        ("base", HASH),
        ("text", text),
        ("reason", reason),
    ]
}

#[tokio::test]
async fn the_editor_shows_the_file_with_its_lines_and_what_it_would_do() {
    let page = Browser::signed_in().get("/ops/surat/edit").await;
    assert_eq!(page.status, StatusCode::OK);
    for words in [
        "Ubah konektor surat",
        "<li id=\"L3\">3</li>",
        "metadata: { name: surat, title: Surat }",
        "Tidak ada kesalahan.",
        "PRIVASI DILONGGARKAN",
        "hx-post=\"/ops/surat/edit/findings\"",
        "Simpan dan berlakukan",
        "Uji coba",
        "bukan waktu",
    ] {
        assert!(page.text().contains(words), "{words}");
    }
    assert!(
        !page.text().contains("<script>"),
        "hostile words stay words"
    );
    let new = Browser::signed_in().get("/ops/baru/edit").await;
    assert!(new.text().contains("Konektor ini belum ada"));
    assert!(!new.text().contains("value=\"remove\""));
}

#[tokio::test]
async fn what_is_typed_is_kept_whatever_comes_of_it() {
    let browser = Browser::signed_in();
    let wrong = "metadata: {}\r\ntilte: x\r\n";
    let checked = browser
        .post("/ops/surat/edit", &typed("check", wrong, ""))
        .await;
    assert_eq!(checked.status, StatusCode::SEE_OTHER);
    assert_eq!(browser.world.taken(), ["keep surat base=h1 "]);
    let page = browser.get(checked.header("location")).await;
    for words in [
        "tilte: x",
        "kunci `tilte` tidak dikenal",
        "href=\"#L2\" data-line=\"2\" data-column=\"3\"",
        "Baris 2, kolom 3",
        "konektor arsip tidak dapat dipakai lagi",
        "Draf Anda terakhir disimpan",
        "Buang draf",
    ] {
        assert!(page.text().contains(words), "{words}");
    }
    // A save without a reason says so on the same page, with the text.
    let refused = browser
        .post("/ops/surat/edit", &typed("save", "a: b", " "))
        .await;
    assert_eq!(refused.status, StatusCode::OK);
    for words in [
        "Tulis alasan perubahan.",
        "aria-invalid=\"true\"",
        "\na: b</textarea>",
    ] {
        assert!(refused.text().contains(words), "{words}");
    }
    let gone = browser
        .post("/ops/surat/edit", &typed("discard", "x", ""))
        .await;
    assert_eq!(gone.header("location"), "/ops/surat/edit?did=discarded");
    assert!(
        browser
            .get("/ops/surat/edit")
            .await
            .text()
            .contains("title: Surat")
    );
}

#[tokio::test]
async fn a_save_leads_to_the_history_or_to_its_proposal() {
    let browser = Browser::signed_in();
    let saved = browser
        .post("/ops/surat/edit", &typed("save", GOOD, "judul"))
        .await;
    assert_eq!(saved.header("location"), "/ops/surat/history?did=in-force");
    let removed = browser
        .post("/ops/surat/edit", &typed("remove", GOOD, "usang"))
        .await;
    assert_eq!(
        removed.header("location"),
        "/ops/surat/history?did=in-force"
    );
    let tried = browser
        .post("/ops/surat/edit", &typed("try", GOOD, ""))
        .await;
    assert_eq!(tried.header("location"), "/ops/surat/edit#trial");
    assert_eq!(
        browser.world.taken(),
        [
            "save surat base=h1 judul",
            "keep surat base=h1 usang",
            "remove surat usang",
            "keep surat base=h1 ",
            "try surat"
        ]
    );
    let two = Browser::signed_in_to(World {
        two_persons: true,
        ..World::new(ORIGIN)
    });
    let page = two.get("/ops/surat/edit").await;
    assert!(page.text().contains("value=\"save\">Usulkan"));
    let saved = two
        .post("/ops/surat/edit", &typed("save", GOOD, "judul"))
        .await;
    assert_eq!(
        saved.header("location"),
        "/ops/surat/edit/proposals/5?did=proposed"
    );
    let page = two.get(saved.header("location")).await;
    assert!(page.text().contains("Operator lain harus menyetujuinya"));
}

#[tokio::test]
async fn a_file_that_changed_meanwhile_is_shown_beside_what_was_typed() {
    let browser = Browser::signed_in();
    let mine = GOOD.replace("Surat }", "Surat Saya }");
    let old = [("act", "check"), ("base", "h0"), ("text", mine.as_str())];
    browser.post("/ops/surat/edit", &old).await;
    let page = browser.get("/ops/surat/edit").await;
    for words in [
        "Berkas berubah sejak Anda mulai",
        "Surat Mereka }",
        "Surat Saya }",
        "name=\"theirs\" value=\"h1\"",
    ] {
        assert!(page.text().contains(words), "{words}");
    }
    let fields = [
        ("act", "mine"),
        ("base", "h0"),
        ("theirs", "h1"),
        ("text", mine.as_str()),
    ];
    browser.post("/ops/surat/edit", &fields).await;
    let page = browser.get("/ops/surat/edit").await;
    assert!(!page.text().contains("Berkas berubah"));
    assert!(page.text().contains("Surat Saya }"));
}

#[tokio::test]
async fn findings_and_the_trial_come_as_parts() {
    let browser = Browser::signed_in().with("hx-request", "true");
    let fields = typed("", "tilte: x\nberjalan: ya", "");
    let part = browser.post("/ops/surat/edit/findings", &fields).await;
    assert_eq!(part.status, StatusCode::OK);
    assert!(!part.text().contains("<html") && part.text().contains("DV0102"));
    let trial = browser.get("/ops/surat/edit/trial").await;
    assert!(
        trial.text().contains("hx-trigger=\"every 1s\""),
        "{}",
        trial.text()
    );
    assert!(
        trial
            .text()
            .contains("Teks sudah berubah sejak uji coba ini")
    );
    let none = browser.get("/ops/baru/edit/trial").await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_history_tells_who_and_why_and_brings_back() {
    let browser = Browser::signed_in();
    let page = browser.get("/ops/surat/history").await;
    for words in [
        "Versi 2",
        "judul baru",
        "Diputuskan oleh I Made Contoh",
        "Sudah ada ketika riwayat ini dimulai.",
        "Diubah langsung pada berkasnya",
        "alamatnya keliru",
    ] {
        assert!(page.text().contains(words), "{words}");
    }
    let version = browser.get("/ops/surat/edit/versions/2").await;
    for words in ["Ditambahkan: ", "Surat Masuk }", "Kembalikan versi ini"] {
        assert!(version.text().contains(words), "{words}");
    }
    assert!(
        !browser
            .get("/ops/surat/edit/versions/3")
            .await
            .text()
            .contains("Kembalikan versi ini")
    );
    let back = browser
        .post("/ops/surat/edit/versions/2", &[("reason", "keliru")])
        .await;
    assert_eq!(back.header("location"), "/ops/surat/history?did=in-force");
    assert_eq!(browser.world.taken(), ["restore surat 2 keliru"]);
}

#[tokio::test]
async fn a_proposal_is_decided_on_its_page() {
    let browser = Browser::signed_in();
    assert!(
        browser
            .get("/ops")
            .await
            .text()
            .contains("Usulan yang menunggu keputusan")
    );
    let page = browser.get("/ops/surat/edit/proposals/5").await;
    for words in ["Setujui dan berlakukan", "Tolak", "Surat Masuk }"] {
        assert!(page.text().contains(words), "{words}");
    }
    let own = browser.get("/ops/surat/edit/proposals/6").await;
    assert!(own.text().contains("Diperlukan dua orang.") && own.text().contains("Tarik kembali"));
    assert!(!own.text().contains("value=\"approve\""));
    let decided = browser.get("/ops/surat/edit/proposals/4").await;
    assert!(!decided.text().contains("value=\"approve\""));
    let silent = browser
        .post(
            "/ops/surat/edit/proposals/5",
            &[("act", "reject"), ("note", "")],
        )
        .await;
    assert!(silent.text().contains("Tulis alasan."));
    let approved = browser
        .post(
            "/ops/surat/edit/proposals/5",
            &[("act", "approve"), ("note", "baik")],
        )
        .await;
    assert_eq!(
        approved.header("location"),
        "/ops/surat/edit/proposals/5?did=approved"
    );
    assert_eq!(
        browser.world.taken(),
        ["decide 5 Reject ", "decide 5 Approve baik"]
    );
    // The address must name the app that the proposal is of.
    let elsewhere = browser.get("/ops/baru/edit/proposals/5").await;
    assert_eq!(elsewhere.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn nobody_else_sees_or_changes_a_definition() {
    let world = World {
        operator: false,
        ..World::new(ORIGIN)
    };
    let browser = Browser::signed_in_to(world);
    for path in [
        "/ops/surat/edit",
        "/ops/surat/edit/trial",
        "/ops/surat/history",
        "/ops/surat/edit/versions/2",
        "/ops/surat/edit/proposals/5",
    ] {
        let answer = browser.get(path).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
    for path in [
        "/ops/surat/edit",
        "/ops/surat/edit/findings",
        "/ops/surat/edit/versions/2",
        "/ops/surat/edit/proposals/5",
    ] {
        let answer = browser.post(path, &typed("approve", GOOD, "x")).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert!(browser.world.taken().is_empty());
}

#[tokio::test]
async fn an_id_opens_the_editor_and_what_is_none_is_said() {
    let browser = Browser::signed_in();
    let open = browser.get("/ops?open=Surat").await;
    assert_eq!(open.header("location"), "/ops/surat/edit");
    let none = browser.get("/ops?open=..%2Fx").await;
    assert_eq!(none.status, StatusCode::OK);
    assert!(none.text().contains("aria-invalid=\"true\""));
}

#[tokio::test]
async fn a_large_definition_fits_and_a_huge_form_does_not() {
    let browser = Browser::signed_in();
    let text = "# é\n".repeat(50_000);
    let kept = browser
        .post("/ops/surat/edit", &typed("check", &text, ""))
        .await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER);
    let text = "# é\n".repeat(500_000);
    let refused = browser
        .post("/ops/surat/edit", &typed("check", &text, ""))
        .await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
}
