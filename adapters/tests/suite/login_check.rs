//! `auth.check`: an app that serves strangers too is asked first whether it knows who reads.

use crate::fake::{Answer, Fake, connector, through};
use crate::login::{fetch, header, rows};
use divos_adapters::fixture::{Exchange, Fixture, Recorder};
use divos_adapters::{FetchError, Refusal, Trouble};
use divos_manifest::Connector;
use divos_model::Lang;
use std::sync::Arc;

/// Reads rows with a key in a header, and asks for `/akun/saya` before.
fn checked() -> Arc<Connector> {
    connector(
        "apiVersion: divos/v1\nkind: Connector\n\
         metadata: { name: app, title: App, owner: \"030801\", capability: portal }\n\
         app: { upstreams: \"http://app.example/sub\", retries: 0 }\n\
         auth: { header: { name: X-Kunci, value: \"${secret:app/key}\" }, check: /akun/saya }\n\
         sources:\n  rows:\n    rest: { get: /rows }\n    select: data[*]\n    deletes: never\n    every: 5m\n\
         \x20   to: announcement\n    map: { id: id, title: title }\n\
         privacy: { class: internal, audience: everyone }\n",
    )
}

fn status(status: u16, headers: &[(&str, &str)]) -> Answer {
    let headers = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Ok((status, headers.collect(), vec![]))
}

/// An app that shows its rows to anybody, and answers so for the check.
fn open_app(check: impl Fn() -> Answer + Send + Sync + 'static) -> Arc<Fake> {
    Fake::new(move |_, call| match call.url.path() {
        "/sub/rows" => rows(),
        "/sub/akun/saya" => check(),
        "/sub/akun/saya/" => status(200, &[]),
        _ => status(200, &[("content-type", "text/html")]),
    })
}

fn stranger(error: &FetchError) -> Option<Option<u16>> {
    match &error.trouble {
        Trouble::LoginRefused {
            why: Refusal::Stranger { path, status },
            ..
        } if path == "/akun/saya" => Some(*status),
        _ => None,
    }
}

#[tokio::test]
async fn an_app_that_does_not_know_the_key_gives_no_data_though_it_would() {
    for (answer, headers, told) in [
        (401, &[][..], Some(401)),
        (403, &[], Some(403)),
        (404, &[], Some(404)),
        (302, &[("location", "/sub/masuk")], None),
        (302, &[("location", "http://lain.example/masuk")], None),
    ] {
        let fake = open_app(move || status(answer, headers));
        let error = fetch(&checked(), &through(fake.clone())).await;
        let error = error.expect("it is told");
        assert_eq!(stranger(&error), Some(told), "{answer}: {error}");
        let calls = fake.calls.lock().expect("calls");
        assert!(
            !calls.iter().any(|call| call.contains("/rows")),
            "{calls:?}"
        );
        for lang in [Lang::Id, Lang::En] {
            let sentence = error.sentence(lang);
            assert!(sentence.contains("`/akun/saya`"), "{sentence}");
            assert!(!sentence.contains("S3CRET"), "{sentence}");
        }
    }
}

#[tokio::test]
async fn an_app_that_knows_the_key_is_asked_once_before_each_reading() {
    let fake = Fake::new(|_, call| match call.url.path() {
        _ if header(call, "x-kunci") != "S3CRET-KEY" => status(401, &[]),
        "/sub/rows" => rows(),
        "/sub/akun/saya" => status(302, &[("location", "/sub/akun/saya/")]),
        _ => status(200, &[]),
    });
    let recorder = Arc::new(Recorder::new(fake.clone(), vec![]));
    let world = through(recorder.clone());
    for reading in 1..=2 {
        assert_eq!(fetch(&checked(), &world).await, None);
        let calls = fake.calls.lock().expect("calls");
        let checks = calls.iter().filter(|call| call.ends_with("/akun/saya"));
        assert_eq!(checks.count(), reading, "{calls:?}");
    }
    // A recording holds nothing of it, and its replay asks for nothing.
    let kept: Vec<Exchange> = recorder.fixture(chrono::DateTime::UNIX_EPOCH).exchanges;
    assert_eq!(kept.len(), 2);
    let fixture = Fixture {
        exchanges: kept[..1].to_vec(),
        ..Fixture::still()
    };
    let offline = divos_adapters::fixture::world(&fixture);
    assert_eq!(fetch(&checked(), &offline).await, None);
}

#[tokio::test]
async fn trouble_of_the_app_is_no_refusal() {
    let fake = open_app(|| status(503, &[]));
    let error = fetch(&checked(), &through(fake)).await.expect("it is told");
    assert!(
        matches!(error.trouble, Trouble::UpstreamError { status: 503, .. }),
        "{error}"
    );
}
