//! From bytes to a tree, within bounds.
//!
//! Owns the character set of a page (WHATWG HTML 13.2.3) and the bounds that the parser does not have itself.

use crate::charset::{Decoder, Head, Witnesses};
use crate::{FormatFault, Input, Oddities, sniff};
use encoding_rs::Encoding;
use html5ever::driver::{self, ParseOpts, Parser};
use html5ever::tendril::{StrTendril, TendrilSink as _};
use html5ever::tree_builder::TreeBuilderOpts;
use scraper::{Html, HtmlTreeSink};
use std::io::Read as _;

/// The most bytes of a page, as UTF-8.
const BYTES: u64 = 64 << 20;
/// The most elements, texts and comments.
pub(super) const NODES: usize = 1_000_000;
/// How deeply elements may be nested; browsers flatten at about half of it.
pub(super) const DEPTH: usize = 1000;
/// The most attributes of one element.
pub(super) const ATTRIBUTES: usize = 5000;
/// Bytes parsed between two looks at the bounds: what one piece can add stays small.
const PIECE: usize = 1024;
/// How far a page is searched for its `<meta charset>`; the standard asks for 1024.
const PRESCAN: usize = 4096;

pub(super) fn parse(
    mut input: Box<dyn Input>,
    stated: Option<&str>,
    content_type: Option<&str>,
    odd: &Oddities,
) -> Result<Html, FormatFault> {
    let head = Head::read(&mut *input)?;
    if let Some(found) = sniff::binary(head.bytes()) {
        return Err(FormatFault::not_this("html", found));
    }
    let declared = declared(head.bytes());
    let witnesses = Witnesses {
        stated,
        content_type,
        declared: declared.as_deref(),
    };
    let encoding = head.pick(&witnesses, &mut *input, odd)?;
    let mut text = String::new();
    let mut decoded = Decoder::new(input, encoding, odd.clone()).take(BYTES + 1);
    decoded
        .read_to_string(&mut text)
        .map_err(|error| FormatFault::io(&error))?;
    if text.len() as u64 > BYTES {
        return Err(FormatFault::too_much("page bytes", BYTES));
    }
    tree(&text)
}

fn tree(text: &str) -> Result<Html, FormatFault> {
    if !attributes_fit(text) {
        return Err(FormatFault::too_much("attributes", ATTRIBUTES as u64));
    }
    let options = ParseOpts {
        tree_builder: TreeBuilderOpts {
            // Nothing runs here; without scripts `<noscript>` holds elements, old pages put fields into it.
            scripting_enabled: false,
            ..TreeBuilderOpts::default()
        },
        ..ParseOpts::default()
    };
    let mut parser = driver::parse_document(HtmlTreeSink::new(Html::new_document()), options);
    let mut rest = text;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(rest.floor_char_boundary(PIECE.min(rest.len())));
        parser.process(StrTendril::from_slice(piece));
        bounds(&parser)?;
        rest = after;
    }
    Ok(parser.finish())
}

/// Unclosed formatting elements are opened anew in every paragraph, so that a small page may make a huge tree.
fn bounds(parser: &Parser<HtmlTreeSink>) -> Result<(), FormatFault> {
    let html = parser.tokenizer.sink.sink.0.borrow();
    let nodes = html.tree.nodes();
    if nodes.len() > NODES {
        return Err(FormatFault::too_much("elements", NODES as u64));
    }
    let deepest = html.tree.nodes().next_back();
    if deepest.is_some_and(|node| node.ancestors().nth(DEPTH).is_some()) {
        return Err(FormatFault::too_much("depth", DEPTH as u64));
    }
    Ok(())
}

/// The parser compares every attribute of a tag with every other one. A tag may be none (within a script), but then
/// it ends soon.
fn attributes_fit(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(next) = find(bytes, at, b'<') {
        at = next + 1;
        if !bytes
            .get(at)
            .is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'/')
        {
            continue;
        }
        let (mut count, mut inside, mut valued) = (0, false, false);
        while let Some(byte) = bytes.get(at) {
            at += 1;
            match byte {
                b'>' => break,
                b'"' | b'\'' if valued => {
                    at = find(bytes, at, *byte).map_or(bytes.len(), |end| end + 1);
                    (inside, valued) = (false, false);
                }
                b'=' => valued = inside,
                byte if byte.is_ascii_whitespace() || *byte == b'/' => inside &= valued,
                _ => {
                    count += usize::from(!inside);
                    (inside, valued) = (true, false);
                }
            }
        }
        if count > ATTRIBUTES {
            return false;
        }
    }
    true
}

fn find(bytes: &[u8], from: usize, wanted: u8) -> Option<usize> {
    let rest = bytes.get(from..)?;
    rest.iter()
        .position(|byte| *byte == wanted)
        .map(|at| from + at)
}

/// The character set that a page states in a `<meta>`: `charset=` is in both ways to write it.
fn declared(head: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&head[..head.len().min(PRESCAN)]).to_ascii_lowercase();
    let tags = head.split("<meta").skip(1);
    let label = tags
        .filter_map(|tag| label(tag.split('>').next()?))
        .next()?;
    // A `<meta>` that could be read is not in UTF-16 (13.2.3.2, step 14).
    let encoding = Encoding::for_label(label.as_bytes())?;
    Some(if encoding.is_ascii_compatible() {
        label
    } else {
        "utf-8".to_owned()
    })
}

fn label(tag: &str) -> Option<String> {
    let (_, rest) = tag.split_once("charset")?;
    let rest = rest.trim_start().strip_prefix('=')?.trim_start();
    let rest = rest.trim_start_matches(['"', '\'']);
    let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ';' | '/'));
    let label = &rest[..end.unwrap_or(rest.len())];
    (!label.is_empty()).then(|| label.to_owned())
}
