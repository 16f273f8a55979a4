//! The life of a proposal: who may do what, what comes into force, and what the history says after a kill.

mod trials;

use super::*;
use divos_adapters::{AddressPolicy, Outbound, Pseudonym, World};
use divos_manifest::{LoadOptions, StaticSecrets};
use divos_model::SystemClock;
use divos_store::{Store, StoreError};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

pub(super) const GOOD: &str = "# dibuat-buat\nmetadata: { name: surat, title: Surat }\napp: { upstreams: [\"http://127.0.0.1:9\"] }\n";

/// Reloads as the hub does, or refuses.
struct Reloads {
    definitions: Arc<Definitions>,
    refuse: AtomicBool,
}

#[async_trait]
impl Reload for Reloads {
    async fn reload(&self) -> Result<Changes, String> {
        if self.refuse.load(Ordering::Relaxed) {
            return Err("two apps on one host".to_owned());
        }
        let (next, changes) = self.definitions.look();
        self.definitions.put(next);
        Ok(changes)
    }
}

pub(super) struct Desk {
    root: tempfile::TempDir,
    store: Store,
    reloads: Arc<Reloads>,
    pub(super) editing: Arc<Editing>,
}

impl Desk {
    pub(super) fn new(two_persons: bool) -> Self {
        let root = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(root.path().join("c")).expect("made");
        std::fs::write(root.path().join("c/surat.yaml"), GOOD).expect("written");
        Self::at(root, two_persons)
    }

    /// Opens the hub's parts over a folder, as a start does.
    fn at(root: tempfile::TempDir, two_persons: bool) -> Self {
        let dir = root.path().join("c");
        let store = divos_store::open(divos_store::Options::at(root.path().join("data")));
        let store = store.expect("a store");
        let secrets = StaticSecrets::from_iter([("surat/kunci", "rahasia-yang-panjang")]);
        let options = LoadOptions {
            secrets: Some(Arc::new(secrets)),
        };
        let definitions = Arc::new(Definitions::open(&dir, None, options));
        let reloads = Arc::new(Reloads {
            definitions: Arc::clone(&definitions),
            refuse: AtomicBool::new(false),
        });
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let parts = EditingParts {
            store: Arc::clone(&store.definitions),
            audit: Arc::clone(&store.audit),
            definitions,
            reload: Arc::clone(&reloads) as _,
            world: World {
                http: Arc::new(Outbound::live(
                    AddressPolicy::with_private(),
                    Arc::clone(&clock),
                )),
                clock: Arc::clone(&clock),
                pseudonym: Arc::new(Pseudonym::new(vec![7; 32])),
            },
            clock,
            two_persons,
        };
        Self {
            editing: Editing::new(&dir, parts),
            root,
            store,
            reloads,
        }
    }

    fn file(&self) -> PathBuf {
        self.root.path().join("c/surat.yaml")
    }

    fn on_disk(&self) -> String {
        std::fs::read_to_string(self.file()).expect("a file")
    }

    pub(super) async fn draft(&self, actor: Actor, text: &str) -> Proposal {
        let texts = Texts {
            base: Some(self.on_disk()),
            text: Some(text.to_owned()),
        };
        let surat = app();
        let kept =
            self.editing
                .keep_draft(actor, ProposalKind::Change, &surat, texts, "judul baru");
        kept.await.expect("kept")
    }

    async fn history(&self) -> Vec<(u64, bool, String)> {
        let versions = self.editing.versions(&app(), None, 50).await;
        let versions = versions.expect("a history").into_iter();
        versions
            .map(|v| (v.number, v.author.is_some(), v.reason))
            .collect()
    }

    async fn events(&self) -> Vec<String> {
        let rows = self.store.audit.rows(0, 100).await.expect("rows");
        rows.into_iter().map(|row| row.draft.event).collect()
    }
}

pub(super) fn app() -> AppId {
    "surat".parse().expect("a slug")
}

pub(super) fn operator(n: u128) -> Actor {
    Actor {
        person: PersonId::from_uuid(uuid::Uuid::from_u128(n)),
        operator: true,
    }
}

fn retitled() -> String {
    GOOD.replace("title: Surat", "title: Surat Masuk")
}

