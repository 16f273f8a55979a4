//! Which page comes next, and when there is none: page numbers, offsets, links, tokens, headers.
//!
//! Owns the guards against running in circles. It must never fetch.

use super::link::link_of;
use super::place::Turn;
use super::request::Holes;
use crate::outbound::Reach;
use crate::{Reply, Trouble};
use divos_manifest::{Paginate, Path, Until};
use serde_json::Value as Json;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use url::Url;

/// Where a pass stands between two pages.
#[derive(Debug)]
pub(crate) struct Pager {
    rule: Option<Paginate>,
    /// Pages read so far.
    read: u32,
    /// Records read so far.
    rows: u64,
    number: u32,
    token: Option<String>,
    link: Option<Url>,
    seen: HashSet<u64>,
    last_rows: Option<u64>,
}

/// What a page says about paging.
pub(crate) struct Told<'a> {
    pub(crate) reply: &'a Reply,
    pub(crate) root: &'a Json,
    pub(crate) rows: Tally,
    pub(crate) reach: &'a Reach,
    /// The origin that pages are fetched from.
    pub(crate) origin: &'a Url,
}

/// How many records a document has, and what they are, in one number.
#[derive(Debug, Clone)]
pub(crate) struct Tally {
    pub(crate) rows: u64,
    /// `None` where there is no other page to compare with.
    hasher: Option<DefaultHasher>,
}

impl Tally {
    pub(crate) fn see(&mut self, row: &Json) {
        self.rows += 1;
        if let Some(hasher) = &mut self.hasher {
            row.hash(hasher);
        }
    }
}

impl Pager {
    pub(crate) fn new(rule: Option<Paginate>) -> Self {
        let number = match &rule {
            Some(
                Paginate::Page { start, .. }
                | Paginate::Offset { start, .. }
                | Paginate::Header { start, .. },
            ) => *start,
            _ => 0,
        };
        Self {
            rule,
            read: 0,
            rows: 0,
            number,
            token: None,
            link: None,
            seen: HashSet::new(),
            last_rows: None,
        }
    }

    /// Goes on where another pass stood.
    pub(crate) fn resume(&mut self, turn: &Turn) {
        if let Turn::Page {
            read,
            rows,
            number,
            token,
            link,
        } = turn
        {
            (self.read, self.rows, self.number) = (*read, *rows, *number);
            self.token.clone_from(token);
            self.link.clone_from(link);
            self.seen.extend(token.as_deref().map(hash_of));
            self.seen
                .extend(link.as_ref().map(|link| hash_of(link.as_str())));
        }
    }

    /// Says where it stands.
    pub(crate) fn place(&self) -> Turn {
        Turn::Page {
            read: self.read,
            rows: self.rows,
            number: self.number,
            token: self.token.clone(),
            link: self.link.clone(),
        }
    }

    /// Pages read so far.
    pub(crate) fn read(&self) -> u32 {
        self.read
    }

    /// Begins the tally of a document.
    pub(crate) fn tally(&self) -> Tally {
        Tally {
            rows: 0,
            hasher: self.rule.is_some().then(DefaultHasher::new),
        }
    }

    /// Fills what the next request needs; the address where the page before named it.
    pub(crate) fn fill(&self, holes: &mut Holes<'_>) -> Option<Url> {
        let number = self.number.to_string();
        let mut add = |name: &str, value: String| holes.extra.push((name.to_owned(), value));
        match &self.rule {
            None => {}
            Some(Paginate::Page {
                param,
                size_param,
                size,
                ..
            }) => {
                sized(&mut add, size_param.as_deref(), *size);
                param.iter().for_each(|name| add(name, number.clone()));
                holes.page = Some(number);
            }
            Some(Paginate::Header {
                param,
                size_param,
                size,
                ..
            }) => {
                sized(&mut add, size_param.as_deref(), *size);
                add(param, number.clone());
                holes.page = Some(number);
            }
            Some(Paginate::Offset {
                param,
                size_param,
                size,
                ..
            }) => {
                sized(&mut add, size_param.as_deref(), Some(*size));
                add(param, number.clone());
                holes.page = Some(number);
            }
            Some(Paginate::Cursor {
                param,
                size_param,
                size,
                ..
            }) => {
                sized(&mut add, size_param.as_deref(), *size);
                self.token
                    .iter()
                    .for_each(|token| add(param, token.clone()));
            }
            Some(Paginate::Link { .. }) => return self.link.clone(),
            Some(Paginate::Keyset { .. }) => {}
        }
        None
    }

    /// Takes a page in; tells whether another one follows.
    pub(crate) fn turn(&mut self, told: &Told<'_>) -> Result<bool, Trouble> {
        self.read += 1;
        self.rows += told.rows.rows;
        let Some(rule) = self.rule.clone() else {
            return Ok(false);
        };
        self.same_page_twice(&told.rows)?;
        let more = match &rule {
            Paginate::Page { size, until, .. } => {
                self.number += 1;
                self.more(until, size.unwrap_or(0), told)?
            }
            Paginate::Offset { size, until, .. } => {
                self.number = self.number.saturating_add(*size);
                self.more(until, *size, told)?
            }
            Paginate::Header { pages, start, .. } => {
                self.number += 1;
                let declared = told
                    .reply
                    .header(pages)
                    .and_then(|text| text.trim().parse::<u64>().ok());
                let declared = declared.ok_or_else(|| Trouble::PagingUnclear {
                    what: pages.clone(),
                })?;
                u64::from(self.number - start) < declared
            }
            Paginate::Link { rel, path, .. } => self.follow(rel, path.as_ref(), told)?,
            Paginate::Cursor { path, more, .. } => self.take_token(path, more.as_ref(), told)?,
            Paginate::Keyset { .. } => {
                return Err(Trouble::BadRequest {
                    why: "`keyset` is for queries".to_owned(),
                });
            }
        };
        let limit = most(&rule);
        if more && self.read >= limit {
            return Err(Trouble::TooManyPages { limit });
        }
        Ok(more)
    }

