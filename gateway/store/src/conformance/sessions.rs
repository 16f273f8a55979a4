//! Sessions, tickets, throttles and long-lived tokens.

use super::Site;
use super::fixtures::at;
use crate::{
    Identifier, IdentifierKind, PersonRecord, Revoked, Session, Store, StoreError, Throttle,
    Ticket, Token, TokenHash, TokenKind, Touch,
};
use chrono::TimeDelta;
use divos_model::PersonId;
use std::sync::Arc;
use uuid::Uuid;

fn hash(word: &str) -> TokenHash {
    TokenHash::of(word.as_bytes())
}

async fn person(store: &Store) -> PersonId {
    let email = Identifier::new(IdentifierKind::Email, "a@contoh.id");
    let record = PersonRecord::new(1, "A", vec![email]);
    let done = store.people.import(vec![record], false, at(0)).await;
    done.expect("an import").persons[0].1
}

fn session(person: PersonId, word: &str, parent: Option<&str>) -> Session {
    Session {
        hash: hash(word),
        person,
        parent: parent.map(hash),
        host: format!("{word}.contoh.localhost"),
        created_at: at(0),
        seen_at: at(0),
        expires_at: at(720),
        proved_at: at(0),
        methods: vec!["pwd".to_owned()],
        acting: None,
        label: "Firefox, Android".to_owned(),
        epoch: 1,
    }
}

fn ended(revoked: Result<Vec<Revoked>, StoreError>) -> Vec<String> {
    let mut hosts: Vec<_> = revoked
        .expect("an answer")
        .into_iter()
        .map(|one| one.host)
        .collect();
    hosts.sort();
    hosts
}

/// A session is found by its token, moves forward when touched, and ends with its children.
pub async fn begins_touches_and_ends(site: &dyn Site) {
    let store = site.open();
    let me = person(&store).await;
    let sessions = &store.sessions;
    let portal = session(me, "portal", None);
    sessions.begin(portal.clone()).await.expect("begun");
    let child = session(me, "surat", Some("portal"));
    sessions.begin(child.clone()).await.expect("begun");
    let orphan = sessions.begin(session(me, "x", Some("nobody"))).await;
    assert!(matches!(orphan, Err(StoreError::NotFound { .. })));
    let twice = sessions.begin(portal.clone()).await;
    assert!(matches!(twice, Err(StoreError::Conflict { .. })));
    let nobody = sessions.begin(session(PersonId::random(), "y", None)).await;
    assert!(matches!(nobody, Err(StoreError::NotFound { .. })));
    let known = sessions.session(portal.hash).await.expect("an answer");
    let known = known.expect("a session");
    assert_eq!(
        (known.session, known.epoch, known.disabled),
        (portal.clone(), 1, false)
    );
    let touch = |at| {
        vec![Touch {
            hash: hash("portal"),
            at,
        }]
    };
    sessions.touch(touch(at(5))).await.expect("touched");
    sessions.touch(touch(at(3))).await.expect("touched");
    let known = sessions.session(portal.hash).await.expect("an answer");
    assert_eq!(known.expect("a session").session.seen_at, at(5));
    store.people.set_disabled(me, true).await.expect("set");
    let known = sessions.session(child.hash).await.expect("an answer");
    let known = known.expect("a session");
    assert!(known.disabled && known.epoch == 2);
    let hosts = ended(sessions.revoke(portal.hash).await);
    assert_eq!(hosts, ["portal.contoh.localhost", "surat.contoh.localhost"]);
    assert!(ended(sessions.revoke(portal.hash).await).is_empty());
    for gone in [portal.hash, child.hash] {
        assert_eq!(sessions.session(gone).await.expect("an answer"), None);
    }
}

