//! How an answer would be read: which of the ways it is for, and where in it the records are.

use super::facts;
use super::lists::{self, List};
use super::{Answer, Finding, Place, Said, Way, login, page, paging, write};
use divos_formats::spreadsheet;
use divos_formats::xml::wsdl;
use serde_json::Value as Json;

/// What an answer is good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sketch {
    /// Records can be read.
    Way(Box<Way>),
    /// A page that asks who one is: a way that is nothing but a sign-in.
    Login(Box<Way>),
    /// A SOAP service: what it offers is in its description.
    Service,
    /// Another address of the app is better: the feed that a page names.
    Elsewhere(String),
}

/// Nothing to read was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nothing {
    /// Why, and what to do.
    pub why: Said,
}

impl Nothing {
    pub(super) fn new(id: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            why: Said::new(id, en),
        }
    }
}

/// Finds out how an answer would be read.
///
/// # Errors
/// [`Nothing`], with what was seen instead and what to try.
pub fn sketch(answer: &Answer, place: &Place) -> Result<Sketch, Nothing> {
    let body = answer
        .body
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(&answer.body)
        .trim_ascii_start();
    let media = answer.media();
    let ends = |end: &str| answer.url.path().to_ascii_lowercase().ends_with(end);
    if !(200..300).contains(&answer.status) {
        return match login::basic(answer, place) {
            Some(way) => Ok(Sketch::Login(Box::new(way))),
            None => Err(refused(answer.status)),
        };
    }
    if body.is_empty() {
        return Err(Nothing::new("jawabannya kosong", "the answer is empty"));
    }
    if let Some(tree) = facts::tree(&answer.body) {
        return json(&tree, answer, place);
    }
    if body.starts_with(b"PK\x03\x04") && has(body, b"opendocument.spreadsheet") {
        let (id, en) = ("buku kerja OpenDocument", "an OpenDocument workbook");
        return Ok(simple("xlsx", place, id, en));
    }
    if body.starts_with(b"PK\x03\x04")
        && (media.contains("sheet")
            || media.contains("excel")
            || ends(".xlsx")
            || has(body, b"[Content_Types].xml"))
    {
        return Ok(simple("xlsx", place, "buku kerja XLSX", "an XLSX workbook"));
    }
    if spreadsheet::is_workbook(&answer.body) && !body.starts_with(b"PK") {
        let (id, en) = ("buku kerja XLS", "an XLS workbook");
        return Ok(simple("xlsx", place, id, en));
    }
    if body.starts_with(b"<") && (media.contains("excel") || ends(".xls")) {
        let (id, en) = (
            "halaman bernama buku kerja",
            "a page under a workbook's name",
        );
        return Ok(simple("xlsx", place, id, en));
    }
    if body.starts_with(b"BEGIN:VCALENDAR") {
        let mut way = plain("ical", place, "kalender iCalendar", "an iCalendar");
        "sweep".clone_into(&mut way.deletes);
        way.about.push_str(" agenda");
        return Ok(Sketch::Way(Box::new(way)));
    }
    if body.starts_with(b"<") {
        return marked_up(answer, place);
    }
    if body.contains(&0) {
        return Err(Nothing::new(
            "isinya biner dan bukan buku kerja XLSX, XLS atau OpenDocument",
            "it is binary and no XLSX, XLS or OpenDocument workbook",
        ));
    }
    if looks_separated(body) || media.contains("csv") || ends(".csv") {
        return Ok(simple(
            "csv",
            place,
            "teks terpisah (CSV)",
            "separated text (CSV)",
        ));
    }
    Err(Nothing::new(
        "bukan JSON, XML, HTML, CSV, XLSX, atau iCalendar yang dapat dibaca",
        "no JSON, XML, HTML, CSV, XLSX or iCalendar that can be read",
    ))
}

fn has(body: &[u8], word: &[u8]) -> bool {
    body.get(..4096)
        .unwrap_or(body)
        .windows(word.len())
        .any(|window| window == word)
}

fn refused(status: u16) -> Nothing {
    match status {
        401 | 403 => Nothing::new(
            format!(
                "aplikasi menjawab {status}: perlu masuk; tulis `auth:` sendiri, lalu jalankan `divos connector record`"
            ),
            format!(
                "the app answers {status}: it wants a sign-in; write `auth:` yourself, then run `divos connector record`"
            ),
        ),
        _ => Nothing::new(
            format!("aplikasi menjawab {status}; periksa alamatnya"),
            format!("the app answers {status}; check the address"),
        ),
    }
}

/// At least two lines with as many separators as the first, and at least one.
fn looks_separated(body: &[u8]) -> bool {
    let head = String::from_utf8_lossy(body.get(..8192).unwrap_or(body)).into_owned();
    let lines: Vec<&str> = head
        .lines()
        .filter(|line| !line.trim().is_empty())
        .take(5)
        .collect();
    let same = |separator: char| {
        let counts: Vec<usize> = lines
            .iter()
            .map(|line| line.matches(separator).count())
            .collect();
        counts.len() >= 2
            && counts[0] > 0
            && counts.iter().filter(|count| **count >= counts[0]).count() >= 2
    };
    [';', ',', '\t', '|'].into_iter().any(same)
}

