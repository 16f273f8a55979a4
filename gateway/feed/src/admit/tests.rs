//! Admission, item by item and page by page; without a store.

use super::prepare::prepare;
use super::*;
use chrono::{DateTime, Utc};
use divos_model::{
    AnnouncementBody, Audience, AudienceKey, Body, Kind, LetterBody, PersonalData, Priority,
    Sensitivity, UnitScope,
};

fn now() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-11-24T08:00:00Z")
        .expect("a time")
        .with_timezone(&Utc)
}

fn rules() -> Rules {
    let app = "surat".parse().expect("a slug");
    let mut rules = Rules::new(app, "inbox", Audience::everyone(), now());
    rules.hosts = vec!["surat.example".into()];
    rules.class = Sensitivity::Internal;
    rules
}

fn item(native_id: &str, body: Body) -> Item {
    let app = "surat".parse().expect("a slug");
    Item::new(app, native_id, "Undangan", now().fixed_offset(), body)
}

fn kept(item: Item, rules: &Rules) -> (Item, Vec<AudienceKey>, bool, prepare::Notes) {
    match prepare(item, rules, &Units::of(["0301"])) {
        Prepared::Keep {
            item,
            keys,
            must_show,
            notes,
            ..
        } => (*item, keys, must_show, notes),
        other => panic!("not kept: {other:?}"),
    }
}

