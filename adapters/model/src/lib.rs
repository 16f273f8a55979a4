//! The common DIVOS model, version 1: what every app's data becomes.
//!
//! Owns the words that the whole hub speaks: items and their kinds, ids, audiences, batches and the
//! clock port. It must never know YAML, HTTP, a database, async or any app. Start with [`Item`].

mod audience;
mod batch;
mod body;
mod canonical;
mod clock;
mod hash;
mod ids;
mod item;
mod kind;
mod lang;
pub mod schema;
mod vocabulary;

pub use audience::{Audience, AudienceKey, UnitScope};
pub use batch::{Batch, RowFault};
pub use body::*;
pub use canonical::canonical_json;
pub use clock::{Clock, FixedClock, SystemClock, Time, wita};
pub use hash::ContentHash;
pub use ids::{AppId, IdFault, ItemId, PersonId, PostId, UnitCode};
pub use item::{
    Action, Actor, Attachment, Deleted, Item, Links, Method, Provenance, Relation, SCHEMA,
};
pub use kind::Kind;
pub use lang::Lang;
pub use vocabulary::{
    DeletedReason, PersonalData, Priority, Sensitivity, State, TimeQuality, UnknownWord,
};
