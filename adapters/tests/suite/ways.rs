//! Every format of HTTP, end to end: documents from a local server, large ones and faulty ones.

use crate::fake::{Fake, ids, plain, read, through, world};
use crate::server::{Act, Server, answer, ok};
use divos_adapters::{AddressPolicy, Ask, Outbound, Page, Summary};
use divos_manifest::{
    Calendar, Connector, Csv, Fetch, HtmlTable, Secret, Select, Sheet, Soap, SoapNode, SoapVersion,
    TableShape,
};
use divos_model::Lang;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

pub(crate) const BASE: &str = "http://app.example";
const LIST: &str = "    rest: { get: /rows }\n    select: data[*]\n    deletes: sweep\n";

/// A connector whose one source is made over.
pub(crate) fn made(base: &str, over: impl FnOnce(&mut divos_manifest::Source)) -> Arc<Connector> {
    let mut connector = plain(base, LIST, "").as_ref().clone();
    over(&mut connector.sources[0]);
    Arc::new(connector)
}

pub(crate) fn request(source: &divos_manifest::Source) -> divos_manifest::Request {
    source.request().expect("a request").clone()
}

pub(crate) fn csv() -> Csv {
    Csv {
        delimiter: None,
        table: TableShape::default(),
    }
}

fn live() -> divos_adapters::World {
    let _ = rustls::crypto::ring::default_provider().install_default();
    world(Arc::new(Outbound::live(
        AddressPolicy::with_private(),
        crate::fake::clock(),
    )))
}

pub(crate) async fn good(
    connector: &Arc<Connector>,
    ask: Ask,
    world: &divos_adapters::World,
) -> (Vec<Page>, Summary) {
    let (pages, error, summary) = read(connector, ask, world).await;
    assert_eq!(error, None);
    (pages, summary)
}

pub(crate) fn titles(pages: &[Page]) -> Vec<String> {
    pages
        .iter()
        .flat_map(|p| &p.batch.items)
        .map(|item| item.title.clone())
        .collect()
}

#[tokio::test]
async fn a_large_csv_waits_in_a_file_and_comes_in_pieces() {
    let mut text = String::from("id;title\r\n");
    (0..60_000).for_each(|n| text.push_str(&format!("{n};Baris nomor {n} dari data rekaan\r\n")));
    assert!(text.len() > 2_000_000);
    let server = Server::start(move |_, _| ok("application/vnd.ms-excel", text.as_bytes())).await;
    let connector = made(&server.base(), |source| {
        source.fetch = Fetch::Csv(request(source), csv())
    });
    let (pages, summary) = good(&connector, Ask::default(), &live()).await;
    assert_eq!(
        (summary.items, summary.rows, server.hits()),
        (60_000, 60_000, 1)
    );
    assert!(summary.may_sweep());
    assert!(
        pages.iter().all(|page| page.raw_rows <= 1000),
        "no piece is larger than 1,000 rows"
    );
    assert!(pages.len() >= 60);
    assert_eq!(titles(&pages)[59_999], "Baris nomor 59999 dari data rekaan");
}

#[tokio::test]
async fn a_large_document_that_breaks_off_is_no_complete_pass() {
    let mut text = String::from("<r>");
    (0..40_000).for_each(|n| {
        text.push_str(&format!(
            "<i><id>{n}</id><title>Baris {n} rekaan</title></i>"
        ))
    });
    let server = Server::start(move |_, _| ok("text/xml", text.as_bytes())).await;
    let connector = made(&server.base(), |source| {
        source.fetch = Fetch::Xml(request(source));
        source.select = Select::Path("r.i[*]".parse().expect("a path"));
    });
    let (pages, error, summary) = read(&connector, Ask::default(), &live()).await;
    assert!(pages.len() > 10, "what came is kept");
    assert_eq!(error.map(|e| e.code()), Some("truncated"));
    assert!(!summary.complete && !summary.may_sweep());
}

#[tokio::test]
async fn a_workbook_of_libreoffice_and_separated_text_in_its_place() {
    let book = Path::new(env!("CARGO_MANIFEST_DIR")).join("formats/tests/files/libreoffice.xlsx");
    let book = std::fs::read(book).expect("the workbook");
    for (body, rows) in [
        (book, None),
        (b"id,title\n1,Satu\n2,Dua\n".to_vec(), Some(2)),
    ] {
        let server = Server::start(move |_, _| ok("application/vnd.ms-excel", &body)).await;
        let connector = made(&server.base(), |source| {
            let table = TableShape::default();
            source.fetch = Fetch::Xlsx(request(source), Sheet { sheet: None, table });
        });
        let (_, error, summary) = read(&connector, Ask::default(), &live()).await;
        assert_eq!(error, None);
        assert!(
            summary.rows > 0 && rows.is_none_or(|rows| rows == summary.rows),
            "{summary:?}"
        );
    }
}

