//! The hub's cookies: found among whatever a browser sends, set so that no other host can.
//!
//! Owns names, attributes and the reading of `Cookie` headers (RFC 6265, section 4.2). Whatever is
//! malformed, too big or there twice is no cookie: never a panic, never a guess.

use http::{HeaderMap, HeaderValue, header};

/// The session, one per host. `__Host-` (RFC 6265bis, section 4.1.3.2): no other host can set it.
pub const SESSION_COOKIE: &str = "__Host-divos";
/// Binds a form or a handover to the browser that began it.
pub const NONCE_COOKIE: &str = "__Host-divos-nonce";
/// Remembers that a person signed in from this browser before.
pub const DEVICE_COOKIE: &str = "__Host-divos-device";

/// Bytes of all `Cookie` headers together that are looked at; more is refused unread.
const LONGEST: usize = 16 * 1024;

/// What looking for one cookie found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found<'a> {
    /// No such cookie.
    Absent,
    /// Exactly one; its value.
    One(&'a str),
    /// More than one of the name, or headers that cannot be read: refused.
    Refused,
}

impl<'a> Found<'a> {
    /// Returns the value of the one cookie.
    pub(crate) fn one(self) -> Option<&'a str> {
        match self {
            Self::One(value) => Some(value),
            Self::Absent | Self::Refused => None,
        }
    }
}

/// Looks for one cookie in every `Cookie` header (HTTP/2 may split them: RFC 9113, section 8.2.3).
pub(crate) fn find<'a>(headers: &'a HeaderMap, name: &str) -> Found<'a> {
    let mut found = Found::Absent;
    let mut bytes = 0;
    for header in headers.get_all(header::COOKIE) {
        bytes += header.len();
        if bytes > LONGEST {
            return Found::Refused;
        }
        for pair in header.as_bytes().split(|&c| c == b';') {
            match value_of(pair, name) {
                Pair::Other => {}
                Pair::Ours(value) if found == Found::Absent => found = Found::One(value),
                Pair::Ours(_) | Pair::Broken => return Found::Refused,
            }
        }
    }
    found
}

/// One `name=value` of a header, as seen by somebody who looks for one name.
enum Pair<'a> {
    Other,
    Ours(&'a str),
    Broken,
}

/// Reads one pair. Names are compared byte for byte: some browsers let a sibling host set
/// `__host-divos` for the whole domain, and that must be no cookie of ours, nor spoil the real one.
fn value_of<'a>(pair: &'a [u8], name: &str) -> Pair<'a> {
    let pair = pair.trim_ascii();
    let at = pair.iter().position(|&c| c == b'=').unwrap_or(pair.len());
    let (key, value) = pair.split_at(at);
    let key = key.trim_ascii();
    if key != name.as_bytes() {
        return Pair::Other;
    }
    let value = value.strip_prefix(b"=").unwrap_or_default().trim_ascii();
    let plain = !value.is_empty()
        && value
            .iter()
            .all(|&c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.'));
    match std::str::from_utf8(value) {
        Ok(value) if plain => Pair::Ours(value),
        _ => Pair::Broken,
    }
}

/// How long a browser keeps a cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    /// Until the browser closes; the server decides when a session ends.
    Session,
    /// So many seconds.
    Seconds(u32),
}

/// Returns the `Set-Cookie` value. `Secure`, `HttpOnly`, `Path=/` and no `Domain`, as `__Host-` asks;
/// `SameSite=Lax`, since a link from a letter must open signed in.
pub(crate) fn set(name: &str, value: &str, keep: Keep) -> HeaderValue {
    let age = match keep {
        Keep::Session => String::new(),
        Keep::Seconds(seconds) => format!("; Max-Age={seconds}"),
    };
    let text = format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax{age}");
    HeaderValue::try_from(text)
        .expect("names are ours and values are base64url, hexadecimal and dots")
}

/// Returns the `Set-Cookie` value that makes a browser forget a cookie.
#[must_use]
pub fn forget(name: &'static str) -> HeaderValue {
    set(name, "", Keep::Seconds(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn headers(lines: &[&[u8]]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for line in lines {
            map.append(
                header::COOKIE,
                HeaderValue::from_bytes(line).expect("a header value"),
            );
        }
        map
    }

    #[test]
    fn one_cookie_is_found_among_others() {
        for line in [
            "__Host-divos=abc",
            "a=1; __Host-divos=abc; b=2",
            "a;;=;__Host-divos = abc ;",
            "\t__Host-divos=abc",
        ] {
            assert_eq!(
                find(&headers(&[line.as_bytes()]), SESSION_COOKIE),
                Found::One("abc"),
                "{line}"
            );
        }
        assert_eq!(
            find(&headers(&[b"a=1", b"__Host-divos=abc"]), SESSION_COOKIE),
            Found::One("abc")
        );
    }

    #[test]
    fn names_that_only_look_like_ours_are_not_ours() {
        for line in [
            "",
            "divos=abc",
            "__Host-divos-nonce=abc",
            "x__Host-divos=abc",
            "a=__Host-divos=abc",
            "__Secure-divos=abc",
        ] {
            assert_eq!(
                find(&headers(&[line.as_bytes()]), SESSION_COOKIE),
                Found::Absent,
                "{line}"
            );
        }
    }

    #[test]
    fn duplicates_and_rubbish_are_refused() {
        let long = [b"a=".as_slice(), &[b'x'; LONGEST], b"; __Host-divos=abc"].concat();
        let rows: &[&[u8]] = &[
            b"__Host-divos=abc; __Host-divos=abc",
            b"__Host-divos=abc; __Host-divos=def",
            b"__Host-divos=evil; __Host-divos",
            b"__Host-divos=",
            b"__Host-divos",
            b"__Host-divos=a b",
            b"__Host-divos=\"abc\"",
            b"__Host-divos=\xff\xfe",
            b"__Host-divos=a%00b",
            &long,
        ];
        for row in rows {
            assert_eq!(
                find(&headers(&[row]), SESSION_COOKIE),
                Found::Refused,
                "{:?}",
                String::from_utf8_lossy(row)
            );
        }
        assert_eq!(
            find(
                &headers(&[b"__Host-divos=a", b"__Host-divos=b"]),
                SESSION_COOKIE
            ),
            Found::Refused
        );
    }

    #[test]
    fn a_cookie_tossed_from_another_host_neither_counts_nor_spoils() {
        for line in [
            "__host-divos=evil; __Host-divos=abc",
            "__Host-divos=abc; __HOST-DIVOS=evil",
            "divos=evil; __Host-divos=abc",
        ] {
            assert_eq!(
                find(&headers(&[line.as_bytes()]), SESSION_COOKIE),
                Found::One("abc"),
                "{line}"
            );
        }
        assert_eq!(
            find(&headers(&[b"__host-divos=evil"]), SESSION_COOKIE),
            Found::Absent
        );
    }

    #[test]
    fn a_cookie_is_bound_to_its_host() {
        let value = set(SESSION_COOKIE, "abc", Keep::Session);
        assert_eq!(
            value,
            "__Host-divos=abc; Path=/; Secure; HttpOnly; SameSite=Lax"
        );
        assert_eq!(
            forget(SESSION_COOKIE),
            "__Host-divos=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"
        );
    }

    proptest! {
        #[test]
        fn no_header_makes_it_panic(lines in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..200), 0..4)) {
            let mut map = HeaderMap::new();
            for line in lines {
                if let Ok(value) = HeaderValue::from_bytes(&line) {
                    map.append(header::COOKIE, value);
                }
            }
            let _ = find(&map, SESSION_COOKIE);
        }
    }
}
