//! Bodies that are not what they were: cut, in another character set, with one column more.

use encoding_rs::WINDOWS_1252;

/// A page that asks for a password.
pub(super) const LOGIN: &str = "<!DOCTYPE html><html><head><title>Masuk</title></head><body><form method=\"post\" action=\"/login\">\
    <input name=\"username\"><input type=\"password\" name=\"password\"><button>Masuk</button></form></body></html>";
/// A page that tells people of an error.
pub(super) const ERROR: &str = "<!DOCTYPE html><html><head><title>Kesalahan</title></head><body><h1>Terjadi kesalahan</h1>\
    <p>Silakan coba beberapa saat lagi.</p></body></html>";

/// Leaves the first half.
pub(super) fn halved(body: &[u8]) -> Vec<u8> {
    body[..body.len() / 2].to_vec()
}

/// Writes UTF-8 as windows-1252, and windows-1252 as UTF-8; what says which of them it is stays as it is.
pub(super) fn transcoded(body: &[u8]) -> Vec<u8> {
    match std::str::from_utf8(body) {
        Ok(text) => WINDOWS_1252.encode(text).0.into_owned(),
        Err(_) => WINDOWS_1252.decode(body).0.into_owned().into_bytes(),
    }
}

/// Tells whether a body is text whose character set matters.
pub(super) fn is_coded(body: &[u8]) -> bool {
    !body.is_ascii() && !body.contains(&0) && transcoded(body) != body
}

/// Puts a cell before the first of every row of a table.
pub(super) fn shifted(body: &[u8]) -> Vec<u8> {
    let lower = body.to_ascii_lowercase();
    let mut out = Vec::with_capacity(body.len() * 2);
    let mut at = 0;
    while let Some(row) = find(&lower[at..], b"<tr") {
        let Some(end) = find(&lower[at + row..], b">") else {
            break;
        };
        let after = at + row + end + 1;
        out.extend_from_slice(&body[at..after]);
        let is_header = lower[after..].trim_ascii_start().starts_with(b"<th");
        let cell: &[u8] = if is_header {
            b"<th>Baru</th>"
        } else {
            b"<td>baru</td>"
        };
        out.extend_from_slice(cell);
        at = after;
    }
    out.extend_from_slice(&body[at..]);
    out
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_stands_before_every_row() {
        let table = b"<table><TR class=a><th>No</th></TR><tr>\n<td>1</td></tr></table>";
        let text = String::from_utf8(shifted(table)).expect("text");
        assert_eq!(
            text,
            "<table><TR class=a><th>Baru</th><th>No</th></TR><tr><td>baru</td>\n<td>1</td></tr></table>"
        );
        assert_eq!(shifted(b"<tr"), b"<tr");
    }

    #[test]
    fn character_sets_change_places() {
        assert_eq!(transcoded("a\u{2013}b".as_bytes()), b"a\x96b");
        assert_eq!(transcoded(b"a\x96b"), "a\u{2013}b".as_bytes());
        assert!(is_coded("a\u{2013}".as_bytes()) && !is_coded(b"abc"));
    }
}
