//! A CSV file as a table with known columns.
//!
//! Owns separators, byte order marks, the names of columns and the places of cells. It must never know what a cell means.

use super::fault::{Column, ImportFault};

/// One known column: its name and the others by which files call it, in lower case without blanks, dots or underscores.
pub(super) type Known = (&'static str, &'static [&'static str]);

/// A table whose head was understood.
#[derive(Debug)]
pub(super) struct Table {
    /// For each known column, its place in the file.
    places: Vec<Option<Column>>,
    pub(super) rows: Vec<Cells>,
}

/// One row.
#[derive(Debug)]
pub(super) struct Cells {
    pub(super) line: u64,
    cells: Vec<String>,
}

impl Table {
    /// Reads a file. Rows that are wholly empty are passed over; rows with too many or too few cells are faults.
    pub(super) fn read(
        bytes: &[u8],
        known: &[Known],
        required: &[&str],
    ) -> (Option<Self>, Vec<ImportFault>) {
        let text = match decode(bytes) {
            Ok(text) => text,
            Err(fault) => return (None, vec![*fault]),
        };
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(separator(text))
            .from_reader(text.as_bytes());
        let mut records = reader.records();
        let head = match records.next() {
            Some(Ok(head)) if head.iter().any(|cell| !cell.trim().is_empty()) => head,
            _ => return (None, vec![empty()]),
        };
        let mut faults = Vec::new();
        let places = places(&head, known, required, &mut faults);
        if !faults.is_empty() {
            return (None, faults);
        }
        let mut rows = Vec::new();
        for record in records {
            match record {
                Ok(record) if record.iter().all(|cell| cell.trim().is_empty()) => {}
                Ok(record) => {
                    let line = record.position().map_or(0, csv::Position::line);
                    if record.len() == head.len() {
                        rows.push(Cells {
                            line,
                            cells: record.iter().map(|cell| cell.trim().to_owned()).collect(),
                        });
                    } else {
                        faults.push(uneven(line, record.len(), head.len()));
                    }
                }
                Err(error) => {
                    let line = error.position().map_or(0, csv::Position::line);
                    faults.push(ImportFault::new(
                        line,
                        None,
                        ("baris tidak dapat dibaca", "the row cannot be read"),
                        QUOTES,
                    ));
                }
            }
        }
        (Some(Self { places, rows }), faults)
    }

    /// Returns a cell and its column; an empty cell, or one of a column that the file does not have, is `None`.
    pub(super) fn cell<'a>(&self, row: &'a Cells, known: usize) -> Option<&'a str> {
        let place = self.places.get(known)?.as_ref()?;
        row.cells
            .get(place.number - 1)
            .map(String::as_str)
            .filter(|cell| !cell.is_empty())
    }

    /// Returns where a known column is.
    pub(super) fn column(&self, known: usize) -> Option<Column> {
        self.places.get(known).cloned().flatten()
    }
}

const QUOTES: (&str, &str) = (
    "periksa tanda kutip pada baris ini dan sebelumnya",
    "check the quotation marks on this line and the one before",
);

/// Takes the byte order mark off and refuses what is not UTF-8.
fn decode(bytes: &[u8]) -> Result<&str, Box<ImportFault>> {
    let advice = (
        "simpan ulang sebagai \"CSV UTF-8\"",
        "save it again as \"CSV UTF-8\"",
    );
    let body = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let utf16 = body.starts_with(b"\xff\xfe") || body.starts_with(b"\xfe\xff");
    let sheet = body.starts_with(b"PK\x03\x04") || body.starts_with(b"\xd0\xcf\x11\xe0");
    if utf16 || sheet {
        let what = ("berkas ini bukan teks CSV", "the file is no CSV text");
        return Err(Box::new(ImportFault::new(1, None, what, advice)));
    }
    std::str::from_utf8(body).map_err(|error| {
        let line = 1 + body[..error.valid_up_to()]
            .iter()
            .filter(|&&c| c == b'\n')
            .count() as u64;
        let what = ("ada huruf yang bukan UTF-8", "a character is not UTF-8");
        Box::new(ImportFault::new(line, None, what, advice))
    })
}

