//! How an app that pushes proves itself: a token, or a signature over the body and mostly the time.
//!
//! Owns that check, in constant time. Pure: the time is handed in.

use super::deliveries::DELIVERY;
use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use chrono::{DateTime, Utc};
use divos_manifest::{Proof, Secret, Webhook};
use divos_store::{PushCredential, PushProof, TokenHash};
use http::{HeaderMap, header};
use ring::hmac;
use secrecy::{ExposeSecret, SecretString};
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

/// Base64 as its writers have it, with its padding or without.
const PADDED_OR_NOT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
/// The headers of a signature with a secret that the hub gave, as in a definition that names no others.
const SIGNATURE: &str = "X-Signature";
const TIMESTAMP: &str = "X-Timestamp";

/// What is sent and when it arrived.
#[derive(Clone, Copy)]
pub(super) struct Sent<'a> {
    pub(super) headers: &'a HeaderMap,
    pub(super) body: &'a [u8],
    pub(super) now: DateTime<Utc>,
}

/// Checks the proof of a request against what the definition says. [`Proof::Issued`] is for [`issued`] to find.
///
/// # Errors
/// Why it is not believed.
pub(super) fn check(webhook: &Webhook, sent: Sent<'_>) -> Result<(), Doubt> {
    match &webhook.proof {
        Proof::Token(token) => {
            let expected = reveal(token)?.as_bytes();
            let given = bearer(sent.headers).ok_or(Doubt::Unproved)?;
            let same: bool = given.as_bytes().ct_eq(expected).into();
            match same && !expected.is_empty() {
                true => Ok(()),
                false => Err(Doubt::Unproved),
            }
        }
        Proof::Hmac {
            secret,
            header,
            timestamp,
        } => signed(webhook, sent, reveal(secret)?, (header, timestamp)),
        Proof::Standard(secret) => standard(webhook, sent, reveal(secret)?),
        Proof::Body { secret, header } => whole(sent, reveal(secret)?, header),
        Proof::Issued => Err(Doubt::Unproved),
    }
}

/// Finds the credential that proves a request to a source whose credentials the hub gave; `secret_of` returns the
/// signing secret of one.
///
/// # Errors
/// Why it is not believed.
pub(super) fn issued<'c>(
    webhook: &Webhook,
    sent: Sent<'_>,
    credentials: &'c [PushCredential],
    secret_of: impl Fn(&PushCredential) -> SecretString,
) -> Result<&'c PushCredential, Doubt> {
    let mut doubt = Doubt::Unproved;
    let token = bearer(sent.headers).map(|token| TokenHash::of(token.as_bytes()));
    for credential in credentials {
        let fits = match &credential.proof {
            PushProof::Token(hash) => match token.map(|token| token.bytes().ct_eq(hash.bytes())) {
                Some(same) if same.into() => Ok(()),
                _ => Err(Doubt::Unproved),
            },
            PushProof::Hmac => {
                let secret = secret_of(credential);
                signed(
                    webhook,
                    sent,
                    secret.expose_secret(),
                    (SIGNATURE, TIMESTAMP),
                )
            }
        };
        match fits {
            Ok(()) => return Ok(credential),
            Err(Doubt::Stale) => doubt = Doubt::Stale,
            Err(_) => {}
        }
    }
    Err(doubt)
}

/// Checks a signature over the time and the body.
fn signed(
    webhook: &Webhook,
    sent: Sent<'_>,
    secret: &str,
    (header, timestamp): (&str, &str),
) -> Result<(), Doubt> {
    let sent_at = text(sent.headers, timestamp).ok_or(Doubt::Unproved)?;
    let mut signed = Vec::with_capacity(sent_at.len() + 1 + sent.body.len());
    signed.extend_from_slice(sent_at.as_bytes());
    signed.push(b'.');
    signed.extend_from_slice(sent.body);
    let given = text(sent.headers, header).and_then(signature);
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    hmac::verify(&key, &signed, &given.ok_or(Doubt::Unproved)?).map_err(|_| Doubt::Unproved)?;
    fresh(webhook, sent, sent_at)
}

