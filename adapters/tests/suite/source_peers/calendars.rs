//! The calendar of a real Radicale, by CalDAV and HTTP Basic.

use super::*;

/// An event of its own in the calendar that `tests/run` made; it leaves with this value.
struct Event {
    url: String,
    client: reqwest::Client,
}

const USER: (&str, &str) = ("agenda", "Agenda-123");

impl Event {
    async fn put(base: &str, name: &str, lines: &str) -> Self {
        let (url, client) = (
            format!("{base}/agenda/walikota/{name}.ics"),
            reqwest::Client::builder()
                .no_proxy()
                .build()
                .expect("a client"),
        );
        let body = format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//contoh//id\r\nBEGIN:VEVENT\r\nUID:{name}\r\n\
             DTSTAMP:20261101T000000Z\r\n{lines}END:VEVENT\r\nEND:VCALENDAR\r\n"
        );
        let event = Self { url, client };
        let put = event
            .client
            .put(&event.url)
            .basic_auth(USER.0, Some(USER.1));
        let put = put.header("content-type", "text/calendar").body(body);
        let status = put.send().await.expect("Radicale answers").status();
        assert!(status.is_success(), "{status}; see tests/run");
        event
    }

    async fn remove(&self) {
        let delete = self
            .client
            .delete(&self.url)
            .basic_auth(USER.0, Some(USER.1));
        let status = delete.send().await.expect("Radicale answers").status();
        assert!(status.is_success(), "{status}");
    }
}

fn agenda(base: &str, password: &str) -> Arc<Connector> {
    let yaml = format!(
        "metadata: {{ name: app, title: App, owner: \"030801\", capability: agenda }}\nextends: caldav@1\n\
         with: {{ base: \"{base}\", path: /agenda/walikota/, user: {}, password: \"${{secret:app/password}}\" }}\n\
         privacy: {{ class: internal }}\n",
        USER.0
    );
    connector_with(&yaml, &[("password", password)])
}

#[tokio::test]
async fn the_calendar_of_radicale_is_asked_by_caldav_with_its_password() {
    let base = std::env::var("DIVOS_REAL_RADICALE");
    let base = base.unwrap_or_else(|_| "http://127.0.0.1:18090".to_owned());
    let (name, world) = (
        format!("uji-{}", std::process::id()),
        live(crate::fake::clock()),
    );
    let lines = "DTSTART;TZID=Asia/Makassar:20261201T090000\r\nDTEND;TZID=Asia/Makassar:20261201T100000\r\n\
                 RRULE:FREQ=WEEKLY;COUNT=3\r\nSUMMARY:Rapat – contoh\\, rekaan\r\nLOCATION:Balai contoh\r\n";
    let event = Event::put(&base, &name, lines).await;
    let (pages, error, summary) = read(&agenda(&base, USER.1), Ask::default(), &world).await;
    event.remove().await;
    assert_eq!(error, None);
    assert!(summary.may_sweep(), "{summary:?}");
    let items = pages.iter().flat_map(|page| &page.batch.items);
    let mine = items.filter(|item| item.native_id.starts_with(&name));
    let mine: Vec<_> = mine
        .map(|item| {
            (
                item.title.clone(),
                item.starts_at.expect("a time").to_rfc3339(),
            )
        })
        .collect();
    let at = |day| {
        let title = "Rapat \u{2013} contoh, rekaan".to_owned();
        (title, format!("2026-12-{day}T09:00:00+08:00"))
    };
    assert_eq!(mine, [at("01"), at("08"), at("15")]);
    let seeded = |number: u8| format!("acara{number}@kota.example");
    let all = ids(&pages);
    assert!(
        (1..=3).all(|n| all.iter().any(|id| id.starts_with(&seeded(n)))),
        "{all:?}"
    );
    let (_, again, _) = read(&agenda(&base, USER.1), Ask::default(), &world).await;
    assert_eq!(again, None);
    let (_, error, _) = read(&agenda(&base, "Salah-999"), Ask::default(), &world).await;
    let error = error.expect("refused");
    assert_eq!(error.code(), "unauthorized");
    assert!(!format!("{error:?} {error}").contains("Salah-999"));
}
