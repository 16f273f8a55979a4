//! Old workbooks: the cells of one sheet of an `.xls` file (MS-XLS), as Excel 5 to 2003 and many PHP programs write it.
//!
//! Owns what the workbook says of itself: sheets, formats, shared texts. Formulas, pictures, charts and macros are never
//! looked at. Memory holds the shared texts and one row; the cells of a sheet whose rows are not in order are sorted in
//! memory, within a bound.

mod compound;
mod record;
mod rows;

pub(super) use compound::MAGIC;

use super::dates::{self, Shown};
use super::text::Shared;
use super::{Grid, Sheet, choose};
use crate::{FormatFault, Input, Oddities, Reason};
use compound::{Stream, u16_at, u32_at};
use record::{Letters, Records};
use std::collections::HashMap;

/// The most cell formats and sheets of a workbook.
const FORMATS: usize = 65_536;
const SHEETS: usize = 1024;

/// Kinds of records.
const BOF: u16 = 0x0809;
const EOF: u16 = 0x000a;

/// What the cells of a sheet refer to.
struct Book {
    letters: Letters,
    shared: Shared,
    styles: Vec<Shown>,
    from_1904: bool,
}

/// A sheet, and where in the stream it begins.
struct Tab {
    name: String,
    hidden: bool,
    at: u64,
}

/// Tells whether bytes begin as the records of a workbook do that nothing is around: many PHP programs write such.
pub(super) fn is_bare(head: &[u8]) -> bool {
    matches!(head, [0x09, 0x08, 6..=32, 0, ..])
}

/// Opens the cells of a sheet.
///
/// # Errors
/// As [`super::open`].
pub(super) fn open(
    head: &[u8],
    input: Box<dyn Input>,
    sheet: &Sheet,
    odd: &Oddities,
) -> Result<Grid, FormatFault> {
    let stream = match is_bare(head) {
        true => Stream::Bare(input),
        false => compound::open(input)?.ok_or_else(|| {
            FormatFault::not_this("xlsx", "an old Office document that is no workbook")
        })?,
    };
    let mut records = Records::new(stream);
    records.go(0)?;
    let (book, tabs) = globals(&mut records)?;
    let known: Vec<(&str, bool)> = tabs
        .iter()
        .map(|tab| (tab.name.as_str(), tab.hidden))
        .collect();
    // What is nothing but a sheet has no name.
    let at = match tabs.as_slice() {
        [] => 0,
        tabs => tabs[choose(&known, sheet)?].at,
    };
    rows::open(records, book, at, odd.clone())
}

/// Reads what comes before the sheets; there are no sheets where the stream is one itself.
fn globals(records: &mut Records<Stream>) -> Result<(Book, Vec<Tab>), FormatFault> {
    if records.next()? != Some(BOF) {
        return Err(FormatFault::malformed("the workbook does not begin as one"));
    }
    let mut book = Book {
        letters: match u16_at(&records.data, 0) {
            0x0600 => Letters::Unicode,
            _ => Letters::page(1252),
        },
        shared: Shared::default(),
        styles: Vec::new(),
        from_1904: false,
    };
    let (mut tabs, mut own) = (Vec::new(), HashMap::new());
    if u16_at(&records.data, 2) != 0x0005 {
        return Ok((book, tabs));
    }
    while let Some(kind) = records.next()? {
        let data = &records.data;
        match kind {
            EOF => break,
            // FILEPASS.
            0x002f => return Err(FormatFault::whole(Reason::Encrypted)),
            // CODEPAGE; the letters of Excel 97 have none.
            0x0042 if matches!(book.letters, Letters::Bytes(_)) => {
                book.letters = Letters::page(u16_at(data, 0));
            }
            // DATEMODE.
            0x0022 => book.from_1904 = u16_at(data, 0) == 1,
            // FORMAT.
            0x041e if own.len() < FORMATS => {
                let unicode = matches!(book.letters, Letters::Unicode);
                let code = book.letters.text(data, 2, unicode);
                own.insert(u16_at(data, 0), dates::written(&code));
            }
            // XF.
            0x00e0 if book.styles.len() < FORMATS => {
                let id = u16_at(data, 2);
                let shown = own.get(&id).copied();
                book.styles
                    .push(shown.unwrap_or_else(|| dates::built_in(id.into())));
            }
            // BOUNDSHEET; a chart or a macro is none.
            0x0085 if tabs.len() < SHEETS && data.get(5) == Some(&0) => tabs.push(Tab {
                name: book.letters.text(data, 6, false),
                hidden: data.get(4).is_some_and(|state| state & 3 != 0),
                at: u32_at(data, 0).into(),
            }),
            // SST.
            0x00fc => {
                let shared = &mut book.shared;
                record::shared(records, |text| shared.push(text))?;
            }
            _ => {}
        }
    }
    match tabs.is_empty() {
        true => Err(FormatFault::malformed("the workbook has no sheet")),
        false => Ok((book, tabs)),
    }
}
