//! The cells of a sheet of an old workbook, row by row.
//!
//! Owns what the records of cells mean, and their order: most programs write row after row, some do not.

use super::compound::{Stream, u16_at, u32_at};
use super::record::Records;
use super::{BOF, Book, EOF};
use crate::spreadsheet::Grid;
use crate::spreadsheet::cells::{RowText, number, string};
use crate::table::{self, MOST_COLUMNS, Raw};
use crate::{FormatFault, Oddities, Oddity};
use serde_json::Value as Json;
use std::collections::VecDeque;

/// The most cells, and the most bytes of their texts, of a sheet whose rows are not in order.
const SORTED: usize = 1_000_000;
const TEXT: usize = 64 * 1024 * 1024;

/// A value and its place, from 0.
struct Cell {
    row: u16,
    column: u16,
    value: Json,
}

/// The cells in the order of the stream.
struct Cells {
    records: Records<Stream>,
    book: Book,
    odd: Oddities,
    /// Read, and not given yet.
    waiting: VecDeque<Cell>,
    /// The place of a formula whose text comes in a record of its own.
    formula: Option<(u16, u16)>,
    /// How many sheets within the sheet are open: a chart is one.
    within: u32,
    ended: bool,
}

/// Opens the rows of the sheet that begins at a place.
pub(super) fn open(
    mut records: Records<Stream>,
    book: Book,
    at: u64,
    odd: Oddities,
) -> Result<Grid, FormatFault> {
    records.go(at)?;
    let in_order = is_in_order(&mut records)?;
    records.go(at)?;
    records.next()?;
    let cells = Cells {
        records,
        book,
        odd,
        waiting: VecDeque::new(),
        formula: None,
        within: 0,
        ended: false,
    };
    Ok(match in_order {
        true => Rows::of(cells),
        false => Rows::of(sorted(cells)?.into_iter().map(Ok)),
    })
}

/// Looks through the sheet once: whether no row comes after one that is below it.
fn is_in_order(records: &mut Records<Stream>) -> Result<bool, FormatFault> {
    if records.next()? != Some(BOF) {
        return Err(FormatFault::malformed(
            "a sheet is not where the workbook says",
        ));
    }
    let (mut last, mut within) = (0, 0_u32);
    while let Some(kind) = records.next()? {
        match kind {
            BOF => within += 1,
            EOF if within == 0 => return Ok(true),
            EOF => within -= 1,
            _ if within == 0 && is_cell(kind) => {
                let row = u16_at(&records.data, 0);
                if row < last {
                    return Ok(false);
                }
                last = row;
            }
            _ => {}
        }
    }
    // That it is cut is told when its rows are read.
    Ok(true)
}

fn is_cell(kind: u16) -> bool {
    matches!(
        kind,
        0x0006 | 0x00bd | 0x00d6 | 0x00fd | 0x0203 | 0x0204 | 0x0205 | 0x0206 | 0x027e | 0x0406
    )
}

/// All cells of the sheet, sorted; of two in one place the later one counts.
fn sorted(cells: Cells) -> Result<Vec<Cell>, FormatFault> {
    let (mut all, mut text) = (Vec::new(), 0);
    for cell in cells {
        let cell = cell?;
        text += cell.value.as_str().map_or(0, str::len);
        all.push(cell);
        if all.len() > SORTED || text > TEXT {
            return Err(FormatFault::too_much("unsorted cells", SORTED as u64));
        }
    }
    all.sort_by_key(|cell| (cell.row, cell.column));
    Ok(all)
}

impl Cells {
    /// Takes the record that was read in.
    fn take(&mut self, kind: u16) {
        let data = &self.records.data;
        let place = (u16_at(data, 0), u16_at(data, 2));
        let style = u16_at(data, 4);
        match kind {
            // MULRK: the row, the first column, pairs of style and number, the last column.
            0x00bd => {
                let (pairs, _) = data.get(4..).unwrap_or_default().as_chunks::<6>();
                let pairs: Vec<(u16, u32)> = pairs
                    .iter()
                    .map(|pair| (u16_at(pair, 0), u32_at(pair, 2)))
                    .collect();
                for (at, (style, packed)) in (0..).zip(pairs) {
                    let column = place.1.saturating_add(at);
                    self.number((place.0, column), style, unpacked(packed));
                }
            }
            // RK.
            0x027e => {
                let number = unpacked(u32_at(data, 6));
                self.number(place, style, number);
            }
            // NUMBER.
            0x0203 => {
                let number = f64::from_bits(u64_at(data, 6));
                self.number(place, style, number);
            }
            // LABELSST.
            0x00fd => {
                let text = self.book.shared.get(u32_at(data, 6) as usize);
                let value = text.map_or(Json::Null, string);
                self.give(place, value);
            }
            // LABEL and RSTRING.
            0x0204 | 0x00d6 => {
                let text = self.book.letters.text(data, 6, true);
                self.give(place, string(&text));
            }
            // BOOLERR.
            0x0205 => match (data.get(6), data.get(7)) {
                (Some(flag), Some(0)) => {
                    let flag = *flag != 0;
                    self.give(place, Json::Bool(flag));
                }
                _ => self.error(place.0),
            },
            // FORMULA, with its last value.
            0x0006 | 0x0206 | 0x0406 => self.formula(place, style),
            // STRING: the text of the formula before.
            0x0207 => {
                if let Some(place) = self.formula.take() {
                    let text = self.book.letters.text(data, 0, true);
                    self.give(place, string(&text));
                }
            }
            _ => {}
        }
    }

