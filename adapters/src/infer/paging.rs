//! How an answer's next page is asked for: by its headers, by what it says beside its list, by the address itself.

use super::lists::{self, List};
use super::{Answer, Finding, Place, Said, Way, write};
use serde_json::Value as Json;

/// Parameters that number pages.
const NUMBERS: &[&str] = &["page", "hal", "halaman", "p", "pageno", "page_number"];
const PAGES: &[&str] = &[
    "x-wp-totalpages",
    "x-total-pages",
    "x-pagination-page-count",
];
const TOTALS: &[&str] = &["x-wp-total", "x-total-count", "x-total"];

/// One way to the next page.
struct Turn {
    line: String,
    confidence: u8,
    why: Said,
    /// Parameters of the address that the hub sets itself.
    params: Vec<String>,
}

impl Turn {
    fn new(line: String, confidence: u8, why: Said) -> Self {
        Self {
            line,
            confidence,
            why,
            params: Vec::new(),
        }
    }
}

/// Adds `paginate:` to a way, where the answer or the address shows how; else says that something is missing.
pub(super) fn turn(way: &mut Way, tree: &Json, list: &List<'_>, answer: &Answer, place: &Place) {
    let total = lists::total(tree, list);
    let declared = total.as_ref().map(|(path, _)| write::scalar(path));
    let declared = declared.as_deref();
    let count = list.rows.len();
    let found = by_header(answer, place)
        .or_else(|| by_address(tree))
        .or_else(|| by_offset(place, declared, count))
        .or_else(|| by_number(place, declared));
    if let Some(turn) = found {
        if !turn.params.is_empty() {
            let params: Vec<&str> = turn.params.iter().map(String::as_str).collect();
            let target = write::scalar(&place.target_without(&params));
            way.lines[0] = format!("{}: {{ get: {target} }}", way.findings[0].from);
        }
        way.lines.push(format!("paginate: {{ {} }}", turn.line));
        way.findings.push(Finding::new(
            "paginate",
            turn.line,
            turn.confidence,
            turn.why,
        ));
    } else if let Some((_, total)) = total.filter(|(_, total)| *total > count as u64) {
        way.notes.push(Said::new(
            format!("jawaban menyebut {total} data tetapi memuat {count}: cara berpindah halaman belum diketahui; tulis `paginate:`"),
            format!("the answer declares {total} records and holds {count}: how to get the next page is not known; write `paginate:`"),
        ));
    }
}

fn by_header(answer: &Answer, place: &Place) -> Option<Turn> {
    let named = |names: &[&'static str]| {
        names
            .iter()
            .copied()
            .find(|name| answer.header(name).is_some())
    };
    if let Some(pages) = named(PAGES) {
        let total = named(TOTALS)
            .map(|name| format!(", total: {name}"))
            .unwrap_or_default();
        let why = Said::new(
            "jumlah halaman ada di header",
            "a header tells the number of pages",
        );
        let param = place.param(NUMBERS).unwrap_or_else(|| "page".to_owned());
        let line = format!("header: {{ param: {param}, pages: {pages}{total} }}");
        let mut turn = Turn::new(line, 80, why);
        turn.params = vec![param];
        return Some(turn);
    }
    let link = answer.header("link")?;
    let why = Said::new(
        "header Link menyebut halaman berikutnya",
        "the Link header names the next page",
    );
    let next = link.contains("rel=\"next\"") || link.contains("rel=next");
    next.then(|| Turn::new("link: { rel: next }".to_owned(), 92, why))
}

fn by_address(tree: &Json) -> Option<Turn> {
    let path = write::scalar(&lists::next(tree)?);
    let why = Said::new(
        "jawaban menyebut alamat berikutnya",
        "the answer names the next address",
    );
    Some(Turn::new(format!("link: {{ path: {path} }}"), 85, why))
}

fn by_offset(place: &Place, total: Option<&str>, count: usize) -> Option<Turn> {
    let param = place.param(&["offset", "start", "skip"])?;
    let sized = place.param(&["limit", "rows", "take", "count", "per_page"]);
    let size_param = sized
        .as_deref()
        .map(|name| format!(", size_param: {name}"))
        .unwrap_or_default();
    let size = sized
        .as_deref()
        .and_then(|name| place.value(name)?.parse().ok())
        .unwrap_or(count.max(1));
    let end = total
        .map(|total| format!(", until: total, total: {total}"))
        .unwrap_or_default();
    let why = Said::new("alamatnya memuat offset", "the address holds an offset");
    let line = format!("offset: {{ param: {param}{size_param}, size: {size}{end} }}");
    let mut turn = Turn::new(line, 80, why);
    turn.params = std::iter::once(param).chain(sized).collect();
    Some(turn)
}

fn by_number(place: &Place, total: Option<&str>) -> Option<Turn> {
    let param = place.param(NUMBERS)?;
    let end = total.map_or_else(
        || "until: empty".to_owned(),
        |total| format!("until: total, total: {total}"),
    );
    let why = Said::new(
        "alamatnya memuat nomor halaman",
        "the address holds a page number",
    );
    let mut turn = Turn::new(format!("page: {{ param: {param}, {end} }}"), 80, why);
    turn.params = vec![param];
    Some(turn)
}
