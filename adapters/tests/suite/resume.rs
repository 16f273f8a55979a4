//! Passes that go on where another one stood, and totals that have to be met all the same.

use crate::fake::{Fake, ids, json, plain, read, through};
use crate::paging::{app, source};
use divos_adapters::{Ask, Call, Note, Page, Partial, Place, Reader, World};
use divos_manifest::Connector;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;

const BASE: &str = "http://app.example/prefix";
/// Every style of paging; the last of each: whether it declares a total.
const STYLES: &[(&str, bool)] = &[
    ("page: { param: p, size: SIZE, until: short }", false),
    (
        "page: { param: p, size: SIZE, until: total, total: meta.total }",
        true,
    ),
    (
        "offset: { size: SIZE, until: total, total: meta.total }",
        true,
    ),
    ("link: {}", false),
    ("link: { path: meta.next, total: meta.total }", true),
    (
        "cursor: { param: after, path: meta.after, total: meta.total }",
        true,
    ),
    (
        "header: { param: p, size: SIZE, pages: X-Pages, total: X-Total }",
        true,
    ),
];

/// Reads so many pages; they, and the place behind the last one as a store keeps it.
async fn begin(connector: &Arc<Connector>, world: &World, pages: usize) -> (Vec<Page>, Place) {
    let mut pass = Reader::open(connector.clone(), "rows", Ask::default(), world).expect("opens");
    let mut read = Vec::new();
    for _ in 0..pages {
        read.push(pass.next().await.expect("a page").expect("no trouble"));
    }
    let place = read.last().and_then(|page| page.place.clone());
    let kept = serde_json::to_string(&place.expect("a place")).expect("JSON");
    (read, serde_json::from_str(&kept).expect("a place"))
}

fn from(place: Place) -> Ask {
    Ask {
        resume: Some(place),
        ..Ask::default()
    }
}

#[tokio::test]
async fn every_style_goes_on_with_the_next_page_and_no_other() {
    for (style, _) in STYLES {
        let connector = plain(BASE, &source(style, 10), "");
        let fake = Fake::new(app(45, 10));
        let world = through(fake.clone());
        let (mut pages, place) = begin(&connector, &world, 2).await;
        assert_eq!((place.pages, place.rows), (2, 20), "{style}");
        let (more, error, summary) = read(&connector, from(place), &world).await;
        pages.extend(more);
        assert_eq!(error, None, "{style}");
        let expected: Vec<String> = (0..45).map(|n| n.to_string()).collect();
        assert_eq!(ids(&pages), expected, "{style}");
        assert_eq!(fake.count(), 5, "{style}: no page twice");
        assert_eq!((summary.pages, summary.rows), (5, 45), "{style}");
        assert!(summary.complete, "{style}: {summary:?}");
        assert!(!summary.may_sweep(), "{style}: half of it was not seen");
        assert_eq!(summary.validators, None, "{style}");
    }
}

#[tokio::test]
async fn a_place_goes_with_the_last_piece_of_a_page_and_never_with_its_middle() {
    let connector = plain(BASE, &source(STYLES[1].0, 2500), "");
    let world = through(Fake::new(app(6000, 2500)));
    let (pages, error, summary) = read(&connector, Ask::default(), &world).await;
    assert_eq!(error, None);
    let places: Vec<Option<u64>> = pages
        .iter()
        .map(|page| page.place.as_ref().map(|place| place.rows))
        .collect();
    let (second, none) = (Some(5000), None);
    assert_eq!(
        places,
        [none, none, Some(2500), none, none, second, none, none],
        "pieces of 1000"
    );
    assert!(summary.complete, "the total is met: {summary:?}");
    assert_eq!(summary.total_declared, Some(6000));
}

/// An app that declares five records more than it gives.
fn lying(total: usize, size: usize) -> impl Fn(usize, &Call) -> crate::fake::Answer + Send + Sync {
    let honest = app(total, size);
    move |number, call| {
        let (status, mut headers, body) = honest(number, call)?;
        let mut body: Value = serde_json::from_slice(&body).expect("JSON");
        body["meta"]["total"] = json!(total + 5);
        for (name, value) in &mut headers {
            if name == "x-total" {
                *value = (total + 5).to_string();
            }
        }
        Ok((status, headers, body.to_string().into_bytes()))
    }
}

#[tokio::test]
async fn a_declared_total_must_be_met_in_one_go_and_in_two() {
    for (style, declares) in STYLES {
        let connector = plain(BASE, &source(style, 10), "");
        let world = through(Fake::new(lying(35, 10)));
        let partial = declares.then_some(Partial::Shortfall {
            declared: 40,
            fetched: 35,
        });
        let (_, error, summary) = read(&connector, Ask::default(), &world).await;
        assert_eq!((error, summary.partial), (None, partial), "{style}");
        assert_eq!(summary.may_sweep(), !declares, "{style}");
        let (_, place) = begin(&connector, &world, 2).await;
        let (_, error, summary) = read(&connector, from(place), &world).await;
        assert_eq!((error, summary.partial), (None, partial), "{style}, in two");
    }
}

