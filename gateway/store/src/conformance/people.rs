//! People, what they sign in with, and where they work.

use super::Site;
use super::fixtures::at;
use crate::{
    Assignment, AssignmentKind, Identifier, IdentifierKind, PersonQuery, PersonRecord, Post, Store,
    StoreError, Unit,
};
use divos_model::{AudienceKey, PostId, UnitCode};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

const NIP: &str = "198001012006041001";

fn nip(written: &str) -> Identifier {
    Identifier::new(IdentifierKind::Nip, written)
}

pub(super) fn email(written: &str) -> Identifier {
    Identifier::new(IdentifierKind::Email, written)
}

fn code(text: &str) -> UnitCode {
    text.parse().expect("a code")
}

pub(super) fn post(number: u128, unit: &str) -> Post {
    Post {
        id: PostId::from_uuid(Uuid::from_u128(number)),
        unit: code(unit),
        title: format!("Jabatan {number}"),
        kind: "struktural".to_owned(),
    }
}

pub(super) async fn tree(store: &Store) {
    let unit = |text: &str, parent: Option<&str>| Unit {
        code: code(text),
        parent: parent.map(code),
        name: format!("Unit {text}"),
    };
    // Out of order: the parent of the first one comes later.
    let units = vec![
        unit("030801", Some("0308")),
        unit("0308", Some("03")),
        unit("03", None),
    ];
    store.people.put_units(units).await.expect("units");
    let posts = vec![post(1, "030801"), post(2, "03")];
    store.people.put_posts(posts).await.expect("posts");
}

pub(super) async fn import(store: &Store, records: Vec<PersonRecord>) -> crate::Imported {
    let done = store.people.import(records, false, at(0)).await;
    done.expect("an import")
}

/// A person is found by any identifier, however it is written; importing again changes nothing.
pub async fn imports_and_finds(site: &dyn Site) {
    let store = site.open();
    let mut record = PersonRecord::new(1, " Ni Contoh ", vec![nip(NIP), email("Ni@Contoh.ID")]);
    record.status = Some("PNS".to_owned());
    record.roles = Some(vec!["operator".to_owned()]);
    record.password = Some(SecretString::from("$argon2id$contoh"));
    let done = import(&store, vec![record.clone()]).await;
    assert_eq!((done.added, done.faults.len()), (1, 0));
    let id = done.persons[0].1;
    for written in ["19800101 200604 1 001", " ni@contoh.id", NIP] {
        let identifier = Identifier::guess(written);
        let found = store.people.by_identifier(&identifier).await;
        let found = found.expect("an answer").expect("a person");
        assert_eq!((found.id, found.name.as_str()), (id, "Ni Contoh"));
        assert_eq!(found.roles, ["operator"]);
        assert!(found.has_password && !found.disabled);
        assert_eq!(found.identifiers.len(), 2);
    }
    let nobody = store.people.by_identifier(&email("lain@contoh.id")).await;
    assert_eq!(nobody.expect("an answer"), None);
    let hash = store.people.password(id).await.expect("an answer");
    assert_eq!(hash.expect("a hash").expose_secret(), "$argon2id$contoh");
    let again = import(&store, vec![record.clone()]).await;
    assert_eq!((again.added, again.changed, again.unchanged), (0, 0, 1));
    record.name = "Ni Contoh Baru".to_owned();
    record.password = None;
    let changed = import(&store, vec![record]).await;
    assert_eq!((changed.changed, changed.persons[0].1), (1, id));
    assert!(
        store
            .people
            .password(id)
            .await
            .expect("an answer")
            .is_some()
    );
    assert!(!format!("{:?}", nip(NIP)).contains("1980"));
}

