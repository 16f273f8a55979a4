//! A proposal as the YAML of a connector: the usual order, one comment for each thing that a person has to look at.

use super::mapping::SURE;
use super::{Finding, Place, Proposal, Said, Way};
use divos_model::Lang;

/// A test that a fixture stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Test {
    pub(super) fixture: String,
    pub(super) count: usize,
}

/// Writes the file; `proposal` is absent where only a sign-in is known.
pub(super) fn connector(
    place: &Place,
    way: &Way,
    proposal: Option<&Proposal>,
    test: Option<&Test>,
    lang: Lang,
) -> String {
    let mut out = vec![
        format!(
            "# {}",
            lang.pick(
                "Konsep dari `divos connector infer`: periksa sebelum dipakai.",
                "A draft of `divos connector infer`: look at it before it is used."
            )
        ),
        "apiVersion: divos/v1".to_owned(),
        "kind: Connector".to_owned(),
        format!(
            "metadata: {{ name: {}, title: {}, contract: assumed }}",
            place.id,
            scalar(&place.title)
        ),
    ];
    let notes = way
        .notes
        .iter()
        .chain(proposal.iter().flat_map(|proposal| &proposal.notes));
    let notes: Vec<String> = notes.map(|note| look(note, lang)).collect();
    out.splice(1..1, notes);
    if let Some(upstream) = &place.upstream {
        out.push(format!("app: {{ upstreams: {} }}", scalar(upstream)));
    }
    out.extend(way.auth.iter().cloned());
    if let Some(proposal) = proposal {
        source(way, proposal, lang, &mut out);
        out.push(privacy(proposal));
    }
    if let Some(test) = test {
        out.push("tests:".to_owned());
        out.push(format!(
            "  - {{ fixture: {}, source: {}, count: {} }}",
            test.fixture, way.name, test.count
        ));
    }
    out.join("\n") + "\n"
}

/// A thing to look at, as comments of at most about 110 characters.
fn look(note: &Said, lang: Lang) -> String {
    let head = lang.pick("periksa: ", "check: ");
    let mut lines = vec![format!("# {head}")];
    for word in note.in_lang(lang).split_whitespace() {
        let long = lines
            .last()
            .is_some_and(|line| line.chars().count() + word.chars().count() > 110);
        if long {
            lines.push("#   ".to_owned());
        }
        if let Some(line) = lines.last_mut() {
            if !line.ends_with(' ') {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines.join("\n")
}

fn source(way: &Way, proposal: &Proposal, lang: Lang, out: &mut Vec<String>) {
    out.push("sources:".to_owned());
    out.push(format!("  {}:", way.name));
    out.extend(way.lines.iter().map(|line| format!("    {line}")));
    out.push("    every: 30m".to_owned());
    let doubt = |field: &str| {
        way.findings
            .iter()
            .find(|finding| finding.field == field)
            .filter(|finding| finding.confidence < 70)
    };
    let why = doubt("deletes")
        .map(|finding| format!("  # {}", finding.why.in_lang(lang)))
        .unwrap_or_default();
    out.push(format!("    deletes: {}{why}", way.deletes));
    let kind = &proposal.kind_finding;
    let guess = guess(kind, lang);
    out.push(format!("    to: {}{guess}", proposal.kind.as_str()));
    out.push("    map:".to_owned());
    for field in &proposal.fields {
        let (from, guess) = (scalar(&field.from), self::guess(field, lang));
        out.push(format!("      {}: {from}{guess}", field.field));
    }
}

/// Says why something was chosen that is not sure, as a comment behind it; what the app is quoted with stays in its line.
fn guess(finding: &Finding, lang: Lang) -> String {
    if finding.confidence >= SURE {
        return String::new();
    }
    let why: Vec<&str> = finding.why.in_lang(lang).split_whitespace().collect();
    format!("  # {} % · {}", finding.confidence, why.join(" "))
}

/// Internal at first; what is personal is masked.
fn privacy(proposal: &Proposal) -> String {
    if proposal.personal.is_empty() {
        return "privacy: { class: internal }".to_owned();
    }
    let masked: Vec<String> = proposal
        .personal
        .iter()
        .map(|target| format!("{target}: mask"))
        .collect();
    format!(
        "privacy: {{ class: internal, personal_data: general, pii: {{ {} }} }}",
        masked.join(", ")
    )
}

/// A scalar of YAML within a flow: as it is where nothing of it could be read otherwise, else in quotes.
pub(super) fn scalar(text: &str) -> String {
    let safe = |c: char| {
        c.is_alphanumeric()
            || matches!(
                c,
                '_' | '-' | '.' | '/' | ' ' | '|' | '(' | ')' | '+' | '\'' | '@' | '=' | '%' | ';'
            )
    };
    let begins = text.starts_with(|c: char| c.is_alphabetic() || c == '/' || c == '_');
    let word = [
        "true", "false", "null", "yes", "no", "on", "off", "y", "n", "none", "~",
    ]
    .contains(&text.to_lowercase().as_str());
    if begins && !word && text.chars().all(safe) && text.trim() == text {
        return text.to_owned();
    }
    serde_json::to_string(text).unwrap_or_default()
}
