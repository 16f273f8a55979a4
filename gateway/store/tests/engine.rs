//! What the SQLite engine owes beside the suite: its directory, its lock, its file, full disks,
//! damage, and kills.

use divos_model::{AppId, Audience, Body, Item, Kind};
use divos_store::{
    AuditDraft, Commit, Entry, Options, PageQuery, Reader, Store, StoreError, Tombstones, open,
};
use rusqlite::Connection;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

fn now() -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp(1_795_500_000, 0).expect("a time")
}

fn reader() -> Reader {
    let person = divos_model::PersonId::from_uuid(uuid::Uuid::from_u128(1));
    Reader::new(person, [divos_model::AudienceKey::Everyone])
}

fn item(native_id: &str, bytes: usize) -> Item {
    let app: AppId = "berita".parse().expect("a slug");
    let body = Body::empty(Kind::Announcement);
    let mut item = Item::new(app, native_id, "Contoh", now().fixed_offset(), body);
    item.summary = Some("x".repeat(bytes));
    item.audience = Audience::everyone();
    item.hash = item.content_hash();
    item
}

async fn admit(store: &Store, items: Vec<Item>) -> Result<u64, StoreError> {
    let app = items[0].app.clone();
    let commit = Commit {
        entries: items
            .into_iter()
            .map(|item| Entry::new(item, "utama"))
            .collect(),
        ..Commit::new(app, "utama", now())
    };
    Ok(store.items.commit(commit).await?.seq)
}

async fn visible(store: &Store) -> usize {
    let mut query = PageQuery::ranked(reader(), now());
    query.limit = 500;
    let page = store.items.page(query).await.expect("a page");
    page.rows.len()
}

fn mode(path: &Path) -> u32 {
    let meta = std::fs::metadata(path).expect("a file");
    meta.permissions().mode() & 0o777
}

#[tokio::test]
async fn everything_it_writes_is_private() {
    let base = tempfile::tempdir().expect("a directory");
    let dir = base.path().join("a/b");
    let store = open(Options::at(&dir)).expect("a store");
    admit(&store, vec![item("1", 10)]).await.expect("admitted");
    assert_eq!(mode(&dir), 0o700);
    let backup = dir.join("copy.db");
    store.upkeep.backup(&backup).await.expect("a backup");
    let twice = store.upkeep.backup(&backup).await;
    assert!(matches!(twice, Err(StoreError::Conflict { .. })));
    let names: Vec<_> = std::fs::read_dir(&dir)
        .expect("a directory")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    assert!(names.len() >= 4, "{names:?}");
    for name in names {
        assert_eq!(mode(&name), 0o600, "{}", name.display());
    }
    // The copy is a whole store.
    let other = base.path().join("c");
    std::fs::create_dir(&other).expect("a directory");
    std::fs::copy(&backup, other.join("divos.db")).expect("a copy");
    let copy = open(Options::at(&other)).expect("a store");
    assert_eq!(visible(&copy).await, 1);
}

#[tokio::test]
async fn a_second_hub_is_refused_until_the_first_is_gone() {
    let dir = tempfile::tempdir().expect("a directory");
    let first = open(Options::at(dir.path())).expect("a store");
    let refused = open(Options::at(dir.path())).expect_err("refused");
    let sentence = refused.to_string();
    assert!(
        matches!(refused, StoreError::Locked { pid: Some(pid), .. } if pid == std::process::id())
    );
    assert!(sentence.contains("already runs on"), "{sentence}");
    admit(&first, vec![item("1", 10)]).await.expect("admitted");
    first.upkeep.close().await.expect("closed");
    open(Options::at(dir.path())).expect("free again");
}

#[tokio::test]
async fn a_damaged_file_is_named_and_left_alone() {
    for (name, content) in [
        ("no database", b"x".repeat(8_192)),
        ("another one", Vec::new()),
    ] {
        let dir = tempfile::tempdir().expect("a directory");
        let file = dir.path().join("divos.db");
        std::fs::write(&file, &content).expect("written");
        if content.is_empty() {
            let db = Connection::open(&file).expect("a database");
            let sql = "PRAGMA application_id = 7; PRAGMA user_version = 1; CREATE TABLE t(x)";
            db.execute_batch(sql).expect("a table");
        }
        let before = std::fs::read(&file).expect("read");
        let refused = open(Options::at(dir.path())).expect_err(name);
        assert!(
            matches!(refused, StoreError::Corrupt { .. }),
            "{name}: {refused:?}"
        );
        if !content.is_empty() {
            assert_eq!(std::fs::read(&file).expect("read"), before);
        }
    }
}

