//! The `Link` header (RFC 8288).
//!
//! Owns its reading. It must never follow one.

/// Finds the target of a relation in a `Link` header (RFC 8288, section 3).
pub(super) fn link_of(header: &str, rel: &str) -> Option<String> {
    let mut rest = header;
    while let Some(start) = rest.find('<') {
        let end = rest[start..].find('>')? + start;
        let target = &rest[start + 1..end];
        let tail = &rest[end + 1..];
        let stop = tail
            .find(",<")
            .or_else(|| tail.find(", <"))
            .unwrap_or(tail.len());
        let is = tail[..stop].split(';').any(|parameter| {
            let Some((name, value)) = parameter.split_once('=') else {
                return false;
            };
            let value = value.trim().trim_end_matches(',').trim_matches('"');
            name.trim().eq_ignore_ascii_case("rel")
                && value
                    .split_whitespace()
                    .any(|word| word.eq_ignore_ascii_case(rel))
        });
        if is {
            return Some(target.to_owned());
        }
        rest = &tail[stop..];
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_relation_in_a_link_header() {
        for (header, next) in [
            ("<http://a/?p=2>; rel=\"next\"", Some("http://a/?p=2")),
            (
                "<http://a/1>; rel=\"prev\", <http://a/3>; rel=\"next\"",
                Some("http://a/3"),
            ),
            (
                "<http://a/?x=1,2>; title=\"a;b\"; rel=next",
                Some("http://a/?x=1,2"),
            ),
            ("<http://a/1>; rel=\"first next\"", Some("http://a/1")),
            ("<http://a/1>; rel=\"last\"", None),
            ("<http://a/1", None),
            ("", None),
        ] {
            assert_eq!(link_of(header, "next").as_deref(), next, "{header}");
        }
    }
}