/// Of two that rotate one session, one wins; children and tickets follow.
pub async fn rotates_once(site: &dyn Site) {
    let store = site.open();
    let me = person(&store).await;
    let sessions = &store.sessions;
    sessions
        .begin(session(me, "old", None))
        .await
        .expect("begun");
    let child = session(me, "surat", Some("old"));
    sessions.begin(child.clone()).await.expect("begun");
    let (a, b) = tokio::join!(
        sessions.rotate(hash("old"), session(me, "new1", None)),
        sessions.rotate(hash("old"), session(me, "new2", None)),
    );
    assert!(a.is_ok() != b.is_ok());
    let winner = if a.is_ok() { "new1" } else { "new2" };
    assert_eq!(
        sessions.session(hash("old")).await.expect("an answer"),
        None
    );
    let moved = sessions.session(child.hash).await.expect("an answer");
    assert_eq!(moved.expect("a child").session.parent, Some(hash(winner)));
    assert_eq!(
        sessions.sessions_of(me, at(1)).await.expect("a list").len(),
        2
    );
    assert_eq!(ended(sessions.revoke(hash(winner)).await).len(), 2);
}

/// Signing out everywhere else keeps this session and its children.
pub async fn ends_all_but_one(site: &dyn Site) {
    let store = site.open();
    let me = person(&store).await;
    let sessions = &store.sessions;
    for (word, parent) in [
        ("a", None),
        ("a1", Some("a")),
        ("b", None),
        ("b1", Some("b")),
    ] {
        sessions
            .begin(session(me, word, parent))
            .await
            .expect("begun");
    }
    let hosts = ended(sessions.revoke_person(me, Some(hash("a"))).await);
    assert_eq!(hosts, ["b.contoh.localhost", "b1.contoh.localhost"]);
    let hosts = ended(sessions.revoke_person(me, None).await);
    assert_eq!(hosts, ["a.contoh.localhost", "a1.contoh.localhost"]);
    assert!(
        sessions
            .sessions_of(me, at(1))
            .await
            .expect("a list")
            .is_empty()
    );
}

/// Of fifty that try a ticket at once, one gets it; the wrong host or a late one uses it up.
pub async fn a_ticket_is_taken_once(site: &dyn Site) {
    let store = Arc::new(site.open());
    let me = person(&store).await;
    store
        .sessions
        .begin(session(me, "portal", None))
        .await
        .expect("begun");
    let ticket = |word: &str| Ticket {
        hash: hash(word),
        session: hash("portal"),
        host: "surat.contoh.localhost".to_owned(),
        target: "/a?b=1".to_owned(),
        binding: Some(hash("browser")),
        expires_at: at(1),
    };
    store
        .sessions
        .issue_ticket(ticket("t"))
        .await
        .expect("issued");
    let mut tries = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let store = store.clone();
        tries.spawn(async move {
            let host = "surat.contoh.localhost";
            let taken = store.sessions.take_ticket(hash("t"), host, at(0)).await;
            taken.expect("an answer")
        });
    }
    let got: Vec<_> = tries.join_all().await.into_iter().flatten().collect();
    assert_eq!(got, [ticket("t")]);
    for (word, host, minutes) in [
        ("u", "lain.contoh.localhost", 0),
        ("v", "surat.contoh.localhost", 1),
    ] {
        store
            .sessions
            .issue_ticket(ticket(word))
            .await
            .expect("issued");
        let refused = store
            .sessions
            .take_ticket(hash(word), host, at(minutes))
            .await;
        assert_eq!(refused.expect("an answer"), None);
        let right = "surat.contoh.localhost";
        let used = store.sessions.take_ticket(hash(word), right, at(0)).await;
        assert_eq!(used.expect("an answer"), None);
    }
    // A ticket ends with its session.
    store
        .sessions
        .issue_ticket(ticket("w"))
        .await
        .expect("issued");
    store
        .sessions
        .revoke(hash("portal"))
        .await
        .expect("revoked");
    let late = store
        .sessions
        .take_ticket(hash("w"), "surat.contoh.localhost", at(0))
        .await;
    assert_eq!(late.expect("an answer"), None);
    let refused = store.sessions.issue_ticket(ticket("x")).await;
    assert!(matches!(refused, Err(StoreError::NotFound { .. })));
}

