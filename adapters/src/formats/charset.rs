//! Which character set a body is in: stated by the connector, BOM, header, XML prolog; then UTF-8, then
//! windows-1252.

use super::Note;
use crate::Trouble;
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// Takes the encoding out of an XML declaration.
fn of_prolog(body: &[u8]) -> Option<&str> {
    let head = &body[..body.len().min(200)];
    let start = head.iter().position(|b| !b.is_ascii_whitespace())?;
    let head = head[start..].strip_prefix(b"<?xml")?;
    let end = head.windows(2).position(|w| w == b"?>")?;
    let declaration = std::str::from_utf8(&head[..end]).ok()?;
    let (_, rest) = declaration.split_once("encoding")?;
    let rest = rest.trim_start().strip_prefix('=')?.trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    rest[1..].split(quote).next()
}

/// Decodes JSON: bytes that do not fit are a fault, with their place.
pub(crate) fn strict(stated: Option<&str>, body: &[u8]) -> Result<(String, Vec<Note>), Trouble> {
    if let Some((encoding, bom)) = Encoding::for_bom(body) {
        return whole(encoding, &body[bom..], bom).map(|text| (text, Vec::new()));
    }
    let encoding = stated
        .and_then(|label| Encoding::for_label(label.as_bytes()))
        .unwrap_or(UTF_8);
    if encoding != UTF_8 && encoding.is_ascii_compatible() && misstated(body) {
        return whole(UTF_8, body, 0).map(|text| (text, vec![Note::ActuallyUtf8]));
    }
    whole(encoding, body, 0).map(|text| (text, Vec::new()))
}

/// Decodes a feed: bytes that do not fit are replaced and noted.
pub(crate) fn lenient(stated: Option<&str>, body: &[u8]) -> (String, Vec<Note>) {
    if let Some((encoding, bom)) = Encoding::for_bom(body) {
        return replaced(encoding, &body[bom..], bom);
    }
    let label = stated.or_else(|| of_prolog(body));
    let encoding = label.and_then(|label| Encoding::for_label(label.as_bytes()));
    match encoding {
        Some(encoding)
            if encoding != UTF_8 && encoding.is_ascii_compatible() && misstated(body) =>
        {
            let (text, mut notes) = replaced(UTF_8, body, 0);
            notes.push(Note::ActuallyUtf8);
            (text, notes)
        }
        Some(encoding) => replaced(encoding, body, 0),
        None if std::str::from_utf8(body).is_ok() => replaced(UTF_8, body, 0),
        None => {
            let (text, _) = WINDOWS_1252.decode_without_bom_handling(body);
            (text.into_owned(), vec![Note::AssumedWindows1252])
        }
    }
}

/// UTF-8 beyond ASCII hardly ever comes about by chance: a body that is valid UTF-8 is UTF-8.
fn misstated(body: &[u8]) -> bool {
    !body.is_ascii() && std::str::from_utf8(body).is_ok()
}

fn whole(encoding: &'static Encoding, body: &[u8], skipped: usize) -> Result<String, Trouble> {
    if encoding == UTF_8 {
        return match std::str::from_utf8(body) {
            Ok(text) => Ok(text.to_owned()),
            // A character cut in two at the very end is an answer cut off.
            Err(error) if error.error_len().is_none() => Err(Trouble::Truncated),
            Err(error) => Err(misfit(encoding, skipped + error.valid_up_to())),
        };
    }
    let text = encoding.decode_without_bom_handling_and_without_replacement(body);
    text.map(std::borrow::Cow::into_owned)
        .ok_or_else(|| misfit(encoding, skipped))
}

fn misfit(encoding: &'static Encoding, at: usize) -> Trouble {
    Trouble::BadEncoding {
        charset: encoding.name().to_owned(),
        at,
    }
}

fn replaced(encoding: &'static Encoding, body: &[u8], skipped: usize) -> (String, Vec<Note>) {
    let (text, bad) = encoding.decode_without_bom_handling(body);
    let at = match std::str::from_utf8(body) {
        Err(error) if encoding == UTF_8 => skipped + error.valid_up_to(),
        _ => skipped,
    };
    let notes = if bad {
        vec![Note::Replaced { at }]
    } else {
        Vec::new()
    };
    (text.into_owned(), notes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use divos_formats::charset::of_header;

    #[test]
    fn headers_and_prologs_state_a_charset() {
        for (header, charset) in [
            ("application/json; charset=utf-8", Some("utf-8")),
            ("text/xml;Charset=\"ISO-8859-1\"", Some("ISO-8859-1")),
            ("text/csv; header=present", None),
            ("application/json", None),
            ("text/xml; charset=", None),
        ] {
            assert_eq!(of_header(header), charset, "{header}");
        }
        for (prolog, charset) in [
            (
                "<?xml version='1.0' encoding='windows-1252'?><rss/>",
                Some("windows-1252"),
            ),
            (
                "\n<?xml version=\"1.0\" encoding = \"UTF-8\" ?>",
                Some("UTF-8"),
            ),
            ("<?xml version=\"1.0\"?>", None),
            ("<rss/>", None),
            ("<?xml", None),
        ] {
            assert_eq!(of_prolog(prolog.as_bytes()), charset, "{prolog}");
        }
    }

    #[test]
    fn json_must_fit_its_charset() {
        let read =
            |stated, body: &[u8]| strict(stated, body).map(|(text, notes)| (text, notes.len()));
        assert_eq!(read(None, b"\xef\xbb\xbf{}"), Ok(("{}".into(), 0)), "BOM");
        assert_eq!(
            read(None, b"\xff\xfe{\0}\0"),
            Ok(("{}".into(), 0)),
            "UTF-16"
        );
        assert_eq!(
            read(Some("iso-8859-1"), b"\"caf\xe9\""),
            Ok(("\"café\"".into(), 0))
        );
        assert_eq!(
            read(Some("iso-8859-1"), "\"café\"".as_bytes()),
            Ok(("\"café\"".into(), 1)),
            "misstated"
        );
        let misfit = |at| {
            Err(Trouble::BadEncoding {
                charset: "UTF-8".into(),
                at,
            })
        };
        assert_eq!(read(Some("utf-8"), b"\"caf\xe9\""), misfit(4));
        assert_eq!(
            read(None, b"\xef\xbb\xbf\"\xff\""),
            misfit(4),
            "counted from the first byte"
        );
        assert_eq!(read(None, b"\"caf\xc3"), Err(Trouble::Truncated));
        assert_eq!(read(Some("nonsense"), b"{}"), Ok(("{}".into(), 0)));
    }

    #[test]
    fn feeds_are_read_whatever_comes() {
        for (stated, body, text, notes) in [
            (
                None,
                &b"<a>caf\xe9 \x93x\x94</a>"[..],
                "<a>café “x”</a>",
                vec![Note::AssumedWindows1252],
            ),
            (
                Some("utf-8"),
                b"<a>\xe9</a>",
                "<a>\u{fffd}</a>",
                vec![Note::Replaced { at: 3 }],
            ),
            (
                None,
                b"<?xml version='1.0' encoding='ISO-8859-1'?>\xe9",
                "<?xml version='1.0' encoding='ISO-8859-1'?>é",
                vec![],
            ),
            (
                Some("windows-1252"),
                "é".as_bytes(),
                "é",
                vec![Note::ActuallyUtf8],
            ),
        ] {
            assert_eq!(lenient(stated, body), (text.to_owned(), notes), "{text}");
        }
    }
}