#[tokio::test]
async fn rows_of_a_page_and_a_column_that_was_renamed() {
    let page = |head: &str| {
        format!(
            "<html><table id=d><thead><tr><th>No<th>{head}</tr></thead><tbody><tr><td>7<td>Undangan <b>rapat</b></tr></tbody></table></html>"
        )
    };
    let table = HtmlTable {
        rows: "table#d tbody tr".into(),
        cells: vec![
            ("id".into(), "td:nth-child(1)".into()),
            ("title".into(), "td:nth-child(2)".into()),
        ],
        columns: vec![],
        guard_columns: vec!["Perihal".into()],
        min_rows: Some(1),
    };
    for (head, outcome) in [("Perihal", None), ("Hal", Some("part_missing"))] {
        let body = page(head);
        let server = Server::start(move |_, _| ok("text/html", body.as_bytes())).await;
        let connector = made(&server.base(), |source| {
            source.fetch = Fetch::Html(request(source), table.clone())
        });
        let (pages, error, _) = read(&connector, Ask::default(), &live()).await;
        assert_eq!(error.as_ref().map(|e| e.code()), outcome);
        match error {
            Some(error) => assert!(
                error
                    .sentence(Lang::Id)
                    .contains("kolom `Perihal` tidak ada"),
                "{}",
                error.sentence(Lang::Id)
            ),
            None => assert_eq!(titles(&pages), ["Undangan rapat"]),
        }
    }
}

fn soap() -> Soap {
    let text = |text: &str| SoapNode::Text(Secret::known(text, text));
    Soap {
        version: SoapVersion::V11,
        action: Some("urn:a#Daftar".into()),
        namespaces: vec![("t".into(), "urn:a".into())],
        header: vec![],
        body: vec![(
            "t:Daftar".into(),
            SoapNode::Children(vec![
                ("t:sejak".into(), text("${cursor}")),
                ("t:jumlah".into(), text("200")),
            ]),
        )],
        retry: vec!["*Timeout*".into()],
        fatal: vec!["*Unauthorized*".into()],
    }
}

fn envelope(body: &str) -> Vec<u8> {
    format!("<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>{body}</s:Body></s:Envelope>").into_bytes()
}

fn soap_source(base: &str) -> Arc<Connector> {
    made(base, |source| {
        source.fetch = Fetch::Soap(request(source), soap());
        source.select = Select::Path("DaftarResponse.Hasil.Baris[*]".parse().expect("a path"));
    })
}

fn fault(words: &str) -> Act {
    let fault = format!(
        "<s:Fault><faultcode>s:Server</faultcode><faultstring>{words}</faultstring></s:Fault>"
    );
    Act::Send(answer(
        "500 Internal Server Error",
        "Content-Type: text/xml\r\n",
        &envelope(&fault),
    ))
}

#[tokio::test]
async fn a_soap_fault_with_status_500_is_told_in_its_own_words_and_tried_again_where_it_may_pass() {
    let rows = envelope(
        "<DaftarResponse xmlns=\"urn:a\"><Hasil><Baris><id>1</id><title>Izin &amp; rekaan</title></Baris></Hasil></DaftarResponse>",
    );
    let server = Server::start(move |number, _| match number {
        0 => fault("Timeout at the database"),
        _ => Act::Send(answer("200 OK", "Content-Type: text/xml\r\n", &rows)),
    })
    .await;
    let (pages, _) = good(&soap_source(&server.base()), Ask::default(), &live()).await;
    assert_eq!(
        (titles(&pages), server.hits()),
        (vec!["Izin & rekaan".to_owned()], 2)
    );
    let head = server.heads.lock().expect("heads")[0].to_ascii_lowercase();
    assert!(
        head.starts_with("post /rows") && head.contains("soapaction: \"urn:a#daftar\""),
        "{head}"
    );
    let server = Server::start(|_, _| fault("Unauthorized Timeout of the session")).await;
    let (_, error, _) = read(&soap_source(&server.base()), Ask::default(), &live()).await;
    let error = error.expect("a fault");
    assert_eq!(
        (error.code(), server.hits()),
        ("soap_fault", 1),
        "a fatal fault is not tried again"
    );
    assert!(
        error
            .sentence(Lang::En)
            .contains("Unauthorized Timeout of the session")
    );
}

