//! HTTP Digest (RFC 7616): MD5 and SHA-256, for the session or not, `qop=auth`.
//!
//! Owns the challenge and its count. It must never send a password.

use super::lock;
use super::sign::put;
use crate::{Call, Reply, Transport, Trouble};
use http::StatusCode;
use http::header::{AUTHORIZATION, HeaderMap, WWW_AUTHENTICATE};
use md5::Digest as _;
use std::sync::{Arc, Mutex};

/// What the app asks to be proved.
#[derive(Clone, Default)]
pub(super) struct Challenge {
    realm: String,
    nonce: String,
    opaque: Option<String>,
    sha256: bool,
    /// Whether the first hash is that of a session (section 3.4.2).
    session: bool,
    /// Whether the user name is hashed (section 3.4.4).
    userhash: bool,
    /// Whether the algorithm was stated; then the answer states it too.
    stated: bool,
    qop: bool,
    stale: bool,
    /// How often the nonce was used.
    count: u32,
}

/// Sends a call with proof; answers one challenge, and a second where the app says that the first is stale.
pub(super) async fn send(
    inner: &Arc<dyn Transport>,
    kept: &Mutex<Option<Challenge>>,
    who: (&str, &str),
    mut call: Call,
) -> Result<Reply, Trouble> {
    let mut tries = 0;
    loop {
        let proof = lock(kept).as_mut().map(|challenge| {
            challenge.count += 1;
            let cnonce = hex::encode(rand::random::<[u8; 16]>());
            prove(
                challenge,
                who,
                call.method.as_str(),
                &target(&call),
                &cnonce,
            )
        });
        if let Some(proof) = &proof {
            put(&mut call.headers, AUTHORIZATION, proof)?;
        }
        let reply = inner.send(&call).await?;
        tries += 1;
        if reply.status != StatusCode::UNAUTHORIZED {
            return Ok(reply);
        }
        let asked = challenge(&reply.headers);
        let again = asked
            .as_ref()
            .is_some_and(|asked| proof.is_none() || asked.stale);
        *lock(kept) = asked;
        if !again || tries > 2 {
            return Ok(reply);
        }
        inner.forget(&call);
    }
}

fn target(call: &Call) -> String {
    let query = call.url.query().map(|query| format!("?{query}"));
    format!("{}{}", call.url.path(), query.unwrap_or_default())
}

/// Reads the strongest challenge that can be answered.
pub(super) fn challenge(headers: &HeaderMap) -> Option<Challenge> {
    let all = headers.get_all(WWW_AUTHENTICATE).iter();
    let texts = all.filter_map(|value| value.to_str().ok());
    let read: Vec<Challenge> = texts.flat_map(split).filter_map(one).collect();
    let best = read.iter().find(|challenge| challenge.sha256);
    best.or(read.first()).cloned()
}

/// Splits a header that holds several challenges.
fn split(text: &str) -> Vec<&str> {
    let lower = text.to_ascii_lowercase();
    let starts: Vec<usize> = lower.match_indices("digest ").map(|(at, _)| at).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts
        .iter()
        .zip(ends)
        .filter_map(|(at, end)| text.get(at + 7..end))
        .collect()
}

fn one(text: &str) -> Option<Challenge> {
    let mut challenge = Challenge::default();
    let mut qops = None;
    for (name, value) in pairs(text) {
        match name.as_str() {
            "realm" => challenge.realm = value,
            "nonce" => challenge.nonce = value,
            "opaque" => challenge.opaque = Some(value),
            "stale" => challenge.stale = value.eq_ignore_ascii_case("true"),
            "userhash" => challenge.userhash = value.eq_ignore_ascii_case("true"),
            "qop" => qops = Some(value),
            "algorithm" => {
                challenge.stated = true;
                let value = value.to_ascii_uppercase();
                let plain = value.strip_suffix("-SESS");
                challenge.session = plain.is_some();
                match plain.unwrap_or(&value) {
                    "MD5" => {}
                    "SHA-256" => challenge.sha256 = true,
                    _ => return None,
                }
            }
            _ => {}
        }
    }
    let auth = |qops: &String| {
        qops.split(',')
            .any(|q| q.trim().eq_ignore_ascii_case("auth"))
    };
    challenge.qop = qops.as_ref().is_some_and(auth);
    let answerable = qops.is_none() || challenge.qop;
    (answerable && !challenge.nonce.is_empty()).then_some(challenge)
}

/// Reads `name=value` and `name="value"` pairs.
fn pairs(text: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some((name, after)) = rest.split_once('=') {
        let name = name.trim_matches([' ', ',', '\t']).to_ascii_lowercase();
        let after = after.trim_start();
        let (value, left) = match after.strip_prefix('"') {
            Some(quoted) => quoted_text(quoted),
            None => {
                let end = after.find([',', ' ']).unwrap_or(after.len());
                (after[..end].to_owned(), &after[end..])
            }
        };
        out.push((name, value));
        rest = left;
    }
    out
}

