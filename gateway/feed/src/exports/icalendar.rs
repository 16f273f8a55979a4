//! iCalendar (RFC 5545): events and deadlines as VEVENT, tasks as VTODO.

use super::ExportInfo;
use crate::{FeedItem, FeedPage};
use chrono::{DateTime, Utc};
use divos_model::{Body, Item, Kind, Lang, Sensitivity, State, Time, TimeQuality, wita};

/// The longest line in octets, without its end (section 3.1).
const LINE: usize = 75;

/// Writes what has a date, and every task, as a calendar; media type `text/calendar`.
#[must_use]
pub fn icalendar(page: &FeedPage, info: &ExportInfo) -> String {
    let mut out = Lines::default();
    out.raw("BEGIN:VCALENDAR");
    out.raw("VERSION:2.0");
    out.raw("PRODID:-//DIVOS//DIVOS Hub//ID");
    out.raw("CALSCALE:GREGORIAN");
    out.raw("METHOD:PUBLISH");
    out.text("NAME", &info.title);
    out.text("X-WR-CALNAME", &info.title);
    out.raw("REFRESH-INTERVAL;VALUE=DURATION:PT30M");
    out.raw("X-PUBLISHED-TTL:PT30M");
    for shown in &page.items {
        match shown.item.kind() {
            Kind::Task => task(&mut out, shown, info, page.as_of),
            Kind::Event => event(&mut out, shown, info, page.as_of),
            _ => deadline(&mut out, shown, info, page.as_of),
        }
    }
    out.raw("END:VCALENDAR");
    out.0
}

fn event(out: &mut Lines, shown: &FeedItem, info: &ExportInfo, stamp: Time) {
    let item = &shown.item;
    let Some(start) = item.starts_at.or(item.due_at) else {
        return;
    };
    out.raw("BEGIN:VEVENT");
    common(out, shown, info, stamp, &item.title);
    let dated = item.time_quality == Some(TimeQuality::DateOnly);
    out.time("DTSTART", start, dated);
    if let Some(end) = item.ends_at.filter(|end| *end > start) {
        // The end of a whole-day event is the day after it (section 3.6.1).
        let end = if dated {
            end + chrono::TimeDelta::days(1)
        } else {
            end
        };
        out.time("DTEND", end, dated);
    }
    if let Body::Event(body) = &item.body {
        for (name, value) in [
            ("LOCATION", &body.place),
            ("X-ONLINE-URL", &body.online_url),
        ] {
            if let Some(value) = value {
                out.text(name, value);
            }
        }
    }
    out.raw(match item.state {
        State::Cancelled | State::Withdrawn | State::Rejected => "STATUS:CANCELLED",
        State::Draft | State::Pending => "STATUS:TENTATIVE",
        _ => "STATUS:CONFIRMED",
    });
    out.raw("END:VEVENT");
}

/// A date until when something other than a task has to be done.
fn deadline(out: &mut Lines, shown: &FeedItem, info: &ExportInfo, stamp: Time) {
    let item = &shown.item;
    let Some(due) = item.due_at else {
        return;
    };
    let word = if info.lang == Lang::Id {
        "Tenggat"
    } else {
        "Due"
    };
    out.raw("BEGIN:VEVENT");
    common(out, shown, info, stamp, &format!("{word}: {}", item.title));
    out.time(
        "DTSTART",
        due,
        item.time_quality == Some(TimeQuality::DateOnly),
    );
    out.raw("TRANSP:TRANSPARENT");
    out.raw(if item.state == State::Cancelled {
        "STATUS:CANCELLED"
    } else {
        "STATUS:CONFIRMED"
    });
    out.raw("END:VEVENT");
}

