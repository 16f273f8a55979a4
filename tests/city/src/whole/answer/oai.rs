//! An OAI-PMH 2.0 repository: Dublin Core, resumption tokens, deleted records.
//!
//! Owns the verbs and the errors of the protocol; every 25th record is deleted.

use super::rows::{Row, made};
use super::{Asked, slice, text};
use crate::make::{escape, utc};
use crate::whole::shelf::{Shelf, moment};
use axum::body::Body;
use http::{Response, StatusCode};
use std::fmt::Write as _;

/// Records of one answer.
const SIZE: usize = 100;
/// Between two parts of a resumption token; no time has it.
const MARK: char = '!';

pub(super) fn answer(shelf: &Shelf, asked: &Asked) -> Response<Body> {
    let inside = match asked.query("verb").unwrap_or_default() {
        "Identify" => identify(shelf),
        "ListMetadataFormats" => "<ListMetadataFormats><metadataFormat><metadataPrefix>oai_dc</metadataPrefix><schema>http://www.openarchives.org/OAI/2.0/oai_dc.xsd</schema><metadataNamespace>http://www.openarchives.org/OAI/2.0/oai_dc/</metadataNamespace></metadataFormat></ListMetadataFormats>".to_owned(),
        "ListSets" => error("noSetHierarchy", "tidak ada himpunan"),
        "ListRecords" => list(shelf, asked, "ListRecords"),
        "ListIdentifiers" => list(shelf, asked, "ListIdentifiers"),
        _ => error("badVerb", "verb tidak dikenal"),
    };
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<OAI-PMH xmlns=\"http://www.openarchives.org/OAI/2.0/\"><responseDate>{}</responseDate><request>{}{}</request>{inside}</OAI-PMH>\n",
        utc(shelf.now),
        shelf.base_url,
        shelf.entry.option("path")
    );
    text(StatusCode::OK, "text/xml; charset=utf-8", body)
}

fn error(code: &str, says: &str) -> String {
    format!("<error code=\"{code}\">{says}</error>")
}

fn identify(shelf: &Shelf) -> String {
    format!(
        "<Identify><repositoryName>{} (contoh)</repositoryName><baseURL>{}{}</baseURL><protocolVersion>2.0</protocolVersion><adminEmail>contoh@example.org</adminEmail><earliestDatestamp>2000-01-01T00:00:00Z</earliestDatestamp><deletedRecord>persistent</deletedRecord><granularity>YYYY-MM-DDThh:mm:ssZ</granularity></Identify>",
        escape(shelf.entry.name),
        shelf.base_url,
        shelf.entry.option("path")
    )
}

fn list(shelf: &Shelf, asked: &Asked, verb: &str) -> String {
    let token = asked
        .query("resumptionToken")
        .filter(|token| !token.is_empty());
    let (start, from) = match token {
        Some(token) => match token.split_once(MARK) {
            Some((start, from)) => (start.parse::<usize>().ok(), from.to_owned()),
            None => (None, String::new()),
        },
        None if asked.query("metadataPrefix") != Some("oai_dc") => {
            return error("cannotDisseminateFormat", "hanya oai_dc");
        }
        None => (Some(0), asked.query("from").unwrap_or_default().to_owned()),
    };
    let Some(start) = start else {
        return error("badResumptionToken", "token tidak dikenal");
    };
    let ids = match (from.as_str(), moment(&from)) {
        ("", _) => shelf.ids(),
        (_, Some(time)) => shelf.since(time),
        (_, None) => return error("badArgument", "from bukan waktu"),
    };
    let shown = slice(&ids, start, SIZE);
    if shown.is_empty() {
        return error("noRecordsMatch", "tidak ada rekaman");
    }
    let mut xml = format!("<{verb}>\n");
    for row in shelf.rows(shown) {
        record(&mut xml, shelf, &row, verb == "ListIdentifiers");
    }
    let end = start + shown.len();
    let next = if end < ids.len() {
        format!("{end}{MARK}{from}")
    } else {
        String::new()
    };
    if token.is_some() || !next.is_empty() {
        let _ = write!(
            xml,
            "<resumptionToken completeListSize=\"{}\" cursor=\"{start}\">{next}</resumptionToken>",
            ids.len()
        );
    }
    xml + &format!("</{verb}>")
}

fn record(xml: &mut String, shelf: &Shelf, row: &Row, header_only: bool) {
    let status = if row.gone { " status=\"deleted\"" } else { "" };
    let header = format!(
        "<header{status}><identifier>oai:{}.example:{}</identifier><datestamp>{}</datestamp></header>",
        shelf.entry.slug,
        row.id,
        utc(row.updated)
    );
    // Writing into a text never fails.
    let _ = match (header_only, row.gone) {
        (true, _) => writeln!(xml, "{header}"),
        (false, true) => writeln!(xml, "<record>{header}</record>"),
        (false, false) => writeln!(
            xml,
            "<record>{header}<metadata><oai_dc:dc xmlns:oai_dc=\"http://www.openarchives.org/OAI/2.0/oai_dc/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>{}</dc:title><dc:creator>Penulis Contoh</dc:creator><dc:description>{}</dc:description><dc:date>{}</dc:date><dc:type>Teks</dc:type><dc:identifier>{}/lihat/{}</dc:identifier><dc:language>id</dc:language></oai_dc:dc></metadata></record>",
            escape(&row.title),
            made(row.id),
            row.created.format("%Y-%m-%d"),
            shelf.base_url,
            row.id
        ),
    };
}
