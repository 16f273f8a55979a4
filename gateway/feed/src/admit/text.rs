//! Plain text: no control characters, no markup, no direction tricks, no more than its cap.

use std::borrow::Cow;

/// The elements of HTML that are taken for markup; `<b dan c>` of a sentence is a risk taken.
const ELEMENTS: &[&str] = &[
    "a",
    "abbr",
    "address",
    "applet",
    "article",
    "aside",
    "audio",
    "b",
    "base",
    "blockquote",
    "body",
    "br",
    "button",
    "canvas",
    "center",
    "code",
    "col",
    "dd",
    "del",
    "details",
    "div",
    "dl",
    "dt",
    "em",
    "embed",
    "figcaption",
    "figure",
    "font",
    "footer",
    "form",
    "frame",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "i",
    "iframe",
    "img",
    "input",
    "ins",
    "label",
    "li",
    "link",
    "main",
    "math",
    "meta",
    "nav",
    "noscript",
    "object",
    "ol",
    "option",
    "p",
    "param",
    "pre",
    "q",
    "s",
    "script",
    "section",
    "select",
    "small",
    "source",
    "span",
    "strike",
    "strong",
    "style",
    "sub",
    "sup",
    "svg",
    "table",
    "tbody",
    "td",
    "template",
    "textarea",
    "tfoot",
    "th",
    "thead",
    "title",
    "tr",
    "u",
    "ul",
    "video",
    "xml",
];

/// Makes plain text of at most `most` characters. Lines survive where `lines` says so.
pub(crate) fn plain(text: &str, most: usize, lines: bool) -> Cow<'_, str> {
    if is_plain(text, most, lines) {
        return Cow::Borrowed(text);
    }
    let bare = strip_markup(text);
    let mut out = String::with_capacity(bare.len().min(most * 4));
    let mut blank = true;
    for c in bare.chars().filter_map(|c| visible(c, lines)) {
        let is_blank = c == ' ';
        if !(is_blank && blank) {
            out.push(c);
        }
        blank = is_blank || c == '\n';
    }
    out.truncate(out.trim_end().len());
    Cow::Owned(cut(out, most))
}

fn is_plain(text: &str, most: usize, lines: bool) -> bool {
    let odd = |c: u8| c == b'<' || c == 0x7f || (c < 0x20 && !(lines && c == b'\n'));
    let ascii_fits = !text.bytes().any(odd);
    let fits = text.len() <= most || text.chars().nth(most).is_none();
    let edges = !text.starts_with(char::is_whitespace) && !text.ends_with(char::is_whitespace);
    let shown = text.is_ascii()
        || text
            .chars()
            .all(|c| c.is_ascii() || visible(c, lines) == Some(c));
    ascii_fits && fits && edges && shown
}

/// Returns a character as it may be shown; `None` for one that only controls.
fn visible(c: char, lines: bool) -> Option<char> {
    match c {
        '\n' if lines => Some('\n'),
        '\n' | '\r' | '\t' | '\u{b}' | '\u{c}' | '\u{2028}' | '\u{2029}' => Some(' '),
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{200b}' => None,
        c if c.is_control() => None,
        c => Some(c),
    }
}

fn cut(text: String, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text,
        Some(_) => {
            let mut short: String = text.chars().take(most.saturating_sub(1)).collect();
            short.truncate(short.trim_end().len());
            short.push('…');
            short
        }
    }
}

/// Leaves out tags and comments, and the content of scripts and styles.
fn strip_markup(text: &str) -> Cow<'_, str> {
    if !text.contains('<') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        out.push_str(&rest[..open]);
        let tag = &rest[open..];
        match markup(tag) {
            Some(end) => {
                out.push(' ');
                rest = &tag[end..];
            }
            None => {
                out.push('<');
                rest = &tag[1..];
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Returns where the markup at the start of `tag` ends; `None` where it is text.
fn markup(tag: &str) -> Option<usize> {
    if tag.starts_with("<!") || tag.starts_with("<?") {
        let close = if tag.starts_with("<!--") { "-->" } else { ">" };
        return Some(tag.find(close).map_or(tag.len(), |at| at + close.len()));
    }
    let inner = tag[1..].trim_start_matches('/');
    let end = inner
        .find(|c: char| !c.is_ascii_alphanumeric())
        .unwrap_or(inner.len());
    let name = inner[..end].to_ascii_lowercase();
    ELEMENTS.binary_search(&name.as_str()).ok()?;
    let close = tag.find('>').map_or(tag.len(), |at| at + 1);
    let swallows = matches!(name.as_str(), "script" | "style") && !tag.starts_with("</");
    if !swallows {
        return Some(close);
    }
    let lower = tag[close..].to_ascii_lowercase();
    let Some(at) = lower.find(&format!("</{name}")) else {
        return Some(tag.len());
    };
    let tail = &tag[close + at..];
    Some(close + at + tail.find('>').map_or(tail.len(), |end| end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_elements_can_be_searched() {
        assert!(ELEMENTS.is_sorted());
    }

    #[test]
    fn text_becomes_plain() {
        for (text, expected) in [
            ("Undangan rapat", "Undangan rapat"),
            ("  Undangan\t rapat \r\n", "Undangan rapat"),
            ("<p>Undangan <b>rapat</b></p>", "Undangan rapat"),
            ("a<script>alert('x')</script>b", "a b"),
            ("a<SCRIPT src=x>alert(1)", "a"),
            ("a<style>p{}</style >b", "a b"),
            ("a<!-- <b> -->b", "a b"),
            ("<img src=x onerror=alert(1)>", ""),
            ("nilai < 5 dan > 3", "nilai < 5 dan > 3"),
            ("a <- b", "a <- b"),
            ("x\u{202e}gpj.exe\u{0}", "xgpj.exe"),
            ("Ni Luh Ayu é 日本", "Ni Luh Ayu é 日本"),
        ] {
            assert_eq!(plain(text, 300, false), expected, "{text:?}");
        }
    }

    #[test]
    fn lines_survive_where_they_may() {
        assert_eq!(plain("a\r\nb\n\n c", 300, true), "a \nb\n\nc");
        assert_eq!(plain("a\nb", 300, false), "a b");
    }

    #[test]
    fn long_text_is_cut_by_characters() {
        assert_eq!(plain(&"é".repeat(300), 300, false), "é".repeat(300));
        let cut = plain(&"é".repeat(301), 300, false).into_owned();
        assert_eq!(cut.chars().count(), 300);
        assert!(cut.ends_with('…'));
    }

    proptest! {
        #[test]
        fn plain_text_stays_as_it_is(text in "\\PC{0,400}", lines in any::<bool>()) {
            let once = plain(&text, 100, lines).into_owned();
            prop_assert!(once.chars().count() <= 100);
            prop_assert!(!once.to_lowercase().contains("<script"));
            let twice = plain(&once, 100, lines).into_owned();
            prop_assert!(twice.chars().count() <= once.chars().count());
        }
    }
}
