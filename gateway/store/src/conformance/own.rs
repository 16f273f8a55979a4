//! What is held about one person: theirs, whole, and nobody else's.

use super::Site;
use super::fixtures::{admit, app, at, entry, id, item, person, reader, reader_in, sealed};
use super::people::{email, import, post, tree};
use crate::{
    Assignment, AssignmentKind, AuditDraft, AuditedQuery, Commit, Entry, HoldingQuery, Marked,
    OwnCounts, PersonRecord, PushCredential, PushProof, Reader, StateChange, Store, Tombstones,
    Whole,
};
use divos_model::{Actor, Audience, AudienceKey, DeletedReason, Item};
use serde_json::json;
use uuid::Uuid;

/// A made-up number of a civil servant.
const NIP: &str = "990001012026011001";

/// Looks through everything in parts of a few items; returns the native ids that were found.
async fn found(store: &Store, reader: &Reader, words: &[&str]) -> Vec<String> {
    let mut query = HoldingQuery {
        reader: reader.clone(),
        words: words.iter().map(|word| (*word).to_owned()).collect(),
        after: None,
        looks: 3,
        limit: 2,
    };
    let mut ids = Vec::new();
    loop {
        let part = store.own.holding(query.clone()).await.expect("a part");
        assert!(part.rows.len() <= 2);
        ids.extend(part.rows.into_iter().map(|row| row.item.native_id));
        match part.next {
            Some(place) => query.after = Some(place),
            None => return ids,
        }
    }
}

/// Items are found by what stands in their texts, by whom they are for and who has a part in them: live ones, that the
/// reader may see.
pub async fn finds_what_names_somebody(site: &impl Site) {
    let store = site.open();
    let me = person(1);
    let says = |native: &str, text: &str| Item {
        summary: Some(text.to_owned()),
        ..item("aduan", native)
    };
    let actor = Actor {
        role: "assignee".to_owned(),
        person: Some(me),
        unit: None,
        label: "Contoh".to_owned(),
    };
    let items = [
        says("tidak", "tanpa nomor"),
        says("nomor", &format!("baris satu\nNIP {NIP}.")),
        says("awal", &format!("\n{NIP}")),
        says("panjang", &format!("{NIP}5")),
        says("surel", "Kepada Saya@Denpasar.Example"),
        Item {
            audience: Audience::person(me),
            ..item("aduan", "untuk-saya")
        },
        Item {
            actors: vec![actor],
            ..item("aduan", "bagian")
        },
        Item {
            audience: Audience::person(person(2)),
            ..says("orang-lain", NIP)
        },
        Item {
            audience: Audience {
                exclude: vec![me],
                ..Audience::everyone()
            },
            ..says("tentang-saya", NIP)
        },
        says("hilang", NIP),
    ];
    admit(&store, items.map(sealed)).await;
    let gone = Tombstones {
        ids: vec![id("aduan", "hilang")],
        reason: DeletedReason::Removed,
    };
    store.items.tombstone(gone, at(1)).await.expect("gone");
    let uuid = me.to_string();
    let words = [NIP, "saya@denpasar.example", &uuid];
    let names = found(&store, &reader(1), &words).await;
    assert_eq!(names, ["nomor", "awal", "surel", "untuk-saya", "bagian"]);
    assert_eq!(found(&store, &reader(1), &["bukan"]).await, [""; 0]);
    let counts = store.own.own_counts(me).await.expect("counts");
    assert_eq!((counts.addressed, counts.marked), (1, 0));
}

/// What is masked for a reader is neither searched nor shown; whoever has a need finds and reads it.
pub async fn finds_nothing_that_is_masked(site: &impl Site) {
    let store = site.open();
    let whole = sealed(Item {
        summary: Some(NIP.to_owned()),
        ..item("aduan", "1")
    });
    let shown = Item {
        summary: Some("***001".to_owned()),
        hash: whole.hash,
        ..whole.clone()
    };
    let entry = Entry {
        whole: Some(Whole {
            item: Box::new(whole),
            need: vec![AudienceKey::Role("petugas".into())],
        }),
        ..entry(shown)
    };
    let commit = Commit {
        entries: vec![entry],
        ..Commit::new(app("aduan"), "utama", at(0))
    };
    store.items.commit(commit).await.expect("a commit");
    assert_eq!(found(&store, &reader(1), &[NIP]).await, [""; 0]);
    assert_eq!(found(&store, &reader_in(2, "petugas"), &[NIP]).await, ["1"]);
}

