//! One spelling for every path: what the policy decides on is what the app receives.
//!
//! Owns the canonical form. A path that servers are known to read differently is either brought into the form
//! everyone reads alike (`//`, `.` and `..`, `%2e`, `;jsessionid=`) or refused (`%2f`, `\`, other `;`, double
//! encoding, control bytes). It must never look at the query, which is passed on as it came.

use std::borrow::Cow;

use super::failure::Failure;

/// The canonical path of a request target's path.
///
/// # Errors
/// [`Failure::AmbiguousPath`] names the rule that was broken.
pub fn canonical(path: &str) -> Result<Cow<'_, str>, Failure> {
    if path.bytes().all(is_plain)
        && path.starts_with('/')
        && !path.contains("//")
        && !has_dot_segment(path)
    {
        return Ok(Cow::Borrowed(path));
    }
    let decoded = recode(path)?;
    merge_segments(&decoded).map(Cow::Owned)
}

/// Bytes that mean themselves everywhere.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.~!$&'()*+,=:@/".contains(&byte)
}

fn has_dot_segment(path: &str) -> bool {
    path.split('/').any(|segment| matches!(segment, "." | ".."))
}

/// Decodes `%2e`, upper-cases what stays encoded, encodes what should have been, refuses the rest.
fn recode(path: &str) -> Result<String, Failure> {
    let bytes = path.as_bytes();
    if bytes.first() != Some(&b'/') {
        return Err(Failure::AmbiguousPath("not absolute"));
    }
    let mut out = String::with_capacity(path.len() + 8);
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        at += 1;
        match byte {
            b'%' => {
                let value = escaped(bytes, at)?;
                push_escaped(&mut out, value, bytes.get(at + 2..))?;
                at += 2;
            }
            b'\\' => return Err(Failure::AmbiguousPath("backslash")),
            b';' => at = after_session_parameter(bytes, at)?,
            b'#' => return Err(Failure::AmbiguousPath("fragment")),
            0..=0x20 | 0x7f => return Err(Failure::AmbiguousPath("control byte or space")),
            plain if is_plain(plain) => out.push(char::from(plain)),
            other => push_percent(&mut out, other),
        }
    }
    Ok(out)
}

fn escaped(bytes: &[u8], at: usize) -> Result<u8, Failure> {
    let digit = |at: usize| {
        bytes
            .get(at)
            .and_then(|byte| char::from(*byte).to_digit(16))
    };
    match (digit(at), digit(at + 1)) {
        (Some(high), Some(low)) => Ok((high * 16 + low) as u8),
        _ => Err(Failure::AmbiguousPath("broken percent-encoding")),
    }
}

fn push_escaped(out: &mut String, value: u8, rest: Option<&[u8]>) -> Result<(), Failure> {
    match value {
        b'.' => out.push('.'),
        b'/' => return Err(Failure::AmbiguousPath("encoded slash")),
        b'\\' => return Err(Failure::AmbiguousPath("encoded backslash")),
        b';' => return Err(Failure::AmbiguousPath("encoded semicolon")),
        0..=0x1f | 0x7f => return Err(Failure::AmbiguousPath("encoded control byte")),
        0xc0 | 0xc1 => return Err(Failure::AmbiguousPath("overlong encoding")),
        b'%' if rest.is_some_and(is_encoded_again) => {
            return Err(Failure::AmbiguousPath("double encoding"));
        }
        other => push_percent(out, other),
    }
    Ok(())
}

/// Whether `%25` is followed by the digits of a byte that would be refused or decoded here.
fn is_encoded_again(rest: &[u8]) -> bool {
    escaped(rest, 0)
        .is_ok_and(|byte| matches!(byte, b'.' | b'/' | b'\\' | b';' | b'%' | 0..=0x1f | 0x7f))
}

fn push_percent(out: &mut String, byte: u8) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    out.push('%');
    out.push(char::from(DIGITS[usize::from(byte >> 4)]));
    out.push(char::from(DIGITS[usize::from(byte & 15)]));
}

