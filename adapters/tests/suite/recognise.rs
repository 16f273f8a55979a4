//! Products are recognised by the signs that their templates state, and by no other template's.
//!
//! Each template with `recognise:` has `fixtures/<template>/recognise.http` beside it: every exchange of it must be
//! recognised as that product, more surely than as any other.

use divos_adapters::fixture::{Exchange, Fixture};
use divos_adapters::infer::{Answer, Question, Recognised, questions, recognise};
use divos_manifest::{TemplateInfo, template_list};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;
use url::Url;

const APP: &str = "http://app.example:8080";

fn url(path: &str) -> Url {
    format!("{APP}{path}").parse().expect("an address")
}

/// What was asked and what came, as a live app would have been asked.
fn answered(exchange: &Exchange) -> (Question, Answer) {
    let asked = url(&exchange.target);
    let question = Question {
        options: exchange.method == "OPTIONS",
        url: asked.clone(),
    };
    let answer = Answer {
        url: asked,
        status: exchange.status.as_u16(),
        headers: exchange.headers.clone(),
        body: exchange.body.clone().into(),
    };
    (question, answer)
}

/// Recognises an app of which only this one answer is known; a person may have named its root or this very address.
fn seen(exchange: &Exchange) -> Vec<Recognised> {
    let (question, answer) = answered(exchange);
    let at = question.url.clone();
    let answers = BTreeMap::from([(question, answer)]);
    let at_root = recognise(&template_list(), &url("/"), "contoh", &answers);
    match at_root.is_empty() {
        true => recognise(&template_list(), &at, "contoh", &answers),
        false => at_root,
    }
}

fn recorded(template: &TemplateInfo) -> Fixture {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../connectors.d/templates/fixtures");
    let file = folder.join(&template.name).join("recognise.http");
    let bytes = std::fs::read(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    Fixture::parse(&bytes).expect("a recording")
}

#[test]
fn every_product_is_recognised_by_its_own_template() {
    let templates = template_list();
    let known: Vec<&TemplateInfo> = templates
        .iter()
        .filter(|t| !t.recognise.is_empty())
        .collect();
    assert!(known.len() >= 7, "{}", known.len());
    for template in known {
        for exchange in recorded(template).exchanges {
            let found = seen(&exchange);
            let first = found.first().map(|found| found.template.as_str());
            assert_eq!(
                first,
                Some(template.name.as_str()),
                "{} {found:?}",
                exchange.target
            );
        }
    }
}

#[test]
fn the_parameters_come_from_the_answer() {
    let with = |name: &str, at: usize| {
        let templates = template_list();
        let template = templates
            .iter()
            .find(|t| t.name == name)
            .expect("a template");
        let found = seen(&recorded(template).exchanges[at]);
        serde_json::to_value(&found[0].with).expect("JSON")
    };
    assert_eq!(
        with("wordpress@1", 0),
        json!({ "base": APP, "host": "127.0.0.1:18081" })
    );
    assert_eq!(with("redmine@1", 0), json!({ "base": APP }));
    assert_eq!(
        with("redmine@1", 1),
        json!({ "base": APP, "key": "${secret:contoh/key}" })
    );
    assert_eq!(with("oai-pmh@1", 0), json!({ "base": APP, "path": "/oai" }));
    assert_eq!(
        with("rss@1", 1),
        json!({ "base": APP, "path": "/atom.xml" })
    );
}

#[test]
fn an_unknown_app_is_nothing_known_and_is_asked_little() {
    let page = b"GET /\n\nHTTP/1.1 200 OK\nContent-Type: text/html\n\n<html><body><h1>Surat</h1></body></html>\n";
    let page = Fixture::parse(page).expect("a recording");
    assert_eq!(seen(&page.exchanges[0]), []);
    let asked = questions(&template_list(), &url("/surat/masuk.php?hal=1"));
    assert_eq!(asked[0].url, url("/surat/masuk.php?hal=1"));
    assert!(asked.len() <= 60, "{}", asked.len());
    let hosts = asked
        .iter()
        .all(|question| question.url.host_str() == Some("app.example"));
    assert!(hosts, "no other host is asked");
}