/// Each faulty row is named with its field; the good ones are written.
pub async fn names_faulty_rows_and_keeps_good_ones(site: &dyn Site) {
    let store = site.open();
    let record = |row, name: &str, ids| PersonRecord::new(row, name, ids);
    let username = |text: &str| Identifier::new(IdentifierKind::Username, text);
    let mut homeless = record(9, "I", vec![email("i@contoh.id")]);
    homeless.assignments = Some(vec![Assignment {
        post: PostId::from_uuid(Uuid::from_u128(99)),
        kind: AssignmentKind::Definitif,
        from: "2026-01-01".parse().expect("a day"),
        to: None,
    }]);
    let done = import(
        &store,
        vec![
            record(1, "A", vec![nip(NIP), email("a@contoh.id")]),
            record(2, " ", vec![email("b@contoh.id")]),
            record(3, "C", vec![]),
            record(4, "D", vec![nip("123")]),
            record(5, "E", vec![email("e")]),
            record(6, "F", vec![username("123")]),
            record(7, "G", vec![email("A@contoh.id")]),
            record(8, "H", vec![email("h@contoh.id")]),
            homeless,
        ],
    )
    .await;
    assert_eq!((done.added, done.persons.len()), (2, 2));
    let faults: Vec<_> = done.faults.iter().map(|one| (one.row, one.field)).collect();
    assert_eq!(
        faults,
        [
            (2, "name"),
            (3, "identifiers"),
            (4, "identifiers"),
            (5, "identifiers"),
            (6, "identifiers"),
            (7, "identifiers"),
            (9, "assignments.post"),
        ]
    );
    // An identifier of one person with one of another is nobody.
    let both = record(1, "X", vec![email("a@contoh.id"), email("h@contoh.id")]);
    let done = import(&store, vec![both]).await;
    assert_eq!((done.added, done.changed, done.faults.len()), (0, 0, 1));
}

/// A dry run says what would be and writes nothing.
pub async fn a_dry_run_writes_nothing(site: &dyn Site) {
    let store = site.open();
    let record = PersonRecord::new(1, "A", vec![nip(NIP)]);
    let done = store.people.import(vec![record], true, at(0)).await;
    assert_eq!(done.expect("an import").added, 1);
    let found = store.people.by_identifier(&nip(NIP)).await;
    assert_eq!(found.expect("an answer"), None);
}

/// Passwords, roles and disabling end what was issued before; a rehash or a new name does not.
pub async fn an_epoch_rises_with_what_guards(site: &dyn Site) {
    let store = site.open();
    let mut record = PersonRecord::new(1, "A", vec![nip(NIP)]);
    let id = import(&store, vec![record.clone()]).await.persons[0].1;
    let people = &store.people;
    let epoch = async || {
        let person = people.person(id).await.expect("an answer");
        person.expect("a person").epoch
    };
    let first = epoch().await;
    let hash = || SecretString::from("$argon2id$x");
    people.set_password(id, hash(), true).await.expect("set");
    record.name = "B".to_owned();
    import(&store, vec![record.clone()]).await;
    assert_eq!(epoch().await, first);
    people.set_password(id, hash(), false).await.expect("set");
    assert_eq!(epoch().await, first + 1);
    people.set_disabled(id, true).await.expect("set");
    assert_eq!(epoch().await, first + 2);
    assert!(
        people
            .person(id)
            .await
            .expect("an answer")
            .expect("a person")
            .disabled
    );
    record.roles = Some(vec!["operator".to_owned()]);
    import(&store, vec![record]).await;
    assert_eq!(epoch().await, first + 3);
    assert_eq!(people.raise_epoch(id).await.expect("an epoch"), first + 4);
    let nobody = super::fixtures::person(77);
    let refused = people.set_disabled(nobody, true).await;
    assert!(matches!(refused, Err(StoreError::NotFound { .. })));
    let refused = people.raise_epoch(nobody).await;
    assert!(matches!(refused, Err(StoreError::NotFound { .. })));
}

