//! The schedule on paused time: what runs when, how often, and beside what.

mod fake;
mod times;

use super::*;
use fake::{Fake, Manner};
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

fn source(app: &str, name: &str, every: Duration) -> Planned<()> {
    let key = SourceKey::new(&app.parse().expect("a slug"), name);
    Planned {
        key,
        every,
        timetable: None,
        cap: 9,
        server: None,
        stamp: [0; 32],
        age: None,
        payload: (),
    }
}

fn steady() -> ScheduleLimits {
    ScheduleLimits {
        jitter: 0.0,
        first_spread: Duration::ZERO,
        ..ScheduleLimits::default()
    }
}

fn start(limits: ScheduleLimits) -> (Scheduler<()>, Arc<Fake>) {
    let fake = Arc::new(Fake::default());
    let plan = Plan::new(limits, StdRng::seed_from_u64(7));
    (
        Scheduler::start(plan, Arc::clone(&fake), limits.grace),
        fake,
    )
}

#[tokio::test(start_paused = true)]
async fn each_source_runs_as_often_as_it_says_give_or_take_the_jitter() {
    let (scheduler, fake) = start(ScheduleLimits::default());
    scheduler
        .replace(vec![
            source("a", "x", 5 * MINUTE),
            source("b", "x", 60 * MINUTE),
        ])
        .await;
    sleep(10 * 60 * MINUTE).await;
    let gaps = fake.gaps("a/x");
    assert!((115..=125).contains(&gaps.len()), "{}", gaps.len());
    assert!(gaps.iter().all(|gap| (270..=330).contains(gap)), "{gaps:?}");
    let different: std::collections::BTreeSet<_> = gaps.iter().collect();
    assert!(different.len() > 20, "jitter spreads the runs");
    assert!((9..=12).contains(&fake.starts("b/x").len()));
}

#[tokio::test(start_paused = true)]
async fn a_source_never_runs_beside_itself() {
    let (scheduler, fake) = start(steady());
    fake.is("a", Manner::Takes(7 * MINUTE));
    scheduler.replace(vec![source("a", "x", MINUTE)]).await;
    sleep(MINUTE).await;
    let key = SourceKey::new(&"a".parse().expect("a slug"), "x");
    for _ in 0..5 {
        assert_eq!(scheduler.run_now(key.clone()).await, RunNow::Running);
    }
    sleep(60 * MINUTE).await;
    assert_eq!(fake.seen().most["a/x"], 1);
    // Asked for while it ran: once more at once, not five times; then as often as it says.
    assert_eq!(fake.gaps("a/x")[..3], [420, 480, 480]);
}

#[tokio::test(start_paused = true)]
async fn a_slow_app_never_takes_more_than_its_share() {
    let (scheduler, fake) = start(steady());
    fake.is("slow", Manner::Takes(60 * MINUTE));
    let mut set: Vec<_> = (0..30)
        .map(|n| source("slow", &format!("s{n}"), MINUTE))
        .collect();
    set.extend((0..20).map(|n| source(&format!("app{n}"), "x", MINUTE)));
    (0..20).for_each(|n| fake.is(&format!("app{n}"), Manner::Takes(SECOND)));
    scheduler.replace(set).await;
    sleep(30 * MINUTE).await;
    for n in 0..20 {
        let runs = fake.starts(&format!("app{n}/x")).len();
        assert!(runs >= 28, "app{n} ran {runs} times in half an hour");
    }
    assert_eq!(fake.seen().most["slow"], 2);
    assert!(fake.seen().together <= 8);
}

#[tokio::test(start_paused = true)]
async fn an_apps_own_limit_lowers_its_share() {
    let (scheduler, fake) = start(steady());
    fake.is("a", Manner::Takes(MINUTE));
    let shy = |n: usize| Planned {
        cap: 1,
        ..source("a", &format!("s{n}"), MINUTE)
    };
    scheduler.replace((0..5).map(shy).collect()).await;
    sleep(20 * MINUTE).await;
    assert_eq!(fake.seen().most["a"], 1);
    assert!(
        (0..5).all(|n| fake.starts(&format!("a/s{n}")).len() >= 3),
        "they take turns"
    );
}

#[tokio::test(start_paused = true)]
async fn failures_wait_longer_and_longer_and_recovery_is_at_once() {
    let (scheduler, fake) = start(steady());
    fake.is("a", Manner::Fails);
    scheduler.replace(vec![source("a", "x", 5 * MINUTE)]).await;
    sleep(40 * MINUTE).await;
    assert_eq!(fake.gaps("a/x")[..6], [30, 60, 120, 240, 480, 900]);
    fake.is("a", Manner::Fine);
    sleep(60 * MINUTE).await;
    assert_eq!(*fake.gaps("a/x").last().expect("runs"), 300);
}

