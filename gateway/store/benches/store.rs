//! How fast the store admits and reads: `cargo bench -p divos-store -- [ITEMS] [PEOPLE] [DIR]`;
//! `--admit` leaves the reading out.
//!
//! Prints a table for a small store (10,000 items, or ITEMS where that is less) and a large one (ITEMS,
//! by default 1,000,000, for PEOPLE, by default 10,600), and the ratio of the two. All data is made up.

#![allow(clippy::print_stdout)]

use divos_model::{
    AppId, Audience, AudienceKey, Body, ContentHash, Item, Kind, PersonId, Priority, State,
    UnitCode, UnitScope,
};
use divos_store::{
    ChangesQuery, Commit, CountsQuery, Entry, Filter, Options, Order, PageQuery, Reader,
    StateChange, StateFilter, Store, open,
};
use sha2::{Digest, Sha256};
use std::time::{Duration, Instant};
use uuid::Uuid;

const APPS: u64 = 143;
const UNITS: u64 = 600;
const BATCH: u64 = 1_000;
const IN_FLIGHT: u64 = 5;
const PAGES: u64 = 400;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    // Cargo hands `--bench` to every bench.
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with("--"))
        .collect();
    let number = |place: usize, default: u64| -> Outcome<u64> {
        Ok(words
            .get(place)
            .map_or(Ok(default), |word| word.replace('_', "").parse())?)
    };
    let (items, people) = (number(0, 1_000_000)?, number(1, 10_600)?);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()?;
    let base = match words.get(2) {
        Some(dir) => tempfile::tempdir_in(dir)?,
        None => tempfile::tempdir()?,
    };
    let small = runtime.block_on(measure(
        &base.path().join("small"),
        items.min(10_000),
        people,
    ))?;
    let large = runtime.block_on(measure(&base.path().join("large"), items, people))?;
    println!(
        "| what | {} items | {items} items | ratio |",
        items.min(10_000)
    );
    println!("|---|---|---|---|");
    for ((name, before), (_, after)) in small.iter().zip(&large) {
        println!(
            "| {name} | {before:.3} | {after:.3} | {:.2} |",
            after / before
        );
    }
    Ok(())
}

type Row = (String, f64);

async fn measure(dir: &std::path::Path, items: u64, people: u64) -> Outcome<Vec<Row>> {
    let opened = Instant::now();
    let store = open(Options::at(dir))?;
    let mut rows = vec![("open, ms".to_owned(), millis(opened.elapsed()))];
    let before = written();
    admit(&store, items, people, &mut rows).await?;
    let bytes = (written() - before) / items as f64;
    rows.push(("written to the disk, bytes an item".to_owned(), bytes));
    if !std::env::args().any(|word| word == "--admit") {
        mark(&store, people).await?;
        read(&store, people, &mut rows).await?;
    }
    let bytes = store.upkeep.health().await?.bytes;
    rows.push((
        "database, bytes an item".to_owned(),
        bytes as f64 / items as f64,
    ));
    store.upkeep.close().await?;
    let opened = Instant::now();
    let again = open(Options::at(dir))?;
    rows.push(("open again, ms".to_owned(), millis(opened.elapsed())));
    again.upkeep.close().await?;
    Ok(rows)
}

/// Admits everything twice, some commits at a time, as connectors do.
async fn admit(store: &Store, items: u64, people: u64, rows: &mut Vec<Row>) -> Outcome<()> {
    for name in ["admit new, items/s", "admit unchanged, items/s"] {
        let mut spent = Duration::ZERO;
        let mut slowest = Duration::ZERO;
        for first in (0..items).step_by((BATCH * IN_FLIGHT) as usize) {
            // Making the items is not the store's work.
            let mut commits = Vec::new();
            for first in (first..first + BATCH * IN_FLIGHT).step_by(BATCH as usize) {
                let app_number = first / BATCH % APPS;
                let numbers = first.min(items)..(first + BATCH).min(items);
                commits.push(Commit {
                    entries: numbers
                        .map(|number| entry(app_number, number, people))
                        .collect(),
                    ..Commit::new(app(app_number), "utama", now())
                });
            }
            let begun = Instant::now();
            let mut tasks = tokio::task::JoinSet::new();
            for commit in commits {
                let items = store.items.clone();
                tasks.spawn(async move { items.commit(commit).await });
            }
            for done in tasks.join_all().await {
                done?;
            }
            spent += begun.elapsed();
            slowest = slowest.max(begun.elapsed());
        }
        rows.push((name.to_owned(), items as f64 / spent.as_secs_f64()));
        rows.push((format!("{name}: slowest round, ms"), millis(slowest)));
        rows.push(("resident memory after it, MiB".to_owned(), resident()));
    }
    Ok(())
}

