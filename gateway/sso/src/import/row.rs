//! One row of a file of people: its cells, given their meaning.
//!
//! Owns the words that cells may hold, in Indonesian and English. It must never know other rows or the store.

use super::columns::{
    ASSIGNMENT, ASSIGNMENTS, EMAIL, FROM, NAME, NIP, PASSWORD, POST, POST_TYPE, POST_TYPES, ROLES,
    STATUS, TO, UNIT, USERNAME,
};
use super::fault::{ImportFault, Words};
use super::table::{Cells, Table, day};
use crate::people::{email_of, is_role, username_of};
use crate::{Nip, NipFault};
use chrono::NaiveDate;
use divos_model::UnitCode;
use divos_store::{AssignmentKind, Identifier, IdentifierKind};
use secrecy::SecretString;

/// A row that is good.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) line: u64,
    pub(super) identifiers: Vec<Identifier>,
    pub(super) name: Option<String>,
    pub(super) status: Option<String>,
    pub(super) held: Option<Held>,
    pub(super) roles: Option<Vec<String>>,
    pub(super) password: Option<SecretString>,
}

/// A post that a row names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) unit: UnitCode,
    pub(super) title: String,
    pub(super) post_type: String,
    pub(super) kind: AssignmentKind,
    pub(super) from: NaiveDate,
    pub(super) to: Option<NaiveDate>,
}

/// Reads one row; every cell that is wrong is a fault.
pub(super) struct RowReader<'a> {
    pub(super) table: &'a Table,
    pub(super) row: &'a Cells,
    pub(super) faults: Vec<ImportFault>,
}

