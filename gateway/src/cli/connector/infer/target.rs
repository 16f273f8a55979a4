//! What a person named: an address, a database or a file.

use anyhow::Context;
use divos_adapters::infer::Answer;
use divos_model::Lang;
use http::{HeaderMap, HeaderValue};
use std::path::Path;
use url::Url;

/// The largest file that is read, in bytes.
const MOST: u64 = 32 * 1024 * 1024;

pub(super) enum Target {
    Web(Url),
    /// Its text may hold a password.
    Database(String),
    File(Answer),
}

impl Target {
    /// Reads the word; files are read whole.
    pub(super) fn read(word: &str, lang: Lang) -> anyhow::Result<Self> {
        let scheme = word
            .split_once(':')
            .map(|(scheme, _)| scheme.to_ascii_lowercase());
        match scheme.as_deref() {
            Some("http" | "https") => Ok(Self::Web(web(word, lang)?)),
            Some("postgres" | "postgresql" | "mysql" | "mariadb" | "sqlite") => {
                Ok(Self::Database(word.to_owned()))
            }
            _ => file(word, lang),
        }
    }

    /// A name for the connector: the host's first telling label, the database, or the file.
    pub(super) fn id(&self) -> String {
        let named = match self {
            Self::Web(url) => url.host_str().map(label).unwrap_or_default(),
            Self::Database(dsn) => {
                let path = dsn.split(['?', '#']).next().unwrap_or_default();
                let last = path.rsplit('/').next().unwrap_or_default();
                last.split('.').next().unwrap_or_default().to_owned()
            }
            Self::File(answer) => {
                let name = answer.url.path().rsplit('/').next().unwrap_or_default();
                name.split('.').next().unwrap_or_default().to_owned()
            }
        };
        let plain: String = named
            .to_lowercase()
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect();
        let parts: Vec<&str> = plain.split('-').filter(|part| !part.is_empty()).collect();
        match parts.join("-") {
            none if none.is_empty() => "aplikasi".to_owned(),
            id => id
                .chars()
                .take(50)
                .collect::<String>()
                .trim_end_matches('-')
                .to_owned(),
        }
    }
}

fn web(word: &str, lang: Lang) -> anyhow::Result<Url> {
    let mut url: Url = word.parse().with_context(|| word.to_owned())?;
    let says = lang.pick(
        "nama dan kata sandi tidak boleh ada di alamat; pakai rahasia",
        "an address must not hold a name and password; use a secret",
    );
    anyhow::ensure!(
        url.username().is_empty() && url.password().is_none(),
        "{says}"
    );
    url.set_fragment(None);
    Ok(url)
}

/// The first label of a host that says something; an address in numbers says nothing.
fn label(host: &str) -> String {
    let numbers = host.starts_with('[') || host.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let mut labels = host.split('.').filter(|label| *label != "www");
    match numbers {
        true => String::new(),
        false => labels.next().unwrap_or_default().to_owned(),
    }
}

fn file(word: &str, lang: Lang) -> anyhow::Result<Target> {
    let path = Path::new(word);
    let known = lang.pick(
        "bukan alamat http(s)://, postgres://, mysql://, atau sqlite:, dan bukan berkas",
        "is no address http(s)://, postgres://, mysql:// or sqlite:, and no file",
    );
    let about = std::fs::metadata(path).with_context(|| format!("`{word}` {known}"))?;
    let large = lang.pick("lebih besar dari 32 MB", "is larger than 32 MB");
    anyhow::ensure!(about.is_file(), "`{word}` {known}");
    anyhow::ensure!(about.len() <= MOST, "`{word}` {large}");
    let bytes = std::fs::read(path).with_context(|| word.to_owned())?;
    if bytes.starts_with(b"SQLite format 3\0") {
        let whole = std::fs::canonicalize(path)?;
        return Ok(Target::Database(format!("sqlite://{}", whole.display())));
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let url =
        Url::parse("http://127.0.0.1/")?.join(&name.replace(['/', '\\', '?', '#', ' '], "-"))?;
    let mut headers = HeaderMap::new();
    if let Some(media) = media(&name) {
        headers.insert("content-type", HeaderValue::from_static(media));
    }
    Ok(Target::File(Answer {
        url,
        status: 200,
        headers,
        body: bytes.into(),
    }))
}

fn media(name: &str) -> Option<&'static str> {
    match name.rsplit('.').next()?.to_ascii_lowercase().as_str() {
        "csv" => Some("text/csv"),
        "xlsx" => Some("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        "xls" => Some("application/vnd.ms-excel"),
        "json" => Some("application/json"),
        "xml" => Some("application/xml"),
        "ics" => Some("text/calendar"),
        "html" | "htm" => Some("text/html"),
        _ => None,
    }
}
