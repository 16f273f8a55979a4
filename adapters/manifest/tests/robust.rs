//! Whatever is written: an answer, never a panic, and never a usable connector with an error.

use divos_manifest::{
    Expr, Format, LoadOptions, Path, Pattern, Severity, load_texts, parse_duration, parse_size,
    render,
};
use divos_model::Lang;
use proptest::prelude::*;

const SAMPLE: &str = "metadata: { name: a, title: A, owner: \"030801\" }\nextends: t@1\nwith: { x: [1, \"${secret:k}\"], y: é }\napp:\n  upstreams: [\"http://10.0.0.1\"]\n  sso: { headers: { set: { X-User: login } } }\n  policy: [{ path: /, allow: { any: [{ role: a }, signed_in] } }]\nauth: { basic: { username: u, password: \"${secret:k}\" } }\nsources:\n  s:\n    rest: { get: \"/x/${page}\", query: { since: \">=${cursor}\" }, fail: { when: not ok } }\n    select: $.data[?(@.a > 1)]\n    paginate: { page: { until: total, total: meta.total } }\n    cursor: { field: t, overlap: 1m }\n    deletes: { tombstone: \"gone == 1\" }\n    to: letter\n    map: { id: id, title: title | text, state: \"s | lookup({'a': 'done'})\" }\nprivacy: { class: internal, pii: { from: mask }, retain: 30d, audience: { unit: \"0301\" } }\ntests: [{ fixture: x.http, expect: [{ a: null }] }]\n";
const TEMPLATE: &str = "kind: Template\nmetadata: { name: t@1, title: T }\nparams: { x: { type: list, description: X }, y: { description: Y } }\nprivacy: { class: public }\napp: { open: \"/${param.y}\", hosts: \"${param.x}\" }\n";

fn judge(connector: &str, template: &str, overlay: &str) {
    let loaded = load_texts(
        &[("a.yaml", connector)],
        &[("t@1.yaml", template)],
        &[("a.yaml", overlay)],
        LoadOptions::default(),
    );
    for lang in [Lang::Id, Lang::En] {
        for format in [Format::Human, Format::Colour, Format::Json, Format::Github] {
            let _ = render(&loaded.faults, lang, format);
        }
    }
    let broken = loaded
        .faults_of("a")
        .any(|fault| fault.severity() == Severity::Error);
    assert!(
        !(broken && loaded.get("a").is_some()),
        "usable although broken:\n{connector}"
    );
    let _ = loaded.explain("a");
}

/// Cuts, doubles or replaces a piece of a text.
fn spoil(text: &str, at: usize, len: usize, with: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let from = at % chars.len();
    let to = (from + len).min(chars.len());
    chars[..from]
        .iter()
        .chain(with.chars().collect::<Vec<_>>().iter())
        .chain(&chars[to..])
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(120) })]

    #[test]
    fn any_text(text in "\\PC{0,200}", lines in prop::collection::vec("[ -~]{0,30}", 0..12)) {
        judge(&text, &text, &text);
        judge(&lines.join("\n"), TEMPLATE, "");
    }

    #[test]
    fn spoiled_definitions(at in 0usize..2000, len in 0usize..12, with in "[\\[\\]{}:,'\"$|&*!#%@\\- a0\n\té]{0,4}", which in 0..3) {
        match which {
            0 => judge(&spoil(SAMPLE, at, len, &with), TEMPLATE, ""),
            1 => judge(SAMPLE, &spoil(TEMPLATE, at, len, &with), ""),
            _ => judge(SAMPLE, TEMPLATE, &spoil(SAMPLE, at, len, &with)),
        }
    }

    #[test]
    fn any_small_text(text in "\\PC{0,60}") {
        let _ = Expr::read(&text);
        let _ = text.parse::<Path>();
        let _ = (parse_duration(&text), parse_size(&text));
        let _ = Pattern::read(&text).fill(None, None, None);
    }

    #[test]
    fn paths_say_what_they_read(names in prop::collection::vec("[a-z_]{1,5}", 1..5)) {
        let text = names.join(".");
        let path: Path = text.parse().expect("a path");
        prop_assert_eq!(path.segments().len(), names.len());
        prop_assert_eq!(path.to_string(), text);
    }
}

#[test]
fn nothing_nests_without_end() {
    for deep in [
        "[".repeat(5000),
        "{a: ".repeat(5000),
        "- ".repeat(5000),
        format!("metadata: {{ name: a, title: A }}\nsources: {{ s: {{ select: \"$[?{}\" }} }}\n", "(".repeat(5000)),
        format!("metadata: {{ name: a, title: A }}\nsources: {{ s: {{ to: task, map: {{ id: \"{}\" }} }} }}\n", "(".repeat(3000)),
        format!("metadata: {{ name: a, title: A }}\nsources: {{ s: {{ to: task, map: {{ id: \"{}a\" }} }} }}\n", "not ".repeat(900)),
        "a: &a [x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c]\ne: &e [*d, *d, *d, *d, *d, *d, *d, *d]\nf: &f [*e, *e, *e, *e, *e, *e, *e, *e]\ng: [*f, *f, *f, *f, *f, *f, *f, *f]\n".to_owned(),
    ] {
        judge(&deep, TEMPLATE, "");
    }
}
