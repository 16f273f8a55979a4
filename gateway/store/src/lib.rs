//! What the hub remembers: items, runs, people, sessions, the audit log and small secrets.
//!
//! Owns the ports through which the rest of the hub sees its memory ([`ports`]), the SQLite engine
//! behind them ([`open`]), and the suite that every engine has to pass (feature `conformance`). It must never know HTTP, business rules, the clock (callers hand
//! times in) or what an app is. Start with [`Store`], then [`ItemStore`].

#[cfg(feature = "conformance")]
pub mod conformance;
pub mod ports;
mod sqlite;

pub use ports::*;
pub use sqlite::{Options, open};
