//! Every bound of the edge in one place, with the value an operator gets without asking.
//!
//! Owns numbers only.

use std::time::Duration;

/// What a visitor may use of the hub.
#[derive(Clone, Debug)]
pub struct Limits {
    /// For a TLS handshake; then for the first request's header; then, from its first byte, for each further one.
    pub header_deadline: Duration,
    /// How long an unused HTTP/1.1 connection is kept, in whole seconds.
    pub keep_alive: Duration,
    /// How long an HTTP/2 connection without requests is kept.
    pub h2_idle: Duration,
    /// How long a visitor may pause while sending a body.
    pub body_idle: Duration,
    /// How long a visitor may read nothing while there is something to read.
    pub write_stall: Duration,
    /// How long requests in flight may take to end after the hub was told to stop.
    pub drain: Duration,
    /// Connections at once.
    pub connections: usize,
    /// Connections at once from one address (an office behind one router counts as one).
    pub connections_per_client: usize,
    /// The largest request header in bytes.
    pub header_bytes: usize,
    /// Requests at once on one HTTP/2 connection.
    pub h2_streams: u32,
    /// The HTTP/2 receive window, per stream and per connection, in bytes.
    pub h2_window: u32,
    /// What is still read of a refused body, so that the visitor sees the refusal and not a reset connection.
    pub refused_body_drain: u64,
    /// For how long.
    pub refused_body_patience: Duration,
    /// Unused connections kept to all apps together.
    pub upstream_pool: usize,
    /// How many of an app's addresses are tried for one request.
    pub tries: usize,
    /// How long a resolved app address is believed.
    pub dns_ttl: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header_deadline: Duration::from_secs(10),
            keep_alive: Duration::from_secs(75),
            h2_idle: Duration::from_secs(75),
            body_idle: Duration::from_secs(60),
            write_stall: Duration::from_secs(60),
            drain: Duration::from_secs(30),
            connections: 16_384,
            connections_per_client: 1024,
            header_bytes: 64 << 10,
            h2_streams: 128,
            h2_window: 2 << 20,
            refused_body_drain: 64 << 20,
            refused_body_patience: Duration::from_secs(5),
            upstream_pool: 512,
            tries: 3,
            dns_ttl: Duration::from_secs(30),
        }
    }
}
