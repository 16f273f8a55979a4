//! The path and the query of a recorded request.
//!
//! What a definition says itself is asked for again as it is, so it is left out where it must not be written down; what an
//! answer said is masked there too, so that a replay asks for what stands for it.

use super::{Masker, names};
use divos_manifest::{Part, Pattern, Source};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::collections::BTreeSet;

/// What a definition says itself of its requests.
#[derive(Debug, Default)]
pub(in crate::cli::connector) struct Said {
    /// Parts of paths.
    parts: BTreeSet<String>,
    /// Names of query parameters whose values it says.
    params: BTreeSet<String>,
}

impl Said {
    /// Takes in what a source says.
    pub(in crate::cli::connector) fn of(&mut self, source: &Source) {
        let Some(request) = source.request() else {
            return;
        };
        for part in request.path.parts() {
            let Part::Text(text) = part else {
                continue;
            };
            let (path, query) = text.split_once('?').unwrap_or((text, ""));
            self.parts.extend(path.split('/').map(str::to_owned));
            let pairs = url::form_urlencoded::parse(query.as_bytes());
            self.params.extend(pairs.map(|(name, _)| name.into_owned()));
        }
        let literal = |pattern: &Pattern| {
            let mut parts = pattern.parts().iter();
            parts.all(|part| matches!(part, Part::Text(_)))
        };
        let named = request.query.iter().filter(|(_, value)| literal(value));
        self.params.extend(named.map(|(name, _)| name.clone()));
    }
}

impl Masker {
    /// Masks the path and the query of a request.
    pub(in crate::cli::connector) fn target(&self, target: &str, said: &Said) -> String {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let pairs: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes())
            .filter_map(|(name, value)| self.pair(&name, &value, said))
            .collect();
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(pairs);
        let query = query.finish();
        match (self.path(path, said), query.is_empty()) {
            // A request is for something, if for whatever.
            (path, true) if path.is_empty() => "?".to_owned(),
            (path, true) => path,
            (path, false) => format!("{path}?{query}"),
        }
    }

    /// A parameter; `None` where a replay may ask with any value, or without it.
    fn pair(&self, name: &str, value: &str, said: &Said) -> Option<(String, String)> {
        let masked = self.text(value);
        let hidden = names::is_secret(name) || (masked != value && said.params.contains(name));
        (!hidden).then(|| (self.text(name), masked))
    }

    /// Leaves out the path up to the last part that a definition says itself and that must not be written down, such as
    /// the owner of a calendar who signs in too: a replay asks for that part as it is, and fits by the end of the path.
    fn path(&self, path: &str, said: &Said) -> String {
        let plain = |part: &str| percent_decode_str(part).decode_utf8_lossy().into_owned();
        let mut parts: Vec<&str> = path.split('/').collect();
        let hidden = |part: &&str| {
            let plain = plain(part);
            said.parts.contains(&plain) && self.text(&plain) != plain
        };
        if let Some(last) = parts.iter().rposition(hidden) {
            // What is left begins with the stroke behind it.
            parts.drain(..last);
            parts[0] = "";
        }
        let masked = parts.into_iter().map(|part| {
            let plain = plain(part);
            let masked = self.text(&plain);
            match masked == plain {
                true => part.to_owned(),
                false => utf8_percent_encode(&masked, NON_ALPHANUMERIC).to_string(),
            }
        });
        masked.collect::<Vec<String>>().join("/")
    }
}

#[cfg(test)]
mod tests {
    use super::super::Learner;
    use super::*;
    use serde_json::Value as Json;

    fn masker() -> Masker {
        let mut learner = Learner::default();
        ["walikota", "kunci-rahasia"]
            .iter()
            .for_each(|secret| learner.secret(secret));
        learner.value(&Json::from("Ni Contoh"));
        learner.text("a@kota.example b@kota.example 199001012020121001 ;jsessionid=abc123");
        learner.masker().expect("few values")
    }

    #[test]
    fn what_an_answer_said_is_masked_and_what_the_definition_says_is_left_out() {
        let own = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let said = Said {
            parts: own(&["", "dav", "walikota", "a@kota.example"]),
            params: own(&["kata"]),
        };
        let masker = masker();
        for (target, written) in [
            (
                "/p/Ni%20Contoh?nip=199001012020121001",
                "/p/Contoh%201?nip=900000000000000002",
            ),
            ("/dav/walikota/agenda/?a=1", "/agenda/?a=1"),
            ("/dav/a%40kota.example/", "/"),
            ("/dav/walikota?a=1", "?a=1"),
            ("/dav/walikota", "?"),
            ("/dav/agenda/", "/dav/agenda/"),
            // An answer named it.
            (
                "/dav/b%40kota.example/",
                "/dav/contoh4%40example%2Einvalid/",
            ),
            ("/x?kata=kunci-rahasia&b=2", "/x?b=2"),
            ("/x?lain=kunci-rahasia", "/x?lain=***"),
            ("/x?key=apa+saja&hal=2", "/x?hal=2"),
            (
                "/x;jsessionid=abc123/y?kata=biasa",
                "/x%3Bjsessionid%3Dtoken%2Dcontoh%2D1/y?kata=biasa",
            ),
        ] {
            assert_eq!(masker.target(target, &said), written, "{target}");
        }
    }
}
