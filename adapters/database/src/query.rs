//! One read-only statement with named parameters, checked and rewritten for its product.
//!
//! Owns the check that a person sees early; the server's read-only transaction is the guard. It must never put a
//! value into the text: a name becomes `$1` or `?`, and the value is bound.

use crate::dsn::Product;
use crate::fault::{DatabaseFault, FaultKind};
use crate::lex::{Broken, Kind, Token, tokens};
use serde_json::Value as Json;

/// The longest query, in bytes.
const LONGEST: usize = 100_000;

/// A statement that was read; see [`Query::read`].
#[derive(Debug, Clone)]
pub struct Query {
    pub(crate) product: Product,
    written: String,
    sql: String,
    names: Vec<String>,
    /// Where each unchanged piece begins: in the rewritten text and in the written one, in bytes.
    pieces: Vec<(usize, usize)>,
}

/// Why a text is no query that may be run. `at` is a character, from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryFault {
    /// There is nothing, or only comments.
    #[error("the query is empty")]
    Empty,
    /// It is longer than 100,000 bytes.
    #[error("the query is longer than 100000 bytes")]
    TooLong,
    /// It does not begin as a reading statement does.
    #[error(
        "character {at}: a query begins with SELECT, WITH, VALUES, TABLE or SHOW, not `{word}`"
    )]
    NotReading {
        /// The first word.
        word: String,
        /// Its place.
        at: usize,
    },
    /// There is a second statement.
    #[error("character {at}: one statement only; take out what follows the `;`")]
    Many {
        /// Where the second one begins.
        at: usize,
    },
    /// It would write or lock: `INTO`, `FOR UPDATE`, `FOR SHARE`, `LOCK IN SHARE MODE`.
    #[error("character {at}: `{words}` writes or locks; a source only reads")]
    Writes {
        /// The words.
        words: String,
        /// Their place.
        at: usize,
    },
    /// A product's own placeholder; parameters are `:name`.
    #[error("character {at}: write a parameter as `:name`, not `{sign}`")]
    Placeholder {
        /// As it is written.
        sign: String,
        /// Its place.
        at: usize,
    },
    /// Text, a name or a comment has no end.
    #[error("character {at}: a quote or a comment that begins here has no end")]
    Unclosed {
        /// Where it begins.
        at: usize,
    },
    /// A comment that MySQL and MariaDB run.
    #[error("character {at}: MySQL runs what is in this comment; write it out")]
    Executable {
        /// Where it begins.
        at: usize,
    },
}

impl Query {
    /// Reads one statement in a product's SQL. Parameters are `:name`; quotes, comments, `::casts`, `$tag$ … $tag$`
    /// and slices such as `a[1:2]` are left alone.
    ///
    /// # Errors
    /// The first thing that keeps it from being run, with its place.
    pub fn read(product: Product, sql: &str) -> Result<Self, QueryFault> {
        if sql.len() > LONGEST {
            return Err(QueryFault::TooLong);
        }
        let place = |byte| character(sql, byte);
        let mut tokens = tokens(sql, product).map_err(|broken| match broken {
            Broken::Unclosed(byte) => QueryFault::Unclosed { at: place(byte) },
            Broken::Executable(byte) => QueryFault::Executable { at: place(byte) },
        })?;
        while tokens
            .last()
            .is_some_and(|token| token.kind == Kind::Semicolon)
        {
            tokens.pop();
        }
        begins_well(sql, &tokens)?;
        for (number, token) in tokens.iter().enumerate() {
            fits(sql, product, token, &tokens[number + 1..])?;
        }
        Ok(rewrite(product, sql, &tokens))
    }

