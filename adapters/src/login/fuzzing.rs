//! Ways in for fuzzing: what an app's answer asks to be kept or proved. Only there with the feature `fuzzing`.
//!
//! Knows no fuzzer.

use super::digest;
use super::jar::Jar;
use chrono::{DateTime, Utc};
use http::HeaderMap;
use url::Url;

/// Keeps the cookies of an answer from `at`; what a request to `to` then carries.
#[must_use]
pub fn cookies(headers: &HeaderMap, at: &Url, to: &Url, now: DateTime<Utc>) -> Option<String> {
    let mut jar = Jar::default();
    jar.keep(at, headers, now);
    let _ = jar.value("PHPSESSID", to, now);
    jar.header(to, now)
}

/// Reads what a Digest challenge asks for; the `Authorization` header that answers it.
#[must_use]
pub fn proof(headers: &HeaderMap) -> Option<String> {
    let asked = digest::challenge(headers)?;
    let who = ("pegawai \"rekaan\"", "bukan rahasia");
    Some(digest::prove(&asked, who, "GET", "/rows?page=1", "00ff"))
}