#[tokio::test]
async fn damage_inside_is_found_when_it_is_opened() {
    let dir = tempfile::tempdir().expect("a directory");
    let store = open(Options::at(dir.path())).expect("a store");
    let items = (0..200).map(|n| item(&n.to_string(), 500)).collect();
    admit(&store, items).await.expect("admitted");
    store.upkeep.close().await.expect("closed");
    let file = dir.path().join("divos.db");
    let mut bytes = std::fs::read(&file).expect("read");
    let pages = bytes.len() / 4096;
    for page in bytes.chunks_mut(4096).skip(pages / 2).take(8) {
        page[..64].fill(0xff);
    }
    std::fs::write(&file, bytes).expect("written");
    let refused = open(Options::at(dir.path())).expect_err("damaged");
    assert!(matches!(refused, StoreError::Corrupt { .. }), "{refused:?}");
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let dir = tempfile::tempdir().expect("a directory");
    let store = open(Options::at(dir.path())).expect("a store");
    store.upkeep.close().await.expect("closed");
    let db = Connection::open(dir.path().join("divos.db")).expect("a database");
    db.pragma_update(None, "user_version", 999).expect("set");
    drop(db);
    let refused = open(Options::at(dir.path())).expect_err("too new");
    assert!(matches!(refused, StoreError::TooNew { found: 999, .. }));
}

#[tokio::test]
async fn a_full_disk_is_said_reads_go_on_and_writes_come_back() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut options = Options::at(dir.path());
    options.max_bytes = Some(2 << 20);
    let store = open(options).expect("a store");
    let mut kept = Vec::new();
    let full = loop {
        let batch: Vec<_> = (0..10)
            .map(|n| item(&(kept.len() + n).to_string(), 2_000))
            .collect();
        let ids: Vec<_> = batch.iter().map(|item| item.id).collect();
        match admit(&store, batch).await {
            Ok(_) => kept.extend(ids),
            Err(error) => break error,
        }
        assert!(kept.len() < 10_000, "it never fills up");
    };
    assert!(matches!(full, StoreError::Full), "{full:?}");
    assert!(full.is_transient());
    assert_eq!(visible(&store).await, kept.len().min(500));
    for id in &kept {
        let row = store.items.get(*id, &reader()).await.expect("an answer");
        assert!(row.is_some());
    }
    let head = store.items.head().await.expect("a seq");
    // Small writes may still fit; what counts is that it knows, and that nothing half-written stays.
    let gone = Tombstones {
        ids: kept[..kept.len() / 2].to_vec(),
        reason: divos_model::DeletedReason::Removed,
    };
    store.items.tombstone(gone, now()).await.expect("room made");
    let later = now() + chrono::TimeDelta::days(91);
    store.items.purge(later).await.expect("purged");
    let seq = admit(&store, vec![item("back", 2_000)]).await;
    assert!(seq.expect("writes again") > head);
    assert!(store.upkeep.health().await.expect("health").writable);
    store.upkeep.check().await.expect("sound");
}

#[tokio::test]
async fn health_says_that_it_is_full_and_when_it_is_over() {
    let dir = tempfile::tempdir().expect("a directory");
    let store = open(Options::at(dir.path())).expect("a store");
    store.upkeep.close().await.expect("closed");
    drop(store);
    let mut options = Options::at(dir.path());
    options.max_bytes = Some(4096);
    let store = open(options).expect("a store");
    let refused = admit(
        &store,
        (0..50).map(|n| item(&n.to_string(), 2_000)).collect(),
    )
    .await;
    assert!(matches!(refused, Err(StoreError::Full)), "{refused:?}");
    let health = store.upkeep.health().await.expect("health");
    assert!(!health.writable);
    let fault = health.fault.expect("a sentence");
    assert!(fault.contains("full"), "{fault}");
    assert_eq!(store.items.head().await.expect("a seq"), 0);
    // Small writes still fit and are done, but do not hide that it is full.
    let value = secrecy::SecretSlice::from(vec![1]);
    let small = store.meta.set_value("contoh.kecil", value).await;
    small.expect("a small write");
    assert!(!store.upkeep.health().await.expect("health").writable);
    store.upkeep.close().await.expect("closed");
    drop(store);
    let store = open(Options::at(dir.path())).expect("a store");
    assert!(store.upkeep.health().await.expect("health").writable);
    let kept = store.meta.value("contoh.kecil").await.expect("an answer");
    assert!(kept.is_some());
}

