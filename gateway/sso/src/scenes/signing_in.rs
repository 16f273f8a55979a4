//! Sign-in: who gets in, and what keeps the others out.

use super::*;
use crate::{DEVICE_COOKIE, SESSION_COOKIE};

#[tokio::test]
async fn every_spelling_of_a_login_opens_the_same_door() {
    let world = World::new().await;
    for login in [
        NIP,
        " 99000101 202601 2 002 ",
        "sekar@denpasar.example",
        " SEKAR@Denpasar.Example ",
    ] {
        let SignInOutcome::SignedIn { person, cookies } = world
            .attempt(login, PASSWORD, &HeaderMap::new(), "192.0.2.1")
            .await
        else {
            panic!("{login} is refused")
        };
        assert_eq!(person.reader.name, "Ni Luh Sekar Contoh");
        assert!(
            cookies
                .iter()
                .any(|c| c.to_str().is_ok_and(|c| c.starts_with("__Host-divos=")
                    && c.ends_with("; Path=/; Secure; HttpOnly; SameSite=Lax")))
        );
        let caller = world.who(HUB, &browser(&cookies)).await;
        assert_eq!(
            caller.reader().expect("a person").person,
            person.reader.person
        );
        assert_eq!(
            why(world.who(APP, &browser(&cookies)).await),
            Some(Why::Unknown),
            "a hub's cookie opens no app"
        );
    }
}

#[tokio::test]
async fn unknown_wrong_and_impossible_logins_get_one_answer() {
    let world = World::new().await;
    for (login, password) in [
        (NIP, "salah semuanya"),
        ("nobody@denpasar.example", PASSWORD),
        ("", PASSWORD),
        (NIP, ""),
        ("'; drop table persons; --", PASSWORD),
        (&"9".repeat(10_000), PASSWORD),
        (NIP, &"x".repeat(10_000)),
    ] {
        assert!(
            matches!(
                world
                    .attempt(login, password, &HeaderMap::new(), "192.0.2.1")
                    .await,
                SignInOutcome::Wrong
            ),
            "{login:.40}"
        );
    }
}

#[tokio::test]
async fn nip_email_and_spaced_nip_share_one_counter() {
    let world = World::new().await;
    let spellings = [
        NIP,
        "sekar@denpasar.example",
        "99000101 202601 2 002",
        "99000101.202601.2.002",
        " SEKAR@denpasar.example",
        NIP,
    ];
    for login in spellings {
        assert!(matches!(
            world
                .attempt(login, "salah semuanya", &HeaderMap::new(), "192.0.2.1")
                .await,
            SignInOutcome::Wrong
        ));
    }
    for login in [NIP, "sekar@denpasar.example", "990001012026012 002"] {
        let outcome = world
            .attempt(login, PASSWORD, &HeaderMap::new(), "192.0.2.1")
            .await;
        assert!(
            matches!(outcome, SignInOutcome::Throttled { wait } if wait > TimeDelta::zero()),
            "{login}: {outcome:?}"
        );
    }
    assert!(matches!(
        world
            .attempt(
                "bagus@denpasar.example",
                "sawah di belakang",
                &HeaderMap::new(),
                "192.0.2.1"
            )
            .await,
        SignInOutcome::SignedIn { .. }
    ));
    world.wait(TimeDelta::minutes(16));
    assert!(matches!(
        world
            .attempt(NIP, PASSWORD, &HeaderMap::new(), "192.0.2.1")
            .await,
        SignInOutcome::SignedIn { .. }
    ));
}

#[tokio::test]
async fn fifty_guesses_at_once_are_not_fifty_guesses() {
    let world = Arc::new(World::new().await);
    let mut guesses = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let world = world.clone();
        guesses.spawn(async move {
            matches!(
                world
                    .attempt(NIP, "salah semuanya", &HeaderMap::new(), "192.0.2.1")
                    .await,
                SignInOutcome::Wrong
            )
        });
    }
    let mut looked_at = 0;
    while let Some(guess) = guesses.join_next().await {
        looked_at += usize::from(guess.expect("a guess"));
    }
    assert_eq!(looked_at, 6);
}

