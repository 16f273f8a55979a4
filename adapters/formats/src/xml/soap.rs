//! SOAP 1.1 and 1.2: envelopes to send, faults to read.
//!
//! Owns the words of the protocol. It must never send, nor choose a nonce or a time: what signs is handed in. What is
//! built may hold credentials, so nothing here can be printed for debugging.

mod build;
mod fault;
mod security;

pub use build::{BuildFault, Message, Node, Nulls, Version};
pub use fault::{SoapFault, fault_in, read_fault};
pub use security::{Password, UsernameToken};

/// A call that is to be made.
pub struct Envelope {
    /// The version of the protocol.
    pub version: Version,
    /// The action; 1.1 sends an empty one where there is none.
    pub action: Option<String>,
    /// Prefixes and their namespaces, for the names in `header` and `body`.
    pub namespaces: Vec<(String, String)>,
    /// Header entries in their order.
    pub header: Vec<(String, Node)>,
    /// A WS-Security header.
    pub security: Option<UsernameToken>,
    /// What the body holds, in its order: services often read by position.
    pub body: Vec<(String, Node)>,
    /// What becomes of [`Node::Null`].
    pub nulls: Nulls,
}

impl Envelope {
    /// Writes the envelope with the headers that go along with it.
    ///
    /// # Errors
    /// A name that is not one in XML, or whose prefix is not in `namespaces`.
    pub fn build(&self) -> Result<Message, BuildFault> {
        build::build(self)
    }
}
