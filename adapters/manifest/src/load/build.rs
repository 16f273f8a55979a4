//! From one file to one connector: merge, check, resolve, with every fault on the way.

use super::LoadOptions;
use super::built_in;
use super::files::Held;
use crate::check::Check;
use crate::fault::Fault;
use crate::findings::Findings;
use crate::keys::{CONNECTOR, TEMPLATE};
use crate::node::{File, Node, Span, Value};
use crate::overlay;
use crate::problem::{Problem, Shape};
use crate::recognise;
use crate::resolve::Resolve;
use crate::secret::SecretSource;
use crate::subst::{Fill, HoleKind, holes};
use crate::template::{Library, Stack, Template};
use crate::{Connector, Note};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// A template, where its file is one, and what is wrong with it.
pub(super) type Reading = (Option<Arc<Template>>, Vec<Fault>);

/// The templates of one load, with what is wrong with them.
pub(super) struct Shelf {
    pub library: Library,
    pub faults: Vec<Fault>,
    files: Vec<Arc<File>>,
}

impl Shelf {
    pub(super) fn new(own: &BTreeMap<String, Held>) -> Self {
        let mut shelf = Self {
            library: Library::new(),
            faults: Vec::new(),
            files: Vec::new(),
        };
        let built_in = built_in::READ.iter();
        for (name, reading) in built_in.filter(|(name, _)| !own.contains_key(*name)) {
            shelf.put(name, reading.clone());
        }
        for (name, held) in own {
            shelf.files.push(Arc::clone(&held.file));
            shelf.put(name, read(name, held, false));
        }
        shelf
    }

    /// Tells whether the folder holds what it held.
    pub(super) fn same(&self, own: &BTreeMap<String, Held>) -> bool {
        self.files.len() == own.len()
            && self
                .files
                .iter()
                .zip(own.values())
                .all(|(a, b)| Arc::ptr_eq(a, &b.file))
    }

    fn put(&mut self, name: &str, (template, faults): Reading) {
        let template = template.map(|template| (name.to_owned(), template));
        self.library.extend(template);
        self.faults.extend(faults);
    }
}

/// Reads a template's file.
pub(super) fn read(name: &str, held: &Held, built_in: bool) -> Reading {
    let mut findings = Findings::default();
    let template = tree(held, &mut findings).map(|root| {
        let mut check = Check {
            findings: &mut findings,
            secrets: None,
            template: true,
        };
        check.root(root, TEMPLATE);
        named(root, name, &mut findings);
        overlay::check_own(root, &mut findings);
        let signs = recognise::read(root, &mut findings);
        let about = about(&held.file.text);
        Arc::new(Template::read(name, root.clone(), about, signs, built_in))
    });
    (template, findings.finish(None, None))
}

/// What a template's file says of it in the comment that it opens with, as one paragraph a blank comment line.
fn about(text: &str) -> String {
    let comment = text.lines().map_while(|line| line.strip_prefix('#'));
    let lines: Vec<&str> = comment.map(str::trim).collect();
    let paragraphs = lines.split(|line| line.is_empty());
    let told: Vec<String> = paragraphs.map(|lines| lines.join(" ")).collect();
    told.join("\n").trim().to_owned()
}

/// What came of one file.
pub(super) struct Built {
    pub id: String,
    pub connector: Option<Arc<Connector>>,
    pub faults: Vec<Fault>,
    pub tree: Option<Arc<Node>>,
    files: Option<(Arc<File>, Option<Arc<File>>)>,
    secrets: Vec<(String, Option<[u8; 32]>)>,
}

impl Built {
    /// The file that it was built of; nothing where it has to be built again.
    pub(super) fn file(&self) -> Option<&Arc<File>> {
        self.files.as_ref().map(|(file, _)| file)
    }

    /// Makes the next load build it again.
    pub(super) fn outdate(&mut self) {
        self.files = None;
    }

    fn stands(&self, held: &Held, overlay: Option<&Held>, options: &LoadOptions) -> bool {
        let same_overlay = |old: &Option<Arc<File>>| match (old, overlay) {
            (None, None) => true,
            (Some(old), Some(new)) => Arc::ptr_eq(old, &new.file),
            _ => false,
        };
        let files = self.files.as_ref();
        files.is_some_and(|(file, over)| Arc::ptr_eq(file, &held.file) && same_overlay(over))
            && self
                .secrets
                .iter()
                .all(|(path, digest)| look_up(path, options.secrets.as_deref()) == *digest)
    }

    /// The place that decides the virtual host.
    pub(super) fn host_place(&self) -> Option<&Span> {
        let tree = self.tree.as_deref()?;
        let node = tree
            .at(&["app", "host"])
            .or_else(|| tree.at(&["metadata", "name"]))?;
        Some(&node.span)
    }
}

fn look_up(path: &str, secrets: Option<&dyn SecretSource>) -> Option<[u8; 32]> {
    use secrecy::ExposeSecret;
    let value = secrets?.get(path)?;
    Some(Sha256::digest(value.expose_secret()).into())
}

