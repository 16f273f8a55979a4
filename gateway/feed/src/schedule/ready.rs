//! Fairness: sources that are due, one queue per app, taken in turns. One app never holds more than
//! its share of the slots, as whoever takes says. Knows nothing of time.

use divos_model::AppId;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

/// One source of one app.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct SourceKey {
    pub(crate) app: AppId,
    pub(crate) source: Arc<str>,
}

impl SourceKey {
    pub(crate) fn new(app: &AppId, source: &str) -> Self {
        Self {
            app: app.clone(),
            source: source.into(),
        }
    }
}

/// The sources that are due and wait for a slot.
#[derive(Debug, Default)]
pub(crate) struct Ready {
    turns: VecDeque<AppId>,
    queues: HashMap<AppId, VecDeque<SourceKey>>,
    running: HashMap<AppId, usize>,
    len: usize,
    in_flight: usize,
}

impl Ready {
    /// Counts the sources that wait.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Counts the runs in flight.
    pub(crate) fn in_flight(&self) -> usize {
        self.in_flight
    }

    /// Adds a source to its app's queue; `first` puts it before the app's others, never before other
    /// apps' turns.
    pub(crate) fn push(&mut self, key: SourceKey, first: bool) {
        let queue = self.queues.entry(key.app.clone()).or_default();
        if queue.is_empty() {
            self.turns.push_back(key.app.clone());
        }
        if first {
            queue.push_front(key);
        } else {
            queue.push_back(key);
        }
        self.len += 1;
    }

    /// Takes the next source that `may` run while so many of its app do, and counts it as running.
    pub(crate) fn take(&mut self, may: impl Fn(&SourceKey, usize) -> bool) -> Option<SourceKey> {
        for _ in 0..self.turns.len() {
            let app = self.turns.pop_front()?;
            let running = self.running.get(&app).copied().unwrap_or_default();
            let Some(queue) = self.queues.get_mut(&app) else {
                continue;
            };
            if queue.front().is_some_and(|key| !may(key, running)) {
                self.turns.push_back(app);
                continue;
            }
            let key = queue.pop_front();
            if queue.is_empty() {
                self.queues.remove(&app);
            } else {
                self.turns.push_back(app.clone());
            }
            if let Some(key) = key {
                self.len -= 1;
                self.in_flight += 1;
                *self.running.entry(app).or_default() += 1;
                return Some(key);
            }
        }
        None
    }

    /// Gives back the slot of a run that ended.
    pub(crate) fn release(&mut self, app: &AppId) {
        if let Some(running) = self.running.get_mut(app) {
            self.in_flight = self.in_flight.saturating_sub(1);
            *running = running.saturating_sub(1);
            if *running == 0 {
                self.running.remove(app);
            }
        }
    }

    /// Takes a source out of its queue; it was removed or is no longer due.
    pub(crate) fn forget(&mut self, key: &SourceKey) {
        let Some(queue) = self.queues.get_mut(&key.app) else {
            return;
        };
        let before = queue.len();
        queue.retain(|waiting| waiting != key);
        self.len -= before - queue.len();
        if queue.is_empty() {
            self.queues.remove(&key.app);
            self.turns.retain(|app| *app != key.app);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(app: &str, n: usize) -> SourceKey {
        SourceKey::new(&app.parse().expect("a slug"), &format!("s{n}"))
    }

    fn names(ready: &mut Ready, cap: usize, most: usize) -> Vec<String> {
        let take = |_| ready.take(|_, running| running < cap);
        (0..most)
            .map_while(take)
            .map(|k| format!("{}/{}", k.app, k.source))
            .collect()
    }

    #[test]
    fn apps_take_turns_whatever_the_length_of_their_queues() {
        let mut ready = Ready::default();
        for n in 0..100 {
            ready.push(key("greedy", n), false);
        }
        ready.push(key("modest", 0), false);
        ready.push(key("small", 0), false);
        let order = names(&mut ready, 9, 4);
        assert_eq!(order, ["greedy/s0", "modest/s0", "small/s0", "greedy/s1"]);
        assert_eq!((ready.len(), ready.in_flight()), (98, 4));
    }

    #[test]
    fn an_app_at_its_cap_waits_and_keeps_its_turn() {
        let mut ready = Ready::default();
        for n in 0..5 {
            ready.push(key("slow", n), false);
        }
        assert_eq!(names(&mut ready, 2, 9).len(), 2);
        assert_eq!(ready.len(), 3);
        ready.release(&"slow".parse().expect("a slug"));
        assert_eq!(names(&mut ready, 2, 9), ["slow/s2"]);
    }

    #[test]
    fn a_source_asked_for_goes_first_in_its_own_app_only() {
        let mut ready = Ready::default();
        ready.push(key("a", 0), false);
        ready.push(key("b", 0), false);
        ready.push(key("b", 1), true);
        assert_eq!(names(&mut ready, 9, 9), ["a/s0", "b/s1", "b/s0"]);
    }

    #[test]
    fn what_is_forgotten_is_never_taken() {
        let mut ready = Ready::default();
        ready.push(key("a", 0), false);
        ready.push(key("a", 1), false);
        ready.forget(&key("a", 0));
        ready.forget(&key("b", 0));
        assert_eq!(names(&mut ready, 9, 9), ["a/s1"]);
        assert_eq!(ready.len(), 0);
    }
}
