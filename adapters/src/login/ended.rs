//! Whether an answer says that the session has ended.

use super::Way;
use super::onward::onward;
use crate::{Call, Reply, Trouble};
use divos_formats::html::Page;
use divos_manifest::{Auth, FormLogin};
use http::header::CONTENT_TYPE;
use url::Url;

/// How much of an answer is searched for the words of an ended session, in bytes.
const SEARCHED: usize = 256 * 1024;

/// How far into an answer a whole page says that it is one, in bytes.
const BEGINNING: usize = 2048;

/// Tells whether an answer means that the hub is not signed in.
pub(super) fn has_ended(way: &Way<'_>, call: &Call, outcome: &Result<Reply, Trouble>) -> bool {
    let form = match &way.session.auth {
        Auth::Form(login) => Some(login),
        _ => None,
    };
    let reply = match outcome {
        // 419 is what Laravel, 440 what IIS says of a session that is over.
        Err(Trouble::Rejected { status: 419 | 440 }) => return form.is_some(),
        Err(trouble) => return *trouble == Trouble::Unauthorized,
        Ok(reply) => reply,
    };
    let Some(login) = form else {
        return false;
    };
    let door = way.address(&login.url).ok();
    let is_door = |url: &Url| door.as_ref().is_some_and(|door| is_same(url, door));
    let moved = reply.url != call.url && is_door(&reply.url);
    let sent_back = moved || onward(reply).is_some_and(|url| is_door(&url));
    (sent_back && !is_door(&call.url)) || asks_again(login, reply)
}

/// Tells whether an address is that of the form: apps of one script tell their pages apart by the query.
fn is_same(url: &Url, door: &Url) -> bool {
    let mut stated = door.query_pairs();
    url.path() == door.path()
        && url.host_str() == door.host_str()
        && stated.all(|pair| url.query_pairs().any(|known| known == pair))
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
    if let Some(css) = &login.logged_in {
        // A piece of a page, as scripts fetch it, lacks what is around every page.
        let whole = is_whole(&head);
        return match page.select_one(css) {
            Ok(Some(_)) => false,
            Ok(None) if whole => true,
            _ => shows_form(login, &page, reply),
        };
    }
    shows_form(login, &page, reply)
}

/// Tells whether a page shows a form that asks for what the connector gives, a password among it.
pub(super) fn shows_form(login: &FormLogin, page: &Page, reply: &Reply) -> bool {
    let asked = |name: &str| login.fields.iter().any(|(known, _)| known == name);
    page.forms(reply.url.as_str()).iter().any(|form| {
        (form.of_kind("password").is_some() || login.then.is_some())
            && form.fields.iter().any(|field| asked(&field.name))
    })
}

fn is_whole(text: &str) -> bool {
    let beginning: String = text.chars().take(BEGINNING).collect();
    let beginning = beginning.to_ascii_lowercase();
    ["<html", "<!doctype", "<body"]
        .iter()
        .any(|tag| beginning.contains(tag))
}

/// Reads an answer that is a page for people.
pub(super) fn page(reply: &Reply) -> Option<Page> {
    let kind = reply.header(CONTENT_TYPE.as_str());
    if !kind.is_some_and(|kind| kind.to_ascii_lowercase().contains("html")) {
        return None;
    }
    Page::read(reply.body.in_memory()?, kind).ok()
}
