//! From a grid of cells to records with names: where the header is, what the columns are called, which guards hold.
//!
//! Owns titles above the header, names of columns, blank rows, footers and the fewest rows. Never knows how a grid is
//! written down.

mod header;
mod names;

use crate::{FormatFault, Oddities, Oddity, Opened, Reason};
use serde_json::{Map, Value as Json};
use std::collections::VecDeque;

pub use names::MOST_COLUMNS;

/// Where the names of the columns are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HeaderRow {
    /// The first row that holds every required column. Without required columns the first row with two cells or more,
    /// if it is among the first ten: titles above it have one; else the first row.
    #[default]
    Found,
    /// In the first row at or below this line (or sheet row), from 1; what is above is left out.
    At(u64),
    /// Nowhere: the columns are `c1`, `c2` …
    Absent,
}

/// What a connector expects of a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shape {
    /// Where the names of the columns are.
    pub header: HeaderRow,
    /// Columns that must be there, by their names as in [`Opened::columns`].
    pub required: Vec<String>,
    /// Fewer rows than this are a fault after the last row.
    pub min_rows: Option<u64>,
    /// Rows at the end that are no records: totals, signatures.
    pub footer: u8,
}

/// One row of a grid.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Raw {
    /// The line, or the row of the sheet, from 1.
    pub line: u64,
    /// The cells from the first column on; `null` where there is none.
    pub cells: Vec<Json>,
    /// Whether empty cells are written down, too, so that a row with few cells is odd; in a sheet they are not.
    pub written_out: bool,
}

impl Raw {
    /// Whether no cell holds anything but white space.
    fn is_blank(&self) -> bool {
        self.cells.iter().all(empty)
    }

    fn filled(&self) -> usize {
        self.cells.iter().filter(|cell| !empty(cell)).count()
    }
}

fn empty(cell: &Json) -> bool {
    match cell {
        Json::Null => true,
        Json::String(text) => text.trim_ascii().is_empty(),
        _ => false,
    }
}

/// Gives rows as they are read, up to the end or to the first that cannot be.
pub(crate) fn rows<R>(mut read: R) -> impl Iterator<Item = Result<Raw, FormatFault>> + Send
where
    R: FnMut() -> Result<Option<Raw>, FormatFault> + Send,
{
    let mut ended = false;
    std::iter::from_fn(move || {
        if ended {
            return None;
        }
        let row = read().transpose();
        ended = !matches!(row, Some(Ok(_)));
        row
    })
}

/// Makes records of a grid.
///
/// # Errors
/// [`Reason::Missing`] if a required column is not there, [`Reason::TooMuch`] if there are too many columns, and
/// whatever `grid` ends with while the header is looked for.
pub(crate) fn open<G>(mut grid: G, shape: &Shape, odd: Oddities) -> Result<Opened, FormatFault>
where
    G: Iterator<Item = Result<Raw, FormatFault>> + Send + 'static,
{
    let found = header::find(&mut grid, shape, &odd)?;
    let columns = found.names.clone();
    let mut sorted: Vec<usize> = (0..columns.len()).collect();
    sorted.sort_by(|a, b| columns[*a].cmp(&columns[*b]));
    let records = Records {
        grid,
        first: found.first,
        names: found.names,
        sorted,
        held: VecDeque::new(),
        footer: usize::from(shape.footer),
        given: 0,
        min_rows: shape.min_rows.unwrap_or(0),
        ended: false,
        odd: odd.clone(),
    };
    Ok(Opened {
        rows: Box::new(records),
        columns: Some(columns),
        odd,
    })
}

struct Records<G> {
    grid: G,
    /// Rows that were read while the header was looked for.
    first: VecDeque<Raw>,
    names: Vec<String>,
    /// The places of the names in their order.
    sorted: Vec<usize>,
    /// The last rows so far, as many as the footer has.
    held: VecDeque<Json>,
    footer: usize,
    given: u64,
    min_rows: u64,
    ended: bool,
    odd: Oddities,
}

impl<G: Iterator<Item = Result<Raw, FormatFault>>> Records<G> {
    fn raw(&mut self) -> Option<Result<Raw, FormatFault>> {
        self.first.pop_front().map(Ok).or_else(|| self.grid.next())
    }

    fn record(&mut self, raw: Raw) -> Option<Json> {
        if raw.is_blank() {
            return None;
        }
        if raw.cells.len() > MOST_COLUMNS {
            self.odd.add(Oddity::BadRow, Some(raw.line), None);
            return None;
        }
        self.compare_width(&raw);
        let (mut cells, width) = (raw.cells, self.names.len());
        let beyond = cells.split_off(width.min(cells.len()));
        // A map is made at once of what comes in its order.
        let mut pairs = Vec::with_capacity(cells.len());
        for at in &self.sorted {
            match cells.get_mut(*at).map(Json::take) {
                None | Some(Json::Null) => {}
                Some(cell) => pairs.push((self.names[*at].clone(), cell)),
            }
        }
        let mut record = Map::from_iter(pairs);
        for (at, cell) in (width..).zip(beyond) {
            // A separator too many at the end of each line is no cell.
            if !empty(&cell) {
                record.insert(names::numbered(at, &record), cell);
            }
        }
        Some(Json::Object(record))
    }

    /// Notes a row with cells beyond the header, or one that ends before it.
    fn compare_width(&self, raw: &Raw) {
        let width = self.names.len();
        if raw.written_out && raw.cells.len() < width {
            self.odd.add(Oddity::ShortRow, Some(raw.line), None);
        }
        if raw.cells.iter().skip(width).any(|cell| !empty(cell)) {
            self.odd.add(Oddity::LongRow, Some(raw.line), None);
        }
    }

