//! How fast a page with one large table becomes rows, beside the bare parser.
//!
//! `cargo bench -p divos-formats --bench html`. The page is made up.

#![allow(clippy::print_stdout)]

use divos_formats::html::{Compiled, Options};
use scraper::{Html, Selector};
use std::io::Cursor;
use std::time::{Duration, Instant};

const SIZE: usize = 5 << 20;

fn main() {
    let page = page();
    println!("HTML, {:.1} MB of a table", page.len() as f64 / 1e6);
    let (parse, _) = best(|| Html::parse_document(&page).tree.nodes().len());
    report("the bare parser", page.len(), parse, 0);
    let (bare, rows) = best(|| bare(&page));
    report(
        "the bare parser with the bare selectors",
        page.len(),
        bare,
        rows,
    );
    let owned =
        |pairs: [(&str, &str); 3]| pairs.map(|(a, b)| (a.to_owned(), b.to_owned())).to_vec();
    let cells = owned([
        ("a", "td:nth-child(1)"),
        ("b", "td:nth-child(2)"),
        ("c", "a@href"),
    ]);
    let columns = owned([("a", "No"), ("b", "Perihal"), ("c", "Tanggal")]);
    for (name, cells, columns) in [
        ("rows with cells by selectors", cells, Vec::new()),
        ("rows with cells by headers", Vec::new(), columns),
    ] {
        let rows = "tbody tr".to_owned();
        let options = Options {
            rows,
            cells,
            columns,
            ..Options::default()
        };
        let Ok(compiled) = Compiled::new(options) else {
            continue;
        };
        let (time, rows) = best(|| {
            let input = Box::new(Cursor::new(page.clone().into_bytes()));
            compiled
                .open(input, None)
                .map_or(0, |opened| opened.rows.count())
        });
        report(name, page.len(), time, rows);
    }
}

fn page() -> String {
    let mut page =
        String::from("<table><thead><tr><th>No<th>Perihal<th>Tanggal</tr></thead><tbody>");
    let mut number = 0;
    while page.len() < SIZE {
        number += 1;
        page.push_str(&format!(
            "<tr><td>{number}</td><td><a href=\"/surat/{number}\">Undangan rapat &amp; koordinasi</a></td><td>5 Januari 2026</td></tr>\n"
        ));
    }
    page + "</tbody></table>"
}

fn bare(page: &str) -> usize {
    let html = Html::parse_document(page);
    let all: Vec<Selector> = ["tbody tr", "td:nth-child(1)", "td:nth-child(2)", "a"]
        .iter()
        .filter_map(|css| Selector::parse(css).ok())
        .collect();
    let mut texts = 0;
    for row in html.select(&all[0]) {
        for cell in &all[1..] {
            let found = row.select(cell).next();
            texts +=
                usize::from(found.is_some_and(|cell| !cell.text().collect::<String>().is_empty()));
        }
    }
    texts / 3
}

/// The best of three: a machine that does something else only ever makes it slower.
fn best(mut run: impl FnMut() -> usize) -> (Duration, usize) {
    let mut times = Vec::new();
    for _ in 0..3 {
        let start = Instant::now();
        let count = std::hint::black_box(run());
        times.push((start.elapsed(), count));
    }
    times.into_iter().min().unwrap_or_default()
}

fn report(name: &str, bytes: usize, time: Duration, rows: usize) {
    let rate = bytes as f64 / 1e6 / time.as_secs_f64();
    println!(
        "  {name:<42} {:>8.1} ms {rate:>8.1} MB/s {rows:>8} rows",
        time.as_secs_f64() * 1e3
    );
}