/// Servlet containers put the session into the path until they know that cookies work; it is dropped here.
fn after_session_parameter(bytes: &[u8], at: usize) -> Result<usize, Failure> {
    let end = bytes[at..]
        .iter()
        .position(|byte| *byte == b'/')
        .map_or(bytes.len(), |n| at + n);
    let parameter = &bytes[at..end];
    let known = parameter.len() >= 11 && parameter[..11].eq_ignore_ascii_case(b"jsessionid=");
    let harmless = parameter
        .iter()
        .skip(11)
        .all(|byte| byte.is_ascii_alphanumeric() || b"-_.!".contains(byte));
    if known && harmless {
        Ok(end)
    } else {
        Err(Failure::AmbiguousPath("semicolon"))
    }
}

/// Removes empty and dot segments (RFC 3986 §5.2.4); climbing above the root is refused.
fn merge_segments(path: &str) -> Result<String, Failure> {
    let mut kept: Vec<&str> = Vec::new();
    let mut directory = false;
    for segment in path.split('/') {
        directory = matches!(segment, "" | "." | "..");
        match segment {
            "" | "." => {}
            ".." => {
                kept.pop()
                    .ok_or(Failure::AmbiguousPath("climbs above the root"))?;
            }
            name => kept.push(name),
        }
    }
    let mut merged = String::with_capacity(path.len());
    for segment in &kept {
        merged.push('/');
        merged.push_str(segment);
    }
    if directory || merged.is_empty() {
        merged.push('/');
    }
    Ok(merged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_spelling() {
        for (given, expected) in [
            ("/", "/"),
            ("/a/b", "/a/b"),
            ("/a/b/", "/a/b/"),
            ("//a", "/a"),
            ("/a//b", "/a/b"),
            ("/a/./b", "/a/b"),
            ("/a/../b", "/b"),
            ("/a/%2e%2e/b", "/b"),
            ("/a/%2E/b", "/a/b"),
            ("/a/b/..", "/a/"),
            ("/a/.%2e/b", "/b"),
            ("/a/..b", "/a/..b"),
            ("/caf\u{e9}", "/caf%C3%A9"),
            ("/a%c3%a9", "/a%C3%A9"),
            ("/a%20b", "/a%20b"),
            ("/100%25", "/100%25"),
            ("/x.jsp;jsessionid=AB12.node1", "/x.jsp"),
            ("/x;JSESSIONID=1/y", "/x/y"),
            ("/a\"b", "/a%22b"),
        ] {
            assert_eq!(canonical(given).unwrap(), expected, "{given}");
        }
    }

    #[test]
    fn what_is_read_differently_is_refused() {
        for bad in [
            "",
            "a",
            "*",
            "/..",
            "/../etc",
            "/a/../../b",
            "/%2e%2e/x",
            "/a%2fb",
            "/a%2Fb",
            "/a\\b",
            "/a%5cb",
            "/a;x",
            "/a;jsessionid=1;x",
            "/a%3bx",
            "/a%00",
            "/a%0d%0a",
            "/a%",
            "/a%2",
            "/a%zz",
            "/a%252e%252e/b",
            "/a%252fb",
            "/a%255cb",
            "/a%25252e",
            "/a b",
            "/a#b",
        ] {
            assert!(canonical(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn the_canonical_form_is_its_own_and_hides_nothing(path in "/([a-z.%2efF5c;/\\\\]|%2e|%2f|\\.\\.|//){0,24}") {
            if let Ok(form) = canonical(&path) {
                prop_assert_eq!(canonical(&form).unwrap(), form.clone());
                prop_assert!(form.starts_with('/') && !form.contains("//"));
                prop_assert!(!has_dot_segment(&form) && !form.contains([';', '\\']));
                let lower = form.to_ascii_lowercase();
                prop_assert!(!["%2e", "%2f", "%5c", "%3b"].iter().any(|code| lower.contains(code)));
            }
        }
    }
}
