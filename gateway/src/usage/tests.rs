//! What is counted, kept over a restart, and not told.

use super::*;
use chrono::TimeZone;
use divos_model::FixedClock;

fn app(slug: &str) -> AppId {
    slug.parse().expect("a slug")
}

fn noon(day: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, day, 4, 0, 0).unwrap()
}

fn store(dir: &tempfile::TempDir) -> Store {
    divos_store::open(divos_store::Options::at(dir.path())).expect("a store")
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_go_on_after_a_restart_and_start_anew_with_the_day() {
    let dir = tempfile::tempdir().expect("a folder");
    let clock = Arc::new(FixedClock::at(noon(24)));
    let kept = store(&dir);
    let usage = Usage::open(&kept, clock.clone()).await.expect("open");
    let surat = "surat";
    for n in 0..40 {
        usage.opened(surat, &format!("orang {}", n % 20));
    }
    usage.pushed(surat, 7, 2);
    usage.save().await.expect("saved");
    kept.upkeep.close().await.expect("closed");
    drop((usage, kept));

    let kept = store(&dir);
    let usage = Usage::open(&kept, clock.clone()).await.expect("open");
    // The same people again, and five others.
    for n in 0..25 {
        usage.opened(surat, &format!("orang {n}"));
    }
    usage.pushed(surat, 1, 0);
    let days = usage.last_days(&app(surat), 7).await.expect("days");
    let expected = Told {
        day: date_of(noon(24)),
        opened: Some((65, 25)),
        pushed: 8,
        refused: 2,
    };
    assert_eq!(days, [expected]);

    clock.advance(TimeDelta::days(1));
    usage.save().await.expect("saved");
    usage.opened(surat, "orang 1");
    let days = usage.last_days(&app(surat), 7).await.expect("days");
    assert_eq!(days.len(), 2);
    assert_eq!(days[0].opened, None, "one person is nobody's business");
    assert_eq!(days[1], expected, "the day before stays as it was");
    let left = kept.usage.open_usage(date_of(noon(24))).await;
    assert_eq!(left.expect("a list"), [], "its sketch is forgotten");
    assert_eq!(
        usage.last_days(&app(surat), 1).await.expect("days").len(),
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_where_the_store_fails() {
    let dir = tempfile::tempdir().expect("a folder");
    let kept = store(&dir);
    let clock = Arc::new(FixedClock::at(noon(24)));
    let usage = Usage::open(&kept, clock).await.expect("open");
    usage.pushed("surat", 3, 0);
    kept.upkeep.close().await.expect("closed");
    assert!(usage.save().await.is_err());
    let day = usage.today.load_full();
    let tally = day.of("surat");
    assert!(tally.fresh.load(Ordering::Acquire), "saved the next time");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_count_at_once_and_nothing_is_missed() {
    let dir = tempfile::tempdir().expect("a folder");
    let kept = store(&dir);
    let clock = Arc::new(FixedClock::at(noon(24)));
    let usage = Arc::new(Usage::open(&kept, clock).await.expect("open"));
    let threads: Vec<_> = (0..8)
        .map(|thread| {
            let usage = Arc::clone(&usage);
            std::thread::spawn(move || {
                for n in 0..500 {
                    usage.opened(&format!("app-{}", n % 10), &format!("{thread}-{n}"));
                }
            })
        })
        .collect();
    threads
        .into_iter()
        .for_each(|one| one.join().expect("ended"));
    let mut opens = 0;
    for n in 0..10 {
        let days = usage.last_days(&app(&format!("app-{n}")), 1).await;
        let (opened, people) = days.expect("days")[0].opened.expect("many");
        assert!((392..=408).contains(&people), "{people}");
        opens += opened;
    }
    assert_eq!(opens, 4_000);
}

#[test]
fn the_sketch_is_right_to_two_percent_for_a_whole_city() {
    let sketch = Sketch::default();
    for n in 0..10_600 {
        for _ in 0..2 {
            sketch.add(hash(&[7; 16], &format!("orang {n}")));
        }
    }
    let count = sketch.count() as f64;
    assert!((count / 10_600.0 - 1.0).abs() < 0.02, "{count}");
    let again = Sketch::read(&sketch.written());
    assert_eq!(again.count() as f64, count);
    assert_eq!(Sketch::read(b"no sketch").count(), 0);
    assert_eq!(Sketch::default().count(), 0);
}
