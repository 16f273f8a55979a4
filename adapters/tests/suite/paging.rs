//! Paging, cursors, conditional requests, and what may be swept afterwards.

use crate::fake::{Answer, Fake, LIST, ids, json, plain, read, through};
use divos_adapters::{Ask, Call, Partial, Validators};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;

const BASE: &str = "http://app.example/prefix";
const STYLES: &[(&str, &str)] = &[
    (
        "page-short",
        "page: { param: p, size_param: n, size: SIZE }",
    ),
    (
        "page-empty",
        "page: { param: p, size_param: n, size: SIZE, until: empty }",
    ),
    (
        "page-total",
        "page: { param: p, size_param: n, size: SIZE, until: total, total: meta.total }",
    ),
    (
        "offset",
        "offset: { size: SIZE, until: total, total: meta.total }",
    ),
    ("link", "link: {}"),
    ("link-path", "link: { path: meta.next }"),
    (
        "cursor",
        "cursor: { param: after, path: meta.after, size_param: n, size: SIZE }",
    ),
    (
        "header",
        "header: { param: p, size_param: n, size: SIZE, pages: X-Pages, total: X-Total }",
    ),
];

pub(crate) fn source(paginate: &str, size: usize) -> String {
    format!(
        "{LIST}    paginate: {{ {} }}\n",
        paginate.replace("SIZE", &size.to_string())
    )
}

/// An app with `total` rows that speaks every style at once.
pub(crate) fn app(
    total: usize,
    size: usize,
) -> impl Fn(usize, &Call) -> Answer + Send + Sync + 'static {
    move |_, call| {
        let query: HashMap<String, String> = call.url.query_pairs().into_owned().collect();
        let number = |name: &str| query.get(name).and_then(|text| text.parse::<usize>().ok());
        let from = match (
            number("p"),
            number("offset"),
            number("after"),
            number("link"),
        ) {
            (Some(page), ..) => (page - 1) * size,
            (_, Some(from), ..) | (_, _, Some(from), _) | (_, _, _, Some(from)) => from,
            _ => 0,
        };
        let to = (from + size).min(total);
        let rows: Vec<Value> = (from..to)
            .map(|n| json!({"id": n, "title": format!("Baris {n}")}))
            .collect();
        let more = to < total;
        let next = more.then(|| format!("http://app.example/prefix/rows?link={to}"));
        let body = json!({"data": rows, "meta": {"total": total, "next": next, "after": more.then_some(to)}});
        let mut headers = vec![
            ("x-pages".to_owned(), total.div_ceil(size).to_string()),
            ("x-total".to_owned(), total.to_string()),
        ];
        headers.extend(next.map(|next| ("link".to_owned(), format!("<{next}>; rel=\"next\""))));
        Ok((200, headers, body.to_string().into_bytes()))
    }
}

#[tokio::test]
async fn every_style_reads_every_row_once() {
    for (style, paginate) in STYLES {
        for total in [0, 1, 9, 10, 11, 25] {
            let fake = Fake::new(app(total, 10));
            let connector = plain(BASE, &source(paginate, 10), "");
            let (pages, error, summary) =
                read(&connector, Ask::default(), &through(fake.clone())).await;
            assert_eq!(error, None, "{style} {total}");
            let expected: Vec<String> = (0..total).map(|n| n.to_string()).collect();
            assert_eq!(ids(&pages), expected, "{style} {total}");
            assert!(
                summary.complete && summary.may_sweep(),
                "{style} {total}: {summary:?}"
            );
            assert_eq!(
                (summary.rows, summary.pages),
                (total as u64, fake.count() as u32)
            );
            assert!(
                fake.count() <= total / 10 + 2,
                "{style} {total}: {}",
                fake.count()
            );
        }
    }
}

#[tokio::test]
async fn requests_are_written_as_the_connector_says() {
    let fake = Fake::new(app(0, 10));
    let source = "    rest: { get: \"/p/${page}/rows?fixed=1\", query: { q: \"a&b c\", page: \"${page}\", since: \">=${cursor}\" }, headers: { X-Page: \"${page}\" } }\n\
        \x20   select: data[*]\n    deletes: never\n    paginate: { page: { start: 3, size: 10 } }\n    cursor: { field: changed }\n";
    let connector = plain(BASE, source, "");
    let ask = Ask {
        cursor: Some("2026-11-24T08:00:00Z".into()),
        ..Ask::default()
    };
    let (_, error, _) = read(&connector, ask, &through(fake.clone())).await;
    assert_eq!(error, None);
    let (_, error, _) = read(&connector, Ask::default(), &through(fake.clone())).await;
    assert_eq!(error, None);
    let calls = fake.calls.lock().expect("calls").clone();
    assert_eq!(
        calls,
        [
            "GET http://app.example/prefix/p/3/rows?fixed=1&q=a%26b+c&page=3&since=%3E%3D2026-11-24T08%3A00%3A00Z",
            "GET http://app.example/prefix/p/3/rows?fixed=1&q=a%26b+c&page=3",
        ]
    );
}

