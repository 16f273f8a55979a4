//! Pairs of apps that overlap, and pairs that only look so.

use super::*;
use crate::{LoadOptions, load_str};
use std::sync::Arc;

/// An app by id, title, owner, capability, kind of its items, and what the register adds.
fn app(
    id: &str,
    title: &str,
    owner: &str,
    capability: &str,
    kind: &str,
    more: &str,
) -> Arc<Connector> {
    let yaml = format!(
        "apiVersion: divos/v1\nkind: Connector\nmetadata: {{ name: {id}, title: \"{title}\", owner: \"{owner}\", capability: {capability}, register: {{ users: internal{more} }} }}\n\
         app: {{ upstreams: [\"http://127.0.0.1:9\"] }}\nsources:\n  s:\n    rest: {{ get: / }}\n    deletes: never\n    to: {kind}\n    map: {{ id: id, title: t }}\n\
         privacy: {{ class: internal, audience: everyone }}\n"
    );
    let loaded = load_str(&format!("{id}.yaml"), &yaml, LoadOptions::default());
    assert_eq!(loaded.faults, [], "{id}");
    Arc::clone(loaded.get(id).expect("a connector"))
}

fn told(apps: &[Arc<Connector>], shared: &Shared) -> Vec<(String, String, Relation)> {
    overlaps(apps.iter().map(|app| &**app), shared)
        .into_iter()
        .map(|o| (o.one.app.to_string(), o.other.app.to_string(), o.relation))
        .collect()
}

#[test]
fn duplicates_instances_and_channels_are_told_apart() {
    let apps = [
        app("antrian", "Antrian Online", "030601", "queue", "ticket", ""),
        app(
            "antrian-dua",
            "Sistem Antrian",
            "140018",
            "queue",
            "ticket",
            "",
        ),
        app("harga", "Harga Pasar", "030801", "market", "dataset", ""),
        app(
            "simade-a",
            "SIMADE (Sumerta)",
            "150001",
            "village",
            "report",
            ", product: simade",
        ),
        app(
            "simade-b",
            "Dangin Puri",
            "150001",
            "village",
            "report",
            ", product: simade",
        ),
        app(
            "atcs",
            "Live Streaming ATCS",
            "030701",
            "traffic",
            "event",
            "",
        ),
        app(
            "atcs-dua",
            "Monitoring ATCS Streaming",
            "030701",
            "traffic",
            "event",
            "",
        ),
        app(
            "rujukan",
            "Rujukan Online",
            "041001",
            "health",
            "report",
            ", site: rujukan",
        ),
        app(
            "rujukan-kominfo",
            "Rujukan",
            "030801",
            "health",
            "report",
            ", site: rujukan",
        ),
    ];
    let found = told(&apps, &Shared::new());
    let pair = |one: &str, other: &str, is| (one.to_owned(), other.to_owned(), is);
    for expected in [
        pair("antrian", "antrian-dua", Relation::Duplicate),
        pair("simade-a", "simade-b", Relation::Instance),
        pair("atcs", "atcs-dua", Relation::Channel),
        pair("rujukan", "rujukan-kominfo", Relation::Channel),
    ] {
        assert!(found.contains(&expected), "{expected:?} in {found:#?}");
    }
    assert_eq!(found.len(), 4, "{found:#?}");
}

#[test]
fn the_same_items_in_both_are_no_guess() {
    let apps = [
        app("lapor", "Lapor", "030801", "complaint", "ticket", ""),
        app("tugas", "Tugas Harian", "140018", "work", "task", ""),
    ];
    assert!(told(&apps, &Shared::new()).is_empty());
    let ids = (apps[0].id.clone(), apps[1].id.clone());
    let found = overlaps(apps.iter().map(|app| &**app), &Shared::from([(ids, 3)]));
    assert_eq!(found[0].evidence.shared_items, 3);
    assert_eq!(found[0].relation, Relation::Duplicate);
    assert!(found[0].strength >= 0.8);
}

#[test]
fn the_same_name_for_different_things_is_chance() {
    let apps = [
        app("simponi", "Simponi", "300004", "finance", "report", ""),
        app(
            "simponi-kota",
            "Simponi Denpasar",
            "031501",
            "market",
            "dataset",
            "",
        ),
    ];
    assert!(told(&apps, &Shared::new()).is_empty());
}

#[test]
fn one_purpose_of_many_apps_says_little_and_of_two_much() {
    let health = |n: usize| {
        let id = format!("sehat-{n}");
        let title = format!("Nama{n}");
        app(&id, &title, "030201", "health", "report", "")
    };
    let many: Vec<_> = (0..9).map(health).collect();
    assert!(told(&many, &Shared::new()).is_empty());
    assert_eq!(told(&many[..2], &Shared::new()).len(), 1);
}

#[test]
fn the_strongest_comes_first_and_every_strength_is_a_share() {
    let apps = [
        app(
            "a",
            "Produk Satu",
            "030801",
            "village",
            "report",
            ", product: simade",
        ),
        app(
            "b",
            "Produk Satu",
            "030801",
            "village",
            "report",
            ", product: simade",
        ),
        app("c", "Pelacak Aset", "030801", "asset", "report", ""),
        app("d", "Daftar Barang", "030802", "asset", "report", ""),
    ];
    let found = overlaps(apps.iter().map(|app| &**app), &Shared::new());
    assert!(found.is_sorted_by(|a, b| a.strength >= b.strength));
    assert!(found.iter().all(|o| (TOLD..=1.0).contains(&o.strength)));
    assert_eq!(found.len(), 2, "{found:#?}");
}
