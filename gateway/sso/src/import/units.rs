//! Units from a CSV file.
//!
//! Owns the columns `code, name, parent` and the checks that a tree needs. It must never know people.

use super::fault::ImportFault;
use super::table::{Known, Table};
use super::{ImportOptions, ImportReport, OnProgress, Progress, Stage};
use crate::{Sso, SsoError};
use divos_model::UnitCode;
use divos_store::Unit;
use serde_json::json;
use std::collections::{BTreeMap, HashMap, HashSet};

const CODE: usize = 0;
const NAME: usize = 1;
const PARENT: usize = 2;
const COLUMNS: &[Known] = &[
    ("code", &["kode", "kodeunit", "kodeopd", "unit"]),
    ("name", &["nama", "namaunit", "namaopd", "unitkerja"]),
    (
        "parent",
        &["induk", "kodeinduk", "atasan", "parentcode", "unitinduk"],
    ),
];

/// Imports units. A tree is whole or it is none: faults leave everything as it was, with `partial` too.
pub(super) async fn import(
    sso: &Sso,
    bytes: Vec<u8>,
    options: ImportOptions,
    progress: OnProgress<'_>,
) -> Result<ImportReport, SsoError> {
    let (table, faults) = Table::read(&bytes, COLUMNS, &["code", "name"]);
    let Some(table) = table else {
        return Ok(ImportReport {
            faults,
            ..ImportReport::default()
        });
    };
    let mut report = ImportReport {
        rows: table.rows.len() + faults.len(),
        faults,
        ..ImportReport::default()
    };
    let read = read(&table, &mut report.faults);
    progress(Progress {
        stage: Stage::Read,
        done: report.rows,
        total: report.rows,
    });
    let before: HashMap<UnitCode, Unit> = sso
        .stores
        .people
        .units()
        .await
        .map_err(SsoError::store("list units"))?
        .into_iter()
        .map(|unit| (unit.code.clone(), unit))
        .collect();
    check_tree(&table, &read, &before, &mut report.faults);
    report
        .faults
        .sort_by(|a, b| (a.line, &a.column).cmp(&(b.line, &b.column)));
    if !report.faults.is_empty() {
        report.skipped = report.rows;
        return Ok(report);
    }
    for (_, unit) in read.values() {
        match before.get(&unit.code) {
            None => report.added += 1,
            Some(old) if old == unit => report.unchanged += 1,
            Some(_) => report.changed += 1,
        }
    }
    if !options.dry_run {
        let units = parents_first(read.into_values().map(|(_, unit)| unit).collect());
        sso.stores
            .people
            .put_units(units)
            .await
            .map_err(SsoError::store("save units"))?;
        sso.directory.forget_all();
        report.written = true;
        sso.note(
            "units.imported",
            None,
            None,
            json!({ "added": report.added, "changed": report.changed }),
        )
        .await;
    }
    progress(Progress {
        stage: Stage::Save,
        done: report.rows,
        total: report.rows,
    });
    Ok(report)
}

fn read(table: &Table, faults: &mut Vec<ImportFault>) -> BTreeMap<UnitCode, (u64, Unit)> {
    let mut units: BTreeMap<UnitCode, (u64, Unit)> = BTreeMap::new();
    for row in &table.rows {
        let mut code_in = |column: usize| {
            let text = table.cell(row, column)?;
            let code = text.trim_start_matches('\'').parse::<UnitCode>().ok();
            if code.is_none() {
                let advice = (
                    "1–32 huruf, angka, titik, atau tanda hubung",
                    "1–32 letters, digits, dots or hyphens",
                );
                faults.push(ImportFault::new(
                    row.line,
                    table.column(column),
                    ("bukan kode unit", "not a unit code"),
                    advice,
                ));
            }
            code
        };
        let (code, parent) = (code_in(CODE), code_in(PARENT));
        for (column, what) in [
            (CODE, ("kode kosong", "the code is empty")),
            (NAME, ("nama kosong", "the name is empty")),
        ] {
            if table.cell(row, column).is_none() {
                faults.push(ImportFault::new(
                    row.line,
                    table.column(column),
                    what,
                    ("isi selnya", "fill in the cell"),
                ));
            }
        }
        let (Some(code), Some(name)) = (code, table.cell(row, NAME)) else {
            continue;
        };
        if let Some((first, _)) = units.get(&code) {
            let what = (
                format!("kode ini sudah ada pada baris {first}"),
                format!("the code is on line {first} already"),
            );
            faults.push(ImportFault::new(
                row.line,
                table.column(CODE),
                (&what.0, &what.1),
                ("hapus salah satunya", "remove one of them"),
            ));
            continue;
        }
        units.insert(
            code.clone(),
            (
                row.line,
                Unit {
                    code,
                    parent,
                    name: name.to_owned(),
                },
            ),
        );
    }
    units
}

/// Checks that every parent is there and that nothing is above itself.
fn check_tree(
    table: &Table,
    read: &BTreeMap<UnitCode, (u64, Unit)>,
    before: &HashMap<UnitCode, Unit>,
    faults: &mut Vec<ImportFault>,
) {
    let parent_of = |code: &UnitCode| match read.get(code) {
        Some((_, unit)) => unit.parent.as_ref(),
        None => before.get(code).and_then(|unit| unit.parent.as_ref()),
    };
    for (line, unit) in read.values() {
        let Some(parent) = &unit.parent else { continue };
        if !read.contains_key(parent) && !before.contains_key(parent) {
            let what = (
                format!("induk `{parent}` tidak ada"),
                format!("there is no parent `{parent}`"),
            );
            let advice = (
                "tambahkan barisnya, atau perbaiki kodenya",
                "add its row, or correct the code",
            );
            faults.push(ImportFault::new(
                *line,
                table.column(PARENT),
                (&what.0, &what.1),
                advice,
            ));
            continue;
        }
        let mut seen = HashSet::from([&unit.code]);
        let mut above = Some(parent);
        while let Some(code) = above {
            if !seen.insert(code) {
                let what = (
                    format!("unit `{}` berada di atas dirinya sendiri", unit.code),
                    format!("unit `{}` is above itself", unit.code),
                );
                faults.push(ImportFault::new(
                    *line,
                    table.column(PARENT),
                    (&what.0, &what.1),
                    ("perbaiki induknya", "correct the parent"),
                ));
                break;
            }
            above = parent_of(code);
        }
    }
}

/// Puts parents before their children, as the store wants them.
fn parents_first(units: Vec<Unit>) -> Vec<Unit> {
    let codes: HashSet<UnitCode> = units.iter().map(|unit| unit.code.clone()).collect();
    let (mut placed, mut order, mut left) =
        (HashSet::new(), Vec::with_capacity(units.len()), units);
    while !left.is_empty() {
        let ready = |unit: &Unit| {
            unit.parent
                .as_ref()
                .is_none_or(|parent| !codes.contains(parent) || placed.contains(parent))
        };
        let (now, later): (Vec<Unit>, Vec<Unit>) = left.into_iter().partition(ready);
        if now.is_empty() {
            order.extend(later);
            break;
        }
        placed.extend(now.iter().map(|unit| unit.code.clone()));
        order.extend(now);
        left = later;
    }
    order
}
