//! Drafts a connector from what an app shows: known products by their templates' signs, anything else by its rows.
//!
//! Owns the thinking only: answers in, a proposal out. It must never fetch, read a file or ask the time; whoever asks
//! an app hands its answers in.

mod facts;
mod recognise;

pub use recognise::{Answer, Question, Recognised, questions, recognise};
