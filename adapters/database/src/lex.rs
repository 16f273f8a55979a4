//! SQL cut into words, per product: what is text, a comment, a name, a parameter.
//!
//! Owns quotes, comments and brackets as each product reads them, so that nothing hides in one that another would
//! run. It must never judge a query; `query` does.

use crate::dsn::Product;
use std::ops::Range;

/// What a piece of SQL is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A keyword or a bare name.
    Word,
    /// A name or text in quotes; `true`: a backslash escapes in it.
    Quoted(bool),
    /// A number.
    Number,
    /// `:name`.
    Named,
    /// A product's own placeholder: `?`, `$1`, `@name` (SQLite).
    Placeholder,
    /// `;`
    Semicolon,
    /// Any other character, or two that belong together.
    Sign(u8),
}

/// A piece of SQL and its bytes.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) at: Range<usize>,
}

/// What cannot be cut, and at which byte it begins.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Broken {
    /// Text, a name or a comment without its end.
    Unclosed(usize),
    /// A comment that MySQL runs.
    Executable(usize),
}

/// Cuts the whole of it.
pub(crate) fn tokens(sql: &str, product: Product) -> Result<Vec<Token>, Broken> {
    let mut lexer = Lexer {
        bytes: sql.as_bytes(),
        product,
        at: 0,
        brackets: 0,
        found: Vec::new(),
    };
    while lexer.at < lexer.bytes.len() {
        lexer.next()?;
    }
    Ok(lexer.found)
}

struct Lexer<'a> {
    bytes: &'a [u8],
    product: Product,
    at: usize,
    brackets: usize,
    found: Vec<Token>,
}

