//! The parsers without the hub: what each format is compared with. [`read`] takes a document apart and keeps nothing;
//! [`records`] makes of it what the hub makes, a JSON object of each record, and looks at nothing else.

use calamine::Xlsx;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use scraper::{Html, Selector};
use serde::de::IgnoredAny;
use serde_json::{Map, Value as Json};
use std::fs::File;
use std::io::{BufReader, Read as _};

/// Reads a document of a format; how many pieces it had.
pub(crate) fn read(format: &str, file: File) -> usize {
    match format {
        "json" => json(file),
        "csv" => csv(file),
        "xlsx" => xlsx(file),
        "html" => html(file),
        "ical" => ical(file),
        _ => xml(file),
    }
}

fn json(file: File) -> usize {
    let kept: IgnoredAny =
        serde_json::from_reader(BufReader::with_capacity(64 << 10, file)).expect("JSON");
    usize::from(std::hint::black_box(kept) == IgnoredAny)
}

fn csv(file: File) -> usize {
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(file);
    let mut record = csv::StringRecord::new();
    let mut rows = 0;
    while reader.read_record(&mut record).expect("a row") {
        rows += 1;
    }
    rows
}

fn xlsx(file: File) -> usize {
    let mut book: Xlsx<_> =
        calamine::open_workbook_from_rs(BufReader::new(file)).expect("it opens");
    let mut cells = book.worksheet_cells_reader("Data").expect("a sheet");
    let mut rows = 0;
    while let Some(cell) = cells.next_cell().expect("a cell") {
        rows += usize::from(cell.get_position().1 == 0);
    }
    rows - 1
}

fn xml(file: File) -> usize {
    let mut reader = Reader::from_reader(BufReader::with_capacity(64 << 10, file));
    let (mut buffer, mut events) = (Vec::new(), 0);
    while !matches!(reader.read_event_into(&mut buffer), Ok(Event::Eof) | Err(_)) {
        events += 1;
        buffer.clear();
    }
    events
}

/// Makes a JSON object of each record; `None` for a format whose parser gives its records itself.
pub(crate) fn records(format: &str, file: File) -> Option<usize> {
    match format {
        "json" => Some(json_records(file)),
        "csv" => Some(csv_records(file)),
        "xml" => Some(xml_records(file, 2)),
        "oai" => Some(xml_records(file, 3)),
        "soap" => Some(xml_records(file, 5)),
        _ => None,
    }
}

fn json_records(file: File) -> usize {
    let root: Json =
        serde_json::from_reader(BufReader::with_capacity(64 << 10, file)).expect("JSON");
    root["data"]["items"].as_array().map_or(0, Vec::len)
}

fn csv_records(file: File) -> usize {
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(file);
    let names = reader.headers().expect("a header").clone();
    let object = |row: csv::Result<csv::StringRecord>| -> Map<String, Json> {
        let row = row.expect("a row");
        let pairs = names.iter().zip(&row);
        pairs
            .map(|(name, cell)| (name.to_owned(), cell.into()))
            .collect()
    };
    let objects = reader.records().map(object);
    objects.filter(|row| !row.is_empty()).count()
}

/// An element that is open: its name, its children and its text.
type Open = (String, Map<String, Json>, String);

fn xml_records(file: File, depth: usize) -> usize {
    let mut reader = Reader::from_reader(BufReader::with_capacity(64 << 10, file));
    let (mut buffer, mut open, mut rows) = (Vec::new(), Vec::<Open>::new(), 0);
    let begin = |start: &BytesStart<'_>| {
        let name = start.local_name().into_inner().to_owned();
        (name, Map::new(), String::new())
    };
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).expect("XML") {
            Event::Start(start) => open.push(begin(&start)),
            Event::Text(text) => {
                if let Some((_, _, said)) = open.last_mut() {
                    said.push_str(&text);
                }
            }
            Event::End(_) => {
                let (name, map, text) = open.pop().expect("an open element");
                let value = if map.is_empty() {
                    text.into()
                } else {
                    Json::Object(map)
                };
                if open.len() + 1 == depth {
                    rows += usize::from(std::hint::black_box(&value).is_object());
                } else if let Some((_, parent, _)) = open.last_mut() {
                    parent.insert(name, value);
                }
            }
            Event::Eof => return rows,
            _ => {}
        }
    }
}

fn text(mut file: File) -> String {
    let mut text = String::new();
    file.read_to_string(&mut text).expect("UTF-8");
    text
}

fn html(file: File) -> usize {
    let page = Html::parse_document(&text(file));
    let [rows, cells] = ["tbody tr", "td"].map(|css| Selector::parse(css).expect("a selector"));
    let rows = page.select(&rows).map(|row| {
        let texts = row
            .select(&cells)
            .map(|cell| cell.text().collect::<String>());
        usize::from(texts.map(|text| text.len()).sum::<usize>() > 0)
    });
    rows.sum()
}

fn ical(file: File) -> usize {
    let text = text(file);
    let entry = calcard::Parser::new(&text).entry();
    match entry {
        calcard::Entry::ICalendar(calendar) => calendar.components.len(),
        _ => 0,
    }
}