#[tokio::test]
async fn an_attacker_cannot_lock_the_victim_out() {
    let world = World::new().await;
    let (_, sekars) = world.sekar().await;
    let device = sekars
        .get(header::COOKIE)
        .and_then(|c| c.to_str().ok())
        .expect("cookies");
    let device = device
        .split("; ")
        .find(|pair| pair.starts_with(DEVICE_COOKIE))
        .expect("a device cookie")
        .to_owned();
    for last in 0..40 {
        let _ = world
            .attempt(
                NIP,
                "salah semuanya",
                &HeaderMap::new(),
                &format!("198.51.100.{last}"),
            )
            .await;
    }
    let fresh = world
        .attempt(NIP, PASSWORD, &HeaderMap::new(), "203.0.113.1")
        .await;
    assert!(
        matches!(fresh, SignInOutcome::Throttled { wait } if wait <= TimeDelta::seconds(30)),
        "{fresh:?}"
    );
    // A device cookie of somebody else's making, or of somebody else, helps nobody.
    let bagus = browser(&match world
        .attempt(
            "bagus@denpasar.example",
            "sawah di belakang",
            &HeaderMap::new(),
            "203.0.113.2",
        )
        .await
    {
        SignInOutcome::SignedIn { cookies, .. } => cookies,
        other => panic!("{other:?}"),
    });
    for forged in [
        bagus,
        cookie(&format!(
            "{DEVICE_COOKIE}=00000000000000000000000000000000.AAAA"
        )),
        cookie(&format!("{DEVICE_COOKIE}=x")),
    ] {
        assert!(matches!(
            world.attempt(NIP, PASSWORD, &forged, "203.0.113.1").await,
            SignInOutcome::Throttled { .. }
        ));
    }
    let known = world
        .attempt(NIP, PASSWORD, &cookie(&device), "203.0.113.1")
        .await;
    assert!(matches!(known, SignInOutcome::SignedIn { .. }), "{known:?}");
}

#[tokio::test]
async fn a_session_that_was_planted_is_never_taken_over() {
    let world = World::new().await;
    // Fixation: a token of the attacker's choosing in the victim's browser.
    let planted = crate::token::Token::new().written();
    let victim = cookie(&format!("{SESSION_COOKIE}={planted}"));
    let SignInOutcome::SignedIn { cookies, .. } =
        world.attempt(NIP, PASSWORD, &victim, "192.0.2.1").await
    else {
        panic!("not signed in")
    };
    assert_eq!(why(world.who(HUB, &victim).await), Some(Why::Unknown));
    // The attacker's own, valid session in the victim's browser: it ends, and the victim gets another.
    let mine = match world
        .attempt(
            "bagus@denpasar.example",
            "sawah di belakang",
            &HeaderMap::new(),
            "192.0.2.2",
        )
        .await
    {
        SignInOutcome::SignedIn { cookies, .. } => browser(&cookies),
        other => panic!("{other:?}"),
    };
    assert!(world.who(HUB, &mine).await.reader().is_some());
    let SignInOutcome::SignedIn { person, .. } =
        world.attempt(NIP, PASSWORD, &mine, "192.0.2.1").await
    else {
        panic!("not signed in")
    };
    assert_eq!(person.reader.name, "Ni Luh Sekar Contoh");
    assert_eq!(
        why(world.who(HUB, &mine).await),
        Some(Why::Unknown),
        "the attacker must not share the victim's session"
    );
    // Signing in again in the same browser changes the token too.
    let first = browser(&cookies);
    let SignInOutcome::SignedIn { cookies, .. } =
        world.attempt(NIP, PASSWORD, &first, "192.0.2.1").await
    else {
        panic!("not signed in")
    };
    assert_eq!(why(world.who(HUB, &first).await), Some(Why::Unknown));
    assert!(world.who(HUB, &browser(&cookies)).await.reader().is_some());
}