#[tokio::test]
async fn an_audit_log_that_was_touched_is_found_out() {
    let dir = tempfile::tempdir().expect("a directory");
    let store = open(Options::at(dir.path())).expect("a store");
    for n in 0..10 {
        let draft = AuditDraft {
            at: now(),
            event: "sign_in.ok".to_owned(),
            actor: None,
            subject: Some(n.to_string()),
            details: serde_json::Value::Null,
        };
        store.audit.append(draft).await.expect("a row");
    }
    store.upkeep.close().await.expect("closed");
    drop(store);
    let file = dir.path().join("divos.db");
    let db = Connection::open(&file).expect("a database");
    // The database itself refuses; whoever goes around that is found by the chain.
    assert!(
        db.execute("DELETE FROM audit WHERE number = 5", [])
            .is_err()
    );
    let sql = "UPDATE audit SET row = replace(row, 'ok', 'no') WHERE number = 5";
    assert!(db.execute(sql, []).is_err());
    db.execute_batch("DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete")
        .expect("dropped");
    db.execute(sql, []).expect("altered");
    drop(db);
    let store = open(Options::at(dir.path())).expect("a store");
    let verdict = store.audit.verify().await.expect("a verdict");
    assert_eq!((verdict.rows, verdict.broken_at), (10, Some(5)));
    store.upkeep.close().await.expect("closed");
    let db = Connection::open(&file).expect("a database");
    db.execute("DELETE FROM audit WHERE number = 5", [])
        .expect("deleted");
    drop(db);
    let store = open(Options::at(dir.path())).expect("a store");
    let verdict = store.audit.verify().await.expect("a verdict");
    assert_eq!(verdict.broken_at, Some(5));
}

#[test]
fn the_merge_reads_its_lists_without_sorting() {
    let dir = tempfile::tempdir().expect("a directory");
    open(Options::at(dir.path())).expect("a store");
    let db = Connection::open(dir.path().join("divos.db")).expect("a database");
    for (order, sign) in [("", ">"), (" DESC", "<")] {
        let sql = format!(
            "EXPLAIN QUERY PLAN SELECT due, recency, number, app, unit, bits FROM ix WHERE list = 1 \
             AND sub = 2 AND level = 3 AND (due, recency, number) {sign} (4, 5, 6) AND due < 7 \
             ORDER BY due{order}, recency{order}, number{order} LIMIT 8"
        );
        let mut statement = db.prepare(&sql).expect("a statement");
        let plan: Vec<String> = statement
            .query_map([], |row| row.get(3))
            .expect("a plan")
            .collect::<Result<_, _>>()
            .expect("a plan");
        assert_eq!(plan.len(), 1, "{plan:?}");
        assert!(plan[0].contains("SEARCH ix USING PRIMARY KEY"), "{plan:?}");
        assert!(
            plan[0].contains("list=? AND sub=? AND level=? AND"),
            "{plan:?}"
        );
    }
}

#[tokio::test]
async fn what_is_retired_is_not_in_the_file_any_more() {
    const CANARY: &str = "Kenari-Rahasia-";
    let base = tempfile::tempdir().expect("a directory");
    let store = open(Options::at(base.path())).expect("a store");
    let personal = |n: usize| {
        let mut item = item(&format!("{CANARY}{n}"), 0);
        // Long enough to lie on pages of its own.
        item.summary = Some(CANARY.repeat(1 + n * 40));
        item.state_label = Some(CANARY.to_owned());
        item.dedupe = vec![format!("nik:{CANARY}{n}")];
        item.hash = item.content_hash();
        item
    };
    let items: Vec<Item> = (0..200).map(personal).collect();
    let whole = |item: Item| Entry {
        whole: Some(divos_store::Whole {
            item: Box::new(item.clone()),
            need: Vec::new(),
        }),
        ..Entry::new(item, "utama")
    };
    let commit = Commit {
        entries: items.iter().cloned().map(whole).collect(),
        ..Commit::new(items[0].app.clone(), "utama", now())
    };
    store.items.commit(commit).await.expect("admitted");
    let gone = Tombstones {
        ids: items.iter().map(|item| item.id).collect(),
        reason: divos_model::DeletedReason::Retention,
    };
    let held = || {
        let files = std::fs::read_dir(base.path()).expect("a directory");
        let file = |entry: std::io::Result<std::fs::DirEntry>| {
            std::fs::read(entry.expect("an entry").path()).expect("bytes")
        };
        let found = |bytes: Vec<u8>| {
            let mut at = bytes.windows(CANARY.len());
            at.any(|window| window == CANARY.as_bytes())
        };
        files.map(file).any(found)
    };
    assert!(held(), "it was there");
    assert_eq!(store.items.tombstone(gone, now()).await.expect("gone"), 200);
    store.upkeep.close().await.expect("closed");
    assert!(!held(), "it is still there");
}
