//! Texts with holes that are filled at each request: `>=${cursor}`, `/posts/page/${page}`.

use std::fmt;

/// A text with holes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pattern {
    parts: Vec<Part>,
}

/// A piece of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Literal text.
    Text(String),
    /// `${cursor}`.
    Cursor,
    /// `${page}`: the page number, or the offset where paging is by offset.
    Page,
    /// `${parent}`: the parent record's value.
    Parent,
}

impl Pattern {
    /// Returns a pattern without holes.
    #[must_use]
    pub fn literal(text: &str) -> Self {
        Self {
            parts: vec![Part::Text(text.to_owned())],
        }
    }

    /// Reads a text in which only `${cursor}`, `${page}` and `${parent}` are holes; `$${` stands for `${`.
    /// Anything else stays as it is written.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find("${") {
            let escaped = rest[..at].ends_with('$');
            plain.push_str(if escaped {
                &rest[..at - 1]
            } else {
                &rest[..at]
            });
            rest = &rest[at..];
            let hole = [
                ("${cursor}", Part::Cursor),
                ("${page}", Part::Page),
                ("${parent}", Part::Parent),
            ];
            match hole
                .into_iter()
                .find(|(word, _)| !escaped && rest.starts_with(word))
            {
                Some((word, part)) => {
                    if !plain.is_empty() {
                        parts.push(Part::Text(std::mem::take(&mut plain)));
                    }
                    parts.push(part);
                    rest = &rest[word.len()..];
                }
                None => {
                    plain.push_str("${");
                    rest = &rest[2..];
                }
            }
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Self { parts }
    }

    /// Returns the pieces in order.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Tells whether the pattern mentions `${cursor}`.
    #[must_use]
    pub fn mentions_cursor(&self) -> bool {
        self.parts.contains(&Part::Cursor)
    }

    /// Tells whether the pattern mentions `${page}`.
    #[must_use]
    pub fn mentions_page(&self) -> bool {
        self.parts.contains(&Part::Page)
    }

    /// Fills the holes; `None` where a hole has nothing to be filled with: the parameter is then left out.
    #[must_use]
    pub fn fill(
        &self,
        cursor: Option<&str>,
        page: Option<&str>,
        parent: Option<&str>,
    ) -> Option<String> {
        self.parts
            .iter()
            .map(|part| match part {
                Part::Text(text) => Some(text.as_str()),
                Part::Cursor => cursor,
                Part::Page => page,
                Part::Parent => parent,
            })
            .collect()
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.iter().try_for_each(|part| match part {
            Part::Text(text) => f.write_str(text),
            Part::Cursor => f.write_str("${cursor}"),
            Part::Page => f.write_str("${page}"),
            Part::Parent => f.write_str("${parent}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_its_holes() {
        for (text, filled) in [
            ("plain", Some("plain")),
            (">=${cursor}", Some(">=C")),
            ("/p/${page}/${cursor}", Some("/p/2/C")),
            ("$${cursor}", Some("${cursor}")),
            ("${other}", Some("${other}")),
            ("", Some("")),
        ] {
            assert_eq!(
                Pattern::read(text)
                    .fill(Some("C"), Some("2"), Some("P"))
                    .as_deref(),
                filled,
                "{text}"
            );
        }
        assert_eq!(Pattern::read("a${cursor}").fill(None, None, None), None);
    }
}
