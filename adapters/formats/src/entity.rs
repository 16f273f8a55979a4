//! References in XML: the five entities that are always there, and characters by number.
//!
//! Knows no document type: what else is written as an entity stays as it is written, and nothing is ever expanded.

use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::BytesRef;
use std::borrow::Cow;

/// The longest reference that is looked for in an attribute, in bytes.
const LONGEST: usize = 40;

/// What a reference stands for (XML 1.0, section 4.1).
pub(crate) fn resolve(reference: &BytesRef<'_>) -> Cow<'static, str> {
    if let Ok(Some(letter)) = reference.resolve_char_ref() {
        return Cow::Owned(letter.to_string());
    }
    let name: &str = reference;
    match resolve_xml_entity(name) {
        Some(text) => Cow::Borrowed(text),
        None => Cow::Owned(format!("&{name};")),
    }
}

/// The value of an attribute with its references resolved (XML 1.0, section 3.3.3).
pub(crate) fn value(written: &str) -> Cow<'_, str> {
    if !written.contains('&') {
        return Cow::Borrowed(written);
    }
    let mut text = String::with_capacity(written.len());
    let mut rest = written;
    while let Some((before, after)) = rest.split_once('&') {
        text.push_str(before);
        let mut letters = after.bytes().take(LONGEST);
        rest = match letters.position(|byte| byte == b';') {
            Some(end) => {
                text.push_str(&resolve(&BytesRef::new(&after[..end])));
                &after[end + 1..]
            }
            None => {
                text.push('&');
                after
            }
        };
    }
    text.push_str(rest);
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_resolved_and_nothing_else_is() {
        for (written, text) in [
            ("a &amp; b &lt;c&gt; &quot;&apos;", "a & b <c> \"'"),
            ("&#233;&#xE9;", "éé"),
            (
                "&nbsp; &bom; & ; &#x110000; &#0;",
                "&nbsp; &bom; & ; &#x110000; &#0;",
            ),
            ("PUPR & PKP; é&", "PUPR & PKP; é&"),
            ("bare", "bare"),
        ] {
            assert_eq!(value(written), text, "{written}");
        }
    }
}