/// Each of some readers marks what they see first.
async fn mark(store: &Store, people: u64) -> Outcome<()> {
    for number in 0..PAGES {
        let reader = reader(number * 7919 % people);
        let page = store
            .items
            .page(PageQuery::ranked(reader.clone(), now()))
            .await?;
        for (place, row) in page.rows.iter().take(6).enumerate() {
            let change = StateChange {
                seen: Some(Some(row.item.hash)),
                done: (place < 3).then_some(true),
                ..StateChange::default()
            };
            store
                .items
                .mark(&reader, row.item.id, change, now())
                .await?;
        }
    }
    Ok(())
}

async fn read(store: &Store, people: u64, rows: &mut Vec<Row>) -> Outcome<()> {
    let ranked = |reader| PageQuery::ranked(reader, now());
    let with = |reader, filter| PageQuery {
        filter: Filter {
            marks: StateFilter::open(),
            ..filter
        },
        ..ranked(reader)
    };
    let by_app = |reader| {
        with(
            reader,
            Filter {
                apps: vec![app(7)],
                ..Filter::default()
            },
        )
    };
    let by_kind = |reader| {
        with(
            reader,
            Filter {
                kinds: vec![Kind::Letter],
                ..Filter::default()
            },
        )
    };
    let by_unread = |reader| {
        let mut query = ranked(reader);
        query.filter.marks = StateFilter::unread();
        query
    };
    let by_text = |reader| {
        with(
            reader,
            Filter {
                text: Some("rapat 7".to_owned()),
                ..Filter::default()
            },
        )
    };
    let newest = |reader| PageQuery {
        order: Order::Newest,
        ..ranked(reader)
    };
    let queries: [(&str, &dyn Fn(Reader) -> PageQuery); 6] = [
        ("page, ranked", &ranked),
        ("page, newest", &newest),
        ("page, one app", &by_app),
        ("page, one kind", &by_kind),
        ("page, unread", &by_unread),
        ("page, text", &by_text),
    ];
    for (name, query) in queries {
        let mut times = Vec::new();
        for number in 0..PAGES {
            let query = query(reader(number * 7919 % people));
            let begun = Instant::now();
            store.items.page(query).await?;
            times.push(begun.elapsed());
        }
        push(rows, name, times);
    }
    read_other(store, people, rows).await
}

async fn read_other(store: &Store, people: u64, rows: &mut Vec<Row>) -> Outcome<()> {
    let (mut second, mut changes, mut counts) = (Vec::new(), Vec::new(), Vec::new());
    let head = store.items.head().await?;
    for number in 0..PAGES / 4 {
        let reader = reader(number * 7919 % people);
        let mut query = PageQuery::ranked(reader.clone(), now());
        query.after = store.items.page(query.clone()).await?.next;
        let begun = Instant::now();
        store.items.page(query).await?;
        second.push(begun.elapsed());
        let begun = Instant::now();
        store
            .items
            .changes(ChangesQuery {
                reader: reader.clone(),
                after: head.saturating_sub(5_000),
                limit: 100,
            })
            .await?;
        changes.push(begun.elapsed());
        let begun = Instant::now();
        store
            .items
            .counts(CountsQuery {
                reader,
                marks: StateFilter::unread(),
                cap: 99,
                now: now(),
            })
            .await?;
        counts.push(begun.elapsed());
    }
    push(rows, "page, ranked, second", second);
    push(rows, "changes", changes);
    push(rows, "counts", counts);
    Ok(())
}

