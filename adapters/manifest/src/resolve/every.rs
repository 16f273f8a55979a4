//! `every:` as meant: how often, and at which times only.

use super::Resolve;
use crate::cron::Cron;
use crate::hours::usual_gap;
use crate::keys::EVERY;
use crate::node::Node;
use crate::problem::Problem;
use crate::source::Hours;
use crate::view::View;
use std::time::Duration;

/// What stands for what was found wrong.
const USUAL: Duration = Duration::from_secs(900);

impl Resolve<'_> {
    /// An interval; a cron expression; or an interval within office hours.
    pub(super) fn every(&mut self, source: &View<'_>) -> (Duration, Option<Hours>) {
        let map = source
            .node("every")
            .filter(|node| !node.entries().is_empty());
        let Some(node) = map else {
            return (source.span("every"), None);
        };
        let view = View::new(Some(node), EVERY);
        match (view.node("cron"), view.node("every"), view.node("office")) {
            (Some(cron), None, None) => self.cron(cron),
            (None, Some(_), office) => {
                let hours = office.and_then(Node::text).and_then(office_hours);
                let hours = hours.map(|(from, to)| Hours::Office { from, to });
                (view.span("every"), hours)
            }
            (None, None, Some(office)) => {
                let problem = Problem::Missing {
                    field: "every".to_owned(),
                    within: "every".to_owned(),
                };
                self.findings.on(problem, office);
                (USUAL, None)
            }
            // An unknown key has its own fault.
            (None, None, None) => (USUAL, None),
            (Some(_), every, office) => {
                let known = vec!["cron".to_owned(), "every".to_owned()];
                let problem = Problem::NotOneChoice {
                    field: "every".to_owned(),
                    known,
                };
                let second = every.or(office).unwrap_or(node);
                self.findings.on(problem, second);
                (USUAL, None)
            }
        }
    }

    fn cron(&mut self, node: &Node) -> (Duration, Option<Hours>) {
        let text = node.text().unwrap_or_default();
        match Cron::read(text) {
            Ok(cron) => (usual_gap(&cron), Some(Hours::Cron(text.to_owned()))),
            // That it is empty or no text was said already.
            Err(_) if text.trim().is_empty() => (USUAL, None),
            Err(why) => {
                self.findings.on(Problem::BadCron { why }, node);
                (USUAL, None)
            }
        }
    }
}

/// Reads `7-17`.
pub(crate) fn office_hours(text: &str) -> Option<(u8, u8)> {
    let (from, to) = text.split_once('-')?;
    let hour = |text: &str| {
        let plain = text.len() <= 2 && text.bytes().all(|c| c.is_ascii_digit());
        plain.then(|| text.parse::<u8>().ok()).flatten()
    };
    let (from, to) = (hour(from.trim())?, hour(to.trim())?);
    (from < to && to <= 24).then_some((from, to))
}
