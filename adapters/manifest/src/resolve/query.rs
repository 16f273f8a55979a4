//! A query as a person should see it early: that it reads, and that its parameters are bound.
//!
//! No parser of SQL: the server's read-only transaction is the guard, and the reader of databases knows each product.

use super::Resolve;
use crate::node::Node;
use crate::problem::Problem;
use crate::secret::Secret;
use crate::similar::similar;
use crate::view::View;

/// What the hub binds.
const BOUND: &[&str] = &["cursor", "last_key", "size"];

/// How a statement that reads begins.
const READS: &[&str] = &["select", "with", "values", "table", "show"];

impl Resolve<'_> {
    /// Judges the query of a source against its cursor and its paging.
    pub(super) fn query(&mut self, source: &View<'_>) {
        let query = source.node("sql").and_then(|sql| sql.get("query"));
        let Some((node, text)) = query.and_then(|node| Some((node, node.text()?))) else {
            return;
        };
        let words = words(text);
        if let Some((word, at)) = words.iter().find(|(word, _)| !word.starts_with(':')) {
            if !READS.iter().any(|known| word.eq_ignore_ascii_case(known)) {
                let word = (*word).to_owned();
                let span = node.part(text, *at, at + word.len());
                self.findings
                    .on_part(Problem::NotAQuery { word }, node, &span);
                return;
            }
        } else {
            return self.findings.on(
                Problem::NotAQuery {
                    word: String::new(),
                },
                node,
            );
        }
        for (word, at) in &words {
            let Some(name) = word.strip_prefix(':').filter(|name| !BOUND.contains(name)) else {
                continue;
            };
            let problem = Problem::NotBound {
                name: name.to_owned(),
                similar: similar(name, BOUND.iter().copied()).map(|name| format!(":{name}")),
            };
            let span = node.part(text, *at, at + word.len());
            self.findings.on_part(problem, node, &span);
        }
        let keyset = matches!(source.choice("paginate"), Some(("keyset", _)));
        for (needed, name) in [
            (source.node("cursor").is_some(), "cursor"),
            (keyset, "last_key"),
        ] {
            if needed
                && !words
                    .iter()
                    .any(|(word, _)| word.strip_prefix(':') == Some(name))
            {
                self.findings.on(Problem::QueryLacks { name }, node);
            }
        }
    }

    /// The address must be one of the product that the file names.
    pub(super) fn product(&mut self, product: &str, node: &Node, dsn: &Secret) {
        let schemes: &[&str] = match product {
            "postgres" => &["postgres:", "postgresql:"],
            "mysql" => &["mysql:", "mariadb:"],
            _ => &["sqlite:"],
        };
        let fits = |text: &str| schemes.iter().any(|scheme| text.trim().starts_with(scheme));
        if dsn.reveal().is_ok_and(|text| !fits(text)) {
            let problem = Problem::WrongDsn {
                product: product.to_owned(),
            };
            self.findings.on(problem, node);
        }
    }
}

/// Lists words and `:parameters` with their places in bytes, outside of quotes and comments.
fn words(text: &str) -> Vec<(&str, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let skip = match c {
            '\'' | '"' | '`' => 1 + rest[1..].find(c).map_or(rest.len() - 1, |end| end + 1),
            _ if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            _ if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            _ if rest.starts_with("::") => 2,
            ':' => 1 + letters(&rest[1..]),
            _ => letters(rest).max(c.len_utf8()),
        };
        let word = &rest[..skip];
        let is_parameter = c == ':'
            && skip > 1
            && word != "::"
            && !word[1..].starts_with(|c: char| c.is_ascii_digit());
        if is_parameter || c.is_alphabetic() || c == '_' {
            found.push((word, at));
        }
        at += skip;
    }
    found
}

fn letters(text: &str) -> usize {
    text.find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_parameters_outside_of_quotes_and_comments() {
        let text = "/* :a */ SELECT ':b', \":c\", d::text, x[1:2] -- :e\nFROM t WHERE (u, k) > (:cursor, :last_key) é';";
        let parameters: Vec<&str> = words(text)
            .into_iter()
            .map(|(word, _)| word)
            .filter(|word| word.starts_with(':'))
            .collect();
        assert_eq!(parameters, [":cursor", ":last_key"]);
        assert_eq!(words(text)[0].0, "SELECT");
        for odd in ["", ":", "::", "'", "/*", "--", "é:é", "`"] {
            let _ = words(odd);
        }
    }
}
