//! A process is killed a hundred times while it writes: nothing that it acknowledged is lost, and
//! nothing is there by half.
//!
//! The test runs itself as the child, told by an environment variable where to write.

use divos_model::{AppId, Audience, Body, ContentHash, Item, ItemId, Kind};
use divos_store::{Commit, Entry, Options, SourceCursor, open};
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
