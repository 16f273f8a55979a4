//! One source of an app: what is asked for, how it is paged and continued, and what becomes of it.

use crate::{Expr, Fetch, Parent, Path, Pattern};
use divos_model::Kind;
use serde_json_path::JsonPath;
use std::time::Duration;
use url::Url;

/// One kind of record that the hub reads from an app.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its name in the file, for example `posts`.
    pub name: String,
    /// What is asked for.
    pub fetch: Fetch,
    /// Where in the document the records are. A feed's records are always its entries.
    pub select: Select,
    /// Fields that the way's standard names, and that apps write in any letter case; the mapping finds them as they are
    /// here.
    pub names: &'static [&'static str],
    /// The source whose records this one is asked for, one by one.
    pub parent: Option<Parent>,
    /// How to get the next page; `None` for one document.
    pub paginate: Option<Paginate>,
    /// How to ask for changes only; `None` where every pass is a full pass.
    pub cursor: Option<Cursor>,
    /// How often; for a cron expression the usual gap between two of its times.
    pub every: Duration,
    /// At which times only; `None` around the clock.
    pub hours: Option<Hours>,
    /// How the hub learns that a record is gone.
    pub deletes: Deletes,
    /// What a record becomes.
    pub to: Kind,
    /// How.
    pub map: Mapping,
}

impl Source {
    /// Returns the HTTP request; `None` where the records come another way (a database, a mailbox, a push).
    #[must_use]
    pub fn request(&self) -> Option<&Request> {
        self.fetch.request()
    }

    /// Lists the source fields that the mapping, the cursor and the delete rule read, dotted, sorted, once each.
    #[must_use]
    pub fn lineage(&self) -> Vec<String> {
        let mut fields: Vec<String> = self
            .map
            .fields
            .iter()
            .flat_map(|(_, e)| e.lineage().to_vec())
            .collect();
        if let Some(cursor) = &self.cursor {
            fields.push(cursor.field.to_string());
        }
        if let Deletes::Tombstone(expr) = &self.deletes {
            fields.extend(expr.lineage().to_vec());
        }
        fields.sort();
        fields.dedup();
        fields
    }
}

/// When a source may be read, besides how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hours {
    /// At the times of a cron expression with five fields, in the connector's zone: `*/15 7-17 * * 1-5`.
    Cron(String),
    /// Monday to Friday between two hours, in the connector's zone.
    Office {
        /// The first hour, 0 to 23.
        from: u8,
        /// The hour at which the office closes, 1 to 24.
        to: u8,
    },
}

/// One HTTP request, with holes for the cursor and the page.
#[derive(Debug, Clone)]
pub struct Request {
    /// The method; `GET` unless the file says otherwise.
    pub method: HttpMethod,
    /// An address of its own; the app's upstreams where `None`.
    pub base: Option<Url>,
    /// The path, from `/`; may hold a query.
    pub path: Pattern,
    /// Query parameters. One that mentions `${cursor}` is left out while there is no cursor.
    pub query: Vec<(String, Pattern)>,
    /// Request headers, without credentials.
    pub headers: Vec<(String, Pattern)>,
    /// A JSON body for `POST`: text values may hold `${cursor}` and `${page}`.
    pub body: Option<serde_json::Value>,
    /// The character set to assume, whatever the answer says, for example `windows-1252`.
    pub charset: Option<String>,
    /// How an error inside an answer with status 200 is recognised.
    pub fail: Option<Fail>,
    /// Files of a watched folder instead of a request: a path whose last part may hold `*`. Only the operator's
    /// overlay may say it. Method, path, query and headers mean nothing then.
    pub files: Option<std::path::PathBuf>,
}

/// An error inside an answer with status 200.
#[derive(Debug, Clone)]
pub struct Fail {
    /// True of a document that is an error; evaluated over the whole document.
    pub when: Expr,
    /// Where the document says why.
    pub message: Option<Path>,
}

/// The methods that a source may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HttpMethod {
    /// `GET`.
    Get,
    /// `POST`, for searches; only where the app treats it as safe.
    Post,
}

/// Where in the document the records are.
#[derive(Debug, Clone)]
pub enum Select {
    /// The document itself: each element where it is an array, else the one record.
    Root,
    /// A dotted path, for example `data.items[*]`. A path that ends at an array means its elements.
    Path(Path),
    /// RFC 9535 JSONPath.
    JsonPath(Box<JsonPath>),
}

