//! The ways to read an app as meant, and what of a source each of them has no use for.

use super::Resolve;
use super::shapes::{delimiter, html, table};
use super::source::{Sent, rooted};
use crate::fetch::{Calendar, Csv, Fetch, Imap, ImapTls, Parent, Sheet, Sql};
use crate::forms;
use crate::grammar::field;
use crate::keys::{
    CKAN, CSV, HTML, ICAL, IMAP, JDIH, OAI, PARENT, REQUEST, SOAP, SOURCE, SQL, SQL_LIMITS, XLSX,
};
use crate::node::{Entry, Node, Value};
use crate::problem::Problem;
use crate::secret::Secret;
use crate::similar::similar;
use crate::source::{Fail, HttpMethod, Paginate, Request, Select, Until};
use crate::view::View;
use crate::{Expr, Pattern};
use std::collections::HashSet;

/// Every way, as the file says it.
const WAYS: &[&str] = &[
    "rest", "feed", "soap", "xml", "html", "csv", "xlsx", "ical", "oai", "ckan", "jdih", "sql",
    "imap", "webhook",
];

/// Paging that a way brings along.
pub(super) fn paging_of(way: &str, view: &View<'_>) -> Option<Paginate> {
    (way == "ckan").then(|| {
        let size = view.below("ckan", CKAN).count("rows");
        Paginate::Offset {
            param: "start".to_owned(),
            size_param: Some("rows".to_owned()),
            size,
            start: 0,
            until: "result.count".parse().map_or(Until::Short, Until::Total),
            max_pages: 10_000,
        }
    })
}

/// Where the records of a way are, where it is always the same.
pub(super) fn select_of(way: &str) -> Option<Select> {
    match way {
        "ckan" => "result.results".parse().ok().map(Select::Path),
        "jdih" => Some(Select::Root),
        _ => None,
    }
}

/// The fields of JDIHN's documents.
const JDIHN: &[&str] = &[
    "idData",
    "tahun_pengundangan",
    "tanggal_pengundangan",
    "jenis",
    "noPeraturan",
    "judul",
    "noPanggil",
    "singkatanJenis",
    "tempatTerbit",
    "penerbit",
    "deskripsiFisik",
    "sumber",
    "subjek",
    "isbn",
    "status",
    "bahasa",
    "lokasi",
    "bidangHukum",
    "teuBadan",
    "nomorIndukBuku",
    "fileDownload",
    "urlDownload",
    "abstrak",
    "urlAbstrak",
    "urlDetailPeraturan",
    "operasi",
    "display",
];

/// The fields that a way's standard names and that apps write in any letter case.
pub(super) fn names_of(way: &str) -> &'static [&'static str] {
    match way {
        "jdih" => JDIHN,
        _ => &[],
    }
}

