//! One look at a source: what the records of its first page are like, live or recorded, and what is different.
//!
//! Owns which differences there are beyond those of the shape. It must never store what it sees.

use crate::drift::{self, Change, Needs, Shape};
use crate::fixture::opening::{Opening, source_of, with_address};
use crate::{Ask, Failure, FetchError, OpenError, Pages, Reader, World};
use divos_manifest::{Connector, Source};
use divos_model::{Lang, State};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Of so many recorded records one is enough to say that far fewer came.
const FAR_FEWER: usize = 5;
/// The longest word that is shown, in characters.
const WORD: usize = 60;

/// What the first page of a source is like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// The shape of its records.
    pub shape: Shape,
    /// How many there are.
    pub rows: usize,
    /// The words of state that the mapping does not know.
    pub unmapped: BTreeSet<String>,
}

/// Why a source could not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum LookError {
    /// It cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// It could not be read.
    #[error(transparent)]
    Fetch(#[from] FetchError),
}

/// Something that is different from a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// In the shape of the records.
    Shape(Change),
    /// Far fewer records.
    Fewer {
        /// How many are recorded.
        was: usize,
        /// How many came.
        is: usize,
    },
    /// A word of state that the mapping does not know.
    Unmapped {
        /// The word.
        word: String,
    },
}

impl Look {
    /// Asks the app once, for the first page.
    ///
    /// # Errors
    /// Why it could not be opened or read.
    pub async fn live(
        connector: &Arc<Connector>,
        source: &str,
        world: &World,
    ) -> Result<Self, LookError> {
        let ask = Ask {
            full: true,
            ..Ask::default()
        };
        let pages = Reader::open(Arc::clone(connector), source, ask, world)?;
        Ok(Self::at(pages).await?)
    }

    /// Looks at the recordings of a source; `None` where it has none.
    ///
    /// # Errors
    /// Why the recording could not be replayed.
    pub async fn recorded(
        connector: &Arc<Connector>,
        source: &str,
    ) -> Result<Option<Self>, Failure> {
        let addressed = with_address(connector);
        let of_source = addressed
            .tests
            .iter()
            .find(|test| source_of(connector, test) == source);
        let Some(test) = of_source else {
            return Ok(None);
        };
        let pages = Opening::of(&addressed, test, source)?.begin();
        let look = Self::at(pages).await;
        look.map(Some).map_err(|error| Failure::Fetch { error })
    }

    async fn at(mut pages: Pages) -> Result<Self, FetchError> {
        let page = pages.next().await.transpose()?;
        let rows = page.as_ref().map_or(0, |page| page.raw_rows);
        let items = page.into_iter().flat_map(|page| page.batch.items);
        let unknown = items.filter(|item| item.state == State::Unknown);
        let words = unknown.filter_map(|item| item.state_label);
        Ok(Self {
            shape: pages.summary().shape.clone(),
            rows,
            unmapped: words
                .map(|word| word.chars().take(WORD).collect())
                .collect(),
        })
    }

    /// Lists what is different from a recording of the same source.
    #[must_use]
    pub fn differences(&self, recorded: &Self, source: &Source) -> Vec<Difference> {
        let changes = drift::compare(&recorded.shape, &self.shape, &Needs::of(source));
        let mut found: Vec<Difference> = changes.into_iter().map(Difference::Shape).collect();
        let (was, is) = (recorded.rows, self.rows);
        if is * FAR_FEWER < was {
            found.push(Difference::Fewer { was, is });
        }
        let words = self.unmapped.difference(&recorded.unmapped);
        found.extend(words.map(|word| Difference::Unmapped { word: word.clone() }));
        found
    }
}

impl Difference {
    /// Tells whether somebody has to look at it: what is merely new, or not read, needs nobody.
    #[must_use]
    pub fn is_drift(&self) -> bool {
        match self {
            Self::Shape(change) => change.is_breaking(),
            Self::Fewer { .. } | Self::Unmapped { .. } => true,
        }
    }

    /// Says it, as part of a sentence.
    #[must_use]
    pub fn words(&self, lang: Lang) -> String {
        match (self, lang) {
            (Self::Shape(change), lang) => change.words(lang),
            (Self::Fewer { was, is }, Lang::Id) => {
                format!("halaman pertama berisi {is} data, pada rekaman {was}")
            }
            (Self::Fewer { was, is }, Lang::En) => {
                format!("the first page holds {is} records, {was} in the recording")
            }
            (Self::Unmapped { word }, Lang::Id) => {
                format!("status `{word}` belum dipetakan; tambahkan pada `state`")
            }
            (Self::Unmapped { word }, Lang::En) => {
                format!("the state `{word}` is not mapped; add it to `state`")
            }
        }
    }
}