async fn outcome(
    paginate: &str,
    script: impl Fn(usize, &Call) -> Answer + Send + Sync + 'static,
) -> (usize, Option<&'static str>) {
    let fake = Fake::new(script);
    let connector = plain(BASE, &source(paginate, 2), "");
    let (_, error, summary) = read(&connector, Ask::default(), &through(fake.clone())).await;
    assert!(error.is_none() || !summary.may_sweep());
    (fake.count(), error.map(|e| e.code()))
}

fn two_rows(next: Value) -> Value {
    json!({"data": [{"id": 1, "title": "a"}, {"id": 2, "title": "b"}], "meta": {"next": next, "after": next, "total": 99}})
}

#[tokio::test]
async fn running_in_circles_is_a_fault() {
    let same = |_: usize, _: &Call| json(two_rows(json!("http://app.example/prefix/rows")));
    assert_eq!(outcome(STYLES[0].1, same).await, (2, Some("paging_loop")));
    assert_eq!(outcome(STYLES[3].1, same).await, (2, Some("paging_loop")));
    let turning = |number: usize, _: &Call| {
        json(
            json!({"data": [{"id": number, "title": "a"}], "meta": {"next": format!("/prefix/rows?x={}", number % 2), "after": format!("{}", number % 2)}}),
        )
    };
    assert_eq!(
        outcome(STYLES[5].1, turning).await,
        (3, Some("paging_loop"))
    );
    assert_eq!(
        outcome(STYLES[6].1, turning).await,
        (3, Some("paging_loop"))
    );
    let endless = |number: usize, _: &Call| {
        json(json!({"data": [{"id": number, "title": "a"}, {"id": number + 9999, "title": "b"}]}))
    };
    let (calls, code) = outcome("page: { param: p, size: 2, max_pages: 7 }", endless).await;
    assert_eq!((calls, code), (7, Some("too_many_pages")));
}

#[tokio::test]
async fn the_next_page_is_never_fetched_from_another_host() {
    for next in [
        "http://evil.example/rows?x=2",
        "//evil.example/rows",
        "http://app.example.evil.example/",
        "ftp://app.example/",
    ] {
        let script = move |_: usize, _: &Call| json(two_rows(json!(next)));
        assert_eq!(
            outcome(STYLES[5].1, script).await,
            (1, Some("paging_away")),
            "{next}"
        );
    }
    // Behind a proxy an app writes its public host, which is its own: the path counts, the host does not.
    let fake = Fake::new(|number, _| match number {
        0 => json(
            json!({"data": [{"id": 1, "title": "a"}], "meta": {"next": "https://publik.example.go.id:8443/rows?x=2"}}),
        ),
        _ => json(json!({"data": [{"id": 2, "title": "a"}], "meta": {"next": null}})),
    });
    let connector = plain(
        "http://10.20.0.15:8080",
        &source(STYLES[5].1, 2),
        "  hosts: publik.example.go.id",
    );
    let (pages, error, _) = read(&connector, Ask::default(), &through(fake.clone())).await;
    assert_eq!((ids(&pages).len(), error), (2, None));
    assert_eq!(
        fake.calls.lock().expect("calls")[1],
        "GET http://10.20.0.15:8080/rows?x=2"
    );
}

#[tokio::test]
async fn what_paging_needs_and_does_not_find_is_a_fault() {
    let bare = |_: usize, _: &Call| json(json!({"data": [{"id": 1, "title": "a"}]}));
    for style in [2, 3, 7] {
        assert_eq!(
            outcome(STYLES[style].1, bare).await,
            (1, Some("paging_unclear")),
            "{}",
            STYLES[style].0
        );
    }
}

#[tokio::test]
async fn a_silent_cut_is_noticed() {
    // The app declares five records and gives three, the last page short.
    let script = |number: usize, _: &Call| {
        let rows: Vec<Value> = (number * 2..(number * 2 + 2).min(3))
            .map(|n| json!({"id": n, "title": "a"}))
            .collect();
        json(json!({"data": rows, "meta": {"total": 5}}))
    };
    let fake = Fake::new(script);
    let connector = plain(BASE, &source(STYLES[2].1, 2), "");
    let (pages, error, summary) = read(&connector, Ask::default(), &through(fake)).await;
    assert_eq!((ids(&pages).len(), error), (3, None), "what came is kept");
    assert_eq!(
        summary.partial,
        Some(Partial::Shortfall {
            declared: 5,
            fetched: 3
        })
    );
    assert!(!summary.complete && !summary.may_sweep());
    assert_eq!((summary.cursor, summary.validators), (None, None));
}

const CHANGES: &str = "    rest: { get: /rows }\n    select: data[*]\n    deletes: sweep\n    cursor: { field: changed, param: since, overlap: 10m, start: 2025-01-01 }\n";

