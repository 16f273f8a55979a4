//! Big tables: bytes per second beside the bare parser, and how much memory grows. Each is measured in a process of
//! its own, which tells its own peak: `cargo bench -p divos-formats` (`DIVOS_BENCH_MB=20` for smaller files).

#![allow(clippy::print_stdout)]

use calamine::{Reader as _, Xlsx};
use divos_formats::{Opened, separated, spreadsheet};
use flate2::{Compression, write::DeflateEncoder};
use std::fs::File;
use std::io::{BufReader, BufWriter, Seek as _, Write};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// What is measured, and on which file.
const CASES: [(&str, &str); 6] = [
    ("csv, bare parser", "big.csv"),
    ("csv, bare parser to JSON", "big.csv"),
    ("csv", "big.csv"),
    ("xlsx, calamine range", "big.xlsx"),
    ("xlsx, calamine cells", "big.xlsx"),
    ("xlsx", "big.xlsx"),
];

fn main() {
    let words: Vec<String> = std::env::args().collect();
    if let [_, mark, case, path] = words.as_slice()
        && mark == "--case"
    {
        return measure(case, Path::new(path));
    }
    let megabytes = std::env::var("DIVOS_BENCH_MB").ok();
    let megabytes: u64 = megabytes.and_then(|text| text.parse().ok()).unwrap_or(100);
    let folder = tempfile::tempdir().expect("a folder");
    write_csv(&folder.path().join("big.csv"), megabytes << 20).expect("it is written");
    write_xlsx(&folder.path().join("big.xlsx"), megabytes << 20).expect("it is written");
    let program = std::env::current_exe().expect("this program");
    for (case, file) in CASES {
        let path = folder.path().join(file);
        let status = Command::new(&program)
            .args(["--case", case])
            .arg(path)
            .status();
        assert!(status.expect("it starts").success(), "{case}");
    }
}

fn measure(case: &str, path: &Path) {
    let before = peak();
    let start = Instant::now();
    let rows = run(case, path);
    let seconds = start.elapsed().as_secs_f64();
    let bytes = path.metadata().expect("the file").len() as f64 / 1048576.0;
    let grown = peak().saturating_sub(before) / 1024;
    println!(
        "{case:26} {bytes:5.0} MB {rows:9} rows {seconds:7.2} s {:7.1} MB/s  memory +{grown} MB",
        bytes / seconds
    );
}

fn run(case: &str, path: &Path) -> usize {
    let file = File::open(path).expect("the file");
    match case {
        "csv, bare parser" => {
            let mut reader = bare(file);
            let mut record = csv::ByteRecord::new();
            let mut rows = 0;
            while reader.read_byte_record(&mut record).expect("a row") {
                rows += 1;
            }
            rows
        }
        "csv, bare parser to JSON" => {
            let mut reader = bare(file);
            let names = reader.headers().expect("a header").clone();
            let object =
                |row: Result<csv::StringRecord, _>| -> serde_json::Map<String, serde_json::Value> {
                    let row = row.expect("a row");
                    names
                        .iter()
                        .zip(&row)
                        .map(|(name, cell)| (name.to_owned(), cell.into()))
                        .collect()
                };
            reader
                .records()
                .map(object)
                .filter(|row| !row.is_empty())
                .count()
        }
        "csv" => count(separated::open(
            Box::new(file),
            None,
            &separated::Options::default(),
        )),
        "xlsx, calamine range" => {
            let mut book: Xlsx<_> =
                calamine::open_workbook_from_rs(BufReader::new(file)).expect("it opens");
            let range = book.worksheet_range("Data").expect("a sheet");
            range.rows().count() - 1
        }
        "xlsx, calamine cells" => {
            let mut book: Xlsx<_> =
                calamine::open_workbook_from_rs(BufReader::new(file)).expect("it opens");
            let mut cells = book.worksheet_cells_reader("Data").expect("a sheet");
            let mut rows = 0;
            while let Some(cell) = cells.next_cell().expect("a cell") {
                rows += usize::from(cell.get_position().1 == 0);
            }
            rows - 1
        }
        _ => count(spreadsheet::open(
            Box::new(file),
            None,
            &spreadsheet::Options::default(),
        )),
    }
}

fn bare(file: File) -> csv::Reader<File> {
    csv::ReaderBuilder::new().delimiter(b';').from_reader(file)
}

fn count(opened: Result<Opened, divos_formats::FormatFault>) -> usize {
    let opened = opened.expect("it opens");
    let good = opened.rows.inspect(|row| assert!(row.is_ok(), "{row:?}"));
    good.count()
}

/// The most memory that this process had at once, in KiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        self.0 >> 33
    }
}

fn write_csv(path: &Path, size: u64) -> std::io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    let mut dice = Dice(1);
    writeln!(file, "No;Nama;Alamat;Nilai;Tanggal;Catatan")?;
    for number in 1.. {
        let (a, b) = (dice.roll(), dice.roll());
        writeln!(
            file,
            "{number};Usaha Rekaan {a};\"Jl. Contoh No. {}; Denpasar\";{},{};2026-01-{:02};catatan {b}",
            a % 300,
            b % 100_000,
            a % 100,
            b % 28 + 1
        )?;
        if number % 1000 == 0 && file.stream_position()? >= size {
            break;
        }
    }
    file.flush()
}

