//! How fast a JSON list becomes rows, beside `serde_json` alone, and how much memory that takes.
//!
//! `cargo bench -p divos-formats --bench json`. The documents are made up, 100 MB in memory for the bare parser, and
//! 100 MB and 1 GB that are never in memory as a whole.

#![allow(clippy::print_stdout)]

use divos_formats::json::{Options, Step, open};
use serde_json::Value as Json;
use std::io::{self, Read, Seek, SeekFrom};
use std::time::{Duration, Instant};

const HEAD: &str = "{\"status\":\"ok\",\"total\":9,\"data\":{\"items\":[";
const TAIL: &str = "{\"id\":0}]},\"next\":\"/surat?hal=2\"}";
const ROW: &str = "{\"id\":7,\"nomor\":\"503/0007/2026\",\"pemohon\":\"Ni Made (contoh)\",\"jenis\":\"IMB\",\
    \"tanggal\":\"2026-01-05\",\"status\":\"SELESAI \\\"diambil\\\"\",\"biaya\":125000.5,\"tag\":[\"a\",{\"b\":null}]},\n";

fn main() {
    for size in [100_000_000, 1_000_000_000] {
        println!("JSON, {:.0} MB", size as f64 / 1e6);
        let before = peak();
        let (time, rows) = timed(|| streamed(Document { size, at: 0 }));
        report("rows", size, time, rows);
        println!("  peak memory grew by {} kB", peak() - before);
    }
    let size = 100_000_000;
    let mut bytes = Vec::new();
    if (Document { size, at: 0 }).read_to_end(&mut bytes).is_ok() {
        println!("JSON, {:.0} MB, in memory", size as f64 / 1e6);
        let (time, rows) = timed(|| bare(&bytes));
        report("serde_json alone", size, time, rows);
        println!("  peak memory {} kB", peak());
    }
}

fn streamed(document: Document) -> usize {
    let options = Options {
        path: Some(vec![
            Step::Field("data".to_owned()),
            Step::Field("items".to_owned()),
        ]),
        charset: None,
    };
    let opened = open(Box::new(document), &options);
    opened.map_or(0, |document| {
        document.opened.rows.filter(Result::is_ok).count()
    })
}

fn bare(bytes: &[u8]) -> usize {
    let root: Json = serde_json::from_slice(bytes).unwrap_or_default();
    root["data"]["items"].as_array().map_or(0, Vec::len)
}

fn timed(run: impl FnOnce() -> usize) -> (Duration, usize) {
    let start = Instant::now();
    let count = std::hint::black_box(run());
    (start.elapsed(), count)
}

fn report(name: &str, size: u64, time: Duration, count: usize) {
    let rate = size as f64 / 1e6 / time.as_secs_f64();
    println!(
        "  {name:<28} {:>8.2} s {rate:>8.1} MB/s {count:>9}",
        time.as_secs_f64()
    );
}

/// The most memory that this process had so far, in kB; 0 where the system does not tell.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok())
        .unwrap_or(0)
}

/// A document that is made while it is read.
#[derive(Clone)]
struct Document {
    size: u64,
    at: u64,
}

impl Document {
    fn tail(&self) -> u64 {
        HEAD.len() as u64 + self.size / ROW.len() as u64 * ROW.len() as u64
    }

    fn end(&self) -> u64 {
        self.tail() + TAIL.len() as u64
    }
}

impl Read for Document {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let (head, row, tail) = (HEAD.len() as u64, ROW.len() as u64, self.tail());
        let mut done = 0;
        while done < into.len() && self.at < self.end() {
            let from = if self.at < head {
                &HEAD.as_bytes()[self.at as usize..]
            } else if self.at < tail {
                &ROW.as_bytes()[((self.at - head) % row) as usize..]
            } else {
                &TAIL.as_bytes()[(self.at - tail) as usize..]
            };
            let count = from.len().min(into.len() - done);
            into[done..done + count].copy_from_slice(&from[..count]);
            done += count;
            self.at += count as u64;
        }
        Ok(done)
    }
}

impl Seek for Document {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::Current(by) => self.at.saturating_add_signed(by),
            SeekFrom::End(by) => self.end().saturating_add_signed(by),
        };
        Ok(self.at)
    }
}
