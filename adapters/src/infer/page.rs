//! A page for people: the table that lists records, its columns, and the links that turn its pages.

use super::lists::name_of;
use super::sketch::{Nothing, never};
use super::words::folded;
use super::{Answer, Finding, Place, Said, Way, write};
use divos_formats::html::{Form, Link, Page, TableSketch};
use std::collections::{BTreeMap, BTreeSet};
use url::Url;

/// A page that was read, as far as a draft needs it.
pub(super) struct Seen {
    pub(super) title: String,
    pub(super) tables: Vec<TableSketch>,
    pub(super) links: Vec<Link>,
    pub(super) forms: Vec<Form>,
}

impl Seen {
    /// Reads a page.
    ///
    /// # Errors
    /// Bytes that are no page.
    pub(super) fn read(answer: &Answer) -> Result<Self, Nothing> {
        let page = Page::read(&answer.body, answer.header("content-type")).map_err(|fault| {
            Nothing::new(
                format!("halaman tidak terbaca: {fault}"),
                format!("the page cannot be read: {fault}"),
            )
        })?;
        Ok(Self {
            title: page.title().unwrap_or_default(),
            tables: page.tables(),
            links: page.links(),
            forms: page.forms(answer.url.as_str()),
        })
    }
}

/// The address of the feed that a page names in its head.
pub(super) fn feed(seen: &Seen, answer: &Answer) -> Option<String> {
    let is_feed = |link: &&Link| {
        link.rel.contains("alternate")
            && (link.media.contains("rss")
                || link.media.contains("atom")
                || link.media.contains("feed+json"))
    };
    let link = seen.links.iter().find(is_feed)?;
    let url = answer.url.join(&link.href).ok()?;
    (url.origin() == answer.url.origin()).then(|| url.into())
}

/// The largest table, as a source.
pub(super) fn way(seen: &Seen, answer: &Answer, place: &Place) -> Option<Way> {
    let table = seen
        .tables
        .iter()
        .max_by_key(|table| (table.marked, table.rows.min(200) * table.columns.len()))?;
    let keys = keys(&table.columns);
    let named = table.columns.iter().filter(|name| !name.is_empty());
    let guard: Vec<String> = named.map(|name| write::scalar(name)).collect();
    let pager = pager(seen, answer);
    let target = match &pager {
        Some((param, _)) => place.target_without(&[param]),
        None => place.target(),
    };
    let mut lines = vec![
        "html:".to_owned(),
        format!("  get: {}", write::scalar(&target)),
        format!(
            "  rows: {}",
            write::scalar(&format!("{} tbody tr", table.selector))
        ),
        format!("  {}", cells(table, &keys)),
        format!("  guard: {{ columns: [{}] }}", guard.join(", ")),
    ];
    let size = table.rows;
    let mut way = Way {
        name: name_of(&[&place.path, &seen.title]),
        deletes: "never".to_owned(),
        about: format!("{} {}", place.about(), seen.title),
        table: true,
        findings: vec![Finding::new(
            "source",
            format!("html {}", table.selector),
            if table.marked && table.rows > 1 {
                88
            } else {
                65
            },
            Said::new(
                format!("tabel dengan {size} baris dan {} kolom", keys.len()),
                format!("a table of {size} rows and {} columns", keys.len()),
            ),
        )],
        ..Way::empty()
    };
    if let Some((param, start)) = pager {
        let start = if start == 0 { ", start: 0" } else { "" };
        let line = format!(
            "page: {{ param: {}, until: empty{start} }}",
            write::scalar(&param)
        );
        let why = Said::new("tautan halaman di bawah tabel", "links to further pages");
        way.findings
            .push(Finding::new("paginate", line.clone(), 82, why));
        lines.push(format!("paginate: {{ {line} }}"));
    }
    way.findings.push(never(
        "halaman untuk orang bisa menyembunyikan data lama; `sweep` bila selalu lengkap",
        "a page for people may hide old records; `sweep` where it always shows all",
    ));
    if seen
        .tables
        .iter()
        .filter(|other| other.selector == table.selector)
        .count()
        > 1
    {
        way.notes.push(Said::new(
            format!(
                "`{}` cocok dengan beberapa tabel; persempit `rows`",
                table.selector
            ),
            format!("`{}` finds several tables; narrow `rows`", table.selector),
        ));
    }
    way.lines = lines;
    Some(way)
}

/// What each key holds: the column under a heading, or where rows have links too, the column by its place.
fn cells(table: &TableSketch, keys: &[(String, String)]) -> String {
    if table.links == 0 {
        let columns = keys
            .iter()
            .map(|(key, name)| format!("{key}: {}", write::scalar(name)));
        return format!("columns: {{ {} }}", columns.collect::<Vec<_>>().join(", "));
    }
    let place = |name: &String| {
        table
            .columns
            .iter()
            .position(|known| known == name)
            .map_or(1, |at| at + 1)
    };
    let cells = keys
        .iter()
        .map(|(key, name)| format!("{key}: \"td:nth-child({})\"", place(name)));
    let cells: Vec<String> = cells.chain(["tautan: a@href".to_owned()]).collect();
    format!("cells: {{ {} }}", cells.join(", "))
}

/// Short keys for the columns: their headings, folded; one without a heading, or with that of another, is left out.
fn keys(columns: &[String]) -> Vec<(String, String)> {
    let mut taken = BTreeSet::new();
    let mut keys = Vec::new();
    for name in columns.iter().filter(|name| !name.trim().is_empty()) {
        let key: String = folded(name)
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
            .take(40)
            .collect();
        let deed =
            ["aksi", "action", "opsi", "detail", "aksi_detail", "pilih"].contains(&key.as_str());
        if !key.is_empty() && !deed && taken.insert(key.clone()) {
            keys.push((key, name.clone()));
        }
    }
    keys
}

/// The parameter that numbers pages, and the least number: links to this very page that differ in it alone.
fn pager(seen: &Seen, answer: &Answer) -> Option<(String, u64)> {
    let mut numbers: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
    for link in &seen.links {
        let Some(url) = answer
            .url
            .join(&link.href)
            .ok()
            .filter(|url| url.path() == answer.url.path() && url.host() == answer.url.host())
        else {
            continue;
        };
        for (name, value) in url.query_pairs() {
            if let Ok(number) = value.parse::<u64>()
                && number < 100_000
                && differs_only_in(&url, &answer.url, &name)
            {
                numbers.entry(name.into_owned()).or_default().insert(number);
            }
        }
    }
    let named = |name: &str| {
        ["page", "hal", "halaman", "p", "pg", "paged", "laman"]
            .contains(&name.to_lowercase().as_str())
    };
    let pages = |numbers: &BTreeSet<u64>| numbers.contains(&2) || numbers.contains(&1);
    let found = numbers
        .into_iter()
        .find(|(name, numbers)| named(name) && pages(numbers));
    found.map(|(name, numbers)| (name, numbers.first().copied().unwrap_or(1).min(1)))
}

fn differs_only_in(one: &Url, other: &Url, param: &str) -> bool {
    let rest = |url: &Url| {
        url.query_pairs()
            .filter(|(name, _)| name != param)
            .map(|(n, v)| (n.into_owned(), v.into_owned()))
            .collect::<BTreeSet<_>>()
    };
    rest(one) == rest(other)
}
