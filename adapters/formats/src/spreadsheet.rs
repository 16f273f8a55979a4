//! Workbooks: the cells of one sheet of an XLSX (ISO/IEC 29500), OpenDocument (ISO/IEC 26300) or XLS (MS-XLS) file.
//!
//! Owns the choice of the sheet and the values of cells; macros, formulas, pictures and charts are never looked at.
//! Memory holds one row and the shared strings, however many rows there are. Read `cells.rs` first.

mod biff;
mod cells;
mod dates;
mod markup;
mod opendocument;
mod package;
mod rewrite;
mod text;
mod workbook;

use crate::charset::Head;
use crate::table::{self, Raw, Shape};
use crate::{FormatFault, Input, Oddities, Opened, Reason, sniff};
use cells::{Cells, Context};
use markup::Markup;
use opendocument::OpenCells;
use package::Package;
pub use rewrite::rewrite;
use std::io::SeekFrom;
use text::Shared;
use workbook::Workbook;

/// The most sheet names that are shown where one is missing.
const SHOWN: usize = 30;

/// The largest text that is a sheet's number and not its name: workbooks have sheets named `2026`.
const MOST_SHEETS: u32 = 255;

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

impl Sheet {
    /// The sheet that a connector says: by its number up to 255, by its name, else the first.
    #[must_use]
    pub fn of(said: Option<&str>) -> Self {
        match said.map(|said| (said, said.parse())) {
            None => Self::First,
            Some((_, Ok(number @ 1..=MOST_SHEETS))) => Self::Number(number),
            Some((name, _)) => Self::Named(name.to_owned()),
        }
    }
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
    input: Box<dyn Input>,
    _content_type: Option<&str>,
    options: &Options,
) -> Result<Opened, FormatFault> {
    let odd = Oddities::default();
    let grid = grid(input, &options.sheet, &odd)?;
    table::open(grid, &options.shape, odd)
}

/// Tells whether bytes begin as a workbook does, and not as text under its name.
#[must_use]
pub fn is_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(ZIP) || bytes.starts_with(biff::MAGIC) || biff::is_bare(bytes)
}

/// The rows of cells of a sheet.
type Grid = Box<dyn Iterator<Item = Result<Raw, FormatFault>> + Send>;

/// Opens the cells of a sheet, whichever kind of workbook it is in.
fn grid(mut input: Box<dyn Input>, sheet: &Sheet, odd: &Oddities) -> Result<Grid, FormatFault> {
    let head = Head::read(&mut *input)?;
    check_kind(head.bytes(), &mut *input)?;
    if !head.bytes().starts_with(ZIP) {
        return biff::open(head.bytes(), input, sheet, odd);
    }
    let mut package = Package::open(input)?;
    if sniff::is_opendocument(head.bytes()) {
        return open_document(package, sheet, odd);
    }
    let Some(workbook) = Workbook::read(&mut package)? else {
        let found = sniff::binary(head.bytes()).unwrap_or("a ZIP archive");
        return Err(FormatFault::not_this("xlsx", found));
    };
    let sheets: Vec<(&str, bool)> = workbook
        .sheets
        .iter()
        .map(|sheet| (sheet.name.as_str(), sheet.hidden))
        .collect();
    let part = workbook.sheets[choose(&sheets, sheet)?].part.clone();
    let context = context(&workbook, &mut package, odd.clone())?;
    let part = package.into_part(&part)?.ok_or_else(|| {
        FormatFault::malformed("the workbook names a sheet that is not in the archive")
    })?;
    Ok(Box::new(Cells::new(Markup::new(part), context).rows()))
}

/// Opens a sheet of an OpenDocument spreadsheet.
fn open_document(mut package: Package, sheet: &Sheet, odd: &Oddities) -> Result<Grid, FormatFault> {
    if let Some(manifest) = package.part(opendocument::MANIFEST)?
        && opendocument::is_encrypted(Markup::new(manifest))?
    {
        return Err(FormatFault::whole(Reason::Encrypted));
    }
    let content = package.into_part(opendocument::CONTENT)?;
    let content =
        content.ok_or_else(|| FormatFault::malformed("the spreadsheet has no content"))?;
    let cells = OpenCells::open(Markup::new(content), sheet, odd.clone())?;
    Ok(Box::new(cells.rows()))
}

/// How an archive begins.
const ZIP: &[u8] = b"PK\x03\x04";

/// Nothing but an archive, a compound file or bare records may be a workbook.
fn check_kind(head: &[u8], input: &mut dyn Input) -> Result<(), FormatFault> {
    if head.starts_with(biff::MAGIC)
        && is_encrypted(input).map_err(|error| FormatFault::io(&error))?
    {
        return Err(FormatFault::whole(Reason::Encrypted));
    }
    if is_workbook(head) {
        return Ok(());
    }
    let other = sniff::other_than_text(head);
    let found = other.unwrap_or_else(|| match head {
        [] => "nothing".to_owned(),
        _ => PLAIN_TEXT.to_owned(),
    });
    Err(FormatFault::not_this("xlsx", found))
}

/// How what was found is named where it is a page: a table under a workbook's name, most likely.
pub const PAGE: &str = "an HTML page";

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

/// Finds the wanted sheet among these, each with its name and whether it is hidden.
fn choose(sheets: &[(&str, bool)], wanted: &Sheet) -> Result<usize, FormatFault> {
    let found = match wanted {
        Sheet::First => {
            let shown = sheets.iter().position(|(_, hidden)| !hidden);
            shown.or((!sheets.is_empty()).then_some(0))
        }
        Sheet::Number(number) => {
            let at = number.checked_sub(1).map(|at| at as usize);
            at.filter(|at| *at < sheets.len())
        }
        Sheet::Named(name) => sheets.iter().position(|(known, _)| is_named(known, name)),
    };
    let names = || -> Vec<String> { sheets.iter().map(|(name, _)| (*name).to_owned()).collect() };
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
