//! One item, and what its reader does with it.

use super::{back_to, referring_path, saying};
use crate::error_page::{ErrorKind, ErrorView};
use crate::frame::{Notice, Tab, Undo};
use crate::ports::PortError;
use crate::respond;
use crate::views::card::{Card, CardOnly, Gone};
use crate::views::item::ItemView;
use crate::visit::{Posted, Visit};
use crate::when::Snooze;
use axum::extract::Path;
use axum::response::Response;
use chrono::{DateTime, Utc};
use divos_feed::MarkChange;
use divos_model::ItemId;
use http::StatusCode;

/// `GET /items/{id}`: shows it, and notes that it was seen.
pub(super) async fn show(Path(id): Path<String>, visit: Visit) -> Result<Response, Response> {
    let id = read_id(&visit, &id)?;
    let parts = &visit.site.parts;
    let mut entry = parts
        .reading
        .item(&visit.visitor.reader, id)
        .await
        .map_err(|error| visit.failed(error))?;
    let unread_on_purpose = visit.query("did").as_deref() == Some("unread");
    if !entry.mark.seen && !unread_on_purpose {
        let seen = MarkChange {
            seen: Some(true),
            ..MarkChange::default()
        };
        match parts.reading.mark(&visit.visitor.reader, id, seen).await {
            Ok(mark) => entry.mark = mark,
            // The page is worth more than the note that it was read.
            Err(error) => tracing::warn!(%error, "an item could not be marked as seen"),
        }
    }
    let f = visit.frame_saying(Tab::Feed, notice_of(&visit));
    let came_from = referring_path(&visit.request.headers, &parts.face.origin);
    let back = came_from.filter(|path| !path.starts_with("/items/") && !path.starts_with("/login"));
    // The page is worth more than what its units are called.
    let units = parts.registry.unit_names().await.unwrap_or_default();
    let view = ItemView::of(
        &entry,
        f,
        &*parts.apps,
        &units,
        back.unwrap_or_else(|| "/feed".to_owned()),
    );
    Ok(respond::show(&view, StatusCode::OK))
}

fn read_id(visit: &Visit, text: &str) -> Result<ItemId, Response> {
    text.parse().map_err(|_| visit.failed(PortError::Missing))
}

/// One thing that a reader does with an item.
struct Act {
    change: MarkChange,
    /// The word that says it was done: `did-<word>`.
    did: &'static str,
    /// What takes it back; `None` where the card stays and shows the other button.
    undo: Option<&'static str>,
}

/// Reads the word of a button.
fn act(word: &str, now: DateTime<Utc>) -> Option<Act> {
    let none = MarkChange::default();
    let (change, did, undo) = match word {
        "done" => (
            MarkChange {
                done: Some(true),
                ..none
            },
            "done",
            Some("undone"),
        ),
        "undone" => (
            MarkChange {
                done: Some(false),
                ..none
            },
            "undone",
            None,
        ),
        "pin" => (
            MarkChange {
                pinned: Some(true),
                ..none
            },
            "pin",
            Some("unpin"),
        ),
        "unpin" => (
            MarkChange {
                pinned: Some(false),
                ..none
            },
            "unpin",
            Some("pin"),
        ),
        "wake" => (
            MarkChange {
                snoozed_until: Some(None),
                ..none
            },
            "wake",
            None,
        ),
        "unread" => (
            MarkChange {
                seen: Some(false),
                ..none
            },
            "unread",
            None,
        ),
        _ => {
            let choice = Snooze::ALL
                .into_iter()
                .find(|choice| choice.word() == word)?;
            (
                MarkChange {
                    snoozed_until: Some(Some(choice.at(now)?)),
                    ..none
                },
                "snooze",
                Some("wake"),
            )
        }
    };
    Some(Act { change, did, undo })
}

/// `POST /items/{id}/state`.
pub(super) async fn mark(
    Path(id): Path<String>,
    Posted { visit, fields }: Posted,
) -> Result<Response, Response> {
    let id = read_id(&visit, &id)?;
    let Some(act) = act(fields.get("act"), visit.now) else {
        return Err(respond::answer(
            ErrorView::new(ErrorKind::BadRequest),
            visit.lang,
        ));
    };
    let parts = &visit.site.parts;
    let reader = &visit.visitor.reader;
    let mark = parts
        .reading
        .mark(reader, id, act.change)
        .await
        .map_err(|error| visit.failed(error))?;
    let back = back_to(fields.get("back"), "/feed");
    if !visit.htmx {
        return Ok(respond::see(&saying(&back, act.did, Some(&id.to_string()))));
    }
    let mut f = visit.frame(Tab::Feed);
    f.here = back;
    if let (Some(undo), "done" | "snooze") = (act.undo, act.did) {
        let gone = Gone {
            text: f.t(&format!("did-{}", act.did)),
            id: id.to_string(),
            act: undo,
            f: &f,
        };
        return Ok(respond::show(&gone, StatusCode::OK));
    }
    let mut entry = parts
        .reading
        .item(reader, id)
        .await
        .map_err(|error| visit.failed(error))?;
    entry.mark = mark;
    let c = Card::of(&entry, &f, &*parts.apps);
    Ok(respond::show(&CardOnly { f: &f, c: &c }, StatusCode::OK))
}

/// Reads from the address what was just done, for a page that follows a form.
pub(super) fn notice_of(visit: &Visit) -> Option<Notice> {
    let did = visit.query("did")?;
    let (did, undo) = match did.as_str() {
        "done" => ("did-done", Some("undone")),
        "undone" => ("did-undone", None),
        "pin" => ("did-pin", Some("unpin")),
        "unpin" => ("did-unpin", Some("pin")),
        "snooze" => ("did-snooze", Some("wake")),
        "wake" => ("did-wake", None),
        "unread" => ("did-unread", None),
        _ => return None,
    };
    let item = visit.query("item").and_then(|id| id.parse::<ItemId>().ok());
    let undo = item.zip(undo).map(|(id, act)| Undo {
        action: format!("/items/{id}/state"),
        act,
    });
    Some(Notice {
        tone: "ok",
        text: crate::words::say(visit.lang, did, &[]),
        undo,
    })
}
