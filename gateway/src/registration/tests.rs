//! What answers become, and what is said about those that cannot be taken.

use super::answers::{Known, read, suggest_id};
use super::*;
use divos_manifest::{LoadOptions, load_str};

fn typed(pairs: &[(&str, &str)]) -> Typed {
    let base = [
        ("name", "Surat Masuk (contoh)"),
        ("unit", "030801"),
        ("capability", "letter"),
        ("about", "Surat masuk kecamatan.\nDipakai sejak 2020."),
        ("address", "https://surat.contoh.example"),
        ("sign_in", "own"),
        ("readers", "everyone"),
        ("personal", "none"),
        ("way", "launcher"),
    ];
    let all = base.iter().chain(pairs);
    all.map(|(field, text)| ((*field).to_owned(), (*text).to_owned()))
        .collect()
}

fn answers(pairs: &[(&str, &str)]) -> Result<Answers, Vec<AnswerFault>> {
    let (products, unit) = (products(), "030801".parse().expect("a code"));
    let known = Known {
        products: &products,
        units: &[unit],
        taken: &["jdih".parse().expect("a slug")],
    };
    read(&typed(pairs), known)
}

/// The fields with faults.
fn fields(pairs: &[(&str, &str)]) -> Vec<String> {
    let faults = answers(pairs).err().unwrap_or_default();
    for fault in &faults {
        let (id, en) = (fault.sentence(Lang::Id), fault.sentence(Lang::En));
        assert!(id.len() > 10 && en.len() > 10 && id != en, "{fault:?}");
    }
    faults.into_iter().map(|fault| fault.field).collect()
}

/// Answers that name a product and give what its template needs, by the template's own examples.
fn example(product: &Product) -> Vec<(String, String)> {
    let given = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut pairs = vec![given("way", "product"), given("product", &product.template)];
    let list = divos_manifest::template_list();
    let template = list.iter().find(|one| one.name == product.template);
    for param in product.params.iter().filter(|param| param.required) {
        let known = template.and_then(|one| one.params.iter().find(|p| p.name == param.name));
        let value = match known.and_then(|known| known.example.clone()) {
            Some(serde_json::Value::String(text)) => text,
            Some(other) => other.to_string(),
            None => "/umpan".to_owned(),
        };
        pairs.push((format!("param.{}", param.name), value));
    }
    pairs
}

#[test]
fn every_way_gives_a_definition_that_passes_the_check() {
    let file = [
        ("way", "file"),
        ("path", "/ekspor/surat.csv"),
        ("kind", "letter"),
        ("column_id", "No. Agenda"),
        ("column_title", "Perihal"),
        ("column_time", "Tanggal Ubah"),
    ];
    let workbook = [
        &file[..],
        &[("path", "/ekspor/surat.xlsx"), ("column_time", "")],
    ]
    .concat();
    let secret = [
        ("readers", "unit"),
        ("personal", "specific"),
        ("sign_in", "hub"),
    ];
    let mut cases: Vec<Vec<(&str, &str)>> = vec![
        vec![],
        vec![("sign_in", "open"), ("readers", "public")],
        secret.to_vec(),
        file.to_vec(),
        workbook,
        vec![("way", "push"), ("kind", "task"), ("address", "")],
        vec![("name", "Surat \"khusus\": {a} # b\\c"), ("id", "khusus")],
    ];
    let products = products();
    assert!(products.len() >= 7, "{products:?}");
    let examples: Vec<Vec<(String, String)>> = products.iter().map(example).collect();
    cases.extend(examples.iter().map(|pairs| {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }));
    for case in cases {
        let answers = answers(&case).unwrap_or_else(|faults| panic!("{case:?}: {faults:?}"));
        let text = draft::write(&answers);
        let loaded = load_str(
            &format!("{}.yaml", answers.id),
            &text,
            LoadOptions::default(),
        );
        let error = |fault: &&divos_manifest::Fault| fault.severity() == Severity::Error;
        let errors: Vec<_> = loaded.faults.iter().filter(error).collect();
        assert!(errors.is_empty(), "{text}\n{errors:?}");
        let connector = loaded.get(answers.id.as_str()).expect("a connector");
        assert_eq!(connector.title, answers.name);
        assert_eq!(connector.owner.as_ref(), Some(&answers.unit));
        assert!(connector.app.upstreams.is_empty(), "no address: {text}");
        assert!(!text.contains("contoh.example"), "{text}");
        assert!(text.contains("contract: assumed"), "{text}");
    }
}

