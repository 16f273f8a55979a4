//! What changed for a reader, counts, search.

use super::Site;
use super::fixtures::{
    admit, app, at, brief, changes, id, item, item_for, person, reader, reader_in, sealed, titles,
};
use crate::{
    ChangesQuery, CountsQuery, Filter, Order, PageQuery, Reader, StateChange, StateFilter, Store,
    Tombstones,
};
use divos_model::{Audience, DeletedReason, Sensitivity};

/// Changes come once each, by rising `seq`, in pieces of any size.
pub async fn tells_changes_once_and_in_order(site: &dyn Site) {
    let store = site.open();
    let items = (0..30).map(|n| match n % 3 {
        0 => item("berita", &n.to_string()),
        1 => item_for("berita", &n.to_string(), "operator"),
        _ => item_for("berita", &n.to_string(), "orang-lain"),
    });
    admit(&store, items).await;
    let me = reader_in(1, "operator");
    let all = changes(&store, &me, 0).await;
    assert_eq!(all.len(), 20);
    assert!(all.is_sorted_by_key(crate::Change::seq));
    for limit in [1, 3, 7, 20] {
        let (mut after, mut told) = (0, Vec::new());
        loop {
            let query = ChangesQuery {
                reader: me.clone(),
                after,
                limit,
            };
            let part = store.items.changes(query).await.expect("changes");
            assert!(part.changes.len() <= limit && part.next >= after);
            told.extend(part.changes);
            after = part.next;
            if !part.more {
                break;
            }
        }
        assert_eq!(told, all);
        assert_eq!(after, store.items.head().await.expect("a seq"));
    }
    // An item that changes again is told as it is now, once.
    let mut changed = item("berita", "0");
    changed.title = "Baru".to_owned();
    admit(&store, [sealed(changed)]).await;
    let all = changes(&store, &me, 0).await;
    assert_eq!(all.len(), 20);
    assert_eq!(brief(&all[19..]), ["+Baru"]);
}

/// Who loses access is told; who keeps it by another way is not.
pub async fn tells_when_access_is_lost(site: &dyn Site) {
    let store = site.open();
    let mut both = item_for("surat", "1", "operator");
    both.audience.roles.push("kepala".to_owned());
    let both = sealed(both);
    let before = admit(&store, [both.clone()]).await.seq;
    let (operator, head) = (reader_in(1, "operator"), reader_in(2, "kepala"));
    let one = item_for("surat", "1", "kepala");
    let between = admit(&store, [one.clone()]).await.seq;
    let lost = changes(&store, &operator, before).await;
    assert_eq!(brief(&lost), ["-access_revoked"]);
    assert_eq!(lost[0].seq(), between);
    assert_eq!(brief(&changes(&store, &head, before).await), ["+Contoh 1"]);
    let deputy = Reader::new(
        person(3),
        [operator.keys().to_vec(), head.keys().to_vec()].concat(),
    );
    assert_eq!(
        brief(&changes(&store, &deputy, before).await),
        ["+Contoh 1"]
    );
    // The next change does not tell the operator again, but one who was away still hears of it.
    let mut later = one.clone();
    later.title = "Lanjut".to_owned();
    admit(&store, [sealed(later)]).await;
    assert!(changes(&store, &operator, between).await.is_empty());
    assert_eq!(
        brief(&changes(&store, &operator, before).await),
        ["-access_revoked"]
    );
    assert_eq!(brief(&changes(&store, &deputy, before).await), ["+Lanjut"]);
    // Access that comes back is an item again, and no loss.
    let back = admit(&store, [both]).await;
    assert_eq!(back.changed, 1);
    assert_eq!(
        brief(&changes(&store, &operator, before).await),
        ["+Contoh 1"]
    );
    // Also where it is lost while the item was gone.
    let gone = Tombstones {
        ids: vec![id("surat", "1")],
        reason: DeletedReason::Removed,
    };
    store.items.tombstone(gone, at(1)).await.expect("a count");
    admit(&store, [one]).await;
    assert_eq!(
        brief(&changes(&store, &operator, before).await),
        ["-access_revoked"]
    );
}

/// Who is excluded from the start never hears of it; who is excluded later is told.
pub async fn tells_the_excluded_when_they_are_and_never_before(site: &dyn Site) {
    let store = site.open();
    let mut closed = item("surat", "1");
    closed.audience.exclude = vec![person(1)];
    let closed = sealed(closed);
    admit(&store, [closed.clone()]).await;
    let (out, inside) = (reader(1), reader(2));
    assert!(changes(&store, &out, 0).await.is_empty());
    assert!(titles(&store, &out).await.is_empty());
    let row = store.items.get(closed.id, &out).await.expect("an answer");
    assert_eq!(row, None);
    assert_eq!(titles(&store, &inside).await, ["Contoh 1"]);
    let open = admit(&store, [item("surat", "1")]).await.seq;
    assert_eq!(titles(&store, &out).await, ["Contoh 1"]);
    admit(&store, [closed]).await;
    assert_eq!(
        brief(&changes(&store, &out, open).await),
        ["-access_revoked"]
    );
    assert_eq!(brief(&changes(&store, &inside, open).await), ["+Contoh 1"]);
}

