//! The harness: the real `divos` binary as a child process, browsers that speak to it, and waiting without sleeping blindly.
//!
//! Owns processes, temporary directories and HTTP. Must never know the hub's insides: no package of the hub is a
//! dependency, only the simulated city is. Start reading at [`Hub`], then [`Browser`].

mod answer;
mod browser;
mod cli;
mod form;
mod hub;
mod raw;
mod settings;
mod wait;

pub use answer::Answer;
pub use browser::Browser;
pub use cli::{binary, divos, divos_in};
pub use form::Form;
pub use hub::{Hub, PASSWORD};
pub use raw::{exchange, tls_stream};
pub use settings::{DOMAIN, Settings};
pub use wait::{eventually, within};

/// What a test returns: any error with its causes fails it.
pub type Tried = anyhow::Result<()>;
