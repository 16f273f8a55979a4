//! Where a pass stands between two pages, so that another one can go on there.
//!
//! Owns what has to be known for that. It must never hold a credential or a record.

use crate::Trouble;
use divos_manifest::{Auth, KeyPlace};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use url::Url;

/// Where an unfinished pass stands. Kept together with what was read until then, by whoever schedules passes; of use
/// only to the same version of the connector.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Pages read so far.
    pub pages: u32,
    /// Records met so far.
    pub rows: u64,
    /// How many the app says there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// Different records with an id among them.
    pub(crate) distinct: u64,
    /// Records without one.
    pub(crate) nameless: u64,
    /// Things that could not be read.
    pub(crate) missed: u64,
    /// The greatest cursor so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cursor: Option<String>,
    /// What is asked for next.
    pub(crate) turn: Turn,
}

/// What is asked for next, in the words of the way of reading.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Turn {
    /// The next page over HTTP.
    Page {
        /// Pages and records read.
        read: u32,
        rows: u64,
        /// Its number, where pages are numbered.
        number: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        link: Option<Url>,
    },
    /// The records behind a key.
    Keyset {
        pages: u32,
        rows: u64,
        cursor: Json,
        last_key: Json,
    },
    /// The letters behind one.
    Letters { pages: u32, cursor: String },
    /// The files of a folder behind the first ones in the order of their names.
    Files {
        /// Files read.
        read: u32,
        /// All of them, each as it was.
        done: Mark,
        /// The one that is under way, and how many of its records were read.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        within: Option<(Mark, u64)>,
    },
    /// The children of the parents behind one.
    Children {
        /// Parents met.
        walked: u32,
        /// Where their page begins; the first where it is `None`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        page: Option<Box<Turn>>,
        /// The last of it that was done with; none where it is `None`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        done: Option<Mark>,
        /// The one that is under way, and its next page.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        within: Option<(Mark, Box<Turn>)>,
    },
}

/// A short hash that something is known again by, without being kept itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mark(String);

impl Mark {
    pub(crate) fn of(text: &str) -> Self {
        Self(hex::encode(&Sha256::digest(text.as_bytes())[..8]))
    }

    /// This one and what follows it.
    pub(crate) fn and(&self, text: &str) -> Self {
        Self::of(&format!("{}\n{text}", self.0))
    }
}

impl Turn {
    /// Leaves a key out of an app's own link to its next page; it is put back where the request is written.
    pub(crate) fn without_key(mut self, auth: &Auth) -> Self {
        let Auth::ApiKey {
            name,
            place: KeyPlace::Query,
            ..
        } = auth
        else {
            return self;
        };
        if let Self::Page {
            link: Some(link), ..
        } = &mut self
        {
            let kept: Vec<(String, String)> = link
                .query_pairs()
                .filter(|(known, _)| known != name.as_str())
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect();
            link.set_query(None);
            if !kept.is_empty() {
                link.query_pairs_mut().extend_pairs(kept);
            }
        }
        self
    }
}

impl Trouble {
    /// Tells whether the app answered, and the answer may mean that it does not know a place any more: an expired token,
    /// a page that is not there. An app that is unwell, or refuses the hub, says nothing about a place.
    #[must_use]
    pub fn may_forget_place(&self) -> bool {
        matches!(
            self,
            Self::Rejected { .. }
                | Self::NotFound { .. }
                | Self::ErrorInside { .. }
                | Self::SoapFault { .. }
                | Self::SelectMissed { .. }
                | Self::PagingUnclear { .. }
                | Self::PagingLoop { .. }
                | Self::NotJson { .. }
                | Self::Unreadable { .. }
                | Self::Empty
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use divos_manifest::Secret;

    #[test]
    fn a_place_holds_no_key() {
        let auth = Auth::ApiKey {
            name: "kunci".into(),
            value: Secret::known("${secret:a/b}", "S3CRET"),
            place: KeyPlace::Query,
        };
        let turn = Turn::Page {
            read: 1,
            rows: 2,
            number: 0,
            token: None,
            link: Url::parse("http://a/x?p=2&kunci=S3CRET&q=a%20b").ok(),
        };
        let kept = serde_json::to_string(&turn.without_key(&auth)).expect("JSON");
        assert!(!kept.contains("S3CRET") && kept.contains("p=2"), "{kept}");
    }
}