/// Tries are counted within a window, each one even when many come at once.
pub async fn throttles_in_a_window(site: &dyn Site) {
    let store = Arc::new(site.open());
    let window = TimeDelta::minutes(15);
    let mut tries = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let store = store.clone();
        tries.spawn(async move { store.sessions.strike("k", window, at(0)).await });
    }
    let mut counts: Vec<_> = tries
        .join_all()
        .await
        .into_iter()
        .map(|throttle| throttle.expect("a count").count)
        .collect();
    counts.sort_unstable();
    assert_eq!(counts, (1..=20).collect::<Vec<_>>());
    let read = |minutes| store.sessions.throttle("k", window, at(minutes));
    let twenty = Throttle {
        count: 20,
        since: at(0),
    };
    assert_eq!(read(14).await.expect("an answer"), Some(twenty));
    assert_eq!(read(15).await.expect("an answer"), None);
    let anew = store
        .sessions
        .strike("k", window, at(15))
        .await
        .expect("a count");
    assert_eq!(
        anew,
        Throttle {
            count: 1,
            since: at(15)
        }
    );
    store.sessions.clear_throttle("k").await.expect("cleared");
    assert_eq!(read(15).await.expect("an answer"), None);
}

/// What expired is forgotten, the rest stays; all of it survives closing.
pub async fn forgets_what_expired(site: &dyn Site) {
    let store = site.open();
    let me = person(&store).await;
    let mut short = session(me, "short", None);
    short.expires_at = at(10);
    store.sessions.begin(short).await.expect("begun");
    store
        .sessions
        .begin(session(me, "long", None))
        .await
        .expect("begun");
    let window = TimeDelta::days(2);
    store
        .sessions
        .strike("k", window, at(0))
        .await
        .expect("a count");
    assert_eq!(
        store.sessions.purge_expired(at(9)).await.expect("a count"),
        0
    );
    assert_eq!(
        store.sessions.purge_expired(at(10)).await.expect("a count"),
        1
    );
    store.upkeep.close().await.expect("closed");
    drop(store);
    let store = site.open();
    let left = store
        .sessions
        .sessions_of(me, at(11))
        .await
        .expect("a list");
    assert_eq!(left, [session(me, "long", None)]);
    let throttle = store.sessions.throttle("k", window, at(1)).await;
    assert_eq!(throttle.expect("an answer").map(|one| one.count), Some(1));
}

/// Tokens are found by their hash until they are revoked.
pub async fn keeps_tokens(site: &dyn Site) {
    let store = site.open();
    let me = person(&store).await;
    let token = |number: u128, person| Token {
        id: Uuid::from_u128(number),
        hash: hash(&number.to_string()),
        kind: if person == Some(me) {
            TokenKind::Feed
        } else {
            TokenKind::Api
        },
        person,
        label: "Kalender".to_owned(),
        scopes: vec!["feed:read".to_owned(), "feed:write".to_owned()],
        epoch: 3,
        created_at: at(0),
        expires_at: person.map(|_| at(99)),
        used_at: None,
    };
    let (own, machine) = (token(1, Some(me)), token(2, None));
    store.tokens.add_token(own.clone()).await.expect("added");
    store
        .tokens
        .add_token(machine.clone())
        .await
        .expect("added");
    let twice = store.tokens.add_token(own.clone()).await;
    assert!(matches!(twice, Err(StoreError::Conflict { .. })));
    assert_eq!(
        store.tokens.token(own.hash).await.expect("an answer"),
        Some(own.clone())
    );
    assert_eq!(store.tokens.tokens(None).await.expect("a list"), [machine]);
    store
        .tokens
        .touch_tokens(vec![(own.id, at(5))])
        .await
        .expect("touched");
    let listed = store.tokens.tokens(Some(me)).await.expect("a list");
    assert_eq!(listed[0].used_at, Some(at(5)));
    assert!(store.tokens.revoke_token(own.id).await.expect("an answer"));
    assert!(!store.tokens.revoke_token(own.id).await.expect("an answer"));
    assert_eq!(store.tokens.token(own.hash).await.expect("an answer"), None);
}
