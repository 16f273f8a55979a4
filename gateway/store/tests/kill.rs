//! A process is killed a hundred times while it writes: nothing that it acknowledged is lost, and
//! nothing is there by half.
//!
//! The test runs itself as the child, told by an environment variable where to write.

use divos_model::{
    AppId, Audience, AudienceKey, Body, ContentHash, DeletedReason, Item, ItemId, Kind, PersonId,
};
use divos_store::{
    AgedQuery, Change, ChangesQuery, Commit, Entry, Options, Reader, SourceCursor, Tombstones, open,
};
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

const DIR: &str = "DIVOS_STORE_KILL_DIR";
const KILLS: u32 = 100;
const BATCH: u64 = 5;

fn item(number: u64) -> Item {
    let app: AppId = "berita".parse().expect("a slug");
    let at = chrono::DateTime::from_timestamp(1_795_500_000, 0).expect("a time");
    let body = Body::empty(Kind::Announcement);
    let mut item = Item::new(app, &number.to_string(), "Contoh", at.fixed_offset(), body);
    item.audience = Audience::everyone();
    item.hash = ContentHash::from_bytes([1; 32]);
    item
}

fn id(number: u64) -> ItemId {
    item(number).id
}

/// Admits batch after batch, each with its cursor, and writes a line for each that was acknowledged.
#[tokio::test]
async fn child() {
    let Some(dir) = std::env::var_os(DIR) else {
        return;
    };
    let store = open(Options::at(dir)).expect("a store");
    let app: AppId = "berita".parse().expect("a slug");
    let cursor = store.runs.cursor(&app, "utama").await.expect("a cursor");
    let mut done = cursor.value.and_then(|value| value.as_u64()).unwrap_or(0);
    let out = std::io::stdout();
    loop {
        let entries = (done..done + BATCH).map(|number| Entry::new(item(number), "utama"));
        done += BATCH;
        let commit = Commit {
            entries: entries.collect(),
            cursor: Some(SourceCursor {
                value: Some(done.into()),
                ..SourceCursor::default()
            }),
            ..Commit::new(app.clone(), "utama", chrono::DateTime::UNIX_EPOCH)
        };
        store.items.commit(commit).await.expect("admitted");
        writeln!(out.lock(), "done {done}").expect("a parent");
    }
}

#[tokio::test]
async fn a_hundred_kills_lose_nothing() {
    if std::env::var_os(DIR).is_some() {
        return;
    }
    let dir = tempfile::tempdir().expect("a directory");
    let app: AppId = "berita".parse().expect("a slug");
    let mut acknowledged = 0;
    for round in 0..KILLS {
        let mut child = Command::new(std::env::current_exe().expect("this test"))
            .args(["child", "--exact", "--nocapture"])
            .env(DIR, dir.path())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a child");
        let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let mut seen = 0;
        for line in lines.map_while(Result::ok) {
            let Some(number) = line.split("done ").nth(1) else {
                continue;
            };
            acknowledged = number.trim().parse().expect("a number");
            seen += 1;
            // SIGKILL, each time after another number of lines.
            if seen == 1 + round % 7 {
                child.kill().expect("killed");
            }
        }
        child.wait().expect("gone");
        assert!(
            seen > round % 7,
            "the child of round {round} stopped by itself"
        );
    }
    let store = open(Options::at(dir.path())).expect("a store");
    store.upkeep.check().await.expect("sound");
    let ids = store.items.ids_of(&app, "utama").await.expect("ids");
    let cursor = store.runs.cursor(&app, "utama").await.expect("a cursor");
    let cursor = cursor.value.and_then(|value| value.as_u64());
    let cursor = cursor.expect("a number");
    assert!(cursor >= acknowledged && acknowledged >= u64::from(KILLS) * BATCH);
    let there: std::collections::HashSet<_> = ids.into_iter().collect();
    assert_eq!(there.len() as u64, cursor, "items without their cursor");
    for number in 0..cursor {
        assert!(there.contains(&id(number)), "item {number} is lost");
    }
}

const RETIRE: &str = "DIVOS_STORE_RETIRE_DIR";
const OLD: u64 = 180;

fn middle() -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp(1_795_000_000, 0).expect("a time")
}

/// Ends what is too old, portion by portion, and writes a line for each that was acknowledged.
#[tokio::test]
async fn retiring_child() {
    let Some(dir) = std::env::var_os(RETIRE) else {
        return;
    };
    let store = open(Options::at(dir)).expect("a store");
    let out = std::io::stdout();
    let mut query = AgedQuery {
        app: "berita".parse().expect("a slug"),
        source: None,
        before: middle(),
        after: None,
        limit: 10,
    };
    loop {
        let part = store.items.aged(query.clone()).await.expect("a part");
        let gone = Tombstones {
            ids: part.ids,
            reason: DeletedReason::Retention,
        };
        let at = chrono::DateTime::from_timestamp(1_795_600_000, 0).expect("a time");
        store.items.tombstone(gone, at).await.expect("ended");
        writeln!(out.lock(), "done 10").expect("a parent");
        query.after = part.next;
        if query.after.is_none() {
            return;
        }
    }
}

#[tokio::test]
async fn retention_goes_on_after_every_kill() {
    if std::env::var_os(RETIRE).is_some() {
        return;
    }
    let dir = tempfile::tempdir().expect("a directory");
    let store = open(Options::at(dir.path())).expect("a store");
    let aged = |number: u64| {
        let mut item = item(number);
        if number < OLD {
            let old = middle() - chrono::TimeDelta::days(1);
            item.updated_at = old.fixed_offset();
        }
        Entry::new(item, "utama")
    };
    let commit = Commit {
        entries: (0..OLD + 20).map(aged).collect(),
        ..Commit::new("berita".parse().expect("a slug"), "utama", middle())
    };
    store.items.commit(commit).await.expect("admitted");
    store.upkeep.close().await.expect("closed");
    drop(store);
    let mut kills = 0;
    loop {
        let mut child = Command::new(std::env::current_exe().expect("this test"))
            .args(["retiring_child", "--exact", "--nocapture"])
            .env(RETIRE, dir.path())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a child");
        let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let mut seen = 0;
        for line in lines.map_while(Result::ok) {
            seen += u64::from(line.contains("done 10"));
            if seen == 3 {
                child.kill().expect("killed");
            }
        }
        if child.wait().expect("gone").success() {
            break;
        }
        kills += 1;
    }
    assert!(kills >= 4, "killed only {kills} times");
    let store = open(Options::at(dir.path())).expect("a store");
    store.upkeep.check().await.expect("sound");
    let query = ChangesQuery {
        reader: Reader::new(PersonId::random(), [AudienceKey::Everyone]),
        after: 0,
        limit: 1_000,
    };
    let told = store.items.changes(query).await.expect("changes").changes;
    let ended = |change: &&Change| {
        let reason = DeletedReason::Retention;
        matches!(change, Change::Gone { reason: why, .. } if *why == reason)
    };
    assert_eq!(told.iter().filter(ended).count() as u64, OLD, "each once");
    assert_eq!(told.len() as u64, OLD + 20, "the young live");
}
