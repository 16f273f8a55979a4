//! The forms that texts must have: host names, paths, header names and their like.

use crate::problem::Form;
use divos_model::{AppId, UnitCode};
use std::net::IpAddr;
use url::Url;

/// Tells whether a text has a form.
pub(crate) fn fits(form: Form, text: &str) -> bool {
    match form {
        Form::AppId => text.parse::<AppId>().is_ok(),
        Form::UnitCode => text.parse::<UnitCode>().is_ok(),
        Form::Slug => slug(text),
        Form::Duration => crate::parse_duration(text).is_some(),
        Form::Size => crate::parse_size(text).is_some(),
        Form::Url => url(text).is_some(),
        Form::UrlPath => text.starts_with('/') && !text.starts_with("//") && no_gaps(text),
        Form::PathOrQuery => (text.starts_with('?') && no_gaps(text)) || fits(Form::UrlPath, text),
        Form::Host => host(text),
        Form::HeaderName => {
            !text.is_empty()
                && text.len() <= 100
                && text
                    .bytes()
                    .all(|c| c.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&c))
        }
        Form::Zone => text.parse::<chrono_tz::Tz>().is_ok(),
        Form::Language => language(text),
        Form::Cidr => cidr(text),
        Form::Charset => {
            !text.is_empty()
                && text.len() <= 40
                && text
                    .bytes()
                    .all(|c| c.is_ascii_alphanumeric() || b"-_:.".contains(&c))
        }
        Form::TemplateName => {
            text.split_once('@')
                .is_none_or(|(_, major)| major.parse::<u32>().is_ok())
                && slug(text.split('@').next().unwrap_or_default())
        }
        Form::Method => {
            ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].contains(&text)
        }
        Form::Uuid => {
            text.len() == 36
                && text.bytes().enumerate().all(|(at, c)| {
                    if matches!(at, 8 | 13 | 18 | 23) {
                        c == b'-'
                    } else {
                        c.is_ascii_hexdigit()
                    }
                })
        }
        Form::FileName => {
            !text.is_empty()
                && !text.starts_with('.')
                && text
                    .bytes()
                    .all(|c| c.is_ascii_alphanumeric() || b"._-".contains(&c))
        }
        Form::Listen => text.parse::<std::net::SocketAddr>().is_ok(),
        Form::NotEmpty => !text.trim().is_empty(),
        Form::Office => crate::resolve::office_hours(text).is_some(),
        Form::Files => files(text),
        Form::Selector => divos_formats::html::check_selector(text).is_ok(),
        Form::Delimiter => text == "tab" || (text.len() == 1 && text.is_ascii()),
    }
}

/// Reads an http or https address without user, query and fragment.
pub(crate) fn url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let plain = matches!(url.scheme(), "http" | "https")
        && url.host_str().is_some()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    plain.then_some(url)
}

fn no_gaps(text: &str) -> bool {
    text.chars()
        .all(|c| !c.is_whitespace() && !c.is_control() && c != '\\')
}

fn slug(text: &str) -> bool {
    let first = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit();
    let bytes = text.as_bytes();
    (1..=63).contains(&bytes.len())
        && first(bytes[0])
        && bytes.iter().all(|&c| first(c) || matches!(c, b'-' | b'_'))
}

/// An absolute path without `..` whose last part names files, perhaps with `*`.
fn files(text: &str) -> bool {
    let Some((folder, name)) = text.rsplit_once('/') else {
        return false;
    };
    let step = |part: &str| !matches!(part, "." | "..") && !part.contains('*');
    text.starts_with('/')
        && text.len() <= 1000
        && !text.chars().any(char::is_control)
        && folder.split('/').all(step)
        && !matches!(name, "" | "." | "..")
}

/// A host name (RFC 1123, section 2.1), perhaps with a port.
fn host(text: &str) -> bool {
    let (name, port) = text
        .rsplit_once(':')
        .map_or((text, None), |(name, port)| (name, Some(port)));
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|c| c.is_ascii_alphanumeric() || c == b'-')
    };
    name.len() <= 253
        && name.split('.').all(label)
        && port.is_none_or(|port| port.parse::<u16>().is_ok())
}

fn language(text: &str) -> bool {
    let mut parts = text.split('-');
    let primary = parts.next().unwrap_or_default();
    (2..=3).contains(&primary.len())
        && primary.bytes().all(|c| c.is_ascii_lowercase())
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|c| c.is_ascii_alphanumeric())
        })
}

fn cidr(text: &str) -> bool {
    let Some((address, bits)) = text.split_once('/') else {
        return false;
    };
    let most = match address.parse::<IpAddr>() {
        Ok(IpAddr::V4(_)) => 32,
        Ok(IpAddr::V6(_)) => 128,
        Err(_) => return false,
    };
    bits.parse::<u8>().is_ok_and(|bits| bits <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_right_from_wrong() {
        for (form, right, wrong) in [
            (Form::Url, "http://10.20.0.15:8080", "ftp://x"),
            (
                Form::Url,
                "https://a.example/base",
                "https://user:pass@a.example",
            ),
            (Form::UrlPath, "/a?b=c", "//evil"),
            (Form::UrlPath, "/", "a"),
            (Form::PathOrQuery, "?verb=Identify", "verb=Identify"),
            (Form::PathOrQuery, "/feed", "? a"),
            (Form::Host, "a.example.go.id", "a_b.example"),
            (Form::Host, "localhost:8080", "a:99999"),
            (Form::HeaderName, "X-Remote-User", "X Remote"),
            (Form::Zone, "Asia/Makassar", "WITA"),
            (Form::Language, "id", "indonesia"),
            (Form::Cidr, "10.0.0.0/8", "10.0.0.0/33"),
            (Form::Cidr, "::1/128", "localhost/8"),
            (Form::TemplateName, "wordpress@1", "word press@1"),
            (Form::TemplateName, "wordpress", "wordpress@x"),
            (Form::Uuid, "6d1f8a0c-9b1e-4c53-9a53-0f5d17050001", "6d1f"),
            (Form::FileName, "posts.http", "../posts.http"),
            (Form::NotEmpty, "x", "  "),
            (Form::Slug, "data_1", "Data"),
            (Form::Files, "/srv/in/*.csv", "/srv/*/a.csv"),
            (Form::Files, "/a.csv", "/srv/../a.csv"),
            (Form::Files, "/srv/in/data 1.csv", "srv/a.csv"),
            (Form::Files, "/srv/in/a*b.csv", "/srv/in/"),
            (Form::Office, "7-17", "17-7"),
            (Form::Office, "00-24", "0-25"),
            (Form::Office, "7 - 17", "+7-17"),
        ] {
            assert!(fits(form, right), "{form:?} {right}");
            assert!(!fits(form, wrong), "{form:?} {wrong}");
        }
    }
}