    /// The names of its parameters, each once, in their order.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for name in &self.names {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        names
    }

    /// The text that goes to the server.
    #[must_use]
    pub fn sql(&self) -> &str {
        &self.sql
    }

    /// The values in the order of their placeholders.
    pub(crate) fn bind(&self, params: &[(&str, Json)]) -> Result<Vec<Json>, DatabaseFault> {
        let value = |name: &String| {
            let given = params.iter().find(|(given, _)| given == name);
            given.map(|(_, value)| value.clone()).ok_or_else(|| {
                let known: Vec<&str> = params.iter().map(|(name, _)| *name).collect();
                DatabaseFault::new(
                    FaultKind::MissingParameter,
                    format!(
                        "`:{name}` is no parameter here; known are {}",
                        known.join(", ")
                    ),
                )
            })
        };
        self.names.iter().map(value).collect()
    }

    /// The character of the written query, from 1, at which a byte of the rewritten one stands.
    pub(crate) fn written_at(&self, byte: usize) -> usize {
        let piece = self.pieces.iter().rev().find(|(sent, _)| *sent <= byte);
        let (sent, written) = piece.copied().unwrap_or_default();
        character(&self.written, written + (byte - sent))
    }

    /// The same for a character of the rewritten query, from 1.
    pub(crate) fn written_at_character(&self, sent: usize) -> usize {
        let byte = self.sql.char_indices().nth(sent.saturating_sub(1));
        self.written_at(byte.map_or(self.sql.len(), |(byte, _)| byte))
    }
}

/// The character, from 1, at a byte; never a panic, even inside a character.
fn character(text: &str, byte: usize) -> usize {
    text.char_indices().take_while(|(at, _)| *at < byte).count() + 1
}

fn word<'a>(sql: &'a str, token: Option<&Token>) -> &'a str {
    let token = token.filter(|token| token.kind == Kind::Word);
    token
        .and_then(|token| sql.get(token.at.clone()))
        .unwrap_or("")
}

fn begins_well(sql: &str, tokens: &[Token]) -> Result<(), QueryFault> {
    let mut opened = tokens.iter().filter(|token| token.kind != Kind::Sign(b'('));
    let first = opened.next().ok_or(QueryFault::Empty)?;
    let begin = word(sql, Some(first));
    let reading = ["select", "with", "values", "table", "show"];
    if reading.iter().any(|one| begin.eq_ignore_ascii_case(one)) {
        return Ok(());
    }
    let text = sql.get(first.at.clone()).unwrap_or("");
    Err(QueryFault::NotReading {
        word: text.chars().take(30).collect(),
        at: character(sql, first.at.start),
    })
}

fn fits(sql: &str, product: Product, token: &Token, rest: &[Token]) -> Result<(), QueryFault> {
    let at = character(sql, token.at.start);
    match token.kind {
        Kind::Semicolon => Err(QueryFault::Many { at }),
        Kind::Placeholder => Err(QueryFault::Placeholder {
            sign: sql
                .get(token.at.clone())
                .unwrap_or("")
                .chars()
                .take(30)
                .collect(),
            at,
        }),
        Kind::Word => match writing(sql, token, rest) {
            Some(words) if product != Product::Sqlite || words == "INTO" => {
                Err(QueryFault::Writes { words, at })
            }
            _ => Ok(()),
        },
        _ => Ok(()),
    }
}

/// The words that write or lock, if these are some.
fn writing(sql: &str, token: &Token, rest: &[Token]) -> Option<String> {
    let is = |token: Option<&Token>, one: &str| word(sql, token).eq_ignore_ascii_case(one);
    let next = rest.first();
    if is(Some(token), "into") {
        return Some("INTO".to_owned());
    }
    let locks = ["update", "share", "no", "key"];
    if is(Some(token), "for") && locks.iter().any(|one| is(next, one)) {
        return Some(format!("FOR {}", word(sql, next).to_ascii_uppercase()));
    }
    let shares = is(Some(token), "lock") && is(next, "in") && is(rest.get(1), "share");
    shares.then(|| "LOCK IN SHARE MODE".to_owned())
}

fn rewrite(product: Product, written: &str, tokens: &[Token]) -> Query {
    let end = tokens.last().map_or(0, |token| token.at.end);
    let (mut sql, mut names) = (String::with_capacity(end), Vec::new());
    let (mut pieces, mut done) = (vec![(0, 0)], 0);
    for token in tokens.iter().filter(|token| token.kind == Kind::Named) {
        sql.push_str(written.get(done..token.at.start).unwrap_or(""));
        names.push(
            written
                .get(token.at.start + 1..token.at.end)
                .unwrap_or("")
                .to_owned(),
        );
        match product {
            Product::Postgres => sql.push_str(&format!("${}", names.len())),
            Product::Mysql | Product::Sqlite => sql.push('?'),
        }
        done = token.at.end;
        pieces.push((sql.len(), done));
    }
    sql.push_str(written.get(done..end).unwrap_or(""));
    Query {
        product,
        written: written.to_owned(),
        sql,
        names,
        pieces,
    }
}
