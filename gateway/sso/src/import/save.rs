//! From people as a file means them to people in the store.
//!
//! Owns what needs the store: which units and posts there are, who is known already, whose password is the same as before.

use super::columns::{COLUMNS, EMAIL, NIP, UNIT};
use super::draft::{Draft, join};
use super::fault::ImportFault;
use super::hash::{good_passwords, records};
use super::row::{Row, RowReader};
use super::table::Table;
use super::{ImportOptions, ImportReport, OnProgress, Progress, Stage};
use crate::{Sso, SsoError};
use divos_model::{PostId, UnitCode};
use divos_store::{Assignment, Identifier, Person, PersonRecord, Post};
use serde_json::json;
use std::collections::{BTreeSet, HashMap, HashSet};

/// Imports people from the bytes of a file.
pub(super) async fn people(
    sso: &Sso,
    bytes: Vec<u8>,
    options: ImportOptions,
    progress: OnProgress<'_>,
) -> Result<ImportReport, SsoError> {
    let (table, faults) = Table::read(&bytes, COLUMNS, &["name"]);
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
    let (rows, spoiled) = read_rows(&table, &mut report.faults, progress);
    let drafts = join(&table, rows, &spoiled);
    report.skipped = drafts.skipped;
    report.faults.extend(drafts.faults);
    let drafts = known_units(sso, &table, drafts.good, &mut report).await?;
    let drafts = good_passwords(sso, &table, drafts, &mut report);
    if report.faults.is_empty() || options.partial {
        let records = records(sso, drafts, &options, progress).await?;
        save(sso, &table, records, options, &mut report, progress).await?;
    }
    report
        .faults
        .sort_by(|a, b| (a.line, &a.column).cmp(&(b.line, &b.column)));
    Ok(report)
}

/// Reads every row; returns the good ones and what the bad ones name themselves by.
fn read_rows(
    table: &Table,
    faults: &mut Vec<ImportFault>,
    progress: OnProgress<'_>,
) -> (Vec<Row>, BTreeSet<Identifier>) {
    let (mut rows, mut spoiled) = (Vec::new(), BTreeSet::new());
    let total = table.rows.len();
    for (index, cells) in table.rows.iter().enumerate() {
        let mut reader = RowReader {
            table,
            row: cells,
            faults: Vec::new(),
        };
        match reader.read() {
            Some(row) => rows.push(row),
            None => {
                let named = |column| table.cell(cells, column).map(Identifier::guess);
                spoiled.extend([named(NIP), named(EMAIL)].into_iter().flatten());
                faults.append(&mut reader.faults);
            }
        }
        if index % 500 == 499 || index + 1 == total {
            progress(Progress {
                stage: Stage::Read,
                done: index + 1,
                total,
            });
        }
    }
    (rows, spoiled)
}

/// Leaves out whoever holds a post in a unit that there is not.
async fn known_units(
    sso: &Sso,
    table: &Table,
    drafts: Vec<Draft>,
    report: &mut ImportReport,
) -> Result<Vec<Draft>, SsoError> {
    let units = sso
        .stores
        .people
        .units()
        .await
        .map_err(SsoError::store("list units"))?;
    let units: HashSet<UnitCode> = units.into_iter().map(|unit| unit.code).collect();
    let (good, bad): (Vec<_>, Vec<_>) = drafts.into_iter().partition(|draft| {
        draft
            .held
            .iter()
            .all(|(_, held)| units.contains(&held.unit))
    });
    for (line, held) in bad
        .iter()
        .flat_map(|draft| &draft.held)
        .filter(|(_, held)| !units.contains(&held.unit))
    {
        let what = (
            format!("unit `{}` tidak ada", held.unit),
            format!("there is no unit `{}`", held.unit),
        );
        let advice = (
            "impor unit-unitnya dulu, atau perbaiki kodenya",
            "import the units first, or correct the code",
        );
        report.faults.push(ImportFault::new(
            *line,
            table.column(UNIT),
            (&what.0, &what.1),
            advice,
        ));
    }
    report.skipped += bad.len();
    Ok(good)
}

/// A person ready to be saved, but for the ids of posts.
pub(super) struct Ready {
    pub(super) record: PersonRecord,
    held: Vec<super::row::Held>,
}

