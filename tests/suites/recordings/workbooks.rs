//! Workbooks with people in them: XLSX, the bare records that PHP programs write, and a page under a workbook's name.

use super::app::{Asked, answer, start};
use super::kinds::{Kind, at, connector, source};
use flate2::Crc;

/// A workbook, with another sheet and an author that nobody reads.
pub(super) fn xlsx() -> anyhow::Result<Kind> {
    let row = |cells: [&str; 3]| {
        let cell = |text: &&str| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
        format!("<row>{}</row>", cells.iter().map(cell).collect::<String>())
    };
    let sheet = |rows: &str| {
        format!(
            "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>{rows}</sheetData></worksheet>"
        )
    };
    let data = row(["Dicetak oleh 081234567890", "", ""])
        + &row(["id", "judul", "Nama Pemohon"])
        + &row(["1", "Satu", "Luh Buatan"])
        + &row(["2", "Dua", "Gusti Buatan"]);
    let relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let book = zip(&[
        ("docProps/core.xml", "<cp>Rai Buatan</cp>".to_owned()),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns:r=\"{relation}\"><sheets><sheet name=\"Data\" sheetId=\"1\" r:id=\"r1\"/><sheet name=\"Lain\" sheetId=\"2\" r:id=\"r2\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships><Relationship Id=\"r1\" Type=\"{relation}/worksheet\" Target=\"worksheets/a.xml\"/><Relationship Id=\"r2\" Type=\"{relation}/worksheet\" Target=\"worksheets/b.xml\"/></Relationships>"
            ),
        ),
        ("xl/worksheets/a.xml", sheet(&data)),
        (
            "xl/worksheets/b.xml",
            sheet(&row(["Rahasia", "Agung Buatan", ""])),
        ),
    ]);
    let base = start(move |_: &Asked| answer("application/octet-stream", book.clone()))?;
    let way = "xlsx: { get: /ekspor.xlsx, sheet: Data, guard: { columns: [Nama Pemohon] } }";
    Ok(Kind {
        name: "xlsx",
        yaml: connector("xlsx", &source(way, "")),
        overlay: at(&base),
        secrets: vec![],
        hidden: vec!["Luh", "Gusti", "Rai Buatan", "Agung", "08123"],
        items: 2,
    })
}

/// An archive of stored parts.
fn zip(parts: &[(&str, String)]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in parts {
        let mut crc = Crc::new();
        crc.update(content.as_bytes());
        let offset = out.len() as u32;
        let mut head = vec![20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0];
        for number in [crc.sum(), content.len() as u32, content.len() as u32] {
            head.extend(number.to_le_bytes());
        }
        head.extend((name.len() as u32).to_le_bytes());
        out.extend(
            [
                b"PK\x03\x04",
                head.as_slice(),
                name.as_bytes(),
                content.as_bytes(),
            ]
            .concat(),
        );
        directory.extend(
            [
                b"PK\x01\x02\x14\0",
                head.as_slice(),
                &[0; 10],
                &offset.to_le_bytes(),
                name.as_bytes(),
            ]
            .concat(),
        );
    }
    let start = out.len() as u32;
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(
        [
            (parts.len() as u16).to_le_bytes(),
            (parts.len() as u16).to_le_bytes(),
        ]
        .concat(),
    );
    out.extend([(directory.len() as u32).to_le_bytes(), start.to_le_bytes()].concat());
    out.extend([0; 2]);
    out
}

/// The bare records of an old workbook, column after column.
pub(super) fn xls() -> anyhow::Result<Kind> {
    let record = |kind: u16, data: &[u8]| {
        [
            &kind.to_le_bytes(),
            &(data.len() as u16).to_le_bytes(),
            data,
        ]
        .concat()
    };
    let cell = |column: u16, row: u16, text: &str| {
        let numbers = [row, column, 0, text.len() as u16].map(u16::to_le_bytes);
        record(0x0204, &[&numbers.concat(), text.as_bytes()].concat())
    };
    let columns = [
        ["id", "1", "2"],
        ["judul", "Satu", "Dua"],
        ["Nama Pasien", "Suci Buatan", "Dewa Buatan"],
    ];
    let mut book = record(0x0809, &[0, 0, 0x10, 0, 0, 0, 0, 0]);
    for (column, texts) in (0..).zip(columns) {
        for (row, text) in (0..).zip(texts) {
            book.extend(cell(column, row, text));
        }
    }
    book.extend(record(0x000a, &[]));
    let base = start(move |_: &Asked| answer("application/vnd.ms-excel", book.clone()))?;
    let yaml = connector("xls", &source("xlsx: { get: /ekspor.xls }", ""));
    Ok(Kind {
        name: "xls",
        yaml,
        overlay: at(&base),
        secrets: vec![],
        hidden: vec!["Suci", "Dewa"],
        items: 2,
    })
}

/// A page under a workbook's name.
pub(super) fn page() -> anyhow::Result<Kind> {
    let base = start(|_: &Asked| {
        answer(
            "application/vnd.ms-excel",
            "<table><tr><td colspan=3>Rekap</table><table border=1><tr><th>id<th>judul<th>Nama Pemohon</tr>\
             <tr><td>1<td>Satu<td>Ngurah Buatan</tr><tr><td>2<td>Dua<td>Alit Buatan</tr></table>",
        )
    })?;
    let way = "xlsx: { get: /ekspor.xls, guard: { columns: [Nama Pemohon] } }";
    Ok(Kind {
        name: "page",
        yaml: connector("page", &source(way, "")),
        overlay: at(&base),
        secrets: vec![],
        hidden: vec!["Ngurah", "Alit"],
        items: 2,
    })
}