/// Posts count from their first day to their last; the keys follow.
pub async fn stands_by_the_day(site: &dyn Site) {
    let store = site.open();
    tree(&store).await;
    let mut record = PersonRecord::new(1, "A", vec![nip(NIP)]);
    record.roles = Some(vec!["operator".to_owned()]);
    let hold = |post: Post, kind, from: &str, to: Option<&str>| Assignment {
        post: post.id,
        kind,
        from: from.parse().expect("a day"),
        to: to.map(|to| to.parse().expect("a day")),
    };
    record.assignments = Some(vec![
        hold(
            post(2, "03"),
            AssignmentKind::Plt,
            "2026-10-01",
            Some("2026-12-31"),
        ),
        hold(
            post(1, "030801"),
            AssignmentKind::Definitif,
            "2024-01-01",
            None,
        ),
    ]);
    let id = import(&store, vec![record]).await.persons[0].1;
    for (on, held) in [
        ("2023-12-31", vec![]),
        ("2024-01-01", vec!["Jabatan 1"]),
        ("2026-12-31", vec!["Jabatan 1", "Jabatan 2"]),
        ("2027-01-01", vec!["Jabatan 1"]),
    ] {
        let standing = store.people.standing(id, on.parse().expect("a day")).await;
        let standing = standing.expect("an answer").expect("a person");
        let titles: Vec<_> = standing.posts.iter().map(|one| &*one.post.title).collect();
        assert_eq!(titles, held, "{on}");
    }
    let standing = store
        .people
        .standing(id, "2024-01-01".parse().expect("a day"));
    let standing = standing.await.expect("an answer").expect("a person");
    assert_eq!(standing.posts[0].unit_name, "Unit 030801");
    let mut keys: Vec<_> = standing.keys().iter().map(ToString::to_string).collect();
    keys.sort();
    let mut expected = vec![
        AudienceKey::Everyone.to_string(),
        AudienceKey::Person(id).to_string(),
        AudienceKey::Post(post(1, "030801").id).to_string(),
        "u:030801".into(),
        "s:030801".into(),
        "s:0308".into(),
        "s:03".into(),
        "r:operator".into(),
    ];
    expected.sort();
    assert_eq!(keys, expected);
}

/// A parent that is missing, a cycle, a post in no unit: refused as a whole.
pub async fn refuses_a_broken_tree(site: &dyn Site) {
    let store = site.open();
    tree(&store).await;
    let before = store.people.units().await.expect("units");
    let unit = |text: &str, parent: &str| Unit {
        code: code(text),
        parent: Some(code(parent)),
        name: "x".to_owned(),
    };
    for broken in [
        vec![unit("09", "08")],
        vec![unit("03", "030801")],
        vec![unit("05", "06"), unit("06", "05")],
        vec![unit("03", "03")],
    ] {
        let refused = store.people.put_units(broken).await;
        assert!(matches!(refused, Err(StoreError::Invalid { .. })));
    }
    assert_eq!(store.people.units().await.expect("units"), before);
    let refused = store.people.put_posts(vec![post(5, "09")]).await;
    assert!(matches!(refused, Err(StoreError::Invalid { .. })));
    assert_eq!(store.people.posts(None).await.expect("posts").len(), 2);
    let below = store.people.subtree(&code("0308")).await.expect("codes");
    assert_eq!(below, [code("0308"), code("030801")]);
    let above = store.people.lineage(&code("030801")).await.expect("codes");
    assert_eq!(above, [code("030801"), code("0308"), code("03")]);
    let none = store.people.lineage(&code("99")).await.expect("codes");
    assert!(none.is_empty());
}

/// People are listed by name in pages, and found by a part of it.
pub async fn lists_by_name(site: &dyn Site) {
    let store = site.open();
    let names = ["Wayan", "agus", "Made", "made", "Nyoman"];
    let records = names
        .iter()
        .enumerate()
        .map(|(row, name)| PersonRecord::new(row, name, vec![email(&format!("p{row}@contoh.id"))]));
    import(&store, records.collect()).await;
    let mut query = PersonQuery {
        limit: 2,
        ..PersonQuery::default()
    };
    let mut listed = Vec::new();
    loop {
        let page = store.people.persons(query.clone()).await.expect("people");
        let Some(last) = page.last() else { break };
        query.after = Some((last.name.clone(), last.id));
        listed.extend(page.into_iter().map(|one| one.name.to_lowercase()));
    }
    assert_eq!(listed, ["agus", "made", "made", "nyoman", "wayan"]);
    for (text, hits) in [("ad", 2), ("P3@", 1), ("3@", 0)] {
        let query = PersonQuery {
            text: Some(text.to_owned()),
            after: None,
            limit: 10,
        };
        let found = store.people.persons(query).await.expect("people");
        assert_eq!(found.len(), hits, "{text}");
    }
}