    /// Takes the last value of a formula (section 2.5.133).
    fn formula(&mut self, place: (u16, u16), style: u16) {
        let bits = u64_at(&self.records.data, 6);
        let [kind, _, value, ..] = bits.to_le_bytes();
        if bits >> 48 != 0xffff {
            return self.number(place, style, f64::from_bits(bits));
        }
        match kind {
            0 => self.formula = Some(place),
            1 => self.give(place, Json::Bool(value != 0)),
            2 => self.error(place.0),
            _ => {}
        }
    }

    fn number(&mut self, place: (u16, u16), style: u16, value: f64) {
        let style = self.book.styles.get(usize::from(style)).copied();
        match number(value, style.unwrap_or_default(), self.book.from_1904) {
            Some(value) => self.give(place, value),
            None => self.error(place.0),
        }
    }

    fn give(&mut self, (row, column): (u16, u16), value: Json) {
        if !value.is_null() && usize::from(column) < MOST_COLUMNS {
            self.waiting.push_back(Cell { row, column, value });
        }
    }

    fn error(&self, row: u16) {
        let line = u64::from(row) + 1;
        self.odd.add(Oddity::ErrorCell, Some(line), None);
    }
}

impl Iterator for Cells {
    type Item = Result<Cell, FormatFault>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(cell) = self.waiting.pop_front() {
                return Some(Ok(cell));
            }
            if self.ended {
                return None;
            }
            match self.records.next() {
                Ok(Some(BOF)) => self.within += 1,
                Ok(Some(EOF)) if self.within == 0 => self.ended = true,
                Ok(Some(EOF)) => self.within -= 1,
                Ok(Some(kind)) if self.within == 0 => self.take(kind),
                Ok(Some(_)) => {}
                Ok(None) => {
                    self.ended = true;
                    return Some(Err(FormatFault::truncated()));
                }
                Err(fault) => {
                    self.ended = true;
                    return Some(Err(fault));
                }
            }
        }
    }
}

/// A packed number (section 2.5.217): whole or the upper half of a fraction, perhaps hundredths.
fn unpacked(packed: u32) -> f64 {
    let value = match packed & 2 {
        0 => f64::from_bits(u64::from(packed & !3) << 32),
        _ => f64::from(packed as i32 >> 2),
    };
    match packed & 1 {
        0 => value,
        _ => value / 100.0,
    }
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}

/// Cells in their order as rows.
struct Rows<I> {
    cells: I,
    next: Option<Cell>,
    line: u64,
}

impl<I: Iterator<Item = Result<Cell, FormatFault>> + Send + 'static> Rows<I> {
    fn of(cells: I) -> Grid {
        let mut rows = Self {
            cells,
            next: None,
            line: 0,
        };
        Box::new(table::rows(move || {
            rows.read().map_err(|fault| fault.after(rows.line))
        }))
    }

    fn read(&mut self) -> Result<Option<Raw>, FormatFault> {
        let first = match self.next.take() {
            Some(cell) => Some(cell),
            None => self.cells.next().transpose()?,
        };
        let Some(first) = first else {
            return Ok(None);
        };
        let row = first.row;
        self.line = u64::from(row) + 1;
        let (mut cells, mut text) = (Vec::new(), RowText::default());
        let mut cell = Some(first);
        while let Some(Cell { column, value, .. }) = cell.take() {
            text.add(&value, 1)?;
            let column = usize::from(column);
            if cells.len() <= column {
                cells.resize(column + 1, Json::Null);
            }
            cells[column] = value;
            match self.cells.next().transpose()? {
                Some(next) if next.row == row => cell = Some(next),
                other => self.next = other,
            }
        }
        Ok(Some(Raw {
            line: self.line,
            cells,
            written_out: false,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_numbers_are_unpacked() {
        for (packed, value) in [
            (0x3ff0_0000, 1.0),
            (0x4059_0001, 1.0),
            (0x0000_0006, 1.0),
            (0xffff_fffe_u32, -1.0),
            (0x0000_3039 << 2 | 3, 123.45),
        ] {
            assert_eq!(unpacked(packed), value, "{packed:x}");
        }
    }
}
