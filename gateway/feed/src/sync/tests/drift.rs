//! A source whose data has another shape: quarantined by itself, and let go again.

use super::*;
use divos_adapters::drift::{Change, Shape};
use serde_json::json;

fn shape(field: &str) -> Shape {
    let row = json!({ "id": 1, field: "a" });
    Shape::of(&[&row], None)
}

fn drifted() -> FetchError {
    let gone = Change::Gone {
        field: "judul".into(),
        instead: Some("perihal".into()),
        needed: true,
    };
    error(Fetching::Drifted {
        changes: vec![gone],
    })
}

/// Reads once well, so that the shape is known, and once with another one.
async fn quarantined() -> City {
    let city = sweeping();
    let known = |s: &mut divos_adapters::Summary| s.shape = shape("judul");
    city.run(Pass::full(tasks(0..5)).with(known)).await;
    city.later(TimeDelta::minutes(5));
    let city = city.restart().await;
    city.run(Pass::of(vec![]).fails(drifted())).await;
    city
}

#[tokio::test]
async fn another_shape_keeps_the_items_and_is_told_with_what_changed() {
    let city = quarantined().await;
    assert_eq!(
        city.asks()[0].shape,
        Some(shape("judul")),
        "known across restarts"
    );
    assert_eq!(city.alive().await.len(), 5);
    assert_eq!(city.codes(), ["drifted"]);
    let status = city.status();
    assert!(status.is_quarantined() && status.failures == 1);
    let [id, en] = [Lang::Id, Lang::En].map(|lang| status.troubles[0].sentence(lang).to_owned());
    assert!(
        id.contains("`judul` tidak ada lagi, mungkin sekarang `perihal`"),
        "{id}"
    );
    assert!(
        en.contains("`judul` is gone, perhaps `perihal` now"),
        "{en}"
    );
}

#[tokio::test]
async fn the_quarantine_ends_by_itself_when_the_shape_is_back() {
    let city = quarantined().await;
    let known = |s: &mut divos_adapters::Summary| s.shape = shape("judul");
    city.run(Pass::full(tasks(0..6)).with(known)).await;
    assert!(!city.status().is_quarantined());
    assert_eq!((city.alive().await.len(), city.codes().len()), (6, 0));
    assert_eq!(city.asks()[1].shape, Some(shape("judul")));
}

#[tokio::test]
async fn the_operator_accepts_another_shape_once() {
    let city = quarantined().await;
    city.board.permit(&key(), crate::board::Permit::Shape);
    city.run(Pass::of(vec![]).fails(error(Fetching::Refused)))
        .await;
    let new = |s: &mut divos_adapters::Summary| s.shape = shape("perihal");
    city.run(Pass::full(tasks(0..6)).with(new)).await;
    city.run(Pass::full(tasks(0..6)).with(new)).await;
    let asked: Vec<_> = city.asks().into_iter().map(|ask| ask.shape).collect();
    assert_eq!(
        asked[1..],
        [None, None, Some(shape("perihal"))],
        "any shape until a pass is read well, and then only the new one"
    );
    assert!(!city.status().is_quarantined());
}