/// Tombstones are told until they are purged; then an old cursor is expired, and nothing is left.
pub async fn tells_tombstones_until_purged(site: &dyn Site) {
    let store = site.open();
    let me = reader(1);
    let before = admit(&store, [item("berita", "1"), item("berita", "2")]).await;
    let done = StateChange {
        done: Some(true),
        ..StateChange::default()
    };
    let one = id("berita", "1");
    store.items.mark(&me, one, done, at(1)).await.expect("done");
    let gone = Tombstones {
        ids: vec![one],
        reason: DeletedReason::Removed,
    };
    store.items.tombstone(gone, at(2)).await.expect("a count");
    let told = changes(&store, &me, before.seq).await;
    assert_eq!(brief(&told), ["-removed"]);
    assert_eq!(store.items.purge(at(2)).await.expect("a count"), 0);
    assert_eq!(store.items.purge(at(3)).await.expect("a count"), 1);
    assert_eq!(store.items.get_any(one).await.expect("an answer"), None);
    for (after, expired) in [(0, false), (before.seq, true), (told[0].seq(), false)] {
        let query = ChangesQuery {
            reader: me.clone(),
            after,
            limit: 10,
        };
        let answer = store.items.changes(query).await.expect("changes");
        assert_eq!(answer.expired, expired, "after {after}");
    }
    // It may come again, and is not done then.
    admit(&store, [item("berita", "1")]).await;
    let row = store.items.get(one, &me).await.expect("an answer");
    assert_eq!(row.expect("a row").marks.done_at, None);
}

/// Counts are by app, of what the reader sees, up to the cap.
pub async fn counts_by_app(site: &dyn Site) {
    let store = site.open();
    let me = reader_in(1, "operator");
    admit(&store, (0..7).map(|n| item("berita", &n.to_string()))).await;
    admit(
        &store,
        (0..4).map(|n| item_for("surat", &n.to_string(), "operator")),
    )
    .await;
    admit(&store, [item_for("gaji", "1", "orang-lain")]).await;
    let mut own = item("kinerja", "1");
    own.audience = Audience::person(person(1));
    admit(&store, [sealed(own)]).await;
    let count = |marks, cap| CountsQuery {
        reader: me.clone(),
        marks,
        cap,
        now: at(0),
    };
    let brief = |counts: Vec<crate::AppCount>| -> Vec<String> {
        let plus = |more| if more { "+" } else { "" };
        counts
            .iter()
            .map(|one| format!("{} {}{}", one.app, one.count, plus(one.more)))
            .collect()
    };
    let all = store.items.counts(count(StateFilter::default(), 5)).await;
    assert_eq!(
        brief(all.expect("counts")),
        ["berita 5+", "kinerja 1", "surat 4"]
    );
    let all = store.items.counts(count(StateFilter::default(), 7)).await;
    assert_eq!(
        brief(all.expect("counts")),
        ["berita 7", "kinerja 1", "surat 4"]
    );
    let seen = StateChange {
        seen: Some(Some(item("berita", "0").hash)),
        ..StateChange::default()
    };
    let marked = store.items.mark(&me, id("berita", "0"), seen, at(0)).await;
    marked.expect("a mark");
    let unread = store.items.counts(count(StateFilter::unread(), 99)).await;
    assert_eq!(
        brief(unread.expect("counts")),
        ["berita 6", "kinerja 1", "surat 4"]
    );
}

async fn search(store: &Store, text: &str) -> Vec<String> {
    let query = PageQuery {
        filter: Filter {
            text: Some(text.to_owned()),
            ..Filter::default()
        },
        order: Order::Newest,
        ..PageQuery::ranked(reader(1), at(0))
    };
    let page = store.items.page(query).await.expect("a page");
    page.rows
        .into_iter()
        .map(|row| row.item.native_id)
        .collect()
}

/// Every word has to occur, whatever its case, anywhere in title, summary or native id.
pub async fn searches_words(site: &dyn Site) {
    let store = site.open();
    let mut first = item("surat", "005/12/Umum");
    first.title = "Undangan Rapat \"Koordinasi\"".to_owned();
    first.summary = Some("Di Ruang Ābhimana".to_owned());
    admit(&store, [sealed(first), item("surat", "2")]).await;
    for (text, hits) in [
        ("rapat undangan", 1),
        ("RAPAT \"koord", 1),
        ("rapat ābhimana", 1),
        ("005/12/umum", 1),
        ("contoh", 1),
        ("rapat contoh", 0),
        ("", 2),
        ("%", 0),
    ] {
        assert_eq!(search(&store, text).await.len(), hits, "{text}");
    }
}

/// Of a restricted item only the title is searched.
pub async fn keeps_the_restricted_out_of_search(site: &dyn Site) {
    let store = site.open();
    let mut closed = item("surat", "77-rahasia");
    closed.title = "Surat".to_owned();
    closed.summary = Some("isi tertutup".to_owned());
    closed.sensitivity = Sensitivity::Restricted;
    admit(&store, [sealed(closed)]).await;
    assert_eq!(search(&store, "surat").await.len(), 1);
    assert!(search(&store, "tertutup").await.is_empty());
    assert!(search(&store, "77-rahasia").await.is_empty());
    let by_app = PageQuery {
        filter: Filter {
            apps: vec![app("tidak-ada")],
            ..Filter::default()
        },
        ..PageQuery::ranked(reader(1), at(0))
    };
    let page = store.items.page(by_app).await.expect("a page");
    assert!(page.rows.is_empty() && page.next.is_none());
}
