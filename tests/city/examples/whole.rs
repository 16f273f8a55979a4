//! Runs the whole city and tells where each app is: `cargo run -p divos-city --example whole -- 20`.
//!
//! One JSON object a line: slug, technology, address, path, what must come of it, overlay and secrets. Ends with Ctrl-C.
//! With `sql gl` behind the size, only the statements that build the database of that app. The data is that of 24 November
//! 2026 in WITA, so that what is recorded from it stays the same.

use divos_city::{Size, WholeCity, WholeOptions};
use std::error::Error;
use std::io::Write as _;

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
    let mut out = std::io::stdout();
    let wanted: Vec<String> = std::env::args().skip(2).collect();
    if let [word, id] = &wanted[..]
        && word == "sql"
    {
        let seed = city.sql(id).ok_or("no database behind this app")?;
        for statement in seed.schema().into_iter().chain(seed.inserts()) {
            writeln!(out, "{statement};")?;
        }
        return Ok(());
    }
    for app in city.apps() {
        let line = serde_json::json!({
            "app": app.id, "technology": app.technology.as_str(), "address": app.base_url, "path": app.path,
            "expected": city.expected(app.id), "titles": city.titles(app.id, 3), "overlay": city.overlay(app.id),
            "secrets": city.secrets(app.id),
        });
        writeln!(out, "{line}")?;
    }
    out.flush()?;
    tokio::signal::ctrl_c().await?;
    city.stop().await;
    Ok(())
}