impl RowReader<'_> {
    fn cell(&self, column: usize) -> Option<&str> {
        self.table.cell(self.row, column)
    }

    pub(super) fn blame(&mut self, column: usize, what: Words<'_>, advice: Words<'_>) {
        self.faults.push(ImportFault::new(
            self.row.line,
            self.table.column(column),
            what,
            advice,
        ));
    }

    /// Gives the row its meaning; `None` where anything in it is wrong.
    pub(super) fn read(&mut self) -> Option<Row> {
        let row = Row {
            line: self.row.line,
            identifiers: self.identifiers(),
            name: self.name(),
            status: self.cell(STATUS).map(str::to_uppercase),
            held: self.held(),
            roles: self.roles(),
            password: self.cell(PASSWORD).map(|text| text.to_owned().into()),
        };
        self.faults.is_empty().then_some(row)
    }

    fn identifiers(&mut self) -> Vec<Identifier> {
        let mut all = Vec::new();
        if let Some(text) = self.cell(NIP) {
            match Nip::parse(text.trim_start_matches('\'')) {
                Ok(nip) => all.push(Identifier::new(IdentifierKind::Nip, nip.as_str())),
                Err(fault) => self.bad_nip(fault),
            }
        }
        if let Some(text) = self.cell(EMAIL) {
            match email_of(text) {
                Some(email) => all.push(email),
                None => self.blame(
                    EMAIL,
                    ("bukan alamat surel", "not an e-mail address"),
                    (
                        "tulis seperti nama@contoh.example",
                        "write it like name@example.go.id",
                    ),
                ),
            }
        }
        if let Some(text) = self.cell(USERNAME) {
            match username_of(text) {
                Some(username) => all.push(username),
                None => self.blame(
                    USERNAME,
                    ("bukan nama pengguna", "not a user name"),
                    (
                        "2–64 huruf kecil, angka, titik, atau tanda hubung, diawali huruf",
                        "2–64 small letters, digits, dots or hyphens, a letter first",
                    ),
                ),
            }
        }
        if all.is_empty() && self.faults.is_empty() {
            let what = (
                "tidak ada NIP, surel, atau nama pengguna",
                "there is no NIP, e-mail address or user name",
            );
            self.blame(
                NIP,
                what,
                (
                    "isi salah satunya; dengan itu orang masuk",
                    "fill in one of them; it is what the person signs in with",
                ),
            );
        }
        all
    }

    fn bad_nip(&mut self, fault: NipFault) {
        let text = self.cell(NIP).unwrap_or_default();
        let rounded = text.to_ascii_uppercase().contains("E+");
        if rounded {
            let what = (
                "NIP dibulatkan oleh lembar kerja",
                "the spreadsheet rounded the NIP",
            );
            return self.blame(
                NIP,
                what,
                (
                    "jadikan kolom ini teks, lalu isi ulang NIP-nya",
                    "make the column text, then fill in the NIP again",
                ),
            );
        }
        let advice = ("NIP terdiri atas 18 angka", "a NIP has 18 digits");
        match fault {
            NipFault::NotDigits => self.blame(
                NIP,
                ("NIP memuat selain angka", "the NIP holds more than digits"),
                advice,
            ),
            NipFault::Length(length) => {
                let what = (
                    format!("NIP ini {length} angka"),
                    format!("the NIP has {length} digits"),
                );
                self.blame(NIP, (&what.0, &what.1), advice);
            }
        }
    }

    fn name(&mut self) -> Option<String> {
        let name = self.cell(NAME)?.to_owned();
        if name.chars().count() > 200 || name.chars().any(char::is_control) {
            self.blame(
                NAME,
                (
                    "nama terlalu panjang atau memuat karakter kendali",
                    "the name is too long or holds control characters",
                ),
                ("perbaiki namanya", "correct the name"),
            );
        }
        Some(name)
    }

    fn roles(&mut self) -> Option<Vec<String>> {
        let text = self.cell(ROLES)?.to_lowercase();
        let words = text
            .split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '|'))
            .filter(|word| !word.is_empty());
        let mut roles: Vec<String> = words.map(str::to_owned).collect();
        roles.sort();
        roles.dedup();
        if let Some(bad) = roles.iter().find(|role| !is_role(role)) {
            let what = (
                format!("`{}` bukan peran", short(bad)),
                format!("`{}` is not a role", short(bad)),
            );
            self.blame(
                ROLES,
                (&what.0, &what.1),
                (
                    "huruf kecil, angka, tanda hubung; pisahkan dengan spasi",
                    "small letters, digits, hyphens; separate them by spaces",
                ),
            );
        }
        Some(roles)
    }

    fn held(&mut self) -> Option<Held> {
        let (unit, post) = (
            self.cell(UNIT).map(str::to_owned),
            self.cell(POST).map(str::to_owned),
        );
        let (Some(unit), Some(post)) = (&unit, &post) else {
            if unit.is_some() {
                self.blame(
                    POST,
                    ("jabatan kosong", "the post is empty"),
                    (
                        "isi jabatan, atau kosongkan unitnya",
                        "fill in the post, or empty the unit",
                    ),
                );
            } else if post.is_some() {
                self.blame(
                    UNIT,
                    ("unit kosong", "the unit is empty"),
                    (
                        "isi kode unit, atau kosongkan jabatannya",
                        "fill in the unit's code, or empty the post",
                    ),
                );
            }
            return None;
        };
        let unit = self.unit(unit);
        let post_type = self.word(POST_TYPE, POST_TYPES).unwrap_or("pelaksana");
        let (title, by_title) = without_prefix(post);
        let kind = self
            .word(ASSIGNMENT, ASSIGNMENTS)
            .or(by_title)
            .unwrap_or(AssignmentKind::Definitif);
        let from = self
            .day(FROM)
            .unwrap_or(NaiveDate::from_ymd_opt(1970, 1, 1)?);
        let to = self.day(TO);
        if to.is_some_and(|to| to < from) {
            self.blame(
                TO,
                ("berakhir sebelum mulai", "it ends before it begins"),
                ("perbaiki kedua tanggalnya", "correct the two dates"),
            );
        }
        Some(Held {
            unit: unit?,
            title: title.to_owned(),
            post_type: post_type.to_owned(),
            kind,
            from,
            to,
        })
    }

    fn unit(&mut self, text: &str) -> Option<UnitCode> {
        let code = text.trim_start_matches('\'').parse().ok();
        if code.is_none() {
            let what = (
                format!("`{}` bukan kode unit", short(text)),
                format!("`{}` is not a unit code", short(text)),
            );
            self.blame(
                UNIT,
                (&what.0, &what.1),
                (
                    "isi kodenya, bukan namanya, misalnya 030801",
                    "fill in the code, not the name, for example 030801",
                ),
            );
        }
        code
    }

    fn day(&mut self, column: usize) -> Option<NaiveDate> {
        let text = self.cell(column).filter(|text| *text != "-")?.to_owned();
        let found = day(&text);
        if found.is_none() {
            let what = (
                format!("`{}` bukan tanggal", short(&text)),
                format!("`{}` is not a day", short(&text)),
            );
            self.blame(
                column,
                (&what.0, &what.1),
                (
                    "tulis seperti 2026-01-31 atau 31/01/2026",
                    "write it like 2026-01-31 or 31/01/2026",
                ),
            );
        }
        found
    }

    fn word<T: Copy>(&mut self, column: usize, words: &[(&str, T)]) -> Option<T> {
        let text = self.cell(column)?.to_lowercase();
        let plain: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
        let found = words
            .iter()
            .find(|(word, _)| *word == plain)
            .map(|(_, meaning)| *meaning);
        if found.is_none() {
            let all = words
                .iter()
                .map(|(word, _)| *word)
                .collect::<Vec<_>>()
                .join(", ");
            let what = (
                format!("`{}` tidak dikenal", short(&text)),
                format!("`{}` is not known", short(&text)),
            );
            let advice = (
                format!("pilih salah satu: {all}"),
                format!("choose one of: {all}"),
            );
            self.blame(column, (&what.0, &what.1), (&advice.0, &advice.1));
        }
        found
    }
}

/// Takes `Plt.`, `Plh.` or `Pj.` off a title: an acting official holds the post itself, not another of that name.
fn without_prefix(title: &str) -> (&str, Option<AssignmentKind>) {
    for (prefix, kind) in [
        ("plt", AssignmentKind::Plt),
        ("plh", AssignmentKind::Plh),
        ("pj", AssignmentKind::Pj),
    ] {
        let head = title
            .get(..prefix.len())
            .filter(|head| head.eq_ignore_ascii_case(prefix));
        if head.is_some()
            && let rest = &title[prefix.len()..]
            && rest.starts_with(['.', ' '])
        {
            return (rest.trim_start_matches(['.', ' ']), Some(kind));
        }
    }
    (title, None)
}

/// Cuts a word for a message.
fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(40).collect()
}
