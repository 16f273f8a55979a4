//! Every filter, as a mapping writes it, over both ways of evaluation.

use super::*;
use crate::mapping::json::to_json;
use crate::mapping::plan::Plan;
use crate::mapping::script::{Machines, Script, Scripts};
use divos_manifest::Expr;
use serde_json::{Value as Json, json};

fn world() -> FilterWorld {
    FilterWorld {
        zone: chrono_tz::Asia::Makassar,
        base: Some("http://app.example/berita/daftar".parse().expect("a URL")),
        key: Arc::new(Pseudonym::new(b"test".to_vec())),
    }
}

fn run(plan: &Plan, row: &Json) -> Result<Json, String> {
    let world = world();
    let mut scripts = Vec::new();
    plan.scripts(&mut scripts);
    let machines = Machines::for_scripts(&scripts, &world);
    let scripts = Scripts::compile(machines.as_ref(), &scripts);
    match plan.eval(row, &scripts, &world) {
        Ok(value) if value.is_undefined() => Err("missing".to_owned()),
        Ok(value) => Ok(to_json(&value)),
        Err(fault) => Err(fault.to_string()),
    }
}

/// Evaluates as planned, and by minijinja's machine alone: both must agree.
fn eval(source: &str, row: &Json) -> Result<Json, String> {
    let expr = Expr::read(source).unwrap_or_else(|faults| panic!("{source}: {faults:?}"));
    let planned = run(&Plan::compile(&expr).expect(source), row);
    let machine = run(&Plan::Script(Script::compile(&expr).expect(source)), row);
    if planned.is_ok() || machine.is_ok() {
        assert_eq!(planned, machine, "the two ways differ: {source}");
    }
    planned
}

fn row() -> Json {
    json!({
        "id": 42, "float": 42.0, "big": 9_007_199_254_740_993_i64, "null": null, "empty": "", "yes": true,
        "title": {"rendered": "Rapat &#8211; <b>Koordinasi</b>"},
        "html": "<p>Satu</p><script>x</script><p>Dua</p>",
        "nomor": "005/112/UM", "status": " didisposisi ", "nip": "198501012010011001",
        "nama": "I Ketut Sudana", "uang": "Rp 1.234.567,50", "koma": "12,5", "ribu": "1.234",
        "tanggal": "24 Nopember 2026", "nol": "0000-00-00", "detik": 1_795_507_200, "unix": "1795507200",
        "path": "detail.php?id=3", "Nama Lengkap": "Ni Made", "tags": ["b", "a", "b", ""],
        "people": [{"n": {"x": "A"}}, {"n": {}}, {"n": {"x": "B"}}], "json": "{\"a\": [1]}", "ya": "Ya", "T": "T",
    })
}