#[tokio::test]
async fn a_harvest_follows_its_token_tells_of_deleted_records_and_takes_no_match_for_empty() {
    let record = |id: u8, more: &str| {
        format!(
            "<record><header{more}><identifier>oai:a:{id}</identifier><datestamp>2026-11-2{id}</datestamp></header><metadata><oai_dc:dc xmlns:oai_dc=\"o\" xmlns:dc=\"d\"><dc:title>Perwali {id}</dc:title></oai_dc:dc></metadata></record>"
        )
    };
    let page = |inner: &str| {
        format!("<OAI-PMH xmlns=\"http://www.openarchives.org/OAI/2.0/\">{inner}</OAI-PMH>")
            .into_bytes()
    };
    let (first, second) = (
        page(&format!(
            "<ListRecords>{}<resumptionToken>t 1</resumptionToken></ListRecords>",
            record(1, "")
        )),
        page(&format!(
            "<ListRecords>{}<resumptionToken/></ListRecords>",
            record(2, " status=\"deleted\"")
        )),
    );
    let none = page("<error code=\"noRecordsMatch\">none</error>");
    let fake = Fake::new(move |_, call| {
        let query = call.url.query().unwrap_or_default();
        let body = match (query.contains("resumptionToken"), query.contains("from=")) {
            (true, _) => second.clone(),
            (_, true) => none.clone(),
            _ => first.clone(),
        };
        Ok((200, vec![("content-type".into(), "text/xml".into())], body))
    });
    let mapped = "    oai: { get: /oai }\n    cursor: { field: header.datestamp, format: date }\n    deletes: { tombstone: deleted }\n    map: { id: header.identifier, title: title }\n";
    let connector = plain(BASE, mapped, "");
    let world = through(fake.clone());
    let (pages, summary) = good(&connector, Ask::default(), &world).await;
    assert_eq!(ids(&pages), ["oai:a:1", "oai:a:2"]);
    assert!(pages[1].batch.items[0].deleted.is_some());
    let ask = Ask {
        cursor: summary.cursor.clone(),
        ..Ask::default()
    };
    let (pages, _) = good(&connector, ask, &world).await;
    assert_eq!(ids(&pages).len(), 0);
    let calls = fake.calls.lock().expect("calls").clone();
    assert_eq!(
        calls,
        [
            "GET http://app.example/oai?verb=ListRecords&metadataPrefix=oai_dc",
            "GET http://app.example/oai?verb=ListRecords&resumptionToken=t+1",
            "GET http://app.example/oai?verb=ListRecords&metadataPrefix=oai_dc&from=2026-11-22",
        ]
    );
}

#[tokio::test]
async fn a_calendar_collection_is_asked_by_report() {
    let event = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:u1\r\nDTSTART:20261125T010000Z\r\nSUMMARY:Rapat rekaan\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let body = format!(
        "<multistatus xmlns=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\"><response><href>/1.ics</href><propstat><prop><C:calendar-data>{event}</C:calendar-data></prop></propstat></response><response><href>/2.ics</href><propstat><prop><C:calendar-data>broken</C:calendar-data></prop></propstat></response></multistatus>"
    );
    let server = Server::start(move |_, _| {
        Act::Send(answer(
            "207 Multi-Status",
            "Content-Type: application/xml\r\n",
            body.as_bytes(),
        ))
    })
    .await;
    let mapped = "    rest: { get: /cal/ }\n    select: data[*]\n    deletes: sweep\n    map: { id: id, title: summary }\n";
    let mut connector = plain(&server.base(), mapped, "").as_ref().clone();
    let source = &mut connector.sources[0];
    let day = Duration::from_secs(86_400);
    let asked = Calendar {
        past: day,
        ahead: day * 30,
        z_is_local: false,
        caldav: true,
    };
    source.fetch = Fetch::Ical(request(source), asked);
    let (pages, summary) = good(&Arc::new(connector), Ask::default(), &live()).await;
    assert_eq!(titles(&pages), ["Rapat rekaan"]);
    assert_eq!(
        summary.notes.len(),
        1,
        "the broken entry is told: {:?}",
        summary.notes
    );
    let head = server.heads.lock().expect("heads")[0].to_ascii_lowercase();
    assert!(
        head.starts_with("report /cal/") && head.contains("depth: 1"),
        "{head}"
    );
}