impl Resolve<'_> {
    /// Exactly one way.
    pub(super) fn way(&mut self, entry: &Entry, view: &View<'_>) -> Option<&'static str> {
        let mut said = WAYS.iter().filter(|way| view.node(way).is_some());
        let (first, second) = (said.next(), said.next());
        if let (Some(way), None) = (first, second) {
            return Some(way);
        }
        let written = entry.node.entries();
        let is_unknown = |e: &Entry| field(SOURCE, &e.key).is_none();
        if first.is_none() && written.iter().any(is_unknown) {
            // A misspelt way was said already.
            return None;
        }
        let mut ways = written.iter().filter(|e| WAYS.contains(&&*e.key));
        let place = ways.nth(1).unwrap_or(entry);
        let known = WAYS.iter().map(|way| (*way).to_owned()).collect();
        let field = format!("sources.{}", entry.key);
        self.findings
            .at(Problem::NotOneChoice { field, known }, &place.key_span);
        None
    }

    /// Tells of keys that the way has no use for.
    pub(super) fn fits(&mut self, way: &str, view: &View<'_>) {
        let table = [
            "html", "csv", "xlsx", "ical", "sql", "imap", "webhook", "oai", "ckan", "jdih",
        ];
        let unpaged = ["imap", "webhook", "ical", "oai", "ckan"];
        let mut tell = |key: &str, is_useless: bool| {
            if let (true, Some(node)) = (is_useless, view.node(key)) {
                let problem = Problem::NotForThisWay {
                    field: key.to_owned(),
                    way: way.to_owned(),
                };
                self.findings.on(problem, node);
            }
        };
        tell("select", table.contains(&way) || way == "feed");
        tell("paginate", unpaged.contains(&way));
        tell("cursor", way == "imap" || way == "webhook");
        tell("parent", ["sql", "imap", "webhook"].contains(&way));
    }

    /// The source that this one is asked for each record of.
    pub(super) fn parent(
        &mut self,
        root: &Node,
        entry: &Entry,
        source_view: &View<'_>,
        request: Option<&Request>,
    ) -> Option<Parent> {
        let node = source_view.node("parent")?;
        let view = View::new(Some(node), PARENT);
        let source = view.string("source")?;
        let place = node.get("source").unwrap_or(node);
        let sources = root.get("sources")?;
        if sources.get(&source).is_none() {
            let names = sources.entries().iter().map(|e| &*e.key);
            let similar = similar(&source, names);
            let problem = Problem::UnknownSource {
                name: source,
                similar,
            };
            self.findings.on(problem, place);
            return None;
        }
        let mut seen = HashSet::from([entry.key.to_string()]);
        let mut next = Some(source.clone());
        while let Some(name) = next {
            if !seen.insert(name.clone()) {
                self.findings.on(Problem::ParentCycle { name }, place);
                return None;
            }
            let above = sources.at(&[&name, "parent", "source"]);
            next = above.and_then(Node::text).map(str::to_owned);
        }
        if request.is_some_and(|request| !Sent::of(source_view, request).parent) {
            self.findings.on(Problem::ParentNotSent, node);
        }
        Some(Parent {
            source,
            field: view.path("field")?,
        })
    }

    pub(super) fn fetch(&mut self, way: &str, entry: &Entry, source: &View<'_>) -> Option<Fetch> {
        let node = source.node(way)?;
        let of = |fields| View::new(Some(node), fields);
        Some(match way {
            "rest" => Fetch::Rest(self.request(node, way)?),
            "feed" => Fetch::Feed(self.request(node, way)?),
            "xml" => Fetch::Xml(self.request(node, way)?),
            "html" => Fetch::Html(self.request(node, way)?, html(&of(HTML))?),
            "csv" => Fetch::Csv(
                self.request(node, way)?,
                Csv {
                    delimiter: of(CSV).text("delimiter").and_then(delimiter),
                    table: table(&of(CSV)),
                },
            ),
            "xlsx" => Fetch::Xlsx(
                self.request(node, way)?,
                Sheet {
                    sheet: of(XLSX).string("sheet"),
                    table: table(&of(XLSX)),
                },
            ),
            "ical" => {
                let view = of(ICAL);
                let calendar = Calendar {
                    past: view.span("past"),
                    ahead: view.span("ahead"),
                    z_is_local: view.flag("z_is_local"),
                    caldav: view.flag("caldav"),
                };
                Fetch::Ical(self.request(node, way)?, calendar)
            }
            "soap" => {
                let view = of(SOAP);
                Fetch::Soap(service(&view)?, self.soap(&view))
            }
            "oai" => Fetch::Oai(harvest(&of(OAI))?),
            "ckan" => Fetch::Rest(Request {
                fail: Expr::read("success == false").ok().map(|when| Fail {
                    when,
                    message: "error.message".parse().ok(),
                }),
                ..plain(&of(CKAN), "get")?
            }),
            "jdih" => Fetch::Rest(plain(&of(JDIH), "get")?),
            "sql" => Fetch::Sql(self.sql(node, entry)?),
            "imap" => Fetch::Imap(self.imap(&of(IMAP))?),
            "webhook" => Fetch::Webhook(self.webhook(node, entry)?),
            _ => return None,
        })
    }

    fn request(&mut self, node: &Node, way: &str) -> Option<Request> {
        let view = View::new(Some(node), REQUEST);
        let files = node.get("files").and_then(Node::text).map(Into::into);
        let path = match (view.pattern("get"), view.pattern("path"), &files) {
            (Some(path), None, _) | (None, Some(path), _) => path,
            (None, None, Some(_)) => Pattern::literal("/"),
            // A path that is none was said already.
            (None, None, None) if !matches!(node.value, Value::Map(_)) => return None,
            (None, None, None) if ["get", "path"].iter().any(|key| view.node(key).is_some()) => {
                return None;
            }
            _ => {
                let known = vec!["get".to_owned(), "path".to_owned()];
                let problem = Problem::NotOneChoice {
                    field: way.to_owned(),
                    known,
                };
                self.findings.on(problem, node);
                return None;
            }
        };
        let fail = view.node("fail").and_then(|node| {
            let when = Expr::read(node.get("when")?.scalar()?).ok()?;
            Some(Fail {
                when,
                message: node
                    .get("message")
                    .and_then(|node| node.text()?.parse().ok()),
            })
        });
        Some(Request {
            method: match view.text("method") {
                Some("POST") if view.node("get").is_none() => HttpMethod::Post,
                _ => HttpMethod::Get,
            },
            base: view.text("base").and_then(forms::url),
            path: rooted(path),
            query: pairs(&view, "query"),
            headers: pairs(&view, "headers"),
            body: view.node("body").map(Node::to_json),
            charset: view.string("charset"),
            fail,
            files,
        })
    }

    /// What the operator's overlay has yet to say.
    pub(super) fn unsaid(&mut self, source: &Entry) -> Secret {
        let name = source.key.to_string();
        let problem = Problem::NoAddress { source: name };
        self.findings.at(problem, &source.key_span);
        Secret {
            written: "".into(),
            value: None,
        }
    }

    fn sql(&mut self, node: &Node, source: &Entry) -> Option<Sql> {
        let view = View::new(Some(node), SQL);
        let products = ["postgres", "mysql", "sqlite"];
        let mut dsns = products
            .iter()
            .filter_map(|name| Some((*name, view.node(name)?)));
        let (dsn, second) = (dsns.next(), dsns.next());
        if second.is_some() {
            let known = products.map(str::to_owned).into();
            let problem = Problem::NotOneChoice {
                field: "sql".to_owned(),
                known,
            };
            self.findings.on(problem, node);
            return None;
        }
        // Without an address the source waits for the operator's.
        let dsn = match dsn {
            Some((product, node)) => {
                let dsn = self.secret(Some(node));
                self.product(product, node, &dsn);
                dsn
            }
            None => self.unsaid(source),
        };
        let limits = view.below("limits", SQL_LIMITS);
        Some(Sql {
            dsn,
            query: view.string("query")?,
            statement: limits.span("statement"),
            rows: limits.number("rows"),
        })
    }

    fn imap(&mut self, view: &View<'_>) -> Option<Imap> {
        Some(Imap {
            host: view.string("host")?,
            port: u16::try_from(view.number("port")).ok()?,
            tls: match view.text("tls")? {
                "starttls" => ImapTls::StartTls,
                "none" => ImapTls::None,
                _ => ImapTls::Implicit,
            },
            user: self.secret(view.node("user")),
            password: self.secret(view.node("password")),
            folder: view.string("folder")?,
        })
    }
}

