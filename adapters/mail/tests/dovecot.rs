//! Letters out of a real Dovecot.

#![allow(clippy::unwrap_used)] // a helper of tests stops the test where it cannot help

mod server;

use divos_mail::{MailFault, Mailbox, Options, Page, Tls};
use secrecy::SecretString;
use serde_json::json;
use server::{Dovecot, PASSWORD};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

fn cryptography() {
    // Another test of this process may have installed it.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

fn plain(number: u32) -> Vec<u8> {
    format!("From: Made <made@kota.example>\r\nTo: umum@kota.example\r\nSubject: Surat {number}\r\n\
             Message-ID: <{number}@kota.example>\r\nDate: Mon, 2 Nov 2026 09:00:00 +0800\r\n\r\nIsi surat {number}, data buatan.\r\n")
    .into_bytes()
}

async fn first(options: &Options) -> Result<Page, MailFault> {
    cryptography();
    Mailbox::open(options).await?.next(None, 50).await
}

async fn fault(options: &Options) -> MailFault {
    first(options).await.expect_err("it cannot be read")
}

#[tokio::test]
async fn letters_are_read_in_the_clear_and_encrypted_in_both_ways() {
    let dovecot = Dovecot::start();
    dovecot.deliver("INBOX", 1, &plain(1));
    for tls in [Tls::None, Tls::StartTls, Tls::Implicit] {
        let page = first(&dovecot.options(tls)).await.unwrap();
        assert_eq!(page.rows.len(), 1, "{tls:?}");
        assert_eq!(page.rows[0]["subject"], "Surat 1");
        assert!(page.ended && !page.renumbered && page.unread == 0);
    }
    assert_eq!(dovecot.seen("INBOX"), 0, "nothing is marked as seen");
}

#[tokio::test]
async fn a_row_says_what_the_letter_says() {
    let dovecot = Dovecot::start();
    let head = "From: =?utf-8?Q?I_Made_=C3=89ka?= <made@kota.example>\r\nTo: \"Umum, Bagian\" <umum@kota.example>, putu@kota.example\r\n\
                Cc: arsip@kota.example\r\nSubject: =?UTF-8?B?VW5kYW5nYW4gUmFwYXQg4oCTIEJhbGFpIEtvdGE=?=\r\n =?iso-8859-1?Q?_caf=E9?=\r\n\
                Message-ID: <2@kota.example>\r\nIn-Reply-To: <1@kota.example>\r\nReferences: <0@kota.example> <1@kota.example>\r\n\
                Date: Mon, 2 Nov 2026 09:00:00 +0800\r\nMIME-Version: 1.0\r\n";
    let body = "Content-Type: multipart/mixed; boundary=batas\r\n\r\n--batas\r\nContent-Type: multipart/alternative; boundary=dua\r\n\r\n\
                --dua\r\nContent-Type: text/plain; charset=windows-1252\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
                Mohon hadir =96 terima kasih\r\n--dua\r\nContent-Type: text/html\r\n\r\n<p>Mohon hadir</p>\r\n--dua--\r\n\
                --batas\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename*=utf-8''undangan%20%E2%80%93%20rapat.pdf\r\n\
                Content-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjcK\r\n--batas\r\nContent-Type: image/png; name=\"=?utf-8?Q?pe=C3=B1a.png?=\"\r\n\
                Content-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--batas--\r\n";
    dovecot.deliver("INBOX", 1, format!("{head}{body}").as_bytes());
    let page = first(&dovecot.options(Tls::None)).await.unwrap();
    let expected = json!({
        "uid": 1,
        "message_id": "2@kota.example",
        "subject": "Undangan Rapat – Balai Kota café",
        "from": { "name": "I Made Éka", "email": "made@kota.example" },
        "to": [{ "name": "Umum, Bagian", "email": "umum@kota.example" }, { "name": null, "email": "putu@kota.example" }],
        "cc": [{ "name": null, "email": "arsip@kota.example" }],
        "date": "2026-11-02T09:00:00+08:00",
        "text": "Mohon hadir – terima kasih",
        "in_reply_to": "1@kota.example",
        "references": ["0@kota.example", "1@kota.example"],
        "attachments": [
            { "name": "undangan – rapat.pdf", "type": "application/pdf", "size": 12, "part": "2" },
            { "name": "peña.png", "type": "image/png", "size": 12, "part": "3" },
        ],
        "flags": ["\\Recent"],
        "size": head.len() + body.len(),
    });
    let mut row = page.rows[0].clone();
    // Whether a letter is recent is the server's affair.
    row["flags"] = json!(["\\Recent"]);
    assert_eq!(row, expected);
}

#[tokio::test]
async fn broken_letters_cost_no_other() {
    let dovecot = Dovecot::start();
    let nested = (0..40).fold(String::new(), |text, n| {
        format!("{text}Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n")
    });
    let letters: [&[u8]; 7] = [
        b"",
        b"\xff\xfe\x00bukan surat",
        b"Subject: NUL\r\n\r\nada\0nol\r\n",
        b"Subject: HTML\r\nContent-Type: text/html; charset=windows-1252\r\n\r\n<style>p{}</style><p>Rapat \x96 <b>besok</b></p>",
        b"Subject: Batas\r\nContent-Type: multipart/mixed; boundary=tak-ada\r\n\r\nteks saja\r\n",
        b"Subject: Nama\r\nContent-Type: application/pdf; name=\"a\\\"b\xe9.pdf\"\r\n\r\nx",
        nested.as_bytes(),
    ];
    for (number, letter) in (1..).zip(letters) {
        dovecot.deliver("INBOX", number, letter);
    }
    dovecot.deliver("INBOX", 99, &plain(99));
    let page = first(&dovecot.options(Tls::None)).await.unwrap();
    let uids: Vec<_> = page
        .rows
        .iter()
        .map(|row| row["uid"].as_u64().unwrap())
        .collect();
    assert_eq!((uids, page.unread), ((1..=8).collect(), 0));
    assert_eq!(page.rows[7]["subject"], "Surat 99");
    assert_eq!(page.rows[3]["text"], "Rapat – besok");
    assert_eq!(page.rows[5]["attachments"][0]["type"], "application/pdf");
    assert!(
        page.rows.iter().all(|row| row["date"].is_string()),
        "the date of arrival stands in"
    );
}

#[tokio::test]
async fn a_large_letter_is_fetched_in_part() {
    let dovecot = Dovecot::start();
    let head = "Subject: Besar\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nTeks di depan\r\n\
                --b\r\nContent-Type: application/zip; name=besar.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n";
    let lines = format!("{}\r\n", "QUJD".repeat(19)).repeat(150_000);
    dovecot.deliver("INBOX", 1, format!("{head}{lines}--b--\r\n").as_bytes());
    let page = first(&dovecot.options(Tls::None)).await.unwrap();
    assert_eq!(page.rows[0]["text"], "Teks di depan");
    assert_eq!(page.rows[0]["attachments"][0]["name"], "besar.zip");
    assert!(page.rows[0]["attachments"][0]["size"].as_u64().unwrap() > 11_000_000);
}

#[tokio::test]
async fn five_hundred_letters_come_in_pages_and_later_only_the_new_one() {
    let dovecot = Dovecot::start();
    for number in 1..=500 {
        dovecot.deliver("INBOX", number, &plain(number));
    }
    cryptography();
    let options = dovecot.options(Tls::None);
    let mut mailbox = Mailbox::open(&options).await.unwrap();
    let (mut subjects, mut cursor, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = mailbox.next(cursor.as_deref(), 64).await.unwrap();
        assert!(page.rows.len() <= 64 && page.total == 500);
        subjects.extend(
            page.rows
                .iter()
                .map(|row| row["subject"].as_str().unwrap().to_owned()),
        );
        pages += 1;
        cursor = Some(page.cursor);
        if page.ended {
            break;
        }
    }
    assert_eq!(pages, 8);
    assert_eq!(
        subjects,
        (1..=500)
            .map(|number| format!("Surat {number}"))
            .collect::<Vec<_>>()
    );
    dovecot.deliver("INBOX", 501, &plain(501));
    let mut later = Mailbox::open(&options).await.unwrap();
    let page = later.next(cursor.as_deref(), 64).await.unwrap();
    assert_eq!(page.rows.len(), 1);
    assert_eq!(page.rows[0]["subject"], "Surat 501");
    let page = later.next(Some(&page.cursor), 64).await.unwrap();
    assert_eq!((page.rows.len(), page.ended), (0, true));
    // A page can be asked for again, as after a crash.
    let again = later.next(cursor.as_deref(), 64).await.unwrap();
    assert_eq!(again.rows[0]["subject"], "Surat 501");
}

#[tokio::test]
async fn a_letter_that_is_deleted_between_two_pages_is_not_missed() {
    let dovecot = Dovecot::start();
    for number in 1..=6 {
        dovecot.deliver("INBOX", number, &plain(number));
    }
    cryptography();
    let mut mailbox = Mailbox::open(&dovecot.options(Tls::None)).await.unwrap();
    let page = mailbox.next(None, 2).await.unwrap();
    dovecot.delete("INBOX", 3);
    dovecot.delete("INBOX", 5);
    let page = mailbox.next(Some(&page.cursor), 10).await.unwrap();
    let subjects: Vec<_> = page.rows.iter().map(|row| row["subject"].clone()).collect();
    assert_eq!(subjects, ["Surat 4", "Surat 6"]);
    assert!(page.ended);
}

#[tokio::test]
async fn another_uidvalidity_begins_anew() {
    let dovecot = Dovecot::start();
    dovecot.deliver("INBOX", 1, &plain(1));
    dovecot.deliver("INBOX", 2, &plain(2));
    let options = dovecot.options(Tls::None);
    let page = first(&options).await.unwrap();
    dovecot.renumber("INBOX");
    let mut mailbox = Mailbox::open(&options).await.unwrap();
    let anew = mailbox.next(Some(&page.cursor), 50).await.unwrap();
    assert!(anew.renumbered);
    assert_eq!(anew.rows.len(), 2);
    assert_eq!(anew.cursor, "1234567890:2");
    assert!(
        !mailbox
            .next(Some(&anew.cursor), 50)
            .await
            .unwrap()
            .renumbered
    );
}

#[tokio::test]
async fn folders_are_found_by_their_names() {
    let dovecot = Dovecot::start();
    for name in ["Arsip/2026", "Caf&AOk-"] {
        dovecot.deliver(name, 1, &plain(7));
    }
    for name in ["Arsip/2026", "Café"] {
        let mut options = dovecot.options(Tls::None);
        options.folder = name.to_owned();
        assert_eq!(first(&options).await.unwrap().rows.len(), 1, "{name}");
    }
    let mut options = dovecot.options(Tls::None);
    options.folder = "Tak Ada".to_owned();
    assert_eq!(
        fault(&options).await,
        MailFault::NoFolder {
            folder: "Tak Ada".to_owned()
        }
    );
}

#[tokio::test]
async fn an_empty_folder_has_one_empty_page() {
    let dovecot = Dovecot::start();
    let page = first(&dovecot.options(Tls::None)).await.unwrap();
    assert_eq!((page.rows.len(), page.total, page.ended), (0, 0, true));
}

#[tokio::test]
async fn a_wrong_password_is_named_and_never_shown() {
    let dovecot = Dovecot::start();
    let mut options = dovecot.options(Tls::StartTls);
    options.password = SecretString::from("salah-sekali");
    let fault = fault(&options).await;
    assert_eq!(fault, MailFault::SignIn);
    for text in [format!("{fault} {fault:?}"), format!("{options:?}")] {
        assert!(
            !text.contains("salah-sekali") && !text.contains(PASSWORD),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_password_is_not_sent_in_the_clear_to_a_server_that_does_not_want_it() {
    // A connection of an address with itself counts as safe.
    let dovecot = Dovecot::with("disable_plaintext_auth = yes\nlisten = 127.0.0.1, 127.0.0.2\n");
    let mut options = dovecot.options(Tls::None);
    options.host = "127.0.0.2".to_owned();
    assert_eq!(fault(&options).await, MailFault::TlsRequired);
    assert!(first(&dovecot.options(Tls::StartTls)).await.is_ok());
}

#[tokio::test]
async fn a_certificate_of_an_unknown_authority_or_another_name_is_refused() {
    let dovecot = Dovecot::start();
    for tls in [Tls::StartTls, Tls::Implicit] {
        let mut unknown = dovecot.options(tls);
        unknown.roots = None;
        assert!(
            matches!(fault(&unknown).await, MailFault::Tls { .. }),
            "{tls:?}"
        );
        let mut other = dovecot.options(tls);
        other.host = "127.0.0.1".to_owned();
        assert!(
            matches!(fault(&other).await, MailFault::Tls { .. }),
            "{tls:?}"
        );
    }
}

#[tokio::test]
async fn an_address_that_is_not_permitted_is_never_connected_to() {
    let dovecot = Dovecot::start();
    let mut options = dovecot.options(Tls::None);
    options.host = "127.0.0.1".to_owned();
    options.permitted = Arc::new(|_| false);
    let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
    assert_eq!(fault(&options).await, MailFault::NotPermitted { address });
}

#[tokio::test]
async fn nobody_there_and_no_such_name_are_told_apart() {
    let dovecot = Dovecot::start();
    let mut options = dovecot.options(Tls::None);
    options.port = 1;
    assert!(matches!(
        fault(&options).await,
        MailFault::Unreachable { port: 1, .. }
    ));
    options.host = "tak-ada.invalid".to_owned();
    options.total = Duration::from_secs(20);
    options.connect = Duration::from_secs(20);
    assert!(matches!(
        fault(&options).await,
        MailFault::UnknownHost { .. } | MailFault::TimedOut { .. }
    ));
}
