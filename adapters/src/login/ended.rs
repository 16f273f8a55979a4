//! Whether an answer says that the session has ended.

use super::Way;
use crate::{Call, Reply, Trouble};
use divos_formats::html::Page;
use divos_manifest::{Auth, FormLogin};
use http::header::CONTENT_TYPE;

/// How much of an answer is searched for the words of an ended session, in bytes.
const SEARCHED: usize = 256 * 1024;

/// Tells whether an answer means that the hub is not signed in.
pub(super) fn has_ended(way: &Way<'_>, call: &Call, outcome: &Result<Reply, Trouble>) -> bool {
    let reply = match outcome {
        Err(trouble) => return *trouble == Trouble::Unauthorized,
        Ok(reply) => reply,
    };
    let Auth::Form(login) = &way.session.auth else {
        return false;
    };
    let sent_back = way.address(&login.url).is_ok_and(|page| {
        reply.url != call.url && reply.url.path() == page.path() && call.url.path() != page.path()
    });
    sent_back || asks_again(login, reply)
}

fn asks_again(login: &FormLogin, reply: &Reply) -> bool {
    let Some(body) = reply.body.in_memory() else {
        return false;
    };
    let head = String::from_utf8_lossy(&body[..body.len().min(SEARCHED)]);
    if login
        .expired
        .iter()
        .any(|word| head.contains(word.as_str()))
    {
        return true;
    }
    let Some(page) = page(reply) else {
        return false;
    };
    let asked = |name: &str| login.fields.iter().any(|(known, _)| known == name);
    page.forms(reply.url.as_str()).iter().any(|form| {
        (form.of_kind("password").is_some() || login.then.is_some())
            && form.fields.iter().any(|field| asked(&field.name))
    })
}

/// Reads an answer that is a page for people.
pub(super) fn page(reply: &Reply) -> Option<Page> {
    let kind = reply.header(CONTENT_TYPE.as_str());
    if !kind.is_some_and(|kind| kind.to_ascii_lowercase().contains("html")) {
        return None;
    }
    Page::read(reply.body.in_memory()?, kind).ok()
}
