//! Exports: separated text as a spreadsheet of Indonesia writes it, and workbooks.
//!
//! Owns `;`, windows-1252, titles above the header, the line of totals, and just enough of OOXML and ZIP.

use super::rows::Cell;
use super::text;
use crate::make::escape;
use crate::whole::shelf::Shelf;
use axum::body::Body;
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use http::{Response, StatusCode};
use std::fmt::Write as _;
use std::io::Write as _;

const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The export as text, in windows-1252 with CRLF.
pub(super) fn csv(shelf: &Shelf) -> Response<Body> {
    let entry = &shelf.entry;
    let ids = shelf.ids();
    let mut lines: Vec<String> = Vec::with_capacity(ids.len() + 4);
    if !entry.option("preface").is_empty() {
        lines.push(format!("Laporan {}", quoted(entry.name)));
        lines.push(format!("Dicetak dari sistem. {}", crate::MADE_UP));
    }
    let names: Vec<String> = entry.fields.iter().map(|(name, _)| quoted(name)).collect();
    lines.push(names.join(";"));
    for row in shelf.rows(&ids) {
        let cells: Vec<String> = row.cells.iter().map(|(_, c)| quoted(&c.text())).collect();
        lines.push(cells.join(";"));
    }
    if !entry.option("footer").is_empty() {
        lines.push(format!("Jumlah;{}", ids.len()));
    }
    let bytes: Vec<u8> = (lines.join("\r\n") + "\r\n").chars().map(letter).collect();
    text(StatusCode::OK, "application/vnd.ms-excel", bytes)
}

/// A letter in windows-1252, as far as the city's words need it.
fn letter(letter: char) -> u8 {
    match letter {
        '–' => 0x96,
        '…' => 0x85,
        other => u8::try_from(u32::from(other)).unwrap_or(b'?'),
    }
}

fn quoted(text: &str) -> String {
    if text.contains([';', '"', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// The export as a workbook with one sheet.
pub(super) fn xlsx(shelf: &Shelf) -> Response<Body> {
    let sheet = escape(shelf.entry.option("sheet"));
    let parts = [
        (
            "[Content_Types].xml",
            r#"<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#.to_owned(),
        ),
        (
            "_rels/.rels",
            r#"<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#.to_owned(),
        ),
        (
            "xl/workbook.xml",
            format!(r#"<?xml version="1.0" encoding="UTF-8"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="{sheet}" sheetId="1" r:id="rId1"/></sheets></workbook>"#),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#.to_owned(),
        ),
        ("xl/worksheets/sheet1.xml", worksheet(shelf)),
    ];
    text(StatusCode::OK, WORKBOOK, zip(&parts))
}

fn worksheet(shelf: &Shelf) -> String {
    let entry = &shelf.entry;
    let mut xml = String::from(
        r#"<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>"#,
    );
    let mut line = 0;
    let mut add = |cells: &[Cell]| {
        line += 1;
        let _ = write!(xml, "<row r=\"{line}\">");
        for (at, cell) in cells.iter().enumerate() {
            let place = format!("{}{line}", column(at));
            // Writing into a text never fails.
            let _ = match cell {
                Cell::Number(number) => write!(xml, "<c r=\"{place}\"><v>{number}</v></c>"),
                Cell::Text(_) | Cell::List(_) => write!(
                    xml,
                    "<c r=\"{place}\" t=\"inlineStr\"><is><t>{}</t></is></c>",
                    escape(&cell.text())
                ),
            };
        }
        xml.push_str("</row>");
    };
    if !entry.option("preface").is_empty() {
        add(&[Cell::Text(format!("Laporan {}", entry.name))]);
        add(&[Cell::Text(crate::MADE_UP.to_owned())]);
    }
    let names = entry.fields.iter().map(|(name, _)| (*name).to_owned());
    add(&names.map(Cell::Text).collect::<Vec<_>>());
    for row in shelf.rows(&shelf.ids()) {
        add(&row
            .cells
            .into_iter()
            .map(|(_, cell)| cell)
            .collect::<Vec<_>>());
    }
    xml + "</sheetData></worksheet>"
}

/// `A` to `Z`: no app has more fields.
fn column(at: usize) -> char {
    char::from(b'A' + u8::try_from(at.min(25)).unwrap_or(25))
}

/// A ZIP archive (APPNOTE 4.3) with deflated parts.
fn zip(parts: &[(&str, String)]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in parts {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        // Writing into memory never fails.
        let packed = encoder
            .write_all(content.as_bytes())
            .and_then(|()| encoder.finish())
            .unwrap_or_default();
        let mut crc = Crc::new();
        crc.update(content.as_bytes());
        let offset = out.len() as u32;
        let mut head = Vec::with_capacity(26);
        for number in [20_u16, 0x0800, 8, 0, 0x21] {
            head.extend(number.to_le_bytes());
        }
        for number in [crc.sum(), packed.len() as u32, content.len() as u32] {
            head.extend(number.to_le_bytes());
        }
        head.extend((name.len() as u16).to_le_bytes());
        head.extend(0_u16.to_le_bytes());
        out.extend(b"PK\x03\x04");
        out.extend(&head);
        out.extend(name.as_bytes());
        out.extend(&packed);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&head);
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let (start, count) = (out.len() as u32, parts.len() as u16);
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0; 2]);
    out
}
