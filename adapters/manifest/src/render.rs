//! Shows faults: to people in the compiler's style, to programs as JSON, to code hosts as annotations.

use crate::fault::{Fault, Place, Severity};
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};
use divos_model::Lang;
use serde_json::{Value, json};

/// How faults are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// For people: the line itself, what is wrong with it, and what would help.
    #[default]
    Human,
    /// For people at a terminal: as `Human`, in colour.
    Colour,
    /// One JSON array.
    Json,
    /// GitHub workflow commands, `::error file=…,line=…::…`.
    Github,
}

/// Shows faults in the order given; to people, one that several connectors share is told once. Empty for none (`[]` as JSON); otherwise ends with a line break.
#[must_use]
pub fn render(faults: &[Fault], lang: Lang, format: Format) -> String {
    match format {
        Format::Human => human(faults, lang, &Renderer::plain()),
        Format::Colour => human(faults, lang, &Renderer::styled()),
        Format::Json => {
            let list: Vec<Value> = faults.iter().map(|fault| as_json(fault, lang)).collect();
            format!("{:#}\n", Value::Array(list))
        }
        Format::Github => once(faults)
            .into_iter()
            .map(|fault| github(fault, lang))
            .collect(),
    }
}

fn human(faults: &[Fault], lang: Lang, renderer: &Renderer) -> String {
    let shown: Vec<String> = once(faults)
        .into_iter()
        .map(|fault| one(fault, lang, renderer))
        .collect();
    shown.join("\n")
}

/// Leaves out what was told already: a mistake in a template belongs to every connector that extends it.
pub(crate) fn once(faults: &[Fault]) -> Vec<&Fault> {
    let mut kept: Vec<&Fault> = Vec::with_capacity(faults.len());
    for fault in faults {
        let same = |known: &&Fault| {
            fault.place.is_some() && known.place == fault.place && known.problem == fault.problem
        };
        // Faults come in order of place, so that the same ones are neighbours.
        if !kept
            .iter()
            .rev()
            .take_while(|known| known.place == fault.place)
            .any(same)
        {
            kept.push(fault);
        }
    }
    kept
}

fn one(fault: &Fault, lang: Lang, renderer: &Renderer) -> String {
    let level = match (fault.severity(), lang) {
        (Severity::Error, Lang::En) => Level::ERROR,
        (Severity::Error, Lang::Id) => Level::ERROR.with_name("kesalahan"),
        (Severity::Warning, Lang::En) => Level::WARNING,
        (Severity::Warning, Lang::Id) => Level::WARNING.with_name("peringatan"),
    };
    let title = level.primary_title(fault.message(lang)).id(fault.code());
    let mut group = match &fault.place {
        Some(place) => title.element(snippet(
            place,
            AnnotationKind::Primary,
            fault.problem.label(lang),
        )),
        None => Group::with_title(title),
    };
    for (note, place) in &fault.notes {
        group = group.element(snippet(
            place,
            AnnotationKind::Context,
            note.label(lang).to_owned(),
        ));
    }
    let help = fault.help(lang).map(|help| {
        let level = match lang {
            Lang::En => Level::HELP,
            Lang::Id => Level::HELP.with_name("bantuan"),
        };
        Group::with_title(level.secondary_title(help))
    });
    let report: Vec<Group<'_>> = std::iter::once(group).chain(help).collect();
    tight(&renderer.render(&report))
}

fn snippet(place: &Place, kind: AnnotationKind, label: String) -> Snippet<'_, Annotation<'_>> {
    let byte = |n: usize| {
        place
            .text
            .char_indices()
            .nth(n)
            .map_or(place.text.len(), |(at, _)| at)
    };
    let (start, end) = (
        byte(place.column - 1),
        byte(place.column - 1 + place.length),
    );
    let annotation = kind.span(start..end);
    let annotation = if label.is_empty() {
        annotation
    } else {
        annotation.label(label)
    };
    Snippet::source(place.text.as_str())
        .line_start(place.line)
        .path(place.file.to_string_lossy().into_owned())
        .annotation(annotation)
}

/// Takes out the renderer's empty gutter lines.
fn tight(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text
        .lines()
        .filter(|line| without_colour(line).trim() != "|")
    {
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

fn without_colour(line: &str) -> String {
    let mut out = String::new();
    let mut escape = false;
    for c in line.chars() {
        match (escape, c) {
            (false, '\u{1b}') => escape = true,
            (true, 'm') => escape = false,
            (false, c) => out.push(c),
            _ => {}
        }
    }
    out
}

fn as_json(fault: &Fault, lang: Lang) -> Value {
    let place = |place: &Place| {
        json!({
            "file": place.file.to_string_lossy(),
            "line": place.line,
            "column": place.column,
            "length": place.length,
            "text": place.text,
        })
    };
    let notes = fault
        .notes
        .iter()
        .map(|(note, at)| json!({ "label": note.label(lang), "place": place(at) }));
    json!({
        "code": fault.code(),
        "severity": severity(fault),
        "connector": fault.connector,
        "message": fault.message(lang),
        "label": fault.problem.label(lang),
        "help": fault.help(lang),
        "place": fault.place.as_ref().map(place),
        "notes": notes.collect::<Vec<_>>(),
    })
}

fn severity(fault: &Fault) -> &'static str {
    match fault.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// One workflow command; the message is escaped as GitHub's toolkit does.
fn github(fault: &Fault, lang: Lang) -> String {
    let data = |text: &str| {
        text.replace('%', "%25")
            .replace('\r', "%0D")
            .replace('\n', "%0A")
    };
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    let place = fault.place.as_ref().map(|place| {
        let file = property(&place.file.to_string_lossy());
        let (line, from, to) = (place.line, place.column, place.column + place.length);
        format!("file={file},line={line},col={from},endColumn={to},")
    });
    let help = fault
        .help(lang)
        .map(|help| format!("\n{help}"))
        .unwrap_or_default();
    let message = data(&format!("{}{help}", fault.message(lang)));
    format!(
        "::{} {}title={}::{message}\n",
        severity(fault),
        place.unwrap_or_default(),
        fault.code()
    )
}