/// Checks the time of a request; told only to who knows the secret.
fn fresh(webhook: &Webhook, sent: Sent<'_>, sent_at: &str) -> Result<(), Doubt> {
    let seconds: i64 = sent_at.parse().map_err(|_| Doubt::Stale)?;
    match sent.now.timestamp().abs_diff(seconds) > webhook.tolerance.as_secs() {
        true => Err(Doubt::Stale),
        false => Ok(()),
    }
}

/// Checks a signature of Standard Webhooks 1.0: over the delivery's id, the time and the body. There may be several,
/// while a secret is replaced.
fn standard(webhook: &Webhook, sent: Sent<'_>, secret: &str) -> Result<(), Doubt> {
    let header = |name| text(sent.headers, name).ok_or(Doubt::Unproved);
    let (id, sent_at) = (header(DELIVERY)?, header("webhook-timestamp")?);
    let secret = secret.strip_prefix("whsec_").unwrap_or(secret);
    let key = PADDED_OR_NOT.decode(secret).map_err(|_| Doubt::NoSecret)?;
    let message = [id.as_bytes(), b".", sent_at.as_bytes(), b".", sent.body].concat();
    let right = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), &message);
    let given = header("webhook-signature")?.split_ascii_whitespace();
    let mut given = given.filter_map(|one| STANDARD.decode(one.strip_prefix("v1,")?).ok());
    let fits = given.any(|one| one.ct_eq(right.as_ref()).into());
    match fits && !key.is_empty() {
        true => fresh(webhook, sent, sent_at),
        false => Err(Doubt::Unproved),
    }
}

/// Checks a signature over the body alone.
fn whole(sent: Sent<'_>, secret: &str, header: &str) -> Result<(), Doubt> {
    let given = text(sent.headers, header).and_then(signature);
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    hmac::verify(&key, sent.body, &given.ok_or(Doubt::Unproved)?).map_err(|_| Doubt::Unproved)
}

