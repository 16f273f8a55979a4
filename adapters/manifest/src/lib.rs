//! Connector definitions: one YAML file says how an app is reached, signed in to, read, mapped, kept
//! private and tested.
//!
//! Owns the grammar: YAML *as written* ([`load`]) becomes a [`Connector`] *as meant*, or a list of
//! **every** [`Fault`] with its place. It must never know the network, a store or the time, and only
//! the `load` module reads files. Start with [`load_dir`], then [`Connector`].

mod app;
mod auth;
mod check;
mod connector;
mod cron;
mod document;
mod explain;
mod expr;
mod fault;
mod fetch;
pub mod filters;
mod findings;
mod fold;
mod forms;
mod grammar;
mod hints;
mod hours;
mod jsonpath;
mod keys;
mod likeness;
pub mod load;
mod merge;
mod node;
mod overlap;
mod overlay;
mod path;
mod pattern;
mod privacy;
mod problem;
mod processing;
mod recognise;
mod register;
mod render;
mod resolve;
pub mod schema;
mod secret;
mod similar;
mod source;
mod subst;
mod targets;
mod template;
mod tidy;
mod units;
mod view;
mod words;
mod yaml;

pub use app::{
    Allow, AppDef, Attribute, BasicUser, Breaker, Claim, Limits, Rule, Sso, Timeouts, decide,
};
pub use auth::{Auth, FormLogin, HmacSign, KeyPlace, OAuth2, TokenLogin};
pub use connector::{Connector, Contract, FixtureTest};
pub use cron::CronFault;
pub use document::{Document, read_document};
pub use explain::Explained;
pub use expr::{Expr, ExprFault, ROW};
pub use fault::{Fault, Note, Place, Severity};
pub use fetch::{
    Calendar, Csv, Fetch, HtmlTable, Imap, ImapTls, Parent, Proof, Sheet, Soap, SoapNode,
    SoapVersion, Sql, TableShape, Webhook,
};
pub use fold::{Fold, fold};
pub use hints::{KeyHint, is_expression, key_at, keys_at, targets_of, words_at};
pub use load::{LoadOptions, Loaded, Loader, load_dir, load_str, load_texts, template_list};
pub use overlap::{Evidence, Overlap, Relation, Shared, Side, overlaps};
pub use path::{Path, PathFault, Segment};
pub use pattern::{Part, Pattern};
pub use privacy::{Basis, Pii, Privacy};
pub use problem::{Form, Needs, Problem, Shape};
pub use processing::{FieldProcessing, Processing, SourceProcessing};
pub use recognise::{FACTS, Sign};
pub use register::{Medium, Register, Scope, Users};
pub use render::{Format, render};
pub use secret::{MissingSecret, Secret, SecretSource, StaticSecrets};
pub use source::{
    Cursor, CursorFormat, Deletes, Fail, Hours, HttpMethod, Mapping, Paginate, Request, Select,
    Source, Until,
};
pub use template::{ParamInfo, TemplateInfo};
pub use tidy::tidy;
pub use units::{parse_duration, parse_size};
