//! Query parameters, read exactly: an unknown or repeated one is said, never ignored.

use super::Problem;
use divos_feed::{Filter, Since};
use divos_model::AppId;
use std::collections::BTreeMap;
use std::str::FromStr;

/// The parameters of one request.
pub(super) struct Ask(BTreeMap<String, String>);

impl Ask {
    /// Reads a query; only `known` names may occur, each once.
    pub(super) fn read(query: Option<&str>, known: &[&str]) -> Result<Self, Problem> {
        let mut found = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            if !known.contains(&&*name) {
                return Err(unknown(&name, known));
            }
            if found.insert(name.to_string(), value.into_owned()).is_some() {
                return Err(Problem::bad_request(
                    format!("Parameter `{name}` tertulis lebih dari satu kali."),
                    format!("The parameter `{name}` is given more than once."),
                ));
            }
        }
        Ok(Self(found))
    }

    /// Returns a parameter as text.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Reads a parameter; `expected` says what it must be, in Indonesian and English.
    pub(super) fn parse<T: FromStr>(
        &self,
        name: &str,
        expected: (&str, &str),
    ) -> Result<Option<T>, Problem> {
        self.text(name)
            .map(|text| text.parse().map_err(|_| misfit(name, expected)))
            .transpose()
    }

    /// Reads the page size, 1 to 200.
    pub(super) fn limit(&self) -> Result<usize, Problem> {
        let expected = ("angka 1 sampai 200", "a number from 1 to 200");
        let limit = self.parse("limit", expected)?.unwrap_or(50);
        if (1..=200).contains(&limit) {
            Ok(limit)
        } else {
            Err(misfit("limit", expected))
        }
    }

    /// Reads what of the feed is asked for.
    pub(super) fn filter(&self) -> Result<Filter, Problem> {
        let flag = ("true atau false", "true or false");
        let flag = |name: &str| Ok::<_, Problem>(self.parse::<bool>(name, flag)?.unwrap_or(false));
        Ok(Filter {
            kind: self.parse("kind", ("salah satu jenis butir", "one of the kinds"))?,
            app: self.parse::<AppId>("app", ("id aplikasi", "an app's id"))?,
            state: self.parse("state", ("salah satu status", "one of the states"))?,
            unit: self.parse("unit", ("kode unit kerja", "a unit code"))?,
            unread: flag("unread")?,
            pinned: flag("pinned")?,
            done: flag("done")?,
            snoozed: flag("snoozed")?,
            q: self.words()?,
            since: self.since()?,
        })
    }

    /// Reads from where a sync begins; no number and no time is longer than 40 characters.
    fn since(&self) -> Result<Option<Since>, Problem> {
        let expected = ("angka seq atau waktu RFC 3339", "a seq or an RFC 3339 time");
        match self.text("since") {
            Some(text) if text.len() > 40 => Err(misfit("since", expected)),
            _ => self.parse("since", expected),
        }
    }

    /// Reads the search words, 1 to 200 characters.
    pub(super) fn words(&self) -> Result<Option<String>, Problem> {
        match self.text("q") {
            Some(text) if text.trim().is_empty() || text.chars().count() > 200 => Err(misfit(
                "q",
                ("1 sampai 200 karakter", "1 to 200 characters"),
            )),
            text => Ok(text.map(str::to_owned)),
        }
    }
}

fn misfit(name: &str, (id, en): (&str, &str)) -> Problem {
    Problem::bad_request(
        format!("Parameter `{name}` tidak sesuai: harus {id}."),
        format!("The parameter `{name}` does not fit: it must be {en}."),
    )
}

fn unknown(name: &str, known: &[&str]) -> Problem {
    let shown: String = name.chars().take(40).collect();
    let near = known
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= 2)
        .min();
    let (hint_id, hint_en) = match near {
        Some((_, word)) => (
            format!("maksudnya `{word}`?"),
            format!("did you mean `{word}`?"),
        ),
        None => {
            let all = known.join(", ");
            (format!("yang dikenal: {all}."), format!("known: {all}."))
        }
    };
    Problem::bad_request(
        format!("Parameter `{shown}` tidak dikenal; {hint_id}"),
        format!("The parameter `{shown}` is not known; {hint_en}"),
    )
}
