//! The edge against real sockets: raw bytes in, raw bytes out, small upstreams on loopback.
//!
//! Each row of the table of unsafe defaults has a test in `defaults`; `attacks` holds the corpus of requests that two
//! servers read differently; the rest follows a request through the phases. Nothing here leaves loopback.

#![allow(unreachable_pub, clippy::unwrap_used)] // one binary: nothing here is anybody's interface

#[path = "edge/attacks.rs"]
mod attacks;
#[path = "edge/bridge.rs"]
mod bridge;
#[path = "edge/client.rs"]
mod client;
#[path = "edge/defaults.rs"]
mod defaults;
#[path = "edge/ends.rs"]
mod ends;
#[path = "edge/harness.rs"]
mod harness;
#[path = "edge/identity.rs"]
mod identity;
#[path = "edge/limits.rs"]
mod limits;
#[path = "edge/phases.rs"]
mod phases;
#[path = "edge/streams.rs"]
mod streams;
#[path = "edge/tls.rs"]
mod tls;
#[path = "edge/upstream.rs"]
mod upstream;