#[tokio::test]
async fn a_catalogue_must_meet_what_it_declares() {
    let shortfall = Partial::Shortfall {
        declared: 3,
        fetched: 2,
    };
    for (declared, partial) in [(2, None), (3, Some(shortfall))] {
        let ckan = Fake::new(move |_, call| {
            let query: HashMap<_, _> = call.url.query_pairs().into_owned().collect();
            let rows = match query.get("start").map(String::as_str) {
                Some("0") | None => json!([{"id": "a", "title": "A"}, {"id": "b", "title": "B"}]),
                _ => json!([]),
            };
            json(json!({"success": true, "result": {"count": declared, "results": rows}}))
        });
        let more = "    ckan: {}\n    deletes: sweep\n";
        let connector = plain(BASE, more, "");
        let (_, error, summary) = read(&connector, Ask::default(), &through(ckan)).await;
        assert_eq!((error, summary.partial), (None, partial));
    }
}

/// A repository that answers with one record and these words after it, page after page.
fn repository(ends: &'static [&'static str]) -> Arc<Fake> {
    Fake::new(move |number, _| {
        let record = format!(
            "<record><header><identifier>oai:a:{number}</identifier><datestamp>2026-11-20</datestamp></header><metadata><dc><title>Perwali {number}</title></dc></metadata></record>"
        );
        let list = match ends[number] {
            error if error.starts_with("<error") => error.to_owned(),
            end => format!("<ListRecords>{record}{end}</ListRecords>"),
        };
        let xmlns = "http://www.openarchives.org/OAI/2.0/";
        let body = format!("<OAI-PMH xmlns=\"{xmlns}\">{list}</OAI-PMH>");
        Ok((200, Vec::new(), body.into_bytes()))
    })
}

#[tokio::test]
async fn a_harvest_is_complete_where_the_repository_says_so_and_its_estimate_is_told() {
    const GOES_ON: &str = "<resumptionToken completeListSize=\"40\">t</resumptionToken>";
    let estimate = |fetched| Note::Estimate {
        declared: 40,
        fetched,
    };
    let more = "    oai: { get: /oai }\n    deletes: sweep\n    map: { id: header.identifier, title: header.identifier }\n";
    let connector = plain(BASE, more, "");
    for (ends, notes, partial) in [
        (
            &[GOES_ON, "<resumptionToken completeListSize=\"2\"/>"][..],
            vec![],
            None,
        ),
        (
            &[GOES_ON, "<resumptionToken completeListSize=\"40\"/>"],
            vec![estimate(2)],
            None,
        ),
        (
            &[GOES_ON, "<resumptionToken> </resumptionToken>"],
            vec![estimate(2)],
            None,
        ),
        (
            &[GOES_ON, "<error code=\"noRecordsMatch\"/>"],
            vec![estimate(1)],
            None,
        ),
        // The last list has to say that it is the last (section 3.5): this one may have been cut.
        (
            &[GOES_ON, ""],
            vec![],
            Some(Partial::Shortfall {
                declared: 40,
                fetched: 2,
            }),
        ),
    ] {
        let world = through(repository(ends));
        let (_, error, summary) = read(&connector, Ask::default(), &world).await;
        assert_eq!((error, summary.partial), (None, partial), "{ends:?}");
        assert_eq!(summary.notes, notes, "{ends:?}");
        assert_eq!(summary.may_sweep(), partial.is_none(), "{ends:?}");
    }
}

#[tokio::test]
async fn a_key_in_a_link_is_not_kept_and_is_sent_again() {
    let fake = Fake::new(|_, call| {
        let last = call.url.query().is_some_and(|query| query.contains("p=2"));
        let next = (!last).then_some("/prefix/rows?p=2&kunci=S3CRET-KEY");
        let id = u8::from(last);
        json(json!({"data": [{"id": id, "title": "a"}], "meta": {"next": next}}))
    });
    let base = plain(BASE, &source("link: { path: meta.next }", 1), "");
    let mut connector = base.as_ref().clone();
    connector.auth = divos_manifest::Auth::ApiKey {
        name: "kunci".into(),
        value: divos_manifest::Secret::known("${secret:app/key}", "S3CRET-KEY"),
        place: divos_manifest::KeyPlace::Query,
    };
    let connector = Arc::new(connector);
    let world = through(fake.clone());
    let (_, place) = begin(&connector, &world, 1).await;
    let kept = serde_json::to_string(&place).expect("JSON");
    assert!(!kept.contains("S3CRET") && kept.contains("p=2"), "{kept}");
    let (pages, error, _) = read(&connector, from(place), &world).await;
    assert_eq!((ids(&pages), error), (vec!["1".to_owned()], None));
    let calls = fake.calls.lock().expect("calls").clone();
    assert!(calls[1].ends_with("p=2&kunci=S3CRET-KEY"), "{calls:?}");
}
