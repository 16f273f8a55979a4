//! JSON lists of any length: what is given, what is kept, and how much memory that takes.

use divos_formats::json::{AROUND, BESIDE, Options, RECORD, Step, open};
use divos_formats::{FormatFault, Reason};
use serde_json::{Value as Json, json};
use std::io::{self, Cursor, Read, Seek, SeekFrom};

fn items() -> Options {
    Options {
        path: Some(vec![Step::Field("items".to_owned())]),
        charset: None,
    }
}

fn read(body: impl Into<Vec<u8>>) -> (usize, Option<FormatFault>, Json) {
    let document = open(Box::new(Cursor::new(body.into())), &items()).expect("it is opened");
    let (mut rows, mut fault) = (0, None);
    for row in document.opened.rows {
        match row {
            Ok(_) => rows += 1,
            Err(found) => fault = Some(found),
        }
    }
    let around = document.rest.take();
    (rows, fault, around.map_or(Json::Null, |around| around.root))
}

#[test]
fn what_is_large_beside_the_records_is_left_out_and_the_rest_is_kept() {
    let large = "x".repeat(BESIDE + 1);
    let body = json!({"a": large, "b": [large, 1], "items": [1, 2], "total": 2}).to_string();
    let (rows, fault, root) = read(body);
    assert_eq!((rows, fault), (2, None));
    assert_eq!(root, json!({"items": [1], "total": 2}));
}

#[test]
fn all_that_is_beside_the_records_has_one_bound() {
    let fields = (0..9).map(|n| (format!("f{n}"), json!("x".repeat(BESIDE - 9))));
    let mut body: serde_json::Map<String, Json> = fields.collect();
    body.insert("items".to_owned(), json!([1]));
    let (rows, fault, root) = read(Json::Object(body).to_string());
    assert_eq!((rows, fault), (1, None));
    assert!(root.to_string().len() < AROUND + BESIDE + 100);
}

#[test]
fn names_and_small_values_count_too() {
    let long = "n".repeat(BESIDE / 2);
    let fields = (0..99).map(|n| format!("\"{long}{n}\":0,"));
    let body = format!("{{{}\"items\":[1]}}", fields.collect::<String>());
    let (rows, fault, root) = read(body);
    assert_eq!((rows, fault), (1, None));
    assert!(root.to_string().len() < AROUND + BESIDE);

    let options = Options {
        path: Some(vec![Step::Index(1)]),
        charset: None,
    };
    let body = format!("[0,[7,8],{}0]", "1,".repeat(AROUND / 8));
    let document = open(Box::new(Cursor::new(body.into_bytes())), &options).expect("it is opened");
    let mut rows = document.opened.rows;
    assert_eq!(
        [rows.next(), rows.next(), rows.next()],
        [Some(Ok(json!(7))), Some(Ok(json!(8))), None]
    );
    let root = document.rest.take().expect("its end was reached").root;
    assert_eq!((&root[0], &root[1]), (&json!(0), &json!([7])));
    let kept = root.as_array().map_or(0, Vec::len);
    assert!(kept < AROUND / 64, "{kept}");
}

#[test]
fn a_mark_that_comes_byte_by_byte_is_a_mark() {
    let bytes = Cursor::new("\u{feff}{\"items\":[1]}".as_bytes().to_vec());
    let document = open(Box::new(Slow(bytes)), &items()).expect("it is opened");
    let rows: Vec<_> = document.opened.rows.collect();
    assert_eq!(rows, [Ok(json!(1))]);
}

/// Gives one byte at a time.
struct Slow(Cursor<Vec<u8>>);

impl Read for Slow {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let most = room.len().min(1);
        self.0.read(&mut room[..most])
    }
}

impl Seek for Slow {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

#[test]
fn a_record_beyond_its_bound_ends_the_rows_and_one_within_does_not() {
    let body = |size: usize| format!("{{\"items\": [1, \"{}\"]}}", "x".repeat(size - 2));
    assert_eq!(read(body(RECORD)).1, None);
    let (rows, fault, _) = read(body(RECORD + 1));
    let limit = RECORD as u64;
    let of = "record bytes";
    assert_eq!(rows, 1);
    assert_eq!(
        fault.map(|fault| fault.reason),
        Some(Reason::TooMuch { of, limit })
    );
}

#[test]
fn a_place_that_is_not_there_is_missed_whatever_the_size() {
    let other: Vec<u64> = (0..400_000).collect();
    let (rows, fault, root) = read(json!({"data": other, "error": "moved"}).to_string());
    assert!(
        matches!(fault.map(|f| f.reason), Some(Reason::Missing { name, .. }) if name == "items")
    );
    assert_eq!((rows, root), (0, json!({"error": "moved"})));
}

#[test]
fn memory_does_not_grow_with_the_document() {
    let before = peak();
    let document = open(Box::new(Endless { at: 0 }), &items()).expect("it is opened");
    let rows = document.opened.rows.filter(Result::is_ok).count();
    assert_eq!(rows as u64, ROWS);
    let root = document.rest.take().expect("its end was reached").root;
    assert_eq!(root["total"], json!(ROWS));
    let grown = peak() - before;
    assert!(grown < 4_000, "{grown} kB for {} kB", ROWS * 1_000 / 1024);
}

/// The most memory that this process had so far, in kB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let size = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
    size.expect("Linux tells")
}

/// Rows of 1000 bytes each.
const ROWS: u64 = 40_000;

/// A list that is made while it is read.
struct Endless {
    at: u64,
}

impl Endless {
    /// The piece at a number: the head, the rows, the tail.
    fn piece(number: u64) -> Option<String> {
        match number {
            0 => Some(format!("{:<1000}", "{\"items\":[")),
            n if n <= ROWS => {
                let comma = if n == ROWS { "" } else { "," };
                let row = format!("{{\"id\":{n},\"isi\":\"{}\"}}{comma}", "x".repeat(900));
                Some(format!("{row:<1000}"))
            }
            n if n == ROWS + 1 => Some(format!("{:<1000}", format!("],\"total\":{ROWS}}}"))),
            _ => None,
        }
    }
}

impl Read for Endless {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let Some(piece) = Self::piece(self.at / 1000) else {
            return Ok(0);
        };
        let from = &piece.as_bytes()[(self.at % 1000) as usize..];
        let count = from.len().min(room.len());
        room[..count].copy_from_slice(&from[..count]);
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Endless {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match to {
            SeekFrom::Start(at) => self.at = at,
            _ => return Err(io::ErrorKind::Unsupported.into()),
        }
        Ok(self.at)
    }
}
