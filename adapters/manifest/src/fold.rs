//! Folds what many places have in common: warnings of one kind become one, with a count and the first places.
//!
//! Owns what is left out and how that is said. Errors are never folded, and nothing a program reads is.

use crate::fault::{Fault, Place, Severity};
use crate::render::once;
use divos_model::Lang;
use std::collections::BTreeMap;

/// Up to so many warnings of one kind are shown whole.
const WHOLE: usize = 3;
/// So many places of a fold are named.
const NAMED: usize = 5;

/// Warnings of one kind, told as one.
#[derive(Debug, Clone, PartialEq)]
pub struct Fold {
    /// The first of them.
    pub first: Fault,
    /// How many there are.
    pub count: usize,
    /// The places of the first few.
    places: Vec<Place>,
}

impl Fold {
    /// Says what it is about, how often, where first, and what would help; three or four lines.
    #[must_use]
    pub fn sentence(&self, lang: Lang) -> String {
        let (code, count, message) = (self.first.code(), self.count, self.first.message(lang));
        let (warning, example, help) = match lang {
            Lang::Id => ("peringatan", "kali, misalnya", "bantuan"),
            Lang::En => ("warning", "times, for example", "help"),
        };
        let mut text = format!("{warning}[{code}]: {count} {example}: {message}\n");
        let named: Vec<String> = self.places.iter().map(place).collect();
        if !named.is_empty() {
            let more = self.count - named.len();
            let rest = match lang {
                _ if more == 0 => String::new(),
                Lang::Id => format!(" dan {more} tempat lain"),
                Lang::En => format!(" and {more} more places"),
            };
            text.push_str(&format!(" --> {}{rest}\n", named.join(", ")));
        }
        if let Some(told) = self.first.help(lang) {
            text.push_str(&format!("{help}: {told}\n"));
        }
        text
    }
}

fn place(place: &Place) -> String {
    format!("{}:{}:{}", place.file.display(), place.line, place.column)
}

/// Parts faults into those to show whole, in their order, and folds of the warnings that are many of a kind, by code.
#[must_use]
pub fn fold(faults: &[Fault]) -> (Vec<Fault>, Vec<Fold>) {
    let mut kinds: BTreeMap<&'static str, Vec<&Fault>> = BTreeMap::new();
    let warns = |fault: &Fault| fault.severity() == Severity::Warning;
    for fault in once(faults).into_iter().filter(|fault| warns(fault)) {
        kinds.entry(fault.code()).or_default().push(fault);
    }
    kinds.retain(|_, alike| alike.len() > WHOLE);
    let folded = |fault: &Fault| warns(fault) && kinds.contains_key(fault.code());
    let whole = faults.iter().filter(|fault| !folded(fault)).cloned();
    (
        whole.collect(),
        kinds.values().filter_map(|alike| one(alike)).collect(),
    )
}

fn one(alike: &[&Fault]) -> Option<Fold> {
    let places = alike.iter().filter_map(|fault| fault.place.clone());
    Some(Fold {
        first: (*alike.first()?).clone(),
        count: alike.len(),
        places: places.take(NAMED).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LoadOptions, load_texts};

    /// Connectors that nobody gave an address, with a secret that nobody set.
    fn waiting(count: usize) -> Vec<Fault> {
        let text = |name: &str| {
            format!(
                "metadata: {{ name: {name}, title: A }}\nauth: {{ bearer: {{ token: \"${{secret:{name}/token}}\" }} }}\nsources:\n  s: {{ rest: {{ get: /a }}, deletes: never, to: task, map: {{ id: id, title: t }} }}\n"
            )
        };
        let names: Vec<String> = (0..count).map(|n| format!("app-{n}")).collect();
        let texts: Vec<String> = names.iter().map(|name| text(name)).collect();
        let named = names.iter().map(String::as_str);
        let named: Vec<(&str, &str)> = named.zip(texts.iter().map(String::as_str)).collect();
        load_texts(&named, &[], &[], LoadOptions::default()).faults
    }

    #[test]
    fn few_are_shown_whole_and_many_are_counted() {
        let (whole, folds) = fold(&waiting(WHOLE));
        assert_eq!((whole.len() % WHOLE, folds.len()), (0, 0));
        let faults = waiting(9);
        let (whole, folds) = fold(&faults);
        assert_eq!(whole, []);
        assert_eq!(
            folds.iter().map(|fold| fold.count).sum::<usize>(),
            faults.len()
        );
        let told = folds[0].sentence(Lang::En);
        assert!(told.contains("9 times, for example"), "{told}");
        assert!(told.contains(" and 4 more places"), "{told}");
        let told = folds[0].sentence(Lang::Id);
        assert!(told.contains(" dan 4 tempat lain\nbantuan: "), "{told}");
    }

    #[test]
    fn an_error_is_never_folded() {
        let wrong: Vec<String> = (0..9).map(|n| format!("w-{n}")).collect();
        let text = "metadata: { title: A }\n";
        let texts: Vec<(&str, &str)> = wrong.iter().map(|name| (name.as_str(), text)).collect();
        let faults = load_texts(&texts, &[], &[], LoadOptions::default()).faults;
        let (whole, folds) = fold(&faults);
        assert_eq!((whole.len(), folds.len()), (faults.len(), 0));
        assert!(!whole.is_empty());
    }
}