fn push(rows: &mut Vec<Row>, name: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: f64| millis(times[((times.len() - 1) as f64 * share) as usize]);
    rows.push((format!("{name}: p50, ms"), at(0.5)));
    rows.push((format!("{name}: p99, ms"), at(0.99)));
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1));
    kib.and_then(|kib| kib.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}

/// Bytes that this process has sent to the disk.
fn written() -> f64 {
    let io = std::fs::read_to_string("/proc/self/io").unwrap_or_default();
    let line = io
        .lines()
        .find_map(|line| line.strip_prefix("write_bytes: "));
    line.and_then(|bytes| bytes.parse().ok()).unwrap_or(0.0)
}

fn now() -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp(1_795_500_000, 0).expect("a time")
}

fn app(number: u64) -> AppId {
    format!("app-{number}").parse().expect("a slug")
}

/// Units in a tree of three levels: `01`, `0101`, `010101`.
fn unit(number: u64) -> [UnitCode; 3] {
    let (a, b, c) = (number % 10, number / 10 % 10, number / 100);
    [
        format!("{a:02}"),
        format!("{a:02}{b:02}"),
        format!("{a:02}{b:02}{c:02}"),
    ]
    .map(|code| code.parse().expect("a code"))
}

fn person(number: u64) -> PersonId {
    PersonId::from_uuid(Uuid::from_u128(0x5eed << 64 | u128::from(mix(number))))
}

/// A person with one post in a unit of the third level and two roles: ten keys.
fn reader(number: u64) -> Reader {
    let [top, middle, own] = unit(number % UNITS);
    let keys = [
        AudienceKey::Everyone,
        AudienceKey::Unit(own.clone()),
        AudienceKey::Under(own),
        AudienceKey::Under(middle),
        AudienceKey::Under(top),
        AudienceKey::Role(format!("peran-{}", number % 40)),
        AudienceKey::Role(format!("peran-{}", 40 + number % 7)),
        AudienceKey::Post(divos_model::PostId::from_uuid(Uuid::from_u128(u128::from(
            number,
        )))),
    ];
    Reader::new(person(number), keys)
}

/// 2 in 100 items are for everyone, 28 for a unit, 10 for a role, 60 for one or two persons.
fn entry(app_number: u64, number: u64, people: u64) -> Entry {
    let dice = mix(number);
    let kind = Kind::ALL[(dice >> 8) as usize % Kind::ALL.len()];
    let updated = now() - chrono::TimeDelta::seconds((dice >> 16) as i64 % 31_536_000);
    let mut item = Item::new(
        app(app_number),
        &number.to_string(),
        &format!("Undangan rapat koordinasi {number} di ruang {}", dice % 40),
        updated.fixed_offset(),
        Body::empty(kind),
    );
    item.summary = Some("Contoh ringkasan yang panjangnya seperti di dunia nyata. ".repeat(4));
    item.state = State::ALL[(dice >> 24) as usize % State::ALL.len()];
    item.priority = Priority::ALL.get((dice >> 28) as usize % 8).copied();
    item.due_at = (dice >> 32).is_multiple_of(3).then(|| {
        (now() + chrono::TimeDelta::hours((dice >> 33) as i64 % 2_000 - 300)).fixed_offset()
    });
    item.owner_unit = Some(unit(dice % UNITS)[2].clone());
    item.audience = audience(dice, people);
    // As cheap as a hash can be: what it costs to hash an item is not the store's to measure.
    item.hash = ContentHash::from_bytes(Sha256::digest(number.to_le_bytes()).into());
    Entry::new(item, "utama")
}

fn audience(dice: u64, people: u64) -> Audience {
    let to = dice >> 40;
    match dice % 100 {
        0..2 => Audience::everyone(),
        2..30 => Audience {
            units: vec![UnitScope {
                code: unit(to % UNITS)[(dice >> 20) as usize % 3].clone(),
                subtree: true,
            }],
            ..Audience::default()
        },
        30..40 => Audience {
            roles: vec![format!("peran-{}", to % 47)],
            ..Audience::default()
        },
        n => Audience {
            persons: (0..1 + n % 2)
                .map(|more| person((to + more * 31) % people))
                .collect(),
            ..Audience::default()
        },
    }
}

fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}
