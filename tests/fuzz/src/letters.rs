//! What a mail server says, and what a letter holds.

use divos_mail::{Options, Tls, fuzzing};
use std::sync::Arc;
use std::time::Duration;

fn options() -> Options {
    Options {
        host: "mail.example".to_owned(),
        port: 143,
        tls: Tls::None,
        user: "rekaan".to_owned(),
        password: "bukan rahasia".to_owned().into(),
        folder: "INBOX".to_owned(),
        roots: None,
        connect: Duration::from_secs(5),
        total: Duration::from_secs(5),
        permitted: Arc::new(|_| true),
    }
}

pub(crate) fn imap(bytes: &[u8]) {
    let runtime = crate::exchanges::runtime();
    let page = runtime.block_on(fuzzing::converse(bytes.to_vec(), &options()));
    if let Ok(page) = page {
        assert!(page.rows.len() <= 10, "more than was asked for");
    }
}

/// A row is never much longer than its text may be.
pub(crate) fn letter(bytes: &[u8]) {
    let row = fuzzing::letter(bytes.to_vec());
    let text = row.get("text").and_then(|text| text.as_str());
    assert!(text.is_none_or(|text| text.len() <= divos_mail::TEXT_BYTES));
}
