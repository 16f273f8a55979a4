//! Links and attachments: only to the app's own hosts, only HTTP.

use super::filters::{Fault, FilterWorld, is_empty, text_of};
use super::html;
use divos_model::Attachment;
use minijinja::Value;
use minijinja::value::ValueKind;
use url::Url;

/// Reads a link: a path on the app's host, or an absolute address on one of its hosts.
pub(crate) fn own(text: &str, hosts: &[String], world: &FilterWorld) -> Result<String, Fault> {
    let text = text.trim();
    let path_only = text.starts_with('/') && !text.starts_with("//") && !text.starts_with("/\\");
    let url = match (Url::parse(text), &world.base) {
        (Ok(url), _) => url,
        (Err(_), Some(base)) => base.join(text).map_err(|_| Fault::new("not an address"))?,
        (Err(_), None) if path_only => return Ok(text.to_owned()),
        (Err(_), None) => return Err(Fault::new("not an address")),
    };
    if !matches!(url.scheme(), "http" | "https")
        || !url.username().is_empty()
        || url.password().is_some()
    {
        return Err(Fault::new("not a web address"));
    }
    let host = url.host_str().unwrap_or_default().trim_end_matches('.');
    if !hosts.iter().any(|own| own.eq_ignore_ascii_case(host)) {
        return Err(Fault::new("the link leads to another host"));
    }
    if text.len() > 2000 {
        return Err(Fault::new("the address is longer than 2000 bytes"));
    }
    Ok(if path_only {
        text.to_owned()
    } else {
        url.to_string()
    })
}

/// Reads attachments: one address, one object, or a list of either.
pub(crate) fn attachments(
    value: &Value,
    hosts: &[String],
    world: &FilterWorld,
) -> Result<Vec<Attachment>, Fault> {
    if is_empty(value) {
        return Ok(Vec::new());
    }
    let list: Vec<Value> = match value.kind() {
        ValueKind::Seq | ValueKind::Iterable => {
            value.try_iter().map(Iterator::collect).unwrap_or_default()
        }
        _ => vec![value.clone()],
    };
    let filled = list.iter().filter(|v| !is_empty(v)).take(50);
    filled.map(|v| attachment(v, hosts, world)).collect()
}

fn attachment(value: &Value, hosts: &[String], world: &FilterWorld) -> Result<Attachment, Fault> {
    let part = |name: &str| match value.kind() {
        ValueKind::Map => value.get_attr(name).ok().filter(|v| !is_empty(v)),
        _ => None,
    };
    let text = |name: &str| {
        part(name)
            .map(|v| text_of(&v).map(|t| html::plain_text(&t)))
            .transpose()
    };
    let address = match value.kind() {
        ValueKind::Map => part("url").ok_or_else(|| Fault::new("an attachment without `url`"))?,
        _ => value.clone(),
    };
    let url = own(&text_of(&address)?, hosts, world)?;
    let file = url
        .split(['?', '#'])
        .next()
        .and_then(|path| path.rsplit('/').next())
        .unwrap_or_default();
    let decoded = percent_encoding::percent_decode_str(file)
        .decode_utf8_lossy()
        .into_owned();
    let bytes = part("bytes").or_else(|| part("length"));
    Ok(Attachment {
        name: text("name")?.unwrap_or(decoded),
        mime: text("mime")?.unwrap_or_else(|| "application/octet-stream".to_owned()),
        bytes: bytes.and_then(|v| text_of(&v).ok()?.trim().parse().ok()),
        sha256: text("sha256")?,
        url,
    })
}
