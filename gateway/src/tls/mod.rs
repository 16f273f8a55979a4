//! Certificates for the edge: which one a visitor gets, where it came from, and how it is replaced while running.
//!
//! Owns the SNI table and its sources (files, or a self-made authority for the demo). It must never know HTTP.

mod authority;
mod files;
mod resolver;

pub use authority::{Authority, AuthorityError};
pub use files::{CertificateFiles, LoadError, load};
pub use resolver::{Certificates, ServerCerts, server_config};
