//! First loads of children and of folders that are cut off: they go on where they stood, lose nothing, and say what
//! they do not know.

use crate::fake::{Fake, ids, json, plain, through};
use crate::places::{in_folder, put, untouched};
use divos_adapters::{Ask, Page, Partial, Place, Reader, Summary, World};
use divos_manifest::{Connector, Deletes, Fetch};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

const BASE: &str = "http://app.example";

/// Members of units, both in pages of two.
fn members(total: &str) -> Arc<Connector> {
    let until = match total {
        "" => "until: short".to_owned(),
        path => format!("until: total, total: {path}"),
    };
    let more = format!(
        "    rest: {{ get: \"/units/${{parent}}/members\" }}\n\
         \x20   parent: {{ source: units, field: id }}\n\
         \x20   paginate: {{ page: {{ param: p, size: 2, until: short }} }}\n\
         \x20   select: data[*]\n    deletes: sweep\n\
         \x20   map: {{ id: id, title: \"parent.name ~ ': ' ~ title\" }}\n\
         \x20 units:\n    every: 5m\n    to: announcement\n    map: {{ id: id, title: name }}\n\
         \x20   rest: {{ get: /units }}\n\
         \x20   paginate: {{ page: {{ param: p, size: 2, {until} }} }}\n\
         \x20   select: data[*]\n    deletes: never\n"
    );
    plain(BASE, &more, "")
}

/// An app with these units, each with three members.
fn app(units: &'static [u32]) -> Arc<Fake> {
    Fake::new(move |_, call| {
        let number = call.url.query_pairs().find(|(name, _)| name == "p");
        let number: usize = number.map_or(1, |(_, n)| n.parse().expect("a number"));
        let two = |rows: Vec<Value>| -> Vec<Value> {
            rows.into_iter().skip((number - 1) * 2).take(2).collect()
        };
        let rows = match call.url.path().split('/').nth(2) {
            None => units
                .iter()
                .map(|n| json!({"id": n, "name": format!("Unit {n}")}))
                .collect(),
            Some(unit) => (0..3)
                .map(|n| json!({"id": format!("{unit}-{n}"), "title": "x"}))
                .collect(),
        };
        json(json!({"data": two(rows), "total": 7}))
    })
}

fn of_units(units: &[u32]) -> BTreeSet<String> {
    let each = |unit: &u32| (0..3).map(|n| format!("{unit}-{n}")).collect::<Vec<_>>();
    units.iter().flat_map(each).collect()
}

/// Reads so many pages; what came, and the place behind as a store keeps it.
async fn cut(
    connector: &Arc<Connector>,
    world: &World,
    ask: Ask,
    most: usize,
) -> (Vec<Page>, Option<Place>, Summary) {
    let mut pass = Reader::open(connector.clone(), "rows", ask, world).expect("opens");
    let mut pages: Vec<Page> = Vec::new();
    while pages.len() < most {
        let Some(page) = pass.next().await else { break };
        pages.push(page.expect("no trouble"));
    }
    let place = pages.iter().rev().find_map(|page| page.place.clone());
    let kept = place.map(|place| serde_json::to_string(&place).expect("JSON"));
    let place = kept.map(|text| serde_json::from_str(&text).expect("a place"));
    (pages, place, pass.summary().clone())
}

fn from(place: Option<Place>) -> Ask {
    Ask {
        resume: Some(place.expect("a place")),
        ..Ask::default()
    }
}

const FIVE: &[u32] = &[1, 2, 3, 4, 5];

#[tokio::test]
async fn wherever_children_are_cut_off_they_go_on_there() {
    let connector = members("");
    for most in 1..=10 {
        let fake = app(FIVE);
        let world = through(fake.clone());
        let (pages, place, _) = cut(&connector, &world, Ask::default(), most).await;
        let before = fake.count();
        let (more, _, summary) = cut(&connector, &world, from(place), usize::MAX).await;
        let mut all = ids(&pages);
        all.extend(ids(&more));
        assert_eq!(all.len(), 15, "cut after {most}: none twice, {all:?}");
        assert_eq!(all.into_iter().collect::<BTreeSet<_>>(), of_units(FIVE));
        assert!(summary.complete && !summary.may_sweep(), "{summary:?}");
        assert_eq!(summary.rows, 15);
        let asked = fake.count() - before;
        assert!(
            asked <= 13 - before + 1,
            "cut after {most}: {asked} more requests after {before}"
        );
        let again = fake.calls.lock().expect("calls")[before].clone();
        assert!(
            again.contains("/units?p="),
            "the page of its parents: {again}"
        );
    }
}

#[tokio::test]
async fn parents_that_come_or_go_meanwhile_cost_no_others() {
    let connector = members("");
    for (units, seen) in [
        // The last one that was done with is gone: its page is walked over anew.
        (&[1, 2, 4, 5][..], &[4, 5][..]),
        (&[1, 2, 3, 5], &[5]),
        (&[0, 1, 2, 3, 4, 5], &[4, 5]),
        (&[3], &[]),
    ] {
        let world = through(app(FIVE));
        let (pages, place, _) = cut(&connector, &world, Ask::default(), 6).await;
        assert_eq!(ids(&pages).len(), 9, "three units, two pages each");
        let (more, _, summary) = cut(&connector, &through(app(units)), from(place), 99).await;
        let more: BTreeSet<String> = ids(&more).into_iter().collect();
        assert_eq!(more, of_units(seen), "{units:?}");
        assert!(summary.complete, "{units:?}: {summary:?}");
    }
}

