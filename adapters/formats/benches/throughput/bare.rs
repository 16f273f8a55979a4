//! The parsers without the hub: what each format is compared with. They take the document apart and keep nothing.

use calamine::Xlsx;
use quick_xml::Reader;
use quick_xml::events::Event;
use scraper::{Html, Selector};
use std::fs::File;
use std::io::{BufReader, Read as _};

/// Reads a document of a format; how many pieces it had.
pub(crate) fn read(format: &str, file: File) -> usize {
    match format {
        "csv" => csv(file),
        "xlsx" => xlsx(file),
        "html" => html(file),
        "ical" => ical(file),
        _ => xml(file),
    }
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
