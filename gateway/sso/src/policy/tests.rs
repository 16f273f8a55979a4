//! Tables and properties of the evaluator.

use super::*;
use crate::Why;
use crate::sample::{person_in, reader_in};
use proptest::prelude::*;

fn rule(path: &str, methods: &[&str], allow: Allow) -> Rule {
    Rule {
        path: path.into(),
        methods: methods.iter().map(|&m| m.into()).collect(),
        allow,
    }
}

fn anonymous() -> Caller {
    Caller::Anonymous(Why::NoCredential)
}

fn sample() -> Policy {
    let unit = |code: &str, under| Allow::Unit(vec![(code.parse().expect("a code"), under)]);
    Policy::new(vec![
        rule("/", &[], Allow::SignedIn),
        rule("/public", &[], Allow::Public),
        rule("/public/inner", &[], Allow::SignedIn),
        rule("/admin", &[], Allow::Role(vec!["admin".into()])),
        rule("/kominfo", &[], unit("030801", true)),
        rule("/seksi", &[], unit("030894", false)),
        rule("/closed", &[], Allow::Nobody),
        rule(
            "/both",
            &[],
            Allow::All(vec![
                Allow::Role(vec!["admin".into()]),
                unit("030801", true),
            ]),
        ),
        rule("/void", &[], Allow::All(vec![])),
        rule("/write", &["GET"], Allow::Public),
        rule("/write", &[], Allow::Role(vec!["admin".into()])),
    ])
}

#[test]
fn the_most_specific_rule_decides() {
    use Decision::{Allowed, Denied, SignInNeeded};
    let clerk = person_in("030894", &[]);
    let admin = person_in("011301", &["admin"]);
    let chief = person_in("030801", &["admin"]);
    for (path, method, expected) in [
        ("/", "GET", [SignInNeeded, Allowed, Allowed, Allowed]),
        ("/public", "GET", [Allowed, Allowed, Allowed, Allowed]),
        ("/public/a", "GET", [Allowed, Allowed, Allowed, Allowed]),
        ("/publicx", "GET", [SignInNeeded, Allowed, Allowed, Allowed]),
        ("/PUBLIC", "GET", [SignInNeeded, Allowed, Allowed, Allowed]),
        (
            "/public/inner/b",
            "GET",
            [SignInNeeded, Allowed, Allowed, Allowed],
        ),
        ("/admin", "GET", [SignInNeeded, Denied, Allowed, Allowed]),
        (
            "/kominfo/x",
            "GET",
            [SignInNeeded, Allowed, Denied, Allowed],
        ),
        ("/seksi", "GET", [SignInNeeded, Allowed, Denied, Denied]),
        ("/closed", "GET", [Denied, Denied, Denied, Denied]),
        ("/both", "GET", [SignInNeeded, Denied, Denied, Allowed]),
        ("/void", "GET", [Denied, Denied, Denied, Denied]),
        ("/write", "GET", [Allowed, Allowed, Allowed, Allowed]),
        ("/write", "POST", [SignInNeeded, Denied, Allowed, Allowed]),
        ("/write", "get", [SignInNeeded, Denied, Allowed, Allowed]),
    ] {
        let seen = [&anonymous(), &clerk, &admin, &chief]
            .map(|caller| sample().decide(caller, method, path));
        assert_eq!(seen, expected, "{method} {path}");
    }
}

#[test]
fn no_rules_deny_everything() {
    let admin = person_in("030801", &["admin"]);
    assert_eq!(
        Policy::new(vec![]).decide(&admin, "GET", "/"),
        Decision::Denied
    );
    assert!(!Policy::new(vec![]).lets_in(&admin));
    let elsewhere = Policy::new(vec![rule("/a", &[], Allow::Public)]);
    assert_eq!(elsewhere.decide(&admin, "GET", "/b"), Decision::Denied);
}

#[test]
fn a_path_with_two_meanings_is_denied_even_where_all_is_public() {
    let open = Policy::new(vec![rule("/", &[], Allow::Public)]);
    for path in [
        "",
        "x",
        "*",
        "http://a/",
        "/a//b",
        "//",
        "//a",
        "/a/../b",
        "/..",
        "/a/.",
        "/./a",
        "/a/%2e%2e/b",
        "/%2E%2E",
        "/a%2fb",
        "/a%2Fb",
        "/a%5cb",
        "/a\\b",
        "/a%252fb",
        "/a;b",
        "/a/..;/b",
        "/a%3bb",
        "/a?b",
        "/a#b",
        "/a%3fb",
        "/a%23b",
        "/a%00",
        "/a%0a",
        "/a\n",
        "/a b",
        "/é",
        "/%",
        "/%2",
        "/%zz",
        "/%+f",
        "/a%7f",
    ] {
        assert_eq!(
            open.decide(&anonymous(), "GET", path),
            Decision::Denied,
            "{path:?}"
        );
        assert!(
            open.explain(&anonymous(), "GET", path).refused.is_some(),
            "{path:?}"
        );
    }
    for path in [
        "/",
        "/a",
        "/a/",
        "/a/b.html",
        "/...",
        "/a/..b",
        "/a%20b",
        "/%C3%A9",
        "/a+b&c=d@e:f,g'(h)*!~",
    ] {
        assert_eq!(
            open.decide(&anonymous(), "GET", path),
            Decision::Allowed,
            "{path:?}"
        );
    }
}

