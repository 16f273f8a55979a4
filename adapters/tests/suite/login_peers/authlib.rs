//! Authlib as an authorisation server: OAuth 2.0.

use super::*;
use divos_model::FixedClock;

const MACHINE: &str = "oauth2: { token_url: /token, client_id: hub buatan, \
    client_secret: \"${secret:app/client}\", scope: \"rows:read\" }";
const ROTATING: &str = "oauth2: { token_url: /token, client_id: hub-refresh, in_body: true, \
    client_secret: \"${secret:app/client}\", refresh_token: \"${secret:app/refresh}\" }";

fn moving() -> Arc<FixedClock> {
    crate::fake::clock()
}

#[tokio::test]
async fn authlib_gives_one_token_for_its_life_and_another_after_it() {
    let server = script("oauth.py");
    let clock = moving();
    let world = live(clock.clone());
    let secrets = [("client", "rahasia:buatan &1")];
    let connector = app(&server.base("http"), MACHINE, ROWS, &secrets);
    for _ in 0..3 {
        assert_eq!(good(&connector, &world).await, ["1"]);
    }
    let asked =
        async || tell(&server, reqwest::Method::GET, "/count").await["client_credentials"].clone();
    assert_eq!(asked().await, 1, "one token for all");
    clock.advance(chrono::TimeDelta::seconds(299));
    assert_eq!(good(&connector, &world).await, ["1"]);
    assert_eq!(asked().await, 2, "renewed before its end");
    tell(&server, reqwest::Method::POST, "/revoke-all").await;
    assert_eq!(good(&connector, &world).await, ["1"], "renewed after a 401");
    assert_eq!(asked().await, 3);
}

#[tokio::test]
async fn authlib_rotates_the_refresh_token_and_the_new_one_is_used() {
    let server = script("oauth.py");
    let clock = moving();
    let world = live(clock.clone());
    let secrets = [("client", "rahasia-buatan-2"), ("refresh", "awal-buatan")];
    let connector = app(&server.base("http"), ROTATING, ROWS, &secrets);
    for round in 1..4 {
        assert_eq!(good(&connector, &world).await, ["1"], "{round}");
        let count = tell(&server, reqwest::Method::GET, "/count").await;
        assert_eq!(
            (&count["refresh_token"], &count["refused"]),
            (&round.into(), &0.into())
        );
        clock.advance(chrono::TimeDelta::seconds(300));
    }
}

/// Keeps grants as a store does, unless it is stuck.
#[derive(Debug, Default)]
struct Drawer {
    sealed: std::sync::Mutex<Option<Vec<u8>>>,
    stuck: std::sync::atomic::AtomicBool,
}

#[async_trait::async_trait]
impl divos_adapters::Grants for Drawer {
    async fn kept(&self, _: &divos_model::AppId) -> Option<Vec<u8>> {
        self.sealed.lock().expect("no panic").clone()
    }

    async fn keep(&self, _: &divos_model::AppId, sealed: Vec<u8>) {
        if !self.stuck.load(std::sync::atomic::Ordering::SeqCst) {
            *self.sealed.lock().expect("no panic") = Some(sealed);
        }
    }
}

#[tokio::test]
async fn authlib_rotates_the_refresh_token_and_a_restart_does_not_lose_it() {
    let server = script("oauth.py");
    let drawer = Arc::new(Drawer::default());
    let secrets = [("client", "rahasia-buatan-2"), ("refresh", "awal-buatan")];
    let connector = app(&server.base("http"), ROTATING, ROWS, &secrets);
    for round in 1..4 {
        // Another process each time: it knows what is configured, and what was kept.
        let mut restarted = live(moving());
        let http = Outbound::live(AddressPolicy::with_private(), moving());
        restarted.http = Arc::new(http.keeping(drawer.clone()));
        assert_eq!(good(&connector, &restarted).await, ["1"], "{round}");
        let count = tell(&server, reqwest::Method::GET, "/count").await;
        assert_eq!(
            (&count["refresh_token"], &count["refused"]),
            (&round.into(), &0.into())
        );
    }
    let forgetful = live(moving());
    assert_eq!(fault(&connector, &forgetful).await.code(), "login_refused");
}

#[tokio::test]
async fn authlib_rotates_the_refresh_token_and_one_that_could_not_be_kept_is_used_and_kept_later() {
    let server = script("oauth.py");
    let (drawer, clock) = (Arc::new(Drawer::default()), moving());
    let secrets = [("client", "rahasia-buatan-2"), ("refresh", "awal-buatan")];
    let connector = app(&server.base("http"), ROTATING, ROWS, &secrets);
    let keeping = |clock: Arc<FixedClock>| {
        let http = Outbound::live(AddressPolicy::with_private(), clock.clone());
        let mut world = live(clock);
        world.http = Arc::new(http.keeping(drawer.clone()));
        world
    };
    let world = keeping(clock.clone());
    for stuck in [false, true, true, false] {
        let order = std::sync::atomic::Ordering::SeqCst;
        drawer.stuck.store(stuck, order);
        assert_eq!(good(&connector, &world).await, ["1"], "stuck: {stuck}");
        clock.advance(chrono::TimeDelta::seconds(300));
    }
    assert_eq!(good(&connector, &keeping(clock)).await, ["1"], "restarted");
    let count = tell(&server, reqwest::Method::GET, "/count").await;
    assert_eq!(
        (&count["refresh_token"], &count["refused"]),
        (&5.into(), &0.into())
    );
}

#[tokio::test]
async fn authlib_refuses_a_wrong_client_once_and_says_why() {
    let server = script("oauth.py");
    let world = live(moving());
    let connector = app(
        &server.base("http"),
        MACHINE,
        ROWS,
        &[("client", "salah-999")],
    );
    let first = fault(&connector, &world).await;
    assert_eq!(first.code(), "login_refused");
    assert!(!format!("{first:?} {first}").contains("salah-999"));
    assert_eq!(fault(&connector, &world).await.code(), "login_refused");
    assert_eq!(
        tell(&server, reqwest::Method::GET, "/count").await["refused"],
        1
    );
}
