//! The laws of laying definitions over each other.

use super::*;
use crate::node::File;
use proptest::prelude::*;

fn tree(yaml: &str) -> Node {
    let file = Arc::new(File {
        path: "t.yaml".into(),
        text: yaml.to_owned(),
    });
    crate::yaml::read(&file).root.expect("good YAML")
}

fn merged(base: &str, over: &str) -> serde_json::Value {
    merge(Some(&WHOLE), tree(base), &tree(over)).to_json()
}

#[test]
fn maps_merge_lists_replace_null_deletes_choices_give_way() {
    for (base, over, expected) in [
        (
            "app: { host: a, open: /x }",
            "app: { host: b }",
            serde_json::json!({"app": {"host": "b", "open": "/x"}}),
        ),
        (
            "app: { hosts: [a, b] }",
            "app: { hosts: [c] }",
            serde_json::json!({"app": {"hosts": ["c"]}}),
        ),
        (
            "app: { host: a, open: /x }",
            "app: { open: null }",
            serde_json::json!({"app": {"host": "a"}}),
        ),
        (
            "auth: { basic: { username: u } }",
            "auth: { bearer: { token: t } }",
            serde_json::json!({"auth": {"bearer": {"token": "t"}}}),
        ),
        (
            "auth: { basic: { username: u } }",
            "auth: { basic: { password: p } }",
            serde_json::json!({"auth": {"basic": {"username": "u", "password": "p"}}}),
        ),
        (
            "auth: { basic: { username: u }, check: /a }",
            "auth: { bearer: { token: t } }",
            serde_json::json!({"auth": {"check": "/a", "bearer": {"token": "t"}}}),
        ),
        (
            "auth: { basic: { username: u }, check: /a }",
            "auth: { bearer: { token: t }, check: /b }",
            serde_json::json!({"auth": {"check": "/b", "bearer": {"token": "t"}}}),
        ),
        (
            "auth: { basic: { username: u }, check: /a }",
            "auth: { check: null }",
            serde_json::json!({"auth": {"basic": {"username": "u"}}}),
        ),
        (
            "auth: { basic: { username: u } }",
            "auth: { check: /a }",
            serde_json::json!({"auth": {"basic": {"username": "u"}, "check": "/a"}}),
        ),
        (
            "auth: { basic: { username: u } }",
            "auth: none",
            serde_json::json!({"auth": "none"}),
        ),
        (
            "sources: { a: { deletes: never }, b: { deletes: never } }",
            "sources: { b: null }",
            serde_json::json!({"sources": {"a": {"deletes": "never"}}}),
        ),
        (
            "{}",
            "tests: [{ fixture: a, expect: [{ summary: null }] }]",
            serde_json::json!({"tests": [{"fixture": "a", "expect": [{"summary": null}]}]}),
        ),
    ] {
        assert_eq!(merged(base, over), expected, "{base} + {over}");
    }
}

/// Trees of a grammar without choices, as YAML in flow style.
fn trees() -> impl Strategy<Value = String> {
    let scalar = prop_oneof![
        Just("null".to_owned()),
        "[a-c]{1}",
        "[0-9]{1,2}",
        Just("[1, 2]".to_owned())
    ];
    scalar.prop_recursive(3, 12, 3, |inner| {
        prop::collection::btree_map("[a-c]", inner, 0..3).prop_map(|map| {
            let pairs: Vec<String> = map
                .iter()
                .map(|(key, value)| format!("{key}: {value}"))
                .collect();
            format!("{{ {} }}", pairs.join(", "))
        })
    })
}

fn map_of(inner: String) -> String {
    if inner.starts_with('{') {
        inner
    } else {
        format!("{{ a: {inner} }}")
    }
}

static FREE_MAP: Type = Type::Map(&FREE, None);
static FREE: Type = Type::Map(&FREE_MAP, None);

proptest! {
    #[test]
    fn merge_laws(a in trees().prop_map(map_of), b in trees().prop_map(map_of)) {
        let law = |x: &Node, y: &Node| merge(Some(&FREE), x.clone(), y).to_json();
        let (a, b) = (prune(Some(&FREE), &tree(&a)), tree(&b));
        // Nothing laid over something changes nothing, and the other way round gives the thing itself.
        prop_assert_eq!(law(&a, &tree("{}")), a.to_json());
        prop_assert_eq!(law(&tree("{}"), &a), a.to_json());
        // Laying the same thing twice is laying it once.
        let once = merge(Some(&FREE), a, &b);
        prop_assert_eq!(law(&once, &b), once.to_json());
    }
}
