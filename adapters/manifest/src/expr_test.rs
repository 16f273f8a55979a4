//! Expressions: what reads well, what is traced, what is refused.

use super::*;

#[test]
fn traces_lineage_and_direct_paths() {
    for (source, path, lineage) in [
        (
            "title.rendered",
            Some("title.rendered"),
            vec!["title.rendered"],
        ),
        (
            "row[\"Nama Lengkap\"]",
            Some("[\"Nama Lengkap\"]"),
            vec!["[\"Nama Lengkap\"]"],
        ),
        ("a.b[0].c | text | truncate(280)", None, vec!["a.b[0].c"]),
        ("'/issues/' ~ id", None, vec!["id"]),
        (
            "status.name | lookup({'Baru': 'pending'}, default=status.x)",
            None,
            vec!["status.name", "status.x"],
        ),
        (
            "coalesce(a, b.c) if not d is defined else e[f]",
            None,
            vec!["a", "b.c", "d", "e", "f"],
        ),
        ("'literal'", None, vec![]),
    ] {
        let expr = Expr::read(source).unwrap_or_else(|f| panic!("{source}: {f:?}"));
        assert_eq!(
            expr.path().map(ToString::to_string).as_deref(),
            path,
            "{source}"
        );
        assert_eq!(expr.lineage(), lineage, "{source}");
    }
}

#[test]
fn lists_every_fault_with_its_characters() {
    let source = "row['jüdul'] | txt | truncate | nope(1)";
    let faults = Expr::read(source).expect_err("three faults");
    let found: Vec<(&str, String)> = faults
        .iter()
        .map(|f| {
            (
                f.problem.code(),
                source.chars().skip(f.from).take(f.to - f.from).collect(),
            )
        })
        .collect();
    let expected = [
        ("DV0402", "txt"),
        ("DV0405", "truncate"),
        ("DV0402", "nope"),
    ];
    assert_eq!(found, expected.map(|(code, word)| (code, word.to_owned())));
}

#[test]
fn counts_nesting() {
    for (source, depth) in [
        ("a", 0),
        ("a(b[c])", 2),
        ("'((('", 0),
        ("'\\'((' ~ (a)", 1),
        ("- - -a", 3),
        ("(a)(b)", 1),
    ] {
        assert_eq!(nesting(source), depth, "{source}");
    }
}

#[test]
fn a_very_long_expression_is_refused() {
    let faults = Expr::read(&"a".repeat(MAX_LENGTH + 1)).expect_err("too long");
    assert_eq!(faults[0].problem.code(), "DV0410");
}

#[test]
fn refuses_what_is_not_an_expression() {
    for source in [
        "",
        "a |",
        "a b",
        "{{ a }}",
        "a | truncate(",
        "range(9)",
        "a.upper()",
        "a | lookup(*b)",
    ] {
        assert!(Expr::read(source).is_err(), "{source}");
    }
}
