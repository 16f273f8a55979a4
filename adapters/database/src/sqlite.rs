//! SQLite: a file on this machine, opened for reading, on a thread that may block.
//!
//! Owns how SQLite is spoken to. It never creates a file, loads an extension or reads a `file:` URI.

use crate::database::{Limits, Run};
use crate::dsn::Dsn;
use crate::fault::{DatabaseFault, FaultKind};
use crate::query::Query;
use crate::row::{Names, Quirks, binary, float, text};
use rusqlite::limits::Limit;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Error, ErrorCode, OpenFlags};
use serde_json::Value as Json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// How many steps of SQLite's machine lie between two looks at the clock.
const STEPS: i32 = 2000;

/// An open file; `None` while a statement has it.
pub(crate) struct Connection(Option<rusqlite::Connection>);

/// Opens the file for reading.
pub(crate) async fn open(dsn: &Dsn, limits: Limits) -> Result<Connection, DatabaseFault> {
    let path = dsn
        .path()
        .map(std::path::Path::to_path_buf)
        .unwrap_or_default();
    let opening = move || {
        if !path.is_file() {
            return Err(DatabaseFault::new(
                FaultKind::Unreachable,
                "there is no such file",
            ));
        }
        // Without SQLITE_OPEN_URI, a path is a path.
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        prepared(&path, flags, limits).map_err(|error| fault(&error, None, limits))
    };
    let opened = tokio::task::spawn_blocking(opening).await;
    let opened = opened.unwrap_or_else(|_| Err(DatabaseFault::lost()))?;
    Ok(Connection(Some(opened)))
}

fn prepared(
    path: &std::path::Path,
    flags: OpenFlags,
    limits: Limits,
) -> Result<rusqlite::Connection, Error> {
    let connection = rusqlite::Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(limits.statement.min(limits.connect))?;
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.set_limit(
        Limit::SQLITE_LIMIT_LENGTH,
        i32::try_from(limits.row_bytes).unwrap_or(i32::MAX),
    )?;
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    // Reads the header, so that a file that is no database is known now.
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    Ok(connection)
}

/// Tells the thread to stop when the one who waits for it is gone.
struct Stop(Arc<AtomicBool>);

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Connection {
    /// Runs one statement and puts its rows through the gate.
    pub(crate) async fn run(&mut self, run: Run<'_>) -> Result<(), DatabaseFault> {
        let connection = self.0.take().ok_or_else(DatabaseFault::lost)?;
        let stop = Stop(Arc::default());
        let (stopped, limits) = (stop.0.clone(), run.limits);
        let deadline = Instant::now() + limits.statement;
        let late = move || stopped.load(Ordering::Relaxed) || Instant::now() > deadline;
        connection.progress_handler(STEPS, Some(late));
        let query = run.query.clone();
        let (values, mut gate, quirks) = (run.values, run.gate, run.quirks);
        let working = move || {
            let mut put = |row| {
                gate.put_blocking(row)?;
                if Instant::now() > deadline {
                    return Err(DatabaseFault::late(limits.statement));
                }
                Ok(())
            };
            let done = read(&connection, &query, values, limits, &quirks, &mut put);
            (connection, done)
        };
        let done = tokio::task::spawn_blocking(working).await;
        let (connection, done) = done.map_err(|_| DatabaseFault::lost())?;
        self.0 = Some(connection);
        done
    }
}

fn read(
    connection: &rusqlite::Connection,
    query: &Query,
    values: Vec<Json>,
    limits: Limits,
    quirks: &Quirks,
    put: &mut impl FnMut(Json) -> Result<(), DatabaseFault>,
) -> Result<(), DatabaseFault> {
    let named = |error: Error| fault(&error, Some(query), limits);
    let mut statement = connection.prepare(query.sql()).map_err(named)?;
    if !statement.readonly() {
        return Err(DatabaseFault::new(
            FaultKind::NotReadOnly,
            "the statement would write",
        ));
    }
    let names = Names::new(statement.column_names().into_iter(), quirks);
    let values = values.iter().map(value);
    let mut rows = statement
        .query(rusqlite::params_from_iter(values))
        .map_err(named)?;
    while let Some(row) = rows.next().map_err(named)? {
        let mut size = 0;
        let json = names.row(|number, name| {
            let value = row.get_ref(number).unwrap_or(ValueRef::Null);
            size += length(value);
            if size > limits.row_bytes {
                Json::Null
            } else {
                cell(value, name, quirks)
            }
        });
        if size > limits.row_bytes {
            return Err(DatabaseFault::large(limits.row_bytes));
        }
        put(json)?;
    }
    Ok(())
}

fn length(value: ValueRef<'_>) -> usize {
    match value {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes.len(),
        _ => 8,
    }
}

fn cell(value: ValueRef<'_>, column: &str, quirks: &Quirks) -> Json {
    match value {
        ValueRef::Null => Json::Null,
        ValueRef::Integer(number) => number.into(),
        ValueRef::Real(number) => float(number),
        ValueRef::Text(bytes) => text(bytes, column, quirks),
        ValueRef::Blob(bytes) => binary(bytes),
    }
}

fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(yes) => Value::Integer(i64::from(*yes)),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Value::Integer(whole),
            (None, Some(float)) => Value::Real(float),
            (None, None) => Value::Text(number.to_string()),
        },
        Json::String(text) => Value::Text(text.clone()),
        other => Value::Text(other.to_string()),
    }
}

fn fault(error: &Error, query: Option<&Query>, limits: Limits) -> DatabaseFault {
    let words = match error {
        Error::SqlInputError { msg, .. } => msg.clone(),
        Error::SqliteFailure(_, Some(message)) => message.clone(),
        other => other.to_string(),
    };
    let kind = match error {
        _ if words.starts_with("no such column") => FaultKind::UnknownColumn,
        _ if words.starts_with("no such table") || words.starts_with("no such function") => {
            FaultKind::UnknownTable
        }
        Error::SqlInputError { offset, .. } => FaultKind::Syntax {
            at: usize::try_from(*offset)
                .ok()
                .zip(query)
                .map(|(byte, query)| query.written_at(byte)),
        },
        other => match other.sqlite_error_code() {
            Some(ErrorCode::OperationInterrupted) => return DatabaseFault::late(limits.statement),
            Some(ErrorCode::TooBig) => return DatabaseFault::large(limits.row_bytes),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => FaultKind::Timeout,
            Some(ErrorCode::ReadOnly) => FaultKind::NotReadOnly,
            Some(ErrorCode::NotADatabase) => FaultKind::NoSuchDatabase,
            Some(ErrorCode::CannotOpen) => FaultKind::Unreachable,
            Some(ErrorCode::PermissionDenied | ErrorCode::AuthorizationForStatementDenied) => {
                FaultKind::PermissionDenied
            }
            Some(ErrorCode::SystemIoFailure | ErrorCode::DatabaseCorrupt) => FaultKind::Lost,
            _ => FaultKind::Other,
        },
    };
    DatabaseFault::new(kind, words)
}
