//! The audit log and small values.

use super::Site;
use super::fixtures::{at, person};
use crate::{AuditDraft, AuditRow};
use secrecy::{ExposeSecret, SecretSlice};
use serde_json::json;
use std::collections::HashSet;
use std::sync::Arc;

/// Rows that many append at once form one chain without gaps, which goes on after a restart.
pub async fn chains_what_many_append(site: &dyn Site) {
    let store = Arc::new(site.open());
    let empty = store.audit.verify().await.expect("a verdict");
    assert_eq!((empty.rows, empty.broken_at), (0, None));
    let draft = |n: u32| AuditDraft {
        at: at(0) + chrono::TimeDelta::nanoseconds(1_234_567),
        event: "sign_in.ok".to_owned(),
        actor: Some(person(1)),
        subject: None,
        details: json!({"n": n, "rasio": 0.1, "nama": "Ā"}),
    };
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..50 {
        let store = store.clone();
        tasks.spawn(async move { store.audit.append(draft(n)).await.expect("a row") });
    }
    let rows = tasks.join_all().await;
    let numbers: HashSet<_> = rows.iter().map(|row| row.number).collect();
    assert_eq!(numbers, (1..=50).collect());
    let verdict = store.audit.verify().await.expect("a verdict");
    assert_eq!((verdict.rows, verdict.broken_at), (50, None));
    store.upkeep.close().await.expect("closed");
    drop(store);
    let store = site.open();
    let last = store.audit.append(draft(51)).await.expect("a row");
    assert_eq!((last.number, &last.previous), (51, &verdict.head));
    let read = store.audit.rows(40, 5).await.expect("rows");
    assert_eq!(
        read.iter().map(|row| row.number).collect::<Vec<_>>(),
        [41, 42, 43, 44, 45]
    );
    // Anybody can check an export: rows are JSON, hashed as RFC 8785 writes them.
    let text = serde_json::to_string(&read[0]).expect("JSON");
    let row: AuditRow = serde_json::from_str(&text).expect("a row");
    assert_eq!(row.hash, row.expected());
    assert_eq!(row.hash.len(), 64);
}

/// Of many that set a first value, one wins and all get it.
pub async fn one_value_wins(site: &dyn Site) {
    let store = Arc::new(site.open());
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..20u8 {
        let store = store.clone();
        tasks.spawn(async move {
            let value = SecretSlice::from(vec![n; 32]);
            let counts = store
                .meta
                .value_or("sso.key", value)
                .await
                .expect("a value");
            counts.expose_secret().to_vec()
        });
    }
    let values: HashSet<_> = tasks.join_all().await.into_iter().collect();
    assert_eq!(values.len(), 1);
    let value = store.meta.value("sso.key").await.expect("an answer");
    let value = value.expect("a value");
    assert!(values.contains(value.expose_secret()));
    let new = SecretSlice::from(vec![1, 2]);
    store.meta.set_value("sso.key", new).await.expect("set");
    let value = store.meta.value("sso.key").await.expect("an answer");
    assert_eq!(value.expect("a value").expose_secret(), [1, 2]);
    assert!(store.meta.remove_value("sso.key").await.expect("an answer"));
    assert!(!store.meta.remove_value("sso.key").await.expect("an answer"));
    assert!(
        store
            .meta
            .value("sso.key")
            .await
            .expect("an answer")
            .is_none()
    );
    let large = SecretSlice::from(vec![0; 65_537]);
    assert!(store.meta.set_value("x", large).await.is_err());
}