/// Builds one connector, or hands back what was built before where nothing changed.
pub(super) fn connector(
    id: &str,
    held: &Held,
    overlay: Option<&Held>,
    library: &Library,
    options: &LoadOptions,
    dir: &Path,
    old: Option<Built>,
) -> Built {
    let old = match old {
        Some(old) if old.stands(held, overlay, options) => return old,
        other => other,
    };
    let mut findings = Findings::default();
    let extended = held
        .read
        .root
        .as_ref()
        .and_then(|root| root.entry("extends"))
        .map(|entry| entry.node.span.clone());
    let mut built = Built {
        id: id.to_owned(),
        connector: None,
        faults: Vec::new(),
        tree: None,
        files: Some((
            Arc::clone(&held.file),
            overlay.map(|held| Arc::clone(&held.file)),
        )),
        secrets: Vec::new(),
    };
    if let Some(root) = tree(held, &mut findings) {
        let (merged, templates, whole) = merged(root, overlay, library, &mut findings);
        named(root, id, &mut findings);
        let secrets = options.secrets.as_deref();
        let mut check = Check {
            findings: &mut findings,
            secrets,
            template: !whole,
        };
        check.root(&merged, CONNECTOR);
        built.secrets = asked(&merged)
            .into_iter()
            .map(|path| {
                let digest = look_up(&path, secrets);
                (path, digest)
            })
            .collect();
        let resolve = Resolve {
            findings: &mut findings,
            secrets,
            dir,
            file: &held.file.path,
            templates,
        };
        let connector = if whole {
            resolve.connector(&merged)
        } else {
            None
        };
        built.connector = connector.map(|new| keep(old, new));
        built.tree = Some(Arc::new(merged));
    }
    built.faults = findings.finish(Some(id), extended.as_ref());
    built
}

/// Keeps the old `Arc` where the new connector says the very same.
fn keep(old: Option<Built>, new: Connector) -> Arc<Connector> {
    match old.and_then(|old| old.connector) {
        Some(old) if old.fingerprint() == new.fingerprint() && old.file == new.file => old,
        _ => Arc::new(new),
    }
}

/// Lays templates, the file and the overlay over each other. The flag is false where a template is
/// missing: then what is required cannot be judged.
fn merged(
    root: &Node,
    overlay: Option<&Held>,
    library: &Library,
    findings: &mut Findings,
) -> (Node, Vec<String>, bool) {
    overlay::check_own(root, findings);
    let root = filled(root, findings);
    let mut stack = Stack {
        library,
        findings,
        used: Vec::new(),
    };
    let base = stack.below(&root, &[]);
    let whole = base.is_some() || root.get("extends").is_none();
    let mut merged = stack.lay(base, &root);
    let used = stack.used;
    if let Some(held) = overlay
        && let Some(over) = tree(held, findings)
    {
        let over = filled(over, findings);
        let over = overlay::check_overlay(&over, &merged, findings);
        let span = merged.span.clone();
        merged = crate::merge::merge(Some(&WHOLE), merged, &over);
        merged.span = span;
    }
    (merged, used, whole)
}

static WHOLE: crate::grammar::Type = crate::grammar::Type::Record(CONNECTOR);

/// A connector has no parameters of its own; whatever else is odd about its `${…}` is said here.
fn filled(root: &Node, findings: &mut Findings) -> Node {
    let mut fill = Fill {
        params: None,
        faults: Vec::new(),
    };
    let node = fill.node(root, false).unwrap_or_else(|| root.clone());
    fill.faults
        .into_iter()
        .for_each(|(problem, span)| findings.at(problem, &span));
    node
}

/// The tree of a file, with what was wrong with its YAML; nothing where it is no map.
fn tree<'a>(held: &'a Held, findings: &mut Findings) -> Option<&'a Node> {
    for (problem, span, first) in &held.read.faults {
        let notes = first
            .iter()
            .map(|span| (Note::First, span.clone()))
            .collect();
        findings.note(problem.clone(), span, notes);
    }
    let root = held.read.root.as_ref()?;
    if matches!(root.value, Value::Map(_)) {
        return Some(root);
    }
    let found = match root.value {
        Value::Null => Shape::Nothing,
        Value::List(_) => Shape::List,
        _ => Shape::Text,
    };
    let field = held
        .file
        .path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    findings.at(
        Problem::WrongType {
            field,
            expected: Shape::Map,
            found,
        },
        &held.start(),
    );
    None
}

/// The name inside must be the file's.
fn named(root: &Node, file: &str, findings: &mut Findings) {
    if let Some(node) = root.at(&["metadata", "name"]) {
        let name = node.scalar().unwrap_or_default();
        if name != file && !name.is_empty() {
            findings.on(
                Problem::NameIsNotFile {
                    name: name.to_owned(),
                    file: file.to_owned(),
                },
                node,
            );
        }
    }
}

/// Lists the secrets that a tree asks for.
fn asked(node: &Node) -> Vec<String> {
    let mut found: Vec<String> = match &node.value {
        Value::Text(text) => {
            let secret = |hole: crate::subst::Hole<'_>| match hole.kind {
                HoleKind::Secret(path) => Some(path.to_owned()),
                _ => None,
            };
            holes(text).into_iter().filter_map(secret).collect()
        }
        Value::List(items) => items.iter().flat_map(asked).collect(),
        Value::Map(entries) => entries
            .iter()
            .flat_map(|entry| asked(&entry.node))
            .collect(),
        _ => Vec::new(),
    };
    found.sort();
    found.dedup();
    found
}

/// Orders faults by place. One that several connectors share through a template stays with each of them;
/// `render` tells it once.
pub(super) fn in_order(mut faults: Vec<Fault>) -> Vec<Fault> {
    faults.sort_by(|a, b| {
        let key = |fault: &Fault| {
            fault
                .place
                .as_ref()
                .map(|place| (place.file.clone(), place.line, place.column))
        };
        key(a).cmp(&key(b))
    });
    faults
}
