//! What is different between two shapes, and which of it a mapping does not bear.

use super::{Form, Needs, Shape};
use divos_model::Lang;

/// The most changes that one sentence names.
const TOLD: usize = 5;
/// The most columns that one change names.
const SHOWN: usize = 8;

/// Something that is different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A field that every record had is in none.
    Gone {
        /// Which.
        field: String,
        /// What it may be called now.
        instead: Option<String>,
        /// Whether the mapping needs it.
        needed: bool,
    },
    /// A field that no record had.
    New {
        /// Which.
        field: String,
    },
    /// A field whose values have another form.
    Reshaped {
        /// Which.
        field: String,
        /// What they were.
        was: Form,
        /// What they are.
        is: Form,
        /// Whether the mapping reads it.
        needed: bool,
    },
    /// The columns are others, or in another order.
    Columns {
        /// What they are.
        is: Vec<String>,
        /// Whether cells are found by their place.
        needed: bool,
    },
}

impl Change {
    /// Tells whether the mapping does not bear it.
    #[must_use]
    pub fn is_breaking(&self) -> bool {
        match self {
            Self::New { .. } => false,
            Self::Gone { needed, .. }
            | Self::Reshaped { needed, .. }
            | Self::Columns { needed, .. } => *needed,
        }
    }

    /// Says it, as part of a sentence.
    #[must_use]
    pub fn words(&self, lang: Lang) -> String {
        let id = lang == Lang::Id;
        match self {
            Self::Gone { field, instead, .. } => {
                let now = instead.as_ref().map(|name| match lang {
                    Lang::Id => format!(", mungkin sekarang `{name}`"),
                    Lang::En => format!(", perhaps `{name}` now"),
                });
                let now = now.unwrap_or_default();
                match lang {
                    Lang::Id => format!("`{field}` tidak ada lagi{now}"),
                    Lang::En => format!("`{field}` is gone{now}"),
                }
            }
            Self::New { field } if id => format!("`{field}` baru"),
            Self::New { field } => format!("`{field}` is new"),
            Self::Reshaped { field, was, is, .. } if id => {
                format!(
                    "`{field}` tadinya {}, kini {}",
                    was.word(lang),
                    is.word(lang)
                )
            }
            Self::Reshaped { field, was, is, .. } => {
                format!("`{field}` was {}, and is {}", was.word(lang), is.word(lang))
            }
            Self::Columns { is, .. } => {
                let names: Vec<&str> = is.iter().take(SHOWN).map(String::as_str).collect();
                let names = names.join(", ");
                match lang {
                    Lang::Id => format!("kolomnya kini {names}"),
                    Lang::En => format!("its columns are {names}"),
                }
            }
        }
    }
}

impl Form {
    fn word(self, lang: Lang) -> &'static str {
        match self {
            Self::Scalar => lang.pick("satu nilai", "one value"),
            Self::List => lang.pick("daftar", "a list"),
            Self::Map => lang.pick("kumpulan nilai", "fields of its own"),
        }
    }
}

/// Lists what a mapping does not bear. Little is told of few records: of a page with fewer than five, nothing is said
/// to be gone from a source that had more.
#[must_use]
pub fn breaking(known: &Shape, now: &Shape, needs: &Needs) -> Vec<Change> {
    // The usual case, told without looking at what is new.
    if !now.is_enough(known) {
        return Vec::new();
    }
    let mut changes = gone(known, now, needs);
    changes.extend(reshaped(known, now, needs));
    changes.extend(columns(known, now, needs));
    changes.retain(Change::is_breaking);
    changes
}

/// Lists everything that is different.
#[must_use]
pub fn compare(known: &Shape, now: &Shape, needs: &Needs) -> Vec<Change> {
    if now.rows == 0 || known.rows == 0 {
        return Vec::new();
    }
    let mut changes = gone(known, now, needs);
    let renamed: Vec<&String> = changes.iter().filter_map(instead).collect();
    let new = fresh(known, now).filter(|field| !renamed.contains(field));
    let new: Vec<Change> = new
        .map(|field| Change::New {
            field: field.clone(),
        })
        .collect();
    changes.extend(reshaped(known, now, needs));
    changes.extend(columns(known, now, needs));
    changes.extend(new);
    changes
}