/// Returns the bearer token of a request (RFC 6750, section 2.1).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let given = text(headers, header::AUTHORIZATION.as_str())?;
    let (scheme, token) = given.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
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

    fn sent<'a>(headers: &'a HeaderMap, body: &'a [u8]) -> Sent<'a> {
        let now = now();
        Sent { headers, body, now }
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
            assert_eq!(check(&hook, sent(&good, b"{}")), Ok(()));
            assert_eq!(check(&hook, sent(&good, b"{ }")), Err(Doubt::Unproved));
        }
        let other = send(at, b"{}", "lain", false);
        assert_eq!(check(&hook, sent(&other, b"{}")), Err(Doubt::Unproved));
        for old in [at - 301, at + 301] {
            let old = send(old, b"{}", "rahasia", false);
            assert_eq!(check(&hook, sent(&old, b"{}")), Err(Doubt::Stale));
        }
        let mut moved = send(at - 301, b"{}", "rahasia", false);
        moved.insert("x-timestamp", at.to_string().parse().unwrap());
        assert_eq!(check(&hook, sent(&moved, b"{}")), Err(Doubt::Unproved));
        let mut twice = send(at, b"{}", "rahasia", false);
        twice.append("x-signature", "00".parse().unwrap());
        assert_eq!(check(&hook, sent(&twice, b"{}")), Err(Doubt::Unproved));
        assert_eq!(
            check(&hook, sent(&HeaderMap::new(), b"{}")),
            Err(Doubt::Unproved)
        );
    }

    #[test]
    fn a_signature_of_standard_webhooks_is_over_id_time_and_body() {
        // `rahasia` in base64, without its padding.
        let secret = Secret::known("${secret:surat/hook}", "whsec_cmFoYXNpYQ");
        let hook = webhook(|_| Proof::Standard(secret));
        let send = |id: &str, time: i64, body: &str, more: &str| {
            let key = hmac::Key::new(hmac::HMAC_SHA256, b"rahasia");
            let tag = hmac::sign(&key, format!("{id}.{time}.{body}").as_bytes());
            let mut headers = HeaderMap::new();
            let mut put =
                |name: &'static str, text: String| headers.insert(name, text.parse().unwrap());
            put("webhook-id", id.to_owned());
            put("webhook-timestamp", time.to_string());
            put(
                "webhook-signature",
                format!("{more}v1,{}", STANDARD.encode(tag)),
            );
            headers
        };
        let at = now().timestamp();
        let outcome = |headers: &HeaderMap| check(&hook, sent(headers, b"{}"));
        assert_eq!(outcome(&send("msg_1", at, "{}", "")), Ok(()));
        assert_eq!(
            outcome(&send("msg_1", at, "{}", "v1a,eA== v1,eA== ")),
            Ok(())
        );
        assert_eq!(
            outcome(&send("msg_1", at - 301, "{}", "")),
            Err(Doubt::Stale)
        );
        assert_eq!(outcome(&send("msg_1", at, "{ }", "")), Err(Doubt::Unproved));
        let mut other = send("msg_1", at, "{}", "");
        other.insert("webhook-id", "msg_2".parse().unwrap());
        assert_eq!(outcome(&other), Err(Doubt::Unproved));
        let broken = webhook(|_| Proof::Standard(Secret::known("x", "whsec_???")));
        let good = send("msg_1", at, "{}", "");
        assert_eq!(check(&broken, sent(&good, b"{}")), Err(Doubt::NoSecret));
    }

    #[test]
    fn a_signature_of_github_is_over_the_body() {
        let header = "X-Hub-Signature-256".to_owned();
        let hook = webhook(|secret| Proof::Body { secret, header });
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"rahasia");
        let tag = hex::encode(hmac::sign(&key, b"{}"));
        let mut headers = HeaderMap::new();
        headers.insert(
            "x-hub-signature-256",
            format!("sha256={tag}").parse().unwrap(),
        );
        assert_eq!(check(&hook, sent(&headers, b"{}")), Ok(()));
        assert_eq!(check(&hook, sent(&headers, b"{ }")), Err(Doubt::Unproved));
        assert_eq!(
            check(&hook, sent(&HeaderMap::new(), b"{}")),
            Err(Doubt::Unproved)
        );
    }

    #[test]
    fn a_token_is_compared_whole() {
        let hook = webhook(Proof::Token);
        let with = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, value.parse().unwrap());
            check(&hook, sent(&headers, b""))
        };
        assert_eq!(with("Bearer rahasia"), Ok(()));
        assert_eq!(with("bearer rahasia"), Ok(()));
        for wrong in ["Bearer rahasi", "Bearer ", "Basic rahasia", "rahasia"] {
            assert_eq!(with(wrong), Err(Doubt::Unproved), "{wrong}");
        }
    }

    #[test]
    fn a_credential_of_the_hub_proves_by_token_or_signature() {
        let hook = Webhook {
            proof: Proof::Issued,
            ..signed()
        };
        let credential = |number: u128, proof| PushCredential {
            id: uuid::Uuid::from_u128(number),
            app: "surat".parse().unwrap(),
            proof,
            label: String::new(),
            made_by: None,
            created_at: now(),
            used_at: None,
        };
        let token = |text: &str| PushProof::Token(TokenHash::of(text.as_bytes()));
        let kept = [
            credential(1, token("dvp_lama")),
            credential(2, token("dvp_baru")),
            credential(3, PushProof::Hmac),
        ];
        let found = |headers: &HeaderMap| {
            let secret = |one: &PushCredential| SecretString::from(format!("rahasia {}", one.id));
            let found = issued(&hook, sent(headers, b"{}"), &kept, secret);
            found.map(|one| one.id.as_u128())
        };
        let bearer = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, value.parse().unwrap());
            headers
        };
        assert_eq!(found(&bearer("Bearer dvp_lama")), Ok(1));
        assert_eq!(found(&bearer("Bearer dvp_baru")), Ok(2));
        for wrong in ["Bearer dvp_lain", "Bearer ", "Basic dvp_lama"] {
            assert_eq!(found(&bearer(wrong)), Err(Doubt::Unproved), "{wrong}");
        }
        let at = now().timestamp();
        let secret = format!("rahasia {}", kept[2].id);
        assert_eq!(found(&send(at, b"{}", &secret, false)), Ok(3));
        let late = send(at - 301, b"{}", &secret, false);
        assert_eq!(found(&late), Err(Doubt::Stale));
        let other = send(at, b"{}", "rahasia lain", false);
        assert_eq!(found(&other), Err(Doubt::Unproved));
        assert_eq!(
            check(&hook, sent(&bearer("Bearer dvp_lama"), b"{}")),
            Err(Doubt::Unproved)
        );
    }
}
