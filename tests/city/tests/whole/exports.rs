//! Feeds, XML, separated text, workbooks and calendars: well-formed and complete.

use crate::client::Tried;
use crate::locks::signed_in;
use crate::{apps, city, rows};
use calamine::{Reader as _, Xlsx};
use divos_city::{MADE_UP, Technology};
use quick_xml::Reader;
use quick_xml::events::Event;
use std::io::Cursor;

/// Counts the elements of a name; an error where the document is not well-formed.
pub(crate) fn elements(xml: &str, name: &str) -> anyhow::Result<u64> {
    let mut reader = Reader::from_str(xml);
    let (mut found, mut depth, mut roots) = (0, 0_i64, 0);
    loop {
        match reader.read_event()? {
            Event::Start(start) => {
                roots += i64::from(depth == 0);
                depth += 1;
                found += u64::from(start.local_name().as_ref() == name);
            }
            Event::Empty(start) => found += u64::from(start.local_name().as_ref() == name),
            Event::End(_) => depth -= 1,
            Event::Eof => break,
            _ => {}
        }
    }
    anyhow::ensure!(depth == 0 && roots == 1, "not one root");
    Ok(found)
}

#[tokio::test]
async fn feeds_and_xml_exports_are_well_formed_and_complete() -> Tried {
    let city = city().await?;
    for (technology, name) in [(Technology::Rss, "item"), (Technology::Atom, "entry")] {
        for (app, client) in apps(&city, technology) {
            let text = client.get(app.path).await?.text();
            assert_eq!(
                Some(elements(&text, name)?),
                city.expected(app.id),
                "{}",
                app.id
            );
            assert!(text.contains(MADE_UP), "{}", app.id);
        }
    }
    for (app, client) in apps(&city, Technology::Xml) {
        let text = client.get(app.path).await?.text();
        let row = text
            .split("\n<")
            .nth(3)
            .and_then(|rest| rest.split('>').next());
        let found = elements(&text, row.unwrap_or_default())?;
        assert_eq!(found, rows(&city, &app), "{}", app.id);
    }
    Ok(())
}

#[tokio::test]
async fn separated_text_is_windows_1252_with_one_width_and_every_row() -> Tried {
    let city = city().await?;
    for (app, client) in apps(&city, Technology::Csv) {
        let client = signed_in(&city, &app, client).await?;
        let body = client.get(app.path).await?.body;
        assert!(
            String::from_utf8(body.clone()).is_err(),
            "{} is UTF-8",
            app.id
        );
        let (text, _, _) = encoding_rs::WINDOWS_1252.decode(&body);
        let preface = text.starts_with("Laporan ");
        let text: String = text
            .split("\r\n")
            .skip(if preface { 2 } else { 0 })
            .collect::<Vec<_>>()
            .join("\n");
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(b';')
            .flexible(true)
            .from_reader(text.as_bytes());
        let width = reader.headers()?.len();
        assert!(width > 4, "{}", app.id);
        let records: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>()?;
        let wide = records
            .iter()
            .filter(|record| record.len() == width)
            .count() as u64;
        assert_eq!(wide, rows(&city, &app), "{}", app.id);
        assert_eq!(
            records.len() as u64 - wide,
            u64::from(preface),
            "{} has a total",
            app.id
        );
        assert!(
            records
                .iter()
                .any(|record| record.iter().any(|cell| cell.contains('–')))
        );
    }
    Ok(())
}

#[tokio::test]
async fn workbooks_open_and_hold_every_row_under_their_header() -> Tried {
    let city = city().await?;
    for (app, client) in apps(&city, Technology::Xlsx) {
        let client = signed_in(&city, &app, client).await?;
        let body = client.get(app.path).await?.body;
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(body))?;
        let sheet = book.sheet_names().first().cloned().unwrap_or_default();
        let range = book.worksheet_range(&sheet)?;
        let width = range.width();
        let full = |row: &[calamine::Data]| {
            row.iter()
                .filter(|cell| **cell != calamine::Data::Empty)
                .count()
                == width
        };
        let found = range.rows().filter(|row| full(row)).count() as u64;
        assert_eq!(found, rows(&city, &app) + 1, "{}", app.id);
    }
    Ok(())
}

#[tokio::test]
async fn calendars_fold_their_lines_and_hold_every_booking() -> Tried {
    let city = city().await?;
    for (app, client) in apps(&city, Technology::Ical) {
        let text = client.get(app.path).await?.text();
        assert!(text.ends_with("END:VCALENDAR\r\n"));
        assert!(
            text.split("\r\n").all(|line| line.len() <= 75),
            "{}",
            app.id
        );
        let unfolded = text.replace("\r\n ", "");
        let begun = unfolded.matches("BEGIN:VEVENT").count() as u64;
        assert_eq!(Some(begun), city.expected(app.id), "{}", app.id);
        let title = city.titles(app.id, 1).concat();
        assert!(
            unfolded.contains(&format!("SUMMARY:{title}\r\n")),
            "{title}"
        );
    }
    Ok(())
}
