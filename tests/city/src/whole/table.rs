//! The table of the whole city: which apps there are, how each is served and what its rows hold.
//!
//! Owns the grammar of `apps/*.txt`; never makes a row. An app is a block of lines:
//!
//! ```text
//! [kir]                       slug, as in the city's register
//! name …                      what people read
//! owner 030701                code of the agency; absent where nobody is on record
//! serve soap path=/ws/Uji.asmx op=DaftarUji row=Uji
//! auth bearer                 what the app asks of the hub; absent: nothing
//! items 5200                  rows of the full city
//! title {JenisUji} …          what a row becomes for people; {n} is its number, {y} its year
//! twins permits 3 …           every third row is one that the other apps of this family have too; maybe with a title of its own
//! - NoUji = code KIR/{y}/{n6} a field and how it is made, see `rows`
//! ```
//!
//! The table is part of the program, so a line that does not fit is a fault of ours and ends the start.

use std::collections::BTreeMap;
use std::fmt;

const TEXTS: &[&str] = &[
    include_str!("../../apps/field.txt"),
    include_str!("../../apps/finance.txt"),
    include_str!("../../apps/health.txt"),
    include_str!("../../apps/office.txt"),
    include_str!("../../apps/people.txt"),
    include_str!("../../apps/public.txt"),
    include_str!("../../apps/trade.txt"),
];

/// How an app gives away what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Technology {
    /// JSON by page number with a total.
    Page,
    /// JSON by offset with a total.
    Offset,
    /// JSON by an opaque cursor.
    Cursor,
    /// JSON as the national gateway of procurement data gives it (INAPROC).
    Gateway,
    /// A bare JSON array; the next page in the `Link` header.
    Link,
    /// RSS 2.0.
    Rss,
    /// Atom (RFC 4287).
    Atom,
    /// The REST API of WordPress.
    Wordpress,
    /// The REST API of Redmine.
    Redmine,
    /// An HTML table behind a sign-in form with a session and a token against forgery.
    Html,
    /// SOAP 1.1, document/literal.
    Soap,
    /// A plain XML document.
    Xml,
    /// Separated text: `;` and windows-1252.
    Csv,
    /// A workbook.
    Xlsx,
    /// A calendar (RFC 5545).
    Ical,
    /// OAI-PMH 2.0.
    Oai,
    /// CKAN's `package_search`.
    Ckan,
    /// The bare array of JDIHN.
    Jdih,
    /// Pushes CloudEvents; answers nothing.
    Webhook,
    /// A view in a database; see [`crate::SqlSeed`].
    Sql,
}

impl Technology {
    /// Every technology with its word in the table.
    pub const ALL: &'static [(&'static str, Technology)] = &[
        ("page", Self::Page),
        ("offset", Self::Offset),
        ("cursor", Self::Cursor),
        ("gateway", Self::Gateway),
        ("link", Self::Link),
        ("rss", Self::Rss),
        ("atom", Self::Atom),
        ("wordpress", Self::Wordpress),
        ("redmine", Self::Redmine),
        ("html", Self::Html),
        ("soap", Self::Soap),
        ("xml", Self::Xml),
        ("csv", Self::Csv),
        ("xlsx", Self::Xlsx),
        ("ical", Self::Ical),
        ("oai", Self::Oai),
        ("ckan", Self::Ckan),
        ("jdih", Self::Jdih),
        ("webhook", Self::Webhook),
        ("sql", Self::Sql),
    ];

    /// Its word in the table.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        let found = Self::ALL.iter().find(|(_, known)| *known == self);
        found.map_or("", |(word, _)| word)
    }
}

impl fmt::Display for Technology {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// What an app asks of whoever reads its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lock {
    /// Nothing.
    None,
    /// `Authorization: Bearer …`.
    Bearer,
    /// `?api_key=…`.
    ApiKey,
    /// A header of its own.
    Header(&'static str),
    /// HTTP Basic.
    Basic,
    /// A form; the token's field has a random name where this is true.
    Form(bool),
    /// WS-Security UsernameToken.
    Wsse,
    /// The app signs what it pushes.
    Hmac,
    /// The app pushes with a token.
    Token,
}

/// Rows that several apps have: the same thing, seen from each of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Twins {
    /// What the apps that share the rows have in common.
    pub(crate) family: &'static str,
    every: u64,
    /// The title of such a row; empty where it is that of all.
    pub(crate) title: &'static str,
}

impl Twins {
    /// The number of a row within the family; `None` for a row that is this app's alone.
    pub(crate) fn number(&self, id: u64) -> Option<u64> {
        id.is_multiple_of(self.every).then(|| id / self.every)
    }