fn starts_word(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

fn in_word(byte: u8) -> bool {
    starts_word(byte) || byte.is_ascii_digit()
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn push(&mut self, kind: Kind, length: usize) {
        let end = (self.at + length).min(self.bytes.len());
        self.found.push(Token {
            kind,
            at: self.at..end,
        });
        self.at = end;
    }

    fn run(&self, from: usize, fits: impl Fn(u8) -> bool) -> usize {
        let rest = self.bytes.get(self.at + from..).unwrap_or_default();
        from + rest.iter().take_while(|byte| fits(**byte)).count()
    }

    fn next(&mut self) -> Result<(), Broken> {
        let mysql = self.product == Product::Mysql;
        let postgres = self.product == Product::Postgres;
        match self.peek(0) {
            byte if byte.is_ascii_whitespace() || byte == 0x0b => self.at += 1,
            b'-' if self.peek(1) == b'-' && (!mysql || self.peek(2) <= b' ') => self.line(),
            b'#' if mysql => self.line(),
            b'/' if self.peek(1) == b'*' => self.comment()?,
            b'\'' => self.quoted(b'\'', mysql || self.is_escaping())?,
            b'"' => self.quoted(b'"', mysql)?,
            b'`' if !postgres => self.quoted(b'`', false)?,
            b'[' if self.product == Product::Sqlite => self.quoted(b']', false)?,
            b'$' if postgres => self.dollar()?,
            b'?' if !postgres => self.push(Kind::Placeholder, 1),
            b'$' | b'@' if self.product == Product::Sqlite => {
                let length = self.run(1, in_word);
                self.push(Kind::Placeholder, length);
            }
            b':' => self.colon(),
            b';' => self.push(Kind::Semicolon, 1),
            byte if byte.is_ascii_digit() => {
                let length = self.run(0, |byte| in_word(byte) || byte == b'.');
                self.push(Kind::Number, length);
            }
            byte if starts_word(byte) || byte == b'$' => {
                let length = self.run(1, |byte| in_word(byte) || byte == b'$');
                self.push(Kind::Word, length);
            }
            byte => self.sign(byte),
        }
        Ok(())
    }

    fn sign(&mut self, byte: u8) {
        match byte {
            b'[' => self.brackets += 1,
            b']' => self.brackets = self.brackets.saturating_sub(1),
            _ => {}
        }
        self.push(Kind::Sign(byte), 1);
    }

    fn line(&mut self) {
        self.at += self.run(0, |byte| byte != b'\n' && byte != b'\r');
    }

    /// Comments nest in PostgreSQL only; MySQL and MariaDB run what is in `/*! */` and `/*M! */`.
    fn comment(&mut self) -> Result<(), Broken> {
        let start = self.at;
        let runs = self.peek(2) == b'!' || (self.peek(2) == b'M' && self.peek(3) == b'!');
        if self.product == Product::Mysql && runs {
            return Err(Broken::Executable(start));
        }
        let mut depth = 1;
        self.at += 2;
        while depth > 0 {
            match (self.peek(0), self.peek(1)) {
                _ if self.at >= self.bytes.len() => return Err(Broken::Unclosed(start)),
                (b'*', b'/') => {
                    depth -= 1;
                    self.at += 2;
                }
                (b'/', b'*') if self.product == Product::Postgres => {
                    depth += 1;
                    self.at += 2;
                }
                _ => self.at += 1,
            }
        }
        Ok(())
    }

    /// Whether a PostgreSQL text that begins here reads backslashes: `E'…'`, or the continuation of one.
    fn is_escaping(&self) -> bool {
        let Some(last) = self
            .found
            .last()
            .filter(|_| self.product == Product::Postgres)
        else {
            return false;
        };
        let text = &self.bytes[last.at.clone()];
        match last.kind {
            Kind::Quoted(escaping) => escaping,
            Kind::Word => text.eq_ignore_ascii_case(b"e") && last.at.end == self.at,
            Kind::Number => text.ends_with(b"e") || text.ends_with(b"E"),
            _ => false,
        }
    }

    fn quoted(&mut self, end: u8, escaping: bool) -> Result<(), Broken> {
        let mut length = 1;
        loop {
            match self.peek(length) {
                _ if self.at + length >= self.bytes.len() => return Err(Broken::Unclosed(self.at)),
                b'\\' if escaping => length += 2,
                byte if byte == end && end != b']' && self.peek(length + 1) == end => length += 2,
                byte if byte == end => break,
                _ => length += 1,
            }
        }
        self.push(Kind::Quoted(escaping), length + 1);
        Ok(())
    }

    /// `$tag$ text $tag$`, or `$1`.
    fn dollar(&mut self) -> Result<(), Broken> {
        let length = self.run(1, in_word);
        if self.peek(1).is_ascii_digit() || self.peek(length) != b'$' {
            self.push(Kind::Placeholder, length);
            return Ok(());
        }
        let (tag, rest) = self.bytes[self.at..].split_at(length + 1);
        let close = rest.windows(tag.len()).position(|window| window == tag);
        let Some(close) = close else {
            return Err(Broken::Unclosed(self.at));
        };
        let whole = tag.len() + close + tag.len();
        self.push(Kind::Quoted(false), whole);
        Ok(())
    }

    /// `:name` is a parameter; `::type`, `:=`, and the colon of an array's slice are not.
    fn colon(&mut self) {
        let next = self.peek(1);
        if next == b':' || next == b'=' {
            return self.push(Kind::Sign(b':'), 2);
        }
        if starts_word(next) && !(self.brackets > 0 && self.after_value()) {
            let length = self.run(1, in_word);
            return self.push(Kind::Named, length);
        }
        if next.is_ascii_digit() && self.product == Product::Sqlite {
            return self.push(Kind::Placeholder, 2);
        }
        self.push(Kind::Sign(b':'), 1);
    }

    fn after_value(&self) -> bool {
        let kind = self.found.last().map(|token| token.kind);
        matches!(
            kind,
            Some(
                Kind::Word | Kind::Number | Kind::Named | Kind::Quoted(_) | Kind::Sign(b')' | b']')
            )
        )
    }
}
