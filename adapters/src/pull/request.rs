//! Writes the requests of a source: address, query, headers, credentials.
//!
//! Owns that writing. Secrets are revealed here and go into the call only.

use crate::formats::{calendar, soap};
use crate::outbound::Reach;
use crate::transport::Verdict;
use crate::{Call, Trouble};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use divos_manifest::{Auth, Connector, Fetch, HttpMethod, KeyPlace, Pattern, Request, Source};
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
    /// The field of the parent record that a child is asked for.
    pub(crate) parent: Option<&'a str>,
    /// Query parameters that paging adds.
    pub(crate) extra: Vec<(String, String)>,
}

/// The query parameter that continues a harvest (OAI-PMH 2.0, section 3.5.1).
pub(crate) const RESUMPTION: &str = "resumptionToken";

/// Whose request it is.
pub(crate) struct Place<'a> {
    pub(crate) connector: &'a Connector,
    pub(crate) source: &'a Source,
    pub(crate) reach: &'a Arc<Reach>,
    /// Whether nothing leaves the process, so that secrets need not be known.
    pub(crate) offline: bool,
    pub(crate) now: DateTime<Utc>,
}

/// Writes the call of one page. `next` is the whole address where the page before named it.
pub(crate) fn write(
    place: &Place<'_>,
    holes: &Holes<'_>,
    next: Option<Url>,
) -> Result<Call, Trouble> {
    let (connector, source) = (place.connector, place.source);
    let request = source
        .request()
        .ok_or_else(|| bad("this source is no request"))?;
    let mut url = match next {
        Some(url) => url,
        None => address(connector, source, holes)?,
    };
    let mut headers = headers(connector, request, holes)?;
    match sign(&connector.auth, &mut url, &mut headers) {
        Err(Trouble::SecretMissing { .. }) if place.offline => {}
        signed => signed?,
    }
    if !place.reach.may_call(&url) {
        return Err(bad("the address is not on the app's own hosts"));
    }
    let (body, verdict) = body(place, request, holes, &mut headers)?;
    let method = match (request.method, &source.fetch) {
        (_, Fetch::Ical(_, asked)) if asked.caldav => {
            Method::from_bytes(b"REPORT").map_err(|_| bad("no such method"))?
        }
        (_, Fetch::Soap(..)) | (HttpMethod::Post, _) => Method::POST,
        (HttpMethod::Get, _) => Method::GET,
    };
    Ok(Call {
        method,
        url,
        headers,
        body,
        body_limit: connector.app.limits.body,
        reach: place.reach.clone(),
        deadline: None,
        unrecorded: false,
        chain: Arc::default(),
        to_disk: !matches!(source.fetch, Fetch::Feed(_)),
        verdict,
    })
}

/// Writes the request for a path that only those who are signed in may open: it reads no data, and is never recorded.
pub(crate) fn check(
    connector: &Connector,
    source: &Source,
    reach: &Arc<Reach>,
    path: &str,
) -> Result<Call, Trouble> {
    let base = base(connector, source).ok_or_else(|| bad("no address to call"))?;
    let root = base.as_str().split(['?', '#']).next().unwrap_or_default();
    let mut url = Url::parse(&format!("{}{path}", root.trim_end_matches('/')))
        .map_err(|_| bad("`auth.check` is not a path"))?;
    let mut headers = HeaderMap::new();
    if let Some(host) = &connector.app.send_host {
        headers.insert(header::HOST, value(host)?);
    }
    sign(&connector.auth, &mut url, &mut headers)?;
    let mut call = Call::plain(Method::GET, url, reach.clone(), connector.app.limits.body);
    call.headers = headers;
    call.unrecorded = true;
    call.to_disk = true;
    Ok(call)
}

/// A body, and what an answer to it means.
type Said = (Option<Bytes>, Option<Arc<dyn Verdict>>);

