//! A SOAP service by its description: the operation that lists, the message it takes, and where its answer repeats.

use super::lists::name_of;
use super::sketch::{Nothing, never};
use super::words::{folded, words};
use super::{Finding, Place, Said, Way, write};
use divos_formats::xml::soap::Version;
use divos_formats::xml::wsdl::{Field, Operation, Port, read};
use serde_json::Value as Json;
use url::Url;

/// Words of operations that list.
const LISTS: &[&str] = &[
    "daftar", "list", "semua", "all", "get", "ambil", "cari", "search", "rekap", "data", "tagihan",
    "find",
];

/// Drafts the source of a service; `description` is its WSDL. `wanted` names the operation.
///
/// # Errors
/// [`Nothing`] where it is no WSDL, or none of its operations answers a list.
pub fn service(
    description: &[u8],
    content_type: Option<&str>,
    wanted: Option<&str>,
    place: &Place,
) -> Result<Way, Nothing> {
    let ports = read(description, content_type).map_err(|fault| {
        Nothing::new(
            format!("WSDL tidak terbaca: {fault}"),
            format!("the WSDL cannot be read: {fault}"),
        )
    })?;
    let all = ports.iter().flat_map(|port| {
        port.operations
            .iter()
            .map(move |operation| (port, operation))
    });
    let asked = all
        .clone()
        .filter(|(_, operation)| wanted.is_none_or(|name| operation.name == name));
    let listing = asked.filter(|(_, operation)| !operation.repeated().is_empty());
    let best =
        listing.max_by_key(|(port, operation)| (score(operation), port.version == Version::V11));
    let Some((port, operation)) = best else {
        let mut names: Vec<&str> = all.map(|(_, operation)| operation.name.as_str()).collect();
        names.dedup();
        let names = names.join(", ");
        return Err(Nothing::new(
            format!("tidak ada operasi yang menjawab dengan daftar; yang ada: {names}"),
            format!("no operation answers with a list; there are: {names}"),
        ));
    };
    Ok(way(port, operation, place))
}

fn score(operation: &Operation) -> usize {
    let said = words(&operation.name);
    let lists = LISTS
        .iter()
        .filter(|word| said.iter().any(|said| said == *word))
        .count();
    let needs = operation
        .input
        .iter()
        .flat_map(|input| &input.fields)
        .filter(|field| !field.optional)
        .count();
    lists * 10 + 20usize.saturating_sub(needs)
}

fn way(port: &Port, operation: &Operation, place: &Place) -> Way {
    let path = operation.repeated().into_iter().next().unwrap_or_default();
    let select = format!(
        "{}[*]",
        path.iter().skip(2).cloned().collect::<Vec<_>>().join(".")
    );
    let endpoint = port
        .endpoint
        .parse::<Url>()
        .map_or_else(|_| place.path.clone(), |url| url.path().to_owned());
    let mut message = Message {
        namespaces: Vec::new(),
        guessed: Vec::new(),
        paged: false,
        id: &place.id,
    };
    let body = operation.input.as_ref().map_or_else(
        || "{}".to_owned(),
        |input| format!("{{ {} }}", message.element(input)),
    );
    let headers: Vec<String> = operation
        .headers
        .iter()
        .map(|header| message.secret(header))
        .collect();
    let mut lines = vec![
        "soap:".to_owned(),
        format!("  endpoint: {}", write::scalar(&endpoint)),
    ];
    if !operation.action.is_empty() {
        lines.push(format!("  action: {}", write::scalar(&operation.action)));
    }
    if port.version == Version::V12 {
        lines.push("  version: \"1.2\"".to_owned());
    }
    if !message.namespaces.is_empty() {
        let ns: Vec<String> = message
            .namespaces
            .iter()
            .enumerate()
            .map(|(at, ns)| format!("{}: {}", prefix(at), quoted(ns)))
            .collect();
        lines.push(format!("  ns: {{ {} }}", ns.join(", ")));
    }
    if !headers.is_empty() {
        lines.push(format!("  header: {{ {} }}", headers.join(", ")));
    }
    lines.push(format!("  body: {body}"));
    lines.push(format!("select: {}", write::scalar(&select)));
    let mut findings = vec![
        Finding::new(
            "source",
            format!("soap {}", operation.name),
            80,
            Said::new(
                "operasi yang menjawab dengan daftar",
                "the operation that answers with a list",
            ),
        ),
        Finding::new(
            "select",
            select,
            92,
            Said::new(
                "elemen yang berulang menurut WSDL",
                "the element that repeats, says the WSDL",
            ),
        ),
    ];
    if message.paged {
        lines.push("paginate: { page: { until: empty } }".to_owned());
        findings.push(Finding::new(
            "paginate",
            "page",
            70,
            Said::new(
                "pesannya memuat nomor halaman",
                "the message holds a page number",
            ),
        ));
    }
    findings.push(never(
        "tidak terbukti lengkap; `sweep` bila operasi ini selalu menjawab semuanya",
        "not proved complete; `sweep` where this operation always answers everything",
    ));
    let mut notes = Vec::new();
    if !message.guessed.is_empty() {
        let names = message.guessed.join(", ");
        notes.push(Said::new(
            format!("nilai parameter ini dikarang: {names}"),
            format!("the values of these parameters are made up: {names}"),
        ));
    }
    if !headers.is_empty() {
        notes.push(Said::new(
            format!(
                "kepala pesan meminta kredensial: tetapkan rahasia `{}/…` di hub.yaml",
                place.id
            ),
            format!(
                "the header wants credentials: set the secrets `{}/…` in hub.yaml",
                place.id
            ),
        ));
    }
    let last = path.last().cloned().unwrap_or_default();
    Way {
        name: name_of(&[&last, &operation.name]),
        lines,
        about: format!(
            "{} {} {} {last}",
            place.about(),
            port.service,
            operation.name
        ),
        typed: typed(operation, &path),
        findings,
        notes,
        ..Way::empty()
    }
}

