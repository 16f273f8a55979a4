//! Finds the word that was probably meant.

/// Returns the nearest known word, where one is near enough to be worth a suggestion.
pub(crate) fn similar<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let lower = word.to_lowercase();
    let score = |candidate: &str| strsim::damerau_levenshtein(&lower, &candidate.to_lowercase());
    let near = (word.chars().count() / 3).clamp(1, 3);
    known
        .into_iter()
        .map(|candidate| (score(candidate), candidate))
        .filter(|(distance, candidate)| *distance <= near && *distance < candidate.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_only_what_is_near() {
        let known = ["size", "size_param", "start", "until"];
        assert_eq!(similar("sise", known).as_deref(), Some("size"));
        assert_eq!(similar("Until", known).as_deref(), Some("until"));
        assert_eq!(similar("unitl", known).as_deref(), Some("until"));
        assert_eq!(similar("banana", known), None);
        assert_eq!(similar("x", ["y"]), None);
    }
}