/// Returns what separates the cells of the head.
fn separator(text: &str) -> u8 {
    let head = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default();
    let count = |c: u8| head.bytes().filter(|&byte| byte == c).count();
    [b',', b';', b'\t']
        .into_iter()
        .rev()
        .max_by_key(|&c| count(c))
        .unwrap_or(b',')
}

/// Finds the known columns in the head.
fn places(
    head: &csv::StringRecord,
    known: &[Known],
    required: &[&str],
    faults: &mut Vec<ImportFault>,
) -> Vec<Option<Column>> {
    let mut places: Vec<Option<Column>> = vec![None; known.len()];
    for (index, name) in head.iter().enumerate() {
        let column = Column {
            number: index + 1,
            name: name.trim().to_owned(),
        };
        let plain = plain(name);
        let found = known.iter().position(|(word, others)| {
            plain == self::plain(word) || others.contains(&plain.as_str())
        });
        match found {
            Some(at) if places[at].is_some() => {
                let what = ("kolom ini ada dua kali", "the column is there twice");
                faults.push(ImportFault::new(
                    1,
                    Some(column),
                    what,
                    ("hapus salah satunya", "remove one of them"),
                ));
            }
            Some(at) => places[at] = Some(column),
            None => faults.push(unknown(column, &plain, known)),
        }
    }
    for name in required {
        let missing = known
            .iter()
            .zip(&places)
            .any(|((word, _), place)| word == name && place.is_none());
        if missing {
            let what = (
                format!("kolom `{name}` tidak ada"),
                format!("the column `{name}` is missing"),
            );
            faults.push(ImportFault::new(
                1,
                None,
                (&what.0, &what.1),
                ("tambahkan kolom itu", "add the column"),
            ));
        }
    }
    places
}

/// Brings a column's name to the form in which names are compared.
fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

fn unknown(column: Column, plain: &str, known: &[Known]) -> ImportFault {
    let names = known.iter().flat_map(|(word, others)| {
        std::iter::once((*word, *word)).chain(others.iter().map(|other| (*other, *word)))
    });
    let nearest = names
        .map(|(name, word)| (strsim::jaro_winkler(plain, name), word))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let all = known
        .iter()
        .map(|(word, _)| *word)
        .collect::<Vec<_>>()
        .join(", ");
    let (id, en) = match nearest {
        Some((likeness, word)) if likeness > 0.8 => (
            format!("maksudnya `{word}`?"),
            format!("did you mean `{word}`?"),
        ),
        _ => (
            format!("kolom yang dikenal: {all}"),
            format!("known columns: {all}"),
        ),
    };
    ImportFault::new(
        1,
        Some(column),
        ("kolom ini tidak dikenal", "the column is not known"),
        (&id, &en),
    )
}

fn empty() -> ImportFault {
    let advice = (
        "baris pertama berisi nama kolom",
        "the first line holds the names of the columns",
    );
    ImportFault::new(1, None, ("berkas ini kosong", "the file is empty"), advice)
}

fn uneven(line: u64, cells: usize, columns: usize) -> ImportFault {
    let what = (
        format!("ada {cells} sel, seharusnya {columns}"),
        format!("there are {cells} cells instead of {columns}"),
    );
    ImportFault::new(line, None, (&what.0, &what.1), QUOTES)
}

/// Reads a language's word for a day: `2026-01-31`, `31/01/2026` or `31-01-2026`.
pub(super) fn day(text: &str) -> Option<chrono::NaiveDate> {
    let formats = ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"];
    let day = formats
        .iter()
        .find_map(|format| chrono::NaiveDate::parse_from_str(text, format).ok())?;
    (1900..=2200)
        .contains(&chrono::Datelike::year(&day))
        .then_some(day)
}
