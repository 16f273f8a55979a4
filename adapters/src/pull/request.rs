//! Writes the requests of a source: address, query, headers, credentials.
//!
//! Owns that writing. Secrets are revealed here and go into the call only.

use crate::outbound::Reach;
use crate::{Call, Trouble};
use bytes::Bytes;
use divos_manifest::{Auth, Connector, HttpMethod, KeyPlace, Pattern, Request, Secret, Source};
use http::Method;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value as Json;
use std::sync::Arc;
use url::Url;

/// Characters that a hole in a path may keep.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// What fills the holes of one page's request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Holes<'a> {
    pub(crate) cursor: Option<&'a str>,
    pub(crate) page: Option<String>,
    /// Query parameters that paging adds.
    pub(crate) extra: Vec<(String, String)>,
}

/// Writes the call of one page. `next` is the whole address where the page before named it.
pub(crate) fn write(
    connector: &Connector,
    source: &Source,
    reach: &Arc<Reach>,
    holes: &Holes<'_>,
    next: Option<Url>,
    offline: bool,
) -> Result<Call, Trouble> {
    let request = source
        .request()
        .ok_or_else(|| bad("this source is no request"))?;
    let mut url = match next {
        Some(url) => url,
        None => address(connector, source, holes)?,
    };
    let mut headers = headers(connector, request, holes)?;
    match sign(&connector.auth, &mut url, &mut headers) {
        Err(Trouble::SecretMissing { .. }) if offline => {}
        signed => signed?,
    }
    if !reach.may_call(&url) {
        return Err(bad("the address is not on the app's own hosts"));
    }
    let body = request
        .body
        .as_ref()
        .map(|body| Bytes::from(filled(body, holes).to_string()));
    if body.is_some() && !headers.contains_key(header::CONTENT_TYPE) {
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
    }
    Ok(Call {
        method: match request.method {
            HttpMethod::Get => Method::GET,
            HttpMethod::Post => Method::POST,
        },
        url,
        headers,
        body,
        body_limit: connector.app.limits.body,
        reach: reach.clone(),
        deadline: None,
    })
}

fn bad(why: &str) -> Trouble {
    Trouble::BadRequest {
        why: why.to_owned(),
    }
}

/// Returns where a source lives: its own base, else the app's first upstream.
pub(crate) fn base<'a>(connector: &'a Connector, source: &'a Source) -> Option<&'a Url> {
    source
        .request()
        .and_then(|request| request.base.as_ref())
        .or(connector.app.upstreams.first())
}

fn address(connector: &Connector, source: &Source, holes: &Holes<'_>) -> Result<Url, Trouble> {
    let request = source
        .request()
        .ok_or_else(|| bad("this source is no request"))?;
    let base = base(connector, source).ok_or_else(|| bad("no address to call"))?;
    let cursor = holes
        .cursor
        .map(|text| utf8_percent_encode(text, PATH).to_string());
    let page = holes
        .page
        .as_ref()
        .map(|text| utf8_percent_encode(text, PATH).to_string());
    let path = request.path.fill(cursor.as_deref(), page.as_deref());
    let path = path.ok_or_else(|| bad("the path needs a cursor and there is none"))?;
    let root = base
        .as_str()
        .split(['?', '#'])
        .next()
        .unwrap_or_default()
        .trim_end_matches('/');
    let mut url = Url::parse(&format!("{root}/{}", path.trim_start_matches('/')))
        .map_err(|_| bad("not an address"))?;
    let given = request
        .query
        .iter()
        .filter_map(|(name, value)| Some((name.clone(), fill(value, holes)?)));
    let cursor = source
        .cursor
        .as_ref()
        .and_then(|c| Some((c.param.clone()?, holes.cursor?.to_owned())));
    let pairs: Vec<(String, String)> = given
        .chain(cursor)
        .chain(holes.extra.iter().cloned())
        .collect();
    if !pairs.is_empty() {
        url.query_pairs_mut().extend_pairs(pairs);
    }
    Ok(url)
}

fn fill(pattern: &Pattern, holes: &Holes<'_>) -> Option<String> {
    pattern.fill(holes.cursor, holes.page.as_deref())
}