fn task(out: &mut Lines, shown: &FeedItem, info: &ExportInfo, stamp: Time) {
    let item = &shown.item;
    out.raw("BEGIN:VTODO");
    common(out, shown, info, stamp, &item.title);
    if let Some(due) = item.due_at {
        out.time("DUE", due, item.time_quality == Some(TimeQuality::DateOnly));
    }
    if let Some(priority) = item.priority {
        out.raw(&format!("PRIORITY:{}", priority.icalendar()));
    }
    if let Body::Task(body) = &item.body
        && let Some(percent) = body.percent
    {
        out.raw(&format!("PERCENT-COMPLETE:{}", percent.min(100)));
    }
    let done = shown.mark.done || item.state == State::Done;
    out.raw(match item.state {
        _ if done => "STATUS:COMPLETED",
        State::Cancelled | State::Withdrawn | State::Rejected => "STATUS:CANCELLED",
        State::Active | State::Waiting => "STATUS:IN-PROCESS",
        _ => "STATUS:NEEDS-ACTION",
    });
    out.raw("END:VTODO");
}

fn common(out: &mut Lines, shown: &FeedItem, info: &ExportInfo, stamp: Time, summary: &str) {
    let item: &Item = &shown.item;
    out.raw(&format!("UID:{}", item.id));
    out.time("DTSTAMP", stamp, false);
    out.time("LAST-MODIFIED", item.updated_at, false);
    if let Some(at) = item.created_at {
        out.time("CREATED", at, false);
    }
    out.text("SUMMARY", summary);
    if let Some(summary) = &item.summary {
        out.text("DESCRIPTION", summary);
    }
    out.raw(&format!("URL:{}", info.page_of(shown)));
    out.text("CATEGORIES", item.kind().label(info.lang));
    out.raw(match item.sensitivity {
        Sensitivity::Public => "CLASS:PUBLIC",
        Sensitivity::Internal => "CLASS:PRIVATE",
        Sensitivity::Restricted => "CLASS:CONFIDENTIAL",
    });
}