/// Keeps the checksum of what it packs.
struct Sheet {
    packed: DeflateEncoder<BufWriter<File>>,
    crc: flate2::Crc,
}

impl Write for Sheet {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.crc.update(bytes);
        self.packed.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.packed.flush()
    }
}

const PARTS: [(&str, &str); 3] = [
    (
        "_rels/.rels",
        r#"<Relationships><Relationship Id="r1" Type="t/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    ),
    (
        "xl/workbook.xml",
        r#"<workbook xmlns:r="r"><sheets><sheet name="Data" sheetId="1" r:id="r1"/></sheets></workbook>"#,
    ),
    (
        "xl/_rels/workbook.xml.rels",
        r#"<Relationships><Relationship Id="r1" Type="t/worksheet" Target="s.xml"/></Relationships>"#,
    ),
];

/// The sheet is packed into a file of its own until it is long enough, then all is put together.
fn write_xlsx(path: &Path, size: u64) -> std::io::Result<()> {
    let loose = path.with_extension("part");
    let file = BufWriter::new(File::create(&loose)?);
    let mut sheet = Sheet {
        packed: DeflateEncoder::new(file, Compression::fast()),
        crc: flate2::Crc::new(),
    };
    write_rows(&mut sheet, size)?;
    let length = sheet.packed.total_in();
    let crc = sheet.crc.sum();
    sheet.packed.finish()?.flush()?;
    let mut archive = Zip {
        file: BufWriter::new(File::create(path)?),
        directory: Vec::new(),
        parts: 0,
    };
    for (name, text) in PARTS {
        let mut crc = flate2::Crc::new();
        crc.update(text.as_bytes());
        archive.part(name, 0, crc.sum(), text.len() as u64, text.len() as u64)?;
        archive.file.write_all(text.as_bytes())?;
    }
    archive.part("xl/s.xml", 8, crc, loose.metadata()?.len(), length)?;
    std::io::copy(&mut File::open(&loose)?, &mut archive.file)?;
    archive.finish()
}

fn write_rows(sheet: &mut Sheet, size: u64) -> std::io::Result<()> {
    let mut dice = Dice(1);
    write!(sheet, "<worksheet><sheetData><row r=\"1\">")?;
    for (letter, name) in ('A'..).zip(["No", "Nama", "Nilai", "Luas", "Catatan"]) {
        write!(
            sheet,
            "<c r=\"{letter}1\" t=\"inlineStr\"><is><t>{name}</t></is></c>"
        )?;
    }
    write!(sheet, "</row>")?;
    // Even a sheet of LibreOffice has no more than 16 million rows.
    for row in 2..16_000_000_u64 {
        let (a, b) = (dice.roll(), dice.roll());
        write!(
            sheet,
            "<row r=\"{row}\"><c r=\"A{row}\"><v>{row}</v></c><c r=\"B{row}\" t=\"inlineStr\"><is><t>Usaha Rekaan {a}</t></is></c><c r=\"C{row}\"><v>{b}</v></c><c r=\"D{row}\"><v>{}.{:02}</v></c><c r=\"E{row}\" t=\"inlineStr\"><is><t>catatan {b}</t></is></c></row>",
            a % 1000,
            b % 100
        )?;
        if row % 1000 == 0 && sheet.packed.total_out() >= size {
            break;
        }
    }
    write!(sheet, "</sheetData></worksheet>")
}

struct Zip {
    file: BufWriter<File>,
    directory: Vec<u8>,
    parts: u16,
}

impl Zip {
    fn part(
        &mut self,
        name: &str,
        method: u8,
        crc: u32,
        packed: u64,
        size: u64,
    ) -> std::io::Result<()> {
        let place = self.file.stream_position()? as u32;
        let mut common = vec![20, 0, 0, 0, method, 0, 0, 0, 0, 0];
        for number in [crc, packed as u32, size as u32, name.len() as u32] {
            common.extend_from_slice(&number.to_le_bytes());
        }
        self.file.write_all(b"PK\x03\x04")?;
        self.file.write_all(&common)?;
        self.file.write_all(name.as_bytes())?;
        self.directory.extend_from_slice(b"PK\x01\x02\x14\0");
        self.directory.extend_from_slice(&common);
        self.directory.extend_from_slice(&[0; 10]);
        self.directory.extend_from_slice(&place.to_le_bytes());
        self.directory.extend_from_slice(name.as_bytes());
        self.parts += 1;
        Ok(())
    }

    fn finish(mut self) -> std::io::Result<()> {
        let place = self.file.stream_position()? as u32;
        self.file.write_all(&self.directory)?;
        self.file.write_all(b"PK\x05\x06\0\0\0\0")?;
        self.file.write_all(&self.parts.to_le_bytes())?;
        self.file.write_all(&self.parts.to_le_bytes())?;
        self.file
            .write_all(&(self.directory.len() as u32).to_le_bytes())?;
        self.file.write_all(&place.to_le_bytes())?;
        self.file.write_all(&[0; 2])?;
        self.file.flush()
    }
}
