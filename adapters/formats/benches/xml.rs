//! How fast XML becomes rows, beside the bare parser.
//!
//! `cargo bench -p divos-formats --bench xml`. The document is made up, 100 MB, and never in memory as a whole.

#![allow(clippy::print_stdout)]

use divos_formats::xml::{Options, open};
use quick_xml::Reader;
use quick_xml::events::Event;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::time::{Duration, Instant};

const SIZE: u64 = 100_000_000;
const HEAD: &str = "<?xml version=\"1.0\"?><Envelope><Body><List><total>9</total>";
const TAIL: &str = "</List></Body></Envelope>";
const ROW: &str = "<Permohonan id=\"7\"><nomor>503/0007/2026</nomor><pemohon>Ni Made (contoh)</pemohon><jenis>IMB</jenis>\
    <tanggal>2026-01-05</tanggal><status>SELESAI &amp; diambil</status><biaya>125000.50</biaya></Permohonan>\n";

fn main() {
    let document = Document::default();
    println!("XML, {:.0} MB", document.end() as f64 / 1e6);
    let (time, events) = timed(|| bare(document.clone()));
    report("the bare parser (events)", time, events);
    let options = Options {
        rows: ["Envelope", "Body", "List", "Permohonan"]
            .map(str::to_owned)
            .to_vec(),
        charset: Some("utf-8".to_owned()),
    };
    let (time, rows) = timed(|| {
        let opened = open(Box::new(document.clone()), None, &options);
        opened.map_or(0, |document| {
            document.opened.rows.filter(Result::is_ok).count()
        })
    });
    report("rows", time, rows);
}

fn bare(document: Document) -> usize {
    let mut reader = Reader::from_reader(BufReader::with_capacity(64 << 10, document));
    let (mut buffer, mut events) = (Vec::new(), 0);
    while !matches!(reader.read_event_into(&mut buffer), Ok(Event::Eof) | Err(_)) {
        events += 1;
        buffer.clear();
    }
    events
}

fn timed(mut run: impl FnMut() -> usize) -> (Duration, usize) {
    let start = Instant::now();
    let count = std::hint::black_box(run());
    (start.elapsed(), count)
}

fn report(name: &str, time: Duration, count: usize) {
    let rate = SIZE as f64 / 1e6 / time.as_secs_f64();
    println!(
        "  {name:<28} {:>8.2} s {rate:>8.1} MB/s {count:>9}",
        time.as_secs_f64()
    );
}

/// A document that is made while it is read.
#[derive(Clone, Default)]
struct Document {
    at: u64,
}

impl Document {
    fn rows() -> u64 {
        SIZE / ROW.len() as u64
    }

    fn end(&self) -> u64 {
        (HEAD.len() + TAIL.len()) as u64 + Self::rows() * ROW.len() as u64
    }
}

impl Read for Document {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let (head, row) = (HEAD.len() as u64, ROW.len() as u64);
        let tail = head + Self::rows() * row;
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
