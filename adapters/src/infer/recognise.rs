//! Which product an app is, by the signs that its template states. Adding a template needs nothing here.

use super::facts::facts;
use crate::Tryout;
use bytes::Bytes;
use divos_manifest::{Expr, Sign, TemplateInfo};
use http::HeaderMap;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use url::Url;

/// The most that is asked of one app.
const MOST: usize = 60;

/// What is asked of an app, without credentials.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Question {
    /// Whether with OPTIONS instead of GET.
    pub options: bool,
    /// Where.
    pub url: Url,
}

/// One answer of an app, as far as it is looked at.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The address that answered, after redirects.
    pub url: Url,
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, decompressed.
    pub body: Bytes,
}

/// A product that an app was recognised as.
#[derive(Debug, Clone, PartialEq)]
pub struct Recognised {
    /// The template.
    pub template: String,
    /// How sure, in percent.
    pub certainty: u8,
    /// The template's parameters, as far as they are known.
    pub with: BTreeMap<String, Json>,
    /// What was asked and what was true of the answer.
    pub because: String,
}

impl Answer {
    /// Returns a header's text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Returns the media type in lower case, without parameters; empty where there is none.
    #[must_use]
    pub fn media(&self) -> String {
        let stated = self.header("content-type").unwrap_or_default();
        let media = stated.split(';').next().unwrap_or_default();
        media.trim().to_ascii_lowercase()
    }
}

/// Lists what to ask, given the address that a person named: that address first, each question once.
#[must_use]
pub fn questions(templates: &[TemplateInfo], given: &Url) -> Vec<Question> {
    let mut asked = vec![Question {
        options: false,
        url: given.clone(),
    }];
    for sign in templates.iter().flat_map(|template| &template.recognise) {
        for (question, _) in asked_by(sign, given) {
            if !asked.contains(&question) && asked.len() < MOST {
                asked.push(question);
            }
        }
    }
    asked
}

/// Judges the answers by every sign of every template; the surest first, one finding for each template. `id` is what
/// the connector will be called.
#[must_use]
pub fn recognise(
    templates: &[TemplateInfo],
    given: &Url,
    id: &str,
    answers: &BTreeMap<Question, Answer>,
) -> Vec<Recognised> {
    let mut found: Vec<Recognised> = templates
        .iter()
        .filter_map(|template| of_template(template, given, id, answers))
        .collect();
    found.sort_by_key(|found| std::cmp::Reverse(found.certainty));
    found
}

fn of_template(
    template: &TemplateInfo,
    given: &Url,
    id: &str,
    answers: &BTreeMap<Question, Answer>,
) -> Option<Recognised> {
    let mut best: Option<Recognised> = None;
    for sign in &template.recognise {
        let better = best
            .as_ref()
            .is_none_or(|best| best.certainty < sign.certainty);
        let seen = asked_by(sign, given)
            .into_iter()
            .filter_map(|(question, base)| Some((answers.get(&question)?, question, base)));
        let mut fitting = seen.filter_map(|(answer, question, base)| {
            let facts = facts(answer, &base, id);
            sign.when
                .iter()
                .all(|expr| is_true(expr, &facts))
                .then(|| Recognised {
                    template: template.name.clone(),
                    certainty: sign.certainty,
                    with: with(template, sign, &facts),
                    because: because(&question, sign),
                })
        });
        if better && let Some(found) = fitting.next() {
            best = Some(found);
        }
    }
    best
}

/// What a sign asks, each question with the address that the app then has.
fn asked_by(sign: &Sign, given: &Url) -> Vec<(Question, Url)> {
    let origin = given.join("/").unwrap_or_else(|_| given.clone());
    let question = |url: Url| Question {
        options: sign.options,
        url,
    };
    if sign.get.is_empty() {
        return vec![(question(given.clone()), origin)];
    }
    let mut asked = Vec::new();
    for get in &sign.get {
        if get.starts_with('?') {
            asked.extend(
                given
                    .join(get)
                    .ok()
                    .map(|url| (question(url), origin.clone())),
            );
            continue;
        }
        for base in bases(given, &origin) {
            let whole = format!("{}{get}", base.as_str().trim_end_matches('/'));
            asked.extend(whole.parse().ok().map(|url| (question(url), base)));
        }
    }
    asked
}

/// Where the app may begin: the folder of the address given, and its host.
fn bases(given: &Url, origin: &Url) -> Vec<Url> {
    let mut folder = given.clone();
    folder.set_query(None);
    folder.set_fragment(None);
    let path = given.path();
    let path = path.rfind('/').map_or("/", |at| &path[..=at]);
    folder.set_path(path);
    match folder == *origin {
        true => vec![folder],
        false => vec![folder, origin.clone()],
    }
}

/// An expression that cannot be evaluated is not true.
fn is_true(expr: &Expr, facts: &Json) -> bool {
    let tried = Tryout::apart(expr)
        .ok()
        .and_then(|tryout| tryout.on(facts).ok());
    match tried.map(|tried| tried.value) {
        None | Some(Json::Null | Json::Bool(false)) => false,
        Some(Json::String(text)) => !text.is_empty(),
        Some(Json::Array(list)) => !list.is_empty(),
        Some(Json::Object(map)) => !map.is_empty(),
        Some(Json::Number(number)) => number.as_f64() != Some(0.0),
        Some(Json::Bool(true)) => true,
    }
}

/// The parameters: what the sign says, and `base` where it says nothing of it. What comes out as nothing is left out.
fn with(template: &TemplateInfo, sign: &Sign, facts: &Json) -> BTreeMap<String, Json> {
    let value = |expr: &Expr| {
        let tried = Tryout::apart(expr).ok()?.on(facts).ok()?;
        Some(tried.value).filter(|value| !value.is_null() && *value != "")
    };
    let stated = sign
        .with
        .iter()
        .filter_map(|(name, expr)| Some((name.clone(), value(expr)?)));
    let mut with: BTreeMap<String, Json> = stated.collect();
    if template.params.iter().any(|param| param.name == "base") {
        with.entry("base".to_owned())
            .or_insert_with(|| facts["base"].clone());
    }
    with
}

fn because(question: &Question, sign: &Sign) -> String {
    let method = if question.options { "OPTIONS" } else { "GET" };
    let query = question
        .url
        .query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    let when: Vec<&str> = sign.when.iter().map(Expr::source).collect();
    format!(
        "{method} {}{query}: {}",
        question.url.path(),
        when.join(", ")
    )
}
