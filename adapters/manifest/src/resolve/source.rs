//! Sources as meant: request, selection, paging, cursor, deletes and mapping.

use super::Resolve;
use super::ways;
use crate::app::AppDef;
use crate::jsonpath;
use crate::keys::{CURSOR, HEADER, KEYSET, LINK, OFFSET, PAGE, SOURCE, SWEEP, TOKEN};
use crate::node::{Entry, Node};
use crate::problem::{Needs, Problem};
use crate::similar::similar;
use crate::source::{
    Cursor, CursorFormat, Deletes, Mapping, Paginate, Request, Select, Source, Until,
};
use crate::targets;
use crate::view::View;
use crate::{Expr, Part, Pattern};
use divos_model::Kind;

impl Resolve<'_> {
    pub(super) fn sources(&mut self, root: &Node, app: &AppDef) -> Vec<Source> {
        let entries = root.get("sources").map_or(&[][..], Node::entries);
        entries
            .iter()
            .filter_map(|entry| self.source(root, entry, app))
            .collect()
    }

    fn source(&mut self, root: &Node, entry: &Entry, app: &AppDef) -> Option<Source> {
        let view = View::new(Some(&entry.node), SOURCE);
        let way = self.way(entry, &view)?;
        let fetch = self.fetch(way, entry, &view);
        let paginate = self.paginate(&view).or_else(|| ways::paging_of(way, &view));
        let cursor = self.cursor(&view, way);
        let (every, hours) = self.every(&view);
        self.fits(way, &view);
        self.judge(way, &view);
        let kind = view.read::<Kind>("to");
        let map = kind.map(|kind| self.mapping(view.node("map"), kind));
        let request = fetch.as_ref()?.request();
        if let Some(request) = request {
            self.sent(&view, request, paginate.as_ref(), cursor.as_ref());
        }
        let homeless = |request: &Request| request.base.is_none() && request.files.is_none();
        if app.upstreams.is_empty() && request.is_some_and(homeless) && self.nothing_said(root) {
            self.findings.at(
                Problem::NoAddress {
                    source: entry.key.to_string(),
                },
                &entry.key_span,
            );
        }
        Some(Source {
            name: entry.key.to_string(),
            select: ways::select_of(way).unwrap_or_else(|| select(view.text("select"))),
            names: ways::names_of(way),
            every,
            hours,
            parent: self.parent(root, entry, &view, request),
            deletes: deletes(&view, cursor.is_some())?,
            to: kind?,
            map: map?,
            fetch: fetch?,
            paginate,
            cursor,
        })
    }

    /// Tells whether an address is missing for no other reason that was told already.
    fn nothing_said(&self, root: &Node) -> bool {
        let told = |finding: &crate::findings::Finding| {
            matches!(finding.problem, Problem::MissingParam { .. })
        };
        root.at(&["app", "upstreams"]).is_none() && !self.findings.list.iter().any(told)
    }

    fn paginate(&mut self, view: &View<'_>) -> Option<Paginate> {
        let (kind, node) = view.choice("paginate")?;
        let of = |fields| View::new(Some(node), fields);
        let size = |view: &View<'_>| view.read("size");
        Some(match kind {
            "keyset" => {
                let view = of(KEYSET);
                Paginate::Keyset {
                    key: view.path("key")?,
                    size: view.count("size"),
                    max_pages: view.count("max_pages"),
                }
            }
            "page" => {
                let view = of(PAGE);
                Paginate::Page {
                    param: view.string("param"),
                    size_param: view.string("size_param"),
                    size: size(&view),
                    start: view.count("start"),
                    until: self.until(&view, node, "paginate.page"),
                    max_pages: view.count("max_pages"),
                }
            }
            "offset" => {
                let view = of(OFFSET);
                Paginate::Offset {
                    param: view.string("param")?,
                    size_param: view.string("size_param"),
                    size: view.count("size"),
                    start: view.count("start"),
                    until: self.until(&view, node, "paginate.offset"),
                    max_pages: view.count("max_pages"),
                }
            }
            "link" => {
                let view = of(LINK);
                Paginate::Link {
                    rel: view.string("rel")?,
                    path: view.path("path"),
                    total: view.path("total"),
                    max_pages: view.count("max_pages"),
                }
            }
            "cursor" => {
                let view = of(TOKEN);
                Paginate::Cursor {
                    param: view.string("param")?,
                    path: view.path("path")?,
                    more: view.path("more"),
                    total: view.path("total"),
                    size_param: view.string("size_param"),
                    size: size(&view),
                    max_pages: view.count("max_pages"),
                }
            }
            "header" => {
                let view = of(HEADER);
                Paginate::Header {
                    param: view.string("param")?,
                    size_param: view.string("size_param"),
                    size: size(&view),
                    start: view.count("start"),
                    pages: view.string("pages")?,
                    total: view.string("total"),
                    max_pages: view.count("max_pages"),
                }
            }
            _ => return None,
        })
    }

    fn until(&mut self, view: &View<'_>, node: &Node, field: &str) -> Until {
        let needs = |key: &str, why| Problem::PagingNeeds {
            field: format!("{field}.{key}"),
            why,
        };
        let place = view.node("until").unwrap_or(node);
        match view.text("until") {
            Some("total") => match view.path("total") {
                Some(path) => Until::Total(path),
                None => {
                    if view.node("total").is_none() {
                        self.findings.on(needs("total", Needs::TotalPath), place);
                    }
                    Until::Empty
                }
            },
            Some("short") => {
                if view.text("size").is_none() {
                    self.findings.on(needs("size", Needs::Size), place);
                }
                Until::Short
            }
            _ => Until::Empty,
        }
    }

    fn cursor(&mut self, view: &View<'_>, way: &str) -> Option<Cursor> {
        let view = View::new(Some(view.node("cursor")?), CURSOR);
        let format = match view.text("format")? {
            "rfc3339" => CursorFormat::Rfc3339,
            "date" => CursorFormat::Date,
            "epoch" => CursorFormat::Epoch,
            "epoch_ms" => CursorFormat::EpochMs,
            "raw" => CursorFormat::Raw,
            pattern if strftime(pattern) => CursorFormat::Strftime(pattern.to_owned()),
            word => {
                let known: Vec<String> = [
                    "rfc3339",
                    "date",
                    "epoch",
                    "epoch_ms",
                    "raw",
                    "%Y-%m-%d %H:%M:%S",
                ]
                .map(str::to_owned)
                .into();
                let similar = similar(word, known.iter().map(String::as_str));
                let problem = Problem::UnknownChoice {
                    field: "cursor.format".to_owned(),
                    word: word.to_owned(),
                    similar,
                    known,
                };
                if let Some(node) = view.node("format") {
                    self.findings.on(problem, node);
                }
                CursorFormat::Rfc3339
            }
        };
        Some(Cursor {
            field: view.path("field")?,
            start: view.string("start"),
            overlap: view.span("overlap"),
            param: view
                .string("param")
                .or_else(|| (way == "oai").then(|| "from".to_owned())),
            format,
        })
    }

    /// A cursor or page that no request carries would read the same page for ever.
    fn sent(
        &mut self,
        view: &View<'_>,
        request: &Request,
        paginate: Option<&Paginate>,
        cursor: Option<&Cursor>,
    ) {
        let sent = Sent::of(view, request);
        if let (Some(Cursor { param: None, .. }), false, Some(node)) =
            (cursor, sent.cursor, view.node("cursor"))
        {
            self.findings.on(Problem::CursorNotSent, node);
        }
        if let (Some(Paginate::Page { param: None, .. }), false, Some(node)) =
            (paginate, sent.page, view.node("paginate"))
        {
            self.findings.on(Problem::PageNotSent, node);
        }
    }

    fn mapping(&mut self, node: Option<&Node>, kind: Kind) -> Mapping {
        let mut fields: Vec<(String, Expr)> = Vec::new();
        for entry in node.map_or(&[][..], Node::entries) {
            let target = match targets::target(kind, &entry.key) {
                Ok(target) => target,
                Err(similar) => {
                    let problem = Problem::UnknownTarget {
                        target: entry.key.to_string(),
                        kind: kind.as_str(),
                        similar,
                    };
                    self.findings.at(problem, &entry.key_span);
                    continue;
                }
            };
            if fields.iter().any(|(known, _)| *known == target) {
                self.findings
                    .at(Problem::DuplicateKey { key: target }, &entry.key_span);
                continue;
            }
            if let Some(expr) = entry.node.scalar().and_then(|text| Expr::read(text).ok()) {
                self.vocabulary(&target, &entry.node, &expr);
                fields.push((target, expr));
            }
        }
        for required in targets::REQUIRED {
            let mapped = node.is_some_and(|node| node.get(required).is_some());
            if let (Some(node), false) = (node, mapped) {
                self.findings.on(
                    Problem::Missing {
                        field: (*required).to_owned(),
                        within: "map".to_owned(),
                    },
                    node,
                );
            }
        }
        fields.sort_by(|a, b| a.0.cmp(&b.0));
        Mapping { fields }
    }

    /// Refuses literal words that a closed vocabulary lacks.
    fn vocabulary(&mut self, target: &str, node: &Node, expr: &Expr) {
        let Some((name, words)) = targets::vocabulary(target) else {
            return;
        };
        for (word, from, to) in expr.outcomes() {
            if !words.contains(&word.as_str()) {
                let problem = Problem::NotInVocabulary {
                    target: name,
                    word: word.clone(),
                    similar: similar(word, words.iter().copied()),
                    known: words.iter().map(|word| (*word).to_owned()).collect(),
                };
                let span = node.part_chars(expr.source(), *from, *to);
                self.findings.on_part(problem, node, &span);
            }
        }
    }
}

