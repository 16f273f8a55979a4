//! What a browser would submit (WHATWG HTML 4.10.21.3 and 4.10.22.4).
//!
//! Owns which controls of a form count and with which values. It must never submit.

use super::text;
use scraper::{ElementRef, Html, Selector};
use url::Url;

/// The most forms of a page, and the most fields of a form.
const FORMS: usize = 200;
const FIELDS: usize = 5000;

/// A form, as a browser would submit it untouched. Its values may be secrets: it cannot be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Form {
    /// The address that it goes to, whole where the page's own is.
    pub action: String,
    /// `GET` or `POST`.
    pub method: &'static str,
    /// `application/x-www-form-urlencoded`, `multipart/form-data` or `text/plain`.
    pub encoding: &'static str,
    /// Its `id`.
    pub id: Option<String>,
    /// Its `name`.
    pub name: Option<String>,
    /// What is sent, in its order; of the buttons only the first, which the Enter key presses.
    pub fields: Vec<Field>,
}

/// One value that is sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// `hidden`, `text`, `password`, `checkbox`, …, `select`, `textarea` or `submit`.
    pub kind: String,
}

impl Form {
    /// The first field of a kind.
    #[must_use]
    pub fn of_kind(&self, kind: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.kind == kind)
    }
}

pub(super) fn all(html: &Html, base: &str) -> Vec<Form> {
    let base = based(html, base);
    let (Ok(forms), Ok(controls)) = (
        Selector::parse("form"),
        Selector::parse("input, select, textarea, button"),
    ) else {
        return Vec::new();
    };
    let elements: Vec<ElementRef<'_>> = html.select(&forms).take(FORMS).collect();
    let mut read: Vec<Form> = elements
        .iter()
        .map(|form| empty(*form, base.as_ref()))
        .collect();
    let mut pressed = vec![false; read.len()];
    for control in html.select(&controls) {
        let Some(at) = owner(control, &elements) else {
            continue;
        };
        if read[at].fields.len() < FIELDS && !disabled(control) {
            submit(control, &mut read[at].fields, &mut pressed[at]);
        }
    }
    read
}

/// The address that relative ones are relative to.
fn based(html: &Html, page: &str) -> Option<Url> {
    let page = Url::parse(page).ok()?;
    let base = Selector::parse("base[href]").ok()?;
    let stated = html.select(&base).next().and_then(|base| base.attr("href"));
    stated
        .and_then(|href| page.join(href.trim()).ok())
        .or(Some(page))
}

fn empty(form: ElementRef<'_>, base: Option<&Url>) -> Form {
    let action = form.attr("action").unwrap_or_default().trim();
    let whole = base.and_then(|base| base.join(action).ok());
    let is = |name: &str, value: &str| {
        form.attr(name)
            .is_some_and(|written| written.trim().eq_ignore_ascii_case(value))
    };
    let kinds = ["multipart/form-data", "text/plain"];
    let encoding = kinds.into_iter().find(|kind| is("enctype", kind));
    let owned = |name: &str| form.attr(name).map(str::to_owned);
    Form {
        action: whole.map_or_else(|| action.to_owned(), String::from),
        method: if is("method", "post") { "POST" } else { "GET" },
        encoding: encoding.unwrap_or("application/x-www-form-urlencoded"),
        id: owned("id"),
        name: owned("name"),
        fields: Vec::new(),
    }
}

/// The form that a control belongs to: that of its `form` attribute, else the one around it. A form between a table
/// and its rows, as old pages have it, holds nothing in the tree: what has no form around it belongs to the last such.
fn owner(control: ElementRef<'_>, forms: &[ElementRef<'_>]) -> Option<usize> {
    if let Some(id) = control.attr("form") {
        return forms.iter().position(|form| form.value().id() == Some(id));
    }
    let around = control
        .ancestors()
        .find_map(|node| forms.iter().position(|form| form.id() == node.id()));
    around.or_else(|| {
        let before = |form: &ElementRef<'_>| form.id() < control.id();
        forms
            .iter()
            .rposition(|form| before(form) && misplaced(*form))
    })
}

fn misplaced(form: ElementRef<'_>) -> bool {
    let around = form.parent().and_then(ElementRef::wrap);
    let name = around.map(|parent| parent.value().name());
    name.is_some_and(|name| matches!(name, "table" | "tbody" | "thead" | "tfoot" | "tr"))
}

/// Whether a control, or a field set around it, is disabled, or it only suggests values.
fn disabled(control: ElementRef<'_>) -> bool {
    control.attr("disabled").is_some()
        || control
            .ancestors()
            .filter_map(ElementRef::wrap)
            .any(|around| {
                let name = around.value().name();
                name == "datalist" || (name == "fieldset" && around.attr("disabled").is_some())
            })
}

fn submit(control: ElementRef<'_>, fields: &mut Vec<Field>, pressed: &mut bool) {
    let element = control.value().name();
    let stated = control
        .attr("type")
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let kind = match (element, stated.as_str()) {
        ("button", "" | "submit") => "submit",
        ("button", _) => return,
        ("input", "") => "text",
        ("input", kind) => kind,
        (element, _) => element,
    };
    let name = control.attr("name").unwrap_or_default();
    let value = control.attr("value");
    let mut send = |name: &str, value: &str| {
        if !name.is_empty() {
            fields.push(Field {
                name: name.to_owned(),
                value: value.to_owned(),
                kind: kind.to_owned(),
            });
        }
    };
    match kind {
        "reset" | "button" => {}
        "submit" | "image" if std::mem::replace(pressed, true) => {}
        "image" => ["x", "y"].iter().for_each(|axis| {
            let place = if name.is_empty() {
                (*axis).to_owned()
            } else {
                format!("{name}.{axis}")
            };
            send(&place, "0");
        }),
        "checkbox" | "radio" if control.attr("checked").is_none() => {}
        "checkbox" | "radio" => send(name, value.unwrap_or("on")),
        "hidden" if name == "_charset_" => send(name, "UTF-8"),
        "file" => send(name, ""),
        "select" => chosen(control).iter().for_each(|value| send(name, value)),
        "textarea" => send(name, &control.text().collect::<String>()),
        _ => send(name, value.unwrap_or_default()),
    }
}

/// The values of the chosen options; a menu of one line has one chosen in any case.
fn chosen(select: ElementRef<'_>) -> Vec<String> {
    let Ok(options) = Selector::parse("option") else {
        return Vec::new();
    };
    let able = |option: &ElementRef<'_>| {
        let group = option.parent().and_then(ElementRef::wrap);
        let off = group.is_some_and(|group| {
            group.value().name() == "optgroup" && group.attr("disabled").is_some()
        });
        option.attr("disabled").is_none() && !off
    };
    let all: Vec<ElementRef<'_>> = select.select(&options).collect();
    let marked = || {
        all.iter()
            .filter(|option| option.attr("selected").is_some())
    };
    let multiple = select.attr("multiple").is_some();
    let size = select
        .attr("size")
        .and_then(|size| size.trim().parse().ok())
        .unwrap_or(1_u32);
    let picked: Vec<&ElementRef<'_>> = match marked().next_back() {
        Some(_) if multiple => marked().collect(),
        Some(last) => vec![last],
        None if multiple || size > 1 => Vec::new(),
        None => all.iter().find(|option| able(option)).into_iter().collect(),
    };
    let picked = picked.into_iter().filter(|option| able(option));
    picked
        .map(|option| {
            option
                .attr("value")
                .map_or_else(|| text::of(*option), str::to_owned)
        })
        .collect()
}