/// Names changes in one sentence, as far as they fit.
#[must_use]
pub fn list(changes: &[Change], lang: Lang) -> String {
    let told: Vec<String> = changes
        .iter()
        .take(TOLD)
        .map(|change| change.words(lang))
        .collect();
    let left = changes.len().saturating_sub(TOLD);
    let more = match (left, lang) {
        (0, _) => String::new(),
        (left, Lang::Id) => format!("; dan {left} lagi"),
        (left, Lang::En) => format!("; and {left} more"),
    };
    told.join("; ") + &more
}

fn instead(change: &Change) -> Option<&String> {
    match change {
        Change::Gone { instead, .. } => instead.as_ref(),
        _ => None,
    }
}

/// The fields that every record had and none has.
fn gone(known: &Shape, now: &Shape, needs: &Needs) -> Vec<Change> {
    let is_gone = |name: &str| !now.has(name) && !now.is_veiled(name);
    let was_there = |name: &str| known.fields.get(name).is_some_and(|field| field.always);
    let lost: Vec<&String> = known
        .fields
        .keys()
        .filter(|name| was_there(name) && is_gone(name))
        .collect();
    let all_gone = |group: &Vec<String>| group.iter().all(|name| is_gone(name));
    let needed = |name: &String| {
        let groups = needs.groups.iter().filter(|group| group.contains(name));
        groups.into_iter().any(all_gone)
    };
    let change = |name: &&String| Change::Gone {
        field: (*name).clone(),
        instead: successor(name, known, now),
        needed: needed(name),
    };
    lost.iter().map(change).collect()
}

/// The one new field beside a lost one whose values have the same form.
fn successor(name: &str, known: &Shape, now: &Shape) -> Option<String> {
    let above = |name: &str| name.rsplit_once('.').map(|(above, _)| above.to_owned());
    let form = known.fields.get(name)?.form();
    let mut beside = fresh(known, now).filter(|new| {
        above(new) == above(name) && now.fields.get(*new).is_some_and(|f| f.form() == form)
    });
    let first = beside.next()?;
    beside.next().is_none().then(|| first.clone())
}

fn fresh<'a>(known: &'a Shape, now: &'a Shape) -> impl Iterator<Item = &'a String> {
    now.fields.keys().filter(|name| !known.has(name))
}

/// The fields whose values have another form altogether.
fn reshaped(known: &Shape, now: &Shape, needs: &Needs) -> Vec<Change> {
    let both = known.fields.iter().filter_map(|(name, field)| {
        let (was, is) = (field.form()?, now.fields.get(name)?.form()?);
        (was != is).then(|| Change::Reshaped {
            field: name.clone(),
            was,
            is,
            needed: needs.reads(name),
        })
    });
    both.collect()
}

