//! Runs that behave as a test says, and remember what they saw.

use super::super::*;
use async_trait::async_trait;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How a source behaves.
#[derive(Clone, Copy, Default)]
pub(super) enum Manner {
    #[default]
    Fine,
    Takes(Duration),
    Fails,
    AsksFor(Duration),
    Panics,
    /// Never ends, and does not heed its cancellation either.
    Hangs,
}

#[derive(Default)]
pub(super) struct Seen {
    pub(super) starts: BTreeMap<String, Vec<Instant>>,
    pub(super) running: HashMap<String, usize>,
    pub(super) most: HashMap<String, usize>,
    pub(super) together: usize,
    pub(super) cancelled: Vec<String>,
    pub(super) broke: usize,
}

#[derive(Default)]
pub(super) struct Fake {
    manners: Mutex<HashMap<String, Manner>>,
    seen: Mutex<Seen>,
}

impl Fake {
    pub(super) fn is(&self, app: &str, manner: Manner) {
        self.manners
            .lock()
            .expect("no panic")
            .insert(app.to_owned(), manner);
    }

    pub(super) fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().expect("no panic")
    }

    pub(super) fn starts(&self, name: &str) -> Vec<Instant> {
        self.seen().starts.get(name).cloned().unwrap_or_default()
    }

    pub(super) fn gaps(&self, name: &str) -> Vec<u64> {
        self.starts(name)
            .windows(2)
            .map(|two| (two[1] - two[0]).as_secs())
            .collect()
    }

    fn begin(&self, app: &str, name: &str) {
        let mut seen = self.seen();
        seen.starts
            .entry(name.to_owned())
            .or_default()
            .push(Instant::now());
        for counted in [app, name] {
            let running = seen.running.entry(counted.to_owned()).or_default();
            *running += 1;
            let now = *running;
            let most = seen.most.entry(counted.to_owned()).or_default();
            *most = now.max(*most);
        }
        let all: usize = seen
            .running
            .iter()
            .filter(|(k, _)| !k.contains('/'))
            .map(|(_, n)| n)
            .sum();
        seen.together = seen.together.max(all);
    }

    fn end(&self, app: &str, name: &str) {
        let mut seen = self.seen();
        for counted in [app, name] {
            *seen.running.get_mut(counted).expect("it began") -= 1;
        }
    }

    async fn act(&self, start: &Start<()>, name: &str) -> Verdict {
        let app = start.key.app.as_str();
        let manner = self
            .manners
            .lock()
            .expect("no panic")
            .get(app)
            .copied()
            .unwrap_or_default();
        let takes = match manner {
            Manner::Takes(takes) => takes,
            Manner::Hangs => return std::future::pending().await,
            _ => Duration::ZERO,
        };
        tokio::select! {
            () = sleep(takes) => {}
            () = start.cancel.cancelled() => {
                self.seen().cancelled.push(name.to_owned());
                sleep(Duration::from_secs(1)).await;
                return Verdict::Cancelled;
            }
        }
        match manner {
            Manner::Fails => Verdict::Failed { retry_after: None },
            Manner::AsksFor(wait) => Verdict::Failed {
                retry_after: Some(wait),
            },
            Manner::Panics => panic!("a run that breaks, as this test wants"),
            _ => Verdict::Ok,
        }
    }
}

#[async_trait]
impl Runs<()> for Fake {
    async fn run(&self, start: Start<()>) -> Verdict {
        let name = format!("{}/{}", start.key.app, start.key.source);
        self.begin(start.key.app.as_str(), &name);
        let verdict = self.act(&start, &name).await;
        self.end(start.key.app.as_str(), &name);
        verdict
    }

    fn broke(&self, key: &SourceKey) {
        let name = format!("{}/{}", key.app, key.source);
        self.end(key.app.as_str(), &name);
        self.seen().broke += 1;
    }

    fn note(&self, _: &SourceKey, _: Phase, _: Instant, _: u32) {}
}
