//! Pages for a sign-in: forms as browsers submit them, tokens. The pages are made up after real products' shapes.

use divos_formats::html::{Form, Page};
use proptest::prelude::*;

const BASE: &str = "http://127.0.0.1:8080/app/login.php?next=1";

fn page(text: &str) -> Page {
    Page::read(text.as_bytes(), None).expect("a page")
}

fn sent(form: &Form) -> Vec<(&str, &str, &str)> {
    let fields = form.fields.iter();
    fields
        .map(|f| (f.name.as_str(), f.value.as_str(), f.kind.as_str()))
        .collect()
}

fn only(text: &str) -> Form {
    let mut forms = page(text).forms(BASE);
    assert_eq!(forms.len(), 1, "forms of {text}");
    forms.remove(0)
}

#[test]
fn a_form_holds_what_a_browser_would_submit() {
    let form = only(
        "<form method=post action='?do=masuk' id=f name=n>
        <input type=hidden name=x7f3 value='a&amp;b'><input name=username><input type=password name=pass value=''>
        <input type=checkbox name=ingat checked><input type=checkbox name=lain value=1>
        <input type=radio name=peran value=a><input type=radio name=peran value=b checked>
        <select name=tahun><option disabled>Pilih<option value=2025>a<option value=2026 selected>b</select>
        <select name=opd><option disabled>Pilih<option> Dinas  A <option>B</select><select name=ganda multiple><option>x</select>
        <textarea name=catatan>\nisi\n</textarea><input name=mati disabled><fieldset disabled><input name=mati2></fieldset>
        <input value='tanpa nama'><input type=reset name=r><button type=button name=bb>x</button>
        <input type=submit name=masuk value=Masuk><button name=kedua value=2>y</button></form>",
    );
    let expected = [
        ("x7f3", "a&b", "hidden"),
        ("username", "", "text"),
        ("pass", "", "password"),
        ("ingat", "on", "checkbox"),
        ("peran", "b", "radio"),
        ("tahun", "2026", "select"),
        ("opd", "Dinas A", "select"),
        ("catatan", "isi\n", "textarea"),
        ("masuk", "Masuk", "submit"),
    ];
    assert_eq!(sent(&form), expected);
    assert_eq!(
        (form.method, form.action.as_str()),
        ("POST", "http://127.0.0.1:8080/app/login.php?do=masuk")
    );
    assert_eq!(
        (form.id.as_deref(), form.name.as_deref()),
        (Some("f"), Some("n"))
    );
    assert_eq!(
        form.of_kind("password").map(|field| field.name.as_str()),
        Some("pass")
    );
}

#[test]
fn an_action_is_whole() {
    let action = |text: &str| only(text).action;
    assert_eq!(action("<form>"), BASE);
    assert_eq!(action("<form action='/cek'>"), "http://127.0.0.1:8080/cek");
    assert_eq!(action("<form action=' ../x '>"), "http://127.0.0.1:8080/x");
    assert_eq!(
        action("<base href=/lain/><form action=cek>"),
        "http://127.0.0.1:8080/lain/cek"
    );
    assert_eq!(
        page("<form action=cek>").forms("no address")[0].action,
        "cek"
    );
}

#[test]
fn controls_elsewhere_belong_to_their_form() {
    let text =
        "<form id=a></form><input form=a name=jauh value=1><form id=b></form><input name=yatim>";
    let forms = page(text).forms(BASE);
    assert_eq!(sent(&forms[0]), [("jauh", "1", "text")]);
    assert_eq!(sent(&forms[1]), []);
    // Between a table and its rows, as generations of PHP pages have it.
    let old = "<table><form method=post><tr><td><input type=hidden name=token value=t></td></tr>
        <tr><td><input name=user></td></tr></form></table>";
    assert_eq!(
        sent(&only(old)),
        [("token", "t", "hidden"), ("user", "", "text")]
    );
}

#[test]
fn only_the_first_button_is_pressed() {
    let form = only(
        "<form><input type=image name=gbr><input type=submit name=s value=1><button name=t></button></form>",
    );
    assert_eq!(
        sent(&form),
        [("gbr.x", "0", "image"), ("gbr.y", "0", "image")]
    );
}

#[test]
fn tokens_are_found_by_selector_and_in_meta() {
    let page = page(
        "<meta name=CSRF-Token content='a=b=='><input name=token value=x data-k='&lt;'><p> a <b>b</b></p>",
    );
    assert_eq!(page.meta("csrf-token").as_deref(), Some("a=b=="));
    assert_eq!(page.meta("other"), None);
    let found = page
        .select_one("input[name=token]")
        .expect("a selector")
        .expect("an element");
    assert_eq!(
        (
            found.name.as_str(),
            found.attribute("value"),
            found.attribute("data-k")
        ),
        ("input", Some("x"), Some("<"))
    );
    assert_eq!(
        page.select_one("p")
            .expect("a selector")
            .expect("an element")
            .text,
        "a b"
    );
    assert!(page.select_one("table").expect("a selector").is_none());
    assert!(page.select_one("p[").is_err());
}

mod any_bytes {
    use super::*;
    use divos_formats::html::{Compiled, Options, title};
    use std::io::Cursor;

    fn everything(bytes: &[u8]) {
        let _ = title(bytes);
        if let Ok(page) = Page::read(bytes, None) {
            let _ = (page.title(), page.meta("a"), page.forms(BASE));
        }
        let columns = vec![("a".to_owned(), "A".to_owned())];
        let cells = vec![
            ("b".to_owned(), "td@html".to_owned()),
            ("c".to_owned(), String::new()),
        ];
        for columns in [columns, Vec::new()] {
            let options = Options {
                rows: "tr, li".to_owned(),
                cells: cells.clone(),
                columns,
                ..Options::default()
            };
            let compiled = Compiled::new(options).expect("selectors");
            if let Ok(opened) = compiled.open(Box::new(Cursor::new(bytes.to_vec())), None) {
                assert!(opened.rows.count() <= bytes.len());
            }
        }
    }

    /// Tags in any order: the parser mends them in many ways.
    fn nearly() -> impl Strategy<Value = Vec<u8>> {
        let names = [
            "table",
            "tr",
            "td",
            "th",
            "thead",
            "tbody",
            "b",
            "a",
            "p",
            "form",
            "select",
            "option",
            "template",
            "svg",
            "math",
            "style",
            "script",
            "title",
            "frameset",
            "head",
            "body",
            "html",
            "caption",
            "li",
            "noscript",
            "textarea",
            "plaintext",
            "button",
            "input",
            "br",
            "col",
            "mi",
            "foreignObject",
            "desc",
            "nobr",
            "applet",
            "iframe",
        ];
        let piece = (0..names.len(), 0..6_u8).prop_map(move |(name, how)| match how {
            0 | 1 => format!("<{}>", names[name]),
            2 => format!("</{}>", names[name]),
            3 => format!(
                "<{} rowspan=0 colspan=3 id=x name=y type=image selected>A",
                names[name]
            ),
            4 => "A<!--x--><![CDATA[y]]>&amp;\u{0}".to_owned(),
            _ => format!(
                "<{} form=x rowspan=99999 colspan=99999 value='",
                names[name]
            ),
        });
        proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat().into_bytes())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]
        #[test]
        fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            everything(&bytes);
        }

        #[test]
        fn tags_in_any_order_are_read_without_a_panic(bytes in nearly()) {
            everything(&bytes);
        }

        #[test]
        fn any_selector_is_checked_without_a_panic(text in "[ -~]{0,30}") {
            let _ = divos_formats::html::check_selector(&text);
        }
    }
}