#[test]
fn every_filter_does_what_the_manifest_says() {
    let long = format!("kata {}", "panjang ".repeat(50));
    let mut row = row();
    row["long"] = json!(long);
    for (source, expected) in [
        ("title.rendered | html_text", json!("Rapat – Koordinasi")),
        ("html | html_text", json!("Satu\nDua")),
        ("title.rendered | text", json!("Rapat – <b>Koordinasi</b>")),
        ("row['Nama Lengkap'] | upper", json!("NI MADE")),
        ("nama | lower | title", json!("I Ketut Sudana")),
        ("nama | upper | capitalize", json!("I ketut sudana")),
        ("nomor | slug", json!("005-112-um")),
        ("nomor | truncate(6)", json!("005/1…")),
        ("nama | truncate(8, end='.')", json!("I Ketut.")),
        ("status | trim", json!("didisposisi")),
        ("nomor | trim(chars='0M')", json!("5/112/U")),
        ("nomor | replace('/', '-')", json!("005-112-UM")),
        ("nomor | remove_prefix('005/')", json!("112/UM")),
        ("missing | default('x')", json!("x")),
        ("missing.deeper | default(none)", Json::Null),
        ("null | default('x')", json!("x")),
        ("empty | default(nomor)", json!("005/112/UM")),
        ("id | default(1)", json!(42)),
        (
            "status | lookup({'Didisposisi': 'active'})",
            json!("active"),
        ),
        ("nomor | lookup({'x': 'y'})", Json::Null),
        ("nomor | lookup({'x': 'y'}, default='z')", json!("z")),
        ("missing | lookup({'x': 'y'}, 'z')", json!("z")),
        ("id | lookup({42: 'answer'})", json!("answer")),
        ("nip | mask('nip')", json!("***001")),
        ("nama | mask", json!("I K*** S***")),
        ("tanggal | datetime", json!("2026-11-24T00:00:00+08:00")),
        (
            "tanggal | datetime(format='%d %B %Y', locale='id', tz='Asia/Jakarta')",
            json!("2026-11-24T00:00:00+07:00"),
        ),
        ("tanggal | date", json!("2026-11-24")),
        ("nol | datetime", Json::Null),
        ("empty | date", Json::Null),
        ("detik | datetime", json!("2026-11-24T16:00:00+08:00")),
        ("unix | epoch", json!("2026-11-24T16:00:00+08:00")),
        ("unix | epoch(unit='s') | date", json!("2026-11-24")),
        (
            "path | absolute",
            json!("http://app.example/berita/detail.php?id=3"),
        ),
        (
            "path | absolute('http://other.example/')",
            json!("http://other.example/detail.php?id=3"),
        ),
        ("nomor | split('/') | last", json!("UM")),
        ("nomor | split('/', 2)", json!(["005", "112/UM"])),
        ("tags | first", json!("b")),
        ("tags | nth(-2)", json!("b")),
        ("tags | nth(9)", Json::Null),
        ("tags | compact | unique | sort | join('+')", json!("a+b")),
        ("tags | length", json!(4)),
        ("people | pluck('n.x')", json!(["A", "B"])),
        ("people | pluck('n.x') | join(', ')", json!("A, B")),
        ("uang | float", json!(1_234_567.5)),
        ("koma | float | round", json!(13)),
        ("koma | int", json!(12)),
        ("ribu | int", json!(1234)),
        ("big | int", json!(9_007_199_254_740_993_i64)),
        ("'-5' | int | abs", json!(5)),
        ("koma | float | round(digits=1)", json!(12.5)),
        ("ya | bool", json!(true)),
        ("T | bool", json!(false)),
        ("float | string", json!("42")),
        ("tags | json", json!("[\"b\",\"a\",\"b\",\"\"]")),
        ("(json | from_json).a[0]", json!(1)),
        ("'/issues/' ~ id", json!("/issues/42")),
        (
            "concat(id, '-', missing, null, nomor)",
            json!("42-005/112/UM"),
        ),
        ("coalesce(missing, null, empty, nomor)", json!("005/112/UM")),
        ("coalesce(missing, null)", Json::Null),
        ("concat(id, '-', nip) | length", json!(21)),
        ("'a' if yes else 'b'", json!("a")),
        ("'a' if missing is defined else 'b'", json!("b")),
        ("'a' if empty is empty else 'b'", json!("a")),
        ("id > 40 and nomor is startingwith('005')", json!(true)),
        ("null | upper", Json::Null),
        ("'literal'", json!("literal")),
    ] {
        assert_eq!(eval(source, &row), Ok(expected), "{source}");
    }
    let Ok(Json::String(cut)) = eval("long | truncate(20)", &row) else {
        panic!("a text")
    };
    assert_eq!(cut, "kata panjang…");
}

#[test]
fn what_cannot_be_done_is_a_fault_without_the_data() {
    for (source, fault) in [
        ("missing", "missing"),
        ("missing | upper", "the source lacks the field"),
        ("title.missing | html_text", "the source lacks the field"),
        ("'/x/' ~ missing", "the source lacks the field"),
        ("nama | datetime", "not a time that can be read"),
        (
            "nama | datetime(format='%Y')",
            "not a time that can be read",
        ),
        ("nama | int", "not a number"),
        ("nama | bool", "neither yes nor no"),
        ("nama | from_json", "not JSON"),
        (
            "people | first | upper",
            "a list or object where a text is needed",
        ),
        ("title | join", "an object where a list is needed"),
        ("nama | datetime(tz='Mars')", "`tz` is not a time zone"),
    ] {
        assert_eq!(eval(source, &row()), Err(fault.to_owned()), "{source}");
    }
}

#[test]
fn the_hash_is_keyed_and_stable() {
    let one = eval("nip | hash", &row()).expect("a hash");
    assert_eq!(one, eval("nip | trim | hash", &row()).expect("a hash"));
    assert_eq!(one.as_str().map(str::len), Some(32));
    assert_eq!(eval("empty | hash", &row()), Ok(Json::Null));
}

#[test]
fn an_endless_expression_runs_out_of_fuel() {
    let huge: Vec<Json> = (0..3000).map(|n| json!(n)).collect();
    let sum = (0..1500)
        .map(|n| format!("(tags[{n}] + 1 > 0)"))
        .collect::<Vec<_>>()
        .join(" and ");
    let source = &sum[..sum.len().min(3990)];
    let source = &source[..source.rfind(" and ").unwrap_or(source.len())];
    let row = json!({"tags": huge, "s": "x".repeat(1000)});
    assert!(eval(source, &row).is_ok());
    // Each `replace` multiplies the length: refused before memory is.
    let bomb = "s | replace('x', s) | replace('x', s) | replace('x', s)";
    assert_eq!(eval(bomb, &row), Err("the text grows too long".to_owned()));
}

