//! The text of an element as a person reads it.

use ego_tree::iter::Edge;
use scraper::{ElementRef, Node};

/// Elements whose text nobody sees.
const UNSEEN: &[&str] = &["script", "style", "template", "noscript", "head"];

/// Elements that stand on a line of their own: their text never runs into what is beside them.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "dd",
    "div",
    "dl",
    "dt",
    "fieldset",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "option",
    "p",
    "pre",
    "section",
    "table",
    "td",
    "th",
    "tr",
    "ul",
];

/// Text with its white space collapsed; `<br>` is a line end.
pub(super) fn of(element: ElementRef<'_>) -> String {
    let mut line = Lines::default();
    let mut unseen = 0_usize;
    for edge in element.traverse() {
        match edge {
            Edge::Open(node) => match node.value() {
                Node::Text(text) if unseen == 0 => line.say(text),
                Node::Element(inner) => {
                    let name = inner.name();
                    unseen += usize::from(UNSEEN.contains(&name) && node.id() != element.id());
                    line.boundary(name);
                }
                _ => {}
            },
            Edge::Close(node) => {
                if let Node::Element(inner) = node.value() {
                    let name = inner.name();
                    if UNSEEN.contains(&name) && node.id() != element.id() {
                        unseen = unseen.saturating_sub(1);
                    }
                    if name != "br" {
                        line.boundary(name);
                    }
                }
            }
        }
    }
    line.text
}

#[derive(Default)]
struct Lines {
    text: String,
    space: bool,
    ends: usize,
}

impl Lines {
    fn boundary(&mut self, name: &str) {
        if name == "br" {
            self.ends += 1;
        } else if BLOCKS.contains(&name) {
            self.space = true;
        }
    }

    fn say(&mut self, words: &str) {
        for word in words.split_inclusive(char::is_whitespace) {
            let bare = word.trim_end();
            if !bare.is_empty() {
                self.part();
                self.text.push_str(bare);
            }
            self.space |= bare.len() < word.len();
        }
    }

    /// Parts the next word from the last one.
    fn part(&mut self) {
        if !self.text.is_empty() {
            match self.ends {
                0 if self.space => self.text.push(' '),
                0 => {}
                ends => (0..ends.min(2)).for_each(|_| self.text.push('\n')),
            }
        }
        (self.space, self.ends) = (false, 0);
    }
}

/// Text whatever its case and spaces, to compare by.
pub(super) fn folded(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").to_lowercase()
}
