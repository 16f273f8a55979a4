//! What only a whole source shows to be wrong, way by way.

use super::Resolve;
use crate::node::Node;
use crate::problem::Problem;
use crate::subst::{HoleKind, holes};
use crate::view::View;

impl Resolve<'_> {
    pub(super) fn judge(&mut self, way: &str, source: &View<'_>) {
        if source.node("parent").is_none()
            && let Some(node) = source.node(way)
        {
            self.orphan(node);
        }
        self.keyset(way, source);
        match way {
            "sql" => self.query(source),
            "html" => self.columns(source),
            "webhook" => self.pushed(source),
            _ => {}
        }
    }

    /// Keys are for queries, and queries are paged by keys only.
    fn keyset(&mut self, way: &str, source: &View<'_>) {
        let field = match source.choice("paginate") {
            Some(("keyset", _)) if way != "sql" => "paginate: keyset",
            Some((kind, _)) if way == "sql" && kind != "keyset" => "paginate",
            _ => return,
        };
        if let Some(node) = source.node("paginate") {
            let problem = Problem::NotForThisWay {
                field: field.to_owned(),
                way: way.to_owned(),
            };
            self.findings.on(problem, node);
        }
    }

    /// Finds `${parent}` where there is none.
    fn orphan(&mut self, node: &Node) {
        let text = node.text().unwrap_or_default();
        for hole in holes(text) {
            if hole.kind == HoleKind::Parent {
                let span = node.part(text, hole.start, hole.end);
                self.findings.on_part(Problem::NoParent, node, &span);
            }
        }
        node.items().iter().for_each(|item| self.orphan(item));
        node.entries()
            .iter()
            .for_each(|entry| self.orphan(&entry.node));
    }

    /// A row of a page has its fields by place or by header.
    fn columns(&mut self, source: &View<'_>) {
        let Some(html) = source.node("html") else {
            return;
        };
        if html.get("cells").is_some() == html.get("columns").is_some() {
            let problem = Problem::NotOneChoice {
                field: "html".to_owned(),
                known: vec!["cells".to_owned(), "columns".to_owned()],
            };
            self.findings
                .on(problem, html.get("columns").unwrap_or(html));
        }
    }

    /// What is pushed is neither asked for nor ever whole.
    fn pushed(&mut self, source: &View<'_>) {
        let swept = source.text("deletes") == Some("sweep")
            || matches!(source.choice("deletes"), Some(("sweep", _)));
        for (field, key, is_useless) in [
            ("every", "every", true),
            ("deletes: sweep", "deletes", swept),
        ] {
            if let (true, Some(node)) = (is_useless, source.node(key)) {
                let problem = Problem::NotForThisWay {
                    field: field.to_owned(),
                    way: "webhook".to_owned(),
                };
                self.findings.on(problem, node);
            }
        }
    }

    /// What the hub's own credentials need of the sources, and of each other.
    pub(super) fn judge_auth(&mut self, root: &Node) {
        let auth = root.get("auth");
        let sources = root.get("sources").map_or(&[][..], Node::entries);
        let message = sources
            .iter()
            .any(|source| source.node.get("soap").is_some());
        if let Some(node) = auth.and_then(|auth| auth.get("wsse"))
            && !message
            && !sources.is_empty()
        {
            self.findings.on(Problem::NoMessage, node);
        }
        if let Some(auth) = auth
            && let (Some(check), Some(_)) = (auth.get("check"), auth.get("wsse"))
        {
            // The proof is in the message, and a path is asked for without one.
            let problem = Problem::NotForThisWay {
                field: "check".to_owned(),
                way: "wsse".to_owned(),
            };
            self.findings.on(problem, check);
        }
        if let Some(hmac) = auth.and_then(|auth| auth.get("hmac"))
            && let Some(message) = hmac.get("message")
            && message.text().is_some_and(|text| text.contains("{id}"))
            && hmac.get("id").is_none()
        {
            self.findings.on(Problem::NoKeyName, message);
        }
    }
}
