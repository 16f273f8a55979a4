//! Which language a reader gets: what they ask for now, chose before, or their browser prefers.
//!
//! Owns the order of the three and the cookie that remembers the choice.

use divos_model::Lang;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, header};

/// Remembers the choice for a year.
const COOKIE: &str = "__Host-divos-lang";

/// Returns the language that the address asks for with `?lang=`.
pub(crate) fn asked(query: Option<&str>) -> Option<Lang> {
    let pairs = url::form_urlencoded::parse(query?.as_bytes());
    pairs
        .filter(|(name, _)| name == "lang")
        .find_map(|(_, value)| Lang::from_tag(&value))
}

/// Chooses the language of an answer.
pub(crate) fn of(request: &Parts) -> Lang {
    asked(request.uri.query())
        .or_else(|| remembered(&request.headers))
        .unwrap_or_else(|| preferred(&request.headers))
}

fn remembered(headers: &HeaderMap) -> Option<Lang> {
    let cookies = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == COOKIE).then(|| Lang::from_tag(value))?)
}

fn preferred(headers: &HeaderMap) -> Lang {
    let header = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    header.map_or(Lang::Id, Lang::negotiate)
}

/// Returns the cookie that remembers `lang`.
pub(crate) fn remember(lang: Lang) -> HeaderValue {
    let text = format!(
        "{COOKIE}={}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=31536000",
        lang.tag()
    );
    HeaderValue::try_from(text).expect("a tag is ASCII")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_wins_over_the_cookie_and_the_cookie_over_the_browser() {
        for (uri, cookie, accept, expected) in [
            ("/feed", "", "", Lang::Id),
            ("/feed", "", "en", Lang::En),
            ("/feed", "a=1; __Host-divos-lang=id", "en", Lang::Id),
            ("/feed?lang=en", "__Host-divos-lang=id", "id", Lang::En),
            ("/feed?lang=fr", "__Host-divos-lang=en", "id", Lang::En),
        ] {
            let request = http::Request::get(uri)
                .header(header::COOKIE, cookie)
                .header(header::ACCEPT_LANGUAGE, accept)
                .body(())
                .expect("a request");
            assert_eq!(
                of(&request.into_parts().0),
                expected,
                "{uri} {cookie} {accept}"
            );
        }
    }
}