#[tokio::test]
async fn a_change_comes_into_force_and_into_the_history() {
    let desk = Desk::new(false);
    desk.editing.settle().await.expect("settled");
    let draft = desk.draft(operator(1), &retitled()).await;
    let done = desk.editing.submit(operator(1), draft.number).await;
    assert_eq!(done.expect("in force").state, ProposalState::InForce);
    assert_eq!(desk.on_disk(), retitled());
    assert_eq!(
        desk.reloads.definitions.in_force().connectors[0].title,
        "Surat Masuk"
    );
    // What follows the reload finds nothing that a hand changed.
    desk.editing.settle().await.expect("settled");
    let expected = [
        (2, true, "judul baru".to_owned()),
        (1, false, String::new()),
    ];
    assert_eq!(desk.history().await, expected);
    assert_eq!(
        desk.events().await,
        ["connector.proposed", "connector.in_force"]
    );

    let surat = app();
    let back = desk
        .editing
        .roll_back(operator(1), &surat, 1, "salah judul");
    let back = back.await.expect("in force");
    assert_eq!((back.restores, desk.on_disk()), (Some(1), GOOD.to_owned()));
    assert_eq!(desk.history().await.len(), 3);
    assert!(
        desk.events()
            .await
            .contains(&"connector.rolled_back".to_owned())
    );

    let gone = desk.editing.remove(operator(1), &surat, "sudah diganti");
    gone.await.expect("removed");
    assert!(!desk.file().exists());
    let (last, text) = desk.editing.version(&app(), 4).await.expect("a version");
    assert_eq!((last.hash, text), (None, None));
}

#[tokio::test]
async fn a_faulty_text_never_replaces_a_good_one() {
    let desk = Desk::new(false);
    let draft = desk
        .draft(operator(1), &GOOD.replace("title", "tilte"))
        .await;
    let refused = desk.editing.submit(operator(1), draft.number).await;
    let Err(EditError::Faulty(checked)) = refused else {
        panic!("{refused:?}");
    };
    let unknown = |fault: &&divos_manifest::Fault| fault.code() == "DV0102";
    let unknown = checked.faults.iter().find(unknown).expect("the fault");
    assert_eq!(unknown.place.as_ref().map(|place| place.line), Some(2));
    let draft = desk.draft(operator(1), GOOD).await;
    let refused = desk.editing.submit(operator(1), draft.number).await;
    assert!(matches!(refused, Err(EditError::Unchanged)), "{refused:?}");
    assert_eq!(desk.on_disk(), GOOD);
    // What was typed is there still.
    let kept = desk
        .editing
        .draft(operator(1), ProposalKind::Change, &app())
        .await;
    assert!(kept.expect("read").is_some());
}

#[tokio::test]
async fn what_the_hub_refuses_is_put_back() {
    let desk = Desk::new(false);
    let draft = desk.draft(operator(1), &retitled()).await;
    desk.reloads.refuse.store(true, Ordering::Relaxed);
    let refused = desk.editing.submit(operator(1), draft.number).await;
    assert!(
        matches!(refused, Err(EditError::NotTaken(_))),
        "{refused:?}"
    );
    assert_eq!(desk.on_disk(), GOOD);
    let (again, _) = desk.editing.proposal(draft.number).await.expect("is there");
    assert_eq!(again.state, ProposalState::Draft);
}

#[tokio::test]
async fn a_file_that_changed_meanwhile_is_not_overwritten() {
    let desk = Desk::new(true);
    let draft = desk.draft(operator(1), &retitled()).await;
    let waiting = desk.editing.submit(operator(1), draft.number).await;
    let waiting = waiting.expect("waits");
    let theirs = GOOD.replace("dibuat-buat", "diubah tangan");
    std::fs::write(desk.file(), &theirs).expect("written");
    let late = desk
        .editing
        .decide(operator(2), waiting.number, Decision::Approve, "");
    let late = late.await;
    assert!(matches!(late, Err(EditError::ChangedMeanwhile)), "{late:?}");
    assert_eq!(desk.on_disk(), theirs);
}

#[tokio::test]
async fn whoever_proposes_does_not_decide() {
    let desk = Desk::new(true);
    let draft = desk.draft(operator(1), &retitled()).await;
    let waiting = desk.editing.submit(operator(1), draft.number).await;
    let waiting = waiting.expect("waits");
    assert_eq!(
        (waiting.state, desk.on_disk()),
        (ProposalState::Waiting, GOOD.to_owned())
    );
    let decide = |actor, decision, note: &'static str| {
        let editing = Arc::clone(&desk.editing);
        async move { editing.decide(actor, waiting.number, decision, note).await }
    };
    for decision in [Decision::Approve, Decision::Reject] {
        let own = decide(operator(1), decision, "ya").await;
        assert!(matches!(own, Err(EditError::OwnProposal)), "{own:?}");
    }
    let reader = Actor {
        operator: false,
        ..operator(2)
    };
    let nobody = decide(reader, Decision::Approve, "ya").await;
    assert!(matches!(nobody, Err(EditError::NotAllowed)), "{nobody:?}");
    let silent = decide(operator(2), Decision::Reject, " ").await;
    assert!(matches!(silent, Err(EditError::NoReason)), "{silent:?}");
    // Nobody else takes it back, and nobody decides over what is a draft.
    let other = desk.editing.withdraw(operator(2), waiting.number).await;
    assert!(matches!(other, Err(EditError::Missing)), "{other:?}");
    let (a, b) = tokio::join!(
        decide(operator(2), Decision::Approve, "baik"),
        decide(operator(3), Decision::Approve, "baik"),
    );
    assert_eq!([a, b].iter().filter(|one| one.is_ok()).count(), 1);
    assert_eq!(desk.on_disk(), retitled());
    let done = desk.editing.proposal(waiting.number).await.expect("read").0;
    assert!(done.decided_by.is_some_and(|who| who != done.author));
    let again = decide(operator(3), Decision::Approve, "ya").await;
    assert!(matches!(again, Err(EditError::Decided)), "{again:?}");
    let (version, _) = desk.editing.version(&app(), 1).await.expect("a version");
    assert_eq!(version.decided_by, done.decided_by);
}

