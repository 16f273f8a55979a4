//! Runs the whole city and tells where each app is: `cargo run -p divos-city --example whole -- 20`.
//!
//! One JSON object a line: slug, technology, address, path, what must come of it, overlay and secrets, and what it pushes.
//! Behind the size: `databases` starts servers for the apps that are views; `sql gl` prints only the statements that build
//! the database of that app. Then a line on standard input breaks an app, `break berita silence` (or `endless`, `html`,
//! `empty`, `half`), heals it, `heal berita`, or adds an item, `insert berita`; it ends with its input or with Ctrl-C.
//! `now` is 24 November 2026 in WITA, so that what is recorded stays the same.

use chrono::Utc;
use divos_city::{Break, Databases, Given, Size, WholeApp, WholeCity, WholeOptions};
use serde_json::{Value, json};
use std::error::Error;
use std::io::Write as _;
use tokio::io::{AsyncBufReadExt as _, BufReader};

/// How many events are pushed at once.
const BATCH: usize = 500;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let most = std::env::args().nth(1);
    let size = match most.as_deref() {
        Some("full") => Size::Full,
        Some(number) => Size::Each(number.parse()?),
        None => Size::Each(20),
    };
    let city = WholeCity::start(WholeOptions {
        now: "2026-11-24T00:00:00Z".parse()?,
        size,
        ..WholeOptions::default()
    })
    .await?;
    let wanted: Vec<String> = std::env::args().skip(2).collect();
    let databases = match &wanted[..] {
        [word, id] if word == "sql" => return statements(&city, id),
        [word] if word == "databases" => Some(Databases::open(&city, &Given::default()).await),
        _ => None,
    };
    if let Some((product, error)) = databases.iter().flat_map(Databases::missing).next() {
        return Err(format!("{}: {error}", product.name()).into());
    }
    let mut out = std::io::stdout();
    for app in city.apps() {
        let dsn = databases.as_ref().and_then(|all| all.dsn(app.id));
        writeln!(out, "{}", told(&city, app, dsn))?;
    }
    out.flush()?;
    tokio::select! {
        done = obey(&city) => done?,
        stopped = tokio::signal::ctrl_c() => stopped?,
    }
    city.stop().await;
    Ok(())
}

fn statements(city: &WholeCity, id: &str) -> Result<(), Box<dyn Error>> {
    let seed = city.sql(id).ok_or("no database behind this app")?;
    let mut out = std::io::stdout();
    for statement in seed.schema().into_iter().chain(seed.inserts()) {
        writeln!(out, "{statement};")?;
    }
    Ok(())
}

fn told(city: &WholeCity, app: &WholeApp, dsn: Option<&str>) -> Value {
    let mut secrets = city.secrets(app.id);
    secrets.extend(dsn.map(|dsn| (format!("{}/dsn", app.id), dsn.to_owned())));
    let pushes = city.pushes(app.id, BATCH, Utc::now());
    let pushes: Vec<Value> = pushes
        .iter()
        .map(|push| json!({"headers": push.headers, "body": push.body}))
        .collect();
    json!({
        "app": app.id, "technology": app.technology.as_str(), "address": app.base_url, "path": app.path,
        "expected": city.expected(app.id), "titles": city.titles(app.id, 3), "overlay": city.overlay(app.id),
        "secrets": secrets, "pushes": pushes,
    })
}

/// Does what standard input says, until it ends.
async fn obey(city: &WholeCity) -> Result<(), Box<dyn Error>> {
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["break", id, how] => city.break_with(id, Some(broken(how)?)),
            ["heal", id] => city.break_with(id, None),
            ["insert", id] => {
                city.insert(id, None);
            }
            _ => return Err(format!("not understood: {line}").into()),
        }
    }
    Ok(())
}

fn broken(how: &str) -> Result<Break, String> {
    Ok(match how {
        "silence" => Break::Silence,
        "endless" => Break::Endless,
        "html" => Break::HtmlForJson,
        "empty" => Break::Empty,
        "half" => Break::HalfBody,
        other => return Err(format!("no such way to break: {other}")),
    })
}
