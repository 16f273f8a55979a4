//! `divos reload` and `divos status`, and what other verbs ask: against a running hub's admin socket in its data directory.

use super::args::{ControlArgs, HubArgs};
use super::{Outcome, progress};
use anyhow::Context;
use divos_model::Lang;
use http_body_util::{BodyExt, Empty};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::path::Path;

/// The admin socket's name inside the data directory.
pub(crate) const SOCKET: &str = "admin.sock";

pub(super) fn reload(args: &ControlArgs, lang: Lang) -> anyhow::Result<Outcome> {
    let (status, answer) = ask(&args.hub, lang, "POST", "/admin/v1/reload")?;
    if args.json {
        progress::say(serde_json::to_string_pretty(&answer)?);
    } else {
        for (word, key) in [
            ("+", "added"),
            ("~", "changed"),
            ("-", "removed"),
            ("!", "kept"),
        ] {
            for id in answer[key].as_array().into_iter().flatten() {
                progress::say(format!("{word} {}", id.as_str().unwrap_or_default()));
            }
        }
        for setting in answer["restart_needed"].as_array().into_iter().flatten() {
            progress::note(match lang {
                Lang::Id => format!(
                    "perlu mulai ulang: {}",
                    setting.as_str().unwrap_or_default()
                ),
                Lang::En => format!("needs a restart: {}", setting.as_str().unwrap_or_default()),
            });
        }
        if let Some(text) = answer["faults_text"]
            .as_str()
            .filter(|text| !text.is_empty())
        {
            progress::note(text.trim_end());
        }
        if let Some(detail) = answer["detail"].as_str() {
            progress::note(detail);
        }
    }
    let clean = status == 200 && answer["faults"].as_u64() == Some(0);
    Ok(if clean {
        Outcome::Fine
    } else {
        Outcome::NotFine
    })
}

pub(super) fn status(args: &ControlArgs, lang: Lang) -> anyhow::Result<Outcome> {
    let (code, answer) = ask(&args.hub, lang, "GET", "/admin/v1/status")?;
    if args.json {
        progress::say(serde_json::to_string_pretty(&answer)?);
    } else {
        progress::say(human(&answer));
    }
    Ok(if code == 200 && answer["ready"] == true {
        Outcome::Fine
    } else {
        Outcome::NotFine
    })
}

fn human(answer: &Value) -> String {
    let text = |key: &str| match &answer[key] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut lines = vec![format!(
        "divos {} · {} · pid {}",
        text("version"),
        text("origin"),
        text("pid")
    )];
    lines.push(format!(
        "ready {} · up {} s · {} connectors · {} kept for faults",
        text("ready"),
        text("uptime_s"),
        text("connectors"),
        answer["kept"].as_array().map_or(0, Vec::len),
    ));
    let rows = answer["sources"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|source| {
            let cell = |key: &str| match &source[key] {
                Value::String(text) => text.clone(),
                Value::Null => "-".to_owned(),
                other => other.to_string(),
            };
            let mut row = ["app", "source", "state", "last_ok", "next_run", "items"].map(cell);
            row[5].push_str(&first_load(&source["progress"]));
            row.into_iter().chain([cell("code")]).collect()
        });
    let heading = [
        "app", "source", "state", "last ok", "next run", "items", "trouble",
    ];
    lines.push(super::table::write(&heading, rows.collect()));
    lines.join("\n")
}

/// Says how far a first load is, behind the number of items.
fn first_load(progress: &Value) -> String {
    let Some(rows) = progress["rows"].as_u64() else {
        return String::new();
    };
    let of = progress["total"].as_u64();
    let of = of.map_or_else(String::new, |total| format!(" of {total}"));
    let ends = progress["ends"].as_str();
    let ends = ends.map_or_else(String::new, |at| format!(", ends about {at}"));
    format!(
        " (first load: {rows}{of} rows, {} pages{ends})",
        progress["pages"]
    )
}

/// Asks the hub that runs on the data directory; returns the status and the answer.
pub(super) fn ask(
    hub: &HubArgs,
    lang: Lang,
    method: &str,
    path: &str,
) -> anyhow::Result<(u16, Value)> {
    let loaded = hub.load(lang)?;
    let socket = loaded.settings.data.join(SOCKET);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(call(&socket, lang, method, path))
}

async fn call(socket: &Path, lang: Lang, method: &str, path: &str) -> anyhow::Result<(u16, Value)> {
    let stream = tokio::net::UnixStream::connect(socket)
        .await
        .with_context(|| {
            let at = socket.display();
            match lang {
                Lang::Id => format!("tidak ada hub yang berjalan di {at}"),
                Lang::En => format!("no hub is running at {at}"),
            }
        })?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let request = http::Request::builder()
        .method(method)
        .uri(path)
        .header("host", "admin")
        .header("accept-language", lang.tag())
        .body(Empty::<bytes::Bytes>::new())?;
    let response = sender.send_request(request).await?;
    let status = response.status().as_u16();
    let body = response.into_body().collect().await?.to_bytes();
    Ok((
        status,
        serde_json::from_slice(&body).context("the hub's answer is not JSON")?,
    ))
}