/// A row as the description types it.
fn typed(operation: &Operation, path: &[String]) -> Vec<Json> {
    let mut at = operation.output.as_ref();
    for name in path.iter().skip(3) {
        at = at.and_then(|field| field.fields.iter().find(|child| child.name == *name));
    }
    at.map(sample).into_iter().filter(Json::is_object).collect()
}

fn sample(field: &Field) -> Json {
    if !field.fields.is_empty() {
        let children = field
            .fields
            .iter()
            .map(|child| (child.name.clone(), sample(child)));
        return Json::Object(children.collect());
    }
    match field.kind.as_str() {
        "date" => "2026-01-01".into(),
        "dateTime" => "2026-01-01T00:00:00+08:00".into(),
        "boolean" => true.into(),
        "string" | "unknown" => "contoh".into(),
        _ => 1.into(),
    }
}

/// A message as it is written down.
struct Message<'a> {
    namespaces: Vec<String>,
    /// Parameters whose values nobody told.
    guessed: Vec<String>,
    paged: bool,
    id: &'a str,
}

impl Message<'_> {
    fn name(&mut self, field: &Field) -> String {
        let Some(namespace) = &field.namespace else {
            return write::scalar(&field.name);
        };
        let at = self
            .namespaces
            .iter()
            .position(|known| known == namespace)
            .unwrap_or_else(|| {
                self.namespaces.push(namespace.clone());
                self.namespaces.len() - 1
            });
        format!("\"{}:{}\"", prefix(at), field.name)
    }

    fn element(&mut self, field: &Field) -> String {
        let name = self.name(field);
        if field.fields.is_empty() {
            let value = match field.kind.as_str() {
                "object" => "{}".to_owned(),
                _ => self.value(field),
            };
            return format!("{name}: {value}");
        }
        let needed = |child: &Field| !child.optional || is_page(child) || is_size(child);
        // Where nothing is said to be needed something is needed all the same.
        let any = field.fields.iter().any(needed);
        let wanted: Vec<&Field> = field
            .fields
            .iter()
            .filter(|child| !any || needed(child))
            .collect();
        let children: Vec<String> = wanted
            .into_iter()
            .filter(|child| !child.name.starts_with('@'))
            .map(|child| self.element(child))
            .collect();
        match children.is_empty() {
            true => format!("{name}: {{}}"),
            false => format!("{name}: {{ {} }}", children.join(", ")),
        }
    }

    fn value(&mut self, field: &Field) -> String {
        if is_page(field) {
            self.paged = true;
            return "\"${page}\"".to_owned();
        }
        if is_size(field) {
            return "100".to_owned();
        }
        self.guessed.push(field.name.clone());
        let until = words(&field.name)
            .iter()
            .any(|word| matches!(word.as_str(), "sampai" | "akhir" | "until" | "end" | "to"));
        match field.kind.as_str() {
            "date" if until => "2099-12-31".to_owned(),
            "date" => "2020-01-01".to_owned(),
            "dateTime" if until => "\"2099-12-31T00:00:00\"".to_owned(),
            "dateTime" => "\"2020-01-01T00:00:00\"".to_owned(),
            "boolean" => "false".to_owned(),
            "int" | "integer" | "long" | "short" | "decimal" | "double" | "float"
            | "positiveInteger" | "nonNegativeInteger" => "1".to_owned(),
            _ => "\"\"".to_owned(),
        }
    }

    /// A header entry whose texts are secrets.
    fn secret(&mut self, field: &Field) -> String {
        let name = self.name(field);
        if field.fields.is_empty() {
            return format!(
                "{name}: \"${{secret:{}/{}}}\"",
                self.id,
                folded(&field.name)
            );
        }
        let children: Vec<String> = field
            .fields
            .iter()
            .map(|child| self.secret(child))
            .collect();
        format!("{name}: {{ {} }}", children.join(", "))
    }
}

fn is_page(field: &Field) -> bool {
    matches!(
        folded(&field.name).as_str(),
        "halaman" | "page" | "hal" | "page_number"
    )
}

fn is_size(field: &Field) -> bool {
    matches!(
        folded(&field.name).as_str(),
        "jumlah" | "limit" | "size" | "page_size" | "per_page" | "maks"
    )
}

fn prefix(at: usize) -> String {
    match at {
        0 => "t".to_owned(),
        at => format!("t{at}"),
    }
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}
