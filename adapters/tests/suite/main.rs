//! The adapters against apps that behave, and against apps that do not. Loopback only.

mod bad_input;
mod budgets;
mod fake;
mod fixtures;
mod infer;
mod infer_services;
mod injection;
mod items;
mod login;
mod login_care;
mod login_peers;
mod login_tokens;
mod outbound;
mod paging;
mod places;
mod privacy;
mod products;
mod property;
mod quirks;
mod reach;
mod recognise;
mod resume;
mod server;
mod source_peers;
mod turns;
mod ways;