/// Finds the person who has one of the identifiers.
pub(super) async fn known_person(
    sso: &Sso,
    identifiers: &[Identifier],
) -> Result<Option<Person>, SsoError> {
    for identifier in identifiers {
        let found = sso
            .stores
            .people
            .by_identifier(identifier)
            .await
            .map_err(SsoError::store("look up a login"))?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// Makes the record. What the file does not say stays as it is: identifiers of other kinds, roles, status.
pub(super) fn ready_of(draft: Draft, known: Option<Person>) -> Ready {
    let mut identifiers = draft.identifiers;
    let mut record = PersonRecord::new(
        usize::try_from(draft.line).unwrap_or(usize::MAX),
        &draft.name,
        Vec::new(),
    );
    record.status = draft.status;
    record.roles = draft.roles;
    if let Some(person) = known {
        record.id = Some(person.id);
        record.status = record.status.or(person.status);
        let kept = person
            .identifiers
            .into_iter()
            .filter(|old| !identifiers.iter().any(|new| new.kind == old.kind));
        identifiers.extend(kept.collect::<Vec<_>>());
    }
    record.identifiers = identifiers;
    Ready {
        record,
        held: draft.held.into_iter().map(|(_, held)| held).collect(),
    }
}

/// Saves posts and people, or says what would change.
async fn save(
    sso: &Sso,
    table: &Table,
    ready: Vec<Ready>,
    options: ImportOptions,
    report: &mut ImportReport,
    progress: OnProgress<'_>,
) -> Result<(), SsoError> {
    let total = ready.len();
    progress(Progress {
        stage: Stage::Save,
        done: 0,
        total,
    });
    let (posts, records) = with_posts(sso, ready).await?;
    let trial: Vec<PersonRecord> = records
        .iter()
        .cloned()
        .map(|record| PersonRecord {
            assignments: None,
            ..record
        })
        .collect();
    let now = sso.clock.now();
    let tried = sso
        .stores
        .people
        .import(trial, true, now)
        .await
        .map_err(SsoError::store("try an import"))?;
    report
        .faults
        .extend(tried.faults.iter().map(|fault| store_fault(table, fault)));
    report.skipped += tried.faults.len();
    let mut counted = tried;
    if !options.dry_run && (report.faults.is_empty() || options.partial) {
        if !posts.is_empty() {
            sso.stores
                .people
                .put_posts(posts)
                .await
                .map_err(SsoError::store("save posts"))?;
        }
        let good: Vec<PersonRecord> = records
            .into_iter()
            .filter(|record| !counted.faults.iter().any(|fault| fault.row == record.row))
            .collect();
        counted = sso
            .stores
            .people
            .import(good, false, now)
            .await
            .map_err(SsoError::store("save people"))?;
        report
            .faults
            .extend(counted.faults.iter().map(|fault| store_fault(table, fault)));
        report.skipped += counted.faults.len();
        report.written = true;
        sso.directory.forget_all();
        let details = json!({ "added": counted.added, "changed": counted.changed, "skipped": report.skipped });
        sso.note("people.imported", None, None, details).await;
    }
    (report.added, report.changed, report.unchanged) = (
        counted.added as usize,
        counted.changed as usize,
        counted.unchanged as usize,
    );
    progress(Progress {
        stage: Stage::Save,
        done: total,
        total,
    });
    Ok(())
}

/// Finds the posts that people hold by unit and title; those that are new get an id, and are returned.
async fn with_posts(
    sso: &Sso,
    ready: Vec<Ready>,
) -> Result<(Vec<Post>, Vec<PersonRecord>), SsoError> {
    let existing = sso
        .stores
        .people
        .posts(None)
        .await
        .map_err(SsoError::store("list posts"))?;
    let mut known: HashMap<(UnitCode, String), Post> = existing
        .into_iter()
        .map(|post| ((post.unit.clone(), post.title.clone()), post))
        .collect();
    let mut changed: HashMap<PostId, Post> = HashMap::new();
    let mut records = Vec::with_capacity(ready.len());
    for Ready { mut record, held } in ready {
        let mut assignments = Vec::with_capacity(held.len());
        for held in held {
            let made = || Post {
                id: PostId::random(),
                unit: held.unit.clone(),
                title: held.title.clone(),
                kind: String::new(),
            };
            let post = known
                .entry((held.unit.clone(), held.title.clone()))
                .or_insert_with(made);
            // An acting official's row says nothing of the post's own type.
            if post.kind != held.post_type
                && (post.kind.is_empty() || held.kind == divos_store::AssignmentKind::Definitif)
            {
                post.kind = held.post_type;
                changed.insert(post.id, post.clone());
            }
            assignments.push(Assignment {
                post: post.id,
                kind: held.kind,
                from: held.from,
                to: held.to,
            });
        }
        assignments.sort();
        record.assignments = (!assignments.is_empty()).then_some(assignments);
        records.push(record);
    }
    Ok((changed.into_values().collect(), records))
}

/// Gives a fault of the store its place in the file.
fn store_fault(table: &Table, fault: &divos_store::ImportFault) -> ImportFault {
    let column = if fault.field.starts_with("identifiers") {
        table.column(NIP).or(table.column(EMAIL))
    } else {
        None
    };
    let advice = ("perbaiki baris ini", "correct this row");
    ImportFault::new(
        fault.row as u64,
        column,
        (&fault.message_id, &fault.message_en),
        advice,
    )
}
