//! The tree of units, and the posts in it.

use crate::sqlite::error::unreadable;
use crate::{Post, StoreError, Unit};
use divos_model::{PostId, UnitCode};
use rusqlite::Connection;
use uuid::Uuid;

/// No unit lies deeper than this below the city.
const DEEPEST: usize = 64;

/// Adds or changes units, then checks the tree.
pub(crate) fn put(db: &Connection, units: &[Unit]) -> Result<(), StoreError> {
    let mut statement = db.prepare_cached("INSERT OR REPLACE INTO unit VALUES (?1, ?2, ?3)")?;
    for unit in units {
        let parent = unit.parent.as_ref().map(UnitCode::as_str);
        statement.execute((unit.code.as_str(), parent, &unit.name))?;
    }
    let orphan = db
        .prepare_cached(
            "SELECT 1 FROM unit WHERE parent IS NOT NULL \
             AND parent NOT IN (SELECT code FROM unit) LIMIT 1",
        )?
        .exists([])?;
    if orphan {
        return Err(StoreError::Invalid {
            what: "a unit's parent",
        });
    }
    for unit in units {
        lineage(db, unit.code.as_str())?;
    }
    Ok(())
}

/// Returns every unit, by code.
pub(crate) fn all(db: &Connection) -> Result<Vec<Unit>, StoreError> {
    let mut statement = db.prepare_cached("SELECT code, parent, name FROM unit ORDER BY code")?;
    let mut rows = statement.query([])?;
    let mut units = Vec::new();
    while let Some(row) = rows.next()? {
        let parent: Option<String> = row.get(1)?;
        units.push(Unit {
            code: code(row.get(0)?)?,
            parent: parent.map(code).transpose()?,
            name: row.get(2)?,
        });
    }
    Ok(units)
}

/// Returns a unit and every unit above it, lowest first.
pub(crate) fn lineage(db: &Connection, of: &str) -> Result<Vec<UnitCode>, StoreError> {
    let mut statement = db.prepare_cached("SELECT parent FROM unit WHERE code = ?1")?;
    let mut lineage = Vec::new();
    let mut next = Some(of.to_owned());
    while let Some(at) = next {
        let mut rows = statement.query([&at])?;
        let Some(row) = rows.next()? else {
            break;
        };
        if lineage.len() == DEEPEST {
            return Err(StoreError::Invalid {
                what: "the tree of units",
            });
        }
        next = row.get(0)?;
        lineage.push(code(at)?);
    }
    Ok(lineage)
}

/// Returns a unit and every unit below it, by code.
pub(crate) fn subtree(db: &Connection, of: &str) -> Result<Vec<UnitCode>, StoreError> {
    let mut statement = db.prepare_cached(
        "WITH RECURSIVE below(code) AS (SELECT code FROM unit WHERE code = ?1 \
         UNION SELECT unit.code FROM unit JOIN below ON unit.parent = below.code) \
         SELECT code FROM below ORDER BY code",
    )?;
    let codes = statement.query_map([of], |row| row.get(0))?;
    codes.map(|text| code(text?)).collect()
}

/// Adds or changes posts.
pub(crate) fn put_posts(db: &Connection, posts: &[Post]) -> Result<(), StoreError> {
    let mut unit = db.prepare_cached("SELECT 1 FROM unit WHERE code = ?1")?;
    let mut add = db.prepare_cached("INSERT OR REPLACE INTO post VALUES (?1, ?2, ?3, ?4)")?;
    for post in posts {
        if !unit.exists([post.unit.as_str()])? {
            return Err(StoreError::Invalid {
                what: "a post's unit",
            });
        }
        let id = post.id.uuid();
        add.execute((id.as_bytes(), post.unit.as_str(), &post.title, &post.kind))?;
    }
    Ok(())
}

/// Returns the posts of a unit, or all, by unit and title.
pub(crate) fn posts(db: &Connection, unit: Option<&str>) -> Result<Vec<Post>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT id, unit, title, kind FROM post WHERE ?1 IS NULL OR unit = ?1 \
         ORDER BY unit, title, id",
    )?;
    let mut rows = statement.query([unit])?;
    let mut posts = Vec::new();
    while let Some(row) = rows.next()? {
        posts.push(Post {
            id: PostId::from_uuid(Uuid::from_bytes(row.get(0)?)),
            unit: code(row.get(1)?)?,
            title: row.get(2)?,
            kind: row.get(3)?,
        });
    }
    Ok(posts)
}

fn code(text: String) -> Result<UnitCode, StoreError> {
    text.parse().map_err(|_| unreadable("unit"))
}