#[tokio::test]
async fn only_operators_propose_changes() {
    let desk = Desk::new(false);
    let reader = Actor {
        operator: false,
        ..operator(5)
    };
    let (texts, surat) = (Texts::default(), app());
    let kept = desk
        .editing
        .keep_draft(reader, ProposalKind::Change, &surat, texts.clone(), "x");
    assert!(matches!(kept.await, Err(EditError::NotAllowed)));
    let kept = desk
        .editing
        .keep_draft(reader, ProposalKind::Registration, &surat, texts, "x");
    assert!(kept.await.is_ok());
    let tried = desk.editing.try_out(reader, &app(), GOOD).await;
    assert!(matches!(tried, Err(EditError::NotAllowed)));
}

#[tokio::test]
async fn a_host_that_is_given_away_is_not_taken() {
    let desk = Desk::new(false);
    let other = GOOD
        .replace("name: surat", "name: arsip")
        .replace("app: {", "app: { host: surat,");
    let arsip = "arsip".parse().expect("a slug");
    let checked = desk.editing.check(&arsip, Some(other)).await;
    let checked = checked.expect("checked");
    assert!(!checked.is_good());
    assert_eq!(checked.lost, [app()]);
}

/// Marks a proposal as a hub does that is killed right after.
async fn begun(desk: &Desk, decided_by: Option<PersonId>) -> Proposal {
    let draft = desk.draft(operator(1), &retitled()).await;
    let applying = ProposalState::Applying;
    let marked = desk.editing.step(&draft, applying, decided_by, None).await;
    marked.expect("marked")
}

async fn restarted(desk: Desk) -> Desk {
    desk.store.upkeep.close().await.expect("closed");
    let Desk { root, .. } = desk;
    let desk = Desk::at(root, false);
    desk.editing.settle().await.expect("settled");
    desk
}

#[tokio::test]
async fn a_hub_killed_before_the_file_was_replaced_has_changed_nothing() {
    for (decided_by, after) in [
        (None, ProposalState::Draft),
        (Some(operator(2).person), ProposalState::Waiting),
    ] {
        let desk = Desk::new(false);
        let marked = begun(&desk, decided_by).await;
        let desk = restarted(desk).await;
        let (found, _) = desk.editing.proposal(marked.number).await.expect("read");
        assert_eq!((found.state, found.decided_by), (after, None));
        assert_eq!(desk.history().await, [(1, false, String::new())]);
    }
}

#[tokio::test]
async fn a_hub_killed_after_the_file_was_replaced_still_knows_who_did_it() {
    let desk = Desk::new(false);
    let marked = begun(&desk, None).await;
    std::fs::write(desk.file(), retitled()).expect("written");
    let desk = restarted(desk).await;
    let (found, _) = desk.editing.proposal(marked.number).await.expect("read");
    assert_eq!(found.state, ProposalState::InForce);
    assert_eq!(desk.history().await, [(1, true, "judul baru".to_owned())]);
}

#[tokio::test]
async fn a_change_by_hand_is_recorded_as_such() {
    let desk = Desk::new(false);
    desk.editing.settle().await.expect("settled");
    std::fs::write(desk.file(), retitled()).expect("written");
    desk.reloads.reload().await.expect("reloaded");
    desk.editing.settle().await.expect("settled");
    std::fs::write(desk.file(), "metadata: [").expect("written");
    desk.reloads.reload().await.expect("reloaded");
    desk.editing.settle().await.expect("settled");
    // A faulty file is not in force, so there is no version of it.
    assert_eq!(desk.history().await.len(), 2);
    std::fs::remove_file(desk.file()).expect("removed");
    desk.reloads.reload().await.expect("reloaded");
    desk.editing.settle().await.expect("settled");
    let history = desk.history().await;
    assert!(history.iter().all(|(_, by_somebody, _)| !by_somebody));
    assert_eq!(history.len(), 3);
}

#[tokio::test]
async fn a_store_that_does_not_answer_is_said() {
    let desk = Desk::new(false);
    desk.store.upkeep.close().await.expect("closed");
    let failed = desk.editing.settle().await;
    assert!(
        matches!(failed, Err(EditError::Store(StoreError::Closed))),
        "{failed:?}"
    );
}
