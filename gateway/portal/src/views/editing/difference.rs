//! Two texts compared line by line, with a little of what stays around what changes.

use similar::{ChangeTag, TextDiff};
use std::time::Duration;

/// How many unchanged lines are shown around a change.
const AROUND: usize = 3;
/// Where the shortest difference is not found in this time, a longer one is shown.
const PATIENCE: Duration = Duration::from_millis(300);
/// The most lines of one difference.
const LONGEST: usize = 2_000;

/// One line of a difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DiffLine {
    /// `gone`, `new`, `same`, or `gap` where unchanged lines are left out.
    pub(crate) class: &'static str,
    /// Its number in the old text; empty where it is not there.
    pub(crate) old: String,
    /// Its number in the new text; empty where it is not there.
    pub(crate) new: String,
    pub(crate) text: String,
}

/// Compares two texts; nothing where they are the same.
pub(crate) fn lines(old: &str, new: &str) -> Vec<DiffLine> {
    let diff = TextDiff::configure().timeout(PATIENCE).diff_lines(old, new);
    let mut lines = Vec::new();
    for (at, group) in diff.grouped_ops(AROUND).iter().enumerate() {
        if at > 0 {
            lines.push(gap());
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            if lines.len() >= LONGEST {
                lines.push(gap());
                return lines;
            }
            let number =
                |index: Option<usize>| index.map_or_else(String::new, |n| (n + 1).to_string());
            lines.push(DiffLine {
                class: match change.tag() {
                    ChangeTag::Delete => "gone",
                    ChangeTag::Insert => "new",
                    ChangeTag::Equal => "same",
                },
                old: number(change.old_index()),
                new: number(change.new_index()),
                text: change.value().trim_end_matches(['\n', '\r']).to_owned(),
            });
        }
    }
    lines
}

fn gap() -> DiffLine {
    DiffLine {
        class: "gap",
        old: String::new(),
        new: String::new(),
        text: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(old: &str, new: &str) -> Vec<String> {
        let line =
            |line: &DiffLine| format!("{} {}/{} {}", line.class, line.old, line.new, line.text);
        lines(old, new).iter().map(line).collect()
    }

    #[test]
    fn what_changes_is_shown_with_what_stays_around_it() {
        assert_eq!(told("a\n", "a\n"), Vec::<String>::new());
        assert_eq!(
            told("a\nb\nc\n", "a\nB\nc"),
            [
                "same 1/1 a",
                "gone 2/ b",
                "gone 3/ c",
                "new /2 B",
                "new /3 c"
            ]
        );
        let many: String = (0..40).map(|n| format!("{n}\n")).collect();
        let changed = many
            .replacen("0\n", "nol\n", 1)
            .replace("\n39\n", "\nakhir\n");
        let shown = told(&many, &changed);
        assert_eq!(shown[0..2], ["gone 1/ 0", "new /1 nol"]);
        assert!(
            shown.iter().any(|line| line.starts_with("gap")),
            "{shown:?}"
        );
        assert_eq!(shown.last().map(String::as_str), Some("new /40 akhir"));
    }

    #[test]
    fn a_long_difference_is_cut() {
        let old: String = (0..5_000).map(|n| format!("lama {n}\n")).collect();
        let new: String = (0..5_000).map(|n| format!("baru {n}\n")).collect();
        assert_eq!(lines(&old, &new).len(), LONGEST + 1);
    }
}
