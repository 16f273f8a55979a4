//! The rows of one person, joined.
//!
//! Owns which rows belong together and what they may not disagree about. It must never know the store.

use super::columns::{EMAIL, NAME, NIP, PASSWORD, ROLES, STATUS, USERNAME};
use super::fault::ImportFault;
use super::row::{Held, Row};
use super::table::Table;
use divos_store::{Identifier, IdentifierKind};
use secrecy::{ExposeSecret as _, SecretString};
use std::collections::{BTreeSet, HashMap};

/// A person as the file means them.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) line: u64,
    pub(super) identifiers: Vec<Identifier>,
    pub(super) name: String,
    pub(super) status: Option<String>,
    /// With the line of each.
    pub(super) held: Vec<(u64, Held)>,
    pub(super) roles: Option<Vec<String>>,
    pub(super) password: Option<(u64, SecretString)>,
}

/// People, and those lines whose people must be left out.
#[derive(Debug, Default)]
pub(super) struct Drafts {
    pub(super) good: Vec<Draft>,
    pub(super) skipped: usize,
    pub(super) faults: Vec<ImportFault>,
}

/// Joins rows. `spoiled`: what the rows that could not be read name themselves by, where that much was legible; their
/// person is left out whole.
pub(super) fn join(table: &Table, rows: Vec<Row>, spoiled: &BTreeSet<Identifier>) -> Drafts {
    let mut drafts: Vec<Draft> = Vec::new();
    let mut bad: Vec<bool> = Vec::new();
    let mut faults = Vec::new();
    let mut by_identifier: HashMap<Identifier, usize> = HashMap::new();
    for row in rows {
        let key = row.identifiers.first().cloned();
        let at = key.as_ref().and_then(|key| by_identifier.get(key).copied());
        let index = match at {
            Some(index) => {
                let before = faults.len();
                merge(table, &mut drafts[index], row, &mut faults);
                bad[index] |= faults.len() > before;
                index
            }
            None => {
                bad.push(row.name.is_none());
                if row.name.is_none() {
                    let advice = (
                        "isi namanya pada baris pertama orang ini",
                        "fill in the name on the person's first row",
                    );
                    faults.push(ImportFault::new(
                        row.line,
                        table.column(NAME),
                        ("nama kosong", "the name is empty"),
                        advice,
                    ));
                }
                drafts.push(Draft::of(row));
                drafts.len() - 1
            }
        };
        for identifier in drafts[index].identifiers.clone() {
            let owner = *by_identifier.entry(identifier.clone()).or_insert(index);
            if owner != index && !bad[index] {
                bad[index] = true;
                let line = drafts[index].line;
                let first = drafts[owner].line;
                let what = (
                    format!("sudah dipakai orang pada baris {first}"),
                    format!("it belongs to the person on line {first}"),
                );
                let advice = (
                    "setiap orang perlu miliknya sendiri",
                    "each person needs their own",
                );
                faults.push(ImportFault::new(
                    line,
                    table.column(column_of(identifier.kind)),
                    (&what.0, &what.1),
                    advice,
                ));
            }
        }
    }
    for (draft, bad) in drafts.iter().zip(&mut bad) {
        *bad |= draft
            .identifiers
            .iter()
            .any(|identifier| spoiled.contains(identifier));
    }
    let total = drafts.len();
    let good: Vec<Draft> = drafts
        .into_iter()
        .zip(bad)
        .filter(|(_, bad)| !bad)
        .map(|(draft, _)| draft)
        .collect();
    Drafts {
        skipped: total - good.len(),
        good,
        faults,
    }
}

impl Draft {
    fn of(row: Row) -> Self {
        Self {
            line: row.line,
            identifiers: row.identifiers,
            name: row.name.unwrap_or_default(),
            status: row.status,
            held: row.held.map(|held| (row.line, held)).into_iter().collect(),
            roles: row.roles,
            password: row.password.map(|password| (row.line, password)),
        }
    }
}

/// Adds a further row of a person: another post, and what earlier rows left open.
fn merge(table: &Table, draft: &mut Draft, row: Row, faults: &mut Vec<ImportFault>) {
    let first = draft.line;
    let mut differs = |column: usize| {
        let what = (
            format!("berbeda dari baris {first} untuk orang yang sama"),
            format!("differs from line {first} for the same person"),
        );
        let advice = (
            "samakan, atau kosongkan di sini",
            "make them alike, or leave it empty here",
        );
        faults.push(ImportFault::new(
            row.line,
            table.column(column),
            (&what.0, &what.1),
            advice,
        ));
    };
    for identifier in row.identifiers {
        match draft
            .identifiers
            .iter()
            .find(|known| known.kind == identifier.kind)
        {
            Some(known) if *known != identifier => differs(column_of(identifier.kind)),
            Some(_) => {}
            None => draft.identifiers.push(identifier),
        }
    }
    if row.name.is_some_and(|name| name != draft.name) {
        differs(NAME);
    }
    match (&draft.status, row.status) {
        (Some(known), Some(status)) if *known != status => differs(STATUS),
        (None, status) => draft.status = status,
        _ => {}
    }
    match (&draft.roles, row.roles) {
        (Some(known), Some(roles)) if *known != roles => differs(ROLES),
        (None, roles) => draft.roles = roles,
        _ => {}
    }
    match (&draft.password, row.password) {
        (Some((_, known)), Some(password)) if known.expose_secret() != password.expose_secret() => {
            differs(PASSWORD)
        }
        (None, Some(password)) => draft.password = Some((row.line, password)),
        _ => {}
    }
    if let Some(held) = row.held
        && !draft.held.iter().any(|(_, known)| *known == held)
    {
        draft.held.push((row.line, held));
    }
}

fn column_of(kind: IdentifierKind) -> usize {
    match kind {
        IdentifierKind::Nip => NIP,
        IdentifierKind::Email => EMAIL,
        IdentifierKind::Username => USERNAME,
    }
}