#[tokio::test(start_paused = true)]
async fn what_an_app_asks_for_is_honoured() {
    let (scheduler, fake) = start(steady());
    fake.is("a", Manner::AsksFor(40 * MINUTE));
    scheduler
        .replace(vec![
            source("a", "x", 5 * MINUTE),
            source("b", "x", 5 * MINUTE),
        ])
        .await;
    sleep(121 * MINUTE).await;
    assert_eq!(fake.gaps("a/x"), [2400, 2400, 2400]);
    assert!(fake.starts("b/x").len() >= 24, "others are untouched");
}

#[tokio::test(start_paused = true)]
async fn a_swap_touches_only_what_changed() {
    let (scheduler, fake) = start(steady());
    let old = || {
        vec![
            source("same", "x", 10 * MINUTE),
            source("other", "x", 10 * MINUTE),
        ]
    };
    scheduler.replace(old()).await;
    sleep(MINUTE).await;
    let mut new = old();
    new[1].stamp = [1; 32];
    new.push(source("new", "x", 10 * MINUTE));
    scheduler.replace(new).await;
    sleep(MINUTE).await;
    assert_eq!(fake.starts("same/x").len(), 1);
    assert_eq!(fake.starts("other/x").len(), 2);
    assert_eq!(fake.starts("new/x").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_changed_source_that_runs_ends_its_run_and_runs_anew() {
    let (scheduler, fake) = start(steady());
    fake.is("a", Manner::Takes(5 * MINUTE));
    scheduler.replace(vec![source("a", "x", 60 * MINUTE)]).await;
    sleep(MINUTE).await;
    scheduler
        .replace(vec![Planned {
            stamp: [1; 32],
            ..source("a", "x", 60 * MINUTE)
        }])
        .await;
    sleep(20 * MINUTE).await;
    assert_eq!(fake.gaps("a/x"), [300]);
    assert!(fake.seen().cancelled.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_removed_source_is_cancelled_and_one_that_returns_waits_for_its_end() {
    let (scheduler, fake) = start(steady());
    fake.is("a", Manner::Takes(60 * MINUTE));
    scheduler.replace(vec![source("a", "x", MINUTE)]).await;
    sleep(MINUTE).await;
    scheduler.replace(vec![]).await;
    fake.is("a", Manner::Fine);
    scheduler.replace(vec![source("a", "x", 10 * MINUTE)]).await;
    sleep(MINUTE).await;
    assert_eq!(fake.seen().cancelled, ["a/x"]);
    assert_eq!(
        fake.seen().most["a/x"],
        1,
        "the cancelled run takes a second to end"
    );
    assert_eq!(fake.starts("a/x").len(), 2);
    scheduler.replace(vec![]).await;
    sleep(60 * MINUTE).await;
    assert_eq!(fake.starts("a/x").len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_has_to_be_waited_for_never_holds_every_slot() {
    let limits = ScheduleLimits {
        workers: 4,
        ..steady()
    };
    let (scheduler, fake) = start(limits);
    let crowd = ["a", "b", "c", "d", "e", "f"];
    let there = |app: &&str| Planned {
        server: Some("server.example:80".into()),
        ..source(app, "x", MINUTE)
    };
    crowd
        .iter()
        .for_each(|app| fake.is(app, Manner::Takes(60 * MINUTE)));
    let mut set: Vec<_> = crowd.iter().map(there).collect();
    set.push(source("z", "x", MINUTE));
    scheduler.replace(set).await;
    sleep(10 * MINUTE + SECOND).await;
    let begun = || crowd.map(|app| fake.starts(&format!("{app}/x")).len());
    assert_eq!(begun().iter().sum::<usize>(), 3, "{:?}", begun());
    assert_eq!(fake.starts("z/x").len(), 11, "the fourth is for others");
    sleep(60 * MINUTE).await;
    assert!(begun().iter().all(|runs| *runs > 0), "each has its turn");
}

#[tokio::test(start_paused = true)]
async fn the_queue_is_bounded_and_says_so() {
    let limits = ScheduleLimits {
        workers: 1,
        queue: 2,
        ..steady()
    };
    let (scheduler, fake) = start(limits);
    let all = ["a", "b", "c", "d", "e"];
    all.iter()
        .for_each(|app| fake.is(app, Manner::Takes(MINUTE)));
    scheduler
        .replace(
            all.iter()
                .map(|app| source(app, "x", 60 * MINUTE))
                .collect(),
        )
        .await;
    sleep(SECOND).await;
    let key = |app: &str| SourceKey::new(&app.parse().expect("a slug"), "x");
    let mut answers = Vec::new();
    for app in all.iter().chain(&["nobody"]) {
        answers.push(scheduler.run_now(key(app)).await);
    }
    let count = |what: RunNow| answers.iter().filter(|answer| **answer == what).count();
    assert_eq!(
        (count(RunNow::Running), count(RunNow::Queued)),
        (1, 2),
        "{answers:?}"
    );
    assert_eq!(
        (count(RunNow::Full), count(RunNow::Unknown)),
        (2, 1),
        "{answers:?}"
    );
    sleep(20 * MINUTE).await;
    assert!(
        all.iter()
            .all(|app| !fake.starts(&format!("{app}/x")).is_empty()),
        "none is forgotten"
    );
}

#[tokio::test(start_paused = true)]
async fn a_wish_to_run_now_overrides_the_backoff() {
    let (scheduler, fake) = start(steady());
    fake.is("a", Manner::AsksFor(10 * 60 * MINUTE));
    scheduler.replace(vec![source("a", "x", 5 * MINUTE)]).await;
    sleep(MINUTE).await;
    let key = SourceKey::new(&"a".parse().expect("a slug"), "x");
    assert_eq!(scheduler.run_now(key).await, RunNow::Queued);
    sleep(SECOND).await;
    assert_eq!(fake.gaps("a/x"), [60]);
}

#[tokio::test(start_paused = true)]
async fn a_run_that_breaks_harms_no_other() {
    let (scheduler, fake) = start(steady());
    fake.is("a", Manner::Panics);
    scheduler
        .replace(vec![source("a", "x", MINUTE), source("b", "x", MINUTE)])
        .await;
    sleep(10 * MINUTE).await;
    assert!(fake.seen().broke >= 3);
    assert_eq!(fake.gaps("a/x")[..3], [30, 60, 120]);
    assert_eq!(fake.starts("b/x").len(), 10);
}

#[tokio::test(start_paused = true)]
async fn a_stop_lets_runs_end_and_starts_no_other() {
    let (scheduler, fake) = start(steady());
    fake.is("a", Manner::Takes(8 * SECOND));
    fake.is("b", Manner::Takes(60 * MINUTE));
    scheduler
        .replace(vec![source("a", "x", SECOND), source("b", "x", SECOND)])
        .await;
    sleep(SECOND).await;
    let asked = Instant::now();
    scheduler.stop().await;
    assert!(
        (10..=12).contains(&asked.elapsed().as_secs()),
        "{:?}",
        asked.elapsed()
    );
    assert_eq!(
        fake.seen().cancelled,
        ["b/x"],
        "a had ended within its grace"
    );
    assert_eq!(fake.starts("a/x").len(), 1);
    assert!(fake.seen().running.values().all(|running| *running == 0));
}

#[tokio::test(start_paused = true)]
async fn a_stop_does_not_wait_for_ever() {
    let (scheduler, fake) = start(steady());
    fake.is("a", Manner::Hangs);
    scheduler.replace(vec![source("a", "x", SECOND)]).await;
    sleep(SECOND).await;
    let asked = Instant::now();
    scheduler.stop().await;
    assert!(asked.elapsed() < 20 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn after_a_restart_nothing_runs_before_it_is_due() {
    let (scheduler, fake) = start(steady());
    let aged = |app: &str, minutes: u32| Planned {
        age: Some(minutes * MINUTE),
        ..source(app, "x", 60 * MINUTE)
    };
    scheduler.replace(vec![aged("a", 20), aged("b", 90)]).await;
    let started = Instant::now();
    sleep(70 * MINUTE).await;
    let first = |app: &str| (fake.starts(&format!("{app}/x"))[0] - started).as_secs() / 60;
    assert_eq!((first("a"), first("b")), (40, 0));
}

#[tokio::test(start_paused = true)]
async fn a_source_with_a_timetable_waits_for_its_times() {
    let (scheduler, fake) = start(steady());
    let timetable = Timetable::new(|_| 7 * MINUTE);
    let planned = |app: &str, age| Planned {
        timetable: Some(timetable.clone()),
        age,
        ..source(app, "x", MINUTE)
    };
    scheduler
        .replace(vec![planned("a", None), planned("b", Some(30 * MINUTE))])
        .await;
    let started = Instant::now();
    sleep(22 * MINUTE).await;
    assert_eq!(fake.gaps("a/x"), [420, 420, 420]);
    assert_eq!((fake.starts("b/x")[0] - started).as_secs(), 420);
}

#[test]
fn the_heap_stays_as_small_as_the_city() {
    let mut plan: Plan<()> = Plan::new(ScheduleLimits::default(), StdRng::seed_from_u64(1));
    let set: Vec<_> = (0..143)
        .map(|n| source(&format!("app{n}"), "x", 5 * MINUTE))
        .collect();
    let mut now = Instant::now();
    plan.replace(set.clone(), now);
    for round in 0..2000_u32 {
        now += SECOND;
        for started in plan.tick(now) {
            plan.ended(&started.key, Verdict::Ok, now);
        }
        plan.touched();
        plan.run_now(&set[round as usize % set.len()].key);
    }
    assert!(plan.waiting() <= 2 * 143 + 65, "{}", plan.waiting());
}