#[tokio::test]
async fn a_cursor_goes_on_with_overlap_and_only_after_a_complete_pass() {
    let fake = Fake::new(|_, _| {
        json(json!({"data": [
        {"id": 1, "title": "a", "changed": "2026-11-24T09:00:00Z"}, {"id": 2, "title": "b", "changed": "2026-11-23T09:00:00Z"}]}))
    });
    let connector = plain(BASE, CHANGES, "");
    let world = through(fake.clone());
    let (pages, _, first) = read(&connector, Ask::default(), &world).await;
    assert!(first.full && first.may_sweep());
    assert_eq!(first.cursor.as_deref(), Some("2026-11-24T09:00:00Z"));
    assert_eq!(pages[0].cursor_after, first.cursor);
    let ask = Ask {
        cursor: first.cursor.clone(),
        ..Ask::default()
    };
    let (_, _, second) = read(&connector, ask.clone(), &world).await;
    assert!(
        second.complete && !second.full && !second.may_sweep(),
        "changes alone never sweep"
    );
    let (_, _, full) = read(&connector, Ask { full: true, ..ask }, &world).await;
    assert!(full.may_sweep());
    let calls = fake.calls.lock().expect("calls").clone();
    let since = |at: usize| {
        calls[at]
            .split("since=")
            .nth(1)
            .map(|text| text.replace("%3A", ":"))
    };
    assert_eq!(since(0).as_deref(), Some("2024-12-31T16:00:00Z"));
    assert_eq!(since(1).as_deref(), Some("2026-11-24T08:50:00Z"));
    assert_eq!(
        since(2).as_deref(),
        Some("2024-12-31T16:00:00Z"),
        "a full pass asks for everything"
    );
}

#[tokio::test]
async fn a_cursor_is_read_with_the_zone_that_the_mapping_states() {
    let fake = Fake::new(|_, _| {
        json(json!({"data": [{"id": 1, "title": "a", "changed": "2026-11-24T09:00:00"}]}))
    });
    let source = CHANGES.to_owned()
        + "    map: { id: id, title: title, updated_at: \"changed | datetime(tz='UTC')\" }\n";
    let connector = plain(BASE, &source, "").as_ref().clone();
    let (_, _, summary) = read(&Arc::new(connector), Ask::default(), &through(fake)).await;
    assert_eq!(summary.cursor.as_deref(), Some("2026-11-24T09:00:00Z"));
}

#[tokio::test]
async fn an_unchanged_answer_is_asked_for_by_its_validators() {
    let script = |_: usize, call: &Call| match call.headers.get("if-none-match") {
        Some(tag) if tag == "\"v1\"" => Ok((304, vec![], vec![])),
        _ => Ok((
            200,
            vec![("etag".into(), "\"v1\"".into())],
            b"{\"data\":[{\"id\":1,\"title\":\"a\"}]}".to_vec(),
        )),
    };
    let fake = Fake::new(script);
    let connector = plain(BASE, LIST, "");
    let world = through(fake.clone());
    let (_, _, first) = read(&connector, Ask::default(), &world).await;
    let known = first.validators.clone().expect("validators");
    let (pages, error, second) = read(
        &connector,
        Ask {
            validators: Some(known.clone()),
            ..Ask::default()
        },
        &world,
    )
    .await;
    assert_eq!((pages.len(), error), (0, None));
    assert!(second.complete && second.not_modified && !second.may_sweep());
    assert_eq!(
        second.validators,
        Some(known.clone()),
        "they are kept for the next time"
    );
    // Validators of another request are not sent.
    let other = Validators {
        request: "other".into(),
        ..known
    };
    let (pages, _, _) = read(
        &connector,
        Ask {
            validators: Some(other),
            ..Ask::default()
        },
        &world,
    )
    .await;
    assert_eq!(ids(&pages).len(), 1);
}

#[tokio::test]
async fn the_first_page_of_many_says_nothing_about_the_others() {
    let connector = plain(BASE, &source(STYLES[4].1, 10), "");
    let script = |n: usize, call: &Call| {
        let (status, mut headers, body) = app(25, 10)(n, call)?;
        headers.push(("etag".into(), "\"v1\"".into()));
        Ok((status, headers, body))
    };
    let (_, error, summary) = read(&connector, Ask::default(), &through(Fake::new(script))).await;
    assert_eq!((error, summary.validators), (None, None));
}

#[tokio::test]
async fn records_without_an_id_forbid_a_sweep() {
    let fake = Fake::new(|_, _| {
        json(json!({"data": [{"id": 1, "title": "a"}, {"title": "b"}, {"id": 3}]}))
    });
    let (pages, error, summary) =
        read(&plain(BASE, LIST, ""), Ask::default(), &through(fake)).await;
    assert_eq!(error, None);
    assert_eq!((summary.items, summary.faults, summary.nameless), (1, 2, 1));
    assert!(summary.complete && !summary.may_sweep());
    assert_eq!(
        pages[0].seen.len(),
        2,
        "a record with a fault is still there"
    );
}