#[test]
fn a_machine_is_nobody_to_an_app() {
    let machine = Caller::Machine(std::sync::Arc::new(crate::Machine {
        id: "x".into(),
        name: "x".into(),
        scopes: vec!["feed:read".into()],
    }));
    assert_eq!(sample().decide(&machine, "GET", "/"), Decision::Denied);
    assert_eq!(
        sample().decide(&machine, "GET", "/public"),
        Decision::Allowed
    );
}

#[test]
fn the_explanation_names_rule_and_conditions() {
    let clerk = person_in("030894", &[]);
    let why = sample().explain(&clerk, "GET", "/both/x");
    assert_eq!(why.decision, Decision::Denied);
    assert_eq!(why.rule.as_deref(), Some("/both"));
    assert_eq!(
        why.conditions,
        [
            (0, "all".into(), false),
            (1, "role admin".into(), false),
            (1, "unit 030801/…".into(), true)
        ]
    );
}

fn conditions() -> impl Strategy<Value = Allow> {
    let leaf = prop_oneof![
        Just(Allow::Public),
        Just(Allow::SignedIn),
        Just(Allow::Nobody),
        proptest::sample::select(vec!["admin", "operator"])
            .prop_map(|role| Allow::Role(vec![role.into()])),
        (
            proptest::sample::select(vec!["030801", "030894"]),
            any::<bool>()
        )
            .prop_map(|(code, under)| Allow::Unit(vec![(code.parse().expect("a code"), under)])),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Allow::All),
            proptest::collection::vec(inner, 0..3).prop_map(Allow::Any)
        ]
    })
}

fn rules() -> impl Strategy<Value = Vec<Rule>> {
    let path = proptest::sample::select(vec!["/", "/a", "/a/b", "/a/b/c", "/ab", "/b"]);
    let one = (
        path,
        proptest::sample::subsequence(vec!["GET", "POST"], 0..=1),
        conditions(),
    );
    proptest::collection::vec(
        one.prop_map(|(path, methods, allow)| rule(path, &methods, allow)),
        0..6,
    )
}

/// The same decision, written as plainly as possible: walk up from the path, segment by segment.
fn by_the_book(rules: &[Rule], caller: &Caller, method: &str, path: &str) -> bool {
    let mut prefix = path.trim_end_matches('/').to_owned();
    loop {
        let name = if prefix.is_empty() {
            "/"
        } else {
            prefix.as_str()
        };
        for named in [true, false] {
            let here = |rule: &&Rule| {
                rule.path == name
                    && rule.methods.is_empty() != named
                    && (!named || rule.methods.iter().any(|m| m == method))
            };
            if let Some(rule) = rules.iter().rfind(here) {
                return holds(&rule.allow, caller);
            }
        }
        match prefix.rfind('/') {
            Some(at) => prefix.truncate(at),
            None => return false,
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_never_panic_and_never_open_what_is_closed(path in ".{0,60}|[/.%a-z;0-9]{0,40}", method in "[A-Za-z]{0,8}") {
        let closed = Policy::new(vec![rule("/", &[], Allow::Nobody)]);
        prop_assert_eq!(closed.decide(&person_in("030801", &["admin"]), &method, &path), Decision::Denied);
        let _ = sample().explain(&anonymous(), &method, &path);
    }

    #[test]
    fn it_decides_as_the_plain_reading_does(rules in rules(), path in proptest::sample::select(vec!["/", "/a", "/a/", "/a/b", "/a/b/c/d", "/ab/c", "/c"]), method in proptest::sample::select(vec!["GET", "POST"])) {
        for caller in [anonymous(), person_in("030894", &[]), person_in("030801", &["admin"])] {
            let decided = Policy::new(rules.clone()).decide(&caller, method, path) == Decision::Allowed;
            prop_assert_eq!(decided, by_the_book(&rules, &caller, method, path));
        }
    }

    #[test]
    fn the_path_decided_on_is_the_path_a_server_sees(path in "/[a-z/.%25;\\\\?#]{0,12}") {
        // What passes the check is the same after decoding and resolving, in number and order of segments.
        if check_path(&path).is_ok() {
            let decoded = percent_encoding::percent_decode_str(&path).decode_utf8_lossy().into_owned();
            prop_assert_eq!(decoded.matches('/').count(), path.matches('/').count());
            let url = url::Url::parse("https://a.example").expect("a url").join(&path).expect("a url");
            prop_assert_eq!(url.path(), path);
        }
    }

    #[test]
    fn losing_a_right_never_opens_anything(rules in rules()) {
        let (less, more) = (reader_in("030894", &[]), reader_in("030894", &["admin", "operator"]));
        prop_assert_eq!(&less.under, &more.under);
        for path in ["/", "/a", "/a/b"] {
            let [less, more] = [person_in("030894", &[]), person_in("030894", &["admin", "operator"])]
                .map(|caller| Policy::new(rules.clone()).decide(&caller, "GET", path) == Decision::Allowed);
            prop_assert!(!less || more);
        }
    }
}
