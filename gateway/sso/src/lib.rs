//! Sign-in, sessions, rights and assertions: who somebody is, and what they may open.
//!
//! Owns embedded people, passwords, sessions with their cookies and tickets, throttling, form guards, the policy
//! evaluator, what apps are told of a person, and tokens for programs. It must never know a page, a proxied
//! byte, SQL, or an app's address. Start with [`Sso`].

mod access;
mod assertion;
mod caller;
mod cookies;
mod csrf;
mod directory;
mod error;
mod handover;
mod hosts;
mod identify;
mod import;
mod jwt;
mod login;
mod nip;
mod password;
mod people;
mod policy;
mod redirect;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod scenes;
mod seal;
mod sessions;
mod settings;
mod sign_in;
mod sso;
mod throttle;
mod token;
mod tokens;

pub use access::{AccessFault, AppAccess};
pub use assertion::{AssertError, Assertion};
pub use caller::{Caller, Machine, Reader, SessionRef, SignedIn, Why, public_id};
pub use cookies::{DEVICE_COOKIE, NONCE_COOKIE, SESSION_COOKIE, forget};
pub use csrf::{CsrfFault, FormGuard, check_origin};
pub use divos_store::{AssignmentKind, HeldPost, TokenHash};
pub use error::SsoError;
pub use handover::{Arrival, Departure, HANDOVER_PATH, HandoverRequest, REDEEM_PATH, RedeemError};
pub use hosts::HostSet;
pub use import::{Column, ImportFault, ImportOptions, ImportReport, OnProgress, Progress, Stage};
pub use login::Login;
pub use nip::{Nip, NipFault};
pub use password::{PasswordError, PasswordFault};
pub use people::{Credentials, NewPerson};
pub use policy::{Decision, Explanation, PathFault, Policy, check_path};
pub use redirect::{SafeReturn, safe_path, safe_return};
pub use sessions::SessionSummary;
pub use settings::SsoSettings;
pub use sign_in::{Client, SignInOutcome};
pub use sso::{Sso, SsoStores};
pub use tokens::{FEED_READ, NewToken};
