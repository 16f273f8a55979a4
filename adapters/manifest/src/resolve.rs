//! Gives a merged tree its meaning, and finds what only the meaning shows to be wrong.

mod app;
mod auth;
mod every;
mod judge;
mod query;
mod shapes;
mod shown;
mod soap;
mod source;
mod ways;
mod webhook;

pub(crate) use every::office_hours;

use crate::explain;
use crate::findings::Findings;
use crate::keys::{CONNECTOR, METADATA, PRIVACY};
use crate::node::{Entry, Node, Value};
use crate::privacy::{Basis, Pii, Privacy, covers};
use crate::problem::Problem;
use crate::secret::{Secret, SecretSource};
use crate::similar::similar;
use crate::subst::{HoleKind, holes};
use crate::view::{View, many};
use crate::{Connector, Contract, FixtureTest, Register, Source};
use divos_model::{Audience, PersonalData, Sensitivity, UnitScope};
use secrecy::SecretString;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What the meaning of one tree is taken with.
pub(crate) struct Resolve<'a> {
    pub findings: &'a mut Findings,
    pub secrets: Option<&'a dyn SecretSource>,
    /// The folder of connectors, for the fixtures of compiled-in templates.
    pub dir: &'a Path,
    /// The connector's file.
    pub file: &'a Path,
    /// The templates it extends.
    pub templates: Vec<String>,
}

impl Resolve<'_> {
    /// Gives the tree its meaning; nothing where anything was found wrong, here or before.
    pub(crate) fn connector(mut self, root: &Node) -> Option<Connector> {
        let view = View::new(Some(root), CONNECTOR);
        let meta = view.below("metadata", METADATA);
        let app = self.app(root, meta.text("name").unwrap_or_default());
        let auth = self.auth(root.get("auth"));
        let auth_check = root.at(&["auth", "check"]).and_then(Node::text);
        self.judge_auth(root);
        let sources: Vec<Source> = self.sources(root, &app);
        let privacy = self.privacy(root, &sources);
        self.shown_elsewhere(root, &sources, &privacy);
        let tests = self.tests(root, &sources);
        let slowest = sources
            .iter()
            .map(|source| source.longest_gap() + source.every * 2)
            .max()
            .unwrap_or_default();
        let promised = root
            .at(&["metadata", "sla", "fresh"])
            .and_then(Node::text)
            .and_then(crate::parse_duration);
        let values = explain::values(root);
        self.wait(root);
        if self.findings.fatal() {
            return None;
        }
        let mut connector = Connector {
            id: meta.read("name")?,
            title: meta.string("title")?,
            owner: meta.read("owner"),
            capability: meta.string("capability"),
            contract: match meta.text("contract") {
                Some("documented") => Contract::Documented,
                Some("assumed") => Contract::Assumed,
                _ => Contract::Known,
            },
            authority: many(meta.node("authority"))
                .into_iter()
                .map(str::to_owned)
                .collect(),
            register: Register::read(meta.node("register")),
            fresh: promised.unwrap_or_else(|| slowest.max(Duration::from_secs(3600))),
            zone: meta.read("zone")?,
            lang: meta.string("lang")?,
            app,
            auth,
            auth_check: auth_check.map(str::to_owned),
            sources,
            privacy,
            tests,
            version: explain::version(&values),
            templates: self.templates,
            file: self.file.to_owned(),
            fingerprint: [0; 32],
        };
        connector.fingerprint = explain::fingerprint(&connector, &values);
        Some(connector)
    }

    /// An app without any address waits for the operator: so do its secrets.
    fn wait(&mut self, root: &Node) {
        let based = |way: &Entry| way.node.get("base").is_some() || way.node.get("files").is_some();
        let sources = root.get("sources").map_or(&[][..], Node::entries);
        let mut ways = sources.iter().flat_map(|source| source.node.entries());
        if root.at(&["app", "upstreams"]).is_some() || ways.any(based) {
            return;
        }
        for finding in &mut self.findings.list {
            if let Problem::MissingSecret { path } = &mut finding.problem {
                let path = std::mem::take(path);
                finding.problem = Problem::SecretNotYet { path };
            }
        }
    }

    /// Resolves a text that may hold secrets; the holes that each request fills stay.
    fn secret(&self, node: Option<&Node>) -> Secret {
        let written = node.and_then(Node::scalar).unwrap_or_default();
        Secret {
            written: written.into(),
            value: reveal(written, |path| self.secrets?.get(path)),
        }
    }

    fn privacy(&mut self, root: &Node, sources: &[Source]) -> Privacy {
        let view = View::new(root.get("privacy"), PRIVACY);
        let class = view.read("class").unwrap_or(Sensitivity::Internal);
        let pii = self.pii(view.node("pii"), sources);
        let held = if pii.is_empty() {
            PersonalData::None
        } else {
            PersonalData::General
        };
        let audience = match view.node("audience") {
            Some(node) => audience(node),
            None => Audience {
                everyone: class != Sensitivity::Restricted,
                ..Audience::default()
            },
        };
        let mapped = |source: &Source| {
            source
                .map
                .fields
                .iter()
                .any(|(name, _)| name.starts_with("audience."))
        };
        // An audience that is written wrongly has its own fault.
        let unsaid = view
            .node("audience")
            .is_none_or(|node| node.entries().is_empty());
        if unsaid && audience == Audience::default() && sources.iter().any(|source| !mapped(source))
        {
            let place = view.node("class").or(root.get("privacy")).unwrap_or(root);
            self.findings.on(Problem::NobodyMaySee, place);
        }
        Privacy {
            class,
            personal_data: view.read("personal_data").unwrap_or(held),
            pii,
            purpose: view.string("purpose"),
            basis: Basis::of(view.text("basis")),
            retain: view.duration("retain"),
            audience,
        }
    }

    /// Gives each target of `pii` its full name; a target that nothing maps is a warning.
    fn pii(&mut self, node: Option<&Node>, sources: &[Source]) -> Vec<(String, Pii)> {
        let mut found = Vec::new();
        for entry in node.map_or(&[][..], Node::entries) {
            let way = Pii::ALL
                .iter()
                .find(|(word, _)| Some(*word) == entry.node.text());
            let mut names: Vec<String> = sources
                .iter()
                .filter_map(|source| crate::targets::target(source.to, &entry.key).ok())
                .collect();
            names.sort();
            names.dedup();
            let targets = || sources.iter().flat_map(|source| &source.map.fields);
            let mapped = |name: &String| targets().any(|(target, _)| covers(name, target));
            if !sources.is_empty() && !names.iter().any(mapped) {
                let known = sources.iter().flat_map(|source| &source.map.fields);
                let known = known.map(|(name, _)| {
                    name.trim_start_matches("body.")
                        .trim_start_matches("actors.")
                });
                let problem = Problem::PiiNotMapped {
                    target: entry.key.to_string(),
                    similar: similar(&entry.key, known),
                };
                self.findings.at(problem, &entry.key_span);
            }
            found.extend(
                names
                    .into_iter()
                    .zip(std::iter::repeat(way))
                    .filter_map(|(name, way)| Some((name, way?.1))),
            );
        }
        found.sort_by(|a, b| a.0.cmp(&b.0));
        found.dedup_by(|a, b| a.0 == b.0);
        found
    }

    fn tests(&mut self, root: &Node, sources: &[Source]) -> Vec<FixtureTest> {
        let mut tests = Vec::new();
        for node in root.get("tests").map_or(&[][..], Node::items) {
            self.judge_test(node, sources);
            let expect = node.get("expect").map_or(&[][..], Node::items);
            tests.push(FixtureTest {
                fixture: self.fixture(node),
                source: node
                    .get("source")
                    .and_then(Node::text)
                    .map(str::to_owned)
                    .or_else(|| match sources {
                        [only] => Some(only.name.clone()),
                        _ => None,
                    }),
                count: node
                    .get("count")
                    .and_then(Node::scalar)
                    .and_then(|count| count.parse().ok()),
                expect: expect
                    .iter()
                    .filter_map(|node| node.to_json().as_object().cloned())
                    .collect(),
            });
        }
        tests
    }

    fn judge_test(&mut self, node: &Node, sources: &[Source]) {
        let names = || sources.iter().map(|source| source.name.as_str());
        let Some(named) = node.get("source") else {
            if sources.len() > 1 {
                let known = names().map(str::to_owned).collect();
                self.findings.on(
                    Problem::WhichSource { known },
                    node.get("fixture").unwrap_or(node),
                );
            }
            return;
        };
        let name = named.text().unwrap_or_default();
        if !names().any(|known| known == name) {
            self.findings.on(
                Problem::UnknownSource {
                    name: name.to_owned(),
                    similar: similar(name, names()),
                },
                named,
            );
        }
    }

    /// Finds the fixture beside the file that wrote the test.
    fn fixture(&self, node: &Node) -> PathBuf {
        let name = node.get("fixture").and_then(Node::text).unwrap_or_default();
        let file = &node.span.file.path;
        let shown = file.to_string_lossy();
        match shown
            .strip_prefix('<')
            .and_then(|rest| rest.strip_suffix('>'))
        {
            Some(template) => self
                .dir
                .join("templates/fixtures")
                .join(template)
                .join(name),
            None => {
                let stem = file.file_stem().unwrap_or_default();
                file.parent()
                    .unwrap_or(Path::new(""))
                    .join("fixtures")
                    .join(stem)
                    .join(name)
            }
        }
    }
}

