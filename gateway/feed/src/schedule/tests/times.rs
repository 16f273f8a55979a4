//! When sources are read by the clock of the city: by interval, by cron expression, in office hours. The clock is told the
//! time, and walks with tokio's, which is paused.

use super::*;
use crate::feed::timetable;
use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use divos_manifest::{Connector, LoadOptions, load_str};
use divos_model::Clock;

/// A clock that began at a time and walks with tokio's.
#[derive(Debug)]
struct Walking {
    from: DateTime<Utc>,
    since: Instant,
}

impl Walking {
    /// The time of the city: connectors that name no zone are in Asia/Makassar.
    fn at(&self, moment: Instant) -> String {
        let walked = TimeDelta::from_std(moment - self.since).expect("not long");
        let zone = FixedOffset::east_opt(8 * 3600).expect("a zone");
        let there = (self.from + walked).with_timezone(&zone);
        there.format("%a %H:%M:%S").to_string()
    }
}

impl Clock for Walking {
    fn now(&self) -> DateTime<Utc> {
        self.from + TimeDelta::from_std(self.since.elapsed()).expect("not long")
    }
}

fn connector(every: &str) -> Arc<Connector> {
    let yaml = format!(
        "apiVersion: divos/v1\nkind: Connector\nmetadata: {{ name: a, title: A }}\n\
         app: {{ upstreams: [\"http://a.example\"] }}\n\
         sources:\n  x: {{ rest: {{ get: /a }}, every: {every}, deletes: never, to: task, map: {{ id: id, title: t }} }}\n\
         privacy: {{ class: internal, audience: everyone }}\n"
    );
    let loaded = load_str("a.yaml", &yaml, LoadOptions::default());
    let found = loaded.get("a").cloned();
    found.unwrap_or_else(|| panic!("{yaml}\n{:?}", loaded.faults))
}

/// Lets one source be scheduled for some hours from Friday, 27 November 2026, at a time in the city; when it was read.
async fn read(every: &str, from: &str, manner: Manner, hours: u64) -> Vec<String> {
    let from = format!("2026-11-27T{from}:00+08:00");
    let clock = Arc::new(Walking {
        from: from.parse().expect("a time"),
        since: Instant::now(),
    });
    let connector = connector(every);
    let planned = Planned {
        timetable: timetable(&connector, &connector.sources[0], &(clock.clone() as _)),
        ..source("a", "x", connector.sources[0].every)
    };
    let (scheduler, fake) = start(steady());
    fake.is("a", manner);
    scheduler.replace(vec![planned]).await;
    sleep(Duration::from_secs(hours * 3600)).await;
    scheduler.stop().await;
    let starts = fake.starts("a/x");
    starts.into_iter().map(|start| clock.at(start)).collect()
}

#[tokio::test(start_paused = true)]
async fn sources_are_read_by_the_clock_of_the_city() {
    for (every, from, hours, times) in [
        (
            "45m",
            "22:50",
            2,
            vec!["Fri 22:50:00", "Fri 23:35:00", "Sat 00:20:00"],
        ),
        (
            "{ every: 20m, office: 7-17 }",
            "16:10",
            63,
            vec![
                "Fri 16:10:00",
                "Fri 16:30:00",
                "Fri 16:50:00",
                "Mon 07:00:00",
            ],
        ),
        (
            "{ cron: \"*/30 7-16 * * 1-5\" }",
            "15:40",
            64,
            vec![
                "Fri 15:40:00",
                "Fri 16:00:00",
                "Fri 16:30:00",
                "Mon 07:00:00",
                "Mon 07:30:00",
            ],
        ),
        (
            "{ cron: \"15 3 * * *\" }",
            "23:00",
            29,
            vec!["Fri 23:00:00", "Sat 03:15:00", "Sun 03:15:00"],
        ),
    ] {
        assert_eq!(
            read(every, from, Manner::Fine, hours).await,
            times,
            "{every}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_read_that_failed_is_tried_again_soon_but_not_when_the_office_is_closed() {
    let office = "{ every: 1h, office: 7-17 }";
    let cron = "{ cron: \"0 17 * * *\" }";
    let soon = ["Fri 16:58:00", "Fri 16:58:30", "Fri 16:59:30"];
    let tried = read(office, "16:58", Manner::Fails, 64).await;
    assert_eq!(tried[..3], soon);
    assert!(tried[3].starts_with("Mon 07:00"), "{tried:?}");
    let tried = read(cron, "16:58", Manner::Fails, 1).await;
    assert_eq!(tried[..3], soon);
    assert!(tried[3].starts_with("Fri 17:0"), "{tried:?}");
}
