//! Whether a document shows by itself that it is whole.
//!
//! Owns that look at its last bytes. It must never read it.

use crate::Body;
use divos_manifest::Fetch;

/// How far before its end a document's last words are looked for, in bytes.
const END: usize = 1024;
/// The end of a ZIP archive (APPNOTE, section 4.3.16).
const ARCHIVE: &[u8] = b"PK\x05\x06";
/// The beginning of a compound file, as old workbooks are (MS-CFB, section 2.2), and its smallest sector. It has no end
/// of its own: a cut between two sectors shows when it is read.
const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
const SECTOR: u64 = 512;

/// Tells whether a body ends as its format does: JSON with its last bracket, separated text with a line, a page with
/// its last tag. One that is cut between two lines does too.
pub(crate) fn shows_its_end(fetch: &Fetch, body: &Body) -> bool {
    // UTF-16 has a zero beside each of these letters.
    let mut tail = body.tail(END);
    let archive = tail.windows(ARCHIVE.len()).any(|four| four == ARCHIVE);
    tail.retain(|byte| *byte != 0);
    let text = String::from_utf8_lossy(&tail).to_ascii_lowercase();
    let is_line = text.ends_with(['\n', '\r']);
    let is_page = || {
        ["</html", "</body", "</table"]
            .iter()
            .any(|tag| text.contains(tag))
    };
    match fetch {
        Fetch::Csv(..) => is_line,
        Fetch::Html(..) => is_page(),
        // Separated text and pages may come in a workbook's place.
        Fetch::Xlsx(..) => match body.head(COMPOUND.len()) == COMPOUND {
            true => body.len().is_multiple_of(SECTOR),
            false => archive || is_line || is_page(),
        },
        Fetch::Ical(..) => text.contains("end:vcalendar"),
        Fetch::Rest(_) => text.trim_end().ends_with(['}', ']']),
        Fetch::Feed(_) => text.trim_end().ends_with(['>', '}']),
        Fetch::Xml(_) | Fetch::Soap(..) | Fetch::Oai(_) => text.trim_end().ends_with('>'),
        Fetch::Sql(_) | Fetch::Imap(_) | Fetch::Webhook(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use divos_manifest::{Csv, HtmlTable, HttpMethod, Pattern, Request, Sheet, TableShape};

    fn request() -> Request {
        Request {
            method: HttpMethod::Get,
            base: None,
            path: Pattern::literal("/"),
            query: vec![],
            headers: vec![],
            body: None,
            charset: None,
            fail: None,
            files: None,
        }
    }

    #[test]
    fn each_format_has_an_end_of_its_own() {
        let table = TableShape::default;
        let csv = Fetch::Csv(
            request(),
            Csv {
                delimiter: None,
                table: table(),
            },
        );
        let sheet = Fetch::Xlsx(
            request(),
            Sheet {
                sheet: None,
                table: table(),
            },
        );
        let page = Fetch::Html(
            request(),
            HtmlTable {
                rows: "tr".into(),
                cells: vec![],
                columns: vec![],
                guard_columns: vec![],
                min_rows: None,
            },
        );
        let (json, xml) = (Fetch::Rest(request()), Fetch::Xml(request()));
        let feed = Fetch::Feed(request());
        for (fetch, body, whole) in [
            (&csv, &b"a;b\n1;2\n"[..], true),
            (&csv, b"a;b\n1;2", false),
            (&csv, b"a\0\n\0", true),
            (&csv, b"", false),
            (&page, b"<table><tr></TABLE>\n<!-- x -->", true),
            (&page, b"<table><tr>", false),
            (&sheet, b"PK\x03\x04 \xff\x00 PK\x05\x06\0\0\0\0", true),
            (&sheet, b"PK\x03\x04 \xff\x00", false),
            (&sheet, b"a;b\n", true),
            (&sheet, &[COMPOUND, &[0; 504]].concat(), true),
            (&sheet, &[COMPOUND, &[0; 500]].concat(), false),
            (&json, b"[{}]\r\n", true),
            (&json, b"[{}", true),
            (&json, b"[{\"a\":1", false),
            (&xml, b"<a><b/></a>\n", true),
            (&xml, b"<a><b/></", false),
            (&feed, b"{\"items\":[]}", true),
        ] {
            let body = Body::from(body.to_vec());
            assert_eq!(shows_its_end(fetch, &body), whole, "{fetch:?} {body:?}");
        }
    }
}