    fn end(&mut self) -> Option<Result<Json, FormatFault>> {
        self.ended = true;
        (self.given < self.min_rows).then(|| {
            Err(FormatFault::whole(Reason::TooFew {
                found: self.given,
                expected: self.min_rows,
            }))
        })
    }
}

impl<G: Iterator<Item = Result<Raw, FormatFault>>> Iterator for Records<G> {
    type Item = Result<Json, FormatFault>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            match self.raw() {
                Some(Ok(raw)) => {
                    let record = self.record(raw);
                    self.held.extend(record);
                }
                Some(Err(fault)) => {
                    self.ended = true;
                    return Some(Err(fault));
                }
                None => return self.end(),
            }
            if self.held.len() > self.footer {
                self.given += 1;
                return self.held.pop_front().map(Ok);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn grid(rows: &[&[&str]]) -> impl Iterator<Item = Result<Raw, FormatFault>> + Send + 'static {
        let rows: Vec<_> = (1..)
            .zip(rows)
            .map(|(line, cells)| {
                let cells = cells.iter().map(|cell| json!(cell)).collect();
                Ok(Raw {
                    line,
                    cells,
                    written_out: true,
                })
            })
            .collect();
        rows.into_iter()
    }

    fn read(rows: &[&[&str]], shape: &Shape) -> (Vec<String>, Vec<Json>, Vec<Oddity>) {
        let opened = open(grid(rows), shape, Oddities::default()).expect("it opens");
        let rows = opened.rows.map(|row| row.expect("a row")).collect();
        let odd = opened.odd.list().iter().map(|odd| odd.what).collect();
        (opened.columns.expect("columns"), rows, odd)
    }

    #[test]
    fn titles_above_the_header_are_skipped_and_blank_rows_too() {
        let rows: [&[&str]; 6] = [
            &["Data Kunjungan 2026"],
            &[" ", ""],
            &["No", "Nama"],
            &["1", "Sanur"],
            &["", " "],
            &["2", "Kuta"],
        ];
        let (columns, rows, odd) = read(&rows, &Shape::default());
        assert_eq!(columns, ["No", "Nama"]);
        assert_eq!(
            rows,
            [
                json!({"No": "1", "Nama": "Sanur"}),
                json!({"No": "2", "Nama": "Kuta"})
            ]
        );
        assert_eq!(odd, []);
    }

    #[test]
    fn a_table_of_one_column_keeps_every_row() {
        let (columns, rows, _) = read(&[&["Nama"], &["Sanur"], &["Kuta"]], &Shape::default());
        assert_eq!((columns, rows.len()), (vec!["Nama".to_owned()], 2));
    }

    #[test]
    fn required_columns_find_the_header_or_are_missing() {
        let mut shape = Shape {
            required: vec!["Nama".into(), "Nilai".into()],
            ..Shape::default()
        };
        let rows: [&[&str]; 3] = [&["Tahun", "2026"], &["Nama ", "Nilai"], &["Sanur", "3"]];
        assert_eq!(
            read(&rows, &shape).1,
            [json!({"Nama": "Sanur", "Nilai": "3"})]
        );
        shape.required.push("Alamat".into());
        let fault = open(grid(&rows), &shape, Oddities::default()).err();
        let missing = Reason::Missing {
            what: "column",
            name: "Alamat".into(),
            found: vec!["Nama".into(), "Nilai".into()],
        };
        assert_eq!(
            fault.map(|fault| fault.reason),
            Some(missing),
            "the nearest row is shown"
        );
    }

    #[test]
    fn names_are_trimmed_numbered_and_told_apart() {
        let rows: [&[&str]; 4] = [
            &[" Nama", "Nama", "", "Nama_2", ""],
            &["a", "b", "c", "d"],
            &["a", "b", "c", "d", "e", "f"],
            &["a", "b", "c", "d", "", ""],
        ];
        let (columns, rows, odd) = read(&rows, &Shape::default());
        assert_eq!(columns, ["Nama", "Nama_3", "c3", "Nama_2"]);
        assert_eq!(
            rows[0],
            json!({"Nama": "a", "Nama_3": "b", "c3": "c", "Nama_2": "d"})
        );
        assert_eq!((&rows[1]["c5"], &rows[1]["c6"]), (&json!("e"), &json!("f")));
        assert_eq!(rows[2].get("c6"), None);
        let all = [
            Oddity::RepeatedColumn,
            Oddity::NamelessColumn,
            Oddity::LongRow,
        ];
        assert_eq!(odd, all);
    }

    #[test]
    fn footers_are_left_out_and_few_rows_are_a_fault() {
        let shape = Shape {
            header: HeaderRow::Absent,
            footer: 1,
            min_rows: Some(2),
            ..Shape::default()
        };
        let rows: [&[&str]; 3] = [&["a", "1"], &["b", "2"], &["Jumlah", "3"]];
        let (columns, all, _) = read(&rows, &shape);
        assert_eq!((columns[1].as_str(), all.len()), ("c2", 2));
        let mut few = open(grid(&rows[..2]), &shape, Oddities::default())
            .expect("it opens")
            .rows;
        assert_eq!(few.next(), Some(Ok(json!({"c1": "a", "c2": "1"}))));
        let fault = few.next().and_then(Result::err).map(|fault| fault.reason);
        assert_eq!(
            fault,
            Some(Reason::TooFew {
                found: 1,
                expected: 2
            })
        );
        assert_eq!(few.next(), None);
    }
}