/// How to get the next page.
#[derive(Debug, Clone)]
pub enum Paginate {
    /// A page number.
    Page {
        /// The query parameter; `None` where `${page}` is written in the request.
        param: Option<String>,
        /// The query parameter that carries `size`.
        size_param: Option<String>,
        /// Records on a full page.
        size: Option<u32>,
        /// The first page; 1.
        start: u32,
        /// When the last page was read.
        until: Until,
        /// The most pages of one pass; reaching it is a fault, never a silent cut.
        max_pages: u32,
    },
    /// An offset that grows by `size`.
    Offset {
        /// The query parameter; `offset`.
        param: String,
        /// The query parameter that carries `size`; `limit`.
        size_param: Option<String>,
        /// Records on a full page.
        size: u32,
        /// The first offset; 0.
        start: u32,
        /// When the last page was read.
        until: Until,
        /// The most pages of one pass.
        max_pages: u32,
    },
    /// The next page's address: in the `Link` header (RFC 8288) or in the document.
    Link {
        /// The relation in the header; `next`.
        rel: String,
        /// Where the document says it, instead of the header.
        path: Option<Path>,
        /// Where the document declares how many records there are.
        total: Option<Path>,
        /// The most pages of one pass.
        max_pages: u32,
    },
    /// An opaque token from the document.
    Cursor {
        /// The query parameter.
        param: String,
        /// Where the document says the next token; absent, null or empty means the end.
        path: Path,
        /// Where the document says whether there is more.
        more: Option<Path>,
        /// Where the document declares how many records there are.
        total: Option<Path>,
        /// The query parameter that carries `size`.
        size_param: Option<String>,
        /// Records on a page.
        size: Option<u32>,
        /// The most pages of one pass.
        max_pages: u32,
    },
    /// The last record's key as `:last_key`, for queries.
    Keyset {
        /// The record's field that is unique and ordered.
        key: Path,
        /// Records on a page.
        size: u32,
        /// The most pages of one pass.
        max_pages: u32,
    },
    /// A page number, with the number of pages in a header of the answer.
    Header {
        /// The query parameter; `page`.
        param: String,
        /// The query parameter that carries `size`.
        size_param: Option<String>,
        /// Records on a full page.
        size: Option<u32>,
        /// The first page; 1.
        start: u32,
        /// The header with the number of pages, for example `X-WP-TotalPages`.
        pages: String,
        /// The header with the number of records, for the guard against silent truncation.
        total: Option<String>,
        /// The most pages of one pass.
        max_pages: u32,
    },
}

/// When the last page was read.
#[derive(Debug, Clone, PartialEq)]
pub enum Until {
    /// A page without records.
    Empty,
    /// A page with fewer records than `size`.
    Short,
    /// As many records as the document declares at this path.
    Total(Path),
}

/// How to ask for changes only.
#[derive(Debug, Clone)]
pub struct Cursor {
    /// The record's field whose greatest value is the next cursor.
    pub field: Path,
    /// The cursor of the very first pass and of full passes; `None` leaves the parameter out.
    pub start: Option<String>,
    /// How far back of the last value to ask, for clocks and ties; 0 s unless the file says otherwise.
    pub overlap: Duration,
    /// The query parameter that carries it; `None` where `${cursor}` is written in the request.
    pub param: Option<String>,
    /// How it is written.
    pub format: CursorFormat,
}

/// How a cursor is written in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CursorFormat {
    /// RFC 3339 in UTC, `2026-01-31T09:00:00Z`; the default.
    Rfc3339,
    /// `2026-01-31`, in the connector's zone.
    Date,
    /// Seconds since 1970.
    Epoch,
    /// Milliseconds since 1970.
    EpochMs,
    /// As the source wrote it (a number or a word that grows); no overlap is possible for words.
    Raw,
    /// A strftime pattern, in the connector's zone.
    Strftime(String),
}

/// How the hub learns that a record is gone.
#[derive(Debug, Clone)]
pub enum Deletes {
    /// What a full pass no longer holds is gone.
    ///
    /// Together with a `cursor` most passes ask for changes only and delete nothing; once in
    /// `full_every` a pass asks for everything, from `cursor.start`, and sweeps. Without a cursor every
    /// pass is a full pass and `full_every` is `None`. A pass that failed, was partial or shrank by
    /// more than 20 % and more than three items never sweeps.
    Sweep {
        /// How often a full pass is made; 6 h unless the file says otherwise.
        full_every: Option<Duration>,
    },
    /// A record for which this is true is gone.
    Tombstone(Expr),
    /// Records are never deleted.
    Never,
    /// A record is gone this long after it was last seen.
    Ttl(Duration),
}

/// What a record becomes, field by field.
#[derive(Debug, Clone)]
pub struct Mapping {
    /// Target → expression, sorted by target: `id`, `title`, `state` …, `actors.author`, `body.number`.
    pub fields: Vec<(String, Expr)>,
}

impl Mapping {
    /// Finds the expression of a target, for example `title` or `body.number`.
    #[must_use]
    pub fn get(&self, target: &str) -> Option<&Expr> {
        let at = self
            .fields
            .binary_search_by(|(name, _)| name.as_str().cmp(target));
        at.ok().map(|at| &self.fields[at].1)
    }
}
