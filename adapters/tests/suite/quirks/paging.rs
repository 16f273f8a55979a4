//! How apps say that there is another page.

use super::asked::{Asked, ok};
use super::{Comes, Quirk, source};

const ROWS: [&str; 3] = ["Satu", "Dua", "Tiga"];
const ALL: Comes = Comes::Items(&[
    "1 | Satu | 2026-11-24T08:00:00+08:00",
    "2 | Dua | 2026-11-24T08:00:00+08:00",
    "3 | Tiga | 2026-11-24T08:00:00+08:00",
]);

/// Answers with two rows of the page that is asked for, and with what is said of the next one.
fn page(asked: &Asked<'_>, headers: &str, next: &str) -> Vec<u8> {
    let page = asked.query("page").parse::<usize>().unwrap_or(1);
    let rows = ROWS.iter().zip(1..).skip((page - 1) * 2).take(2);
    let rows: Vec<String> = rows
        .map(|(title, n)| format!(r#"{{"id":{n},"title":"{title}","at":"2026-11-24 08:00:00"}}"#))
        .collect();
    let next = match page {
        1 => format!(r#","next_page":"{next}""#),
        _ => String::new(),
    };
    let body = format!(r#"{{"data":[{}]{next}}}"#, rows.join(","));
    let headers = format!("Content-Type: application/json\r\n{headers}");
    ok(&headers, body.as_bytes())
}

fn linked(asked: &Asked<'_>, next: &str) -> Vec<u8> {
    let first = matches!(asked.query("page").as_str(), "" | "1");
    let link = match first {
        true => format!("Link: <{next}>; rel=\"next\", <{next}>; rel=\"last\"\r\n"),
        false => "Link: </rows?page=1>; rel=\"prev\"\r\n".to_owned(),
    };
    page(asked, &link, "")
}

pub(super) fn quirks() -> Vec<Quirk> {
    let wordpress = source!(
        "    rest: { get: /rows }\n    select: data[*]\n    paginate: { header: { pages: X-WP-TotalPages, total: X-WP-Total, size_param: per_page, size: 2 } }\n",
        "      id: id\n      title: title\n      updated_at: at | datetime\n"
    );
    let link = source!(
        "    rest: { get: /rows }\n    select: data[*]\n    paginate: { link: {} }\n",
        "      id: id\n      title: title\n      updated_at: at | datetime\n"
    );
    vec![
        Quirk {
            name: "pages counted in X-WP-TotalPages",
            connector: wordpress,
            app: |asked| page(asked, "X-WP-Total: 3\r\nX-WP-TotalPages: 2\r\n", ""),
            comes: ALL,
        },
        Quirk {
            name: "a proxy that drops X-WP-TotalPages",
            connector: wordpress,
            app: |asked| page(asked, "", ""),
            comes: Comes::Fault("paging_unclear", "X-WP-TotalPages", "X-WP-TotalPages"),
        },
        Quirk {
            name: "the next page in Link",
            connector: link,
            app: |asked| linked(asked, &format!("{}/rows?page=2", asked.base())),
            comes: ALL,
        },
        Quirk {
            name: "the next page in Link, relative",
            connector: link,
            app: |asked| linked(asked, "?page=2"),
            comes: ALL,
        },
        Quirk {
            name: "next_page with the app's public host",
            connector: concat!(
                "app: { upstreams: \"BASE\", hosts: data.contoh.example, retries: 0 }\n",
                source!(
                    "    rest: { get: /rows }\n    select: data[*]\n    paginate: { link: { path: next_page } }\n",
                    "      id: id\n      title: title\n      updated_at: at | datetime\n"
                )
            ),
            app: |asked| page(asked, "", "https://data.contoh.example/rows?page=2"),
            comes: ALL,
        },
        Quirk {
            name: "next_page with another host",
            connector: source!(
                "    rest: { get: /rows }\n    select: data[*]\n    paginate: { link: { path: next_page } }\n",
                "      id: id\n      title: title\n      updated_at: at | datetime\n"
            ),
            app: |asked| page(asked, "", "https://data.contoh.example/rows?page=2"),
            comes: Comes::Fault(
                "paging_away",
                "menuju host lain, data.contoh.example. Bila itu memang miliknya, tambahkan pada `app.hosts`",
                "another host, data.contoh.example. If that is its own, add it to `app.hosts`",
            ),
        },
    ]
}
