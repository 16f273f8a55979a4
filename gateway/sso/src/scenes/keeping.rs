//! Sessions as they live: idle, old, ended, seen from elsewhere, and with a store that is gone.

use super::*;
use crate::SESSION_COOKIE;

#[tokio::test]
async fn an_idle_session_ends_and_a_used_one_lives_to_its_last_hour() {
    let world = World::new().await;
    let (_, browser) = world.sekar().await;
    for _ in 0..12 {
        world.wait(TimeDelta::minutes(59));
        assert!(world.who(HUB, &browser).await.reader().is_some());
    }
    world.wait(TimeDelta::minutes(13));
    assert_eq!(
        why(world.who(HUB, &browser).await),
        Some(Why::Expired),
        "twelve hours are over"
    );
    let (_, browser) = world.sekar().await;
    world.wait(TimeDelta::minutes(60));
    assert_eq!(
        why(world.who(HUB, &browser).await),
        Some(Why::Expired),
        "idle for an hour"
    );
}

#[tokio::test]
async fn use_is_written_in_batches_and_outlives_a_restart() {
    let world = World::new().await;
    let (_, browser) = world.sekar().await;
    world.wait(TimeDelta::minutes(50));
    assert!(world.who(HUB, &browser).await.reader().is_some());
    world.sso.upkeep().await.expect("written");
    world.wait(TimeDelta::minutes(50));
    let restarted = world.another_node().await;
    assert!(
        restarted
            .identify(HUB, &browser)
            .await
            .expect("an answer")
            .reader()
            .is_some()
    );
}

#[tokio::test]
async fn ended_sessions_are_dead_at_once_here_and_within_five_seconds_elsewhere() {
    let world = World::new().await;
    let elsewhere = world.another_node().await;
    let (sekar, browser) = world.sekar().await;
    assert!(
        elsewhere
            .identify(HUB, &browser)
            .await
            .expect("an answer")
            .reader()
            .is_some()
    );
    world.sso.sign_out(&sekar).await.expect("out");
    assert_eq!(why(world.who(HUB, &browser).await), Some(Why::Unknown));
    world.wait(TimeDelta::seconds(6));
    assert_eq!(
        why(elsewhere.identify(HUB, &browser).await.expect("an answer")),
        Some(Why::Unknown)
    );
}

#[tokio::test]
async fn a_dropped_role_and_a_disabled_person_are_seen_within_five_seconds_elsewhere() {
    let world = World::new().await;
    let elsewhere = world.another_node().await;
    let (sekar, browser) = world.sekar().await;
    assert!(
        elsewhere
            .identify(HUB, &browser)
            .await
            .expect("an answer")
            .reader()
            .expect("sekar")
            .has_role("admin")
    );
    world
        .sso
        .disable_person(sekar.reader.person, true)
        .await
        .expect("disabled");
    world.wait(TimeDelta::seconds(6));
    assert!(
        elsewhere
            .identify(HUB, &browser)
            .await
            .expect("an answer")
            .reader()
            .is_none()
    );
}

#[tokio::test]
async fn what_somebody_sees_follows_from_the_posts_held_today() {
    let world = World::new().await;
    let (sekar, browser) = world.sekar().await;
    let written = |reader: &crate::Reader| {
        reader
            .reads
            .keys()
            .iter()
            .map(ToString::to_string)
            .filter(|key| key.starts_with(['u', 's']))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        written(&sekar.reader),
        [
            "u:030201", "u:030894", "s:000000", "s:030201", "s:030801", "s:030894"
        ]
    );
    assert!(
        sekar.reader.posts.iter().any(
            |held| held.kind == crate::AssignmentKind::Plt && held.post.title == "Kepala Dinas"
        )
    );
    assert_eq!(
        sekar.reader.first_post().expect("a post").post.title,
        "Pranata Komputer",
        "the definitive post comes first"
    );
    // The last day is 31 March; at 23.59 WITA it is still held, a minute later it is not.
    for _ in 0..30 {
        world.wait(TimeDelta::hours(23) + TimeDelta::minutes(50));
    }
    let (last_day, _) = (
        Utc.with_ymd_and_hms(2026, 3, 31, 15, 59, 30)
            .single()
            .expect("a time"),
        (),
    );
    world.wait(last_day - divos_model::Clock::now(&*world.clock));
    let (_, fresh) = world.sekar().await;
    assert!(
        written(world.who(HUB, &fresh).await.reader().expect("sekar"))
            .contains(&"s:030201".to_owned())
    );
    world.wait(TimeDelta::seconds(31));
    let after = world.who(HUB, &fresh).await;
    let after = after.reader().expect("sekar");
    assert_eq!(
        written(after),
        ["u:030894", "s:000000", "s:030801", "s:030894"]
    );
    assert_ne!(after.version, sekar.reader.version);
    assert!(world.who(HUB, &browser).await.reader().is_none());
}