/// Marks come part by part, with titles as long as the item may be seen.
pub async fn tells_marks_in_parts(site: &impl Site) {
    let store = site.open();
    let items = (0..7).map(|n| item("aduan", &n.to_string()));
    admit(&store, items.map(sealed)).await;
    let me = reader(1);
    for n in 0..7 {
        let change = StateChange {
            done: Some(true),
            pinned: (n == 3).then_some(true),
            muted: (n == 4).then_some(true),
            ..StateChange::default()
        };
        let marked = store
            .items
            .mark(&me, id("aduan", &n.to_string()), change, at(1));
        marked.await.expect("a mark");
    }
    let other = StateChange {
        pinned: Some(true),
        ..StateChange::default()
    };
    let someone = reader(2);
    let marked = store.items.mark(&someone, id("aduan", "0"), other, at(1));
    marked.await.expect("a mark");
    let gone = Tombstones {
        ids: vec![id("aduan", "5")],
        reason: DeletedReason::Removed,
    };
    store.items.tombstone(gone, at(2)).await.expect("gone");
    let (mut all, mut after): (Vec<Marked>, _) = (Vec::new(), None);
    loop {
        let part = store.own.own_marks(&me, after, 3).await.expect("a part");
        let Some(last) = part.last() else { break };
        after = Some(last.place);
        all.extend(part);
    }
    let titles: Vec<_> = all.iter().map(|one| one.title.as_deref()).collect();
    let contoh = |n| Some(["Contoh 0", "Contoh 1", "Contoh 2", "Contoh 3", "Contoh 4"][n]);
    let live = [contoh(0), contoh(1), contoh(2), contoh(3), contoh(4)];
    assert_eq!(titles, [&live[..], &[None, Some("Contoh 6")]].concat());
    assert!(
        all.iter()
            .all(|one| one.state.done_at == Some(at(1)) && !one.seen)
    );
    assert_eq!(
        store.own.own_counts(person(1)).await.expect("counts"),
        OwnCounts {
            marked: 7,
            done: 7,
            pinned: 1,
            muted: 1,
            ..OwnCounts::default()
        }
    );
}

/// The log tells what they did and what was done to them, once each, the newest first.
pub async fn tells_the_log_backwards(site: &impl Site) {
    let store = site.open();
    let (me, other) = (person(1), person(2));
    let note = async |actor, subject: Option<String>| {
        let draft = AuditDraft {
            at: at(0),
            event: "contoh".to_owned(),
            actor,
            subject,
            details: json!({}),
        };
        store.audit.append(draft).await.expect("a row");
    };
    note(Some(me), None).await;
    note(Some(other), Some("aduan".to_owned())).await;
    note(Some(me), Some(me.to_string())).await;
    note(Some(other), Some(me.to_string())).await;
    note(None, Some("token-saya".to_owned())).await;
    note(None, Some("token-orang".to_owned())).await;
    note(Some(me), Some("aduan".to_owned())).await;
    let mut query = AuditedQuery {
        person: me,
        subjects: vec!["token-saya".to_owned()],
        before: None,
        limit: 2,
    };
    let mut numbers = Vec::new();
    loop {
        let part = store.own.audited(query.clone()).await.expect("a part");
        let Some(last) = part.last() else { break };
        query.before = Some(last.number);
        numbers.extend(part.iter().map(|row| row.number));
    }
    assert_eq!(numbers, [7, 5, 4, 3, 1]);
}

/// Every post that somebody held is told, and since when they are known.
pub async fn tells_the_account(site: &impl Site) {
    let store = site.open();
    tree(&store).await;
    let hold = |number, unit, from: &str, to: Option<&str>| Assignment {
        post: post(number, unit).id,
        kind: AssignmentKind::Definitif,
        from: from.parse().expect("a day"),
        to: to.map(|day| day.parse().expect("a day")),
    };
    let mut record = PersonRecord::new(1, "A", vec![email("a@contoh.example")]);
    record.assignments = Some(vec![
        hold(1, "030801", "2024-01-01", Some("2025-12-31")),
        hold(2, "03", "2026-01-01", None),
    ]);
    let me = import(&store, vec![record]).await.persons[0].1;
    let account = store.own.own_account(me).await.expect("an answer");
    let account = account.expect("an account");
    assert_eq!(account.since, at(0));
    let told = account.tenures.iter().map(|one| {
        let (post, to) = (&one.held.post, one.held.to);
        format!(
            "{} {} {:?}",
            one.from,
            post.title,
            to.map(|day| day.to_string())
        )
    });
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            "2026-01-01 Jabatan 2 None",
            "2024-01-01 Jabatan 1 Some(\"2025-12-31\")"
        ]
    );
    let nobody = store.own.own_account(person(99)).await.expect("an answer");
    assert!(nobody.is_none());
}

/// Of the credentials of all apps only those that they made are theirs.
pub async fn tells_credentials_that_they_made(site: &impl Site) {
    let store = site.open();
    for (n, by) in [(1, Some(person(1))), (2, Some(person(2))), (3, None)] {
        let credential = PushCredential {
            id: Uuid::from_u128(n),
            app: app(&format!("app-{n}")),
            proof: PushProof::Hmac,
            label: "server".to_owned(),
            made_by: by,
            created_at: at(0),
            used_at: None,
        };
        let added = store.push_credentials.add_push_credential(credential);
        added.await.expect("a credential");
    }
    let own = store.own.own_push_credentials(person(1)).await;
    let own = own.expect("credentials");
    assert_eq!((own.len(), own[0].app.as_str()), (1, "app-1"));
    let counts = store.own.own_counts(person(1)).await.expect("counts");
    assert_eq!(
        (counts.credentials, counts.proposals, counts.registrations),
        (1, 0, 0)
    );
}