fn simple(word: &'static str, place: &Place, id: &str, en: &str) -> Sketch {
    let mut way = plain(word, place, id, en);
    way.table = true;
    way.findings.push(never(
        "sebuah ekspor bisa saja hanya sebagian; `sweep` bila selalu lengkap",
        "an export may be a part only; `sweep` where it always holds everything",
    ));
    Sketch::Way(Box::new(way))
}

fn plain(word: &'static str, place: &Place, id: &str, en: &str) -> Way {
    Way {
        name: place.name_for(&[]),
        lines: vec![format!(
            "{word}: {{ get: {} }}",
            write::scalar(&place.target())
        )],
        deletes: "never".to_owned(),
        about: place.about(),
        findings: vec![Finding::new("source", word, 95, Said::new(id, en))],
        ..Way::empty()
    }
}

pub(super) fn never(id: &str, en: &str) -> Finding {
    Finding::new("deletes", "never", 60, Said::new(id, en))
}

fn json(tree: &Json, answer: &Answer, place: &Place) -> Result<Sketch, Nothing> {
    let Some(list) = lists::records(tree) else {
        return Err(Nothing::new(
            "JSON ini tidak memuat daftar data; beri alamat yang mengembalikan daftar",
            "this JSON holds no list of records; name an address that returns a list",
        ));
    };
    Ok(Sketch::Way(Box::new(tree_way(
        "rest", tree, &list, answer, place,
    ))))
}

fn marked_up(answer: &Answer, place: &Place) -> Result<Sketch, Nothing> {
    if let Some(tree) = facts::document(answer) {
        if wsdl::read(&answer.body, answer.header("content-type")).is_ok() {
            return Ok(Sketch::Service);
        }
        let list = lists::records(&tree).filter(|list| list.path.len() > 1);
        return match list {
            Some(list) => Ok(Sketch::Way(Box::new(tree_way(
                "xml", &tree, &list, answer, place,
            )))),
            None => Err(Nothing::new(
                "XML ini tidak memuat elemen yang berulang",
                "no element of this XML repeats",
            )),
        };
    }
    let seen = page::Seen::read(answer)?;
    if let Some(way) = page::way(&seen, answer, place) {
        return Ok(Sketch::Way(Box::new(way)));
    }
    if let Some(way) = login::way(&seen, answer, place) {
        return Ok(Sketch::Login(Box::new(way)));
    }
    match page::feed(&seen, answer) {
        Some(feed) => Ok(Sketch::Elsewhere(feed)),
        None => Err(Nothing::new(
            "halaman ini tidak memuat tabel berjudul kolom; beri alamat halaman daftarnya",
            "this page holds no table with column headings; name the address of the list",
        )),
    }
}

/// A tree whose records lie in a list: where, how to page, and whether everything was seen.
fn tree_way(
    word: &'static str,
    tree: &Json,
    list: &List<'_>,
    answer: &Answer,
    place: &Place,
) -> Way {
    let path: Vec<&str> = list.path.iter().map(String::as_str).collect();
    let last = path.last().copied().unwrap_or_default();
    let mut way = plain(
        word,
        place,
        "pohon dengan daftar data",
        "a tree with a list of records",
    );
    way.name = place.name_for(&[last]);
    way.about = format!("{} {}", place.about(), path.join(" "));
    let count = list.rows.len();
    if let Some(select) = list.select() {
        let why = Said::new(
            format!("daftar dengan {count} data"),
            format!("a list of {count} records"),
        );
        way.findings.push(Finding::new(
            "select",
            select.clone(),
            if count > 1 { 90 } else { 70 },
            why,
        ));
        way.lines
            .push(format!("select: {}", write::scalar(&select)));
    }
    let total = lists::total(tree, list);
    paging::turn(&mut way, tree, list, answer, place);
    let paged = way.lines.iter().any(|line| line.starts_with("paginate:"));
    let whole = total
        .as_ref()
        .is_some_and(|(_, total)| *total == count as u64);
    let (deletes, confidence, why) = match (paged, whole) {
        (true, _) if total.is_some() => (
            "sweep",
            75,
            Said::new(
                "semua halaman dibaca dan jumlahnya dapat dicocokkan",
                "every page is read and the total can be compared",
            ),
        ),
        (_, true) => (
            "sweep",
            75,
            Said::new(
                "jawaban menyatakan jumlahnya dan semuanya ada",
                "the answer declares its total and holds them all",
            ),
        ),
        _ => (
            "never",
            60,
            Said::new(
                "tidak terbukti lengkap; `sweep` hanya bila daftar ini selalu lengkap",
                "not proved complete; `sweep` only where this list always holds everything",
            ),
        ),
    };
    deletes.clone_into(&mut way.deletes);
    way.findings
        .push(Finding::new("deletes", deletes, confidence, why));
    way
}
