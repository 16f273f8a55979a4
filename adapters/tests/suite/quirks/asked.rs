//! What an app of the table is asked, and how it answers.

use crate::server::answer;
use std::collections::HashMap;
use url::form_urlencoded::parse;

/// One request as it came.
pub(super) struct Asked<'a> {
    /// How many came before it.
    pub(super) number: usize,
    text: &'a str,
}

impl<'a> Asked<'a> {
    pub(super) fn new(number: usize, text: &'a str) -> Self {
        Self { number, text }
    }

    /// Method and path, without the query: `GET /rows`.
    pub(super) fn line(&self) -> String {
        let mut words = self.text.split_ascii_whitespace();
        let (method, target) = (words.next(), words.next().unwrap_or_default());
        let path = target.split('?').next().unwrap_or_default();
        format!("{} {path}", method.unwrap_or_default())
    }

    /// A parameter of the query; empty where it is not there.
    pub(super) fn query(&self, name: &str) -> String {
        let target = self.text.split_ascii_whitespace().nth(1);
        let query = target.and_then(|target| target.split_once('?'));
        field(query.map_or("", |(_, query)| query), name)
    }

    /// A header; empty where it is not there.
    pub(super) fn header(&self, name: &str) -> &'a str {
        let mut lines = self
            .text
            .lines()
            .skip(1)
            .take_while(|line| !line.is_empty());
        let found = lines.find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        });
        found.unwrap_or_default()
    }

    /// A field of a form that was sent; empty where it is not there.
    pub(super) fn field(&self, name: &str) -> String {
        let body = self.text.split_once("\r\n\r\n");
        field(body.map_or("", |(_, body)| body), name)
    }

    /// The address that it was asked at.
    pub(super) fn base(&self) -> String {
        format!("http://{}", self.header("host"))
    }
}

fn field(form: &str, name: &str) -> String {
    let fields: HashMap<String, String> = parse(form.as_bytes()).into_owned().collect();
    fields.get(name).cloned().unwrap_or_default()
}

/// Answers with status 200; `headers` are whole lines.
pub(super) fn ok(headers: &str, body: &[u8]) -> Vec<u8> {
    answer("200 OK", headers, body)
}

pub(super) fn json(body: &str) -> Vec<u8> {
    ok("Content-Type: application/json\r\n", body.as_bytes())
}

pub(super) fn html(headers: &str, body: &str) -> Vec<u8> {
    let headers = format!("Content-Type: text/html; charset=utf-8\r\n{headers}");
    ok(&headers, body.as_bytes())
}

/// Sends on to a path.
pub(super) fn to(path: &str, headers: &str) -> Vec<u8> {
    let headers = format!("Location: {path}\r\n{headers}");
    answer("302 Found", &headers, b"")
}

/// Writes an answer of HTTP/1.1 as servers of HTTP/1.0 do: only the end of the connection ends it.
pub(super) fn old(sent: Vec<u8>) -> Vec<u8> {
    let Some(rest) = sent.strip_prefix(b"HTTP/1.1 ") else {
        return sent;
    };
    let end = rest.windows(4).position(|four| four == b"\r\n\r\n");
    let (head, body) = rest.split_at(end.expect("a head") + 2);
    let head = String::from_utf8_lossy(head);
    let lines = head.split_inclusive("\r\n");
    let lines = lines.filter(|line| !line.starts_with("Content-Length:"));
    let head: String = lines
        .filter(|line| !line.starts_with("Connection:"))
        .collect();
    [b"HTTP/1.0 ", head.as_bytes(), body].concat()
}
