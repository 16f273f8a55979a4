//! `GET /api/v1/me/data`: a person's own data as a file (UU 27/2022, articles 7 and 13).
//!
//! Owns who may have it and how many at a time. It is for whoever is signed in, never for a token, which may have been
//! given away. What stands in it is in `file` and `parts`.

mod file;
mod parts;

use super::problem::reply;
use super::{ApiParts, Problem};
use crate::own_data::Look;
use crate::phases::lang_of;
use axum::body::Body;
use axum::extract::{FromRequestParts, State};
use axum::response::{IntoResponse, Response};
use divos_model::{PersonId, wita};
use divos_sso::{Caller, Reader};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, header};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// So many files are made at a time, over all people.
const AT_ONCE: usize = 4;

/// Whose file is being made: one for each person, a few for all.
#[derive(Debug, Clone, Default)]
pub struct Turns(Arc<Mutex<BTreeSet<PersonId>>>);

/// One file that is being made; the turn ends with it.
#[derive(Debug)]
pub(super) struct Turn {
    person: PersonId,
    turns: Turns,
}

impl Turns {
    /// Takes a turn; `None` where the person has one, or where there are too many.
    fn take(&self, person: PersonId) -> Option<Turn> {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let free = taken.len() < AT_ONCE && taken.insert(person);
        free.then(|| Turn {
            person,
            turns: self.clone(),
        })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut taken = self.turns.0.lock().unwrap_or_else(PoisonError::into_inner);
        taken.remove(&self.person);
    }
}

/// Somebody who is signed in themselves.
pub(super) struct Oneself(Arc<Reader>);

impl FromRequestParts<ApiParts> for Oneself {
    type Rejection = Problem;

    async fn from_request_parts(request: &mut Parts, _: &ApiParts) -> Result<Self, Problem> {
        let caller = request.extensions.get::<Caller>();
        let signed_in = caller.and_then(Caller::signed_in);
        let signed_in = signed_in.ok_or_else(Problem::sign_in_needed)?;
        Ok(Self(Arc::clone(&signed_in.reader)))
    }
}

pub(super) async fn get(
    State(parts): State<ApiParts>,
    Oneself(reader): Oneself,
    headers: HeaderMap,
) -> Response {
    let lang = lang_of(&headers);
    let begun = async {
        let turn = parts.turns.take(reader.person);
        let turn = turn.ok_or_else(Problem::one_at_a_time)?;
        let overview = parts.own_data.overview(reader.person).await?;
        let overview = overview.ok_or_else(Problem::not_found)?;
        parts.own_data.note(reader.person, Look::File).await?;
        let name = format!(
            "attachment; filename=\"{}-{}.json\"",
            lang.pick("data-saya", "my-data"),
            parts
                .own_data
                .now()
                .with_timezone(&wita())
                .format("%Y-%m-%d")
        );
        let body = Body::from_stream(file::write(parts, reader, overview, lang, turn));
        let mut answer = body.into_response();
        for (header, value) in [
            (header::CONTENT_TYPE, "application/json"),
            (header::CONTENT_DISPOSITION, name.as_str()),
            (header::CACHE_CONTROL, "private, no-store"),
        ] {
            if let Ok(value) = HeaderValue::from_str(value) {
                answer.headers_mut().insert(header, value);
            }
        }
        Ok(answer)
    };
    reply(lang, begun.await)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_file_for_each_and_a_few_for_all() {
        let turns = Turns::default();
        let person = PersonId::random();
        let first = turns.take(person).expect("a turn");
        assert!(turns.take(person).is_none(), "one at a time");
        let others: Vec<_> = (1..AT_ONCE)
            .map(|_| turns.take(PersonId::random()).expect("a turn"))
            .collect();
        assert!(turns.take(PersonId::random()).is_none(), "too many");
        drop(first);
        let again = turns.take(person).expect("a turn");
        drop((again, others));
        assert!(turns.0.lock().expect("a lock").is_empty());
    }
}
