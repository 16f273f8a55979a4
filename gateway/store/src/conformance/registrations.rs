//! Registrations.

use super::Site;
use super::fixtures::{at, person};
use crate::{REGISTRATIONS_OPEN, StoreError};
use std::collections::BTreeMap;

fn typed(name: &str) -> BTreeMap<String, String> {
    BTreeMap::from([("name".to_owned(), name.to_owned())])
}

/// What is typed is kept until it is sent; then nobody changes it.
pub async fn keeps_what_was_typed_until_it_is_sent(site: &dyn Site) {
    let store = site.open();
    let (me, you) = (person(1), person(2));
    let all = &store.registrations;
    let number = all.begin_registration(me, typed("a"), at(0)).await;
    let number = number.expect("begun");
    let keep = async |who, name, minute| {
        let kept = all.keep_registration(number, who, typed(name), at(minute));
        kept.await
    };
    keep(me, "b", 1).await.expect("kept");
    let stranger = keep(you, "c", 2).await;
    assert!(matches!(stranger, Err(StoreError::NotFound { .. })));
    let found = all.registration(number).await.expect("an answer");
    let found = found.expect("a registration");
    assert_eq!((&found.typed, found.changed_at), (&typed("b"), at(1)));
    assert_eq!(all.registrations(None).await.expect("a list"), []);

    let bound = all.bind_registration(number, Some(7), at(3)).await;
    bound.expect("bound");
    assert!(keep(me, "d", 4).await.is_err(), "it was sent");
    assert!(!all.drop_registration(number, me).await.expect("an answer"));
    let sent = all.registrations(None).await.expect("a list");
    assert_eq!(sent[0].proposal, Some(7));

    all.bind_registration(number, None, at(5))
        .await
        .expect("opened");
    keep(me, "e", 6).await.expect("kept again");
    assert!(!all.drop_registration(number, you).await.expect("an answer"));
    assert!(all.drop_registration(number, me).await.expect("an answer"));
    assert_eq!(all.registration(number).await.expect("an answer"), None);
}

/// A person has so many open ones at most; another person's do not count.
pub async fn bounds_what_was_begun(site: &dyn Site) {
    let store = site.open();
    let begin = async |number| {
        let begun = store
            .registrations
            .begin_registration(person(number), typed("x"), at(0));
        begun.await
    };
    for _ in 0..REGISTRATIONS_OPEN {
        begin(1).await.expect("begun");
    }
    assert!(matches!(begin(1).await, Err(StoreError::Conflict { .. })));
    begin(2).await.expect("another person");
    let mine = store.registrations.registrations(Some(person(1))).await;
    assert_eq!(mine.expect("a list").len(), REGISTRATIONS_OPEN);
}
