//! From an app's document to a batch of items: transports, formats, paging, mapping, fixtures, fault injection.
//!
//! Owns the way out to the apps ([`Outbound`]), the reading of what they answer ([`Reader`], [`Pages`])
//! and the pure step from a document to items ([`normalise`]). It must never know a store, a schedule
//! or a page; formats and mapping never fetch and never ask the time. Start with [`Reader`].

mod body;
pub mod drift;
mod fault;
pub mod fixture;
mod formats;
mod glob;
pub mod infer;
pub mod injection;
mod login;
mod look;
mod mapping;
mod outbound;
mod pull;
mod transport;

pub use body::{Body, Stored};
pub use fault::{Blame, Came, FetchError, Refusal, Trouble};
pub use fixture::{Case, Failure, TestReport, test_connector};
pub use formats::{Document, Note};
pub use injection::inject_faults;
pub use login::Grants;
#[cfg(feature = "fuzzing")]
pub use login::fuzzing;
pub use look::{Difference, Look, LookError};
pub use mapping::{
    MapFault, Mapper, Pseudonym, RowContext, Tried, Tryout, ValueType, normalise, row_sentence,
};
pub use outbound::{
    AddressPolicy, BreakerState, HostLimit, LiveTransport, NetworkFault, Outbound, Reach,
};
pub use pull::{
    Ask, OpenError, Page, Pages, Partial, Place, Reader, Summary, Validators, World, last_watched,
};
pub use transport::{Call, Reply, Transport};
