//! The hub: the edge, the phases of a request, assembly, reload, admin, telemetry, command line.
//!
//! Owns the wiring: every other crate is handed what it may reach in [`assemble`], and nothing is
//! global. Start with [`assemble::assemble`], then [`edge`].

pub mod admin;
pub mod api;
pub mod assemble;
pub mod cli;
pub mod config;
pub mod credentials;
pub mod definitions;
pub mod edge;
pub mod own_data;
pub(crate) mod personal;
pub mod phases;
pub mod ready;
pub mod registration;
pub mod reload;
pub mod routes;
pub mod run;
pub mod telemetry;
pub mod tls;
pub mod usage;
pub mod wiring;