#[test]
fn every_word_of_the_manifest_is_provided() {
    for word in divos_manifest::filters::FILTERS {
        assert!(Filter::from_name(word.name).is_some(), "{}", word.name);
    }
    let names: Vec<&str> = divos_manifest::filters::FUNCTIONS
        .iter()
        .map(|word| word.name)
        .collect();
    assert_eq!(
        names,
        ["coalesce", "concat"],
        "the machine provides exactly these"
    );
    let row = row();
    for word in divos_manifest::filters::TESTS {
        let args = if word.min == 0 {
            String::new()
        } else if word.name == "in" {
            "(tags)".into()
        } else {
            "('x')".into()
        };
        let outcome = eval(&format!("(nomor is {}{args}) == true", word.name), &row);
        assert!(outcome.is_ok(), "{}: {outcome:?}", word.name);
    }
}

#[test]
fn numbers_are_read_the_indonesian_way() {
    for (text, number) in [
        ("1.234", Some(1234.0)),
        ("1.234.567", Some(1_234_567.0)),
        ("1,5", Some(1.5)),
        ("1.234,5", Some(1234.5)),
        ("1,234.5", Some(1234.5)),
        ("12.5", Some(12.5)),
        ("0.125", Some(125.0)),
        ("1234.5", Some(1234.5)),
        ("Rp1.000", Some(1000.0)),
        ("Rp. 1.000,-", Some(1000.0)),
        ("12,5 %", Some(12.5)),
        ("-3", Some(-3.0)),
        ("", None),
        ("abc", None),
        ("1.2.3,4,5", None),
        ("1e5", None),
        ("--", None),
    ] {
        assert_eq!(decimal(text), number, "{text}");
    }
}

mod properties {
    use super::*;
    use proptest::prelude::*;

    /// Expressions that the checker accepts, put together from everything it knows.
    fn expression() -> impl Strategy<Value = String> {
        let atom = prop_oneof![
            Just("id"),
            Just("nama"),
            Just("tags"),
            Just("people"),
            Just("null"),
            Just("missing"),
            Just("html"),
            Just("tanggal"),
            Just("uang"),
            Just("title.rendered"),
            Just("row['Nama Lengkap']"),
            Just("''"),
            Just("'é…'"),
            Just("-3"),
            Just("9999999999999"),
            Just("1.5"),
            Just("true"),
            Just("none"),
            Just("[1, 'a']"),
            Just("{'a': 1}"),
        ]
        .prop_map(str::to_owned);
        let names: Vec<&'static str> = divos_manifest::filters::FILTERS
            .iter()
            .map(|word| word.name)
            .collect();
        atom.prop_recursive(4, 12, 3, move |inner| {
            let filter = proptest::sample::select(names.clone());
            let args = proptest::collection::vec(inner.clone(), 0..3);
            prop_oneof![
                (inner.clone(), filter, args).prop_map(|(of, filter, args)| {
                    match args.is_empty() {
                        true => format!("{of} | {filter}"),
                        false => format!("{of} | {filter}({})", args.join(", ")),
                    }
                }),
                (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) ~ ({b})")),
                (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("concat({a}, {b})")),
                (inner.clone(), inner.clone(), inner)
                    .prop_map(|(a, b, c)| format!("({a}) if ({b}) else ({c})")),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_expression_panics_and_both_ways_agree(source in expression()) {
            if let Ok(expr) = Expr::read(&source) {
                let row = row();
                if let Ok(plan) = Plan::compile(&expr) {
                    let planned = run(&plan, &row);
                    let machine = run(&Plan::Script(Script::compile(&expr).expect("it compiled before")), &row);
                    // `a ~ null` leaves null out; the machine alone would write `None`.
                    let comparable = !source.contains('~');
                    if let (true, Ok(planned), Ok(machine)) = (comparable, &planned, &machine) {
                        prop_assert_eq!(planned, machine, "{}", source);
                    }
                }
            }
        }

        #[test]
        fn no_text_panics_as_an_expression(source in ".{0,60}", word in "[a-z_.|()'\"\\[\\]0-9 ~,:{}=-]{0,50}") {
            for text in [source, word] {
                let plan = Expr::read(&text).ok().and_then(|expr| Plan::compile(&expr).ok());
                let _ = plan.map(|plan| run(&plan, &row()));
            }
        }

        #[test]
        fn no_text_panics_as_a_time(text in ".{0,40}", near in "[0-9/:. +-]{0,24}(Nov|wita|pukul|PM|Z)?[0-9 :]{0,8}", format in "(%[a-zA-Z:]|[ /:-]){0,6}") {
            use crate::mapping::dates::{Zone, read, read_as};
            let zone = Zone { tz: chrono_tz::Asia::Makassar, stated: false };
            for text in [&text, &near] {
                let _ = read(text, zone);
                let _ = read_as(text, &format, zone);
            }
            let _ = decimal(&text);
        }
    }
}
