//! What is coming: events and deadlines by day.

use crate::frame::Frame;
use crate::ports::Apps;
use crate::when;
use askama::Template;
use chrono::{DateTime, NaiveDate, Utc};
use divos_feed::FeedItem;
use divos_model::{Body, TimeQuality};

/// One day.
pub(crate) struct Day {
    pub(crate) name: String,
    pub(crate) full: String,
    pub(crate) lines: Vec<Line>,
}

/// One event or deadline.
pub(crate) struct Line {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) icon: &'static str,
    pub(crate) kind: &'static str,
    /// `09.00–11.00 WITA`, `sepanjang hari`, `tenggat 16.00 WITA`.
    pub(crate) hours: String,
    pub(crate) place: Option<String>,
    pub(crate) app: String,
}

/// `GET /agenda`.
#[derive(Template)]
#[template(path = "agenda.html")]
pub(crate) struct AgendaView {
    pub(crate) f: Frame,
    pub(crate) days: Vec<Day>,
}

/// Groups what is coming by day, soonest first.
pub(crate) fn days(coming: &[FeedItem], f: &Frame, apps: &dyn Apps) -> Vec<Day> {
    let mut dated: Vec<(DateTime<Utc>, NaiveDate, Line)> = coming
        .iter()
        .filter_map(|entry| line(entry, f, apps))
        .collect();
    dated.sort_by(|a, b| (a.1, a.0, &a.2.title).cmp(&(b.1, b.0, &b.2.title)));
    let mut days: Vec<(NaiveDate, Day)> = Vec::new();
    for (_, date, line) in dated {
        match days.last_mut().filter(|(last, _)| *last == date) {
            Some((_, day)) => day.lines.push(line),
            None => {
                let name = when::day(date, f.now, f.lang);
                days.push((
                    date,
                    Day {
                        name,
                        full: when::full_day(date, f.lang),
                        lines: vec![line],
                    },
                ));
            }
        }
    }
    days.into_iter().map(|(_, day)| day).collect()
}

fn line(entry: &FeedItem, f: &Frame, apps: &dyn Apps) -> Option<(DateTime<Utc>, NaiveDate, Line)> {
    let item = &entry.item;
    let at: DateTime<Utc> = item.starts_at.or(item.due_at)?.into();
    // What began on an earlier day and still runs belongs to today.
    let date = when::day_of(at).max(when::day_of(f.now));
    let day_only = item.time_quality == Some(TimeQuality::DateOnly);
    let clock = |at| when::clock(at, f.lang);
    let hours = match (item.starts_at, item.ends_at, day_only) {
        (Some(_), _, true) => f.t("agenda-all-day"),
        (Some(_), Some(end), _) if when::day_of(end.into()) == when::day_of(at) => {
            format!(
                "{}–{}",
                clock(at).trim_end_matches(" WITA"),
                clock(end.into())
            )
        }
        (Some(_), Some(end), _) => f.with("agenda-until", &f.moment(end.into(), None)),
        (Some(_), None, _) => clock(at),
        (None, _, true) => f.t("agenda-due-day"),
        (None, _, _) => f.with("agenda-due", &clock(at)),
    };
    let place = match &item.body {
        Body::Event(event) => event.place.clone(),
        _ => None,
    };
    let line = Line {
        id: item.id.to_string(),
        title: item.title.clone(),
        icon: item.kind().as_str(),
        kind: item.kind().label(f.lang),
        hours,
        place,
        app: apps
            .title(&item.app)
            .unwrap_or_else(|| item.app.to_string()),
    };
    Some((at, date, line))
}
