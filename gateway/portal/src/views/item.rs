//! One item with everything that is known of it, in human words.

use super::Badge;
use super::card::{Marks, priority, state, tag};
use super::facts::{self, Fact, Shown};
use crate::frame::Frame;
use crate::ports::Apps;
use crate::registry::{UnitNames, audience};
use crate::when::{Due, due};
use crate::words::{knows, size};
use askama::Template;
use divos_feed::FeedItem;
use divos_model::{Item, Method, TimeQuality};

/// One file of an item.
pub(crate) struct FileLine {
    pub(crate) name: String,
    /// Type and size.
    pub(crate) what: String,
    /// Where it opens in its app.
    pub(crate) open: Option<String>,
}

/// `GET /items/{id}`.
#[derive(Template)]
#[template(path = "item.html")]
pub(crate) struct ItemView {
    pub(crate) f: Frame,
    pub(crate) title: String,
    pub(crate) item_lang: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) icon: &'static str,
    pub(crate) app: String,
    /// Where a person opens it through single sign-on.
    pub(crate) open: Option<String>,
    pub(crate) state: Badge,
    pub(crate) priority: Option<Badge>,
    pub(crate) due: Option<Due>,
    pub(crate) gone: Option<String>,
    pub(crate) paragraphs: Vec<String>,
    pub(crate) facts: Vec<Fact>,
    pub(crate) times: Vec<(String, String)>,
    /// Why the times may be off, where they may.
    pub(crate) time_note: Option<String>,
    pub(crate) people: Vec<(String, String)>,
    pub(crate) files: Vec<FileLine>,
    /// What can be done with it in its app.
    pub(crate) actions: Vec<String>,
    /// Whether personal data in it is masked for this reader.
    pub(crate) masked: bool,
    /// Words → address.
    pub(crate) related: Vec<(String, String)>,
    pub(crate) source: Vec<(String, String)>,
    pub(crate) ext: Vec<(String, String)>,
    pub(crate) m: Marks,
    pub(crate) back: String,
}

impl ItemView {
    /// Makes the page of an item.
    pub(crate) fn of(
        entry: &FeedItem,
        f: Frame,
        apps: &dyn Apps,
        units: &UnitNames,
        back: String,
    ) -> Self {
        let item = &entry.item;
        let app = apps
            .title(&item.app)
            .unwrap_or_else(|| item.app.to_string());
        Self {
            title: item.title.clone(),
            item_lang: tag(&item.lang),
            kind: item.kind().label(f.lang),
            icon: item.kind().as_str(),
            open: apps.open(&item.app, &item.links.web),
            state: state(item, &f),
            priority: priority(item, &f),
            due: item
                .due_at
                .filter(|_| item.state.is_open())
                .map(|at| due(at.into(), f.now, f.lang, item.time_quality)),
            gone: item.deleted.as_ref().map(|gone| {
                format!(
                    "{}, {}",
                    gone.reason.label(f.lang),
                    f.moment(gone.at.into(), None)
                )
            }),
            paragraphs: paragraphs(item.summary.as_deref().unwrap_or_default()),
            facts: facts::of_body(&item.body, &f),
            times: times(item, &f),
            time_note: time_note(item, &f),
            people: item
                .actors
                .iter()
                .map(|actor| (role(&actor.role, &f), actor.label.clone()))
                .collect(),
            files: item
                .attachments
                .iter()
                .map(|file| FileLine {
                    name: file.name.clone(),
                    what: [Some(file.mime.clone()), file.bytes.map(|n| size(f.lang, n))]
                        .into_iter()
                        .flatten()
                        .collect::<Vec<_>>()
                        .join(", "),
                    open: apps.open(&item.app, &file.url),
                })
                .collect(),
            actions: item
                .actions
                .iter()
                .map(|action| action.label.clone())
                .collect(),
            masked: entry.masked,
            related: related(entry, &f, apps),
            source: source(item, &app, units, &f),
            ext: facts::of_ext(&item.ext, &f),
            m: Marks::of(entry, &f),
            app,
            back,
            f,
        }
    }
}

/// Lists the items that belong with one: the same thing in other apps first, then what its app says.
fn related(entry: &FeedItem, f: &Frame, apps: &dyn Apps) -> Vec<(String, String)> {
    let title = |app| apps.title(app).unwrap_or_else(|| app.to_string());
    let same = entry.also.iter().map(|twin| {
        let words = f.with("item-also", &title(&twin.app));
        (words, format!("/items/{}", twin.id))
    });
    let said = entry.item.relations.iter();
    let said = said.map(|other| (relation(&other.rel, f), format!("/items/{}", other.id)));
    same.chain(said).collect()
}

fn paragraphs(text: &str) -> Vec<String> {
    text.split('\n')
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

fn times(item: &Item, f: &Frame) -> Vec<(String, String)> {
    let named = [
        ("time-starts", item.starts_at),
        ("time-ends", item.ends_at),
        ("time-due", item.due_at),
        ("time-created", item.created_at),
        ("time-updated", Some(item.updated_at)),
        ("time-expires", item.expires_at),
    ];
    let known = named.into_iter().filter_map(|(key, at)| Some((key, at?)));
    known
        .map(|(key, at)| (f.t(key), f.moment(at.into(), item.time_quality)))
        .collect()
}

fn time_note(item: &Item, f: &Frame) -> Option<String> {
    match item.time_quality? {
        TimeQuality::Exact => None,
        TimeQuality::DateOnly => Some(f.t("time-note-date")),
        TimeQuality::Guessed => Some(f.t("time-note-guessed")),
    }
}

/// A role in words where the hub knows it, else as the source writes it.
fn role(role: &str, f: &Frame) -> String {
    let key = format!("actor-{role}");
    if knows(&key) {
        f.t(&key)
    } else {
        role.to_owned()
    }
}

fn relation(rel: &str, f: &Frame) -> String {
    let key = format!("relation-{rel}");
    if knows(&key) {
        f.t(&key)
    } else {
        f.t("relation-other")
    }
}

/// Where it came from, and who may see it.
fn source(item: &Item, app: &str, units: &UnitNames, f: &Frame) -> Vec<(String, String)> {
    let from = &item.provenance;
    let method = match from.method {
        Method::Poll => "source-poll",
        Method::Push => "source-push",
    };
    let percent = (f64::from(from.confidence.clamp(0.0, 1.0)) * 100.0).round();
    let mut lines = vec![
        (f.t("source-app"), format!("{app} ({})", item.app)),
        (f.t("source-native"), item.native_id.clone()),
        (
            f.t("source-fetched"),
            f.moment(from.fetched_at.into(), None),
        ),
        (f.t("source-method"), f.t(method)),
        (
            f.t("source-connector"),
            [
                from.connector.as_str(),
                from.version.get(..12).unwrap_or(&from.version),
            ]
            .join(" ")
            .trim()
            .to_owned(),
        ),
        (f.t("source-confidence"), format!("{percent} %")),
        (
            f.t("source-sensitivity"),
            item.sensitivity.label(f.lang).to_owned(),
        ),
        (
            f.t("source-personal"),
            item.personal_data.label(f.lang).to_owned(),
        ),
        (
            f.t("source-audience"),
            audience(&item.audience, units, f.lang),
        ),
    ];
    if let Some(unit) = &item.owner_unit {
        lines.push((f.t("source-unit"), units.with_code(unit.as_str())));
    }
    lines.push((f.t("source-id"), item.id.to_string()));
    lines.push((
        f.t("source-hash"),
        item.hash.to_string().chars().take(16).collect(),
    ));
    lines
}
