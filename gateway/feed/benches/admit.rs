//! Admission into a real SQLite store: new items a second, unchanged items a second, memory.
//!
//! `cargo bench -p divos-feed --bench admit -- [ITEMS] [PAGE] [SOURCES]`, by default 200,000 items in
//! pages of 500, first from one source page after page, then from four at once, as connectors run.
//! Making the items is not measured.
#![allow(clippy::print_stdout, reason = "numbers are what a benchmark is for")]

use chrono::{DateTime, Utc};
use divos_feed::Units;
use divos_feed::admit::{Admission, Rules, clean};
use divos_model::{Actor, AppId, Audience, Body, Item, LetterBody, UnitCode};
use divos_store::{Commit, Upserted};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The hub's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Items that are made ahead, between two measurements.
const ROUND: usize = 20_000;

/// What a letter takes in an app's answer, about.
const ROW_BYTES: usize = 1_000;

fn main() {
    let mut counts = std::env::args()
        .skip(1)
        .filter_map(|word| word.replace('_', "").parse::<usize>().ok());
    let items = counts.next().unwrap_or(200_000);
    let page = counts.next().unwrap_or(500).max(1);
    let sources = counts
        .next()
        .map_or(vec![1, 4], |sources| vec![sources.max(1)]);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let runtime = runtime.expect("a runtime");
    for sources in sources {
        runtime.block_on(measure(items, page, sources));
    }
}

async fn measure(items: usize, page: usize, sources: usize) {
    let dir = tempfile::tempdir().expect("a directory");
    let store = divos_store::open(divos_store::Options::at(dir.path())).expect("a store");
    let admission = Admission::new(Arc::clone(&store.items));
    let at = DateTime::from_timestamp(1_790_000_000, 0).expect("a time");
    println!("{items} items in pages of {page}, sources at once: {sources}");
    for (pass, name) in [
        (0, "new"),
        (0, "unchanged"),
        (1, "changed"),
        (1, "unchanged"),
    ] {
        let mut took = Duration::ZERO;
        let mut worked = 0;
        let mut written = 0_u64;
        for first in (0..items).step_by(ROUND) {
            let round = first..items.min(first + ROUND);
            let share = round.len().div_ceil(sources);
            let shares: Vec<Vec<Item>> = (0..sources)
                .map(|source| {
                    let numbers = round.clone().skip(source * share).take(share);
                    numbers.map(|n| item(n, source, pass, at)).collect()
                })
                .collect();
            let (began, ticks) = (Instant::now(), processor());
            let mut tasks = tokio::task::JoinSet::new();
            for (source, items) in shares.into_iter().enumerate() {
                tasks.spawn(pull(admission.clone(), app(source), items, page, at));
            }
            written += tasks.join_all().await.into_iter().sum::<u64>();
            took += began.elapsed();
            worked += processor() - ticks;
        }
        let rate = items as f64 / took.as_secs_f64();
        let each = worked as f64 * 10_000.0 / items as f64;
        println!(
            "{name:>10}: {rate:>9.0} items/s, {each:.1} µs of a processor each, {written} written, {} MB resident",
            resident()
        );
    }
    store.upkeep.close().await.expect("closed");
}

/// One source: page after page, as a pass takes them. Returns how many were written.
async fn pull(
    admission: Admission,
    app: AppId,
    items: Vec<Item>,
    page: usize,
    at: DateTime<Utc>,
) -> u64 {
    let rules = Arc::new(Rules::new(app, "inbox", Audience::under(unit(0)), at));
    let units = Arc::new(Units::default());
    let mut line = admission.line();
    let mut written = 0;
    let mut count = |saved: Upserted| written += u64::from(saved.new + saved.changed);
    let mut items = items.into_iter();
    loop {
        let rows: Vec<Item> = items.by_ref().take(page).collect();
        if rows.is_empty() {
            count(line.settle().await.expect("saved"));
            return written;
        }
        count(line.proceed().await.expect("saved"));
        let mut admitted = clean(rows, &rules, &units).await;
        let saved = line.sift(&mut admitted, &[], &rules).await;
        count(saved.expect("admitted"));
        let commit = Commit {
            entries: admitted.entries,
            ..Commit::new(rules.app.clone(), "inbox", at)
        };
        line.push(commit, page * ROW_BYTES);
    }
}

fn app(number: usize) -> AppId {
    format!("surat-{number}").parse().expect("a slug")
}

fn unit(n: usize) -> UnitCode {
    format!("03{:02}", n % 40).parse().expect("a code")
}

/// A letter as an app of the city would hold it.
fn item(n: usize, source: usize, pass: usize, at: DateTime<Utc>) -> Item {
    let body = LetterBody {
        direction: Some("incoming".into()),
        number: Some(format!("005/{n}/UM")),
        subject: Some(format!("Undangan rapat koordinasi ke-{n}")),
        from: Some("Dinas Pekerjaan Umum".into()),
        to: vec!["Sekretariat Daerah".into(), "Bagian Umum".into()],
        r#type: Some("undangan".into()),
        ..LetterBody::default()
    };
    let title = format!("Undangan rapat koordinasi ke-{n}, keadaan {pass}");
    let body = Body::Letter(Box::new(body));
    let mut item = Item::new(
        app(source),
        &format!("{n}"),
        &title,
        at.fixed_offset(),
        body,
    );
    item.summary =
        Some("Mohon kehadiran Bapak/Ibu pada rapat koordinasi di ruang rapat utama.".into());
    item.audience = Audience::under(unit(n));
    item.owner_unit = Some(unit(n));
    item.links.web = format!("/surat/{n}");
    let label = "Ni Luh Contoh".to_owned();
    item.actors = vec![Actor {
        role: "author".into(),
        person: None,
        unit: Some(unit(n)),
        label,
    }];
    item.dedupe = vec![format!("letter:005/{n}/UM|2026-11-24|dpu")];
    item
}

/// Hundredths of a second that this process has run for, on all processors.
fn processor() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(") ").next().unwrap_or_default();
    let number = |word: &str| word.parse::<u64>().unwrap_or_default();
    fields.split(' ').skip(11).take(2).map(number).sum()
}

fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .unwrap_or_default();
    let kb: u64 = line
        .split_whitespace()
        .nth(1)
        .and_then(|kb| kb.parse().ok())
        .unwrap_or_default();
    kb / 1024
}
