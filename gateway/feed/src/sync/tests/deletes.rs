//! What is deleted, and what never is.

use super::*;

#[tokio::test]
async fn an_edit_and_a_delete_at_the_source_arrive() {
    let city = sweeping();
    city.run(Pass::full(tasks(0..10))).await;
    let mut edited = tasks(0..9);
    edited[3] = titled(3, "Tugas tiga, diubah");
    city.run(Pass::full(edited)).await;
    assert_eq!(city.alive().await, (0..9).collect::<Vec<_>>());
    let item = city
        .store
        .items
        .get_any(id(3))
        .await
        .expect("read")
        .expect("an item");
    assert_eq!(item.title, "Tugas tiga, diubah");
    let last = city.changes(&anybody()).await.pop().expect("a change");
    assert!(
        matches!(
            last,
            Change::Item(_)
                | Change::Gone {
                    reason: DeletedReason::Removed,
                    ..
                }
        ),
        "{last:?}"
    );
    assert_eq!(city.status().items, 9);
}

#[tokio::test]
async fn a_pass_that_lost_too_much_deletes_nothing_until_the_operator_says_so() {
    let city = sweeping();
    city.run(Pass::full(tasks(0..10)).with(|s| s.validators = validators()))
        .await;
    city.run(Pass::full(tasks(0..6)).with(|s| s.validators = validators()))
        .await;
    assert_eq!(city.alive().await.len(), 10);
    assert_eq!(city.codes(), ["sweep_held"]);
    let said = city.status().troubles[0].sentence(Lang::Id).to_owned();
    assert!(said.contains("40%"), "{said}");
    city.run(Pass::full(tasks(0..6)).with(|s| s.validators = validators()))
        .await;
    assert_eq!(
        city.asks()[2].validators,
        None,
        "the same answer has to come again"
    );
    city.board.permit(&key(), crate::board::Permit::Sweep);
    city.run(Pass::full(tasks(0..6))).await;
    assert_eq!(city.alive().await.len(), 6);
    assert!(city.codes().is_empty());
    city.run(Pass::full(tasks(0..2))).await;
    assert_eq!(city.alive().await.len(), 6, "the word counts once");
}

#[tokio::test]
async fn of_a_handful_one_that_ends_is_simply_gone() {
    let city = sweeping();
    city.run(Pass::full(tasks(0..4))).await;
    city.run(Pass::full(tasks(0..3))).await;
    assert_eq!(city.alive().await, [0, 1, 2]);
    assert!(city.codes().is_empty(), "{:?}", city.codes());
}

#[tokio::test]
async fn nothing_is_deleted_by_a_pass_that_is_not_certain() {
    let short = Partial::Shortfall {
        declared: 10,
        fetched: 9,
    };
    let passes: Vec<(&str, Pass)> = vec![
        (
            "failed",
            Pass::full(tasks(0..9)).fails(error(Fetching::Truncated)),
        ),
        (
            "partial",
            Pass::full(tasks(0..9)).with(|s| (s.complete, s.partial) = (false, Some(short))),
        ),
        (
            "changes only",
            Pass::full(tasks(0..9)).with(|s| s.full = false),
        ),
        (
            "unchanged",
            Pass::of(vec![]).with(|s| s.not_modified = true),
        ),
        (
            "nameless",
            Pass::of(vec![page(tasks(0..9), vec![row_fault(9, None)])]).with(|s| s.nameless = 1),
        ),
        (
            "faulty row",
            Pass::of(vec![page(
                tasks(0..9),
                vec![row_fault(9, Some("9".into()))],
            )]),
        ),
    ];
    for (name, pass) in passes {
        let city = sweeping();
        city.run(Pass::full(tasks(0..10))).await;
        city.run(pass).await;
        assert_eq!(city.alive().await.len(), 10, "{name}");
        city.run(Pass::full(tasks(0..9))).await;
        assert_eq!(
            city.alive().await.len(),
            9,
            "after {name} a good pass sweeps"
        );
    }
}

#[tokio::test]
async fn an_uncertain_pass_says_so() {
    let city = sweeping();
    let nameless = page(tasks(0..9), vec![row_fault(9, None)]);
    city.run(Pass::of(vec![nameless]).with(|s| s.nameless = 1))
        .await;
    assert_eq!(city.codes(), ["partial", "row_faults"]);
    let short = Partial::Shortfall {
        declared: 12,
        fetched: 9,
    };
    city.run(Pass::full(tasks(0..9)).with(|s| (s.complete, s.partial) = (false, Some(short))))
        .await;
    assert_eq!(city.codes(), ["partial"]);
    assert!(city.status().troubles[0].sentence(Lang::En).contains("12"));
}

#[tokio::test]
async fn records_that_the_source_calls_gone_are_gone() {
    let city = City::new(connector("{ tombstone: status == 'BATAL' }", "", ""));
    city.run(Pass::full(tasks(0..10))).await;
    let mut rows = tasks(0..10);
    for row in &mut rows[..6] {
        row.deleted = Some(divos_model::Deleted {
            at: row.updated_at,
            reason: DeletedReason::Removed,
        });
    }
    city.run(Pass::full(rows)).await;
    assert_eq!(
        city.alive().await,
        [6, 7, 8, 9],
        "the source's own word needs no guard"
    );
    city.run(Pass::full(tasks(6..8))).await;
    assert_eq!(
        city.alive().await,
        [6, 7, 8, 9],
        "what is absent is not gone"
    );
}

#[tokio::test]
async fn with_a_ttl_a_record_is_gone_when_it_was_not_seen_for_so_long() {
    let city = City::new(connector("{ ttl: 48h }", "", ""));
    city.run(Pass::full(tasks(0..3))).await;
    city.later(TimeDelta::hours(40));
    city.run(Pass::full(tasks(0..2))).await;
    assert_eq!(city.alive().await, [0, 1, 2]);
    let city = city.restart().await;
    city.later(TimeDelta::hours(9));
    city.run(Pass::of(vec![]).with(|s| s.not_modified = true))
        .await;
    assert_eq!(
        city.alive().await.len(),
        3,
        "an unchanged answer shows everything again"
    );
    city.later(TimeDelta::hours(40));
    city.run(Pass::full(tasks(0..2))).await;
    assert_eq!(city.alive().await.len(), 3);
    city.later(TimeDelta::hours(9));
    city.run(Pass::full(tasks(0..2))).await;
    assert_eq!(city.alive().await, [0, 1]);
}

#[tokio::test]
async fn a_source_that_was_renamed_still_sweeps_what_it_brought() {
    let mut city = sweeping();
    city.run(Pass::full(tasks(0..10))).await;
    city.connector = crate::testing::named("masuk", "sweep", "", "");
    city.run(Pass::full(tasks(0..10))).await;
    assert!(
        city.alive().await.is_empty(),
        "nothing is left under the old name"
    );
    city.run(Pass::full(tasks(0..9))).await;
    let held = city.store.items.ids_of(&key().app, "masuk").await;
    assert_eq!(held.expect("ids").len(), 9);
}
