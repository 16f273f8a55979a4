//! A workbook written anew, with nothing in it but the cells of the sheet that is read: no other sheets, no comments, no
//! names of authors, no formulas.
//!
//! Owns just enough of OOXML (ISO/IEC 29500) and ZIP (APPNOTE.TXT 6.3) to be read back as the same cells.

use super::{Sheet, grid};
use crate::table::Raw;
use crate::{FormatFault, Input, Oddities};
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use serde_json::Value as Json;
use std::fmt::Write as _;
use std::io::Write as _;

const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"#;
const START: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const EMPTY: &str = r#"<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/></worksheet>"#;

/// Reads the cells of a sheet, lets `change` change each, and writes them as a workbook in which `sheet` finds them again;
/// at most `most` bytes of cells.
///
/// # Errors
/// As [`super::open`]; [`Reason::TooMuch`](crate::Reason::TooMuch) beyond `most`.
pub fn rewrite(
    input: Box<dyn Input>,
    sheet: &Sheet,
    most: usize,
    change: &mut dyn FnMut(&mut Json),
) -> Result<Vec<u8>, FormatFault> {
    let mut xml = EMPTY.replace("<sheetData/></worksheet>", "<sheetData>");
    for raw in grid(input, sheet, &Oddities::default())? {
        let mut raw = raw?;
        raw.cells.iter_mut().for_each(&mut *change);
        row(&raw, &mut xml);
        if xml.len() > most {
            return Err(FormatFault::too_much("bytes", most as u64));
        }
    }
    xml.push_str("</sheetData></worksheet>");
    Ok(package(sheet, xml))
}

fn row(raw: &Raw, xml: &mut String) {
    let line = raw.line;
    // Writing into a text never fails.
    let _ = write!(xml, "<row r=\"{line}\">");
    for (at, cell) in raw.cells.iter().enumerate() {
        let place = format!("{}{line}", letters(at));
        let _ = match cell {
            Json::Number(number) => write!(xml, "<c r=\"{place}\"><v>{number}</v></c>"),
            Json::Bool(flag) => {
                let flag = u8::from(*flag);
                write!(xml, "<c r=\"{place}\" t=\"b\"><v>{flag}</v></c>")
            }
            Json::String(text) => {
                let text = escape(text);
                write!(
                    xml,
                    "<c r=\"{place}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{text}</t></is></c>"
                )
            }
            _ => Ok(()),
        };
    }
    xml.push_str("</row>");
}

/// `A`, `Z`, `AA` … for 0, 25, 26 ….
fn letters(at: usize) -> String {
    let mut letters = Vec::new();
    let mut left = at + 1;
    while left > 0 {
        left -= 1;
        letters.push(char::from(b'A' + (left % 26) as u8));
        left /= 26;
    }
    letters.iter().rev().collect()
}

/// Escapes for XML; what XML 1.0 cannot hold is written as Excel does (section 22.9.2.19).
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, letter) in text.char_indices() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '_' if text[at..].starts_with("_x") => out.push_str("_x005F_"),
            '\t' | '\n' => out.push(letter),
            '\0'..' ' | '\u{fffe}' | '\u{ffff}' => {
                let _ = write!(out, "_x{:04X}_", u32::from(letter));
            }
            other => out.push(other),
        }
    }
    out
}

/// The archive; sheets that stand before a numbered one are empty.
fn package(sheet: &Sheet, cells: String) -> Vec<u8> {
    let names: Vec<String> = match sheet {
        Sheet::First => vec!["1".to_owned()],
        Sheet::Named(name) => vec![escape(name).replace('"', "&quot;")],
        Sheet::Number(number) => (1..=(*number).max(1)).map(|n| n.to_string()).collect(),
    };
    let mut workbook = r#"<?xml version="1.0" encoding="UTF-8"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>"#.to_owned();
    let mut relations = r#"<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#.to_owned();
    let mut parts = Vec::new();
    for (id, name) in (1..).zip(&names) {
        let _ = write!(
            workbook,
            "<sheet name=\"{name}\" sheetId=\"{id}\" r:id=\"rId{id}\"/>"
        );
        let _ = write!(
            relations,
            "<Relationship Id=\"rId{id}\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet{id}.xml\"/>"
        );
        parts.push((format!("xl/worksheets/sheet{id}.xml"), EMPTY.to_owned()));
    }
    if let Some(last) = parts.last_mut() {
        last.1 = cells;
    }
    workbook.push_str("</sheets></workbook>");
    relations.push_str("</Relationships>");
    let fixed = [
        ("[Content_Types].xml", TYPES.to_owned()),
        ("_rels/.rels", START.to_owned()),
        ("xl/workbook.xml", workbook),
        ("xl/_rels/workbook.xml.rels", relations),
    ];
    let fixed = fixed.map(|(name, content)| (name.to_owned(), content));
    zip(fixed.into_iter().chain(parts))
}

