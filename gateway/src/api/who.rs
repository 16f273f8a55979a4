//! Who asks the API: a person by session or by their own token.

use super::{ApiParts, Problem};
use crate::phases::lang_of;
use axum::extract::FromRequestParts;
use divos_model::Lang;
use divos_sso::Caller;
use divos_store::Reader;
use http::request::Parts;
use http::{HeaderMap, Method, header};
use std::sync::Arc;

/// Somebody who reads.
pub(super) struct Who {
    /// As the store knows them.
    pub reader: Reader,
    /// As sign-in knows them.
    pub person: Arc<divos_sso::Reader>,
    /// Their language.
    pub lang: Lang,
}

impl FromRequestParts<ApiParts> for Who {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiParts) -> Result<Self, Problem> {
        let person = match caller(parts) {
            Caller::Person(signed_in) => {
                same_site(parts, state)?;
                Arc::clone(&signed_in.reader)
            }
            Caller::Machine(_) => return Err(no_person()),
            Caller::Anonymous(_) => by_feed_token(parts, state).await?,
        };
        Ok(Self {
            reader: person.reads.clone(),
            person,
            lang: lang_of(&parts.headers),
        })
    }
}

impl Who {
    /// Tells whether the same credentials would now let in the same reader, with the same rights.
    pub(super) async fn is_still(&self, headers: &HeaderMap, state: &ApiParts) -> bool {
        let sso = &state.sso;
        let found = match sso.identify(&sso.settings().hub_host, headers).await {
            Ok(Caller::Person(signed_in)) => Some(Arc::clone(&signed_in.reader)),
            Ok(Caller::Anonymous(_)) => feed_reader(headers, state).await.ok(),
            Ok(Caller::Machine(_)) | Err(_) => None,
        };
        found.is_some_and(|reader| {
            reader.person == self.person.person && reader.version == self.person.version
        })
    }
}

/// Returns the caller that the edge recognised.
fn caller(parts: &Parts) -> Caller {
    parts
        .extensions
        .get::<Caller>()
        .cloned()
        .unwrap_or(Caller::Anonymous(divos_sso::Why::NoCredential))
}

/// A personal feed token as a bearer reads the feed for its owner, and changes nothing.
async fn by_feed_token(parts: &Parts, state: &ApiParts) -> Result<Arc<divos_sso::Reader>, Problem> {
    let reader = feed_reader(&parts.headers, state).await?;
    if matches!(parts.method, Method::GET | Method::HEAD) {
        return Ok(reader);
    }
    Err(Problem::forbidden(
        "Token ini hanya untuk membaca.",
        "This token may only read.",
    ))
}

async fn feed_reader(
    headers: &HeaderMap,
    state: &ApiParts,
) -> Result<Arc<divos_sso::Reader>, Problem> {
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let (scheme, token) = bearer
        .and_then(|value| value.split_once(' '))
        .ok_or_else(Problem::sign_in_needed)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Problem::sign_in_needed());
    }
    state
        .sso
        .feed_reader(token.trim())
        .await?
        .ok_or_else(Problem::sign_in_needed)
}

fn no_person() -> Problem {
    Problem::forbidden(
        "Token ini bukan milik seseorang.",
        "This token is no person's.",
    )
}

/// A request that changes something and is authorised by a cookie must come from the hub's own pages.
fn same_site(parts: &Parts, state: &ApiParts) -> Result<(), Problem> {
    if matches!(parts.method, Method::GET | Method::HEAD) {
        return Ok(());
    }
    divos_sso::check_origin(&parts.headers, &state.sso.settings().hub_host).map_err(|_| {
        Problem::forbidden(
            "Permintaan ini datang dari situs lain.",
            "The request came from another site.",
        )
    })
}
