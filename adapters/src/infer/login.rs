//! An app that asks who one is: `auth: form` with the form's own fields, or `auth: basic`; the values are secrets that do not
//! exist yet.

use super::page::Seen;
use super::{Answer, Finding, Place, Said, Way, write};
use divos_formats::html::{Field, Form};

/// Drafts a sign-in where the page has a form with a password.
pub(super) fn way(seen: &Seen, answer: &Answer, place: &Place) -> Option<Way> {
    let form = seen
        .forms
        .iter()
        .find(|form| form.of_kind("password").is_some())?;
    let lines = auth(form, answer, place)?;
    let field = form
        .of_kind("password")
        .map(|field| field.name.clone())
        .unwrap_or_default();
    Some(Way {
        name: "data".to_owned(),
        auth: lines,
        about: format!("{} {}", place.about(), seen.title),
        findings: vec![Finding::new(
            "auth",
            "form",
            90,
            Said::new(
                format!("formulir dengan kata sandi `{field}`"),
                format!("a form with a password `{field}`"),
            ),
        )],
        notes: vec![secrets(place)],
        ..Way::empty()
    })
}

/// Drafts a sign-in where an app asks for a name and password by HTTP itself (RFC 7617).
pub(super) fn basic(answer: &Answer, place: &Place) -> Option<Way> {
    let asks = answer.header("www-authenticate")?;
    let basic = asks.trim_start().to_ascii_lowercase().starts_with("basic");
    let id = &place.id;
    let (user, password) = (
        format!("${{secret:{id}/user}}"),
        format!("${{secret:{id}/password}}"),
    );
    let line = format!("auth: {{ basic: {{ username: \"{user}\", password: \"{password}\" }} }}");
    basic.then(|| Way {
        auth: vec![line],
        findings: vec![Finding::new(
            "auth",
            "basic",
            97,
            Said::new(
                "aplikasi meminta Basic (RFC 7617)",
                "the app asks for Basic (RFC 7617)",
            ),
        )],
        notes: vec![secrets(place)],
        ..Way::empty()
    })
}

/// The secrets that the hub signs in with, here and when it reads.
fn secrets(place: &Place) -> Said {
    let id = &place.id;
    Said::new(
        format!(
            "perlu masuk: tetapkan rahasia `{id}/user` dan `{id}/password` di hub.yaml, lalu jalankan infer lagi dengan alamat daftarnya"
        ),
        format!(
            "it wants a sign-in: set the secrets `{id}/user` and `{id}/password` in hub.yaml, then run infer again with the address of the list"
        ),
    )
}

fn auth(form: &Form, answer: &Answer, place: &Place) -> Option<Vec<String>> {
    let password = form.of_kind("password")?;
    let text = |field: &&Field| matches!(field.kind.as_str(), "text" | "email" | "tel" | "number");
    let before = form
        .fields
        .iter()
        .take_while(|field| field.name != password.name);
    let user = before
        .filter(text)
        .last()
        .or_else(|| form.fields.iter().find(text));
    let id = &place.id;
    let mut fields: Vec<String> = user
        .iter()
        .map(|user| format!("{}: \"${{secret:{id}/user}}\"", write::scalar(&user.name)))
        .collect();
    fields.push(format!(
        "{}: \"${{secret:{id}/password}}\"",
        write::scalar(&password.name)
    ));
    let mut lines = vec![
        "auth:".to_owned(),
        "  form:".to_owned(),
        format!(
            "    url: {}",
            write::scalar(&place.relative(answer.url.as_str()))
        ),
        format!("    fields: {{ {} }}", fields.join(", ")),
    ];
    // A token is long and says nothing; its name may be made up anew for each page.
    let token = form.fields.iter().find(|field| {
        field.kind == "hidden" && field.value.len() >= 8 && !field.value.contains(' ')
    });
    if let Some(token) = token {
        let known = ["csrf", "token", "nonce", "_token", "authenticity", "sesi"];
        let selector = match known
            .iter()
            .any(|word| token.name.to_lowercase().contains(word))
        {
            true => format!("input[name=\"{}\"]", token.name),
            false => "input[type=hidden]".to_owned(),
        };
        lines.push(format!("    csrf: {}", write::scalar(&selector)));
    }
    Some(lines)
}
