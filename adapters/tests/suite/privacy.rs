//! Who may see an item, and what of its personal data.

use crate::items::{faults, mapped};
use divos_model::{Body, PersonalData, Sensitivity};
use serde_json::json;

#[test]
fn a_row_may_be_more_private_than_its_connector_and_never_less() {
    let source =
        "    to: letter\n    map: { id: id, title: id, sensitivity: s, personal_data: p }\n";
    let rows = json!([{"id": 1, "s": "restricted", "p": "specific"}, {"id": 2, "s": "public", "p": "none"}, {"id": 3, "s": "rahasia", "p": null}]);
    let batch = mapped(
        source,
        "{ class: internal, personal_data: general, audience: everyone }",
        rows,
    );
    let classes: Vec<_> = batch
        .items
        .iter()
        .map(|i| (i.sensitivity, i.personal_data))
        .collect();
    assert_eq!(
        classes,
        [
            (Sensitivity::Restricted, PersonalData::Specific),
            (Sensitivity::Internal, PersonalData::General)
        ]
    );
    assert_eq!(
        faults(&batch),
        [(
            2,
            Some("3"),
            "sensitivity",
            "a sensitivity that the hub does not hold"
        )]
    );
}

#[test]
fn audiences_come_from_the_row_or_from_the_connector_and_fail_closed() {
    let source = "    to: letter\n    map: { id: id, title: id, audience.under: unit, audience.roles: peran | default(none) }\n";
    let rows = json!([{"id": 1, "unit": ["0301", "0302"], "peran": "sekretaris"}, {"id": 2, "unit": null}, {"id": 3, "unit": "bukan kode!"}]);
    let batch = mapped(
        source,
        "{ class: restricted, audience: { unit: \"030801\" } }",
        rows,
    );
    let keys: Vec<Vec<String>> = batch
        .items
        .iter()
        .map(|i| i.audience.keys().iter().map(ToString::to_string).collect())
        .collect();
    assert_eq!(keys[0], ["s:0301", "s:0302", "r:sekretaris"]);
    assert!(
        keys[1].iter().all(|key| key.ends_with(":030801")),
        "{keys:?}"
    );
    assert_eq!(
        faults(&batch),
        [(2, Some("3"), "audience.under", "not a unit code")]
    );
}

#[test]
fn personal_data_is_masked_hashed_or_dropped() {
    let source = "    to: ticket\n    map: { id: id, title: id, reporter: nama, location: alamat, category: nik, assignee: petugas }\n";
    let rows = json!([{"id": 1, "nama": "Ni Wayan Contoh", "alamat": "Jl. Contoh 1", "nik": "5171010101850001", "petugas": ["A B", "C D"]}]);
    let privacy = "{ class: internal, audience: everyone, pii: { reporter: mask, location: drop, category: hash, assignee: mask } }";
    let batch = mapped(source, privacy, rows);
    let Body::Ticket(body) = &batch.items[0].body else {
        panic!("a ticket")
    };
    assert_eq!(body.reporter.as_deref(), Some("N*** W*** C***"));
    assert_eq!(body.location, None);
    assert!(
        body.category
            .as_deref()
            .is_some_and(|hash| hash.len() == 32 && !hash.contains("5171"))
    );
    let labels: Vec<&str> = batch.items[0]
        .actors
        .iter()
        .map(|a| a.label.as_str())
        .collect();
    assert_eq!(
        labels,
        ["A B", "C D"],
        "single letters say nothing and stay"
    );
}
