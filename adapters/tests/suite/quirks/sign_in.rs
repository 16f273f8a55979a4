//! Forms that let in only who behaves as a browser does.

use super::asked::{Asked, html, json, to};
use super::{Comes, PASSWORD, Quirk};

const FORM: &str =
    "<form action=/masuk method=post><input name=user><input type=password name=pass>";
const SOURCE: &str = "sources:\n  rows:\n    rest: { get: /rows }\n    select: data[*]\n    deletes: sweep\n    to: announcement\n\
                      \x20   map: { id: id, title: title, updated_at: at | datetime }\n";

/// Writes `auth:` with more keys, and the source behind it.
macro_rules! form {
    ($more:literal) => {
        concat!(
            "auth: { form: { url: /masuk, fields: { user: hub, pass: \"${secret:app/password}\" }",
            $more,
            " } }\n",
            "sources:\n  rows:\n    rest: { get: /rows }\n    select: data[*]\n    deletes: sweep\n    to: announcement\n",
            "    map: { id: id, title: title, updated_at: at | datetime }\n"
        )
    };
}

/// An app behind a form: `page` is what the form shows, with these headers; `well` whether what was sent will do.
fn behind(asked: &Asked<'_>, page: (&str, &str), well: bool) -> Vec<u8> {
    let known = asked.field("user") == "hub" && asked.field("pass") == PASSWORD;
    let inside = asked.header("cookie").contains("sesi=buatan");
    match asked.line().as_str() {
        "GET /masuk" => html(page.0, page.1),
        "POST /masuk" if known && well => {
            to("/beranda", "Set-Cookie: sesi=buatan; Path=/; HttpOnly\r\n")
        }
        "POST /masuk" => html(page.0, page.1),
        "GET /beranda" if inside => html("", "<a href=/keluar>Keluar</a>"),
        "GET /rows" if inside => {
            json(r#"{"data":[{"id":1,"title":"Surat contoh","at":"2026-11-24 08:00:00"}]}"#)
        }
        _ => to("/masuk", ""),
    }
}

const INSIDE: Comes = Comes::Items(&["1 | Surat contoh | 2026-11-24T08:00:00+08:00"]);

pub(super) fn quirks() -> Vec<Quirk> {
    vec![
        Quirk {
            name: "a CSRF field whose name is random",
            connector: form!(""),
            app: |asked| {
                let shown = format!(
                    "{FORM}<input type=hidden name=t{:04x} value=1></form>",
                    asked.number
                );
                let before = asked.number.wrapping_sub(1);
                let well = asked.field(&format!("t{before:04x}")) == "1";
                behind(asked, ("", &shown), well)
            },
            comes: INSIDE,
        },
        Quirk {
            name: "a CSRF token that stands outside the form",
            connector: form!(", csrf: \"meta[name^=tok]\""),
            app: |asked| {
                let shown = format!(
                    "<head><meta name=tok{:04x} content=nilai-{}></head>{FORM}</form>",
                    asked.number, asked.number
                );
                let before = asked.number.wrapping_sub(1);
                let well = asked.field(&format!("tok{before:04x}")) == format!("nilai-{before}");
                behind(asked, ("", &shown), well)
            },
            comes: INSIDE,
        },
        Quirk {
            name: "a CSRF cookie to be copied into the form",
            connector: form!(", csrf_cookie: { field: csrf_test_name, cookie: csrf_cookie_name }"),
            app: |asked| {
                let set = format!(
                    "Set-Cookie: csrf_cookie_name=nilai-{}; Path=/\r\n",
                    asked.number
                );
                let copied = asked.field("csrf_test_name");
                let well = !copied.is_empty()
                    && asked
                        .header("cookie")
                        .contains(&format!("csrf_cookie_name={copied}"));
                behind(asked, (&set, &format!("{FORM}</form>")), well)
            },
            comes: INSIDE,
        },
        Quirk {
            name: "a CSRF cookie to be copied into a header",
            connector: form!(", csrf_cookie: { field: X-XSRF-TOKEN, cookie: XSRF-TOKEN }"),
            app: |asked| {
                let set = "Set-Cookie: XSRF-TOKEN=bnV%3D; Path=/\r\n";
                let well = asked.header("x-xsrf-token") == "bnV=";
                behind(asked, (set, &format!("{FORM}</form>")), well)
            },
            comes: INSIDE,
        },
        Quirk {
            name: "a login that fails without a Referer",
            connector: form!(""),
            app: |asked| {
                let well = asked.header("referer") == format!("{}/masuk", asked.base());
                behind(asked, ("", &format!("{FORM}</form>")), well)
            },
            comes: INSIDE,
        },
        Quirk {
            name: "a sign-in page in the place of the data",
            connector: SOURCE,
            app: |asked| {
                behind(
                    asked,
                    ("", &format!("<title>Masuk</title>{FORM}</form>")),
                    false,
                )
            },
            comes: Comes::Fault(
                "not_json",
                "tampaknya halaman masuk",
                "perhaps a login page",
            ),
        },
    ]
}