/// Writes the body: an envelope for SOAP, else the JSON of the source.
fn body(
    place: &Place<'_>,
    request: &Request,
    holes: &Holes<'_>,
    headers: &mut HeaderMap,
) -> Result<Said, Trouble> {
    if let Fetch::Soap(_, soap) = &place.source.fetch {
        let created = place.now.to_rfc3339_opts(SecondsFormat::Secs, true);
        let security = match soap::security(&place.connector.auth, created) {
            Err(Trouble::SecretMissing { .. }) if place.offline => None,
            token => token?,
        };
        let message = soap::message(soap, &|pattern| fill(pattern, holes), security)?;
        headers.insert(header::CONTENT_TYPE, value(&message.content_type)?);
        if let Some(action) = &message.soap_action {
            headers.insert(HeaderName::from_static("soapaction"), value(action)?);
        }
        let verdict: Arc<dyn Verdict> = Arc::new(soap::Faults::of(soap));
        return Ok((Some(message.body.into()), Some(verdict)));
    }
    if let Fetch::Ical(_, asked) = &place.source.fetch
        && asked.caldav
    {
        headers.insert("depth", HeaderValue::from_static("1"));
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/xml; charset=utf-8"),
        );
        return Ok((Some(calendar::question(asked, place.now).into()), None));
    }
    let body = request.body.as_ref();
    let body = body.map(|body| Bytes::from(filled(body, holes).to_string()));
    if body.is_some() && !headers.contains_key(header::CONTENT_TYPE) {
        let json = HeaderValue::from_static("application/json");
        headers.insert(header::CONTENT_TYPE, json);
    }
    Ok((body, None))
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
    let parent = holes
        .parent
        .map(|text| utf8_percent_encode(text, PATH).to_string());
    let encoded = Holes {
        cursor: cursor.as_deref(),
        page,
        parent: parent.as_deref(),
        extra: Vec::new(),
    };
    let path = fill(&request.path, &encoded);
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
    let extra = || holes.extra.iter().cloned();
    // A token of a harvest goes alone with the verb (OAI-PMH 2.0, section 3.5.1).
    let goes_on = holes.extra.iter().any(|(name, _)| name == RESUMPTION);
    let pairs: Vec<(String, String)> = match goes_on {
        true => given
            .filter(|(name, _)| name == "verb")
            .chain(extra())
            .collect(),
        false => given.chain(cursor).chain(extra()).collect(),
    };
    if !pairs.is_empty() {
        url.query_pairs_mut().extend_pairs(pairs);
    }
    Ok(url)
}

fn fill(pattern: &Pattern, holes: &Holes<'_>) -> Option<String> {
    pattern.fill(holes.cursor, holes.page.as_deref(), holes.parent)
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
        // The others are signed where the request leaves, in the envelope, or by TLS.
        Auth::None
        | Auth::Certificate { .. }
        | Auth::Form(_)
        | Auth::OAuth2(_)
        | Auth::Token(_)
        | Auth::Hmac(_)
        | Auth::Digest { .. }
        | Auth::Wsse { .. } => {}
        Auth::Basic { username, password } => {
            let pair = format!("{}:{}", username.reveal()?, password.reveal()?);
            secret(
                headers,
                header::AUTHORIZATION,
                &format!("Basic {}", STANDARD.encode(pair)),
            )?;
        }
        Auth::Bearer { token } => secret(
            headers,
            header::AUTHORIZATION,
            &format!("Bearer {}", token.reveal()?),
        )?,
        Auth::Header {
            name: header,
            value,
        } => secret(headers, name(header)?, value.reveal()?)?,
        Auth::ApiKey {
            name: header,
            value,
            place: KeyPlace::Header,
        } => secret(headers, name(header)?, value.reveal()?)?,
        Auth::ApiKey {
            name,
            value,
            place: KeyPlace::Query,
        } => {
            // The app's own link to its next page may already carry the key.
            if !url.query_pairs().any(|(known, _)| known == name.as_str()) {
                url.query_pairs_mut().append_pair(name, value.reveal()?);
            }
        }
    }
    Ok(())
}

fn secret(headers: &mut HeaderMap, name: HeaderName, text: &str) -> Result<(), Trouble> {
    let mut value =
        HeaderValue::from_str(text.trim()).map_err(|_| bad("a secret holds a line break"))?;
    value.set_sensitive(true);
    headers.insert(name, value);
    Ok(())
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
    fn bodies_are_filled_by_node() {
        let holes = Holes {
            cursor: Some("a\"b"),
            page: Some("2".into()),
            ..Holes::default()
        };
        let body = serde_json::json!({"since": "${cursor}", "page": ["p${page}"], "n": 1});
        assert_eq!(
            filled(&body, &holes),
            serde_json::json!({"since": "a\"b", "page": ["p2"], "n": 1})
        );
        assert_eq!(filled(&body, &Holes::default())["since"], Json::Null);
    }
}
