//! Tokens for programs.

use super::*;
use secrecy::ExposeSecret as _;

fn bearer(text: &str) -> HeaderMap {
    HeaderMap::from_iter([(
        header::AUTHORIZATION,
        HeaderValue::from_str(text).expect("a value"),
    )])
}

#[tokio::test]
async fn an_api_token_is_a_machine_until_it_is_revoked() {
    let world = World::new().await;
    let made = world
        .sso
        .create_api_token(
            "ingest surat",
            &["ingest:surat".into(), "feed:read".into()],
            None,
        )
        .await
        .expect("a token");
    let secret = made.secret.expose_secret().to_owned();
    assert!(secret.starts_with("divos_"));
    let Caller::Machine(machine) = world.who(HUB, &bearer(&format!("Bearer {secret}"))).await
    else {
        panic!("no machine")
    };
    assert_eq!(machine.name, "ingest surat");
    assert!(
        machine.may("ingest:surat") && !machine.may("ingest:berita") && !machine.may("admin:all")
    );
    assert!(
        matches!(
            world.who(APP, &bearer(&format!("Bearer {secret}"))).await,
            Caller::Anonymous(Why::NoCredential)
        ),
        "on an app's host the header is the app's"
    );
    let listed = world.sso.api_tokens().await.expect("a list");
    assert_eq!(listed.len(), 1);
    assert!(!format!("{listed:?} {made:?}").contains(&secret));
    world
        .sso
        .revoke_api_token(made.token.id)
        .await
        .expect("revoked");
    assert_eq!(
        why(world.who(HUB, &bearer(&format!("bearer {secret}"))).await),
        Some(Why::Unknown)
    );
    assert!(world.sso.revoke_api_token(made.token.id).await.is_err());
}

#[tokio::test]
async fn tokens_that_are_none_are_nobodys_and_never_fall_back_to_the_cookie() {
    let world = World::new().await;
    let (_, browser) = world.sekar().await;
    let other = crate::token::Token::new().written();
    for (text, expected) in [
        ("Bearer ", Why::Malformed),
        ("Bearer x", Why::Malformed),
        (&format!("Bearer feed_{other}"), Why::Malformed),
        (&format!("Bearer divos_{other}"), Why::Unknown),
    ] {
        let mut headers = browser.clone();
        headers.insert(
            header::AUTHORIZATION,
            HeaderValue::from_str(text).expect("a value"),
        );
        assert_eq!(
            why(world.who(HUB, &headers).await),
            Some(expected),
            "{text}"
        );
    }
    let mut twice = browser.clone();
    twice.append(
        header::AUTHORIZATION,
        HeaderValue::from_static("Basic eA=="),
    );
    twice.append(
        header::AUTHORIZATION,
        HeaderValue::from_static("Basic eA=="),
    );
    assert_eq!(why(world.who(HUB, &twice).await), Some(Why::Malformed));
}

#[tokio::test]
async fn a_token_ends_when_it_was_told_to() {
    let world = World::new().await;
    let made = world
        .sso
        .create_api_token("sehari", &["feed:read".into()], Some(TimeDelta::days(1)))
        .await
        .expect("a token");
    let headers = bearer(&format!("Bearer {}", made.secret.expose_secret()));
    assert!(matches!(world.who(HUB, &headers).await, Caller::Machine(_)));
    world.wait(TimeDelta::days(1));
    assert_eq!(why(world.who(HUB, &headers).await), Some(Why::Unknown));
    for bad in [
        vec![],
        vec!["all".to_owned()],
        vec!["a:b:c".to_owned()],
        vec!["A:b".to_owned()],
    ] {
        assert!(
            world.sso.create_api_token("x", &bad, None).await.is_err(),
            "{bad:?}"
        );
    }
    world.sso.upkeep().await.expect("written");
    assert!(
        world.sso.api_tokens().await.expect("a list")[0]
            .used_at
            .is_some()
    );
}

#[tokio::test]
async fn a_feed_token_reads_the_feed_as_its_person_and_is_no_bearer() {
    let world = World::new().await;
    let (sekar, _) = world.sekar().await;
    let made = world
        .sso
        .create_feed_token(&sekar, "kalender")
        .await
        .expect("a token");
    let secret = made.secret.expose_secret().to_owned();
    let reader = world
        .sso
        .feed_reader(&secret)
        .await
        .expect("an answer")
        .expect("sekar");
    assert_eq!(reader.reads, sekar.reader.reads);
    assert_eq!(
        why(world.who(HUB, &bearer(&format!("Bearer {secret}"))).await),
        Some(Why::Malformed)
    );
    let api = world
        .sso
        .create_api_token("x", &["feed:read".into()], None)
        .await
        .expect("a token");
    for other in [
        "",
        "feed_",
        &secret[5..],
        &format!("{secret}x"),
        api.secret.expose_secret(),
        &api.secret.expose_secret().replace("divos_", "feed_"),
    ] {
        assert!(
            world
                .sso
                .feed_reader(other)
                .await
                .expect("an answer")
                .is_none(),
            "{other}"
        );
    }
    let bagus = match world
        .attempt(
            "bagus@denpasar.example",
            "sawah di belakang",
            &HeaderMap::new(),
            "192.0.2.2",
        )
        .await
    {
        SignInOutcome::SignedIn { person, .. } => person,
        outcome => panic!("{outcome:?}"),
    };
    assert!(
        world
            .sso
            .revoke_feed_token(&bagus, made.token.id)
            .await
            .is_err(),
        "not theirs"
    );
    world
        .sso
        .revoke_feed_token(&sekar, made.token.id)
        .await
        .expect("revoked");
    assert!(
        world
            .sso
            .feed_reader(&secret)
            .await
            .expect("an answer")
            .is_none()
    );
    let again = world
        .sso
        .create_feed_token(&sekar, "kalender")
        .await
        .expect("a token");
    world
        .sso
        .disable_person(sekar.reader.person, true)
        .await
        .expect("disabled");
    assert!(
        world
            .sso
            .feed_reader(again.secret.expose_secret())
            .await
            .expect("an answer")
            .is_none()
    );
}
