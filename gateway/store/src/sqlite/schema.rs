//! The schema's versions. A migration is written once and never edited after a release.

use crate::StoreError;
use rusqlite::Connection;

/// Every migration, in order; its place (from 1) is the version it leads to.
const MIGRATIONS: &[(&str, &str)] = &[
    ("first", include_str!("migrations/0001_first.sql")),
    ("events", include_str!("migrations/0002_events.sql")),
    (
        "definitions",
        include_str!("migrations/0003_definitions.sql"),
    ),
    (
        "push credentials",
        include_str!("migrations/0004_push_credentials.sql"),
    ),
    ("usage", include_str!("migrations/0005_usage.sql")),
    (
        "registrations",
        include_str!("migrations/0006_registrations.sql"),
    ),
    ("twins", include_str!("migrations/0007_twins.sql")),
    ("place", include_str!("migrations/0008_place.sql")),
    ("own data", include_str!("migrations/0009_own_data.sql")),
];

/// Marks the file as ours (`DVOS`), so that no other program's database is taken for a store.
const APPLICATION_ID: i64 = 0x4456_4f53;

/// The newest version this hub knows.
pub(crate) const VERSION: u32 = MIGRATIONS.len() as u32;

/// Brings the schema up to [`VERSION`], one transaction for each step.
pub(crate) fn migrate(db: &mut Connection) -> Result<(), StoreError> {
    let found: u32 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let id: i64 = db.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if id != APPLICATION_ID && (id != 0 || found != 0) {
        return Err(StoreError::Corrupt {
            detail: "the file is another program's database".to_owned(),
        });
    }
    if found > VERSION {
        return Err(StoreError::TooNew {
            found,
            known: VERSION,
        });
    }
    for (step, (name, sql)) in MIGRATIONS.iter().enumerate().skip(found as usize) {
        let version = step as u32 + 1;
        let tx = db.transaction()?;
        tx.execute_batch(
            "CREATE TABLE IF NOT EXISTS migration(version INTEGER PRIMARY KEY, name TEXT NOT NULL)",
        )?;
        tx.execute_batch(sql)?;
        tx.execute("INSERT INTO migration VALUES (?1, ?2)", (version, name))?;
        tx.pragma_update(None, "application_id", APPLICATION_ID)?;
        tx.pragma_update(None, "user_version", version)?;
        tx.commit()?;
        tracing::info!(version, name, "the store's schema was brought up to date");
    }
    Ok(())
}
