//! People and units from CSV files: all or nothing, or whatever is good, with a fault for every cell that is not.
//!
//! Owns the steps: read the table, give each row its meaning, join the rows of one person, judge and hash passwords,
//! save. Importing the same file twice changes nothing. It must never know a terminal.

mod columns;
mod draft;
mod fault;
mod hash;
mod row;
mod save;
mod table;
#[cfg(test)]
mod tests;
mod units;

pub use fault::{Column, ImportFault};

use crate::{Sso, SsoError};
use std::io::Read;

/// The most bytes that are read of a file.
const LARGEST: u64 = 64 * 1024 * 1024;

/// How to import.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ImportOptions {
    /// Import the people who are good although others are not.
    pub partial: bool,
    /// Say what would happen, and write nothing.
    pub dry_run: bool,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// How many people (or units) of this stage are done.
    pub done: usize,
    /// How many there are.
    pub total: usize,
}

/// The stages of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Reading and checking rows.
    Read,
    /// Hashing passwords: the slow one.
    Hash,
    /// Saving.
    Save,
}

/// What an import did, or would have done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Rows in the file, the head not counted.
    pub rows: usize,
    /// People (or units) that are new.
    pub added: usize,
    /// Those that changed.
    pub changed: usize,
    /// Those that were as written.
    pub unchanged: usize,
    /// Those that were left out because of a fault.
    pub skipped: usize,
    /// Every fault, in the order of lines.
    pub faults: Vec<ImportFault>,
    /// Whether anything was written.
    pub written: bool,
}

/// Called now and then while an import goes on.
pub type OnProgress<'a> = &'a mut (dyn FnMut(Progress) + Send);

impl Sso {
    /// Imports people from CSV. Columns: `nip, name, email, username, status, unit, post, post_type, assignment, from, to, roles,
    /// password`, in any order, by these or their Indonesian names; separated by comma, semicolon or tab. A person
    /// with several posts takes several rows with the same NIP (or e-mail address). What the file does not name about a
    /// person stays as it is; the posts are all those that the file names.
    ///
    /// # Errors
    /// Where the store does not answer. Faults of the file are in the report.
    pub async fn import_people(
        &self,
        csv: impl Read + Send,
        options: ImportOptions,
        progress: OnProgress<'_>,
    ) -> Result<ImportReport, SsoError> {
        save::people(self, read(csv)?, options, progress).await
    }

    /// Imports units from CSV with the columns `code, name, parent`, in any order of rows.
    ///
    /// # Errors
    /// As [`Sso::import_people`].
    pub async fn import_units(
        &self,
        csv: impl Read + Send,
        options: ImportOptions,
        progress: OnProgress<'_>,
    ) -> Result<ImportReport, SsoError> {
        units::import(self, read(csv)?, options, progress).await
    }
}

/// Reads the whole file: it must be looked at twice, and cities are small.
fn read(csv: impl Read) -> Result<Vec<u8>, SsoError> {
    let mut bytes = Vec::new();
    let read = csv.take(LARGEST + 1).read_to_end(&mut bytes);
    match read {
        Ok(_) if bytes.len() as u64 <= LARGEST => Ok(bytes),
        _ => Err(SsoError::Invalid("file")),
    }
}