fn quoted_text(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => return (value, &text[at + 1..]),
            _ => {
                value.push(c);
                escaped = false;
            }
        }
    }
    (value, "")
}

/// Writes the `Authorization` header (sections 3.4.1 to 3.4.3).
pub(super) fn prove(
    asked: &Challenge,
    (user, password): (&str, &str),
    method: &str,
    uri: &str,
    cnonce: &str,
) -> String {
    let hash = |text: String| match asked.sha256 {
        true => hex::encode(ring::digest::digest(&ring::digest::SHA256, text.as_bytes())),
        false => hex::encode(md5::Md5::digest(text.as_bytes())),
    };
    let (realm, nonce, nc) = (&asked.realm, &asked.nonce, format!("{:08x}", asked.count));
    let mut a1 = hash(format!("{user}:{realm}:{password}"));
    if asked.session {
        a1 = hash(format!("{a1}:{nonce}:{cnonce}"));
    }
    let a2 = hash(format!("{method}:{uri}"));
    let response = match asked.qop {
        true => hash(format!("{a1}:{nonce}:{nc}:{cnonce}:auth:{a2}")),
        false => hash(format!("{a1}:{nonce}:{a2}")),
    };
    let quoted = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
    let user = match asked.userhash {
        true => hash(format!("{user}:{realm}")),
        false => quoted(user),
    };
    let mut out = format!(
        "Digest username=\"{user}\", realm=\"{}\", nonce=\"{}\", uri=\"{uri}\", response=\"{response}\"",
        quoted(realm),
        quoted(nonce)
    );
    if asked.stated {
        let name = if asked.sha256 { "SHA-256" } else { "MD5" };
        let kind = if asked.session { "-sess" } else { "" };
        out += &format!(", algorithm={name}{kind}");
    }
    if asked.userhash {
        out += ", userhash=true";
    }
    // A session's hash is taken over `cnonce`, which the app then has to know.
    if asked.session && !asked.qop {
        out += &format!(", cnonce=\"{cnonce}\"");
    }
    if asked.qop {
        out += &format!(", qop=auth, nc={nc}, cnonce=\"{cnonce}\"");
    }
    if let Some(opaque) = &asked.opaque {
        out += &format!(", opaque=\"{}\"", quoted(opaque));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_vectors_of_rfc_7616() {
        for (algorithm, response) in [
            ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
            (
                "SHA-256",
                "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
            ),
            // Not in the standard: taken by Python's hashlib from section 3.4.2.
            ("MD5-sess", "e783283f46242139c486a698fec7211d"),
            (
                "SHA-256-sess",
                "2fd51b3a77ad75bad6afad6003e818d767133c46d9e2749e7f5232ae1ea3efd7",
            ),
        ] {
            let text = format!(
                "realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm={algorithm}, \
                 nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", \
                 opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""
            );
            let mut asked = one(&text).expect("a challenge");
            asked.count = 1;
            let cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
            let who = ("Mufasa", "Circle of Life");
            let proof = prove(&asked, who, "GET", "/dir/index.html", cnonce);
            assert!(
                proof.contains(&format!("response=\"{response}\"")),
                "{proof}"
            );
            assert!(
                proof.contains("nc=00000001") && proof.contains("qop=auth,"),
                "{proof}"
            );
        }
    }

    #[test]
    fn the_strongest_of_several_challenges_is_answered() {
        let mut headers = HeaderMap::new();
        let text = "Digest realm=\"a\", nonce=\"m\", qop=\"auth\", Digest realm=\"a\", nonce=\"s\", algorithm=SHA-256";
        headers.append(WWW_AUTHENTICATE, text.parse().expect("a header"));
        let best = challenge(&headers).expect("a challenge");
        assert!(best.sha256 && best.nonce == "s" && best.realm == "a");
        assert!(one("realm=\"a\", nonce=\"n\", algorithm=SHA-512-256").is_none());
        assert!(one("realm=\"a\", nonce=\"n\", qop=\"auth-int\"").is_none());
    }

    #[test]
    fn a_user_name_is_hashed_where_that_is_asked() {
        let asked = one(
            "realm=\"http-auth@example.org\", nonce=\"n\", algorithm=SHA-256, qop=\"auth\", userhash=true",
        );
        let who = ("Mufasa", "Circle of Life");
        let proof = prove(&asked.expect("a challenge"), who, "GET", "/", "c");
        let hash = "a947aad205e80e429958a387394944c6b496301e79f89d35a4cc23b6ee12b5b6";
        assert!(proof.contains(&format!("username=\"{hash}\"")), "{proof}");
        assert!(
            proof.contains("userhash=true") && !proof.contains("Mufasa"),
            "{proof}"
        );
    }
}