fn columns(known: &Shape, now: &Shape, needs: &Needs) -> Option<Change> {
    let (was, is) = (known.columns.as_ref()?, now.columns.as_ref()?);
    (was != is).then(|| Change::Columns {
        is: is.clone(),
        needed: needs.by_place,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value as Json, json};

    fn shape(rows: &[Json]) -> Shape {
        Shape::of(&rows.iter().collect::<Vec<_>>(), None)
    }

    fn needs(groups: &[&[&str]]) -> Needs {
        let owned = |group: &&[&str]| group.iter().map(|name| (*name).to_owned()).collect();
        Needs {
            groups: groups.iter().map(owned).collect(),
            by_place: false,
        }
    }

    fn told(known: &[Json], now: &[Json], needs: &Needs) -> Vec<String> {
        let changes = breaking(&shape(known), &shape(now), needs);
        changes
            .iter()
            .map(|change| change.words(Lang::En))
            .collect()
    }

    #[test]
    fn what_a_mapping_does_not_bear_is_told_and_nothing_else() {
        let known = vec![json!({"id": 1, "judul": "a", "unit": {"kode": "1"}, "tag": "x"}); 6];
        let needs = needs(&[&["id"], &["judul", "nama"], &["unit.kode"]]);
        let again = |row: Json| vec![row; 5];
        for (now, changes) in [
            (
                json!({"id": 1, "judul": "a", "unit": {"kode": "1"}}),
                vec![],
            ),
            (
                json!({"id": "1", "judul": null, "unit": {"kode": 1}, "baru": 1}),
                vec![],
            ),
            (json!({"id": 1, "nama": "a", "unit": {"kode": "1"}}), vec![]),
            (json!({"id": 1, "judul": "a", "unit": null}), vec![]),
            (
                json!({"id": 1, "unit": {"kode": "1"}, "perihal": "a"}),
                vec!["`judul` is gone, perhaps `perihal` now"],
            ),
            (
                json!({"id": 1, "judul": "a", "unit": {"code": "1"}}),
                vec!["`unit.kode` is gone, perhaps `unit.code` now"],
            ),
            (
                json!({"id": {"a": 1}, "judul": "a", "unit": {"kode": "1"}}),
                vec!["`id` was one value, and is fields of its own"],
            ),
        ] {
            assert_eq!(told(&known, &again(now.clone()), &needs), changes, "{now}");
        }
        assert!(
            told(&known, &[json!({})], &needs).is_empty(),
            "one record says little"
        );
        assert!(told(&known, &[], &needs).is_empty());
        assert!(told(&[], &again(json!({})), &needs).is_empty());
    }

    #[test]
    fn a_field_that_was_missing_once_may_be_missing_again() {
        let mut known = shape(&vec![json!({"id": 1, "harga": 2}); 5]);
        let without = shape(&vec![json!({"id": 1}); 5]);
        let needs = needs(&[&["harga"]]);
        assert_eq!(breaking(&known, &without, &needs).len(), 1);
        known.learn(&shape(&[json!({"id": 1})]));
        assert!(breaking(&known, &without, &needs).is_empty());
    }

    #[test]
    fn what_was_learned_once_is_learned() {
        let page = shape(&vec![json!({"id": 1, "a": {"b": [1]}, "c": null}); 30]);
        let mut known = Shape::default();
        known.learn(&page);
        let kept = known.clone();
        known.learn(&page);
        assert_eq!(known, kept, "nothing to keep anew");
        let text = serde_json::to_string(&known).expect("JSON");
        assert_eq!(serde_json::from_str::<Shape>(&text).expect("read"), known);
        assert!(!text.contains("null") && text.len() < 100, "{text}");
    }

    #[test]
    fn columns_that_moved_matter_where_cells_are_found_by_place() {
        let rows = [json!({"nomor": "1"})];
        let rows: Vec<&Json> = rows.iter().collect();
        let columns = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            Shape::of(&rows, Some(&names))
        };
        let (known, now) = (columns(&["No", "Nomor"]), columns(&["Baru", "No", "Nomor"]));
        for (by_place, count) in [(true, 1), (false, 0)] {
            let needs = Needs {
                by_place,
                ..Needs::default()
            };
            assert_eq!(breaking(&known, &now, &needs).len(), count);
            assert_eq!(compare(&known, &now, &needs).len(), 1);
        }
    }

    #[test]
    fn shapes_are_bounded() {
        let wide: serde_json::Map<String, Json> = (0..5000)
            .map(|n| (format!("{n}{}", "x".repeat(500)), json!(1)))
            .collect();
        let shape = shape(&[Json::Object(wide)]);
        assert_eq!(shape.fields.len(), 200);
        assert!(shape.fields.keys().all(|name| name.len() <= 80));
    }
}
