//! A draft on its way: where it belongs, the way to read, and then what its rows mean.

use super::mapping::{Proposal, propose};
use super::{Answer, Finding, Said, Way, lists, write};
use crate::fixture::{self, Exchange, Fixture};
use crate::{Ask, Reader};
use chrono::{DateTime, Utc};
use divos_manifest::{Connector, Fault, LoadOptions, load_str};
use divos_model::Lang;
use serde_json::Value as Json;
use std::sync::Arc;
use url::Url;

/// The most rows that are looked at.
const ROWS: usize = 500;
/// How sure a meaning is at most of which no value was seen, in percent.
const UNSEEN: u8 = 55;

/// Where a draft belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The connector's id.
    pub id: String,
    /// What people see.
    pub title: String,
    /// The app's address; `None` for a file, whose folder only the operator may name.
    pub upstream: Option<String>,
    /// The path below it.
    pub path: String,
    /// The query of the address, decoded.
    pub query: Vec<(String, String)>,
}

impl Place {
    /// The place of an address.
    #[must_use]
    pub fn of_url(id: &str, title: &str, url: &Url) -> Self {
        let origin = url.join("/").map(String::from).unwrap_or_default();
        Self {
            id: id.to_owned(),
            title: title.to_owned(),
            upstream: Some(origin.trim_end_matches('/').to_owned()),
            path: url.path().to_owned(),
            query: url
                .query_pairs()
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect(),
        }
    }

    /// The words of the address and the title.
    pub(super) fn about(&self) -> String {
        format!("{} {} {}", self.title, self.id, self.path)
    }

    /// The path with the query, as `get:` takes it.
    pub(super) fn target(&self) -> String {
        self.target_without(&[])
    }

    pub(super) fn target_without(&self, params: &[&str]) -> String {
        let kept = self
            .query
            .iter()
            .filter(|(name, _)| !params.contains(&name.as_str()));
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(kept);
        let query = query.finish();
        match query.is_empty() {
            true => self.path.clone(),
            false => format!("{}?{query}", self.path),
        }
    }

    /// An address of the app as a path.
    pub(super) fn relative(&self, address: &str) -> String {
        let origin = self.upstream.as_deref().unwrap_or_default();
        match address.strip_prefix(origin) {
            Some(path) if path.starts_with('/') => path.to_owned(),
            _ => address.to_owned(),
        }
    }

    /// The first of these parameters that the address holds.
    pub(super) fn param(&self, names: &[&str]) -> Option<String> {
        let held = |name: &&str| {
            let mut known = self.query.iter().map(|(known, _)| known);
            known.find(|known| known.eq_ignore_ascii_case(name))
        };
        names.iter().find_map(held).cloned()
    }

    pub(super) fn value(&self, name: &str) -> Option<String> {
        self.query
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.clone())
    }

    /// A name for the source: by these words first, then by the path.
    pub(super) fn name_for(&self, words: &[&str]) -> String {
        let mut all = words.to_vec();
        all.push(&self.path);
        lists::name_of(&all)
    }
}

impl Way {
    pub(super) fn empty() -> Self {
        Self {
            name: "data".to_owned(),
            lines: Vec::new(),
            deletes: "never".to_owned(),
            auth: Vec::new(),
            about: String::new(),
            table: false,
            typed: Vec::new(),
            findings: Vec::new(),
            notes: Vec::new(),
        }
    }
}

/// A way to read, and what its rows mean once some were seen.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Where it belongs.
    pub place: Place,
    /// How it is read.
    pub way: Way,
    /// What its rows mean.
    pub proposal: Option<Proposal>,
}

impl Draft {
    /// Begins a draft.
    #[must_use]
    pub fn new(place: Place, way: Way) -> Self {
        Self {
            place,
            way,
            proposal: None,
        }
    }

    /// A connector that reads the rows and gives them no meaning yet.
    ///
    /// # Errors
    /// Its faults: a way that cannot be written down as it is, a secret that is not there.
    pub fn probe(&self, options: LoadOptions) -> Result<Arc<Connector>, Vec<Fault>> {
        let mut out = format!(
            "metadata: {{ name: {}, title: {} }}\n",
            self.place.id,
            write::scalar(&self.place.title)
        );
        let upstream = self.place.upstream.as_deref().unwrap_or("http://127.0.0.1");
        out.push_str(&format!(
            "app: {{ upstreams: {} }}\n",
            write::scalar(upstream)
        ));
        for line in &self.way.auth {
            out.push_str(&format!("{line}\n"));
        }
        // A sign-in alone has nothing to read yet.
        if self.way.lines.is_empty() {
            return loaded(&self.place.id, &out, options);
        }
        out.push_str(&format!("sources:\n  {}:\n", self.way.name));
        let one_page = |line: &&String| {
            !line.starts_with("paginate: { page")
                && !line.starts_with("paginate: { link")
                && !line.starts_with("paginate: { offset")
                && !line.starts_with("paginate: { header")
        };
        for line in self.way.lines.iter().filter(one_page) {
            out.push_str(&format!("    {line}\n"));
        }
        out.push_str(
            "    deletes: never\n    to: document\n    map: { id: \"'x'\", title: \"'x'\" }\n",
        );
        loaded(&self.place.id, &out, options)
    }