    /// Tells whether the app's answers say how many records there are.
    pub(crate) fn declares(rule: &Paginate) -> bool {
        match rule {
            Paginate::Page { until, .. } | Paginate::Offset { until, .. } => {
                matches!(until, Until::Total(_))
            }
            Paginate::Link { total, .. } | Paginate::Cursor { total, .. } => total.is_some(),
            Paginate::Header { total, .. } => total.is_some(),
            Paginate::Keyset { .. } => false,
        }
    }

    /// How many records the app says there are.
    pub(crate) fn declared(&self, told: &Told<'_>) -> Option<u64> {
        match self.rule.as_ref()? {
            Paginate::Page {
                until: Until::Total(path),
                ..
            }
            | Paginate::Offset {
                until: Until::Total(path),
                ..
            }
            | Paginate::Link {
                total: Some(path), ..
            }
            | Paginate::Cursor {
                total: Some(path), ..
            } => path.get(told.root).and_then(whole),
            Paginate::Header {
                total: Some(header),
                ..
            } => told.reply.header(header)?.trim().parse().ok(),
            _ => None,
        }
    }

    fn more(&self, until: &Until, size: u32, told: &Told<'_>) -> Result<bool, Trouble> {
        let here = told.rows.rows;
        match until {
            Until::Empty => Ok(here > 0),
            Until::Short => Ok(here > 0 && here >= u64::from(size)),
            Until::Total(path) => {
                let total = path.get(told.root).and_then(whole);
                let total = total.ok_or_else(|| Trouble::PagingUnclear {
                    what: format!("`{path}`"),
                })?;
                // A page without records ends the pass too; what is missing then is a shortfall.
                Ok(here > 0 && self.rows < total)
            }
        }
    }

    fn same_page_twice(&mut self, rows: &Tally) -> Result<(), Trouble> {
        if rows.rows == 0 {
            return Ok(());
        }
        let hash = rows.hasher.as_ref().map_or(0, DefaultHasher::finish);
        if self.last_rows.replace(hash) == Some(hash) {
            return Err(Trouble::PagingLoop { page: self.read });
        }
        Ok(())
    }

    fn follow(&mut self, rel: &str, path: Option<&Path>, told: &Told<'_>) -> Result<bool, Trouble> {
        let link = match path {
            Some(path) => path
                .get(told.root)
                .and_then(Json::as_str)
                .map(str::to_owned),
            None => told
                .reply
                .headers
                .get_all("link")
                .iter()
                .filter_map(|h| h.to_str().ok())
                .find_map(|h| link_of(h, rel)),
        };
        let Some(link) = link.filter(|link| !link.trim().is_empty()) else {
            return Ok(false);
        };
        let unclear = || Trouble::PagingUnclear {
            what: "an address".to_owned(),
        };
        let url = told.reply.url.join(link.trim()).map_err(|_| unclear())?;
        let url = at_origin(url, told)?;
        if !self.seen.insert(hash_of(url.as_str())) {
            return Err(Trouble::PagingLoop { page: self.read });
        }
        self.link = Some(url);
        Ok(true)
    }

    fn take_token(
        &mut self,
        path: &Path,
        more: Option<&Path>,
        told: &Told<'_>,
    ) -> Result<bool, Trouble> {
        let goes_on = more.is_none_or(|path| {
            !matches!(
                path.get(told.root),
                None | Some(Json::Null | Json::Bool(false))
            )
        });
        let token = match path.get(told.root) {
            Some(Json::String(text)) if !text.is_empty() => text.clone(),
            Some(Json::Number(number)) => number.to_string(),
            _ => return Ok(false),
        };
        if !goes_on {
            return Ok(false);
        }
        if !self.seen.insert(hash_of(&token)) {
            return Err(Trouble::PagingLoop { page: self.read });
        }
        self.token = Some(token);
        Ok(true)
    }
}

/// Keeps a link to the next page on the origin that the operator gave. Apps behind a proxy write links
/// with their public host: the path is followed, the host is not.
fn at_origin(mut url: Url, told: &Told<'_>) -> Result<Url, Trouble> {
    let host = url.host_str().unwrap_or("?").to_owned();
    if !matches!(url.scheme(), "http" | "https") || !told.reach.owns(&host) {
        return Err(Trouble::PagingAway { host });
    }
    let origin = told.origin;
    let moved = url.set_scheme(origin.scheme()).is_ok()
        && url.set_host(origin.host_str()).is_ok()
        && url.set_port(origin.port()).is_ok()
        && url.set_username("").is_ok()
        && url.set_password(None).is_ok();
    if moved {
        Ok(url)
    } else {
        Err(Trouble::PagingAway { host })
    }
}

fn hash_of(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

fn sized(add: &mut impl FnMut(&str, String), param: Option<&str>, size: Option<u32>) {
    if let (Some(param), Some(size)) = (param, size) {
        add(param, size.to_string());
    }
}

fn whole(value: &Json) -> Option<u64> {
    match value {
        Json::Number(number) => number.as_u64(),
        Json::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn most(rule: &Paginate) -> u32 {
    match rule {
        Paginate::Page { max_pages, .. }
        | Paginate::Offset { max_pages, .. }
        | Paginate::Link { max_pages, .. }
        | Paginate::Cursor { max_pages, .. }
        | Paginate::Keyset { max_pages, .. }
        | Paginate::Header { max_pages, .. } => *max_pages,
    }
}