#[test]
fn drafts_read_as_a_person_would_write_them() {
    let push = [
        ("way", "push"),
        ("kind", "letter"),
        ("readers", "unit"),
        ("personal", "general"),
    ];
    let text = draft::write(&answers(&push).expect("answers"));
    let expected = r#"# Registered by its owner and assumed until it was tried. The operator gives its address in the overlay.
# Surat masuk kecamatan.
# Dipakai sejak 2020.
apiVersion: divos/v1
kind: Connector
metadata: { name: surat-masuk-contoh, title: "Surat Masuk (contoh)", owner: "030801", capability: letter, contract: assumed }
app: { policy: [{ path: /, allow: { under: "030801" } }] }
sources:
  data:
    webhook: { credentials: hub }
    deletes: { tombstone: "type == 'deleted'" }
    to: letter
    map:
      id: data.id | string
      title: data.title | text
      summary: data.summary | default('') | text | truncate(280)
      updated_at: time | default(none) | datetime
      web: data.url | default(none)
privacy: { class: internal, personal_data: general, audience: { under: "030801" } }
"#;
    assert_eq!(text, expected);
}

#[test]
fn every_fault_is_told_at_once_with_its_field() {
    let none = read(
        &Typed::new(),
        Known {
            products: &[],
            units: &[],
            taken: &[],
        },
    );
    let named: Vec<String> = none
        .expect_err("faults")
        .into_iter()
        .map(|one| one.field)
        .collect();
    let expected = [
        "name",
        "id",
        "unit",
        "capability",
        "address",
        "sign_in",
        "readers",
        "personal",
        "way",
    ];
    assert_eq!(named, expected);
    let long = "x".repeat(201);
    for (pairs, expected) in [
        (&[("unit", "030201")][..], "unit"),
        (&[("id", "jdih")], "id"),
        (&[("id", "Ada Spasi")], "id"),
        (&[("id", "register")], "id"),
        (&[("name", "${secret:surat/kunci}"), ("id", "a")], "name"),
        (&[("name", "a\nb"), ("id", "a")], "name"),
        (&[("name", &long)], "name"),
        (&[("address", "ftp://surat.example")], "address"),
        (
            &[("address", "https://admin:rahasia@surat.example")],
            "address",
        ),
        (&[("address", "")], "address"),
        (&[("sign_in", "lain")], "sign_in"),
        (&[("readers", "public"), ("personal", "general")], "readers"),
        (&[("personal", "specific")], "readers"),
        (&[("sign_in", "open"), ("readers", "unit")], "sign_in"),
        (&[("way", "product"), ("product", "lain@1")], "product"),
        (&[("way", "push")], "kind"),
    ] {
        assert_eq!(fields(pairs), [expected], "{pairs:?}");
    }
    let file = [
        ("way", "file"),
        ("kind", "letter"),
        ("path", "//jahat.example/a.csv"),
        ("column_id", "a'] | x"),
    ];
    assert_eq!(fields(&file), ["path", "column_id", "column_title"]);
}

#[test]
fn an_id_is_made_of_the_name() {
    for (name, id) in [
        ("Surat Masuk (2026)", "surat-masuk-2026"),
        ("  --É-Kinerja!! ", "kinerja"),
        ("", ""),
        ("…", ""),
    ] {
        assert_eq!(suggest_id(name), id, "{name}");
    }
    let long = suggest_id(&"surat ".repeat(40));
    assert!(long.parse::<AppId>().is_ok(), "{long}");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(32))]
    #[test]
    fn nothing_that_is_typed_makes_a_definition_that_cannot_be_read(
        name in "\\PC{1,40}", about in "\\PC{0,60}", column in "\\PC{1,20}", path in "/[a-z/]{0,9}\\.csv"
    ) {
        let pairs = [
            ("name", name.as_str()), ("id", "a"), ("about", about.as_str()), ("way", "file"), ("kind", "task"),
            ("path", path.as_str()), ("column_id", column.as_str()), ("column_title", column.as_str()),
        ];
        if let Ok(answers) = answers(&pairs) {
            let text = draft::write(&answers);
            let loaded = load_str("a.yaml", &text, LoadOptions::default());
            proptest::prop_assert!(loaded.get("a").is_some(), "{}\n{:?}", text, loaded.faults);
        }
    }
}
