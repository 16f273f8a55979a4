//! How an app that pushes proves itself: a token, or a signature over the time and the body.
//!
//! Owns that check, in constant time. Pure: the time is handed in.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use divos_manifest::{Proof, Secret, Webhook};
use http::{HeaderMap, header};
use ring::hmac;
use subtle::ConstantTimeEq as _;

/// Why a request is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doubt {
    /// No proof, or a wrong one.
    Unproved,
    /// The signature's time is too far from now: a replay, or a clock that is wrong.
    Stale,
    /// The hub does not know the app's secret.
    NoSecret,
}

/// Checks the proof of a request.
///
/// # Errors
/// Why it is not believed.
pub(super) fn check(
    webhook: &Webhook,
    headers: &HeaderMap,
    body: &[u8],
    now: DateTime<Utc>,
) -> Result<(), Doubt> {
    match &webhook.proof {
        Proof::Token(token) => bearer(headers, reveal(token)?),
        Proof::Hmac {
            secret,
            header,
            timestamp,
        } => {
            let sent_at = text(headers, timestamp).ok_or(Doubt::Unproved)?;
            let mut signed = Vec::with_capacity(sent_at.len() + 1 + body.len());
            signed.extend_from_slice(sent_at.as_bytes());
            signed.push(b'.');
            signed.extend_from_slice(body);
            let given = text(headers, header).and_then(signature);
            let key = hmac::Key::new(hmac::HMAC_SHA256, reveal(secret)?.as_bytes());
            hmac::verify(&key, &signed, &given.ok_or(Doubt::Unproved)?)
                .map_err(|_| Doubt::Unproved)?;
            // Told only to who knows the secret.
            let seconds: i64 = sent_at.parse().map_err(|_| Doubt::Stale)?;
            let far = now.timestamp().abs_diff(seconds);
            if far > webhook.tolerance.as_secs() {
                return Err(Doubt::Stale);
            }
            Ok(())
        }
    }
}

fn bearer(headers: &HeaderMap, expected: &str) -> Result<(), Doubt> {
    let given = text(headers, header::AUTHORIZATION.as_str()).ok_or(Doubt::Unproved)?;
    let (scheme, token) = given.split_once(' ').ok_or(Doubt::Unproved)?;
    let same: bool = token.trim().as_bytes().ct_eq(expected.as_bytes()).into();
    if scheme.eq_ignore_ascii_case("bearer") && same && !expected.is_empty() {
        return Ok(());
    }
    Err(Doubt::Unproved)
}

fn reveal(secret: &Secret) -> Result<&str, Doubt> {
    secret.reveal().map_err(|_| Doubt::NoSecret)
}

/// Returns a header that is there exactly once.
fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut all = headers.get_all(name).iter();
    match (all.next(), all.next()) {
        (Some(one), None) => one.to_str().ok(),
        _ => None,
    }
}

/// Reads a signature: hexadecimal or base64, perhaps behind `sha256=`.
fn signature(text: &str) -> Option<Vec<u8>> {
    let text = text.trim();
    let text = text.strip_prefix("sha256=").unwrap_or(text);
    let bytes = hex::decode(text)
        .ok()
        .or_else(|| STANDARD.decode(text).ok());
    bytes.filter(|bytes| bytes.len() == 32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000, 0).unwrap()
    }

    fn webhook(proof: impl FnOnce(Secret) -> Proof) -> Webhook {
        Webhook {
            types: vec![],
            proof: proof(Secret::known("${secret:surat/hook}", "rahasia")),
            tolerance: Duration::from_secs(300),
        }
    }

    fn signed() -> Webhook {
        webhook(|secret| Proof::Hmac {
            secret,
            header: "X-Signature".into(),
            timestamp: "X-Timestamp".into(),
        })
    }

    fn send(time: i64, body: &[u8], key: &str, base64: bool) -> HeaderMap {
        let key = hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes());
        let message = [time.to_string().as_bytes(), b".", body].concat();
        let tag = hmac::sign(&key, &message);
        let text = if base64 {
            STANDARD.encode(tag)
        } else {
            format!("sha256={}", hex::encode(tag))
        };
        let mut headers = HeaderMap::new();
        headers.insert("x-signature", text.parse().unwrap());
        headers.insert("x-timestamp", time.to_string().parse().unwrap());
        headers
    }

    #[test]
    fn a_signature_holds_for_its_body_its_key_and_its_time() {
        let hook = signed();
        let at = now().timestamp();
        for base64 in [true, false] {
            let good = send(at, b"{}", "rahasia", base64);
            assert_eq!(check(&hook, &good, b"{}", now()), Ok(()));
            assert_eq!(check(&hook, &good, b"{ }", now()), Err(Doubt::Unproved));
        }
        let other = send(at, b"{}", "lain", false);
        assert_eq!(check(&hook, &other, b"{}", now()), Err(Doubt::Unproved));
        for old in [at - 301, at + 301] {
            let old = send(old, b"{}", "rahasia", false);
            assert_eq!(check(&hook, &old, b"{}", now()), Err(Doubt::Stale));
        }
        let mut moved = send(at - 301, b"{}", "rahasia", false);
        moved.insert("x-timestamp", at.to_string().parse().unwrap());
        assert_eq!(check(&hook, &moved, b"{}", now()), Err(Doubt::Unproved));
        let mut twice = send(at, b"{}", "rahasia", false);
        twice.append("x-signature", "00".parse().unwrap());
        assert_eq!(check(&hook, &twice, b"{}", now()), Err(Doubt::Unproved));
        assert_eq!(
            check(&hook, &HeaderMap::new(), b"{}", now()),
            Err(Doubt::Unproved)
        );
    }

    #[test]
    fn a_token_is_compared_whole() {
        let hook = webhook(Proof::Token);
        let with = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, value.parse().unwrap());
            check(&hook, &headers, b"", now())
        };
        assert_eq!(with("Bearer rahasia"), Ok(()));
        assert_eq!(with("bearer rahasia"), Ok(()));
        for wrong in ["Bearer rahasi", "Bearer ", "Basic rahasia", "rahasia"] {
            assert_eq!(with(wrong), Err(Doubt::Unproved), "{wrong}");
        }
    }
}
