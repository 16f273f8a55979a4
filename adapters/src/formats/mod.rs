//! From bytes to a document whose records can be found: JSON, RSS, Atom, JSON Feed.
//!
//! Owns character sets, parsing and `select`. Pure: it never fetches, maps or asks the time.

mod charset;
mod entry;
mod feed;
mod json;
mod select;
mod xml;

use crate::Trouble;
use divos_manifest::{Fetch, Select};
use divos_model::Lang;
use serde_json::Value as Json;

/// One answer of an app, read.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Its records lie somewhere in here; a feed's are the elements of an array.
    pub root: Json,
    /// What was odd about it and still did not cost a record.
    pub notes: Vec<Note>,
    feed: bool,
}

/// Something odd about a document that did not cost a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "note", rename_all = "snake_case")]
pub enum Note {
    /// Bytes that fit no character set were replaced by U+FFFD.
    Replaced {
        /// The first of them, from 0.
        at: usize,
    },
    /// The feed states no character set and is not UTF-8: windows-1252 was assumed.
    AssumedWindows1252,
    /// The answer states another character set, but is UTF-8.
    ActuallyUtf8,
}

impl Note {
    /// Says it, for the operator's page.
    #[must_use]
    pub fn sentence(self, lang: Lang) -> String {
        match (self, lang) {
            (Self::Replaced { at }, Lang::Id) => {
                format!("Ada bita yang tidak terbaca (mulai bita ke-{at}) dan diganti.")
            }
            (Self::Replaced { at }, Lang::En) => {
                format!("Some bytes (from byte {at}) could not be read and were replaced.")
            }
            (Self::AssumedWindows1252, Lang::Id) => {
                "Set karakter tidak disebut; dibaca sebagai windows-1252.".into()
            }
            (Self::AssumedWindows1252, Lang::En) => {
                "No character set is stated; read as windows-1252.".into()
            }
            (Self::ActuallyUtf8, Lang::Id) => {
                "Set karakter yang disebut keliru; isinya UTF-8.".into()
            }
            (Self::ActuallyUtf8, Lang::En) => {
                "The stated character set is wrong; the content is UTF-8.".into()
            }
        }
    }
}

impl Document {
    /// Reads an answer's body as what a source expects. `content_type` is the header's text.
    ///
    /// # Errors
    /// What came instead, where it breaks off, or which byte does not fit.
    pub fn read(fetch: &Fetch, content_type: Option<&str>, body: &[u8]) -> Result<Self, Trouble> {
        let stated = fetch_charset(fetch).or(content_type.and_then(charset::of_header));
        match fetch {
            Fetch::Rest(_) => json::read(stated, body),
            Fetch::Feed(_) => feed::read(stated, body),
            _ => Err(Trouble::NotConnected {
                what: "this format",
            }),
        }
    }

    /// Finds the records.
    ///
    /// # Errors
    /// [`Trouble::SelectMissed`] where the document lacks the place: never an empty list instead.
    pub fn rows(&self, select: &Select) -> Result<Vec<&Json>, Trouble> {
        if self.feed {
            return Ok(self.root.as_array().into_iter().flatten().collect());
        }
        select::rows(&self.root, select)
    }
}

fn fetch_charset(fetch: &Fetch) -> Option<&str> {
    fetch.request()?.charset.as_deref()
}
