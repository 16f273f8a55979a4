//! How fast 100 MB of each format become rows, beside the bare parser, and how much memory that takes.
//!
//! `cargo bench -p divos-formats` (`-- csv xml` for these only, `DIVOS_BENCH_MB=20` for smaller documents). Each is
//! measured in a process of its own, which tells its own peak, three times; the fastest counts. `ratio` is to the
//! parser alone, which keeps nothing; `to JSON` to the parser with the least code that makes the same objects. Memory
//! is that of a tenth of the document and of all of it: what grows would be ten times as much. Documents are made up.
//! The allocator is the hub's.

#![allow(clippy::print_stdout)]

mod bare;
mod documents;

use divos_formats::html::{self, Compiled};
use divos_formats::json::{self, Step};
use divos_formats::{FormatFault, Opened, calendar, separated, spreadsheet, xml};
use std::fs::File;
use std::path::Path;
use std::process::Command;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const FORMATS: [&str; 8] = ["json", "csv", "xlsx", "xml", "soap", "oai", "html", "ical"];

/// A page has at most 64 MB, and a million nodes; it is held as a whole by any parser.
const PAGE: u64 = 8 << 20;

/// The goal: so many times the time at most that the bare parser needs for the same records.
const GOAL: f64 = 3.0;

/// What one run took.
struct Run {
    seconds: f64,
    /// MiB by which the peak grew.
    grown: u64,
    rows: usize,
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [mark, format, who, path] = words.as_slice()
        && mark == "--case"
    {
        return measure(format, who, Path::new(path));
    }
    let megabytes = std::env::var("DIVOS_BENCH_MB").ok();
    let megabytes: u64 = megabytes.and_then(|text| text.parse().ok()).unwrap_or(100);
    let wanted = |format: &&str| {
        FORMATS
            .iter()
            .all(|known| !words.iter().any(|word| word == known))
            || words.iter().any(|word| word == format)
    };
    println!(
        "format        size      rows       bare       hub   ratio  to JSON     rate   memory of a tenth, of all"
    );
    let missed: Vec<&str> = FORMATS
        .into_iter()
        .filter(wanted)
        .filter(|format| !compare(format, megabytes << 20))
        .collect();
    assert!(
        missed.is_empty(),
        "beyond {GOAL} times the bare parser: {missed:?}"
    );
}

/// Measures both; whether the goal is reached.
fn compare(format: &str, size: u64) -> bool {
    let size = if format == "html" {
        size.min(PAGE)
    } else {
        size
    };
    let folder = tempfile::tempdir().expect("a folder");
    let (all, tenth) = (folder.path().join("all"), folder.path().join("tenth"));
    documents::write(format, &all, size).expect("it is written");
    documents::write(format, &tenth, size / 10).expect("it is written");
    let bytes = all.metadata().expect("the document").len() as f64 / 1e6;
    let bare = fastest(format, "bare", &all);
    let records = fastest(format, "records", &all);
    let hub = fastest(format, "hub", &all);
    let small = fastest(format, "hub", &tenth);
    let ratio = hub.seconds / bare.seconds;
    let beside = match records.rows {
        0 => ratio,
        _ => hub.seconds / records.seconds,
    };
    println!(
        "{format:8} {bytes:6.0} MB {:9} {:8.2} s {:7.2} s {ratio:6.2}× {beside:6.2}× {:6.0} MB/s   +{} MB, +{} MB",
        hub.rows,
        bare.seconds,
        hub.seconds,
        bytes / hub.seconds,
        small.grown,
        hub.grown
    );
    beside <= GOAL
}

/// The fastest of three: what else the machine does only ever makes it slower.
fn fastest(format: &str, who: &str, path: &Path) -> Run {
    let program = std::env::current_exe().expect("this program");
    let run = || {
        let output = Command::new(&program)
            .args(["--case", format, who])
            .arg(path)
            .output()
            .expect("it starts");
        assert!(
            output.status.success(),
            "{format} {who}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut words = text.split_whitespace();
        let mut word = || words.next().expect("three numbers");
        Run {
            seconds: word().parse().expect("seconds"),
            grown: word().parse().expect("MiB"),
            rows: word().parse().expect("rows"),
        }
    };
    let runs = [run(), run(), run()];
    let fastest = runs
        .into_iter()
        .min_by(|a, b| a.seconds.total_cmp(&b.seconds));
    fastest.expect("three runs")
}

fn measure(format: &str, who: &str, path: &Path) {
    let file = File::open(path).expect("the document");
    let (before, start) = (peak(), on_processor());
    let rows = match who {
        "bare" => bare::read(format, file),
        "records" => bare::records(format, file).unwrap_or(0),
        _ => hub(format, file),
    };
    let seconds = on_processor() - start;
    println!("{seconds} {} {rows}", peak().saturating_sub(before) / 1024);
}

fn hub(format: &str, file: File) -> usize {
    let input = Box::new(file);
    match format {
        "json" => count(list(input)),
        "csv" => count(separated::open(input, None, &separated::Options::default())),
        "xlsx" => count(spreadsheet::open(
            input,
            None,
            &spreadsheet::Options::default(),
        )),
        "xml" => count(tree(input, "Daftar.Permohonan")),
        "soap" => count(tree(
            input,
            "Envelope.Body.DaftarUjiResponse.DaftarUjiResult.Uji",
        )),
        "oai" => count(
            xml::oai::open(input, None, xml::oai::Verb::ListRecords)
                .map(|document| document.opened),
        ),
        "ical" => count(calendar::open(input, None, &calendar::Options::default())),
        _ => count(page().open(input, None)),
    }
}

fn list(input: Box<File>) -> Result<Opened, FormatFault> {
    let steps = ["data", "items"].map(|name| Step::Field(name.to_owned()));
    let options = json::Options {
        path: Some(steps.into()),
        charset: None,
    };
    json::open(input, &options).map(|document| document.opened)
}

fn tree(input: Box<File>, path: &str) -> Result<Opened, FormatFault> {
    let options = xml::Options {
        rows: path.split('.').map(str::to_owned).collect(),
        charset: None,
    };
    xml::open(input, None, &options).map(|document| document.opened)
}

fn page() -> Compiled {
    let pair = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
    let options = html::Options {
        rows: "tbody tr".to_owned(),
        cells: [("tautan", "a@href"), ("no", "td:nth-child(1)")]
            .map(pair)
            .into(),
        columns: [("perihal", "Perihal"), ("tanggal", "Tanggal")]
            .map(pair)
            .into(),
        ..html::Options::default()
    };
    Compiled::new(options).expect("selectors")
}

fn count(opened: Result<Opened, FormatFault>) -> usize {
    let opened = opened.expect("it opens");
    let good = opened.rows.inspect(|row| assert!(row.is_ok(), "{row:?}"));
    good.count()
}

/// The seconds that this process, which is one thread, was on a processor: what else the machine does counts less.
fn on_processor() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let nanoseconds = stat.split_whitespace().next();
    nanoseconds
        .and_then(|number| number.parse::<f64>().ok())
        .unwrap_or(0.0)
        / 1e9
}

/// The most memory that this process had at once, in KiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}
