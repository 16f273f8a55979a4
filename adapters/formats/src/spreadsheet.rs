//! Workbooks: the cells of one sheet of an XLSX (ISO/IEC 29500) or OpenDocument (ISO/IEC 26300) file.
//!
//! Owns the choice of the sheet and the values of cells; macros, formulas, pictures and charts are never looked at.
//! Memory holds one row and the shared strings, however many rows there are. Read `cells.rs` first.

mod cells;
mod dates;
mod markup;
mod opendocument;
mod package;
mod text;
mod workbook;

use crate::charset::Head;
use crate::table::{self, Shape};
use crate::{FormatFault, Input, Oddities, Opened, Reason, sniff};
use cells::{Cells, Context};
use markup::Markup;
use opendocument::OpenCells;
use package::Package;
use std::io::SeekFrom;
use text::Shared;
use workbook::Workbook;

/// The most sheet names that are shown where one is missing.
const SHOWN: usize = 30;

/// Which sheet of a workbook.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Sheet {
    /// The first that is not hidden.
    #[default]
    First,
    /// By its name; case and white space around it do not matter.
    Named(String),
    /// By its number, from 1; hidden ones count.
    Number(u32),
}

/// What is read of a workbook.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// The sheet.
    pub sheet: Sheet,
    /// What is expected of the table.
    pub shape: Shape,
}

/// Opens a sheet. Text is a string, a number a number (whole ones without a fraction), a date ISO 8601 text without a
/// zone, yes and no a boolean; a key is absent for an empty cell and for an error such as `#N/A`. `_content_type` is
/// taken for the likeness with other formats: pages and CSV are served as workbooks, so only the bytes count.
///
/// # Errors
/// [`Reason::NotThis`] for a page or another document in its place, [`Reason::Encrypted`], [`Reason::Missing`] without
/// the sheet or a required column, [`Reason::TooMuch`] for what expands or repeats beyond a bound,
/// [`Reason::Truncated`], [`Reason::Malformed`], [`Reason::Io`]. Rows may end with the last four or
/// [`Reason::TooFew`].
pub fn open(
    mut input: Box<dyn Input>,
    _content_type: Option<&str>,
    options: &Options,
) -> Result<Opened, FormatFault> {
    let head = Head::read(&mut *input)?;
    check_kind(head.bytes(), &mut *input)?;
    let mut package = Package::open(input)?;
    if sniff::is_opendocument(head.bytes()) {
        return open_document(package, options);
    }
    let Some(workbook) = Workbook::read(&mut package)? else {
        let found = sniff::binary(head.bytes()).unwrap_or("a ZIP archive");
        return Err(FormatFault::not_this("xlsx", found));
    };
    let odd = Oddities::default();
    let part = choose(&workbook, &options.sheet)?.part.clone();
    let context = context(&workbook, &mut package, odd.clone())?;
    let sheet = package.into_part(&part)?.ok_or_else(|| {
        FormatFault::malformed("the workbook names a sheet that is not in the archive")
    })?;
    table::open(Cells::new(Markup::new(sheet), context), &options.shape, odd)
}

/// Opens a sheet of an OpenDocument spreadsheet.
fn open_document(mut package: Package, options: &Options) -> Result<Opened, FormatFault> {
    if let Some(manifest) = package.part(opendocument::MANIFEST)?
        && opendocument::is_encrypted(Markup::new(manifest))?
    {
        return Err(FormatFault::whole(Reason::Encrypted));
    }
    let odd = Oddities::default();
    let content = package.into_part(opendocument::CONTENT)?;
    let content =
        content.ok_or_else(|| FormatFault::malformed("the spreadsheet has no content"))?;
    let cells = OpenCells::open(Markup::new(content), &options.sheet, odd.clone())?;
    table::open(cells, &options.shape, odd)
}

/// Nothing but an archive may be a workbook.
fn check_kind(head: &[u8], input: &mut dyn Input) -> Result<(), FormatFault> {
    if head.starts_with(b"PK\x03\x04") {
        return Ok(());
    }
    const OLE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
    if head.starts_with(OLE) && is_encrypted(input).map_err(|error| FormatFault::io(&error))? {
        return Err(FormatFault::whole(Reason::Encrypted));
    }
    let other = sniff::other_than_text(head);
    let found = other.unwrap_or_else(|| match head {
        [] => "nothing".to_owned(),
        _ => PLAIN_TEXT.to_owned(),
    });
    Err(FormatFault::not_this("xlsx", found))
}

/// What was found where no workbook is but text: separated text under a workbook's name, most likely.
pub const PLAIN_TEXT: &str = "plain text";

/// An encrypted workbook is a compound file with a stream `EncryptedPackage` (MS-OFFCRYPTO, section 2.3).
fn is_encrypted(input: &mut dyn Input) -> std::io::Result<bool> {
    let mark: Vec<u8> = "EncryptedPackage"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let mut window = vec![0; 64 * 1024];
    let mut kept = 0;
    input.seek(SeekFrom::Start(0))?;
    loop {
        let read = input.read(&mut window[kept..])?;
        if read == 0 {
            return Ok(false);
        }
        let filled = kept + read;
        if window[..filled]
            .windows(mark.len())
            .any(|bytes| bytes == mark)
        {
            return Ok(true);
        }
        kept = filled.min(mark.len());
        window.copy_within(filled - kept..filled, 0);
    }
}

fn choose<'a>(workbook: &'a Workbook, wanted: &Sheet) -> Result<&'a workbook::Sheet, FormatFault> {
    let sheets = &workbook.sheets;
    let found = match wanted {
        Sheet::First => {
            let shown = sheets.iter().find(|sheet| !sheet.hidden);
            shown.or(sheets.first())
        }
        Sheet::Number(number) => {
            let at = number.checked_sub(1);
            at.and_then(|at| sheets.get(at as usize))
        }
        Sheet::Named(name) => sheets.iter().find(|sheet| is_named(&sheet.name, name)),
    };
    let names = || {
        sheets
            .iter()
            .map(|sheet| sheet.name.clone())
            .collect::<Vec<_>>()
    };
    found.ok_or_else(|| missing(wanted, &names()))
}

/// Whether a sheet has the name that a connector says.
fn is_named(sheet: &str, name: &str) -> bool {
    let plain = |name: &str| name.trim().to_lowercase();
    plain(sheet) == plain(name)
}

/// The wanted sheet is not among these.
fn missing(wanted: &Sheet, names: &[String]) -> FormatFault {
    let name = match wanted {
        Sheet::First => "1".to_owned(),
        Sheet::Number(number) => number.to_string(),
        Sheet::Named(name) => name.clone(),
    };
    let found = names.iter().take(SHOWN).cloned();
    FormatFault::missing("sheet", name, found.collect())
}

fn context(
    workbook: &Workbook,
    package: &mut Package,
    odd: Oddities,
) -> Result<Context, FormatFault> {
    let strings = match &workbook.strings {
        Some(part) => package.part(part)?,
        None => None,
    };
    let strings = match strings {
        Some(part) => Shared::read(Markup::new(part))?,
        None => Shared::default(),
    };
    let styles = match &workbook.styles {
        Some(part) => workbook::styles(package, part)?,
        None => Vec::new(),
    };
    Ok(Context {
        strings,
        styles,
        from_1904: workbook.from_1904,
        odd,
    })
}
