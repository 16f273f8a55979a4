//! Proposals and the history of definitions. All texts are made up.

use super::Site;
use super::fixtures::{app, at, person};
use crate::{
    Draft, NewVersion, Proposal, ProposalKind, ProposalQuery, ProposalState, Step, Store,
    StoreError, Texts, text_hash,
};
use std::sync::Arc;

fn draft(slug: &str, author: u128, text: &str) -> Draft {
    Draft {
        kind: ProposalKind::Change,
        app: app(slug),
        author: person(author),
        reason: "alamat baru".to_owned(),
        texts: Texts {
            base: Some("lama".to_owned()),
            text: Some(text.to_owned()),
        },
        restores: None,
        at: at(0),
    }
}

fn step(proposal: &Proposal, to: ProposalState) -> Step {
    Step {
        number: proposal.number,
        from: proposal.state,
        to,
        decided_by: None,
        note: None,
        at: at(5),
    }
}

fn version(slug: &str, text: Option<&str>) -> NewVersion {
    NewVersion {
        app: app(slug),
        text: text.map(str::to_owned),
        at: at(1),
        author: None,
        decided_by: None,
        reason: "berkas diubah langsung".to_owned(),
        proposal: None,
        restores: None,
    }
}

async fn list(store: &Store, query: ProposalQuery) -> Vec<u64> {
    let query = ProposalQuery { limit: 50, ..query };
    let found = store.definitions.proposals(query).await.expect("a list");
    found.into_iter().map(|proposal| proposal.number).collect()
}

/// An author has one draft for each app; what is written next takes its place, and others keep theirs.
pub async fn keeps_one_draft_for_each_author(site: &dyn Site) {
    let store = site.open();
    let of = &store.definitions;
    let first = of.keep_draft(draft("a", 1, "satu")).await.expect("kept");
    let again = of.keep_draft(draft("a", 1, "dua")).await.expect("kept");
    assert_eq!(
        (again.number, again.state),
        (first.number, ProposalState::Draft)
    );
    let other = of.keep_draft(draft("a", 2, "tiga")).await.expect("kept");
    let registration = Draft {
        kind: ProposalKind::Registration,
        ..draft("a", 1, "empat")
    };
    let registration = of.keep_draft(registration).await.expect("kept");
    assert_ne!(registration.number, first.number);
    let (_, texts) = of
        .proposal(first.number)
        .await
        .expect("read")
        .expect("is there");
    assert_eq!(texts.text.as_deref(), Some("dua"));
    assert_eq!(texts.base.as_deref(), Some("lama"));
    let of_one = ProposalQuery {
        author: Some(person(1)),
        ..ProposalQuery::default()
    };
    assert_eq!(
        list(&store, of_one).await,
        [registration.number, first.number]
    );
    let older = ProposalQuery {
        app: Some(app("a")),
        before: Some(registration.number),
        ..ProposalQuery::default()
    };
    assert_eq!(list(&store, older).await, [other.number, first.number]);
    assert!(of.proposal(99).await.expect("read").is_none());
}

/// Of many who decide at once one is heard; a draft that was begun meanwhile is not overwritten.
pub async fn moves_a_proposal_once(site: &dyn Site) {
    let store = Arc::new(site.open());
    let of = &store.definitions;
    let first = of.keep_draft(draft("a", 1, "satu")).await.expect("kept");
    let waiting = of
        .step(step(&first, ProposalState::Waiting), None)
        .await
        .expect("moved");
    let mut tasks = tokio::task::JoinSet::new();
    for n in 2..12 {
        let (store, waiting) = (store.clone(), waiting.clone());
        tasks.spawn(async move {
            let decided = Step {
                decided_by: Some(person(n)),
                note: Some("setuju".to_owned()),
                ..step(&waiting, ProposalState::Applying)
            };
            store.definitions.step(decided, None).await
        });
    }
    let outcomes = tasks.join_all().await;
    let heard: Vec<_> = outcomes.iter().flatten().collect();
    assert_eq!(heard.len(), 1);
    assert!(heard[0].decided_by.is_some());
    let refused = |outcome: &Result<Proposal, StoreError>| {
        matches!(outcome, Err(StoreError::Conflict { .. }))
    };
    assert_eq!(outcomes.iter().filter(|one| refused(one)).count(), 9);

    of.keep_draft(draft("a", 1, "dua")).await.expect("kept");
    let back = of.step(step(heard[0], ProposalState::Draft), None).await;
    assert!(matches!(back, Err(StoreError::Conflict { what: "draft" })));
    let nowhere = Step {
        number: 99,
        ..step(&first, ProposalState::Withdrawn)
    };
    let nowhere = of.step(nowhere, None).await;
    assert!(matches!(nowhere, Err(StoreError::NotFound { .. })));
}

/// Versions are numbered by app, hashed, added with the step that leads to them, and outlive a restart.
pub async fn adds_versions_with_their_step(site: &dyn Site) {
    let store = site.open();
    let of = &store.definitions;
    let seen = vec![version("a", Some("lama")), version("b", Some("b"))];
    of.record(seen).await.expect("recorded");
    let proposal = of.keep_draft(draft("a", 1, "baru")).await.expect("kept");
    let next = NewVersion {
        author: Some(person(1)),
        decided_by: Some(person(2)),
        proposal: Some(proposal.number),
        restores: Some(1),
        ..version("a", Some("baru"))
    };
    let wrong = Step {
        from: ProposalState::Waiting,
        ..step(&proposal, ProposalState::InForce)
    };
    let refused = of.step(wrong, Some(next.clone())).await;
    assert!(matches!(refused, Err(StoreError::Conflict { .. })));
    assert_eq!(
        of.versions(&app("a"), None, 10)
            .await
            .expect("a list")
            .len(),
        1
    );
    of.step(step(&proposal, ProposalState::InForce), Some(next))
        .await
        .expect("in force");
    of.record(vec![version("b", None)]).await.expect("recorded");
    store.upkeep.close().await.expect("closed");
    drop(store);

    let store = site.open();
    let of = &store.definitions;
    let versions = of.versions(&app("a"), None, 10).await.expect("a list");
    assert_eq!(
        versions.iter().map(|v| v.number).collect::<Vec<_>>(),
        [2, 1]
    );
    assert_eq!(versions[0].hash, Some(text_hash("baru")));
    assert_eq!(
        (versions[0].author, versions[0].decided_by),
        (Some(person(1)), Some(person(2)))
    );
    assert_eq!(
        (versions[0].proposal, versions[0].restores),
        (Some(proposal.number), Some(1))
    );
    let older = of.versions(&app("a"), Some(2), 10).await.expect("a list");
    assert_eq!(older.len(), 1);
    let (first, text) = of
        .version(&app("a"), 1)
        .await
        .expect("read")
        .expect("is there");
    assert_eq!((first.author, text.as_deref()), (None, Some("lama")));
    assert!(of.version(&app("a"), 3).await.expect("read").is_none());
    let latest = of.latest().await.expect("a list");
    let latest: Vec<_> = latest
        .iter()
        .map(|v| (v.app.as_str(), v.number, v.hash.is_some()))
        .collect();
    assert_eq!(latest, [("a", 2, true), ("b", 2, false)]);
}