fn refused(item: Item) -> RowFault {
    match prepare(item, &rules(), &Units::of(["0301"])) {
        Prepared::Refused(fault) => fault,
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn an_item_is_cleaned_whatever_the_mapping_let_through() {
    let body = AnnouncementBody {
        text: Some("<p>Besok <script>x()</script>libur</p>".into()),
        ..Default::default()
    };
    let mut dirty = item("1", Body::Announcement(Box::new(body)));
    dirty.title = "<b>Libur</b>\u{0} nasional".into();
    dirty.summary = Some(" \t".into());
    dirty.ext.insert("a".into(), "<script>x()</script>b".into());
    dirty.ext.insert("b".into(), "y".repeat(20_000).into());
    dirty.links.web = "https://evil.example/".into();
    let (clean, _, _, notes) = kept(dirty, &rules());
    assert_eq!(clean.title, "Libur nasional");
    assert_eq!(clean.summary, None);
    let Body::Announcement(body) = &clean.body else {
        panic!("another kind")
    };
    assert_eq!(body.text.as_deref(), Some("Besok libur"));
    assert_eq!(clean.ext.get("a"), Some(&"b".into()));
    assert_eq!(clean.ext.get("b"), None);
    assert_eq!((clean.links.web.as_str(), notes.foreign_links), ("", 1));
    assert_eq!(clean.hash, clean.content_hash());
}

#[test]
fn cleaning_twice_changes_nothing() {
    let mut dirty = item("1", Body::empty(Kind::Task));
    dirty.title = " <i>a</i>  b ".into();
    dirty.links.web = "https://surat.example/x".into();
    let (once, ..) = kept(dirty, &rules());
    let (twice, ..) = kept(once.clone(), &rules());
    assert_eq!(once, twice);
}

#[test]
fn what_cannot_be_kept_is_a_fault_that_names_the_field() {
    let task = |id: &str| item(id, Body::empty(Kind::Task));
    let other = Item {
        app: "lain".parse().expect("a slug"),
        ..task("1")
    };
    let untitled = Item {
        title: "<p></p>".into(),
        ..task("1")
    };
    let huge = LetterBody {
        to: vec!["x".repeat(1000); 300],
        ..Default::default()
    };
    for (bad, field) in [
        (other, "app"),
        (task(""), "id"),
        (task(&"1".repeat(600)), "id"),
        (task("a\u{7}"), "id"),
        (untitled, "title"),
        (item("1", Body::Letter(Box::new(huge))), "body"),
    ] {
        assert_eq!(refused(bad).field, field);
    }
}

#[test]
fn an_item_may_be_more_private_than_its_app_never_less() {
    let mut rules = rules();
    rules.personal_data = PersonalData::General;
    for (said, kept_as) in [
        (Sensitivity::Public, Sensitivity::Internal),
        (Sensitivity::Restricted, Sensitivity::Restricted),
    ] {
        let said = Item {
            sensitivity: said,
            ..item("1", Body::empty(Kind::Task))
        };
        let (clean, ..) = kept(said, &rules);
        assert_eq!(
            (clean.sensitivity, clean.personal_data),
            (kept_as, PersonalData::General)
        );
    }
}

#[test]
fn nothing_above_restricted_can_even_be_written() {
    let json = serde_json::to_string(&item("1", Body::empty(Kind::Task))).expect("JSON");
    let secret = json.replace("\"sensitivity\":\"internal\"", "\"sensitivity\":\"secret\"");
    assert_ne!(json, secret);
    assert!(serde_json::from_str::<Item>(&secret).is_err());
}

#[test]
fn an_item_without_an_audience_gets_its_apps() {
    let (_, keys, ..) = kept(item("1", Body::empty(Kind::Task)), &rules());
    assert_eq!(keys, [AudienceKey::Everyone]);
    let nobody = Rules::new(
        "surat".parse().expect("a slug"),
        "inbox",
        Audience::default(),
        now(),
    );
    let (_, keys, ..) = kept(item("1", Body::empty(Kind::Task)), &nobody);
    assert!(keys.is_empty());
}

#[test]
fn units_that_the_directory_lacks_are_noted_and_still_keyed() {
    let mut named = item("1", Body::empty(Kind::Task));
    let scope = |code: &str| UnitScope {
        code: code.parse().expect("a code"),
        subtree: true,
    };
    named.audience.units = vec![scope("0301"), scope("9999")];
    let (_, keys, _, notes) = kept(named.clone(), &rules());
    assert_eq!(keys.len(), 2);
    assert_eq!(notes.unknown_units, ["9999"]);
    let Prepared::Keep { notes, .. } = prepare(named, &rules(), &Units::default()) else {
        panic!("not kept");
    };
    assert!(
        notes.unknown_units.is_empty(),
        "an empty directory accuses nobody"
    );
}

#[test]
fn muting_never_hides_what_waits_for_somebody() {
    let mut letter = LetterBody::default();
    letter
        .dispositions
        .push(divos_model::Disposition::default());
    let ack = AnnouncementBody {
        ack_required: true,
        ..Default::default()
    };
    let urgent = Item {
        priority: Some(Priority::Urgent),
        ..item("1", Body::empty(Kind::Task))
    };
    for (one, shown) in [
        (item("1", Body::empty(Kind::Approval)), true),
        (item("1", Body::Letter(Box::new(letter))), true),
        (item("1", Body::Announcement(Box::new(ack))), true),
        (urgent, true),
        (item("1", Body::empty(Kind::Letter)), false),
        (item("1", Body::empty(Kind::Announcement)), false),
    ] {
        assert_eq!(kept(one.clone(), &rules()).2, shown, "{:?}", one.kind());
    }
}

#[test]
fn what_is_older_than_its_retention_is_retired() {
    let mut rules = rules();
    rules.retain = Some(std::time::Duration::from_secs(86_400));
    let aged = |hours| Item {
        updated_at: (now() - chrono::TimeDelta::hours(hours)).fixed_offset(),
        ..item("1", Body::empty(Kind::Task))
    };
    let units = Units::default();
    assert!(matches!(
        prepare(aged(23), &rules, &units),
        Prepared::Keep { .. }
    ));
    assert!(matches!(
        prepare(aged(25), &rules, &units),
        Prepared::Retired(_)
    ));
}

#[tokio::test]
async fn a_page_keeps_each_id_once_and_names_the_rows_of_its_faults() {
    let mut page: Vec<Item> = (0..200)
        .map(|n| item(&format!("{}", n % 150), Body::empty(Kind::Task)))
        .collect();
    page[7].title = String::new();
    page[160].title = "Yang terakhir".into();
    let (rules, units) = (Arc::new(rules()), Arc::new(Units::default()));
    let admitted = merge(prepare_all(page, &rules, &units).await, &rules);
    assert_eq!(
        admitted.faults.iter().map(|f| f.row).collect::<Vec<_>>(),
        [7]
    );
    assert_eq!(
        admitted.entries.len(),
        150,
        "row 157 says it again, with a title"
    );
    assert_eq!(admitted.seen.len(), 150);
    assert_eq!(admitted.tally.repeats, 49);
    let ten = admitted
        .entries
        .iter()
        .find(|e| e.item.native_id == "10")
        .expect("item 10");
    assert_eq!(ten.item.title, "Yang terakhir");
}