#[tokio::test]
async fn the_disabled_are_told_so_only_with_the_right_password() {
    let world = World::new().await;
    let (sekar, browser) = world.sekar().await;
    world
        .sso
        .disable_person(sekar.reader.person, true)
        .await
        .expect("disabled");
    assert!(
        world.who(HUB, &browser).await.reader().is_none(),
        "their sessions end at once"
    );
    assert!(matches!(
        world
            .attempt(NIP, "salah semuanya", &HeaderMap::new(), "192.0.2.1")
            .await,
        SignInOutcome::Wrong
    ));
    assert!(matches!(
        world
            .attempt(NIP, PASSWORD, &HeaderMap::new(), "192.0.2.1")
            .await,
        SignInOutcome::Disabled
    ));
    world
        .sso
        .disable_person(sekar.reader.person, false)
        .await
        .expect("enabled");
    assert!(matches!(
        world
            .attempt(NIP, PASSWORD, &HeaderMap::new(), "192.0.2.1")
            .await,
        SignInOutcome::SignedIn { .. }
    ));
}

#[tokio::test]
async fn a_reset_password_ends_sessions_and_is_seen_once() {
    let world = World::new().await;
    let (sekar, browser) = world.sekar().await;
    let made = world
        .sso
        .reset_password(sekar.reader.person, None)
        .await
        .expect("reset")
        .made
        .expect("a password");
    assert!(world.who(HUB, &browser).await.reader().is_none());
    assert!(matches!(
        world
            .attempt(NIP, PASSWORD, &HeaderMap::new(), "192.0.2.1")
            .await,
        SignInOutcome::Wrong
    ));
    use secrecy::ExposeSecret as _;
    assert!(matches!(
        world
            .attempt(NIP, made.expose_secret(), &HeaderMap::new(), "192.0.2.1")
            .await,
        SignInOutcome::SignedIn { .. }
    ));
    assert!(
        world
            .sso
            .reset_password(sekar.reader.person, Some("pendek".into()))
            .await
            .is_err()
    );
}

#[tokio::test]
async fn a_published_password_opens_nothing_even_where_it_is_right() {
    let world = World::new().await;
    // Set by an older hub, or by hand.
    let lax = SsoSettings {
        refused_passwords: Vec::new(),
        ..settings()
    };
    let lax = Sso::open(lax, SsoStores::from(&world.store), world.clock.clone())
        .await
        .expect("a door");
    let sekar = lax.find_person(NIP).await.expect("sekar");
    lax.reset_password(sekar.id, Some("Contoh-Denpasar-2026".into()))
        .await
        .expect("set");
    assert!(matches!(
        world
            .attempt(NIP, "Contoh-Denpasar-2026", &HeaderMap::new(), "192.0.2.1")
            .await,
        SignInOutcome::Wrong
    ));
}

#[tokio::test]
async fn the_audit_tells_what_happened_and_no_secret() {
    let world = World::new().await;
    let _ = world
        .attempt(NIP, "salah semuanya", &HeaderMap::new(), "192.0.2.1")
        .await;
    let _ = world
        .attempt(
            "990001012026019999",
            "salah semuanya",
            &HeaderMap::new(),
            "192.0.2.1",
        )
        .await;
    let (sekar, _) = world.sekar().await;
    let _ = world.sso.sign_out(&sekar).await.expect("out");
    let rows = world.events().await;
    let events: Vec<&str> = rows.iter().map(|row| row.draft.event.as_str()).collect();
    assert_eq!(
        events,
        [
            "units.imported",
            "people.imported",
            "sign_in.failed",
            "sign_in.failed",
            "sign_in.ok",
            "sign_out"
        ]
    );
    assert_eq!(rows[4].draft.actor, Some(sekar.reader.person));
    let all = serde_json::to_string(&rows).expect("json");
    for secret in [
        NIP,
        "990001012026019999",
        "salah semuanya",
        PASSWORD,
        "sekar@",
        "Sekar",
    ] {
        assert!(!all.contains(secret), "the audit log holds {secret}");
    }
    assert_eq!(
        world
            .store
            .audit
            .verify()
            .await
            .expect("a verdict")
            .broken_at,
        None
    );
}
