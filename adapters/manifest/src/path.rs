//! Dotted paths into a JSON document: `data.items[*]`, `title.rendered`, `["Nama Lengkap"]`.

use serde_json::Value;
use std::fmt;
use std::str::FromStr;

/// A dotted path, parsed once and then walked directly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    segments: Vec<Segment>,
    text: String,
}

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    /// An object's field.
    Field(String),
    /// An array's element, from 0.
    Index(usize),
    /// Every element of an array.
    All,
}

/// What is wrong with a written path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a path: {why} at character {at}")]
pub struct PathFault {
    /// The path as written.
    pub text: String,
    /// What was met, for example `empty name`.
    pub why: &'static str,
    /// Where, counted in characters from 1.
    pub at: usize,
}

impl Path {
    /// Returns the steps, outermost first.
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Finds the one value under the path; `[*]` takes the first element. `None` where a step is missing.
    #[must_use]
    pub fn get<'a>(&self, document: &'a Value) -> Option<&'a Value> {
        self.segments
            .iter()
            .try_fold(document, |value, step| match step {
                Segment::Field(name) => value.get(name.as_str()),
                Segment::Index(at) => value.get(*at),
                Segment::All => value.get(0),
            })
    }

    /// Finds every value under the path, in order.
    #[must_use]
    pub fn all<'a>(&self, document: &'a Value) -> Vec<&'a Value> {
        let mut found = vec![document];
        for step in &self.segments {
            found = found
                .into_iter()
                .flat_map(|value| follow(value, step))
                .collect();
        }
        found
    }
}

fn follow<'a>(value: &'a Value, step: &Segment) -> Vec<&'a Value> {
    match step {
        Segment::Field(name) => value.get(name.as_str()).into_iter().collect(),
        Segment::Index(at) => value.get(*at).into_iter().collect(),
        Segment::All => value.as_array().into_iter().flatten().collect(),
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Path {
    type Err = PathFault;

    fn from_str(text: &str) -> Result<Self, PathFault> {
        let chars: Vec<char> = text.chars().collect();
        let mut reader = Reader {
            text,
            chars: &chars,
            at: 0,
        };
        let segments = reader.path()?;
        Ok(Self {
            segments,
            text: text.to_owned(),
        })
    }
}

struct Reader<'a> {
    text: &'a str,
    chars: &'a [char],
    at: usize,
}

impl Reader<'_> {
    fn path(&mut self) -> Result<Vec<Segment>, PathFault> {
        let mut segments = Vec::new();
        if self.chars.is_empty() {
            return Err(self.fault("empty path"));
        }
        while self.at < self.chars.len() {
            match self.chars[self.at] {
                '[' => segments.push(self.bracket()?),
                '.' if segments.is_empty() => return Err(self.fault("empty name")),
                '.' => {
                    self.at += 1;
                    segments.push(self.name()?);
                }
                _ if segments.is_empty() => segments.push(self.name()?),
                _ => return Err(self.fault("`.` or `[` expected")),
            }
        }
        Ok(segments)
    }

    fn name(&mut self) -> Result<Segment, PathFault> {
        let rest = &self.chars[self.at..];
        let len = rest
            .iter()
            .take_while(|c| !matches!(c, '.' | '[' | ']'))
            .count();
        let name: String = rest[..len].iter().collect();
        if name.is_empty() {
            return Err(self.fault("empty name"));
        }
        if let Some(odd) = name
            .chars()
            .position(|c| c.is_whitespace() || "|()'\"{}".contains(c))
        {
            self.at += odd;
            return Err(self.fault("character not allowed in a plain name"));
        }
        self.at += len;
        Ok(Segment::Field(name))
    }

    fn bracket(&mut self) -> Result<Segment, PathFault> {
        let rest = &self.chars[self.at + 1..];
        let quote = rest.first().copied().filter(|c| matches!(c, '"' | '\''));
        let skip = usize::from(quote.is_some());
        let stop = quote.unwrap_or(']');
        let inner = rest.get(skip..).unwrap_or_default();
        let Some(len) = inner.iter().position(|&c| c == stop) else {
            return Err(self.fault("`[` without `]`"));
        };
        let word: String = inner[..len].iter().collect();
        let after = 1 + skip + len + skip;
        if self.chars.get(self.at + after) != Some(&']') {
            return Err(self.fault("`[` without `]`"));
        }
        let segment = match (quote, word.as_str()) {
            (Some(_), _) => Segment::Field(word),
            (None, "*") => Segment::All,
            (None, digits) => match digits.parse() {
                Ok(at) => Segment::Index(at),
                Err(_) => {
                    return Err(self.fault("`*`, a number or a quoted name expected in `[ ]`"));
                }
            },
        };
        self.at += after + 1;
        Ok(segment)
    }

    fn fault(&self, why: &'static str) -> PathFault {
        PathFault {
            text: self.text.to_owned(),
            why,
            at: self.at + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn walks_what_it_reads() {
        let document =
            json!({"data": {"items": [{"a": 1, "Nama Lengkap": "x"}, {"a": 2}]}, "0": 7});
        for (text, found) in [
            ("data.items[*].a", json!([1, 2])),
            ("data.items[1].a", json!([2])),
            ("data.items[0][\"Nama Lengkap\"]", json!(["x"])),
            ("['data'].items[9]", json!([])),
            ("0", json!([7])),
        ] {
            let path: Path = text.parse().expect(text);
            assert_eq!(json!(path.all(&document)), found, "{text}");
        }
    }

    #[test]
    fn an_array_at_the_root_can_be_named() {
        let path: Path = "[*]".parse().expect("a path");
        assert_eq!(path.all(&json!([1, 2])).len(), 2);
    }

    #[test]
    fn refuses_with_the_place() {
        for (text, at) in [
            ("", 1),
            ("a..b", 3),
            ("a[", 2),
            ("a[x]", 2),
            ("a b", 2),
            (".a", 1),
            ("a]", 2),
            ("a['b]", 2),
        ] {
            let fault = text.parse::<Path>().expect_err(text);
            assert_eq!(fault.at, at, "{text}: {fault}");
        }
    }
}