/// Fills in secrets; nothing where one is missing.
fn reveal(written: &str, secret: impl Fn(&str) -> Option<SecretString>) -> Option<SecretString> {
    use secrecy::ExposeSecret;
    let mut text = String::with_capacity(written.len());
    let mut at = 0;
    for hole in holes(written) {
        let HoleKind::Secret(path) = hole.kind else {
            continue;
        };
        text.push_str(&written[at..hole.start]);
        text.push_str(secret(path)?.expose_secret());
        at = hole.end;
    }
    text.push_str(&written[at..]);
    Some(SecretString::from(text))
}

fn audience(node: &Node) -> Audience {
    let list = |key| many(node.get(key));
    let scope = |key, subtree| {
        let units = list(key).into_iter().filter_map(|code| code.parse().ok());
        units
            .map(move |code| UnitScope { code, subtree })
            .collect::<Vec<_>>()
    };
    Audience {
        everyone: matches!(&node.value, Value::Text(word) if &**word == "everyone"),
        persons: list("person")
            .into_iter()
            .filter_map(|id| id.parse().ok())
            .collect(),
        units: [scope("unit", false), scope("under", true)].concat(),
        posts: list("post")
            .into_iter()
            .filter_map(|id| id.parse().ok())
            .collect(),
        roles: list("role").into_iter().map(str::to_owned).collect(),
        exclude: Vec::new(),
    }
}