#[tokio::test]
async fn people_see_and_end_their_own_sessions_and_nobody_elses() {
    let world = World::new().await;
    let (here, this) = world.sekar().await;
    world.wait(TimeDelta::seconds(1));
    let (there, other) = world.sekar().await;
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
    let listed = world.sso.sessions_of(&here).await.expect("a list");
    assert_eq!(listed.len(), 2);
    assert_eq!(
        listed
            .iter()
            .filter(|session| session.current)
            .map(|session| session.public_id.clone())
            .collect::<Vec<_>>(),
        [here.session.public_id()]
    );
    assert_eq!(listed[0].label, "Firefox, Android");
    let refused = world
        .sso
        .end_session(&bagus, &there.session.public_id())
        .await;
    assert!(
        matches!(refused, Err(crate::SsoError::NotFound("session"))),
        "{refused:?}"
    );
    world
        .sso
        .end_session(&here, &there.session.public_id())
        .await
        .expect("ended");
    assert!(world.who(HUB, &other).await.reader().is_none());
    assert!(world.who(HUB, &this).await.reader().is_some());
    let (_, third) = world.sekar().await;
    assert_eq!(
        world
            .sso
            .sign_out_everywhere(&here, true)
            .await
            .expect("out"),
        1
    );
    assert!(world.who(HUB, &third).await.reader().is_none());
    assert!(world.who(HUB, &this).await.reader().is_some());
    assert_eq!(
        world
            .sso
            .sign_out_everywhere(&here, false)
            .await
            .expect("out"),
        1
    );
    assert!(world.who(HUB, &this).await.reader().is_none());
}

#[tokio::test]
async fn cookies_that_are_no_session_are_nobodys() {
    let world = World::new().await;
    let (_, good) = world.sekar().await;
    let good = good
        .get(header::COOKIE)
        .and_then(|value| value.to_str().ok())
        .expect("cookies")
        .to_owned();
    let token = good
        .split("; ")
        .find_map(|pair| pair.strip_prefix("__Host-divos="))
        .expect("a session")
        .to_owned();
    let other = crate::token::Token::new().written();
    for (text, expected) in [
        (String::new(), Why::NoCredential),
        (format!("{SESSION_COOKIE}={other}"), Why::Unknown),
        (
            format!("{SESSION_COOKIE}={token}; {SESSION_COOKIE}={token}"),
            Why::Malformed,
        ),
        (
            format!("{SESSION_COOKIE}={token}; {SESSION_COOKIE}={other}"),
            Why::Malformed,
        ),
        (format!("{SESSION_COOKIE}={token}x"), Why::Malformed),
        (format!("{SESSION_COOKIE}=\"{token}\""), Why::Malformed),
        (
            format!("{SESSION_COOKIE}={}", "A".repeat(20_000)),
            Why::Malformed,
        ),
        (format!("__host-divos={token}"), Why::NoCredential),
        (format!("divos={token}"), Why::NoCredential),
    ] {
        assert_eq!(
            why(world.who(HUB, &cookie(&text)).await),
            Some(expected),
            "{text:.60}"
        );
    }
    let tossed = cookie(&format!("__host-divos=evil; {SESSION_COOKIE}={token}"));
    assert!(
        world.who(HUB, &tossed).await.reader().is_some(),
        "a tossed cookie must not sign anybody out"
    );
}

#[tokio::test]
async fn with_the_store_down_nobody_is_let_in() {
    let world = World::new().await;
    let (sekar, browser) = world.sekar().await;
    let seen = world.who(HUB, &browser).await;
    assert!(seen.reader().is_some());
    world.store.upkeep.close().await.expect("closed");
    world.wait(TimeDelta::seconds(6));
    let sso = &world.sso;
    assert!(sso.identify(HUB, &browser).await.is_err());
    assert!(
        sso.identify(
            HUB,
            &cookie(&format!(
                "{SESSION_COOKIE}={}",
                crate::token::Token::new().written()
            ))
        )
        .await
        .is_err()
    );
    let mut bearer = HeaderMap::new();
    let text = format!("Bearer divos_{}", crate::token::Token::new().written());
    bearer.insert(
        header::AUTHORIZATION,
        HeaderValue::from_str(&text).expect("a value"),
    );
    assert!(sso.identify(HUB, &bearer).await.is_err());
    assert!(
        sso.feed_reader(&format!("feed_{}", crate::token::Token::new().written()))
            .await
            .is_err()
    );
    let client = Client {
        address: [192, 0, 2, 1].into(),
        label: String::new(),
    };
    assert!(
        sso.sign_in(NIP, &PASSWORD.into(), &client, &HeaderMap::new())
            .await
            .is_err()
    );
    assert!(
        sso.sign_out(&sekar).await.is_err(),
        "nobody is told that they are signed out when they are not"
    );
    assert!(sso.reader(sekar.reader.person).await.is_err());
    // Nobody without a credential costs the store anything.
    assert_eq!(
        why(sso
            .identify(HUB, &HeaderMap::new())
            .await
            .expect("an answer")),
        Some(Why::NoCredential)
    );
}
