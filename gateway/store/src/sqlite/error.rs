//! What SQLite's errors mean to the rest of the hub.

use crate::StoreError;
use rusqlite::{Error, ErrorCode};

/// `SQLITE_IOERR_SHMSIZE`: the shared-memory file could not grow; only a full disk does that.
const SHM_SIZE: i32 = 4874;

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        let Error::SqliteFailure(code, message) = &error else {
            return Self::failed("read a row", error);
        };
        let detail = || message.clone().unwrap_or_else(|| code.to_string());
        match code.code {
            ErrorCode::DiskFull => Self::Full,
            ErrorCode::SystemIoFailure if code.extended_code == SHM_SIZE => Self::Full,
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Busy,
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => {
                Self::Corrupt { detail: detail() }
            }
            ErrorCode::ReadOnly | ErrorCode::PermissionDenied => Self::ReadOnly,
            ErrorCode::CannotOpen => Self::failed("open the database", error),
            ErrorCode::SystemIoFailure => Self::failed("use the disk", error),
            _ => Self::failed("run a statement", error),
        }
    }
}

/// What a stored value that no longer reads means.
pub(crate) fn unreadable(what: &'static str) -> StoreError {
    StoreError::Corrupt {
        detail: format!("a stored {what} cannot be read"),
    }
}