/// Content lines, folded and ended as section 3.1 says.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn raw(&mut self, line: &str) {
        let mut room = LINE;
        for c in line.chars().filter(|c| !c.is_control()) {
            if c.len_utf8() > room {
                self.0.push_str("\r\n ");
                room = LINE - 1;
            }
            self.0.push(c);
            room -= c.len_utf8();
        }
        self.0.push_str("\r\n");
    }

    /// Writes a TEXT value, escaped (section 3.3.11).
    fn text(&mut self, name: &str, value: &str) {
        let mut line = format!("{name}:");
        for c in value.chars() {
            match c {
                '\\' | ';' | ',' => line.extend(['\\', c]),
                '\n' => line.push_str("\\n"),
                c => line.push(c),
            }
        }
        self.raw(&line);
    }

    /// Writes a moment in UTC, or a whole day as the city counts it.
    fn time(&mut self, name: &str, at: Time, dated: bool) {
        if dated {
            let day = at.with_timezone(&wita()).format("%Y%m%d");
            self.raw(&format!("{name};VALUE=DATE:{day}"));
        } else {
            let moment: DateTime<Utc> = at.with_timezone(&Utc);
            self.raw(&format!("{name}:{}", moment.format("%Y%m%dT%H%M%SZ")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{hard, info, item, page, time};
    use super::*;

    type Component = (String, Vec<(String, String)>);

    /// Reads a calendar strictly: line ends, lengths, folding, nesting, names.
    fn read(text: &str) -> Vec<Component> {
        assert!(text.ends_with("\r\n"));
        for line in text.trim_end_matches("\r\n").split("\r\n") {
            assert!(line.len() <= LINE, "{} octets: {line}", line.len());
            assert!(!line.is_empty() && !line.contains(['\r', '\n']), "{line:?}");
        }
        let unfolded = text.replace("\r\n ", "");
        let (mut open, mut found) = (Vec::<Component>::new(), Vec::new());
        for line in unfolded.trim_end().split("\r\n") {
            let (name, value) = line.split_once(':').expect("a name and a value");
            assert!(
                name.chars()
                    .all(|c| c.is_ascii_alphanumeric() || "-;=".contains(c)),
                "{name}"
            );
            match name {
                "BEGIN" => open.push((value.to_owned(), Vec::new())),
                "END" => {
                    let component = open.pop().expect("something open");
                    assert_eq!(component.0, value);
                    found.push(component);
                }
                _ => open
                    .last_mut()
                    .expect("inside")
                    .1
                    .push((name.to_owned(), value.to_owned())),
            }
        }
        assert!(open.is_empty());
        found
    }

    fn get<'a>(component: &'a Component, name: &str) -> Option<&'a str> {
        let named = |n: &str| n == name || n.starts_with(&format!("{name};"));
        component
            .1
            .iter()
            .find(|(n, _)| named(n))
            .map(|(_, value)| value.as_str())
    }

    /// RFC 5545, sections 3.6, 3.6.1 and 3.6.2: what must be there, and what may be there once.
    fn check(found: &[Component]) {
        let calendar = found.last().expect("a calendar");
        assert_eq!(calendar.0, "VCALENDAR");
        assert_eq!(get(calendar, "VERSION"), Some("2.0"));
        assert!(get(calendar, "PRODID").is_some());
        for component in &found[..found.len() - 1] {
            assert!(get(component, "UID").is_some() && get(component, "DTSTAMP").is_some());
            let mut names: Vec<_> = component.1.iter().map(|(name, _)| name).collect();
            let all = names.len();
            names.sort();
            names.dedup();
            assert_eq!(names.len(), all, "each property once: {component:?}");
            match component.0.as_str() {
                "VEVENT" => assert!(get(component, "DTSTART").is_some()),
                "VTODO" => assert!(get(component, "DTSTART").is_none()),
                other => panic!("an unknown component {other}"),
            }
        }
    }

    #[test]
    fn hard_items_make_a_valid_calendar() {
        let found = read(&icalendar(&page(hard()), &info()));
        check(&found);
        let [meeting, todo, deadline, _] = &found[..] else {
            panic!("four: {found:?}")
        };
        assert_eq!(get(meeting, "DTSTART"), Some("20261125T010000Z"));
        assert_eq!(get(meeting, "DTEND"), Some("20261125T030000Z"));
        assert_eq!(
            get(meeting, "LOCATION"),
            Some("Ruang Rapat\\; Lantai 2\\, Puspem")
        );
        assert_eq!(
            get(meeting, "SUMMARY"),
            Some("Rapat <koordinasi> & \"evaluasi\"\\; 1\\, 2\\\\3")
        );
        let description = get(meeting, "DESCRIPTION").expect("a description");
        assert_eq!(
            description,
            format!("Baris satu\\nBaris dua {}", "é日".repeat(60))
        );
        assert_eq!(get(todo, "DUE"), Some("20261201T080000Z"));
        assert_eq!(get(todo, "PRIORITY"), Some("1"));
        assert!(
            deadline
                .1
                .contains(&("DTSTART;VALUE=DATE".into(), "20261130".into()))
        );
        assert_eq!(get(deadline, "SUMMARY"), Some("Tenggat: Surat edaran"));
    }

    #[test]
    fn an_event_never_ends_before_it_begins() {
        let mut odd = item("1", "Rapat", Body::empty(Kind::Event));
        odd.starts_at = Some(time("2026-11-25T09:00:00+08:00"));
        odd.ends_at = Some(time("2026-11-25T08:00:00+08:00"));
        let found = read(&icalendar(&page(vec![odd]), &info()));
        check(&found);
        assert_eq!(get(&found[0], "DTEND"), None);
    }

    #[test]
    fn an_event_without_a_date_is_left_out() {
        let undated = item("1", "Rapat", Body::empty(Kind::Event));
        assert_eq!(read(&icalendar(&page(vec![undated]), &info())).len(), 1);
    }

    #[test]
    fn a_task_that_its_reader_did_is_completed() {
        let mut page = page(vec![item("1", "Isi laporan", Body::empty(Kind::Task))]);
        page.items[0].mark.done = true;
        let found = read(&icalendar(&page, &info()));
        assert_eq!(get(&found[0], "STATUS"), Some("COMPLETED"));
    }
}