/// What a request carries, wherever in it.
pub(super) struct Sent {
    cursor: bool,
    page: bool,
    pub(super) parent: bool,
}

impl Sent {
    pub(super) fn of(source: &View<'_>, request: &Request) -> Self {
        let pairs = request.query.iter().chain(&request.headers);
        let patterns = pairs.map(|(_, pattern)| pattern).chain([&request.path]);
        let message = source.node("soap").map(Node::to_json);
        let body = request.body.iter().chain(&message);
        let body = body.map(|body| Pattern::read(&body.to_string()));
        let all: Vec<Pattern> = patterns.cloned().chain(body).collect();
        let has = |part: Part| all.iter().any(|pattern| pattern.parts().contains(&part));
        Self {
            cursor: has(Part::Cursor),
            page: has(Part::Page),
            parent: has(Part::Parent),
        }
    }
}

/// A path begins with a slash, whoever wrote it.
pub(super) fn rooted(path: Pattern) -> Pattern {
    let text = path.to_string();
    if text.starts_with('/') || text.contains("://") {
        path
    } else {
        Pattern::read(&format!("/{text}"))
    }
}

fn select(text: Option<&str>) -> Select {
    match text {
        None => Select::Root,
        Some("$") => Select::Root,
        Some(text) if text.starts_with('$') => {
            jsonpath::read(text).map_or(Select::Root, |path| Select::JsonPath(Box::new(path)))
        }
        Some(text) => text.parse().map_or(Select::Root, Select::Path),
    }
}

fn deletes(view: &View<'_>, cursor: bool) -> Option<Deletes> {
    let sweep = |node| Deletes::Sweep {
        full_every: cursor.then(|| View::new(node, SWEEP).span("full_every")),
    };
    match view.choice("deletes") {
        Some(("sweep", node)) => Some(sweep(Some(node))),
        Some(("tombstone", node)) => Expr::read(node.scalar()?).ok().map(Deletes::Tombstone),
        Some(("ttl", node)) => node
            .text()
            .and_then(crate::parse_duration)
            .map(Deletes::Ttl),
        _ => match view.text("deletes")? {
            "sweep" => Some(sweep(None)),
            "never" => Some(Deletes::Never),
            _ => None,
        },
    }
}

/// Tells whether a text is a strftime pattern with at least one field.
fn strftime(text: &str) -> bool {
    let mut items = chrono::format::StrftimeItems::new(text).peekable();
    text.contains('%')
        && items.peek().is_some()
        && items.all(|item| !matches!(item, chrono::format::Item::Error))
}
