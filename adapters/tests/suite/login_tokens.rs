//! Signing in by tokens, signatures and Digest. Secrets are made up.

use crate::fake::{Answer, Fake, clock, json, rows_world, through};
use crate::login::{PASSWORD, fetch, header, rows, sent, with};
use base64::Engine as _;
use chrono::TimeDelta;
use divos_manifest::{Auth, HmacSign, OAuth2, Pattern, Secret, TokenLogin};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const BASE: &str = "http://app.example";

fn secret(value: &str) -> Secret {
    Secret::known("${secret:app/key}", value)
}

fn status(status: u16) -> Answer {
    Ok((status, vec![], vec![]))
}

#[tokio::test]
async fn an_apps_own_token_is_fetched_once_kept_for_its_life_and_renewed() {
    for as_json in [true, false] {
        let made = Arc::<AtomicUsize>::default();
        let count = made.clone();
        let fake = Fake::new(move |_, call| match call.url.path() {
            "/api/login" => {
                let form = match as_json {
                    true => serde_json::from_slice(call.body.as_deref().unwrap_or_default())
                        .expect("JSON"),
                    false => sent(call),
                };
                assert_eq!(form.get("password").map(String::as_str), Some(PASSWORD));
                let number = count.fetch_add(1, Ordering::SeqCst) + 1;
                json(json!({"data": {"token": format!("t{number}"), "ttl": 3600}}))
            }
            _ if header(call, "x-token") == format!("JWT t{}", count.load(Ordering::SeqCst)) => {
                rows()
            }
            _ => status(401),
        });
        let clock = clock();
        let world = rows_world(fake.clone(), clock.clone());
        let connector = with(
            Auth::Token(Box::new(TokenLogin {
                url: Pattern::literal("/api/login"),
                fields: vec![("password".into(), secret(PASSWORD))],
                json: as_json,
                token: "data.token".parse().expect("a path"),
                expires: Some("data.ttl".parse().expect("a path")),
                header: "X-Token".into(),
                prefix: "JWT ".into(),
            })),
            BASE,
        );
        for (minutes, logins) in [(0, 1), (58, 1), (2, 2), (1, 2)] {
            clock.advance(TimeDelta::minutes(minutes));
            assert_eq!(fetch(&connector, &world).await, None);
            assert_eq!(made.load(Ordering::SeqCst), logins);
        }
        made.fetch_add(1, Ordering::SeqCst); // The app forgets the token.
        assert_eq!(fetch(&connector, &world).await, None);
        assert_eq!(made.load(Ordering::SeqCst), 4);
    }
}

fn oauth(refresh: Option<&str>, in_body: bool) -> Auth {
    Auth::OAuth2(Box::new(OAuth2 {
        token_url: Pattern::literal("/token"),
        client_id: secret("hub:1"),
        client_secret: secret("s e"),
        refresh_token: refresh.map(secret),
        scope: Some("read".into()),
        params: vec![("audience".into(), "data".into())],
        in_body,
    }))
}

#[tokio::test]
async fn a_client_is_named_by_basic_or_in_the_body() {
    for in_body in [true, false] {
        let fake = Fake::new(move |_, call| {
            if call.url.path() != "/token" {
                return if header(call, "authorization") == "Bearer a1" {
                    rows()
                } else {
                    status(401)
                };
            }
            let form = sent(call);
            let get = |name: &str| form.get(name).map_or("", String::as_str).to_owned();
            let basic = base64::engine::general_purpose::STANDARD.encode("hub%3A1:s%20e");
            let named = match in_body {
                true => get("client_id") == "hub:1" && get("client_secret") == "s e",
                false => header(call, "authorization") == format!("Basic {basic}"),
            };
            assert!(named && get("grant_type") == "client_credentials");
            assert!(get("scope") == "read" && get("audience") == "data");
            json(json!({"access_token": "a1", "token_type": "Bearer", "expires_in": 60}))
        });
        let connector = with(oauth(None, in_body), BASE);
        assert_eq!(fetch(&connector, &through(fake.clone())).await, None);
        assert_eq!(fake.count(), 2);
    }
}

