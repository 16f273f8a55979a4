//! Which separator a text most likely has.

use crate::table::Shape;
use std::collections::HashMap;

/// How many bytes are looked at.
pub(super) const SAMPLE: usize = 64 * 1024;

/// How many lines are looked at.
const LINES: usize = 200;

/// The candidates; of equals the first: a comma is also found in sentences and decimal numbers.
const CANDIDATES: [u8; 4] = [b'\t', b';', b'|', b','];

/// Picks the separator that gives a line with the most required columns, then the one that is found equally often in
/// the most lines. A text without any is separated by commas: it has one column.
pub(super) fn likeliest(sample: &[u8], quote: u8, shape: &Shape) -> u8 {
    let lines = lines(sample, quote);
    let mut best = (b',', (0, 0));
    for candidate in CANDIDATES {
        let score = score(&lines, candidate, quote, &shape.required);
        if score > best.1 {
            best = (candidate, score);
        }
    }
    best.0
}

/// Lines that are not blank; one within quotes is none. The last may be cut off and does not count unless it is alone.
fn lines(sample: &[u8], quote: u8) -> Vec<&[u8]> {
    let mut quoted = false;
    let ends = |byte: &u8| {
        quoted ^= *byte == quote;
        !quoted && matches!(byte, b'\n' | b'\r')
    };
    let lines = sample
        .split(ends)
        .filter(|line| !line.trim_ascii().is_empty());
    let mut lines: Vec<_> = lines.take(LINES).collect();
    if sample.len() >= SAMPLE && lines.len() > 1 && lines.len() < LINES {
        lines.pop();
    }
    lines
}

fn score(lines: &[&[u8]], delimiter: u8, quote: u8, required: &[String]) -> (usize, usize) {
    let mut widths: HashMap<usize, usize> = HashMap::new();
    let mut named = 0;
    for line in lines {
        let cells = cells(line, delimiter, quote);
        if cells.len() > 1 {
            *widths.entry(cells.len()).or_default() += 1;
            named = named.max(required.iter().filter(|name| holds(&cells, name)).count());
        }
    }
    (named, widths.into_values().max().unwrap_or(0))
}

fn cells(line: &[u8], delimiter: u8, quote: u8) -> Vec<&[u8]> {
    let mut quoted = false;
    let ends = |byte: &u8| {
        quoted ^= *byte == quote;
        !quoted && *byte == delimiter
    };
    line.split(ends).collect()
}

fn holds(cells: &[&[u8]], name: &str) -> bool {
    let bare = |cell: &&[u8]| {
        let cell = cell.trim_ascii();
        let inner = cell
            .strip_prefix(b"\"")
            .and_then(|cell| cell.strip_suffix(b"\""));
        inner.unwrap_or(cell).trim_ascii() == name.as_bytes()
    };
    cells.iter().any(bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_separator_is_told_from_commas_in_numbers_and_sentences() {
        for (text, delimiter) in [
            ("nama,nilai\nSanur,1\n", b','),
            ("nama;nilai\nSanur;1,5\nKuta;2,5\n", b';'),
            (
                "Laporan, bulan Mei, 2026\n\nnama\tnilai\nSanur\t1,5\n",
                b'\t',
            ),
            ("nama|alamat\nA|Jl. Hayam Wuruk, 1\nB|Jl. Nangka, 2\n", b'|'),
            ("nama,tag\nA,\"x;y\"\nB,\"x;y\"\n", b','),
            ("nama\nSanur\nKuta\n", b','),
            ("1,5;2,5\n3,5;4,5\n", b';'),
            ("", b','),
        ] {
            let found = likeliest(text.as_bytes(), b'"', &Shape::default());
            assert_eq!(char::from(found), char::from(delimiter), "{text}");
        }
    }

    #[test]
    fn required_columns_tell_the_separator() {
        let shape = Shape {
            required: vec!["nama".into(), "daftar".into()],
            ..Shape::default()
        };
        let text = b"nama,daftar\nA,x;y\nB,x;y\nC,x;y\nD;x;y;z,\n";
        assert_eq!(likeliest(text, b'"', &shape), b',');
    }
}
