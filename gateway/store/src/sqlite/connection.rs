//! How connections are opened: journal, durability, caches, checks.
//!
//! `synchronous=FULL` with a write-ahead log: a commit returns after its log is on the disk, so what
//! was acknowledged survives a kill and a loss of power alike. The writer commits jobs in groups, so
//! that many share one flush.

use super::schema;
use crate::StoreError;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::time::Duration;

/// Up to this size a database is checked whole when it is opened; above, on demand, since the check
/// takes seconds per gigabyte.
const CHECK_AT_OPEN: u64 = 32 << 20;

/// Pages (4 KiB) in the log before it is folded back into the database: 128 MiB. The longer the log,
/// the more often a page of the index is written once for many changes.
const CHECKPOINT_PAGES: u32 = 32_000;

/// Pages that the writer keeps in memory, in KiB. It is filled for good where each minute brings something from
/// many apps, and it cannot hold the indexes of a large store anyway; what it lacks the system's page cache has.
const WRITER_CACHE_KIB: i64 = 32 << 10;

/// Opens the one connection that writes.
pub(crate) fn writer(path: &Path, max_bytes: Option<u64>) -> Result<Connection, StoreError> {
    let mut db = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    db.busy_timeout(Duration::from_secs(5))?;
    check_small(&db, path)?;
    db.pragma_update(None, "journal_mode", "wal")?;
    db.pragma_update(None, "synchronous", "full")?;
    db.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    db.pragma_update(None, "journal_size_limit", 160 << 20)?;
    db.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
    db.pragma_update(None, "temp_store", "memory")?;
    db.pragma_update(None, "secure_delete", "fast")?;
    schema::migrate(&mut db)?;
    if let Some(bytes) = max_bytes {
        db.pragma_update(None, "max_page_count", (bytes / 4096).max(1))?;
    }
    db.set_prepared_statement_cache_capacity(128);
    Ok(db)
}

/// Opens a connection that only reads.
pub(crate) fn reader(path: &Path) -> Result<Connection, StoreError> {
    let db = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    db.busy_timeout(Duration::from_secs(5))?;
    db.pragma_update(None, "query_only", true)?;
    db.pragma_update(None, "cache_size", -(3 << 10))?;
    db.pragma_update(None, "temp_store", "memory")?;
    db.set_prepared_statement_cache_capacity(128);
    Ok(db)
}

/// Reads the whole database and checks it.
pub(crate) fn check(db: &Connection) -> Result<(), StoreError> {
    let verdict: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if verdict == "ok" {
        Ok(())
    } else {
        Err(StoreError::Corrupt { detail: verdict })
    }
}

fn check_small(db: &Connection, path: &Path) -> Result<(), StoreError> {
    let bytes = std::fs::metadata(path).map_or(0, |meta| meta.len());
    if bytes <= CHECK_AT_OPEN {
        return check(db);
    }
    // Reads the header and the schema, and replays the log.
    db.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    Ok(())
}