    fn read(line: &'static str) -> Self {
        let mut words = line.splitn(3, ' ');
        let mut next = || words.next().unwrap_or_default();
        let (family, every) = (next(), next().parse().expect("every how manieth row"));
        Self {
            family,
            every,
            title: next(),
        }
    }
}

/// One app as the table has it.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) slug: &'static str,
    pub(crate) name: &'static str,
    pub(crate) owner: Option<&'static str>,
    pub(crate) technology: Technology,
    options: BTreeMap<&'static str, &'static str>,
    pub(crate) lock: Lock,
    pub(crate) items: u64,
    pub(crate) title: &'static str,
    twins: Option<Twins>,
    pub(crate) fields: Vec<(&'static str, &'static str)>,
}

impl Entry {
    /// An option of the `serve` line; empty where the line has none.
    pub(crate) fn option(&self, name: &str) -> &'static str {
        self.options.get(name).copied().unwrap_or_default()
    }

    /// The rows' family and the number in it, where a row is one that other apps have too.
    pub(crate) fn twin(&self, id: u64) -> Option<(Twins, u64)> {
        let twins = self.twins?;
        Some((twins, twins.number(id)?))
    }

    /// The word by which a row says that it is gone, where the app has one.
    pub(crate) fn gone_word(&self) -> Option<&'static str> {
        let states = self
            .fields
            .iter()
            .find_map(|(_, how)| how.strip_prefix("state "))?;
        states.split('|').find_map(|word| word.strip_prefix('-'))
    }

    /// Whether every 25th row of this app is gone and says so.
    pub(crate) fn tells_gone(&self) -> bool {
        self.technology == Technology::Oai || self.gone_word().is_some()
    }
}

/// Reads the table: every app of the whole city by slug.
pub(crate) fn entries() -> Vec<Entry> {
    let blocks = TEXTS.iter().flat_map(|text| text.split("\n[").skip(1));
    let mut entries: Vec<Entry> = blocks.map(entry).collect();
    entries.sort_by_key(|entry| entry.slug);
    entries
}

fn entry(block: &'static str) -> Entry {
    let (slug, rest) = block.split_once(']').expect("a slug in brackets");
    let mut entry = Entry {
        slug,
        name: slug,
        owner: None,
        technology: Technology::Page,
        options: BTreeMap::new(),
        lock: Lock::None,
        items: 0,
        title: "",
        twins: None,
        fields: Vec::new(),
    };
    for line in rest.lines().filter(|line| !line.is_empty()) {
        let (word, value) = line.split_once(' ').expect("a word and its value");
        match word {
            "name" => entry.name = value,
            "owner" => entry.owner = Some(value),
            "serve" => serve(&mut entry, value),
            "auth" => entry.lock = lock(value),
            "items" => entry.items = value.parse().expect("a number of items"),
            "title" => entry.title = value,
            "twins" => entry.twins = Some(Twins::read(value)),
            "-" => entry
                .fields
                .push(value.split_once(" = ").expect("a field and how it is made")),
            other => panic!("`{other}` of {slug} is no word of the table"),
        }
    }
    entry
}

fn serve(entry: &mut Entry, line: &'static str) {
    let mut words = line.split(' ');
    let word = words.next().unwrap_or_default();
    let known = Technology::ALL.iter().find(|(name, _)| *name == word);
    entry.technology = known.expect("a known technology").1;
    entry.options = words
        .map(|word| word.split_once('=').expect("an option and its value"))
        .collect();
}

fn lock(word: &str) -> Lock {
    match word {
        "bearer" => Lock::Bearer,
        "apikey" => Lock::ApiKey,
        "header" => Lock::Header("x-api-key"),
        "redmine" => Lock::Header("x-redmine-api-key"),
        "basic" => Lock::Basic,
        "form" => Lock::Form(false),
        "form-random" => Lock::Form(true),
        "wsse" => Lock::Wsse,
        "hmac" => Lock::Hmac,
        "token" => Lock::Token,
        other => panic!("`{other}` is no way to sign in"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_holds_the_whole_register_once_each_and_about_two_hundred_thousand_items() {
        let entries = entries();
        let slugs: std::collections::BTreeSet<_> = entries.iter().map(|e| e.slug).collect();
        assert_eq!(slugs.len(), 143);
        assert_eq!(entries.len(), 143);
        let items: u64 = entries.iter().map(|entry| entry.items).sum();
        assert!((190_000..=215_000).contains(&items), "{items}");
    }

    #[test]
    fn every_technology_is_served_by_some_app() {
        for (word, technology) in Technology::ALL {
            assert!(
                entries()
                    .iter()
                    .any(|entry| entry.technology == *technology),
                "{word}"
            );
        }
    }
}