    /// Leaves the address to the operator: until then the connector is fine and waits.
    pub fn without_address(&mut self) {
        let address = self.place.upstream.take().unwrap_or_default();
        self.way.notes.push(Said::new(
            format!("tulis alamatnya di overlay bila rahasianya sudah ada: app: {{ upstreams: {address} }}"),
            format!("give its address in the overlay once the secrets are set: app: {{ upstreams: {address} }}"),
        ));
    }

    /// What is read is a file: which folder the hub watches only the operator may say.
    pub fn of_file(&mut self) {
        self.place.upstream = None;
        let word = self
            .way
            .findings
            .first()
            .map_or("csv", |finding| finding.from.as_str());
        let files = format!(
            "sources: {{ {}: {{ {word}: {{ files: /srv/…/* }} }} }}",
            self.way.name
        );
        self.way.notes.push(Said::new(
            format!("berkas: di overlay operator tulis folder yang diawasi: {files}, atau alamatnya"),
            format!("a file: in the operator's overlay write the watched folder: {files}, or its address"),
        ));
    }

    /// Reads the rows of an answer that is at hand, as the hub would.
    ///
    /// # Errors
    /// Why there are none.
    pub async fn rows(&self, answer: &Answer, at: DateTime<Utc>) -> Result<Vec<Json>, String> {
        let connector = self
            .probe(LoadOptions::default())
            .map_err(|faults| said(&faults))?;
        let reader = Reader::new(connector, &self.way.name).map_err(|error| error.to_string())?;
        let world = fixture::world(&self.recording(answer, at));
        let rows = reader.raw(&Ask::default(), &world, ROWS).await;
        rows.map_err(|error| error.to_string())
    }

    /// The answer as a recording.
    #[must_use]
    pub fn recording(&self, answer: &Answer, at: DateTime<Utc>) -> Fixture {
        let mut fixture = Fixture::still();
        fixture.at = at;
        fixture.exchanges.push(Exchange {
            method: http::Method::GET,
            target: self.place.path.clone(),
            status: http::StatusCode::OK,
            headers: answer.headers.clone(),
            body: answer.body.to_vec(),
        });
        fixture
    }

    /// Decides what rows mean; `false` where they say nothing.
    pub fn propose(&mut self, rows: &[Json]) -> bool {
        self.proposal = propose(rows, &self.way.about, self.way.table);
        self.proposal.is_some()
    }

    /// Decides what rows mean by their description alone; `false` where there is none.
    pub fn propose_typed(&mut self) -> bool {
        let typed = std::mem::take(&mut self.way.typed);
        if !self.propose(&typed) {
            return false;
        }
        self.way.notes.push(Said::new(
            "belum ada data yang terlihat: usulan ini dari uraian layanannya saja",
            "no record was seen yet: this is proposed from the service's description alone",
        ));
        for field in self
            .proposal
            .iter_mut()
            .flat_map(|proposal| &mut proposal.fields)
        {
            field.confidence = field.confidence.min(UNSEEN);
        }
        true
    }

    /// Everything that was decided, in the order of the file.
    #[must_use]
    pub fn findings(&self) -> Vec<&Finding> {
        let proposal = self.proposal.iter();
        let meaning = proposal
            .flat_map(|proposal| std::iter::once(&proposal.kind_finding).chain(&proposal.fields));
        self.way.findings.iter().chain(meaning).collect()
    }

    /// Everything that a person has to look at.
    #[must_use]
    pub fn notes(&self, lang: Lang) -> Vec<&str> {
        let meaning = self.proposal.iter().flat_map(|proposal| &proposal.notes);
        self.way
            .notes
            .iter()
            .chain(meaning)
            .map(|note| note.in_lang(lang))
            .collect()
    }

    /// Writes the file; `test` is the fixture's name and how many items come of it.
    #[must_use]
    pub fn yaml(&self, test: Option<(&str, usize)>, lang: Lang) -> String {
        let test = test.map(|(fixture, count)| write::Test {
            fixture: fixture.to_owned(),
            count,
        });
        write::connector(
            &self.place,
            &self.way,
            self.proposal.as_ref(),
            test.as_ref(),
            lang,
        )
    }
}

fn loaded(id: &str, yaml: &str, options: LoadOptions) -> Result<Arc<Connector>, Vec<Fault>> {
    let loaded = load_str(&format!("{id}.yaml"), yaml, options);
    match loaded.get(id) {
        Some(connector) => Ok(Arc::clone(connector)),
        None => Err(loaded.faults),
    }
}

fn said(faults: &[Fault]) -> String {
    let all: Vec<String> = faults
        .iter()
        .map(|fault| format!("{}: {}", fault.code(), fault.message(Lang::En)))
        .collect();
    all.join("; ")
}