fn pairs(view: &View<'_>, key: &str) -> Vec<(String, Pattern)> {
    let entries = view.node(key).map_or(&[][..], Node::entries);
    let pair = |e: &Entry| Some((e.key.to_string(), Pattern::read(e.node.scalar()?)));
    entries.iter().filter_map(pair).collect()
}

/// A GET request of a way that has no other.
fn plain(view: &View<'_>, path: &str) -> Option<Request> {
    Some(Request {
        method: HttpMethod::Get,
        base: view.node("base").and_then(Node::text).and_then(forms::url),
        path: rooted(view.pattern(path)?),
        query: pairs(view, "query"),
        headers: pairs(view, "headers"),
        body: None,
        charset: view
            .node("charset")
            .and_then(Node::scalar)
            .map(str::to_owned),
        fail: None,
        files: None,
    })
}

/// The request of a SOAP operation, without its message.
fn service(view: &View<'_>) -> Option<Request> {
    Some(Request {
        method: HttpMethod::Post,
        ..plain(view, "endpoint")?
    })
}

/// The first request of a harvest.
fn harvest(view: &View<'_>) -> Option<Request> {
    let mut query = vec![
        ("verb", "ListRecords"),
        ("metadataPrefix", view.text("prefix")?),
    ];
    query.extend(view.text("set").map(|set| ("set", set)));
    let pair = |(name, value): (&str, &str)| (name.to_owned(), Pattern::literal(value));
    Some(Request {
        query: query.into_iter().map(pair).collect(),
        ..plain(view, "get")?
    })
}