fn headers(
    connector: &Connector,
    request: &Request,
    holes: &Holes<'_>,
) -> Result<HeaderMap, Trouble> {
    let mut headers = HeaderMap::new();
    headers.insert(
        header::ACCEPT,
        HeaderValue::from_static("application/json, application/xml;q=0.9, */*;q=0.5"),
    );
    if let (Some(host), None) = (&connector.app.send_host, &request.base) {
        headers.insert(header::HOST, value(host)?);
    }
    for (name, pattern) in &request.headers {
        if let Some(text) = fill(pattern, holes) {
            headers.insert(self::name(name)?, value(&text)?);
        }
    }
    Ok(headers)
}

fn name(text: &str) -> Result<HeaderName, Trouble> {
    HeaderName::from_bytes(text.as_bytes()).map_err(|_| bad("a header's name is not one"))
}

fn value(text: &str) -> Result<HeaderValue, Trouble> {
    HeaderValue::from_str(text).map_err(|_| bad("a header's value holds a line break"))
}

/// Puts the hub's own credentials on a request.
fn sign(auth: &Auth, url: &mut Url, headers: &mut HeaderMap) -> Result<(), Trouble> {
    match auth {
        Auth::None => {}
        Auth::Basic { username, password } => {
            let pair = format!("{}:{}", reveal(username)?, reveal(password)?);
            secret(
                headers,
                header::AUTHORIZATION,
                &format!("Basic {}", base64(pair.as_bytes())),
            )?;
        }
        Auth::Bearer { token } => secret(
            headers,
            header::AUTHORIZATION,
            &format!("Bearer {}", reveal(token)?),
        )?,
        Auth::Header {
            name: header,
            value,
        } => secret(headers, name(header)?, reveal(value)?)?,
        Auth::ApiKey {
            name: header,
            value,
            place: KeyPlace::Header,
        } => secret(headers, name(header)?, reveal(value)?)?,
        Auth::ApiKey {
            name,
            value,
            place: KeyPlace::Query,
        } => {
            // The app's own link to its next page may already carry the key.
            if !url.query_pairs().any(|(known, _)| known == name.as_str()) {
                url.query_pairs_mut().append_pair(name, reveal(value)?);
            }
        }
        _ => {
            return Err(Trouble::NotConnected {
                what: "this way to sign in",
            });
        }
    }
    Ok(())
}

fn reveal(secret: &Secret) -> Result<&str, Trouble> {
    secret.reveal().map_err(|missing| Trouble::SecretMissing {
        reference: missing.0,
    })
}

fn secret(headers: &mut HeaderMap, name: HeaderName, text: &str) -> Result<(), Trouble> {
    let mut value =
        HeaderValue::from_str(text.trim()).map_err(|_| bad("a secret holds a line break"))?;
    value.set_sensitive(true);
    headers.insert(name, value);
    Ok(())
}

/// Base64 (RFC 4648, section 4), for HTTP Basic.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group = chunk
            .iter()
            .fold(0_u32, |acc, byte| acc << 8 | u32::from(*byte))
            << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let letter = LETTERS[(group >> (18 - 6 * place)) as usize & 63];
            out.push(if place <= chunk.len() {
                char::from(letter)
            } else {
                '='
            });
        }
    }
    out
}

/// Fills the holes in every text of a JSON body. A text that is one hole and nothing else is left out
/// (null) where there is nothing to fill it with.
fn filled(body: &Json, holes: &Holes<'_>) -> Json {
    match body {
        Json::String(text) => match fill(&Pattern::read(text), holes) {
            Some(text) => Json::String(text),
            None => Json::Null,
        },
        Json::Array(list) => list.iter().map(|json| filled(json, holes)).collect(),
        Json::Object(fields) => fields
            .iter()
            .map(|(name, json)| (name.clone(), filled(json, holes)))
            .collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_follows_rfc_4648() {
        for (plain, encoded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(plain.as_bytes()), encoded);
        }
    }

    #[test]
    fn bodies_are_filled_by_node() {
        let holes = Holes {
            cursor: Some("a\"b"),
            page: Some("2".into()),
            extra: vec![],
        };
        let body = serde_json::json!({"since": "${cursor}", "page": ["p${page}"], "n": 1});
        assert_eq!(
            filled(&body, &holes),
            serde_json::json!({"since": "a\"b", "page": ["p2"], "n": 1})
        );
        assert_eq!(filled(&body, &Holes::default())["since"], Json::Null);
    }
}
