//! `divos connector templates`, and an operator's own template.

use crate::desk::Desk;
use serde_json::Value;

/// A template of the operator's own: a file, and no Rust.
const OWN: &str = r#"# The rows of a made-up product, version 3 and later.
#
# Times are local.
apiVersion: divos/v1
kind: Template
metadata: { name: contoh-produk@2, title: Contoh Produk, capability: report }
params:
  base: { description: "Where it runs", example: "http://10.20.0.15" }
  path: { required: true, description: "The path of its rows", example: /rows }
  key: { type: secret, description: "Its key, by reference to a secret" }
  size: { type: number, default: 50, description: "Rows on a page" }
app: { upstreams: "${param.base}" }
auth: { bearer: { token: "${param.key}" } }
sources:
  rows:
    rest: { get: "${param.path}" }
    select: data[*]
    every: 15m
    deletes: never
    to: report
    map: { id: nomor, title: perihal }
"#;

#[test]
fn an_operators_template_is_listed_and_used_like_any_other() {
    let desk = Desk::new();
    desk.write("connectors.d/templates/contoh-produk@2.yaml", OWN);
    let done = desk.run(&["connector", "templates"]);
    assert_eq!(done.code, 0, "{done:?}");
    let line = "contoh-produk@2\tThe rows of a made-up product, version 3 and later.\tbase, path*, key, size\n";
    assert!(done.out.contains(line), "{}", done.out);
    assert!(done.out.contains("\nwordpress@1\t"), "{}", done.out);
    let done = desk.run(&["connector", "templates", "contoh-produk", "--json"]);
    let told: Value = serde_json::from_str(&done.out).expect("JSON");
    assert_eq!(
        told[0]["about"],
        "The rows of a made-up product, version 3 and later.\nTimes are local."
    );
    assert_eq!(told[0]["built_in"], false);
    assert_eq!(told[0]["params"][3]["default"], 50);
    let example = told[0]["example"].as_str().expect("an example");
    desk.write("connectors.d/contoh.yaml", example);
    let recorded = "GET /rows\n\nHTTP/1.1 200 OK\nContent-Type: application/json\n\n{\"data\":[{\"nomor\":1,\"perihal\":\"Satu\"}]}\n";
    desk.write("connectors.d/fixtures/contoh/rows.http", recorded);
    let tests = "tests: [{ fixture: rows.http, count: 1, expect: [{ title: Satu }] }]\n";
    desk.write("connectors.d/contoh.yaml", &format!("{example}{tests}"));
    let done = desk.run(&["connector", "test", "contoh"]);
    assert_eq!(done.code, 0, "{done:?}");
}

/// The example that is shown for each template loads as it is: nobody has to mend it first.
#[test]
fn every_example_of_use_is_a_connector() {
    let desk = Desk::new();
    let done = desk.run(&["connector", "templates", "--json"]);
    let told: Value = serde_json::from_str(&done.out).expect("JSON");
    let all = told.as_array().expect("a list");
    assert!(all.len() >= 16, "{}", all.len());
    for template in all {
        let example = template["example"].as_str().expect("an example");
        assert!(example.lines().count() <= 15, "{example}");
        let about = template["about"].as_str().unwrap_or_default();
        assert!(about.len() > 20, "{}: {about:?}", template["name"]);
        desk.write("connectors.d/contoh.yaml", example);
        let done = desk.run(&["check", "connectors.d/contoh.yaml", "--format", "json"]);
        let faults: Value = serde_json::from_str(&done.out).expect("JSON");
        // Its secrets are for the operator to set.
        let mut codes = faults.as_array().into_iter().flatten().map(|f| &f["code"]);
        assert!(codes.all(|code| code == "DV0301"), "{example}\n{done:?}");
    }
}

#[test]
fn an_unknown_template_is_answered_with_the_known_ones() {
    let done = Desk::new().run(&["connector", "templates", "wordpres", "--lang", "id"]);
    assert_eq!(done.code, 3, "{done:?}");
    assert!(
        done.err
            .contains("tidak ada templat `wordpres`; yang ada: "),
        "{}",
        done.err
    );
}

#[test]
fn many_warnings_of_one_kind_are_told_once() {
    let desk = Desk::new();
    for n in 0..6 {
        let text = format!(
            "metadata: {{ name: app-{n}, title: A, owner: \"030801\" }}\nsources:\n  s: {{ rest: {{ get: /a }}, deletes: never, to: task, map: {{ id: id, title: t }} }}\n"
        );
        desk.write(&format!("connectors.d/app-{n}.yaml"), &text);
    }
    let brief = desk.run(&["check"]);
    assert_eq!(brief.code, 0, "{brief:?}");
    assert!(
        brief.err.contains("[DV0505]: 6 times, for example"),
        "{}",
        brief.err
    );
    assert!(
        brief.err.contains("app-0.yaml:3:3, ") && brief.err.contains(" and 1 more places"),
        "{}",
        brief.err
    );
    let all = desk.run(&["check", "--verbose"]);
    assert_eq!(all.err.matches("[DV0505]").count(), 6, "{}", all.err);
    let json: Value =
        serde_json::from_str(&desk.run(&["check", "--format", "json"]).out).expect("JSON");
    assert_eq!(json.as_array().map(Vec::len), Some(6));
}
