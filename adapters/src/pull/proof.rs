//! Whether the app knows who reads, before anything is read.
//!
//! Some apps answer strangers, and whoever has a key that is revoked, with what anyone may see: a pass over that would
//! take everything else for gone. Owns that judgement; it must never read data.

use super::{Reader, World, request};
use crate::Trouble;
use crate::fault::Refusal;
use std::time::Duration;
use url::Url;

/// How long an app that does not know the hub is left alone.
const PAUSE: Duration = Duration::from_secs(60);

/// Opens what the connector says that only those who are signed in may open (`auth.check`).
///
/// # Errors
/// [`Trouble::LoginRefused`] where it does not open; else what kept an answer from coming.
pub(super) async fn prove(reader: &Reader, world: &World) -> Result<(), Trouble> {
    let Some(path) = &reader.connector.auth_check else {
        return Ok(());
    };
    let asks = reader.source().request();
    if world.http.is_offline() || asks.is_none_or(|request| request.files.is_some()) {
        return Ok(());
    }
    let call = request::check(&reader.connector, reader.source(), &reader.reach, path)?;
    let asked = call.url.clone();
    let stranger = |status| {
        Err(Trouble::LoginRefused {
            why: Refusal::Stranger {
                path: path.clone(),
                status,
            },
            retry_after: PAUSE,
        })
    };
    match world.http.call(&reader.connector, call).await {
        Ok(reply) if is_same(&reply.url, &asked) => Ok(()),
        Ok(_) => stranger(None),
        Err(error) => match error.trouble {
            Trouble::Unauthorized => stranger(Some(401)),
            Trouble::Forbidden => stranger(Some(403)),
            Trouble::Rejected { status } | Trouble::NotFound { status } => stranger(Some(status)),
            Trouble::RedirectedAway { .. } => stranger(None),
            other => Err(other),
        },
    }
}

/// An app may move to another scheme, or add a stroke; a page for strangers is elsewhere.
fn is_same(reached: &Url, asked: &Url) -> bool {
    reached.path().trim_end_matches('/') == asked.path().trim_end_matches('/')
}