#[tokio::test]
async fn parents_that_were_cut_in_silence_leave_their_children() {
    let connector = members("total");
    for (units, partial) in [
        (&[1, 2, 3, 4, 5, 6, 7][..], None),
        (
            FIVE,
            Some(Partial::Shortfall {
                declared: 7,
                fetched: 5,
            }),
        ),
    ] {
        let world = through(app(units));
        let (_, _, whole) = cut(&connector, &world, Ask::default(), 99).await;
        assert_eq!(whole.partial, partial);
        assert_eq!(
            (whole.complete, whole.may_sweep()),
            (partial.is_none(), partial.is_none())
        );
        let (_, place, _) = cut(&connector, &world, Ask::default(), 5).await;
        let (_, _, in_two) = cut(&connector, &world, from(place), 99).await;
        assert_eq!(in_two.partial, partial, "in two");
    }
}

/// Three files of 2,500 records, each read in three pieces.
fn fill(folder: &std::path::Path) {
    for file in 0..3 {
        let rows = (0..2500).map(|n| format!("{file}-{n},Baris rekaan\n"));
        let text = format!("id,title\n{}", rows.collect::<String>());
        put(folder, &format!("data-{file}.csv"), &text, 60);
    }
}

#[tokio::test]
async fn wherever_a_folder_is_cut_off_it_goes_on_there() {
    let dir = tempfile::tempdir().expect("a folder");
    fill(dir.path());
    let world = through(untouched());
    for (deletes, is_known) in [
        (Deletes::Never, true),
        (Deletes::Sweep { full_every: None }, false),
    ] {
        let connector = in_folder(dir.path(), deletes);
        for most in 1..=8 {
            let (pages, place, _) = cut(&connector, &world, Ask::default(), most).await;
            let (more, _, summary) = cut(&connector, &world, from(place), usize::MAX).await;
            let mut all = ids(&pages);
            all.extend(ids(&more));
            assert_eq!(all.len(), 7500, "cut after {most}: none twice");
            assert_eq!(all.into_iter().collect::<BTreeSet<_>>().len(), 7500);
            assert!(summary.complete && !summary.may_sweep(), "{summary:?}");
            assert_eq!((summary.rows, summary.full), (7500, true));
            assert_eq!(summary.validators.is_some(), is_known);
        }
    }
}

/// What happens to a folder.
type Change = fn(&std::path::Path);

#[tokio::test]
async fn a_folder_that_changed_before_the_place_is_read_anew() {
    let world = through(untouched());
    let changes: [(&str, Change); 4] = [
        ("another file before", |folder| {
            put(folder, "data-00.csv", "id,title\nbaru,Baru\n", 60);
        }),
        ("a changed one before", |folder| {
            put(folder, "data-0.csv", "id,title\nbaru,Baru\n", 30);
        }),
        ("one taken away", |folder| {
            std::fs::remove_file(folder.join("data-0.csv")).expect("taken away");
        }),
        ("the one under way", |folder| {
            put(folder, "data-1.csv", "id,title\nbaru,Baru\n", 30);
        }),
    ];
    for (what, change) in changes {
        let dir = tempfile::tempdir().expect("a folder");
        fill(dir.path());
        let connector = in_folder(dir.path(), Deletes::Never);
        let (pages, place, _) = cut(&connector, &world, Ask::default(), 4).await;
        assert_eq!(ids(&pages).len(), 3500);
        change(dir.path());
        let (more, _, summary) = cut(&connector, &world, from(place), usize::MAX).await;
        let (whole, ..) = cut(&connector, &world, Ask::default(), usize::MAX).await;
        let mut all: BTreeSet<String> = ids(&pages).into_iter().collect();
        all.extend(ids(&more));
        let missing: Vec<String> = ids(&whole)
            .into_iter()
            .filter(|id| !all.contains(id))
            .collect();
        assert!(missing.is_empty(), "{what}: {missing:?}");
        assert!(summary.complete, "{what}");
    }
}

#[tokio::test]
async fn what_is_not_known_of_parents_is_not_known_of_their_children() {
    let dir = tempfile::tempdir().expect("a folder");
    put(dir.path(), "data-1.csv", "id,name\n1,Satu\n", 60);
    let mut connector = members("").as_ref().clone();
    let units = connector
        .sources
        .iter_mut()
        .find(|source| source.name == "units");
    let folder = in_folder(dir.path(), Deletes::Never).sources[0].clone();
    let units = units.expect("units");
    (units.fetch, units.paginate, units.select) = (folder.fetch, None, folder.select);
    assert!(matches!(units.fetch, Fetch::Csv(..)));
    let connector = Arc::new(connector);
    let world = through(app(FIVE));
    let (pages, _, summary) = cut(&connector, &world, Ask::default(), 99).await;
    assert_eq!((ids(&pages).len(), summary.may_sweep()), (3, true));
    put(dir.path(), "data-2.csv.part", "id,na", 60);
    let (pages, _, summary) = cut(&connector, &world, Ask::default(), 99).await;
    assert_eq!((ids(&pages).len(), summary.may_sweep()), (3, false));
    assert_eq!(summary.faults, 1, "the file that is still being written");
}
