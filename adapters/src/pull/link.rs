//! The `Link` header (RFC 8288).
//!
//! Owns its reading. It must never follow one.

/// Finds the target of a relation in a `Link` header (RFC 8288, section 3), which may hold several links, of several
/// relations each.
pub(super) fn link_of(header: &str, rel: &str) -> Option<String> {
    let mut rest = header;
    while let Some(start) = rest.find('<') {
        let (target, behind) = rest[start + 1..].split_once('>')?;
        let (parameters, after) = parameters(behind);
        // Of a parameter that comes twice the first counts (section 3.3).
        let said = |name: &str| {
            let mut known = parameters.iter();
            known.find(|(known, _)| known.eq_ignore_ascii_case(name))
        };
        let words = said("rel").map_or("", |(_, value)| value);
        let is = words
            .split_whitespace()
            .any(|word| word.eq_ignore_ascii_case(rel));
        // With an anchor it is a link of something else (section 3.2).
        if is && said("anchor").is_none() {
            return Some(target.trim().to_owned());
        }
        rest = after;
    }
    None
}

/// Reads the parameters of a link, up to the comma that ends it; what is in quotes ends nothing.
fn parameters(text: &str) -> (Vec<(&str, &str)>, &str) {
    let (mut found, mut start, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    let mut take = |part: std::ops::Range<usize>| {
        let part = &text[part];
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        found.push((name.trim(), value.trim().trim_matches('"')));
    };
    for (at, letter) in text.char_indices() {
        match letter {
            '\\' if quoted && !escaped => {
                escaped = true;
                continue;
            }
            '"' if !escaped => quoted = !quoted,
            ';' if !quoted => {
                take(start..at);
                start = at + 1;
            }
            ',' if !quoted => {
                take(start..at);
                return (found, &text[at + 1..]);
            }
            _ => {}
        }
        escaped = false;
    }
    take(start..text.len());
    (found, "")
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
            (
                "<http://a/1>; rel=prev; title=\"b, <http://a/9>; rel=next\",\t</2>;rel=NEXT",
                Some("/2"),
            ),
            (
                "</wp-json/>; rel=\"https://api.w.org/\", <http://a/2> ; Rel = next , <http://a/3>; rel=next",
                Some("http://a/2"),
            ),
            (
                "<http://a/1>; rel=last; rel=next, <http://a/2>; rel=next; anchor=\"#x\"",
                None,
            ),
            (
                "<http://a/1>; title=\"a\\\"b, c\"; rel=next",
                Some("http://a/1"),
            ),
            ("<http://a/1>; rel=\"next", Some("http://a/1")),
            ("<>; rel=next", Some("")),
            ("<http://a/1", None),
            ("", None),
        ] {
            assert_eq!(link_of(header, "next").as_deref(), next, "{header}");
        }
    }
}
