//! What a person holds on a day.

use super::{persons, units};
use crate::sqlite::error::unreadable;
use crate::{Assignment, AssignmentKind, HeldPost, Post, Standing, StoreError, Tenure};
use chrono::NaiveDate;
use divos_model::{PersonId, PostId};
use rusqlite::Connection;
use uuid::Uuid;

/// Returns the word under which a kind of assignment is kept.
pub(crate) fn kind_word(kind: AssignmentKind) -> &'static str {
    match kind {
        AssignmentKind::Definitif => "definitif",
        AssignmentKind::Plt => "plt",
        AssignmentKind::Plh => "plh",
        AssignmentKind::Pj => "pj",
    }
}

fn kind(word: &str) -> Result<AssignmentKind, StoreError> {
    use AssignmentKind::{Definitif, Pj, Plh, Plt};
    [Definitif, Plt, Plh, Pj]
        .into_iter()
        .find(|kind| kind_word(*kind) == word)
        .ok_or_else(|| unreadable("assignment"))
}

/// Reads a day.
fn day(text: &str) -> Result<NaiveDate, StoreError> {
    text.parse().map_err(|_| unreadable("day"))
}

/// Returns a person with the posts they hold on a day, definitive ones first.
pub(crate) fn standing(
    db: &Connection,
    id: PersonId,
    on: NaiveDate,
) -> Result<Option<Standing>, StoreError> {
    let Some(person) = persons::by_id(db, id)? else {
        return Ok(None);
    };
    let mut posts = Vec::new();
    for assignment in assignments(db, id)? {
        let held = assignment.from <= on && assignment.to.is_none_or(|to| on <= to);
        if held {
            posts.extend(held_post(db, &assignment)?);
        }
    }
    posts.sort_by(|a, b| (a.kind, &a.post.title).cmp(&(b.kind, &b.post.title)));
    Ok(Some(Standing { person, posts }))
}

/// Returns every post that a person holds or held, those that began last first.
pub(crate) fn tenures(db: &Connection, id: PersonId) -> Result<Vec<Tenure>, StoreError> {
    let mut tenures = Vec::new();
    for assignment in assignments(db, id)? {
        let held = held_post(db, &assignment)?;
        tenures.extend(held.map(|held| Tenure {
            from: assignment.from,
            held,
        }));
    }
    tenures.sort_by(|a, b| (b.from, &a.held.post.title).cmp(&(a.from, &b.held.post.title)));
    Ok(tenures)
}

/// Returns all assignments of a person, sorted.
pub(crate) fn assignments(db: &Connection, id: PersonId) -> Result<Vec<Assignment>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT post, kind, from_day, to_day FROM assignment WHERE person = ?1")?;
    let mut rows = statement.query([id.uuid().as_bytes()])?;
    let mut assignments = Vec::new();
    while let Some(row) = rows.next()? {
        let to: Option<String> = row.get(3)?;
        assignments.push(Assignment {
            post: PostId::from_uuid(Uuid::from_bytes(row.get(0)?)),
            kind: kind(&row.get::<_, String>(1)?)?,
            from: day(&row.get::<_, String>(2)?)?,
            to: to.map(|to| day(&to)).transpose()?,
        });
    }
    assignments.sort();
    Ok(assignments)
}

fn held_post(db: &Connection, assignment: &Assignment) -> Result<Option<HeldPost>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT post.unit, post.title, post.kind, unit.name FROM post \
         JOIN unit ON unit.code = post.unit WHERE post.id = ?1",
    )?;
    let mut rows = statement.query([assignment.post.uuid().as_bytes()])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let unit: String = row.get(0)?;
    Ok(Some(HeldPost {
        lineage: units::lineage(db, &unit)?,
        post: Post {
            id: assignment.post,
            unit: unit.parse().map_err(|_| unreadable("unit"))?,
            title: row.get(1)?,
            kind: row.get(2)?,
        },
        kind: assignment.kind,
        unit_name: row.get(3)?,
        to: assignment.to,
    }))
}
