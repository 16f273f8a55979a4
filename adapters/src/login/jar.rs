//! The cookies of one app (RFC 6265, section 5), few and short.
//!
//! Owns which cookie goes where. It must never print one.

use chrono::{DateTime, Utc};
use http::HeaderMap;
use http::header::SET_COOKIE;
use std::collections::VecDeque;
use std::net::IpAddr;
use url::Url;

/// The most cookies that are kept; the oldest go first.
const MOST: usize = 64;
/// The longest cookie, name and value, in bytes.
const LONGEST: usize = 4096;

/// The cookies of one app.
#[derive(Default)]
pub(super) struct Jar(VecDeque<Kept>);

struct Kept {
    name: String,
    value: String,
    host: String,
    /// Whether it goes to this host only.
    exact: bool,
    path: String,
    secure: bool,
    /// Seconds since 1970.
    expires: Option<i64>,
}

impl Jar {
    /// Takes the cookies of an answer.
    pub(super) fn keep(&mut self, url: &Url, headers: &HeaderMap, now: DateTime<Utc>) {
        for header in headers.get_all(SET_COOKIE) {
            let text = String::from_utf8_lossy(header.as_bytes());
            let Some(cookie) = kept(&text, url, now) else {
                continue;
            };
            self.0.retain(|old| {
                (&old.name, &old.host, &old.path) != (&cookie.name, &cookie.host, &cookie.path)
            });
            if cookie.expires.is_none_or(|at| at > now.timestamp()) {
                self.0.push_back(cookie);
            }
            if self.0.len() > MOST {
                self.0.pop_front();
            }
        }
    }

    /// Writes the `Cookie` header for an address; `None` where no cookie goes there.
    pub(super) fn header(&self, url: &Url, now: DateTime<Utc>) -> Option<String> {
        let mut fitting: Vec<&Kept> = self.0.iter().filter(|c| c.goes_to(url, now)).collect();
        fitting.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        let pairs = fitting.iter().map(|c| format!("{}={}", c.name, c.value));
        let header = pairs.collect::<Vec<_>>().join("; ");
        (!header.is_empty()).then_some(header)
    }

    /// Finds a cookie that goes to an address.
    pub(super) fn value(&self, name: &str, url: &Url, now: DateTime<Utc>) -> Option<&str> {
        let mut found = self.0.iter().filter(|c| c.name == name);
        found
            .find(|c| c.goes_to(url, now))
            .map(|c| c.value.as_str())
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

impl Kept {
    fn goes_to(&self, url: &Url, now: DateTime<Utc>) -> bool {
        let host = url.host_str().unwrap_or_default();
        let hosts = host == self.host || (!self.exact && is_below(host, &self.host));
        let under = url.path().strip_prefix(self.path.as_str());
        let paths = under.is_some_and(|rest| {
            rest.is_empty() || rest.starts_with('/') || self.path.ends_with('/')
        });
        hosts
            && paths
            && (!self.secure || url.scheme() == "https")
            && self.expires.is_none_or(|at| at > now.timestamp())
    }
}

fn is_below(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain)
        .is_some_and(|rest| rest.ends_with('.'))
        && host.parse::<IpAddr>().is_err()
}

/// Reads one `Set-Cookie` header; `None` where the address may not set it.
fn kept(text: &str, url: &Url, now: DateTime<Utc>) -> Option<Kept> {
    let cookie = cookie::Cookie::parse(text).ok()?;
    let host = url.host_str()?;
    let domain = cookie
        .domain()
        .map(|d| d.trim_start_matches('.').to_ascii_lowercase());
    let domain = domain.filter(|domain| !domain.is_empty() && domain != host);
    if let Some(domain) = &domain
        && !(domain.contains('.') && is_below(host, domain))
    {
        return None;
    }
    if cookie.name().len() + cookie.value().len() > LONGEST {
        return None;
    }
    let path = cookie.path().filter(|path| path.starts_with('/'));
    let age = cookie.max_age().map(|age| age.whole_seconds());
    let date = cookie.expires_datetime().map(|date| date.unix_timestamp());
    Some(Kept {
        name: cookie.name().to_owned(),
        value: cookie.value().to_owned(),
        exact: domain.is_none(),
        host: domain.unwrap_or_else(|| host.to_owned()),
        path: path.map_or_else(|| folder(url), str::to_owned),
        secure: cookie.secure() == Some(true),
        expires: age.map(|age| now.timestamp().saturating_add(age)).or(date),
    })
}

/// The path of a cookie that states none (RFC 6265, section 5.1.4).
fn folder(url: &Url) -> String {
    match url.path().rfind('/') {
        None | Some(0) => "/".to_owned(),
        Some(at) => url.path()[..at].to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(set: &[&str], at: &str, to: &str) -> Option<String> {
        let mut jar = Jar::default();
        let now = DateTime::from_timestamp(1_800_000_000, 0).expect("a time");
        let mut headers = HeaderMap::new();
        for text in set {
            headers.append(SET_COOKIE, text.parse().expect("a header"));
        }
        jar.keep(&at.parse().expect("an address"), &headers, now);
        jar.header(&to.parse().expect("an address"), now)
    }

    #[test]
    fn cookies_go_where_they_belong() {
        let at = "https://a.app.test/login/in";
        for (set, to, sent) in [
            (&["s=1; Path=/"][..], "https://a.app.test/x", Some("s=1")),
            (&["s=1"], "https://a.app.test/x", None),
            (&["s=1"], "https://a.app.test/login/y", Some("s=1")),
            (&["s=1; Path=/lo"], "https://a.app.test/login", None),
            (&["s=1; Path=/; Secure"], "http://a.app.test/", None),
            (&["s=1; Path=/"], "https://b.a.app.test/", None),
            (
                &["s=1; Path=/; Domain=app.test"],
                "https://b.app.test/",
                Some("s=1"),
            ),
            (&["s=1; Path=/; Domain=test"], "https://b.test/", None),
            (
                &["s=1; Path=/; Domain=other.test"],
                "https://a.app.test/",
                None,
            ),
            (
                &["s=1; Path=/", "s=2; Path=/"],
                "https://a.app.test/",
                Some("s=2"),
            ),
            (
                &["s=1; Path=/", "s=; Path=/; Max-Age=0"],
                "https://a.app.test/",
                None,
            ),
            (
                &["s=1; Path=/; Expires=Thu, 01 Jan 1970 00:00:01 GMT"],
                "https://a.app.test/",
                None,
            ),
            (
                &["a=1; Path=/", "b=2; Path=/x"],
                "https://a.app.test/x",
                Some("b=2; a=1"),
            ),
        ] {
            assert_eq!(after(set, at, to).as_deref(), sent, "{set:?} {to}");
        }
    }

    #[test]
    fn the_jar_is_bounded() {
        let many: Vec<String> = (0..200).map(|n| format!("c{n}=1; Path=/")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let sent = after(&many, "http://a.test/", "http://a.test/").unwrap_or_default();
        assert_eq!(sent.split("; ").count(), MOST);
        assert!(sent.ends_with("c199=1"), "the newest stay");
        let long = format!("c={}", "x".repeat(LONGEST));
        assert_eq!(after(&[&long], "http://a.test/", "http://a.test/"), None);
    }
}