/// An archive of deflated parts.
fn zip(parts: impl IntoIterator<Item = (String, String)>) -> Vec<u8> {
    let (mut out, mut directory, mut count) = (Vec::new(), Vec::new(), 0_u16);
    for (name, content) in parts {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        // Writing into memory never fails.
        let packed = encoder
            .write_all(content.as_bytes())
            .and_then(|()| encoder.finish())
            .unwrap_or_default();
        let mut crc = Crc::new();
        crc.update(content.as_bytes());
        let offset = out.len() as u32;
        // Version 2.0, names in UTF-8, deflated, 1 January 1980.
        let mut head: Vec<u8> = [20_u16, 0x0800, 8, 0, 0x21]
            .into_iter()
            .flat_map(u16::to_le_bytes)
            .collect();
        for number in [crc.sum(), packed.len() as u32, content.len() as u32] {
            head.extend(number.to_le_bytes());
        }
        head.extend((name.len() as u16).to_le_bytes());
        head.extend([0; 2]);
        out.extend(b"PK\x03\x04");
        out.extend(&head);
        out.extend(name.as_bytes());
        out.extend(&packed);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&head);
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
        count += 1;
    }
    let start = out.len() as u32;
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0; 2]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spreadsheet::{Options, open};
    use std::io::Cursor;

    const FILES: [&[u8]; 3] = [
        include_bytes!("../../tests/files/libreoffice.xlsx"),
        include_bytes!("../../tests/files/openpyxl.xlsx"),
        include_bytes!("../../tests/files/libreoffice.ods"),
    ];

    fn rows(bytes: &[u8], sheet: &Sheet) -> Vec<Json> {
        let options = Options {
            sheet: sheet.clone(),
            ..Options::default()
        };
        let opened = open(Box::new(Cursor::new(bytes.to_vec())), None, &options).expect("it opens");
        opened.rows.map(|row| row.expect("a row")).collect()
    }

    #[test]
    fn what_is_written_anew_is_read_back_as_the_same_rows() {
        for (at, file) in FILES.into_iter().enumerate() {
            for sheet in [
                Sheet::First,
                Sheet::Number(2),
                Sheet::Named("data banjar".into()),
            ] {
                let input = Box::new(Cursor::new(file.to_vec()));
                let again = rewrite(input, &sheet, 1 << 20, &mut |_| {}).expect("written");
                assert_eq!(rows(&again, &sheet), rows(file, &sheet), "{at} {sheet:?}");
                assert!(!rows(file, &sheet).is_empty());
            }
        }
    }

    #[test]
    fn cells_are_changed_and_nothing_else_of_the_workbook_is_left() {
        let sheet = Sheet::Number(3);
        let mut texts = 0;
        let input = || Box::new(Cursor::new(FILES[0].to_vec()));
        let one = rewrite(input(), &Sheet::First, 1 << 20, &mut |cell| {
            if cell.is_string() {
                texts += 1;
                *cell = "_x0041_ <&>\u{1}\"".into();
            }
        });
        let one = one.expect("written");
        assert!(texts > 0);
        let all = rows(&one, &Sheet::First);
        let held = |row: &Json| row.to_string().contains("_x0041_ <&>\\u0001\\\"");
        assert!(all.iter().any(held), "{all:?}");
        assert!(
            rewrite(input(), &sheet, 1 << 20, &mut |_| {}).is_err(),
            "no third sheet"
        );
        let small = rewrite(input(), &Sheet::First, 100, &mut |_| {});
        assert!(matches!(
            small.expect_err("small").reason,
            crate::Reason::TooMuch { .. }
        ));
        assert_eq!(
            [0, 25, 26, 701, 702].map(letters),
            ["A", "Z", "AA", "ZZ", "AAA"]
        );
    }
}