#[tokio::test]
async fn a_refresh_token_that_rotates_is_followed() {
    let made = Arc::<AtomicUsize>::default();
    let count = made.clone();
    let fake = Fake::new(move |_, call| {
        if call.url.path() != "/token" {
            return rows();
        }
        let number = count.fetch_add(1, Ordering::SeqCst);
        assert_eq!(sent(call).get("refresh_token"), Some(&format!("r{number}")));
        json(
            json!({"access_token": "a", "expires_in": "600", "refresh_token": format!("r{}", number + 1)}),
        )
    });
    let clock = clock();
    let world = rows_world(fake, clock.clone());
    let connector = with(oauth(Some("r0"), false), BASE);
    for _ in 0..3 {
        assert_eq!(fetch(&connector, &world).await, None);
        clock.advance(TimeDelta::minutes(11));
    }
    assert_eq!(made.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_refused_client_is_told_in_the_words_of_the_standard_and_not_tried_again() {
    let fake = Fake::new(|_, _| {
        let said = json!({"error": "invalid_client", "error_description": "s e is wrong"});
        json(said).map(|(_, headers, body)| (401, headers, body))
    });
    let world = through(fake.clone());
    let connector = with(oauth(None, true), BASE);
    for _ in 0..3 {
        let error = fetch(&connector, &world).await.expect("refused");
        let text = error.to_string();
        assert!(
            text.contains("invalid_client") && !text.contains("s e is"),
            "{text}"
        );
    }
    assert_eq!(fake.count(), 1);
}

#[tokio::test]
async fn each_request_is_signed_with_its_time() {
    let fake = Fake::new(|_, call| {
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, b"key");
        let time = header(call, "x-timestamp");
        let message = format!("7&{time}&GET&/rows&{{x}}");
        let tag = base64::engine::general_purpose::STANDARD.decode(header(call, "x-signature"));
        let right = ring::hmac::verify(&key, message.as_bytes(), &tag.unwrap_or_default()).is_ok();
        assert_eq!(header(call, "x-cons-id"), "7");
        if right && time == "1795478400" {
            rows()
        } else {
            status(401)
        }
    });
    let sign = |message: &str| {
        Auth::Hmac(Box::new(HmacSign {
            secret: secret("key"),
            id: Some(secret("7")),
            id_header: "X-Cons-Id".into(),
            header: "X-Signature".into(),
            prefix: String::new(),
            timestamp: "X-Timestamp".into(),
            message: message.into(),
            hex: false,
        }))
    };
    let right = with(sign("{id}&{timestamp}&{method}&{path}&{x}"), BASE);
    let world = through(fake.clone());
    assert_eq!(fetch(&right, &world).await, None);
    world.http.forget(&right.id);
    let wrong = with(sign("{id}"), BASE);
    assert_eq!(
        fetch(&wrong, &world).await.map(|e| e.code()),
        Some("unauthorized")
    );
    assert_eq!(fake.count(), 2, "a signature is not sent twice");
}

fn challenge(more: &str) -> Answer {
    let text = format!("Digest realm=\"app\", qop=\"auth\", algorithm=SHA-256, {more}");
    Ok((401, vec![("www-authenticate".into(), text)], vec![]))
}

fn digest() -> Auth {
    Auth::Digest {
        username: secret("hub"),
        password: secret(PASSWORD),
    }
}

#[tokio::test]
async fn a_challenge_is_answered_counted_and_renewed_when_stale() {
    let fake = Fake::new(|number, call| {
        let proof = header(call, "authorization");
        let is = |nonce: &str, nc: &str| {
            proof.contains(&format!("nonce=\"{nonce}\"")) && proof.contains(&format!("nc={nc}"))
        };
        let well = match number {
            0 => return challenge("nonce=\"n1\""),
            1 => is("n1", "00000001"),
            2 => is("n1", "00000002"),
            3 => return challenge("nonce=\"n2\", stale=true"),
            _ => is("n2", "00000001"),
        };
        if well { rows() } else { status(500) }
    });
    let world = through(fake.clone());
    let connector = with(digest(), BASE);
    for calls in [2, 3, 5] {
        assert_eq!(fetch(&connector, &world).await, None);
        assert_eq!(fake.count(), calls);
    }
}

#[tokio::test(start_paused = true)]
async fn a_wrong_digest_password_is_proved_once_and_then_left() {
    let fake = Fake::new(|_, _| challenge("nonce=\"n\""));
    let world = through(fake.clone());
    let connector = with(digest(), BASE);
    for (calls, minutes) in [(2, 1), (4, 5)] {
        for _ in 0..3 {
            let error = fetch(&connector, &world).await.expect("refused");
            assert_eq!(error.code(), "login_refused");
        }
        assert!(fake.count() <= calls, "{}", fake.count());
        tokio::time::advance(std::time::Duration::from_secs(minutes * 60 + 1)).await;
    }
}
