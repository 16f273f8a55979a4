//! Push credentials.

use super::Site;
use super::fixtures::{app, at, person};
use crate::{PushCredential, PushProof, StoreError, TokenHash};
use uuid::Uuid;

fn credential(number: u128, slug: &str, proof: PushProof) -> PushCredential {
    PushCredential {
        id: Uuid::from_u128(number),
        app: app(slug),
        proof,
        label: format!("Server {number}"),
        made_by: number.is_multiple_of(2).then(|| person(number)),
        created_at: at(number as i64),
        used_at: None,
    }
}

/// An app has two credentials of each sort at most, finds its own alone, and loses one when it is revoked.
pub async fn keeps_two_credentials_of_a_sort(site: &dyn Site) {
    let store = site.open();
    let token = |number: u128, slug| {
        let hash = TokenHash::of(&number.to_be_bytes());
        credential(number, slug, PushProof::Token(hash))
    };
    let keep = async |one: PushCredential| store.push_credentials.add_push_credential(one).await;
    keep(token(1, "surat")).await.expect("the first");
    keep(token(2, "surat")).await.expect("the second");
    let third = keep(token(3, "surat")).await;
    assert!(matches!(third, Err(StoreError::Conflict { .. })));
    let hmac = credential(4, "surat", PushProof::Hmac);
    keep(hmac.clone()).await.expect("another sort");
    keep(token(5, "cuti")).await.expect("another app");

    let list = async || {
        let listed = store.push_credentials.push_credentials(&app("surat")).await;
        listed.expect("a list")
    };
    assert_eq!(list().await, [hmac, token(2, "surat"), token(1, "surat")]);
    let touched = store
        .push_credentials
        .touch_push_credential(Uuid::from_u128(2), at(9))
        .await;
    touched.expect("touched");
    assert_eq!(list().await[1].used_at, Some(at(9)));

    let revoke = async |slug, number| {
        let (app, id) = (app(slug), Uuid::from_u128(number));
        let revoked = store.push_credentials.revoke_push_credential(&app, id);
        revoked.await.expect("an answer")
    };
    assert!(!revoke("cuti", 1).await, "another app's");
    assert!(revoke("surat", 1).await);
    assert!(!revoke("surat", 1).await, "twice");
    keep(token(3, "surat")).await.expect("room again");
}
