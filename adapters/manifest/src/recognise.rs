//! How a product is recognised: `recognise:` of a template, read into [`Sign`]s.
//!
//! Owns what the signs mean as written. Asking an app and judging its answer is the adapters' work.

use crate::Expr;
use crate::findings::Findings;
use crate::keys::SIGN;
use crate::node::{Entry, Node, Value};
use crate::problem::Problem;
use crate::similar::similar;
use crate::view::View;

/// What an expression of a sign may read of an answer.
///
/// `url` is the address asked, `base` the app's address, `path` what of `url` lies below it, `host` its host, `id` the
/// id of the connector to be, `status` a number, `type` the media type without parameters, `header` the headers by
/// name in lower case with `_` for `-`, `json` and `xml` the body as a tree where it is one, `text` its beginning.
pub const FACTS: &[&str] = &[
    "url", "base", "path", "host", "id", "status", "type", "header", "json", "xml", "text",
];

/// One way to tell that an app is a template's product: a cheap request, and what is true of its answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Sign {
    /// What to ask for, tried in turn; empty: what lies at the address given.
    pub get: Vec<String>,
    /// Whether to ask with OPTIONS (RFC 9110, section 9.3.7) instead of GET.
    pub options: bool,
    /// What is true of the answer, all of it; over [`FACTS`].
    pub when: Vec<Expr>,
    /// How sure it is, in percent.
    pub certainty: u8,
    /// The template's parameters, each from the answer.
    pub with: Vec<(String, Expr)>,
}

/// Reads the signs of a template. What the grammar's tables cannot say is checked here: a sign without `when`, facts
/// that no answer has, parameters that the template does not ask for.
pub(crate) fn read(root: &Node, findings: &mut Findings) -> Vec<Sign> {
    let params: Vec<&str> = root
        .get("params")
        .map_or(&[][..], Node::entries)
        .iter()
        .map(|param| &*param.key)
        .collect();
    let signs = root.get("recognise").map_or(&[][..], Node::items);
    signs
        .iter()
        .filter_map(|sign| read_one(sign, &params, findings))
        .collect()
}

fn read_one(node: &Node, params: &[&str], findings: &mut Findings) -> Option<Sign> {
    if !matches!(node.value, Value::Map(_)) {
        return None;
    }
    let Some(when) = node.get("when") else {
        let problem = Problem::Missing {
            field: "when".to_owned(),
            within: "recognise".to_owned(),
        };
        findings.at(problem, &node.span);
        return None;
    };
    let view = View::new(Some(node), SIGN);
    let get = view.many("get").into_iter().map(str::to_owned);
    let when = when.each().iter().map(|node| expr(node, findings));
    let with = node.get("with").map_or(&[][..], Node::entries);
    Some(Sign {
        get: get.collect(),
        options: view.text("method") == Some("OPTIONS"),
        when: when.collect::<Option<_>>()?,
        certainty: u8::try_from(view.number("certainty")).unwrap_or(100),
        with: with
            .iter()
            .filter_map(|entry| param(entry, params, findings))
            .collect(),
    })
}

fn param(entry: &Entry, params: &[&str], findings: &mut Findings) -> Option<(String, Expr)> {
    if !params.contains(&&*entry.key) {
        let problem = Problem::UnknownParam {
            name: entry.key.to_string(),
            similar: similar(&entry.key, params.iter().copied()),
            known: params.iter().map(|name| (*name).to_owned()).collect(),
        };
        findings.at(problem, &entry.key_span);
    }
    Some((entry.key.to_string(), expr(&entry.node, findings)?))
}

/// Reads an expression over facts. That it reads well was checked with the grammar.
fn expr(node: &Node, findings: &mut Findings) -> Option<Expr> {
    let text = node.scalar()?;
    let expr = Expr::read(text).ok()?;
    for path in expr.lineage() {
        let root = path.split(['.', '[']).next().unwrap_or_default();
        if !FACTS.contains(&root) {
            let problem = Problem::UnknownFact {
                name: root.to_owned(),
                similar: similar(root, FACTS.iter().copied()),
            };
            let at = text.find(root).unwrap_or_default();
            findings.on_part(problem, node, &node.part(text, at, at + root.len()));
        }
    }
    Some(expr)
}
